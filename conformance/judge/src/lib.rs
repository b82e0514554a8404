//! The judge: a trace in, verdicts out.
//!
//! It is pure. It reads the trace that the runner wrote and knows neither the target nor the world
//! behind it, so anyone can compute the same verdicts again from the file alone.

pub mod cost;
pub mod coverage;
pub mod drift;
pub mod exam;
pub mod expect;
pub mod fault;
pub mod finding;
pub mod model;
pub mod plan;
pub mod repeat;
pub mod requirement;
pub mod schedule;
pub mod steps;
pub mod story;
pub mod typed;
pub mod verdict;
pub mod want;

pub mod client;

mod always;
mod stories;
mod view;

pub use finding::{Finding, Settled, StepVerdict};
pub use plan::{Person, Plan, Says};
pub use stories::healthy;
pub use verdict::Verdict;
