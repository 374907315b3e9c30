//! A node is gone, and all of its people come back at once.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::support::{
    Client, Cluster, Node, Redis, Tls, agrees_on, all_at_once, expect_a_crowd, password_of,
};

/// How many come back.
const CROWD: usize = 500;

/// In this time all of them are in, on a busy machine too: nobody waits for a password.
const IN_AGAIN: Duration = Duration::from_secs(15);

/// Somebody who has a token, and where they left off.
struct Member {
    name: String,
    client: Client,
    token: String,
    last: String,
}

#[tokio::test]
async fn five_hundred_who_come_back_at_once_are_in_and_missed_nothing() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    expect_a_crowd(2 * CROWD as u64);
    let settings = [
        ("limits.password_checks", "2000"),
        ("limits.backlog", "1MiB"),
    ];
    let cluster = Cluster::with(redis, &settings).await;
    let (one, two) = (&cluster.one.node, &cluster.two.node);
    let mut ben = two.newcomer("ben").await;
    ben.says("/join den").await;
    ben.hears("* You are in den (1 here).").await;
    let crowd = is_there(one, &mut ben).await;
    let Cluster {
        one: gone,
        two,
        redis,
    } = cluster;
    gone.node.kill();
    ben.says("meanwhile").await;
    let tls = Tls::trusting(&two.node);
    let began = Instant::now();
    let coming = crowd.into_iter().map(
        |Member {
             name,
             token,
             last,
             client,
         }| {
            drop(client);
            comes_back(
                two.node.address,
                tls.clone(),
                name,
                format!("/resume {token} {last}"),
            )
        },
    );
    let crowd = all_at_once(coming).await;
    let took = began.elapsed();
    println!("{CROWD} are in again within {took:?}");
    assert!(took < IN_AGAIN, "{took:?}");
    // Nobody saw anybody leave or come, for nobody did.
    ben.hears_nothing_else().await;
    ben.says("behind").await;
    let hearing = crowd.into_iter().map(|mut member| async move {
        member.hears_placed("[den] ben: behind").await;
        member.hears_nothing_else().await;
        member
    });
    let crowd = all_at_once(hearing).await;
    ben.hears_nothing_else().await;
    let everybody = (0..CROWD).map(|n| format!("m{n}"));
    let everybody: Vec<_> = everybody.chain(["ben".to_owned()]).collect();
    agrees_on(&redis, &everybody).await;
    drop(crowd);
}

/// All of them, in the den with ben, where they have heard him last.
async fn is_there(node: &Node, ben: &mut Client) -> Vec<Member> {
    let tls = Tls::trusting(node);
    let coming = (0..CROWD).map(|n| comes(node.address, tls.clone(), format!("m{n}")));
    let crowd = all_at_once(coming).await;
    ben.catches_up().await;
    ben.says("before").await;
    let hearing = crowd.into_iter().map(|mut member: Member| async move {
        let heard = member.client.ear.hears_matching("[den] ben: before").await;
        heard
            .split(' ')
            .next()
            .unwrap()
            .clone_into(&mut member.last);
        member
    });
    all_at_once(hearing).await
}

/// Somebody new in the den, with a token, and positions shown.
async fn comes(node: SocketAddr, tls: Tls, name: String) -> Member {
    let mut client = Client::connect(node, &tls).await.named(&name);
    client.ear.is_greeted().await;
    client
        .says(&format!("/register {name} {}", password_of(&name)))
        .await;
    client.is_welcome(&name).await;
    client.says("/ids on").await;
    client.says("/token").await;
    client.says("/join den").await;
    let told = client.ear.hears_matching("* token ").await;
    client.ear.hears_matching("* You are in den (").await;
    let token = told["* token ".len()..].to_owned();
    let last = String::new();
    Member {
        name,
        client,
        token,
        last,
    }
}

/// In again by the token, and told what was said meanwhile, once.
async fn comes_back(node: SocketAddr, tls: Tls, name: String, resume: String) -> Client {
    let mut client = Client::connect(node, &tls).await;
    client = client.named(&name).at("node-2");
    client.ear.is_greeted().await;
    client.says(&resume).await;
    let place = "You are in den on node-2. /help lists the commands.";
    client.hears(&format!("* Welcome {name}. {place}")).await;
    client.hears_starting("* token ").await;
    let line = client.ear.line("what was missed").await;
    assert!(line.ends_with("[den] ben: meanwhile"), "{line}");
    client
}
