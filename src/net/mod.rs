//! The socket: who may connect, how bytes become lines and leave again.
//!
//! Nothing here knows a session or what is said.

pub mod door;
pub mod framing;
pub mod handshake;
pub mod listener;
pub mod pace;
pub mod pump;
pub mod tls;
pub mod transport;
pub mod websocket;
