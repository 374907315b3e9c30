//! A session between a client and probes in the place of everybody else.

mod endings;
mod frames;
mod login;
mod seen;
mod talk;

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix::{Actor, Recipient};
use bytes::Bytes;
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, DuplexStream,
    ReadBuf, duplex,
};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::{Links, Rules, Session};
use crate::chat::{Answer, Fate, Position, Refusal, RoomName, UserName};
use crate::dialect::Dialect;
use crate::messages::{
    Append, Ask, Attach, CatchUp, ChangePassword, Claim, Credit, Detach, DuplicateLogin, Entrance,
    FellBehind, Forget, Frames, HubId, Inquire, Introduce, IssueToken, Outcome, Parting, Prove,
    ProveByCertificate, Question, RedeemToken, Register, Request, Returned, SessionMail, SetFormat,
    SetWatch, Span,
};
use crate::net::transport::Transport;
use crate::testing::{
    Call, DEADLINE, Inbox, Outbox, SPAN, at, desk, inbox, probe, session_id, user,
};

/// Everything that a session sends, in the order in which it sends it.
#[derive(Debug)]
enum Sent {
    Attach(Attach),
    Detach(Detach),
    Introduce(Introduce),
    SetFormat(SetFormat),
    SetWatch(SetWatch),
    FellBehind(FellBehind),
    CatchUp(CatchUp),
    Forget(Forget),
    Prove(Call<Prove>),
    ProveByCertificate(Call<ProveByCertificate>),
    Register(Call<Register>),
    ChangePassword(Call<ChangePassword>),
    IssueToken(Call<IssueToken>),
    RedeemToken(Call<RedeemToken>),
    Inquire(Call<Inquire>),
    Ask(Ask),
}

macro_rules! sent {
    ($($kind:ident($message:ty)),*) => {
        $(impl From<$message> for Sent {
            fn from(message: $message) -> Self {
                Self::$kind(message)
            }
        })*
    };
}

sent!(
    Attach(Attach),
    Detach(Detach),
    Introduce(Introduce),
    SetFormat(SetFormat),
    SetWatch(SetWatch),
    FellBehind(FellBehind),
    CatchUp(CatchUp),
    Forget(Forget),
    Prove(Call<Prove>),
    ProveByCertificate(Call<ProveByCertificate>),
    Register(Call<Register>),
    ChangePassword(Call<ChangePassword>),
    IssueToken(Call<IssueToken>),
    RedeemToken(Call<RedeemToken>),
    Inquire(Call<Inquire>),
    Ask(Ask)
);

impl Sent {
    fn words(&self) -> String {
        match self {
            Self::Attach(attach) => format!("attach {}", attach.conn),
            Self::Detach(detach) => format!("detach {}", detach.conn),
            Self::Introduce(introduce) => format!("introduce {}", introduce.conn),
            Self::SetWatch(set) => format!("watch for {} {:?}", set.conn, set.change),
            Self::SetFormat(set) => format!("spell for {} as {:?}", set.conn, set.format),
            Self::FellBehind(fell) => format!("{} fell behind {}", fell.conn, fell.after),
            Self::CatchUp(catch_up) => format!("{} catches up", catch_up.conn),
            Self::Forget(forget) => format!("forget {}", forget.conn),
            Self::Prove(call) => format!("prove {}", call.asked.user),
            Self::ProveByCertificate(call) => format!("prove by {}", call.asked.certificate),
            Self::Register(call) => format!("register {}", call.asked.user),
            Self::ChangePassword(call) => format!("change password of {}", call.asked.user),
            Self::IssueToken(call) => format!("issue a token for {}", call.asked.user),
            Self::RedeemToken(call) => {
                let token = String::from_utf8_lossy(call.asked.token.expose());
                format!("redeem {token}")
            }
            Self::Inquire(call) => format!("inquire {:?}", call.asked),
            Self::Ask(ask) => format!("ask {}", questions_in_words(ask)),
        }
    }
}

