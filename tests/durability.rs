//! What outlives a run of the node: messages, accounts, rooms, and who may have the store.

mod support;

use std::process::Command;

use support::{Client, Home, Node, Said, password_of};

#[tokio::test]
async fn what_was_confirmed_before_a_kill_is_in_the_history() {
    let home = Home::new();
    let node = home.start().await;
    let mut anna = node.newcomer("anna").await;
    anna.asks("/ids on", "* Positions are shown.").await;
    let Client { ear, mouth } = &mut anna;
    let page: String = (0..400).map(|n| format!("line {n}\n")).collect();
    let confirmed = async {
        let mut confirmed = Vec::new();
        while confirmed.len() < 60 {
            confirmed.push(ear.hears_starting("* ok ").await);
        }
        confirmed
    };
    // The rest of the page is on its way when the node dies.
    let (_sent, mut confirmed) = tokio::join!(mouth.tries_to_send(page.as_bytes()), confirmed);
    node.kill();
    while let Ok(support::Heard::Line(line)) = anna.ear.read().await {
        confirmed.push(line);
    }

    let node = home.start().await;
    let mut anna = node.login("anna").await;
    anna.asks("/ids on", "* Positions are shown.").await;
    anna.asks("/history 500", "* history lobby 500").await;
    let past = anna.ear.hears_until("* end of history").await;
    assert!(past.len() >= confirmed.len());
    println!("{} confirmed, {} kept", confirmed.len(), past.len());
    for (n, line) in past.iter().enumerate() {
        let (position, rest) = line.split_once(' ').unwrap();
        assert!(
            rest.ends_with(&format!("Z [lobby] anna: line {n}")),
            "{line}"
        );
        if let Some(ok) = confirmed.get(n) {
            assert_eq!(*ok, format!("* ok {position}"));
        }
    }
}

#[tokio::test]
async fn nobody_is_locked_out_by_a_run_that_was_killed() {
    let home = Home::new();
    let node = home.start().await;
    let people = node.newcomers(["anna", "ben"]).await;
    node.kill();
    let node = home.start().await;
    let mut anna = node.login("anna").await;
    // Ben's place is kept.
    anna.asks("/users", "* online: anna, ben (2)").await;
    anna.asks("/who", "* lobby: anna, ben (2)").await;
    let mut ben = node.login("ben").await;
    ben.asks("/users", "* online: anna, ben (2)").await;
    ben.hears_nothing_else().await;
    anna.hears_nothing_else().await;
    drop(people);
}

#[tokio::test]
async fn rooms_outlive_the_node() {
    let home = Home::new();
    let node = home.start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    anna.asks("/join Vault sesame", "* You are in Vault (1 here).")
        .await;
    anna.says("a secret").await;
    anna.catches_up().await;
    ben.hears("* anna left lobby").await;
    ben.asks("/join den", "* You are in den (1 here).").await;
    ben.asks("/topic tea at five", "* topic of den: tea at five")
        .await;
    ben.catches_up().await;
    anna.quits().await;
    ben.quits().await;
    node.stop().await;

    let node = home.start().await;
    let mut anna = node.login("anna").await;
    anna.says("/rooms").await;
    anna.hears_all(&["* den 0", "* lobby 1", "* 2 rooms"]).await;
    anna.asks("/join vault other", "! Wrong key for Vault")
        .await;
    anna.asks("/join vault sesame", "* You are in Vault (1 here).")
        .await;
    anna.asks("/history", "* history Vault 20").await;
    let line = anna.hears_starting("20").await;
    assert!(line.ends_with("Z [Vault] anna: a secret"), "{line}");
    anna.hears("* end of history").await;
    anna.asks("/join den", "* You are in den (1 here).").await;
    anna.asks("/topic", "* topic of den: tea at five").await;
}

#[tokio::test]
async fn positions_go_on_rising_after_a_restart() {
    let home = Home::new();
    let mut last = (0, 0);
    for run in 0..3 {
        let node = home.start().await;
        let mut anna = match run {
            0 => node.newcomer("anna").await,
            _ => node.login("anna").await,
        };
        anna.asks("/ids on", "* Positions are shown.").await;
        anna.says("hello").await;
        let ok = anna.hears_starting("* ok ").await;
        let (epoch, n) = ok.strip_prefix("* ok ").unwrap().split_once('-').unwrap();
        let place: (u64, u64) = (epoch.parse().unwrap(), n.parse().unwrap());
        assert!(place > last, "{place:?} comes behind {last:?}");
        last = place;
        node.kill();
    }
}

