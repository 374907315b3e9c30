//! What happens, as it is told to clients with these capabilities and with those.

use super::play::said;
use super::written;
use crate::chat::event::{Departure, Hearing, Manner};
use crate::chat::modes::Ranks;
use crate::chat::profile::Profile;
use crate::chat::{Deed, Extras, Gap, GapSize, RoomName, Text, UserName};
use crate::dialect::irc::caps::{CAPS, Caps};
use crate::dialect::irc::events;
use crate::testing::event;

fn caps(names: &str) -> Caps {
    let named =
        |cap: &&crate::dialect::irc::caps::Cap| names.split(' ').any(|name| name == cap.name());
    CAPS.iter()
        .filter(named)
        .fold(Caps::default(), |caps, cap| caps.with(*cap))
}

fn room() -> RoomName {
    RoomName::new("den").unwrap()
}

fn ben() -> UserName {
    UserName::new("ben").unwrap()
}

fn text(words: &str) -> Text {
    Text::new(words).unwrap()
}

/// How a deed is told to who has these capabilities.
pub(super) fn told(names: &str, deed: Deed, hearing: Hearing) -> Vec<String> {
    let happened = event(deed);
    written(|out| events::event(caps(names), &happened, hearing, out))
}

fn are_told(deeds: Vec<(&str, Deed, &[&str])>) {
    for (names, deed, lines) in deeds {
        let shown = format!("{names} {deed:?}");
        assert_eq!(told(names, deed, Hearing::Direct), lines, "{shown}");
    }
}

#[test]
fn people_come_and_go() {
    let (room, user) = (room(), ben());
    let entered = || Deed::Entered {
        room: room.clone(),
        user: user.clone(),
        ranks: Ranks::default(),
        profile: Profile::default(),
        away: None,
    };
    let left = |departure| Deed::Left {
        room: room.clone(),
        user: user.clone(),
        departure,
    };
    let parted = |words| left(Departure::Parted { words });
    let rooms = || vec![room.clone()];
    let released = |words| Deed::Released {
        user: user.clone(),
        rooms: rooms(),
        words,
        by: None,
    };
    let words = || Some(text("so long"));
    are_told(vec![
        ("", entered(), &[":ben!ben@conclave JOIN #den"]),
        (
            "extended-join",
            entered(),
            &[":ben!ben@conclave JOIN #den ben ben"],
        ),
        (
            "account-tag",
            entered(),
            &["@account=ben :ben!ben@conclave JOIN #den"],
        ),
        ("", parted(None), &[":ben!ben@conclave PART #den"]),
        (
            "",
            parted(words()),
            &[":ben!ben@conclave PART #den :so long"],
        ),
        // It is told by what follows it, once for all rooms.
        ("", left(Departure::Quit), &[]),
        ("", released(None), &[":ben!ben@conclave QUIT :Gone"]),
        (
            "",
            released(words()),
            &[":ben!ben@conclave QUIT :Quit: so long"],
        ),
    ]);
}

#[test]
fn who_comes_in_away_is_shown_so() {
    let away = || Deed::Entered {
        room: room(),
        user: ben(),
        ranks: Ranks::of_letters("v"),
        profile: Profile::default(),
        away: Some(text("out for tea")),
    };
    let (join, mode) = (":ben!ben@conclave JOIN #den", "MODE #den +v ben");
    let note = ":ben!ben@conclave AWAY :out for tea";
    are_told(vec![
        ("", away(), &[join, mode]),
        ("away-notify", away(), &[join, mode, note]),
    ]);
}

#[test]
fn a_nick_changes_and_who_has_no_account_shows_none() {
    let seen = |spelled: &str| UserName::stored(spelled).unwrap();
    let nicked = |was, now| Deed::Nicked {
        user: seen(now),
        was: seen(was),
        rooms: vec![room()],
    };
    let entered = |who| Deed::Entered {
        ranks: Ranks::default(),
        room: room(),
        user: seen(who),
        profile: Profile::default(),
        away: None,
    };
    are_told(vec![
        ("", nicked("ben", "ben/B"), &[":ben!ben@conclave NICK B"]),
        (
            "account-tag",
            nicked("ben/B", "ben/b"),
            &["@account=ben :B!ben@conclave NICK b"],
        ),
        (
            "account-tag",
            nicked("~0a/G", "~0a/[G]"),
            &[":G!~0a@conclave NICK [G]"],
        ),
        (
            "extended-join account-tag",
            entered("ben/B"),
            &["@account=ben :B!ben@conclave JOIN #den ben B"],
        ),
        (
            "extended-join account-tag",
            entered("~0a/G"),
            &[":G!~0a@conclave JOIN #den * G"],
        ),
    ]);
}

