//! The line that is being typed: its cursor, what was typed before, and what Tab makes of it.

use std::collections::VecDeque;

use tui_input::{Input, InputRequest};
use zeroize::Zeroizing;

use crate::chat::Secret;
use crate::chat::text::visible;

/// Lines that can be had again: more than anybody goes back.
const REMEMBERED: usize = 500;

/// Bytes that are typed or pasted before Enter: four of the longest lines that a node takes.
const TYPED_BYTES: usize = 16 * 1024;

/// Bytes of a password, as the node takes them at most.
const PASSWORD_BYTES: usize = 1024;

/// Stands for a line end in a pasted text, where a line has room for it.
pub(super) const LINE_END: char = '⏎';

/// The line that is being typed.
#[derive(Debug, Default)]
pub(super) struct Editor {
    input: Input,
    /// What was sent, the oldest first.
    sent: VecDeque<String>,
    browsing: Option<Browsing>,
    completing: Option<Completing>,
}

/// A line of before is shown.
#[derive(Debug)]
struct Browsing {
    /// Which.
    index: usize,
    /// What was typed when this began.
    draft: String,
}

/// Tab was pressed, perhaps not for the last time.
#[derive(Debug)]
struct Completing {
    before: String,
    behind: String,
    words: Vec<String>,
    next: usize,
}

/// Whether a line that is sent can be had again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// With the arrows.
    Remembered,
    /// It holds a secret.
    Forgotten,
}

/// What became of a paste.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pasted {
    /// All of it is there.
    Whole,
    /// Its end is missing.
    Cut,
}

impl Editor {
    /// What is typed.
    pub(super) fn text(&self) -> &str {
        self.input.value()
    }

    /// Whether nothing is typed.
    pub(super) fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// How many lines it will be.
    pub(super) fn lines(&self) -> usize {
        self.text().matches(LINE_END).count() + 1
    }

    /// Columns before the cursor, and how many of them do not fit into `width`.
    pub(super) fn cursor(&self, width: usize) -> (usize, usize) {
        (self.input.visual_cursor(), self.input.visual_scroll(width))
    }

    /// Whether the cursor is behind everything.
    pub(super) fn is_at_the_end(&self) -> bool {
        self.input.cursor() == self.text().chars().count()
    }

    /// Changes it.
    pub(super) fn edit(&mut self, request: InputRequest) {
        self.completing = None;
        if matches!(request, InputRequest::InsertChar(_)) && self.text().len() >= TYPED_BYTES {
            return;
        }
        self.input.handle(request);
    }

    /// Puts a text where the cursor is; line ends become [`LINE_END`].
    pub(super) fn paste(&mut self, text: &str) -> Pasted {
        self.completing = None;
        let (before, behind) = self.halves();
        let text = one_line(text);
        let room = TYPED_BYTES.saturating_sub(before.len() + behind.len());
        let kept = &text[..text.floor_char_boundary(room)];
        let cut = kept.len() < text.len();
        self.set(&format!("{before}{kept}"), &behind);
        if cut { Pasted::Cut } else { Pasted::Whole }
    }

    /// Takes it out.
    pub(super) fn take(&mut self, keep: Keep) -> String {
        self.browsing = None;
        self.completing = None;
        let text = self.input.value_and_reset();
        if keep == Keep::Remembered && self.sent.back() != Some(&text) {
            if self.sent.len() == REMEMBERED {
                self.sent.pop_front();
            }
            self.sent.push_back(text.clone());
        }
        text
    }

    /// Shows the line sent before the one that is shown.
    pub(super) fn back(&mut self) {
        let index = self
            .browsing
            .as_ref()
            .map_or(self.sent.len(), |it| it.index);
        let Some(index) = index.checked_sub(1) else {
            return;
        };
        let draft = match self.browsing.take() {
            Some(browsing) => browsing.draft,
            None => self.text().to_owned(),
        };
        self.browsing = Some(Browsing { index, draft });
        let line = self.sent[index].clone();
        self.set(&line, "");
    }

    /// Shows the line sent behind the one that is shown, or what was typed.
    pub(super) fn forward(&mut self) {
        let Some(Browsing { index, draft }) = self.browsing.take() else {
            return;
        };
        match self.sent.get(index + 1).cloned() {
            Some(line) => {
                let index = index + 1;
                self.browsing = Some(Browsing { index, draft });
                self.set(&line, "");
            }
            None => self.set(&draft, ""),
        }
    }

    /// Completes the word before the cursor, or offers another one for it. `words` are those for
    /// the text before the word, and the word.
    pub(super) fn complete(&mut self, words: impl FnOnce(&str, &str) -> Vec<String>) {
        let mut completing = match self.completing.take() {
            Some(completing) => completing,
            None => {
                let (before, behind) = self.halves();
                let start = before.rfind(' ').map_or(0, |at| at + 1);
                let words = words(&before[..start], &before[start..]);
                Completing {
                    before: before[..start].to_owned(),
                    behind,
                    words,
                    next: 0,
                }
            }
        };
        let Some(word) = completing.words.get(completing.next) else {
            return;
        };
        let shown = format!("{}{word}", completing.before);
        self.set(&shown, &completing.behind);
        completing.next = (completing.next + 1) % completing.words.len();
        self.completing = Some(completing);
    }

