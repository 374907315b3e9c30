//! What stands where.

use ratatui::layout::Rect;

/// From this many columns on there is a side column.
const WITH_SIDE: u16 = 80;

/// From this many columns on the side column is a wide one.
const WITH_WIDE_SIDE: u16 = 110;

/// Columns and rows below which nothing useful fits.
const LEAST: (u16, u16) = (20, 5);

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Areas {
    /// What the conversation is about.
    pub(in super::super) header: Rect,
    /// What was said.
    pub(in super::super) body: Rect,
    /// Conversations, rooms and people, where there is room for them.
    pub(in super::super) side: Option<Rect>,
    /// How the connection is.
    pub(in super::super) status: Rect,
    /// What is typed.
    pub(in super::super) input: Rect,
}

/// Whether anything fits.
pub(super) const fn fits(columns: u16, rows: u16) -> bool {
    columns >= LEAST.0 && rows >= LEAST.1
}

/// Whether there is something to show at the side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Beside {
    /// Conversations, rooms and people.
    Something,
    /// Nothing before anybody is in.
    Nothing,
}

/// The parts of a screen of this size.
pub(in super::super) fn areas((columns, rows): (u16, u16), beside: Beside) -> Areas {
    let row = |y: u16| Rect::new(0, y.min(rows.saturating_sub(1)), columns, 1.min(rows));
    let height = rows.saturating_sub(3);
    let side = match (beside, columns) {
        (Beside::Something, WITH_WIDE_SIDE..) => 26,
        (Beside::Something, WITH_SIDE..) => 20,
        (Beside::Something, _) | (Beside::Nothing, _) => 0,
    };
    let width = columns - side;
    Areas {
        header: row(0),
        body: Rect::new(0, 1.min(rows), width, height),
        side: (side > 0).then(|| Rect::new(width, 1.min(rows), side, height)),
        status: row(rows.saturating_sub(2)),
        input: row(rows.saturating_sub(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_size_is_impossible() {
        for (columns, rows) in [(0, 0), (1, 1), (20, 5), (79, 24), (80, 24), (u16::MAX, 3)] {
            let screen = Rect::new(0, 0, columns, rows);
            let areas = areas((columns, rows), Beside::Something);
            let side = areas.side.unwrap_or_default();
            for part in [areas.header, areas.body, side, areas.status, areas.input] {
                assert_eq!(part, screen.intersection(part), "{columns}x{rows}: {part}");
            }
        }
        let side = |columns, beside| areas((columns, 24), beside).side;
        assert!(side(80, Beside::Something).is_some());
        assert!(side(79, Beside::Something).is_none());
        assert!(side(200, Beside::Nothing).is_none());
    }
}
