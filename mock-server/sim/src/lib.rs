//! The world: onboarding at 10nPayments and its identification provider, as a deterministic
//! simulation.
//!
//! [`World::step`] takes a moment and a command and returns an outcome. It is total and
//! synchronous, opens no socket, reads no clock and never waits. The same seed, settings and
//! commands give the same outcomes, byte for byte.

pub mod code;
pub mod command;
pub mod credentials;
mod document;
pub mod draw;
mod happening;
pub mod inbox;
pub mod journey;
pub mod outcome;
pub mod session;
pub mod settings;
pub mod user;
pub mod world;

mod api;
mod describe;
mod identity;
mod individuals;
mod onboarding;
mod pages;
mod pairs;
mod portal;
mod script;
mod secret;
mod sound;
mod token;

pub use command::{Command, Envelope};
pub use outcome::{Answer, Entry, Outcome, Reply};
pub use script::HEADER as SCENARIO_HEADER;
pub use settings::{Merchant, Settings};
pub use world::World;
