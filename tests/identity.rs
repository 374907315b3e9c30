//! Who people are: accounts, logins in both forms, passwords, and the second login.

mod support;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::Barrier;

use support::{Client, Home, Node, Tls, password_of, soon};

const WRONG: &str = "! Wrong username or password";

#[tokio::test]
async fn a_login_in_answers_to_prompts() {
    let node = Node::start().await;
    node.newcomer("Anna").await.quits().await;
    let mut anna = node.visitor().await;
    anna.asks("anna", "* Password:").await;
    anna.says(&password_of("Anna")).await;
    anna.is_welcome("Anna").await;
    anna.asks("/users", "* online: Anna (1)").await;
}

#[tokio::test]
async fn a_login_in_one_line() {
    let node = Node::start().await;
    node.newcomer("anna").await.quits().await;
    let mut anna = node.login("anna").await;
    anna.asks("/login anna again", "! You are logged in as anna")
        .await;
    anna.asks("/register ben something", "! You are logged in as anna")
        .await;
}

#[tokio::test]
async fn a_password_is_the_rest_of_the_line_whatever_it_holds() {
    let node = Node::start().await;
    for (name, password) in [
        ("one", "  a / b  "),
        ("two", "/quit now"),
        ("three", "grüße, 你好"),
    ] {
        let mut person = node.visitor().await;
        person.says(&format!("/register {name} {password}")).await;
        person.is_welcome(name).await;
        person.quits().await;
        let mut person = node.visitor().await;
        person.asks(name, "* Password:").await;
        person.says(password).await;
        person.is_welcome(name).await;
    }
}

#[tokio::test]
async fn the_wrong_password_and_the_wrong_name_are_refused_alike() {
    let node = Node::start().await;
    node.newcomer("anna").await.quits().await;
    for name in ["anna", "nobody"] {
        let mut visitor = node.visitor().await;
        visitor.asks(name, "* Password:").await;
        visitor.says("not the password").await;
        visitor.hears_all(&[WRONG, "* Username:"]).await;
        visitor
            .says(&format!("/login {name} not the password"))
            .await;
        visitor.hears_all(&[WRONG, "* Username:"]).await;
        visitor
            .says(&format!("/login {name} not the password"))
            .await;
        visitor.hears("! Too many failures").await;
        visitor.hears_the_end().await;
    }
}

#[tokio::test]
async fn whoever_mistypes_twice_comes_in_the_third_time() {
    let node = Node::start().await;
    node.newcomer("anna").await.quits().await;
    let mut anna = node.visitor().await;
    for _ in 0..2 {
        anna.says("/login anna not the password").await;
        anna.hears_all(&[WRONG, "* Username:"]).await;
    }
    anna.says(&format!("/login anna {}", password_of("anna")))
        .await;
    anna.is_welcome("anna").await;
}

#[tokio::test]
async fn before_the_login_little_works() {
    let node = Node::start().await;
    let mut visitor = node.visitor().await;
    let first = "! Log in first: /login <user> <password> or /register <user> <password>";
    for command in [
        "/join den",
        "/leave",
        "/rooms",
        "/who",
        "/users",
        "/whois anna",
        "/msg anna hi",
        "/subscribe anna",
        "/unsubscribe anna",
        "/subs",
        "/subscribers",
        "/subscribe_only hi",
        "/history",
        "/topic",
        "/topic tea",
        "/away",
        "/away lunch",
        "/ids on",
        "/passwd old new",
        "//text",
    ] {
        visitor.asks(command, first).await;
    }
    visitor
        .asks(
            "/dance",
            "! Unknown command /dance. /help lists the commands.",
        )
        .await;
    visitor.asks("/quit", "* Goodbye.").await;
    visitor.hears_the_end().await;
}

#[tokio::test]
async fn a_name_is_taken_once_whatever_its_case() {
    let node = Node::start().await;
    let _anna = node.newcomer("Anna").await;
    let mut visitor = node.visitor().await;
    visitor
        .asks("/register aNNa something", "! That name is taken: Anna")
        .await;
    visitor.says("/register ben something").await;
    visitor.is_welcome("ben").await;
}

