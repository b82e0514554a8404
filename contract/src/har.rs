//! Exchanges of a trace as an HTTP Archive (HAR 1.2), for tools that read such files. Labels stand
//! where secrets were, as in the trace.

use serde_json::{Value, json};

use crate::{Instant, trace::Exchange};

/// An archive, by who made it and in which version.
#[must_use]
pub fn archive((creator, version): (&str, &str), entries: &[Value]) -> Value {
    json!({ "log": {
        "version": "1.2",
        "creator": { "name": creator, "version": version },
        "entries": entries,
    } })
}

/// One exchange at a host. A trace tells by its own clock when it was, and not how long it took.
#[must_use]
pub fn entry(exchange: &Exchange, at: Instant, origin: &str, comment: &str) -> Value {
    let asked = text(exchange.request.as_ref());
    let answered = text(exchange.answer.as_ref());
    let mut request = json!({
        "method": exchange.method,
        "url": format!("{origin}{}", exchange.path),
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
        "startedDateTime": at.to_string(),
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
        "comment": comment,
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
