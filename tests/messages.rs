//! What people say: in rooms, to each other, and how it is spelled.

mod support;

use support::{Home, Node};

#[tokio::test]
async fn the_others_hear_it_and_its_sender_does_not() {
    let node = Node::start().await;
    let [mut anna, mut ben, mut clara] = node.newcomers(["anna", "ben", "clara"]).await;
    anna.says("hello").await;
    ben.hears("[lobby] anna: hello").await;
    clara.hears("[lobby] anna: hello").await;
    ben.says("hello anna").await;
    anna.hears("[lobby] ben: hello anna").await;
    clara.hears("[lobby] ben: hello anna").await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.hears_nothing_else().await;
    }
}

#[tokio::test]
async fn what_is_said_stays_in_its_room() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    ben.asks("/join den", "* You are in den (1 here).").await;
    anna.hears("* ben left lobby").await;
    anna.says("to the lobby").await;
    ben.says("to the den").await;
    anna.hears_nothing_else().await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn a_whisper_reaches_one_person_wherever_it_is() {
    let node = Node::start().await;
    let [mut anna, mut ben, mut clara] = node.newcomers(["anna", "ben", "clara"]).await;
    ben.asks("/join den", "* You are in den (1 here).").await;
    anna.hears("* ben left lobby").await;
    clara.hears("* ben left lobby").await;
    anna.says("/msg BEN psst,  two spaces ").await;
    ben.hears("[PM] anna: psst,  two spaces ").await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.hears_nothing_else().await;
    }
    anna.asks("/msg nobody psst", "! No such user: nobody")
        .await;
    anna.asks("/msg anna psst", "! That is yourself").await;
    clara.quits().await;
    anna.hears("* clara left lobby").await;
    anna.says("/msg Clara psst").await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn whisperers_are_told_that_somebody_is_away() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    ben.asks("/away at lunch", "* You are away: at lunch").await;
    anna.asks("/msg ben psst", "* ben is away: at lunch").await;
    ben.hears("[PM] anna: psst").await;
    anna.says("/whois ben").await;
    anna.hears_starting("* ben is online on node-1 since 20")
        .await;
    anna.hears_all(&["* ben is in lobby.", "* ben is away: at lunch"])
        .await;
    ben.asks("/away", "* You are back.").await;
    ben.asks("/away", "* You are back.").await;
    anna.says("/msg ben psst").await;
    ben.hears("[PM] anna: psst").await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn away_ends_with_the_session() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    ben.asks("/away at lunch", "* You are away: at lunch").await;
    ben.quits().await;
    anna.hears("* ben left lobby").await;
    anna.asks("/whois ben", "* ben is offline.").await;
    let mut ben = node.login("ben").await;
    anna.hears("* ben joined lobby").await;
    anna.says("/msg ben psst").await;
    ben.hears("[PM] anna: psst").await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn positions_are_the_same_for_everybody() {
    let node = Node::start().await;
    let [mut anna, mut ben, mut clara] = node.newcomers(["anna", "ben", "clara"]).await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.asks("/ids on", "* Positions are shown.").await;
    }
    let mut last = (0, 0);
    for text in ["one", "two", "three"] {
        anna.says(text).await;
        let ok = anna.hears_starting("* ok ").await;
        let position = ok.strip_prefix("* ok ").unwrap();
        ben.hears(&format!("{position} [lobby] anna: {text}")).await;
        clara
            .hears(&format!("{position} [lobby] anna: {text}"))
            .await;
        let (epoch, n) = position.split_once('-').unwrap();
        let place: (u64, u64) = (epoch.parse().unwrap(), n.parse().unwrap());
        assert!(place > last, "{place:?} comes behind {last:?}");
        last = place;
    }
    ben.says("/msg anna psst").await;
    let ok = ben.hears_starting("* ok ").await;
    let position = ok.strip_prefix("* ok ").unwrap();
    anna.hears(&format!("{position} [PM] ben: psst")).await;
}

#[tokio::test]
async fn positions_are_everybodys_own_choice() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    anna.asks("/IDS ON", "* Positions are shown.").await;
    ben.says("hello").await;
    let heard = anna.hears_starting("").await;
    assert!(heard.ends_with(" [lobby] ben: hello"), "{heard}");
    ben.hears_nothing_else().await;
    anna.asks("/ids off", "* Positions are hidden.").await;
    anna.says("hello ben").await;
    anna.hears_nothing_else().await;
    ben.says("hello again").await;
    ben.hears("[lobby] anna: hello ben").await;
    anna.hears("[lobby] ben: hello again").await;
}

