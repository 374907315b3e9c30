//! Who may do what in a room, on two nodes and at both doors.

use crate::support::{Client, Cluster, Irc, Node};

async fn asks_for_names(person: &mut Irc, room: &str) -> String {
    person.says(&format!("NAMES {room}")).await;
    let names = person.hears_numeric("353").await;
    person.hears_numeric("366").await;
    names
        .rsplit(&format!("{room} "))
        .next()
        .unwrap()
        .trim_start_matches(':')
        .to_owned()
}

#[tokio::test]
async fn ranks_open_what_modes_close_on_every_node() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "clara"]).await;
    let mut ben = two.newcomer("ben").await;
    let mut anna = one.irc("anna").await;
    let mut clara = two.irc("clara").await;
    anna.joins("#den").await;
    ben.asks("/join den", "* You are in den (2 here).").await;
    anna.hears(":ben!ben@conclave JOIN #den").await;
    clara.joins("#den").await;
    anna.hears(":clara!clara@conclave JOIN #den").await;
    ben.hears("* clara joined den").await;
    assert_eq!(asks_for_names(&mut clara, "#den").await, "@anna ben clara");
    // Only its operator changes it, and everybody reads that.
    clara.says("MODE #den +m").await;
    clara.hears_numeric("482").await;
    ben.asks("/kick clara", "! Only operators of den may do that")
        .await;
    anna.asks("MODE #den +m", ":anna!anna@conclave MODE #den +m")
        .await;
    clara.hears(":anna!anna@conclave MODE #den +m").await;
    ben.hears("* anna made den moderated: who has no rank only listens")
        .await;
    ben.asks("hello?", "! den is moderated: you may listen")
        .await;
    clara.says("PRIVMSG #den :hello?").await;
    clara.hears_numeric("404").await;
    anna.asks("MODE #den +t", ":anna!anna@conclave MODE #den +t")
        .await;
    clara.hears(":anna!anna@conclave MODE #den +t").await;
    ben.hears("* anna left the topic of den to its operators")
        .await;
    clara.says("TOPIC #den :mine").await;
    clara.hears_numeric("482").await;
    anna.asks("MODE #den +v ben", ":anna!anna@conclave MODE #den +v ben")
        .await;
    clara.hears(":anna!anna@conclave MODE #den +v ben").await;
    ben.hears("* anna gave ben a voice in den").await;
    ben.says("hello!").await;
    for person in [&mut anna, &mut clara] {
        person.hears(":ben!ben@conclave PRIVMSG #den :hello!").await;
    }
    assert_eq!(asks_for_names(&mut clara, "#den").await, "@anna +ben clara");
    // Ranks stay while people are gone.
    ben.asks("/leave", "* You are in lobby (1 here).").await;
    for person in [&mut anna, &mut clara] {
        person.hears(":ben!ben@conclave PART #den").await;
    }
    ben.asks("/join den", "* You are in den (3 here).").await;
    for person in [&mut anna, &mut clara] {
        person.hears(":ben!ben@conclave JOIN #den").await;
        person.hears("MODE #den +v ben").await;
        person.hears_nothing_else().await;
    }
}

#[tokio::test]
async fn who_is_kicked_is_out_and_a_line_client_is_back_in_the_lobby() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "clara"]).await;
    let mut anna = one.irc("anna").await;
    let mut ben = two.newcomer("ben").await;
    let mut clara = two.irc("clara").await;
    anna.joins("#den").await;
    ben.asks("/join den", "* You are in den (2 here).").await;
    clara.joins("#den").await;
    anna.catches_up().await;
    ben.hears("* clara joined den").await;
    anna.asks(
        "KICK #den ben :be nice",
        ":anna!anna@conclave KICK #den ben :be nice",
    )
    .await;
    clara
        .hears(":anna!anna@conclave KICK #den ben :be nice")
        .await;
    ben.hears("* anna put ben out of den: be nice").await;
    ben.hears("* You are in lobby (1 here).").await;
    anna.says("PRIVMSG #den :he is gone").await;
    clara
        .hears(":anna!anna@conclave PRIVMSG #den :he is gone")
        .await;
    ben.asks("/who", "* lobby: ben (1)").await;
    anna.asks(
        "KICK #den clara",
        ":anna!anna@conclave KICK #den clara anna",
    )
    .await;
    clara
        .hears(":anna!anna@conclave KICK #den clara anna")
        .await;
    clara.says("PRIVMSG #den :still here?").await;
    clara.hears_numeric("404").await;
    anna.says("KICK #den clara").await;
    anna.hears(":conclave.local 441 anna clara #den :They aren't on that channel")
        .await;
    // Out is not kept out.
    ben.asks("/join den", "* You are in den (2 here).").await;
    anna.hears(":ben!ben@conclave JOIN #den").await;
    anna.hears_nothing_else().await;
    clara.hears_nothing_else().await;
}

