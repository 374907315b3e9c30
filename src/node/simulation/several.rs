//! A door at which one is in several rooms. The line door knows one at a time, so the key that is
//! typed says what such a door would ask.

use actix::{Actor, Addr, Context, Handler, ResponseFuture};

use crate::bridge::redis::RedisBridge;
use crate::chat::Text;
use crate::chat::command::RoomKey;
use crate::messages::{ACTOR_MAILBOX, Ask, Question, Request, RoomRequest, Shut};

/// `/join den too`: into the den, and out of no room.
pub(super) const TOO: &str = "too";

/// `/join den out`: out of the den, and into no room. Not out of the room that is talked in.
pub(super) const OUT: &str = "out";

/// Passes on what is asked, in order.
pub(super) struct Several(pub(super) Addr<RedisBridge>);

impl Actor for Several {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(ACTOR_MAILBOX);
    }
}

impl Handler<Ask> for Several {
    type Result = ();

    fn handle(&mut self, mut ask: Ask, _: &mut Self::Context) {
        for question in &mut ask.questions {
            if let Question::Live { request, .. } = question {
                translate(request);
            }
        }
        self.0.do_send(ask);
    }
}

/// Everything asked before is passed on by then.
impl Handler<Shut> for Several {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, shut: Shut, _: &mut Self::Context) -> Self::Result {
        let bridge = self.0.clone();
        Box::pin(async move {
            // One that failed has said so.
            let _ = bridge.send(shut).await;
        })
    }
}

fn translate(request: &mut Request) {
    let Request::Rooms(RoomRequest::Move { from, to, key }) = request else {
        return;
    };
    let RoomKey::Given(word) = &*key else {
        return;
    };
    let room = to.clone();
    let asks = match word.expose() {
        word if word == TOO.as_bytes() => RoomRequest::Enter {
            room,
            key: RoomKey::None,
        },
        word if word == OUT.as_bytes() && from != to => RoomRequest::Leave {
            room,
            words: Text::new("bye").ok(),
        },
        _ => RoomRequest::Move {
            from: from.clone(),
            to: room,
            key: RoomKey::None,
        },
    };
    *request = Request::Rooms(asks);
}
