//! Messages copied from the provider's pages, read into the wire types and written back. They come
//! from outside, so a mistake that both of our sides share would still show.

use contract::{
    lists::CodeList,
    wire::{
        ALL_NULL_PROBLEM, AddAdditionalData, ConfirmEmail, ConfirmEmailInText, Confirmed,
        Correlated, CreateUser, CreatedUser, EnrollIndividual, Finalize, Finalized, FlatError,
        Identification, KycDocuments, ListEntry, ProblemBody, SendEmailConfirmation, SendPhoneCode,
        UserStatus, VerifiedFlags, VerifyPhone,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// One message: its file, and the page and section that show it.
struct Golden {
    file: &'static str,
    source: &'static str,
    both_ways: fn(&str) -> Result<Value, serde_json::Error>,
}

fn through<T: DeserializeOwned + Serialize>(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_str::<T>(text)?)
}

macro_rules! golden {
    ($file:literal, $kind:ty, $source:literal) => {
        Golden { file: $file, source: $source, both_ways: through::<$kind> }
    };
}

const MESSAGES: &[Golden] = &[
    golden!("2025-09/create-user.request", CreateUser, "create-user, example"),
    golden!("2025-09/create-user.response", CreatedUser, "create-user, 201"),
    golden!("2025-09/validation.problem", ProblemBody, "create-user, 400"),
    golden!("2025-09/business-rule.problem", ProblemBody, "send-verification-code, 400"),
    golden!("2025-09/email-confirm-short.problem", ProblemBody, "confirm-email, 400"),
    golden!("2025-09/not-found.problem", Value, "send-verification-code, 404"),
    golden!("2025-09/create-user-empty-email.problem", ProblemBody, "create-user, 400, cut there"),
    golden!(
        "2025-09/verify-phone-missing-code.problem",
        ProblemBody,
        "verify-the-phone-number, 400; its traceId is elided there"
    ),
    golden!(
        "2025-09/verify-phone-invalid-code.problem",
        ProblemBody,
        "verify-the-phone-number, 400; its traceId is elided there"
    ),
    golden!("2024-06/create-user.response", CreatedUser, "create-user, 201"),
    golden!("2024-06/bad-request.problem", FlatError, "create-user, 400"),
    golden!("2024-06/server-error.problem", FlatError, "create-user, 500"),
    golden!("2024-06/confirm-email.request", ConfirmEmailInText, "confirm-email, example"),
    golden!("2024-06/user-not-found.problem", ProblemBody, "confirm-email, 400"),
    golden!("2024-06/confirm-email-missing-token.problem", ProblemBody, "confirm-email, 400"),
    golden!("2024-06/send-code.response", Value, "send-verification-code, 200"),
    golden!("2024-06/taken-phone.problem", ProblemBody, "send-verification-code, 400"),
    golden!("2024-06/verify-phone.request", VerifyPhone, "verify-the-phone-number, example"),
    golden!("2024-06/verify-phone.response", Value, "verify-the-phone-number, 200"),
    golden!(
        "2024-06/verify-phone-missing-code.problem",
        ProblemBody,
        "verify-the-phone-number, 400"
    ),
    golden!("2024-06/user-status.response", VerifiedFlags, "check-user-status, 200"),
    golden!("2024-06/enroll-individual.request", EnrollIndividual, "1006, request body"),
    golden!("2024-06/malformed-json.problem", ProblemBody, "transactions-list, 400"),
    golden!("2025-09/confirm-email.request", ConfirmEmail, "confirm-email, example"),
    golden!(
        "2025-09/send-confirmation.request",
        SendEmailConfirmation,
        "send-email-verification-code, example"
    ),
    golden!("2025-09/send-code.request", SendPhoneCode, "send-verification-code, example"),
    golden!("2025-09/verify-phone.request", VerifyPhone, "verify-the-phone-number, example"),
    golden!(
        "2025-09/add-additional-data.request",
        AddAdditionalData,
        "user-add-additional-data, example"
    ),
    golden!("2025-09/finalize.request", Finalize, "finalize-external-identification-api, example"),
    golden!("2025-09/finalize.response", Finalized, "finalize-external-identification-api, 200"),
    golden!("2025-09/user-status.response", UserStatus, "check-user-status, 200"),
    golden!(
        "2025-09/status-to-sign.response",
        Identification,
        "get-identification-process-status, 200"
    ),
    golden!(
        "2026-05/initiate.response",
        Identification,
        "initiate-external-identification-api, 200"
    ),
    golden!("2026-05/confirm-email.request", ConfirmEmail, "confirm-email, request body"),
    golden!("2026-05/confirm-email.response", Confirmed, "confirm-email, 200"),
    golden!(
        "2026-05/send-code.request",
        Correlated<SendPhoneCode>,
        "send-verification-code, request body"
    ),
    golden!(
        "2026-05/verify-phone.request",
        Correlated<VerifyPhone>,
        "verify-the-phone-number, request body"
    ),
    golden!("2026-05/user-status.response", UserStatus, "check-user-status, 200"),
    golden!(
        "2026-05/status-to-sign.response",
        Identification,
        "get-identification-process-status, 200"
    ),
    golden!("2026-05/kyc-documents.response", KycDocuments, "457, response"),
    golden!("2026-05/source-of-funds.response", Vec<ListEntry>, "source-of-funds, 200"),
    golden!("2026-05/account-purpose.response", Vec<ListEntry>, "account-purposes, 200"),
    golden!("2026-05/main-activity.response", Vec<ListEntry>, "989, 200"),
    golden!("2026-05/financing-method.response", Vec<ListEntry>, "319, 200"),
];

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

pub(crate) fn text(name: &str) -> String {
    let path = folder().join(format!("{name}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn each_message_survives_both_directions() {
    for golden in MESSAGES {
        let text = text(golden.file);
        let shown: Value = serde_json::from_str(&text).expect("golden messages are JSON");
        let ours = (golden.both_ways)(&text);
        let ours = ours.unwrap_or_else(|error| panic!("{}: {error}", golden.file));
        assert_eq!(ours, shown, "{} ({})", golden.file, golden.source);
    }
}

#[test]
fn no_file_is_forgotten() {
    let mut files = Vec::new();
    for edition in ["2024-06", "2025-09", "2026-05"] {
        for entry in std::fs::read_dir(folder().join(edition)).expect("a folder") {
            let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
            files.push(format!("{edition}/{}", name.trim_end_matches(".json")));
        }
    }
    let mut listed: Vec<_> = MESSAGES.iter().map(|golden| golden.file.to_owned()).collect();
    files.sort();
    listed.sort();
    assert_eq!(files, listed);
}

#[test]
fn the_all_null_problem_is_the_shown_one() {
    let shown: Value = serde_json::from_str(&text("2025-09/not-found.problem")).expect("JSON");
    assert_eq!(serde_json::from_str::<Value>(ALL_NULL_PROBLEM).expect("JSON"), shown);
}

#[test]
fn the_lists_hold_what_the_pages_show() {
    for list in CodeList::ALL {
        let name = format!("2026-05/{}.response", list.call().name());
        let shown: Vec<ListEntry> = serde_json::from_str(&text(&name)).expect("a list");
        let ours: Vec<_> = list
            .entries()
            .map(|(value, label)| ListEntry { label: label.to_owned(), value })
            .collect();
        assert_eq!(ours, shown, "{name}");
    }
}
