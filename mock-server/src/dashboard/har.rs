//! The trace as an HTTP Archive (HAR 1.2), for tools that read such files. Labels stand where
//! secrets were, as in the trace.

use axum::{extract::State, response::IntoResponse};
use contract::trace::Exchange;
use http::header;
use serde_json::{Value, json};

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
    json!({ "log": {
        "version": "1.2",
        "creator": { "name": "mock-server", "version": env!("CARGO_PKG_VERSION") },
        "entries": entries,
    } })
}

fn entry(workspace: &Workspace, seen: &Seen) -> Value {
    let Seen { entry, exchange } = seen;
    let asked = text(exchange.request.as_ref());
    let answered = text(exchange.answer.as_ref());
    let mut request = json!({
        "method": exchange.method,
        "url": format!("{}{}", workspace.origins().of_host(exchange.host), exchange.path),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": asked_headers(exchange),
        "queryString": [],
        "headersSize": -1,
        "bodySize": asked.len(),
    });
    if exchange.request.is_some() {
        let media_type = exchange.media_type.as_deref().unwrap_or_default();
        request["postData"] = json!({ "mimeType": media_type, "text": asked });
    }
    json!({
        "startedDateTime": entry.at.to_string(),
        "time": 0,
        "request": request,
        "response": {
            "status": exchange.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": pairs(&exchange.headers),
            "content": {
                "size": answered.len(),
                "mimeType": exchange.answer_type.as_deref().unwrap_or("x-unknown"),
                "text": answered,
            },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": answered.len(),
        },
        "cache": {},
        "timings": { "send": 0, "wait": 0, "receive": 0 },
        "comment": format!(
            "step {}, decided by {}",
            entry.step,
            exchange.row.as_deref().unwrap_or_default()
        ),
    })
}

fn asked_headers(exchange: &Exchange) -> Value {
    let bearer = exchange.bearer.as_ref().map(|token| format!("Bearer {token}"));
    let all = [("authorization", bearer), ("content-type", exchange.media_type.clone())];
    let all = all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    pairs(&all.collect::<Vec<_>>())
}

fn pairs(headers: &[(String, String)]) -> Value {
    headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn text(body: Option<&Value>) -> String {
    match body {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
