//! What the control listener reads and writes, as types. Their schemas go into its OpenAPI
//! document; members that are not listed are refused.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{
    Merchant,
    credentials::Credentials,
    inbox::Message,
    user::{SessionView, UserView},
};

use crate::workspace::Workspace;

/// That the mock is alive.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Health {
    /// Always `ok`.
    pub(crate) status: &'static str,
    /// The version of the mock.
    pub(crate) version: &'static str,
    /// Whether each answer is held against the OpenAPI document; never in a release build.
    pub(crate) self_check: bool,
}

/// Something was done.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Done {
    /// Always `ok`.
    pub(crate) status: &'static str,
}

/// Captured e-mails and SMS, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Messages {
    /// The messages.
    pub(crate) messages: Vec<MessageDto>,
    /// How many older ones had to make room since the start.
    pub(crate) evicted: u64,
}

/// One captured message.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageDto {
    id: u64,
    /// When it was sent, by the workspace's clock.
    at: String,
    user_id: i32,
    /// `email` or `sms`.
    channel: String,
    /// `email-confirmation`, `phone-verification`, `document-signing`, or one of those that the
    /// identification provider sends: `identification-phone`, `identification-email`,
    /// `provider-signing`.
    kind: String,
    /// The address or number.
    to: String,
    /// The whole text.
    text: String,
    /// The six digits in it.
    code: String,
    /// The address that carries them, where the message holds a link.
    link: Option<String>,
}

impl From<&Message> for MessageDto {
    fn from(message: &Message) -> Self {
        let channel = message.kind.channel().word();
        Self {
            id: message.number,
            at: message.at.to_string(),
            user_id: message.user,
            channel: channel.to_owned(),
            kind: message.kind.name().to_owned(),
            to: message.to.to_string(),
            text: message.text(),
            code: message.code.to_string(),
            link: message.link.as_deref().map(str::to_owned),
        }
    }
}

/// Users, ascending by id.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Users {
    pub(crate) users: Vec<UserDto>,
    /// How many there are in all.
    pub(crate) total: u32,
}

/// One user.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the provider's message has five flags")]
pub(crate) struct UserDto {
    id: i32,
    merchant_id: i32,
    email: Option<String>,
    phone_number: Option<String>,
    is_email_verified: bool,
    is_phone_number_verified: bool,
    is_sca_verified: bool,
    is_additional_data: bool,
    is_optional_kyc: bool,
    /// The lifecycle code.
    status: u16,
    /// The lifecycle code's name.
    title: &'static str,
    session: Option<SessionDto>,
    /// `additionalData.data` as it was sent.
    additional_data: Option<serde_json::Value>,
    finalized: Option<FinalizedDto>,
}

/// A user's newest identification session.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionDto {
    /// As the trace calls it.
    name: String,
    stage: &'static str,
    video_identification_status: &'static str,
    /// Where the person goes next, if anywhere.
    url: Option<String>,
}

/// What finalising gave.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FinalizedDto {
    correlation_id: String,
    individual_id: i32,
}

impl UserDto {
    pub(crate) fn of(workspace: &Workspace, user: UserView) -> Self {
        let data = user.additional_data.as_deref();
        Self {
            id: user.id,
            merchant_id: user.merchant,
            email: user.email,
            phone_number: user.phone,
            is_email_verified: user.flags.email,
            is_phone_number_verified: user.flags.phone,
            is_sca_verified: user.flags.sca,
            is_additional_data: user.flags.additional_data,
            is_optional_kyc: user.flags.optional_kyc,
            status: user.flags.lifecycle.code(),
            title: user.flags.lifecycle.title(workspace.tables().edition),
            session: user.session.map(|session| SessionDto::of(workspace, &session)),
            additional_data: data.and_then(|text| serde_json::from_str(text).ok()),
            finalized: user.finalized.map(|(correlation, individual_id)| FinalizedDto {
                correlation_id: crate::edge::encode::members::guid(correlation),
                individual_id,
            }),
        }
    }
}

impl SessionDto {
    fn of(workspace: &Workspace, session: &SessionView) -> Self {
        Self {
            name: format!("session#{}", session.number),
            stage: session.stage,
            video_identification_status: session.status.name(),
            url: session.link.map(|link| workspace.origins().page(&link)),
        }
    }
}

/// What to do for the person.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PersonAsk {
    /// For whom.
    pub(crate) user_id: i32,
    /// What they would do with the journey that is open.
    #[serde(rename = "do")]
    pub(crate) deed: DeedDto,
}

/// What a person can do with a journey.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DeedDto {
    /// Go through all of it.
    Complete,
    /// Cancel, or decline to sign.
    Cancel,
    /// Fail a check, or decline to sign.
    Fail,
}

/// How a journey ended.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PersonDone {
    /// `identification` or `signing`.
    pub(crate) leg: &'static str,
    /// `success` or `fail`.
    pub(crate) outcome: &'static str,
    /// Where a browser would have gone; nobody has been sent there.
    pub(crate) redirect: String,
}

/// The merchants and what each was given.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Merchants {
    pub(crate) merchants: Vec<MerchantDto>,
}

/// What one merchant was given. It is drawn from the seed and good for nothing but this mock.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MerchantDto {
    merchant_id: i32,
    /// The client of its server.
    client_id: String,
    client_secret: String,
    /// The client of its app; it has no secret.
    oidc_client_id: String,
    /// With what name its person signs in.
    username: String,
    password: String,
    /// Where its app may be sent: at the origin of its Success address.
    redirect_uri: String,
    post_logout_redirect_uri: String,
}

impl MerchantDto {
    pub(crate) fn of(merchant: &Merchant, own: Credentials) -> Self {
        Self {
            merchant_id: merchant.id,
            client_id: merchant.client_id.clone(),
            client_secret: own.client_secret,
            oidc_client_id: merchant.oidc_client.clone(),
            username: own.username,
            password: own.password,
            redirect_uri: merchant.app_address("/auth-result"),
            post_logout_redirect_uri: merchant.app_address("/Logout"),
        }
    }
}

/// A merchant's landing addresses, to set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RedirectsAsk {
    /// After success: an absolute http or https URL.
    pub(crate) success: String,
    /// After failure or cancellation: an absolute http or https URL.
    pub(crate) fail: String,
    /// Whose; the default merchant's when left out.
    #[serde(default)]
    pub(crate) merchant_id: Option<i32>,
}

/// A merchant's landing addresses.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Redirects {
    pub(crate) merchant_id: i32,
    pub(crate) success: String,
    pub(crate) fail: String,
}

/// The workspace's clock.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ClockDto {
    /// `real`, `stepped`, `x10` and so on.
    pub(crate) mode: String,
    pub(crate) now: String,
    /// When something next happens by itself, if anything does.
    pub(crate) next: Option<String>,
}

/// What a clock is to say.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockAsk {
    /// The moment, `2026-01-01T00:00:00Z`. It must not lie behind.
    pub(crate) now: String,
}

/// How far to move a clock: exactly one of the three.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AdvanceAsk {
    /// By so many milliseconds.
    #[serde(default)]
    pub(crate) by_ms: Option<u64>,
    /// To this moment, `2026-01-01T00:00:00Z`.
    #[serde(default)]
    pub(crate) to: Option<String>,
    /// To the next moment at which something happens.
    #[serde(default)]
    pub(crate) to_next: Option<bool>,
}
