//! Who was here, under which nick, and until when.

use crate::support::{Cluster, Home, Irc, Redis};

/// Who is remembered by a nick: what the lines with names say behind the one who asks.
async fn were(by: &mut Irc, name: &str, asked: &str) -> Vec<String> {
    by.says(&format!("WHOWAS {asked}")).await;
    let told = by.hears_up_to("369").await;
    let begins = format!(":conclave.local 314 {name} ");
    let people = told.iter().filter_map(|line| line.strip_prefix(&begins));
    people.map(str::to_owned).collect()
}

/// Where anna sees ben go.
async fn are_in_the_den(anna: &mut Irc, mut ben: Irc) -> Irc {
    anna.joins("#den").await;
    ben.joins("#den").await;
    anna.hears(":ben!ben@conclave JOIN #den").await;
    ben
}

#[tokio::test]
async fn who_was_here_is_told_on_the_other_node() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let cluster = Cluster::with(redis, &[("accounts.guests", "true")]).await;
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "ben"]).await;
    let mut clara = one.newcomer("clara").await;
    let mut anna = one.irc("anna").await;
    let mut ben = are_in_the_den(&mut anna, two.irc("ben").await).await;
    anna.says("WHOWAS bo").await;
    anna.hears(":conclave.local 406 anna bo :There was no such nickname")
        .await;
    anna.hears_numeric("369").await;
    ben.says("SETNAME :Ben the first").await;
    ben.says("NICK bo").await;
    ben.hears(":ben!ben@conclave NICK bo").await;
    anna.hears(":ben!ben@conclave NICK bo").await;
    let was = "ben ben conclave * :Ben the first";
    assert_eq!(were(&mut anna, "anna", "ben 1").await, [was]);
    ben.quits().await;
    anna.hears_starting(":bo!ben@conclave QUIT").await;
    let was = "bo ben conclave * :Ben the first";
    assert_eq!(were(&mut anna, "anna", "BO").await, [was]);
    anna.says("WHOWAS bo").await;
    let told = anna.hears_up_to("369").await;
    assert!(
        told.iter().any(|line| line.contains(" 330 anna bo ben ")),
        "{told:#?}"
    );
    assert!(told.iter().any(|line| line.contains(" 312 anna bo ")));
    // Which node somebody was on is not shown.
    assert!(told.iter().all(|line| !line.contains("node-")), "{told:#?}");
    let mut guest = Irc::connect(two).await.named("Zoe");
    guest.registers("Zoe").await;
    guest.hears_burst().await;
    guest.says("JOIN #lobby").await;
    guest.hears_up_to("366").await;
    clara.hears("* Zoe joined lobby").await;
    guest.quits().await;
    clara.hears("* Zoe left lobby").await;
    let told = were(&mut anna, "anna", "zoe,bo 1").await;
    assert_eq!(told, ["Zoe ~Zoe conclave * Zoe"]);
    assert_eq!(were(&mut anna, "anna", "bo").await, [was]);
}

#[tokio::test]
async fn a_node_alone_remembers_beyond_its_end() {
    let home = Home::new();
    let node = home.start().await;
    node.knows(&["anna", "ben"]).await;
    let mut anna = node.irc("anna").await;
    let ben = are_in_the_den(&mut anna, node.irc("ben").await).await;
    ben.quits().await;
    anna.hears_starting(":ben!ben@conclave QUIT").await;
    // The first time to make the account.
    let was = "ben ben conclave * ben";
    assert_eq!(were(&mut anna, "anna", "ben").await, [was, was]);
    drop(anna);
    node.stop().await;
    let node = home.start().await;
    let mut anna = node.irc("anna").await;
    assert_eq!(were(&mut anna, "anna", "ben").await, [was, was]);
}
