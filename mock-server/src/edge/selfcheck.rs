//! Holds every answer against the printed OpenAPI document of its edition, in builds with debug
//! assertions: what the document does not declare becomes a 500 that says so, so that every test
//! notices. Release builds have none of it.

#[cfg(not(debug_assertions))]
use contract::{Call, Tables};

#[cfg(not(debug_assertions))]
use super::encode::Encoded;

#[cfg(debug_assertions)]
pub(crate) use checking::checked;

/// The answer as it is: nothing is checked in a release build.
#[cfg(not(debug_assertions))]
pub(crate) const fn checked(_: &'static Tables, _: Option<Call>, encoded: Encoded) -> Encoded {
    encoded
}

/// Whether answers are checked in this build.
pub(crate) const ON: bool = cfg!(debug_assertions);

#[cfg(debug_assertions)]
mod checking;
