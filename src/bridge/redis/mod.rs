//! The log in Redis: what is asked of it and how its answers are read.
#![expect(dead_code, unused_imports, reason = "nothing calls it yet")]

mod keys;
mod scripts;
mod task;
