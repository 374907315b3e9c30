//! The rows above and below what was said.

use ratatui::Frame;
use ratatui::layout::{Alignment, Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::super::editor::LINE_END;
use super::super::entrance::Step;
use super::super::model::{Model, Overlay, Standing};
use super::super::talk::{Place, Talk};
use super::geometry::Areas;
use super::lines::{columns_of, shortened};
use crate::dialect::Prompt;

/// From this many columns on the address has room too.
const WITH_ADDRESS: u16 = 70;

/// What is typed instead of a password.
pub(super) const NOT_SHOWN: &str = "(not shown)";

/// The conversation that is looked at, and what it is about.
pub(super) fn header(model: &Model, area: Rect, frame: &mut Frame<'_>) {
    let palette = model.setting.palette;
    let talk = model.talks.current();
    let name = Style::new().add_modifier(Modifier::BOLD);
    let line = Line::from(vec![
        Span::raw(" "),
        Span::styled(talk.place.name(), name),
        Span::styled("  ", palette.bar_quiet()),
        Span::styled(about(model, talk), palette.bar_quiet()),
    ]);
    frame.render_widget(Paragraph::new(line).style(palette.bar()), area);
}

fn about(model: &Model, talk: &Talk) -> String {
    match (&talk.place, &talk.topic) {
        (_, Some(topic)) => topic.clone(),
        (Place::Room(room), None) if model.around.is_here(room) => {
            "no topic; /topic sets one".to_owned()
        }
        (Place::Room(room), None) => format!("you are not there; /join {room}"),
        (Place::Person(_), None) => "between you two alone".to_owned(),
        (Place::Posts, None) => "from those whom you /subscribe to".to_owned(),
        (Place::Door, None) => "every word is encrypted on its way to the node".to_owned(),
    }
}

/// How the connection is, or what a person should know for a moment.
pub(super) fn status(model: &Model, areas: Areas, frame: &mut Frame<'_>) {
    let palette = model.setting.palette;
    let area = areas.status;
    let right = unread(model, areas);
    let width = u16::try_from(right.width()).unwrap_or(u16::MAX);
    let left = match model.hint() {
        Some(hint) => Line::styled(format!(" {hint}"), palette.marked()),
        None => connection(model, area.width, area.width.saturating_sub(width)),
    };
    frame.render_widget(Paragraph::new(left).style(palette.bar()), area);
    let beside = Rect {
        x: area.right().saturating_sub(width).max(area.x),
        width: width.min(area.width),
        ..area
    };
    let right = Paragraph::new(right).alignment(Alignment::Right);
    frame.render_widget(right.style(palette.bar()), beside);
}

/// `free` is how many of the columns nothing else has.
fn connection(model: &Model, columns: u16, free: u16) -> Line<'static> {
    let palette = model.setting.palette;
    let (dot, style, words) = state(model);
    // What is wrong comes first, for what comes last may have no room.
    let mut parts: Vec<String> = words.into_iter().collect();
    parts.extend(model.node.as_ref().map(ToString::to_string));
    if model.standing == Standing::Inside {
        parts.extend(model.around.here.as_ref().map(ToString::to_string));
    }
    if columns >= WITH_ADDRESS {
        parts.extend(model.address.as_ref().map(ToString::to_string));
    }
    parts.extend(model.latency.map(|it| format!("{} ms", it.as_millis())));
    let free = usize::from(free).saturating_sub(4);
    let parts = shortened(&parts.join(" · "), free);
    Line::from(vec![
        Span::styled(format!(" {dot} "), style),
        Span::styled(parts, palette.bar_quiet()),
    ])
}

fn state(model: &Model) -> (&'static str, Style, Option<String>) {
    let palette = model.setting.palette;
    match &model.standing {
        Standing::Inside => ("●", palette.well(), None),
        Standing::Up if model.entrance.step == Step::Inside => {
            ("●", palette.marked(), Some("logging in".to_owned()))
        }
        Standing::Up => ("●", palette.marked(), None),
        Standing::Connecting => ("○", palette.marked(), Some("connecting".to_owned())),
        Standing::Resting => ("○", palette.marked(), Some("not connected".to_owned())),
        Standing::Waiting { next, until } => {
            let seconds = model.wait(*until).as_secs_f32().ceil();
            let words = format!("lost, next: {next} in {seconds:.0} s");
            ("○", palette.wrong(), Some(words))
        }
    }
}

/// What is new elsewhere; where there is no side column, in which conversations.
fn unread(model: &Model, areas: Areas) -> Line<'static> {
    let palette = model.setting.palette;
    let mut spans = Vec::new();
    let (all, personal) = model.talks.unread();
    if areas.side.is_none() && all > 0 {
        spans.extend(elsewhere(model, usize::from(areas.status.width) / 3));
    } else if all > 0 {
        let style = if personal > 0 {
            palette.marked()
        } else {
            Style::new()
        };
        spans.push(Span::styled(format!(" {all} unread "), style));
    }
    let columns = areas.status.width;
    if columns >= 40 {
        spans.push(Span::styled(" F1 help ", palette.bar_quiet()));
    }
    Line::from(spans)
}

