//! What the matrix knows of each open question: which calls it is about, and which of its readings
//! the reference merchant cannot live with. Tables only.

use contract::{Call, Edition, Variant, step::Step};

/// One open question.
#[derive(Debug)]
pub struct Row {
    /// Which one.
    pub variant: Variant,
    /// The calls it is about; an edition without any of them leaves it out. None means all.
    pub calls: &'static [Call],
}

/// A reading under which the reference merchant must fail, and how.
#[derive(Debug)]
pub struct Fails {
    /// In which editions.
    pub editions: &'static [Edition],
    /// Which question.
    pub variant: Variant,
    /// Which reading.
    pub reading: &'static str,
    /// The step that fails.
    pub step: Step,
    /// What the run must say of its end.
    pub says: &'static str,
    /// Why it cannot be otherwise.
    pub reason: &'static str,
}

/// The calls that carry codes of the lists.
const CODES: &[Call] = &[Call::AddAdditionalData, Call::EnrollIndividual];
const FINALS: &[Call] = &[Call::Finalize, Call::EnrollIndividual];
const POLLS: &[Call] = &[Call::IdentificationStatus];
const QUESTIONS: &[Call] = &[Call::PostalCode, Call::SourceOfFunds];
const TOKENS: &[Call] = &[Call::MtlsToken, Call::PlainToken];

/// Every question.
pub const ROWS: &[Row] = &[
    Row { variant: Variant::UnknownUser, calls: &[] },
    Row { variant: Variant::NotFoundBody, calls: &[] },
    Row { variant: Variant::TakenPhoneText, calls: &[Call::SendPhoneCode] },
    Row { variant: Variant::SendCodeSuccess, calls: &[Call::SendPhoneCode] },
    Row { variant: Variant::ConfirmEmailSuccess, calls: &[Call::ConfirmEmail] },
    Row { variant: Variant::VerifySuccess, calls: &[Call::VerifyPhone] },
    Row { variant: Variant::ConfirmEnvelope, calls: &[Call::ConfirmEmail] },
    Row { variant: Variant::ThrottleStatus, calls: &[] },
    Row { variant: Variant::EmptyAnswer, calls: QUESTIONS },
    Row { variant: Variant::SendConfirmationErrors, calls: &[Call::SendEmailConfirmation] },
    Row { variant: Variant::UnauthorizedBody, calls: &[] },
    Row { variant: Variant::Challenge, calls: &[] },
    Row { variant: Variant::ServerErrorBody, calls: &[] },
    Row { variant: Variant::ValidationWording, calls: &[] },
    Row { variant: Variant::InvalidClientStatus, calls: TOKENS },
    Row { variant: Variant::QuestionnaireOrder, calls: &[Call::AddAdditionalData] },
    Row { variant: Variant::BearerCheck, calls: &[] },
    Row { variant: Variant::EmailAtCreation, calls: &[Call::CreateUser] },
    Row { variant: Variant::FirstMail, calls: &[Call::SendEmailConfirmation] },
    Row { variant: Variant::MailContent, calls: &[Call::ConfirmEmail] },
    Row { variant: Variant::ResendWhenVerified, calls: &[Call::ResendPhoneCode] },
    Row { variant: Variant::SendWhenVerified, calls: &[Call::SendPhoneCode] },
    Row { variant: Variant::PhoneChange, calls: &[Call::SendPhoneCode] },
    Row { variant: Variant::EmailMismatch, calls: &[Call::SendEmailConfirmation] },
    Row { variant: Variant::ConfirmAgain, calls: &[Call::ConfirmEmail] },
    Row { variant: Variant::StepOrder, calls: &[] },
    Row { variant: Variant::RepeatQuestionnaire, calls: &[Call::AddAdditionalData] },
    Row { variant: Variant::DuplicateEmail, calls: &[Call::CreateUser] },
    Row { variant: Variant::MerchantIsolation, calls: &[] },
    Row { variant: Variant::ForeignMerchant, calls: &[Call::CreateUser] },
    Row { variant: Variant::RepeatFinalize, calls: FINALS },
    Row { variant: Variant::PendingFrom, calls: &[Call::Initiate] },
    Row { variant: Variant::Activation, calls: FINALS },
    Row { variant: Variant::CodeLife, calls: &[] },
    Row { variant: Variant::CodeAttempts, calls: &[] },
    Row { variant: Variant::BlockedCode, calls: &[] },
    Row { variant: Variant::ResendLimit, calls: &[] },
    Row { variant: Variant::IdentityProvider, calls: &[Call::Initiate] },
    Row { variant: Variant::ProviderSigning, calls: &[Call::Initiate] },
    Row { variant: Variant::InterimStatus, calls: POLLS },
    Row { variant: Variant::CompletedFlag, calls: POLLS },
    Row { variant: Variant::PollBeforeInitiate, calls: POLLS },
    Row { variant: Variant::PollAfterFailure, calls: POLLS },
    Row { variant: Variant::RestartAfterFailure, calls: &[Call::Initiate] },
    Row { variant: Variant::LandingParameters, calls: &[Call::Initiate] },
    Row { variant: Variant::PageLife, calls: &[Call::Initiate] },
    Row { variant: Variant::MemberCase, calls: &[] },
    Row { variant: Variant::JsonReading, calls: &[] },
    Row { variant: Variant::JsonLibrary, calls: &[] },
    Row { variant: Variant::IdType, calls: &[] },
    Row { variant: Variant::CallbackId, calls: &[Call::AddAdditionalData] },
    Row { variant: Variant::AddressType, calls: &[Call::AddAdditionalData] },
    Row { variant: Variant::SourceOfFundType, calls: CODES },
    Row { variant: Variant::TaxResidencesType, calls: CODES },
    Row { variant: Variant::KycCodes, calls: CODES },
    Row { variant: Variant::PatchMediaType, calls: &[] },
    Row { variant: Variant::MtlsRefusal, calls: &[Call::MtlsToken] },
    Row { variant: Variant::TokenGrants, calls: TOKENS },
    Row { variant: Variant::Issuer, calls: TOKENS },
    Row { variant: Variant::RedirectParameter, calls: &[Call::Authorize] },
    Row { variant: Variant::TokenConfirmation, calls: &[Call::MtlsToken] },
    Row { variant: Variant::ThumbprintHash, calls: &[Call::MtlsToken] },
    Row { variant: Variant::TokenBinding, calls: &[Call::MtlsToken] },
    Row { variant: Variant::ScopeCheck, calls: &[] },
    Row { variant: Variant::TokenLife, calls: TOKENS },
    Row { variant: Variant::PathCase, calls: &[] },
    Row { variant: Variant::TrailingSlash, calls: &[] },
    Row { variant: Variant::ProblemType, calls: &[] },
    Row { variant: Variant::ProblemMediaType, calls: &[] },
    Row { variant: Variant::TraceFlags, calls: &[] },
];

