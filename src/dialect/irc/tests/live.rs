//! Capabilities of those who are in: <https://ircv3.net/specs/extensions/capability-negotiation>.

use super::play::play;

#[test]
fn what_is_switched_holds_before_it_is_told() {
    play(
        "",
        &[
            "> CAP LIST",
            "< CAP anna LIST :",
            "> CAP REQ :echo-message away-notify",
            "* spell otherwise",
            "< CAP anna ACK :echo-message away-notify",
            "> PRIVMSG ben hi",
            "* Whisper { to: ben, text: \"hi\", manner: Message, extras: Plain }",
            "! said",
            "< :anna!anna@conclave PRIVMSG ben :hi",
            "> CAP LIST",
            "< CAP anna LIST :away-notify echo-message",
            "> CAP REQ -echo-message",
            "* spell otherwise",
            "< CAP anna ACK :-echo-message",
            "> PRIVMSG ben hi",
            "* Whisper { to: ben, text: \"hi\", manner: Message, extras: Plain }",
            "! said",
        ],
    );
}

#[test]
fn what_changes_nothing_is_told_at_once() {
    play(
        "echo-message",
        &[
            "> CAP REQ echo-message",
            "< CAP anna ACK :echo-message",
            "> CAP REQ :echo-message -echo-message echo-message",
            "< CAP anna ACK :echo-message -echo-message echo-message",
            "> CAP REQ :away-notify nonsense",
            "< CAP anna NAK :away-notify nonsense",
            "> CAP END",
            "> CAP",
            "< 461 anna CAP :A subcommand is needed: LS, LIST, REQ or END",
            "> CAP DANCE",
            "< 410 anna DANCE :Only LS, LIST, REQ and END are for you",
        ],
    );
}

#[test]
fn who_understands_302_hears_news_of_capabilities_for_good() {
    // More than fits into one line.
    let first = "account-notify \
                 draft/account-registration=before-connect,custom-account-name \
                 account-tag away-notify batch cap-notify draft/chathistory chghost \
                 echo-message draft/event-playback extended-join extended-monitor \
                 invite-notify labeled-response message-tags \
                 draft/multiline=max-bytes=4096,max-lines=32 multi-prefix \
                 no-implicit-names draft/read-marker";
    let last = "sasl=PLAIN server-time setname standard-replies userhost-in-names";
    play(
        "",
        &[
            "> CAP LS 302",
            "* spell otherwise",
            &format!("< CAP anna LS * :{first}"),
            &format!("< CAP anna LS :{last}"),
            "> CAP LIST",
            "< CAP anna LIST :cap-notify",
            "> CAP REQ -cap-notify",
            "< CAP anna NAK :-cap-notify",
            "> CAP LS 302",
            &format!("< CAP anna LS * :{first}"),
            &format!("< CAP anna LS :{last}"),
        ],
    );
    let names = format!("{first} {last}")
        .replace("=PLAIN", "")
        .replace("=before-connect,custom-account-name", "")
        .replace("=max-bytes=4096,max-lines=32", "");
    play(
        "",
        &[
            "> CAP LS",
            &format!("< CAP anna LS :{names}"),
            "> CAP REQ cap-notify",
            "* spell otherwise",
            "< CAP anna ACK :cap-notify",
            "> CAP REQ -cap-notify",
            "* spell otherwise",
            "< CAP anna ACK :-cap-notify",
        ],
    );
}

#[test]
fn labels_come_and_go_with_their_capability() {
    play(
        "batch",
        &[
            "> @label=a CAP REQ labeled-response",
            "* spell otherwise",
            "< CAP anna ACK :labeled-response",
            "> @label=b CAP REQ -labeled-response",
            "* spell otherwise",
            "< @label=b CAP anna ACK :-labeled-response",
            "> @label=c PONG x",
        ],
    );
}
