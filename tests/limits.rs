//! Bad input and too much of it: each has its answer, and nobody else notices.

mod support;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use support::{Client, Home, Node, Tls, password_of, soon};

#[tokio::test]
async fn lines_that_are_too_long_are_skipped() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    let too_long = "! Line too long (4096 bytes at most)";
    anna.asks(&"x".repeat(5000), too_long).await;
    anna.asks(&"x".repeat(4097), too_long).await;
    anna.asks(&"x".repeat(65_000), too_long).await;
    anna.says(&"x".repeat(4096)).await;
    ben.hears(&format!("[lobby] anna: {}", "x".repeat(4096)))
        .await;
    anna.mouth
        .sends(format!("{}\r\n", "y".repeat(4096)).as_bytes())
        .await;
    ben.hears(&format!("[lobby] anna: {}", "y".repeat(4096)))
        .await;
    anna.hears_nothing_else().await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn a_line_without_an_end_ends_the_connection() {
    let node = Home::new().set("accounts.grace", "0s").start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    let Client { ear, mouth } = &mut anna;
    let endless = vec![b'x'; 1024 * 1024];
    let last = "! Line too long (65536 bytes without an end)";
    // The node may hang up before it was told all of it.
    let (_sent, ()) = tokio::join!(mouth.tries_to_send(&endless), ear.hears(last));
    drop(anna);
    ben.hears("* anna left lobby").await;
}

#[tokio::test]
async fn what_is_no_utf_8_is_not_said() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    for bytes in [
        &b"\xff\xfe"[..],
        b"caf\xe9",
        b"/msg ben \xc3\x28",
        b"\xed\xa0\x80",
    ] {
        anna.mouth.sends(&[bytes, b"\n"].concat()).await;
        anna.hears("! Not UTF-8").await;
    }
    anna.hears_nothing_else().await;
    ben.hears_nothing_else().await;
    let mut visitor = node.visitor().await;
    visitor.mouth.sends(b"\xff\n").await;
    visitor.hears("! Not UTF-8").await;
}

#[tokio::test]
async fn nothing_that_drives_a_terminal_reaches_one() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    for (said, heard) in [
        ("N\0UL", "NUL"),
        (
            "bell\x07, backspace\x08, delete\x7f",
            "bell, backspace, delete",
        ),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;your title\x07title", "title"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\u{9b}31mred", "31mred"),
        ("right\u{202e}to left\u{202c}", "rightto left"),
        ("iso\u{2066}lated\u{2069}", "isolated"),
        ("line\u{2028}and paragraph\u{2029}", "lineand paragraph"),
        ("a CR\rin between", "a CRin between"),
    ] {
        anna.says(said).await;
        ben.hears(&format!("[lobby] anna: {heard}")).await;
    }
    for nothing in ["\0", "\x1b[31m", "\u{202e}"] {
        anna.asks(nothing, "! Nothing to say").await;
    }
    anna.asks("/ping \x1b[31mred", "* pong red").await;
    anna.asks(
        "/\x1b[31mred",
        "! Unknown command /red. /help lists the commands.",
    )
    .await;
    anna.asks("/topic \x1b[31mred", "* topic of lobby: red")
        .await;
    ben.hears("* anna changed the topic of lobby: red").await;
    anna.asks("/away \x1b[31mred", "* You are away: red").await;
    ben.asks("/msg anna \x1b[31mred", "* anna is away: red")
        .await;
    anna.hears("[PM] ben: red").await;
    ben.says("/history").await;
    let past = ben.catches_up().await.join("\n");
    assert!(!past.contains(['\x1b', '\u{202e}', '\0']), "{past:?}");
}

