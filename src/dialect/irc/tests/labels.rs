//! Labels: <https://ircv3.net/specs/extensions/labeled-response>.

use super::play::play;

const CAPS: &str = "batch labeled-response";

#[test]
fn no_answer_one_and_several_carry_the_label() {
    play(
        CAPS,
        &[
            "> @label=a PONG x",
            "< @label=a ACK",
            "> @label=b MODE anna",
            "< @label=b 221 anna +i",
            "> @label=c INFO",
            "< @label=c BATCH +labelled labeled-response",
            "< @batch=labelled 371 anna conclave-1",
            "< @batch=labelled 371 anna :Where people talk",
            "< @batch=labelled 371 anna :Running since today",
            "< @batch=labelled 374 anna :End of INFO",
            "< BATCH -labelled",
            "> @label=d DANCE",
            "< @label=d 421 anna DANCE :Unknown command; HELP lists them",
            "> @label=d DO_IT",
            "< @label=d 421 anna DO_IT :Unknown command; HELP lists them",
            "> @label=e JOIN 0",
            "< @label=e ACK",
            "> @label=f NOTICE",
            "< @label=f ACK",
        ],
    );
}

#[test]
fn what_the_store_answers_carries_it_too() {
    play(
        CAPS,
        &[
            "> @label=a PRIVMSG #den hi",
            "* Say { room: Room(den), text: \"hi\", manner: Message, extras: Plain }",
            "! said",
            "< @label=a ACK",
            "> @label=b PRIVMSG #den hi",
            "* Say { room: Room(den), text: \"hi\", manner: Message, extras: Plain }",
            "! not-in den",
            "< @label=b 404 anna #den :You're not on that channel",
            "> @label=c PING x",
            "* Ping { token: \"x\" }",
            "! pong x",
            "< @label=c PONG irc.example x",
        ],
    );
    play(
        "batch labeled-response echo-message message-tags",
        &[
            "> @label=a PRIVMSG ben hi",
            "* Whisper { to: ben, text: \"hi\", manner: Message, extras: Plain }",
            "! said-to-away ben tea",
            "< @label=a BATCH +labelled labeled-response",
            "< @batch=labelled;msgid=7-1 :anna!anna@conclave PRIVMSG ben :hi",
            "< @batch=labelled 301 anna ben tea",
            "< BATCH -labelled",
        ],
    );
}

#[test]
fn all_that_follows_a_join_is_one_answer_which_begins_at_once() {
    play(
        CAPS,
        &[
            "> @label=a JOIN #den",
            "* Enter { room: den, key: None }",
            "! entered den",
            "< @label=a BATCH +labelled labeled-response",
            "< @batch=labelled :anna!anna@conclave JOIN #den",
            "* Topic { room: Room(den) }",
            "! topic den tea",
            "< @batch=labelled 332 anna #den tea",
            "* Who { room: Room(den) }",
            "! members den anna",
            "< @batch=labelled 353 anna = #den anna",
            "< @batch=labelled 366 anna #den :End of NAMES list",
            "* History { room: Room(den), past: Words, span: Before { mark: Position { position: Position { epoch: 7, n: 9 } } }, count: 20 }",
            "! history den hi",
            "< @batch=labelled BATCH +history chathistory #den",
            "< @batch=history :ben!ben@conclave PRIVMSG #den :hi",
            "< @batch=labelled BATCH -history",
            "< BATCH -labelled",
        ],
    );
}

#[test]
fn a_label_is_told_as_it_came_and_no_longer_one_is_taken() {
    let longest = "x".repeat(64);
    let longer = "x".repeat(65);
    for (sent, told) in [
        (
            "@label=a\\sb\\:c\\\\d\\r\\n",
            "@label=a\\sb\\:c\\\\d\\r\\n ACK",
        ),
        ("@x=1;label=b;time=2", "@label=b ACK"),
        (
            &format!("@label={longest}"),
            &format!("@label={longest} ACK"),
        ),
    ] {
        play(CAPS, &[&format!("> {sent} PONG x"), &format!("< {told}")]);
    }
    for sent in [
        "@label",
        "@label=",
        "@+label=a",
        &format!("@label={longer}"),
    ] {
        play(CAPS, &[&format!("> {sent} PONG x")]);
    }
}

#[test]
fn without_the_capabilities_there_are_no_labels() {
    for caps in ["", "batch", "labeled-response"] {
        play(
            caps,
            &["> @label=a PONG x", "> @label=a MODE anna", "< 221 anna +i"],
        );
    }
}
