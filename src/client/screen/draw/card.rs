//! The card at which a person comes in.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Padding, Paragraph, Wrap};

use super::super::entrance::Step;
use super::super::model::{Model, Standing};
use super::bars::{NOT_SHOWN, cursor_at, masked};
use super::lines::{columns_of, shortened};

/// Columns and rows of the card, with its border.
const SIZE: (u16, u16) = (50, 11);

/// Columns of what stands before a field.
const LABEL: u16 = 11;

/// Whether it has room there.
pub(super) const fn fits(body: Rect) -> bool {
    body.width >= SIZE.0 && body.height >= SIZE.1
}

/// Draws it in the middle.
pub(super) fn draw(model: &Model, body: Rect, frame: &mut Frame<'_>) {
    let palette = model.setting.palette;
    let area = Rect {
        x: body.x + (body.width - SIZE.0) / 2,
        y: body.y + (body.height - SIZE.1) / 2,
        width: SIZE.0,
        height: SIZE.1,
    };
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(palette.rule())
        .padding(Padding::horizontal(2))
        .title(Span::styled(title(model), palette.accent()));
    let inside = block.inner(area);
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    let row = |y: u16| Rect {
        y: inside.y + y,
        height: 1,
        ..inside
    };
    field(model, Question::Name, row(1), frame);
    field(model, Question::Password, row(2), frame);
    let trouble = Paragraph::new(trouble(model)).wrap(Wrap { trim: true });
    let two = Rect {
        height: 2,
        ..row(4)
    };
    frame.render_widget(trouble, two);
    let help = help(&model.entrance.step);
    for (y, line) in (7..).zip(help) {
        frame.render_widget(Line::styled(line, palette.quiet()), row(y));
    }
}

/// The same where there is room for one row.
pub(super) fn in_one_row(model: &Model, area: Rect, frame: &mut Frame<'_>) {
    let question = match model.entrance.step {
        Step::Name | Step::Later(_) => Question::Name,
        Step::Password(_)
        | Step::NewPassword(_)
        | Step::Again { .. }
        | Step::Asked { .. }
        | Step::Inside
        | Step::Changing(_) => Question::Password,
    };
    field(model, question, area, frame);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    Name,
    Password,
}

fn title(model: &Model) -> String {
    let what = match model.entrance.step {
        Step::NewPassword(_) | Step::Again { .. } => "A new account",
        Step::Later(_)
        | Step::Name
        | Step::Password(_)
        | Step::Asked { .. }
        | Step::Inside
        | Step::Changing(_) => "Log in",
    };
    match &model.node {
        Some(node) => format!(" {what} at {} ", shortened(node.as_str(), 24)),
        None => format!(" {what} "),
    }
}

fn field(model: &Model, question: Question, row: Rect, frame: &mut Frame<'_>) {
    let palette = model.setting.palette;
    let (label, value, state) = match question {
        Question::Name => name(model),
        Question::Password => password(model),
    };
    let style = match state {
        Typed::Here => Style::new().add_modifier(Modifier::BOLD),
        Typed::Elsewhere => palette.quiet(),
    };
    let label_style = match state {
        Typed::Here => palette.accent(),
        Typed::Elsewhere => palette.quiet(),
    };
    let label_area = Rect {
        width: LABEL.min(row.width),
        ..row
    };
    let rest = Rect {
        x: row.x + label_area.width,
        width: row.width - label_area.width,
        ..row
    };
    frame.render_widget(Line::styled(label, label_style), label_area);
    match (question, state) {
        (Question::Name, Typed::Here) => {
            let (cursor, scrolled) = model.entrance.name.cursor(usize::from(rest.width));
            let left = u16::try_from(scrolled).unwrap_or(u16::MAX);
            let column = cursor.saturating_sub(scrolled).min(columns_of(&value));
            let value = Paragraph::new(Line::styled(value, style)).scroll((0, left));
            frame.render_widget(value, rest);
            cursor_at(model, rest, column, frame);
        }
        (Question::Password, Typed::Here) => {
            frame.render_widget(Line::styled(value, palette.quiet()), rest);
            cursor_at(model, rest, 0, frame);
        }
        (_, Typed::Elsewhere) => frame.render_widget(Line::styled(value, style), rest),
    }
}

/// Whether the keys go there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Typed {
    Here,
    Elsewhere,
}

fn name(model: &Model) -> (&'static str, String, Typed) {
    let label = "Username";
    match &model.entrance.step {
        Step::Name | Step::Later(None) => {
            let text = model.entrance.name.text();
            let shown = masked(text).unwrap_or_else(|| text.to_owned());
            (label, shown, Typed::Here)
        }
        Step::Password(user)
        | Step::NewPassword(user)
        | Step::Again { user, .. }
        | Step::Asked { user, .. }
        | Step::Later(Some(user)) => (label, user.to_string(), Typed::Elsewhere),
        Step::Inside | Step::Changing(_) => (label, String::new(), Typed::Elsewhere),
    }
}

fn password(model: &Model) -> (&'static str, String, Typed) {
    let here = |label| (label, NOT_SHOWN.to_owned(), Typed::Here);
    match &model.entrance.step {
        Step::Password(_) => here("Password"),
        Step::NewPassword(_) => here("New one"),
        Step::Again { .. } => here("Again"),
        Step::Asked { .. } => ("Password", "one moment …".to_owned(), Typed::Elsewhere),
        Step::Later(_) | Step::Name | Step::Inside | Step::Changing(_) => {
            ("Password", String::new(), Typed::Elsewhere)
        }
    }
}

fn trouble(model: &Model) -> Line<'static> {
    let palette = model.setting.palette;
    match (&model.entrance.trouble, &model.standing) {
        (Some(trouble), _) => Line::styled(trouble.clone(), palette.wrong()),
        (None, Standing::Connecting | Standing::Waiting { .. }) => {
            Line::styled("connecting …", palette.quiet())
        }
        (None, Standing::Resting | Standing::Up | Standing::Inside) => Line::default(),
    }
}

fn help(step: &Step) -> [&'static str; 2] {
    match step {
        Step::Name => ["new here? /register and a name", "Ctrl-D leaves"],
        Step::Password(_) => ["Enter logs in", "Esc asks for another name"],
        Step::NewPassword(_) => ["8 characters or more", "Esc asks for another name"],
        Step::Again { .. } => ["Enter makes the account", "Esc goes back"],
        Step::Later(_) | Step::Asked { .. } | Step::Inside | Step::Changing(_) => {
            ["", "Ctrl-C twice leaves"]
        }
    }
}
