//! The contract with line clients, word for word.

mod harmless;
mod hear;
mod moderation;
mod read;
mod refuse;
mod tell;

use bytes::BytesMut;

use crate::dialect::Dialect;

/// What a conversation at its beginning spells.
fn told(tell: impl FnOnce(&mut Dialect, &mut BytesMut)) -> String {
    let mut out = BytesMut::new();
    tell(&mut Dialect::line(), &mut out);
    String::from_utf8(out.to_vec()).unwrap()
}
