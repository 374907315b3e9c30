//! `conclave chat` through pipes: exactly lines in, lines out, and a connection that comes back.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use conclave::net::tls::{Files, Identity, Visitors};
use support::{Cluster, Home, Node, PREFIX, Program, Said, free_port, password_of};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const GREETING: [&str; 3] = [
    "* conclave on node-1. What you say is encrypted on its way to this node.",
    "* Log in, or make an account: /register <user> <password>",
    "* Username:",
];

const WELCOME: &str = "* Welcome anna. You are in lobby on node-1. /help lists the commands.";

fn chat(home: &Home, arguments: &[&str]) -> Command {
    let mut all = vec!["chat"];
    all.extend(arguments);
    let mut command = home.command(&all);
    command.env("XDG_CONFIG_HOME", home.path("config"));
    command
}

/// Trusts the certificate of this folder.
fn trusting(home: &Home, arguments: &[&str]) -> Command {
    chat(home, &[&["--ca", "certs/cert.pem"], arguments].concat())
}

/// Types all of it, and nothing more.
async fn piped(command: Command, stdin: &str) -> Said {
    let stdin = stdin.to_owned();
    let running = tokio::task::spawn_blocking(move || Said::of(command, &stdin));
    running.await.expect("the run does not panic")
}

fn lines(said: &Said) -> Vec<&str> {
    said.out.lines().collect()
}

#[tokio::test]
async fn what_goes_in_is_said_and_what_is_said_comes_out() {
    let node = Home::new().set("accounts.grace", "0s").start().await;
    let mut ben = node.newcomer("ben").await;
    let address = node.address.to_string();
    // A last line without its end is one too.
    let typed = "/register anna anna has a secret\n  two spaces \n/who\n/nope";
    let said = piped(trusting(&node.home, &[&address]), typed).await;
    let told = [
        WELCOME,
        "* lobby: anna, ben (2)",
        "! Unknown command /nope. /help lists the commands.",
    ];
    assert_eq!(lines(&said), [&GREETING[..], &told].concat());
    assert_eq!(
        (said.code, said.err.lines().count()),
        (Some(0), 0),
        "{said:?}"
    );
    ben.hears("* anna joined lobby").await;
    ben.hears("[lobby] anna:   two spaces ").await;
    ben.hears("* anna left lobby").await;
}

#[tokio::test]
async fn with_a_name_the_first_line_is_the_password() {
    let node = Node::start().await;
    node.newcomer("anna").await.quits().await;
    let destination = format!("anna@{}", node.address);
    for (password, last) in [
        ("anna has a secret", WELCOME),
        ("anna has none", "* Username:"),
    ] {
        let said = piped(
            trusting(&node.home, &[&destination]),
            &format!("{password}\n"),
        )
        .await;
        assert_eq!(said.code, Some(0), "{said:?}");
        assert_eq!(lines(&said).last(), Some(&last), "{said:?}");
    }
}

#[tokio::test]
async fn a_certificate_counts_from_the_first_time_on() {
    let door = format!("127.0.0.1:{}", free_port());
    let home = Home::new().set("listen.line", &door);
    let node = home.start().await;
    let fingerprint = node.said("fingerprint").to_owned();
    let known = home.path("config/conclave/known_nodes");
    let first = piped(chat(&home, &[&door]), "/quit\n").await;
    let note = format!(
        "conclave: first time at {door}: its certificate is {fingerprint}, kept in {}\n",
        known.display()
    );
    assert_eq!((first.code, first.err), (Some(0), note));
    let kept = std::fs::read_to_string(&known).unwrap();
    assert_eq!(kept, format!("{door} {fingerprint}\n"));
    let second = piped(chat(&home, &[&door]), "/quit\n").await;
    assert_eq!((second.code, second.err.as_str()), (Some(0), ""));
    node.stop().await;
    assert_eq!(home.run(&["cert", "--force"], "").code, Some(0));
    let node = home.start().await;
    let third = piped(chat(&home, &[&door]), "/login anna secret\n").await;
    assert_eq!((third.code, third.out.as_str()), (Some(1), ""), "{third:?}");
    for told in [
        format!("conclave: {door} shows another certificate than before"),
        format!("before  {fingerprint}"),
        format!("now     {}", node.said("fingerprint")),
        format!("remove the old one from {}", known.display()),
    ] {
        assert!(third.err.contains(&told), "{told}: {}", third.err);
    }
    assert_eq!(
        std::fs::read_to_string(&known).unwrap(),
        kept,
        "nothing was learnt"
    );
}

