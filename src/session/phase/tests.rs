//! Conversations with a phase: what is typed or answered, and what is to be done then.

use bytes::BytesMut;

use super::*;
use crate::chat::answer::Office;
use crate::chat::command::{Inquiry, Positions, RoomKey, Since, Watch};
use crate::chat::{Ident, Nick, RoomName};
use crate::dialect::{Dialect, Format};
use crate::messages::ASKS_IN_FLIGHT;
use crate::testing::{at, room, session_id, user};

#[test]
fn who_is_not_logged_in_has_to_log_in_first() {
    let first = "! Log in first: /login <user> <password> or /register <user> <password>";
    let mut talk = Talk::new();
    for line in [
        "//hi",
        "/join den",
        "/leave",
        "/rooms",
        "/who",
        "/users",
        "/msg bob hi",
        "/subscribe_only hi",
        "/subscribe bob",
        "/unsubscribe bob",
        "/subs",
        "/subscribers",
        "/history",
        "/topic",
        "/topic cats",
        "/away lunch",
        "/away",
        "/whois bob",
        "/passwd old new",
        "/token",
        "/ids on",
    ] {
        talk.says(line).does(&[first]);
        assert!(talk.phase.is_ready() && talk.phase.is_settled());
    }
    talk.says("/ping x").does(&["* pong x"]);
    talk.says("/help ping")
        .does(&["* /ping [text]  answered once all you asked before is done"]);
    talk.says("/foo")
        .does(&["! Unknown command /foo. /help lists the commands."]);
    talk.says("/register pm x")
        .does(&["login refused: ! Not a name: pm (that word belongs to the server)"]);
    talk.says("").does(&[]);
    talk.says("/quit").does(&["end quit"]);
}

#[test]
fn a_login_is_proven_then_claimed_then_welcomed() {
    let mut talk = Talk::new();
    assert!(talk.phase.is_anonymous());
    talk.says("alice").does(&["* Password:"]);
    talk.says("secret-word").does(&["prove alice"]);
    assert!(!talk.phase.is_ready() && !talk.phase.is_settled() && talk.phase.is_anonymous());
    talk.proved(Ok(user("Alice"))).does(&["claim Alice"]);
    assert!(!talk.phase.is_ready() && talk.phase.is_anonymous());
    talk.answered(claimed("Alice"))
        .does(&["welcome Alice to lobby"]);
    assert!(talk.phase.is_ready() && talk.phase.is_settled() && !talk.phase.is_anonymous());
}

#[test]
fn who_registers_is_logged_in_at_once() {
    let mut talk = Talk::new();
    talk.says("/register alice secret-word")
        .does(&["register alice"]);
    let taken = Refusal::NameTaken {
        user: user("alice"),
    };
    talk.proved(Err(taken))
        .does(&["login refused: ! That name is taken: alice"]);
    talk.says("/register bob secret-word")
        .does(&["register bob"]);
    talk.proved(Ok(user("bob"))).does(&["claim bob"]);
    talk.answered(claimed("bob"))
        .does(&["welcome bob to lobby"]);
}

#[test]
fn the_third_wrong_password_is_the_last_one() {
    let mut talk = Talk::new();
    let wrong = "login refused: ! Wrong username or password";
    for refused in [wrong, wrong, "end too_many_failures"] {
        talk.says("/login alice guess").does(&["prove alice"]);
        talk.proved(Err(Refusal::WrongPassword)).does(&[refused]);
    }
}

#[test]
fn no_other_refusal_counts_as_a_wrong_password() {
    let mut talk = Talk::new();
    for _ in 0..9 {
        talk.says("/login alice guess").does(&["prove alice"]);
        talk.proved(Err(Refusal::Busy))
            .does(&["login refused: ! Busy, try again"]);
        talk.says("/login alice secret-word").does(&["prove alice"]);
        talk.proved(Ok(user("alice"))).does(&["claim alice"]);
        let refused = ["login refused: ! Busy, try again"];
        talk.answered(Outcome::Refused(Refusal::Busy))
            .does(&refused);
        assert!(talk.phase.is_ready() && talk.phase.is_anonymous());
    }
}

#[test]
fn a_live_account_ends_the_newcomer() {
    let mut talk = Talk::kept_out();
    talk.phase_does(Phase::looks_again).does(&["claim alice"]);
    talk.phase_does(|phase| phase.holder_alive()).does(&[]);
    talk.answered(Outcome::Duplicate).does(&["probe alice"]);
    assert!(!talk.phase.is_ready() && talk.phase.is_anonymous());
    talk.phase_does(|phase| phase.holder_alive())
        .does(&["end duplicate"]);
}

#[test]
fn an_account_whose_session_is_gone_is_had_at_the_next_look() {
    let mut talk = Talk::kept_out();
    talk.phase_does(Phase::looks_again).does(&["claim alice"]);
    talk.answered(claimed("alice"))
        .does(&["welcome alice to lobby"]);
    talk.phase_does(Phase::looks_again).does(&[]);
    talk.phase_does(|phase| phase.holder_alive()).does(&[]);
}

#[test]
fn an_account_whose_session_says_nothing_is_taken_over() {
    let mut talk = Talk::kept_out();
    for _ in 1..LOOKS {
        talk.phase_does(Phase::looks_again).does(&["claim alice"]);
        talk.answered(Outcome::Duplicate).does(&["probe alice"]);
    }
    talk.phase_does(Phase::looks_again)
        .does(&["claim alice from whoever has it"]);
    talk.answered(claimed("alice"))
        .does(&["welcome alice to lobby"]);
}

