//! Edition 2025-09: Borica/B-Trust and the eleven steps. Tables only.
//!
//! The pages of this edition end early in the copies that could be read; what they leave open is
//! carried over from 2026-05 or argued, and each such row is *assumed* and says why.

mod answers;
mod endpoints;
mod fields;
mod pages;
mod problems;

use crate::{
    Call, Edition, Tables,
    common::refusals,
    framework,
    provenance::{Provenance, d25},
    step::{Step, StepRow},
};

pub(crate) static TABLES: Tables = Tables {
    edition: Edition::E2025_09,
    endpoints: endpoints::ENDPOINTS,
    problems: problems::PROBLEMS,
    carried: &[refusals::PROBLEMS, framework::PROBLEMS],
    json_types: &["application/json", "text/json", "application/*+json"],
    steps: STEPS,
};

const FLOW: Provenance = d25("10npayments-end-to-end-onboarding", "steps");

const STEPS: &[StepRow] = &[
    StepRow {
        step: Step::CreateUser,
        calls: &[Call::CreateUser],
        rule: "201 with an int32 id of at least 1, called with a bearer token",
        provenance: FLOW,
    },
    StepRow {
        step: Step::ConfirmEmail,
        calls: &[Call::ConfirmEmail],
        rule: "200, and the status then shows isEmailVerified true",
        provenance: FLOW,
    },
    StepRow {
        step: Step::SendPhoneCode,
        calls: &[Call::SendPhoneCode],
        rule: "204 without a body",
        provenance: FLOW,
    },
    StepRow {
        step: Step::VerifyPhone,
        calls: &[Call::VerifyPhone],
        rule: "200, and the status then shows isPhoneNumberVerified true",
        provenance: FLOW,
    },
    StepRow {
        step: Step::Initiate,
        calls: &[Call::Initiate],
        rule: "200 with an https URL, a status text and a message",
        provenance: FLOW,
    },
    StepRow {
        step: Step::FirstRedirect,
        calls: &[],
        rule: "the browser ends on the merchant's Success URL",
        provenance: FLOW,
    },
    StepRow {
        step: Step::PhaseA,
        calls: &[Call::IdentificationStatus],
        rule: "ends at SIGN_SESSION_ID_SUCCESSFULLY_CREATED with a URL to sign at",
        provenance: FLOW,
    },
    StepRow {
        step: Step::SecondRedirect,
        calls: &[],
        rule: "the browser ends on the merchant's Success URL a second time",
        provenance: FLOW,
    },
    StepRow {
        step: Step::PhaseB,
        calls: &[Call::IdentificationStatus],
        rule: "ends at DOCUMENT_SIGN_SUCCESS",
        provenance: FLOW,
    },
    StepRow {
        step: Step::Finalize,
        calls: &[Call::AddAdditionalData, Call::Finalize],
        rule: "200 for the questionnaire, then 200 with a GUID and an integer",
        provenance: FLOW,
    },
    StepRow {
        step: Step::Token,
        calls: &[Call::MtlsToken],
        rule: "200 with a fresh bearer token and a positive expires_in; no-store",
        provenance: FLOW,
    },
];
