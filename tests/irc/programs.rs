//! What clients tell each other that nobody reads: tags, and messages that are nothing else.

use crate::support::{Cluster, Node, bare};

const TAGS: &[&str] = &["message-tags"];

#[tokio::test]
async fn tags_of_clients_are_told_to_those_who_understand_them() {
    let node = Node::start().await;
    node.knows(&["anna", "ben", "clara"]).await;
    let mut dora = node.newcomer("dora").await;
    let mut anna = node
        .irc_with("anna", &["message-tags", "echo-message"])
        .await;
    let mut ben = node.irc_with("ben", TAGS).await;
    let mut clara = node.irc("clara").await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.joins("#den").await;
    }
    dora.asks("/join den", "* You are in den (4 here).").await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.finds(":dora!dora@conclave JOIN").await;
    }
    anna.says("@+draft/reply=7-1;label=x;time=now PRIVMSG #den :yes")
        .await;
    for person in [&mut anna, &mut ben] {
        let line = person.line("a reply").await;
        assert!(line.contains(";+draft/reply=7-1 :anna!"), "{line}");
        assert!(!line.contains("label") && !line.contains("time"), "{line}");
        assert_eq!(bare(&line), ":anna!anna@conclave PRIVMSG #den :yes");
    }
    clara.hears(":anna!anna@conclave PRIVMSG #den :yes").await;
    dora.hears("[den] anna: yes").await;
    // It is kept with the message.
    anna.quits().await;
    let mut anna = node.irc_with("anna", TAGS).await;
    anna.says("JOIN #den").await;
    let told = anna.finds("PRIVMSG #den").await;
    assert!(told.contains("+draft/reply=7-1"), "{told}");
}

#[tokio::test]
async fn who_types_is_seen_by_those_whose_programs_know_of_it() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    cluster.one.node.knows(&["anna", "ben", "clara"]).await;
    let mut dora = cluster.two.node.newcomer("dora").await;
    let mut anna = cluster.one.node.irc_with("anna", TAGS).await;
    let mut ben = cluster.two.node.irc_with("ben", TAGS).await;
    let mut clara = cluster.two.node.irc("clara").await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.joins("#den").await;
    }
    dora.asks("/join den", "* You are in den (4 here).").await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.finds(":dora!dora@conclave JOIN").await;
    }
    anna.says("@+typing=active TAGMSG #den").await;
    let line = ben.line("that anna types").await;
    assert!(line.contains(";+typing=active "), "{line}");
    assert_eq!(bare(&line), ":anna!anna@conclave TAGMSG #den");
    ben.says("@+typing=done TAGMSG anna").await;
    let line = anna.line("that ben does not").await;
    assert_eq!(bare(&line), ":ben!ben@conclave TAGMSG anna");
    anna.says("@+typing=active TAGMSG #zoo").await;
    anna.hears_numeric("404").await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.hears_nothing_else().await;
    }
    dora.hears_nothing_else().await;
    // Nothing of it is history.
    anna.says("CHATHISTORY LATEST #den * 10").await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn up_to_where_somebody_has_read_is_known_on_every_node() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    cluster.one.node.knows(&["anna", "ben"]).await;
    let caps = &["draft/read-marker"];
    let mut anna = cluster.one.node.irc_with("anna", caps).await;
    anna.says("JOIN #den").await;
    anna.finds(":anna!anna@conclave JOIN").await;
    anna.hears(":conclave.local MARKREAD #den *").await;
    anna.hears_up_to("366").await;
    let read = "#den timestamp=2019-01-04T14:33:26.123Z";
    for (said, told) in [
        (read, read),
        ("#den timestamp=2018-01-04T14:33:26.123Z", read),
        ("#den", read),
        ("ben", "ben *"),
    ] {
        anna.asks(
            &format!("MARKREAD {said}"),
            &format!(":conclave.local MARKREAD {told}"),
        )
        .await;
    }
    anna.quits().await;
    let mut anna = cluster.two.node.irc_with("anna", caps).await;
    anna.says("JOIN #den").await;
    anna.finds(":anna!anna@conclave JOIN").await;
    anna.hears(&format!(":conclave.local MARKREAD {read}"))
        .await;
    anna.hears_up_to("366").await;
    let mut ben = cluster.two.node.irc_with("ben", caps).await;
    ben.asks("MARKREAD #den", ":conclave.local MARKREAD #den *")
        .await;
}

