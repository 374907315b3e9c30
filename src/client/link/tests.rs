//! What a link does about each end of a connection, with nodes that say what the test wants.

use std::future::poll_fn;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::*;
use crate::chat::{Secret, UserName};
use crate::client::login::{Entry, Patience};
use crate::net::tls::{Files, Fingerprint, Generation, Identity, KeyType, Visitors};

const PATIENCE: Duration = Duration::from_secs(10);

const ASKED: &str = "* Username:";
const WELCOME: &str = "* Welcome anna. You are in lobby on node-1. /help lists the commands.";

/// A door at which the test itself answers.
struct Node {
    _folder: TempDir,
    listener: TcpListener,
    acceptor: TlsAcceptor,
    fingerprint: Fingerprint,
}

/// One connection, as the node has it.
struct Guest(BufReader<TlsStream<tokio::net::TcpStream>>);

impl Node {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = Files {
            cert: folder.path().join("cert.pem"),
            key: folder.path().join("key.pem"),
        };
        let generation = Generation {
            names: vec!["localhost".to_owned()],
            key_type: KeyType::EcdsaP256,
        };
        let (identity, _) = Identity::load_or_generate(&files, &generation).unwrap();
        Self {
            _folder: folder,
            listener: TcpListener::bind("127.0.0.1:0").await.unwrap(),
            acceptor: identity.server_config(Visitors::Unasked).unwrap().into(),
            fingerprint: identity.fingerprint(),
        }
    }

    fn door(&self, known: Option<Fingerprint>) -> Door {
        let address = self.listener.local_addr().unwrap().to_string();
        Door::pinned(Address::with_port(&address).unwrap(), known).unwrap()
    }

    /// A link to this node alone, and somebody who wants in.
    fn link(&self) -> Link {
        Link::new(vec![self.door(Some(self.fingerprint))], 0)
    }

    async fn welcomes(&self, link: &mut Link) -> Guest {
        let coming = async {
            let (socket, _) = self.listener.accept().await.unwrap();
            self.acceptor.accept(socket).await.unwrap()
        };
        let (stream, news) = tokio::join!(coming, next(link));
        assert!(matches!(news, News::Connected { .. }), "{news:?}");
        Guest(BufReader::new(stream))
    }
}

impl Guest {
    /// Says a line, which the link tells.
    async fn says(&mut self, link: &mut Link, line: &str) {
        self.0
            .write_all(format!("{line}\n").as_bytes())
            .await
            .unwrap();
        self.0.flush().await.unwrap();
        match next(link).await {
            News::Line(told) => assert_eq!(told, line),
            news => panic!("{line}: {news:?}"),
        }
    }

    /// Says a line of which the link tells nothing.
    async fn mutters(&mut self, line: &str) {
        let line = format!("{line}\n");
        self.0.write_all(line.as_bytes()).await.unwrap();
        self.0.flush().await.unwrap();
    }

    async fn hears(&mut self, link: &mut Link, line: &str) {
        assert_eq!(self.hears_a_line(link, line).await, format!("{line}\n"));
    }

    async fn hears_a_line(&mut self, link: &mut Link, wanted: &str) -> String {
        let mut heard = String::new();
        let hearing = async {
            tokio::select! {
                read = self.0.read_line(&mut heard) => read.unwrap(),
                news = link.next() => panic!("{wanted}: {news:?}"),
            }
        };
        timeout(PATIENCE, hearing).await.unwrap();
        heard
    }

    /// Gives the link the token that it asks for, and nobody notices.
    async fn gives_a_token(&mut self, link: &mut Link, token: &str) {
        let ping = self.hears_a_line(link, "/ping").await;
        let mark = ping.trim_end().strip_prefix("/ping ").unwrap();
        self.hears(link, "/token").await;
        self.mutters(&format!("* pong {mark}")).await;
        self.mutters(&format!("* token {token}")).await;
    }

    /// Says last words, and hangs up; what the link makes of it.
    async fn ends(mut self, link: &mut Link, words: &str) -> Next {
        if !words.is_empty() {
            self.says(link, words).await;
        }
        self.0.shutdown().await.unwrap();
        match next(link).await {
            News::Down { next, .. } => next,
            news => panic!("{words}: {news:?}"),
        }
    }
}

async fn next(link: &mut Link) -> News {
    timeout(PATIENCE, link.next()).await.unwrap()
}

fn anna(patience: Patience) -> Account {
    Account {
        user: UserName::new("anna").unwrap(),
        password: Secret::new("secret"),
        entry: Entry::Login,
        patience,
    }
}

/// Anna, logged in.
async fn inside(node: &Node, link: &mut Link) -> Guest {
    let mut guest = node.welcomes(link).await;
    link.log_in(anna(Patience::Person));
    guest.says(link, ASKED).await;
    guest.hears(link, "/login anna secret").await;
    guest.says(link, WELCOME).await;
    guest
}

