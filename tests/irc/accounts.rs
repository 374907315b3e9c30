//! Accounts that people make by their IRC clients.

use crate::support::{Cluster, Home, Irc, Node, Redis, command, password_of};

#[tokio::test]
async fn an_account_is_made_on_the_way_in() {
    let node = Node::start().await;
    node.knows(&["ben"]).await;
    let mut anna = Irc::connect(&node).await.named("anna");
    anna.says("CAP LS 302").await;
    let offered = anna.finds(" LS ").await;
    let told = "draft/account-registration=before-connect,custom-account-name";
    assert!(offered.contains(told), "{offered}");
    anna.says("CAP REQ draft/account-registration").await;
    anna.finds(" ACK ").await;
    anna.says("NICK anna").await;
    for (line, code) in [
        ("REGISTER Ben * :a secret word", "ACCOUNT_EXISTS"),
        ("REGISTER * * short", "WEAK_PASSWORD"),
        (
            "REGISTER * anna@example.org :a secret word",
            "INVALID_EMAIL",
        ),
    ] {
        anna.says(line).await;
        anna.hears_starting(&format!(":conclave.local FAIL REGISTER {code} "))
            .await;
    }
    anna.says("REGISTER * * :a secret word").await;
    anna.hears_numeric("900").await;
    anna.hears_starting(":conclave.local REGISTER SUCCESS anna ")
        .await;
    anna.says("USER a 0 * :Anna").await;
    anna.says("CAP END").await;
    anna.hears_burst().await;
    anna.says("WHOIS anna").await;
    let told = anna.hears_up_to("318").await;
    let is_known = |line: &String| command(line) == "330";
    assert!(told.iter().any(is_known), "{told:#?}");
    anna.quits().await;

    // It is an account like any other.
    let mut again = Irc::connect(&node).await.named("anna");
    again.logs_in("anna", "a secret word").await;
}

#[tokio::test]
async fn where_the_operator_makes_them_nobody_else_does() {
    let home = Home::new().set("accounts.registration", "closed");
    let node = home.start().await;
    let mut anna = Irc::connect(&node).await.named("anna");
    anna.says("CAP LS 302").await;
    let offered = anna.finds(" LS ").await;
    assert!(!offered.contains("account-registration"), "{offered}");
    anna.says("NICK anna").await;
    anna.says("REGISTER * * :a secret word").await;
    anna.hears_starting(":conclave.local FAIL REGISTER DISALLOWED * ")
        .await;
}

async fn guest(node: &Node, nick: &str, caps: &str) -> Irc {
    let mut guest = Irc::connect(node).await.named(nick);
    guest.says(&format!("CAP REQ :{caps}")).await;
    guest.finds(" ACK ").await;
    guest.registers(nick).await;
    guest.says("CAP END").await;
    guest.hears_burst().await;
    guest
}

/// Who hears of it, on the other node, and whose rooms they are when the node has died.
#[tokio::test]
async fn a_guest_logs_in_where_it_is() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let settings = [("accounts.guests", "true"), ("accounts.grace", "60s")];
    let cluster = Cluster::with(redis, &settings).await;
    let (one, two) = (cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "ben", "carl"]).await;
    let mut clara = two.newcomer("clara").await;
    clara.says("/msg anna for later").await;
    let mut ben = Irc::connect(two).await.named("ben");
    ben = ben.wanting(&["account-notify", "chghost"]);
    ben.logs_in("ben", &password_of("ben")).await;
    let mut carl = two.irc("carl").await;
    let mut bob = guest(&one, "Bob", "sasl account-notify").await;
    for room in ["#lobby", "#den"] {
        bob.says(&format!("JOIN {room}")).await;
        bob.hears_up_to("366").await;
        for member in [&mut ben, &mut carl] {
            member.says(&format!("JOIN {room}")).await;
            member.catches_up().await;
        }
    }
    for person in [&mut bob, &mut ben, &mut carl] {
        person.catches_up().await;
    }
    clara.catches_up().await;
    bob.authenticates("anna", "not her secret").await;
    bob.hears_numeric("904").await;
    bob.authenticates("anna", &password_of("anna")).await;
    let told = bob.hears_numeric("900").await;
    assert!(told.contains(" Bob!anna@conclave anna "), "{told}");
    bob.hears_numeric("903").await;
    bob.hears(":Bob!anna@conclave ACCOUNT anna").await;
    bob.finds("for later").await;
    ben.hears_starting(":Bob!~").await;
    ben.hears(":Bob!anna@conclave ACCOUNT anna").await;
    bob.says("PRIVMSG #den :here").await;
    ben.hears(":Bob!anna@conclave PRIVMSG #den here").await;
    carl.hears(":Bob!anna@conclave PRIVMSG #den here").await;
    clara
        .asks("/who", "* lobby: Bob, ben, carl, clara (4)")
        .await;
    bob.says("AUTHENTICATE PLAIN").await;
    bob.hears_numeric("907").await;

    // The rooms and ranks are the account's.
    one.kill();
    ben.says("NAMES #den").await;
    let names = ben.hears_up_to("366").await;
    assert!(names[0].contains("@Bob"), "{names:#?}");
    let mut anna = two.irc("anna").await;
    anna.says("JOIN #den").await;
    let names = anna.hears_up_to("366").await;
    let ours = names.iter().find(|line| command(line) == "353");
    assert!(
        ours.is_some_and(|line| line.contains("@anna")),
        "{names:#?}"
    );
}

#[tokio::test]
async fn a_guest_makes_an_account_of_its_own_nick() {
    let home = Home::new().set("accounts.guests", "true");
    let node = home.start().await;
    let mut ben = node.newcomer("ben").await;
    let mut bob = guest(&node, "Bob", "account-notify chghost").await;
    bob.says("JOIN #lobby").await;
    bob.hears_up_to("366").await;
    ben.hears("* Bob joined lobby").await;
    bob.says("REGISTER Ben * :a secret word").await;
    bob.hears_starting(":conclave.local FAIL REGISTER ACCOUNT_EXISTS Ben ")
        .await;
    bob.says("REGISTER * * :a secret word").await;
    bob.hears_numeric("900").await;
    bob.hears_starting(":conclave.local REGISTER SUCCESS Bob ")
        .await;
    bob.finds(":Bob!Bob@conclave ACCOUNT Bob").await;
    bob.says("PRIVMSG #lobby :hello").await;
    // At the line door nothing is told, for nobody is called otherwise.
    ben.hears("[lobby] Bob: hello").await;
    ben.asks("/subscribe bob", "* You subscribe to Bob.").await;
    bob.says("REGISTER * * :another word").await;
    bob.hears_starting(":conclave.local FAIL REGISTER ALREADY_AUTHENTICATED Bob ")
        .await;
}
