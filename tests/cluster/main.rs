//! Two nodes on one Redis: what people on either hear of each other, who may be there, what the
//! store holds, and what strangers cannot break.

#![expect(clippy::unwrap_used, reason = "a test says where it stopped")]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod claims;
mod conversations;
mod crowd;
mod gone;
mod grace;
mod inbox;
mod names;
mod schema;
mod strangers;
mod tokens;
