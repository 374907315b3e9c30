//! Refusals, malformed lines and endings, in words.

use std::fmt::Write;
use std::time::Duration;

use bytes::{BufMut, BytesMut};

use super::moderation;
use super::tell::{WRONG_TOKEN, echo, seconds};
use crate::chat::refusal::Throttled;
use crate::chat::{Ending, Fate, Refusal};
use crate::dialect::Malformed;

/// How to come in.
const LOGIN_FIRST: &str = "Log in first: /login <user> <password> or /register <user> <password>";

/// Why an account's password cannot be changed here.
const PASSWORD_FIXED: &str = "Your password stands in the node's settings: its operator changes it";

/// The store did not take it, for certain.
const NOT_DELIVERED: &str = "Not delivered: the cluster store is unreachable, try again";

/// Whether the store took it is not known.
const NOT_CONFIRMED: &str =
    "Not confirmed: the cluster store went away; it may have been delivered";

pub(in crate::dialect) fn refusal(refusal: &Refusal, out: &mut BytesMut) {
    match refusal {
        Refusal::WrongPassword => line!(out, "! Wrong username or password"),
        Refusal::WrongToken => line!(out, "! {WRONG_TOKEN}"),
        Refusal::NameTaken { user } => line!(out, "! That name is taken: {user}"),
        Refusal::RegistrationClosed => line!(out, "! Registration is closed"),
        Refusal::SlowDown { what, wait } => slow_down(*what, *wait, out),
        Refusal::Busy => line!(out, "! Busy, try again"),
        Refusal::PasswordLength { least, most } => {
            line!(out, "! A password has {least} to {most} bytes");
        }
        Refusal::PasswordsDiffer => line!(out, "! The two new passwords differ"),
        Refusal::PasswordFixed => line!(out, "! {PASSWORD_FIXED}"),
        Refusal::LoginFirst => line!(out, "! {LOGIN_FIRST}"),
        Refusal::InUse { user } => line!(out, "! {user} is logged in elsewhere"),
        Refusal::LoggedInAlready { user } => line!(out, "! You are logged in as {user}"),
        Refusal::NotAName { word, why } => line!(out, "! Not a name: {} ({why})", echo(word)),
        Refusal::NickInUse { nick } => line!(out, "! Somebody else is {nick}"),
        Refusal::NickRegistered { nick } => line!(out, "! {nick} is registered"),
        Refusal::OnlyForAccounts => line!(out, "! Only for accounts"),
        Refusal::UnknownCertificate => line!(out, "! Not a certificate of that account"),
        Refusal::CertificateTaken => line!(out, "! That is another account's certificate"),
        Refusal::TooManyCertificates { most } => {
            line!(out, "! Your account has {most} certificates already");
        }
        Refusal::NoSuchUser { user } => line!(out, "! No such user: {user}"),
        Refusal::NoSuchRoom { room } => line!(out, "! No such room: {room}"),
        Refusal::WrongKey { room } => line!(out, "! Wrong key for {room}"),
        Refusal::KeyTooLong { most } => line!(out, "! A key has at most {most} bytes"),
        Refusal::AlreadyIn { room } => line!(out, "! You are in {room} already"),
        Refusal::NotIn { room } => line!(out, "! You are not in {room}"),
        Refusal::Denied { room, why } => moderation::denied(room, *why, out),
        Refusal::NotThere { room, user } => line!(out, "! {user} is not in {room}"),
        Refusal::ThereAlready { room, user } => line!(out, "! {user} is in {room} already"),
        Refusal::Offline { user } => line!(out, "! {user} is offline"),
        Refusal::ListFull { room } => line!(out, "! Nobody else fits into that list of {room}"),
        Refusal::TooManyRooms { most } => {
            line!(
                out,
                "! There are {most} rooms already, which is the bound of this node"
            );
        }
        Refusal::InEnoughRooms { most } => {
            line!(out, "! You are in {most} rooms already, which is the bound");
        }
        Refusal::TooManySubscriptions { most } => {
            line!(
                out,
                "! You subscribe to {most} users already, which is the bound"
            );
        }
        Refusal::ToYourself => line!(out, "! That is yourself"),
        Refusal::NoOperator => line!(out, "! Only for operators"),
        Refusal::NoOperators => line!(out, "! There are no operators here"),
        Refusal::NothingToSay => line!(out, "! Nothing to say"),
        Refusal::NotDelivered => line!(out, "! {NOT_DELIVERED}"),
        Refusal::NotConfirmed => line!(out, "! {NOT_CONFIRMED}"),
    }
}

/// Told whether positions are shown or not: nothing else says which text it was.
pub(in crate::dialect) fn fate(fate: Fate, out: &mut BytesMut) {
    match fate {
        Fate::Delivered { position } => line!(out, "* delivered {position}"),
        Fate::NotDelivered => line!(out, "! Not delivered after all"),
        Fate::Unknown => {
            line!(
                out,
                "! Never confirmed: the log no longer goes back so far; it may have been delivered"
            );
        }
    }
}

fn slow_down(what: Throttled, wait: Duration, out: &mut BytesMut) {
    let what = match what {
        Throttled::Failures => "failed logins",
        Throttled::Registrations => "new accounts",
    };
    line!(
        out,
        "! Slow down: too many {what}, try again in {} s",
        seconds(wait)
    );
}

pub(in crate::dialect) fn malformed(malformed: &Malformed, out: &mut BytesMut) {
    match malformed {
        Malformed::LineTooLong { most } => line!(out, "! Line too long ({most} bytes at most)"),
        Malformed::NotUtf8 => line!(out, "! Not UTF-8"),
        Malformed::UnknownCommand { word } => {
            line!(
                out,
                "! Unknown command /{}. /help lists the commands.",
                echo(word)
            );
        }
        Malformed::Usage { usage } => line!(out, "! Usage: {usage}"),
    }
}

pub(in crate::dialect) fn ending(ending: Ending, out: &mut BytesMut) {
    match ending {
        Ending::Quit => line!(out, "* Goodbye."),
        Ending::Gone => {}
        Ending::Duplicate => line!(out, "! User already logged in"),
        Ending::Replaced => line!(out, "! Logged in elsewhere"),
        Ending::Killed => line!(out, "! An operator put you out"),
        Ending::MessagesLost => line!(out, "! Messages were lost: log in again"),
        Ending::Unconfirmed => {
            line!(out, "! What became of that is not known: log in again");
        }
        Ending::TooManyFailures => line!(out, "! Too many failures"),
        Ending::NoLogin { within } => line!(out, "! No login within {} s", seconds(within)),
        Ending::FramingLost { most } => line!(out, "! Line too long ({most} bytes without an end)"),
        Ending::TooSlow => line!(out, "! Too slow: you read less than was said"),
        Ending::GoingDown { come_back_in } => {
            line!(
                out,
                "! The node is going down. Come back in {} s.",
                seconds(come_back_in)
            );
        }
        Ending::Broken => line!(out, "! The node failed. Try again in a moment."),
    }
}
