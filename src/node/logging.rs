//! The operator's log: plain lines on standard error, colours on a terminal only.

use std::io::{IsTerminal, Write as _};

use tracing::Level;

/// The environment variable that sets how much is said: `error`, `warn`, `info`, `debug`, `trace`.
pub const VARIABLE: &str = "CONCLAVE_LOG";

/// Starts logging; called once, by `main`.
pub fn start() {
    let wanted = std::env::var(VARIABLE)
        .ok()
        .and_then(|level| level.parse().ok());
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_max_level(wanted.unwrap_or(Level::INFO))
        .with_target(false)
        // What cannot be written is lost; a word about that would be a panic, there too.
        .log_internal_errors(false)
        .init();
}

/// Says something to the operator before there is a log; where that cannot be written, it is lost.
pub fn complain(text: &str) {
    let _lost = writeln!(std::io::stderr(), "{text}");
}