/// Whoever is banned from the den of anna, or not invited, stays outside.
async fn is_let_in_by_invitation(anna: &mut Irc, ben: &mut Client, clara: &mut Irc) {
    anna.asks(
        "MODE #den +ib *!ben@*",
        ":anna!anna@conclave MODE #den +ib *!ben@*",
    )
    .await;
    ben.asks("/join den", "! You are banned from den").await;
    clara.says("JOIN #den").await;
    clara.hears_numeric("473").await;
    anna.asks("INVITE ben #den", ":conclave.local 341 anna ben #den")
        .await;
    ben.hears("* anna invites you to den").await;
    anna.asks("INVITE clara #den", ":conclave.local 341 anna clara #den")
        .await;
    clara.hears(":anna!anna@conclave INVITE clara #den").await;
    clara.asks("INVITE", ":conclave.local 336 clara #den").await;
    clara.hears_numeric("337").await;
    ben.asks("/join den", "* You are in den (2 here).").await;
    clara.joins("#den").await;
}

#[tokio::test]
async fn a_room_that_is_not_for_all_is_hidden_and_opened_by_invitation() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "clara"]).await;
    let mut anna = one.irc("anna").await;
    let mut ben = two.newcomer("ben").await;
    let mut clara = two.irc("clara").await;
    anna.joins("#den").await;
    is_let_in_by_invitation(&mut anna, &mut ben, &mut clara).await;
    anna.catches_up().await;
    // Who is in is heard no more than is allowed.
    ben.hears("* clara joined den").await;
    ben.asks("hello", "! You are banned from den").await;
    anna.says("MODE #den b").await;
    let ban = anna.hears_numeric("367").await;
    assert!(
        ban.starts_with(":conclave.local 367 anna #den *!ben@* anna "),
        "{ban}"
    );
    anna.hears_numeric("368").await;
    anna.asks(
        "MODE #den +lk-i 2 key",
        ":anna!anna@conclave MODE #den +lk-i 2 *",
    )
    .await;
    anna.says("MODE #den").await;
    anna.hears(":conclave.local 324 anna #den +nkl * 2").await;
    anna.hears_numeric("329").await;
    clara.says("PART #den").await;
    clara.finds(" PART #den").await;
    clara.says("JOIN #den").await;
    clara.hears_numeric("475").await;
    clara.says("JOIN #den key").await;
    clara.hears_numeric("471").await;
    clara.says("LIST").await;
    let listed = clara.hears_up_to("323").await;
    assert!(
        !listed.iter().any(|line| line.contains("#den")),
        "{listed:?}"
    );
}

#[tokio::test]
async fn a_node_alone_keeps_what_holds() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut ben = node.newcomer("ben").await;
    ben.asks("/join den", "* You are in den (1 here).").await;
    let mut anna = node.irc("anna").await;
    anna.joins("#den").await;
    ben.hears("* anna joined den").await;
    ben.asks("/ban eve", "* You banned eve!*@* from den").await;
    anna.hears(":ben!ben@conclave MODE #den +b eve!*@*").await;
    ben.says("/ban").await;
    ben.hears("* eve!*@* by ben").await;
    ben.hears("* 1 listed in den").await;
    ben.asks("/op anna", "* You made anna an operator of den")
        .await;
    anna.hears(":ben!ben@conclave MODE #den +o anna").await;
    anna.asks("MODE #den -o ben", ":anna!anna@conclave MODE #den -o ben")
        .await;
    ben.hears("* anna made ben no operator of den any more")
        .await;
    ben.asks("/unban eve", "! Only operators of den may do that")
        .await;
    anna.says("WHOIS anna").await;
    let told = anna.hears_up_to("318").await;
    assert!(
        told.iter()
            .any(|line| line.contains(" 319 anna anna @#den")),
        "{told:?}"
    );
}

#[tokio::test]
async fn bans_of_accounts_and_bans_that_only_keep_quiet_hold_on_all_nodes() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "clara"]).await;
    let mut anna = one.irc("anna").await;
    let mut ben = two.newcomer("ben").await;
    let mut clara = two.irc("clara").await;
    anna.joins("#den").await;
    anna.asks(
        "MODE #den +bb ~a:ben ~m:cl*",
        ":anna!anna@conclave MODE #den +bb ~a:ben ~m:cl*!*@*",
    )
    .await;
    ben.asks("/join den", "! You are banned from den").await;
    // Another nick does not help, and no word is needed for it.
    clara
        .asks("NICK zoe", ":clara!clara@conclave NICK zoe")
        .await;
    clara.says("JOIN #den").await;
    clara.finds(" 366 ").await;
    anna.hears(":zoe!clara@conclave JOIN #den").await;
    clara.says("PRIVMSG #den :hi").await;
    clara.hears_numeric("404").await;
    anna.asks("MODE #den +e ~a:*", ":anna!anna@conclave MODE #den +e ~a:*")
        .await;
    clara.hears(":anna!anna@conclave MODE #den +e ~a:*").await;
    clara.says("PRIVMSG #den :hi").await;
    anna.hears(":zoe!clara@conclave PRIVMSG #den hi").await;
    ben.asks("/join den", "* You are in den (3 here).").await;
    for (line, told) in [
        ("MODE #den +I ~m:zoe", "#den I ~m:zoe"),
        ("MODE #den +b ~q:zoe", "#den b ~q:zoe"),
    ] {
        anna.says(line).await;
        let fault = anna.finds("696").await;
        assert!(fault.contains(told), "{fault}");
    }
}
