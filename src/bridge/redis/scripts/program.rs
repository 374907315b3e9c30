//! What people's programs need of each other.

use redis::{Cmd, Value};

use super::reply::{Nonsense, asked, changed};
use super::sources::Lua;
use super::words::{json_if_any, told_beside};
use super::{Asker, MOST, Scripts};
use crate::bridge::conversation::kept_as;
use crate::bridge::redis::task::{Decision, Trouble, Verdict};
use crate::bridge::wire;
use crate::chat::Answer;
use crate::chat::command::Certificates;
use crate::chat::event::Timestamp;
use crate::chat::extras::Lifetime;
use crate::chat::history::Conversation;
use crate::chat::limits::{CERTIFICATES_PER_USER, READ_MARKS_PER_USER};
use crate::chat::profile::Audience;
use crate::messages::{Outcome, ProgramRequest};

impl Scripts {
    pub(super) fn call_program(&self, asker: Asker<'_>, request: &ProgramRequest) -> Cmd {
        match request {
            ProgramRequest::Tag { to, extras } => {
                let mut call = self.live(Lua::Tag, asker);
                match to {
                    Conversation::Room { room } => call.arg(room.as_str()).arg("").arg(""),
                    Conversation::Person { user } => {
                        call.arg("").arg(user.as_str()).arg(self.configured(user))
                    }
                };
                call.arg(told_beside(extras))
                    .arg(match extras.tags.lifetime() {
                        Lifetime::Lasting => "lasting",
                        Lifetime::Passing => "passing",
                    });
                self.add_keeping(&mut call);
                call
            }
            ProgramRequest::Certificates(wanted) => match wanted {
                Certificates::List => self.question(Lua::Certificates, asker),
                Certificates::Add(certificate) => {
                    let mut call = self.live(Lua::CertificateAdd, asker);
                    call.arg(certificate.to_string()).arg(CERTIFICATES_PER_USER);
                    call
                }
                Certificates::Remove(certificate) => {
                    let mut call = self.live(Lua::CertificateRemove, asker);
                    call.arg(certificate.to_string());
                    call
                }
            },
            ProgramRequest::Introduce { profile, audience } => {
                let real_name = json_if_any(profile.real_name.as_ref());
                let mut call = self.live(Lua::Introduce, asker);
                call.arg(wire::profile::json(profile)).arg(real_name);
                call.arg(match audience {
                    Audience::Rooms => "rooms",
                    Audience::Watchers => "watchers",
                });
                call
            }
            ProgramRequest::WhatIsRead { of } => {
                let mut call = self.question(Lua::WhatIsRead, asker);
                call.arg(kept_as(of));
                call
            }
            ProgramRequest::Read { of, upto } => {
                let mut call = self.live(Lua::Read, asker);
                call.arg(kept_as(of))
                    .arg(upto.0.min(MOST))
                    .arg(READ_MARKS_PER_USER);
                call
            }
        }
    }

    pub(super) fn read_program(
        &self,
        request: &ProgramRequest,
        reply: Value,
    ) -> Result<Decision, Trouble> {
        match request {
            ProgramRequest::Tag { .. } => changed(&self.rules, reply, |lines, head| {
                let at = lines.next_if_any()?.map(Timestamp);
                let answer = match (head, at) {
                    (Some(position), Some(at)) => Answer::Tagged { position, at },
                    (None, None) => Answer::NobodyTagged,
                    (Some(_), None) | (None, Some(_)) => {
                        return Err(Nonsense("what was said is half there".to_owned()));
                    }
                };
                Ok(Verdict::Outcome(Outcome::Done(answer)))
            }),
            ProgramRequest::WhatIsRead { .. } => asked(&self.rules, reply, |items| {
                let at = items.next_if_any()?.map(Timestamp);
                Ok((Answer::ReadUpTo { at }, None))
            }),
            ProgramRequest::Certificates(Certificates::List) => {
                asked(&self.rules, reply, |items| {
                    let certificates = items.sorted()?;
                    Ok((Answer::Certificates { certificates }, None))
                })
            }
            ProgramRequest::Certificates(Certificates::Add(_) | Certificates::Remove(_)) => {
                changed(&self.rules, reply, |lines, _| {
                    let mut certificates: Vec<_> = lines.list()?;
                    certificates.sort();
                    let answer = Answer::Certificates { certificates };
                    Ok(Verdict::Outcome(Outcome::Done(answer)))
                })
            }
            ProgramRequest::Introduce { profile, .. } => changed(&self.rules, reply, |_, _| {
                let profile = profile.clone();
                Ok(Verdict::Outcome(Outcome::Done(Answer::Introduced {
                    profile,
                })))
            }),
            ProgramRequest::Read { .. } => changed(&self.rules, reply, |lines, _| {
                let at = Some(Timestamp(lines.next()?));
                Ok(Verdict::Outcome(Outcome::Done(Answer::ReadUpTo { at })))
            }),
        }
    }
}
