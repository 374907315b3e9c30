//! People: what is said to one of them, who is away, what is known of somebody.

use crate::support::{Cluster, Node};

#[tokio::test]
async fn private_messages_go_both_ways_between_the_doors() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut ben = node.newcomer("ben").await;
    let mut anna = node.irc("anna").await;
    anna.says("PRIVMSG ben :a word with you").await;
    ben.hears("[PM] anna: a word with you").await;
    ben.says("/msg anna with me?").await;
    anna.hears(":ben!ben@conclave PRIVMSG anna :with me?").await;
    // The name in any case is the same person.
    anna.says("PRIVMSG BEN :yes").await;
    ben.hears("[PM] anna: yes").await;
    anna.says("PRIVMSG nobody :hello").await;
    anna.hears_numeric("401").await;
    anna.hears_nothing_else().await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn one_line_may_be_for_several() {
    let node = Node::start().await;
    node.knows(&["anna", "ben"]).await;
    let mut clara = node.newcomer("clara").await;
    let mut anna = node.irc("anna").await;
    let mut ben = node.irc("ben").await;
    anna.says("PRIVMSG ben,clara :to both of you").await;
    ben.hears(":anna!anna@conclave PRIVMSG ben :to both of you")
        .await;
    clara.hears("[PM] anna: to both of you").await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn what_was_said_to_somebody_who_was_not_there_waits() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut ben = node.newcomer("ben").await;
    ben.says("/msg anna for later").await;
    ben.catches_up().await;
    let (anna, waiting) = node.irc_and_first_words("anna").await;
    let told = waiting
        .iter()
        .filter(|line| line.contains("PRIVMSG anna :for later"));
    assert_eq!(told.count(), 1, "{waiting:#?}");
    anna.quits().await;
    let (_anna, waiting) = node.irc_and_first_words("anna").await;
    assert!(
        waiting.iter().all(|line| !line.contains("for later")),
        "{waiting:#?}"
    );
}

#[tokio::test]
async fn who_is_away_says_so() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut ben = node.newcomer("ben").await;
    let mut anna = node.irc("anna").await;
    anna.says("AWAY :out for lunch").await;
    anna.hears_numeric("306").await;
    ben.asks("/msg anna are you there?", "* anna is away: out for lunch")
        .await;
    anna.hears(":ben!ben@conclave PRIVMSG anna :are you there?")
        .await;
    anna.says("AWAY").await;
    anna.hears_numeric("305").await;
    ben.asks("/away in a meeting", "* You are away: in a meeting")
        .await;
    anna.says("PRIVMSG ben :and you?").await;
    anna.hears(":conclave.local 301 anna ben :in a meeting")
        .await;
    ben.hears("[PM] anna: and you?").await;
}

#[tokio::test]
async fn who_shares_a_room_is_told_who_goes_away_if_they_want() {
    let node = Node::start().await;
    node.knows(&["anna", "ben", "clara"]).await;
    let mut anna = node.irc_with("anna", &["away-notify"]).await;
    let mut ben = node.irc("ben").await;
    let mut clara = node.irc_with("clara", &["away-notify"]).await;
    for person in [&mut anna, &mut ben] {
        person.joins("#den").await;
        person.joins("#zoo").await;
    }
    anna.catches_up().await;
    ben.says("AWAY :tea").await;
    ben.hears_numeric("306").await;
    anna.hears(":ben!ben@conclave AWAY :tea").await;
    ben.says("AWAY").await;
    ben.hears_numeric("305").await;
    anna.hears(":ben!ben@conclave AWAY").await;
    anna.hears_nothing_else().await;
    clara.hears_nothing_else().await;
}

