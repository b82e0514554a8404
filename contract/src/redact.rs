//! How a JSON body enters a trace: what the rows call public stays, everything else becomes a
//! label. Unknown members are hidden too, since a secret may stand anywhere.

use serde_json::{Map, Value};

use crate::{
    EndpointRow, FieldRow,
    field::{Kind, Privacy},
    label::Label,
};

/// The members of answers that a trace may show.
pub const PUBLIC_ANSWER_MEMBERS: &[&str] = &[
    "ANY_ADDITIONAL_PROPERTY",
    "code",
    "correlationId",
    "detail",
    "error",
    "error_description",
    "expires_in",
    "id",
    "individualId",
    "instance",
    "isAdditionalData",
    "isEmailVerified",
    "isOptionalKyc",
    "isPhoneNumberVerified",
    "isScaVerified",
    "label",
    "message",
    "scope",
    "status",
    "success",
    "title",
    "token_type",
    "traceId",
    "type",
    "value",
    "videoIdentificationStatus",
];

/// What an observer knows of the values that pass it.
pub trait Discretion {
    /// The name of a secret that was sent in a field.
    fn secret(&mut self, field: &'static FieldRow, text: &str) -> Label;

    /// Whether a number is an id that the two sides share. Any other number may be a code or a
    /// phone in the wrong place.
    fn is_shared_id(&self, number: &str) -> bool;
}

/// A request body as a trace keeps it.
pub fn request(row: &EndpointRow, body: &Value, observer: &mut dyn Discretion) -> Value {
    requested(row, "", body, observer)
}

/// A number as a trace keeps it: a single digit, such as a type or an empty id, hides nothing.
pub fn number(text: &str, is_shared_id: impl Fn(&str) -> bool) -> Option<Label> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let single = digits.len() == 1 && digits.bytes().all(|byte| byte.is_ascii_digit());
    // The largest id that there can be is nobody's code or phone.
    let largest = digits == "2147483647";
    (!single && !largest && !is_shared_id(text)).then(|| Label::unlisted(text))
}

fn requested(row: &EndpointRow, path: &str, value: &Value, observer: &mut dyn Discretion) -> Value {
    match value {
        Value::Object(members) => {
            let shown = members.iter().map(|(name, member)| {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                (discreet_name(name), requested(row, &below, member, observer))
            });
            Value::Object(shown.collect::<Map<_, _>>())
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| requested(row, path, item, observer)).collect())
        }
        Value::Null => Value::Null,
        leaf => requested_leaf(row.field(path), leaf, observer),
    }
}

fn requested_leaf(
    field: Option<&'static FieldRow>,
    leaf: &Value,
    observer: &mut dyn Discretion,
) -> Value {
    let written = leaf.as_str().map_or_else(|| leaf.to_string(), str::to_owned);
    let unlisted = |fact: &str| shown(&Label::new("unlisted", &[fact]));
    match (field.map(|row| (row, row.privacy)), leaf) {
        (Some((row, Privacy::Secret)), _) => shown(&observer.secret(row, &written)),
        (Some((_, Privacy::Public)), Value::Bool(_)) => leaf.clone(),
        (Some((row, Privacy::Public)), Value::Number(_)) if is_showable(row, &written) => {
            leaf.clone()
        }
        (Some((_, Privacy::Public)), Value::Number(_)) => {
            number(&written, |number| observer.is_shared_id(number))
                .map_or_else(|| leaf.clone(), |label| shown(&label))
        }
        (Some((row, Privacy::Public)), Value::String(text)) if is_showable(row, text) => {
            leaf.clone()
        }
        (Some((_, Privacy::Personal)), Value::String(text)) => shown(&Label::personal(text)),
        (_, Value::String(text)) => shown(&Label::unlisted(text)),
        (_, Value::Bool(_)) => unlisted("flag"),
        (_, _) => unlisted("number"),
    }
}

/// Public texts are shown only where they are what the row lists; so are numbers of two digits and
/// more, which may be a code of the same list.
fn is_showable(row: &FieldRow, text: &str) -> bool {
    match row.kind {
        Kind::Marker(marker) => text == marker,
        Kind::Code(list) | Kind::NumberedCode(list) => list.has(text),
        _ => text.is_empty(),
    }
}

/// Member names are the client's words too: plain ones are shown.
fn discreet_name(name: &str) -> String {
    let plain = (1..=40).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'-');
    if plain { name.to_owned() } else { Label::unlisted(name).to_string() }
}

/// An answer body as a trace keeps it. `label` is asked for every text, with the name of the
/// member that holds it; where it knows none, the text is shown only if the member is public.
pub fn answer(body: &Value, label: &mut dyn FnMut(&str, &str) -> Option<Label>) -> Value {
    answered("", body, label)
}

