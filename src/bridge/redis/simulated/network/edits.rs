//! Scripts that are wrong on purpose: a part of one is replaced when the server is sent it, and
//! nobody who sends it knows.

use std::collections::{BTreeMap, BTreeSet};

use redis::Script;

/// What is replaced in every script that has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edit {
    /// It stands in a script once, or not at all.
    pub(crate) of: &'static str,
    /// What stands there instead.
    pub(crate) to: &'static str,
}

/// The edits, and as what the edited scripts are known.
#[derive(Debug)]
pub(super) struct Edits {
    edits: &'static [Edit],
    made: BTreeSet<usize>,
    /// By the name under which a node calls a script.
    names: BTreeMap<Vec<u8>, String>,
}

/// What an edit makes of a command.
#[derive(Debug)]
pub(super) enum Edited {
    /// This text is loaded, and known to whoever sent it under another name than its own.
    Text { text: String, known_as: String },
    /// This script is called.
    Call { name: String },
}

impl Edits {
    pub(super) fn new(edits: &'static [Edit]) -> Self {
        Self {
            edits,
            made: BTreeSet::new(),
            names: BTreeMap::new(),
        }
    }

    /// Whether each of them was made in some script.
    pub(super) fn are_made(&self) -> bool {
        self.made.len() == self.edits.len()
    }

    /// What becomes of a command, if anything does.
    pub(super) fn edited(&mut self, words: &[&[u8]]) -> Option<Edited> {
        if self.edits.is_empty() {
            return None;
        }
        match words {
            [b"SCRIPT", b"LOAD", text] => {
                let text = std::str::from_utf8(text).expect("a text");
                let known_as = Script::new(text).get_hash().to_owned();
                let text = self.edit(text)?;
                let name = Script::new(&text).get_hash().to_owned();
                self.names.insert(known_as.clone().into_bytes(), name);
                Some(Edited::Text { text, known_as })
            }
            [b"EVALSHA", name, ..] => {
                let name = self.names.get(*name)?.clone();
                Some(Edited::Call { name })
            }
            _ => None,
        }
    }

    fn edit(&mut self, text: &str) -> Option<String> {
        let mut edited = text.to_owned();
        for (number, Edit { of, to }) in self.edits.iter().enumerate() {
            let times = edited.matches(of).count();
            assert!(times <= 1, "{times} times: {of}");
            if times == 1 {
                self.made.insert(number);
            }
            edited = edited.replace(of, to);
        }
        (edited != text).then_some(edited)
    }
}
