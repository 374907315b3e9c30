//! Rooms, from both doors and from two nodes.

use crate::support::{Client, Cluster, Node};

/// Somebody at the line door goes to a room of so many.
async fn goes(person: &mut Client, room: &str, here: usize) {
    let there = format!("* You are in {room} ({here} here).");
    person.asks(&format!("/join {room}"), &there).await;
}

#[tokio::test]
async fn people_at_both_doors_hear_each_other() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut ben = node.newcomer("ben").await;
    goes(&mut ben, "den", 1).await;
    let mut anna = node.irc("anna").await;
    assert_eq!(anna.joins("#den").await, ["anna", "ben"]);
    ben.hears("* anna joined den").await;
    ben.says("hello").await;
    anna.hears(":ben!ben@conclave PRIVMSG #den :hello").await;
    anna.says("PRIVMSG #den :hello ben, how are you?").await;
    ben.hears("[den] anna: hello ben, how are you?").await;
    anna.says("PART #den :tea").await;
    anna.hears(":anna!anna@conclave PART #den :tea").await;
    ben.hears("* anna left den").await;
    ben.says("are you gone?").await;
    anna.hears_nothing_else().await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn who_enters_and_leaves_at_the_line_door_joins_and_parts() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut ben = node.newcomer("ben").await;
    let mut anna = node.irc("anna").await;
    assert_eq!(anna.joins("#den").await, ["anna"]);
    goes(&mut ben, "den", 2).await;
    anna.hears(":ben!ben@conclave JOIN #den").await;
    ben.asks("/leave", "* You are in lobby (1 here).").await;
    anna.hears_starting(":ben!ben@conclave PART #den").await;
    goes(&mut ben, "den", 2).await;
    anna.hears(":ben!ben@conclave JOIN #den").await;
    ben.quits().await;
    anna.hears_starting(":ben!ben@conclave QUIT").await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn one_is_in_several_rooms_at_once() {
    let node = Node::start().await;
    node.knows(&["anna", "ben"]).await;
    let (mut anna, mut ben) = (node.irc("anna").await, node.irc("ben").await);
    anna.says("JOIN #den,#zoo").await;
    assert_eq!(anna.has_joined("#den").await, ["anna"]);
    assert_eq!(anna.has_joined("#zoo").await, ["anna"]);
    assert_eq!(ben.joins("#zoo").await, ["anna", "ben"]);
    anna.hears(":ben!ben@conclave JOIN #zoo").await;
    ben.says("PRIVMSG #zoo :a tiger").await;
    anna.hears(":ben!ben@conclave PRIVMSG #zoo :a tiger").await;
    // In another room it is nobody's business.
    anna.says("PRIVMSG #den :alone").await;
    ben.hears_nothing_else().await;
    anna.says("PART #zoo,#den").await;
    anna.hears_starting(":anna!anna@conclave PART #zoo").await;
    anna.hears_starting(":anna!anna@conclave PART #den").await;
    ben.hears_starting(":anna!anna@conclave PART #zoo").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn who_shares_two_rooms_with_somebody_hears_one_quit() {
    let node = Node::start().await;
    node.knows(&["anna", "ben", "clara"]).await;
    let mut anna = node.irc("anna").await;
    let mut ben = node.irc("ben").await;
    let mut clara = node.irc("clara").await;
    for person in [&mut anna, &mut ben] {
        person.joins("#den").await;
        person.joins("#zoo").await;
    }
    clara.joins("#alone").await;
    anna.catches_up().await;
    ben.says("QUIT :good night").await;
    ben.is_sent_away().await;
    let quit = anna.hears_starting(":ben!ben@conclave QUIT").await;
    assert!(!quit.contains('#'), "{quit}");
    anna.hears_nothing_else().await;
    clara.hears_nothing_else().await;
}

#[tokio::test]
async fn a_topic_is_set_told_and_shown() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut ben = node.newcomer("ben").await;
    goes(&mut ben, "den", 1).await;
    let mut anna = node.irc("anna").await;
    anna.joins("#den").await;
    ben.hears("* anna joined den").await;
    anna.says("TOPIC #den").await;
    anna.hears_numeric("331").await;
    anna.asks(
        "TOPIC #den :tea at five",
        ":anna!anna@conclave TOPIC #den :tea at five",
    )
    .await;
    ben.hears("* anna changed the topic of den: tea at five")
        .await;
    ben.asks("/topic cake at six", "* topic of den: cake at six")
        .await;
    anna.hears(":ben!ben@conclave TOPIC #den :cake at six")
        .await;
    anna.says("TOPIC #den").await;
    anna.hears(":conclave.local 332 anna #den :cake at six")
        .await;
    anna.catches_up().await;
    anna.says("PART #den").await;
    anna.hears_starting(":anna!anna@conclave PART #den").await;
    anna.says("JOIN #den").await;
    anna.hears(":anna!anna@conclave JOIN #den").await;
    anna.hears(":conclave.local 332 anna #den :cake at six")
        .await;
    anna.hears_up_to("366").await;
}

