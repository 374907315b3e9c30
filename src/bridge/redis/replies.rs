//! What comes back from Redis, and what the bridge makes of it. Always in the order in which it
//! was sent: what one reply says is done before the next one is looked at.

use redis::Value;
use tokio::time::Instant;

use super::claims::Due;
use super::heard::{self, Heard, Told};
use super::link::{Expect, Id, Phase, Replies};
use super::load::Decided;
use super::reader::{Lag, Page, Paged};
use super::reaper::{Found, LET_GO};
use super::scripts::{Continuity, Entry, Farewell, Greeting, Held, PAGE, Pulse, Unwelcome};
use super::task::{Decision, Task, Trouble, Verdict};
use super::window::{Care, Given, Remedy};
use super::{RedisBridge, State};
use crate::bridge::kept::Hold;
use crate::chat::{Fate, Position, Refusal};
use crate::messages::{Lost, Outcome, Parting};

/// What the operator is told when something behind the log failed.
pub(super) const DAMAGED: &str =
    "an event is in the log, but Redis did not write all that goes with it";

/// Whether the connection is still of use.
type Usable = Result<(), Trouble>;

impl RedisBridge {
    /// The replies to the oldest pipeline.
    pub(super) fn replied(&mut self, values: Vec<Value>) {
        let usable = match self.link.answered() {
            Some(Replies::Loaded) => self.scripts.loaded(values),
            Some(Replies::Each(expects)) if expects.len() == values.len() => expects
                .into_iter()
                .zip(values)
                .try_for_each(|(expect, value)| self.understand(expect, value)),
            Some(Replies::Each(_)) | None => Err(Trouble::Link("nothing was asked".to_owned())),
        };
        if let Err(Trouble::Failed(why) | Trouble::Link(why)) = usable {
            self.lost(&why);
        }
    }

    fn understand(&mut self, expect: Expect, value: Value) -> Usable {
        if self.link.phase().is_none() {
            // An earlier reply of the same pipeline ended it all.
            return Ok(());
        }
        match expect {
            Expect::Task => self.decided(value),
            Expect::Hello => self.greeted(self.scripts.read_hello(value)),
            Expect::Held => self.reconcile(self.scripts.read_held(value)?),
            Expect::Page => self.paged(self.scripts.read_page(value)?),
            Expect::Beat => self.beaten(value),
            Expect::Orphans => self.lets_go(self.scripts.read_held(value)?),
            Expect::Forgotten => {
                self.scripts.read_farewell(value)?;
                self.reaper.forgotten();
                Ok(())
            }
            Expect::Goodbye => self.left(value),
            Expect::Lookup => self.looked_up(value),
            Expect::Info => {
                self.is_known(value);
                Ok(())
            }
            Expect::Closed => {
                self.link.is_closed_there();
                Ok(())
            }
        }
    }

    /// Without the right to ask, what is held up on a dead connection may be done late.
    fn is_known(&mut self, info: Value) {
        let info = redis::from_redis_value::<String>(info);
        match info.as_deref().ok().and_then(Id::read) {
            Some(id) => self.link.is_known_as(id),
            None => tracing::debug!("Redis does not tell as what it knows the connection"),
        }
    }

    /// One task is decided, or not done.
    fn decided(&mut self, value: Value) -> Usable {
        let Some(task) = self.window.front() else {
            return Err(Trouble::Link("it answered what was not asked".to_owned()));
        };
        match self.scripts.read(task, value) {
            Ok(decision) => self.conclude(decision),
            Err(Trouble::Failed(why)) => {
                if let Some(times) = self.grievances.failed.another(Instant::now()) {
                    tracing::error!(times, "Redis refused a command, nothing was done: {why}");
                }
                match self.window.failed() {
                    Remedy::None => {}
                    Remedy::Hello => self.link.turn(Phase::Draining),
                }
            }
            Err(link @ Trouble::Link(_)) => return Err(link),
        }
        Ok(())
    }

