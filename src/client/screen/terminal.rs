//! The terminal: taken, drawn on, and given back as it was, also when this program fails.

use std::io::{self, stdout};

use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use ratatui::DefaultTerminal;

use super::draw::draw;
use super::model::Model;

/// The terminal, while it is this program's.
#[derive(Debug)]
pub(super) struct Terminal(DefaultTerminal);

impl Terminal {
    /// Takes it: another screen, keys as they are pressed, pastes as a whole. The mouse stays the
    /// terminal's, so that people can select.
    pub(super) fn take() -> io::Result<Self> {
        let terminal = ratatui::try_init().inspect_err(|_| drop(ratatui::try_restore()))?;
        // From here on it is given back whatever happens.
        let terminal = Self(terminal);
        execute!(stdout(), EnableBracketedPaste)?;
        Ok(terminal)
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.0.size()?;
        Ok((size.width, size.height))
    }

    /// Shows what is known.
    pub(super) fn draw(&mut self, model: &Model) -> io::Result<()> {
        self.0.draw(|frame| draw(model, frame)).map(drop)
    }

    /// Everything is drawn anew next time.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.0.clear()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Where the terminal is gone, there is nothing to give back.
        let _ = execute!(stdout(), DisableBracketedPaste);
        let _ = ratatui::try_restore();
        let _ = execute!(stdout(), Show);
    }
}
