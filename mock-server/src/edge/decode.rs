//! From path and body to what is asked, by the rows. Every fault is found and named with its place;
//! nothing behind this door checks again.
//!
//! The order is ASP.NET's: media type, then whether it is JSON, then the types of the members, then
//! the rules of the fields. Each stage reports everything it finds and stops.

mod ask;
mod rules;
mod stj;
mod types;

use contract::{
    EndpointRow, FieldRow, Problem, Variant, Variants,
    endpoint::{BodyKind, parameter},
    field::{Kind, Place},
    label::Label,
    problem::{FieldErrors, Refusal, Text},
};
use sim::command::Ask;

use super::json::{self, Node, Value};

/// What a request asks for, or why it cannot be understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The ask, or the refusal.
    pub ask: Result<Ask, Refusal>,
    /// The path as a trace may show it, when it could not be read fully.
    pub path: Option<String>,
    /// The body as JSON, when there is one.
    pub body: Option<serde_json::Value>,
}

/// The parts of a request that carry fields.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a> {
    /// `Content-Type`.
    pub media_type: Option<&'a str>,
    /// The whole body.
    pub body: &'a [u8],
}

/// A path parameter's name and raw value.
pub type Param<'a> = (&'static str, &'a str);

/// Decodes a request of a row.
#[must_use]
pub fn decode(
    row: &'static EndpointRow,
    params: &[Param<'_>],
    raw: &Raw<'_>,
    variants: &Variants,
) -> Decoded {
    match row.body {
        BodyKind::Json => decode_body(row, raw, variants),
        BodyKind::None | BodyKind::Form => decode_path(row, params, variants),
    }
}

fn decode_path(row: &'static EndpointRow, params: &[Param<'_>], variants: &Variants) -> Decoded {
    let faults = params.iter().filter_map(|param| path_fault(row, *param, variants));
    let errors: Vec<_> = faults.collect();
    if errors.is_empty() {
        return Decoded { ask: ask::of_path(row, params), path: None, body: None };
    }
    let faulty = |name: &str| errors.iter().any(|error| error.key == name);
    let segments = row.path.split('/').map(|segment| match parameter(segment) {
        None => segment.to_owned(),
        Some(name) => {
            let sent = params.iter().find(|(known, _)| *known == name).map_or("", |(_, sent)| sent);
            if faulty(name) {
                Label::unlisted(sent).to_string()
            } else {
                // The world judges what is digits alone, and a plus sign is no digit.
                sent.trim_start_matches('+').to_owned()
            }
        }
    });
    let path = Some(segments.collect::<Vec<_>>().join("/"));
    Decoded { ask: Err(Refusal::of_fields(Problem::Validation, errors)), path, body: None }
}

fn path_fault(
    row: &'static EndpointRow,
    (name, sent): Param<'_>,
    variants: &Variants,
) -> Option<FieldErrors> {
    let field = row.fields_in(Place::Path, variants).find(|field| field.name == name)?;
    let unreadable = || vec![Text::quoting("The value '", sent, "' is not valid.")];
    let texts = match field.kind {
        Kind::Boolean if ask::flag(sent).is_some() => return None,
        // The routing has taken nothing else.
        Kind::Marker(_) => return None,
        Kind::Text if sent.len() <= FieldRow::MAX_TEXT => return None,
        Kind::Int32 { .. } | Kind::ZeroOrOne => match sent.parse::<i32>() {
            Err(_) => unreadable(),
            Ok(number) => field.sentences(&rules::number_fault(field.kind, number)?, variants),
        },
        _ => unreadable(),
    };
    Some(FieldErrors { key: name.to_owned(), texts })
}

fn decode_body(row: &'static EndpointRow, raw: &Raw<'_>, variants: &Variants) -> Decoded {
    let refused = |refusal| Decoded { ask: Err(refusal), path: None, body: None };
    let patch = variants.reads(Variant::PatchMediaType, "accepted");
    if !raw.media_type.is_some_and(|media_type| is_json(media_type, patch)) {
        return refused(Refusal::new(Problem::UnsupportedMediaType));
    }
    if raw.body.iter().all(u8::is_ascii_whitespace) {
        return refused(empty_body());
    }
    let strict = variants.reads(Variant::JsonLibrary, "system-text-json");
    if strict && let Some(error) = stj::malformed(raw.body) {
        return refused(malformed(vec![error]));
    }
    let node = match json::read(raw.body) {
        Ok(Node { value: Value::Null, .. }) => return refused(empty_body()),
        Ok(node) => node,
        Err(broken) => {
            let error = FieldErrors { key: broken.path, texts: vec![broken.sentence] };
            return refused(malformed(vec![error]));
        }
    };
    let body = Some(node.to_value());
    let node = if variants.reads(Variant::MemberCase, "exact") { node.spelt(row) } else { node };
    let wrong = if strict {
        stj::fault(row, &node, raw.body, variants).into_iter().collect()
    } else {
        types::faults(row, &node, variants)
    };
    Decoded { ask: understand(row, &node, wrong, variants), path: None, body }
}

fn understand(
    row: &'static EndpointRow,
    node: &Node,
    wrong: Vec<FieldErrors>,
    variants: &Variants,
) -> Result<Ask, Refusal> {
    if !wrong.is_empty() {
        return Err(malformed(wrong));
    }
    let faults = rules::faults(row, node, variants);
    if !faults.is_empty() {
        return Err(Refusal::of_fields(Problem::Validation, faults));
    }
    ask::of_body(row, node)
}

/// A body that cannot be read also leaves the action's parameter empty, which the framework names.
fn malformed(mut errors: Vec<FieldErrors>) -> Refusal {
    let required = Text::plain("The request field is required.");
    // A broken member may have that very name; the keys stay unique.
    match errors.iter_mut().find(|error| error.key.eq_ignore_ascii_case("request")) {
        Some(error) => error.texts.push(required),
        None => errors.push(FieldErrors { key: "request".to_owned(), texts: vec![required] }),
    }
    Refusal::of_fields(Problem::MalformedJson, errors)
}

fn empty_body() -> Refusal {
    let texts = vec![Text::plain("A non-empty request body is required.")];
    malformed(vec![FieldErrors { key: String::new(), texts }])
}

/// `application/json`, `text/json` or `application/*+json`, in UTF-8. Whether the latter holds for
/// JSON Patch is an open question.
fn is_json(media_type: &str, patch: bool) -> bool {
    let mut parts = media_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let suffixed = essence.strip_prefix("application/").is_some_and(|kind| kind.ends_with("+json"));
    let utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    let refused = !patch && essence == "application/json-patch+json";
    utf8 && !refused && (essence == "application/json" || essence == "text/json" || suffixed)
}

#[cfg(test)]
mod readings;
#[cfg(test)]
mod tests;
