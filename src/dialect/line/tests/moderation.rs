//! What holds of rooms, who has a rank in them, who is put out and who is invited.

use super::told;
use crate::chat::command::{Positions, Where};
use crate::chat::event::{Departure, Hearing, Timestamp};
use crate::chat::modes::{
    Flag, Flags, List, ListedMask, ModeChange, ModeWish, Rank, RoomModes, Switch,
};
use crate::chat::permission::Denial;
use crate::chat::{Answer, Command, Deed, Mask, Refusal};
use crate::dialect::line::read::{Told, read};
use crate::dialect::{self, Dialect, Format, Heard, Malformed};
use crate::testing::{event, room, text, user};

fn heard(line: &str) -> Heard {
    let mut talk = Dialect::line();
    talk.logged_in();
    talk.hear(line.as_bytes());
    talk.next_heard().expect("one line is one thing")
}

fn mask(typed: &str) -> Mask {
    Mask::new(typed).unwrap()
}

fn change(wish: ModeWish) -> Command {
    let (room, wishes) = (Where::Here, vec![wish]);
    Command::ChangeModes { room, wishes }
}

#[test]
fn commands_are_about_the_room_one_is_in() {
    let kick = |words: Option<&str>| Command::Kick {
        room: Where::Here,
        user: user("bob"),
        words: words.map(text),
    };
    let rank = |rank, to| {
        let user = user("bob");
        change(ModeWish::Rank { user, rank, to })
    };
    let ban = |to| {
        let (list, mask) = (List::Bans, mask("bob"));
        change(ModeWish::Listed { list, mask, to })
    };
    for (line, command) in [
        ("/kick bob", kick(None)),
        ("/kick  bob ", kick(None)),
        ("/kick bob be nice", kick(Some("be nice"))),
        (
            "/invite bob",
            Command::Invite {
                room: Where::Here,
                user: user("bob"),
            },
        ),
        ("/op bob", rank(Rank::Operator, Switch::On)),
        ("/deop bob", rank(Rank::Operator, Switch::Off)),
        ("/voice bob", rank(Rank::Voice, Switch::On)),
        ("/devoice bob", rank(Rank::Voice, Switch::Off)),
        ("/ban bob", ban(Switch::On)),
        ("/unban bob!*@*", ban(Switch::Off)),
        (
            "/ban",
            Command::ModeList {
                room: Where::Here,
                list: List::Bans,
            },
        ),
    ] {
        assert_eq!(heard(line), Heard::Command(command), "{line}");
    }
    for (line, usage) in [
        ("/kick", "/kick <user> [words]"),
        ("/op", "/op <user>"),
        ("/op a b", "/op <user>"),
        ("/ban a b", "/ban [mask]"),
        ("/unban", "/unban <mask>"),
    ] {
        let malformed = Heard::Malformed(Malformed::Usage { usage });
        assert_eq!(heard(line), malformed, "{line}");
    }
}

