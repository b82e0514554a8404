//! Where an edition contradicts itself or is silent there is a variant: a question, its readings,
//! and the provenance of each reading. A workspace chooses one reading per question.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{Edition, Provenance};

mod rows;

/// One open question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variant {
    /// What does a call about an unknown user get?
    UnknownUser,
    /// What does the 404 for an unknown user hold?
    NotFoundBody,
    /// How does the refusal of a taken number read?
    TakenPhoneText,
    /// What does a successful send-code answer?
    SendCodeSuccess,
    /// What does a successful e-mail confirmation hold?
    ConfirmEmailSuccess,
    /// What does a successful phone verification hold?
    VerifySuccess,
    /// Does the refusal of an e-mail code carry type and traceId?
    ConfirmEnvelope,
    /// What does a caller get who asks too often?
    ThrottleStatus,
    /// What does a question without a result get?
    EmptyAnswer,
    /// Is a 400 of send-confirmation a problem document or an array of errors?
    SendConfirmationErrors,
    /// What does a 401 hold?
    UnauthorizedBody,
    /// Does the challenge of a 401 say what is wrong with the token?
    Challenge,
    /// What does a 500 hold?
    ServerErrorBody,
    /// In whose words is a broken rule told where no page shows them?
    ValidationWording,
    /// With which status is an OAuth client refused?
    InvalidClientStatus,
    /// When may the questionnaire be submitted?
    QuestionnaireOrder,
    /// Do the calls before the last step need a token?
    BearerCheck,
    /// May a user be created without an address?
    EmailAtCreation,
    /// Who asks for the first e-mail code?
    FirstMail,
    /// What does the confirmation mail hold?
    MailContent,
    /// What does resend-code answer when the phone is verified already?
    ResendWhenVerified,
    /// What does send-code answer when a phone is verified already?
    SendWhenVerified,
    /// May an unverified number be replaced by another?
    PhoneChange,
    /// What does send-confirmation do with another address than the registered one?
    EmailMismatch,
    /// What does a repeated confirmation with the used code get?
    ConfirmAgain,
    /// Is the order of e-mail, phone and identification enforced?
    StepOrder,
    /// What does a second questionnaire do?
    RepeatQuestionnaire,
    /// May two users have one e-mail address?
    DuplicateEmail,
    /// Does a merchant see another merchant's users?
    MerchantIsolation,
    /// What does creating a user for another merchant get?
    ForeignMerchant,
    /// What does a second finalise give?
    RepeatFinalize,
    /// What moves a user from 50 to 150?
    PendingFrom,
    /// What moves a user from 150 to 200?
    Activation,
    /// How long does a code work?
    CodeLife,
    /// How often may a wrong code be entered?
    CodeAttempts,
    /// What does the right code get after too many wrong ones?
    BlockedCode,
    /// How often may a code be asked for?
    ResendLimit,
    /// Who identifies and who has the documents signed?
    IdentityProvider,
    /// Does the first journey end with signing the identity provider's own documents?
    ProviderSigning,
    /// What is the status called until its target is reached?
    InterimStatus,
    /// Which values of isIdentificationCompleted does the path take?
    CompletedFlag,
    /// What does a poll get before any identification was started?
    PollBeforeInitiate,
    /// What does a poll say after the person failed or gave up?
    PollAfterFailure,
    /// How can identification begin again after a failure?
    RestartAfterFailure,
    /// What does the redirect add to the merchant's address?
    LandingParameters,
    /// How long can a hosted page be used?
    PageLife,
    /// Does the case of a member name matter?
    MemberCase,
    /// Does the API convert JSON values of another type, such as "true" for true?
    JsonReading,
    /// In whose words is a body refused that is not the JSON asked for?
    JsonLibrary,
    /// May a user id be sent as text?
    IdType,
    /// Must the questionnaire name the B-Trust callback?
    CallbackId,
    /// Must a correspondence address name its type?
    AddressType,
    /// Is sourceOfFundId a text or a number?
    SourceOfFundType,
    /// Is taxResidences one text or an array?
    TaxResidencesType,
    /// Are the codes of the questionnaire checked against the lists?
    KycCodes,
    /// Is a body of application/json-patch+json read?
    PatchMediaType,
    /// What does a missing or bad client certificate get at the mutual-TLS endpoints?
    MtlsRefusal,
    /// By which grants can a token be had?
    TokenGrants,
    /// Which host issues tokens?
    Issuer,
    /// What is the redirect parameter of the OpenID endpoints called?
    RedirectParameter,
    /// What does the token's cnf.x5t#S256 hold?
    TokenConfirmation,
    /// Which hash of the certificate does the token request's form field carry?
    ThumbprintHash,
    /// Does the API ask for the certificate that a token is bound to?
    TokenBinding,
    /// Does a call need a scope of its own?
    ScopeCheck,
    /// How long does a token work?
    TokenLife,
    /// Does the case of a path matter?
    PathCase,
    /// May a path end with a slash?
    TrailingSlash,
    /// Which RFC do problem types cite?
    ProblemType,
    /// Which media type has a problem document?
    ProblemMediaType,
    /// How does a traceId end?
    TraceFlags,
}

