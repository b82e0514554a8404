//! Example bodies: invented data, in the form that the rows give them.
//! A test holds every example against its own schema.

use serde_json::{Map, Value, json};

use crate::{
    FieldRow,
    answer::{MemberKind, MemberRow, Presence, Shape},
    field::{Kind, Need},
};

/// What a member shows where its kind alone would tell little.
const TELLING: &[(&str, &str)] = &[
    ("access_token", "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl"),
    ("refresh_token", "5f2b8c0e9d7a"),
    ("token_type", "Bearer"),
    ("scope", "Tenn.CRM IdentityServerApi"),
    ("label", "Employment contract"),
    ("value", "2"),
    ("message", ""),
    ("kty", "RSA"),
    ("use", "sig"),
    ("alg", "RS256"),
    ("e", "AQAB"),
];

/// The body of a success, if it has one.
pub(super) fn of_shape(shape: Shape) -> Option<Value> {
    match shape {
        Shape::Empty | Shape::Redirect => None,
        Shape::Object(rows) => Some(object(rows)),
        Shape::List(rows) => Some(json!([object(rows)])),
        Shape::Page => Some("<!DOCTYPE html><title>Sign in</title>".into()),
    }
}

/// A request that holds what it must, and nothing else.
pub(super) fn of_fields<'a>(rows: impl Iterator<Item = &'a FieldRow>) -> Value {
    let mut whole = json!({});
    for row in rows.filter(|row| row.need == Need::Required) {
        let at = row.name.split('.').fold(&mut whole, |at, part| &mut at[part]);
        if at.is_null() {
            *at = field(row);
        }
    }
    whole
}

/// A value that a field may have.
pub(super) fn field(row: &FieldRow) -> Value {
    match row.kind {
        Kind::Int32 { .. } => json!(100_001),
        Kind::ZeroOrOne => json!(0),
        Kind::Boolean => json!(true),
        Kind::Number => json!(1.5),
        Kind::Text => json!("example"),
        Kind::Email => json!("person@example.org"),
        Kind::Phone => json!("+359881234567"),
        Kind::Marker(marker) => json!(marker),
        Kind::Code(list) => json!(list.entries().next().map(|(code, _)| code)),
        Kind::NumberedCode(_) => json!(1),
        Kind::Object => json!({}),
        Kind::Texts => json!(["example"]),
    }
}

fn object(rows: &[MemberRow]) -> Value {
    let shown = rows.iter().filter(|row| row.presence != Presence::Optional);
    let members = shown.map(|row| (row.name.to_owned(), member(row)));
    Value::Object(members.collect::<Map<_, _>>())
}

fn member(row: &MemberRow) -> Value {
    let telling = TELLING.iter().find(|(name, _)| *name == row.name);
    match row.kind {
        MemberKind::Int32 if row.name == "code" => json!(200),
        MemberKind::Int32 if row.name == "status" => json!(50),
        MemberKind::Int32 if row.name == "expires_in" => json!(3600),
        MemberKind::Int32 => json!(100_001),
        MemberKind::Boolean => json!(true),
        MemberKind::Text => json!(telling.map_or("example", |(_, value)| value)),
        MemberKind::Url => json!("https://127.0.0.1:8445/example"),
        MemberKind::Guid => json!("0f8fad5b-d9cb-469f-a165-70867728950e"),
        MemberKind::Time => json!("2026-01-05T09:00:00Z"),
        MemberKind::Words(words) => words.first().map_or(Value::Null, |word| json!(word)),
        MemberKind::Texts => json!(["example"]),
        MemberKind::Object(rows) => object(rows),
        MemberKind::Objects(rows) => json!([object(rows)]),
    }
}
