//! Every no, every end, and what became of what was in doubt.

use bytes::BytesMut;

use super::asked::{Asked, Introducing};
use super::caps::{Cap, Caps};
use super::history;
use super::line::word;
use super::login;
use super::markread;
use super::numerics::Numeric;
use super::reply::{FailCode, Voice};
use super::room;
use super::service::{self, Teller};
use crate::chat::event::Manner;
use crate::chat::permission::Denial;
use crate::chat::{Ending, Fate, Refusal, RoomName, UserName};

/// Writes why something was not done.
pub(super) fn refusal(
    voice: Voice<'_>,
    caps: Caps,
    asked: &Asked,
    refusal: &Refusal,
    out: &mut BytesMut,
) {
    if let Asked::LogIn = asked {
        return login::refusal(voice, refusal, &words(refusal), out);
    }
    if let Asked::Read { target } = asked {
        return markread::refusal(voice, target, out);
    }
    if let Asked::History { about } = asked {
        return history::refusal(voice, caps, about, refusal, out);
    }
    let why = words(refusal);
    if let Asked::Subscription {
        by: Teller::Service,
        ..
    } = asked
    {
        return service::notice(voice, &why, out);
    }
    match told(asked, refusal) {
        Told::Numeric { numeric, about } => {
            let params = about.iter().map(String::as_str).chain([why.as_str()]);
            voice.reply(numeric, &params.collect::<Vec<_>>(), out);
        }
        Told::Nothing => {}
        Told::Fail(code) if caps.has(Cap::StandardReplies) => {
            voice.fail(asked.command(), code, &why, out);
        }
        Told::Fail(_) => {
            let text = format!("{}: {why}", asked.command());
            voice.note(&text, out);
        }
    }
    end_of(voice, asked, out);
}

/// How a refusal is told.
enum Told {
    /// As its numeric, about these.
    Numeric {
        numeric: Numeric,
        about: Vec<String>,
    },
    /// By a standard reply.
    Fail(FailCode),
    /// It is so already, or the end of the answer says it, or nobody may be told.
    Nothing,
}

fn told(asked: &Asked, refusal: &Refusal) -> Told {
    match (asked, numeric(asked, refusal)) {
        // What there is not has no members.
        (Asked::Names { .. } | Asked::Who { .. }, Told::Numeric { .. }) => Told::Nothing,
        // Nobody asked for it in words.
        (Asked::Introduce(Introducing::Quietly), _) => Told::Nothing,
        (Asked::Introduce(Introducing::ByName), _) => Told::Fail(FailCode::CannotChangeRealName),
        // Clients that enter their rooms by themselves come back to it.
        (Asked::Enter { room }, _) if passes(refusal) => Told::Numeric {
            numeric: Numeric::UnavailableResource,
            about: vec![room::spelled(room)],
        },
        // It is for now or never.
        (Asked::Tag(_), _) if is_lost(refusal) => Told::Nothing,
        // An answer to it could be answered, and so on; but what is lost is never lost in silence.
        (Asked::Say(said), _) if said.manner == Manner::Notice && !is_lost(refusal) => {
            Told::Nothing
        }
        (_, told) => told,
    }
}

/// Whether a text was well-formed and allowed, and is not kept all the same, or perhaps not.
const fn is_lost(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::NotDelivered | Refusal::NotConfirmed | Refusal::Busy
    )
}

/// Whether nothing was done for now, and may be in a moment.
const fn passes(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::NotDelivered | Refusal::Busy)
}

const fn about_nobody(numeric: Numeric) -> Told {
    let about = Vec::new();
    Told::Numeric { numeric, about }
}

fn both(numeric: Numeric, user: &UserName, room: &RoomName) -> Told {
    let about = vec![user.to_string(), room::spelled(room)];
    Told::Numeric { numeric, about }
}

