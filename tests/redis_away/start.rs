//! With which Redis a node starts, and what its operator reads where it does not.

use crate::support::{
    Home, Papers, Redis, ends_by_itself, free_port, is_refused, member, password_of,
};

/// A password that stands nowhere but in the url.
const SECRET: &str = "open-sesame-7";

async fn serves(home: &Home) {
    let node = home.start().await;
    is_good(&node).await;
    node.stop().await;
}

async fn is_good(node: &crate::support::Node) {
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    anna.says("hello").await;
    ben.hears("[lobby] anna: hello").await;
    anna.quits().await;
    ben.hears("* anna left lobby").await;
    ben.quits().await;
}

#[tokio::test]
async fn a_redis_that_forgets_when_it_is_full_is_refused() {
    let Some(redis) = Redis::with(&["--maxmemory-policy", "allkeys-lru"]).await else {
        return;
    };
    let home = member("node-1", &redis.url());
    let words = is_refused(&home).await;
    assert!(words.contains("maxmemory-policy"), "{words}");
    assert!(words.contains("noeviction"), "{words}");
    redis.does("CONFIG SET maxmemory-policy noeviction");
    serves(&home).await;
}

#[tokio::test]
async fn without_a_redis_there_is_no_node_and_no_password_is_shown() {
    let port = free_port();
    let url = format!("redis://:{SECRET}@127.0.0.1:{port}/0");
    let home = member("node-1", &url);
    let said = ends_by_itself(home.command(&[])).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    let last = said.err.lines().last().unwrap();
    assert!(last.contains(&format!("127.0.0.1:{port}")), "{last}");
    assert!(!said.err.contains(SECRET), "{}", said.err);
    for arguments in [&["user", "list"][..], &["check"]] {
        let said = ends_by_itself(home.command(arguments)).await;
        let all = format!("{}{}", said.out, said.err);
        assert!(all.contains(&port.to_string()), "{all}");
        assert!(!all.contains(SECRET), "{all}");
    }
}

#[tokio::test]
async fn somebody_who_is_no_redis_is_refused() {
    let door = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let address = door.local_addr().unwrap();
    // It takes connections and never says a word.
    let home = member("node-1", &format!("redis://{address}/0"));
    let words = is_refused(&home).await;
    assert!(words.contains(&address.to_string()), "{words}");
}

#[tokio::test]
async fn the_password_of_redis_has_to_be_right() {
    let Some(redis) = Redis::with(&["--requirepass", SECRET]).await else {
        return;
    };
    serves(&member("node-1", &redis.url())).await;
    let port = redis.port();
    for wrong in ["", ":not-that-one@"] {
        let url = format!("redis://{wrong}127.0.0.1:{port}/0");
        let words = is_refused(&member("node-1", &url)).await;
        assert!(words.contains(&port.to_string()), "{words}");
        assert!(!words.contains("not-that-one"), "{words}");
    }
}

#[tokio::test]
async fn redis_is_spoken_to_over_tls_where_the_url_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let papers = Papers::made_in(folder.path());
    let port = free_port();
    let options = papers.options(port);
    let options: Vec<_> = options.iter().map(String::as_str).collect();
    let Some(_redis) = Redis::with(&options).await else {
        return;
    };
    let home = member("node-1", &format!("rediss://127.0.0.1:{port}/0"));
    // The system does not know the authority, so it has to be told.
    let mut command = home.command(&[]);
    command.env("SSL_CERT_FILE", &papers.authority);
    let node = home.start_with(command).await;
    is_good(&node).await;
    node.stop().await;
    let words = is_refused(&home).await;
    assert!(words.contains(&port.to_string()), "{words}");
}

#[tokio::test]
async fn accounts_outlive_the_nodes() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let home = member("node-1", &redis.url());
    serves(&home).await;
    let other = member("node-2", &redis.url());
    let node = other.start().await;
    let mut anna = node.visitor().await;
    anna.says(&format!("/login anna {}", password_of("anna")))
        .await;
    anna.is_welcome("anna").await;
    anna.asks("/users", "* online: anna (1)").await;
}