#[tokio::test]
async fn texts_are_kept_as_they_were_typed() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    for (typed, heard) in [
        ("//text", "/text"),
        ("///text", "//text"),
        (" /quit", " /quit"),
        (
            "  two  in  front and behind  ",
            "  two  in  front and behind  ",
        ),
        ("a\tTAB", "a\tTAB"),
        ("grüße, 你好, 👋🏽", "grüße, 你好, 👋🏽"),
        (
            "[lobby] ben: I never said that",
            "[lobby] ben: I never said that",
        ),
    ] {
        anna.says(typed).await;
        ben.hears(&format!("[lobby] anna: {heard}")).await;
    }
    anna.mouth.sends(b"with CRLF\r\n\r\n\nwithout\n").await;
    ben.hears_all(&["[lobby] anna: with CRLF", "[lobby] anna: without"])
        .await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn commands_and_names_know_no_case() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["Anna", "ben"]).await;
    anna.asks("/JOIN Den", "* You are in Den (1 here).").await;
    ben.hears("* Anna left lobby").await;
    ben.asks("/Join dEN", "* You are in Den (2 here).").await;
    anna.hears("* ben joined Den").await;
    ben.says("/MSG aNNA hello").await;
    anna.hears("[PM] ben: hello").await;
    ben.asks("/Subscribe ANNA", "* You subscribe to Anna.")
        .await;
    ben.asks("/SUBS", "* subscriptions: Anna (1)").await;
}

#[tokio::test]
async fn ping_and_help_answer_whoever_asks() {
    let node = Node::start().await;
    let mut anna = node.visitor().await;
    anna.asks("/ping", "* pong").await;
    anna.asks("/ping  two words ", "* pong  two words ").await;
    anna.asks(
        "/help msg",
        "* /msg <user> <text>  says something to one person",
    )
    .await;
    let subs = "* /subscriptions  tells whom you follow";
    anna.asks("/help /subs", subs).await;
    anna.asks(
        "/help dance",
        "! Unknown command /dance. /help lists the commands.",
    )
    .await;
    anna.says("/help").await;
    let lines = anna.catches_up().await;
    let last = "* Anything else is said in the room; //text says /text.";
    assert_eq!(lines.last().unwrap(), last);
    for command in [
        "login",
        "register",
        "join",
        "leave",
        "rooms",
        "who",
        "users",
        "whois",
        "msg",
        "subscribe",
        "unsubscribe",
        "subscriptions",
        "subscribers",
        "subscribe_only",
        "history",
        "topic",
        "away",
        "passwd",
        "ids",
        "ping",
        "help",
        "quit",
    ] {
        let start = format!("* /{command}");
        let told = lines
            .iter()
            .any(|line| line.split(' ').take(2).eq(start.split(' ')));
        assert!(told, "{command} is not in {lines:#?}");
    }
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_questions() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    anna.asks("/ids on", "* Positions are shown.").await;
    let page: String = (0..100).map(|n| format!("line {n}\n/ping {n}\n")).collect();
    anna.mouth.sends(page.as_bytes()).await;
    for n in 0..100 {
        anna.hears_starting("* ok ").await;
        anna.hears(&format!("* pong {n}")).await;
        ben.hears(&format!("[lobby] anna: line {n}")).await;
    }
    anna.mouth
        .sends(b"/join den\nhello den\n/leave\nhello lobby\n/who\n")
        .await;
    anna.hears("* You are in den (1 here).").await;
    anna.hears_starting("* ok ").await;
    anna.hears("* You are in lobby (2 here).").await;
    anna.hears_starting("* ok ").await;
    anna.hears("* lobby: anna, ben (2)").await;
    let coming_and_going = [
        "* anna left lobby",
        "* anna joined lobby",
        "[lobby] anna: hello lobby",
    ];
    ben.hears_all(&coming_and_going).await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn what_was_sent_before_the_end_is_heard() {
    let node = Home::new().set("accounts.grace", "0s").start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    anna.mouth.sends(b"one\ntwo\nhalf a li").await;
    anna.mouth.closes().await;
    anna.hears_the_end().await;
    ben.hears_all(&[
        "[lobby] anna: one",
        "[lobby] anna: two",
        "* anna left lobby",
    ])
    .await;
}

#[tokio::test]
async fn a_fast_typist_is_read_later_and_not_refused() {
    let home = Home::new()
        .set("limits.messages_per_second", "20")
        .set("limits.message_burst", "5");
    let node = home.start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    let page: String = (0..25).map(|n| format!("line {n}\n")).collect();
    let began = std::time::Instant::now();
    anna.mouth.sends(page.as_bytes()).await;
    for n in 0..25 {
        ben.hears(&format!("[lobby] anna: line {n}")).await;
    }
    // 20 lines beyond the burst, a twentieth of a second each.
    let took = began.elapsed();
    assert!(took.as_millis() > 800, "25 lines in {took:?}");
    anna.hears_nothing_else().await;
}