#[tokio::test]
async fn names_that_are_none_are_refused() {
    let node = Node::start().await;
    let mut visitor = node.visitor().await;
    let long = "x".repeat(33);
    for (name, why) in [
        ("pm", "that word belongs to the server"),
        ("SUB", "that word belongs to the server"),
        ("gap", "that word belongs to the server"),
        ("server", "that word belongs to the server"),
        ("history", "that word belongs to the server"),
        (
            "-anna",
            "A-Z a-z 0-9 _ - . only, the first a letter or digit",
        ),
        (
            "änna",
            "A-Z a-z 0-9 _ - . only, the first a letter or digit",
        ),
        (&long, "1 to 32 characters"),
    ] {
        visitor
            .asks(
                &format!("/register {name} something"),
                &format!("! Not a name: {name} ({why})"),
            )
            .await;
    }
    visitor.says("what is this").await;
    visitor.hears_starting("! Not a name: what is this (").await;
    visitor.hears("* Username:").await;
    let name = "x".repeat(32);
    visitor.says(&format!("/register {name} something")).await;
    visitor.is_welcome(&name).await;
}

#[tokio::test]
async fn passwords_have_their_length() {
    let node = Node::start().await;
    let mut visitor = node.visitor().await;
    let wrong = "! A password has 8 to 1024 bytes";
    visitor.asks("/register anna 1234567", wrong).await;
    visitor
        .asks(&format!("/register anna {}", "p".repeat(1025)), wrong)
        .await;
    visitor
        .says(&format!("/register anna {}", "p".repeat(1024)))
        .await;
    visitor.is_welcome("anna").await;
}

#[tokio::test]
async fn no_byte_of_a_password_is_cut() {
    let node = Node::start().await;
    let same = "p".repeat(72);
    let mut anna = node.visitor().await;
    anna.says(&format!("/register anna {same}x")).await;
    anna.is_welcome("anna").await;
    anna.quits().await;
    let mut anna = node.visitor().await;
    for wrong in [same.clone(), format!("{same}y")] {
        anna.says(&format!("/login anna {wrong}")).await;
        anna.hears_all(&[WRONG, "* Username:"]).await;
    }
    anna.says(&format!("/login anna {same}x")).await;
    anna.is_welcome("anna").await;
}

#[tokio::test]
async fn a_password_is_changed_in_answers_to_prompts() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    let old = password_of("anna");
    for (typed, answer) in [
        ("/passwd", "* Old password:"),
        (&old, "* New password:"),
        ("/quit is the new one", "* New password again:"),
        ("/quit is the new one?", "! The two new passwords differ"),
        ("/passwd", "* Old password:"),
        ("not the old one", "* New password:"),
        ("/quit is the new one", "* New password again:"),
        ("/quit is the new one", WRONG),
        ("/PASSWD", "* Old password:"),
        (&old, "* New password:"),
        ("/quit is the new one", "* New password again:"),
        ("/quit is the new one", "* Password changed."),
    ] {
        anna.asks(typed, answer).await;
    }
    anna.quits().await;
    let mut anna = node.visitor().await;
    anna.says(&format!("/login anna {old}")).await;
    anna.hears_all(&[WRONG, "* Username:"]).await;
    anna.says("/login anna /quit is the new one").await;
    anna.is_welcome("anna").await;
}

#[tokio::test]
async fn a_password_is_changed_in_one_line() {
    let node = Node::start().await;
    let mut anna = node.visitor().await;
    anna.says("/register anna old-secret").await;
    anna.is_welcome("anna").await;
    anna.asks("/passwd old-secret", "! Usage: /passwd [old new]")
        .await;
    anna.asks(
        "/passwd old-secret short",
        "! A password has 8 to 1024 bytes",
    )
    .await;
    anna.asks("/passwd not-it new-secret", WRONG).await;
    anna.asks("/passwd old-secret new-secret", "* Password changed.")
        .await;
    anna.asks("/passwd new-secret old-secret", "* Password changed.")
        .await;
}

