//! What sessions ask of the node itself.

use actix::Message;

use crate::chat::Answer;
use crate::chat::command::Inquiry;

/// Something that the node knows without the store; of who asks it is known that they may. The answer
/// is [`Answer::MessageOfTheDay`] or [`Answer::Rehashed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Message)]
#[rtype(result = "Answer")]
pub struct Inquire(pub Inquiry);
