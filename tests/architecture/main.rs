//! The house rules that no compiler keeps: who may know whom, no shared locks, no endless files,
//! one TLS library. Reads `src/`; a broken rule is told with its file and line.

mod source;

use std::process::Command;

use source::{Source, paths_of_ours, sources, words};

/// What each part may know of the others; whatever is not here may not be known.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("chat", &[]),
    ("backoff", &[]),
    ("dialect", &["chat"]),
    ("messages", &["chat", "dialect"]),
    ("net", &["chat", "dialect", "messages"]),
    ("session", &["chat", "dialect", "net", "messages"]),
    ("registry", &["chat", "dialect", "messages"]),
    ("bridge", &["chat", "messages", "backoff"]),
    ("auth", &["chat", "messages"]),
    ("settings", &["chat", "messages"]),
    ("client", &["chat", "dialect", "net", "backoff"]),
    ("load", &["chat", "dialect", "client", "backoff"]),
    ("cli", &["chat", "auth", "client", "load", "settings"]),
];

/// What puts the parts together knows all of them.
const KNOW_ALL: &[&str] = &["node", "main", "lib"];

/// `chat` is values: no runtime, no wire format, no clock.
const NOT_IN_CHAT: &[&str] = &[
    "actix",
    "actix_rt",
    "tokio",
    "serde",
    "serde_json",
    "Instant",
    "SystemTime",
];

/// State has one owner, an actor.
const LOCKS: &[&str] = &[
    "Mutex",
    "RwLock",
    "Condvar",
    "Semaphore",
    "DashMap",
    "RefCell",
];

/// Lines of a file before its tests.
const LONGEST: usize = 500;

#[test]
fn parts_know_only_what_they_may() {
    none(broken_by(&sources(), arrows));
}

#[test]
fn what_is_said_knows_no_runtime_and_no_clock() {
    none(broken_by(&sources(), plain_values));
}

#[test]
fn there_are_no_shared_locks() {
    none(broken_by(&sources(), locks));
}

#[test]
fn no_file_is_endless() {
    none(broken_by(&sources(), lengths));
}

#[test]
fn there_is_one_tls_library() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["tree", "--offline", "--edges", "all", "--prefix", "none"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree: {told}");
    let tree = String::from_utf8_lossy(&output.stdout);
    assert!(
        tree.lines().any(|line| line.starts_with("aws-lc-rs ")),
        "{tree}"
    );
    none(foreign_crypto(&tree));
}

