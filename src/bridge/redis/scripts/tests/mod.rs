//! The scripts against a real Redis, each decision by itself.

mod accounts;
mod claims;
mod clock;
mod damage;
mod desk;
mod inbox;
mod lookup;
mod node;
mod people;
mod rooms;
mod tokens;
mod words;
