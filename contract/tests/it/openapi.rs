//! The printed OpenAPI documents: valid as OpenAPI 3.1, true to themselves, and as committed.

use std::{collections::BTreeSet, path::PathBuf};

use contract::{Edition, Tables, openapi};
use serde_json::{Value, json};

const OFFICIAL: &str = include_str!("vendor/oas-3.1-schema-2022-10-07.json");

fn documents() -> impl Iterator<Item = (&'static Tables, Value)> {
    Edition::served().filter_map(Edition::tables).map(|tables| (tables, openapi::document(tables)))
}

/// What the official schema of OpenAPI 3.1 has against a document.
fn complaints(document: &Value) -> Vec<String> {
    let official = serde_json::from_str(OFFICIAL).unwrap();
    let validator = jsonschema::validator_for(&official).unwrap();
    let errors = validator.iter_errors(document);
    errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn committed_documents_are_the_printed_ones() {
    for tables in Edition::served().filter_map(Edition::tables) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join(format!("../docs/openapi/{}.json", tables.edition));
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        let same = committed == openapi::text(tables);
        assert!(same, "{} is not what the rows say: run make docs", path.display());
    }
}

#[test]
fn documents_are_openapi_3_1() {
    for (tables, document) in documents() {
        let complaints = complaints(&document);
        assert!(complaints.is_empty(), "{}: {complaints:#?}", tables.edition);
    }
    assert!(!complaints(&json!({ "openapi": "3.1.0", "paths": {} })).is_empty());
}

/// Every media type of every answer and request, with the place where it stands.
fn media_types(document: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    collect(document, "", &mut found);
    found
}

fn collect(value: &Value, place: &str, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "content" {
                    let types = member.as_object().unwrap();
                    found.extend(
                        types.iter().map(|(kind, it)| (format!("{place} {kind}"), it.clone())),
                    );
                }
                collect(member, &format!("{place}/{name}"), found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, place, found)),
        _ => {}
    }
}

/// A schema that stands alone: what it refers to goes with it.
fn alone(schema: &Value, document: &Value) -> Value {
    json!({ "allOf": [schema], "components": { "schemas": document["components"]["schemas"] } })
}

#[test]
fn schemas_are_sound_and_every_example_keeps_its_own() {
    for (tables, document) in documents() {
        let mut examples = 0;
        for (place, media) in media_types(&document) {
            let schema = alone(&media["schema"], &document);
            jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{place}: {error}"));
            let validator = jsonschema::validator_for(&schema).unwrap();
            let shown = media["examples"].as_object().cloned().unwrap_or_default();
            for (name, example) in shown {
                let example = match example["$ref"].as_str() {
                    Some(pointer) => document.pointer(&pointer[1..]).unwrap(),
                    None => &example,
                };
                let error = validator.validate(&example["value"]).err();
                assert!(error.is_none(), "{} {place} {name}: {error:?}", tables.edition);
                examples += 1;
            }
        }
        assert!(examples > 100, "{}: {examples} examples", tables.edition);
    }
}

#[test]
fn every_endpoint_row_is_an_operation_with_all_its_statuses() {
    for (tables, document) in documents() {
        let mut ids = BTreeSet::new();
        for row in tables.endpoints {
            let method = row.method.name().to_ascii_lowercase();
            let operation = &document["paths"][row.path][&method];
            assert_eq!(operation["operationId"], row.call.name());
            assert!(ids.insert(row.call), "{} twice", row.call);
            for success in row.succeeds() {
                assert!(operation["responses"][success.status.to_string()].is_object());
            }
            for refused in tables.refused(row) {
                let status = refused.row.status.to_string();
                let rows = operation["responses"][&status]["x-rows"].as_array().unwrap();
                let name = refused.row.problem.name();
                assert!(rows.iter().any(|row| row["x-problem"] == name), "{} {name}", row.call);
            }
        }
    }
}

#[test]
fn no_answer_has_room_for_an_undeclared_member() {
    for (tables, document) in documents() {
        let mut closed = 0;
        for (place, media) in media_types(&document["paths"]) {
            if place.contains("requestBody") {
                continue;
            }
            open_objects(&media["schema"], &place, &mut closed);
        }
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            open_objects(schema, name, &mut closed);
        }
        assert!(closed > 50, "{}: {closed}", tables.edition);
    }
}

fn open_objects(schema: &Value, place: &str, closed: &mut usize) {
    if schema["type"] == "object" {
        // The keys of `errors` are the caller's own names; everything else is closed.
        let free = &schema["additionalProperties"];
        assert!(*free == false || free["items"]["type"] == "string", "{place}: {schema}");
        *closed += 1;
    }
    match schema {
        Value::Object(members) => {
            members.values().for_each(|member| open_objects(member, place, closed));
        }
        Value::Array(items) => items.iter().for_each(|item| open_objects(item, place, closed)),
        _ => {}
    }
}
