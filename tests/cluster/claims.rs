//! One account, one live session, whatever the node.

use crate::support::{Client, Cluster, Heard, Node, Redis, Tls, all_at_once, password_of, soon};

/// Logins of one account at the same time, over both nodes.
const RUSH: usize = 100;
const ROUNDS: usize = 50;

const SILENT: std::time::Duration = std::time::Duration::from_secs(11);

#[tokio::test]
async fn the_second_login_on_the_other_node_is_refused_and_the_first_is_unharmed() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [("a", &cluster.one), ("b", &cluster.two)];
    let [mut a, mut b] = cluster.newcomers(people).await;
    let mut second = cluster.two.node.visitor().await;
    second.says(&format!("/login a {}", password_of("a"))).await;
    second.hears("! User already logged in").await;
    second.hears_the_end().await;
    a.hears_nothing_else().await;
    b.says("are you there").await;
    a.hears("[lobby] b: are you there").await;
    a.says("I am").await;
    b.hears("[lobby] a: I am").await;
}

#[tokio::test]
async fn who_only_listens_is_not_taken_for_gone() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut a] = cluster.newcomers([("a", &cluster.one)]).await;
    // Longer than a node believes that somebody is there because they said something.
    tokio::time::sleep(SILENT).await;
    let mut second = cluster.two.node.visitor().await;
    second.says(&format!("/login a {}", password_of("a"))).await;
    second.hears("! User already logged in").await;
    a.hears_nothing_else().await;
}

#[tokio::test]
async fn a_node_that_does_not_answer_locks_nobody_out() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut a, mut b] = cluster
        .newcomers([("a", &cluster.one), ("b", &cluster.two)])
        .await;
    cluster.one.node.signal("STOP");
    let mut second = cluster.two.node.visitor().await.named("a");
    second.says(&format!("/login a {}", password_of("a"))).await;
    second.is_welcome("a").await;
    second.says("here I am").await;
    b.hears("[lobby] a: here I am").await;
    cluster.one.node.signal("CONT");
    a.hears("! Logged in elsewhere").await;
    second.says("still").await;
    b.hears("[lobby] a: still").await;
}

#[tokio::test]
async fn a_wrong_password_is_told_before_a_taken_account() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut a] = cluster.newcomers([("a", &cluster.one)]).await;
    let mut second = cluster.two.node.visitor().await;
    second.says("/login a not the password").await;
    second.hears("! Wrong username or password").await;
    second.hears("* Username:").await;
    a.hears_nothing_else().await;
}

#[tokio::test]
async fn who_quits_may_log_in_on_the_other_node_at_once() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [a, mut b] = cluster
        .newcomers([("a", &cluster.one), ("b", &cluster.two)])
        .await;
    a.quits().await;
    b.hears("* a left lobby").await;
    let a = cluster.two.node.login("a").await;
    b.hears("* a joined lobby").await;
    a.quits().await;
    b.hears("* a left lobby").await;
    let _a = cluster.one.node.login("a").await;
    b.hears("* a joined lobby").await;
}

#[tokio::test]
async fn the_newer_login_wins_where_the_settings_say_so() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let settings = [("accounts.duplicate_login", "replace")];
    let cluster = Cluster::with(redis, &settings).await;
    let people = [("a", &cluster.one), ("b", &cluster.two)];
    let [mut first, mut b] = cluster.newcomers(people).await;
    first.asks("/join den", "* You are in den (1 here).").await;
    b.hears("* a left lobby").await;
    let mut second = cluster.two.node.login("a").await;
    first.hears("! Logged in elsewhere").await;
    first.hears_the_end().await;
    b.hears("* a joined lobby").await;
    second.asks("/who den", "! No such room: den").await;
    b.says("welcome back").await;
    second.hears("[lobby] b: welcome back").await;
    // And back again.
    let mut third = cluster.one.node.login("a").await;
    second.hears("! Logged in elsewhere").await;
    second.hears_the_end().await;
    third.asks("/who lobby", "* lobby: a, b (2)").await;
}

#[tokio::test]
async fn of_a_hundred_logins_at_once_on_two_nodes_one_wins() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    cluster.one.node.newcomer("a").await.quits().await;
    let doors = [Door::of(&cluster.one.node), Door::of(&cluster.two.node)];
    for round in 0..ROUNDS {
        cluster.is_free("a").await;
        let visitors = (0..RUSH).map(|n| doors[n % doors.len()].clone().visitor());
        let visitors = all_at_once(visitors).await;
        let mut winners: Vec<Client> = all_at_once(visitors.into_iter().map(tries))
            .await
            .into_iter()
            .flatten()
            .collect();
        assert_eq!(winners.len(), 1, "round {round}");
        let mut winner = winners.remove(0);
        winner.hears_nothing_else().await;
        winner.quits().await;
    }
}

/// Where to knock; may go to another task, which a node may not.
#[derive(Clone)]
struct Door {
    address: std::net::SocketAddr,
    tls: Tls,
    node: String,
}

impl Door {
    fn of(node: &Node) -> Self {
        Self {
            address: node.address,
            tls: Tls::trusting(node),
            node: node.name().to_owned(),
        }
    }

    async fn visitor(self) -> Client {
        let visitor = Client::connect(self.address, &self.tls).await;
        let mut visitor = visitor.at(&self.node);
        visitor.ear.is_greeted().await;
        visitor
    }
}

/// The session, if this is the one that got in; the others read why not, and nothing else.
async fn tries(mut visitor: Client) -> Option<Client> {
    visitor
        .says(&format!("/login a {}", password_of("a")))
        .await;
    let answer = soon("an answer", visitor.ear.read()).await.unwrap();
    let Heard::Line(line) = answer else {
        panic!("{} heard the end without a reason", visitor.ear);
    };
    if line.starts_with("* Welcome a. ") {
        return Some(visitor);
    }
    assert_eq!(line, "! User already logged in");
    visitor.hears_the_end().await;
    None
}
