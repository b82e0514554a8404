//! A JSON reader that says what Newtonsoft.Json would say: where a text is broken, in that
//! library's sentences, with its lines (from 1) and positions (characters read on the line).
//!
//! It exists because the provider's own 400 for broken JSON quotes those sentences, and no crate
//! gives them. It reads strict JSON; comments, single quotes, bare names and trailing commas, which
//! Newtonsoft.Json would let pass, are refused here (assumed: no client sends them on purpose).
//! Control characters inside texts pass, as they do there.

mod path;
mod reader;

use contract::{EndpointRow, FieldRow, problem::Text};

pub use path::is_plain_path;

/// A value and where the reader stood right after its first token.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The line, from 1.
    pub line: u32,
    /// Characters read on that line: up to the end of a plain value, or up to and with the opening
    /// sign of an array or object.
    pub position: u32,
}

/// A JSON value. Numbers keep their text; objects keep every member, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A number, as it was written.
    Number(String),
    /// A text.
    Text(String),
    /// An array.
    Array(Vec<Node>),
    /// An object.
    Object(Vec<(String, Node)>),
}

/// Why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The JSON path at which the reader stood; empty at the root.
    pub path: String,
    /// The sentence.
    pub sentence: Text,
}

/// How deep values may nest; the library's default.
pub const MAX_DEPTH: usize = 64;

/// Reads one JSON value.
///
/// # Errors
/// Where and why it is not JSON. Bytes that are no UTF-8 have no place: the platform gives up on
/// them before the reader sees any.
pub fn read(body: &[u8]) -> Result<Node, Malformed> {
    let Ok(text) = std::str::from_utf8(body) else {
        let sentence = Text::plain("The input was not valid.");
        return Err(Malformed { path: String::new(), sentence });
    };
    reader::read(text.strip_prefix('\u{feff}').unwrap_or(text))
}

impl Node {
    /// The value under a dotted path, names compared without case and the last of duplicates
    /// winning, both as the library does. With it comes the path as it was sent.
    #[must_use]
    pub fn find(&self, dotted: &str) -> Option<(&Self, String)> {
        let mut node = self;
        let mut sent = Vec::new();
        for name in dotted.split('.') {
            let Value::Object(members) = &node.value else { return None };
            let mut backwards = members.iter().rev();
            let (known, below) = backwards.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
            sent.push(known.as_str());
            node = below;
        }
        Some((node, sent.join(".")))
    }

    /// Without the members that a row names in another case: to a reader who compares exactly they
    /// are unknown.
    #[must_use]
    pub fn spelt(self, row: &EndpointRow) -> Self {
        self.spelt_below("", row)
    }

    fn spelt_below(self, path: &str, row: &EndpointRow) -> Self {
        let Value::Object(members) = self.value else { return self };
        let below = |name: &str| {
            if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
        };
        let kept = members.into_iter().filter_map(|(name, node)| {
            let whole = below(&name);
            let named = |field: &&FieldRow| field.name.eq_ignore_ascii_case(&whole);
            let known = row.fields.iter().find(named);
            let fits = known.is_none_or(|field| field.name == whole);
            fits.then(|| (name, node.spelt_below(&whole, row)))
        });
        Self { value: Value::Object(kept.collect()), ..self }
    }

    /// As a [`serde_json::Value`], for the trace and for storage.
    #[must_use]
    pub fn to_value(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Flag(flag) => (*flag).into(),
            Value::Number(text) => serde_json::from_str(text).unwrap_or(serde_json::Value::Null),
            Value::Text(text) => text.as_str().into(),
            Value::Array(items) => items.iter().map(Self::to_value).collect(),
            Value::Object(members) => {
                let members = members.iter().map(|(name, node)| (name.clone(), node.to_value()));
                serde_json::Value::Object(members.collect())
            }
        }
    }
}

#[cfg(test)]
mod tests;
