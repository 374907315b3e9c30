//! conclave: a secure chat cluster node in one binary.
//!
//! The map, in the order in which a message travels:
//! socket → dialect → command → session → bridge → log → bridge → registry → hub → session → socket.
//!
//! - [`chat`]: what is said. Values only.
//! - [`dialect`]: how it is spelled; bytes to commands, events to bytes.
//! - [`net`]: the socket: listener, TLS, the pump.
//! - [`messages`]: every message that crosses between actors.
//! - [`session`]: one connection, one actor.
//! - [`auth`]: who people are.
//! - [`bridge`]: the contract of the log, and what keeps it.
//! - [`registry`]: who is here; a fold over the log, and the hubs that hand out its frames.
//! - [`backoff`]: how long to wait before the next attempt.
//! - [`settings`]: the operator's choices.
//! - [`node`]: puts all of it together, and takes it apart at the end.
//! - [`client`]: the other end of the line door, for every tool that talks to a node.
//! - [`load`]: many such clients, and a referee.
//! - [`cli`]: what the operator types: arguments, small commands, exit codes.

pub mod auth;
pub mod backoff;
pub mod bridge;
pub mod chat;
pub mod cli;
pub mod client;
pub mod dialect;
pub mod load;
pub mod messages;
pub mod net;
pub mod node;
pub mod registry;
pub mod session;
pub mod settings;

#[cfg(test)]
pub(crate) mod testing;
