//! Accounts that people make by their IRC clients.

use crate::support::{Home, Irc, Node, command};

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