/// One question with all its readings.
#[derive(Debug)]
pub struct VariantRow {
    /// Which question.
    pub variant: Variant,
    /// Its name in settings and traces.
    pub id: &'static str,
    /// The question in words.
    pub question: &'static str,
    /// The rows of [`gap`](crate::gap) that it settles, by their ids.
    pub settles: &'static [&'static str],
    /// The reading that each edition takes when nobody chooses, in the order of [`Edition::ALL`].
    pub usual: [&'static str; Edition::ALL.len()],
    /// The readings.
    pub readings: &'static [Reading],
}

/// One possible answer.
#[derive(Debug)]
pub struct Reading {
    /// Its name in settings and traces.
    pub id: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl Variant {
    /// Every question.
    pub const ALL: &[Self] = &[
        Self::UnknownUser,
        Self::NotFoundBody,
        Self::TakenPhoneText,
        Self::SendCodeSuccess,
        Self::ConfirmEmailSuccess,
        Self::VerifySuccess,
        Self::ConfirmEnvelope,
        Self::ThrottleStatus,
        Self::EmptyAnswer,
        Self::SendConfirmationErrors,
        Self::UnauthorizedBody,
        Self::Challenge,
        Self::ServerErrorBody,
        Self::ValidationWording,
        Self::InvalidClientStatus,
        Self::QuestionnaireOrder,
        Self::BearerCheck,
        Self::EmailAtCreation,
        Self::FirstMail,
        Self::MailContent,
        Self::ResendWhenVerified,
        Self::SendWhenVerified,
        Self::PhoneChange,
        Self::EmailMismatch,
        Self::ConfirmAgain,
        Self::StepOrder,
        Self::RepeatQuestionnaire,
        Self::DuplicateEmail,
        Self::MerchantIsolation,
        Self::ForeignMerchant,
        Self::RepeatFinalize,
        Self::PendingFrom,
        Self::Activation,
        Self::CodeLife,
        Self::CodeAttempts,
        Self::BlockedCode,
        Self::ResendLimit,
        Self::IdentityProvider,
        Self::ProviderSigning,
        Self::InterimStatus,
        Self::CompletedFlag,
        Self::PollBeforeInitiate,
        Self::PollAfterFailure,
        Self::RestartAfterFailure,
        Self::LandingParameters,
        Self::PageLife,
        Self::MemberCase,
        Self::JsonReading,
        Self::JsonLibrary,
        Self::IdType,
        Self::CallbackId,
        Self::AddressType,
        Self::SourceOfFundType,
        Self::TaxResidencesType,
        Self::KycCodes,
        Self::PatchMediaType,
        Self::MtlsRefusal,
        Self::TokenGrants,
        Self::Issuer,
        Self::RedirectParameter,
        Self::TokenConfirmation,
        Self::ThumbprintHash,
        Self::TokenBinding,
        Self::ScopeCheck,
        Self::TokenLife,
        Self::PathCase,
        Self::TrailingSlash,
        Self::ProblemType,
        Self::ProblemMediaType,
        Self::TraceFlags,
    ];

    /// The whole row.
    #[must_use]
    pub const fn row(self) -> &'static VariantRow {
        rows::ROWS[self.index()]
    }

    /// The reading that an edition takes when nobody chooses.
    #[must_use]
    pub fn usual(self, edition: Edition) -> &'static str {
        self.row().usual[edition as usize]
    }

    const fn index(self) -> usize {
        self as usize
    }
}

/// The readings a workspace has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variants {
    chosen: [u8; Variant::ALL.len()],
}

/// A reading that must be in force for a row to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When(pub Variant, pub &'static str);

