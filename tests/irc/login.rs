//! Coming in: capabilities, SASL, a server password, and who has no proof.

use rustls::version::{TLS12, TLS13};

use crate::support::{Home, Irc, Node, Own, command, password_of};

#[tokio::test]
async fn a_login_by_sasl_ends_in_the_burst() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut anna = Irc::connect(&node).await.named("anna");
    let burst = anna.logs_in("anna", &password_of("anna")).await;
    let codes: Vec<&str> = burst.iter().map(|line| command(line)).collect();
    assert_eq!(
        codes[..5],
        ["001", "002", "003", "004", "005"],
        "{burst:#?}"
    );
    assert_eq!(codes.last(), Some(&"422"), "{burst:#?}");
    assert_eq!(
        burst[0],
        ":conclave.local 001 anna :Welcome to the conclave Network, anna"
    );
    let features = burst.iter().filter(|line| command(line) == "005");
    let features: String = features.map(String::as_str).collect();
    for token in ["NETWORK=conclave", "CASEMAPPING=ascii", "CHANTYPES=#"] {
        assert!(features.contains(&format!(" {token} ")), "{features}");
    }
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn an_irc_login_enters_no_room() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut ben = node.newcomer("ben").await;
    let _anna = node.irc("anna").await;
    ben.asks("/who lobby", "* lobby: ben (1)").await;
    ben.asks("/users", "* online: anna, ben (2)").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn the_server_is_called_as_the_settings_say() {
    let home = Home::new()
        .set("irc.network", "Chat")
        .set("irc.server_name", "chat.example.org")
        .set("irc.motd", "motd.txt");
    home.write("motd.txt", "Be kind.\n\n- the team\n");
    let node = home.start().await;
    node.knows(&["anna"]).await;
    let mut anna = Irc::connect(&node).await.named("anna");
    let burst = anna.logs_in("anna", &password_of("anna")).await;
    let is_ours = |line: &String| line.starts_with(":chat.example.org ");
    assert!(burst.iter().all(is_ours), "{burst:#?}");
    assert!(burst[0].ends_with(":Welcome to the Chat Network, anna"));
    let day: Vec<&str> = burst
        .iter()
        .filter(|line| command(line) == "372")
        .filter_map(|line| line.split_once("372 anna ").map(|(_, said)| said))
        .collect();
    assert_eq!(day, [":Be kind.", ":", ":- the team"]);
}

#[tokio::test]
async fn the_nick_need_not_be_the_account() {
    let node = Node::start().await;
    node.knows(&["Anna"]).await;
    let mut anna = Irc::connect(&node).await.named("Anna");
    anna.says("CAP REQ :sasl").await;
    anna.finds(" ACK ").await;
    anna.authenticates("anna", &password_of("Anna")).await;
    anna.hears_numeric("900").await;
    anna.hears_numeric("903").await;
    anna.registers("somebody").await;
    anna.says("CAP END").await;
    let burst = anna.hears_burst().await;
    assert!(
        burst[0].starts_with(":conclave.local 001 somebody "),
        "{burst:#?}"
    );
    anna.says("NICK aNNa").await;
    anna.hears(":somebody!Anna@conclave NICK aNNa").await;
    // The same once more changes nothing, and says nothing.
    anna.says("NICK aNNa").await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn a_wrong_password_is_told_and_the_right_one_may_follow() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut anna = Irc::connect(&node).await.named("anna");
    anna.says("CAP REQ :sasl").await;
    anna.finds(" ACK ").await;
    anna.authenticates("anna", "not her secret").await;
    anna.hears_numeric("904").await;
    anna.authenticates("nobody", "no secret").await;
    anna.hears_numeric("904").await;
    anna.authenticates("anna", &password_of("anna")).await;
    anna.hears_numeric("900").await;
    anna.hears_numeric("903").await;
    anna.registers("anna").await;
    anna.says("CAP END").await;
    anna.hears_burst().await;
}

#[tokio::test]
async fn a_server_password_is_an_account_and_its_password() {
    let node = Node::start().await;
    node.knows(&["anna", "ben"]).await;
    let mut anna = Irc::connect(&node).await.named("anna");
    anna.says(&format!("PASS :anna:{}", password_of("anna")))
        .await;
    anna.registers("whoever").await;
    anna.hears_numeric("900").await;
    let burst = anna.hears_burst().await;
    assert!(burst[0].contains(" 001 whoever "), "{burst:#?}");

    // Where no account is named it is that of the nick.
    let mut ben = Irc::connect(&node).await.named("ben");
    ben.says(&format!("PASS :{}", password_of("ben"))).await;
    ben.registers("ben").await;
    ben.hears_numeric("900").await;
    ben.hears_burst().await;
}

#[tokio::test]
async fn a_wrong_server_password_is_the_end() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    let mut anna = Irc::connect(&node).await.named("anna");
    anna.says("PASS :anna:not her secret").await;
    anna.registers("anna").await;
    anna.hears_numeric("464").await;
    anna.is_sent_away().await;
}

