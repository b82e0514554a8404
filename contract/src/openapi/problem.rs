//! Bodies of refusals: one schema and one example per row, by the family of the row, with the
//! literals that the row fixes.

use serde_json::{Map, Value, json};

use super::{view::View, with_source};
use crate::{
    EndpointRow, Problem, Variant, Variants,
    field::{Fault, Place},
    problem::{Family, ProblemRow, TYPES, Text},
};

const TRACE_ID: &str = "00-515d7188d11bc727bd3a370ee0cd1616-2be049b580ab15d0-00";

/// The schema of every row with a body, by the row's name.
pub(super) fn schemas(view: &View<'_>) -> Map<String, Value> {
    let printed = |row: &'static ProblemRow| {
        let schema = with_source(schema(row)?, row.when, &row.provenance);
        Some((name(row), with_problem(schema, row)))
    };
    view.refusals().filter_map(printed).collect()
}

/// An example of every row with a body, by the row's name.
pub(super) fn examples(view: &View<'_>) -> Map<String, Value> {
    let printed =
        |row: &'static ProblemRow| Some((name(row), json!({ "value": example(row, "Field")? })));
    view.refusals().filter_map(printed).collect()
}

fn with_problem(mut schema: Value, row: &ProblemRow) -> Value {
    schema["x-problem"] = row.problem.name().into();
    schema
}

/// A name that no other row has: the refusal, the readings, the calls.
pub(super) fn name(row: &ProblemRow) -> String {
    let readings = row.when.iter().map(|when| format!(".{}.{}", when.0.row().id, when.1));
    let calls = row.calls.iter().map(|call| format!(".{call}"));
    row.problem.name().to_owned() + &readings.chain(calls).collect::<String>()
}

/// The media types of a family's bodies; more than one where a reading decides.
pub(super) fn media_types(view: &View<'_>, family: Family) -> &'static [&'static str] {
    const BOTH: &[&str] = &["application/problem+json", "application/json"];
    let reads = |reading| view.reads(Variant::ProblemMediaType, reading);
    match family {
        Family::F1 | Family::F2 | Family::F2Short | Family::F4 | Family::F7 | Family::Plain => {
            match (reads("problem-json"), reads("json")) {
                (true, true) => BOTH,
                (true, false) => &BOTH[..1],
                _ => &BOTH[1..],
            }
        }
        Family::F3 | Family::F5 | Family::OAuth | Family::OAuthDescribed => &["application/json"],
        Family::Html | Family::Page => &["text/html"],
        Family::Empty => &[],
    }
}

fn schema(row: &ProblemRow) -> Option<Value> {
    let texts = json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 });
    let by_key = json!({ "type": "object", "additionalProperties": texts, "minProperties": 1 });
    let broken_rule = closed(&[("Error", json!({ "type": "array", "const": [row.text] }))]);
    let status = ("status", literal(row.status));
    let schema = match row.family {
        Family::F1 => envelope(row, row.text, Some(by_key)),
        Family::F7 => envelope(row, row.text, Some(with_request(by_key))),
        Family::F2 => envelope(row, "Bad Request", Some(broken_rule)),
        Family::F2Short => {
            closed(&[("errors", broken_rule), ("title", literal("Bad Request")), status])
        }
        Family::F3 => {
            closed(&[("errorCode", literal(row.status)), ("errorMessage", literal(row.text))])
        }
        Family::F4 => {
            let null = || json!({ "type": "null" });
            closed(&[
                ("type", null()),
                ("title", null()),
                ("status", null()),
                ("detail", null()),
                ("instance", null()),
                ("ANY_ADDITIONAL_PROPERTY", literal("anything")),
            ])
        }
        Family::F5 => {
            let text =
                if row.text.is_empty() { json!({ "type": "string" }) } else { literal(row.text) };
            let key = json!({ "type": "string" });
            let item = closed(&[("propertyName", key), ("errorMessage", text)]);
            json!({ "type": "array", "items": item, "minItems": 1 })
        }
        Family::Plain => envelope(row, row.text, None),
        Family::OAuth => oauth(row),
        Family::OAuthDescribed => closed(&[
            ("error", literal("invalid_client")),
            ("error_description", literal(row.text)),
        ]),
        Family::Html => json!({ "type": "string", "pattern": "^<html>" }),
        Family::Page => json!({ "type": "string", "pattern": "^<!DOCTYPE html>" }),
        Family::Empty => return None,
    };
    Some(schema)
}

