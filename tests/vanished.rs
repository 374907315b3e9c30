//! Clients that are half gone, or vanish without a word: whoever is there is told all that is due,
//! and whoever is not does not keep the account.

#![expect(clippy::unwrap_used, reason = "a test says where it stopped")]

mod support;

use std::net::Shutdown;
use std::time::{Duration, Instant};

use socket2::{SockFilter, SockRef};
use support::{Client, Heard, Home, Node, Tls, password_of, soon};
use tokio::net::TcpStream;

/// The kernel gives a peer up that acknowledges nothing for 20 s; the rest is for a busy machine.
const GIVEN_UP: Duration = Duration::from_secs(40);

/// Who was heard in this time counts as alive.
const HEARD: Duration = Duration::from_secs(11);

/// Whose account is in use by nobody who is there waits for so long at most.
const LET_IN: Duration = Duration::from_secs(9);

/// A program that drops whatever it is shown.
const DROPS_ALL: [SockFilter; 1] = [SockFilter::new(0x06, 0, 0, 0)];

/// Somebody in the lobby, and a second hand on their socket.
async fn newcomer(node: &Node, name: &str) -> (Client, std::net::TcpStream) {
    let socket = node.knock().await.into_std().unwrap();
    let hand = socket.try_clone().unwrap();
    let socket = TcpStream::from_std(socket).unwrap();
    let mut person = Client::over(socket, &Tls::trusting(node)).await.named(name);
    person.ear.is_greeted().await;
    person
        .says(&format!("/register {name} {}", password_of(name)))
        .await;
    person.is_welcome(name).await;
    (person, hand)
}

/// From now on this client's machine acknowledges nothing, as one that lost its power or its way.
fn vanishes(hand: &std::net::TcpStream) {
    SockRef::from(hand).attach_filter(&DROPS_ALL).unwrap();
}

#[tokio::test]
async fn who_says_no_more_hears_all_the_answers_and_is_gone() {
    let node = Home::new().set("accounts.grace", "0s").start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    for n in 0..200 {
        ben.says(&format!("line {n}")).await;
        anna.hears(&format!("[lobby] ben: line {n}")).await;
    }
    anna.mouth
        .sends(b"the last word\n/history 500\n/who\n")
        .await;
    anna.mouth.closes().await;
    let heard = anna.ear.hears_out().await;
    // The history's two ends, all that was said, and who is there.
    assert_eq!(heard.len(), 2 + 201 + 1, "{heard:#?}");
    assert_eq!(heard.last().unwrap(), "* lobby: anna, ben (2)");
    ben.hears("[lobby] anna: the last word").await;
    ben.hears("* anna left lobby").await;
    node.login("anna").await;
}

#[tokio::test]
async fn who_only_breaks_off_one_way_is_gone_too() {
    let node = Home::new().set("accounts.grace", "2s").start().await;
    let mut ben = node.newcomer("ben").await;
    let (mut anna, hand) = newcomer(&node, "anna").await;
    ben.hears("* anna joined lobby").await;
    let broken = Instant::now();
    // The end of TCP without the one of TLS, as of a program that was killed; it still reads.
    hand.shutdown(Shutdown::Write).unwrap();
    while let Ok(Heard::Line(_)) = soon("the end", anna.ear.read()).await {}
    println!("hung up after {:?}", broken.elapsed());
    ben.hears("* anna left lobby").await;
    ben.hears_nothing_else().await;
    node.login("anna").await;
}

#[tokio::test]
async fn who_vanished_and_is_spoken_to_is_let_go() {
    let node = Home::new().set("accounts.grace", "1s").start().await;
    let mut ben = node.newcomer("ben").await;
    let (_anna, hand) = newcomer(&node, "anna").await;
    ben.hears("* anna joined lobby").await;
    vanishes(&hand);
    let gone = Instant::now();
    ben.says("are you there?").await;
    let left = tokio::time::timeout(GIVEN_UP, ben.ear.read()).await;
    let left = left.expect("the vanished are let go").unwrap();
    assert_eq!(left, Heard::Line("* anna left lobby".to_owned()));
    println!("let go after {:?}", gone.elapsed());
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn who_vanished_keeps_nobody_out() {
    let node = Node::start().await;
    let mut ben = node.newcomer("ben").await;
    let (_anna, hand) = newcomer(&node, "anna").await;
    ben.hears("* anna joined lobby").await;
    vanishes(&hand);
    // Longer than what was heard of her proves that she is there.
    tokio::time::sleep(HEARD).await;
    let asked = Instant::now();
    let mut anna = node.login("anna").await;
    let took = asked.elapsed();
    println!("in after {took:?}");
    assert!(took < LET_IN, "{took:?}");
    anna.says("here I am").await;
    ben.hears("[lobby] anna: here I am").await;
    ben.asks("/users", "* online: anna, ben (2)").await;
}
