//! The contract of the log: what every bridge promises, in prose.
//!
//! A bridge is an actor that owns everything a node shares with others or with its next run:
//! the log of all events, membership, subscriptions, accounts, claims and history. It takes
//! [`Ask`](crate::messages::Ask)s from sessions and [`AccountAsk`](crate::messages::AccountAsk)s
//! from the authenticator, and hands [`Arrived`](crate::messages::Arrived) to the registry.
//! `contract` tests these sentences, for every implementation alike.
//!
//! **Order.**
//! 1. The asks of one session are decided in the order in which they were sent, and answered in it.
//! 2. The log is one sequence. Each event's position is greater than that of the event before:
//!    the next ordinal of the same epoch, or an epoch event with ordinal 0.
//! 3. Events arrive in log order, every event once. None is left out as long as the batches'
//!    [`continuity`](crate::messages::Arrived::continuity) is unbroken: the first event of such a
//!    batch stands right behind the last one of the batch before. A broken one says that events
//!    before it can no longer be read; it may be empty. It says [`how`](crate::messages::Lost)
//!    they were lost: only where what was read before is certainly as it was, they were trimmed
//!    away, and otherwise taken back, also where other events have their positions by now.
//!    Nobody who was live may be told that nothing is missing: the registry suspends them, and the
//!    bridge those whose claim event was among the lost, of which the registry does not know.
//! 4. An answer is in the session's mailbox before the events it caused are given to the registry.
//! 5. Within a conversation (the messages of a room, to a person, of an author) `k` grows by one
//!    for each message, and `at` never goes back. Who says something is answered with the
//!    position and the `at` that everybody is told.
//!
//! **Durability.**
//! 6. An ask is answered, and its events arrive, only after the change is as durable as the
//!    settings say, the node's own or those of the store. What was acknowledged is in the log
//!    after a crash of the node.
//! 7. A refused ask changed nothing, and a change that changes nothing appends nothing
//!    (following somebody twice, for example, is granted without a second event).
//!    [`NotDelivered`](crate::chat::Refusal::NotDelivered) is such a refusal, and final: nothing
//!    of the ask happens later either. The exception is
//!    [`NotConfirmed`](crate::chat::Refusal::NotConfirmed), which promises nothing: the ask is
//!    done once or never, perhaps after this answer. A request that only reads is never in doubt.
//!    Who said something is told its [`Fate`](crate::chat::Fate) later, as long as the session
//!    lives: one for each text in doubt, in the order in which they were said.
//!
//! **Claims.**
//! 8. Of any number of simultaneous claims of one account one wins; with
//!    [`Reject`](crate::messages::DuplicateLogin::Reject) the first one, and it is not disturbed
//!    as long as its node shows that it lives. Whose place is only kept keeps nobody out.
//! 9. A claim leaves all rooms but the [first](crate::messages::FirstRoom) one of its door, which is
//!    `lobby` or none, appends the claim event, and enters the first one: in that order, nothing in
//!    between. Its position is the fence, and its answer tells the rooms that the account is in, the
//!    one entered last at the end. One that
//!    [comes back](crate::messages::Entrance::Resume) leaves no room, and enters `lobby` only from
//!    none. So does a session that claims [again](crate::messages::Entrance::Renew), but from none
//!    it enters those of the rooms named that are public, in their order, and the first one only
//!    where there is none; it is refused where a later claim has the account,
//!    and [`Void`](crate::messages::Outcome::Void) where there is no account.
//! 10. Of a void claim every ask is answered with [`Void`](crate::messages::Outcome::Void) and
//!     changes nothing. A release of a void claim does nothing. The claim of a session that has
//!     parted is void, also while its place is kept.
//! 11. A release leaves every room, as one who [quits](crate::chat::event::Departure::Quit), then
//!     appends the release event, which names these rooms in the order in which they were entered,
//!     and says the words of a goodbye. Whatever else leaves a room parts from it. One that
//!     [keeps the place](crate::messages::Parting) appends nothing, and the account stays where it
//!     is; if nobody has claimed it by the end of the grace, it is released then, once. Without a
//!     grace every release is one at once.
//! 12. The claim event of a session of this node brings its rooms and follows as of that
//!     position. A fold over the arrivals is therefore always equal to what the store holds.
//!
//! **Rooms.**
//! 13. A room message is refused unless its sender is in the room when it is decided. One is in any
//!     number of rooms up to [`ROOMS_PER_SESSION`](crate::chat::limits::ROOMS_PER_SESSION): they are
//!     entered and left one by one, or one for another at once. Who goes away or comes back names
//!     them all.
//! 14. For somebody outside a private room it does not exist: not in lists, members, topic or
//!     history; who is in it finds it in the list. A room vanishes when it is empty and has neither
//!     key, topic nor history; `lobby` never vanishes and is never private.
//!
//! **Moderation.**
//! 31. Whoever makes a room is its operator. What takes a rank, under which conditions, stands in
//!     [`RULES`](crate::chat::permission::RULES), by which every bridge decides; a key, a limit, an
//!     invitation and the lists are looked at when somebody enters, modes and bans when somebody
//!     speaks. What is granted of several wishes is one event, and the rest is told with the answer.
//! 32. Ranks, modes and lists are the room's: they stay while people are gone, outlive the node, and
//!     vanish with the room. Who enters is shown with the ranks that it has, and as away if it is.
//!     Whoever has the name of an account next has none of its ranks, and of a guest they end with
//!     leaving.
//! 33. Who is kicked is told so and hears nothing of the room behind that. An invitation of an
//!     operator opens the room once, for [`INVITE_DAYS`](crate::chat::limits::INVITE_DAYS) and as
//!     long as that room exists; anybody else's is only told. A room that has a key, is for invited
//!     people or is not listed is private.
//!
//! **Back-pressure.**
//! 15. Nothing more arrives until the credit of the batch before is back. `Settle` is answered
//!     when every event before it has been handled that way.
//! 16. Above [`STORE_QUEUE`](crate::messages::STORE_QUEUE) asks the next is refused as
//!     [`Busy`](crate::chat::Refusal::Busy); a release never is.
//!
//! **Start and end.**
//! 17. Nobody is live by an earlier run of this node: before anything is answered, a start keeps
//!     the places of those whom it left claimed, who are released, as events, when the grace is
//!     over. Without a grace they are released before anything is answered. A new epoch begins first wherever continuity cannot be proven: at
//!     every start of a log that ends with its node, and at the first start of a log that does
//!     not, or when that one was lost or taken back.
//! 18. [`Shut`](crate::messages::Shut) is answered when everything queued before it is decided
//!     and the store is closed.
//!
//! **Reading back.**
//! 19. A [`LookBack`](crate::messages::LookBack) is answered with what the log holds behind one
//!     position and up to another, the last event first, and with where to go on. Of what can no
//!     longer be read nothing is answered: the first event then stands behind another position
//!     than the one asked for.
//!
//! **Probes.**
//! 20. A [`Probe`](crate::messages::Question::Probe) of an account that another session has is an
//!     event, once until that session has said that it is [`Alive`](crate::messages::Question),
//!     which is an event too. Of an account that is free, of one's own, and where nobody asked,
//!     neither is.
//!
//! **Inbox.**
//! 21. A private message is granted whether or not its addressee is there. The claim event of a
//!     login brings the private messages to the account, and the posts of whom it follows since
//!     it follows them, that it has not seen: in log order, each once, the newest within the
//!     bounds. What is missing of them is told as a gap before them, of private messages with
//!     their number as far as that is known. What somebody says to oneself, where its
//!     [door](crate::messages::ToOneself) lets it, is a private message like any other.
//! 22. `Seen` says up to where; it never moves back, and one of a void claim changes nothing. Who
//!     comes in for the first time has seen what was before that, but for what waited.
//! 23. A claim that comes back brings no messages, but from where on to look: its own position or
//!     the one last seen, but never one before the account came in for the first time.
//!
//! **History.**
//! 24. A [`HistoryRequest`](crate::messages::HistoryRequest) is answered with the messages of its
//!     [`Span`](crate::chat::history::Span), oldest first: of a room among the last ones that the
//!     settings keep, of two people those that each of them sent to the other, as they are kept for
//!     the asker. What is too old is not among them, and a mark need not be anything that exists.
//! 25. The conversations of somebody are the rooms it is in and the people to whom or from whom a
//!     private message is kept. Of them those are answered whose last message lies between two
//!     times, which do not count, by its time; if there are too many, those nearest to the first
//!     time.
//! 36. Who asks for [everything](crate::chat::history::Past::Everything) of a room is told among its
//!     messages, at their places, who entered and left it, releases and changes of nicks that name
//!     it, changes of modes and topics, and tags that are not [passing]. Of these the last ones are
//!     kept, as many and as long as messages; they push no message out, keep no room from
//!     vanishing, and go with it. Of two people such tags stand among their messages, also those to
//!     an account that is not there; they wait for nobody and begin no conversation.
//!
//! [passing]: crate::chat::extras::Lifetime::Passing
//!
//! **Resume tokens and certificates.**
//! 26. A token is redeemed once: that uses it up and makes the next one of its family good, in one
//!     step. Of any number of simultaneous redemptions one wins. A token that is not its family's
//!     last revokes the family. Whose account is neither in the settings nor in the store has none.
//! 27. Another password and the end of an account revoke all its tokens and certificates, and a new
//!     account begins without any; another stored form of the same password leaves them. An account
//!     has at most
//!     [`TOKENS_PER_USER`](crate::chat::limits::TOKENS_PER_USER) families, and each lives for
//!     [`TOKEN_DAYS`](crate::chat::limits::TOKEN_DAYS) from its last use.
//!
//! **Nicks and guests.**
//! 28. A nick belongs to one person from the claim or the change that took it until its release or
//!     another change, and nobody has the name of somebody else's account as a nick; nor is an
//!     account made whose name somebody has so. A claim whose nick cannot be had is refused before
//!     anything is appended; who renews comes in without it. A change is told to the rooms once,
//!     also where a claim without a nick takes over a place that is kept under one.
//! 29. A word means the account of that name, else who has it as a nick. Answers and events spell
//!     people as they are seen then, and what waited for somebody names them as they are seen now.
//! 30. A guest has no account: nobody follows it, nothing is kept for it, and it is released at once
//!     when its connection breaks, or with the run of its node. It renews while its nick is free.
//! 34. Who is released, and who is seen under another nick than before, is remembered by the nick that
//!     others saw, with what they said about themselves and until when: of all together the last
//!     [`FORMER_KEPT`](crate::chat::limits::FORMER_KEPT), for as long as the settings keep messages,
//!     beyond a restart. Whose place is kept has not gone. An account that is removed is forgotten.
//! 35. A guest logs in [where it is](crate::messages::Entrance::InPlace) by one event, the claim event,
//!     which names it and its rooms: nothing else is told of the guest, whose claim is void from there
//!     on. The account has its nick, rooms, away note, office, profile and invitations, and in these
//!     rooms the ranks of both; those that the guest did not have are an event of each room behind
//!     that. Whatever else the account had is left before, as by a login, and what waits for it comes
//!     as by one. Who is kept out, or whose claim is void, changes nothing.

mod addressee;
mod changes;
mod conversation;
pub mod embedded;
mod feed;
mod kept;
pub mod redis;
mod seal;
mod span;
mod wire;

#[cfg(test)]
mod contract;
