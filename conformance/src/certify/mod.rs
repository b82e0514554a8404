//! Certifying clients: a client goes through cases, each in a world of its own, and its trace is
//! judged. Whoever the client is, it gets an assignment and meets a person.

pub mod assignment;
pub mod browser;
pub mod child;
pub mod desk;
pub mod explore;
pub mod file;
pub mod html;
pub mod merchant;
pub mod person;
pub mod play;
pub mod record;
pub mod run;
pub mod trigger;