fn one_by_one(ask: Ask) -> impl Iterator<Item = Ask> {
    let Ask {
        session,
        reply,
        questions,
    } = ask;
    questions.into_iter().map(move |question| Ask {
        session: session.clone(),
        reply: reply.clone(),
        questions: vec![question],
    })
}

fn questions_in_words(ask: &Ask) -> String {
    let words: Vec<_> = ask.questions.iter().map(question_in_words).collect();
    words.join(", ")
}

fn question_in_words(question: &Question) -> String {
    match question {
        Question::Claim {
            user,
            entrance: Entrance::Login { on_duplicate, .. },
        } => format!("claim {user}, else {on_duplicate:?}"),
        Question::Claim {
            user,
            entrance: Entrance::Insist { .. },
        } => format!("claim {user} from whoever has it"),
        Question::Claim {
            user,
            entrance: Entrance::Resume { since },
        } => format!("claim {user}, since {since:?}"),
        Question::Claim {
            user,
            entrance: Entrance::Renew { fence, rooms, .. },
        } => format!("claim {user} again, since {fence} in {}", rooms[0]),
        Question::Claim {
            user,
            entrance: Entrance::InPlace { guest, .. },
        } => format!("{} is {user} from here on", guest.user),
        Question::Live {
            request: Request::Append(append),
            ..
        } => match append {
            Append::RoomMessage { room, text, .. } => format!("say in {room}: {}", text.as_str()),
            Append::Whisper { to, text, .. } => format!("say to {to}: {}", text.as_str()),
            Append::Post { text } => format!("post: {}", text.as_str()),
        },
        Question::Live { request, .. } => format!("{request:?}"),
        Question::Seen { position, .. } => format!("seen {position}"),
        Question::Settle => "settle".to_owned(),
        Question::Probe { user } => format!("probe {user}"),
        Question::Alive { claim } => format!("{} is alive", claim.user),
        Question::Release {
            user,
            parting: Parting::Goodbye { .. },
        } => format!("release {user}"),
        Question::Release { user, parting } => format!("release {user}: {parting:?}"),
    }
}

/// One session with number 7, its client, and everybody else.
struct Stage {
    client: Client,
    sent: Inbox<Sent>,
    /// What came in one message and was not looked at so far.
    asked: VecDeque<Ask>,
    /// What the session wrote at once, in bytes.
    writes: Inbox<usize>,
    /// Makes the session panic when it reads next.
    bomb: Option<oneshot::Sender<()>>,
    /// Into the session's mailbox, as a hub keeps it.
    mail: Recipient<SessionMail>,
}

impl Stage {
    async fn new(rules: Rules) -> Self {
        let (outbox, sent) = inbox();
        Self::with(links(&outbox, rules), sent, 64 * 1024).await
    }

    /// With so many bytes on their way to the client at most.
    async fn narrow(rules: Rules, pipe: usize) -> Self {
        let (outbox, sent) = inbox();
        Self::with(links(&outbox, rules), sent, pipe).await
    }

    /// The session has attached; its greeting is on its way.
    async fn with(links: Links, mut sent: Inbox<Sent>, pipe: usize) -> Self {
        let (near, far) = duplex(pipe);
        let (written, writes) = inbox();
        let (bomb, armed) = oneshot::channel();
        let wire = Wire {
            io: near,
            written,
            armed,
        };
        let peer = std::net::IpAddr::from([127, 0, 0, 1]).into();
        let session = Session::new(
            session_id(7),
            peer,
            wire,
            Dialect::line(),
            links.into(),
            None,
        );
        session.start();
        let Sent::Attach(Attach {
            conn,
            session: mail,
        }) = sent.next().await
        else {
            panic!("a session attaches first")
        };
        assert_eq!(conn, session_id(7).conn);
        let (client, bomb) = (Client(BufReader::new(far)), Some(bomb));
        Self {
            client,
            sent,
            asked: VecDeque::new(),
            writes,
            bomb,
            mail,
        }
    }