fn numeric(asked: &Asked, refusal: &Refusal) -> Told {
    let of = |numeric, about: String| Told::Numeric {
        numeric,
        about: vec![about],
    };
    match refusal {
        Refusal::NickInUse { nick } | Refusal::NickRegistered { nick } => {
            of(Numeric::NicknameInUse, nick.to_string())
        }
        Refusal::NoSuchUser { user } => of(Numeric::NoSuchNick, user.to_string()),
        Refusal::NoSuchRoom { room } => of(Numeric::NoSuchChannel, room::spelled(room)),
        Refusal::WrongKey { room } => of(Numeric::BadChannelKey, room::spelled(room)),
        Refusal::AlreadyIn { .. } => Told::Nothing,
        Refusal::NotIn { room } if matches!(asked, Asked::Say(_) | Asked::Tag(_)) => {
            of(Numeric::CannotSendToChan, room::spelled(room))
        }
        Refusal::NotIn { room } => of(Numeric::NotOnChannel, room::spelled(room)),
        Refusal::Denied { room, why } => of(denied(asked, *why), room::spelled(room)),
        Refusal::NotThere { room, user } => both(Numeric::UserNotInChannel, user, room),
        Refusal::ThereAlready { room, user } => both(Numeric::UserOnChannel, user, room),
        Refusal::Offline { user } => of(Numeric::NoSuchNick, user.to_string()),
        Refusal::InEnoughRooms { .. } => match asked.room() {
            Some(room) => of(Numeric::TooManyChannels, room::spelled(room)),
            None => Told::Fail(FailCode::Refused),
        },
        Refusal::NotAName { word: sent, .. } => of(Numeric::NoSuchNick, word(sent).to_owned()),
        Refusal::ToYourself => Told::Fail(FailCode::InvalidTarget),
        Refusal::SlowDown { .. } | Refusal::Busy => Told::Fail(FailCode::TryAgain),
        Refusal::NotConfirmed => Told::Fail(FailCode::NotConfirmed),
        Refusal::KeyTooLong { .. } => match asked.room() {
            Some(room) => of(Numeric::InvalidKey, room::spelled(room)),
            None => Told::Fail(FailCode::Refused),
        },
        Refusal::NoOperator => about_nobody(Numeric::NoPrivileges),
        Refusal::NoOperators => about_nobody(Numeric::NoOperHost),
        Refusal::WrongPassword if matches!(asked, Asked::Oper) => {
            about_nobody(Numeric::PasswdMismatch)
        }
        Refusal::NotDelivered
        | Refusal::NothingToSay
        | Refusal::WrongPassword
        | Refusal::WrongToken
        | Refusal::NameTaken { .. }
        | Refusal::RegistrationClosed
        | Refusal::PasswordLength { .. }
        | Refusal::PasswordsDiffer
        | Refusal::PasswordFixed
        | Refusal::LoginFirst
        | Refusal::OnlyForAccounts
        | Refusal::UnknownCertificate
        | Refusal::CertificateTaken
        | Refusal::TooManyCertificates { .. }
        | Refusal::LoggedInAlready { .. }
        | Refusal::InUse { .. }
        | Refusal::TooManyRooms { .. }
        | Refusal::ListFull { .. }
        | Refusal::TooManySubscriptions { .. } => Told::Fail(FailCode::Refused),
    }
}

/// Whether only the nick stands in the way.
pub(super) const fn is_about_nick(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::NickInUse { .. } | Refusal::NickRegistered { .. }
    )
}

/// A ban keeps somebody out in one way, and quiet in another.
const fn denied(asked: &Asked, why: Denial) -> Numeric {
    match (asked, why) {
        (Asked::Say(_) | Asked::Tag(_), Denial::Banned) => Numeric::CannotSendToChan,
        (_, Denial::Moderated | Denial::Muted) => Numeric::CannotSendToChan,
        (_, Denial::Banned) => Numeric::BannedFromChan,
        (_, Denial::Uninvited) => Numeric::InviteOnlyChan,
        (_, Denial::WrongKey) => Numeric::BadChannelKey,
        (_, Denial::Full) => Numeric::ChannelIsFull,
        (_, Denial::NotOperator | Denial::OpenLobby) => Numeric::ChanOPrivsNeeded,
    }
}

const fn why_denied(why: Denial) -> &'static str {
    match why {
        Denial::NotOperator => "You're not channel operator",
        Denial::Moderated => "Cannot send to channel (+m): it is moderated",
        Denial::Banned => "You are banned (+b)",
        Denial::Muted => "Cannot send to channel (+b): you may listen",
        Denial::Uninvited => "Cannot join channel (+i): you are not invited",
        Denial::WrongKey => "Cannot join channel (+k): another key opens it",
        Denial::Full => "Cannot join channel (+l): it is full",
        Denial::OpenLobby => "The lobby stays open to everybody",
    }
}

/// Questions of which the answer has an end have it also where there is no answer, for clients wait.
fn end_of(voice: Voice<'_>, asked: &Asked, out: &mut BytesMut) {
    if let Asked::WhoIs { user } = asked {
        voice.reply(Numeric::EndOfWhois, &[user.as_str(), "End of WHOIS"], out);
    } else if let Asked::Who { query } = asked {
        query.end(voice, out);
    } else if let Asked::Names { room } = asked {
        let params = [&room::spelled(room), "End of NAMES list"];
        voice.reply(Numeric::EndOfNames, &params, out);
    } else if let Asked::List { .. } = asked {
        voice.reply(Numeric::ListEnd, &["End of LIST"], out);
    }
}