#[tokio::test]
async fn a_second_node_on_the_same_store_is_refused() {
    let home = Home::new();
    let node = home.start().await;
    let mut anna = node.newcomer("anna").await;
    let second = home.run(&[], "");
    assert_eq!(second.code, Some(1), "{second:?}");
    let said = second.err.lines().last().unwrap();
    assert!(said.contains("data"), "{said}");
    assert!(second.out.is_empty(), "{}", second.out);
    println!("{said}");
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn an_operator_makes_accounts_beside_a_running_node() {
    let home = Home::new().set("accounts.registration", "closed");
    let node = home.start().await;
    works(
        &home.run(&["user", "add", "Anna"], &password_of("anna")),
        "Account Anna is made.\n",
    );
    let mut anna = node.visitor().await;
    anna.says(&format!("/login anna {}", password_of("anna")))
        .await;
    anna.is_welcome("Anna").await;
    let again = home.run(&["user", "add", "anna"], &password_of("anna"));
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("that name is taken"), "{}", again.err);
    let changed = home.run(
        &["user", "passwd", "anna"],
        "another password\r\nand a line\n",
    );
    works(&changed, "The password of anna is changed.\n");
    anna.quits().await;
    let mut anna = node.visitor().await;
    anna.says("/login anna another password").await;
    anna.is_welcome("Anna").await;
    works(
        &home.run(&["user", "add", "ben"], "password of ben"),
        "Account ben is made.\n",
    );
    works(&home.run(&["user", "list"], ""), "Anna\nben\n");
}

#[tokio::test]
async fn an_account_is_removed_when_no_node_runs() {
    let home = Home::new();
    let node = home.start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    ben.asks("/subscribe anna", "* You subscribe to anna.")
        .await;
    anna.says("hello").await;
    ben.hears("[lobby] anna: hello").await;
    let refused = home.run(&["user", "remove", "anna"], "");
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("stop the node first"),
        "{}",
        refused.err
    );
    drop((anna, ben));
    node.stop().await;
    works(
        &home.run(&["user", "remove", "Anna"], ""),
        "Account Anna is removed.\n",
    );
    works(&home.run(&["user", "list"], ""), "ben\n");
    let again = home.run(&["user", "remove", "anna"], "");
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("no such user: anna"), "{}", again.err);

    let node = home.start().await;
    let mut ben = node.login("ben").await;
    ben.asks("/subs", "* subscriptions: (0)").await;
    ben.asks("/whois anna", "! No such user: anna").await;
    ben.says("/history").await;
    let past = ben.catches_up().await;
    assert!(past[1].ends_with("[lobby] anna: hello"), "{past:#?}");
    node.newcomer("anna")
        .await
        .asks("/subscribers", "* subscribers: (0)")
        .await;
}

fn works(said: &Said, out: &str) {
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), out),
        "{}",
        said.err
    );
}

#[tokio::test]
async fn a_store_that_cannot_be_used_stops_the_start() {
    let home = Home::new();
    home.write("data", "this is no folder");
    let said = home.run(&[], "");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("data"), "{}", said.err);
    let home = Home::new();
    home.start().await.stop().await;
    let database = std::fs::read_dir(home.path("data"))
        .unwrap()
        .map(|file| file.unwrap().path());
    let database = database
        .into_iter()
        .find(|path| path.to_string_lossy().contains("db"))
        .unwrap();
    std::fs::write(
        &database,
        "this is no database, however long one looks at it".repeat(100),
    )
    .unwrap();
    let said = home.run(&[], "");
    assert_eq!(said.code, Some(1), "{said:?}");
    println!("{}", said.err);
}

#[tokio::test]
async fn a_relaxed_node_keeps_its_messages_over_a_kill() {
    let home = Home::new().set("bridge.durability", "relaxed");
    let node: Node = home.start().await;
    let mut anna = node.newcomer("anna").await;
    anna.asks("/ids on", "* Positions are shown.").await;
    anna.says("hello").await;
    anna.hears_starting("* ok ").await;
    node.kill();
    let node = home.start().await;
    let mut anna = node.login("anna").await;
    anna.says("/history").await;
    let past = anna.catches_up().await;
    assert!(past[1].ends_with("[lobby] anna: hello"), "{past:#?}");
}

/// The disk that the log is on is full, or who read it is gone.
#[tokio::test]
async fn a_node_goes_on_whose_log_cannot_be_written() {
    let home = Home::new();
    let usual = home.command(&[]);
    let mut command = Command::new("sh");
    command.args(["-c", "exec \"$0\" 2>/dev/full"]);
    command.arg(usual.get_program()).current_dir(home.folder());
    for (name, value) in usual.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut node = home.start_with(command).await;
    let mut people = node.newcomers(["anna", "ben"]).await;
    people[0].says("hello").await;
    people[1].hears("[lobby] anna: hello").await;
    drop(people);
    node.signal("TERM");
    assert_eq!(node.ends().await.code(), Some(0));
    assert_eq!(home.log(), "");
}
