//! The messages as types: what a client sends and reads. Where editions differ there is a type for
//! each form.
//!
//! Member names, order and case are the provider's. The golden messages under `golden/` were
//! copied from its pages and are read and written by a test, so that both sides cannot drift
//! together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A code of a list: a text, or a number where the edition or a reading asks for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ListCode {
    /// `3`.
    Number(i64),
    /// `"3"`.
    Text(String),
}

/// Tax residences: one country code, or several where the edition or a reading asks for an array.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Residences {
    /// `"BG"`.
    One(String),
    /// `["BG"]`.
    Several(Vec<String>),
}

/// `POST /User` (create-user).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateUser {
    /// The merchant that asks.
    pub merchant_id: i32,
    /// The person's address; may be null.
    pub email: Option<String>,
}

/// The answer to `POST /User`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedUser {
    /// The new user's id.
    pub id: i32,
}

/// `POST /User/email/confirm` (confirm-email).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmEmail {
    /// The user.
    pub id: i32,
    /// The six digits of the mail.
    pub token: String,
    /// 0 individual, 1 merchant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_type: Option<i32>,
}

/// The same request in 2024-06, whose samples write the user's id as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmEmailInText {
    /// The user.
    pub id: String,
    /// The six digits of the mail.
    pub token: String,
}

/// The answer to a confirmation in 2026-05.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// Whether it is confirmed now.
    pub success: bool,
    /// Usually empty.
    pub message: String,
    /// The HTTP status again.
    pub code: u16,
}

/// `POST /User/email/send-confirmation`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendEmailConfirmation {
    /// The user.
    pub id: i32,
    /// The address of the registration.
    pub email: String,
}

/// `POST /User/phone-number/send-code` (send-verification-code).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendPhoneCode {
    /// The user.
    pub id: i32,
    /// E.164, with plus sign.
    pub phone_number: String,
}

/// `POST /User/phone-number/verify` (verify-the-phone-number).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyPhone {
    /// The user.
    pub id: i32,
    /// The six digits of the SMS.
    pub code: String,
}

/// A request of 2026-05 that also tells whose user it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Correlated<T> {
    /// The request itself.
    #[serde(flatten)]
    pub request: T,
    /// 0 individual, 1 merchant.
    pub correlation_type: i32,
}

/// `POST /Enrollment/initiate-external-identification`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Initiate {
    /// The user.
    pub user_id: i32,
    /// Open a new session even if one exists.
    #[serde(default)]
    pub is_restart_identification: bool,
    /// An IANA name, `Europe/Sofia`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_timezone: Option<String>,
    /// For diagnostics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// `bg`, `en-US`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser_language: Option<String>,
    /// The language the person prefers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_language: Option<String>,
    /// A label, `MacBook Pro`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    /// 0 individual, 1 merchant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_type: Option<i32>,
}

/// The answer to initiate and to the status poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identification {
    /// Where the person goes next, if anywhere.
    pub video_identification_url: Option<String>,
    /// One of [`crate::status::IdentificationStatus`], or something newer.
    pub video_identification_status: Option<String>,
    /// Usually empty.
    pub message: Option<String>,
}

/// `POST /User/add-additional-data`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddAdditionalData {
    /// The user.
    pub id: i32,
    /// Marker and questionnaire.
    pub additional_data: AdditionalData,
}

/// The envelope of the questionnaire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdditionalData {
    /// Always `EnrollAdditionalData`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The questionnaire.
    pub data: Questionnaire,
}

/// The KYC questionnaire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Questionnaire {
    /// The same as the outer `id`.
    pub user_id: i32,
    /// From the B-Trust step; capital B and T on this call only.
    #[serde(rename = "BTrustAppCallBackId", default, skip_serializing_if = "Option::is_none")]
    pub b_trust_app_call_back_id: Option<String>,
    /// Whether `correspondence_address` may be left empty.
    pub is_correspondence_address_same: bool,
    /// A code of source-of-funds.
    pub source_of_fund_id: ListCode,
    /// The post code of the residence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residence_address_zip_code: Option<String>,
    /// Where letters go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correspondence_address: Option<CorrespondenceAddress>,
    /// Three letters, `BUL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secondary_language: Option<String>,
    /// Country code, `BG`.
    pub tax_residences: Residences,
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
    /// The person's address on the network.
    #[serde(rename = "enrollIP", default, skip_serializing_if = "Option::is_none")]
    pub enroll_ip: Option<String>,
    /// Degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enroll_latitude: Option<f64>,
    /// Degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enroll_longitude: Option<f64>,
    /// `M`; other values are not documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enroll_channel: Option<String>,
}

/// Where letters go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CorrespondenceAddress {
    /// `C`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_type: Option<String>,
    /// Street and number.
    pub address_line: String,
    /// Town.
    pub city: String,
    /// Region.
    pub state_province_county: String,
    /// Post code.
    pub zip_code: String,
    /// ISO 3166-1 alpha-2.
    pub country_id: String,
}

/// `POST /Enrollment/finalize-external-identification`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finalize {
    /// The user.
    pub user_id: i32,
    /// From B-Trust, if the flow has one; lower-case b on this call.
    pub b_trust_app_call_back_id: Option<String>,
    /// 0 individual, 1 merchant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_type: Option<i32>,
}