#[tokio::test]
async fn an_end_decides_what_comes_next() {
    let node = Node::start().await;
    for (words, again) in [
        ("* Goodbye.", false),
        ("! Logged in elsewhere", false),
        ("! Too many failures", false),
        ("! User already logged in", true),
        ("! Messages were lost: log in again", true),
        ("! Too slow: you read less than was said", true),
        ("! The node failed. Try again in a moment.", true),
        ("! The node is going down. Come back in 7 s.", true),
        ("", true),
    ] {
        let mut link = node.link();
        let next = inside(&node, &mut link).await.ends(&mut link, words).await;
        match next {
            Next::Again { wait, .. } => {
                assert!(again, "{words}");
                let long = words.contains("7 s");
                assert_eq!(wait >= Duration::from_secs(7), long, "{words}: {wait:?}");
                assert!(!link.is_over());
            }
            Next::Over => {
                assert!(!again, "{words}");
                assert!(link.is_over());
            }
            Next::Rest => panic!("{words}"),
        }
    }
}

#[tokio::test]
async fn somebody_elses_session_is_not_waited_for() {
    let node = Node::start().await;
    for (patience, again) in [(Patience::Person, false), (Patience::Program, true)] {
        let mut link = node.link();
        let mut guest = node.welcomes(&mut link).await;
        link.log_in(anna(patience));
        guest.says(&mut link, ASKED).await;
        guest.hears(&mut link, "/login anna secret").await;
        let next = guest.ends(&mut link, "! User already logged in").await;
        assert_eq!(
            matches!(next, Next::Again { .. }),
            again,
            "{patience:?}: {next:?}"
        );
    }
}

#[tokio::test]
async fn who_does_not_log_in_rests_until_they_want_to() {
    let node = Node::start().await;
    let mut link = node.link();
    let mut guest = node.welcomes(&mut link).await;
    guest.says(&mut link, ASKED).await;
    let next = guest.ends(&mut link, "! No login within 30 s").await;
    assert_eq!(next, Next::Rest);
    let asleep = timeout(Duration::from_millis(50), link.next()).await;
    assert!(asleep.is_err(), "{asleep:?}");
    link.log_in(anna(Patience::Person));
    link.connect();
    let mut guest = node.welcomes(&mut link).await;
    guest.says(&mut link, ASKED).await;
    guest.hears(&mut link, "/login anna secret").await;
}

#[tokio::test]
async fn a_login_that_met_a_full_queue_is_tried_again() {
    let node = Node::start().await;
    let mut link = node.link();
    let mut guest = node.welcomes(&mut link).await;
    link.log_in(anna(Patience::Person));
    guest.says(&mut link, ASKED).await;
    guest.hears(&mut link, "/login anna secret").await;
    assert!(!link.is_ready());
    guest.says(&mut link, "! Busy, try again").await;
    guest.hears(&mut link, "/login anna secret").await;
    guest.says(&mut link, WELCOME).await;
    assert!(link.is_ready());
}

#[tokio::test]
async fn one_who_is_not_who_it_was_is_never_asked_again() {
    let (stranger, node) = (Node::start().await, Node::start().await);
    let doors = vec![
        stranger.door(Some(node.fingerprint)),
        node.door(Some(node.fingerprint)),
    ];
    let mut link = Link::new(doors, 0);
    let meeting = async {
        let (socket, _) = stranger.listener.accept().await.unwrap();
        stranger.acceptor.accept(socket).await
    };
    let (met, news) = tokio::join!(meeting, next(&mut link));
    assert!(met.is_err(), "the handshake is broken off");
    let News::Down {
        why: Down::NotConnected(why),
        next,
    } = news
    else {
        panic!("{news:?}");
    };
    assert!(why.is_stranger(), "{why}");
    let right = node.door(None).address().clone();
    assert!(matches!(next, Next::Again { address, .. } if address == right));
    let guest = inside(&node, &mut link).await;
    let next = guest.ends(&mut link, "").await;
    assert!(matches!(next, Next::Again { address, .. } if address == right));
}

#[tokio::test]
async fn the_first_certificate_is_the_one_from_then_on() {
    let node = Node::start().await;
    let mut link = Link::new(vec![node.door(None)], 0);
    let coming = async {
        let (socket, _) = node.listener.accept().await.unwrap();
        node.acceptor.accept(socket).await.unwrap()
    };
    let (stream, news) = tokio::join!(coming, next(&mut link));
    let News::Connected { introduction, .. } = news else {
        panic!("{news:?}");
    };
    assert_eq!(introduction, Some(node.fingerprint));
    drop(stream);
    assert!(matches!(next(&mut link).await, News::Down { .. }));
    link.connect();
    let coming = async {
        let (socket, _) = node.listener.accept().await.unwrap();
        node.acceptor.accept(socket).await.unwrap()
    };
    let (_stream, news) = tokio::join!(coming, next(&mut link));
    assert!(
        matches!(
            news,
            News::Connected {
                introduction: None,
                ..
            }
        ),
        "{news:?}"
    );
}

