//! What an operator types: arguments, passwords by standard input, exit codes.

mod support;

use support::{Home, Said};

#[test]
fn help_and_version_are_on_standard_output() {
    let home = Home::new();
    let help = home.run(&["--help"], "");
    assert_eq!((help.code, help.err.as_str()), (Some(0), ""));
    for word in [
        "serve",
        "check",
        "ping",
        "hash",
        "user",
        "cert",
        "openssl s_client",
        "78",
    ] {
        assert!(help.out.contains(word), "{word} in {}", help.out);
    }
    let version = home.run(&["--version"], "");
    assert_eq!(
        version.out,
        format!("conclave {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn wrong_arguments_are_64() {
    let home = Home::new();
    for arguments in [
        &["dance"][..],
        &["--colour"],
        &["user"],
        &["user", "add"],
        &["user", "add", "-anna"],
        &["user", "add", "anna", "her-password"],
        &["check", "twice"],
    ] {
        let said = home.run(arguments, "");
        assert_eq!(said.code, Some(64), "{arguments:?}: {said:?}");
        assert!(said.out.is_empty(), "{}", said.out);
        assert!(!said.err.is_empty());
    }
}

#[test]
fn a_hash_is_printed_and_nothing_else() {
    let home = Home::new();
    let said = home.run(&["hash"], "something\n");
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(said.out.lines().count(), 1);
    assert!(said.out.starts_with("$2b$04$"), "{}", said.out);
    assert!(!said.out.contains("something") && !said.err.contains("something"));
}

#[test]
fn passwords_that_are_none_are_refused() {
    let home = Home::new();
    for (stdin, why) in [
        ("", "no password on standard input"),
        ("short\n", "a password has 8 to 1024 bytes"),
        (
            &format!("{}\n", "p".repeat(1025)),
            "a password has 8 to 1024 bytes",
        ),
    ] {
        for arguments in [&["hash"][..], &["user", "add", "anna"]] {
            let said = home.run(arguments, stdin);
            assert_eq!(said.code, Some(1), "{said:?}");
            let last = said.err.lines().last().unwrap();
            assert_eq!(last, format!("conclave: {why}"));
        }
    }
    let list = home.run(&["user", "list"], "");
    assert_eq!((list.code, list.out.as_str()), (Some(0), ""));
}

#[test]
fn accounts_are_kept_without_a_node() {
    let home = Home::new();
    let works = |arguments: &[&str], out: &str| {
        let said: Said = home.run(arguments, "something\n");
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(0), out),
            "{}",
            said.err
        );
    };
    works(&["user", "add", "ben"], "Account ben is made.\n");
    works(&["user", "add", "Anna"], "Account Anna is made.\n");
    works(&["user", "list"], "Anna\nben\n");
    works(
        &["user", "passwd", "anna"],
        "The password of anna is changed.\n",
    );
    works(&["user", "remove", "ben"], "Account ben is removed.\n");
    works(&["user", "list"], "Anna\n");
    for command in ["passwd", "remove"] {
        let said = home.run(&["user", command, "ben"], "something\n");
        assert_eq!(said.code, Some(1));
        assert!(
            said.err.ends_with("conclave: no such user: ben\n"),
            "{}",
            said.err
        );
    }
}

#[test]
fn the_store_is_for_its_owners_eyes() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    home.run(&["user", "add", "anna"], "something\n");
    let mode = std::fs::metadata(home.path("data"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn a_cluster_whose_store_is_away_is_told_without_its_password() {
    let home = Home::new()
        .set("bridge.kind", "redis")
        .set("redis.url", "redis://anna:hunter22@127.0.0.1:1");
    for arguments in [&["user", "list"][..], &["user", "add", "ben"], &[]] {
        let said = home.run(arguments, "something\n");
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.err.contains("\nconclave: "), "{}", said.err);
        assert!(!said.err.contains("hunter22"), "{}", said.err);
    }
    assert!(!home.path("data").exists(), "that is the embedded store's");
}