#[test]
fn topics_change_and_people_go_for_tea() {
    let (room, user) = (room(), ben());
    let rooms = || vec![room.clone()];
    let away = || Deed::WentAway {
        user: user.clone(),
        text: text("tea"),
        rooms: rooms(),
    };
    let back = || Deed::CameBack {
        user: user.clone(),
        rooms: rooms(),
    };
    let topic = Deed::TopicSet {
        room: room.clone(),
        by: user.clone(),
        text: Some(text("tea time")),
    };
    are_told(vec![
        ("", topic, &[":ben!ben@conclave TOPIC #den :tea time"]),
        ("", away(), &[]),
        ("away-notify", away(), &[":ben!ben@conclave AWAY tea"]),
        ("", back(), &[]),
        ("away-notify", back(), &[":ben!ben@conclave AWAY"]),
    ]);
}

#[test]
fn a_message_carries_the_tags_that_were_asked_for() {
    let line = ":ben!ben@conclave PRIVMSG #den :hi";
    for (names, tags) in [
        ("", ""),
        ("batch labeled-response echo-message", ""),
        ("server-time", "@time=1970-01-01T00:00:01.500Z "),
        ("account-tag", "@account=ben "),
        ("message-tags", "@msgid=7-1 "),
        (
            "message-tags account-tag server-time",
            "@time=1970-01-01T00:00:01.500Z;account=ben;msgid=7-1 ",
        ),
    ] {
        let told = written(|out| {
            events::event(caps(names), &said("den", "hi"), Hearing::Direct, out);
        });
        assert_eq!(told, [format!("{tags}{line}")], "{names}");
    }
}

#[test]
fn a_message_of_several_lines_has_one_id() {
    let words = "word ".repeat(200);
    let told = written(|out| {
        events::event(
            caps("message-tags"),
            &said("den", &words),
            Hearing::Direct,
            out,
        );
    });
    assert!(told.len() > 2);
    assert!(told[0].starts_with("@msgid=7-1 :ben!ben@conclave PRIVMSG #den :word "));
    for line in &told[1..] {
        assert!(
            line.starts_with(":ben!ben@conclave PRIVMSG #den :word "),
            "{line}"
        );
    }
}

#[test]
fn private_messages_and_posts_say_what_they_are() {
    let whisper = Deed::Whisper {
        to: UserName::new("anna").unwrap(),
        sender: ben(),
        text: text("a word"),
        manner: Manner::Message,
        extras: Extras::default(),
        k: 1,
    };
    let post = Deed::Post {
        sender: ben(),
        text: text("news"),
        k: 1,
    };
    let direct = |names, deed| told(names, deed, Hearing::Direct);
    assert_eq!(
        direct("", whisper),
        [":ben!ben@conclave PRIVMSG anna :a word"]
    );
    assert_eq!(
        direct("", post.clone()),
        [":ben!ben@conclave PRIVMSG * :[Sub] news"]
    );
    let tagged = direct("message-tags", post);
    assert!(tagged[0].contains(";conclave/post :ben!"), "{tagged:?}");
    let overheard = told("", said("den", "hi").deed, Hearing::Subscriber);
    assert_eq!(overheard, [":ben!ben@conclave PRIVMSG * :[Sub] [#den] hi"]);
}

#[test]
fn what_irc_does_not_show_is_not_written() {
    let all = CAPS
        .iter()
        .fold(Caps::default(), |caps, cap| caps.with(*cap));
    let deeds = [
        Deed::Epoch {
            after: said("den", "hi").position,
        },
        Deed::Followed {
            author: ben(),
            follower: ben(),
        },
        Deed::Unfollowed {
            author: ben(),
            follower: ben(),
        },
    ];
    for deed in deeds {
        let happened = event(deed);
        for spelled in [
            written(|out| events::event(all, &happened, Hearing::Direct, out)),
            written(|out| events::kept(Caps::default(), &happened, out)),
        ] {
            assert!(spelled.is_empty(), "{spelled:?}");
        }
    }
}

#[test]
fn what_is_lost_is_told_in_words() {
    let size = GapSize::Exactly(1);
    let some = GapSize::Unknown;
    for (gap, line) in [
        (
            Gap::Room { room: room(), size },
            "NOTICE #den :[gap] 1 message is lost here",
        ),
        (
            Gap::Room {
                room: room(),
                size: some,
            },
            "NOTICE #den :[gap] some messages are lost here",
        ),
        (
            Gap::Whispers {
                size: GapSize::Exactly(3),
            },
            "NOTICE * :[gap] 3 messages are lost that were to you",
        ),
        (Gap::Posts, "NOTICE * :[gap] some posts are lost"),
    ] {
        assert_eq!(written(|out| events::gap(&gap, out)), [line]);
    }
}
