//! What was said before, as clients ask for it.

use crate::support::{Cluster, Irc, Node};

const CAPS: [&str; 4] = ["draft/chathistory", "batch", "server-time", "message-tags"];

/// Asks, and hears the lines of the batch of this kind, without what says that they are in it.
async fn asks(person: &mut Irc, question: &str, kind: &str) -> Vec<String> {
    person.says(&format!("CHATHISTORY {question}")).await;
    let begin = format!(":conclave.local BATCH +history {kind}");
    person.hears(&begin).await;
    let mut lines = Vec::new();
    loop {
        let line = person.line("the end of the batch").await;
        if line == ":conclave.local BATCH -history" {
            return lines;
        }
        let told = line.strip_prefix("@batch=history");
        let told = told.unwrap_or_else(|| panic!("{line} is in no batch"));
        lines.push(told.trim_start_matches([';', ' ']).to_owned());
    }
}

/// The msgid of a line.
fn id(line: &str) -> String {
    let (_, behind) = line
        .split_once("msgid=")
        .unwrap_or_else(|| panic!("{line}"));
    let end = behind.find([' ', ';']).unwrap_or(behind.len());
    behind[..end].to_owned()
}

/// What a line says last.
fn words(line: &str) -> &str {
    line.rsplit([' ', ':']).next().unwrap_or_default()
}

fn texts(lines: &[String]) -> Vec<&str> {
    lines.iter().map(|line| words(line)).collect()
}

#[tokio::test]
async fn the_history_of_a_room_is_read_in_pieces() {
    let node = Node::start().await;
    node.knows(&["anna", "ben"]).await;
    let mut ben = node.irc("ben").await;
    ben.joins("#den").await;
    for n in 0..9 {
        ben.says(&format!("PRIVMSG #den :{n}")).await;
    }
    ben.catches_up().await;
    let mut anna = node.irc_with("anna", &CAPS).await;
    // Nothing is played back to who can ask.
    assert_eq!(anna.joins("#den").await, ["anna", "ben"]);
    anna.hears_nothing_else().await;
    let den = "chathistory #den";
    let last = asks(&mut anna, "LATEST #den * 4", den).await;
    assert_eq!(texts(&last), ["5", "6", "7", "8"]);
    let before = format!("BEFORE #den msgid={} 3", id(&last[0]));
    let earlier = asks(&mut anna, &before, den).await;
    assert_eq!(texts(&earlier), ["2", "3", "4"]);
    let after = format!("AFTER #DEN msgid={} 2", id(&earlier[0]));
    // The batch is called as it was asked for.
    let called = "chathistory #DEN";
    assert_eq!(texts(&asks(&mut anna, &after, called).await), ["3", "4"]);
    let around = format!("AROUND #den msgid={} 3", id(&earlier[1]));
    assert_eq!(texts(&asks(&mut anna, &around, den).await), ["2", "3", "4"]);
    let (four, seven) = (id(&earlier[2]), id(&last[2]));
    for (from, to, told) in [(&four, &seven, ["5", "6"]), (&seven, &four, ["5", "6"])] {
        let between = format!("BETWEEN #den msgid={from} msgid={to} 5");
        assert_eq!(texts(&asks(&mut anna, &between, den).await), told);
    }
    let early = "BEFORE #den timestamp=2019-01-04T14:33:26.123Z 5";
    assert_eq!(texts(&asks(&mut anna, early, den).await), [""; 0]);
    let late = "AFTER #den timestamp=2019-01-04T14:33:26.123Z 2";
    assert_eq!(texts(&asks(&mut anna, late, den).await), ["0", "1"]);
    for (question, fail) in [
        ("LATEST #nowhere * 5", "INVALID_TARGET LATEST #nowhere"),
        ("LATEST nobody * 5", "INVALID_TARGET LATEST nobody"),
        ("LATEST #den", "INVALID_PARAMS LATEST"),
    ] {
        anna.says(&format!("CHATHISTORY {question}")).await;
        let fail = format!(":conclave.local FAIL CHATHISTORY {fail} :");
        anna.hears_starting(&fail).await;
    }
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn on_two_nodes_the_same_is_told_of_people_also_to_who_comes_back() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "ben", "clara"]).await;
    let mut anna = one.irc_with("anna", &CAPS).await;
    let mut ben = two.irc_with("ben", &CAPS).await;
    anna.says("PRIVMSG ben :hello").await;
    ben.finds(" PRIVMSG ben ").await;
    ben.says("PRIVMSG anna :yes?").await;
    anna.finds(" PRIVMSG anna ").await;
    anna.says("PRIVMSG clara :psst").await;
    anna.says("PRIVMSG ben :tea").await;
    ben.finds(" PRIVMSG ben ").await;
    anna.catches_up().await;
    let with_ben = asks(&mut anna, "LATEST BEN * 9", "chathistory BEN").await;
    assert_eq!(texts(&with_ben), ["hello", "yes?", "tea"]);
    let with_anna = asks(&mut ben, "LATEST anna * 9", "chathistory anna").await;
    assert_eq!(with_anna, with_ben);
    anna.quits().await;
    let mut anna = two.irc_with("anna", &CAPS).await;
    // What she sent does not wait for her.
    let waiting = anna.catches_up().await;
    assert!(
        waiting.iter().all(|line| !line.contains("PRIVMSG ben")),
        "{waiting:#?}"
    );
    assert_eq!(
        asks(&mut anna, "LATEST ben * 9", "chathistory ben").await,
        with_ben
    );
    let times = "timestamp=2019-01-04T14:33:26.123Z timestamp=9999-01-04T14:33:26.123Z";
    let question = format!("TARGETS {times} 9");
    let targets = asks(&mut anna, &question, "draft/chathistory-targets").await;
    let mut named: Vec<_> = targets
        .iter()
        .filter_map(|line| line.split(' ').nth(3))
        .collect();
    named.sort_unstable();
    assert_eq!(named, ["ben", "clara"]);
    anna.hears_nothing_else().await;
}

