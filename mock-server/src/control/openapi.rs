//! The control listener's own OpenAPI 3.1 document, made from the table of verbs.
//! A verb cannot be missing from it, and it cannot describe one that does not exist.

use axum::response::Response;
use contract::Edition;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::{
    problem::Problem,
    read::json_text,
    table::{Ask, VERBS, Verb, Writes},
};

pub(super) fn serve(_: &Ask<'_>) -> Result<Response, Problem> {
    Ok(json_text(document().to_string()))
}

/// The whole document.
pub(super) fn document() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut schemas = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for verb in VERBS {
        let path = paths.entry(verb.path).or_insert_with(|| json!({}));
        path[verb.method.to_ascii_lowercase()] = operation(verb, &mut schemas);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "10nPayments test double: control listener",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Nothing here exists at the real provider. Loopback only.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "paths": paths,
        "components": { "schemas": schemas.take_definitions(true) },
    })
}

fn operation(verb: &Verb, schemas: &mut schemars::SchemaGenerator) -> Value {
    let in_path = in_path(verb);
    let in_query = verb.query.iter().map(|(name, meaning)| {
        json!({ "name": name, "in": "query", "description": meaning, "schema": { "type": "string" } })
    });
    let content = match &verb.writes {
        Writes::Json((_, schema)) => json!({ "application/json": { "schema": schema(schemas) } }),
        Writes::AnyJson => json!({ "application/json": { "schema": { "type": "object" } } }),
        Writes::Events => json!({ "text/event-stream": { "schema": { "type": "string" } } }),
        Writes::JsonLines => json!({ "application/jsonl": { "schema": { "type": "string" } } }),
    };
    let problem = json!({
        "description": "It cannot be done; the detail says why and what would be right.",
        "content": { "application/problem+json": { "schema": { "type": "object" } } },
    });
    let mut operation = json!({
        "operationId": operation_id(verb),
        "summary": verb.summary,
        "parameters": in_path.into_iter().chain(in_query).collect::<Vec<_>>(),
        "responses": {
            "200": { "description": "Done.", "content": content },
            "4XX": problem,
        },
    });
    if let Some((_, schema)) = verb.reads {
        operation["requestBody"] = json!({
            "required": true,
            "content": { "application/json": { "schema": schema(schemas) } },
        });
    }
    operation
}

/// The parameter of the path, if it has one.
fn in_path(verb: &Verb) -> Option<Value> {
    let (_, rest) = verb.path.split_once('{')?;
    let (name, _) = rest.split_once('}')?;
    let schema = match name {
        "edition" => {
            json!({ "type": "string", "enum": Edition::served().map(Edition::name).collect::<Vec<_>>() })
        }
        "name" => json!({ "type": "string" }),
        _ => json!({ "type": "integer" }),
    };
    Some(json!({ "name": name, "in": "path", "required": true, "schema": schema }))
}

fn operation_id(verb: &Verb) -> String {
    let words =
        verb.path.trim_start_matches("/v1/").trim_start_matches('/').replace(['/', '.'], "-");
    format!("{}-{}", verb.method.to_ascii_lowercase(), words.replace(['{', '}'], ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_text_and_an_id_a_number() {
        let document = document();
        let kind = |path: &str, method: &str| {
            let at =
                format!("/paths/{}/{method}/parameters/0/schema/type", path.replace('/', "~1"));
            document.pointer(&at).and_then(Value::as_str).map(str::to_owned)
        };
        assert_eq!(kind("/v1/scenarios/{name}", "put").as_deref(), Some("string"));
        assert_eq!(kind("/v1/users/{id}", "get").as_deref(), Some("integer"));
    }

    #[test]
    fn the_document_has_each_verb_once_and_no_other() {
        let document = document();
        let paths = document["paths"].as_object().unwrap();
        let methods: usize = paths.values().map(|path| path.as_object().unwrap().len()).sum();
        assert_eq!(methods, VERBS.len());
        for verb in VERBS {
            let operation = &paths[verb.path][verb.method.to_ascii_lowercase()];
            assert_eq!(operation["summary"], verb.summary);
            assert_eq!(operation["requestBody"].is_object(), verb.reads.is_some(), "{}", verb.path);
        }
    }

    #[test]
    fn every_reference_leads_to_a_schema() {
        let document = document();
        let text = document.to_string();
        let references =
            text.split("\"$ref\":\"#").skip(1).map(|rest| &rest[..rest.find('"').unwrap()]);
        let mut count = 0;
        for reference in references {
            assert!(document.pointer(reference).is_some(), "{reference}");
            count += 1;
        }
        assert!(count >= 10, "the document refers to its schemas");
    }
}