#[tokio::test]
async fn what_people_say_about_themselves_is_seen_on_every_node() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    cluster.one.node.knows(&["anna", "ben", "clara"]).await;
    let caps = &["setname", "extended-join", "message-tags"];
    let mut dora = cluster.two.node.newcomer("dora").await;
    let mut ben = cluster.two.node.irc_with("ben", caps).await;
    let mut clara = cluster.two.node.irc("clara").await;
    ben.says("JOIN #den,#zoo").await;
    ben.hears_up_to("366").await;
    ben.hears_up_to("366").await;
    clara.joins("#den").await;
    dora.asks("/join den", "* You are in den (3 here).").await;
    clara.hears(":dora!dora@conclave JOIN #den").await;
    ben.hears_all(&[
        ":clara!clara@conclave JOIN #den clara clara",
        ":dora!dora@conclave JOIN #den dora dora",
    ])
    .await;
    let mut anna = cluster.one.node.irc_with("anna", caps).await;
    anna.asks("SETNAME :Anna B.", ":anna!anna@conclave SETNAME :Anna B.")
        .await;
    anna.says("JOIN #den,#zoo").await;
    ben.hears_all(&[
        ":anna!anna@conclave JOIN #den anna :Anna B.",
        ":anna!anna@conclave JOIN #zoo anna :Anna B.",
    ])
    .await;
    clara.hears(":anna!anna@conclave JOIN #den").await;
    dora.hears("* anna joined den").await;
    anna.says("SETNAME :Anna C.").await;
    anna.finds(":anna!anna@conclave SETNAME :Anna C.").await;
    ben.hears(":anna!anna@conclave SETNAME :Anna C.").await;
    anna.asks("MODE anna +B", ":anna!anna@conclave MODE anna +B")
        .await;
    anna.says("PRIVMSG #zoo :beep").await;
    let beep = ben.line("a beep").await;
    assert!(beep.contains(";bot :anna!"), "{beep}");
    for person in [&mut ben, &mut clara] {
        person.says("WHOIS anna").await;
        let told = person.hears_up_to("318").await.concat();
        assert!(
            told.contains(" * :Anna C.") && told.contains(" 335 "),
            "{told}"
        );
        person.says("WHO #den %nfr").await;
        let told = person.hears_up_to("315").await.concat();
        assert!(told.contains(" anna HB :Anna C."), "{told}");
        person.hears_nothing_else().await;
    }
    dora.hears_nothing_else().await;
}

#[tokio::test]
async fn several_lines_are_one_message_on_every_node() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    cluster.one.node.knows(&["anna", "ben", "clara"]).await;
    let caps = &["draft/multiline", "batch", "message-tags"];
    let mut dora = cluster.two.node.newcomer("dora").await;
    let mut anna = cluster.one.node.irc_with("anna", caps).await;
    let mut ben = cluster.two.node.irc_with("ben", caps).await;
    let mut clara = cluster.two.node.irc("clara").await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.joins("#den").await;
    }
    dora.asks("/join den", "* You are in den (4 here).").await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.finds(":dora!dora@conclave JOIN").await;
    }
    for line in [
        "BATCH +1 draft/multiline #den",
        "@batch=1 PRIVMSG #den :fn main() {",
        "@batch=1 PRIVMSG #den :",
        "@batch=1 PRIVMSG #den :    tea();",
        "@batch=1 PRIVMSG #den :}",
        "BATCH -1",
    ] {
        anna.says(line).await;
    }
    let begin = ben.line("the batch").await;
    let start = ":anna!anna@conclave BATCH +multiline draft/multiline #den";
    assert_eq!(bare(&begin), start);
    assert!(begin.starts_with("@msgid="), "{begin}");
    for text in ["fn main() {", "", "    tea();", "}"] {
        ben.hears(&format!(
            "@batch=multiline :anna!anna@conclave PRIVMSG #den :{text}"
        ))
        .await;
    }
    ben.hears(":anna!anna@conclave BATCH -multiline").await;
    for text in ["fn main() {", "    tea();", "}"] {
        clara
            .hears(&format!(":anna!anna@conclave PRIVMSG #den :{text}"))
            .await;
    }
    dora.hears("[den] anna: fn main() { \u{21b5}     tea(); \u{21b5} }")
        .await;
    // It is one message in the history, too.
    let mut elsa = cluster.two.node.newcomer("elsa").await;
    elsa.asks("/join den", "* You are in den (5 here).").await;
    elsa.says("/history 9").await;
    let told = elsa.ear.hears_matching("anna: fn main()").await;
    assert!(told.ends_with("tea(); \u{21b5} }"), "{told}");
}
