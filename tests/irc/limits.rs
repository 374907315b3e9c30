//! Bad input and too much of it: each has its answer, and nobody else notices.

use crate::support::{Client, Irc, Node, bare};

/// Bytes of a line without tags, with CR LF.
const LINE_BYTES: usize = 512;

/// Anna with an IRC client and ben at the line door, both in den.
async fn both_in_den(node: &Node) -> (Irc, Client) {
    node.knows(&["anna"]).await;
    let mut ben = node.newcomer("ben").await;
    ben.asks("/join den", "* You are in den (1 here).").await;
    let mut anna = node.irc("anna").await;
    anna.joins("#den").await;
    ben.hears("* anna joined den").await;
    (anna, ben)
}

#[tokio::test]
async fn a_line_that_is_too_long_is_not_said() {
    let node = Node::start().await;
    let (mut anna, mut ben) = both_in_den(&node).await;
    let front = "PRIVMSG #den :";
    let most = LINE_BYTES - front.len() - "\r\n".len();
    anna.says(&format!("{front}{}", "x".repeat(most))).await;
    ben.hears(&format!("[den] anna: {}", "x".repeat(most)))
        .await;
    for more in [1, 100, 8000, 20_000] {
        anna.says(&format!("{front}{}", "x".repeat(most + more)))
            .await;
        anna.hears_numeric("417").await;
    }
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn tags_do_not_count_among_the_bytes_of_a_line() {
    let node = Node::start().await;
    let (mut anna, mut ben) = both_in_den(&node).await;
    let tags = format!("@+example={}", "x".repeat(4000));
    anna.says(&format!("{tags} PRIVMSG #den :{}", "y".repeat(400)))
        .await;
    ben.hears(&format!("[den] anna: {}", "y".repeat(400))).await;
    anna.says(&format!("{tags}{tags} PRIVMSG #den :hello"))
        .await;
    anna.hears_numeric("417").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn a_text_longer_than_a_line_comes_in_several() {
    let node = Node::start().await;
    let (mut anna, mut ben) = both_in_den(&node).await;
    let said: String = (0..800).map(|n| format!("{n} ä ")).collect();
    let said = &said[..said.floor_char_boundary(4000)];
    ben.says(said).await;
    ben.catches_up().await;
    let front = ":ben!ben@conclave PRIVMSG #den :";
    let mut heard = String::new();
    let lines = anna.catches_up().await;
    for line in &lines {
        assert!(line.len() + "\r\n".len() <= LINE_BYTES, "{line}");
        heard += bare(line).strip_prefix(front).unwrap();
    }
    assert!(lines.len() >= 8, "{lines:#?}");
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<String>()
    };
    assert_eq!(words(&heard), words(said));
}

#[tokio::test]
async fn what_is_no_utf_8_or_no_line_is_not_said() {
    let node = Node::start().await;
    let (mut anna, mut ben) = both_in_den(&node).await;
    anna.sends(b"PRIVMSG #den :caf\xe9\r\n").await;
    let fail = anna.hears_starting(":conclave.local FAIL ").await;
    assert!(fail.contains(" INVALID_UTF8 "), "{fail}");
    anna.sends(b"PRIVMSG #den :a\0b\r\n").await;
    anna.hears_numeric("400").await;
    anna.sends(b"\r\n\n").await;
    anna.says("PRIVMSG #den :").await;
    anna.hears_numeric("412").await;
    anna.says("PRIVMSG").await;
    anna.hears_numeric("411").await;
    anna.hears_nothing_else().await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn colours_of_irc_reach_its_clients_and_no_terminal() {
    let node = Node::start().await;
    let (mut anna, mut ben) = both_in_den(&node).await;
    node.knows(&["clara"]).await;
    let mut clara = node.irc("clara").await;
    clara.joins("#den").await;
    ben.hears("* clara joined den").await;
    anna.hears(":clara!clara@conclave JOIN #den").await;
    anna.says("PRIVMSG #den :\x0304red\x0f and \x02bold\x02")
        .await;
    ben.hears("[den] anna: red and bold").await;
    clara
        .hears(":anna!anna@conclave PRIVMSG #den :\x0304red\x0f and \x02bold\x02")
        .await;
}
