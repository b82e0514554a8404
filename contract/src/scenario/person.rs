//! What the human does on the hosted pages: the same for whoever plays it,
//! the mock itself or a visitor.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Span;
use crate::trace::Landing;

/// The human of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Person {
    /// Who plays it.
    #[serde(default, skip_serializing_if = "By::is_mock")]
    pub by: By,
    /// How long it takes over each screen.
    #[serde(default = "usual_pace")]
    pub pace: Span,
    /// With the identification provider.
    #[serde(default)]
    pub identification: Journey,
    /// With the documents of 10nPayments.
    #[serde(default)]
    pub signing: Journey,
}

/// Who plays the human.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The mock does it all, by the workspace's clock; nobody needs to open a page.
    #[default]
    Mock,
    /// Whoever opens the pages; the script bends what comes of it.
    Page,
}

impl By {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
    const fn is_mock(&self) -> bool {
        matches!(self, Self::Mock)
    }
}

/// What happens on one of the two journeys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Journey {
    /// How it ends.
    #[serde(default)]
    pub act: Act,
    /// On which screen that happens: `consent`, `details`, `phone-code`, `email-code`, `document`,
    /// `liveness`, `review`, `provider-documents`, `provider-code` or `done` when identifying;
    /// `read` or `code` when signing. Where a provider lacks it, the next one that it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Why, in the provider's words; for `fail`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many wrong codes are entered before the right one; when signing.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub wrong_codes: u32,
    /// How often the page is opened again when all is over.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub returns: u32,
    /// How the browser comes back to the merchant.
    #[serde(default)]
    pub redirect: Redirect,
}

/// How a journey ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// It is done to the end.
    #[default]
    Complete,
    /// The provider turns the person down.
    Fail,
    /// The person cancels, or declines to sign.
    Cancel,
    /// The person goes away and never comes back.
    Abandon,
}

/// How the browser comes back to the merchant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Redirect {
    /// How often: never, once or twice.
    #[serde(default = "once")]
    pub times: u32,
    /// Whether only when the result is there, and not while the provider still works on it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub after_result: bool,
    /// To this address, however the journey ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Landing>,
    /// With these parameters added.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub adds: BTreeMap<String, String>,
    /// Whether whoever opens the page again, when all is over, is sent back once more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// To wherever this parameter of the page's address says, if it is there: an open redirect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
}

impl Default for Redirect {
    fn default() -> Self {
        Self {
            times: 1,
            after_result: false,
            to: None,
            adds: BTreeMap::new(),
            again: false,
            follows: None,
        }
    }
}

impl Default for Person {
    fn default() -> Self {
        Self {
            by: By::Mock,
            pace: usual_pace(),
            identification: Journey::default(),
            signing: Journey::default(),
        }
    }
}

const fn once() -> u32 {
    1
}

fn usual_pace() -> Span {
    Span::seconds(2)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}
