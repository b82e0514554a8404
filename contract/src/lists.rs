//! The four KYC code lists: what the user may choose from, and the codes that are sent back.
//! Values and labels are stated by the 2026-05 pages (and, for three of them, identically by
//! 2024-06); no 2025-09 page was found, so that edition carries them over as assumed.

use serde::{Deserialize, Serialize};

use crate::Call;

/// One of the four lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeList {
    /// Where the money comes from; sent back as `sourceOfFundId`.
    SourceOfFunds,
    /// What the account is for; sent back as `accountPurposeCode`.
    AccountPurpose,
    /// What the person does; sent back as `mainActivityCode`.
    MainActivity,
    /// How the account is funded; sent back as `financingMethodCode`.
    FinancingMethod,
}

impl CodeList {
    /// Every list.
    pub const ALL: &[Self] =
        &[Self::SourceOfFunds, Self::AccountPurpose, Self::MainActivity, Self::FinancingMethod];

    /// The call that serves it.
    #[must_use]
    pub const fn call(self) -> Call {
        match self {
            Self::SourceOfFunds => Call::SourceOfFunds,
            Self::AccountPurpose => Call::AccountPurpose,
            Self::MainActivity => Call::MainActivity,
            Self::FinancingMethod => Call::FinancingMethod,
        }
    }

    /// Labels in the order of their codes: the first has code `1`.
    #[must_use]
    pub const fn labels(self) -> &'static [&'static str] {
        match self {
            Self::SourceOfFunds => &[
                "Savings",
                "Employment contract",
                "Business activity",
                "Pension",
                "Scholarship",
                "Inheritance",
                "Donation",
                "Benefits",
                "Rent",
                "Trade deal",
                "Sales",
                "Distribution",
                "Investment income",
            ],
            Self::AccountPurpose => &[
                "Currency exchange",
                "Domestic transfers",
                "Money transfers from/to EEA accounts",
                "Money transfers from/to accounts outside the EEA",
                "Holding/keeping funds",
            ],
            Self::MainActivity => &[
                "Employed on an employment contract",
                "Self Employed",
                "Retired",
                "Unemployed",
                "Student",
                "Individual investor",
            ],
            Self::FinancingMethod => &[
                "Funding by wire transfer from own account",
                "Funding by wire transfer from joint/third party account",
                "Funding with debit/credit card",
            ],
        }
    }

    /// Each code with its label.
    pub fn entries(self) -> impl Iterator<Item = (String, &'static str)> {
        self.labels().iter().enumerate().map(|(index, label)| ((index + 1).to_string(), *label))
    }

    /// Whether a code is on the list.
    #[must_use]
    pub fn has(self, code: &str) -> bool {
        self.entries().any(|(known, _)| known == code)
    }
}
