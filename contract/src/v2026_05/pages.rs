//! The pages of edition 2026-05, by the last part of their addresses.
//! A row that cites another page of this edition is noticed by a test.

pub(super) const CONFIRM: &str = "confirm-email";
pub(super) const RESEND_MAIL: &str = "send-email-verification-code";
pub(super) const SEND_CODE: &str = "send-verification-code";
pub(super) const RESEND_CODE: &str = "resend-phone-verification-code-2";
pub(super) const VERIFY: &str = "verify-the-phone-number";
pub(super) const STATUS: &str = "check-user-status";
pub(super) const INITIATE: &str = "initiate-external-identification-api";
pub(super) const POLL: &str = "get-identification-process-status";
pub(super) const KYC: &str = "user-add-additional-data-2";
pub(super) const FINALIZE: &str = "finalize-external-identification-api";
pub(super) const FLOW: &str = "web-identification";
pub(super) const SOURCES: &str = "source-of-funds";
pub(super) const PURPOSES: &str = "account-purposes";
pub(super) const ACTIVITIES: &str = "989";
pub(super) const FINANCING: &str = "319";
pub(super) const OIDC: &str = "merchant-authentication";
pub(super) const DOWNLOAD: &str = "457";
