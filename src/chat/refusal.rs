//! Every "no" to a well-formed request; nothing was done, and the connection lives.

use std::time::Duration;

use super::name::NameError;
use super::permission::Denial;
use super::{Nick, RoomName, UserName};

/// Why a request was not granted. Words are the dialect's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Unknown user or wrong password, told apart by nobody.
    WrongPassword,
    /// A resume token that was used before, is too old, was revoked, or never was one.
    WrongToken,
    /// The client's certificate belongs to no account, or not to the one that was named.
    UnknownCertificate,
    /// The certificate belongs to another account.
    CertificateTaken,
    /// The account has as many certificates as it may.
    TooManyCertificates {
        /// The bound.
        most: usize,
    },
    /// The account exists already.
    NameTaken {
        /// The wanted name.
        user: UserName,
    },
    /// New accounts are made by the operator alone.
    RegistrationClosed,
    /// A throttle holds: too many failed logins or registrations from this address.
    SlowDown {
        /// What there was too much of.
        what: Throttled,
        /// When the next one is allowed.
        wait: Duration,
    },
    /// A bounded queue is full: password checks or the store.
    Busy,
    /// A password that is too short or too long.
    PasswordLength {
        /// Fewest bytes.
        least: usize,
        /// Most bytes.
        most: usize,
    },
    /// The new password was typed differently the second time.
    PasswordsDiffer,
    /// The operator's settings hold this account's password.
    PasswordFixed,
    /// Only for those who are logged in.
    LoginFirst,
    /// A login on a connection that is logged in.
    LoggedInAlready {
        /// As whom.
        user: UserName,
    },
    /// The account has a live session elsewhere, which stays.
    InUse {
        /// The account.
        user: UserName,
    },
    /// The word cannot name anybody or any room.
    NotAName {
        /// The word as typed.
        word: String,
        /// What is wrong with it.
        why: NameError,
    },
    /// Somebody else has the nick.
    NickInUse {
        /// The nick.
        nick: Nick,
    },
    /// The nick is the name of an account that is somebody else's.
    NickRegistered {
        /// The nick.
        nick: Nick,
    },
    /// A guest asked for something that only who has an account can have, or it was asked about one.
    OnlyForAccounts,
    /// Nobody is called so: no account, and nobody who is here.
    NoSuchUser {
        /// The name.
        user: UserName,
    },
    /// No room of that name that the person may know of.
    NoSuchRoom {
        /// The name.
        room: RoomName,
    },
    /// The room is private and another key opens it.
    WrongKey {
        /// The room.
        room: RoomName,
    },
    /// A key of more bytes than allowed.
    KeyTooLong {
        /// Most bytes.
        most: usize,
    },
    /// The person is in that room.
    AlreadyIn {
        /// The room.
        room: RoomName,
    },
    /// The person is in no room, or not in that one.
    NotIn {
        /// The room.
        room: RoomName,
    },
    /// The room does not let them do that.
    Denied {
        /// The room.
        room: RoomName,
        /// Why.
        why: Denial,
    },
    /// The other person is not in that room.
    NotThere {
        /// The room.
        room: RoomName,
        /// The person.
        user: UserName,
    },
    /// The other person is in that room.
    ThereAlready {
        /// The room.
        room: RoomName,
        /// The person.
        user: UserName,
    },
    /// The other person is not online.
    Offline {
        /// The person.
        user: UserName,
    },
    /// As many are listed in that room, or have a rank, as may be.
    ListFull {
        /// The room.
        room: RoomName,
    },
    /// There are as many rooms as the settings allow.
    TooManyRooms {
        /// The bound.
        most: u64,
    },
    /// The person is in as many rooms as a person may.
    InEnoughRooms {
        /// The bound.
        most: usize,
    },
    /// The person follows as many as a person may.
    TooManySubscriptions {
        /// The bound.
        most: usize,
    },
    /// A private message or a subscription to oneself.
    ToYourself,
    /// Only for operators of the network.
    NoOperator,
    /// The settings have no operators.
    NoOperators,
    /// A text with nothing to see in it.
    NothingToSay,
    /// The store did not take it, for certain.
    NotDelivered,
    /// Whether the store took it is unknown.
    NotConfirmed,
}

/// What a throttle counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Throttled {
    /// Failed logins.
    Failures,
    /// New accounts.
    Registrations,
}
