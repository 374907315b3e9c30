//! `conclave serve`: from settings to an exit code, with the signals in between.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{error, info, warn};

use crate::cli::Exit;
use crate::settings::Loaded;

use super::{Reason, Running, Stopped, banner, start};

/// Runs a node until it is told to stop or a part of it fails.
#[must_use]
pub fn serve(loaded: Loaded) -> Exit {
    actix::System::new().block_on(run(loaded))
}

async fn run(loaded: Loaded) -> Exit {
    let settings = loaded.settings;
    let mut signals = match Signals::watch() {
        Ok(signals) => signals,
        Err(error) => return refused(&error),
    };
    info!("opening the store");
    let started = tokio::select! {
        started = start(settings.clone()) => started,
        () = signals.next() => {
            info!("stopped before any door was open");
            return Exit::Done;
        }
    };
    let running = match started {
        Ok(running) => running,
        Err(error) => return refused(&error),
    };
    println!("{}", banner::started(&settings, &running));
    info!(settings = %loaded.source, "serving");
    live(running, &mut signals).await
}

async fn live(mut running: Running, signals: &mut Signals) -> Exit {
    let reason = tokio::select! {
        () = signals.next() => Reason::Asked,
        failed = running.failed() => {
            error!("{failed}; the node stops");
            Reason::Failed
        }
    };
    info!("stopping; once more stops at once");
    let stopped = tokio::select! {
        stopped = running.stop(reason) => stopped,
        () = signals.next() => {
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
    eprintln!("conclave: {error}");
    Exit::Failed
}

/// SIGINT (Ctrl-C) and SIGTERM mean the same.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn watch() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