#[test]
fn who_may_have_claimed_the_account_begins_anew() {
    let mut talk = Talk::new();
    talk.says("/login alice secret-word").does(&["prove alice"]);
    talk.proved(Ok(user("alice"))).does(&["claim alice"]);
    talk.answered(Outcome::Refused(Refusal::NotConfirmed))
        .does(&[NOT_CONFIRMED, "end unconfirmed"]);
    assert!(!talk.phase.is_ready());
}

#[test]
fn who_certainly_did_not_claim_the_account_may_try_again() {
    let mut talk = Talk::new();
    let again = "login refused: ! Not delivered: the cluster store is unreachable, try again";
    talk.says("/login alice secret-word").does(&["prove alice"]);
    talk.proved(Err(Refusal::NotDelivered)).does(&[again]);
    talk.says("/login alice secret-word").does(&["prove alice"]);
    talk.proved(Ok(user("alice"))).does(&["claim alice"]);
    talk.answered(Outcome::Refused(Refusal::NotDelivered))
        .does(&[again]);
    assert!(talk.phase.is_ready() && talk.phase.is_anonymous());
}

#[test]
fn whose_account_may_have_been_made_is_told_so_and_may_try_to_log_in() {
    let mut talk = Talk::new();
    talk.says("/register alice secret-word")
        .does(&["register alice"]);
    let refused = format!("login refused: {NOT_CONFIRMED}");
    talk.proved(Err(Refusal::NotConfirmed))
        .does(&[refused.as_str()]);
    talk.says("/login alice secret-word").does(&["prove alice"]);
}

#[test]
fn a_token_is_redeemed_then_claimed_and_the_next_told_behind_the_welcome() {
    for (line, claim) in [
        ("/resume a.1", "claim Alice again"),
        ("/resume a.1 7-9", "claim Alice again from 7-9"),
    ] {
        let mut talk = Talk::new();
        talk.says(line).does(&["redeem a.1"]);
        assert!(!talk.phase.is_ready() && !talk.phase.is_settled() && talk.phase.is_anonymous());
        talk.redeemed(redeemed("Alice", "a.2")).does(&[claim]);
        assert!(!talk.phase.is_ready());
        talk.answered(claimed("Alice"))
            .does(&["welcome Alice to lobby", "* token a.2"]);
        assert!(talk.phase.is_ready() && !talk.phase.is_anonymous());
    }
}

#[test]
fn a_token_that_is_used_up_is_followed_by_the_next_whatever_comes_of_it() {
    for (outcome, then) in [
        (
            Outcome::Refused(Refusal::Busy),
            vec!["login refused: ! Busy, try again"],
        ),
        (Outcome::Duplicate, vec!["end duplicate"]),
        (
            Outcome::Refused(Refusal::NotConfirmed),
            vec![NOT_CONFIRMED, "end unconfirmed"],
        ),
    ] {
        let mut talk = Talk::new();
        talk.says("/resume a.1").does(&["redeem a.1"]);
        talk.redeemed(redeemed("alice", "a.2"))
            .does(&["claim alice again"]);
        talk.answered(outcome)
            .does(&[&["* token a.2"], &then[..]].concat());
    }
    // It is told once, and not to whoever logs in behind it.
    let mut talk = Talk::new();
    talk.says("/resume a.1").does(&["redeem a.1"]);
    talk.redeemed(redeemed("alice", "a.2"))
        .does(&["claim alice again"]);
    talk.answered(Outcome::Refused(Refusal::Busy))
        .does(&["* token a.2", "login refused: ! Busy, try again"]);
    talk.says("/login alice secret-word").does(&["prove alice"]);
    talk.proved(Ok(user("alice"))).does(&["claim alice"]);
    talk.answered(claimed("alice"))
        .does(&["welcome alice to lobby"]);
}

#[test]
fn who_is_sent_away_over_a_claim_is_told_the_next_token_all_the_same() {
    let mut talk = Talk::new();
    talk.says("/resume a.1").does(&["redeem a.1"]);
    talk.redeemed(redeemed("alice", "a.2"))
        .does(&["claim alice again"]);
    let last = talk.phase.leave();
    talk.in_words(last).does(&["* token a.2"]);
    talk.answered(claimed("alice")).does(&[]);
    let mut talk = Talk::present();
    let last = talk.phase.leave();
    talk.in_words(last).does(&[]);
}

#[test]
fn the_third_failure_is_the_last_one_whatever_was_tried() {
    let not_good = "login refused: ! That token is not good any more: log in with your password";
    let mut talk = Talk::new();
    talk.says("/resume x").does(&["redeem x"]);
    talk.redeemed(Err(Refusal::WrongToken)).does(&[not_good]);
    talk.says("/login alice guess").does(&["prove alice"]);
    talk.proved(Err(Refusal::WrongPassword))
        .does(&["login refused: ! Wrong username or password"]);
    talk.says("/resume x").does(&["redeem x"]);
    talk.redeemed(Err(Refusal::NotDelivered))
        .does(&["login refused: ! Not delivered: the cluster store is unreachable, try again"]);
    talk.says("/resume x").does(&["redeem x"]);
    talk.redeemed(Err(Refusal::WrongToken))
        .does(&["end too_many_failures"]);
}

