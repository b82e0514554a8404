//! Open questions about what an answer holds. Tables only.
//! The order of readings says nothing: each edition names the one it takes when nobody chooses.

use super::{everywhere, reading};
use crate::{
    provenance::{assumed, d24, d25, d26},
    variant::{Variant, VariantRow},
};

pub(super) const ROWS: &[VariantRow] = &[
    VariantRow {
        variant: Variant::UnknownUser,
        id: "unknown-user",
        question: "What does a call about an unknown user get?",
        settles: &["C5"],
        usual: ["bad-request", "by-page", "not-found"],
        readings: &[
            reading(
                "by-page",
                "400 Invalid User for a confirmation, 404 elsewhere",
                d25("confirm-email", "400 response"),
            ),
            reading("not-found", "404 everywhere", d26("confirm-email", "responses")),
            reading(
                "bad-request",
                "400 with the text 'UserNotFound'",
                d24("confirm-email", "400 response"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::NotFoundBody,
        id: "not-found-body",
        question: "What does the 404 for an unknown user hold?",
        settles: &["U2"],
        usual: ["problem-details", "all-null", "problem-details"],
        readings: &[
            reading(
                "all-null",
                "problem details whose members are null, with one additional property",
                d25("send-verification-code", "404 response"),
            ),
            reading(
                "problem-details",
                "the framework's own 404 problem with type, title, status and traceId",
                assumed("the documented body looks like a generated sample, not a capture"),
            ),
            reading("empty", "no body", assumed("a gateway may answer 404 on its own")),
        ],
    },
    VariantRow {
        variant: Variant::TakenPhoneText,
        id: "taken-phone-text",
        question: "How does the refusal of a taken number read?",
        settles: &["C6"],
        usual: ["joined", "spaced", "spaced"],
        readings: &[
            reading(
                "spaced",
                "'Phone already registered'",
                d25("send-verification-code", "400 response"),
            ),
            reading(
                "joined",
                "'PhoneAlreadyRegistered'",
                d24("send-verification-code", "400 response"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::SendCodeSuccess,
        id: "send-code-success",
        question: "What does a successful send-code answer?",
        settles: &["C7"],
        usual: ["empty-object", "no-content", "no-content"],
        readings: &[
            reading(
                "no-content",
                "204 without a body",
                d25("send-verification-code", "204 response"),
            ),
            reading(
                "empty-object",
                "200 with an empty object",
                d24("send-verification-code", "200 response"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::ConfirmEmailSuccess,
        id: "confirm-email-success",
        question: "What does a successful e-mail confirmation hold?",
        settles: &["C8"],
        usual: ["empty-object", "empty", "result"],
        readings: &[
            reading("empty", "200 without a body", d25("confirm-email", "200 response")),
            reading(
                "result",
                "200 with success, message and code",
                d26("confirm-email", "200 response"),
            ),
            reading(
                "empty-object",
                "200 with an empty object",
                assumed(
                    "2024-06 shows a block that cannot be read; its neighbours' is an empty object",
                ),
            ),
        ],
    },
    VariantRow {
        variant: Variant::VerifySuccess,
        id: "verify-success",
        question: "What does a successful phone verification hold?",
        settles: &["C9"],
        usual: ["empty-object", "empty", "empty"],
        readings: &[
            reading("empty", "200 without a body", d25("verify-the-phone-number", "200 response")),
            reading(
                "empty-object",
                "200 with an empty object",
                d24("verify-the-phone-number", "200 response"),
            ),
            reading(
                "confirmation",
                "200 with success, message and code, as confirm-email has it",
                assumed("2025-09 allows a minimal confirmation object and does not show it"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::ConfirmEnvelope,
        id: "confirm-email-envelope",
        question: "Does the refusal of an e-mail code carry type and traceId?",
        settles: &["C21"],
        usual: ["full", "short", "full"],
        readings: &[
            reading(
                "short",
                "no: errors, status and title only",
                d25("confirm-email", "400 response"),
            ),
            reading(
                "full",
                "yes, as every other refusal of a business rule",
                assumed("all the other refusals of 2025-09 have them"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::ThrottleStatus,
        id: "throttle-status",
        question: "What does a caller get who asks too often?",
        settles: &["C22"],
        usual: everywhere("bad-request"),
        readings: &[
            reading(
                "bad-request",
                "400 with a business-rule problem",
                d26("resend-phone-verification-code-2", "400 response"),
            ),
            reading(
                "too-many-requests",
                "429 with Retry-After",
                assumed("it is what HTTP has for this, and what most clients expect"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::EmptyAnswer,
        id: "empty-answer",
        question: "What does a question without a result get?",
        settles: &["C25", "U18"],
        usual: everywhere("empty"),
        readings: &[
            reading(
                "empty",
                "200 with an empty array",
                assumed("the usual answer of a list without entries"),
            ),
            reading(
                "not-found",
                "404, as for a missing thing",
                assumed("2026-05 answers 404 to an empty list of transactions"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::SendConfirmationErrors,
        id: "send-confirmation-errors",
        question: "Is a 400 of send-confirmation a problem document or an array of errors?",
        settles: &["F5"],
        usual: ["flat", "problem", "problem"],
        readings: &[
            reading(
                "problem",
                "a validation problem keyed by field",
                d25("send-email-verification-code", "400 response, first form"),
            ),
            reading(
                "array",
                "a JSON array with one object per error",
                d25("send-email-verification-code", "400 response, second form"),
            ),
            reading(
                "flat",
                "an object with errorCode and errorMessage",
                d24("send-email-verification-code", "400 response"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::UnauthorizedBody,
        id: "unauthorized-body",
        question: "What does a 401 hold?",
        settles: &["U2"],
        usual: everywhere("empty"),
        readings: &[
            reading(
                "empty",
                "no body",
                assumed("no page shows a body; the framework's bearer challenge has none"),
            ),
            reading(
                "problem-details",
                "the framework's problem document",
                assumed("a gateway may turn every bare status into a problem document"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::Challenge,
        id: "challenge",
        question: "Does the challenge of a 401 say what is wrong with the token?",
        settles: &["U2"],
        usual: everywhere("described"),
        readings: &[
            reading(
                "described",
                "yes: error and error_description",
                assumed("the framework's bearer handler describes what it refuses"),
            ),
            reading(
                "bare",
                "no: the word Bearer alone",
                assumed("a gateway that validates tokens itself need not tell why"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::ServerErrorBody,
        id: "server-error-body",
        question: "What does a 500 hold?",
        settles: &["F6"],
        usual: ["flat", "empty", "problem-details"],
        readings: &[
            reading("empty", "no body", d25("send-verification-code", "500 response")),
            reading(
                "problem-details",
                "a problem document with a traceId",
                d25("check-user-status", "5xx response"),
            ),
            reading(
                "flat",
                "an object with errorCode and errorMessage",
                d24("create-user", "500 response"),
            ),
            reading(
                "gateway-html",
                "the gateway's own page",
                assumed("a proxy in front answers in HTML when the service behind it fails"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::ValidationWording,
        id: "validation-wording",
        question: "In whose words is a broken rule told where no page shows them?",
        settles: &["U5"],
        usual: everywhere("data-annotations"),
        readings: &[
            reading(
                "data-annotations",
                "the framework's own attributes",
                assumed("the documented required-sentences are theirs"),
            ),
            reading(
                "fluent",
                "FluentValidation's sentences",
                assumed("neighbouring services of the platform show sentences of that library"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::InvalidClientStatus,
        id: "invalid-client-status",
        question: "With which status is an OAuth client refused?",
        settles: &["U13"],
        usual: everywhere("bad-request"),
        readings: &[
            reading(
                "bad-request",
                "400",
                assumed("IdentityServer answers invalid_client with 400"),
            ),
            reading(
                "unauthorized",
                "401 with a challenge",
                assumed(
                    "RFC 6749 section 5.2 permits it, and demands it after Basic authentication",
                ),
            ),
        ],
    },
];