    fn conclude(&mut self, decision: Decision) {
        self.damaged(decision.damage);
        let mut claimed = None;
        let decided = |decided| Some(Given::Decided(decided));
        let given = match decision.verdict {
            Verdict::Outcome(outcome) => decided(Decided::Outcome(outcome)),
            Verdict::Account(answer) => decided(Decided::Account(answer)),
            Verdict::LookedBack(found) => decided(Decided::LookedBack(found)),
            Verdict::Claimed {
                claim,
                rooms,
                standing,
            } => {
                claimed = Some((claim.fence, standing));
                decided(Decided::Outcome(Outcome::Claimed { claim, rooms }))
            }
            Verdict::SweepOn { after } => {
                let after = Some(after);
                self.window.chore(Task::Sweep { after }, Instant::now());
                None
            }
            Verdict::Silence => None,
            Verdict::Old => Some(Given::Refused(Refusal::NotDelivered)),
            Verdict::Epoch => {
                self.window.again();
                self.link.turn(Phase::Draining);
                return;
            }
        };
        let done = self.window.decided(given);
        if let Some(done) = done
            && let Task::Claim { session, user, .. } = done.task
            && let Some((fence, standing)) = claimed
        {
            match self.claims.due(&session, &user) {
                Due::Stays | Due::Kept(_) if done.care == Care::Wanted => {
                    self.claims.answered(fence, standing, session.conn);
                }
                Due::Stays | Due::Kept(_) => {}
                // It was told otherwise, or has gone: the account is free again.
                Due::Ends => self
                    .window
                    .chore(Task::let_go(session, user), Instant::now()),
            }
        }
        if let Some(head) = decision.head {
            self.reader.answer(head);
        }
    }

    fn damaged(&mut self, damage: Option<String>) {
        if let Some(damage) = damage
            && let Some(times) = self.grievances.damaged.another(Instant::now())
        {
            tracing::error!(times, "{DAMAGED}: {damage}");
        }
    }

    fn greeted(&mut self, greeting: Result<Greeting, Unwelcome>) -> Usable {
        match greeting {
            Ok(greeting) => self.welcome(greeting),
            Err(Unwelcome::Trouble(trouble)) => return Err(trouble),
            Err(taken @ Unwelcome::Taken { .. }) => self.fail(&taken.to_string()),
            Err(other @ (Unwelcome::OldVersion { .. } | Unwelcome::Evicts { .. })) => {
                let why = other.to_string();
                self.link.unwelcome(&why, Instant::now());
                self.forget_line();
            }
        }
        Ok(())
    }

    fn welcome(&mut self, greeting: Greeting) {
        self.damaged(greeting.damage);
        (self.log, self.epoch) = (greeting.log, greeting.epoch);
        self.reader.reached(greeting.head);
        self.lookup.begin(self.window.looked_up(), greeting.head);
        match greeting.last {
            Continuity::Kept => self.reader.want(),
            Continuity::Gone(lost) => self.reader.breaks(lost),
        }
    }

    /// Gives back what the store holds for sessions that are not here, has those that are here and
    /// that it does not hold claim again, and goes on. Who left while Redis was away may still be
    /// live there: that its place is only kept is told once more.
    fn reconcile(&mut self, held: Vec<Held>) -> Usable {
        let now = Instant::now();
        self.link.up(now);
        let live = held.iter().filter(|held| held.hold == Hold::Live);
        let holds = live.map(|held| (held.session.conn, held.user.clone()));
        let holds = holds.collect();
        self.feed.doubts(self.claims.doubtful(&holds));
        match self.state {
            State::Serving => self.window.open(),
            State::ShuttingDown { .. } | State::Failed | State::Over => {}
        }
        for Held { user, session, .. } in held {
            let parting = match self.claims.due(&session, &user) {
                Due::Stays => continue,
                Due::Kept(parting) => parting,
                Due::Ends => Parting::Goodbye { words: None },
            };
            let release = Task::Release {
                session,
                user,
                parting,
            };
            self.window.chore(release, now);
        }
        Ok(())
    }

    fn paged(&mut self, entries: Vec<Entry>) -> Usable {
        let page = if entries.len() < PAGE {
            Page::Short
        } else {
            Page::Full
        };
        let unread = entries.iter().filter(|entry| entry.event.is_err()).count();
        for _ in 0..unread {
            self.cannot_read("in the log");
        }
        let entries = entries.into_iter().map(|entry| match entry.event {
            Ok(event) => Paged::Event(Heard { event, size: 0 }),
            Err(_) => Paged::Unread(entry.position),
        });
        self.reader.paged(entries, page);
        Ok(())
    }

    /// What became of texts that are not sent again.
    fn looked_up(&mut self, value: Value) -> Usable {
        let known = match self.scripts.read_lookup(value) {
            Ok(slice) => self.lookup.told(&slice),
            Err(Trouble::Failed(why)) => {
                tracing::error!("Redis cannot tell what became of texts in doubt: {why}");
                self.lookup.failed()
            }
            Err(link @ Trouble::Link(_)) => return Err(link),
        };
        for (number, fate) in known {
            if let Fate::Delivered { position } = fate {
                self.reader.answer(position);
            }
            self.window.found(number, fate);
        }
        Ok(())
    }