#[tokio::test]
async fn a_topic_has_somebody_who_set_it_and_is_taken_away() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut ben = node.newcomer("Ben").await;
    goes(&mut ben, "den", 1).await;
    let mut anna = node.irc("anna").await;
    anna.joins("#den").await;
    ben.hears("* anna joined den").await;
    ben.asks("/topic tea", "* topic of den: tea").await;
    anna.hears(":Ben!Ben@conclave TOPIC #den tea").await;
    anna.says("TOPIC #den").await;
    anna.hears(":conclave.local 332 anna #den tea").await;
    let set = anna.hears_numeric("333").await;
    let (start, seconds) = set.rsplit_once(' ').unwrap();
    assert_eq!(start, ":conclave.local 333 anna #den Ben");
    assert!(seconds.parse::<u64>().unwrap() > 1_700_000_000, "{set}");
    anna.asks("TOPIC #den :", ":anna!anna@conclave TOPIC #den :")
        .await;
    ben.hears("* anna took away the topic of den").await;
    ben.asks("/topic", "* den has no topic.").await;
    anna.says("TOPIC #den").await;
    anna.hears_numeric("331").await;
    anna.hears_nothing_else().await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn an_echo_has_the_time_and_msgid_that_all_nodes_tell() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "ben", "clara"]).await;
    let caps = ["message-tags", "server-time", "account-tag"];
    let mut anna = one
        .irc_with("anna", &[&caps[..], &["echo-message"]].concat())
        .await;
    let mut ben = one.irc_with("ben", &caps).await;
    let mut clara = two.irc_with("clara", &caps).await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.says("JOIN #den").await;
        person.hears_up_to("366").await;
    }
    for person in [&mut anna, &mut ben, &mut clara] {
        person.catches_up().await;
    }
    for line in ["PRIVMSG #den :hello", "NOTICE #den :hello"] {
        anna.says(line).await;
        let echo = anna.finds(" #den ").await;
        for tag in ["msgid=", "time=20", "account=anna"] {
            assert!(echo.starts_with('@') && echo.contains(tag), "{echo}");
        }
        assert_eq!(ben.finds(" #den ").await, echo);
        assert_eq!(clara.finds(" #den ").await, echo);
    }
    anna.says("AWAY :tea").await;
    anna.hears_numeric("306").await;
    anna.says("PRIVMSG clara :hello").await;
    let echo = anna.finds(" PRIVMSG clara ").await;
    assert_eq!(clara.finds(" PRIVMSG clara ").await, echo);
    // Also to somebody who is away.
    clara.says("PRIVMSG anna :where are you?").await;
    clara.finds(" 301 ").await;
    let heard = anna.finds(" PRIVMSG anna ").await;
    assert!(heard.contains("time=20"), "{heard}");
}

#[tokio::test]
async fn a_private_room_wants_its_key() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut ben = node.newcomer("ben").await;
    ben.asks("/join vault sesame", "* You are in vault (1 here).")
        .await;
    let mut anna = node.irc("anna").await;
    anna.says("JOIN #vault").await;
    anna.hears_numeric("475").await;
    anna.says("JOIN #den,#vault ,sesame").await;
    anna.has_joined("#den").await;
    assert_eq!(anna.has_joined("#vault").await, ["anna", "ben"]);
    ben.hears("* anna joined vault").await;
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_commands() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut anna = node.irc("anna").await;
    anna.says("JOIN #den\r\nTOPIC #den :tea\r\nNAMES #den\r\nPART #den\r\nPING all-done")
        .await;
    assert_eq!(anna.has_joined("#den").await, ["anna"]);
    anna.hears(":anna!anna@conclave TOPIC #den :tea").await;
    anna.hears_up_to("366").await;
    anna.hears_starting(":anna!anna@conclave PART #den").await;
    anna.hears(":conclave.local PONG conclave.local all-done")
        .await;
}

