//! The contract with line clients, word for word.

mod harmless;
mod hear;
mod tell;
