//! As whom people are seen: another nick than the account's name, and no account at all.

use super::play::play;

#[test]
fn a_nick_is_another_one_from_its_answer_on() {
    play(
        "echo-message",
        &[
            "> NICK Al",
            "* ChangeNick { nick: Al }",
            "! nicked anna anna/Al",
            "< :anna!anna@conclave NICK Al",
            "> PING x",
            "* Ping { token: \"x\" }",
            "! pong x",
            "< PONG irc.example x",
            "> PRIVMSG #den hi",
            "* Say { room: Room(den), text: \"hi\", manner: Message, extras: Plain }",
            "! said",
            "< :Al!anna@conclave PRIVMSG #den :hi",
            "> NICK Al",
            "* ChangeNick { nick: Al }",
            "! nicked anna/Al anna/Al",
            "> NICK ben",
            "* ChangeNick { nick: ben }",
            "! nick-in-use ben",
            "< 433 Al ben :Nickname is already in use",
            // Without having asked: another node let the session go, and somebody took the nick.
            "! seen-as anna/Al anna",
            "< :Al!anna@conclave NICK anna",
            "> NICK",
            "< 431 anna :No nickname given",
        ],
    );
}

#[test]
fn who_somebody_is_stands_beside_the_nick() {
    play(
        "userhost-in-names",
        &[
            "> NAMES #den",
            "* Who { room: Room(den) }",
            "! members den anna ben/B ~0a/[G]",
            "< 353 anna = #den :anna!anna@conclave B!ben@conclave [G]!~0a@conclave",
            "< 366 anna #den :End of NAMES list",
            "> WHO #den %una",
            "* Who { room: Room(den) }",
            "! members den ben/B ~0a/[G]",
            "< 354 anna ben B ben",
            "< 354 anna ~0a [G] 0",
            "< 315 anna #den :End of WHO list",
            "> WHOIS [g]",
            "* WhoIs { user: [g] }",
            "! here ~0a/[G] den",
            "< 311 anna [G] ~0a conclave * [G]",
            "< 319 anna [G] #den",
            "< 312 anna [G] irc.example :The whole network",
            "< 671 anna [G] :is using a secure connection",
            "< 317 anna [G] 0 1 :seconds idle, signon time",
            "< 318 anna [G] :End of WHOIS",
            "> PRIVMSG [g] hi",
            "* Whisper { to: [g], text: \"hi\", manner: Message, extras: Plain }",
            "! said",
            "> USERHOST B",
            "* Online",
            "! online anna ben/B",
            "< 302 anna B=+ben@conclave",
        ],
    );
}