#[test]
fn a_token_is_made_for_who_is_in() {
    let mut talk = Talk::present();
    talk.says("/token").does(&["issue for alice"]);
    assert!(!talk.phase.is_ready() && !talk.phase.is_settled());
    talk.issued(Ok(Secret::new("a.1"))).does(&["* token a.1"]);
    talk.says("/token").does(&["issue for alice"]);
    talk.issued(Err(Refusal::Busy)).does(&["! Busy, try again"]);
    assert!(talk.phase.is_ready());
}

#[test]
fn texts_do_not_wait_for_each_other_up_to_a_bound() {
    let mut talk = Talk::present();
    for _ in 1..ASKS_IN_FLIGHT {
        talk.says("hi").does(&[
            "ask Append(RoomMessage { room: lobby, text: \"hi\", manner: Message, extras: Plain })",
        ]);
        assert!(talk.phase.is_ready());
    }
    talk.says("/msg bob hi")
        .does(&["ask Append(Whisper { to: bob, text: \"hi\", manner: Message, extras: Plain, oneself: Refused })"]);
    assert!(!talk.phase.is_ready(), "the bound is reached");
    talk.answered(said("7-1")).does(&["* ok 7-1"]);
    assert!(talk.phase.is_ready() && !talk.phase.is_settled());
    talk.says("/subscribe_only hi")
        .does(&["ask Append(Post { text: \"hi\" })"]);
    assert!(!talk.phase.is_ready());
    for _ in 0..ASKS_IN_FLIGHT {
        talk.answered(Outcome::Done(Answer::NobodySubscribes))
            .does(&["* Nobody subscribes to you."]);
    }
    assert!(talk.phase.is_ready() && talk.phase.is_settled());
}

#[test]
fn what_comes_behind_texts_waits_until_they_are_answered() {
    for (line, then) in [
        ("/join den", MOVE_TO_DEN),
        ("/ping x", "settle"),
        ("/ids off", "set Line { positions: Hidden }"),
        ("/passwd a b", "change password of alice"),
        ("/token", "issue for alice"),
        (
            "/help ping",
            "* /ping [text]  answered once all you asked before is done",
        ),
        ("/foo", "! Unknown command /foo. /help lists the commands."),
        (
            "/join pm",
            "! Not a name: pm (that word belongs to the server)",
        ),
        ("/passwd", "* Old password:"),
        ("/login bob x", "! You are logged in as alice"),
        ("/resume a.1", "! You are logged in as alice"),
        ("/quit", "end quit"),
    ] {
        let mut talk = Talk::present();
        for _ in 0..2 {
            talk.says("hi")
                .does(&["ask Append(RoomMessage { room: lobby, text: \"hi\", manner: Message, extras: Plain })"]);
        }
        talk.says(line).does(&[]);
        assert!(!talk.phase.is_ready() && !talk.phase.is_settled(), "{line}");
        talk.answered(said("7-1")).does(&["* ok 7-1"]);
        assert!(!talk.phase.is_ready(), "{line}");
        talk.answered(Outcome::Refused(Refusal::Busy))
            .does(&["! Busy, try again", then]);
    }
}

#[test]
fn an_empty_line_waits_for_nothing() {
    let mut talk = Talk::present();
    talk.says("hi").does(&[
        "ask Append(RoomMessage { room: lobby, text: \"hi\", manner: Message, extras: Plain })",
    ]);
    talk.says("").does(&[]);
    assert!(talk.phase.is_ready());
}

#[test]
fn who_entered_a_room_speaks_there() {
    let mut talk = Talk::present();
    talk.says("/join DEN")
        .does(&[MOVE_TO_DEN.replace("den", "DEN").as_str()]);
    assert!(!talk.phase.is_ready() && !talk.phase.is_settled());
    talk.answered(entered("den"))
        .does(&["* You are in den (1 here)."]);
    talk.says("hi").does(&[
        "ask Append(RoomMessage { room: den, text: \"hi\", manner: Message, extras: Plain })",
    ]);
    talk.answered(said("7-1")).does(&["* ok 7-1"]);
    for (line, asked) in [
        ("/who", "ask Rooms(Members { room: den })"),
        ("/who lobby", "ask Rooms(Members { room: lobby })"),
        ("/topic", "ask Rooms(Topic { room: den })"),
        (
            "/topic cats",
            "ask Rooms(SetTopic { room: den, text: Some(\"cats\") })",
        ),
        (
            "/history 7",
            "ask History(Room { room: den, past: Words, span: Latest, count: 7 })",
        ),
        (
            "/history lobby",
            "ask History(Room { room: lobby, past: Words, span: Latest, count: 20 })",
        ),
        (
            "/leave",
            "ask Rooms(Move { from: den, to: lobby, key: None })",
        ),
    ] {
        talk.says(line).does(&[asked]);
        assert!(!talk.phase.is_ready(), "{line}");
        talk.answered(Outcome::Refused(Refusal::Busy))
            .does(&["! Busy, try again"]);
    }
    talk.says("hi").does(&[
        "ask Append(RoomMessage { room: den, text: \"hi\", manner: Message, extras: Plain })",
    ]);
}

#[test]
fn who_was_refused_a_room_stays() {
    let mut talk = Talk::present();
    talk.says("/join den").does(&[MOVE_TO_DEN]);
    let wrong = Refusal::WrongKey { room: room("den") };
    talk.answered(Outcome::Refused(wrong))
        .does(&["! Wrong key for den"]);
    talk.says("hi").does(&[
        "ask Append(RoomMessage { room: lobby, text: \"hi\", manner: Message, extras: Plain })",
    ]);
}

