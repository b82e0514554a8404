//! Refusals of a body in the words of System.Text.Json, which the framework uses by default since
//! .NET Core 3 (assumed; its sentences as the library writes them). It is strict, stops at the
//! first thing that is wrong, counts lines from 0 and positions in bytes.

use contract::{
    EndpointRow, FieldRow, Variants,
    field::{Kind, Need, Place},
    problem::{FieldErrors, Text},
};
use serde::de::IgnoredAny;

use super::{Node, Value, ask};
use crate::edge::json;

/// Why a text is not JSON.
pub(super) fn malformed(body: &[u8]) -> Option<FieldErrors> {
    let error = serde_json::from_slice::<IgnoredAny>(body).err()?;
    let path = match json::read(body) {
        Err(broken) if !broken.path.is_empty() => format!("$.{}", broken.path),
        _ => "$".to_owned(),
    };
    let (line, column) = (error.line().saturating_sub(1), error.column().saturating_sub(1));
    let found = body.split(|byte| *byte == b'\n').nth(line).and_then(|text| text.get(column));
    let sentence = sentence(&error.to_string(), found.copied());
    Some(one(&path, &sentence, (line, column)))
}

/// The first member whose type is wrong.
pub(super) fn fault(
    row: &'static EndpointRow,
    root: &Node,
    body: &[u8],
    variants: &Variants,
) -> Option<FieldErrors> {
    if !matches!(root.value, Value::Object(_)) {
        let sentence = "The JSON value could not be converted to the request's type.";
        return Some(one("$", sentence, place(root, body)));
    }
    let faults = row.fields_in(Place::Body, variants).filter_map(|field| {
        let (node, sent) = root.find(field.name)?;
        let name = wrong_type(field, node)?;
        Some(((node.line, node.position), sent, name, node))
    });
    let (_, sent, name, node) = faults.min_by_key(|(place, ..)| *place)?;
    let sentence = format!("The JSON value could not be converted to {name}.");
    Some(one(&format!("$.{sent}"), &sentence, place(node, body)))
}

/// The .NET type that a value does not fit, if it does not fit.
fn wrong_type(field: &FieldRow, node: &Node) -> Option<String> {
    let name = match (field.kind, &node.value) {
        (_, Value::Null) => return nothing_there(field),
        (Kind::Object, Value::Object(_)) | (Kind::Boolean, Value::Flag(_)) => return None,
        (Kind::Object, _) => "System.Object",
        (Kind::Boolean, _) => "System.Boolean",
        (Kind::Texts, Value::Array(items))
            if items.iter().all(|item| matches!(item.value, Value::Text(_))) =>
        {
            return None;
        }
        (Kind::Texts, _) => "System.Collections.Generic.List`1[System.String]",
        // The framework's web defaults read numbers from texts.
        (
            Kind::Int32 { .. } | Kind::ZeroOrOne | Kind::NumberedCode(_),
            Value::Number(_) | Value::Text(_),
        ) if ask::integer(node).is_some() => return None,
        (Kind::Int32 { .. } | Kind::ZeroOrOne | Kind::NumberedCode(_), _) => "System.Int32",
        (Kind::Number, Value::Number(_)) => return None,
        (Kind::Number, Value::Text(text)) if text.parse::<f64>().is_ok() => return None,
        (Kind::Number, _) => "System.Double",
        (_, Value::Text(_)) => return None,
        _ => "System.String",
    };
    let value_type = matches!(name, "System.Int32" | "System.Boolean" | "System.Double");
    let nullable = value_type && field.need != Need::Required;
    Some(if nullable { format!("System.Nullable`1[{name}]") } else { name.to_owned() })
}

/// A null is no number and no flag; where a text or an object is needed, the rules name it.
fn nothing_there(field: &FieldRow) -> Option<String> {
    let name = match field.kind {
        Kind::Int32 { .. } | Kind::ZeroOrOne | Kind::NumberedCode(_) => "System.Int32",
        Kind::Boolean => "System.Boolean",
        _ => return None,
    };
    (field.need == Need::Required).then(|| name.to_owned())
}