#[tokio::test]
async fn wrong_commands_are_explained() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    for (typed, answer) in [
        (
            "/dance",
            "! Unknown command /dance. /help lists the commands.",
        ),
        ("/", "! Unknown command /. /help lists the commands."),
        ("/join", "! Usage: /join <room> [key]"),
        ("/join a b c", "! Usage: /join <room> [key]"),
        ("/leave now", "! Usage: /leave"),
        ("/rooms all", "! Usage: /rooms"),
        ("/who a b", "! Usage: /who [room]"),
        ("/users all", "! Usage: /users"),
        ("/whois", "! Usage: /whois <user>"),
        ("/msg", "! Usage: /msg <user> <text>"),
        ("/msg ben", "! Usage: /msg <user> <text>"),
        ("/msg ben ", "! Usage: /msg <user> <text>"),
        ("/subscribe", "! Usage: /subscribe <user>"),
        ("/unsubscribe", "! Usage: /unsubscribe <user>"),
        ("/subs all", "! Usage: /subscriptions"),
        ("/subscribers all", "! Usage: /subscribers"),
        ("/subscribe_only", "! Usage: /subscribe_only <text>"),
        ("/passwd one", "! Usage: /passwd [old new]"),
        ("/ids", "! Usage: /ids on|off"),
        ("/ids maybe", "! Usage: /ids on|off"),
        ("/help a b", "! Usage: /help [command]"),
        ("/login anna", "! Usage: /login <user> <password>"),
        ("/register anna", "! Usage: /register <user> <password>"),
    ] {
        anna.asks(typed, answer).await;
    }
    anna.says(&format!("/{}", "x".repeat(4000))).await;
    let answer = anna.hears_starting("! Unknown command /xxxx").await;
    assert!(answer.len() < 300, "{} bytes repeated", answer.len());
}

#[tokio::test]
async fn names_of_rooms_have_their_bounds() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    let (fits, long) = ("r".repeat(64), "r".repeat(65));
    anna.asks(
        &format!("/join {fits}"),
        &format!("* You are in {fits} (1 here)."),
    )
    .await;
    let why = "1 to 64 characters";
    anna.asks(
        &format!("/join {long}"),
        &format!("! Not a name: {fits}… ({why})"),
    )
    .await;
    let why = "that word belongs to the server";
    for word in ["pm", "Sub", "gap", "server", "HISTORY"] {
        anna.asks(
            &format!("/join {word}"),
            &format!("! Not a name: {word} ({why})"),
        )
        .await;
    }
    let why = "A-Z a-z 0-9 _ - . only, the first a letter or digit";
    for word in ["#den", ".den", "dën", "den]"] {
        anna.asks(
            &format!("/join {word}"),
            &format!("! Not a name: {word} ({why})"),
        )
        .await;
    }
}

#[tokio::test]
async fn whoever_speaks_no_tls_reads_a_hint() {
    let node = Node::start().await;
    let mut socket = node.knock().await;
    socket.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut heard = String::new();
    soon("the hint", socket.read_to_string(&mut heard))
        .await
        .unwrap();
    let port = node.address.port();
    let hint = format!("Try: openssl s_client -quiet -connect <host>:{port}\n");
    assert_eq!(heard, format!("! This port speaks TLS only. {hint}"));
}

#[tokio::test]
async fn half_a_handshake_has_its_deadline() {
    let node = Home::new().set("limits.handshake", "200ms").start().await;
    let mut half = node.knock().await;
    // The first bytes of a ClientHello, as a record that promises more.
    half.write_all(&[22, 3, 1, 2, 0, 1, 0, 1]).await.unwrap();
    let mut silent = node.knock().await;
    let mut heard = Vec::new();
    soon("the end of half a handshake", half.read_to_end(&mut heard))
        .await
        .unwrap();
    assert!(heard.is_empty(), "{heard:?}");
    soon("the end of silence", silent.read_to_end(&mut heard))
        .await
        .unwrap();
    assert!(heard.starts_with(b"! This port speaks TLS only."));
    node.newcomer("anna").await.quits().await;
}

#[tokio::test]
async fn whoever_does_not_log_in_is_sent_away() {
    let node = Home::new().set("limits.login", "300ms").start().await;
    let mut silent = node.visitor().await;
    let mut talking = node.visitor().await;
    talking.asks("anna", "* Password:").await;
    for visitor in [&mut silent, &mut talking] {
        visitor.hears("! No login within 1 s").await;
        visitor.hears_the_end().await;
    }
}

/// Connections that never log in.
const LOITERERS: usize = 2000;

#[tokio::test]
async fn a_crowd_that_never_logs_in_keeps_nobody_out() {
    support::expect_a_crowd(LOITERERS as u64 + 512);
    let node = Home::new().set("limits.login", "4s").start().await;
    let before = node.resident();
    let (address, tls) = (node.address, Tls::trusting(&node));
    let loitering = (0..LOITERERS).map(|_| loiter(address, tls.clone()));
    support::all_at_once(loitering).await;
    node.newcomer("anna").await.quits().await;
    let each = node.resident().saturating_sub(before) / LOITERERS as u64;
    println!("{LOITERERS} connections came and went; {each} bytes for each are still held");
    assert!(
        each < 64 * 1024,
        "{each} bytes for each connection that is over"
    );
}

