//! People: whom they follow, who is there.

use redis::{Cmd, Value};

use super::reply::{Items, Nonsense, asked, changed};
use super::rooms::ranked;
use super::sources::Lua;
use super::words::{json, json_if_any};
use super::{Asker, Scripts};
use crate::bridge::kept::Hold;
use crate::bridge::redis::task::{Decision, Trouble, Verdict};
use crate::bridge::wire;
use crate::chat::answer::{Census, Former, Known, Office, Presence};
use crate::chat::event::Timestamp;
use crate::chat::limits::FOLLOWS_PER_USER;
use crate::chat::origin::SessionId;
use crate::chat::profile::Profile;
use crate::chat::{Answer, Position, Text, UserName};
use crate::messages::{Outcome, PeopleRequest};

impl Scripts {
    pub(super) fn call_people(&self, asker: Asker<'_>, request: &PeopleRequest) -> Cmd {
        match request {
            PeopleRequest::Follow { author } => {
                let mut call = self.live(Lua::Follow, asker);
                call.arg(author.id())
                    .arg(self.configured(author))
                    .arg(FOLLOWS_PER_USER);
                call
            }
            PeopleRequest::Unfollow { author } => {
                let mut call = self.live(Lua::Unfollow, asker);
                call.arg(author.id()).arg(self.configured(author));
                call
            }
            PeopleRequest::Following => self.question(Lua::Following, asker),
            PeopleRequest::Followers => self.question(Lua::Followers, asker),
            PeopleRequest::Online => self.question(Lua::Online, asker),
            PeopleRequest::Neighbours => self.question(Lua::Neighbours, asker),
            PeopleRequest::TakeOffice { office } => self.call_office(asker, *office),
            PeopleRequest::Kill { user, words } => self.call_kill(asker, user, words.as_ref()),
            PeopleRequest::Announce { text } => {
                let mut call = self.live(Lua::Announce, asker);
                call.arg(json(text));
                call
            }
            PeopleRequest::Presence { people } => self.call_presence(asker, people),
            PeopleRequest::Census => self.question(Lua::Census, asker),
            PeopleRequest::WhoIs { user } => {
                let mut call = self.question(Lua::WhoIs, asker);
                call.arg(user.id()).arg(self.configured(user));
                call
            }
            PeopleRequest::WhoWas { user, count } => {
                let mut call = self.question(Lua::WhoWas, asker);
                call.arg(user.as_str())
                    .arg(*count)
                    .arg(self.remembered_for());
                call
            }
            PeopleRequest::Nick { nick } => {
                let mut call = self.live(Lua::Nick, asker);
                call.arg(nick.as_str())
                    .arg(self.configured_as(nick.as_str()))
                    .arg(self.remembered_for());
                call
            }
            PeopleRequest::Away { text } => {
                let mut call = self.live(Lua::Away, asker);
                call.arg(text.as_str()).arg(json(text));
                call
            }
            PeopleRequest::Back => {
                let mut call = self.live(Lua::Away, asker);
                call.arg("").arg("");
                call
            }
        }
    }

    fn call_office(&self, asker: Asker<'_>, office: Office) -> Cmd {
        let mut call = self.live(Lua::TakeOffice, asker);
        call.arg(match office {
            Office::Operator => "operator",
            Office::None => "none",
        });
        call
    }

    fn call_kill(&self, asker: Asker<'_>, user: &UserName, words: Option<&Text>) -> Cmd {
        let mut call = self.live(Lua::Kill, asker);
        call.arg(user.as_str())
            .arg(self.configured(user))
            .arg(json_if_any(words))
            .arg(self.remembered_for());
        call
    }

    fn call_presence(&self, asker: Asker<'_>, people: &[UserName]) -> Cmd {
        let mut call = self.question(Lua::Presence, asker);
        for user in people {
            call.arg(user.as_str());
        }
        call
    }

    pub(super) fn read_people(
        &self,
        request: &PeopleRequest,
        reply: Value,
    ) -> Result<Decision, Trouble> {
        match request {
            PeopleRequest::Follow { .. } => {
                self.done(reply, |author| Answer::Subscribed { author })
            }
            PeopleRequest::Unfollow { .. } => {
                self.done(reply, |author| Answer::Unsubscribed { author })
            }
            PeopleRequest::Following => self.users(reply, |users| Answer::Subscriptions { users }),
            PeopleRequest::Followers => self.users(reply, |users| Answer::Subscribers { users }),
            PeopleRequest::Online | PeopleRequest::Neighbours => {
                asked(&self.rules, reply, |items| {
                    let (users, known) = (items.sorted()?, known(items)?);
                    Ok((Answer::Online { users, known }, None))
                })
            }
            PeopleRequest::TakeOffice { office } => {
                let office = *office;
                self.granted(reply, Answer::InOffice { office })
            }
            PeopleRequest::Kill { .. } => self.done(reply, |user| Answer::Killed { user }),
            PeopleRequest::Announce { .. } => self.granted(reply, Answer::Announced),
            PeopleRequest::Presence { .. } => asked(&self.rules, reply, |items| {
                let (here, gone) = (items.list()?, items.list()?);
                Ok((Answer::Presence { here, gone }, None))
            }),
            PeopleRequest::Census => asked(&self.rules, reply, |items| {
                let census = Census {
                    people: items.next()?,
                    rooms: items.next()?,
                    operators: items.next()?,
                    at: Timestamp(items.next()?),
                };
                Ok((Answer::Census(census), None))
            }),
            PeopleRequest::WhoIs { .. } => asked(&self.rules, reply, |items| {
                let user = items.next()?;
                let presence = presence(items)?;
                Ok((Answer::WhoIs { user, presence }, None))
            }),
            PeopleRequest::WhoWas { user, .. } => self.who_was(user.clone(), reply),
            PeopleRequest::Nick { .. } => changed(&self.rules, reply, |lines, _| {
                let (user, was) = (lines.next()?, lines.next()?);
                Ok(Verdict::Outcome(Outcome::Done(Answer::Nicked {
                    user,
                    was,
                })))
            }),
            PeopleRequest::Away { text } => changed(&self.rules, reply, |_, _| {
                let text = text.clone();
                Ok(Verdict::Outcome(Outcome::Done(Answer::Away { text })))
            }),
            PeopleRequest::Back => changed(&self.rules, reply, |_, _| {
                Ok(Verdict::Outcome(Outcome::Done(Answer::Back)))
            }),
        }
    }

