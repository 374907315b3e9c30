//! The side column: conversations, rooms, and who is here.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use super::super::model::Model;
use super::super::talk::{Place, Talk};
use super::lines::{columns_of, shortened};

/// Draws it.
pub(super) fn draw(model: &Model, area: Rect, frame: &mut Frame<'_>) {
    let palette = model.setting.palette;
    let block = Block::new()
        .borders(Borders::LEFT)
        .border_style(palette.rule());
    let inside = block.inner(area);
    frame.render_widget(block, area);
    let width = usize::from(inside.width);
    let rows = usize::from(inside.height);
    let mut lines = Vec::new();
    lines.extend(talks(model, width, (rows / 3).max(3)));
    lines.push(Line::default());
    lines.extend(rooms(model, width, (rows / 4).max(3)));
    lines.push(Line::default());
    let left = rows.saturating_sub(lines.len());
    lines.extend(people(model, width, left));
    frame.render_widget(Paragraph::new(lines), inside);
}

fn title(model: &Model, text: String) -> Line<'static> {
    Line::styled(format!(" {text}"), model.setting.palette.title())
}

/// At most so many rows; what does not fit is counted.
fn section<T>(
    model: &Model,
    title: Line<'static>,
    all: &[T],
    more: usize,
    rows: usize,
    row: impl Fn(usize, &T) -> Line<'static>,
) -> Vec<Line<'static>> {
    let room = rows.saturating_sub(1);
    let fits = all.len() <= room && more == 0;
    let shown = if fits {
        all.len()
    } else {
        all.len().min(room.saturating_sub(1))
    };
    let mut lines = vec![title];
    lines.extend(
        all.iter()
            .take(shown)
            .enumerate()
            .map(|(at, it)| row(at, it)),
    );
    if !fits {
        let more = all.len() - shown + more;
        let text = format!("   +{more} more");
        lines.push(Line::styled(text, model.setting.palette.quiet()));
    }
    lines
}

fn talks(model: &Model, width: usize, rows: usize) -> Vec<Line<'static>> {
    let title = title(model, "conversations".to_owned());
    let all = model.talks.all();
    section(model, title, all, 0, rows, |at, talk| {
        talk_row(model, at, talk, width)
    })
}

fn talk_row(model: &Model, at: usize, talk: &Talk, width: usize) -> Line<'static> {
    let palette = model.setting.palette;
    let is_gone = matches!(&talk.place, Place::Room(room) if !model.around.is_here(room));
    let style = match (at == model.talks.index(), talk.unread, is_gone) {
        (true, _, _) => palette.chosen(),
        (false, 0, true) => palette.quiet(),
        (false, 0, false) => Style::new(),
        (false, _, _) => Style::new().add_modifier(Modifier::BOLD),
    };
    let number = match at {
        0..9 => format!("{} ", at + 1),
        _ => "  ".to_owned(),
    };
    let count = match (talk.unread, talk.personal) {
        (0, _) => String::new(),
        (unread, 0) => format!("{unread} "),
        (unread, _) => format!("● {unread} "),
    };
    let count_style = match (talk.personal, at == model.talks.index()) {
        (0, _) | (_, true) => style,
        (_, false) => palette.marked(),
    };
    let room = width.saturating_sub(4 + columns_of(&count));
    let name = shortened(&talk.place.name(), room);
    let blank = " ".repeat(room.saturating_sub(columns_of(&name)));
    Line::from(vec![
        Span::styled(format!(" {number}"), style.patch(palette.bar_quiet())),
        Span::styled(format!("{name}{blank} "), style),
        Span::styled(count, count_style),
    ])
}

fn rooms(model: &Model, width: usize, rows: usize) -> Vec<Line<'static>> {
    let palette = model.setting.palette;
    let title = title(model, "rooms".to_owned());
    let all = &model.around.rooms;
    section(model, title, all, 0, rows, |_, (room, here)| {
        let style = if model.around.is_here(room) {
            Style::new()
        } else {
            palette.quiet()
        };
        let count = here.to_string();
        let space = width.saturating_sub(5 + count.len());
        let name = shortened(room.as_str(), space);
        let blank = " ".repeat(space.saturating_sub(columns_of(&name)));
        Line::from(vec![
            Span::styled(format!("   {name}{blank} "), style),
            Span::styled(format!("{count} "), palette.quiet()),
        ])
    })
}

fn people(model: &Model, width: usize, rows: usize) -> Vec<Line<'static>> {
    let palette = model.setting.palette;
    let around = &model.around;
    let title = title(model, format!("here ({})", around.count()));
    let mut all: Vec<_> = around.people.iter().collect();
    // The person at the terminal comes first.
    all.sort_by_key(|user| Some(*user) != model.me.as_ref());
    section(model, title, &all, around.more, rows, |_, user| {
        let is_me = Some(*user) == model.me.as_ref();
        let space = width.saturating_sub(if is_me { 9 } else { 4 });
        let mut spans = vec![
            Span::raw("   "),
            Span::styled(shortened(user.as_str(), space), palette.name(user.as_str())),
        ];
        if is_me {
            spans.push(Span::styled(" (you)", palette.quiet()));
        }
        Line::from(spans)
    })
}
