//! The open questions, in the order of [`Variant`]; a test holds the two together.
//! The first reading of a row is its default; whoever adds a question adds the tests that tell its
//! readings apart.

use super::{Reading, Variant, VariantRow};
use crate::provenance::{assumed, d25};

pub(super) static ROWS: [VariantRow; Variant::ALL.len()] = [
    VariantRow {
        variant: Variant::MtlsRefusal,
        id: "mtls-refusal",
        question: "What does a missing or bad client certificate get at the mutual-TLS endpoints?",
        readings: &[
            Reading {
                id: "http-403-empty",
                meaning: "the handshake succeeds and the endpoint answers 403 without a body",
                provenance: assumed(
                    "IdentityServer4, the likeliest server, forbids after its own check",
                ),
            },
            Reading {
                id: "tls-alert",
                meaning: "the auth listener refuses the handshake with a TLS alert",
                provenance: assumed(
                    "a server that demands certificates in the handshake does this",
                ),
            },
            Reading {
                id: "http-400-json",
                meaning: "400 with invalid_client and the description 'mTLS authentication failed.'",
                provenance: assumed("Duende IdentityServer 7.3 and later answer so"),
            },
            Reading {
                id: "http-400-html",
                meaning: "400 with an HTML page from the proxy in front",
                provenance: assumed("nginx with client verification answers so"),
            },
        ],
    },
    VariantRow {
        variant: Variant::NotFoundBody,
        id: "not-found-body",
        question: "What does the 404 for an unknown user hold?",
        readings: &[
            Reading {
                id: "all-null",
                meaning: "problem details whose members are null, with one additional property",
                provenance: d25("send-verification-code", "404 response"),
            },
            Reading {
                id: "problem-details",
                meaning: "the framework's own 404 problem with type, title, status and traceId",
                provenance: assumed(
                    "the documented body looks like a generated sample, not a capture",
                ),
            },
            Reading {
                id: "empty",
                meaning: "no body",
                provenance: assumed("a gateway may answer 404 on its own"),
            },
        ],
    },
    VariantRow {
        variant: Variant::SendConfirmationErrors,
        id: "send-confirmation-errors",
        question: "Is a 400 of send-confirmation a problem document or an array of errors?",
        readings: &[
            Reading {
                id: "problem",
                meaning: "a validation problem keyed by field",
                provenance: d25("send-email-verification-code", "400 response, first form"),
            },
            Reading {
                id: "array",
                meaning: "a JSON array with one object per error",
                provenance: d25("send-email-verification-code", "400 response, second form"),
            },
        ],
    },
    VariantRow {
        variant: Variant::JsonReading,
        id: "json-reading",
        question: "Does the API convert JSON values of another type, such as \"172\" for 172?",
        readings: &[
            Reading {
                id: "strict",
                meaning: "no: an id must be a JSON number, a flag a JSON boolean, a code a JSON string",
                provenance: assumed(
                    "the field tables say integer; no page tells what a text in its place gets",
                ),
            },
            Reading {
                id: "newtonsoft",
                meaning: "yes: numbers and flags are also read from strings, texts from numbers",
                provenance: assumed(
                    "the framework that the error samples betray converts by default",
                ),
            },
        ],
    },
    VariantRow {
        variant: Variant::TokenConfirmation,
        id: "token-confirmation",
        question: "What does the token's cnf.x5t#S256 hold?",
        readings: &[
            Reading {
                id: "sha1-hex",
                meaning: "the SHA-1 thumbprint in upper-case hex",
                provenance: assumed(
                    "IdentityServer4 3.x, which the form field betrays, writes this",
                ),
            },
            Reading {
                id: "sha256",
                meaning: "the unpadded base64url SHA-256 of RFC 8705 section 3.1",
                provenance: assumed("IdentityServer4 4.0 and later follow the RFC"),
            },
        ],
    },
    VariantRow {
        variant: Variant::ThumbprintHash,
        id: "thumbprint-hash",
        question: "Which hash of the certificate does the token request's form field carry?",
        readings: &[
            Reading {
                id: "sha1",
                meaning: "40 upper-case hex digits",
                provenance: assumed("the word thumbprint means SHA-1 on the provider's platform"),
            },
            Reading {
                id: "sha256",
                meaning: "64 upper-case hex digits",
                provenance: assumed("the page names no algorithm, and SHA-1 is being retired"),
            },
        ],
    },
    VariantRow {
        variant: Variant::ResendWhenVerified,
        id: "resend-when-verified",
        question: "What does resend-code answer when the phone is verified already?",
        readings: &[
            Reading {
                id: "refuse",
                meaning: "400: the phone is not eligible",
                provenance: assumed("2026-05 lists a verified phone under its 400"),
            },
            Reading {
                id: "accept",
                meaning: "204, and no SMS is sent",
                provenance: assumed("the notes of the same 2026-05 page call it idempotent"),
            },
        ],
    },
    VariantRow {
        variant: Variant::SendWhenVerified,
        id: "send-when-verified",
        question: "What does send-code answer when a phone is verified already?",
        readings: &[
            Reading {
                id: "accept",
                meaning: "204, and no SMS is sent",
                provenance: assumed(
                    "2026-05 calls it idempotent; 2025-09 does not mention the case",
                ),
            },
            Reading {
                id: "refuse",
                meaning: "400: the phone is not eligible",
                provenance: assumed("2025-09 shows a 400 for numbers that cannot be used"),
            },
        ],
    },
    VariantRow {
        variant: Variant::StepOrder,
        id: "step-order",
        question: "Is the order of e-mail, phone and identification enforced?",
        readings: &[
            Reading {
                id: "enforced",
                meaning: "a step before its time is refused with 400",
                provenance: assumed(
                    "confirm-email calls it mandatory before the user goes on, and shows no refusal",
                ),
            },
            Reading {
                id: "open",
                meaning: "each step is taken whenever it comes; identification needs a number on file",
                provenance: assumed(
                    "only the e-mail page speaks of a precondition, and shows no refusal",
                ),
            },
        ],
    },
    VariantRow {
        variant: Variant::PollBeforeInitiate,
        id: "poll-before-initiate",
        question: "What does a poll get before any identification was started?",
        readings: &[
            Reading {
                id: "not-found",
                meaning: "404, as for an unknown user",
                provenance: assumed(
                    "2026-05 answers 400 or 404 to an unknown session; 404 fits a missing thing",
                ),
            },
            Reading {
                id: "bad-request",
                meaning: "400 with a business-rule problem",
                provenance: assumed("2026-05 answers 400 or 404 to an unknown session"),
            },
        ],
    },
    VariantRow {
        variant: Variant::RepeatFinalize,
        id: "repeat-finalize",
        question: "What does a second finalise give?",
        readings: &[
            Reading {
                id: "same",
                meaning: "the same two identifiers",
                provenance: assumed("2026-05 calls the call idempotent"),
            },
            Reading {
                id: "new-correlation",
                meaning: "the same individual under a new correlationId",
                provenance: assumed("a correlationId may belong to the call and not to the user"),
            },
        ],
    },
    VariantRow {
        variant: Variant::DuplicateEmail,
        id: "duplicate-email",
        question: "May two users have one e-mail address?",
        readings: &[
            Reading {
                id: "refuse",
                meaning: "400: the address is registered",
                provenance: assumed("phone numbers are unique by the same provider's own rule"),
            },
            Reading {
                id: "allow",
                meaning: "201, a second user",
                provenance: assumed("no page forbids it, and creation is not idempotent"),
            },
        ],
    },
    VariantRow {
        variant: Variant::MerchantIsolation,
        id: "merchant-isolation",
        question: "Does a merchant see another merchant's users?",
        readings: &[
            Reading {
                id: "isolated",
                meaning: "another merchant's user is as unknown as none",
                provenance: assumed(
                    "a token belongs to one merchant, and personal data must stay with it",
                ),
            },
            Reading {
                id: "shared",
                meaning: "any token reaches any user",
                provenance: assumed("no page ties a user's id to the token's merchant"),
            },
        ],
    },
];
