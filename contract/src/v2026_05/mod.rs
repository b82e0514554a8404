//! Edition 2026-05: Onfido and Signhost, and the questionnaire before the identification. Tables
//! only. What this edition does not restate, create-user and mutual TLS, is carried over from
//! 2025-09 and *assumed*; it gives statuses without bodies, so most bodies are carried over too.

mod answers;
mod endpoints;
mod fields;
mod oidc;
mod pages;

use crate::{
    Call, Edition, Tables,
    common::refusals,
    framework,
    provenance::{Provenance, assumed, d26},
    step::{Step, StepRow},
};

pub(crate) static TABLES: Tables = Tables {
    edition: Edition::E2026_05,
    endpoints: endpoints::ENDPOINTS,
    problems: oidc::PROBLEMS,
    carried: &[refusals::PROBLEMS, framework::PROBLEMS],
    json_types: &["application/json", "text/json", "application/*+json"],
    steps: STEPS,
};

const FLOW: Provenance = d26(pages::FLOW, "steps");
const CARRIED: Provenance = assumed("2026-05 does not restate this step of 2025-09");

const STEPS: &[StepRow] = &[
    StepRow {
        step: Step::CreateUser,
        calls: &[Call::CreateUser],
        rule: "201 with an int32 id of at least 1, called with a bearer token",
        provenance: CARRIED,
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
        calls: &[Call::AddAdditionalData, Call::Initiate],
        rule: "200 for the questionnaire, then 200 with an https URL, a status text and a message",
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
        calls: &[Call::Finalize],
        rule: "200 with a GUID and an integer",
        provenance: FLOW,
    },
    StepRow {
        step: Step::Token,
        calls: &[Call::MtlsToken],
        rule: "200 with a fresh bearer token and a positive expires_in; no-store",
        provenance: CARRIED,
    },
];