    /// Alice is logged in and in the lobby; everything about it is read.
    async fn logged_in(rules: Rules) -> Self {
        let mut stage = Self::new(rules).await;
        stage.client.is_greeted().await;
        stage.client.says("/login alice secret-word").await;
        stage.log_in().await;
        stage
            .client
            .hears("* Welcome alice. You are in lobby on node-1. /help lists the commands.")
            .await;
        stage
    }

    /// Grants the login that is under way.
    async fn log_in(&mut self) {
        self.proves(Ok(user("alice"))).await;
        self.sends(&["introduce 7"]).await;
        let ask = self.asked("claim alice, else Reject").await;
        answer(&ask, claimed("alice"));
    }

    async fn proves(&mut self, proof: Result<UserName, Refusal>) {
        let Sent::Prove(call) = self.sent.next().await else {
            panic!("a password is proven first")
        };
        call.answer(proof);
    }

    /// The next thing asked is this, in a message of its own or with what was heard beside it.
    async fn asked(&mut self, words: &str) -> Ask {
        if self.asked.is_empty() {
            match self.sent.next().await {
                Sent::Ask(ask) => self.asked.extend(one_by_one(ask)),
                other => panic!("{other:?}"),
            }
        }
        let ask = self.asked.pop_front().expect("an ask asks something");
        assert_eq!(questions_in_words(&ask), words);
        ask
    }

    async fn sends(&mut self, expected: &[&str]) {
        for words in expected {
            assert_eq!(self.sent.next().await.words(), *words);
        }
    }

