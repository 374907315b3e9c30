//! The log in Redis: what is asked of it and how its answers are read.
#![cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "nothing calls it yet")
)]
#![cfg_attr(
    test,
    allow(dead_code, unused_imports, reason = "nothing calls it yet")
)]

pub mod accounts;
mod keys;
mod scripts;
mod task;

#[cfg(test)]
mod testing;
