//! What a node asks for itself: whether it may come in, that it is alive, what the log holds.

use redis::{Cmd, Value};

use super::people::claim;
use super::reply::{Items, Nonsense, text, whole};
use super::sources::Lua;
use super::{MOST, Scripts};
use crate::bridge::kept::Hold;
use crate::bridge::redis::task::Trouble;
use crate::bridge::wire::{self, NotARecord};
use crate::chat::event::Timestamp;
use crate::chat::origin::{Incarnation, SessionId};
use crate::chat::{Event, NodeName, Position, UserName};
use crate::messages::Lost;

/// How a connection is begun.
#[derive(Debug, Clone, Copy)]
pub(in crate::bridge::redis) struct Hello<'a> {
    /// Whether this incarnation was here before.
    pub(in crate::bridge::redis) turn: Turn,
    /// The greatest position that this node has seen, in an event or an answer.
    pub(in crate::bridge::redis) seen: Position,
    /// The last event that it has read; `START` for none.
    pub(in crate::bridge::redis) last: Position,
    /// The random name of the log in which it has read that; empty for none.
    pub(in crate::bridge::redis) log: &'a str,
    /// That event's time, if it is known: by it the event is recognised.
    pub(in crate::bridge::redis) at: Option<Timestamp>,
    /// The number up to which nothing is sent any more: no copy of it is done after this.
    pub(in crate::bridge::redis) barred: u64,
}

/// Which hello of an incarnation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bridge::redis) enum Turn {
    /// The first: it has sent no command yet.
    First,
    /// A later one: commands may wait to be sent again.
    Again,
}

/// The answer to a [`Hello`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bridge::redis) struct Greeting {
    /// The log's random name.
    pub(in crate::bridge::redis) log: String,
    /// The last event before the hello; `START` for an empty log.
    pub(in crate::bridge::redis) before: Position,
    /// The last event now: the same, or the epoch event that the hello appended.
    pub(in crate::bridge::redis) head: Position,
    /// The epoch to append in.
    pub(in crate::bridge::redis) epoch: u64,
    /// Whether the last event read is still in the log.
    pub(in crate::bridge::redis) last: Continuity,
    /// What could not be written, for the operator.
    pub(in crate::bridge::redis) damage: Option<String>,
}

/// Whether an event that was read is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bridge::redis) enum Continuity {
    /// It is, or nothing behind it is missing, or nothing was read yet.
    Kept,
    /// It is not, and more is missing.
    Gone(Lost),
}

/// Why a node may not come in; the words are for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::bridge::redis) enum Unwelcome {
    /// The server is too old.
    #[error("this Redis is version {found}; conclave needs Redis 7 or Valkey")]
    OldVersion {
        /// Its version.
        found: String,
    },
    /// The server throws keys away when its memory is full.
    #[error(
        "this Redis evicts keys (maxmemory-policy {policy}), and people and messages with them; \
         set it to noeviction"
    )]
    Evicts {
        /// Its policy.
        policy: String,
    },
    /// Another process has this node's name.
    #[error(
        "another node is called {node} and lives (its run is {by}); every node needs a node.name of its own"
    )]
    Taken {
        /// The name.
        node: NodeName,
        /// The other incarnation, as it calls itself.
        by: String,
    },
    /// It could not be asked.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// What a beat tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bridge::redis) struct Pulse {
    /// The log's last event; `START` for an empty log.
    pub(in crate::bridge::redis) head: Position,
    /// The store's time.
    pub(in crate::bridge::redis) now: Timestamp,
    /// Runs that have no lease.
    pub(in crate::bridge::redis) gone: Vec<Incarnation>,
}

/// How a goodbye ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bridge::redis) enum Farewell {
    /// Nothing is known of the incarnation any more.
    Gone,
    /// It holds claims, and stays known until they are released.
    Holds,
}

/// A claim that an incarnation holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bridge::redis) struct Held {
    /// The account, in lower case.
    pub(in crate::bridge::redis) user: UserName,
    /// Its session.
    pub(in crate::bridge::redis) session: SessionId,
    /// The claim event's position.
    pub(in crate::bridge::redis) fence: Position,
    /// What has become of it.
    pub(in crate::bridge::redis) hold: Hold,
}