/// A wrong grant may be described: that of a person's password is.
fn oauth(row: &ProblemRow) -> Value {
    let mut schema = closed(&[("error", literal(row.text))]);
    if row.problem == Problem::InvalidGrant {
        schema["properties"]["error_description"] = json!({ "type": "string" });
    }
    schema
}

/// Errors by JSON path also name the action's parameter, or a member of that name in its case.
fn with_request(mut by_key: Value) -> Value {
    let other = json!({ "not": { "pattern": "^[Rr][Ee][Qq][Uu][Ee][Ss][Tt]$" } });
    by_key["not"] = json!({ "propertyNames": other });
    by_key
}

/// The framework's problem document, with or without `errors`.
fn envelope(row: &ProblemRow, title: &str, errors: Option<Value>) -> Value {
    let trace = json!({ "type": "string", "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$" });
    let mut members =
        vec![("title", literal(title)), ("status", literal(row.status)), ("traceId", trace)];
    members.extend(errors.map(|errors| ("errors", errors)));
    if let Some((_, older, newer)) = TYPES.iter().find(|(status, ..)| *status == row.status) {
        members.push(("type", json!({ "type": "string", "enum": [older, newer] })));
    }
    closed(&members)
}

/// An object with exactly these members.
fn closed(members: &[(&str, Value)]) -> Value {
    let properties = members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone()));
    json!({
        "type": "object",
        "properties": properties.collect::<Map<_, _>>(),
        "required": members.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        "additionalProperties": false,
    })
}

fn literal(value: impl Into<Value>) -> Value {
    json!({ "const": value.into() })
}

/// A body as the row makes it; `key` is the field of whose rule it speaks.
fn example(row: &ProblemRow, key: &str) -> Option<Value> {
    let sentence = format!("The {key} field is required.");
    let value = match row.family {
        Family::F1 => with(row, row.text, Some(json!({ key: [sentence] }))),
        Family::F7 => with(
            row,
            row.text,
            Some(json!({
                "": ["Unexpected end when reading JSON. Path '', line 1, position 1."],
                "request": ["The request field is required."],
            })),
        ),
        Family::F2 => with(row, "Bad Request", Some(json!({ "Error": [row.text] }))),
        Family::F2Short => json!({
            "errors": { "Error": [row.text] }, "status": row.status, "title": "Bad Request",
        }),
        Family::F3 => json!({ "errorCode": row.status, "errorMessage": row.text }),
        Family::F4 => serde_json::from_str(crate::wire::ALL_NULL_PROBLEM).unwrap_or_default(),
        Family::F5 if row.text.is_empty() => {
            json!([{ "propertyName": key, "errorMessage": sentence }])
        }
        Family::F5 => json!([{ "propertyName": "Error", "errorMessage": row.text }]),
        Family::Plain => with(row, row.text, None),
        Family::OAuth => json!({ "error": row.text }),
        Family::OAuthDescribed => {
            json!({ "error": "invalid_client", "error_description": row.text })
        }
        Family::Page => "<!DOCTYPE html><html lang=\"en\"></html>".into(),
        Family::Html => format!("<html><head><title>{}</title></head></html>\n", row.text).into(),
        Family::Empty => return None,
    };
    Some(value)
}

fn with(row: &ProblemRow, title: &str, errors: Option<Value>) -> Value {
    let mut body = json!({ "title": title, "status": row.status, "traceId": TRACE_ID });
    if let Some(errors) = errors {
        body["errors"] = errors;
    }
    if let Some((_, older, _)) = TYPES.iter().find(|(status, ..)| *status == row.status) {
        body["type"] = (*older).into();
    }
    body
}

/// The keys under which a call's own fields can be named.
pub(super) fn keys(endpoint: &EndpointRow) -> Vec<&'static str> {
    let mut keys: Vec<_> = endpoint.fields.iter().map(|field| field.key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The refusal of a call's fields as its first faulty field would show it.
pub(super) fn validation_example(endpoint: &EndpointRow, row: &ProblemRow) -> Option<Value> {
    let variants = Variants::default();
    let field = endpoint.fields.first()?;
    let sentences = match field.place {
        Place::Path | Place::Query => vec![Text::plain("The value 'abc' is not valid.")],
        Place::Body | Place::Form => field.sentences(&Fault::Missing, &variants),
    };
    let sentences: Vec<_> = sentences.iter().map(Text::full).collect();
    let mut body = example(row, field.key)?;
    if row.family == Family::F1 {
        body["errors"] = json!({ field.key: sentences });
    }
    Some(body)
}
