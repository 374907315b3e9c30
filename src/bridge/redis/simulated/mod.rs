//! A small Redis in memory, for tests that hold the clock: it executes the very scripts that a
//! server is sent, and what it answers to the same commands at the same times is always the same.
//!
//! - `store`: what a test has in hand. `engine`: the server behind it, one command after another.
//! - `data`: all keys. `stream`, `sorted`: the two kinds of value that no collection has.
//! - `commands`: what each command does. `lua`: what a script sees of it.
//! - [`network`]: how nodes reach it.
//!
//! Only what conclave uses is here: a command or an option that is not known panics. Where a real
//! server answers in no order, this one answers in that of bytes.

mod commands;
mod data;
mod engine;
mod lua;
pub(crate) mod network;
mod sorted;
mod store;
mod stream;

#[cfg(test)]
mod tests;

pub(crate) use data::Data;
pub(crate) use engine::{Published, Version};
pub(crate) use store::Store;
