//! That it is a Redis: what a real server answers, it answers too.

mod both;
mod commands;
mod lives;
mod scripts;
mod speed;
