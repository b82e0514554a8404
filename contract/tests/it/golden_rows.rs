//! The golden messages against the rows: what the provider shows must be what our tables say.

use contract::{
    Call, Edition, EndpointRow, Problem, Variants,
    field::{Fault, Kind, Need, Place},
    message::MessageKind,
    problem::Family,
    wire::ProblemBody,
};
use serde_json::Value;

use crate::golden::text;

fn row(call: Call) -> &'static EndpointRow {
    Edition::E2025_09.tables().unwrap().endpoint(call).unwrap()
}

/// Every member of a shown request has a row, and every required row is in it.
#[test]
fn requests_hold_what_the_rows_ask_for() {
    for (file, call) in [
        ("create-user", Call::CreateUser),
        ("confirm-email", Call::ConfirmEmail),
        ("send-confirmation", Call::SendEmailConfirmation),
        ("send-code", Call::SendPhoneCode),
        ("verify-phone", Call::VerifyPhone),
        ("add-additional-data", Call::AddAdditionalData),
        ("finalize", Call::Finalize),
    ] {
        let shown: Value = serde_json::from_str(&text(&format!("2025-09/{file}.request"))).unwrap();
        let mut members = Vec::new();
        collect("", &shown, &mut members);
        let row = row(call);
        for name in &members {
            assert!(row.field(name).is_some(), "{call} has no row for {name}");
        }
        for field in row
            .fields_in(Place::Body, &Variants::default())
            .filter(|field| field.need == Need::Required)
        {
            assert!(members.iter().any(|name| name == field.name), "{call}: {}", field.name);
        }
    }
}

fn collect(path: &str, value: &Value, members: &mut Vec<String>) {
    for (name, below) in value.as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        collect(&path, below, members);
        members.push(path);
    }
}

/// Status, family and literal text of a problem are those of the shown body.
#[test]
fn problems_look_as_shown() {
    for (file, problem) in [
        ("2025-09/validation", Problem::Validation),
        ("2025-09/business-rule", Problem::PhoneAlreadyRegistered),
        ("2025-09/email-confirm-short", Problem::InvalidToken),
        ("2025-09/verify-phone-invalid-code", Problem::InvalidCode),
        ("2025-09/verify-phone-missing-code", Problem::Validation),
        ("2024-06/malformed-json", Problem::MalformedJson),
    ] {
        let tables = Edition::E2025_09.tables().unwrap();
        let row = tables.problem(problem, None, &Variants::default()).unwrap();
        let shown: ProblemBody = serde_json::from_str(&text(&format!("{file}.problem"))).unwrap();
        assert_eq!(shown.status, Some(row.status), "{file}");
        let title = shown.title.as_deref().unwrap();
        match row.family {
            Family::F1 | Family::F7 => assert_eq!(title, row.text, "{file}"),
            Family::F2 | Family::F2Short => {
                let errors = shown.errors.as_ref().unwrap();
                assert_eq!((title, &errors["Error"][..]), ("Bad Request", &[row.text.into()][..]));
            }
            other => panic!("{file} shows a body, and {other:?} has none of its kind"),
        }
        assert_eq!(shown.kind.is_none(), row.family == Family::F2Short, "{file}");
    }
}

/// The sentences about fields are the provider's own.
#[test]
fn fields_are_complained_of_as_shown() {
    for (file, call, name, fault) in [
        ("validation", Call::CreateUser, "email", Fault::Malformed),
        ("create-user-empty-email", Call::CreateUser, "email", Fault::Missing),
        ("verify-phone-missing-code", Call::VerifyPhone, "code", Fault::Missing),
    ] {
        let shown: ProblemBody =
            serde_json::from_str(&text(&format!("2025-09/{file}.problem"))).unwrap();
        let field = row(call).field(name).unwrap();
        let ours: Vec<_> = field
            .sentences(&fault, &Variants::default())
            .iter()
            .map(contract::problem::Text::full)
            .collect();
        assert_eq!(shown.errors.unwrap()[field.key], ours, "{file}");
    }
}

/// The codes of the shown questionnaire are on our lists.
#[test]
fn the_shown_questionnaire_uses_our_codes() {
    let shown: Value = serde_json::from_str(&text("2025-09/add-additional-data.request")).unwrap();
    let mut seen = 0;
    for field in row(Call::AddAdditionalData).fields {
        let shown = field.name.split('.').fold(&shown, |value, name| &value[name]);
        match field.kind {
            Kind::Code(list) => {
                assert!(list.has(shown.as_str().unwrap()), "{}", field.name);
                seen += 1;
            }
            Kind::Marker(marker) => assert_eq!(shown, marker),
            _ => {}
        }
    }
    assert_eq!(seen, 4);
}

/// send-verification-code shows one SMS.
#[test]
fn the_sms_reads_as_shown() {
    assert_eq!(MessageKind::PhoneVerification.text(), "Your security code is: ");
}