#[tokio::test]
async fn a_node_that_says_nothing_is_given_up() {
    let node = Node::start().await;
    let mut link = node.link();
    let _guest = node.welcomes(&mut link).await;
    tokio::time::pause();
    let News::Down {
        why: Down::Broken { source, .. },
        ..
    } = link.next().await
    else {
        panic!("it was not given up");
    };
    assert_eq!(source.kind(), io::ErrorKind::TimedOut);
}

#[tokio::test]
async fn a_connection_of_no_use_is_given_up() {
    let node = Node::start().await;
    let mut link = node.link();
    let _guest = inside(&node, &mut link).await;
    assert!(matches!(
        link.abandon(),
        Some(News::Down {
            next: Next::Again { .. },
            ..
        })
    ));
    assert_eq!(link.say(b"hello"), Err(NotConnected));
    assert!(link.abandon().is_none(), "there is none any more");
    let pending = poll_fn(|cx| Poll::Ready(link.poll_next(cx).is_pending())).await;
    assert!(pending, "it waits before the next attempt");
}

#[tokio::test]
async fn it_comes_back_by_a_token_of_which_nobody_is_told() {
    let node = Node::start().await;
    let mut link = node.link();
    let mut guest = inside(&node, &mut link).await;
    guest.gives_a_token(&mut link, "a.1").await;
    guest.says(&mut link, "7-9 [lobby] ben: hi").await;
    guest.ends(&mut link, "").await;
    let mut guest = node.welcomes(&mut link).await;
    guest.says(&mut link, ASKED).await;
    guest.hears(&mut link, "/resume a.1 7-9").await;
    assert!(!link.is_ready(), "what is typed waits until it is in");
    guest.says(&mut link, WELCOME).await;
    guest.mutters("* token a.2").await;
    guest.says(&mut link, "* ben left lobby").await;
    assert!(link.is_ready());
    guest
        .ends(&mut link, "! The node failed. Try again in a moment.")
        .await;
    let mut guest = node.welcomes(&mut link).await;
    guest.says(&mut link, ASKED).await;
    guest.hears(&mut link, "/resume a.2 7-9").await;
    // Somebody else was faster: the password is tried, and nobody is told of that either.
    guest
        .mutters("! That token is not good any more: log in with your password")
        .await;
    guest.mutters(ASKED).await;
    guest.hears(&mut link, "/login anna secret").await;
    guest.says(&mut link, WELCOME).await;
    guest.gives_a_token(&mut link, "b.1").await;
    guest.says(&mut link, "* ben joined lobby").await;
}

#[tokio::test]
async fn a_room_that_was_kept_is_not_entered_again() {
    let node = Node::start().await;
    let mut link = node.link();
    let mut guest = inside(&node, &mut link).await;
    guest.gives_a_token(&mut link, "a.1").await;
    guest.says(&mut link, "* ben joined lobby").await;
    link.say(b"/join den sesame").unwrap();
    guest.hears(&mut link, "/join den sesame").await;
    guest.says(&mut link, "* You are in den (1 here).").await;
    for (room, way_back) in [("den", None), ("lobby", Some("/join den sesame"))] {
        guest.ends(&mut link, "").await;
        guest = node.welcomes(&mut link).await;
        guest.says(&mut link, ASKED).await;
        guest.hears(&mut link, "/resume a.1").await;
        guest.says(&mut link, &WELCOME.replace("lobby", room)).await;
        guest.mutters("* token a.1").await;
        if let Some(line) = way_back {
            guest.hears(&mut link, line).await;
        }
        link.say(b"hello").unwrap();
        guest.hears(&mut link, "hello").await;
        guest.says(&mut link, "* ben joined lobby").await;
    }
}

#[tokio::test]
async fn who_has_said_the_last_word_asks_for_no_token() {
    let node = Node::start().await;
    let mut link = node.link();
    let mut guest = node.welcomes(&mut link).await;
    guest.says(&mut link, ASKED).await;
    link.say(b"/login anna secret").unwrap();
    link.finish().unwrap();
    guest.hears(&mut link, "/login anna secret").await;
    guest.says(&mut link, WELCOME).await;
    let said = guest.hears_a_line(&mut link, "the end").await;
    assert_eq!(said, "", "nothing but the end");
}

#[tokio::test]
async fn another_password_is_followed_by_another_token() {
    let node = Node::start().await;
    let mut link = node.link();
    let mut guest = inside(&node, &mut link).await;
    guest.gives_a_token(&mut link, "a.1").await;
    guest.says(&mut link, "* ben joined lobby").await;
    link.say(b"/passwd secret another").unwrap();
    guest.hears(&mut link, "/passwd secret another").await;
    guest.says(&mut link, "* Password changed.").await;
    guest.gives_a_token(&mut link, "b.1").await;
    guest.says(&mut link, "* ben left lobby").await;
    guest.ends(&mut link, "").await;
    let mut guest = node.welcomes(&mut link).await;
    guest.says(&mut link, ASKED).await;
    guest.hears(&mut link, "/resume b.1").await;
}