    fn halves(&self) -> (String, String) {
        let text = self.text();
        let at = text.char_indices().nth(self.input.cursor());
        let (before, behind) = text.split_at(at.map_or(text.len(), |(at, _)| at));
        (before.to_owned(), behind.to_owned())
    }

    fn set(&mut self, before: &str, behind: &str) {
        let cursor = before.chars().count();
        let input = std::mem::take(&mut self.input);
        self.input = input
            .with_value(format!("{before}{behind}"))
            .with_cursor(cursor);
    }
}

/// A text of several lines as one, without what could drive a terminal.
fn one_line(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<_> = text.trim_end_matches('\n').split('\n').collect();
    let lines: Vec<_> = lines
        .into_iter()
        .map(|line| visible(line).replace('\t', "    "))
        .collect();
    lines.join(&LINE_END.to_string())
}

/// A password that is being typed: wiped when it is no longer needed, and never shown.
#[derive(Debug)]
pub(super) struct Hidden(Zeroizing<String>);

impl Default for Hidden {
    fn default() -> Self {
        // All that it can ever hold, so that it never moves and leaves a copy behind.
        Self(Zeroizing::new(String::with_capacity(PASSWORD_BYTES)))
    }
}

impl Hidden {
    /// Adds what was typed, as far as a password goes.
    pub(super) fn push(&mut self, typed: char) {
        if self.0.len() + typed.len_utf8() <= PASSWORD_BYTES && !typed.is_control() {
            self.0.push(typed);
        }
    }

    /// Takes the last character back.
    pub(super) fn pop(&mut self) {
        self.0.pop();
    }

    /// Forgets it.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether nothing was typed.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes it out.
    pub(super) fn take(&mut self) -> Secret {
        let secret = Secret::new(self.0.as_bytes());
        self.clear();
        secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Editor {
        let mut editor = Editor::default();
        for c in text.chars() {
            editor.edit(InputRequest::InsertChar(c));
        }
        editor
    }

    #[test]
    fn lines_of_before_come_back_and_what_was_typed_is_not_lost() {
        let mut editor = typed("one");
        editor.take(Keep::Remembered);
        for (line, keep) in [
            ("/login anna secret", Keep::Forgotten),
            ("two", Keep::Remembered),
            ("two", Keep::Remembered),
        ] {
            editor.paste(line);
            assert_eq!(editor.take(keep), line);
        }
        editor.paste("draft");
        let mut seen = Vec::new();
        for _ in 0..3 {
            editor.back();
            seen.push(editor.text().to_owned());
        }
        for _ in 0..3 {
            editor.forward();
            seen.push(editor.text().to_owned());
        }
        assert_eq!(seen, ["two", "one", "one", "two", "draft", "draft"]);
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let mut editor = Editor::default();
        for n in 0..REMEMBERED + 7 {
            editor.paste(&n.to_string());
            editor.take(Keep::Remembered);
        }
        assert_eq!(editor.sent.len(), REMEMBERED);
        assert_eq!(editor.sent[0], "7");
    }

    #[test]
    fn a_paste_is_one_line_without_escapes() {
        let mut editor = typed("ab");
        editor.edit(InputRequest::GoToPrevChar);
        let pasted = editor.paste("\u{1b}[31mx\ty\r\nz\r\n");
        assert_eq!(pasted, Pasted::Whole);
        assert_eq!(editor.text(), "ax    y⏎zb");
        assert_eq!((editor.lines(), editor.is_at_the_end()), (2, false));
        assert_eq!(editor.paste(&"é".repeat(TYPED_BYTES)), Pasted::Cut);
        assert!(editor.text().len() <= TYPED_BYTES);
    }

    #[test]
    fn tab_goes_round_until_something_else_is_typed() {
        let words = |before: &str, word: &str| {
            assert_eq!((before, word), ("hi ", "a"));
            vec!["anna ".to_owned(), "adam ".to_owned()]
        };
        let mut editor = typed("hi a");
        let mut seen = Vec::new();
        for _ in 0..3 {
            editor.complete(words);
            seen.push(editor.text().to_owned());
        }
        assert_eq!(seen, ["hi anna ", "hi adam ", "hi anna "]);
        editor.edit(InputRequest::InsertChar('x'));
        editor.complete(|before, word| {
            assert_eq!((before, word), ("hi anna ", "x"));
            Vec::new()
        });
        assert_eq!(editor.text(), "hi anna x");
    }

    #[test]
    fn a_password_has_a_bound_and_is_taken_once() {
        let mut hidden = Hidden::default();
        for c in "sécret\u{1b}x".chars() {
            hidden.push(c);
        }
        hidden.pop();
        assert_eq!(hidden.take(), Secret::new("sécret"));
        assert!(hidden.is_empty());
        (0..5000).for_each(|_| hidden.push('é'));
        assert_eq!(hidden.take().expose().len(), PASSWORD_BYTES);
    }
}
