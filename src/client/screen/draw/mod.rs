//! What is known, as cells of a terminal. It changes nothing.

mod bars;
mod card;
pub(super) mod geometry;
mod help;
pub(super) mod lines;
mod side;
#[cfg(test)]
mod tests;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::entrance::{Field, Step};
use super::model::{Model, Overlay};

/// Draws everything.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>) {
    let screen = frame.area();
    if model.setting.size != (screen.width, screen.height) {
        // It was resized just now, and the model will be told.
        return;
    }
    if !geometry::fits(screen.width, screen.height) {
        frame.render_widget(Line::raw("too small"), screen);
        return;
    }
    let areas = model.areas();
    bars::header(model, areas.header, frame);
    said(model, areas.body, frame);
    if let Some(side) = areas.side {
        side::draw(model, side, frame);
    }
    bars::status(model, areas, frame);
    match (is_outside(model), card::fits(areas.body)) {
        (true, true) => card::draw(model, areas.body, frame),
        (true, false) => card::in_one_row(model, areas.input, frame),
        (false, _) => bars::input(model, areas.input, frame),
    }
    match model.overlay {
        Overlay::None => {}
        Overlay::Help => help::draw(model, frame),
    }
}

/// Whether the person has to come in first.
fn is_outside(model: &Model) -> bool {
    match model.entrance.step {
        Step::Later(_)
        | Step::Name
        | Step::Password(_)
        | Step::NewPassword(_)
        | Step::Again { .. }
        | Step::Asked { .. } => model.entrance.field() != Field::Chat,
        Step::Inside | Step::Changing(_) => false,
    }
}

/// What was said in the conversation that is looked at, the last line at the bottom.
fn said(model: &Model, area: Rect, frame: &mut Frame<'_>) {
    let talk = model.talks.current();
    let paper = model.paper();
    let height = usize::from(area.height);
    let mut rows: Vec<Line<'_>> = Vec::new();
    for entry in talk.lines.iter().rev() {
        if rows.len() >= height + talk.scrolled {
            break;
        }
        rows.extend(lines::rows(entry, paper).into_iter().rev());
        if talk.new_from == Some(entry.id) {
            rows.push(lines::new_from_here(paper));
        }
    }
    // A conversation that became shorter is not scrolled beyond its beginning.
    let below = talk.scrolled.min(rows.len().saturating_sub(height));
    let seen: Vec<_> = rows.into_iter().skip(below).take(height).collect();
    let top = height - seen.len();
    for (index, row) in seen.into_iter().rev().enumerate() {
        let y = area.y + u16::try_from(top + index).unwrap_or(u16::MAX);
        frame.render_widget(row, Rect::new(area.x, y, area.width, 1));
    }
    if below > 0 {
        what_is_below(model, talk.below, area, frame);
    }
}

fn what_is_below(model: &Model, below: usize, area: Rect, frame: &mut Frame<'_>) {
    let text = match below {
        0 => " ↓ End goes to the last line ".to_owned(),
        below => format!(" ↓ {below} new below · End "),
    };
    let width = u16::try_from(lines::columns_of(&text)).unwrap_or(u16::MAX);
    let width = width.min(area.width);
    let place = Rect::new(area.right() - width, area.bottom() - 1, width, 1);
    let note = Paragraph::new(text).style(model.setting.palette.bar());
    frame.render_widget(note, place);
}
