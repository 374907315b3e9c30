//! `conclave serve`: from settings to an exit code, with the signals in between.

use std::io::{self, IsTerminal as _, Write as _};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{error, info, warn};

use crate::cli::Exit;
use crate::settings::Loaded;

use super::{Reason, Running, Stopped, banner, logging, start};

/// Runs a node until it is told to stop or a part of it fails.
#[must_use]
pub fn serve(loaded: Loaded) -> Exit {
    actix::System::new().block_on(run(loaded))
}

async fn run(loaded: Loaded) -> Exit {
    let mut signals = match Signals::watch() {
        Ok(signals) => signals,
        Err(error) => return refused(&error),
    };
    info!("opening the store");
    let started = tokio::select! {
        started = start(loaded.clone()) => started,
        () = signals.stop() => {
            info!("stopped before any door was open");
            return Exit::Done;
        }
    };
    let running = match started {
        Ok(running) => running,
        Err(error) => return refused(&error),
    };
    // Nobody has to read it.
    let _unread = writeln!(
        io::stdout(),
        "{}",
        banner::started(&loaded.settings, &running)
    );
    info!(settings = %loaded.source, "serving");
    live(running, &mut signals).await
}

async fn live(mut running: Running, signals: &mut Signals) -> Exit {
    let reason = loop {
        tokio::select! {
            wish = signals.next() => match wish {
                Wish::Stop => break Reason::Asked,
                Wish::Rehash => running.rehash().await,
            },
            failed = running.failed() => {
                error!("{failed}; the node stops");
                break Reason::Failed;
            }
        }
    };
    info!("stopping; once more stops at once");
    let stopped = tokio::select! {
        stopped = running.stop(reason) => stopped,
        () = signals.stop() => {
            warn!("stopped at once: sessions were not waited for");
            return Exit::Failed;
        }
    };
    match (reason, stopped) {
        (Reason::Asked, Stopped::Clean) => Exit::Done,
        (Reason::Asked, Stopped::Late) | (Reason::Failed, _) => Exit::Failed,
    }
}

fn refused(error: &dyn std::error::Error) -> Exit {
    logging::complain(&format!("conclave: {error}"));
    Exit::Failed
}

/// What a signal asks of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// To stop.
    Stop,
    /// To read its settings again.
    Rehash,
}

/// SIGINT (Ctrl-C) and SIGTERM mean the same: stop. SIGHUP is what a service manager sends to have
/// settings read again, and what a terminal sends that is closed.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
    on_hangup: Wish,
}

impl Signals {
    fn watch() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            on_hangup: if io::stdout().is_terminal() {
                Wish::Stop
            } else {
                Wish::Rehash
            },
        })
    }

    async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.interrupt.recv() => Wish::Stop,
            _ = self.terminate.recv() => Wish::Stop,
            _ = self.hangup.recv() => self.on_hangup,
        }
    }

    async fn stop(&mut self) {
        while self.next().await != Wish::Stop {}
    }
}