#[test]
fn who_may_have_moved_claims_again_and_is_told_where_it_is() {
    for (line, asked) in [
        ("/join den", MOVE_TO_DEN),
        (
            "/leave",
            "ask Rooms(Move { from: lobby, to: lobby, key: None })",
        ),
    ] {
        let mut talk = Talk::present();
        talk.says(line).does(&[asked]);
        talk.answered(Outcome::Refused(Refusal::NotConfirmed))
            .does(&[NOT_CONFIRMED, CLAIM_AGAIN]);
        assert!(!talk.phase.is_ready());
        let Outcome::Claimed { claim, .. } = claimed("alice") else {
            panic!("not claimed")
        };
        let room = room("den");
        talk.answered(Outcome::Claimed {
            claim,
            rooms: vec![room],
        })
        .does(&["* You are in den now."]);
        assert!(talk.phase.is_ready());
    }
}

#[test]
fn who_may_have_entered_or_left_a_room_claims_again_too() {
    for command in [
        Command::Enter {
            room: room("den"),
            key: RoomKey::None,
        },
        Command::Leave {
            room: room("lobby"),
            words: None,
        },
    ] {
        let mut talk = Talk::present();
        talk.hears(command);
        talk.answered(Outcome::Refused(Refusal::NotConfirmed))
            .does(&[NOT_CONFIRMED, CLAIM_AGAIN]);
        assert!(!talk.phase.is_ready());
    }
}

#[test]
fn rooms_are_entered_and_left_one_by_one() {
    let mut talk = Talk::present();
    let enter = |name| Command::Enter {
        room: room(name),
        key: RoomKey::None,
    };
    for name in ["den", "zoo"] {
        let asked = format!("ask Rooms(Enter {{ room: {name}, key: None }})");
        talk.hears(enter(name)).does(&[&asked]);
        talk.answered(entered(name));
    }
    let words = None;
    let leave = Command::Leave {
        room: room("den"),
        words: words.clone(),
    };
    talk.hears(leave)
        .does(&["ask Rooms(Leave { room: den, words: None })"]);
    let left = Answer::Left {
        room: room("den"),
        words,
    };
    talk.answered(Outcome::Done(left));
    // Of all of them it claims again.
    talk.suspended().does(&["claim alice again in lobby, zoo"]);
}

const HOME: &str = "ask Rooms(Enter { room: lobby, key: None })";

#[test]
fn who_is_put_out_of_its_only_room_goes_back_to_the_lobby() {
    let mut talk = Talk::present();
    talk.says("/join den").does(&[MOVE_TO_DEN]);
    talk.answered(entered("den"));
    talk.put_out("attic", "7-10").does(&[]);
    // That was before it came in.
    talk.put_out("den", "7-8").does(&[]);
    talk.put_out("den", "7-10").does(&["out of den", HOME]);
    assert!(!talk.phase.is_ready());
    talk.answered(entered("lobby"))
        .does(&["* You are in lobby (1 here)."]);
    assert!(talk.phase.is_ready());
}

#[test]
fn who_is_put_out_goes_back_when_all_is_answered() {
    let mut talk = Talk::present();
    talk.says("hi");
    talk.says("/join den").does(&[]);
    talk.put_out("lobby", "7-1").does(&["out of lobby"]);
    let into_den = "ask Rooms(Enter { room: den, key: None })";
    talk.answered(said("7-2")).does(&["* ok 7-2", into_den]);
    talk.answered(entered("den"))
        .does(&["* You are in den (1 here)."]);
    talk.put_out("den", "7-10").does(&["out of den", HOME]);
    // Where that is not possible it can be asked for.
    talk.answered(Outcome::Refused(Refusal::Busy))
        .does(&["! Busy, try again"]);
    talk.says("/leave").does(&[HOME]);
}

#[test]
fn what_became_of_a_text_is_told_whatever_is_under_way_and_changes_nothing() {
    let mut talk = Talk::present();
    talk.says("hi");
    talk.answered(Outcome::Refused(Refusal::NotConfirmed))
        .does(&[NOT_CONFIRMED]);
    talk.says("/join den").does(&[MOVE_TO_DEN]);
    let position = at("7-5");
    talk.resolved(Fate::Delivered { position })
        .does(&["* delivered 7-5"]);
    assert!(!talk.phase.is_ready(), "the answer is to come");
    talk.answered(entered("den"))
        .does(&["* You are in den (1 here)."]);
    talk.resolved(Fate::NotDelivered)
        .does(&["! Not delivered after all"]);
    assert!(talk.phase.is_ready());
    talk.phase.leave();
    talk.resolved(Fate::NotDelivered).does(&[]);
}

#[test]
fn what_is_not_confirmed_leaves_everything_else_as_it_was() {
    for line in [
        "hi",
        "/msg bob hi",
        "/subscribe bob",
        "/topic cats",
        "/ping x",
        "/who",
    ] {
        let mut talk = Talk::present();
        talk.says(line);
        talk.answered(Outcome::Refused(Refusal::NotConfirmed))
            .does(&[NOT_CONFIRMED]);
        assert!(talk.phase.is_ready() && talk.phase.is_settled(), "{line}");
    }
    let mut talk = Talk::present();
    talk.says("/passwd old new-word");
    talk.password_changed(Err(Refusal::NotConfirmed))
        .does(&[NOT_CONFIRMED]);
    assert!(talk.phase.is_ready());
}