    fn who_was(&self, user: UserName, reply: Value) -> Result<Decision, Trouble> {
        asked(&self.rules, reply, |items| {
            let former = former(items)?;
            Ok((Answer::WhoWas { user, former }, None))
        })
    }

    /// A change of which nothing more is told than that it is done.
    fn granted(&self, reply: Value, answer: Answer) -> Result<Decision, Trouble> {
        changed(&self.rules, reply, |_, _| {
            Ok(Verdict::Outcome(Outcome::Done(answer)))
        })
    }

    /// A change about one person, whose name as registered the script tells.
    fn done(
        &self,
        reply: Value,
        answer: impl FnOnce(UserName) -> Answer,
    ) -> Result<Decision, Trouble> {
        changed(&self.rules, reply, |lines, _| {
            let answer = answer(lines.next()?);
            Ok(Verdict::Outcome(Outcome::Done(answer)))
        })
    }

    fn users(
        &self,
        reply: Value,
        answer: impl FnOnce(Vec<UserName>) -> Answer,
    ) -> Result<Decision, Trouble> {
        asked(&self.rules, reply, |items| {
            Ok((answer(items.sorted()?), None))
        })
    }
}

/// What there is to know of several people.
pub(super) fn known(items: &mut Items) -> Result<Known, Nonsense> {
    Ok(Known {
        away: items.sorted()?,
        operators: items.sorted()?,
        profiles: profiles(items)?,
    })
}

fn profiles(items: &mut Items) -> Result<Vec<(UserName, Profile)>, Nonsense> {
    let (mut items, mut profiles) = (items.array()?, Vec::new());
    while !items.is_empty() {
        let user: UserName = items.next()?;
        profiles.push((user, profile_of(&items.next::<String>()?)?));
    }
    profiles.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(profiles)
}

/// Names, times and profiles, the last one first.
fn former(items: &mut Items) -> Result<Vec<Former>, Nonsense> {
    let (mut items, mut former) = (items.array()?, Vec::new());
    while !items.is_empty() {
        former.push(Former {
            user: items.next()?,
            until: Timestamp(items.next()?),
            profile: profile_of(&items.next::<String>()?)?,
        });
    }
    Ok(former)
}

fn presence(items: &mut Items) -> Result<Presence, Nonsense> {
    let Some(held) = items.next_if_any::<String>()? else {
        return Ok(Presence::Offline);
    };
    let (_, session, _) = claim(&held)?;
    Ok(Presence::Online {
        node: session.incarnation.node,
        since: Timestamp(items.next_if_any()?.unwrap_or_default()),
        away: items.next_if_any()?,
        rooms: items.sorted()?,
        office: match items.next::<u64>()? {
            0 => Office::None,
            _ => Office::Operator,
        },
        ranked: ranked(items)?,
        profile: profile(items)?,
    })
}

/// What somebody says about themselves; nothing where that is not there.
fn profile(items: &mut Items) -> Result<Profile, Nonsense> {
    let kept = items.next_if_any::<String>()?;
    kept.map_or_else(|| Ok(Profile::default()), |kept| profile_of(&kept))
}

/// The same as it stands in `profiles`.
pub(super) fn profile_of(kept: &str) -> Result<Profile, Nonsense> {
    wire::profile::read(kept).ok_or_else(|| Nonsense(format!("a profile is {kept:?}")))
}

/// A fence and its session as they stand in `sessions`.
pub(super) fn claim(held: &str) -> Result<(Position, SessionId, Hold), Nonsense> {
    let nonsense = || Nonsense(format!("a claim is {held:?}"));
    let words: Vec<_> = held.split(' ').collect();
    let [fence, incarnation, conn, hold] = words.as_slice() else {
        return Err(nonsense());
    };
    let fence = fence.parse().map_err(|_| nonsense())?;
    let session = format!("{incarnation}/{conn}");
    let session = session.parse().map_err(|_| nonsense())?;
    Ok((fence, session, Hold::of_word(hold).ok_or_else(nonsense)?))
}
