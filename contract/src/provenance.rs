//! Where a fact comes from. No row exists without one.
//!
//! *Documented* names the dated edition, the page and the section that state the fact.
//! *Assumed* gives the reason why we answer as we do where the provider's text is silent.

use std::fmt;

use crate::Edition;

/// The source of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// The provider's own page states it.
    Documented {
        /// The dated generation of the documentation.
        edition: Edition,
        /// The page, by the last part of its address.
        page: &'static str,
        /// The section or table of the page.
        section: &'static str,
    },
    /// The provider's text is silent; this is our argued choice.
    Assumed {
        /// Why this reading is the likeliest or the safest.
        reason: &'static str,
    },
}

impl Provenance {
    /// `documented` or `assumed`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Documented { .. } => "documented",
            Self::Assumed { .. } => "assumed",
        }
    }

    /// Whether nothing in it is empty, so that tables can be tested as a whole.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        match self {
            Self::Documented { page, section, .. } => !page.is_empty() && !section.is_empty(),
            Self::Assumed { reason } => !reason.is_empty(),
        }
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Documented { edition, page, section } => {
                write!(f, "documented: {edition}, {page}, {section}")
            }
            Self::Assumed { reason } => write!(f, "assumed: {reason}"),
        }
    }
}

/// Shorthand for tables: documented by the September 2025 pages.
#[must_use]
pub(crate) const fn d25(page: &'static str, section: &'static str) -> Provenance {
    Provenance::Documented { edition: Edition::E2025_09, page, section }
}

/// Shorthand for tables: documented by the pages of June and July 2024.
#[must_use]
pub(crate) const fn d24(page: &'static str, section: &'static str) -> Provenance {
    Provenance::Documented { edition: Edition::E2024_06, page, section }
}

/// Shorthand for tables: documented by the pages of May 2026.
#[must_use]
pub(crate) const fn d26(page: &'static str, section: &'static str) -> Provenance {
    Provenance::Documented { edition: Edition::E2026_05, page, section }
}

/// Shorthand for tables: our argued choice.
#[must_use]
pub(crate) const fn assumed(reason: &'static str) -> Provenance {
    Provenance::Assumed { reason }
}
