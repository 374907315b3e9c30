//! What the bridge makes of Redis: asks in, answers out, without sockets of clients.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use actix::{Actor, Addr, AsyncContext as _, Context, Handler, Message, Recipient};
use conclave::bridge::redis::{Options, RedisBridge};
use conclave::chat::event::Manner;
use conclave::chat::origin::{ConnId, Incarnation, SessionId};
use conclave::chat::{Answer, Extras, NodeName, RoomName, Text, UserName};
use conclave::messages::{
    Append, Arrived, Ask, Claim, DuplicateLogin, Entrance, FirstRoom, Outcome, Question, Request,
    SessionMail, Shut, Vital,
};
use redis::IntoConnectionInfo as _;
use tokio::sync::mpsc;

use crate::Failure;
use crate::redis::Redis;

/// People who talk at the same time; what is more in flight is theirs in equal parts.
const TALKERS: u32 = 64;

/// Reports that wait for the bench.
const REPORTS: usize = 1024;

/// A bridge with people in its lobby.
pub(crate) struct Appends {
    bridge: Addr<RedisBridge>,
    talkers: Vec<Addr<Talker>>,
    reports: mpsc::Receiver<Report>,
    /// Kept, so that a failure would have somewhere to go.
    _failures: mpsc::Receiver<conclave::messages::PartFailed>,
}

/// What a talker reports.
enum Report {
    /// Its session is live.
    Live,
    /// It has said everything.
    Said(Vec<Duration>),
    /// It was answered otherwise.
    Failed(String),
}

impl Appends {
    /// Starts the bridge and logs everybody in.
    pub(crate) async fn start(redis: &Redis) -> Result<Self, Failure> {
        let incarnation = Incarnation {
            node: NodeName::new("bench")?,
            run: 1,
        };
        let opened = RedisBridge::open(Options {
            server: redis.url().into_connection_info()?,
            prefix: String::new(),
            channel: "global_chat_events".to_owned(),
            log_entries: 100_000,
            incarnation: incarnation.clone(),
            rooms: 100,
            keep_messages: 1000,
            keep_days: 30,
            grace: Duration::ZERO,
            configured: BTreeSet::new(),
        })
        .await?;
        let (node, failures) = mpsc::channel(1);
        let registry = Registry.start().recipient();
        let bridge = opened.start(registry, Vital::new("bridge", node));
        let (report, reports) = mpsc::channel(REPORTS);
        let mut appends = Self {
            bridge,
            talkers: Vec::new(),
            reports,
            _failures: failures,
        };
        for number in 0..TALKERS {
            let talker = Talker {
                id: SessionId {
                    incarnation: incarnation.clone(),
                    conn: ConnId(u64::from(number)),
                },
                user: UserName::new(&format!("talker{number}"))?,
                ask: appends.bridge.clone().recipient(),
                report: report.clone(),
                claim: None,
                left: 0,
                asked: std::collections::VecDeque::new(),
                each: Vec::new(),
            };
            appends.talkers.push(talker.start());
            match appends.reports.recv().await {
                Some(Report::Live) => {}
                Some(Report::Failed(why)) => return Err(why.into()),
                Some(Report::Said(_)) | None => return Err("a talker is confused".into()),
            }
        }
        Ok(appends)
    }

    /// Says so much, so much in flight; returns how long all and each took.
    pub(crate) async fn say(
        &mut self,
        in_flight: u32,
        count: u32,
    ) -> Result<(Duration, Vec<Duration>), Failure> {
        let talkers = in_flight.min(TALKERS);
        let started = Instant::now();
        for talker in self.talkers.iter().take(talkers as usize) {
            talker
                .send(Say {
                    in_flight: in_flight / talkers,
                    count: count / talkers,
                })
                .await?;
        }
        let mut each = Vec::new();
        for _ in 0..talkers {
            match self.reports.recv().await {
                Some(Report::Said(times)) => each.extend(times),
                Some(Report::Failed(why)) => return Err(why.into()),
                Some(Report::Live) | None => return Err("a talker is confused".into()),
            }
        }
        Ok((started.elapsed(), each))
    }

    /// Ends it.
    pub(crate) async fn stop(self) -> Result<(), Failure> {
        Ok(self.bridge.send(Shut).await?)
    }
}

/// Says something as often as it is told, so much of it in flight.
struct Talker {
    id: SessionId,
    user: UserName,
    ask: Recipient<Ask>,
    report: mpsc::Sender<Report>,
    claim: Option<Claim>,
    left: u32,
    asked: std::collections::VecDeque<Instant>,
    each: Vec<Duration>,
}

#[derive(Message)]
#[rtype(result = "()")]
struct Say {
    in_flight: u32,
    count: u32,
}

impl Talker {
    fn ask(&self, question: Question, ctx: &Context<Self>) {
        let ask = Ask {
            session: self.id.clone(),
            reply: ctx.address().recipient(),
            questions: vec![question],
        };
        if self.ask.clone().try_send(ask).is_err() {
            self.tell(Report::Failed("the bridge takes nothing".to_owned()));
        }
    }

    fn say(&mut self, ctx: &Context<Self>) {
        let text = Text::new(&"x".repeat(100));
        let wanted = (self.claim.clone(), self.left.checked_sub(1), text);
        let (Some(claim), Some(left), Ok(text)) = wanted else {
            return;
        };
        self.left = left;
        self.asked.push_back(Instant::now());
        let request = Request::Append(Append::RoomMessage {
            room: RoomName::lobby(),
            text,
            manner: Manner::Message,
            extras: Extras::default(),
        });
        self.ask(Question::Live { claim, request }, ctx);
    }

    fn tell(&self, report: Report) {
        // The bench may be over.
        let _ = self.report.try_send(report);
    }
}

impl Actor for Talker {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(REPORTS);
        let question = Question::Claim {
            user: self.user.clone(),
            entrance: Entrance::Login {
                on_duplicate: DuplicateLogin::Reject,
                begins: FirstRoom::Lobby,
            },
        };
        self.ask(question, ctx);
    }
}

impl Handler<Say> for Talker {
    type Result = ();

    fn handle(&mut self, say: Say, ctx: &mut Self::Context) {
        self.left = say.count;
        for _ in 0..say.in_flight {
            self.say(ctx);
        }
    }
}

impl Handler<SessionMail> for Talker {
    type Result = ();

    fn handle(&mut self, mail: SessionMail, ctx: &mut Self::Context) {
        match mail {
            SessionMail::Answered(Outcome::Claimed { claim, .. }) => {
                self.claim = Some(claim);
                self.tell(Report::Live);
            }
            SessionMail::Answered(Outcome::Done(Answer::Said { .. })) => {
                let asked = self.asked.pop_front();
                self.each.extend(asked.map(|asked| asked.elapsed()));
                self.say(ctx);
                if self.asked.is_empty() {
                    let each = std::mem::take(&mut self.each);
                    self.tell(Report::Said(each));
                }
            }
            other @ (SessionMail::Answered(_)
            | SessionMail::Resolved(_)
            | SessionMail::Frames { .. }
            | SessionMail::Missed(_)
            | SessionMail::PutOut { .. }
            | SessionMail::Suspended
            | SessionMail::Probe
            | SessionMail::HolderAlive
            | SessionMail::FormatSet
            | SessionMail::End(_)) => self.tell(Report::Failed(format!("{other:?}"))),
        }
    }
}

/// Takes what arrives, and that is all.
struct Registry;

impl Actor for Registry {
    type Context = Context<Self>;
}

impl Handler<Arrived> for Registry {
    type Result = ();

    fn handle(&mut self, _: Arrived, _: &mut Self::Context) {}
}
