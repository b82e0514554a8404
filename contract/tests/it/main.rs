//! Tests of the law as a whole: its tables, its provenance, its golden messages, its trace format.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on must stop"
)]

mod contract_page;
mod golden;
mod golden_rows;
mod names;
mod openapi;
mod openapi_exact;
mod provenance;
mod scenario_files;
mod settled;
mod shown;
mod tables;
mod trace_doc;