#[tokio::test]
async fn an_account_in_the_settings_is_the_operators() {
    let home = Home::new();
    let hash = home.run(&["hash"], "from the settings\n");
    let hash = hash.out.trim();
    home.write(
        "node.toml",
        format!("[accounts.users]\nanna = \"{hash}\"\n"),
    );
    let node = home
        .start_with(home.command(&["--config", "node.toml"]))
        .await;
    let mut anna = node.visitor().await;
    anna.asks("/register Anna something", "! That name is taken: anna")
        .await;
    anna.says("/login anna from the settings").await;
    anna.is_welcome("anna").await;
    let fixed = "! Your password stands in the node's settings: its operator changes it";
    anna.asks("/passwd a-word another-word", fixed).await;
    let refused = home_command(&home, &["user", "passwd", "anna"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("anna stands in the settings"),
        "{}",
        refused.err
    );
}

fn home_command(home: &Home, arguments: &[&str]) -> support::Said {
    home.run(
        &[&["--config", "node.toml"], arguments].concat(),
        "another password\n",
    )
}

#[tokio::test]
async fn the_second_login_is_sent_away_and_the_first_is_unharmed() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    let mut second = node.visitor().await;
    second
        .says(&format!("/login ANNA {}", password_of("anna")))
        .await;
    second.hears("! User already logged in").await;
    second.hears_the_end().await;
    ben.says("still there?").await;
    anna.hears("[lobby] ben: still there?").await;
    anna.says("yes").await;
    ben.hears("[lobby] anna: yes").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn a_wrong_password_does_not_tell_that_somebody_is_in() {
    let node = Node::start().await;
    let _anna = node.newcomer("anna").await;
    let mut second = node.visitor().await;
    second.says("/login anna not the password").await;
    second.hears_all(&[WRONG, "* Username:"]).await;
}

#[tokio::test]
async fn the_second_login_replaces_the_first_where_the_operator_wants_it() {
    let home = Home::new().set("accounts.duplicate_login", "replace");
    let node = home.start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    anna.asks("/join den", "* You are in den (1 here).").await;
    ben.hears("* anna left lobby").await;
    let mut second = node.login("anna").await;
    ben.hears("* anna joined lobby").await;
    ben.says("who hears this?").await;
    second.hears("[lobby] ben: who hears this?").await;
    ben.says("/msg anna and this?").await;
    second.hears("[PM] ben: and this?").await;
    anna.hears("! Logged in elsewhere").await;
    anna.hears_the_end().await;
    drop(anna);
    second.asks("/users", "* online: anna, ben (2)").await;
    second.says("I am anna").await;
    ben.hears("[lobby] anna: I am anna").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn the_account_is_free_when_its_session_is_over() {
    let node = Home::new().set("accounts.grace", "0s").start().await;
    let mut ben = node.newcomer("ben").await;
    let anna = node.newcomer("anna").await;
    ben.hears("* anna joined lobby").await;
    drop(anna);
    ben.hears("* anna left lobby").await;
    let _anna = node.login("anna").await;
    ben.hears("* anna joined lobby").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn who_said_goodbye_may_come_back_before_hanging_up() {
    let node = Node::start().await;
    let mut gone = node.newcomer("anna").await;
    gone.asks("/quit", "* Goodbye.").await;
    gone.hears_the_end().await;
    let _anna = node.login("anna").await;
}

/// Logins of one account at the same instant.
const AT_ONCE: usize = 100;

#[tokio::test]
async fn of_a_hundred_logins_at_once_one_wins_every_time() {
    support::expect_a_crowd(4 * AT_ONCE as u64);
    let node = Node::start().await;
    let mut watcher = node.newcomer("watcher").await;
    node.newcomer("anna").await.quits().await;
    watcher
        .hears_all(&["* anna joined lobby", "* anna left lobby"])
        .await;
    let tls = Tls::trusting(&node);
    for round in 0..50 {
        let mut winners = rush(&node, &tls).await;
        assert_eq!(winners.len(), 1, "winners in round {round}");
        watcher.hears("* anna joined lobby").await;
        winners.pop().unwrap().quits().await;
        watcher.hears("* anna left lobby").await;
    }
    watcher.hears_nothing_else().await;
}

/// Lets them all in at once; returns those who were let in.
async fn rush(node: &Node, tls: &Tls) -> Vec<Client> {
    let ready = Arc::new(Barrier::new(AT_ONCE));
    let rushing = (0..AT_ONCE).map(|_| try_with_others(node.address, tls.clone(), ready.clone()));
    let came = support::all_at_once(rushing).await;
    came.into_iter().flatten().collect()
}

async fn try_with_others(node: SocketAddr, tls: Tls, ready: Arc<Barrier>) -> Option<Client> {
    let mut client = Client::connect(node, &tls).await;
    client.ear.is_greeted().await;
    soon("all to be ready", ready.wait()).await;
    client
        .says(&format!("/login anna {}", password_of("anna")))
        .await;
    match client.ear.line("the verdict").await.as_str() {
        "! User already logged in" => {
            client.hears_the_end().await;
            None
        }
        line if line.starts_with("* Welcome anna.") => Some(client),
        line => panic!("{line}"),
    }
}
