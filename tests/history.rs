//! What was said before: how it is asked for, and what it looks like.

#![expect(clippy::unwrap_used, reason = "a test says where it stopped")]

mod support;

use support::{Client, Home, Node};

#[tokio::test]
async fn history_has_the_last_messages_oldest_first() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    for n in 0..30 {
        anna.says(&format!("line {n}")).await;
    }
    anna.says("/history").await;
    hears_history(&mut anna, "lobby 20", 10..30).await;
    anna.says("/history 3").await;
    hears_history(&mut anna, "lobby 3", 27..30).await;
    anna.says("/history LOBBY 2").await;
    hears_history(&mut anna, "lobby 2", 28..30).await;
    anna.says("/history lobby").await;
    hears_history(&mut anna, "lobby 20", 10..30).await;
}

#[tokio::test]
async fn counts_are_bounded_and_never_wrong() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    anna.says("line 0").await;
    anna.says("/history 0").await;
    hears_history(&mut anna, "lobby 0", 0..0).await;
    for huge in ["501", "65536", "18446744073709551616", &"9".repeat(1000)] {
        anna.says(&format!("/history {huge}")).await;
        hears_history(&mut anna, "lobby 500", 0..1).await;
    }
    let usage = "! Usage: /history [room] [n]";
    anna.asks("/history lobby -1", usage).await;
    anna.asks("/history lobby many", usage).await;
    anna.asks("/history lobby 1 2", usage).await;
    anna.asks("/history nowhere", "! No such room: nowhere")
        .await;
}

#[tokio::test]
async fn every_line_has_its_time_and_its_position() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    anna.asks("/ids on", "* Positions are shown.").await;
    anna.says("hello").await;
    let ok = anna.hears_starting("* ok ").await;
    let position = ok.strip_prefix("* ok ").unwrap();
    anna.asks("/history", "* history lobby 20").await;
    let line = anna.hears_starting(position).await;
    let mut words = line.splitn(3, ' ');
    assert_eq!(words.next(), Some(position));
    assert_is_time(words.next().unwrap());
    assert_eq!(words.next(), Some("[lobby] anna: hello"));
    anna.hears("* end of history").await;
}

#[tokio::test]
async fn the_past_of_a_public_room_is_everybodys() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    anna.asks("/join Den", "* You are in Den (1 here).").await;
    ben.hears("* anna left lobby").await;
    anna.says("hello").await;
    anna.asks(
        "/subscribe_only not for the room",
        "* Nobody subscribes to you.",
    )
    .await;
    anna.says("/msg ben a whisper").await;
    ben.hears("[PM] anna: a whisper").await;
    ben.asks("/history den", "* history Den 20").await;
    let line = ben.hears_starting("20").await;
    assert!(line.ends_with("Z [Den] anna: hello"), "{line}");
    ben.hears("* end of history").await;
}

#[tokio::test]
async fn only_so_much_is_kept() {
    let node = Home::new().set("history.keep_messages", "5").start().await;
    let mut anna = node.newcomer("anna").await;
    for n in 0..12 {
        anna.says(&format!("line {n}")).await;
    }
    anna.says("/history").await;
    hears_history(&mut anna, "lobby 20", 7..12).await;
}

/// The lines of [`history_has_the_last_messages_oldest_first`] with these numbers.
async fn hears_history(anna: &mut Client, of: &str, lines: std::ops::Range<usize>) {
    anna.hears(&format!("* history {of}")).await;
    for n in lines {
        let line = anna.hears_starting("20").await;
        let (time, said) = line.split_once(' ').unwrap();
        assert_is_time(time);
        assert_eq!(said, format!("[lobby] anna: line {n}"));
    }
    anna.hears("* end of history").await;
}

/// RFC 3339 in UTC, whole seconds.
fn assert_is_time(word: &str) {
    let shape: String = word
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert_eq!(shape, "0000-00-00T00:00:00Z", "{word}");
}
