//! The IRC door, as clients use it: beside people at the line door, and on several nodes.

#![expect(clippy::unwrap_used, reason = "a test says where it stopped")]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod browser;
mod clients;
mod door;
mod history;
mod limits;
mod login;
mod moderation;
mod nicks;
mod office;
mod people;
mod programs;
mod rooms;
mod whowas;