#[tokio::test]
async fn who_names_a_room_that_is_none_is_told_so() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut anna = node.irc("anna").await;
    for (line, code) in [
        ("JOIN den", "403"),
        ("PART #den", "442"),
        ("PRIVMSG #den :hello", "404"),
        ("TOPIC #den :tea", "442"),
        ("JOIN", "461"),
        ("DANCE", "421"),
    ] {
        anna.says(line).await;
        let answer = anna.hears_numeric(code).await;
        assert!(answer.starts_with(":conclave.local "), "{answer}");
    }
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn an_echo_comes_to_those_who_want_it_and_once() {
    let node = Node::start().await;
    node.knows(&["anna", "ben"]).await;
    let mut anna = node.irc_with("anna", &["echo-message"]).await;
    let mut ben = node.irc("ben").await;
    anna.joins("#den").await;
    ben.joins("#den").await;
    anna.hears(":ben!ben@conclave JOIN #den").await;
    anna.asks(
        "PRIVMSG #den :hello",
        ":anna!anna@conclave PRIVMSG #den :hello",
    )
    .await;
    ben.hears(":anna!anna@conclave PRIVMSG #den :hello").await;
    ben.says("PRIVMSG #den :hello anna").await;
    anna.hears(":ben!ben@conclave PRIVMSG #den :hello anna")
        .await;
    anna.hears_nothing_else().await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn all_members_read_the_same_msgid_and_time() {
    let node = Node::start().await;
    node.knows(&["anna", "ben", "clara"]).await;
    let caps = ["message-tags", "server-time"];
    let mut anna = node.irc_with("anna", &caps).await;
    let mut ben = node.irc_with("ben", &caps).await;
    let mut clara = node.irc("clara").await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.says("JOIN #den").await;
        person.hears_up_to("366").await;
    }
    anna.catches_up().await;
    ben.catches_up().await;
    clara.says("PRIVMSG #den :hello").await;
    let heard = anna.finds(" PRIVMSG ").await;
    assert_eq!(ben.finds(" PRIVMSG ").await, heard);
    for tag in ["msgid=", "time=20"] {
        assert!(heard.starts_with('@') && heard.contains(tag), "{heard}");
    }
    // Who did not ask for tags reads none.
    anna.says("PRIVMSG #den :hi").await;
    clara.hears(":anna!anna@conclave PRIVMSG #den hi").await;
}

#[tokio::test]
async fn a_room_spans_the_nodes() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "clara"]).await;
    let mut ben = two.newcomer("ben").await;
    goes(&mut ben, "den", 1).await;
    let mut anna = one.irc("anna").await;
    let mut clara = two.irc("clara").await;
    assert_eq!(anna.joins("#den").await, ["anna", "ben"]);
    ben.hears("* anna joined den").await;
    assert_eq!(clara.joins("#den").await, ["anna", "ben", "clara"]);
    ben.hears("* clara joined den").await;
    anna.hears(":clara!clara@conclave JOIN #den").await;
    // What was said last in the room is told to her before she is told anything new.
    clara.catches_up().await;
    anna.says("PRIVMSG #den :hello all").await;
    ben.hears("[den] anna: hello all").await;
    clara
        .hears(":anna!anna@conclave PRIVMSG #den :hello all")
        .await;
    ben.says("hello both").await;
    for person in [&mut anna, &mut clara] {
        person
            .hears(":ben!ben@conclave PRIVMSG #den :hello both")
            .await;
    }
    clara.quits().await;
    anna.hears_starting(":clara!clara@conclave QUIT").await;
    ben.hears("* clara left den").await;
    anna.hears_nothing_else().await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn rooms_are_listed_and_counted_with_those_of_the_other_node() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    cluster.one.node.knows(&["anna", "ben"]).await;
    let mut ben = cluster.two.node.irc("ben").await;
    ben.joins("#den").await;
    ben.says("TOPIC #den :tea at five").await;
    ben.hears_starting(":ben!ben@conclave TOPIC #den").await;
    ben.says("JOIN #vault key").await;
    ben.catches_up().await;
    let (mut anna, told) = cluster.one.node.irc_and_first_words("anna").await;
    let counted = told.iter().position(|line| line.contains(" 251 anna "));
    let day = told.iter().position(|line| line.contains(" 422 anna "));
    assert!(counted.is_some() && counted < day, "{told:#?}");
    anna.says("LIST").await;
    anna.hears_numeric("321").await;
    anna.hears(":conclave.local 322 anna #den 1 :tea at five")
        .await;
    anna.hears_numeric("323").await;
    anna.says("LUSERS").await;
    anna.hears(":conclave.local 251 anna :There are 2 users and 0 invisible on 1 servers")
        .await;
    anna.hears_up_to("266").await;
    anna.says("TIME").await;
    anna.hears_numeric("391").await;
}
