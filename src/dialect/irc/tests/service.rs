//! The service, which is spoken to like a person.

use super::play::play;

#[test]
fn it_explains_itself() {
    let help = [
        "< :*subs!subs@conclave NOTICE anna :SUBSCRIBE <nick>: hear what somebody says in public, and their posts",
        "< :*subs!subs@conclave NOTICE anna :UNSUBSCRIBE <nick>: hear it no more",
        "< :*subs!subs@conclave NOTICE anna :SUBSCRIPTIONS: to whom you subscribe",
        "< :*subs!subs@conclave NOTICE anna :SUBSCRIBERS: who subscribes to you",
        "< :*subs!subs@conclave NOTICE anna :PUBLISH <text>: a post to your subscribers alone",
    ];
    let mut lines = vec!["> PRIVMSG *subs help"];
    lines.extend(help);
    lines.push("> PRIVMSG *SUBS :what is this");
    lines.push("< :*subs!subs@conclave NOTICE anna :I do not know that. What I know is:");
    lines.extend(help);
    play("", &lines);
    play(
        "",
        &[
            "> WHOIS *subs",
            "< 311 anna *subs subs conclave * :Subscriptions: say help",
            "< 318 anna *subs :End of WHOIS",
            "> TAGMSG *subs",
            "> NOTICE *subs help",
            "> PRIVMSG *subs subscribe",
            "< :*subs!subs@conclave NOTICE anna :Say the nick of somebody behind that",
            "> PRIVMSG *subs :unsubscribe !!",
            "< :*subs!subs@conclave NOTICE anna :Say the nick of somebody behind that",
            "> PRIVMSG *subs publish",
            "< :*subs!subs@conclave NOTICE anna :Say the text behind that",
        ],
    );
}

#[test]
fn it_does_what_the_commands_do() {
    play(
        "",
        &[
            "> PRIVMSG *subs :subscribe ben",
            "* Subscribe { author: ben }",
            "! subscribed Ben",
            "< :*subs!subs@conclave NOTICE anna :You subscribe to Ben",
            "> PRIVMSG *subs :SUBSCRIBE  nobody ",
            "* Subscribe { author: nobody }",
            "! no-such-user nobody",
            "< :*subs!subs@conclave NOTICE anna :No such nick",
            "> PRIVMSG *subs :unsubscribe ben",
            "* Unsubscribe { author: ben }",
            "! unsubscribed Ben",
            "< :*subs!subs@conclave NOTICE anna :You no longer subscribe to Ben",
            "> PRIVMSG *subs subscriptions",
            "* Subscriptions",
            "! subscriptions Ben clara",
            "< :*subs!subs@conclave NOTICE anna :You subscribe to: Ben clara",
            "< :*subs!subs@conclave NOTICE anna :You subscribe to: 2 in all",
            "> PRIVMSG *subs subscribers",
            "* Subscribers",
            "! subscribers",
            "< :*subs!subs@conclave NOTICE anna :Subscribers of yours: 0 in all",
            "> PRIVMSG *subs :publish  news of today",
            "* Post { text: \"news of today\" }",
            "! said",
            "< :*subs!subs@conclave NOTICE anna :Your subscribers are told",
            "> PRIVMSG *subs :publish news",
            "* Post { text: \"news\" }",
            "! nobody-subscribes",
            "< :*subs!subs@conclave NOTICE anna :Nobody subscribes to you",
        ],
    );
}

/// Clients show what was said when it comes back.
#[test]
fn what_is_said_to_it_is_seen_again_by_who_wants_that() {
    play(
        "echo-message labeled-response batch message-tags",
        &[
            "> @label=7 PRIVMSG *subs subscribers",
            "* Subscribers",
            "! subscribers",
            "< @label=7 BATCH +labelled labeled-response",
            "< @batch=labelled :anna!anna@conclave PRIVMSG *subs :subscribers",
            "< @batch=labelled :*subs!subs@conclave NOTICE anna :Subscribers of yours: 0 in all",
            "< BATCH -labelled",
            "> NOTICE *subs help",
            "< :anna!anna@conclave NOTICE *subs :help",
        ],
    );
}
