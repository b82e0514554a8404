//! JSON Schema of what answers hold, member by member, and of what fields may be.
//! An answer has no undeclared member; a request may hold more than anybody reads.

use serde_json::{Value, json};

use super::{readings, view::View, with_source};
use crate::{
    FieldRow, Variant, When,
    answer::{MemberKind, MemberRow, Presence},
    field::{Kind, Need},
};

/// The object that an answer's members make.
pub(super) fn members(rows: &[MemberRow]) -> Value {
    let required = rows.iter().filter(|row| row.presence != Presence::Optional);
    let properties = rows.iter().map(|row| {
        let mut schema = member(row.kind);
        if row.presence == Presence::Nullable {
            schema = nullable(schema);
        }
        (row.name.to_owned(), with_source(schema, &[], &row.provenance))
    });
    json!({
        "type": "object",
        "properties": properties.collect::<serde_json::Map<_, _>>(),
        "required": required.map(|row| row.name).collect::<Vec<_>>(),
        "additionalProperties": false,
    })
}

fn member(kind: MemberKind) -> Value {
    match kind {
        MemberKind::Int32 => integer(i32::MIN),
        MemberKind::Boolean => json!({ "type": "boolean" }),
        MemberKind::Text => json!({ "type": "string" }),
        MemberKind::Url => json!({ "type": "string", "format": "uri", "pattern": "^https?://" }),
        MemberKind::Guid => json!({
            "type": "string",
            "format": "uuid",
            "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        }),
        MemberKind::Time => json!({
            "type": "string",
            "format": "date-time",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T",
        }),
        MemberKind::Words(words) => json!({ "type": "string", "enum": words }),
        MemberKind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        MemberKind::Object(rows) => members(rows),
        MemberKind::Objects(rows) => json!({ "type": "array", "items": members(rows) }),
    }
}

/// One field; several rows of one name hold under different readings.
pub(super) fn field(view: &View<'_>, rows: &[&FieldRow]) -> Value {
    match rows {
        [row] => one(view, row),
        rows => json!({ "anyOf": rows.iter().map(|row| one(view, row)).collect::<Vec<_>>() }),
    }
}

fn one(view: &View<'_>, row: &FieldRow) -> Value {
    let needed = row.need == Need::Required;
    let schema = of_kind(row.kind, needed);
    let schema = if needed { schema } else { nullable(schema) };
    let texts = view.reads(Variant::IdType, "number-or-text");
    let schema = if texts && row.names_user() { or_text(&schema) } else { schema };
    with_source(schema, row.when, &row.provenance)
}

/// What a kind of field may hold.
pub(super) fn of_kind(kind: Kind, needed: bool) -> Value {
    let least = usize::from(needed);
    let text = FieldRow::MAX_TEXT;
    match kind {
        Kind::Int32 { min } => integer(min),
        Kind::ZeroOrOne => json!({ "type": "integer", "enum": [0, 1] }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Text => json!({ "type": "string", "minLength": least, "maxLength": text }),
        Kind::Email => json!({
            "type": "string",
            "format": "email",
            "minLength": 1,
            "maxLength": FieldRow::MAX_EMAIL,
        }),
        Kind::Phone => json!({ "type": "string", "pattern": "^\\+[1-9][0-9]{6,14}$" }),
        Kind::Marker(marker) => json!({ "type": "string", "enum": [marker] }),
        Kind::Code(list) => {
            let codes: Vec<_> = list.entries().map(|(code, _)| code).collect();
            json!({ "type": "string", "enum": codes })
        }
        Kind::NumberedCode(list) => {
            json!({ "type": "integer", "enum": (1..=list.labels().len()).collect::<Vec<_>>() })
        }
        Kind::Object => json!({ "type": "object" }),
        Kind::Texts => json!({
            "type": "array",
            "items": { "type": "string", "minLength": 1, "maxLength": text },
            "minItems": least,
        }),
    }
}

fn integer(min: i32) -> Value {
    json!({ "type": "integer", "format": "int32", "minimum": min, "maximum": i32::MAX })
}

/// The digits of 1 to `i32::MAX`.
const POSITIVE: &str = "^ *\\+?0*([1-9][0-9]{0,8}|1[0-9]{9}|20[0-9]{8}|21[0-3][0-9]{7}|\
    214[0-6][0-9]{6}|2147[0-3][0-9]{5}|21474[0-7][0-9]{4}|214748[0-2][0-9]{3}|\
    2147483[0-5][0-9]{2}|21474836[0-3][0-9]|214748364[0-7]) *$";

fn or_text(schema: &Value) -> Value {
    let when = readings(&[When(Variant::IdType, "number-or-text")]);
    json!({
        "anyOf": [schema, { "type": "string", "pattern": POSITIVE, "x-variant": when }],
    })
}

fn nullable(mut schema: Value) -> Value {
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(Value::Null);
    }
    schema["type"] = json!([schema["type"], "null"]);
    schema
}
