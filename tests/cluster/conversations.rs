//! What is said on one node and heard on the other.

use crate::support::{Client, Cluster, Node, Redis, all_at_once, member};

/// Lines that each of two senders says at once.
const EACH: usize = 400;

#[tokio::test]
async fn what_is_said_on_one_node_is_read_on_the_other_once() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [("a", &cluster.one), ("b", &cluster.two)];
    let [mut a, mut b] = cluster.newcomers(people).await;
    a.says("Hello from Server 1").await;
    b.hears("[lobby] a: Hello from Server 1").await;
    a.hears_nothing_else().await;
    b.says("Hello from Server 2").await;
    a.hears("[lobby] b: Hello from Server 2").await;
    b.hears_nothing_else().await;
    a.says("and once more").await;
    b.hears("[lobby] a: and once more").await;
    a.hears_nothing_else().await;
}

#[tokio::test]
async fn a_post_reaches_the_subscriber_on_the_other_node_and_nobody_else() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [
        ("a", &cluster.one),
        ("b", &cluster.two),
        ("c", &cluster.one),
        ("d", &cluster.two),
    ];
    let [mut a, mut b, mut c, mut d] = cluster.newcomers(people).await;
    b.asks("/subscribe a", "* You subscribe to a.").await;
    a.says("/subscribe_only Secret Message").await;
    b.hears("[Sub] a: Secret Message").await;
    a.hears_nothing_else().await;
    // What comes next is the next that they hear: the post was not for them.
    a.says("hello all").await;
    for person in [&mut b, &mut c, &mut d] {
        person.hears("[lobby] a: hello all").await;
    }
    b.asks("/unsubscribe a", "* You no longer subscribe to a.")
        .await;
    a.asks("/subscribe_only to nobody", "* Nobody subscribes to you.")
        .await;
}

#[tokio::test]
async fn a_subscriber_elsewhere_hears_what_is_said_in_a_public_room() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [("a", &cluster.one), ("b", &cluster.two)];
    let [mut a, mut b] = cluster.newcomers(people).await;
    b.asks("/subscribe a", "* You subscribe to a.").await;
    a.asks("/join den", "* You are in den (1 here).").await;
    b.hears("* a left lobby").await;
    a.says("from the den").await;
    b.hears("[Sub] [den] a: from the den").await;
    b.asks("/join den", "* You are in den (2 here).").await;
    a.hears("* b joined den").await;
    a.says("in the den").await;
    b.hears("[den] a: in the den").await;
    b.hears_nothing_else().await;
}

#[tokio::test]
async fn private_messages_rooms_and_topics_cross_the_nodes() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [("a", &cluster.one), ("b", &cluster.two)];
    let [mut a, mut b] = cluster.newcomers(people).await;
    a.says("/msg b psst").await;
    b.hears("[PM] a: psst").await;
    a.asks("/join vault sesame", "* You are in vault (1 here).")
        .await;
    b.hears("* a left lobby").await;
    b.asks("/who vault", "! No such room: vault").await;
    b.asks("/join vault other", "! Wrong key for vault").await;
    b.asks("/join vault sesame", "* You are in vault (2 here).")
        .await;
    a.hears("* b joined vault").await;
    b.asks("/topic gold", "* topic of vault: gold").await;
    a.hears("* b changed the topic of vault: gold").await;
    b.quits().await;
    a.hears("* b left vault").await;
    a.says("/msg b are you there").await;
    a.hears_nothing_else().await;
}

#[tokio::test]
async fn everybody_is_told_about_all_nodes() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [("anna", &cluster.one), ("Ben", &cluster.two)];
    let [mut anna, mut ben] = cluster.newcomers(people).await;
    anna.asks("/join den", "* You are in den (1 here).").await;
    ben.hears("* anna left lobby").await;
    ben.asks("/users", "* online: anna, Ben (2)").await;
    ben.asks("/who den", "* den: anna (1)").await;
    ben.says("/rooms").await;
    ben.hears_all(&["* den 1", "* lobby 1", "* 2 rooms"]).await;
    ben.says("/whois anna").await;
    ben.hears_starting("* anna is online on node-1 since 20")
        .await;
    ben.hears("* anna is in den.").await;
    anna.says("/whois ben").await;
    anna.hears_starting("* Ben is online on node-2 since 20")
        .await;
    anna.hears("* Ben is in lobby.").await;
    anna.says("this was said in the den").await;
    anna.catches_up().await;
    ben.asks("/history den", "* history den 20").await;
    let line = ben.hears_starting("20").await;
    assert!(
        line.ends_with("Z [den] anna: this was said in the den"),
        "{line}"
    );
    ben.hears("* end of history").await;
}

