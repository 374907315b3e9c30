//! What can no longer be told, in words.

use std::fmt::Write;

use bytes::{BufMut, BytesMut};

use crate::chat::{Gap, GapSize};

/// What can no longer be told.
pub(in crate::dialect) fn gap(gap: &Gap, out: &mut BytesMut) {
    let many = |size: GapSize| match size {
        GapSize::Exactly(missing) => missing.to_string(),
        GapSize::Unknown => "some".to_owned(),
    };
    match gap {
        Gap::Room { room, size } => {
            let (messages, are) = plural(*size);
            line!(out, "[gap] {} {messages} in {room} {are} lost", many(*size));
        }
        Gap::Whispers { size } => {
            let (messages, are) = plural(*size);
            line!(out, "[gap] {} private {messages} {are} lost", many(*size));
        }
        Gap::Posts => line!(out, "[gap] some posts are lost"),
    }
}

const fn plural(size: GapSize) -> (&'static str, &'static str) {
    match size {
        GapSize::Exactly(1) => ("message", "is"),
        GapSize::Exactly(_) | GapSize::Unknown => ("messages", "are"),
    }
}
