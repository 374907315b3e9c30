//! What actor tests share: probes in the place of other actors, and short words for values.
//!
//! All actors of a test run on its own thread, in the order in which they are woken. So several
//! probes that report to one [`Inbox`] show what was sent in the order in which it was sent.

#[path = "../tests/support/dice.rs"]
pub(crate) mod dice;
mod rule;

use std::fmt::Debug;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use actix::dev::{MessageResponse, OneshotSender};
use actix::{Actor, ActorContext, Context, Handler, Message, Recipient, ResponseFuture};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::chat::event::{Departure, Echo, Manner, Privacy, Timestamp};
use crate::chat::origin::{ConnId, Incarnation, Origin, SessionId};
use crate::chat::{Deed, Event, Extras, NodeName, Position, RoomName, Text, UserName};
use crate::messages::{Returned, Span, Vital};

pub(crate) use rule::Rule;

/// What a test waits at most for something that has to come.
pub(crate) const DEADLINE: Duration = Duration::from_secs(5);

/// Where frames come from in tests that do not look.
pub(crate) const SPAN: Span = Span {
    after: Position::START,
    upto: Position::START,
};

/// More than any test sends; a probe that is full fails its test.
const INBOX: usize = 65_536;

/// What probes report to.
#[derive(Debug)]
pub(crate) struct Outbox<T>(mpsc::Sender<T>);

/// What probes reported, in the order in which it was sent.
#[derive(Debug)]
pub(crate) struct Inbox<T>(mpsc::Receiver<T>);

/// Both ends of a report.
pub(crate) fn inbox<T>() -> (Outbox<T>, Inbox<T>) {
    let (outbox, reports) = mpsc::channel(INBOX);
    (Outbox(outbox), Inbox(reports))
}

impl<T> Outbox<T> {
    /// Reports something that is no message. A test that is over reads no more reports.
    pub(crate) fn report(&self, report: T) {
        let _ = self.0.try_send(report);
    }
}

impl<T: Debug> Inbox<T> {
    /// The next report; fails when none comes in time.
    pub(crate) async fn next(&mut self) -> T {
        let report = timeout(DEADLINE, self.0.recv()).await;
        report.expect("nothing came").expect("nobody is left")
    }

    /// Everything reported so far, once nobody has anything left to do.
    pub(crate) async fn all(&mut self) -> Vec<T> {
        settle().await;
        let mut all = Vec::new();
        while let Ok(report) = self.0.try_recv() {
            all.push(report);
        }
        all
    }

    /// Nothing was reported, and nobody has anything left to do.
    pub(crate) async fn is_quiet(&mut self) {
        let all = self.all().await;
        assert!(all.is_empty(), "{all:?}");
    }
}

/// Lets every actor of this thread do what it can do without time passing.
pub(crate) async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

/// A batch of which nobody holds a share any more.
pub(crate) async fn comes_back(returned: Returned) {
    let waited = timeout(DEADLINE, returned.wait()).await;
    waited.expect("somebody still holds a share of the credit");
}

/// Stands for an actor that answers nothing, and reports what it is told.
pub(crate) fn probe<M, T>(to: &Outbox<T>) -> Recipient<M>
where
    M: Message<Result = ()> + Send + Unpin + 'static,
    T: From<M> + Unpin + 'static,
{
    let to = to.0.clone();
    let kind = PhantomData;
    Probe { to, kind }.start().recipient()
}

struct Probe<M, T> {
    to: mpsc::Sender<T>,
    kind: PhantomData<M>,
}

impl<M: Unpin + 'static, T: Unpin + 'static> Actor for Probe<M, T> {
    type Context = Context<Self>;
}

impl<M, T> Handler<M> for Probe<M, T>
where
    M: Message<Result = ()> + Unpin + 'static,
    T: From<M> + Unpin + 'static,
{
    type Result = ();

    fn handle(&mut self, message: M, _: &mut Self::Context) {
        // A test that is over reads no more reports.
        let _ = self.to.try_send(message.into());
    }
}

/// Stands for an actor that is gone.
pub(crate) async fn gone<M>() -> Recipient<M>
where
    M: Message + Send + Unpin + 'static,
    M::Result: Send + Debug + 'static,
{
    let (outbox, _) = inbox::<Call<M>>();
    let (to, kind) = (outbox.0, PhantomData);
    let desk = Desk::<M, Call<M>>::create(|ctx| {
        ctx.stop();
        Desk { to, kind }
    });
    settle().await;
    desk.recipient()
}

/// Something that was asked and is answered by the test.
#[derive(Debug)]
pub(crate) struct Call<M: Message> {
    /// What was asked.
    pub(crate) asked: M,
    answer: oneshot::Sender<M::Result>,
}

impl<M: Message> Call<M> {
    /// Answers it.
    pub(crate) fn answer(self, answer: M::Result) {
        assert!(self.answer.send(answer).is_ok(), "nobody waits for it");
    }
}

/// Stands for an actor whose answers the test gives.
pub(crate) fn desk<M, T>(to: &Outbox<T>) -> Recipient<M>
where
    M: Message + Send + Unpin + 'static,
    M::Result: Send,
    T: From<Call<M>> + Unpin + 'static,
{
    let to = to.0.clone();
    let kind = PhantomData;
    Desk { to, kind }.start().recipient()
}

