//! Edition 2024-06: the shorter flow on `/api/v1/...` paths, with a call that enrols an individual
//! in place of external identification. Tables only.
//! Its pages are short; what they leave open is taken from the later ones and is *assumed*.

mod answers;
mod endpoints;
mod fields;
mod pages;
mod problems;

use crate::{
    Call, Edition, Tables,
    common::refusals,
    framework,
    provenance::{Provenance, d24},
    step::{Step, StepRow},
};

pub(crate) static TABLES: Tables = Tables {
    edition: Edition::E2024_06,
    endpoints: endpoints::ENDPOINTS,
    problems: problems::PROBLEMS,
    carried: &[refusals::PROBLEMS, framework::PROBLEMS],
    json_types: &[
        "application/json-patch+json",
        "application/json",
        "text/json",
        "application/*+json",
    ],
    steps: STEPS,
};

const TOKEN: Provenance = d24(pages::TOKEN, "introduction");

const STEPS: &[StepRow] = &[
    StepRow {
        step: Step::CreateUser,
        calls: &[Call::CreateUser],
        rule: "201 with an int32 id of at least 1, called with a bearer token",
        provenance: d24(pages::CREATE, "step 1"),
    },
    StepRow {
        step: Step::ConfirmEmail,
        calls: &[Call::SendEmailConfirmation, Call::ConfirmEmail],
        rule: "204 for the request of a code, 200 for the code, and the status then shows it",
        provenance: d24(pages::CONFIRM, "introduction"),
    },
    StepRow {
        step: Step::SendPhoneCode,
        calls: &[Call::SendPhoneCode],
        rule: "200 with an empty object",
        provenance: d24(pages::SEND_CODE, "step 1"),
    },
    StepRow {
        step: Step::VerifyPhone,
        calls: &[Call::VerifyPhone],
        rule: "200, and the status then shows isPhoneNumberVerified true",
        provenance: d24(pages::VERIFY, "step 1"),
    },
    StepRow {
        step: Step::Finalize,
        calls: &[Call::EnrollIndividual],
        rule: "200 for the enrolment, with a GUID and an integer",
        provenance: d24(pages::ENROLL, "step 1"),
    },
    StepRow {
        step: Step::Token,
        calls: &[Call::PlainToken],
        rule: "200 with a fresh bearer token and a positive expires_in; no-store",
        provenance: TOKEN,
    },
];