#[tokio::test]
async fn an_authority_vouches_for_its_own_alone() {
    let node = Node::start().await;
    let address = format!("localhost:{}", node.address.port());
    let own = piped(trusting(&node.home, &[&address]), "/quit\n").await;
    assert_eq!((own.code, own.err.as_str()), (Some(0), ""));
    assert!(
        !node.home.path("config/conclave").exists(),
        "nobody else had to be known"
    );
    let stranger = Home::new();
    assert_eq!(stranger.run(&["cert"], "").code, Some(0));
    let refused = piped(trusting(&stranger, &[&address]), "").await;
    assert_eq!(refused.code, Some(1));
    let why = format!("conclave: no encrypted connection to {address}: invalid peer certificate");
    assert!(refused.err.starts_with(&why), "{}", refused.err);
    let missing = piped(trusting(&Home::new(), &[&address]), "").await;
    let why = "conclave: certs/cert.pem: cannot be read: ";
    assert!(missing.err.starts_with(why), "{}", missing.err);
}

#[tokio::test]
async fn who_is_not_there_is_told_at_once() {
    let home = Home::new();
    let (one, other) = (free_port(), free_port());
    let nodes = [format!("127.0.0.1:{one}"), format!("127.0.0.1:{other}")];
    let said = piped(chat(&home, &[&nodes[0], &nodes[1]]), "").await;
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
    let last = said.err.lines().last().unwrap();
    assert!(
        last.starts_with("conclave: cannot connect to 127.0.0.1:"),
        "{}",
        said.err
    );
}

#[tokio::test]
async fn a_connection_that_broke_comes_back_to_where_it_was() {
    let door = format!("127.0.0.1:{}", free_port());
    let home = Home::new().set("listen.line", &door);
    let node = home.start().await;
    let mut anna = Program::start(trusting(&home, &[&door]));
    anna.comes_to_say("* Username:").await;
    anna.types(&format!("/register anna {}", password_of("anna")));
    anna.types("/ids on");
    anna.types("/join den sesame");
    anna.says(WELCOME).await;
    anna.says("* Positions are shown.").await;
    anna.says("* You are in den (1 here).").await;
    // Its token was asked for before this.
    anna.types("/ping there?");
    anna.says("* pong there?").await;
    node.kill();
    let lost = anna.notes("conclave: ").await;
    assert!(lost.contains(&format!("; {door} is next, in ")), "{lost}");
    let node = home.start().await;
    loop {
        let note = anna.notes("conclave: ").await;
        if note == format!("conclave: connected again, to {door}") {
            break;
        }
        assert!(note.starts_with("conclave: cannot connect to "), "{note}");
    }
    for line in GREETING {
        anna.says(line).await;
    }
    // Her place was kept over the restart.
    anna.says("* Welcome anna. You are in den on node-1. /help lists the commands.")
        .await;
    anna.says("* Positions are shown.").await;
    // What is typed meanwhile and from now on is said there.
    let mut ben = node.newcomer("ben").await;
    ben.says("/join den sesame").await;
    ben.hears("* You are in den (2 here).").await;
    anna.types("am I back?");
    ben.hears("[den] anna: am I back?").await;
    anna.types_no_more();
    assert_eq!(anna.ends().await.code(), Some(0));
}

#[tokio::test]
async fn of_several_nodes_another_is_next() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let Cluster { one, two, redis } = cluster;
    let home = two.node.home.clone();
    let nodes = [one.node.address.to_string(), two.node.address.to_string()];
    let mut anna = Program::start(chat(&home, &[&nodes[0], &nodes[1]]));
    anna.notes("conclave: first time at ").await;
    let greeting = anna.comes_to_say("* conclave on ").await;
    anna.types(&format!("/register anna {}", password_of("anna")));
    anna.types("/join den");
    anna.comes_to_say("* You are in den (1 here).").await;
    // Its token was asked for before this, and no password is good any more.
    anna.types("/ping there?");
    anna.says("* pong there?").await;
    let account = format!("{PREFIX}account:anna");
    let added: i64 = redis.ask_words(&["HSET", &account, "hash", "nonsense"]);
    assert_eq!(added, 0, "there was one");
    let (gone, left) = if greeting.starts_with("* conclave on node-1.") {
        (one, two)
    } else {
        (two, one)
    };
    // It says goodbye to its people, so the account is free at once.
    gone.node.stop().await;
    let next = left.node.address;
    let lost = anna.notes("conclave: ").await;
    assert!(lost.contains(&format!("; {next} is next, in ")), "{lost}");
    anna.notes("conclave: first time at ").await;
    let note = anna.notes("conclave: connected again, to ").await;
    assert!(note.ends_with(&next.to_string()), "{note}");
    // Her place was kept.
    anna.comes_to_say("* Welcome anna. You are in den on ")
        .await;
}