#[tokio::test]
async fn who_has_no_proof_is_told_how_to_get_in() {
    let node = Node::start().await;
    let mut guest = Irc::connect(&node).await;
    guest.registers("guest").await;
    let fail = guest.hears_starting(":conclave.local FAIL ").await;
    assert!(fail.contains(" ACCOUNT_REQUIRED "), "{fail}");
    let refused = guest.hears_numeric("464").await;
    for way in ["SASL PLAIN", "account:password"] {
        assert!(refused.contains(way), "{refused}");
    }
    guest.is_sent_away().await;
}

#[tokio::test]
async fn a_ping_is_answered_before_the_login() {
    let node = Node::start().await;
    let mut visitor = Irc::connect(&node).await;
    visitor
        .asks(
            "PING :are you there?",
            ":conclave.local PONG conclave.local :are you there?",
        )
        .await;
    visitor.says("JOIN #den").await;
    visitor.hears_numeric("451").await;
}

#[tokio::test]
async fn whoever_does_not_register_in_time_is_sent_away() {
    let node = Home::new().set("limits.login", "300ms").start().await;
    let mut silent = Irc::connect(&node).await;
    let mut held = Irc::connect(&node).await;
    held.says("CAP LS 302").await;
    held.finds(" LS ").await;
    silent.is_sent_away().await;
    held.finds("ERROR ").await;
    held.hears_the_end().await;
}

#[tokio::test]
async fn an_account_has_one_session_at_all_doors() {
    let node = Node::start().await;
    let mut line = node.newcomer("anna").await;
    let mut second = Irc::connect(&node).await.named("second");
    second
        .says(&format!("PASS :anna:{}", password_of("anna")))
        .await;
    second.registers("anna").await;
    second.finds("ERROR ").await;
    second.hears_the_end().await;
    line.asks("/ping", "* pong").await;
    line.quits().await;

    let mut anna = node.irc("anna").await;
    let mut late = node.visitor().await;
    late.says(&format!("/login anna {}", password_of("anna")))
        .await;
    late.hears("! User already logged in").await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn a_certificate_proves_an_account_without_a_password() {
    let node = Node::start().await;
    node.knows(&["anna"]).await;
    for version in [&TLS12, &TLS13] {
        let own = Own::new(version);
        // At first it is nobody's, and the password is needed.
        let mut anna = Irc::showing(&node, &own).await.named("anna");
        anna.says("CAP LS 302").await;
        let offered = anna.finds("sasl=").await;
        assert!(offered.contains("sasl=PLAIN,EXTERNAL"), "{offered}");
        anna.says("CAP REQ :sasl").await;
        anna.finds(" ACK ").await;
        anna.asks("AUTHENTICATE EXTERNAL", ":conclave.local AUTHENTICATE +")
            .await;
        anna.says("AUTHENTICATE +").await;
        anna.hears_numeric("904").await;
        anna.authenticates("anna", &password_of("anna")).await;
        anna.hears_numeric("900").await;
        anna.hears_numeric("903").await;
        anna.registers("anna").await;
        anna.says("CAP END").await;
        anna.hears_burst().await;
        anna.says("CERT ADD").await;
        anna.finds("is proven by the certificate").await;
        anna.finds("Certificates of your account:").await;
        anna.quits().await;
        let mut anna = Irc::showing(&node, &own).await.named("anna");
        anna.says("CAP REQ :sasl").await;
        anna.finds(" ACK ").await;
        anna.asks("AUTHENTICATE EXTERNAL", ":conclave.local AUTHENTICATE +")
            .await;
        anna.says("AUTHENTICATE +").await;
        anna.hears_numeric("900").await;
        anna.hears_numeric("903").await;
        anna.registers("anna").await;
        anna.says("CAP END").await;
        anna.hears_burst().await;
        anna.quits().await;
    }
    // Who shows none is not offered it.
    let mut ben = Irc::connect(&node).await;
    ben.says("CAP LS 302").await;
    let offered = ben.finds("sasl=").await;
    assert!(offered.contains("sasl=PLAIN "), "{offered}");
}

#[tokio::test]
async fn a_node_with_a_password_asks_all_for_it_who_come_in_by_irc() {
    let said = Home::new().run(&["hash"], "open sesame\n");
    let home = Home::new()
        .set("irc.password", said.out.trim())
        .set("accounts.guests", "true");
    let node = home.start().await;
    // The line door asks nobody.
    let mut ben = node.newcomer("ben").await;
    for pass in ["PASS :shut sesame", "PASS :ben:whatever", "PING 1"] {
        let mut anna = Irc::connect(&node).await.named("anna");
        for line in [pass, "NICK anna", "USER anna 0 * anna"] {
            anna.says(line).await;
        }
        anna.finds(" 464 ").await;
        anna.is_sent_away().await;
    }
    let mut anna = Irc::connect(&node).await.named("anna");
    for line in ["PASS :open sesame", "NICK anna", "USER anna 0 * anna"] {
        anna.says(line).await;
    }
    anna.finds(" 001 anna ").await;
    // An account is proven beside it.
    ben.asks("/quit", "* Goodbye.").await;
    let mut ben = Irc::connect(&node).await.named("ben");
    ben.says("PASS :open sesame").await;
    ben.says(&format!("PASS :ben:{}", password_of("ben"))).await;
    ben.says("NICK ben").await;
    ben.says("USER ben 0 * ben").await;
    ben.finds(" 900 ben ").await;
    ben.finds(" 001 ben ").await;
}