fn none(broken: Vec<String>) {
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

/// Lines of `cargo tree` that stand for a second TLS or crypto library.
fn foreign_crypto(tree: &str) -> Vec<String> {
    let banned = ["ring ", "openssl ", "openssl-sys ", "native-tls "];
    let is_banned = |line: &&str| banned.iter().any(|name| line.starts_with(name));
    tree.lines().filter(is_banned).map(str::to_owned).collect()
}

// ── the rules ───────────────────────────────────────────────────────────────────────────────

/// A broken rule: the byte of the source where it is broken, and the rule.
type Broken = (usize, String);

fn broken_by(sources: &[Source], rule: impl Fn(&Source) -> Vec<Broken>) -> Vec<String> {
    let told = |source: &Source| {
        let line = |at: usize| source.code[..at].matches('\n').count() + 1;
        let tell = |(at, rule): Broken| format!("src/{}:{}: {rule}", source.path, line(at));
        rule(source).into_iter().map(tell).collect::<Vec<_>>()
    };
    sources.iter().flat_map(told).collect()
}

fn arrows(source: &Source) -> Vec<Broken> {
    let part = source.part();
    if KNOW_ALL.contains(&part) {
        return Vec::new();
    }
    let Some((_, known)) = MAY_KNOW.iter().find(|(name, _)| *name == part) else {
        return vec![(
            0,
            format!("`{part}` has no row in tests/architecture: what may it know?"),
        )];
    };
    let is_foreign = |(_, other): &(usize, &str)| *other != part && !known.contains(other);
    paths_of_ours(source)
        .into_iter()
        .filter(is_foreign)
        .map(|(at, other)| {
            (
                at,
                format!("`{part}` must not know `{other}`; it may know {known:?}"),
            )
        })
        .collect()
}

fn plain_values(source: &Source) -> Vec<Broken> {
    if source.part() != "chat" {
        return Vec::new();
    }
    words(&source.code)
        .filter(|(_, word)| NOT_IN_CHAT.contains(word))
        .map(|(at, word)| (at, format!("`chat` is values only, without `{word}`")))
        .collect()
}

fn locks(source: &Source) -> Vec<Broken> {
    let code = &source.code;
    let is_lock = |(at, word): &(usize, &str)| {
        let behind = code[at + word.len()..].trim_start();
        let is_static_mut = *word == "static" && words(behind).next() == Some((0, "mut"));
        let is_watch = *word == "watch" && behind.starts_with("::");
        LOCKS.contains(word) || is_static_mut || is_watch
    };
    words(code)
        .filter(is_lock)
        .map(|(at, word)| {
            (
                at,
                format!("`{word}` makes shared state; state has one owner, an actor"),
            )
        })
        .collect()
}

fn lengths(source: &Source) -> Vec<Broken> {
    let lines = source.code.trim_end().lines().count();
    if lines <= LONGEST {
        return Vec::new();
    }
    let end = source.code.trim_end().len();
    vec![(
        end,
        format!("{lines} lines without tests; at most {LONGEST}"),
    )]
}

// ── the rules can fail ──────────────────────────────────────────────────────────────────────

fn check(path: &str, text: &str, rule: fn(&Source) -> Vec<Broken>) -> Vec<String> {
    broken_by(&[Source::new(path, text)], rule)
}

#[test]
fn a_forbidden_arrow_is_found_however_it_is_spelled() {
    for (path, text, line) in [
        ("chat/name.rs", "use crate::net::tls;", 1),
        ("chat/name.rs", "\n\nfn f() -> crate::net::X { x }", 3),
        (
            "net/mod.rs",
            "use crate::{\n    chat::{A, session},\n    settings::Tls,\n};",
            3,
        ),
        ("net/mod.rs", "use super::settings::Tls;", 1),
        ("net/tls.rs", "use super::super::settings;", 1),
        (
            "net/tls/deep.rs",
            "use super::super::super::{chat, settings};",
            1,
        ),
        ("bridge/mod.rs", "/* x */ use crate::registry;", 1),
        ("messages.rs", "use super::net;", 1),
        ("surprise/mod.rs", "", 1),
    ] {
        let broken = check(path, text, arrows);
        assert_eq!(broken.len(), 1, "{path}: {text}: {broken:?}");
        assert!(
            broken[0].starts_with(&format!("src/{path}:{line}: ")),
            "{broken:?}"
        );
    }
}

#[test]
fn an_allowed_arrow_is_none() {
    for (path, text) in [
        (
            "net/mod.rs",
            "use crate::{chat::{self, settings}, messages};",
        ),
        ("net/tls.rs", "use super::settings;"),
        (
            "net/tls.rs",
            "// crate::settings\n/// [`crate::settings`]\nlet a = \"crate::settings\";",
        ),
        (
            "net/tls.rs",
            "let a = r#\"\"crate::settings\"#; let b = '\"'; let c = b'\\'';",
        ),
        (
            "net/tls.rs",
            "fn f<'a>(x: &'a str) {}\n#[cfg(test)]\nmod tests { use crate::settings; }",
        ),
        ("node/mod.rs", "use crate::settings;"),
        ("main.rs", "use conclave::settings;"),
        (
            "bridge/mod.rs",
            "use crate::bridge::contract; macro_crate::registry!();",
        ),
    ] {
        assert_eq!(check(path, text, arrows), [""; 0], "{path}: {text}");
    }
}

#[test]
fn a_lock_is_found_in_code_alone() {
    for text in [
        "use std::sync::Mutex;",
        "let a: parking_lot::RwLock<()>;",
        "use tokio::sync::watch::channel;",
        "static mut X: u8 = 0;",
        "fn f<'a>() { let c = '\\''; RefCell::new(c) }",
    ] {
        assert_eq!(check("net/mod.rs", text, locks).len(), 1, "{text}");
    }
    for text in [
        "// a Mutex",
        "let mutex = \"Mutex\";",
        "static X: &'static mut_ref = 0;",
        "watch()",
    ] {
        assert_eq!(check("net/mod.rs", text, locks), [""; 0], "{text}");
    }
}

#[test]
fn a_clock_is_found_in_chat_but_not_in_its_tests() {
    assert_eq!(
        check("chat/a.rs", "use std::time::Instant;", plain_values).len(),
        1
    );
    assert_eq!(
        check("net/a.rs", "use std::time::Instant;", plain_values).len(),
        0
    );
    let tests = "fn a() {}\n#[cfg(test)]\nmod tests { fn x() { Instant::now(); } }";
    assert_eq!(check("chat/a.rs", tests, plain_values), [""; 0]);
}

#[test]
fn a_long_file_is_found_and_its_tests_do_not_count() {
    let lines = |count: usize| "// line\n".repeat(count);
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", lines(900));
    assert_eq!(
        check("net/mod.rs", &(lines(500) + "fn a() {}\n"), lengths).len(),
        1
    );
    assert_eq!(
        check(
            "net/mod.rs",
            &(lines(498) + "fn a() {}\n" + &tests),
            lengths
        ),
        [""; 0]
    );
}

#[test]
fn modules_that_are_tests_as_a_whole_are_known() {
    let text = "#[cfg(test)]\nmod contract;\nmod other;\n#[cfg(test)]\npub(crate) mod probe;\n#[cfg(test)]\nmod tests { }";
    let found = Source::test_modules(text, "bridge/mod.rs");
    assert_eq!(found, ["bridge/contract", "bridge/probe"]);
    assert_eq!(
        Source::test_modules("#[cfg(test)] mod support;", "lib.rs"),
        ["support"]
    );
}

#[test]
fn a_second_crypto_library_is_found() {
    let tree = "conclave v0.1.0\naws-lc-rs v1.16.0\nring v0.17.14\nopenssl-sys v0.9\nopenssl-probe v0.2\nspring v1";
    assert_eq!(foreign_crypto(tree), ["ring v0.17.14", "openssl-sys v0.9"]);
}
