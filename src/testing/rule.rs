//! Rules that a test can break on purpose, to see that somebody notices.

/// What is done right otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Who says something has the claim that makes it live.
    FenceAtAppend,
    /// What comes again is answered as before, and done once.
    RetriesOnce,
    /// A live session keeps others out.
    HolderKeepsOut,
    /// Who claims again takes nothing back from a later claim.
    LaterClaimStands,
    /// Behind a hole everybody claims again.
    HolesSuspend,
    /// Behind an outage nobody counts as gone.
    Calm,
    /// Who takes an account over leaves its rooms.
    TakeOverSettlesRooms,
    /// What was read already is not read again.
    ReadOnce,
    /// What does not follow is looked up.
    HolesLookedUp,
    /// A log that ends earlier than it did begins a new epoch.
    EpochAtRewind,
    /// What a session does is answered before it is told.
    AnswersFirst,
    /// A session ends at the next claim of its account.
    VoidEnds,
    /// A release is that of the session that has the account.
    ReleaseOfItsOwn,
    /// What is sent again goes in the order of its numbers.
    ResendsInOrder,
    /// A release names the rooms that it left.
    ReleaseNamesRooms,
    /// A nick is that of one person.
    NickOfOne,
    /// A change of nick names the rooms whose members hear of it.
    NickNamesRooms,
    /// Of a guest who is gone nothing is left.
    GuestsLeaveNothing,
    /// A guest who logs in stays in its rooms.
    LoginKeepsRooms,
    /// A guest who logs in is a guest no more.
    LoginEndsGuest,
    /// Only operators put somebody out of a room.
    KickByOperators,
}