impl Variants {
    /// What an edition takes when nobody chooses.
    #[must_use]
    pub fn of(edition: Edition) -> Self {
        let mut variants = Self { chosen: [0; Variant::ALL.len()] };
        for variant in Variant::ALL {
            let usual = variant.usual(edition);
            let found = variant.row().readings.iter().position(|reading| reading.id == usual);
            variants.chosen[variant.index()] =
                found.and_then(|index| u8::try_from(index).ok()).unwrap_or_default();
        }
        variants
    }

    /// Whether every condition of a row is met.
    #[must_use]
    pub fn meet(&self, conditions: &[When]) -> bool {
        conditions.iter().all(|When(variant, reading)| self.reads(*variant, reading))
    }

    /// Chooses a reading by its names.
    ///
    /// # Errors
    /// A sentence that names the unknown word and the known ones.
    pub fn choose(&mut self, id: &str, reading: &str) -> Result<(), String> {
        let variant = Variant::ALL.iter().copied().find(|variant| variant.row().id == id);
        let Some(variant) = variant else {
            let known: Vec<_> = Variant::ALL.iter().map(|variant| variant.row().id).collect();
            return Err(format!("unknown variant '{id}'; choose one of {}", known.join(", ")));
        };
        let readings = variant.row().readings;
        let Some(index) = readings.iter().position(|known| known.id == reading) else {
            let known: Vec<_> = readings.iter().map(|known| known.id).collect();
            return Err(format!(
                "variant '{id}' has no reading '{reading}'; choose one of {}",
                known.join(", ")
            ));
        };
        self.chosen[variant.index()] = u8::try_from(index).unwrap_or_default();
        Ok(())
    }

    /// The reading in force.
    #[must_use]
    pub fn reading(&self, variant: Variant) -> &'static Reading {
        &variant.row().readings[usize::from(self.chosen[variant.index()])]
    }

    /// Whether a reading is in force. The ids are those of the row; a test refuses strangers.
    #[must_use]
    pub fn reads(&self, variant: Variant, reading: &str) -> bool {
        debug_assert!(variant.row().readings.iter().any(|known| known.id == reading), "{reading}");
        self.reading(variant).id == reading
    }
}

impl Default for Variants {
    fn default() -> Self {
        Self::of(Edition::DEFAULT)
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.0.row().id, self.1)
    }
}

impl fmt::Display for Variants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, variant) in Variant::ALL.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(f, "{gap}{}={}", variant.row().id, self.reading(*variant).id)?;
        }
        Ok(())
    }
}

impl Serialize for Variants {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs =
            Variant::ALL.iter().map(|variant| (variant.row().id, self.reading(*variant).id));
        serializer.collect_map(pairs)
    }
}

impl<'de> Deserialize<'de> for Variants {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = std::collections::BTreeMap::<String, String>::deserialize(deserializer)?;
        let mut variants = Self::default();
        for (id, reading) in pairs {
            variants.choose(&id, &reading).map_err(D::Error::custom)?;
        }
        Ok(variants)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_reading_is_in_force_and_strangers_are_named() {
        let mut variants = Variants::default();
        assert!(variants.reads(Variant::MtlsRefusal, "http-403-empty"));
        variants.choose("mtls-refusal", "tls-alert").unwrap();
        assert!(variants.reads(Variant::MtlsRefusal, "tls-alert"));
        let error = variants.choose("mtls-refusal", "maybe").unwrap_err();
        assert!(error.contains("'maybe'") && error.contains("http-400-html"), "{error}");
        assert!(variants.choose("colour", "red").unwrap_err().contains("not-found-body"));
    }

    #[test]
    fn survives_json() {
        let mut variants = Variants::default();
        variants.choose("json-reading", "newtonsoft").unwrap();
        let text = serde_json::to_string(&variants).unwrap();
        assert_eq!(serde_json::from_str::<Variants>(&text).unwrap(), variants);
    }

    #[test]
    fn rows_are_unique_and_complete() {
        for (index, variant) in Variant::ALL.iter().enumerate() {
            let row = variant.row();
            assert_eq!(row.variant, *variant);
            assert_eq!(variant.index(), index);
            assert!(row.readings.len() >= 2 && row.question.ends_with('?'), "{}", row.id);
            assert!(row.readings.iter().all(|reading| reading.provenance.is_complete()));
            let ids: Vec<_> = row.readings.iter().map(|reading| reading.id).collect();
            assert!(ids.iter().all(|id| ids.iter().filter(|other| other == &id).count() == 1));
        }
    }
}
