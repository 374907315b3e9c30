//! Rooms: entering, leaving, who is there, what they are about, and who may know of them.

mod support;

use support::Node;

#[tokio::test]
async fn people_come_and_go_and_the_others_read_it() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    anna.asks("/join den", "* You are in den (1 here).").await;
    ben.hears("* anna left lobby").await;
    ben.asks("/join den", "* You are in den (2 here).").await;
    anna.hears("* ben joined den").await;
    ben.asks("/leave", "* You are in lobby (1 here).").await;
    anna.hears("* ben left den").await;
    ben.asks("/join den", "* You are in den (2 here).").await;
    anna.hears("* ben joined den").await;
    ben.quits().await;
    anna.hears("* ben left den").await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn who_is_in_the_room_cannot_enter_it_again() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    anna.asks("/join lobby", "! You are in lobby already").await;
    anna.asks("/leave", "! You are in lobby already").await;
    anna.asks("/join den", "* You are in den (1 here).").await;
    anna.asks("/join DEN", "! You are in den already").await;
}

#[tokio::test]
async fn rooms_and_people_are_listed_sorted() {
    let node = Node::start().await;
    let [mut clara, mut anna, mut ben] = node.newcomers(["clara", "anna", "Ben"]).await;
    clara.asks("/join zoo", "* You are in zoo (1 here).").await;
    anna.hears("* clara left lobby").await;
    anna.asks("/join den", "* You are in den (1 here).").await;
    ben.hears_all(&["* clara left lobby", "* anna left lobby"])
        .await;
    ben.asks("/join zoo", "* You are in zoo (2 here).").await;
    ben.says("/rooms").await;
    ben.hears_all(&["* den 1", "* lobby 0", "* zoo 2", "* 3 rooms"])
        .await;
    ben.asks("/who", "* zoo: Ben, clara (2)").await;
    ben.asks("/who Den", "* den: anna (1)").await;
    ben.asks("/who lobby", "* lobby: (0)").await;
    ben.asks("/who nowhere", "! No such room: nowhere").await;
    ben.asks("/users", "* online: anna, Ben, clara (3)").await;
}

#[tokio::test]
async fn a_room_vanishes_when_it_is_empty_and_means_nothing() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    anna.asks("/join den", "* You are in den (1 here).").await;
    anna.asks("/leave", "* You are in lobby (1 here).").await;
    anna.says("/rooms").await;
    anna.hears_all(&["* lobby 1", "* 1 room"]).await;
    for (room, deed) in [("told", "a word"), ("titled", "/topic tea")] {
        anna.asks(
            &format!("/join {room}"),
            &format!("* You are in {room} (1 here)."),
        )
        .await;
        anna.says(deed).await;
        anna.catches_up().await;
        anna.asks("/leave", "* You are in lobby (1 here).").await;
    }
    anna.says("/rooms").await;
    anna.hears_all(&["* lobby 1", "* titled 0", "* told 0", "* 3 rooms"])
        .await;
}

#[tokio::test]
async fn a_topic_is_shown_set_and_told() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    anna.asks("/topic", "* lobby has no topic.").await;
    anna.asks("/topic tea at five", "* topic of lobby: tea at five")
        .await;
    ben.hears("* anna changed the topic of lobby: tea at five")
        .await;
    ben.asks("/topic", "* topic of lobby: tea at five").await;
    ben.asks("/topic tea at five", "* topic of lobby: tea at five")
        .await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn a_private_room_opens_for_its_key_alone() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    anna.asks("/join Vault sesame", "* You are in Vault (1 here).")
        .await;
    ben.hears("* anna left lobby").await;
    ben.asks("/join vault", "! Wrong key for Vault").await;
    ben.asks("/join vault Sesame", "! Wrong key for Vault")
        .await;
    ben.asks("/join vault sesame", "* You are in Vault (2 here).")
        .await;
    anna.hears("* ben joined Vault").await;
    ben.says("hello").await;
    anna.hears("[Vault] ben: hello").await;
    anna.asks("/who", "* Vault: anna, ben (2)").await;
    let long = format!("/join other {}", "k".repeat(129));
    anna.asks(&long, "! A key has at most 128 bytes").await;
}

#[tokio::test]
async fn a_private_room_does_not_exist_for_outsiders() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    ben.asks("/subscribe anna", "* You subscribe to anna.")
        .await;
    anna.asks("/join vault sesame", "* You are in vault (1 here).")
        .await;
    ben.hears("* anna left lobby").await;
    anna.says("nobody hears this").await;
    anna.asks("/topic hidden", "* topic of vault: hidden").await;
    anna.catches_up().await;
    ben.says("/rooms").await;
    ben.hears_all(&["* lobby 1", "* 1 room"]).await;
    ben.asks("/who vault", "! No such room: vault").await;
    ben.asks("/history vault", "! No such room: vault").await;
    ben.asks("/topic", "* lobby has no topic.").await;
    ben.says("/whois anna").await;
    ben.hears_starting("* anna is online on node-1 since 20")
        .await;
    ben.hears_nothing_else().await;
    anna.asks("/leave", "* You are in lobby (2 here).").await;
    ben.hears("* anna joined lobby").await;
    anna.asks("/history vault", "! No such room: vault").await;
}

#[tokio::test]
async fn a_key_keeps_nobody_out_of_a_public_room() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    anna.asks("/join den", "* You are in den (1 here).").await;
    ben.hears("* anna left lobby").await;
    ben.says("/join den sesame").await;
    ben.hears("* You are in den (2 here).").await;
    ben.hears("* den is public: the key keeps nobody out.")
        .await;
}

#[tokio::test]
async fn rooms_are_counted() {
    let home = support::Home::new().set("limits.rooms", "2");
    let node = home.start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    anna.asks("/join one", "* You are in one (1 here).").await;
    ben.hears("* anna left lobby").await;
    let full = "! There are 2 rooms already, which is the bound of this node";
    ben.asks("/join two", full).await;
    ben.asks("/who", "* lobby: ben (1)").await;
    ben.asks("/join one", "* You are in one (2 here).").await;
}