#[test]
fn other_requests_go_one_at_a_time() {
    let mut talk = Talk::present();
    for (line, asked) in [
        ("/rooms", "ask Rooms(List)"),
        ("/users", "ask People(Online)"),
        ("/subscribe bob", "ask People(Follow { author: bob })"),
        ("/unsubscribe bob", "ask People(Unfollow { author: bob })"),
        ("/subs", "ask People(Following)"),
        ("/subscribers", "ask People(Followers)"),
        ("/whois bob", "ask People(WhoIs { user: bob })"),
        ("/away lunch", "ask People(Away { text: \"lunch\" })"),
        ("/away", "ask People(Back)"),
    ] {
        talk.says(line).does(&[asked]);
        assert!(!talk.phase.is_ready() && !talk.phase.is_settled(), "{line}");
        talk.answered(Outcome::Done(Answer::Back))
            .does(&["* You are back."]);
        assert!(talk.phase.is_ready() && talk.phase.is_settled(), "{line}");
    }
}

#[test]
fn a_ping_is_answered_when_everything_before_it_is_handled() {
    let mut talk = Talk::present();
    talk.says("/ping x").does(&["settle"]);
    assert!(!talk.phase.is_ready());
    talk.answered(Outcome::Settled).does(&["* pong x"]);
    assert!(talk.phase.is_ready());
    talk.answered(Outcome::Settled).does(&[]);
    talk.says("/ping x").does(&["settle"]);
    talk.answered(Outcome::Refused(Refusal::Busy))
        .does(&["! Busy, try again"]);
    assert!(talk.phase.is_ready());
}

#[test]
fn the_switch_for_positions_holds_when_it_is_confirmed() {
    let mut talk = Talk::present();
    talk.format_set().does(&[]);
    talk.says("/ids on")
        .does(&["set Line { positions: Shown }"]);
    assert!(!talk.phase.is_ready());
    talk.format_set().does(&["* Positions are shown."]);
    assert!(talk.phase.is_ready());
}

#[test]
fn a_password_is_changed_by_its_owner() {
    let mut talk = Talk::present();
    for line in ["/passwd", "old", "new-word"] {
        let asked = talk.says(line);
        assert!(
            asked.0[0].ends_with("password:") || asked.0[0].ends_with("again:"),
            "{asked:?}"
        );
    }
    talk.says("new-word").does(&["change password of alice"]);
    assert!(!talk.phase.is_ready());
    talk.password_changed(Ok(())).does(&["* Password changed."]);
    talk.says("/passwd old new-word")
        .does(&["change password of alice"]);
    let refused = ["! Wrong username or password"];
    talk.password_changed(Err(Refusal::WrongPassword))
        .does(&refused);
    assert!(talk.phase.is_ready());
}

#[test]
fn who_is_void_is_heard_no_more_and_told_that_nothing_was_done() {
    for lines in [
        vec!["/who"],
        vec!["hi"],
        vec!["hi", "hi"],
        vec!["hi", "/join den"],
    ] {
        let mut talk = Talk::present();
        let texts = lines.iter().filter(|line| **line == "hi").count().max(1);
        for line in &lines {
            talk.says(line);
        }
        talk.answered(Outcome::Void)
            .does(&[NOT_DELIVERED, "await the end"]);
        assert!(!talk.phase.is_ready(), "{lines:?}");
        for _ in 1..texts {
            talk.answered(Outcome::Void).does(&[NOT_DELIVERED]);
            assert!(!talk.phase.is_ready(), "{lines:?}");
        }
        assert!(talk.phase.awaits_end());
    }
}

#[test]
fn who_is_suspended_claims_again_and_goes_on() {
    let mut talk = Talk::present();
    talk.suspended().does(&[CLAIM_AGAIN]);
    assert!(!talk.phase.is_ready());
    talk.suspended().does(&[]);
    talk.answered(claimed("alice")).does(&[]);
    assert!(talk.phase.is_ready());
    talk.says("hi").does(&[
        "ask Append(RoomMessage { room: lobby, text: \"hi\", manner: Message, extras: Plain })",
    ]);
}

#[test]
fn who_was_found_void_may_still_claim_again() {
    let mut talk = Talk::present();
    talk.says("hi");
    talk.answered(Outcome::Void)
        .does(&[NOT_DELIVERED, "await the end"]);
    talk.suspended().does(&[CLAIM_AGAIN]);
    assert!(!talk.phase.awaits_end());
    talk.answered(claimed("alice")).does(&[]);
    assert!(talk.phase.is_ready());
}

#[test]
fn what_was_asked_is_answered_before_the_claim_is_made_again() {
    let mut talk = Talk::present();
    talk.says("hi");
    talk.says("ho");
    talk.says("/join den").does(&[]);
    talk.suspended().does(&[]);
    talk.answered(said("7-1")).does(&["* ok 7-1"]);
    talk.answered(Outcome::Void)
        .does(&[NOT_DELIVERED, CLAIM_AGAIN]);
    assert!(!talk.phase.is_ready());
    talk.answered(claimed("alice")).does(&[MOVE_TO_DEN]);
    talk.suspended().does(&[]);
    talk.answered(entered("den"))
        .does(&["* You are in den (1 here).", "claim alice again in den"]);
    talk.answered(claimed("alice"))
        .does(&["* You are in lobby now."]);
    talk.says("/ping x").does(&["settle"]);
    talk.suspended().does(&[]);
    talk.answered(Outcome::Settled)
        .does(&["* pong x", CLAIM_AGAIN]);
}

