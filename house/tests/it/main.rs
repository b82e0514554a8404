//! The house rules of this repository, as tests: its walls and its style.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod documents;
mod repository;
mod tidy;
mod walls;
