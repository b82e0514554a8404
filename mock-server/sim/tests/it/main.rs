//! The world, tested through its one door.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod individuals;
mod invariants;
mod matrix;
mod random_scripts;
mod readings;
mod readings_flow;
mod readings_pages;
mod saved;
mod scripted_people;
mod scripts;
mod stage;
mod stories;
mod tokens;
mod tokens_later;
mod tokens_people;
