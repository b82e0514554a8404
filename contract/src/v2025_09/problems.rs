//! Edition 2025-09, how calls are refused. The first row that fits counts, so rows of particular
//! calls and readings stand before the general one. Tables only.

use super::pages::*;
use crate::{
    Call, Problem, Variant,
    problem::{Family, ProblemRow},
    provenance::{assumed, d25},
    rows::{row, row_when},
    variant::When,
};

pub(super) const PROBLEMS: &[ProblemRow] = &[
    of_send_confirmation(Problem::Validation, Family::F5, ""),
    of_send_confirmation(Problem::MalformedJson, Family::F5, ""),
    of_send_confirmation(Problem::EmailMismatch, Family::F5, "Email does not match"),
    of_send_confirmation(Problem::EmailAlreadyRegistered, Family::F5, "Email already registered"),
    of_send_confirmation(Problem::Validation, Family::F3, "Bad Request"),
    of_send_confirmation(Problem::MalformedJson, Family::F3, "Bad Request"),
    of_send_confirmation(Problem::EmailMismatch, Family::F3, "Bad Request"),
    of_send_confirmation(Problem::EmailAlreadyRegistered, Family::F3, "Bad Request"),
    row_when(
        Problem::InvalidToken,
        &[When(Variant::ConfirmEnvelope, "full")],
        (400, Family::F2),
        "Invalid token.",
        assumed("all the other refusals of a business rule have type and traceId"),
    ),
    row(
        Problem::InvalidToken,
        400,
        Family::F2Short,
        "Invalid token.",
        d25(CONFIRM, "400 response"),
    ),
    row_when(
        Problem::UserNotFound,
        &[When(Variant::UnknownUser, "bad-request")],
        (400, Family::F2),
        "UserNotFound",
        assumed("2024-06 answers unknown users so"),
    ),
    ProblemRow {
        calls: &[Call::ConfirmEmail],
        ..row_when(
            Problem::UserNotFound,
            &[When(Variant::UnknownUser, "by-page")],
            (400, Family::F2Short),
            "Invalid User",
            assumed("confirm-email names the case; its body is cut, so it takes its neighbour's"),
        )
    },
    row_when(
        Problem::UserNotFound,
        &[When(Variant::NotFoundBody, "problem-details")],
        (404, Family::Plain),
        "Not Found",
        assumed("the documented body looks like a generated sample, not a capture"),
    ),
    row_when(
        Problem::UserNotFound,
        &[When(Variant::NotFoundBody, "empty")],
        (404, Family::Empty),
        "",
        assumed("a gateway may answer 404 on its own"),
    ),
    row(Problem::UserNotFound, 404, Family::F4, "", d25(SEND_CODE, "404 response")),
    row_when(
        Problem::PhoneAlreadyRegistered,
        &[When(Variant::TakenPhoneText, "joined")],
        (400, Family::F2),
        "PhoneAlreadyRegistered",
        assumed("2024-06 shows this text"),
    ),
    row(
        Problem::PhoneAlreadyRegistered,
        400,
        Family::F2,
        "Phone already registered",
        d25(SEND_CODE, "400 response"),
    ),
    row_when(
        Problem::ServerError,
        &[When(Variant::ServerErrorBody, "problem-details")],
        (500, Family::Plain),
        "An error occurred while processing your request.",
        d25(STATUS, "5xx response"),
    ),
    row_when(
        Problem::ServerError,
        &[When(Variant::ServerErrorBody, "flat")],
        (500, Family::F3),
        "Server Error",
        assumed("2024-06 shows this body"),
    ),
    row_when(
        Problem::ServerError,
        &[When(Variant::ServerErrorBody, "gateway-html")],
        (500, Family::Html),
        "Internal Server Error",
        assumed("a proxy in front answers in HTML when the service behind it fails"),
    ),
    row(Problem::ServerError, 500, Family::Empty, "", d25(SEND_CODE, "500 response")),
    row(
        Problem::Validation,
        400,
        Family::F1,
        "One or more validation errors occurred.",
        d25(CREATE, "400 response"),
    ),
    row(
        Problem::MalformedJson,
        400,
        Family::F7,
        "One or more validation errors occurred.",
        assumed("2024-06 shows this body on a neighbouring service of the same platform"),
    ),
    row(
        Problem::EmailAlreadyRegistered,
        400,
        Family::F2,
        "Email already registered",
        assumed("no page tells; worded like the documented 'Phone already registered'"),
    ),
    row(
        Problem::EmailMismatch,
        400,
        Family::F2,
        "Email does not match",
        assumed("the address must equal the registered one; no page shows the refusal"),
    ),
    row(Problem::InvalidCode, 400, Family::F2, "Invalid code.", d25(VERIFY, "400 response")),
];

/// A refusal of send-confirmation under one reading of its form.
const fn of_send_confirmation(problem: Problem, family: Family, text: &'static str) -> ProblemRow {
    let (when, provenance): (&'static [When], _) = match family {
        Family::F3 => {
            (&[When(Variant::SendConfirmationErrors, "flat")], assumed("2024-06 shows this body"))
        }
        _ => (
            &[When(Variant::SendConfirmationErrors, "array")],
            d25(RESEND_MAIL, "400 response, second form"),
        ),
    };
    ProblemRow {
        calls: &[Call::SendEmailConfirmation],
        ..row_when(problem, when, (400, family), text, provenance)
    }
}
