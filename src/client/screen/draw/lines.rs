//! A line of a conversation as rows of the screen: time, name, and the text beside them.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use textwrap::WordSplitter;
use time::{OffsetDateTime, UtcOffset};

use super::super::palette::Palette;
use super::super::talk::{Entry, State, What};

/// Columns of `HH:MM` and the spaces around it.
const TIME: usize = 7;

/// Columns that stay free at the right.
const MARGIN: usize = 1;

/// Columns of the rule between names and texts, with its spaces.
const RULE: usize = 3;

/// What rows are written on.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Paper {
    /// Columns.
    pub(in super::super) width: usize,
    pub(in super::super) palette: Palette,
    /// Between the local time and UTC.
    pub(in super::super) offset: UtcOffset,
    /// Seconds since 1970.
    pub(in super::super) now: i64,
}

/// How many rows a line has.
pub(in super::super) fn height(entry: &Entry, paper: Paper) -> usize {
    rows(entry, paper).len()
}

/// The rows of a line; at least one.
pub(in super::super) fn rows(entry: &Entry, paper: Paper) -> Vec<Line<'static>> {
    let column = names_column(paper.width);
    let words = words(entry, paper.palette);
    let (mark, text, indent) = if column == 0 {
        (None, format!("{}{}", words.inline(), words.text), TIME)
    } else {
        let mark = fitted(&words.mark, column);
        (Some(mark), words.text, TIME + column + RULE)
    };
    let width = paper.width.saturating_sub(indent + MARGIN).max(1);
    let mut rows = Vec::new();
    // A name or an address is not torn at its dashes.
    let wrapped = textwrap::Options::new(width).word_splitter(WordSplitter::NoHyphenation);
    for part in textwrap::wrap(&text, &wrapped) {
        let lead = match (&mark, rows.is_empty()) {
            (Some(mark), true) => lead(entry, paper, mark, words.mark_style),
            (Some(_), false) => beside(paper, column),
            (None, true) => vec![time(entry, paper)],
            (None, false) => vec![Span::raw(" ".repeat(TIME))],
        };
        rows.push(row(lead, &part, words.text_style));
    }
    for part in words
        .outcome
        .iter()
        .flat_map(|it| textwrap::wrap(it, &wrapped))
    {
        let lead = match &mark {
            Some(_) => beside(paper, column),
            None => vec![Span::raw(" ".repeat(TIME))],
        };
        rows.push(row(lead, &part, words.outcome_style));
    }
    rows
}

/// The rule above the lines that are new.
pub(in super::super) fn new_from_here(paper: Paper) -> Line<'static> {
    let word = " new ";
    let rest = paper.width.saturating_sub(word.len());
    let (left, right) = (rest / 2, rest - rest / 2);
    let style = paper.palette.calling();
    let text = format!("{}{word}{}", "─".repeat(left), "─".repeat(right));
    Line::styled(text, style)
}

/// Columns for names; none where texts need them.
const fn names_column(width: usize) -> usize {
    match width {
        96.. => 14,
        50.. => 10,
        _ => 0,
    }
}

/// What is written of a line.
struct Words {
    mark: String,
    mark_style: Style,
    text: String,
    text_style: Style,
    /// What became of it, where that has to be said.
    outcome: Option<String>,
    outcome_style: Style,
    /// Between the mark and the text where they stand in one line.
    between: &'static str,
}

impl Words {
    fn inline(&self) -> String {
        format!("{}{}", self.mark, self.between)
    }
}

fn words(entry: &Entry, palette: Palette) -> Words {
    let quiet = palette.quiet();
    let plain = |mark: &str, text: &str, mark_style, text_style| Words {
        mark: mark.to_owned(),
        mark_style,
        text: text.to_owned(),
        text_style,
        outcome: None,
        outcome_style: Style::new(),
        between: " ",
    };
    match &entry.what {
        What::Came(user) => plain("→", &format!("{user} joined"), palette.well(), quiet),
        What::Went(user) => plain("←", &format!("{user} left"), quiet, quiet),
        What::Information(text) => plain("*", text, palette.accent(), quiet),
        What::Refusal(text) => plain("!", text, palette.wrong(), palette.wrong()),
        What::Note(text) => plain("·", text, palette.accent(), palette.accent()),
        What::Said { by, text, state } => {
            let name = palette.name(by.as_str());
            let mut words = plain(by.as_str(), text, name, Style::new());
            words.between = ": ";
            outcome(&mut words, state, palette);
            words
        }
    }
}