#[test]
fn a_claim_that_cannot_be_made_again_is_tried_until_it_is_known_to_be_lost() {
    for (outcome, end) in [
        (Outcome::Duplicate, "end replaced"),
        (Outcome::Void, "end messages_lost"),
    ] {
        let mut talk = Talk::present();
        talk.suspended().does(&[CLAIM_AGAIN]);
        for refusal in [Refusal::NotDelivered, Refusal::NotConfirmed, Refusal::Busy] {
            talk.answered(Outcome::Refused(refusal))
                .does(&["claim again later"]);
            talk.suspended().does(&[CLAIM_AGAIN]);
        }
        talk.answered(outcome).does(&[end]);
    }
    let mut nobody = Talk::new();
    nobody.suspended().does(&[]);
}

#[test]
fn who_leaves_does_nothing_more() {
    let mut talk = Talk::present();
    talk.says("hi").does(&[
        "ask Append(RoomMessage { room: lobby, text: \"hi\", manner: Message, extras: Plain })",
    ]);
    talk.says("/join den").does(&[]);
    talk.phase.leave();
    assert!(!talk.phase.is_ready() && talk.phase.is_settled());
    talk.answered(said("7-1")).does(&[]);
    talk.proved(Ok(user("alice"))).does(&[]);
    talk.format_set().does(&[]);
    talk.password_changed(Ok(())).does(&[]);
    talk.issued(Ok(Secret::new("a.1"))).does(&[]);
    talk.redeemed(redeemed("alice", "a.2")).does(&[]);
    talk.says("hi").does(&[]);
}

#[test]
fn who_proves_first_goes_live_by_saying_so() {
    let mut talk = Talk::new();
    talk.hears(claiming("Alice")).does(&[
        "login refused: ! Log in first: /login <user> <password> or /register <user> <password>",
    ]);
    let prove = |password| Command::Prove {
        user: user("alice"),
        password: Secret::new(password),
    };
    talk.hears(prove("wrong")).does(&["prove alice"]);
    talk.proved(Err(Refusal::WrongPassword))
        .does(&["login refused: ! Wrong username or password"]);
    talk.hears(prove("secret-word")).does(&["prove alice"]);
    assert!(!talk.phase.is_ready());
    talk.proved(Ok(user("Alice"))).does(&["* You are Alice."]);
    assert!(talk.phase.is_ready() && talk.phase.is_anonymous());
    talk.hears(Command::Ping {
        token: String::new(),
    })
    .does(&["* pong"]);
    talk.hears(claiming("Alice")).does(&["claim Alice"]);
    talk.answered(claimed("Alice"))
        .does(&["welcome Alice to lobby"]);
}

#[test]
fn who_is_called_as_somebody_else_chooses_again_and_stays_proven() {
    let mut talk = Talk::new();
    let (user, password) = (user("alice"), Secret::new("secret-word"));
    talk.hears(Command::Prove { user, password });
    talk.proved(Ok(UserName::new("alice").unwrap()));
    let in_use = |word| Outcome::Refused(Refusal::NickInUse { nick: nick(word) });
    for word in ["Al", "Ali"] {
        talk.hears(claiming(word)).does(&[&format!("claim {word}")]);
        talk.answered(in_use(word))
            .does(&[&format!("login refused: ! Somebody else is {word}")]);
        assert!(talk.phase.is_ready() && talk.phase.is_anonymous());
    }
    talk.hears(claiming("Alic")).does(&["claim Alic"]);
    talk.answered(claimed("alice/Alic"))
        .does(&["welcome Alic to lobby"]);
    assert_eq!(talk.phase.claim().unwrap().user.account(), Some("alice"));
}

#[test]
fn settings_are_read_again_for_operators_alone() {
    let mut talk = Talk::present();
    let takes = |office| Outcome::Done(Answer::InOffice { office });
    let no_operator = ["! Only for operators"];
    talk.hears(Command::Inquire(Inquiry::Rehash))
        .does(&no_operator);
    talk.answered(takes(Office::Operator)).does(&[""]);
    talk.hears(Command::Inquire(Inquiry::Rehash))
        .does(&["inquire Rehash"]);
    let outcome = Err(Refusal::NotDelivered);
    let told = talk.phase_does(|phase| phase.told(outcome));
    told.does(&[NOT_DELIVERED]);
    talk.answered(takes(Office::None)).does(&[""]);
    talk.hears(Command::Inquire(Inquiry::Rehash))
        .does(&no_operator);
    talk.hears(Command::Inquire(Inquiry::MessageOfTheDay))
        .does(&["inquire MessageOfTheDay"]);
}

#[test]
fn a_guest_has_what_ends_with_the_connection() {
    let mut talk = Talk::new();
    let visit = |word| Command::Visit {
        nick: nick(word),
        ident: Ident::of("bob"),
    };
    talk.hears(visit("Bob")).does(&["claim Bob"]);
    talk.answered(Outcome::Refused(Refusal::NickRegistered {
        nick: nick("Bob"),
    }))
    .does(&["login refused: ! Bob is registered"]);
    talk.hears(claiming("Rob")).does(&[
        "login refused: ! Log in first: /login <user> <password> or /register <user> <password>",
    ]);
    talk.hears(visit("Rob")).does(&["claim Rob"]);
    talk.answered(claimed("~0a/Rob"))
        .does(&["welcome Rob to lobby"]);
    talk.dialect.logged_in();
    for line in [
        "/subscribe alice",
        "/unsubscribe alice",
        "/subscriptions",
        "/subscribers",
        "/subscribe_only hi",
        "/passwd old-word new-word",
        "/token",
    ] {
        talk.says(line).does(&["! Only for accounts"]);
    }
    talk.says("hi").does(&[
        "ask Append(RoomMessage { room: lobby, text: \"hi\", manner: Message, extras: Plain })",
    ]);
    talk.says("/subscribe_only hi").does(&[]);
    talk.answered(said("7-1"))
        .does(&["", "! Only for accounts"]);
}

