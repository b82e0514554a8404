//! The pages of edition 2024-06, by the last part of their addresses.
//! A row that cites another page of this edition is noticed by a test.

pub(super) const TOKEN: &str = "merchant-authentication";
pub(super) const CREATE: &str = "create-user";
pub(super) const SEND_MAIL: &str = "send-email-verification-code";
pub(super) const CONFIRM: &str = "confirm-email";
pub(super) const SEND_CODE: &str = "send-verification-code";
pub(super) const VERIFY: &str = "verify-the-phone-number";
pub(super) const STATUS: &str = "check-user-status";
pub(super) const SOURCES: &str = "source-of-funds";
pub(super) const PURPOSES: &str = "account-purposes";
pub(super) const ACTIVITIES: &str = "989";
pub(super) const ENROLL: &str = "1006";
pub(super) const NEIGHBOUR: &str = "create-account-iban";
