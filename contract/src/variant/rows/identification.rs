//! Open questions about the journey in the browser and its polls. Tables only.
//! The order of readings says nothing: each edition names the one it takes when nobody chooses.

use super::{everywhere, reading};
use crate::{
    provenance::{assumed, d25, d26},
    variant::{Variant, VariantRow},
};

pub(super) const ROWS: &[VariantRow] = &[
    VariantRow {
        variant: Variant::IdentityProvider,
        id: "identity-provider",
        question: "Who identifies and who has the documents signed?",
        settles: &["C23"],
        usual: ["b-trust", "b-trust", "onfido-signhost"],
        readings: &[
            reading(
                "b-trust",
                "Borica/B-Trust identifies; 10nPayments has its documents signed",
                d25("initiate-external-identification-api", "introduction"),
            ),
            reading(
                "onfido-signhost",
                "Onfido identifies; Signhost has the documents signed",
                d26("initiate-external-identification-api", "introduction"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::ProviderSigning,
        id: "provider-signing",
        question: "Does the first journey end with signing the identity provider's own documents?",
        settles: &["C24"],
        usual: ["first-leg", "first-leg", "none"],
        readings: &[
            reading(
                "first-leg",
                "yes: two signings, two Success redirects",
                d25("initiate-external-identification-api", "user journey"),
            ),
            reading(
                "none",
                "no: one signing, after the identification",
                d26("initiate-external-identification-api", "notes"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::InterimStatus,
        id: "interim-status",
        question: "What is the status called until its target is reached?",
        settles: &["U7"],
        usual: everywhere("named"),
        readings: &[
            reading(
                "named",
                "STARTED, PROCESSING and ERROR",
                d26("get-identification-process-status", "status values"),
            ),
            reading(
                "null",
                "nothing: null until a target, null after a failure",
                assumed("2025-09 types the status as text or null and names the two targets only"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::CompletedFlag,
        id: "completed-flag",
        question: "Which values of isIdentificationCompleted does the path take?",
        settles: &["C20"],
        usual: ["either", "either", "true-only"],
        readings: &[
            reading("either", "true and false", d25("get-identification-process-status", "path")),
            reading(
                "true-only",
                "true; anything else is no such path",
                d26("get-identification-process-status", "endpoint"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::PollBeforeInitiate,
        id: "poll-before-initiate",
        question: "What does a poll get before any identification was started?",
        settles: &["U9"],
        usual: everywhere("not-found"),
        readings: &[
            reading(
                "not-found",
                "404, as for a missing thing",
                d26("get-identification-process-status", "400/404 response"),
            ),
            reading(
                "bad-request",
                "400 with a business-rule problem",
                d26("get-identification-process-status", "400/404 response"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::PollAfterFailure,
        id: "poll-after-failure",
        question: "What does a poll say after the person failed or gave up?",
        settles: &["U9"],
        usual: everywhere("status"),
        readings: &[
            reading(
                "status",
                "200 with the status of failure",
                d26("get-identification-process-status", "status values"),
            ),
            reading(
                "vendor-status",
                "200 with the vendor's own status code",
                d26("get-identification-process-status", "status values"),
            ),
            reading(
                "bad-request",
                "400 with a business-rule problem",
                assumed("no page shows a poll after a failure"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::RestartAfterFailure,
        id: "restart-after-failure",
        question: "How can identification begin again after a failure?",
        settles: &["U9"],
        usual: everywhere("with-flag"),
        readings: &[
            reading(
                "with-flag",
                "by initiate with isRestartIdentification",
                assumed("the flag forces a new session even if one exists"),
            ),
            reading(
                "without-flag",
                "by any initiate",
                assumed("a failed session is over, so there is nothing to force"),
            ),
            reading(
                "never",
                "not at all: 400",
                assumed("no page says that a failed user may try again"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::LandingParameters,
        id: "landing-parameters",
        question: "What does the redirect add to the merchant's address?",
        settles: &["U8"],
        // Signhost, which signs in 2026-05, documents its three parameters.
        usual: ["none", "none", "provider"],
        readings: &[
            reading("none", "nothing", assumed("no page mentions parameters")),
            reading(
                "provider",
                "what the provider's own redirects add",
                assumed("Signhost documents its own; no page says that they are taken off"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::PageLife,
        id: "page-life",
        question: "How long can a hosted page be used?",
        settles: &["U10"],
        usual: everywhere("half-hour"),
        readings: &[
            reading(
                "half-hour",
                "30 minutes",
                assumed("no page states how long the address lives"),
            ),
            reading(
                "day",
                "24 hours",
                assumed("no page states how long the address lives; people come back the next day"),
            ),
        ],
    },
];
