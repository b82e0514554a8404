//! Whether members have the JSON types that the rows ask for. Every wrong one is named, in the
//! sentences of Newtonsoft.Json; what stands in a private field is never quoted.

use contract::{
    EndpointRow, FieldRow, Variant, Variants,
    field::{Kind, Place, Privacy},
    problem::{FieldErrors, Text},
};

use super::{Node, Value, ask};

/// Every member whose type is wrong.
pub(super) fn faults(
    row: &'static EndpointRow,
    root: &Node,
    variants: &Variants,
) -> Vec<FieldErrors> {
    let reading = Reading {
        lenient: variants.reads(Variant::JsonReading, "newtonsoft"),
        id_texts: variants.reads(Variant::IdType, "number-or-text"),
    };
    if !matches!(root.value, Value::Object(_)) {
        return vec![not_an_object(root)];
    }
    let rows = row.fields_in(Place::Body, variants);
    let faults = rows.filter_map(|field| {
        let (node, sent) = root.find(field.name)?;
        let text = fault(field, node, &sent, reading)?;
        Some(FieldErrors { key: sent, texts: vec![text] })
    });
    faults.collect()
}

/// How values of other types are read.
#[derive(Clone, Copy)]
struct Reading {
    lenient: bool,
    id_texts: bool,
}

/// Whether a field names a user.
fn is_id(field: &FieldRow) -> bool {
    field.name == "id" || field.name.ends_with("userId")
}

fn not_an_object(root: &Node) -> FieldErrors {
    let place = place("", root);
    let text = match root.value {
        Value::Array(_) => array_for_object(&place),
        _ => Text::plain(format!("Error converting value to an object.{place}")),
    };
    FieldErrors { key: String::new(), texts: vec![text] }
}

fn array_for_object(place: &str) -> Text {
    Text::plain(format!(
        "Cannot deserialize the current JSON array (e.g. [1,2,3]) because the type requires a JSON \
         object (e.g. {{\"name\":\"value\"}}) to deserialize correctly.{place}"
    ))
}

fn fault(field: &'static FieldRow, node: &Node, sent: &str, reading: Reading) -> Option<Text> {
    let lenient = reading.lenient;
    let place = place(sent, node);
    match (field.kind, &node.value) {
        (_, Value::Null) | (Kind::Object, Value::Object(_)) => None,
        (Kind::Object, Value::Array(_)) => Some(array_for_object(&place)),
        (Kind::Object, _) => Some(converting(field, node, "System.Object", &place)),
        (Kind::Texts, Value::Array(items)) => {
            let odd = items.iter().find(|item| !matches!(item.value, Value::Text(_)));
            odd.map(|item| converting(field, item, "System.String", &place))
        }
        (_, Value::Object(_)) => Some(unexpected('{', &place)),
        (_, Value::Array(_)) => Some(unexpected('[', &place)),
        (Kind::Int32 { .. } | Kind::ZeroOrOne | Kind::NumberedCode(_), _) => {
            let texts = lenient || (reading.id_texts && is_id(field));
            integer_fault(field, node, sent, texts)
        }
        (Kind::Texts, _) => Some(converting(
            field,
            node,
            "System.Collections.Generic.List`1[System.String]",
            &place,
        )),
        (Kind::Boolean, Value::Flag(_)) | (Kind::Number, Value::Number(_)) => None,
        (Kind::Boolean, _) if lenient && ask::lenient_flag(node).is_some() => None,
        (Kind::Boolean, _) => Some(converting(field, node, "System.Boolean", &place)),
        (Kind::Number, Value::Text(text)) if lenient && text.trim().parse::<f64>().is_ok() => None,
        (Kind::Number, _) => Some(converting(field, node, "System.Double", &place)),
        // Every other kind is a text.
        (_, Value::Text(_)) => None,
        _ if lenient => None,
        _ => Some(converting(field, node, "System.String", &place)),
    }
}

fn integer_fault(field: &'static FieldRow, node: &Node, sent: &str, lenient: bool) -> Option<Text> {
    let place = place(sent, node);
    let public = field.privacy == Privacy::Public;
    let quoting = |before: &str, text: &str, after: &str| {
        let quote = if public { text } else { "" };
        Some(Text::quoting(before, quote, format!("{after}{place}")))
    };
    match &node.value {
        Value::Number(text) if text.parse::<i32>().is_ok() => None,
        Value::Number(text) if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => {
            quoting("JSON integer ", text, " is too large or small for an Int32.")
        }
        Value::Number(text) => quoting("Input string '", text, "' is not a valid integer."),
        Value::Text(text) if lenient && text.trim().parse::<i32>().is_ok() => None,
        Value::Text(text) if !lenient && text.trim().parse::<i64>().is_ok() => {
            quoting("Error converting value \"", text, "\" to type 'System.Int32'.")
        }
        Value::Text(text) => quoting("Could not convert string to integer: ", text, "."),
        // The library's reader of integers stops right after a word's first letter.
        Value::Flag(true) => Some(unexpected('t', &placed(sent, node.line, node.position - 3))),
        Value::Flag(false) => Some(unexpected('f', &placed(sent, node.line, node.position - 4))),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn converting(field: &'static FieldRow, node: &Node, kind: &str, place: &str) -> Text {
    let after = format!(" to type '{kind}'.{place}");
    let shown = match &node.value {
        Value::Text(text) => format!("\"{text}\""),
        Value::Number(text) => text.clone(),
        Value::Flag(flag) => if *flag { "True" } else { "False" }.to_owned(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    };
    if field.privacy == Privacy::Public {
        Text::quoting("Error converting value ", shown, after)
    } else {
        Text::plain(format!("Error converting value{after}"))
    }
}

fn unexpected(sign: char, place: &str) -> Text {
    Text::plain(format!("Unexpected character encountered while parsing value: {sign}.{place}"))
}

fn place(path: &str, node: &Node) -> String {
    placed(path, node.line, node.position)
}

fn placed(path: &str, line: u32, position: u32) -> String {
    format!(" Path '{path}', line {line}, position {position}.")
}