/// One entry of the log.
#[derive(Debug)]
pub(in crate::bridge::redis) struct Entry {
    /// Its position.
    pub(in crate::bridge::redis) position: Position,
    /// What it holds, if this program can read it.
    pub(in crate::bridge::redis) event: Result<Event, NotARecord>,
}

impl Entry {
    /// The last position before it.
    pub(super) fn before(&self) -> Position {
        match &self.event {
            Ok(event) => event.before(),
            Err(_) => Position {
                n: self.position.n.saturating_sub(1),
                ..self.position
            },
        }
    }
}

/// Entries in one page of the log; a shorter page is the last one.
pub(in crate::bridge::redis) const PAGE: usize = 500;

impl Scripts {
    /// Asks to come in.
    pub(in crate::bridge::redis) fn hello(&self, hello: &Hello<'_>) -> Cmd {
        let incarnation = &self.rules.incarnation;
        let mut call = self.sources.call(Lua::Hello);
        call.arg(match hello.turn {
            Turn::First => "first",
            Turn::Again => "again",
        });
        call.arg(incarnation.to_string())
            .arg(incarnation.node.as_str().to_ascii_lowercase())
            .arg(hello.seen.epoch)
            .arg(hello.seen.n)
            .arg(hello.last.to_string())
            .arg(hello.at.map_or_else(String::new, |at| at.0.to_string()))
            .arg(self.rules.log_entries.min(MOST))
            .arg(hello.barred)
            .arg(hello.log);
        call
    }

    /// The answer to [`Self::hello`].
    ///
    /// # Errors
    /// [`Unwelcome`], in words for the operator.
    pub(in crate::bridge::redis) fn read_hello(&self, reply: Value) -> Result<Greeting, Unwelcome> {
        let mut items = Items::of(reply)?;
        let read = self.greeting(&mut items);
        read.map_err(|nonsense| nonsense.of_the_link())?
    }

    fn greeting(&self, items: &mut Items) -> Result<Result<Greeting, Unwelcome>, Nonsense> {
        let status: String = items.next()?;
        let refused = match status.as_str() {
            "ok" => {
                return Ok(Ok(Greeting {
                    log: items.next()?,
                    before: items.next()?,
                    head: items.next()?,
                    epoch: items.next()?,
                    last: match items.next::<String>()?.as_str() {
                        "kept" => Continuity::Kept,
                        "trimmed" => Continuity::Gone(Lost::Trimmed),
                        "taken_back" => Continuity::Gone(Lost::TakenBack),
                        other => return Err(Nonsense(format!("an event is {other:?}"))),
                    },
                    damage: items
                        .next_if_any()?
                        .filter(|told: &String| !told.is_empty()),
                }));
            }
            "old_version" => Unwelcome::OldVersion {
                found: items.next()?,
            },
            "evicts" => Unwelcome::Evicts {
                policy: items.next()?,
            },
            "taken" => Unwelcome::Taken {
                node: self.rules.incarnation.node.clone(),
                by: items.next()?,
            },
            other => return Err(Nonsense(format!("a hello ends with {other:?}"))),
        };
        Ok(Err(refused))
    }

    /// Renews the lease; once a second.
    pub(in crate::bridge::redis) fn beat(&self) -> Cmd {
        self.of(Lua::Beat, &self.rules.incarnation)
    }

    /// The answer to [`Self::beat`].
    ///
    /// # Errors
    /// [`Trouble`] when there is none.
    pub(in crate::bridge::redis) fn read_beat(&self, reply: Value) -> Result<Pulse, Trouble> {
        let mut items = Items::of(reply)?;
        let mut pulse = || {
            Ok(Pulse {
                head: items.next()?,
                now: Timestamp(items.next()?),
                gone: runs(&items.next::<String>()?)?,
            })
        };
        pulse().map_err(Nonsense::of_the_link)
    }

    /// Takes this node out. While it holds claims it stays known, for somebody to release them.
    pub(in crate::bridge::redis) fn goodbye(&self) -> Cmd {
        let mut goodbye = self.of(Lua::Goodbye, &self.rules.incarnation);
        goodbye.arg("own");
        goodbye
    }

    /// Takes another incarnation out in the same way, if it has no lease.
    pub(in crate::bridge::redis) fn forget(&self, incarnation: &Incarnation) -> Cmd {
        let mut goodbye = self.of(Lua::Goodbye, incarnation);
        goodbye.arg("other");
        goodbye
    }

