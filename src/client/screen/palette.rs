//! Colours that can be read on dark and on light terminals, and none where none are wanted.

use ratatui::style::{Color, Modifier, Style};

/// Names have one of these, none of them near white, black, or the red of what went wrong.
const OF_NAMES: [u8; 14] = [31, 64, 97, 130, 29, 62, 133, 172, 67, 100, 168, 37, 71, 139];

/// Which colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Palette {
    /// Those of the 256 that most terminals know.
    Colours,
    /// None: bold, dim and reversed have to do.
    Plain,
}

impl Palette {
    /// What the environment wants, by the convention of `NO_COLOR`.
    pub(super) fn of_the_environment() -> Self {
        match std::env::var_os("NO_COLOR") {
            Some(value) if !value.is_empty() => Self::Plain,
            Some(_) | None => Self::Colours,
        }
    }

    /// The same for the same name, wherever and whenever it is seen.
    pub(super) fn name(self, name: &str) -> Style {
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
        });
        // Its low bits alone hardly differ between names that differ in one letter.
        let mixed = (hash ^ (hash >> 32)).to_le_bytes();
        let index = usize::from(u16::from_le_bytes([mixed[0], mixed[1]])) % OF_NAMES.len();
        self.coloured(OF_NAMES[index])
    }

    /// What stands behind everything else: times, information.
    pub(super) fn quiet(self) -> Style {
        match self {
            Self::Colours => Style::new().fg(Color::Indexed(244)),
            Self::Plain => Style::new().add_modifier(Modifier::DIM),
        }
    }

    /// Lines between things.
    pub(super) fn rule(self) -> Style {
        match self {
            Self::Colours => Style::new().fg(Color::Indexed(240)),
            Self::Plain => Style::new().add_modifier(Modifier::DIM),
        }
    }

    /// The bars above and below what was said.
    pub(super) fn bar(self) -> Style {
        match self {
            Self::Colours => Style::new().fg(Color::Indexed(252)).bg(Color::Indexed(236)),
            Self::Plain => Style::new().add_modifier(Modifier::REVERSED),
        }
    }

    /// In a bar, what matters less.
    pub(super) fn bar_quiet(self) -> Style {
        match self {
            Self::Colours => Style::new().fg(Color::Indexed(246)),
            Self::Plain => Style::new(),
        }
    }

    /// What is chosen among others.
    pub(super) fn chosen(self) -> Style {
        match self {
            Self::Colours => self.bar().add_modifier(Modifier::BOLD),
            Self::Plain => Style::new().add_modifier(Modifier::REVERSED),
        }
    }

    /// What went wrong.
    pub(super) fn wrong(self) -> Style {
        self.coloured(167)
    }

    /// What wants to be seen.
    pub(super) fn marked(self) -> Style {
        self.coloured(172).add_modifier(Modifier::BOLD)
    }

    /// What calls the person by name.
    pub(super) fn calling(self) -> Style {
        match self {
            Self::Colours => self.coloured(172),
            Self::Plain => Style::new().add_modifier(Modifier::BOLD),
        }
    }

    /// What is well.
    pub(super) fn well(self) -> Style {
        self.coloured(71)
    }

    /// What belongs to the program.
    pub(super) fn accent(self) -> Style {
        self.coloured(74)
    }

    /// A title in the side column.
    pub(super) fn title(self) -> Style {
        self.quiet().add_modifier(Modifier::BOLD)
    }

    fn coloured(self, index: u8) -> Style {
        match self {
            Self::Colours => Style::new().fg(Color::Indexed(index)),
            Self::Plain => Style::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_colour_whatever_its_case() {
        assert_eq!(Palette::Colours.name("Anna"), Palette::Colours.name("aNNA"));
        assert_eq!(Palette::Plain.name("anna"), Style::new());
        let names = [
            "anna", "bob", "carol", "dave", "erin", "frank", "grace", "heidi",
        ];
        let colours: std::collections::HashSet<_> =
            names.map(|name| Palette::Colours.name(name).fg).into();
        assert!(colours.len() >= 5, "{colours:?}");
    }
}
