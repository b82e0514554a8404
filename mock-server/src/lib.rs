//! The wire: a skin of TLS, HTTP and pages around the world of the crate `sim`.
//!
//! [`MockServer`] is the whole server inside one process; the binary's `serve` starts the same.
//!
//! ```no_run
//! # async fn test() -> Result<(), Box<dyn std::error::Error>> {
//! use mock_server::MockServer;
//!
//! let server = MockServer::builder().seed(7).clock_stepped().certs_dir("certs").start().await?;
//! println!("ask {} for a token", server.ready().auth);
//! server.stop().await;
//! # Ok(())
//! # }
//! ```

pub mod certs_table;
pub mod cli;
pub mod clock;
pub mod config;
pub mod control;
mod dashboard;
pub mod edge;
pub mod errand;
pub mod origins;
pub mod pages;
pub mod ready;
pub mod record;
pub mod scenario;
pub mod serve;
pub mod snapshot;
pub mod spec;
pub mod story;
pub mod tls;
pub mod token;
pub mod trace;
pub mod workspace;

pub use clock::ClockMode;
pub use serve::{MockServer, StartError};