#[tokio::test]
async fn two_senders_on_two_nodes_are_heard_in_one_order_on_both() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [
        ("anna", &cluster.one),
        ("ben", &cluster.two),
        ("clara", &cluster.one),
        ("dora", &cluster.two),
    ];
    let [mut anna, mut ben, mut clara, mut dora] = cluster.newcomers(people).await;
    for person in [&mut anna, &mut ben, &mut clara, &mut dora] {
        person.wants_positions().await;
    }
    let works = [(anna, true), (ben, true), (clara, false), (dora, false)];
    let heard = all_at_once(works.map(|(person, talks)| say_and_hear(person, talks))).await;

    let members: Vec<_> = heard.iter().filter(|heard| heard.own.is_empty()).collect();
    assert!(
        members[0].lines == members[1].lines,
        "two nodes saw two orders"
    );
    let order = &members[0].lines;
    assert_eq!(order.len(), 2 * EACH);
    for sender in ["anna", "ben"] {
        let told = said_by(order, sender);
        let all: Vec<_> = (0..EACH).map(|n| format!("{n}")).collect();
        let texts: Vec<_> = told.iter().map(|line| text_of(line)).collect();
        assert_eq!(texts, all, "{sender}'s lines are not all there in order");
    }
    for talker in heard.iter().filter(|heard| !heard.own.is_empty()) {
        let (me, other) = match said_by(&talker.lines, "ben").is_empty() {
            true => ("ben", "anna"),
            false => ("anna", "ben"),
        };
        assert_eq!(talker.lines, said_by(order, other));
        let acknowledged: Vec<_> = said_by(order, me)
            .iter()
            .map(|line| format!("* ok {}", line.split_once(' ').unwrap().0))
            .collect();
        assert_eq!(talker.own, acknowledged);
    }
}

/// What somebody heard: acknowledgements, and what others said.
struct Told {
    own: Vec<String>,
    lines: Vec<String>,
}

async fn say_and_hear(person: Client, talks: bool) -> Told {
    let Client { mut ear, mut mouth } = person;
    let page: String = (0..EACH).map(|n| format!("{n}\n")).collect();
    let says = async {
        if talks {
            mouth.sends(page.as_bytes()).await;
        }
    };
    // A talker hears of their own lines that they are kept, so the count is the same.
    let ((), heard) = tokio::join!(says, ear.hears_times(2 * EACH));
    let (own, lines) = heard
        .into_iter()
        .partition(|line| line.starts_with("* ok "));
    Told { own, lines }
}

fn said_by(lines: &[String], sender: &str) -> Vec<String> {
    let start = format!(" [lobby] {sender}: ");
    let is_theirs = |line: &&String| line.contains(&start);
    lines.iter().filter(is_theirs).cloned().collect()
}

fn text_of(line: &str) -> String {
    line.rsplit(": ").next().unwrap().to_owned()
}

#[tokio::test]
async fn two_clusters_on_one_redis_hear_nothing_of_each_other() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    // Channels know no databases: the prefix keeps the two apart.
    let ours = member("node-1", &redis.url_at(redis.port(), 0)).set("redis.prefix", "ours:");
    let theirs = member("node-1", &redis.url_at(redis.port(), 1)).set("redis.prefix", "theirs:");
    let (ours, theirs): (Node, Node) = tokio::join!(ours.start(), theirs.start());
    let [mut anna, mut ben] = ours.newcomers(["anna", "ben"]).await;
    let [mut other_anna, mut other_ben] = theirs.newcomers(["anna", "ben"]).await;
    anna.says("ours").await;
    other_anna.says("theirs").await;
    ben.hears("[lobby] anna: ours").await;
    other_ben.hears("[lobby] anna: theirs").await;
    for person in [&mut anna, &mut ben, &mut other_anna, &mut other_ben] {
        person.hears_nothing_else().await;
    }
    anna.asks("/users", "* online: anna, ben (2)").await;
}
