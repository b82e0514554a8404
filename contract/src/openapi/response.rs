//! The answers of a call by status: every success and every refusal, under every reading.
//! Rows of one status and media type are alternatives.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    example,
    header::{self, Headers},
    link, problem, provenance, readings, schema,
    view::View,
    with_source,
};
use crate::{
    EndpointRow, Problem, Provenance, When,
    answer::{Shape, SuccessRow},
    problem::{Family, ProblemRow},
    reach::Refused,
};

/// One row as one of several forms of an answer.
struct Form {
    status: u16,
    /// What the row is called among the examples.
    name: String,
    media_types: &'static [&'static str],
    schema: Option<Value>,
    example: Option<Value>,
    headers: Headers,
    about: Value,
    links: Map<String, Value>,
}

/// The answers of a call.
pub(super) fn responses(view: &View<'_>, endpoint: &EndpointRow) -> Value {
    let successes = view.succeeds(endpoint).into_iter().map(|row| success(view, endpoint, row));
    let refused = view.refused(endpoint);
    let refusals = refused.iter().map(|refused| refusal(view, Some(endpoint), refused));
    printed(successes.chain(refusals))
}

/// What a path gets that no call has.
pub(super) fn outside(view: &View<'_>) -> Value {
    let forms = view
        .refused_outside()
        .into_iter()
        .map(|row| refusal(view, None, &Refused { row, provenance: row.provenance }));
    printed(forms)
}

fn printed(forms: impl Iterator<Item = Form>) -> Value {
    let mut by_status: BTreeMap<u16, Vec<Form>> = BTreeMap::new();
    for form in forms {
        by_status.entry(form.status).or_default().push(form);
    }
    by_status.into_iter().map(|(status, forms)| (status.to_string(), response(&forms))).collect()
}

fn response(forms: &[Form]) -> Value {
    let headers: Vec<_> = forms.iter().map(|form| form.headers.clone()).collect();
    let mut names: Vec<_> = forms.iter().map(|form| word(&form.about)).collect();
    names.dedup();
    let mut response = json!({
        "description": names.join(", "),
        "x-rows": forms.iter().map(|form| form.about.clone()).collect::<Vec<_>>(),
    });
    let content = content(forms);
    if !content.is_empty() {
        response["content"] = content.into();
    }
    let links: Map<_, _> = forms.iter().flat_map(|form| form.links.clone()).collect();
    if !links.is_empty() {
        response["links"] = links.into();
    }
    let headers = header::printed(&headers);
    if !headers.is_empty() {
        response["headers"] = headers.into();
    }
    response
}

fn word(about: &Value) -> &str {
    about["x-problem"].as_str().unwrap_or("success")
}

fn content(forms: &[Form]) -> Map<String, Value> {
    let mut content: BTreeMap<&str, Vec<&Form>> = BTreeMap::new();
    for form in forms {
        for media_type in form.media_types {
            content.entry(media_type).or_default().push(form);
        }
    }
    let media = content.into_iter().map(|(media_type, forms)| {
        let schemas: Vec<_> = forms.iter().filter_map(|form| form.schema.clone()).collect();
        let schema = match schemas.as_slice() {
            [schema] => schema.clone(),
            _ => json!({ "anyOf": schemas }),
        };
        let examples =
            forms.iter().filter_map(|form| Some((form.name.clone(), form.example.clone()?)));
        let examples: Map<_, _> = examples.collect();
        (media_type.to_owned(), json!({ "schema": schema, "examples": examples }))
    });
    media.collect()
}

fn success(view: &View<'_>, endpoint: &EndpointRow, row: &'static SuccessRow) -> Form {
    let (media_types, schema): (&[&str], _) = match row.shape {
        Shape::Empty | Shape::Redirect => (&[], None),
        Shape::Object(members) => (&["application/json"], Some(schema::members(members))),
        Shape::List(members) => {
            let items = schema::members(members);
            (&["application/json"], Some(json!({ "type": "array", "items": items })))
        }
        Shape::Page => {
            (&["text/html"], Some(json!({ "type": "string", "pattern": "^<!DOCTYPE html>" })))
        }
    };
    let suffix: String =
        row.when.iter().map(|when| format!(".{}.{}", when.0.row().id, when.1)).collect();
    Form {
        status: row.status,
        name: format!("success{suffix}"),
        media_types,
        schema: schema.map(|schema| with_source(schema, row.when, &row.provenance)),
        example: example::of_shape(row.shape).map(|value| json!({ "value": value })),
        headers: header::of_success(row),
        about: about(None, row.when, (&row.provenance, !media_types.is_empty())),
        links: link::of_success(view, endpoint, row),
    }
}

fn refusal(view: &View<'_>, endpoint: Option<&EndpointRow>, refused: &Refused) -> Form {
    let row = refused.row;
    let name = problem::name(row);
    let media_types = problem::media_types(view, row.family);
    let has_body = !media_types.is_empty();
    Form {
        status: row.status,
        media_types,
        schema: has_body.then(|| refusal_schema(endpoint, row, &name)),
        example: has_body.then(|| refusal_example(endpoint, row, &name)),
        headers: header::of_refusal(row),
        about: about(Some(row.problem), row.when, (&refused.provenance, has_body)),
        links: Map::new(),
        name,
    }
}

/// The row's own schema; of a validation, the keys are those of the call's fields.
fn refusal_schema(endpoint: Option<&EndpointRow>, row: &ProblemRow, name: &str) -> Value {
    let mut schema = json!({ "$ref": format!("#/components/schemas/{name}") });
    if let (Some(endpoint), Family::F1) = (endpoint, row.family) {
        let keys = problem::keys(endpoint);
        schema["properties"] = json!({ "errors": { "propertyNames": { "enum": keys } } });
    }
    schema
}

fn refusal_example(endpoint: Option<&EndpointRow>, row: &ProblemRow, name: &str) -> Value {
    let own = match row.family {
        Family::F1 => endpoint.and_then(|endpoint| problem::validation_example(endpoint, row)),
        _ => None,
    };
    own.map_or_else(
        || json!({ "$ref": format!("#/components/examples/{name}") }),
        |value| json!({ "value": value }),
    )
}

/// What `x-rows` says of a row.
fn about(
    problem: Option<Problem>,
    when: &[When],
    (source, has_body): (&Provenance, bool),
) -> Value {
    let mut about = json!({ "x-provenance": provenance(source), "body": has_body });
    if let Some(problem) = problem {
        about["x-problem"] = problem.name().into();
    }
    if !when.is_empty() {
        about["x-variant"] = readings(when);
    }
    about
}
