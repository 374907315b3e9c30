//! Bytes through a conversation of the line dialect: whatever comes, whole lines without anything
//! that drives a terminal are told back.
#![no_main]

use bytes::BytesMut;
use conclave::dialect::{Dialect, Heard};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut talk = Dialect::line();
    for line in data.split(|byte| *byte == b'\n') {
        let told = told_back(&mut talk, line);
        let told = std::str::from_utf8(&told).expect("text is told");
        assert!(told.is_empty() || told.ends_with('\n'), "{told:?}");
        let drives = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        assert!(!told.contains(drives), "{told:?}");
        // An empty line is the first thing that somebody says who is in.
        if line.is_empty() {
            talk.logged_in();
        }
    }
});

fn told_back(talk: &mut Dialect, line: &[u8]) -> BytesMut {
    let mut out = BytesMut::new();
    talk.hear(line);
    match talk.next_heard().expect("a line is one thing") {
        Heard::Command(_) | Heard::Format(_) | Heard::Reply | Heard::Nothing => {}
        Heard::Prompt(prompt) => talk.tell_prompt(prompt, &mut out),
        Heard::Refused(refusal) => talk.tell_refusal(&refusal, &mut out),
        Heard::Malformed(malformed) => talk.tell_malformed(&malformed, &mut out),
    }
    out
}