    fn beaten(&mut self, value: Value) -> Usable {
        let Pulse { head, gone, .. } = self.scripts.read_beat(value)?;
        if head == Position::START {
            // The lease was over, or there is no log: nothing is well before the next hello.
            self.link.turn(Phase::Draining);
            return Ok(());
        }
        self.link.is_well();
        let others = gone.into_iter().filter(|run| *run != self.incarnation);
        let chance = self.link.chance();
        self.reaper.beat(others.collect(), chance, Instant::now());
        match self.reader.beat(head) {
            Lag::None => {}
            // The channel is silent: its connection may be dead without knowing it.
            Lag::Behind if self.link.has_ear() => self.link.deaf(Instant::now()),
            Lag::Behind => {}
            Lag::Rewound => self.link.turn(Phase::Draining),
        }
        Ok(())
    }

    /// The people of a run that is gone; Redis looks once more whether it is.
    fn lets_go(&mut self, held: Vec<Held>) -> Usable {
        let now = Instant::now();
        let found = if held.is_empty() {
            Found::Nobody
        } else {
            Found::Somebody
        };
        if let Some(Held { session, .. }) = held.first() {
            let (run, people) = (&session.incarnation, held.len());
            tracing::info!(%run, people, "a node is gone, and its people are let go");
        }
        for Held { user, session, .. } in held.into_iter().take(LET_GO) {
            self.window.chore(Task::let_go(session, user), now);
        }
        self.reaper.looked(found, now);
        Ok(())
    }

    /// The goodbye is said, or it has to go without.
    fn left(&mut self, value: Value) -> Usable {
        match self.scripts.read_farewell(value) {
            Ok(Farewell::Gone) => {}
            Ok(Farewell::Holds) => {
                tracing::debug!(
                    "claims of this run remain; another node or the next run releases them"
                );
            }
            Err(trouble) => tracing::warn!("Redis did not take the goodbye: {trouble}"),
        }
        self.end();
        Ok(())
    }

    /// The command connection is of no use any more.
    pub(super) fn lost(&mut self, why: &str) {
        self.link.lost(why, Instant::now());
        self.forget_line();
    }

    fn forget_line(&mut self) {
        self.window.lost();
        self.lookup.lost();
        self.reader.lost();
        self.reaper.lost();
    }

    /// The channel is subscribed to: what was said before is in the log.
    pub(super) fn subscribed(&mut self) {
        self.link.listens();
        self.reader.want();
    }

    /// The channel's connection is of no use any more; perhaps that of the commands is not either.
    pub(super) fn deaf(&mut self, why: &str) {
        let now = Instant::now();
        if self.link.phase() == Some(Phase::Up) {
            tracing::warn!(
                "the channel of events is closed: {why}; until it is open again what is said comes \
                 a second or two late"
            );
        }
        self.link.deaf(now);
        self.link.beat_soon(now);
    }

    /// Something was said on the channel.
    pub(super) fn heard(&mut self, payloads: &[Vec<u8>]) {
        for payload in payloads {
            match heard::read(payload, &self.log) {
                Told::Event(heard) => self.reader.heard(heard),
                Told::Unread(position) => {
                    self.cannot_read("on the channel");
                    if position > self.reader.last() {
                        self.reader.want();
                    }
                }
                Told::Foreign => self.cannot_read("on the channel"),
            }
        }
    }

    fn cannot_read(&mut self, place: &str) {
        if let Some(times) = self.grievances.unread.another(Instant::now()) {
            tracing::warn!(
                times,
                "something {place} is no event that this program knows, and is passed over: \
                 a newer node or a stranger writes there too"
            );
        }
    }

    /// Events are lost: whoever was live is suspended by the registry, or here if it does not know of
    /// them yet.
    pub(super) fn broken(&mut self, lost: Lost) {
        let last = self.reader.last();
        let why = match lost {
            Lost::Trimmed => {
                "its log (redis.log_entries) no longer goes back to what this node read"
            }
            Lost::TakenBack => "it forgot what it had, or is another one",
        };
        tracing::error!(
            "events up to {last} are lost in Redis: {why}; everybody here claims again, and is told \
             what is missing"
        );
        self.recognised = None;
        for (to, mail) in self.claims.lost(last, lost) {
            // A session that is gone has nobody left to tell.
            let _ = to.try_send(mail);
        }
        self.feed.breaks(lost);
    }
}
