//! Accounts are the cluster's, whoever makes them and wherever.

use crate::support::{Cluster, Home, Redis, Said, member, password_of};

fn works(said: &Said, out: &str) {
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), out),
        "{}",
        said.err
    );
}

fn fails(said: &Said, why: &str) {
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains(why), "{}", said.err);
}

#[tokio::test]
async fn an_account_made_on_one_node_is_good_on_the_other() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    cluster.one.node.newcomer("Anna").await.quits().await;
    let mut taken = cluster.two.node.visitor().await;
    taken
        .says(&format!("/register anna {}", password_of("other")))
        .await;
    taken.hears("! That name is taken: Anna").await;
    taken
        .says(&format!("/login anna {}", password_of("Anna")))
        .await;
    taken.is_welcome("Anna").await;
    taken.says("/passwd").await;
    taken.hears("* Old password:").await;
    taken.says(&password_of("Anna")).await;
    taken.hears("* New password:").await;
    taken.says("another secret").await;
    taken.hears("* New password again:").await;
    taken.says("another secret").await;
    taken.hears("* Password changed.").await;
    taken.quits().await;
    let mut anna = cluster.one.node.visitor().await;
    anna.says("/login Anna another secret").await;
    anna.is_welcome("Anna").await;
}

#[tokio::test]
async fn an_operator_keeps_accounts_without_a_node() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let home = member("node-1", &redis.url());
    works(
        &home.run(&["user", "add", "Anna"], &password_of("Anna")),
        "Account Anna is made.\n",
    );
    works(
        &home.run(&["user", "add", "ben"], &password_of("ben")),
        "Account ben is made.\n",
    );
    fails(
        &home.run(&["user", "add", "anna"], &password_of("anna")),
        "that name is taken",
    );
    works(&home.run(&["user", "list"], ""), "Anna\nben\n");
    // Another folder, the same cluster.
    let other: Home = member("node-2", &redis.url());
    works(&other.run(&["user", "list"], ""), "Anna\nben\n");
    works(
        &other.run(&["user", "remove", "Ben"], ""),
        "Account Ben is removed.\n",
    );
    for command in ["passwd", "remove"] {
        fails(
            &home.run(&["user", command, "ben"], &password_of("ben")),
            "no such user: ben",
        );
    }
    works(&home.run(&["user", "list"], ""), "Anna\n");
}

#[tokio::test]
async fn an_operator_makes_accounts_beside_running_nodes() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let cluster = Cluster::with(redis, &[("accounts.registration", "closed")]).await;
    let home = &cluster.one.node.home;
    works(
        &home.run(&["user", "add", "Anna"], &password_of("anna")),
        "Account Anna is made.\n",
    );
    let mut anna = cluster.two.node.visitor().await;
    anna.says(&format!("/login anna {}", password_of("anna")))
        .await;
    anna.is_welcome("Anna").await;
    works(
        &home.run(&["user", "passwd", "anna"], "another password\n"),
        "The password of anna is changed.\n",
    );
    anna.hears_nothing_else().await;
    anna.quits().await;
    let mut anna = cluster.two.node.visitor().await;
    anna.says("/login anna another password").await;
    anna.is_welcome("Anna").await;
}

#[tokio::test]
async fn an_operator_is_told_when_the_store_is_away() {
    let Some(mut redis) = Redis::start().await else {
        return;
    };
    let home = member("node-1", &redis.url());
    redis.kill();
    let said = home.run(&["user", "list"], "");
    assert_eq!(said.code, Some(1), "{said:?}");
    let address = redis.address().to_string();
    assert!(said.err.contains(&address), "{}", said.err);
}
