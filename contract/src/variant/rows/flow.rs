//! Open questions about what a call needs and does. Tables only.
//! The order of readings says nothing: each edition names the one it takes when nobody chooses.

use super::{everywhere, reading};
use crate::{
    provenance::{assumed, d24, d25, d26},
    variant::{Variant, VariantRow},
};

pub(super) const ROWS: &[VariantRow] = &[
    VariantRow {
        variant: Variant::QuestionnaireOrder,
        id: "questionnaire-order",
        question: "When may the questionnaire be submitted?",
        settles: &["C1"],
        usual: ["any-time", "any-time", "before-initiate"],
        readings: &[
            reading(
                "any-time",
                "whenever the user exists",
                assumed("2025-09 lists it as step 10 and shows no refusal"),
            ),
            reading(
                "before-initiate",
                "before identification starts, which is refused without it",
                d26("initiate-external-identification-api", "400 response"),
            ),
            reading(
                "after-signing",
                "only once the documents are signed",
                assumed("2025-09 lists it after DOCUMENT_SIGN_SUCCESS"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::BearerCheck,
        id: "bearer-check",
        question: "Do the calls before the last step need a token?",
        settles: &["C2"],
        usual: everywhere("every-call"),
        readings: &[
            reading("every-call", "yes, each of them", d25("create-user", "headers")),
            reading(
                "optional",
                "no: a call without a token acts for the first merchant",
                assumed("the flow of 2025-09 lists the token last"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::EmailAtCreation,
        id: "email-at-creation",
        question: "May a user be created without an address?",
        settles: &["C11"],
        usual: ["required", "nullable", "nullable"],
        readings: &[
            reading("nullable", "yes: null or left out", d25("create-user", "fields")),
            reading(
                "required",
                "no: 400",
                assumed(
                    "the same table of 2025-09 calls the address required; 2024-06 shows no null",
                ),
            ),
        ],
    },
    VariantRow {
        variant: Variant::FirstMail,
        id: "first-mail",
        question: "Who asks for the first e-mail code?",
        settles: &["C12"],
        usual: ["on-request", "at-creation", "at-creation"],
        readings: &[
            reading(
                "at-creation",
                "nobody: creating the user sends it",
                d25("confirm-email", "introduction"),
            ),
            reading(
                "on-request",
                "the caller, by send-confirmation",
                d24("send-email-verification-code", "introduction"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::MailContent,
        id: "mail-content",
        question: "What does the confirmation mail hold?",
        settles: &["C13"],
        usual: everywhere("code"),
        readings: &[
            reading("code", "six digits", d25("confirm-email", "fields")),
            reading(
                "link",
                "a link that carries the six digits",
                d25("send-email-verification-code", "introduction"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::ResendWhenVerified,
        id: "resend-when-verified",
        question: "What does resend-code answer when the phone is verified already?",
        settles: &["C10"],
        usual: everywhere("refuse"),
        readings: &[
            reading(
                "refuse",
                "400: the phone is not eligible",
                d26("resend-phone-verification-code-2", "400 response"),
            ),
            reading(
                "accept",
                "204, and no SMS is sent",
                d26("resend-phone-verification-code-2", "notes"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::SendWhenVerified,
        id: "send-when-verified",
        question: "What does send-code answer when a phone is verified already?",
        settles: &["U6"],
        usual: everywhere("accept"),
        readings: &[
            reading(
                "accept",
                "success, and no SMS is sent",
                d26("send-verification-code", "responses"),
            ),
            reading(
                "refuse",
                "400: the phone is not eligible",
                assumed("2025-09 shows a 400 for numbers that cannot be used"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::PhoneChange,
        id: "phone-change",
        question: "May an unverified number be replaced by another?",
        settles: &["U6"],
        usual: everywhere("replaces"),
        readings: &[
            reading(
                "replaces",
                "yes: the newest number counts",
                assumed("a person who mistyped must have a way on"),
            ),
            reading(
                "refused",
                "no: 400, the number is not eligible",
                assumed("no page speaks of changing a number"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::EmailMismatch,
        id: "email-mismatch",
        question: "What does send-confirmation do with another address than the registered one?",
        settles: &["U6"],
        usual: everywhere("refuse"),
        readings: &[
            reading(
                "refuse",
                "400",
                assumed("the address must equal the registered one; no page shows the refusal"),
            ),
            reading(
                "silent",
                "success, and nothing is sent",
                assumed("an answer that tells nothing protects the address"),
            ),
            reading(
                "changes",
                "success, and the address is replaced",
                assumed("no page forbids a person to mend the address"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::ConfirmAgain,
        id: "confirm-again",
        question: "What does a repeated confirmation with the used code get?",
        settles: &["U3"],
        usual: everywhere("refused"),
        readings: &[
            reading(
                "refused",
                "400, as for a wrong code",
                assumed("a code counts once on the verify page; confirm-email is silent"),
            ),
            reading(
                "accepted",
                "success, as before",
                assumed("an address that is confirmed stays confirmed"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::StepOrder,
        id: "step-order",
        question: "Is the order of e-mail, phone and identification enforced?",
        settles: &["U6"],
        usual: everywhere("enforced"),
        readings: &[
            reading(
                "enforced",
                "a step before its time is refused with 400",
                assumed(
                    "confirm-email calls it mandatory before the user goes on, and shows no refusal",
                ),
            ),
            reading(
                "open",
                "each step is taken whenever it comes; identification needs a number on file",
                assumed("only the e-mail page speaks of a precondition, and shows no refusal"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::RepeatQuestionnaire,
        id: "repeat-questionnaire",
        question: "What does a second questionnaire do?",
        settles: &["U6"],
        usual: everywhere("overwrites"),
        readings: &[
            reading(
                "overwrites",
                "it replaces the first",
                assumed("the call only stores values, says 2025-09"),
            ),
            reading(
                "refused",
                "400: the data are there already",
                assumed("no page speaks of changing them"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::DuplicateEmail,
        id: "duplicate-email",
        question: "May two users have one e-mail address?",
        settles: &["U1"],
        usual: everywhere("refuse"),
        readings: &[
            reading(
                "refuse",
                "400: the address is registered",
                assumed("phone numbers are unique by the same provider's own rule"),
            ),
            reading(
                "allow",
                "201, a second user",
                assumed("no page forbids it, and creation is not idempotent"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::MerchantIsolation,
        id: "merchant-isolation",
        question: "Does a merchant see another merchant's users?",
        settles: &["U15"],
        usual: everywhere("isolated"),
        readings: &[
            reading(
                "isolated",
                "another merchant's user is as unknown as none",
                assumed("a token belongs to one merchant, and personal data must stay with it"),
            ),
            reading(
                "shared",
                "any token reaches any user",
                assumed("no page ties a user's id to the token's merchant"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::ForeignMerchant,
        id: "foreign-merchant",
        question: "What does creating a user for another merchant get?",
        settles: &["U15"],
        usual: everywhere("forbidden"),
        readings: &[
            reading(
                "forbidden",
                "403",
                assumed("the token is good but does not reach that merchant"),
            ),
            reading(
                "bad-request",
                "400 with a business-rule problem",
                assumed("the pages answer every broken rule with 400"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::RepeatFinalize,
        id: "repeat-finalize",
        question: "What does a second finalise give?",
        settles: &["U11"],
        usual: everywhere("same"),
        readings: &[
            reading(
                "same",
                "the same two identifiers",
                assumed("2026-05 calls the call idempotent"),
            ),
            reading(
                "new-correlation",
                "the same individual under a new correlationId",
                assumed("a correlationId may belong to the call and not to the user"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::PendingFrom,
        id: "pending-from",
        question: "What moves a user from 50 to 150?",
        settles: &["U12"],
        usual: everywhere("initiate"),
        readings: &[
            reading(
                "initiate",
                "the first identification session",
                assumed("opening a session is the first act of verification"),
            ),
            reading(
                "phone-verified",
                "the verified phone",
                assumed("by then the user has only the verification of the person ahead"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::Activation,
        id: "activation",
        question: "What moves a user from 150 to 200?",
        settles: &["U12"],
        usual: everywhere("at-finalize"),
        readings: &[
            reading("at-finalize", "finalising", assumed("finalising ends the onboarding")),
            reading(
                "after-approval",
                "an approval some time after finalising",
                assumed("2026-05's download page speaks of a submission that is still pending"),
            ),
        ],
    },
];
