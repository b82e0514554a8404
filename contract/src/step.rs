//! The eleven steps of onboarding, as the flow page lists them.
//! Source: edition 2025-09, 10npayments-end-to-end-onboarding, steps 1 to 11.

use serde::{Deserialize, Serialize};

use crate::{Call, Provenance};

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
    /// 11: obtain a fresh token, over mutual TLS where the edition has it.
    Token,
}

/// What a step is in one edition, and what must hold.
#[derive(Debug)]
pub struct StepRow {
    /// Which step.
    pub step: Step,
    /// The calls that it makes, in their order.
    pub calls: &'static [Call],
    /// What must be seen, in one sentence.
    pub rule: &'static str,
    /// Where it comes from.
    pub provenance: Provenance,
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

    /// Its number in the flow.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// A few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::CreateUser => "create the user",
            Self::ConfirmEmail => "confirm the e-mail",
            Self::SendPhoneCode => "send the phone code",
            Self::VerifyPhone => "verify the phone",
            Self::Initiate => "start identification",
            Self::FirstRedirect => "identify in the browser",
            Self::PhaseA => "poll phase A",
            Self::SecondRedirect => "sign in the browser",
            Self::PhaseB => "poll phase B",
            Self::Finalize => "KYC data, finalise",
            Self::Token => "obtain a fresh token",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_one_to_eleven() {
        let numbers: Vec<_> = Step::ALL.iter().map(|step| step.number()).collect();
        assert_eq!(numbers, (1..=11).collect::<Vec<u8>>());
    }
}
