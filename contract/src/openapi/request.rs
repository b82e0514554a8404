//! What a request carries: parameters of path and query, JSON bodies and forms.
//! Members that no row names are allowed; they are not looked at.

use serde_json::{Map, Value, json};

use super::{
    example, readings,
    schema::{field, of_kind},
    view::View,
    with_source,
};
use crate::{
    EndpointRow, FieldRow, Variant, When,
    endpoint::{BodyKind, Gate},
    field::{Kind, Need, Place},
    reach::choices,
};

const FORM: &str = "application/x-www-form-urlencoded";
const PATCH: &str = "application/json-patch+json";

/// The parameters of path and query.
pub(super) fn parameters(view: &View<'_>, row: &EndpointRow) -> Value {
    let places = [(Place::Path, "path"), (Place::Query, "query")].into_iter();
    let parameters = places.flat_map(|(place, word)| {
        let fields = named(view, row, place);
        fields.into_iter().map(move |(name, rows)| {
            json!({
                "name": name,
                "in": word,
                "required": place == Place::Path || is_required(view, &rows),
                "schema": parameter(&rows),
                "example": example::field(rows[0]),
            })
        })
    });
    parameters.collect()
}

/// A parameter has no null: it is there or it is not.
fn parameter(rows: &[&FieldRow]) -> Value {
    let one = |row: &&FieldRow| {
        let needed = row.need == Need::Required;
        let mut schema = of_kind(row.kind, needed);
        // The identity server sets no limit but that of the whole request.
        if let (Place::Query | Place::Form, Some(schema)) = (row.place, schema.as_object_mut()) {
            schema.remove("maxLength");
        }
        with_source(schema, row.when, &row.provenance)
    };
    match rows {
        [row] => one(row),
        rows => json!({ "anyOf": rows.iter().map(one).collect::<Vec<_>>() }),
    }
}

/// The body, if the call reads one.
pub(super) fn body(view: &View<'_>, row: &EndpointRow) -> Option<Value> {
    let (schema, types, place) = match row.body {
        BodyKind::None => return None,
        BodyKind::Json => (json_body(view, row), view.tables.json_types, Place::Body),
        BodyKind::Form => (form(view, row), &[FORM][..], Place::Form),
    };
    let example = example(view, row, place);
    let media =
        |name: &&str| ((*name).to_owned(), json!({ "schema": schema, "examples": example }));
    let mut content: Map<String, Value> = types.iter().map(media).collect();
    let patch = view.reads(Variant::PatchMediaType, "accepted");
    if row.body == BodyKind::Json && patch && !content.contains_key(PATCH) {
        let when = readings(&[When(Variant::PatchMediaType, "accepted")]);
        let media = json!({ "schema": schema, "examples": example, "x-variant": when });
        content.insert(PATCH.to_owned(), media);
    }
    Some(json!({ "required": true, "content": content }))
}

fn example(view: &View<'_>, row: &EndpointRow, place: Place) -> Value {
    let named = named(view, row, place);
    let example =
        example::of_fields(named.into_iter().filter_map(|(_, rows)| rows.first().copied()));
    json!({ "shortest": { "value": example } })
}

/// What a call that is for browsers or claims takes when it is posted to.
pub(super) fn posted(view: &View<'_>, row: &EndpointRow) -> Value {
    let mut schema = fields_of(view, row, Place::Query);
    if row.gate == Gate::Bearer {
        schema["properties"]["access_token"] = json!({ "type": "string" });
    }
    let media = json!({ "schema": schema, "examples": example(view, row, Place::Query) });
    json!({ "required": row.gate != Gate::Bearer, "content": { FORM: media } })
}

fn form(view: &View<'_>, row: &EndpointRow) -> Value {
    fields_of(view, row, Place::Form)
}

fn fields_of(view: &View<'_>, row: &EndpointRow, place: Place) -> Value {
    let fields = named(view, row, place);
    let properties = fields.iter().map(|(name, rows)| ((*name).to_owned(), parameter(rows)));
    let required = fields.iter().filter(|(_, rows)| is_required(view, rows)).map(|(name, _)| *name);
    json!({
        "type": "object",
        "properties": properties.collect::<Map<_, _>>(),
        "required": required.collect::<Vec<_>>(),
    })
}

fn json_body(view: &View<'_>, row: &EndpointRow) -> Value {
    object(view, &named(view, row, Place::Body), "")
}