#[test]
fn who_may_be_seen_under_another_nick_claims_again_and_is_told() {
    let mut talk = Talk::present();
    let change = || Command::ChangeNick { nick: nick("Al") };
    let nicked = |now: &str| Answer::Nicked {
        user: UserName::stored(now).unwrap(),
        was: user("alice"),
    };
    talk.hears(change());
    talk.answered(Outcome::Done(nicked("alice/Al")))
        .does(&["* You are Al now."]);
    assert_eq!(talk.phase.claim().unwrap().user.spelled(), "alice/Al");
    talk.hears(Command::ChangeNick { nick: nick("Ali") });
    talk.answered(Outcome::Refused(Refusal::NotConfirmed))
        .does(&[
            "! Not confirmed: the cluster store went away; it may have been delivered",
            "claim Al again in lobby",
        ]);
    talk.answered(claimed("alice/Ali"))
        .does(&["* You are Ali now."]);
    assert_eq!(talk.phase.claim().unwrap().user.spelled(), "alice/Ali");
}

#[test]
fn what_the_dialect_answers_itself_waits_its_turn() {
    let mut talk = Talk::new();
    assert!(matches!(&talk.phase.hear(Heard::Reply)[..], [Step::Reply]));
    let mut talk = Talk::present();
    talk.says("hi");
    assert!(talk.phase.hear(Heard::Reply).is_empty());
    assert!(!talk.phase.is_ready());
    talk.answered(said("7-1")).does(&["* ok 7-1", "by itself"]);
}

mod login;

/// So nobody comes or goes unseen between the two.
#[test]
fn who_watches_for_somebody_says_so_before_it_asks_whether_they_are_here() {
    let mut talk = Talk::present();
    let people = || vec![user("bob")];
    let change = Watch::For { people: people() };
    talk.hears(Command::Watch { change }).does(&[
        "watch For { people: [bob] }",
        "ask People(Presence { people: [bob] })",
    ]);
    let (here, gone) = (people(), Vec::new());
    let found = Answer::Presence { here, gone };
    talk.answered(Outcome::Done(found))
        .does(&["watch Found { here: [bob] }", ""]);
    let change = Watch::ForNobody;
    talk.hears(Command::Watch { change })
        .does(&["watch ForNobody", ""]);
}

const MOVE_TO_DEN: &str = "ask Rooms(Move { from: lobby, to: den, key: None })";

const CLAIM_AGAIN: &str = "claim alice again in lobby";

const NOT_DELIVERED: &str = "! Not delivered: the cluster store is unreachable, try again";

const NOT_CONFIRMED: &str =
    "! Not confirmed: the cluster store went away; it may have been delivered";

/// A phase and the dialect that it talks through.
struct Talk {
    phase: Phase,
    dialect: Dialect,
}

/// What is to be done, in words.
#[derive(Debug)]
struct Steps(Vec<String>);

impl Steps {
    #[track_caller]
    fn does(&self, expected: &[&str]) {
        assert_eq!(self.0, expected);
    }
}

impl Talk {
    fn new() -> Self {
        let phase = Phase::new(DuplicateLogin::Replace, DoorRules::LINE, session_id(7));
        let dialect = Dialect::line();
        Self { phase, dialect }
    }

    /// Alice is live in the lobby and sees positions.
    fn present() -> Self {
        let mut talk = Self::new();
        talk.says("/login alice secret-word");
        talk.proved(Ok(user("alice")));
        talk.answered(claimed("alice"));
        talk.dialect.logged_in();
        let positions = Positions::Shown;
        talk.dialect.set_format(Format::Line { positions });
        talk
    }

    /// Alice, whose account has a live session.
    fn kept_out() -> Self {
        let mut talk = Self::new();
        talk.says("/login alice secret-word").does(&["prove alice"]);
        talk.proved(Ok(user("alice"))).does(&["claim alice"]);
        talk.answered(Outcome::Duplicate).does(&["probe alice"]);
        talk
    }

    fn phase_does(&mut self, what: impl FnOnce(&mut Phase) -> Vec<Step>) -> Steps {
        let steps = what(&mut self.phase);
        self.in_words(steps)
    }

    fn hears(&mut self, command: Command) -> Steps {
        self.phase_does(|phase| phase.hear(Heard::Command(command)))
    }

    fn says(&mut self, line: &str) -> Steps {
        self.dialect.hear(line.as_bytes());
        let heard = self.dialect.next_heard().expect("one line is one thing");
        let steps = self.phase.hear(heard);
        self.in_words(steps)
    }

    fn proved(&mut self, proof: Result<UserName, Refusal>) -> Steps {
        let steps = self.phase.proved(proof);
        self.in_words(steps)
    }

    fn answered(&mut self, outcome: Outcome) -> Steps {
        let steps = self.phase.answered(outcome);
        self.in_words(steps)
    }

    fn password_changed(&mut self, outcome: Result<(), Refusal>) -> Steps {
        let steps = self.phase.password_changed(outcome);
        self.in_words(steps)
    }

    fn suspended(&mut self) -> Steps {
        self.phase_does(Phase::suspended)
    }

    fn put_out(&mut self, name: &str, position: &str) -> Steps {
        self.phase_does(|phase| phase.put_out(room(name), at(position)))
    }

