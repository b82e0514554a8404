//! The trace as an HTTP Archive, to be downloaded.
//! What an entry looks like, the contract has.

use axum::{extract::State, response::IntoResponse};
use contract::har;
use http::header;
use serde_json::Value;

use super::facts::{Facts, Seen};
use crate::{control::Desk, workspace::Workspace};

pub(super) async fn download(State(desk): State<Desk>) -> impl IntoResponse {
    let kind = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"trace.har\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (kind, archive(&desk.workspace).to_string())
}

fn archive(workspace: &Workspace) -> Value {
    let facts = Facts::of(workspace);
    let mut entries: Vec<_> = facts.newest().map(|seen| entry(workspace, &seen)).collect();
    entries.reverse();
    har::archive(("mock-server", env!("CARGO_PKG_VERSION")), &entries)
}

fn entry(workspace: &Workspace, seen: &Seen) -> Value {
    let Seen { entry, exchange } = seen;
    let row = exchange.row.as_deref().unwrap_or_default();
    let comment = format!("step {}, decided by {row}", entry.step);
    let origin = workspace.origins().of_host(exchange.host);
    har::entry(exchange, entry.at, origin, &comment)
}