type Named<'a> = Vec<(&'static str, Vec<&'a FieldRow>)>;

/// The fields of one place by name, in the order of their first rows.
fn named(view: &View<'_>, row: &EndpointRow, place: Place) -> Named<'static> {
    let mut fields: Named<'static> = Vec::new();
    let here = |field: &&FieldRow| field.place == place && view.holds(field.when);
    for field in row.fields.iter().filter(here) {
        match fields.iter_mut().find(|(name, _)| *name == field.name) {
            Some((_, rows)) => rows.push(field),
            None => fields.push((field.name, vec![field])),
        }
    }
    fields
}

/// The object whose members stand behind a prefix.
fn object(view: &View<'_>, fields: &Named<'_>, prefix: &str) -> Value {
    let own = || members(fields, prefix);
    let properties = own().map(|(name, rows)| {
        let mut schema = field(view, rows);
        let inner = format!("{prefix}{name}.");
        if rows.iter().any(|row| row.kind == Kind::Object) && has_members(fields, &inner) {
            merge(&mut schema, object(view, fields, &inner));
        }
        (name.to_owned(), schema)
    });
    let properties: Map<_, _> = properties.collect();
    let required: Vec<_> =
        own().filter(|(_, rows)| is_required(view, rows)).map(|(name, _)| name).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "required": required });
    let conditions: Vec<_> = conditions(fields, prefix);
    if !conditions.is_empty() {
        schema["allOf"] = Value::Array(conditions);
    }
    schema
}

/// The fields right behind a prefix, by the rest of their names.
fn members<'a, 'b>(
    fields: &'a Named<'b>,
    prefix: &'a str,
) -> impl Iterator<Item = (&'static str, &'a [&'b FieldRow])> {
    fields.iter().filter_map(move |(name, rows)| {
        let rest = name.strip_prefix(prefix)?;
        (!rest.contains('.')).then_some((rest, rows.as_slice()))
    })
}

fn has_members(fields: &Named<'_>, prefix: &str) -> bool {
    fields.iter().any(|(name, _)| name.starts_with(prefix))
}

/// The outer schema knows whether the object may be null, the inner one what it holds.
fn merge(outer: &mut Value, inner: Value) {
    let Value::Object(inner) = inner else { return };
    for (key, value) in inner.into_iter().filter(|(key, _)| key != "type") {
        outer[key] = value;
    }
}

/// Whether a field must be there under every reading.
fn is_required(view: &View<'_>, rows: &[&FieldRow]) -> bool {
    let needed: Vec<_> = rows.iter().filter(|row| row.need == Need::Required).collect();
    // Under given readings only their rows are here.
    if view.readings.is_some() {
        return !needed.is_empty();
    }
    let choices = choices(rows.iter().flat_map(|row| row.when));
    choices.iter().all(|variants| needed.iter().any(|row| variants.meet(row.when)))
}

/// What an object must hold when one of its flags is false.
fn conditions(fields: &Named<'_>, prefix: &str) -> Vec<Value> {
    let flags = fields.iter().filter_map(|(name, _)| {
        let flag = name.strip_prefix(prefix)?;
        (!flag.contains('.')).then_some((*name, flag))
    });
    let conditions = flags.filter_map(|(flag, short)| {
        let depends = |rows: &[&FieldRow]| {
            let all: Vec<_> = rows.iter().map(|row| row.need).collect();
            all.iter().all(|need| *need == Need::WhenFalse(flag))
        };
        let wanted = fields.iter().filter(|(_, rows)| depends(rows));
        let mut then = json!({});
        let paths: Vec<_> = wanted.filter_map(|(name, _)| name.strip_prefix(prefix)).collect();
        for path in &paths {
            demand(&mut then, path);
        }
        let flag = json!({ "properties": { short: { "const": false } }, "required": [short] });
        (!paths.is_empty()).then(|| json!({ "if": flag, "then": then }))
    });
    conditions.collect()
}

/// Makes a member required, neither null nor empty, and what stands above it an object of which
/// that is said.
fn demand(schema: &mut Value, path: &str) {
    let Some((first, rest)) = path.split_once('.') else {
        if !schema["required"].is_array() {
            schema["required"] = json!([]);
        }
        if let Some(required) = schema["required"].as_array_mut() {
            required.push(path.into());
        }
        schema["properties"][path] = json!({ "not": { "enum": [null, ""] } });
        return;
    };
    demand(&mut schema["properties"][first], rest);
}
