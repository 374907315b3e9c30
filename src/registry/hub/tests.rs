use std::time::Duration;

use actix::Addr;

use super::*;
use crate::messages::Returned;
use crate::testing::{Inbox, SPAN, comes_back, gone, inbox, probe, settle, vital};

#[actix::test]
async fn a_frame_reaches_those_it_is_for_and_nobody_else() {
    let mut stage = Stage::with_sessions(3);
    let credit = stage.hand_off(vec![frame("hi\n", &[0, 2])]);
    assert_eq!(stage.hears(0).await, ["hi\n"]);
    assert_eq!(stage.hears(1).await, [""; 0]);
    assert_eq!(stage.hears(2).await, ["hi\n"]);
    comes_back(credit).await;
}

#[actix::test]
async fn frames_of_a_batch_come_in_order_and_in_one_message() {
    let mut stage = Stage::with_sessions(2);
    let batch = vec![
        frame("1\n", &[0, 1]),
        frame("2\n", &[1]),
        frame("3\n", &[1, 0]),
    ];
    let credit = stage.hand_off(batch);
    assert_eq!(stage.hears(0).await, ["1\n3\n"]);
    assert_eq!(stage.hears(1).await, ["1\n2\n3\n"]);
    comes_back(credit).await;
}

#[actix::test]
async fn batches_come_in_order() {
    let mut stage = Stage::with_sessions(1);
    for text in ["1\n", "2\n", "3\n"] {
        stage.hand_off(vec![frame(text, &[0])]);
    }
    assert_eq!(stage.hears(0).await, ["1\n", "2\n", "3\n"]);
}

#[actix::test]
async fn all_hear_the_same_bytes() {
    let mut stage = Stage::with_sessions(2);
    let bytes = Bytes::from(b"hi\n".to_vec());
    let to = vec![ConnId(0), ConnId(1)];
    let frame = Frame {
        bytes: bytes.clone(),
        except: None,
    };
    let frames = vec![frame];
    stage.hand_off(vec![Delivery::Run(Run { frames, to })]);
    for session in &mut stage.sessions {
        let SessionMail::Frames {
            frames: Frames::One(heard),
            ..
        } = session.next().await
        else {
            panic!("one frame comes as one")
        };
        assert_eq!(heard.as_ptr(), bytes.as_ptr());
    }
}

#[actix::test]
async fn an_end_comes_behind_the_frames_before_it() {
    let mut stage = Stage::with_sessions(2);
    stage.hand_off(vec![
        frame("1\n", &[0, 1]),
        frame("2\n", &[0]),
        Delivery::End {
            conn: ConnId(0),
            ending: Ending::Replaced,
        },
        frame("3\n", &[1]),
    ]);
    assert_eq!(stage.hears(0).await, ["1\n2\n", "end replaced"]);
    assert_eq!(stage.hears(1).await, ["1\n3\n"]);
    stage.hand_off(vec![Delivery::End {
        conn: ConnId(1),
        ending: Ending::Replaced,
    }]);
    assert_eq!(stage.hears(1).await, ["end replaced"]);
}

#[actix::test]
async fn a_run_comes_in_one_piece_and_without_what_one_said_oneself() {
    let mut stage = Stage::with_sessions(3);
    let to = vec![ConnId(0), ConnId(1), ConnId(2)];
    let said = [
        ("a\n", Some(ConnId(0))),
        ("b\n", None),
        ("c\n", Some(ConnId(2))),
    ];
    let frames = said.map(|(text, except)| Frame {
        bytes: Bytes::from_static(text.as_bytes()),
        except,
    });
    let run = Delivery::Run(Run {
        frames: frames.into(),
        to,
    });
    stage.hand_off(vec![run.clone()]);
    for (conn, heard) in [(0, "b\nc\n"), (1, "a\nb\nc\n"), (2, "a\nb\n")] {
        assert_eq!(stage.hears(conn).await, [heard]);
    }
    stage.hand_off(vec![run, frame("d\n", &[0])]);
    assert_eq!(stage.hears(0).await, ["b\nc\nd\n"]);
}

#[actix::test]
async fn who_is_left_out_of_all_of_a_run_is_not_woken() {
    let mut stage = Stage::with_sessions(2);
    let frames = vec![Frame {
        bytes: Bytes::from_static(b"a\n"),
        except: Some(ConnId(0)),
    }];
    let to = vec![ConnId(0), ConnId(1)];
    stage.hand_off(vec![Delivery::Run(Run { frames, to })]);
    assert_eq!(stage.hears(1).await, ["a\n"]);
    assert_eq!(stage.hears(0).await, [""; 0]);
}

#[actix::test]
async fn a_format_is_set_between_the_frames() {
    let mut stage = Stage::with_sessions(1);
    stage.hand_off(vec![
        frame("old\n", &[0]),
        Delivery::FormatSet { conn: ConnId(0) },
        frame("new\n", &[0]),
    ]);
    assert_eq!(stage.hears(0).await, ["old\n", "format set", "new\n"]);
}

#[actix::test]
async fn a_batch_is_out_until_the_last_session_has_taken_it() {
    let mut stage = Stage::with_sessions(2);
    let credit = stage.hand_off(vec![frame("1\n", &[0, 1]), frame("2\n", &[1])]);
    let mut waiting = Box::pin(credit.wait());
    assert_eq!(stage.hears(0).await, ["1\n"]);
    assert!(
        tokio::time::timeout(Duration::ZERO, &mut waiting)
            .await
            .is_err()
    );
    assert_eq!(stage.hears(1).await, ["1\n2\n"]);
    waiting.await;
}