/// The same in words, for a person.
pub(super) fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::WrongPassword => "Wrong account or password".to_owned(),
        Refusal::WrongToken => "This token is not good any more".to_owned(),
        Refusal::NameTaken { user } => format!("There is an account {user} already"),
        Refusal::RegistrationClosed => "Accounts are made by the operator alone".to_owned(),
        Refusal::SlowDown { wait, .. } => {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            format!("Too many attempts: try again in {seconds} s")
        }
        Refusal::Busy => "Busy: try again".to_owned(),
        Refusal::PasswordLength { least, most } => {
            format!("A password has {least} to {most} bytes")
        }
        Refusal::PasswordsDiffer => "The passwords differ".to_owned(),
        Refusal::PasswordFixed => "The operator's settings hold this password".to_owned(),
        Refusal::LoginFirst => "Log in first".to_owned(),
        Refusal::LoggedInAlready { user } => format!("You are {user} already"),
        Refusal::InUse { user } => format!("{user} is logged in elsewhere"),
        Refusal::NotAName { why, .. } => format!("Not a name: {why}"),
        Refusal::NickInUse { .. } => "Nickname is already in use".to_owned(),
        Refusal::NickRegistered { .. } => {
            "Nickname is registered: only who logs in to that account has it".to_owned()
        }
        Refusal::UnknownCertificate => "No account is proven by this certificate".to_owned(),
        Refusal::CertificateTaken => "That is the certificate of another account".to_owned(),
        Refusal::TooManyCertificates { most } => {
            format!("Your account has {most} certificates already")
        }
        Refusal::OnlyForAccounts => "Only who has an account can have that".to_owned(),
        Refusal::NoSuchUser { .. } => "No such nick".to_owned(),
        Refusal::NoSuchRoom { .. } => "No such channel".to_owned(),
        Refusal::WrongKey { .. } => why_denied(Denial::WrongKey).to_owned(),
        Refusal::Denied { why, .. } => why_denied(*why).to_owned(),
        Refusal::NotThere { .. } => "They aren't on that channel".to_owned(),
        Refusal::ThereAlready { .. } => "is already on channel".to_owned(),
        Refusal::Offline { .. } => "Not here".to_owned(),
        Refusal::ListFull { .. } => "Nobody else fits into that list".to_owned(),
        Refusal::KeyTooLong { most } => format!("A key has at most {most} bytes"),
        Refusal::AlreadyIn { .. } => "You are in there".to_owned(),
        Refusal::NotIn { .. } => "You're not on that channel".to_owned(),
        Refusal::InEnoughRooms { most } => format!("You are in {most} channels, which is enough"),
        Refusal::TooManyRooms { most } => format!("There are {most} channels already"),
        Refusal::TooManySubscriptions { most } => format!("You subscribe to {most} people already"),
        Refusal::ToYourself => "That would be to yourself".to_owned(),
        Refusal::NoOperator => "Permission denied: you are no IRC operator".to_owned(),
        Refusal::NoOperators => "There are no operators here".to_owned(),
        Refusal::NothingToSay => "No text to send".to_owned(),
        Refusal::NotDelivered => "Not delivered: the store is unreachable, try again".to_owned(),
        Refusal::NotConfirmed => {
            "Not confirmed: the store went away; it may have been delivered".to_owned()
        }
    }
}

/// Writes what became of a text that was not confirmed.
pub(super) fn fate(voice: Voice<'_>, fate: Fate, out: &mut BytesMut) {
    let text = match fate {
        Fate::Delivered { position } => format!("What was in doubt is delivered: {position}"),
        Fate::NotDelivered => "What was in doubt is not delivered after all".to_owned(),
        Fate::Unknown => "What became of what was in doubt will never be known".to_owned(),
    };
    voice.note(&text, out);
}

/// Writes why the connection ends.
pub(super) fn ending(voice: Voice<'_>, ending: Ending, out: &mut BytesMut) {
    let why = match ending {
        Ending::Gone => return,
        Ending::Quit => "Goodbye".to_owned(),
        Ending::Duplicate => "This account is logged in already".to_owned(),
        Ending::Replaced => "Logged in elsewhere".to_owned(),
        Ending::Killed => format!("Closing Link: {} (Killed by an operator)", voice.nick),
        Ending::MessagesLost => "Messages were lost: log in again".to_owned(),
        Ending::Unconfirmed => "What became of that is not known: log in again".to_owned(),
        Ending::TooManyFailures => "Too many failures".to_owned(),
        Ending::NoLogin { within } => format!("No login within {} s", within.as_secs()),
        Ending::FramingLost { most } => format!("Line too long ({most} bytes without an end)"),
        Ending::TooSlow => "Too slow: you read less than was said".to_owned(),
        Ending::GoingDown { come_back_in } => {
            format!(
                "The server is going down: come back in {} s",
                come_back_in.as_secs()
            )
        }
        Ending::Broken => "The server failed: try again in a moment".to_owned(),
    };
    voice.tell("ERROR", &[&why], out);
}