fn elsewhere(model: &Model, columns: usize) -> Vec<Span<'static>> {
    let palette = model.setting.palette;
    let mut spans = Vec::new();
    let mut left = columns;
    for (index, talk) in model.talks.all().iter().enumerate() {
        if talk.unread == 0 {
            continue;
        }
        let text = format!(" {}:{} {}", index + 1, talk.place.name(), talk.unread);
        let Some(rest) = left.checked_sub(columns_of(&text)) else {
            spans.push(Span::raw(" …"));
            break;
        };
        left = rest;
        let style = if talk.personal > 0 {
            palette.marked()
        } else {
            Style::new()
        };
        spans.push(Span::styled(text, style));
    }
    spans.push(Span::raw(" "));
    spans
}

/// What is typed.
pub(super) fn input(model: &Model, area: Rect, frame: &mut Frame<'_>) {
    let palette = model.setting.palette;
    if let Step::Changing(asked) = model.entrance.step {
        let line = Line::from(vec![
            Span::styled(format!(" {} ", question(asked)), palette.marked()),
            Span::styled(NOT_SHOWN, palette.quiet()),
        ]);
        let cursor = line.width() - NOT_SHOWN.len();
        frame.render_widget(line, area);
        return cursor_at(model, area, cursor, frame);
    }
    let name = shortened(&model.talks.current().place.name(), 20);
    let prompt = Line::from(vec![
        Span::styled(format!(" {name}"), palette.accent()),
        Span::styled(" ❯ ", palette.quiet()),
    ]);
    typed(model, prompt, area, frame);
}

fn typed(model: &Model, prompt: Line<'static>, area: Rect, frame: &mut Frame<'_>) {
    let before = u16::try_from(prompt.width()).unwrap_or(0).min(area.width);
    frame.render_widget(prompt, area);
    let rest = Rect {
        x: area.x + before,
        width: area.width - before,
        ..area
    };
    // One column is the cursor's, behind the last character.
    let (cursor, scrolled) = model.editor.cursor(usize::from(rest.width.max(2) - 1));
    let line = match masked(model.editor.text()) {
        Some(shown) => shown,
        None => model.editor.text().to_owned(),
    };
    let left = u16::try_from(scrolled).unwrap_or(u16::MAX);
    let text = Paragraph::new(marked_ends(&line, model)).scroll((0, left));
    frame.render_widget(text, rest);
    let column = cursor.saturating_sub(scrolled).min(columns_of(&line));
    cursor_at(model, rest, column, frame);
}

/// Line ends in a paste are seen as such.
fn marked_ends(text: &str, model: &Model) -> Line<'static> {
    let mut spans = Vec::new();
    for part in text.split_inclusive(LINE_END) {
        match part.strip_suffix(LINE_END) {
            Some(line) => {
                spans.push(Span::raw(line.to_owned()));
                let end = LINE_END.to_string();
                spans.push(Span::styled(end, model.setting.palette.marked()));
            }
            None => spans.push(Span::raw(part.to_owned())),
        }
    }
    Line::from(spans)
}

/// A command that holds a password, as others may see it.
pub(super) fn masked(line: &str) -> Option<String> {
    let (word, rest) = line.split_once(' ')?;
    let is = |other: &str| word.eq_ignore_ascii_case(other);
    if is("/passwd") && !rest.is_empty() {
        return Some(format!("{word} {NOT_SHOWN}"));
    }
    let (name, secret) = rest.trim_start().split_once(' ')?;
    let hides = (is("/login") || is("/register")) && !secret.is_empty();
    hides.then(|| format!("{word} {name} {NOT_SHOWN}"))
}

fn question(asked: Option<Prompt>) -> &'static str {
    match asked {
        Some(Prompt::OldPassword) => "Password so far:",
        Some(Prompt::NewPassword) => "New password:",
        Some(Prompt::NewPasswordAgain) => "New password again:",
        Some(Prompt::Username | Prompt::Password) => "Password:",
        None => "One moment …",
    }
}

/// Puts the cursor into a row, if nothing lies over it.
pub(super) fn cursor_at(model: &Model, area: Rect, column: usize, frame: &mut Frame<'_>) {
    match model.overlay {
        Overlay::None => {}
        Overlay::Help => return,
    }
    let column = u16::try_from(column).unwrap_or(u16::MAX);
    let x = area.x.saturating_add(column);
    let x = x.min(area.right().saturating_sub(1));
    frame.set_cursor_position(Position::new(x, area.y));
}