    /// The answer to [`Self::goodbye`] and [`Self::forget`].
    ///
    /// # Errors
    /// [`Trouble`] when it was not done.
    pub(in crate::bridge::redis) fn read_farewell(
        &self,
        reply: Value,
    ) -> Result<Farewell, Trouble> {
        match text(whole(reply)?).as_deref() {
            Ok("gone") => Ok(Farewell::Gone),
            Ok("holds") => Ok(Farewell::Holds),
            Ok(other) => Err(Trouble::Link(format!("a goodbye ends with {other:?}"))),
            Err(nonsense) => Err(nonsense.clone().of_the_link()),
        }
    }

    /// Asks what an incarnation holds.
    pub(in crate::bridge::redis) fn held(&self, incarnation: &Incarnation) -> Cmd {
        self.of(Lua::Held, incarnation)
    }

    /// The answer to [`Self::held`], sorted by name.
    ///
    /// # Errors
    /// [`Trouble`] when there is none.
    pub(in crate::bridge::redis) fn read_held(&self, reply: Value) -> Result<Vec<Held>, Trouble> {
        held(Items::of(reply)?).map_err(Nonsense::of_this)
    }

    /// Asks for the next [`PAGE`] entries of the log.
    pub(in crate::bridge::redis) fn page(&self, last: Position) -> Cmd {
        let mut page = redis::cmd("XRANGE");
        page.arg(self.keys.log()).arg(format!("({last}")).arg("+");
        page.arg("COUNT").arg(PAGE);
        page
    }

    /// The answer to [`Self::page`].
    ///
    /// # Errors
    /// [`Trouble`] when there is none.
    pub(in crate::bridge::redis) fn read_page(&self, reply: Value) -> Result<Vec<Entry>, Trouble> {
        let (mut items, mut page) = (Items::of(reply)?, Vec::new());
        while !items.is_empty() {
            let (position, record) = items.entry().map_err(Nonsense::of_this)?;
            let event = wire::read(position, &record);
            page.push(Entry { position, event });
        }
        Ok(page)
    }

    /// Asks for all incarnations that are known.
    pub(in crate::bridge::redis) fn incarnations(&self) -> Cmd {
        let mut known = redis::cmd("HKEYS");
        known.arg(self.keys.nodes());
        known
    }

    /// The answer to [`Self::incarnations`]: those of this node's name, its own run among them.
    ///
    /// # Errors
    /// [`Trouble`] when there is none.
    pub(in crate::bridge::redis) fn read_incarnations(
        &self,
        reply: Value,
    ) -> Result<Vec<Incarnation>, Trouble> {
        let (mut items, mut runs) = (Items::of(reply)?, Vec::new());
        while !items.is_empty() {
            let incarnation = incarnation(&mut items).map_err(Nonsense::of_this)?;
            if incarnation.node == self.rules.incarnation.node {
                runs.push(incarnation);
            }
        }
        Ok(runs)
    }

    /// A script about one incarnation.
    fn of(&self, lua: Lua, incarnation: &Incarnation) -> Cmd {
        let mut call = self.sources.call(lua);
        call.arg(incarnation.to_string());
        call
    }
}

fn held(mut items: Items) -> Result<Vec<Held>, Nonsense> {
    let mut all = Vec::new();
    while !items.is_empty() {
        let user = items.next()?;
        let (fence, session, hold) = claim(&items.next::<String>()?)?;
        all.push(Held {
            user,
            session,
            fence,
            hold,
        });
    }
    all.sort_by(|one, other| one.user.cmp(&other.user));
    Ok(all)
}

fn incarnation(items: &mut Items) -> Result<Incarnation, Nonsense> {
    run(&items.next::<String>()?)
}

/// Several, with spaces between.
fn runs(told: &str) -> Result<Vec<Incarnation>, Nonsense> {
    told.split_ascii_whitespace().map(run).collect()
}

fn run(told: &str) -> Result<Incarnation, Nonsense> {
    // An incarnation is what stands before a connection.
    let session = format!("{told}/0").parse::<SessionId>();
    match session {
        Ok(session) => Ok(session.incarnation),
        Err(_) => Err(Nonsense(format!("an incarnation is {told:?}"))),
    }
}
