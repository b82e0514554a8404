//! What `mock-server spec` prints: the tables that decide, for a reader without the sources.
//! It reads the same rows as the server, so it cannot promise anything else.

mod explain;
pub(crate) mod nearest;
mod variants;

use contract::{Edition, Tables, Variants, docs, openapi};

use crate::origins::Origins;

pub use explain::{Question, explain};
pub use variants::{variants, variants_long};

/// An edition as an OpenAPI 3.1 document.
///
/// # Errors
/// A sentence, if the edition cannot be served.
pub fn openapi(edition: Edition) -> Result<String, String> {
    tables(edition).map(openapi::text)
}

/// The same document with the addresses at which a workspace really listens; with readings, only
/// what holds under these.
///
/// # Errors
/// A sentence, if the edition cannot be served.
pub fn openapi_at(
    edition: Edition,
    readings: Option<Variants>,
    origins: &Origins,
) -> Result<String, String> {
    let at = |host| origins.of_host(host);
    tables(edition).map(|tables| format!("{:#}\n", openapi::document_at(tables, readings, at)))
}

/// The JSON Schema of a scenario file.
#[must_use]
pub fn scenario_schema() -> String {
    format!("{:#}\n", contract::scenario::schema())
}

/// All editions for a person to read, in Markdown.
#[must_use]
pub fn contract() -> String {
    docs::markdown()
}

fn tables(edition: Edition) -> Result<&'static Tables, String> {
    edition.tables().ok_or_else(|| {
        let served: Vec<_> = Edition::served().map(Edition::name).collect();
        format!("edition {edition} has no tables; there is {}", served.join(", "))
    })
}