/// The answer to finalise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finalized {
    /// A GUID for audit.
    pub correlation_id: String,
    /// The individual of later calls.
    pub individual_id: i64,
}

/// `POST /api/v1/enrollment/individual` of 2024-06. Dates are instants, RFC 3339.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrollIndividual {
    /// The user.
    pub user_id: i32,
    /// A picture, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// In Latin letters.
    pub first_name: String,
    /// In Latin letters.
    pub last_name: String,
    /// As the person writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub non_latin_first_name: Option<String>,
    /// As the person writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub non_latin_last_name: Option<String>,
    /// The merchant's group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_group_id: Option<i32>,
    /// Day of birth.
    pub birth_date: String,
    /// A code of source-of-funds.
    pub source_of_fund_id: ListCode,
    /// The number of the person in its country.
    pub national_id_number: String,
    /// Where the person lives.
    pub residence_address: PostalAddress,
    /// Where letters go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correspondence_address: Option<PostalAddress>,
    /// The language the person prefers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_language: Option<String>,
    /// The next best one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secondary_language: Option<String>,
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
    /// `M`; other values are not documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enroll_channel: Option<String>,
    /// Whether the person trades in crypto assets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crypto_customer: Option<bool>,
    /// A code of account-purpose.
    pub account_purpose_code: String,
    /// A code of main-activity.
    pub main_activity_code: String,
    /// A code of financing-method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub financing_method_code: Option<String>,
    /// Whether somebody else checked the documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents_authenticated_by_third_party: Option<bool>,
    /// The person's address on the network.
    #[serde(rename = "enrollIP", default, skip_serializing_if = "Option::is_none")]
    pub enroll_ip: Option<String>,
    /// Degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enroll_latitude: Option<serde_json::Number>,
    /// Degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enroll_longitude: Option<serde_json::Number>,
    /// The number on the person's document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal_identification_number: Option<String>,
}

/// An address in the enrolment of 2024-06.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostalAddress {
    /// ISO 3166-1 alpha-2.
    pub country_id: String,
    /// Town.
    pub city: String,
    /// Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_province_county: Option<String>,
    /// Post code.
    pub zip_code: String,
    /// Street and number.
    pub address_line: String,
}

/// The answer to the download call of 2026-05.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KycDocuments {
    /// One per document.
    pub links: Vec<DocumentLink>,
    /// When the addresses stop to work, RFC 3339.
    pub expires_at: String,
}

/// One document to fetch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentLink {
    /// `ID_FRONT`, `ID_BACK` or `SIGNED_PROFILE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What to call it.
    pub file_name: String,
    /// Where it is, for a few minutes.
    pub url: String,
}

/// The answer to the status call of 2024-06, which has two flags only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedFlags {
    /// The address is confirmed.
    pub is_email_verified: bool,
    /// The phone is verified.
    pub is_phone_number_verified: bool,
}

/// The answer to `GET /User/{id}/status` (check-user-status).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the provider's message has five flags")]
pub struct UserStatus {
    /// The address is confirmed.
    pub is_email_verified: bool,
    /// The phone is verified.
    pub is_phone_number_verified: bool,
    /// Enrolled in the SCA application.
    pub is_sca_verified: bool,
    /// The questionnaire is in.
    pub is_additional_data: bool,
    /// Optional KYC is done.
    pub is_optional_kyc: bool,
    /// The lifecycle code; see [`crate::lifecycle::Lifecycle`].
    pub status: i32,
}

/// One entry of a code list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEntry {
    /// For the person.
    pub label: String,
    /// The code, a number as text.
    pub value: String,
}

/// A problem document of the families F1, F2, F2-short, F7 and plain. Every member is optional,
/// because clients must survive any of them missing (RFC 9457 section 3.1).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProblemBody {
    /// Texts by field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<BTreeMap<String, Vec<String>>>,
    /// A URI.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// A heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The HTTP status again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// W3C trace context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
}

/// The flat error body of 2024-06, family F3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlatError {
    /// The HTTP status again.
    pub error_code: u16,
    /// Its phrase.
    pub error_message: String,
}

/// The answer of the token endpoint (RFC 6749 section 5.1).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The token itself.
    pub access_token: String,
    /// Seconds.
    pub expires_in: u64,
    /// `Bearer`.
    pub token_type: String,
    /// Space separated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// The error body of the token endpoint (RFC 6749 section 5.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthError {
    /// The code.
    pub error: String,
    /// A sentence, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
}

/// The form fields of the token request (Client Authentication, section 2), in their documented
/// order.
pub const TOKEN_FORM_FIELDS: [&str; 4] =
    ["client_id", "grant_type", "scope", "IdentityServer:MTLS:X509Certificate"];

/// The F4 body, byte for byte: a 404 whose members are null, with one additional property.
pub const ALL_NULL_PROBLEM: &str = r#"{"type":null,"title":null,"status":null,"detail":null,"instance":null,"ANY_ADDITIONAL_PROPERTY":"anything"}"#;
