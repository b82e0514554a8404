//! The mock server over its real sockets, in one test binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on stops where it stands"
)]

mod bad_input;
mod client;

mod config_files;
mod control;
mod dashboard;
mod faults;
mod faults_connection;
mod garbage;
mod individuals;
mod limits;
mod literals;
mod oidc;
mod openssl;
mod pages;
mod pipelines;
mod process;
mod ready;
mod reset;
mod saved;
mod scenario_control;
mod shutdown;
mod staged;
mod time;
mod tls;
mod token;
mod trace;
mod waiting;
mod workspaces;
