//! The settings as written, read key by key.
//!
//! Every reader answers `None` for a value that is not what it must be, and notes the mistake.

use std::time::Duration;

use config::{Value, ValueKind};

use super::keys::{self, KEYS, Key, Kind, Unit};
use super::layers::{self, Layer, layer, place_of, show};
use super::mistakes::{Mistake, Mistakes, Warning};
use super::units::{read_duration, read_size};

/// All layers in one, and what was found wrong or doubtful so far.
pub(super) struct Written {
    values: Value,
    mistakes: Vec<Mistake>,
    warnings: Vec<Warning>,
}

/// One entry of a section whose keys the operator chooses.
pub(super) struct Entry {
    /// Where it stands.
    pub(super) place: String,
    /// The operator's key.
    pub(super) name: String,
    /// The value; `None` when it is no text.
    pub(super) value: Option<String>,
    /// Whether a variable sets it, which then wins over the file.
    pub(super) layer: Layer,
}

impl Written {
    /// Puts the layers together; `place` names the text in mistakes of its syntax.
    pub(super) fn new(
        place: &str,
        text: &str,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Self {
        let (values, mistakes) = layers::read(place, text, environment);
        let mut written = Self {
            values,
            mistakes,
            warnings: Vec::new(),
        };
        written.warn_of_later_keys();
        written
    }

    /// What was made of all this, if nothing is wrong.
    pub(super) fn finish<T>(self, made: Option<T>) -> Result<(T, Vec<Warning>), Mistakes> {
        match made {
            Some(made) if self.mistakes.is_empty() => Ok((made, self.warnings)),
            Some(_) | None => Err(Mistakes(self.mistakes)),
        }
    }

    /// Notes a value that is not what it must be, for a reason that is not in the value alone.
    pub(super) fn mistake(&mut self, path: &str, found: String, wanted: &str) {
        let place = self.place(path);
        self.value_mistake(place, found, wanted.to_owned());
    }

    /// Notes an entry that is not what it must be; its value may be secret and is not shown.
    pub(super) fn entry_mistake(&mut self, entry: &Entry, found: &str, wanted: String) {
        self.value_mistake(entry.place.clone(), found.to_owned(), wanted);
    }

    /// Notes something doubtful.
    pub(super) fn warn(&mut self, path: &str, why: &str) {
        let place = self.place(path);
        let why = why.to_owned();
        self.warnings.push(Warning { place, why });
    }

    /// Notes that a setting has no effect, if somebody chose it: the default may stand anywhere.
    pub(super) fn warn_if_chosen(&mut self, path: &str, why: &str) {
        let is_default =
            |(key, value): (&Key, &Value)| value.to_string() == key.default.trim_matches('"');
        let chosen = keys::find(path).zip(self.value(path));
        if !chosen.is_none_or(is_default) {
            self.warn(path, why);
        }
    }

    fn warn_of_later_keys(&mut self) {
        for key in KEYS {
            if let Kind::Later(part) = key.kind
                && self.value(key.path).is_some()
            {
                let why = format!("has no effect: this build has no {part} yet");
                self.warn(key.path, &why);
            }
        }
    }

    fn value_mistake(&mut self, place: String, found: String, wanted: String) {
        self.mistakes.push(Mistake::Value {
            place,
            found,
            wanted,
        });
    }
}

/// Reading.
impl Written {
    /// A text, as its type has it; `parse` says what it wanted instead.
    pub(super) fn text<T>(
        &mut self,
        path: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.read(path, |_, value| match &value.kind {
            ValueKind::String(text) => parse(text),
            _ => Err("a text in quotes".to_owned()),
        })
    }

    /// As [`Written::text`], for what may hold a password: a mistake does not show it.
    pub(super) fn secret<T>(
        &mut self,
        path: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(path, |text| Ok(text.to_owned()))?;
        match parse(&text) {
            Ok(read) => Some(read),
            Err(wanted) => {
                self.mistake(path, "something else".to_owned(), &wanted);
                None
            }
        }
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, path: &str, words: &[(&str, T)]) -> Option<T> {
        self.text(path, |text| {
            let meant = words.iter().find(|(word, _)| *word == text);
            meant.map(|(_, meaning)| *meaning).ok_or_else(|| {
                let quoted: Vec<_> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
                quoted.join(" or ")
            })
        })
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, path: &str) -> Option<bool> {
        self.read(path, |_, value| match &value.kind {
            ValueKind::Boolean(flag) => Ok(*flag),
            ValueKind::String(text) => text.parse().map_err(|_| "true or false".to_owned()),
            _ => Err("true or false".to_owned()),
        })
    }

