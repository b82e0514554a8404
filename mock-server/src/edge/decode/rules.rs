//! Whether the fields of a well-typed body keep their rules. Every broken rule is named, in the
//! order of the rows.

use contract::{
    Call, EndpointRow, FieldRow, Variants,
    field::{Fault, Kind, Need, Place, is_e164, is_email},
    problem::FieldErrors,
};

use super::{Node, Value, ask};

/// Every field that breaks its rule.
pub(super) fn faults(
    row: &'static EndpointRow,
    root: &Node,
    variants: &Variants,
) -> Vec<FieldErrors> {
    let named = |field: &'static FieldRow, fault: &Fault| FieldErrors {
        key: field.key.to_owned(),
        texts: field.sentences(fault, variants),
    };
    let rows = row.fields_in(Place::Body, variants);
    let own = rows.filter_map(|field| Some((field, fault(field, root)?)));
    let mut faults: Vec<_> = own.map(|(field, fault)| named(field, &fault)).collect();
    if faults.is_empty() {
        faults.extend(ids_differ(row, root).map(|field| named(field, &Fault::Malformed)));
    }
    faults
}

/// What is wrong with a number of a kind.
pub(super) fn number_fault(kind: Kind, number: i32) -> Option<Fault> {
    match kind {
        Kind::Int32 { min } if number < min => Some(Fault::OutOfRange),
        Kind::ZeroOrOne if !(0..=1).contains(&number) => Some(Fault::Malformed),
        _ => None,
    }
}

fn fault(field: &'static FieldRow, root: &Node) -> Option<Fault> {
    if let Some((parent, _)) = field.name.rsplit_once('.')
        && !is_there(root, parent)
    {
        // The parent's own row says whether it is missed.
        return None;
    }
    let found = root.find(field.name).map(|(node, _)| node);
    let Some(node) = found.filter(|node| node.value != Value::Null) else {
        return is_needed(field, root).then_some(Fault::Missing);
    };
    match field.kind {
        Kind::Int32 { .. } | Kind::ZeroOrOne => number_fault(field.kind, ask::integer(node)?),
        Kind::NumberedCode(list) => {
            let known = list.has(&ask::integer(node)?.to_string());
            (!known).then_some(Fault::Malformed)
        }
        Kind::Texts => texts_fault(node, is_needed(field, root)),
        Kind::Boolean | Kind::Number | Kind::Object => None,
        Kind::Text | Kind::Email | Kind::Phone | Kind::Marker(_) | Kind::Code(_) => {
            text_fault(field, &ask::text(node)?, is_needed(field, root))
        }
    }
}

fn texts_fault(node: &Node, needed: bool) -> Option<Fault> {
    let Value::Array(items) = &node.value else { return None };
    let bad = |item: &Node| ask::text(item).is_none_or(|text| text.is_empty() || is_long(&text));
    if items.is_empty() && needed {
        return Some(Fault::Missing);
    }
    items.iter().any(bad).then_some(Fault::Malformed)
}

fn text_fault(field: &'static FieldRow, text: &str, needed: bool) -> Option<Fault> {
    if text.is_empty() {
        // An address may be left out, but not be empty (2025-09, create-user).
        let missed = needed || field.kind == Kind::Email;
        return missed.then_some(Fault::Missing);
    }
    let good = match field.kind {
        Kind::Email => is_email(text),
        Kind::Phone => is_e164(text),
        Kind::Marker(marker) => text == marker,
        Kind::Code(list) => list.has(text),
        _ => !is_long(text),
    };
    (!good).then_some(Fault::Malformed)
}

fn is_long(text: &str) -> bool {
    text.chars().count() > FieldRow::MAX_TEXT
}

fn is_needed(field: &'static FieldRow, root: &Node) -> bool {
    match field.need {
        Need::Required => true,
        Need::Optional => false,
        Need::WhenFalse(other) => {
            root.find(other).and_then(|(node, _)| ask::lenient_flag(node)) == Some(false)
        }
    }
}

fn is_there(root: &Node, name: &str) -> bool {
    root.find(name).is_some_and(|(node, _)| matches!(node.value, Value::Object(_)))
}

/// The questionnaire names its user twice; both must be the same (2025-09,
/// user-add-additional-data). How a difference is refused is assumed.
fn ids_differ(row: &'static EndpointRow, root: &Node) -> Option<&'static FieldRow> {
    const INNER: &str = "additionalData.data.userId";
    if row.call != Call::AddAdditionalData {
        return None;
    }
    let id = |name| root.find(name).and_then(|(node, _)| ask::integer(node));
    row.field(INNER).filter(|_| id("id") != id(INNER))
}
