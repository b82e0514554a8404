//! Edition 2024-06, how calls are refused. The first row that fits counts, so rows of particular
//! calls and readings stand before the general one. Tables only.

use super::pages::{CONFIRM, CREATE, NEIGHBOUR, SEND_CODE, SEND_MAIL, VERIFY};
use crate::{
    Call, Problem, Provenance, Variant,
    problem::{Family, ProblemRow},
    provenance::{assumed, d24},
    rows::{row, row_when},
    variant::When,
};

const LATER: Provenance = assumed("2025-09 shows this body");
const TITLE: &str = "One or more validation errors occurred.";

pub(super) const PROBLEMS: &[ProblemRow] = &[
    of(Call::CreateUser, row(Problem::Validation, 400, Family::F3, FLAT, CREATED)),
    of(Call::CreateUser, row(Problem::MalformedJson, 400, Family::F3, FLAT, CREATED)),
    of(Call::CreateUser, row(Problem::EmailAlreadyRegistered, 400, Family::F3, FLAT, CREATED)),
    mailed(Problem::Validation, ""),
    mailed_flat(Problem::Validation),
    mailed(Problem::MalformedJson, ""),
    mailed_flat(Problem::MalformedJson),
    mailed(Problem::EmailMismatch, "Email does not match"),
    mailed_flat(Problem::EmailMismatch),
    mailed(Problem::EmailAlreadyRegistered, "Email already registered"),
    mailed_flat(Problem::EmailAlreadyRegistered),
    row(Problem::Validation, 400, Family::F1, TITLE, d24(VERIFY, "400 response")),
    row(Problem::MalformedJson, 400, Family::F7, TITLE, d24(NEIGHBOUR, "400 response")),
    row(
        Problem::EmailMismatch,
        400,
        Family::F2,
        "Email does not match",
        assumed("the address must equal the registered one; no page shows the refusal"),
    ),
    row(
        Problem::EmailAlreadyRegistered,
        400,
        Family::F2,
        "Email already registered",
        assumed("no page tells; worded like the 'Phone already registered' of 2025-09"),
    ),
    ProblemRow {
        calls: &[Call::ConfirmEmail],
        ..row_when(
            Problem::UserNotFound,
            &[When(Variant::UnknownUser, "by-page")],
            (400, Family::F2Short),
            "Invalid User",
            assumed("2025-09 names the case on confirm-email; its body is cut"),
        )
    },
    row_when(
        Problem::UserNotFound,
        &[When(Variant::UnknownUser, "bad-request")],
        (400, Family::F2),
        "UserNotFound",
        d24(CONFIRM, "400 response"),
    ),
    row_when(
        Problem::UserNotFound,
        &[When(Variant::NotFoundBody, "all-null")],
        (404, Family::F4),
        "",
        LATER,
    ),
    row_when(
        Problem::UserNotFound,
        &[When(Variant::NotFoundBody, "empty")],
        (404, Family::Empty),
        "",
        assumed("a gateway may answer 404 on its own"),
    ),
    row(
        Problem::UserNotFound,
        404,
        Family::Plain,
        "Not Found",
        assumed("2026-05 answers 404; the body is the framework's"),
    ),
    row_when(
        Problem::PhoneAlreadyRegistered,
        &[When(Variant::TakenPhoneText, "spaced")],
        (400, Family::F2),
        "Phone already registered",
        LATER,
    ),
    row(
        Problem::PhoneAlreadyRegistered,
        400,
        Family::F2,
        "PhoneAlreadyRegistered",
        d24(SEND_CODE, "400 response"),
    ),
    row_when(
        Problem::ServerError,
        &[When(Variant::ServerErrorBody, "problem-details")],
        (500, Family::Plain),
        "An error occurred while processing your request.",
        assumed("2025-09 allows a problem document"),
    ),
    row_when(
        Problem::ServerError,
        &[When(Variant::ServerErrorBody, "empty")],
        (500, Family::Empty),
        "",
        assumed("2025-09 says that the body is empty"),
    ),
    row_when(
        Problem::ServerError,
        &[When(Variant::ServerErrorBody, "gateway-html")],
        (500, Family::Html),
        "Internal Server Error",
        assumed("a proxy in front answers in HTML when the service behind it fails"),
    ),
    row(Problem::ServerError, 500, Family::F3, "Server Error", d24(CREATE, "500 response")),
];

const FLAT: &str = "Bad Request";
const CREATED: Provenance = d24(CREATE, "400 response");

const fn of(call: Call, row: ProblemRow) -> ProblemRow {
    let calls: &[Call] = match call {
        Call::CreateUser => &[Call::CreateUser],
        _ => &[Call::SendEmailConfirmation],
    };
    ProblemRow { calls, ..row }
}

/// The array that 2025-09 names beside the other forms.
const fn mailed(problem: Problem, text: &'static str) -> ProblemRow {
    let when = &[When(Variant::SendConfirmationErrors, "array")];
    let row = row_when(problem, when, (400, Family::F5), text, assumed("2025-09 names this form"));
    of(Call::SendEmailConfirmation, row)
}

const fn mailed_flat(problem: Problem) -> ProblemRow {
    let when = &[When(Variant::SendConfirmationErrors, "flat")];
    let shown = d24(SEND_MAIL, "400 response");
    of(Call::SendEmailConfirmation, row_when(problem, when, (400, Family::F3), FLAT, shown))
}