fn outcome(words: &mut Words, state: &State, palette: Palette) {
    match state {
        State::Heard => {}
        State::CallsMe => words.text_style = palette.calling(),
        State::Past => words.text_style = palette.quiet(),
        State::Sent => words.text_style = Style::new().add_modifier(Modifier::DIM),
        State::Delivered => words.mark_style = words.mark_style.add_modifier(Modifier::BOLD),
        State::Failed(why) => {
            words.outcome = Some(format!("✗ {why}"));
            words.outcome_style = palette.wrong();
            words.text_style = palette.quiet();
        }
        State::Unconfirmed => {
            words.outcome = Some("? not confirmed; it may have arrived".to_owned());
            words.outcome_style = palette.calling();
        }
    }
}

fn row(mut lead: Vec<Span<'static>>, text: &str, style: Style) -> Line<'static> {
    lead.push(Span::styled(text.to_owned(), style));
    Line::from(lead)
}

fn lead(entry: &Entry, paper: Paper, mark: &str, style: Style) -> Vec<Span<'static>> {
    vec![
        time(entry, paper),
        Span::styled(mark.to_owned(), style),
        Span::styled(" │ ", paper.palette.rule()),
    ]
}

fn beside(paper: Paper, column: usize) -> Vec<Span<'static>> {
    vec![
        Span::raw(" ".repeat(TIME + column)),
        Span::styled(" │ ", paper.palette.rule()),
    ]
}

fn time(entry: &Entry, paper: Paper) -> Span<'static> {
    let local = |seconds| {
        let utc = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
        Some(utc.to_offset(paper.offset))
    };
    let text = match (local(entry.at), local(paper.now)) {
        (Some(at), Some(now)) if at.date() == now.date() => {
            format!(" {:02}:{:02} ", at.hour(), at.minute())
        }
        (Some(at), _) => format!(" {:02}-{:02} ", u8::from(at.month()), at.day()),
        (None, _) => " ".repeat(TIME),
    };
    Span::styled(text, paper.palette.quiet())
}

/// A name in exactly so many columns, at their right.
fn fitted(name: &str, columns: usize) -> String {
    let name = shortened(name, columns);
    let blank = columns.saturating_sub(columns_of(&name));
    format!("{}{name}", " ".repeat(blank))
}

/// How many columns a text has.
pub(super) fn columns_of(text: &str) -> usize {
    Span::raw(text).width()
}

/// A text in at most so many columns.
pub(super) fn shortened(text: &str, columns: usize) -> String {
    if columns_of(text) <= columns {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        short.push(c);
        if columns_of(&short) >= columns {
            short.pop();
            break;
        }
    }
    if columns > 0 {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::UserName;

    fn shown(text: &str, state: State, width: usize) -> Vec<String> {
        let entry = Entry {
            id: 1,
            at: 3600 * 21 + 60 * 5,
            position: None,
            what: What::Said {
                by: UserName::new("anna.with.a.long.name").unwrap(),
                text: text.to_owned(),
                state,
            },
        };
        let paper = Paper {
            width,
            palette: Palette::Plain,
            offset: UtcOffset::UTC,
            now: 86_000,
        };
        rows(&entry, paper).iter().map(Line::to_string).collect()
    }

    #[test]
    fn long_texts_stand_beside_their_name() {
        let rows = shown("one two three four five six seven eight", State::Heard, 50);
        assert_eq!(
            rows,
            [
                " 21:05 anna.with… │ one two three four five six",
                "                  │ seven eight",
            ]
        );
        let rows = shown("no", State::Failed("No such user: bob".into()), 50);
        assert_eq!(rows[1], "                  │ ✗ No such user: bob");
    }

    #[test]
    fn where_there_is_no_room_the_name_stands_in_the_text() {
        let rows = shown("one two three", State::Heard, 30);
        assert_eq!(
            rows,
            [" 21:05 anna.with.a.long.name:", "       one two three"]
        );
        assert!(shown("", State::Heard, 1).len() > 1);
    }

    #[test]
    fn wide_characters_are_counted_as_they_are_seen() {
        for row in shown(&"漢字🦀e\u{301}".repeat(20), State::Heard, 60) {
            assert!(columns_of(&row) <= 60, "{row}");
        }
        assert_eq!(shortened("漢字漢字", 5), "漢字…");
        assert_eq!(shortened("abc", 0), "");
    }
}
