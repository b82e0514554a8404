//! The golden messages against the rows: what the provider shows must be what our tables say.

use std::collections::BTreeSet;

use contract::{
    Call, Edition, EndpointRow, Problem, Tables, Variant, Variants,
    answer::{MemberKind, MemberRow, Shape},
    field::{Fault, Kind, Need, Place},
    message::MessageKind,
    problem::Family,
    wire::{FlatError, ProblemBody},
};
use serde_json::Value;

use crate::golden::text;

fn row(call: Call) -> &'static EndpointRow {
    Edition::E2025_09.tables().unwrap().endpoint(call).unwrap()
}

const REQUESTS: &[(&str, Call)] = &[
    ("2024-06/confirm-email", Call::ConfirmEmail),
    ("2024-06/verify-phone", Call::VerifyPhone),
    ("2024-06/enroll-individual", Call::EnrollIndividual),
    ("2025-09/create-user", Call::CreateUser),
    ("2025-09/confirm-email", Call::ConfirmEmail),
    ("2025-09/send-confirmation", Call::SendEmailConfirmation),
    ("2025-09/send-code", Call::SendPhoneCode),
    ("2025-09/verify-phone", Call::VerifyPhone),
    ("2025-09/add-additional-data", Call::AddAdditionalData),
    ("2025-09/finalize", Call::Finalize),
    ("2026-05/confirm-email", Call::ConfirmEmail),
    ("2026-05/send-code", Call::SendPhoneCode),
    ("2026-05/verify-phone", Call::VerifyPhone),
];

/// The edition that shows a message, and its tables.
fn shown_by(file: &str) -> Option<(Edition, &'static Tables)> {
    let edition: Edition = file.split('/').next()?.parse().unwrap();
    Some((edition, edition.tables()?))
}

/// Every member of a shown request has a row, and every required row is in it.
#[test]
fn requests_hold_what_the_rows_ask_for() {
    for (file, call) in REQUESTS {
        let Some((edition, tables)) = shown_by(file) else { continue };
        let shown: Value = serde_json::from_str(&text(&format!("{file}.request"))).unwrap();
        let mut members = Vec::new();
        collect("", &shown, &mut members);
        let row = tables.endpoint(*call).unwrap();
        for name in &members {
            assert!(row.field(name).is_some(), "{file} has no row for {name}");
        }
        for field in row
            .fields_in(Place::Body, &Variants::of(edition))
            .filter(|field| field.need == Need::Required)
        {
            assert!(members.iter().any(|name| name == field.name), "{file}: {}", field.name);
        }
    }
}

const ANSWERS: &[(&str, Call)] = &[
    ("2024-06/create-user", Call::CreateUser),
    ("2024-06/send-code", Call::SendPhoneCode),
    ("2024-06/verify-phone", Call::VerifyPhone),
    ("2024-06/user-status", Call::UserStatus),
    ("2025-09/create-user", Call::CreateUser),
    ("2025-09/status-to-sign", Call::IdentificationStatus),
    ("2025-09/finalize", Call::Finalize),
    ("2025-09/user-status", Call::UserStatus),
    ("2026-05/confirm-email", Call::ConfirmEmail),
    ("2026-05/initiate", Call::Initiate),
    ("2026-05/status-to-sign", Call::IdentificationStatus),
    ("2026-05/user-status", Call::UserStatus),
    ("2026-05/kyc-documents", Call::KycDocuments),
    ("2026-05/source-of-funds", Call::SourceOfFunds),
];

/// When nobody chooses, a success has exactly the members that its page shows.
#[test]
fn answers_hold_what_the_rows_say() {
    for (file, call) in ANSWERS {
        let Some((edition, tables)) = shown_by(file) else { continue };
        let shown: Value = serde_json::from_str(&text(&format!("{file}.response"))).unwrap();
        let success = tables.endpoint(*call).unwrap().success(&Variants::of(edition)).unwrap();
        match success.shape {
            Shape::Object(members) => assert_eq!(names(&shown), named(members), "{file}"),
            Shape::List(members) => assert_eq!(names(&shown[0]), named(members), "{file}"),
            other => panic!("{file} shows a body, and the row has {other:?}"),
        }
    }
}

/// The members of a value with those inside them.
fn names(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (name, below) in value.as_object().into_iter().flatten() {
        let inside = names_below(below).into_iter().map(|inner| format!("{name}.{inner}"));
        names.extend(inside.chain([name.clone()]));
    }
    names
}

fn names_below(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(names).collect(),
        other => names(other),
    }
}

fn named(members: &[MemberRow]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for member in members {
        names.insert(member.name.to_owned());
        if let MemberKind::Object(inner) | MemberKind::Objects(inner) = member.kind {
            names.extend(named(inner).into_iter().map(|name| format!("{}.{name}", member.name)));
        }
    }
    names
}

fn collect(path: &str, value: &Value, members: &mut Vec<String>) {
    for (name, below) in value.as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        collect(&path, below, members);
        members.push(path);
    }
}

const PROBLEMS: &[(&str, Call, Problem)] = &[
    ("2024-06/user-not-found", Call::ConfirmEmail, Problem::UserNotFound),
    ("2024-06/confirm-email-missing-token", Call::ConfirmEmail, Problem::Validation),
    ("2024-06/taken-phone", Call::SendPhoneCode, Problem::PhoneAlreadyRegistered),
    ("2024-06/verify-phone-missing-code", Call::VerifyPhone, Problem::Validation),
    ("2024-06/malformed-json", Call::VerifyPhone, Problem::MalformedJson),
    ("2025-09/validation", Call::CreateUser, Problem::Validation),
    ("2025-09/business-rule", Call::SendPhoneCode, Problem::PhoneAlreadyRegistered),
    ("2025-09/email-confirm-short", Call::ConfirmEmail, Problem::InvalidToken),
    ("2025-09/verify-phone-invalid-code", Call::VerifyPhone, Problem::InvalidCode),
    ("2025-09/verify-phone-missing-code", Call::VerifyPhone, Problem::Validation),
];

/// Status, family and literal text of a problem are those of the shown body.
#[test]
fn problems_look_as_shown() {
    for (file, call, problem) in PROBLEMS {
        let Some((edition, tables)) = shown_by(file) else { continue };
        let variants = Variants::of(edition);
        let row = tables.problem(*problem, Some(*call), &variants).unwrap();
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
        let sampled = variants.reads(Variant::TraceFlags, "sampled");
        let flags = if sampled { "-01" } else { "-00" };
        assert!(shown.trace_id.is_none_or(|trace| trace.ends_with(flags)), "{file}");
    }
}

/// The flat bodies of 2024-06.
#[test]
fn flat_problems_look_as_shown() {
    for (file, problem) in [
        ("2024-06/bad-request", Problem::Validation),
        ("2024-06/server-error", Problem::ServerError),
    ] {
        let Some((edition, tables)) = shown_by(file) else { continue };
        for call in [Call::CreateUser, Call::SendEmailConfirmation] {
            let row = tables.problem(problem, Some(call), &Variants::of(edition)).unwrap();
            let shown: FlatError = serde_json::from_str(&text(&format!("{file}.problem"))).unwrap();
            assert_eq!(row.family, Family::F3, "{file}");
            assert_eq!((shown.error_code, &*shown.error_message), (row.status, row.text));
        }
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