    /// What a hub hands over.
    fn deliver(&self, frames: &[&'static str]) -> Returned {
        let bytes = |frame: &&'static str| Bytes::from_static(frame.as_bytes());
        self.deliver_bytes(Frames::Several(frames.iter().map(bytes).collect()))
    }

    /// The same, from a part of the log that ends there.
    fn shows(&self, frames: &[&'static str], n: u64) -> Returned {
        let bytes = |frame: &&'static str| Bytes::from_static(frame.as_bytes());
        let frames = Frames::Several(frames.iter().map(bytes).collect());
        let upto = Position { epoch: 7, n };
        self.deliver_part(frames, Span { upto, ..SPAN })
    }

    fn deliver_bytes(&self, frames: Frames) -> Returned {
        self.deliver_part(frames, SPAN)
    }

    fn deliver_part(&self, frames: Frames, span: Span) -> Returned {
        let (credit, returned) = Credit::new();
        let mail = SessionMail::Frames {
            frames,
            span,
            credit,
        };
        assert!(
            self.mail.try_send(mail).is_ok(),
            "the mailbox is full or closed"
        );
        returned
    }

    fn tell(&self, mail: SessionMail) {
        assert!(
            self.mail.try_send(mail).is_ok(),
            "the mailbox is full or closed"
        );
    }

    /// The client is gone, and so is its end of the wire.
    fn hangs_up(&mut self) {
        self.client = Client(BufReader::new(duplex(1).0));
    }

    /// Nothing else was held.
    async fn sent_alone(&mut self, words: &str) {
        self.sends(&[words]).await;
        self.sent.is_quiet().await;
    }

    /// Everything that was held is free.
    async fn leaves_nothing_behind(&mut self) {
        self.leaves("ask release alice").await;
    }

    /// The session is gone, and its place is kept.
    async fn leaves_its_place(&mut self, parting: Parting) {
        self.leaves(&format!("ask release alice: {parting:?}"))
            .await;
    }

    async fn leaves(&mut self, release: &str) {
        self.sends(&["forget 7", release, "detach 7"]).await;
        self.sent.is_quiet().await;
    }
}

fn links(outbox: &Outbox<Sent>, rules: Rules) -> Links {
    Links {
        hub: HubId(0),
        attach: probe::<Attach, _>(outbox),
        detach: probe::<Detach, _>(outbox),
        introduce: probe::<Introduce, _>(outbox),
        set_format: probe::<SetFormat, _>(outbox),
        set_watch: probe::<SetWatch, _>(outbox),
        fell_behind: probe::<FellBehind, _>(outbox),
        catch_up: probe::<CatchUp, _>(outbox),
        forget: probe::<Forget, _>(outbox),
        prove: desk::<Prove, _>(outbox),
        prove_by_certificate: desk::<ProveByCertificate, _>(outbox),
        register: desk::<Register, _>(outbox),
        change_password: desk::<ChangePassword, _>(outbox),
        issue_token: desk::<IssueToken, _>(outbox),
        redeem_token: desk::<RedeemToken, _>(outbox),
        inquire: desk::<Inquire, _>(outbox),
        ask: probe::<Ask, _>(outbox),
        rules,
    }
}

fn rules() -> Rules {
    Rules {
        line_bytes: 4096,
        backlog: 64 * 1024,
        stalled: Duration::from_secs(60),
        login: Duration::from_secs(30),
        messages_per_second: None,
        message_burst: 60,
        duplicate_login: DuplicateLogin::Reject,
    }
}

fn answer(ask: &Ask, outcome: Outcome) {
    let mail = SessionMail::Answered(outcome);
    assert!(ask.reply.try_send(mail).is_ok(), "nobody waits for it");
}

fn claimed(name: &str) -> Outcome {
    let claim = Claim {
        user: user(name),
        fence: at("7-0"),
    };
    Outcome::Claimed {
        claim,
        rooms: vec![RoomName::lobby()],
    }
}

fn said(n: u64) -> Outcome {
    let position = Position { epoch: 7, n };
    let at = None;
    Outcome::Done(Answer::Said { position, at })
}

/// The other end of the wire.
struct Client(BufReader<DuplexStream>);

impl Client {
    async fn says(&mut self, line: &str) {
        self.sends(format!("{line}\n").as_bytes()).await;
    }

    async fn sends(&mut self, bytes: &[u8]) {
        let sending = timeout(DEADLINE, self.0.get_mut().write_all(bytes)).await;
        sending.expect("nobody reads it").unwrap();
    }

    /// Nothing more comes from here; what comes is still read.
    async fn says_all(&mut self) {
        self.0.get_mut().shutdown().await.unwrap();
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        let reading = timeout(DEADLINE, self.0.read_line(&mut line)).await;
        reading.expect("no line came").unwrap();
        line
    }

    #[track_caller]
    fn hears<'a>(&'a mut self, expected: &'a str) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            assert_eq!(self.line().await, format!("{expected}\n"), "at {caller}");
        }
    }

    async fn is_greeted(&mut self) {
        while self.line().await != "* Username:\n" {}
    }

    /// Everything until the connection ends.
    async fn hears_the_rest(&mut self) -> String {
        let mut rest = String::new();
        let reading = timeout(DEADLINE, self.0.read_to_string(&mut rest)).await;
        reading.expect("the connection stays").unwrap();
        rest
    }
}

/// A pipe that reports what is written at once, and with a bomb in it.
#[derive(Debug)]
struct Wire {
    io: DuplexStream,
    written: Outbox<usize>,
    armed: oneshot::Receiver<()>,
}

impl Transport for Wire {
    fn doubt(&self) -> std::io::Result<()> {
        self.io.doubt()
    }

    fn trust(&self) -> std::io::Result<()> {
        self.io.trust()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let exploded = Pin::new(&mut self.armed).poll(cx);
        assert!(
            !matches!(exploded, Poll::Ready(Ok(()))),
            "a bomb, as the test wants"
        );
        Pin::new(&mut self.io).poll_read(cx, into)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, slices);
        if let Poll::Ready(Ok(bytes)) = written {
            self.written.report(bytes);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
