//! The runner: a reference merchant that walks the eleven steps of onboarding against a target,
//! writes down what it saw, and lets the judge say what that is worth.
//!
//! It knows no world. Everything it learns it learns over the wire, so the real sandbox and the
//! mock are judged by the same means.

pub mod account;
pub mod agent;
pub mod applicant;
pub mod ask;
pub mod catalogue;
pub mod certify;
pub mod chance;
pub mod cli;
pub mod client;
pub mod clock;
pub mod codes;
pub mod control;
pub mod doctor;
pub mod drift;
pub mod drive;
pub mod due;
pub mod expectations;
pub mod flow;
pub mod full;
pub mod hello;
pub mod http;
pub mod kyc;
pub mod labels;
pub mod matrix;
pub mod mock;
pub mod page;
pub mod pages;
pub mod play;
pub mod poll;
pub mod properties;
pub mod receiver;
pub mod recorder;
pub mod report;
pub mod results;
pub mod retry;
pub mod run;
pub mod secrets;
pub mod site;
pub mod table;
pub mod target;
pub mod tls;
pub mod token;
pub mod trouble;
pub mod wire;
pub mod world;

#[cfg(test)]
mod fake;
