//! What becomes of who is not in yet, once it is known.

use bytes::BytesMut;

use super::{Conversation, Stage};
use crate::chat::{Refusal, UserName};
use crate::dialect::irc::asked::of_registration;
use crate::dialect::irc::refuse;
use crate::dialect::irc::register::{self, Wish};
use crate::dialect::irc::registration;

impl Conversation {
    /// The password was right.
    pub(in crate::dialect::irc) fn proved(&mut self, user: UserName, out: &mut BytesMut) {
        if let Stage::Registering(registration) = &mut self.stage {
            let steps = registration.proved(user);
            self.goes_on(steps, out);
        }
    }

    pub(super) fn not_proved(&mut self, refusal: &Refusal, out: &mut BytesMut) {
        if let Stage::Registering(registration) = &mut self.stage {
            let steps = registration.not_proved(&refuse::words(refusal));
            self.goes_on(steps, out);
        }
    }

    /// The password was the node's.
    pub(in crate::dialect::irc) fn let_in(&mut self, out: &mut BytesMut) {
        if let Stage::Registering(registration) = &mut self.stage {
            let steps = registration.let_in();
            self.goes_on(steps, out);
        }
    }

    pub(super) fn not_let_in(&mut self, refusal: &Refusal, out: &mut BytesMut) {
        if let Stage::Registering(registration) = &mut self.stage {
            let steps = registration.not_let_in(&refuse::words(refusal));
            self.goes_on(steps, out);
        }
    }

    /// There is no such account by that.
    pub(super) fn not_made(&mut self, wish: &Wish, refusal: &Refusal, out: &mut BytesMut) {
        self.gathered(out, |this, out| {
            register::refusal(this.voice(), wish, refusal, out)
        });
        if let Stage::Registering(registration) = &mut self.stage {
            let steps = registration.not_made();
            self.goes_on(steps, out);
        }
    }

    /// Somebody else is called so.
    pub(super) fn not_so_called(&mut self, refusal: &Refusal, out: &mut BytesMut) {
        if let Stage::Registering(registration) = &mut self.stage {
            let steps = registration.not_so_called(&refuse::words(refusal));
            self.goes_on(steps, out);
        }
    }

    /// What is to be told is told at once, for it is the answer.
    fn goes_on(&mut self, steps: Vec<registration::Step>, out: &mut BytesMut) {
        for step in steps {
            match step {
                registration::Step::Tell { reply } => reply.spell(self.voice(), out),
                registration::Step::End => {
                    self.stage = Stage::Over;
                    self.heard
                        .push_back(of_registration(registration::Step::Quit));
                }
                registration::Step::Knock { .. }
                | registration::Step::Prove { .. }
                | registration::Step::ProveByCertificate { .. }
                | registration::Step::Register { .. }
                | registration::Step::Claim { .. }
                | registration::Step::Visit { .. }
                | registration::Step::Quit => self.heard.push_back(of_registration(step)),
            }
        }
    }
}