/// Every reading that cannot pass.
pub const FAILS: &[Fails] = &[
    Fails {
        editions: &[Edition::E2024_06],
        variant: Variant::TokenGrants,
        reading: "mutual-tls",
        step: Step::Token,
        says: "plain-token answered 400",
        reason: "the edition has no endpoint for mutual TLS, and this reading has nothing else",
    },
    Fails {
        editions: &[Edition::E2024_06],
        variant: Variant::TokenGrants,
        reading: "authorization-code",
        step: Step::Token,
        says: "plain-token answered 400",
        reason: "the code flow needs the merchant's own person in a browser; the flow has none",
    },
    Fails {
        editions: &[Edition::E2025_09, Edition::E2026_05],
        variant: Variant::TokenGrants,
        reading: "authorization-code",
        step: Step::Token,
        says: "mtls-token answered 400",
        reason: "the code flow needs the merchant's own person in a browser; the flow has none",
    },
];

impl Row {
    /// Whether an edition has a call that the question is about.
    #[must_use]
    pub fn concerns(&self, edition: Edition) -> bool {
        let has =
            |call: &Call| edition.tables().is_some_and(|tables| tables.endpoint(*call).is_some());
        self.calls.is_empty() || self.calls.iter().any(has)
    }

    /// Why an edition leaves the question out.
    #[must_use]
    pub fn absence(&self, edition: Edition) -> String {
        let names: Vec<_> = self.calls.iter().map(|call| call.name()).collect();
        format!("edition {edition} has no {}", names.join(" and no "))
    }
}

impl Fails {
    /// How a run under a reading must fail, if it must.
    #[must_use]
    pub fn of(edition: Edition, variant: Variant, reading: &str) -> Option<&'static Self> {
        FAILS.iter().find(|row| {
            row.editions.contains(&edition) && row.variant == variant && row.reading == reading
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_one_row_and_no_row_dangles() {
        let rows: Vec<_> = ROWS.iter().map(|row| row.variant).collect();
        assert_eq!(rows, Variant::ALL);
        for edition in Edition::served() {
            assert!(ROWS.iter().any(|row| row.concerns(edition)));
        }
        for row in ROWS {
            assert!(Edition::served().any(|edition| row.concerns(edition)), "{:?}", row.variant);
        }
    }

    #[test]
    fn what_cannot_pass_is_no_reading_that_an_edition_takes() {
        for row in FAILS {
            assert!(row.variant.row().readings.iter().any(|known| known.id == row.reading));
            for edition in row.editions {
                assert_ne!(row.variant.usual(*edition), row.reading, "{edition}");
            }
        }
    }

    #[test]
    fn an_edition_without_pages_leaves_the_journey_out() {
        let row = ROWS.iter().find(|row| row.variant == Variant::LandingParameters).unwrap();
        assert!(row.concerns(Edition::E2025_09) && !row.concerns(Edition::E2024_06));
        assert_eq!(row.absence(Edition::E2024_06), "edition 2024-06 has no initiate");
    }
}