fn spelled(deed: Deed, hearing: Hearing) -> String {
    let format = Format::Line {
        positions: Positions::Hidden,
    };
    let bytes = dialect::tell_event(format, &event(deed), hearing).unwrap_or_default();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn what_happens_is_told_in_words() {
    let kicked = |words: Option<&str>| Deed::Left {
        room: room("den"),
        user: user("bob"),
        departure: Departure::Kicked {
            by: user("alice"),
            words: words.map(text),
        },
    };
    let invited = Deed::Invited {
        room: room("den"),
        by: user("alice"),
        user: user("bob"),
    };
    let plain = "* alice put bob out of den\n";
    let with_words = "* alice put bob out of den: be: nice\n";
    assert_eq!(spelled(kicked(None), Hearing::Direct), plain);
    assert_eq!(
        spelled(kicked(Some("be: nice")), Hearing::Direct),
        with_words
    );
    for line in [plain, with_words] {
        let (room, user) = (room("den"), user("bob"));
        assert_eq!(read(line.trim_end()), Told::Left { room, user });
    }
    let told = "* alice invites you to den\n";
    assert_eq!(spelled(invited.clone(), Hearing::Direct), told);
    assert_eq!(spelled(invited, Hearing::Witness), "");
}

/// Changes of the room itself, and what is told of them behind a name.
fn of_the_room() -> Vec<(ModeChange, &'static str)> {
    use Switch::{Off, On};
    let flag = |flag, to| ModeChange::Flag { flag, to };
    let (invite_only, moderated) = (Flag::InviteOnly, Flag::Moderated);
    let (secret, locked) = (Flag::Secret, Flag::TopicLocked);
    vec![
        (
            flag(invite_only, On),
            "made den a room for invited people only",
        ),
        (
            flag(invite_only, Off),
            "opened den to people who are not invited",
        ),
        (
            flag(moderated, On),
            "made den moderated: who has no rank only listens",
        ),
        (flag(moderated, Off), "lets everybody speak in den"),
        (flag(secret, On), "took den off the list of rooms"),
        (flag(secret, Off), "put den on the list of rooms"),
        (flag(locked, On), "left the topic of den to its operators"),
        (flag(locked, Off), "left the topic of den to everybody"),
        (ModeChange::Key { to: On }, "locked den with a key"),
        (ModeChange::Key { to: Off }, "took the key off den"),
        (
            ModeChange::Limit { most: 3 },
            "let 3 people into den and no more",
        ),
        (ModeChange::Unlimited, "let any number of people into den"),
    ]
}

/// The same of people in it.
fn of_people() -> Vec<(ModeChange, &'static str)> {
    use Switch::{Off, On};
    let rank = |rank, to| {
        let user = user("bob");
        ModeChange::Rank { user, rank, to }
    };
    let listed = |list, to| {
        let mask = mask("bob");
        ModeChange::Listed { list, mask, to }
    };
    let (bans, excepted, invited) = (List::Bans, List::BanExceptions, List::InviteExceptions);
    vec![
        (rank(Rank::Operator, On), "made bob an operator of den"),
        (
            rank(Rank::Operator, Off),
            "made bob no operator of den any more",
        ),
        (rank(Rank::Voice, On), "gave bob a voice in den"),
        (rank(Rank::Voice, Off), "took the voice of bob in den"),
        (listed(bans, On), "banned bob!*@* from den"),
        (listed(bans, Off), "lifted the ban of bob!*@* from den"),
        (
            listed(excepted, On),
            "excepted bob!*@* from the bans of den",
        ),
        (
            listed(excepted, Off),
            "no longer excepts bob!*@* from the bans of den",
        ),
        (listed(invited, On), "invited bob!*@* for good to den"),
        (
            listed(invited, Off),
            "no longer invites bob!*@* for good to den",
        ),
    ]
}

fn answered(answer: &Answer) -> String {
    told(|talk, out| talk.tell_answer(answer, out))
}

#[test]
fn every_change_is_told_to_others_and_to_who_made_it() {
    for (change, words) in of_the_room().into_iter().chain(of_people()) {
        let changed = Deed::ModesChanged {
            room: room("den"),
            by: user("alice"),
            changes: vec![change.clone()],
        };
        let line = format!("* alice {words}\n");
        assert_eq!(spelled(changed, Hearing::Direct), line);
        assert!(matches!(read(line.trim_end()), Told::Info { .. }), "{line}");
        let granted = Answer::ModesChanged {
            room: room("den"),
            changes: vec![change],
            refused: vec![Refusal::Offline { user: user("eve") }],
        };
        assert_eq!(
            answered(&granted),
            format!("* You {words}\n! eve is offline\n")
        );
    }
}

#[test]
fn answers_are_information() {
    let (room_of, bob) = (|| room("den"), || user("bob"));
    for (answer, lines) in [
        (
            Answer::Kicked {
                room: room_of(),
                user: bob(),
                words: None,
            },
            "* You put bob out of den.\n",
        ),
        (
            Answer::Invited {
                room: room_of(),
                user: bob(),
                away: Some(text("lunch")),
            },
            "* You invited bob to den.\n* bob is away: lunch\n",
        ),
        (
            Answer::Invitations { rooms: Vec::new() },
            "* You are invited nowhere.\n",
        ),
        (
            Answer::Invitations {
                rooms: vec![room("den"), room("zoo")],
            },
            "* You are invited to den, zoo.\n",
        ),
        (
            Answer::ModesChanged {
                room: room_of(),
                changes: Vec::new(),
                refused: Vec::new(),
            },
            "* That is so already.\n",
        ),
        (
            Answer::ModeList {
                room: room_of(),
                list: List::Bans,
                listed: vec![ListedMask {
                    mask: mask("bob"),
                    by: user("alice"),
                    at: Timestamp(7),
                }],
            },
            "* bob!*@* by alice\n* 1 listed in den\n",
        ),
    ] {
        assert_eq!(answered(&answer), lines, "{answer:?}");
    }
}

#[test]
fn what_holds_of_a_room_is_one_line() {
    let modes = |letters, key, limit| Answer::Modes {
        room: room("den"),
        modes: RoomModes {
            flags: Flags::of_letters(letters),
            key,
            limit,
            made: None,
        },
    };
    for (answer, line) in [
        (modes("", Switch::Off, None), "* den is open.\n"),
        (
            modes("imst", Switch::On, Some(3)),
            "* modes of den: for invited people only, moderated, not listed, topic by operators, \
             locked with a key, 3 people at most\n",
        ),
    ] {
        assert_eq!(answered(&answer), line, "{answer:?}");
    }
}

#[test]
fn every_denial_is_told_in_words() {
    let lines = Denial::ALL.map(|why| {
        let refusal = why.about(room("den"));
        told(|talk, out| talk.tell_refusal(&refusal, out))
    });
    assert_eq!(
        lines,
        [
            "! Only operators of den may do that\n",
            "! den is moderated: you may listen\n",
            "! You are banned from den\n",
            "! You may only listen in den\n",
            "! den is for invited people only\n",
            "! Wrong key for den\n",
            "! den is full\n",
            "! den stays open to everybody\n",
        ]
    );
    let (room, user) = (|| room("den"), || user("bob"));
    for (refusal, line) in [
        (
            Refusal::NotThere {
                room: room(),
                user: user(),
            },
            "! bob is not in den\n",
        ),
        (
            Refusal::ThereAlready {
                room: room(),
                user: user(),
            },
            "! bob is in den already\n",
        ),
        (
            Refusal::ListFull { room: room() },
            "! Nobody else fits into that list of den\n",
        ),
    ] {
        assert_eq!(told(|talk, out| talk.tell_refusal(&refusal, out)), line);
    }
}
