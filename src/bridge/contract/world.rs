//! What the tests are made of: a bridge, its surroundings, the people.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Context, Handler, Message, Recipient};
use tokio::sync::mpsc;

use super::words::{claim, parts, user};
use super::{Doors, Subject};
use crate::chat::event::Departure;
use crate::chat::limits::FOLLOWS_PER_USER;
use crate::chat::origin::{ConnId, Incarnation, SessionId};
use crate::chat::{Answer, Deed, Event, Fate, NodeName, Position, Refusal, RoomName, UserName};
use crate::messages::{
    AccountAnswer, AccountAsk, Arrival, Arrived, Ask, Brings, Claim, DuplicateLogin, Missed,
    Outcome, PartFailed, Parting, Question, Request, STORE_QUEUE, SessionMail, Shut, StoreFailed,
    Vital,
};

/// How long anything may take before a test has failed.
const DEADLINE: Duration = Duration::from_secs(20);

/// The number of a world's first run; each restart is the next one.
const FIRST_RUN: u32 = 0x8c1f;

fn incarnation<S: Subject>(run: u32) -> Incarnation {
    Incarnation {
        node: NodeName::new(S::NODE).expect("a name"),
        run,
    }
}

/// A bridge, everything it is connected to, and what has to be true of all that arrives.
pub(in crate::bridge) struct World<S> {
    pub(in crate::bridge) subject: S,
    pub(in crate::bridge) doors: Doors,
    pub(in crate::bridge) heard: mpsc::Receiver<Arrived>,
    pub(in crate::bridge) failures: mpsc::Receiver<PartFailed>,
    /// How long a place is kept.
    pub(in crate::bridge) grace: Duration,
    /// The number of the run that is on.
    pub(in crate::bridge) run: u32,
    pub(in crate::bridge) callers: u64,
    pub(in crate::bridge) last: Position,
}

impl<S: Subject> World<S> {
    pub(in crate::bridge) async fn new() -> Self {
        Self::on(S::new()).await
    }

    /// A world on a store that may hold something. A place is kept for longer than a test lasts.
    pub(in crate::bridge) async fn on(subject: S) -> Self {
        Self::begin(subject, 10 * DEADLINE).await
    }

    /// A world in which a place is kept for so long.
    pub(in crate::bridge) async fn with_grace(grace: Duration) -> Self {
        Self::begin(S::new(), grace).await
    }

    async fn begin(subject: S, grace: Duration) -> Self {
        let (doors, heard, failures) = Self::run(&subject, FIRST_RUN, grace).await;
        Self {
            subject,
            doors,
            heard,
            failures,
            grace,
            run: FIRST_RUN,
            callers: 0,
            last: Position::START,
        }
    }

    async fn run(
        subject: &S,
        run: u32,
        grace: Duration,
    ) -> (Doors, mpsc::Receiver<Arrived>, mpsc::Receiver<PartFailed>) {
        let (ear, heard) = Ear::start_new();
        let (node, failures) = mpsc::channel(1);
        let configured = (0..=FOLLOWS_PER_USER).map(|n| user(&format!("f{n}")));
        let (configured, vital) = (configured.collect(), Vital::new("bridge", node));
        let start = subject.start(incarnation::<S>(run), configured, grace, ear, vital);
        let doors = within(start).await;
        (doors, heard, failures)
    }

    /// Stops the bridge, with everybody still claimed, and starts the next run.
    pub(in crate::bridge) async fn restart(&mut self) {
        self.arrivals().await;
        within(self.doors.shut.send(Shut)).await.expect("shut");
        self.start().await;
    }

    /// Starts the next run of a bridge that was shut.
    pub(in crate::bridge) async fn start(&mut self) {
        while let Ok(batch) = self.heard.try_recv() {
            self.check(&batch.arrivals);
        }
        // A restarted node is another incarnation.
        self.run += 1;
        (self.doors, self.heard, self.failures) =
            Self::run(&self.subject, self.run, self.grace).await;
    }

