//! Onboards one customer with 10nPayments: the eleven steps, each failure with an end. Copy
//! what you need; where things are comes from the environment (`settings.rs`).
//!
//! Exit status: 0 the onboarding is complete, 3 it is not and somebody has been told why.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "an example to read from the top, with short names that say it"
)]
#![allow(clippy::print_stdout, reason = "what it prints is the log of the example")]

mod api;
mod customer;
mod host;
mod onboarding;
mod settings;

use std::process::ExitCode;

use onboarding::Onboarding;
use settings::Settings;

/// The onboarding cannot go on, and why.
#[derive(Debug)]
pub struct Stop(pub String);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // Fails only where one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match onboard().await {
        Ok(correlation) => {
            println!("correlationId {correlation}");
            ExitCode::SUCCESS
        }
        Err(Stop(why)) => {
            println!("stopped: {why}");
            ExitCode::from(3)
        }
    }
}

async fn onboard() -> Result<String, Stop> {
    let settings = Settings::from_environment()?;
    Onboarding::new(settings)?.run().await
}