/// Anna at a node that was killed meanwhile, with something done to its store, and what she is shown
/// from then on up to the welcome.
async fn back_after(change: &str) -> Vec<String> {
    let door = format!("127.0.0.1:{}", free_port());
    let home = Home::new().set("listen.line", &door);
    let node = home.start().await;
    let mut anna = Program::start(trusting(&home, &[&door]));
    anna.types(&format!("/register anna {}", password_of("anna")));
    anna.comes_to_say(WELCOME).await;
    // Nothing of what it asks by itself is shown.
    anna.types("/ping there?");
    anna.says("* pong there?").await;
    node.kill();
    let store = rusqlite::Connection::open(home.path("data/conclave.db")).unwrap();
    assert_eq!(store.execute(change, ()).unwrap(), 1, "{change}");
    drop(store);
    let _node = home.start().await;
    let mut shown = Vec::new();
    while shown.last().is_none_or(|line| line != WELCOME) {
        shown.push(anna.comes_to_say("").await);
    }
    anna.types("/who");
    anna.says("* lobby: anna (1)").await;
    shown
}

#[tokio::test]
async fn who_comes_back_needs_no_password() {
    let shown = back_after("UPDATE accounts SET hash = 'nonsense'").await;
    assert_eq!(shown, [&GREETING[..], &[WELCOME]].concat());
}

#[tokio::test]
async fn whose_token_is_not_good_comes_back_by_the_password() {
    let shown = back_after("DELETE FROM tokens").await;
    assert_eq!(shown, [&GREETING[..], &[WELCOME]].concat());
}

#[tokio::test]
async fn who_is_thrown_out_for_good_does_not_come_back() {
    let home = Home::new().set("accounts.duplicate_login", "replace");
    let node = home.start().await;
    let address = node.address.to_string();
    let mut anna = Program::start(trusting(&home, &[&address]));
    anna.types(&format!("/register anna {}", password_of("anna")));
    anna.comes_to_say(WELCOME).await;
    let _elsewhere = node.login("anna").await;
    anna.says("! Logged in elsewhere").await;
    assert_eq!(anna.ends().await.code(), Some(1));
    let said = anna.complains_out().await;
    let why = format!("conclave: {address} ended the connection: Logged in elsewhere");
    assert_eq!(said.last(), Some(&why));
}

#[tokio::test]
async fn a_node_that_throws_everybody_out_is_not_stormed() {
    let home = Home::new();
    assert_eq!(home.run(&["cert"], "").code, Some(0));
    let (address, mut visits) = bouncer(home.folder()).await;
    let mut anna = Program::start(trusting(&home, &[&address.to_string()]));
    anna.types("/login anna secret");
    let begun = Instant::now();
    let mut count = 0;
    while tokio::time::timeout_at((begun + Duration::from_secs(4)).into(), visits.recv())
        .await
        .is_ok()
    {
        count += 1;
    }
    // At once, then after at most 0.5, 1, 2 and 4 s, and at least after half of that.
    assert!((3..=5).contains(&count), "{count} visits in 4 s");
}

/// Somebody who greets and hangs up; each visit is told.
async fn bouncer(folder: &Path) -> (SocketAddr, tokio::sync::mpsc::Receiver<()>) {
    let files = Files {
        cert: folder.join("certs/cert.pem"),
        key: folder.join("certs/key.pem"),
    };
    let identity = Identity::load(&files)
        .unwrap()
        .server_config(Visitors::Unasked)
        .unwrap();
    let acceptor = TlsAcceptor::from(identity);
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = door.local_addr().unwrap();
    let (visit, visits) = tokio::sync::mpsc::channel(64);
    tokio::spawn(async move {
        while let Ok((socket, _)) = door.accept().await {
            let mut stream = acceptor.accept(socket).await.unwrap();
            // Whoever hung up first knows enough.
            let _ = stream.write_all(b"* Username:\n").await;
            let _ = stream.shutdown().await;
            if visit.send(()).await.is_err() {
                return;
            }
        }
    });
    (address, visits)
}

#[test]
fn settings_that_are_broken_keep_nobody_from_talking() {
    let home = Home::new();
    home.write("broken.toml", "this is no toml");
    let said = Said::of(chat(&home, &["127.0.0.1:1", "--config", "broken.toml"]), "");
    assert_eq!(said.code, Some(1));
    assert!(
        said.err
            .starts_with("conclave: cannot connect to 127.0.0.1:1: "),
        "{}",
        said.err
    );
}

#[test]
fn nobody_is_two_people() {
    let home = Home::new();
    let said = Said::of(chat(&home, &["anna@a", "b", "ben@c"]), "");
    let why = "conclave: anna or ben: one connection has one user\n";
    assert_eq!((said.code, said.err.as_str()), (Some(1), why));
    let said = Said::of(chat(&home, &["a b@c"]), "");
    assert_eq!(said.code, Some(64), "{said:?}");
}
