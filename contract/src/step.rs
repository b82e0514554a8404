//! The eleven steps of onboarding, as the flow page lists them.
//! Source: edition 2025-09, 10npayments-end-to-end-onboarding, steps 1 to 11.

use serde::{Deserialize, Serialize};

use crate::Call;

/// One step of the flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// 1: create the user.
    CreateUser,
    /// 2: confirm the e-mail address.
    ConfirmEmail,
    /// 3: send a code to the phone.
    SendPhoneCode,
    /// 4: verify the phone.
    VerifyPhone,
    /// 5: start the identification.
    Initiate,
    /// 6: the person identifies and comes back.
    FirstRedirect,
    /// 7: poll until there is something to sign.
    PhaseA,
    /// 8: the person signs and comes back.
    SecondRedirect,
    /// 9: poll until it is signed.
    PhaseB,
    /// 10: submit the questionnaire and finalise.
    Finalize,
    /// 11: obtain a fresh token over mutual TLS.
    Token,
}

/// What a step is and what must hold.
#[derive(Debug)]
pub struct StepRow {
    /// Its number in the flow.
    pub number: u8,
    /// A few words.
    pub title: &'static str,
    /// The calls that it makes.
    pub calls: &'static [Call],
    /// What must be seen, in one sentence.
    pub rule: &'static str,
}

impl Step {
    /// All eleven, in order.
    pub const ALL: &[Self] = &[
        Self::CreateUser,
        Self::ConfirmEmail,
        Self::SendPhoneCode,
        Self::VerifyPhone,
        Self::Initiate,
        Self::FirstRedirect,
        Self::PhaseA,
        Self::SecondRedirect,
        Self::PhaseB,
        Self::Finalize,
        Self::Token,
    ];

    /// Its row.
    #[must_use]
    pub const fn row(self) -> StepRow {
        match self {
            Self::CreateUser => StepRow {
                number: 1,
                title: "create the user",
                calls: &[Call::CreateUser],
                rule: "201 with an int32 id of at least 1, called with a bearer token",
            },
            Self::ConfirmEmail => StepRow {
                number: 2,
                title: "confirm the e-mail",
                calls: &[Call::ConfirmEmail],
                rule: "200, and the status then shows isEmailVerified true",
            },
            Self::SendPhoneCode => StepRow {
                number: 3,
                title: "send the phone code",
                calls: &[Call::SendPhoneCode],
                rule: "204 without a body",
            },
            Self::VerifyPhone => StepRow {
                number: 4,
                title: "verify the phone",
                calls: &[Call::VerifyPhone],
                rule: "200, and the status then shows isPhoneNumberVerified true",
            },
            Self::Initiate => StepRow {
                number: 5,
                title: "start identification",
                calls: &[Call::Initiate],
                rule: "200 with an https URL, a status text and a message",
            },
            Self::FirstRedirect => StepRow {
                number: 6,
                title: "identify in the browser",
                calls: &[],
                rule: "the browser ends on the merchant's Success URL",
            },
            Self::PhaseA => StepRow {
                number: 7,
                title: "poll phase A",
                calls: &[Call::IdentificationStatus],
                rule: "ends at SIGN_SESSION_ID_SUCCESSFULLY_CREATED with a URL to sign at",
            },
            Self::SecondRedirect => StepRow {
                number: 8,
                title: "sign in the browser",
                calls: &[],
                rule: "the browser ends on the merchant's Success URL a second time",
            },
            Self::PhaseB => StepRow {
                number: 9,
                title: "poll phase B",
                calls: &[Call::IdentificationStatus],
                rule: "ends at DOCUMENT_SIGN_SUCCESS",
            },
            Self::Finalize => StepRow {
                number: 10,
                title: "KYC data, finalise",
                calls: &[Call::AddAdditionalData, Call::Finalize],
                rule: "200 for the questionnaire, then 200 with a GUID and an integer",
            },
            Self::Token => StepRow {
                number: 11,
                title: "token over mutual TLS",
                calls: &[Call::MtlsToken],
                rule: "200 with a fresh bearer token and a positive expires_in; no-store",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_one_to_eleven() {
        let numbers: Vec<_> = Step::ALL.iter().map(|step| step.row().number).collect();
        assert_eq!(numbers, (1..=11).collect::<Vec<u8>>());
    }
}
