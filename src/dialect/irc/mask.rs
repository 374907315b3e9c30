//! Patterns with `*` and `?`: <https://modern.ircdocs.horse/#wildcard-expressions>.

pub use crate::chat::mask::fits;