/// The command of a line.
fn command(line: &str) -> &str {
    line.split(' ').nth(2).unwrap_or_default()
}

#[tokio::test]
async fn what_happened_on_all_nodes_is_told_among_the_messages() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "ben", "clara"]).await;
    let mut anna = one.irc_with("anna", &CAPS).await;
    anna.joins("#den").await;
    let playback = [&CAPS[..], &["draft/event-playback"]].concat();
    let mut ben = two.irc_with("ben", &playback).await;
    ben.joins("#den").await;
    let mut clara = two.irc_with("clara", &CAPS).await;
    for line in [
        "PRIVMSG #den :hello",
        "TOPIC #den :tea",
        "@+typing=active TAGMSG #den",
        "@+draft/react=x TAGMSG #den",
        "NICK Ann",
        "QUIT :bye",
    ] {
        anna.says(line).await;
    }
    let gone = ben.finds(" QUIT :Quit: bye").await;
    let den = "chathistory #den";
    let told = asks(&mut ben, "LATEST #den * 20", den).await;
    let commands: Vec<_> = told.iter().map(|line| command(line)).collect();
    assert_eq!(
        commands,
        ["JOIN", "JOIN", "PRIVMSG", "TOPIC", "TAGMSG", "NICK", "QUIT"]
    );
    // Each is known by the id with which it was told when it happened.
    assert_eq!(
        told.last(),
        gone.strip_prefix('@').map(str::to_owned).as_ref()
    );
    let before = format!("BEFORE #den msgid={} 2", id(&told[4]));
    assert_eq!(asks(&mut ben, &before, den).await, told[2..4]);
    // Who did not ask for that is told what was said.
    let told = asks(&mut clara, "LATEST #den * 20", den).await;
    assert_eq!(texts(&told), ["hello"]);
}
