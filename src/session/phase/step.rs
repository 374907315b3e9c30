//! What a session has to do.

use crate::chat::certificate::Certificate;
use crate::chat::command::{Inquiry, Watch};
use crate::chat::{Answer, Ending, Fate, Refusal, RoomName, Secret, Text, UserName};
use crate::dialect::{Format, Malformed, Prompt};
use crate::messages::{Claim, Entrance, Request, Role};

/// What a session has to do, in this order.
#[derive(Debug)]
pub(in crate::session) enum Step {
    /// Spell a granted answer.
    Answer(Answer),
    /// Say what the dialect answers by itself.
    Reply,
    /// Spell a refusal.
    Refuse(Refusal),
    /// Spell a refused login and ask for what the dialect wants next.
    RefuseLogin(Refusal),
    /// Spell what became of a text in doubt.
    Resolve(Fate),
    /// Spell how the peer broke the dialect.
    Malformed(Malformed),
    /// Ask for more, as the dialect wants it.
    Prompt(Prompt),
    /// Have a password checked.
    Prove {
        /// The account.
        user: UserName,
        /// The password.
        password: Secret,
        /// As what.
        of: Role,
    },
    /// Have a certificate looked up.
    ProveByCertificate {
        /// The certificate.
        certificate: Certificate,
        /// The account, where one was named.
        user: Option<UserName>,
    },
    /// Have an account made.
    Register {
        /// The wanted name.
        user: UserName,
        /// The wanted password.
        password: Secret,
        /// Who may have its name as a nick: the guest who is to be it.
        guest: Option<UserName>,
    },
    /// Have a password changed.
    ChangePassword {
        /// The account.
        user: UserName,
        /// The password so far.
        old: Secret,
        /// The wanted one.
        new: Secret,
    },
    /// Have a resume token redeemed.
    Redeem {
        /// The token.
        token: Secret,
    },
    /// Have a resume token made.
    Issue {
        /// The account.
        user: UserName,
    },
    /// Claim the account that is proven.
    Claim {
        /// The account as registered.
        user: UserName,
        /// By which way it comes in.
        entrance: Entrance,
    },
    /// Claim the account that is proven, for a guest who is there.
    LogIn {
        /// The account as registered.
        user: UserName,
        /// By which way it comes in.
        entrance: Entrance,
    },
    /// The guest is that account.
    LoggedIn {
        /// The account, as others see it.
        user: UserName,
        /// The guest.
        was: UserName,
    },
    /// Claim the account again.
    Renew {
        /// The account as registered.
        user: UserName,
        /// By having been there.
        entrance: Entrance,
    },
    /// Try that again in a moment.
    RenewLater,
    /// Ask whether the session is alive that keeps this one out, and look again in a moment.
    Probe {
        /// The account as registered.
        user: UserName,
    },
    /// The session is live: welcome.
    Welcome {
        /// The account as registered.
        user: UserName,
        /// The room it is in.
        room: RoomName,
    },
    /// Ask the node.
    Inquire(Inquiry),
    /// Ask the store.
    Ask {
        /// As whom.
        claim: Claim,
        /// What.
        request: Request,
    },
    /// Have the dialect know that it is out of a room.
    PutOut {
        /// The room.
        room: RoomName,
    },
    /// Have it told when everything so far is handled.
    Settle,
    /// Have it told when people come and go.
    Watch(Watch),
    /// Have events spelled otherwise.
    SetFormat(Format),
    /// Spell that they are.
    FormatSet,
    /// The end is on its way; it is not waited for for ever.
    AwaitEnd,
    /// It is over, with these words.
    Quit {
        /// What others are told, if anything.
        words: Option<Text>,
    },
    /// It is over.
    End(Ending),
}
