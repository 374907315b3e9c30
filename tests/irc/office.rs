//! Operators of the network: who they are, whom they put out, what all hear of them.

use crate::support::{Cluster, Home, Irc, Redis, soon};

/// Of the password `opersecret`, made with the lowest cost.
async fn is_operator(person: &mut Irc, name: &str) {
    person.says("OPER root opersecret").await;
    person
        .hears(&format!(
            ":conclave.local 381 {name} :You are now an IRC operator"
        ))
        .await;
    person
        .hears(&format!(":{name}!{name}@conclave MODE {name} +ow"))
        .await;
}

fn hash() -> String {
    let said = Home::new().run(&["hash"], "opersecret\n");
    assert_eq!(said.code, Some(0), "{said:?}");
    said.out.trim().to_owned()
}

#[tokio::test]
async fn an_operator_is_seen_and_puts_people_out_on_the_other_node() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let hash = hash();
    let cluster = Cluster::with(redis, &[("irc.operators.root", &hash)]).await;
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "ben", "clara"]).await;
    let mut dan = two.newcomer("dan").await;
    let mut anna = one.irc("anna").await;
    let mut ben = two.irc("ben").await;
    let mut clara = two.irc("clara").await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.joins("#den").await;
    }
    anna.catches_up().await;
    ben.catches_up().await;
    // Whatever the nick is, and whatever the account.
    clara.says("NICK clair").await;
    clara.catches_up().await;
    clara.says("NICK clara").await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.finds(" NICK clara").await;
    }
    ben.says("KILL anna :no").await;
    ben.hears_numeric("481").await;
    anna.says("OPER root wrong").await;
    anna.hears_numeric("464").await;
    is_operator(&mut anna, "anna").await;
    clara.says("WHOIS anna").await;
    let known = clara.hears_up_to("318").await;
    assert!(known.iter().any(|line| line.contains(" 313 clara anna ")));
    clara.says("WHO #den %nf").await;
    clara.hears(":conclave.local 354 clara anna H*@").await;
    clara.hears_up_to("315").await;
    anna.says("KILL ben :enough of it").await;
    ben.hears(":anna!anna@conclave KILL ben :enough of it")
        .await;
    let error = ben.is_sent_away().await;
    assert!(error.contains("Closing Link: ben"), "{error}");
    for person in [&mut anna, &mut clara] {
        person
            .hears(":ben!ben@conclave QUIT :Killed (anna (enough of it))")
            .await;
    }
    anna.says("KILL dan :and you").await;
    dan.hears("* anna puts you out: and you").await;
    dan.hears("! An operator put you out").await;
    dan.hears_the_end().await;
    // The account is free at once.
    two.irc("ben").await;
}

#[tokio::test]
async fn what_operators_say_to_all_is_heard_by_who_wants_to() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let hash = hash();
    let cluster = Cluster::with(redis, &[("irc.operators.root", &hash)]).await;
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    one.knows(&["anna", "ben", "clara"]).await;
    let mut anna = one.irc("anna").await;
    let mut ben = two.irc("ben").await;
    let mut clara = two.irc("clara").await;
    ben.says("MODE ben +w").await;
    ben.hears(":ben!ben@conclave MODE ben +w").await;
    is_operator(&mut anna, "anna").await;
    anna.says("WALLOPS :tea at five").await;
    for person in [&mut anna, &mut ben] {
        person
            .hears(":anna!anna@conclave WALLOPS :tea at five")
            .await;
    }
    clara.hears_nothing_else().await;
}

#[tokio::test]
async fn the_message_of_the_day_is_read_again_while_people_stay() {
    let hash = hash();
    let home = Home::new()
        .set("irc.operators.root", &hash)
        .set("irc.motd", "motd.txt");
    home.write("motd.txt", "Be kind.\n");
    let node = home.start().await;
    node.knows(&["anna"]).await;
    let mut anna = node.irc("anna").await;
    home.write("motd.txt", "Be quick.\n");
    home.write("config/conclave.toml", "limits.rooms = 7\n");
    anna.says("REHASH").await;
    anna.hears_numeric("481").await;
    is_operator(&mut anna, "anna").await;
    anna.says("REHASH").await;
    anna.hears_numeric("382").await;
    for note in [
        "The message of the day was read again, on this node",
        "Changed, and good from the next start of the node on:",
        "limits.rooms",
        "stolen hashes",
    ] {
        let note = anna.finds(note).await;
        assert!(note.starts_with(":conclave.local NOTICE anna "), "{note}");
    }
    anna.says("MOTD").await;
    anna.hears(":conclave.local 375 anna :- conclave.local Message of the day - ")
        .await;
    anna.hears(":conclave.local 372 anna :Be quick.").await;
    anna.hears_numeric("376").await;
}

/// As service managers have settings read again.
#[tokio::test]
async fn a_hangup_has_the_message_of_the_day_read_again() {
    let home = Home::new().set("irc.motd", "motd.txt");
    home.write("motd.txt", "Be kind.\n");
    let node = home.start().await;
    node.knows(&["anna"]).await;
    let mut anna = node.irc("anna").await;
    home.write("motd.txt", "Be quick.\n");
    node.signal("HUP");
    soon("the message of the day is another one", async {
        loop {
            anna.says("MOTD").await;
            let told = anna.hears_up_to("376").await;
            if told.iter().any(|line| line.ends_with(":Be quick.")) {
                return;
            }
        }
    })
    .await;
}