    pub(in crate::bridge) async fn accounts(&self, ask: AccountAsk) -> AccountAnswer {
        let answer: Result<_, StoreFailed> =
            within(self.doors.account.send(ask)).await.expect("alive");
        answer.expect("the store answers")
    }

    pub(in crate::bridge) async fn account(&self, name: &str) {
        let (user, hash) = (user(name), "$2b$".to_owned());
        let made = self
            .accounts(AccountAsk::Create {
                user,
                hash,
                guest: None,
            })
            .await;
        assert_eq!(made, AccountAnswer::Stored);
    }

    /// An account and its live session.
    pub(in crate::bridge) async fn live(&mut self, name: &str) -> Caller {
        self.account(name).await;
        let mut caller = self.caller();
        caller.claims(name).await;
        caller
    }

    /// A session that has claimed nothing.
    pub(in crate::bridge) fn caller(&mut self) -> Caller {
        self.callers += 1;
        let (mailbox, answers) = Mouth::start_new();
        Caller {
            id: self.session(self.callers),
            ask: self.doors.ask.clone(),
            mailbox,
            answers,
            claim: None,
        }
    }

    pub(in crate::bridge) fn session(&self, number: u64) -> SessionId {
        SessionId {
            incarnation: incarnation::<S>(self.run),
            conn: ConnId(number),
        }
    }

    /// So many events as they come, however long they take.
    pub(in crate::bridge) async fn next_events(&mut self, count: usize) -> Vec<Arc<Event>> {
        let mut events = Vec::new();
        while events.len() < count {
            let batch = tokio::time::timeout(3 * DEADLINE, self.heard.recv()).await;
            let batch = batch.expect("an event").expect("a registry");
            self.check(&batch.arrivals);
            events.extend(batch.arrivals.into_iter().map(|arrival| arrival.event));
        }
        events
    }

    pub(in crate::bridge) async fn next_batch(&mut self) -> Arrived {
        let batch = within(self.heard.recv()).await.expect("a registry");
        self.check(&batch.arrivals);
        batch
    }

    /// Everything that arrives up to now.
    pub(in crate::bridge) async fn arrivals(&mut self) -> Vec<Arrival> {
        let mut settler = self.caller();
        settler.send(Question::Settle);
        let mut arrivals = Vec::new();
        let all = async {
            loop {
                tokio::select! {
                    biased;
                    batch = self.heard.recv() => {
                        arrivals.extend(batch.expect("a registry").arrivals);
                    }
                    outcome = settler.answers.recv() => {
                        let settled = matches!(outcome, Some(SessionMail::Answered(Outcome::Settled)));
                        assert!(settled, "{outcome:?}");
                        break;
                    }
                    failure = self.failures.recv() => panic!("{failure:?}"),
                }
            }
        };
        within(all).await;
        self.check(&arrivals);
        arrivals
    }

    pub(in crate::bridge) async fn events(&mut self) -> Vec<Arc<Event>> {
        let arrivals = self.arrivals().await;
        arrivals.into_iter().map(|arrival| arrival.event).collect()
    }

    /// Sentences 2 and 3.
    pub(in crate::bridge) fn check(&mut self, arrivals: &[Arrival]) {
        for Arrival { event, brings } in arrivals {
            let (last, here) = (self.last, event.position);
            match &event.deed {
                Deed::Epoch { after } => {
                    assert_eq!((*after, here.n), (last, 0));
                    assert!(here.epoch > last.epoch, "{here} after {last}");
                }
                _ => assert_eq!(here, last.next()),
            }
            let here = incarnation::<S>(self.run);
            let is_claimed_here = matches!(
                &event.deed, Deed::Claimed { session, .. } if session.incarnation == here
            );
            assert_eq!(is_claimed_here, *brings != Brings::Nothing);
            self.last = event.position;
        }
    }
}

/// What a session does, without its socket.
pub(in crate::bridge) struct Caller {
    pub(in crate::bridge) id: SessionId,
    pub(in crate::bridge) ask: Recipient<Ask>,
    pub(in crate::bridge) mailbox: Recipient<SessionMail>,
    pub(in crate::bridge) answers: mpsc::Receiver<SessionMail>,
    pub(in crate::bridge) claim: Option<Claim>,
}

