//! Nicks beside accounts, and people without an account.

use crate::support::{Cluster, Home, Irc, Node, password_of};

/// A node that lets people in without an account.
async fn with_guests() -> Node {
    Home::new().set("accounts.guests", "true").start().await
}

async fn guest(node: &Node, nick: &str) -> Irc {
    let mut guest = Irc::connect(node).await.named(nick);
    guest.registers(nick).await;
    guest.hears_burst().await;
    guest
}

#[tokio::test]
async fn a_guest_talks_with_who_has_an_account() {
    let node = with_guests().await;
    let mut ben = node.newcomer("ben").await;
    let mut bob = guest(&node, "[Bob]").await;
    bob.says("JOIN #lobby").await;
    bob.hears_up_to("366").await;
    ben.hears("* [Bob] joined lobby").await;
    bob.says("PRIVMSG #lobby :hello").await;
    ben.hears("[lobby] [Bob]: hello").await;
    ben.says("/msg [bob] psst").await;
    bob.hears(":ben!ben@conclave PRIVMSG [Bob] psst").await;
    bob.says("NICK Rob").await;
    let renamed = bob.finds(" NICK ").await;
    assert!(renamed.starts_with(":[Bob]!~"), "{renamed}");
    ben.hears("* [Bob] is now Rob").await;
    ben.asks("/who", "* lobby: ben, Rob (2)").await;
    ben.asks("/subscribe rob", "! Only for accounts").await;
    bob.says("SUBSCRIBERS").await;
    bob.finds("Only who has an account").await;
    bob.says("WHOIS Rob").await;
    let told = bob.hears_up_to("318").await;
    assert!(told.iter().all(|line| !line.contains(" 330 ")), "{told:#?}");
    // Nothing is left of who is gone.
    drop(bob);
    ben.hears("* Rob left lobby").await;
    ben.asks("/msg rob hello?", "! No such user: rob").await;
}

#[tokio::test]
async fn names_and_nicks_are_kept_for_who_has_them() {
    let node = with_guests().await;
    node.knows(&["anna"]).await;
    let _bob = guest(&node, "Bob").await;
    let mut visitor = Irc::connect(&node).await.named("visitor");
    visitor.registers("bob").await;
    visitor
        .hears(":conclave.local 433 * bob :Nickname is already in use")
        .await;
    visitor.says("NICK Anna").await;
    let registered = visitor.hears_numeric("433").await;
    assert!(registered.contains("registered"), "{registered}");
    visitor.says("NICK carl").await;
    let burst = visitor.hears_burst().await;
    assert!(burst[0].contains(" 001 carl "), "{burst:#?}");
    visitor.says("NICK BOB").await;
    visitor.hears_numeric("433").await;
    visitor.says("NICK anna").await;
    visitor.hears_numeric("433").await;
    let mut carl = node.visitor().await;
    carl.says("/register carl secret-of-carl").await;
    carl.hears("! That name is taken: carl").await;
    let mut anna = node.irc("anna").await;
    anna.says("NICK carl").await;
    anna.hears_numeric("433").await;
}

#[tokio::test]
async fn a_change_is_seen_once_on_the_other_node() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "ben"]).await;
    let mut clara = two.newcomer("clara").await;
    let mut anna = one.irc("anna").await;
    let mut ben = two.irc("ben").await;
    for person in [&mut anna, &mut ben] {
        person.joins("#lobby").await;
        person.joins("#den").await;
    }
    for person in [&mut anna, &mut ben] {
        person.catches_up().await;
    }
    clara.catches_up().await;
    anna.says("NICK Al").await;
    anna.hears(":anna!anna@conclave NICK Al").await;
    ben.hears(":anna!anna@conclave NICK Al").await;
    clara.hears("* anna is now Al").await;
    for word in ["Al", "anna"] {
        ben.says(&format!("PRIVMSG {word} :hi")).await;
        anna.hears(":ben!ben@conclave PRIVMSG Al hi").await;
    }
    anna.says("PRIVMSG #den :here").await;
    ben.hears(":Al!anna@conclave PRIVMSG #den here").await;
    ben.says("NICK al").await;
    ben.hears_numeric("433").await;
    anna.says("NICK anna").await;
    ben.hears(":Al!anna@conclave NICK anna").await;
    ben.says("NICK al").await;
    ben.hears(":ben!ben@conclave NICK al").await;
}

#[tokio::test]
async fn who_may_come_in_is_a_matter_of_each_node() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut bob = Irc::connect(&node).await.named("bob");
    bob.registers("bob").await;
    bob.finds(" FAIL * ACCOUNT_REQUIRED ").await;
    bob.hears_numeric("464").await;
    bob.is_sent_away().await;
    let mut anna = Irc::connect(&node).await.named("anna");
    anna.logs_in("anna", &password_of("anna")).await;
}
