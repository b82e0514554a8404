//! How calls are refused where an edition's own pages show nothing: carried over from the others or
//! argued, so every row is assumed. An edition that says anything of a refusal says all of it in
//! its own table, and these rows then stand back. Tables only.

use crate::{
    Call, Problem, Variant,
    problem::{Family, ProblemRow},
    provenance::assumed,
    rows::{row, row_when},
    variant::When,
};

/// The rows, in the order in which they are asked.
pub(crate) const PROBLEMS: &[ProblemRow] = &[
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
        assumed("2025-09 shows this body"),
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
    row(
        Problem::UserNotFound,
        404,
        Family::F4,
        "",
        assumed("2025-09 shows this body, which looks generated"),
    ),
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
        assumed("2025-09 shows this body"),
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
    row(
        Problem::ServerError,
        500,
        Family::Empty,
        "",
        assumed("2025-09 says that the body is empty"),
    ),
    row(
        Problem::Validation,
        400,
        Family::F1,
        "One or more validation errors occurred.",
        assumed("2025-09 shows this body"),
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
    row(
        Problem::EmailNotConfirmed,
        400,
        Family::F2,
        "Email not confirmed",
        assumed("confirm-email says the user cannot go on without it; no page shows the refusal"),
    ),
    row(
        Problem::PhoneNotEligible,
        400,
        Family::F2,
        "Phone not eligible",
        assumed("2026-05 answers 400 for a verified or missing number, without a text"),
    ),
    row(
        Problem::PhoneNotVerified,
        400,
        Family::F2,
        "Phone not verified",
        assumed("2026-05 answers 400 to a user in the wrong state, without a text"),
    ),
    row(Problem::InvalidCode, 400, Family::F2, "Invalid code.", assumed("2025-09 shows this body")),
    row(
        Problem::RestartRequired,
        400,
        Family::F2,
        "Identification must be restarted",
        assumed("2026-05 answers 400 to a user in the wrong state, without a text"),
    ),
    row(
        Problem::AlreadyIdentified,
        400,
        Family::F2,
        "User already identified",
        assumed("2026-05 answers 400 to a user in the wrong state, without a text"),
    ),
    row_when(
        Problem::SessionNotFound,
        &[When(Variant::NotFoundBody, "problem-details")],
        (404, Family::Plain),
        "Not Found",
        assumed("the documented body looks like a generated sample, not a capture"),
    ),
    row_when(
        Problem::SessionNotFound,
        &[When(Variant::NotFoundBody, "empty")],
        (404, Family::Empty),
        "",
        assumed("a gateway may answer 404 on its own"),
    ),
    row(
        Problem::SessionNotFound,
        404,
        Family::F4,
        "",
        assumed("2026-05 answers 400 or 404 to an unknown session; 404 fits a missing thing"),
    ),
    row(
        Problem::NotStartedYet,
        400,
        Family::F2,
        "Identification not started",
        assumed("2026-05 answers 400 or 404 to an unknown session, without a text"),
    ),
    row(
        Problem::NotSignedYet,
        400,
        Family::F2,
        "Documents not signed",
        assumed("2026-05 answers 400 before DOCUMENT_SIGN_SUCCESS, without a text"),
    ),
    row(
        Problem::QuestionnaireMissing,
        400,
        Family::F2,
        "Additional data missing",
        assumed("2026-05 answers 400 while additional data are missing, without a text"),
    ),
    row(
        Problem::QuestionnaireTooEarly,
        400,
        Family::F2,
        "Documents not signed",
        assumed("2026-05 answers 400 to a user in the wrong state, without a text"),
    ),
    row(
        Problem::QuestionnaireRepeated,
        400,
        Family::F2,
        "Additional data already submitted",
        assumed("no page speaks of a second questionnaire"),
    ),
    row(
        Problem::RestartRefused,
        400,
        Family::F2,
        "Identification failed",
        assumed("2026-05 answers 400 to a user in the wrong state, without a text"),
    ),
    row(
        Problem::IdentificationFailed,
        400,
        Family::F2,
        "Identification failed",
        assumed("no page shows a poll after a failure; 2026-05 has a 400"),
    ),
    row(
        Problem::AlreadyEnrolled,
        400,
        Family::F2,
        "Individual already enrolled",
        assumed("no page shows a second enrolment; broken rules are answered so"),
    ),
    row_when(
        Problem::NothingFound,
        &[When(Variant::NotFoundBody, "problem-details")],
        (404, Family::Plain),
        "Not Found",
        assumed("2026-05 answers 404 to an empty list of transactions, without a body"),
    ),
    row_when(
        Problem::NothingFound,
        &[When(Variant::NotFoundBody, "empty")],
        (404, Family::Empty),
        "",
        assumed("a gateway may answer 404 on its own"),
    ),
    row(Problem::NothingFound, 404, Family::F4, "", assumed("the 404 of 2025-09 has this body")),
    row(
        Problem::SubmissionPending,
        400,
        Family::F2,
        "Submission pending",
        assumed("2026-05 gives the status and the case, and no body"),
    ),
    row(
        Problem::IndividualNotFound,
        404,
        Family::Plain,
        "Not Found",
        assumed("2026-05 gives the status and the case, and no body"),
    ),
    row(
        Problem::DocumentsPurged,
        410,
        Family::Plain,
        "Gone",
        assumed("2026-05 gives the status and the case, and no body"),
    ),
];

/// A refusal of send-confirmation under one reading of its form.
const fn of_send_confirmation(problem: Problem, family: Family, text: &'static str) -> ProblemRow {
    let (when, provenance): (&'static [When], _) = match family {
        Family::F3 => {
            (&[When(Variant::SendConfirmationErrors, "flat")], assumed("2024-06 shows this body"))
        }
        _ => (
            &[When(Variant::SendConfirmationErrors, "array")],
            assumed("2025-09 names this form of the body"),
        ),
    };
    ProblemRow {
        calls: &[Call::SendEmailConfirmation],
        ..row_when(problem, when, (400, family), text, provenance)
    }
}
