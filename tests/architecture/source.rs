//! The files of `src/` as the rules look at them: code alone, in its place.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One file of `src/`.
pub(crate) struct Source {
    /// Its path in `src/`.
    pub(crate) path: String,
    /// Its text; comments, texts in quotes and tests are blank, so that lines and bytes stay.
    pub(crate) code: String,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let code = without_tests(&without_prose(text));
        Self {
            path: path.to_owned(),
            code,
        }
    }

    /// The top-level module that it belongs to.
    pub(crate) fn part(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many times `super` leads from its module to the root of the crate.
    fn depth(&self) -> usize {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        if matches!(path, "main" | "lib") {
            0
        } else {
            path.split('/').count()
        }
    }

    /// Paths without `.rs` of its modules that are tests as a whole.
    pub(crate) fn test_modules(text: &str, path: &str) -> Vec<String> {
        let text = without_prose(text);
        let folder = path.trim_end_matches(".rs");
        let folder = ["lib", "main"]
            .iter()
            .find(|root| **root == folder)
            .map_or(folder, |_| "");
        let folder = folder.trim_end_matches("/mod");
        let module = |part: &str| {
            let item = part.trim_start().trim_start_matches("pub(crate) ");
            let name = item.strip_prefix("mod ")?.split(';').next()?;
            name.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                .then(|| {
                    format!("{folder}/{name}")
                        .trim_start_matches('/')
                        .to_owned()
                })
        };
        text.split("#[cfg(test)]")
            .skip(1)
            .filter_map(module)
            .collect()
    }
}

pub(crate) fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut texts = Vec::new();
    collect(&root, &root, &mut texts);
    assert!(texts.len() > 10, "src/ was not found");
    let tests: BTreeSet<String> = texts
        .iter()
        .flat_map(|(path, text)| Source::test_modules(text, path))
        .collect();
    let is_test = |path: &str| {
        let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
        tests.iter().any(|test| Path::new(module).starts_with(test))
    };
    texts
        .iter()
        .filter(|(path, _)| !is_test(path))
        .map(|(path, text)| Source::new(path, text))
        .collect()
}

#[expect(
    clippy::expect_used,
    reason = "without its sources the test has nothing to say"
)]
fn collect(root: &Path, folder: &Path, texts: &mut Vec<(String, String)>) {
    let entries = fs::read_dir(folder).expect("src/ can be read");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(root, &path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path
                .strip_prefix(root)
                .expect("it is in src/")
                .display()
                .to_string();
            texts.push((
                name,
                fs::read_to_string(&path).expect("a source can be read"),
            ));
        }
    }
}

/// The top-level modules that a file names, by `crate::` or by `super::` up to the root.
pub(crate) fn paths_of_ours(source: &Source) -> Vec<(usize, &str)> {
    let code = source.code.as_str();
    let mut found = Vec::new();
    let mut supers = 0;
    for (at, word) in words(code) {
        let behind = at + word.len();
        let is_path = code[behind..].starts_with("::");
        supers = match word {
            "super" if is_path => supers + 1,
            _ => 0,
        };
        let is_root = word == "crate" || (word == "super" && supers == source.depth());
        if is_path && is_root {
            found.extend(first_names(code, behind + 2));
        }
    }
    found
}

/// The name at `at`, or the first name of each path in the braces there.
fn first_names(code: &str, at: usize) -> Vec<(usize, &str)> {
    let in_braces = code[at..].starts_with('{');
    let mut depth = 0;
    let mut wanted = true;
    let mut names = Vec::new();
    for (word_at, word) in tokens(&code[at..]) {
        match word {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," => wanted = depth == 1,
            _ if wanted && word != "super" => {
                names.push((at + word_at, word));
                wanted = false;
            }
            _ => {}
        }
        if depth == 0 && (!in_braces || word == "}") {
            break;
        }
    }
    names
}

pub(crate) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    tokens(code)
        .filter(|(_, token)| token.starts_with(|first: char| first.is_alphabetic() || first == '_'))
}

/// Words, and every other character by itself; no blanks.
fn tokens(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        at += code[at..].len() - code[at..].trim_start().len();
        let rest = &code[at..];
        let first = rest.chars().next()?;
        let length = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let token = (at, &rest[..length]);
        at += length;
        Some(token)
    })
}

/// The text with items under `#[cfg(test)]` made blank.
fn without_tests(code: &str) -> String {
    let mut kept = code.to_owned();
    while let Some(start) = kept.find("#[cfg(test)]") {
        let end = start + item_end(&kept[start..]);
        kept.replace_range(start..end, &blank(&kept[start..end]));
    }
    kept
}

/// Where the item ends that begins with an attribute: behind its braces, or its semicolon.
fn item_end(item: &str) -> usize {
    let mut depth = 0;
    for (at, c) in item.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

/// The text with comments and everything in quotes made blank.
fn without_prose(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    while kept.len() < text.len() {
        let rest = &text[kept.len()..];
        let in_word = kept.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        match prose(rest, in_word) {
            0 => kept.extend(rest.chars().next()),
            length => kept.push_str(&blank(&rest[..length])),
        }
    }
    kept
}

fn blank(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect()
}

/// Bytes of the comment or literal that the text begins with; 0 when it is code.
fn prose(text: &str, in_word: bool) -> usize {
    let until = |end: &str, from: usize| {
        let found = text[from..].find(end);
        found.map_or(text.len(), |at| from + at + end.len())
    };
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return until("*/", 2);
    }
    if let Some(raw) = text.strip_prefix('r').filter(|_| !in_word) {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            return until(&format!("\"{}", "#".repeat(hashes)), hashes + 2);
        }
    }
    match text.chars().next() {
        Some('"') => quoted(text, '"'),
        Some('\'') if is_character(text) => quoted(text, '\''),
        _ => 0,
    }
}

/// A character in quotes, not a lifetime.
fn is_character(text: &str) -> bool {
    let mut inside = text.chars().skip(1);
    match inside.next() {
        Some('\\') => true,
        Some(_) => inside.next() == Some('\''),
        None => false,
    }
}

fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}