async fn loiter(address: std::net::SocketAddr, tls: Tls) {
    let mut loiterer = Client::connect(address, &tls).await;
    loiterer.ear.is_greeted().await;
    loiterer.hears("! No login within 4 s").await;
    loiterer.hears_the_end().await;
}

#[tokio::test]
async fn connections_from_one_address_are_counted() {
    let node = Home::new()
        .set("limits.connections_per_ip", "2")
        .start()
        .await;
    let first = node.visitor().await;
    let mut second = node.newcomer("anna").await;
    let mut third = node.knock().await;
    let mut heard = Vec::new();
    // Closed before a byte of TLS; a reset is as good.
    let closed = soon("the door to close", third.read_to_end(&mut heard)).await;
    assert!(closed.is_err() || heard.is_empty());
    drop(first);
    second.hears_nothing_else().await;
}

#[tokio::test]
async fn registration_can_be_closed() {
    let node = Home::new()
        .set("accounts.registration", "closed")
        .start()
        .await;
    let mut visitor = node.visitor().await;
    visitor
        .asks("/register anna something", "! Registration is closed")
        .await;
    visitor.hears_nothing_else().await;
}

#[tokio::test]
async fn registrations_are_throttled() {
    let home = Home::new().set("limits.registrations_per_minute", "3");
    let node = home.start().await;
    let _people = node.newcomers(["anna", "ben", "clara"]).await;
    let mut visitor = node.visitor().await;
    visitor.says("/register dora something").await;
    let refused = visitor
        .hears_starting("! Slow down: too many new accounts, try again in ")
        .await;
    assert!(refused.ends_with(" s"), "{refused}");
    visitor.hears_nothing_else().await;
}

#[tokio::test]
async fn failures_are_throttled_and_nothing_else() {
    let node = Node::start().await;
    node.newcomer("anna").await.quits().await;
    let right = format!("/login anna {}", password_of("anna"));
    for _ in 0..25 {
        let mut anna = node.visitor().await;
        anna.says(&right).await;
        anna.is_welcome("anna").await;
        anna.quits().await;
    }
    for _ in 0..10 {
        let mut guesser = node.visitor().await;
        for _ in 0..2 {
            guesser.says("/login anna not the password").await;
            guesser
                .hears_all(&["! Wrong username or password", "* Username:"])
                .await;
        }
    }
    let mut anna = node.visitor().await;
    anna.says(&right).await;
    anna.hears_starting("! Slow down: too many failed logins, try again in ")
        .await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn busy_is_said_and_the_connection_lives() {
    let home = Home::new()
        .set("limits.password_checks", "1")
        .set("accounts.bcrypt_cost", "10");
    let node = home.start().await;
    node.newcomer("anna").await.quits().await;
    let (address, tls) = (node.address, Tls::trusting(&node));
    let ready = std::sync::Arc::new(tokio::sync::Barrier::new(20));
    let logins = (0..20).map(|n| {
        let (tls, ready) = (tls.clone(), ready.clone());
        async move {
            let mut person = Client::connect(address, &tls).await;
            person.ear.is_greeted().await;
            ready.wait().await;
            insists_on_an_account(&mut person, &format!("user-{n}")).await
        }
    });
    let refused: usize = support::all_at_once(logins).await.into_iter().sum();
    assert!(refused > 0, "nobody of 20 found the only worker busy");
    println!("20 people came in after {refused} times busy");
}

/// Tries until it is let in; returns how often it was not.
async fn insists_on_an_account(person: &mut Client, name: &str) -> usize {
    for refused in 0.. {
        person.says(&format!("/register {name} something")).await;
        match person.ear.line("an answer").await.as_str() {
            "! Busy, try again" => person.hears_nothing_else().await,
            line if line.starts_with(&format!("* Welcome {name}.")) => return refused,
            line => panic!("{line}"),
        }
        tokio::task::yield_now().await;
    }
    unreachable!("an endless loop")
}

#[tokio::test]
async fn a_deadline_of_the_login_does_not_touch_who_is_in() {
    let node = Home::new().set("limits.login", "300ms").start().await;
    let mut anna = node.newcomer("anna").await;
    let mut silent = node.visitor().await;
    silent.hears("! No login within 1 s").await;
    anna.hears_nothing_else().await;
}