struct Desk<M, T> {
    to: mpsc::Sender<T>,
    kind: PhantomData<M>,
}

/// What a [`Desk`] gives back: the test's answer, whenever it comes.
struct Awaited<R>(oneshot::Receiver<R>);

impl<M: Unpin + 'static, T: Unpin + 'static> Actor for Desk<M, T> {
    type Context = Context<Self>;
}

impl<M, T> Handler<M> for Desk<M, T>
where
    M: Message + Unpin + 'static,
    M::Result: Send,
    T: From<Call<M>> + Unpin + 'static,
{
    type Result = Awaited<M::Result>;

    fn handle(&mut self, asked: M, _: &mut Self::Context) -> Self::Result {
        let (answer, awaited) = oneshot::channel();
        let _ = self.to.try_send(Call { asked, answer }.into());
        Awaited(awaited)
    }
}

impl<M, T> MessageResponse<Desk<M, T>, M> for Awaited<M::Result>
where
    M: Message + Unpin + 'static,
    M::Result: Send,
    T: From<Call<M>> + Unpin + 'static,
{
    fn handle(self, ctx: &mut Context<Desk<M, T>>, tx: Option<OneshotSender<M::Result>>) {
        let response: ResponseFuture<M::Result> = Box::pin(async move {
            match self.0.await {
                Ok(answer) => answer,
                Err(_never) => std::future::pending().await,
            }
        });
        MessageResponse::<Desk<M, T>, M>::handle(response, ctx, tx);
    }
}

// ── values ──────────────────────────────────────────────────────────────────────────────────

pub(crate) fn user(name: &str) -> UserName {
    UserName::new(name).unwrap()
}

pub(crate) fn room(name: &str) -> RoomName {
    RoomName::new(name).unwrap()
}

pub(crate) fn node(name: &str) -> NodeName {
    NodeName::new(name).unwrap()
}

pub(crate) fn text(said: &str) -> Text {
    Text::new(said).unwrap()
}

pub(crate) fn at(position: &str) -> Position {
    position.parse().unwrap()
}

/// A session of `node-1`.
pub(crate) fn session_id(conn: u64) -> SessionId {
    SessionId {
        incarnation: Incarnation {
            node: node("node-1"),
            run: 0x8c1f,
        },
        conn: ConnId(conn),
    }
}

/// An event at `1763850000-1041`, on 2026-11-22 at 21:30:05 UTC.
pub(crate) fn event(deed: Deed) -> Arc<Event> {
    Arc::new(Event {
        position: at("1763850000-1041"),
        at: Timestamp(1_795_383_005_678),
        origin: Origin::Session(session_id(7)),
        deed,
    })
}

/// An event at this position.
pub(crate) fn event_at(position: &str, deed: Deed) -> Event {
    let at_no_time = Arc::unwrap_or_clone(event(deed));
    Event {
        position: at(position),
        ..at_no_time
    }
}

/// Something said in a public room, which its sender does not hear.
pub(crate) fn room_message(place: &str, sender: &str, said: &str) -> Deed {
    Deed::RoomMessage {
        room: room(place),
        sender: user(sender),
        text: text(said),
        manner: Manner::Message,
        extras: Extras::default(),
        k: 1,
        privacy: Privacy::Public,
        echo: Echo::ExcludeSender,
    }
}

/// Something said in a room.
pub(crate) fn said_in(place: &str, sender: &str, privacy: Privacy, echo: Echo) -> Deed {
    Deed::RoomMessage {
        room: room(place),
        sender: user(sender),
        text: Text::new("hi").unwrap(),
        manner: Manner::Message,
        extras: Extras::default(),
        k: 1,
        privacy,
        echo,
    }
}

/// Something said to one person.
pub(crate) fn whisper(sender: &str, to: &str, said: &str) -> Deed {
    Deed::Whisper {
        to: user(to),
        sender: user(sender),
        text: text(said),
        manner: Manner::Message,
        extras: Extras::default(),
        k: 1,
    }
}

/// Something said to one's subscribers.
pub(crate) fn post(sender: &str, said: &str) -> Deed {
    Deed::Post {
        sender: user(sender),
        text: text(said),
        k: 1,
    }
}

/// Somebody goes out of a room without a word.
pub(crate) fn left(place: &str, who: &str) -> Deed {
    Deed::Left {
        room: room(place),
        user: user(who),
        departure: Departure::Parted { words: None },
    }
}

/// Somebody is live no longer, and left these rooms right before.
pub(crate) fn released(who: &str, places: &[&str]) -> Deed {
    Deed::Released {
        user: user(who),
        rooms: places.iter().copied().map(room).collect(),
        words: None,
        by: None,
    }
}

/// Somebody who is in these rooms is not at the keyboard.
pub(crate) fn went_away(who: &str, places: &[&str]) -> Deed {
    Deed::WentAway {
        user: user(who),
        text: text("lunch"),
        rooms: places.iter().copied().map(room).collect(),
    }
}

/// For an actor whose failure no test looks at.
pub(crate) fn vital() -> Vital {
    Vital::new("test", mpsc::channel(1).0)
}
