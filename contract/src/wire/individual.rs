//! The enrolment of an individual, which edition 2024-06 has in place of external identification.

use serde::{Deserialize, Serialize};

use super::{CorrespondenceAddress, ListCode, Residences};

/// `POST /api/v1/enrollment/individual`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrollIndividual {
    /// The user.
    pub user_id: i32,
    /// Given name, in Latin letters.
    pub first_name: String,
    /// Family name, in Latin letters.
    pub last_name: String,
    /// `1990-04-01`.
    pub birth_date: String,
    /// A code of source-of-funds.
    pub source_of_fund_id: ListCode,
    /// The number on the document.
    pub national_id_number: String,
    /// Where the person lives; it has no type.
    pub residence_address: CorrespondenceAddress,
    /// Country codes.
    pub nationalities: Vec<String>,
    /// Country codes.
    pub tax_residences: Residences,
    /// When the terms were accepted.
    pub terms_and_conditions_acceptance_date: String,
    /// When the privacy policy was accepted.
    pub privacy_policy_acceptance_date: String,
    /// When the tariff was accepted.
    pub tariff_acceptance_date: String,
    /// `M` or `F`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// A code of account-purpose.
    pub account_purpose_code: String,
    /// A code of main-activity.
    pub main_activity_code: String,
    /// A code of financing-method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub financing_method_code: Option<String>,
}
