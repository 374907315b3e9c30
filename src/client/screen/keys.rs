//! What a terminal tells, as what a person wants.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tui_input::InputRequest;

/// What a person wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// To change the line that is being typed.
    Edit(InputRequest),
    /// To put a text into it.
    Paste(String),
    /// To send it.
    Send,
    /// A line of before.
    Back,
    /// The one behind that.
    Forward,
    /// The rest of a word.
    Complete,
    /// This conversation, counted from 0.
    Show(usize),
    /// The next conversation.
    ShowNext,
    /// The one before.
    ShowPrevious,
    /// What was said before.
    PageUp,
    /// What was said later.
    PageDown,
    /// The end of the line, or of what was said.
    End,
    /// The keys explained, or no longer.
    Help,
    /// Away with what lies over the rest, or back to the question before.
    Escape,
    /// To leave, if it is meant so.
    Interrupt,
    /// To leave if nothing is typed, else to delete.
    EndOfInput,
    /// Everything drawn anew.
    Redraw,
    /// Another size: columns and rows.
    Resize(u16, u16),
}

/// What it means, if anything.
pub(super) fn wish(event: Event) -> Option<Wish> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => pressed(key),
        Event::Paste(text) => Some(Wish::Paste(text)),
        Event::Resize(columns, rows) => Some(Wish::Resize(columns, rows)),
        Event::Key(_) | Event::Mouse(_) | Event::FocusGained | Event::FocusLost => None,
    }
}

fn pressed(key: KeyEvent) -> Option<Wish> {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return with_control(key.code);
    }
    if key.modifiers.contains(KeyModifiers::ALT) {
        return with_alt(key.code);
    }
    Some(match key.code {
        KeyCode::Char(c) => Wish::Edit(InputRequest::InsertChar(c)),
        KeyCode::Enter => Wish::Send,
        KeyCode::Backspace => Wish::Edit(InputRequest::DeletePrevChar),
        KeyCode::Delete => Wish::Edit(InputRequest::DeleteNextChar),
        KeyCode::Left => Wish::Edit(InputRequest::GoToPrevChar),
        KeyCode::Right => Wish::Edit(InputRequest::GoToNextChar),
        KeyCode::Home => Wish::Edit(InputRequest::GoToStart),
        KeyCode::End => Wish::End,
        KeyCode::Up => Wish::Back,
        KeyCode::Down => Wish::Forward,
        KeyCode::PageUp => Wish::PageUp,
        KeyCode::PageDown => Wish::PageDown,
        KeyCode::Tab => Wish::Complete,
        KeyCode::Esc => Wish::Escape,
        KeyCode::F(1) => Wish::Help,
        _ => return None,
    })
}

fn with_control(code: KeyCode) -> Option<Wish> {
    Some(match code {
        KeyCode::Char('a') => Wish::Edit(InputRequest::GoToStart),
        KeyCode::Char('e') => Wish::Edit(InputRequest::GoToEnd),
        KeyCode::Char('u') => Wish::Edit(InputRequest::DeleteFromStart),
        KeyCode::Char('k') => Wish::Edit(InputRequest::DeleteTillEnd),
        KeyCode::Char('w') | KeyCode::Backspace => Wish::Edit(InputRequest::DeletePrevWord),
        KeyCode::Char('y') => Wish::Edit(InputRequest::Yank),
        KeyCode::Char('b') => Wish::Edit(InputRequest::GoToPrevChar),
        KeyCode::Char('f') => Wish::Edit(InputRequest::GoToNextChar),
        KeyCode::Char('h') => Wish::Edit(InputRequest::DeletePrevChar),
        KeyCode::Left => Wish::Edit(InputRequest::GoToPrevWord),
        KeyCode::Right => Wish::Edit(InputRequest::GoToNextWord),
        KeyCode::Char('j') => Wish::Send,
        KeyCode::Char('n') => Wish::ShowNext,
        KeyCode::Char('p') => Wish::ShowPrevious,
        KeyCode::Char('c') => Wish::Interrupt,
        KeyCode::Char('d') => Wish::EndOfInput,
        KeyCode::Char('l') => Wish::Redraw,
        _ => return None,
    })
}

fn with_alt(code: KeyCode) -> Option<Wish> {
    Some(match code {
        KeyCode::Char('b') => Wish::Edit(InputRequest::GoToPrevWord),
        KeyCode::Char('f') => Wish::Edit(InputRequest::GoToNextWord),
        KeyCode::Char('d') => Wish::Edit(InputRequest::DeleteNextWord),
        KeyCode::Backspace => Wish::Edit(InputRequest::DeletePrevWord),
        KeyCode::Left => Wish::ShowPrevious,
        KeyCode::Right => Wish::ShowNext,
        KeyCode::Char(digit @ '1'..='9') => Wish::Show(digit as usize - '1' as usize),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_mean_what_people_know_them_for() {
        let key = |code, modifiers| wish(Event::Key(KeyEvent::new(code, modifiers)));
        let (control, alt) = (KeyModifiers::CONTROL, KeyModifiers::ALT);
        for (code, modifiers, wish) in [
            (
                KeyCode::Char('A'),
                KeyModifiers::SHIFT,
                Wish::Edit(InputRequest::InsertChar('A')),
            ),
            (
                KeyCode::Char('w'),
                control,
                Wish::Edit(InputRequest::DeletePrevWord),
            ),
            (
                KeyCode::Left,
                control,
                Wish::Edit(InputRequest::GoToPrevWord),
            ),
            (KeyCode::Left, alt, Wish::ShowPrevious),
            (KeyCode::Char('3'), alt, Wish::Show(2)),
            (KeyCode::PageUp, KeyModifiers::SHIFT, Wish::PageUp),
            (KeyCode::Enter, KeyModifiers::NONE, Wish::Send),
        ] {
            assert_eq!(key(code, modifiers), Some(wish), "{code:?}");
        }
        assert_eq!(key(KeyCode::F(7), KeyModifiers::NONE), None);
        assert_eq!(wish(Event::FocusLost), None);
        assert_eq!(wish(Event::Resize(3, 4)), Some(Wish::Resize(3, 4)));
    }
}