    fn resolved(&mut self, fate: Fate) -> Steps {
        let steps = self.phase.resolved(fate);
        self.in_words(steps)
    }

    fn redeemed(&mut self, redeemed: Result<Redeemed, Refusal>) -> Steps {
        let steps = self.phase.redeemed(redeemed);
        self.in_words(steps)
    }

    fn issued(&mut self, token: Result<Secret, Refusal>) -> Steps {
        let steps = self.phase.issued(token);
        self.in_words(steps)
    }

    fn format_set(&mut self) -> Steps {
        let steps = self.phase.format_set();
        self.in_words(steps)
    }

    fn in_words(&mut self, steps: Vec<Step>) -> Steps {
        Steps(steps.into_iter().map(|step| self.words(step)).collect())
    }

    fn words(&mut self, step: Step) -> String {
        match step {
            Step::Answer(answer) => self.told(|talk, out| talk.tell_answer(&answer, out)),
            Step::Refuse(refusal) => self.told(|talk, out| talk.tell_refusal(&refusal, out)),
            Step::Resolve(fate) => self.told(|talk, out| talk.tell_fate(fate, out)),
            Step::RefuseLogin(refusal) => {
                let told = self.told(|talk, out| talk.tell_refusal(&refusal, out));
                format!("login refused: {told}")
            }
            Step::Malformed(fault) => self.told(|talk, out| talk.tell_malformed(&fault, out)),
            Step::Prompt(prompt) => self.told(|talk, out| talk.tell_prompt(prompt, out)),
            Step::Prove { user, .. } => format!("prove {user}"),
            Step::ProveByCertificate { certificate, .. } => format!("prove by {certificate}"),
            Step::Register { user, .. } => format!("register {user}"),
            Step::ChangePassword { user, .. } => format!("change password of {user}"),
            Step::Claim { user, entrance } | Step::LogIn { user, entrance } => {
                in_claim(&user, entrance)
            }
            Step::LoggedIn { user, was } => {
                format!("{} is {} from here on", was.id(), user.spelled())
            }
            Step::Renew {
                user,
                entrance: Entrance::Renew { rooms, .. },
            } => {
                let rooms: Vec<_> = rooms.iter().map(ToString::to_string).collect();
                format!("claim {user} again in {}", rooms.join(", "))
            }
            Step::Renew { entrance, .. } => panic!("{entrance:?}"),
            Step::RenewLater => "claim again later".to_owned(),
            Step::Probe { user } => format!("probe {user}"),
            Step::Redeem { token } => {
                format!("redeem {}", String::from_utf8_lossy(token.expose()))
            }
            Step::Issue { user } => format!("issue for {user}"),
            Step::Welcome { user, room } => format!("welcome {user} to {room}"),
            Step::Inquire(what) => format!("inquire {what:?}"),
            Step::Ask { claim, request } => {
                assert_eq!(Some(claim), self.phase.claim());
                format!("ask {request:?}")
            }
            Step::PutOut { room } => format!("out of {room}"),
            Step::Settle => "settle".to_owned(),
            Step::Watch(change) => format!("watch {change:?}"),
            Step::SetFormat(format) => format!("set {format:?}"),
            Step::FormatSet => self.told(|talk, out| talk.tell_format_set(out)),
            Step::Reply => "by itself".to_owned(),
            Step::AwaitEnd => "await the end".to_owned(),
            Step::Quit { words: None } => "end quit".to_owned(),
            Step::Quit { words: Some(words) } => format!("quit: {}", words.as_str()),
            Step::End(ending) => format!("end {}", ending.label()),
        }
    }

    fn told(&mut self, tell: impl FnOnce(&mut Dialect, &mut BytesMut)) -> String {
        let mut out = BytesMut::new();
        tell(&mut self.dialect, &mut out);
        String::from_utf8(out.to_vec())
            .unwrap()
            .trim_end()
            .to_owned()
    }
}

fn redeemed(name: &str, next: &str) -> Result<Redeemed, Refusal> {
    Ok(Redeemed {
        user: user(name),
        next: Secret::new(next),
    })
}

/// A claim in words.
fn in_claim(user: &UserName, entrance: Entrance) -> String {
    match entrance {
        Entrance::Login { on_duplicate, .. } => {
            assert_eq!(on_duplicate, DuplicateLogin::Replace);
            format!("claim {user}")
        }
        Entrance::Insist { .. } => format!("claim {user} from whoever has it"),
        Entrance::Resume { since } => match since {
            Since::Seen => format!("claim {user} again"),
            Since::Position(position) => format!("claim {user} again from {position}"),
        },
        Entrance::InPlace { guest, contest } => {
            format!("claim {user} for {}: {contest:?}", guest.user.id())
        }
        Entrance::Renew { .. } => panic!("only who was live claims again"),
    }
}

fn nick(word: &str) -> Nick {
    Nick::new(word).unwrap()
}

fn claiming(word: &str) -> Command {
    Command::Claim { nick: nick(word) }
}

fn claimed(name: &str) -> Outcome {
    Outcome::Claimed {
        claim: Claim {
            user: UserName::stored(name).unwrap(),
            fence: at("7-0"),
        },
        rooms: vec![RoomName::lobby()],
    }
}

fn said(position: &str) -> Outcome {
    Outcome::Done(Answer::Said {
        position: at(position),
        at: None,
    })
}

fn entered(name: &str) -> Outcome {
    Outcome::Done(Answer::Entered {
        room: room(name),
        here: 1,
        key: crate::chat::answer::KeyUse::Fitting,
        position: at("7-9"),
    })
}
