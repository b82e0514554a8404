//! Open questions about the codes of mails and SMS. Tables only.
//! The order of readings says nothing: each edition names the one it takes when nobody chooses.

use super::{everywhere, reading};
use crate::{
    provenance::assumed,
    variant::{Variant, VariantRow},
};

pub(super) const ROWS: &[VariantRow] = &[
    VariantRow {
        variant: Variant::CodeLife,
        id: "code-life",
        question: "How long does a code work?",
        settles: &["U3"],
        usual: everywhere("minutes"),
        readings: &[
            reading(
                "minutes",
                "15 minutes by mail, 5 by SMS",
                assumed("no lifetime is stated; these are the usual ones"),
            ),
            reading(
                "day",
                "24 hours",
                assumed("no lifetime is stated; a mail may be read the next morning"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::CodeAttempts,
        id: "code-attempts",
        question: "How often may a wrong code be entered?",
        settles: &["U3"],
        usual: everywhere("five"),
        readings: &[
            reading(
                "five",
                "five times; then the code is void",
                assumed("2025-09 lets repeated failures be blocked, without a figure"),
            ),
            reading(
                "unlimited",
                "as often as the person likes",
                assumed("only a policy is mentioned, and it may be off"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::BlockedCode,
        id: "blocked-code",
        question: "What does the right code get after too many wrong ones?",
        settles: &["U3"],
        usual: everywhere("as-wrong"),
        readings: &[
            reading(
                "as-wrong",
                "the same as a wrong one",
                assumed("the pages show one refusal for codes"),
            ),
            reading(
                "told",
                "the throttling answer",
                assumed("2025-09 speaks of a block, which a person should be told of"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::ResendLimit,
        id: "resend-limit",
        question: "How often may a code be asked for?",
        settles: &["U4"],
        usual: everywhere("none"),
        readings: &[
            reading(
                "none",
                "as often as the caller likes",
                assumed("no figure is stated; 2026-05 asks the caller to hold back"),
            ),
            reading(
                "three",
                "three times in ten minutes per user and kind",
                assumed("2025-09 says that the service may cap resends per window"),
            ),
        ],
    },
];
