//! The numbers of the language: bounds that are part of what can be said, with unit and reason.
//!
//! Bounds that an operator may change are settings; queues and deadlines of the
//! actors stand in `messages.rs`. ARCHITECTURE.md has all of them in one table.

/// Bytes in a user's name: fits a column of a terminal and an IRC nick.
pub const USER_NAME_BYTES: usize = 32;

/// Bytes in a room's name.
pub const ROOM_NAME_BYTES: usize = 64;

/// Bytes in a text: what the longest settable line can hold; a longer one never leaves the door.
pub const TEXT_BYTES: usize = 16 * 1024;

/// Bytes of a real name: with the names around it, it fits into a line of IRC's `WHO`.
pub const REAL_NAME_BYTES: usize = 150;

/// Bytes of the tags that a client may put on what it says for other clients: what its protocol
/// allows.
pub const CLIENT_TAGS_BYTES: usize = 4094;

/// Bytes in the key of a private room: a passphrase, not a document.
pub const ROOM_KEY_BYTES: usize = 128;

/// Bytes in a password: enough for any generator; more only costs hashing time.
pub const PASSWORD_BYTES: usize = 1024;

/// Bytes of a mask: the longest nick, account and host, with some stars.
pub const MASK_BYTES: usize = 128;

/// Masks in one list of a room: a ban that does not fit is one that nobody remembers.
pub const LISTED_MOST: usize = 100;

/// People who have a rank in one room, whether they are there or not.
pub const RANKED_MOST: usize = 1000;

/// Rooms to which one person is invited at once; the oldest invitations go.
pub const INVITES_MOST: usize = 100;

/// Days that an invitation is good for: until it is used, or the next holiday.
pub const INVITE_DAYS: u64 = 30;

/// Changes of a room that are asked for at once.
pub const CHANGES_MOST: usize = 20;

/// Messages that `/history` shows when no number is given: one screen.
pub const HISTORY_DEFAULT: u16 = 20;

/// Messages that `/history` shows at most: bounded work for the store, below any sensible backlog.
pub const HISTORY_MOST: u16 = 500;

/// Conversations of which it is kept up to where an account has read them: more than anybody reads;
/// those read the longest ago go.
pub const READ_MARKS_PER_USER: usize = 1000;

/// People one user may follow: what a login has to load.
pub const FOLLOWS_PER_USER: usize = 1000;

/// Rooms that one session may be in: more than anybody reads, and what a login, a release and the
/// word that somebody is away have to name.
pub const ROOMS_PER_SESSION: usize = 100;

/// Private messages to one person, and posts of one author, that are kept for who is not there; a
/// login is told as many of each at most, the newest.
pub const KEPT_MESSAGES: u64 = 1000;

/// Bytes of the records of private messages, and again of posts, that one login is told; the last
/// one may go beyond it. What a reconnecting crowd makes a node hold.
pub const KEPT_BYTES: usize = 512 * 1024;

/// Certificates of clients by which one account may be proven: more devices than anybody has.
pub const CERTIFICATES_PER_USER: usize = 16;

/// Families of resume tokens of one account: more devices than anybody has; then the one that was
/// used least recently goes.
pub const TOKENS_PER_USER: usize = 16;

/// Days that a resume token lives from when it was told: a holiday.
pub const TOKEN_DAYS: u64 = 30;

/// People who are gone, or have another nick by now, and are remembered: what a store looks through for
/// one question. The oldest are forgotten.
pub const FORMER_KEPT: usize = 1000;

/// Those of them who are told for one question: more than anybody reads.
pub const FORMER_TOLD: u16 = 50;

/// Bytes of a peer's word that are repeated back to it in a refusal.
pub const ECHO_BYTES: usize = 64;

/// People for whom one session watches.
pub const WATCHED: usize = 100;