    /// A number within the bounds of its key; milliseconds of a duration, bytes of a size.
    pub(super) fn number<T: TryFrom<u64>>(&mut self, path: &str) -> Option<T> {
        self.read(path, |key, value| {
            let Kind::Number { unit, least, most } = key.kind else {
                return Err("no number".to_owned());
            };
            number_in(unit, value)
                .filter(|number| (least..=most).contains(number))
                .and_then(|number| T::try_from(number).ok())
                .ok_or_else(|| wanted_number(unit, least, most))
        })
    }

    /// A duration within the bounds of its key.
    pub(super) fn duration(&mut self, path: &str) -> Option<Duration> {
        self.number(path).map(Duration::from_millis)
    }

    /// Texts, as their type has them; each wrong one is a mistake of its own.
    pub(super) fn list<T>(
        &mut self,
        path: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let texts = self.read(path, |_, value| texts_in(value))?;
        let mut wrong = false;
        let mut list = Vec::new();
        for text in texts {
            match parse(&text) {
                Ok(item) => list.push(item),
                Err(wanted) => {
                    self.mistake(path, layers::show_text(&text), &wanted);
                    wrong = true;
                }
            }
        }
        (!wrong).then_some(list)
    }

    /// The entries of a section whose keys the operator chooses; by name, the file's first.
    pub(super) fn entries(&mut self, path: &str) -> Option<Vec<Entry>> {
        self.read(path, |_, value| {
            let ValueKind::Table(table) = &value.kind else {
                return Err("a section".to_owned());
            };
            let entry = |(name, value): (&String, &Value)| Entry {
                place: place_of(&format!("{path}.{name}"), layer(value)),
                name: name.clone(),
                value: match &value.kind {
                    ValueKind::String(text) => Some(text.clone()),
                    _ => None,
                },
                layer: layer(value),
            };
            let mut entries: Vec<_> = table.iter().map(entry).collect();
            entries.sort_unstable_by(|a, b| (a.layer, &a.name).cmp(&(b.layer, &b.name)));
            Ok(entries)
        })
    }

    fn read<T>(
        &mut self,
        path: &str,
        parse: impl FnOnce(&Key, &Value) -> Result<T, String>,
    ) -> Option<T> {
        // A value is missing only where something else stands for its section, which is noted.
        let (key, value) = (keys::find(path)?, self.value(path)?);
        match parse(key, value) {
            Ok(read) => Some(read),
            Err(wanted) => {
                let (place, found) = (place_of(path, layer(value)), show(value));
                self.value_mistake(place, found, wanted);
                None
            }
        }
    }

    fn value(&self, path: &str) -> Option<&Value> {
        path.split('.')
            .try_fold(&self.values, |value, name| match &value.kind {
                ValueKind::Table(table) => table.get(name),
                _ => None,
            })
    }

    fn place(&self, path: &str) -> String {
        place_of(path, self.value(path).map_or(Layer::File, layer))
    }
}

fn number_in(unit: Unit, value: &Value) -> Option<u64> {
    match (&value.kind, unit) {
        (ValueKind::I64(number), Unit::Count | Unit::Size) => u64::try_from(*number).ok(),
        (ValueKind::String(text), Unit::Duration) => read_duration(text),
        (ValueKind::String(text), Unit::Size) => read_size(text).or_else(|| text.parse().ok()),
        // All that a variable can hold is text.
        (ValueKind::String(text), Unit::Count) => text.parse().ok(),
        _ => None,
    }
}

fn wanted_number(unit: Unit, least: u64, most: u64) -> String {
    let (least, most) = (unit.show(least), unit.show(most));
    match unit {
        Unit::Count => format!("a number from {least} to {most}"),
        Unit::Duration => format!("a duration from \"{least}\" to \"{most}\", such as \"30s\""),
        Unit::Size => format!("a size from \"{least}\" to \"{most}\", such as \"64KiB\""),
    }
}

/// The texts of a list, or of one text with commas between.
fn texts_in(value: &Value) -> Result<Vec<String>, String> {
    let wanted = || "a text or a list of texts".to_owned();
    match &value.kind {
        ValueKind::String(text) => Ok(text.split(',').map(|one| one.trim().to_owned()).collect()),
        ValueKind::Array(list) => {
            let text = |value: &Value| match &value.kind {
                ValueKind::String(text) => Ok(text.clone()),
                _ => Err(wanted()),
            };
            list.iter().map(text).collect()
        }
        _ => Err(wanted()),
    }
}
