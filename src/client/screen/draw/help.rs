//! The keys, explained over the rest.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Padding, Paragraph};

use super::super::model::Model;

/// Columns of the keys.
const KEYS_WIDTH: usize = 16;

const KEYS: &[(&str, &str)] = &[
    ("Enter", "sends the line; /help lists the commands"),
    ("Tab", "completes commands, people, rooms"),
    ("↑ ↓", "lines sent before"),
    ("Alt-1 … Alt-9", "shows a conversation"),
    ("Alt-← →", "the one before, the next; Ctrl-P Ctrl-N"),
    ("PgUp PgDn", "what was said before; End goes down"),
    ("Ctrl-A -E", "begin and end of the line"),
    ("Ctrl-← →", "a word back, forward; Alt-B Alt-F"),
    ("Ctrl-U -K -W", "cuts to the begin, to the end, a word"),
    ("Ctrl-Y", "puts back what was cut"),
    ("Ctrl-L", "draws everything anew"),
    ("Ctrl-C twice", "leaves; so do /quit, and Ctrl-D"),
    ("/close", "closes this conversation (here alone)"),
    ("/msg bob hi", "opens a conversation with bob"),
    ("dim, ✗, ?", "on its way, refused, not confirmed"),
    ("/ids", "positions are always on and never shown"),
];

/// Draws it over the middle, as much of it as fits.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>) {
    let palette = model.setting.palette;
    let screen = frame.area();
    let height = u16::try_from(KEYS.len() + 2).unwrap_or(u16::MAX);
    let (width, height) = (64.min(screen.width), height.min(screen.height));
    let area = Rect {
        x: (screen.width - width) / 2,
        y: (screen.height - height) / 2,
        width,
        height,
    };
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(palette.accent())
        .padding(Padding::horizontal(1))
        .title(Span::styled(" keys · Esc closes ", palette.accent()));
    let lines: Vec<_> = KEYS
        .iter()
        .map(|(key, does)| {
            Line::from(vec![
                Span::styled(format!("{key:<KEYS_WIDTH$}"), palette.marked()),
                Span::raw(*does),
            ])
        })
        .collect();
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).block(block), area);
}
