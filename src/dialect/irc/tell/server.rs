//! What the server says about itself.

use bytes::BytesMut;

use crate::dialect::irc::asked::About;
use crate::dialect::irc::conversation::Conversation;
use crate::dialect::irc::hear;
use crate::dialect::irc::line::word;
use crate::dialect::irc::numerics::Numeric;
use crate::dialect::irc::reply::Voice;
use crate::dialect::irc::welcome;

/// What the server says about itself.
pub(in crate::dialect::irc) fn about(talk: &Conversation, about: About, out: &mut BytesMut) {
    let voice = talk.voice();
    let identity = &talk.identity;
    let network = identity.network.as_str();
    let mut tell = |numeric, params: &[&str]| voice.reply(numeric, params, out);
    match about {
        About::Version => {
            let program = "conclave, a chat cluster";
            tell(
                Numeric::Version,
                &[&identity.version, voice.server, program],
            );
            welcome::features(voice, network, out);
        }
        About::Admin => {
            let of = format!("Administrative info about {network}");
            tell(Numeric::AdminMe, &[voice.server, &of]);
            tell(Numeric::AdminEmail, &["Ask whoever gave you your account"]);
        }
        About::Info => {
            tell(Numeric::Info, &[&identity.version]);
            tell(Numeric::Info, &[&identity.description]);
            let since = format!("Running since {}", identity.created);
            tell(Numeric::Info, &[&since]);
            tell(Numeric::EndOfInfo, &["End of INFO"]);
        }
        About::Links => {
            let of = format!("0 {}", identity.description);
            tell(Numeric::Links, &[voice.server, voice.server, &of]);
            tell(Numeric::EndOfLinks, &["*", "End of LINKS"]);
        }
    }
}

/// What can be asked: all of it, or one command.
pub(in crate::dialect::irc) fn help(voice: Voice<'_>, subject: &str, out: &mut BytesMut) {
    let usages: Vec<_> = hear::usages(subject).collect();
    let subject = word(subject);
    let mut tell = |numeric, text: &str| voice.reply(numeric, &[subject, text], out);
    if usages.is_empty() {
        tell(
            Numeric::HelpNotFound,
            "There is no such command; HELP lists them",
        );
        return;
    }
    tell(Numeric::HelpStart, "What can be asked here");
    for usage in usages {
        tell(Numeric::HelpTxt, &usage);
    }
    tell(Numeric::EndOfHelp, "End of HELP");
}
