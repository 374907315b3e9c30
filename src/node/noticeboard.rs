//! What the node tells about itself and may change while it runs: the message of the day, and the
//! settings it comes from.

use std::sync::Arc;

use actix::{Actor, ActorFutureExt, Context, Handler, ResponseActFuture, WrapFuture};
use tokio::task::{JoinError, spawn_blocking};
use tracing::{info, warn};

use crate::chat::Answer;
use crate::chat::answer::Rehash;
use crate::chat::command::Inquiry;
use crate::messages::Inquire;
use crate::settings::{self, Loaded, Mistakes, Settings, Source};

/// Reads the settings of a node.
type Read = fn(&Source) -> Result<Loaded, Mistakes>;

/// Owns the message of the day.
pub(super) struct Noticeboard {
    /// What the node runs with, but for the message of the day.
    running: Settings,
    source: Source,
    read: Read,
    lines: Arc<[String]>,
}

impl Noticeboard {
    /// With the settings that the node runs with, and where to read them again.
    pub(super) fn new(running: Settings, source: Source) -> Self {
        Self::reading(running, source, settings::load_again)
    }

    fn reading(running: Settings, source: Source, read: Read) -> Self {
        let lines = running.irc.motd.lines().into();
        Self {
            running,
            source,
            read,
            lines,
        }
    }

    fn rehashed(&mut self, loaded: Result<Result<Loaded, Mistakes>, JoinError>) -> Answer {
        let outcome = match loaded {
            Ok(Ok(loaded)) => self.takes(loaded),
            Ok(Err(mistakes)) => mistaken(mistakes.iter()),
            Err(error) => mistaken([error].iter()),
        };
        Answer::Rehashed {
            source: self.source.to_string(),
            outcome,
        }
    }

    fn takes(&mut self, loaded: Loaded) -> Rehash {
        self.lines = loaded.settings.irc.motd.lines().into();
        let restart = settings::changed(&self.running, &loaded.settings);
        info!(?restart, "the message of the day was read again");
        let warnings = loaded.warnings.iter().map(ToString::to_string).collect();
        Rehash::Done { restart, warnings }
    }
}

fn mistaken<T: ToString>(mistakes: impl Iterator<Item = T>) -> Rehash {
    let mistakes: Vec<String> = mistakes.map(|mistake| mistake.to_string()).collect();
    warn!(
        ?mistakes,
        "the settings were read again, and nothing of them was taken"
    );
    Rehash::Mistaken { mistakes }
}

impl Actor for Noticeboard {
    type Context = Context<Self>;
}

impl Handler<Inquire> for Noticeboard {
    type Result = ResponseActFuture<Self, Answer>;

    fn handle(&mut self, Inquire(what): Inquire, _: &mut Self::Context) -> Self::Result {
        match what {
            Inquiry::MessageOfTheDay => {
                let lines = self.lines.clone();
                Box::pin(actix::fut::ready(Answer::MessageOfTheDay { lines }))
            }
            Inquiry::Rehash => {
                let (read, source) = (self.read, self.source.clone());
                // A file may lie on a disk that is slow.
                let loaded = spawn_blocking(move || read(&source)).into_actor(self);
                Box::pin(loaded.map(|loaded, board, _| board.rehashed(loaded)))
            }
        }
    }
}

#[cfg(test)]
mod tests;