impl Caller {
    /// Its connection breaks, or its node goes down.
    pub(in crate::bridge) fn parts(&self, parting: Parting) {
        let claim = self.claim.as_ref().expect("a claim");
        self.send(parts(claim.user.as_str(), parting));
    }

    pub(in crate::bridge) fn send(&self, question: Question) {
        let ask = Ask {
            session: self.id.clone(),
            reply: self.mailbox.clone(),
            questions: vec![question],
        };
        // A clone has a place of its own: what a flood of asks meets is the bridge's bound.
        self.ask.clone().try_send(ask).expect("a running bridge");
    }

    pub(in crate::bridge) fn send_live(&self, request: Request) {
        let claim = self.claim.clone().expect("a claim");
        self.send(Question::Live { claim, request });
    }

    pub(in crate::bridge) async fn outcome(&mut self) -> Outcome {
        match within(self.answers.recv()).await.expect("an answer") {
            SessionMail::Answered(outcome) => outcome,
            other => panic!("{other:?}"),
        }
    }

    /// What became of the oldest text in doubt, which is told next.
    pub(in crate::bridge) async fn fate(&mut self) -> Fate {
        match within(self.answers.recv()).await.expect("a fate") {
            SessionMail::Resolved(fate) => fate,
            other => panic!("{other:?}"),
        }
    }