#[tokio::test]
async fn what_is_known_of_a_person_is_told() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut ben = node.newcomer("Ben").await;
    ben.asks("/away tea", "* You are away: tea").await;
    let mut anna = node.irc("anna").await;
    anna.says("WHOIS ben").await;
    let told = anna.hears_up_to("318").await;
    let said = |code: &str| {
        let line = told.iter().find(|line| line.contains(&format!(" {code} ")));
        line.unwrap_or_else(|| panic!("no {code} in {told:#?}"))
    };
    assert!(said("311").starts_with(":conclave.local 311 anna Ben Ben conclave * "));
    assert!(said("330").contains(" anna Ben Ben "));
    assert!(said("301").contains("tea"));
    // Which node somebody is on is not shown.
    assert!(
        told.iter().all(|line| !line.contains("node-1")),
        "{told:#?}"
    );
    anna.says("WHOIS nobody").await;
    anna.hears_numeric("401").await;
    anna.hears_numeric("318").await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn a_message_finds_its_person_on_the_other_node() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    cluster.one.node.knows(&["anna", "ben"]).await;
    let mut anna = cluster.one.node.irc("anna").await;
    let mut ben = cluster.two.node.irc("ben").await;
    anna.says("PRIVMSG ben :hello over there").await;
    ben.hears(":anna!anna@conclave PRIVMSG ben :hello over there")
        .await;
    ben.says("PRIVMSG anna :hello").await;
    anna.hears(":ben!ben@conclave PRIVMSG anna :hello").await;
    anna.hears_nothing_else().await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn a_notice_is_told_and_never_answered() {
    let node = Node::start().await;
    node.knows(&["anna", "ben"]).await;
    let mut clara = node.newcomer("clara").await;
    let mut anna = node.irc("anna").await;
    let mut ben = node.irc("ben").await;
    anna.joins("#den").await;
    ben.joins("#den").await;
    anna.hears(":ben!ben@conclave JOIN #den").await;
    clara.asks("/join den", "* You are in den (3 here).").await;
    for person in [&mut anna, &mut ben] {
        person.hears(":clara!clara@conclave JOIN #den").await;
    }
    anna.says("NOTICE #den :the build is done").await;
    ben.hears(":anna!anna@conclave NOTICE #den :the build is done")
        .await;
    clara.hears("[den] anna: the build is done").await;
    clara.asks("/away tea", "* You are away: tea").await;
    for line in [
        "NOTICE clara :for you",
        "NOTICE nobody :hello",
        "NOTICE #zoo :hello",
        "NOTICE ben",
        "NOTICE",
    ] {
        anna.says(line).await;
    }
    anna.hears_nothing_else().await;
    clara.hears("[PM] anna: for you").await;
    ben.hears_nothing_else().await;
    // It is one in the inbox and in the history, too.
    ben.quits().await;
    anna.hears_starting(":ben!ben@conclave QUIT").await;
    anna.says("NOTICE ben :for later").await;
    anna.catches_up().await;
    let (mut ben, told) = node.irc_and_first_words("ben").await;
    let waited = told.iter().find(|line| line.contains(" NOTICE ben "));
    let wanted = ":anna!anna@conclave NOTICE ben :for later";
    assert_eq!(waited.map(String::as_str), Some(wanted));
    ben.says("JOIN #den").await;
    let told = ben.finds(" NOTICE #den ").await;
    assert_eq!(told, ":anna!anna@conclave NOTICE #den :the build is done");
}

#[tokio::test]
async fn who_asks_once_who_is_away_is_right_from_there_on() {
    let node = Node::start().await;
    node.knows(&["anna", "ben"]).await;
    let mut clara = node.newcomer("clara").await;
    let mut ben = node.irc("ben").await;
    ben.joins("#den").await;
    clara.asks("/join den", "* You are in den (2 here).").await;
    ben.hears(":clara!clara@conclave JOIN #den").await;
    ben.says("AWAY :tea").await;
    ben.hears_numeric("306").await;
    let mut anna = node.irc_with("anna", &["away-notify"]).await;
    anna.joins("#den").await;
    clara.hears("* anna joined den").await;
    anna.says("WHO #den %nf").await;
    for (name, flag) in [("anna", "H"), ("ben", "G@"), ("clara", "H")] {
        anna.hears(&format!(":conclave.local 354 anna {name} {flag}"))
            .await;
    }
    anna.hears_numeric("315").await;
    clara.asks("/away out", "* You are away: out").await;
    anna.hears(":clara!clara@conclave AWAY out").await;
    ben.says("AWAY").await;
    anna.hears(":ben!ben@conclave AWAY").await;
    anna.says("WHO #den %nf").await;
    for (name, flag) in [("anna", "H"), ("ben", "H@"), ("clara", "G")] {
        anna.hears(&format!(":conclave.local 354 anna {name} {flag}"))
            .await;
    }
    anna.hears_numeric("315").await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn who_watches_for_somebody_is_told_that_they_come_and_go_on_the_other_node() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "ben", "clara"]).await;
    let mut clara = two.irc("clara").await;
    let caps = ["extended-monitor", "away-notify", "setname"];
    let mut anna = one.irc_with("anna", &caps).await;
    anna.says("MONITOR + ben,CLARA").await;
    anna.hears(":conclave.local 730 anna clara!clara@conclave")
        .await;
    anna.hears(":conclave.local 731 anna ben").await;
    let mut ben = two.irc("ben").await;
    anna.hears("730 * ben!ben@conclave").await;
    // They are in no room together.
    clara.says("AWAY :tea").await;
    clara.hears_numeric("306").await;
    anna.hears(":clara!clara@conclave AWAY tea").await;
    clara.says("SETNAME :Clara C.").await;
    anna.hears(":clara!clara@conclave SETNAME :Clara C.").await;
    ben.says("NICK bo").await;
    ben.hears(":ben!ben@conclave NICK bo").await;
    anna.hears("731 * ben").await;
    ben.says("NICK Ben").await;
    ben.hears(":bo!ben@conclave NICK Ben").await;
    anna.hears("730 * Ben!ben@conclave").await;
    ben.says("NICK ben").await;
    ben.hears(":Ben!ben@conclave NICK ben").await;
    // A connection that is lost keeps its place, so nobody went.
    drop(ben);
    ben = two.irc("ben").await;
    anna.hears_nothing_else().await;
    ben.quits().await;
    anna.hears("731 * ben").await;
    anna.says("MONITOR - clara").await;
    clara.quits().await;
    anna.hears_nothing_else().await;
    anna.says("MONITOR S").await;
    anna.hears(":conclave.local 731 anna ben").await;
}

