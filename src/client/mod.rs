//! The other end of the line door: what every tool that talks to a node is made of.
//!
//! - [`address`]: which node is meant, as a person types it.
//! - [`home`]: what is the user's own.
//! - [`trust`]: whom a client trusts; [`known`]: the certificates seen before; [`door`]: a node
//!   with how it is known.
//! - [`connection`]: one connection, lines in and out.
//! - [`login`], [`pass`], [`seat`]: how a client comes in again, by which token, and where it was.
//!   Pure.
//! - [`link`]: the whole of it, kept up: one of several nodes, again and again, with a wait.
//! - [`chat`]: `conclave chat`, with `screen` for terminals, and `plain` for pipes: exactly
//!   lines in, lines out. [`error`]: why it ends otherwise than by a goodbye.

pub mod address;
pub mod chat;
pub mod connection;
pub mod door;
pub mod error;
pub mod home;
pub mod known;
pub mod link;
pub mod login;
pub mod pass;
mod plain;
mod screen;
pub mod seat;
pub mod trust;

/// Where the line door is, if nothing else is said.
pub const DEFAULT_PORT: u16 = 8001;
