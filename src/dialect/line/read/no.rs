//! Refusals, fates and endings: what stands behind `! `.

use std::time::Duration;

use super::{Refused, Told};
use crate::chat::{Ending, Fate};
use crate::dialect::line::tell;

/// What a line means that begins with `! `.
pub(super) fn refusal(text: &str) -> Told<'_> {
    if let Some(ending) = ending(text) {
        return Told::Ended(ending);
    }
    if let Some(fate) = fate(text) {
        return Told::Resolved { fate };
    }
    Told::Refused(match text {
        "Wrong username or password" => Refused::WrongPassword,
        tell::WRONG_TOKEN => Refused::WrongToken,
        "Registration is closed" => Refused::RegistrationClosed,
        "Busy, try again" => Refused::Busy,
        _ => longer_refusal(text),
    })
}

/// Those that a reason or a name stands behind.
fn longer_refusal(text: &str) -> Refused<'_> {
    match text.split_once(": ") {
        Some(("That name is taken", _)) => Refused::NameTaken,
        Some(("Not delivered", _)) => Refused::NotDelivered,
        Some(("Not confirmed", _)) => Refused::NotConfirmed,
        Some(("Slow down", rest)) => match rest.rsplit_once(" in ").and_then(|it| seconds(it.1)) {
            Some(wait) => Refused::SlowDown { wait },
            None => Refused::Other { text },
        },
        _ => Refused::Other { text },
    }
}

fn fate(text: &str) -> Option<Fate> {
    match text {
        "Not delivered after all" => Some(Fate::NotDelivered),
        _ => text
            .starts_with("Never confirmed: ")
            .then_some(Fate::Unknown),
    }
}

fn ending(text: &str) -> Option<Ending> {
    let ending = match text {
        "User already logged in" => Ending::Duplicate,
        "Logged in elsewhere" => Ending::Replaced,
        "An operator put you out" => Ending::Killed,
        "Messages were lost: log in again" => Ending::MessagesLost,
        "What became of that is not known: log in again" => Ending::Unconfirmed,
        "Too many failures" => Ending::TooManyFailures,
        "Too slow: you read less than was said" => Ending::TooSlow,
        "The node failed. Try again in a moment." => Ending::Broken,
        _ => return ending_with_a_number(text),
    };
    Some(ending)
}

fn ending_with_a_number(text: &str) -> Option<Ending> {
    if let Some(rest) = text.strip_prefix("No login within ") {
        return seconds(rest).map(|within| Ending::NoLogin { within });
    }
    if let Some(rest) = text.strip_prefix("The node is going down. Come back in ") {
        return seconds(rest.strip_suffix('.')?)
            .map(|come_back_in| Ending::GoingDown { come_back_in });
    }
    let rest = text.strip_prefix("Line too long (")?;
    let most = rest.strip_suffix(" bytes without an end)")?.parse().ok()?;
    Some(Ending::FramingLost { most })
}

/// `7 s`.
fn seconds(text: &str) -> Option<Duration> {
    let seconds = text.strip_suffix(" s")?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