    pub(in crate::bridge) async fn answered(&mut self) -> Answer {
        match self.outcome().await {
            Outcome::Done(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    pub(in crate::bridge) async fn refused(&mut self) -> Refusal {
        match self.outcome().await {
            Outcome::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }

    pub(in crate::bridge) async fn done(&mut self, request: Request) -> Answer {
        self.send_live(request);
        self.answered().await
    }

    /// Asks, whatever the answer.
    pub(in crate::bridge) async fn ask_live(&mut self, request: Request) {
        self.send_live(request);
        let _either = self.outcome().await;
    }

    pub(in crate::bridge) async fn claims(&mut self, name: &str) {
        self.claim = Some(new_claim(self, name, DuplicateLogin::Reject).await);
    }
}

pub(in crate::bridge) async fn new_claim(
    caller: &mut Caller,
    name: &str,
    on_duplicate: DuplicateLogin,
) -> Claim {
    caller.send(claim(name, on_duplicate));
    match caller.outcome().await {
        Outcome::Claimed { claim, .. } => claim,
        other => panic!("{other:?}"),
    }
}

/// Passes on what the registry is handed.
pub(in crate::bridge) struct Ear(mpsc::Sender<Arrived>);

/// Passes on what a session is answered.
pub(in crate::bridge) struct Mouth(mpsc::Sender<SessionMail>);

impl Ear {
    fn start_new() -> (Recipient<Arrived>, mpsc::Receiver<Arrived>) {
        let (ear, heard) = mpsc::channel(16);
        (Self(ear).start().recipient(), heard)
    }
}

impl Mouth {
    fn start_new() -> (Recipient<SessionMail>, mpsc::Receiver<SessionMail>) {
        let (mouth, answers) = mpsc::channel(STORE_QUEUE * 3);
        (Self(mouth).start().recipient(), answers)
    }
}

impl Actor for Ear {
    type Context = Context<Self>;
}

impl Actor for Mouth {
    type Context = Context<Self>;
}

impl Handler<Arrived> for Ear {
    type Result = <Arrived as Message>::Result;

    fn handle(&mut self, batch: Arrived, _: &mut Context<Self>) {
        // The test may be over.
        let _ = self.0.try_send(batch);
    }
}

impl Handler<SessionMail> for Mouth {
    type Result = <SessionMail as Message>::Result;

    fn handle(&mut self, mail: SessionMail, _: &mut Context<Self>) {
        // The test may be over.
        let _ = self.0.try_send(mail);
    }
}

/// What a registry makes of the arrivals, and a check of what each claim brings.
#[derive(Default)]
pub(in crate::bridge) struct Fold {
    pub(in crate::bridge) online: BTreeSet<UserName>,
    pub(in crate::bridge) rooms: BTreeMap<RoomName, BTreeSet<UserName>>,
    pub(in crate::bridge) follows: BTreeMap<UserName, BTreeSet<UserName>>,
    /// Rooms that were left with a release that is to come.
    quit: BTreeMap<UserName, Vec<RoomName>>,
}

impl Fold {
    pub(in crate::bridge) fn all(&mut self, arrivals: &[Arrival]) {
        for arrival in arrivals {
            self.one(arrival);
        }
    }

    pub(in crate::bridge) fn one(&mut self, arrival: &Arrival) {
        match &arrival.event.deed {
            Deed::Claimed {
                user, was, rooms, ..
            } => {
                if let Some(was) = was {
                    self.logs_in(was, user, rooms);
                }
                self.online.insert(user.clone());
                assert_eq!(sorted(&arrival.brings), self.standing(user));
                assert_eq!(self.quit.get(user), None, "its release came first");
            }
            Deed::Released { user, rooms, .. } => {
                assert!(self.online.remove(user));
                let left = self.quit.remove(user).unwrap_or_default();
                assert_eq!(*rooms, left, "what it left right before");
                let left = self.standing(user);
                assert!(matches!(left, Brings::Standing { rooms, .. } if rooms.is_empty()));
            }
            Deed::Entered { room, user, .. } => {
                assert!(
                    self.rooms
                        .entry(room.clone())
                        .or_default()
                        .insert(user.clone())
                );
            }
            Deed::Left {
                room,
                user,
                departure,
            } => {
                assert!(self.rooms.entry(room.clone()).or_default().remove(user));
                if *departure == Departure::Quit {
                    self.quit
                        .entry(user.clone())
                        .or_default()
                        .push(room.clone());
                }
            }
            Deed::WentAway { user, rooms, .. }
            | Deed::CameBack { user, rooms }
            | Deed::Nicked { user, rooms, .. }
            | Deed::RealNameSet { user, rooms, .. } => {
                let inside = self.inside(user).collect();
                assert_eq!(rooms.iter().collect::<BTreeSet<_>>(), inside);
            }
            Deed::Followed { author, follower } => {
                let follows = self.follows.entry(follower.clone()).or_default();
                assert!(follows.insert(author.clone()));
            }
            Deed::Unfollowed { author, follower } => {
                let follows = self.follows.entry(follower.clone()).or_default();
                assert!(follows.remove(author));
            }
            _ => {}
        }
    }

    /// A guest is an account from here on, where it is.
    fn logs_in(&mut self, was: &UserName, user: &UserName, rooms: &[RoomName]) {
        assert!(self.online.remove(was));
        assert_eq!(self.inside(user).next(), None, "its rooms were left first");
        let inside: BTreeSet<_> = self.inside(was).cloned().collect();
        assert_eq!(rooms.iter().cloned().collect::<BTreeSet<_>>(), inside);
        for users in self.rooms.values_mut().filter(|users| users.contains(was)) {
            users.remove(was);
            users.insert(user.clone());
        }
    }

    fn inside(&self, user: &UserName) -> impl Iterator<Item = &RoomName> {
        let inside = self.rooms.iter().filter(|(_, users)| users.contains(user));
        inside.map(|(room, _)| room)
    }

    pub(in crate::bridge) fn standing(&self, user: &UserName) -> Brings {
        let follows = self.follows.get(user).cloned().unwrap_or_default();
        Brings::Standing {
            rooms: self.inside(user).cloned().collect(),
            follows: follows.into_iter().collect(),
            missed: Missed::Nothing,
        }
    }
}

/// The rooms as a fold has them.
fn sorted(brings: &Brings) -> Brings {
    let mut brings = brings.clone();
    if let Brings::Standing { rooms, .. } = &mut brings {
        rooms.sort();
    }
    brings
}

/// Xorshift: the same history for the same seed.
pub(in crate::bridge) struct Random(pub(in crate::bridge) u64);

impl Random {
    pub(in crate::bridge) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("below a usize")
    }
}

pub(in crate::bridge) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future)
        .await
        .expect("within the deadline")
}
