//! Settings on their way from what was said (flags, a settings file) to what is meant (complete,
//! valid, with defaults).

pub mod meant;
pub mod said;
pub mod values;

pub use meant::{Limits, Meant};
pub use said::{ConfigError, Said};
