//! The screen as people see it, cell by cell.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tui_input::InputRequest;

use super::super::keys::Wish;
use super::super::tests::Desk;

/// The rows of the screen, without blanks at their ends, and with the cursor in them.
fn seen(desk: &Desk) -> String {
    let (columns, rows) = desk.model.setting.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal
        .draw(|frame| super::draw(&desk.model, frame))
        .unwrap();
    let buffer = terminal.backend().buffer();
    let mut text = String::new();
    for y in 0..rows {
        let mut row = String::new();
        let mut x = 0;
        while x < columns {
            let symbol = buffer[(x, y)].symbol();
            row.push_str(symbol);
            x += u16::try_from(super::lines::columns_of(symbol).max(1)).unwrap();
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

fn check(desk: &Desk, wanted: &str) {
    let seen = seen(desk);
    let wanted = wanted.trim_start_matches('\n');
    assert!(seen == wanted, "wanted\n{wanted}\nseen\n{seen}");
}

#[test]
fn a_wide_screen_has_everything_beside_what_is_said() {
    let mut desk = Desk::inside(90, 16);
    desk.hears_all(&[
        "1-2 [lobby] bob: a text that is too long for one row of this screen, so that it goes on",
        "1-3 [PM] carl: psst",
        "* dora joined lobby",
        "1-4 [lobby] dora: Anna, 漢字 🦀 ok",
    ]);
    desk.types("hello");
    desk.writes("typ");
    check(
        &desk,
        "
 lobby  no topic; /topic sets one
                                                                      │ conversations
                                                                      │ 1 lobby
                                                                      │ 2 @carl       ● 1
 20:59        bob │ before                                            │
 21:00          * │ Welcome anna. You are in lobby on node-1. /help   │ rooms
                  │ lists the commands.                               │   den           3
 21:00          · │ F1 shows the keys, Tab completes, Alt-1…9 shows a │   lobby         2
                  │ conversation                                      │
 21:00        bob │ a text that is too long for one row of this       │ here (3)
                  │ screen, so that it goes on                        │   anna (you)
 21:00          → │ dora joined                                       │   bob
 21:00       dora │ Anna, 漢字 🦀 ok                                  │   dora
 21:00       anna │ hello                                             │
 ● node-1 · lobby · localhost:8001 · 0 ms                               1 unread  F1 help
 lobby ❯ typ
",
    );
}

#[test]
fn a_narrow_screen_has_what_is_said_alone() {
    let mut desk = Desk::inside(40, 9);
    desk.hears_all(&[
        "1-3 [PM] carl: psst",
        "1-4 [lobby] dora: 漢字漢字漢字漢字漢字漢字漢字漢字漢字",
    ]);
    desk.writes("something that is longer than the row");
    check(
        &desk,
        "
 lobby  no topic; /topic sets one
 21:00 · F1 shows the keys, Tab
       completes, Alt-1…9 shows a
       conversation
 21:00 dora:
       漢字漢字漢字漢字漢字漢字漢字漢字
       漢字
 ● node-1 · lobby …  2:@carl 1  F1 help
 lobby ❯ ng that is longer than the row
",
    );
}

#[test]
fn a_password_is_never_seen() {
    let mut desk = Desk::new(60, 18);
    desk.connects();
    for typed in ["/login anna sesame", "/register anna sesame"] {
        desk.writes(typed);
        let seen = seen(&desk);
        assert!(
            seen.contains("anna (not shown)") && !seen.contains("ses"),
            "{seen}"
        );
        desk.wishes(Wish::Edit(InputRequest::DeleteLine));
    }
    desk.types("anna");
    desk.writes("sesame");
    check(
        &desk,
        "
 conclave  every word is encrypted on its way to the node


     ╭ Log in at node-1 ──────────────────────────────╮
     │                                                │
     │  Username   anna                               │
     │  Password   (not shown)                        │
     │                                                │
     │                                                │
     │                                                │
     │                                                │
     │  Enter logs in                                 │
     │  Esc asks for another name                     │
     ╰────────────────────────────────────────────────╯


 ● node-1                                           F1 help

",
    );
}

#[test]
fn what_is_new_is_marked_and_what_is_read_stays() {
    let mut desk = Desk::inside(60, 10);
    desk.hears("1-3 [PM] carl: one");
    desk.wishes(Wish::Show(1));
    for n in 0..20 {
        desk.hears(&format!("1-{} [lobby] bob: line {n}", n + 10));
    }
    desk.wishes(Wish::Show(0));
    desk.wishes(Wish::PageUp);
    desk.hears("1-90 [lobby] bob: the last");
    check(
        &desk,
        "
 lobby  no topic; /topic sets one
 21:00        bob │ line 8
 21:00        bob │ line 9
 21:00        bob │ line 10
 21:00        bob │ line 11
 21:00        bob │ line 12
 21:00        bob │ line 13
 21:00        bob │ line 14             ↓ 1 new below · End
 ● node-1 · lobby · 0 ms                            F1 help
 lobby ❯
",
    );
    for _ in 0..9 {
        desk.wishes(Wish::PageUp);
    }
    check(
        &desk,
        "
 lobby  no topic; /topic sets one
 20:59        bob │ before
 21:00          * │ Welcome anna. You are in lobby on
                  │ node-1. /help lists the commands.
 21:00          · │ F1 shows the keys, Tab completes,
                  │ Alt-1…9 shows a conversation
─────────────────────────── new ────────────────────────────
 21:00        bob │ line 0              ↓ 1 new below · End
 ● node-1 · lobby · 0 ms                            F1 help
 lobby ❯
",
    );
    desk.wishes(Wish::End);
    assert!(seen(&desk).contains("the last"));
}

#[test]
fn no_size_and_no_text_break_it() {
    let mut desk = Desk::inside(80, 24);
    let family = "👨‍👩‍👧‍👦e\u{301}\u{200b}漢\tx";
    desk.hears(&format!("1-3 [lobby] bob: {}", family.repeat(40)));
    desk.hears("1-4 [lobby] bob: \u{1b}[31mred\u{1b}]0;title\u{7}\u{202e}");
    desk.types("refused");
    desk.hears("! Nothing to say");
    desk.writes(&"🦀漢".repeat(40));
    desk.wishes(Wish::Help);
    for (columns, rows) in [
        (1, 1),
        (19, 5),
        (20, 4),
        (20, 5),
        (33, 7),
        (79, 24),
        (80, 5),
        (200, 60),
    ] {
        desk.wishes(Wish::Resize(columns, rows));
        desk.wishes(Wish::PageUp);
        seen(&desk);
        desk.wishes(Wish::Help);
        desk.waits(Duration::from_secs(1));
        let seen = seen(&desk);
        assert!(!seen.contains('\u{1b}'), "{seen}");
        assert!(columns < 20 || rows < 5 || !seen.contains("too small"));
    }
}
