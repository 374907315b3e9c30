//! The layers of the settings: defaults under the file under the environment; each is looked
//! through for keys that do not exist, then all become one tree.

use config::{Config, ConfigError, Environment, File, FileFormat, Map, Value, ValueKind};

use super::keys::{self, KEYS, Key, Kind};
use super::mistakes::Mistake;

/// How the `config` crate names the origin of a value that a variable sets.
const ENVIRONMENT: &str = "the environment";

const PREFIX: &str = "CONCLAVE_";
const SEPARATOR: &str = "__";

/// Where a value comes from; the later one wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    File,
    Environment,
}

/// All layers in one tree; `place` names the file in mistakes of its syntax.
pub(super) fn read(
    place: &str,
    text: &str,
    environment: impl Iterator<Item = (String, String)>,
) -> (Value, Vec<Mistake>) {
    let mut mistakes = Vec::new();
    let file = file(place, text, &mut mistakes);
    look_for_unknown(String::new(), &file.cache, &mut mistakes);
    let variables = variables(environment, &mut mistakes);
    (merged(file, variables), mistakes)
}

/// Where a value comes from.
pub(super) fn layer(value: &Value) -> Layer {
    if value.origin() == Some(ENVIRONMENT) {
        Layer::Environment
    } else {
        Layer::File
    }
}

/// How the operator finds a value: its path in the file, or its variable.
pub(super) fn place_of(path: &str, layer: Layer) -> String {
    match layer {
        Layer::File => path.to_owned(),
        Layer::Environment => {
            format!(
                "{PREFIX}{}",
                path.to_ascii_uppercase().replace('.', SEPARATOR)
            )
        }
    }
}

/// A value as the operator may recognise it.
pub(super) fn show(value: &Value) -> String {
    match &value.kind {
        ValueKind::String(text) => show_text(text),
        ValueKind::Table(_) => "a section".to_owned(),
        ValueKind::Array(_) => "a list".to_owned(),
        ValueKind::Nil => "nothing".to_owned(),
        ValueKind::Boolean(_)
        | ValueKind::I64(_)
        | ValueKind::I128(_)
        | ValueKind::U64(_)
        | ValueKind::U128(_)
        | ValueKind::Float(_) => value.to_string(),
    }
}

/// A text as the operator may recognise it; a URL may stand at the wrong place with a password.
pub(super) fn show_text(text: &str) -> String {
    if text.contains("://") && text.contains('@') {
        return "a URL".to_owned();
    }
    format!("{:?}", shortened(text))
}

fn shortened(text: &str) -> &str {
    &text[..text.floor_char_boundary(80)]
}

fn file(place: &str, text: &str, mistakes: &mut Vec<Mistake>) -> Config {
    let layer = File::from_str(text, FileFormat::Toml);
    let read = Config::builder().add_source(layer).build();
    read.unwrap_or_else(|error| {
        let (file, what) = (place.to_owned(), syntax(&error));
        mistakes.push(Mistake::Syntax { file, what });
        Config::default()
    })
}

/// Where and what, without the picture that the parser draws.
fn syntax(error: &ConfigError) -> String {
    let text = match error {
        ConfigError::FileParse { cause, .. } => cause.to_string(),
        other => other.to_string(),
    };
    let is_drawn = |line: &&str| {
        line.trim_start_matches([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
            .starts_with('|')
    };
    let said: Vec<_> = text.lines().filter(|line| !is_drawn(line)).collect();
    said.join(": ")
}

fn look_for_unknown(path: String, value: &Value, mistakes: &mut Vec<Mistake>) {
    match &value.kind {
        _ if known(&path) => {}
        ValueKind::Table(table) if path.is_empty() || !table.is_empty() => {
            let mut inner: Vec<_> = table.iter().collect();
            inner.sort_unstable_by_key(|(name, _)| *name);
            for (name, value) in inner {
                let dot = if path.is_empty() { "" } else { "." };
                look_for_unknown(format!("{path}{dot}{name}"), value, mistakes);
            }
        }
        ValueKind::Table(_) if is_section(&path) => {}
        _ if is_section(&path) => mistakes.push(Mistake::Value {
            place: path,
            found: show(value),
            wanted: "a section".to_owned(),
        }),
        _ => {
            let near = keys::near(&path);
            mistakes.push(Mistake::Unknown { place: path, near });
        }
    }
}

/// The variables that are settings; one without `__` is none (a cluster's service links are
/// called `CONCLAVE_PORT`).
fn variables(
    environment: impl Iterator<Item = (String, String)>,
    mistakes: &mut Vec<Mistake>,
) -> Map<String, String> {
    let mut settings: Vec<_> = environment
        .filter_map(|(name, value)| Some((path_of(&name)?, name, value)))
        .collect();
    settings.sort_unstable();
    let mut known = Map::new();
    for (path, name, value) in settings {
        if may_be_set(&path) {
            known.insert(name, value);
        } else {
            let near = keys::near(&path);
            mistakes.push(Mistake::Unknown { place: name, near });
        }
    }
    known
}

fn merged(file: Config, variables: Map<String, String>) -> Value {
    let defaults: Vec<_> = KEYS
        .iter()
        .filter(|key| !matches!(key.kind, Kind::Later(_)))
        .map(|key| format!("{} = {}\n", key.path, key.default))
        .collect();
    let environment = Environment::with_prefix("CONCLAVE")
        .prefix_separator("_")
        .separator(SEPARATOR)
        .source(Some(variables));
    let merged = Config::builder()
        .add_source(File::from_str(&defaults.concat(), FileFormat::Toml))
        .add_source(file)
        .add_source(environment)
        .build();
    #[expect(
        clippy::expect_used,
        reason = "a broken table is a bug that every test shows"
    )]
    let merged = merged.expect("the table's defaults are TOML, the other layers were read before");
    merged.cache
}

/// The path that a variable sets; `None` when it is no setting.
fn path_of(variable: &str) -> Option<String> {
    let rest = variable.strip_prefix(PREFIX)?;
    rest.contains(SEPARATOR)
        .then(|| rest.to_ascii_lowercase().replace(SEPARATOR, "."))
}

/// Whether a variable may set this path. A name in a table must be one that the `config` crate
/// does not take for a path of its own.
fn may_be_set(path: &str) -> bool {
    let plain = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    keys::find(path).is_some()
        || path.rsplit_once('.').is_some_and(|(table, name)| {
            plain(name) && keys::find(table).is_some_and(|key| matches!(key.kind, Kind::Table))
        })
}

fn known(path: &str) -> bool {
    keys::find(path).is_some()
}

fn is_section(path: &str) -> bool {
    let inside = |key: &Key| {
        key.path
            .strip_prefix(path)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    KEYS.iter().any(inside)
}