fn one(path: &str, sentence: &str, (line, column): (usize, usize)) -> FieldErrors {
    let text =
        format!("{sentence} Path: {path} | LineNumber: {line} | BytePositionInLine: {column}.");
    FieldErrors { key: path.to_owned(), texts: vec![Text::plain(text)] }
}

/// Line from 0 and bytes read on it.
fn place(node: &Node, body: &[u8]) -> (usize, usize) {
    let line = node.line.saturating_sub(1) as usize;
    let text = String::from_utf8_lossy(body);
    let read = text.split('\n').nth(line).unwrap_or_default().chars().take(node.position as usize);
    (line, read.map(char::len_utf8).sum())
}

/// The library's sentence for what a strict parser found.
fn sentence(found: &str, byte: Option<u8>) -> String {
    let sign = byte.map_or_else(
        || "0x00".to_owned(),
        |byte| match byte {
            b' '..=b'~' => char::from(byte).to_string(),
            other => format!("0x{other:02X}"),
        },
    );
    let is = |word: &str| found.starts_with(word);
    if is("EOF") {
        "Expected depth to be zero at the end of the JSON payload. There is an open JSON object or \
         array that should be closed."
            .to_owned()
    } else if is("trailing comma") || (is("key must be a string") && byte == Some(b'}')) {
        "The JSON object contains a trailing comma at the end which is not supported in this mode. \
         Change the reader options."
            .to_owned()
    } else if is("trailing characters") {
        format!("'{sign}' is invalid after a single JSON value. Expected end of data.")
    } else if is("key must be a string") {
        format!("'{sign}' is an invalid start of a property name. Expected a '\"'.")
    } else if is("expected `:`") {
        format!("'{sign}' is invalid after a property name. Expected a ':'.")
    } else if is("expected `,`") {
        format!("'{sign}' is invalid after a value. Expected either ',', '}}', or ']'.")
    } else if is("control character") {
        format!("'{sign}' is invalid within a JSON string. The string should be correctly escaped.")
    } else if is("invalid number") {
        format!("'{sign}' is an invalid end of a number. Expected a delimiter.")
    } else if is("invalid escape") {
        format!(
            "'{sign}' is an invalid escapable character within a JSON string. The string should be correctly escaped."
        )
    } else {
        format!("'{sign}' is an invalid start of a value.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: &str) -> String {
        let error = malformed(body.as_bytes()).unwrap();
        format!("{}: {}", error.key, error.texts[0].full())
    }

    #[test]
    fn broken_texts_are_told_in_the_librarys_words() {
        for (body, expected) in [
            (
                "x",
                "$: 'x' is an invalid start of a value. Path: $ | LineNumber: 0 | BytePositionInLine: 0.",
            ),
            (
                "{\n  'a': 1}",
                "$: ''' is an invalid start of a property name. Expected a '\"'. Path: $ | LineNumber: 1 | BytePositionInLine: 2.",
            ),
            (
                "{\"id\":1,}",
                "$.id: The JSON object contains a trailing comma at the end which is not supported in this mode. Change the reader options. Path: $.id | LineNumber: 0 | BytePositionInLine: 8.",
            ),
            (
                "{} x",
                "$: 'x' is invalid after a single JSON value. Expected end of data. Path: $ | LineNumber: 0 | BytePositionInLine: 3.",
            ),
            (
                "{\"id\" 1}",
                "$: '1' is invalid after a property name. Expected a ':'. Path: $ | LineNumber: 0 | BytePositionInLine: 6.",
            ),
            (
                "{\"id\":1 \"b\":2}",
                "$.id: '\"' is invalid after a value. Expected either ',', '}', or ']'. Path: $.id | LineNumber: 0 | BytePositionInLine: 8.",
            ),
        ] {
            assert_eq!(told(body), expected);
        }
        assert!(told("{\"id\":").contains("Expected depth to be zero"));
        assert!(malformed(b"{\"id\":1}").is_none());
    }
}