#[actix::test]
async fn the_dead_and_the_detached_hurt_nobody_and_hold_no_credit() {
    let mut stage = Stage::with_sessions(3);
    let (conn, session) = (ConnId(0), gone::<SessionMail>().await);
    stage.tell(Attach { conn, session }).await;
    stage.tell(Detach { conn: ConnId(1) }).await;
    let credit = stage.hand_off(vec![
        frame("1\n", &[0, 1, 2, 77]),
        frame("2\n", &[0, 1, 2, 77]),
    ]);
    assert_eq!(stage.hears(2).await, ["1\n2\n"]);
    comes_back(credit).await;
    assert_eq!(stage.hears(1).await, [""; 0]);
}

#[actix::test]
async fn a_closing_hub_ends_all_and_waits_for_the_last_one() {
    let mut stage = Stage::with_sessions(2);
    let mut closing = Box::pin(stage.hub.send(CloseAll { ending: GOING_DOWN }));
    assert!(
        tokio::time::timeout(Duration::ZERO, &mut closing)
            .await
            .is_err()
    );
    for conn in [0, 1] {
        assert_eq!(stage.hears(conn).await, ["end going_down"]);
    }
    for conn in [0, 1] {
        settle().await;
        assert!(
            tokio::time::timeout(Duration::ZERO, &mut closing)
                .await
                .is_err()
        );
        stage.tell(Detach { conn: ConnId(conn) }).await;
    }
    tokio::time::timeout(crate::testing::DEADLINE, closing)
        .await
        .unwrap()
        .unwrap();
}

#[actix::test]
async fn a_hub_without_sessions_is_closed_at_once() {
    let stage = Stage::with_sessions(0);
    let closing = stage.hub.send(CloseAll { ending: GOING_DOWN });
    tokio::time::timeout(crate::testing::DEADLINE, closing)
        .await
        .unwrap()
        .unwrap();
}

#[actix::test]
async fn who_comes_while_the_hub_closes_is_ended_and_waited_for() {
    let mut stage = Stage::with_sessions(1);
    let mut closing = Box::pin(stage.hub.send(CloseAll { ending: GOING_DOWN }));
    assert!(
        tokio::time::timeout(Duration::ZERO, &mut closing)
            .await
            .is_err()
    );
    stage.attach().await;
    assert_eq!(stage.hears(1).await, ["end going_down"]);
    stage.tell(Detach { conn: ConnId(0) }).await;
    assert!(
        tokio::time::timeout(Duration::ZERO, &mut closing)
            .await
            .is_err()
    );
    stage.tell(Detach { conn: ConnId(1) }).await;
    tokio::time::timeout(crate::testing::DEADLINE, closing)
        .await
        .unwrap()
        .unwrap();
}

const GOING_DOWN: Ending = Ending::GoingDown {
    come_back_in: Duration::from_secs(5),
};

/// A hub, and what reaches the sessions that attached to it, by their numbers.
struct Stage {
    hub: Addr<Hub>,
    sessions: Vec<Inbox<SessionMail>>,
}

impl Stage {
    fn with_sessions(count: usize) -> Self {
        let mut hub = Hub::new(vital());
        let mut sessions = Vec::new();
        for conn in 0..count {
            let (session, mail) = session();
            hub.sessions.insert(ConnId(conn as u64), session);
            sessions.push(mail);
        }
        Self {
            hub: hub.start(),
            sessions,
        }
    }

    async fn attach(&mut self) {
        let (session, mail) = session();
        let conn = ConnId(self.sessions.len() as u64);
        self.sessions.push(mail);
        self.tell(Attach { conn, session }).await;
    }

    async fn tell<M>(&self, message: M)
    where
        M: actix::Message<Result = ()> + Send + 'static,
        Hub: Handler<M>,
    {
        self.hub.send(message).await.unwrap();
    }

    fn hand_off(&self, deliveries: Vec<Delivery>) -> Returned {
        let (credit, returned) = Credit::new();
        let handoff = Handoff {
            deliveries,
            span: SPAN,
            credit,
        };
        self.hub.try_send(handoff).unwrap();
        returned
    }

    /// Everything that reached a session since it was looked at last.
    async fn hears(&mut self, conn: u64) -> Vec<String> {
        let session = &mut self.sessions[usize::try_from(conn).unwrap()];
        session.all().await.iter().map(words).collect()
    }
}

fn session() -> (Recipient<SessionMail>, Inbox<SessionMail>) {
    let (outbox, inbox) = inbox();
    (probe::<SessionMail, _>(&outbox), inbox)
}

fn frame(text: &'static str, to: &[u64]) -> Delivery {
    let bytes = Bytes::from_static(text.as_bytes());
    let frames = vec![Frame {
        bytes,
        except: None,
    }];
    let to = to.iter().copied().map(ConnId).collect();
    Delivery::Run(Run { frames, to })
}

fn words(mail: &SessionMail) -> String {
    match mail {
        SessionMail::Frames {
            frames: Frames::One(frame),
            ..
        } => utf8(frame),
        SessionMail::Frames {
            frames: Frames::Several(frames),
            ..
        } => frames.iter().map(utf8).collect(),
        SessionMail::Answered(outcome) => panic!("a hub answers nothing: {outcome:?}"),
        SessionMail::Missed(part) => format!("missed {}", utf8(&part.bytes)),
        SessionMail::Resolved(fate) => panic!("a hub resolves nothing: {fate:?}"),
        SessionMail::FormatSet => "format set".to_owned(),
        SessionMail::Suspended => "suspended".to_owned(),
        SessionMail::PutOut { room, .. } => format!("put out {room}"),
        SessionMail::Probe => "probe".to_owned(),
        SessionMail::HolderAlive => "holder alive".to_owned(),
        SessionMail::End(ending) => format!("end {}", ending.label()),
    }
}

fn utf8(frame: &Bytes) -> String {
    String::from_utf8(frame.to_vec()).unwrap()
}
