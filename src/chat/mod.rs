//! What is said: names, texts, commands, events, answers and refusals.
//!
//! Values only. Nothing here knows an actor, a socket, a serialisation or a
//! clock, and nothing here imports another part of the program.

pub mod answer;
pub mod certificate;
pub mod command;
pub mod ending;
pub mod event;
pub mod extras;
pub mod fate;
pub mod gap;
pub mod history;
pub mod ident;
pub mod limits;
pub mod mask;
pub mod modes;
pub mod name;
pub mod nick;
pub mod origin;
pub mod permission;
pub mod position;
pub mod profile;
pub mod refusal;
pub mod secret;
pub mod text;

pub use answer::Answer;
pub use command::Command;
pub use ending::Ending;
pub use event::{Deed, Event};
pub use extras::Extras;
pub use fate::Fate;
pub use gap::{Gap, GapSize};
pub use ident::Ident;
pub use mask::Mask;
pub use name::{NodeName, RoomName, UserName};
pub use nick::Nick;
pub use position::Position;
pub use refusal::Refusal;
pub use secret::Secret;
pub use text::Text;
