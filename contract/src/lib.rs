//! The law: what 10nPayments documents about merchant onboarding, as data.
//!
//! Everything the provider says stands here once, as a row with its provenance, in dated editions.
//! Router, decoder, encoder, judge, runner, documents and tests read these rows. The crate has no
//! runtime, does no I/O and knows neither the mock nor the runner.

pub mod advice;
pub mod answer;
pub mod call;
pub mod docs;
pub mod edition;
pub mod endpoint;
pub mod field;
pub mod gap;
pub mod har;
pub mod instant;
pub mod label;
pub mod lifecycle;
pub mod lists;
pub mod message;
pub mod openapi;
pub mod problem;
pub mod provenance;
pub mod reach;
pub mod redact;
pub mod scenario;
pub mod status;
pub mod step;
pub mod timing;
pub mod trace;
pub mod variant;
pub mod vendor;
pub mod wire;

mod common;
mod framework;
mod rows;
mod v2024_06;
mod v2025_09;
mod v2026_05;

pub use call::{Call, Host, Method};
pub use edition::{Edition, Tables};
pub use endpoint::EndpointRow;
pub use field::FieldRow;
pub use instant::Instant;
pub use problem::Problem;
pub use provenance::Provenance;
pub use variant::{Variant, Variants, When};
