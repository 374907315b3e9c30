//! `conclave load`: many people who talk, and a referee.

pub mod referee;
pub mod text;