#[tokio::test]
async fn who_comes_in_away_is_shown_so_on_the_other_node() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "ben"]).await;
    let mut anna = one.irc_with("anna", &["away-notify"]).await;
    let mut clara = one.newcomer("clara").await;
    let mut ben = two.irc_with("ben", &["away-notify"]).await;
    anna.joins("#den").await;
    clara.asks("/join den", "* You are in den (2 here).").await;
    anna.hears(":clara!clara@conclave JOIN #den").await;
    ben.says("AWAY :out for tea").await;
    ben.hears_numeric("306").await;
    ben.joins("#den").await;
    anna.hears(":ben!ben@conclave JOIN #den").await;
    anna.hears(":ben!ben@conclave AWAY :out for tea").await;
    clara.hears("* ben joined den").await;
    ben.says("PART #den").await;
    ben.hears(":ben!ben@conclave PART #den").await;
    ben.says("AWAY").await;
    ben.hears_numeric("305").await;
    ben.joins("#den").await;
    anna.hears(":ben!ben@conclave PART #den").await;
    anna.hears(":ben!ben@conclave JOIN #den").await;
    for person in [&mut anna, &mut ben] {
        person.hears_nothing_else().await;
    }
}

#[tokio::test]
async fn who_is_in_a_private_room_finds_it_in_the_list() {
    let node = Node::start().await;
    node.knows(&["anna", "ben"]).await;
    let mut anna = node.irc("anna").await;
    let mut ben = node.irc("ben").await;
    for room in ["#vault key", "#den"] {
        anna.says(&format!("JOIN {room}")).await;
        anna.hears_up_to("366").await;
    }
    anna.says("TOPIC #vault :gold").await;
    anna.hears(":anna!anna@conclave TOPIC #vault :gold").await;
    ben.joins("#den").await;
    anna.hears(":ben!ben@conclave JOIN #den").await;
    for (person, name, rooms) in [
        (&mut anna, "anna", &["#den 2 :", "#vault 1 gold"][..]),
        (&mut ben, "ben", &["#den 2 :"]),
    ] {
        person.says("LIST").await;
        person.hears_numeric("321").await;
        for room in rooms {
            let line = format!(":conclave.local 322 {name} {room}");
            person.hears(&line).await;
        }
        person.hears_numeric("323").await;
    }
}

#[tokio::test]
async fn what_one_says_to_oneself_is_told_once_beside_its_echo() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut anna = node.irc("anna").await;
    anna.says("PRIVMSG anna :buy milk").await;
    anna.hears(":anna!anna@conclave PRIVMSG anna :buy milk")
        .await;
    anna.hears_nothing_else().await;
    anna.quits().await;
    let mut anna = node.irc_with("anna", &["echo-message"]).await;
    anna.says("NOTICE anna :and eggs").await;
    for _ in 0..2 {
        anna.hears(":anna!anna@conclave NOTICE anna :and eggs")
            .await;
    }
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn a_pattern_finds_those_with_whom_one_shares_a_room() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "ben"]).await;
    let mut anna = one.irc("anna").await;
    let mut ben = two.irc("ben").await;
    ben.joins("#den").await;
    anna.says("WHO be* %nf").await;
    anna.hears_numeric("315").await;
    anna.hears_nothing_else().await;
    anna.joins("#den").await;
    anna.says("WHO be* %nf").await;
    anna.hears(":conclave.local 354 anna ben H").await;
    anna.hears_numeric("315").await;
    anna.hears_nothing_else().await;
}