fn answered(
    member: &str,
    value: &Value,
    label: &mut dyn FnMut(&str, &str) -> Option<Label>,
) -> Value {
    match value {
        Value::Object(members) => {
            let inside_errors = member == "errors";
            let shown = members.iter().map(|(name, below)| {
                let holder = if inside_errors { "error" } else { name.as_str() };
                (discreet_key(name, inside_errors), answered(holder, below, label))
            });
            Value::Object(shown.collect::<Map<_, _>>())
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| answered(member, item, label)).collect())
        }
        Value::String(text) => match label(member, text) {
            Some(known) => shown(&known),
            None if is_public(member) => value.clone(),
            None => shown(&Label::unlisted(text)),
        },
        plain => plain.clone(),
    }
}

fn discreet_key(name: &str, inside_errors: bool) -> String {
    if inside_errors || is_public(name) { name.to_owned() } else { discreet_name(name) }
}

fn is_public(member: &str) -> bool {
    PUBLIC_ANSWER_MEMBERS.binary_search(&member).is_ok()
}

fn shown(label: &Label) -> Value {
    Value::String(label.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Call, Edition};

    fn row(call: Call) -> &'static EndpointRow {
        Edition::E2025_09.tables().unwrap().endpoint(call).unwrap()
    }

    /// Knows user 100001 and names every secret alike.
    struct Observer(&'static str);

    impl Discretion for Observer {
        fn secret(&mut self, _: &'static FieldRow, text: &str) -> Label {
            assert_eq!(text, self.0);
            Label::new("email-code#1", &["newest"])
        }

        fn is_shared_id(&self, number: &str) -> bool {
            number == "100001"
        }
    }

    #[test]
    fn a_code_of_a_list_is_shown_as_a_number_too() {
        let body = json!({ "sourceOfFundId": 12, "merchantGroupId": 12 });
        let row = Edition::E2024_06.tables().unwrap().endpoint(Call::EnrollIndividual).unwrap();
        let kept = request(row, &body, &mut Observer(""));
        assert_eq!(kept["sourceOfFundId"], json!(12));
        assert_eq!(kept["merchantGroupId"], json!("<unlisted 2 digits>"));
        let kept = request(row, &json!({ "sourceOfFundId": 14 }), &mut Observer(""));
        assert_ne!(kept["sourceOfFundId"], json!(14));
    }

    #[test]
    fn numbers_are_shown_only_when_they_are_shared_ids() {
        for (id, kept) in [
            (json!(100_001), json!(100_001)),
            (json!(0), json!(0)),
            (json!(-5), json!(-5)),
            (json!(901_083), json!("<unlisted six digits>")),
            (json!(475_013_359_881_234_567_u64), json!("<unlisted 18 digits>")),
            (json!(1.5), json!("<unlisted 3 characters>")),
            (json!("901083"), json!("<unlisted six digits>")),
        ] {
            let body = json!({ "id": id });
            let found = request(row(Call::ConfirmEmail), &body, &mut Observer(""));
            assert_eq!(found, json!({ "id": kept }), "{id}");
        }
    }

    #[test]
    fn secrets_and_strangers_become_labels() {
        let body = json!({
            "id": 5, "token": "004711", "correlationType": 0, "note": "004711", "my-canary-1": true
        });
        let kept = request(row(Call::ConfirmEmail), &body, &mut Observer("004711"));
        let expected = json!({
            "id": 5, "token": "<email-code#1 newest>", "correlationType": 0,
            "note": "<unlisted six digits>", "<unlisted 11 characters>": "<unlisted flag>"
        });
        assert_eq!(kept, expected);
    }

    #[test]
    fn personal_data_shows_its_form_only() {
        let body = json!({ "merchantId": 1, "email": "anna@example.org" });
        let kept = request(row(Call::CreateUser), &body, &mut Observer(""));
        assert_eq!(kept, json!({ "merchantId": 1, "email": "<personal e-mail>" }));
    }

    #[test]
    fn a_number_in_a_secret_field_is_hidden() {
        let body = json!({ "id": 5, "code": 714_982 });
        let kept = request(row(Call::VerifyPhone), &body, &mut Observer("714982"));
        assert_eq!(kept["code"], "<email-code#1 newest>");
    }

    #[test]
    fn answers_show_public_members_only() {
        let body = json!({ "access_token": "abc", "expires_in": 3600, "surprise": "abc" });
        let kept = answer(&body, &mut |member, _| {
            (member == "access_token").then(|| Label::new("token#1", &[]))
        });
        assert_eq!(
            kept,
            json!({"access_token": "<token#1>", "expires_in": 3600, "surprise": "<unlisted 3 characters>"})
        );
    }

    #[test]
    fn the_public_list_is_sorted_for_its_search() {
        assert!(PUBLIC_ANSWER_MEMBERS.is_sorted());
    }
}
