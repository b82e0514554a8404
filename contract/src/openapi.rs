//! An edition as an OpenAPI 3.1 document, printed from its rows: a pure function, so the document
//! cannot say anything else than what router, decoder and encoder read.
//!
//! Extensions: `x-provenance` says where a row comes from, `x-variant` under which readings it
//! holds, `x-problem` which refusal it is. `x-rows` lists the rows behind one answer, and
//! `x-any-other-path` what a path that is not listed gets.

mod example;
mod header;
mod link;
mod problem;
mod request;
mod response;
mod schema;
mod view;

use serde_json::{Map, Value, json};

use self::view::View;
use crate::{EndpointRow, Host, Method, Provenance, Tables, Variants, When, endpoint::Gate};

pub use header::{HEADERS, HeaderRow, Of};
pub use link::{LINKS, LinkRow};

const ABOUT: &str = "\
    What the test double answers, printed from its tables. It is not made or approved by \
    10nPayments. Where the documentation is silent or at odds with itself, an answer has several \
    forms; `x-variant` names the reading under which each holds, and without one it holds unless \
    an earlier form does. `x-provenance` says where it is documented or why it is assumed. A \
    workspace has one reading per question at a time; `mock-server spec variants` lists them. \
    Under the reading member-case=insensitive a request may spell its members in any case.";

/// The whole document of an edition. Its members are sorted, so the same rows give the same text.
#[must_use]
pub fn document(tables: &Tables) -> Value {
    print(&View { tables, readings: None }, usual)
}

/// The same document for a mock whose listeners are elsewhere; with readings, only what holds
/// under these.
pub fn document_at<'a>(
    tables: &Tables,
    readings: Option<Variants>,
    mock: impl Fn(Host) -> &'a str,
) -> Value {
    print(&View { tables, readings }, mock)
}

fn print<'a>(view: &View<'_>, mock: impl Fn(Host) -> &'a str) -> Value {
    let tables = view.tables;
    let mut paths: Map<String, Value> = Map::new();
    for row in tables.endpoints {
        let path = paths
            .entry(row.path)
            .or_insert_with(|| json!({ "servers": servers(row.host, mock(row.host)) }));
        for method in row.methods() {
            let operation = operation(view, row, *method);
            path[method.name().to_ascii_lowercase()] = operation;
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "10nPayments onboarding, as the test double has it",
            "version": tables.edition.name(),
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": servers(Host::Api, mock(Host::Api)),
        "paths": paths,
        "components": {
            "schemas": problem::schemas(view),
            "examples": problem::examples(view),
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
                "basic": { "type": "http", "scheme": "basic" },
                "mutualTLS": { "type": "mutualTLS" },
            },
        },
        "x-any-other-path": { "responses": response::outside(view) },
    })
}

/// The document as it is committed and served.
#[must_use]
pub fn text(tables: &Tables) -> String {
    // The alternate form of a value never fails.
    format!("{:#}\n", document(tables))
}

fn operation(view: &View<'_>, row: &EndpointRow, method: Method) -> Value {
    let mut operation = json!({
        "operationId": row.call.name(),
        "summary": row.call.name().replace('-', " "),
        "security": security(row),
        "parameters": request::parameters(view, row),
        "responses": response::responses(view, row),
        "x-provenance": provenance(&row.provenance),
    });
    if method != row.method {
        operation["operationId"] = format!("{}-by-post", row.call.name()).into();
        operation["parameters"] = json!([]);
        operation["requestBody"] = request::posted(view, row);
        return operation;
    }
    if let Some(body) = request::body(view, row) {
        operation["requestBody"] = body;
    }
    operation
}

/// Where the mock listens unless it is told otherwise.
const fn usual(host: Host) -> &'static str {
    match host {
        Host::Api => "https://127.0.0.1:8443",
        Host::Auth => "https://127.0.0.1:8444",
        Host::Identity => "https://127.0.0.1:8445",
        Host::Control => "http://127.0.0.1:8440",
    }
}

/// Where the mock serves it, and where the provider does.
fn servers(host: Host, mock: &str) -> Value {
    let server = |url: &str, description: &str| json!({ "url": url, "description": description });
    let mock = server(mock, "the mock");
    let real = match host {
        Host::Api => "https://api-test.10npay.com",
        Host::Auth => "https://auth-test.10npay.com",
        Host::Identity | Host::Control => return json!([mock]),
    };
    json!([mock, server(real, "the provider's test environment")])
}

fn security(row: &EndpointRow) -> Value {
    match row.gate {
        Gate::Bearer => json!([{ "bearer": row.scope.into_iter().collect::<Vec<_>>() }]),
        Gate::Certificate => json!([{ "mutualTLS": [] }]),
        // Whoever has a secret shows it in the header or in the form.
        Gate::Open if !row.fields.is_empty() => json!([{ "basic": [] }, {}]),
        Gate::Open => json!([]),
    }
}

fn provenance(provenance: &Provenance) -> Value {
    match provenance {
        Provenance::Documented { edition, page, section } => json!({
            "documented": { "edition": edition.name(), "page": page, "section": section },
        }),
        Provenance::Assumed { reason } => json!({ "assumed": reason }),
    }
}

fn readings(when: &[When]) -> Value {
    when.iter().map(ToString::to_string).collect()
}

/// Adds what every printed row says about itself.
fn with_source(mut value: Value, when: &[When], source: &Provenance) -> Value {
    value["x-provenance"] = provenance(source);
    if !when.is_empty() {
        value["x-variant"] = readings(when);
    }
    value
}
