//! An edition as an OpenAPI 3.1 document, printed from its rows: a pure function, so the document
//! cannot say anything else than what router, decoder and encoder read.
//!
//! Extensions: `x-provenance` says where a row comes from, `x-variant` under which readings it
//! holds, `x-problem` which refusal it is. `x-rows` lists the rows behind one answer, and
//! `x-any-other-path` what a path that is not listed gets.

mod example;
mod header;
mod problem;
mod request;
mod response;
mod schema;

use serde_json::{Map, Value, json};

use crate::{EndpointRow, Host, Provenance, Tables, When, endpoint::Gate};

pub use header::{HEADERS, HeaderRow, Of};

const ABOUT: &str = "\
What the test double answers, printed from its tables. It is not made or approved by 10nPayments. \
Where the documentation is silent or at odds with itself, an answer has several forms; `x-variant` \
names the reading under which each holds, and without one it holds unless an earlier form does. \
`x-provenance` says where it is documented or why it is assumed. A workspace has one reading per \
question at a time; `mock-server spec variants` lists them. Under the reading member-case=insensitive \
a request may spell its members in any case.";

/// The whole document of an edition. Its members are sorted, so the same rows give the same text.
#[must_use]
pub fn document(tables: &Tables) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for row in tables.endpoints {
        let path = paths.entry(row.path).or_insert_with(|| json!({ "servers": servers(row.host) }));
        path[row.method.name().to_ascii_lowercase()] = operation(tables, row);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "10nPayments onboarding, as the test double has it",
            "version": tables.edition.name(),
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": servers(Host::Api),
        "paths": paths,
        "components": {
            "schemas": problem::schemas(tables),
            "examples": problem::examples(tables),
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
                "basic": { "type": "http", "scheme": "basic" },
                "mutualTLS": { "type": "mutualTLS" },
            },
        },
        "x-any-other-path": { "responses": response::outside(tables) },
    })
}

/// The document as it is committed and served.
#[must_use]
pub fn text(tables: &Tables) -> String {
    // The alternate form of a value never fails.
    format!("{:#}\n", document(tables))
}

fn operation(tables: &Tables, row: &EndpointRow) -> Value {
    let mut operation = json!({
        "operationId": row.call.name(),
        "summary": row.call.name().replace('-', " "),
        "security": security(row),
        "parameters": request::parameters(row),
        "responses": response::responses(tables, row),
        "x-provenance": provenance(&row.provenance),
    });
    if let Some(body) = request::body(tables, row) {
        operation["requestBody"] = body;
    }
    operation
}

/// Where the provider serves it, and where the mock does unless it is told otherwise.
fn servers(host: Host) -> Value {
    let server = |url: &str, description: &str| json!({ "url": url, "description": description });
    let (real, mock) = match host {
        Host::Api => ("https://api-test.10npay.com", "https://127.0.0.1:8443"),
        Host::Auth => ("https://auth-test.10npay.com", "https://127.0.0.1:8444"),
        Host::Identity => return json!([server("https://127.0.0.1:8445", "the mock")]),
        Host::Control => return json!([server("http://127.0.0.1:8440", "the mock")]),
    };
    json!([server(mock, "the mock"), server(real, "the provider's test environment")])
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
