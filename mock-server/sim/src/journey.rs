//! The screens of an identification, as the two providers have them, and why a check can fail.
//!
//! The order of B-Trust's web identification is what its request flags imply; of Onfido's journey
//! with a qualified signature its public guide tells the stations. Neither documents the reasons.

use serde::{Deserialize, Serialize};

use crate::{outcome::Screen, session::Session};

const B_TRUST: &[Screen] = &[
    Screen::Consent,
    Screen::Details,
    Screen::PhoneCode,
    Screen::EmailCode,
    Screen::Document,
    Screen::Liveness,
    Screen::Review,
    Screen::ProviderDocuments,
    Screen::ProviderCode,
    Screen::Done,
];

const ONFIDO: &[Screen] = &[
    Screen::Consent,
    Screen::Document,
    Screen::Liveness,
    Screen::ProviderCode,
    Screen::ProviderDocuments,
    Screen::Done,
];

const SIGNING: &[Screen] = &[Screen::Read, Screen::Code];

/// What decides which screens there are.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four questions that are independent")]
pub(crate) struct Journey {
    /// Whether Onfido identifies, and not B-Trust.
    pub(crate) onfido: bool,
    /// Whether the provider's own documents are signed.
    pub(crate) signs: bool,
    /// Whether the user has an e-mail address.
    pub(crate) email: bool,
    /// Whether the user has a phone.
    pub(crate) phone: bool,
}

impl Journey {
    pub(crate) fn screens(self) -> Box<[Screen]> {
        let all = if self.onfido { ONFIDO } else { B_TRUST };
        let there = |screen: &&Screen| match screen {
            Screen::PhoneCode => self.phone,
            Screen::EmailCode => self.email,
            Screen::ProviderDocuments => self.signs,
            Screen::ProviderCode => self.signs && self.phone,
            _ => true,
        };
        all.iter().filter(there).copied().collect()
    }
}

/// Which screen of its journey it is, from 1, and of how many.
pub(crate) fn place(session: &Session, screen: Screen) -> Option<(usize, usize)> {
    [&*session.screens, SIGNING].into_iter().find_map(|screens| {
        let index = screens.iter().position(|known| *known == screen)?;
        Some((index + 1, screens.len()))
    })
}

/// An address or number of which only the end can be recognised.
pub(crate) fn masked(contact: &str) -> String {
    match contact.split_once('@') {
        Some((name, host)) => {
            format!("{}\u{2026}@{host}", name.chars().next().map(String::from).unwrap_or_default())
        }
        None => {
            let end: Vec<_> = contact.chars().rev().take(3).collect();
            format!("\u{2026}{}", end.into_iter().rev().collect::<String>())
        }
    }
}

/// Why a provider turns a person down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailReason {
    /// The document cannot be read.
    DocumentUnreadable,
    /// The document is no longer valid.
    DocumentExpired,
    /// Such documents are not taken.
    DocumentNotAccepted,
    /// The face is not the one of the document.
    FaceMismatch,
    /// Nobody alive is seen.
    NotLive,
    /// Something broke at the provider.
    TechnicalError,
}

impl FailReason {
    /// Every reason.
    pub const ALL: &[Self] = &[
        Self::DocumentUnreadable,
        Self::DocumentExpired,
        Self::DocumentNotAccepted,
        Self::FaceMismatch,
        Self::NotLive,
        Self::TechnicalError,
    ];

    /// Its name in pages and traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DocumentUnreadable => "document-unreadable",
            Self::DocumentExpired => "document-expired",
            Self::DocumentNotAccepted => "document-not-accepted",
            Self::FaceMismatch => "face-mismatch",
            Self::NotLive => "not-live",
            Self::TechnicalError => "technical-error",
        }
    }

    /// Whether the check of this screen can end so.
    #[must_use]
    pub const fn fits(self, screen: Screen) -> bool {
        match self {
            Self::DocumentUnreadable | Self::DocumentExpired | Self::DocumentNotAccepted => {
                matches!(screen, Screen::Document)
            }
            Self::FaceMismatch | Self::NotLive => matches!(screen, Screen::Liveness),
            Self::TechnicalError => screen.is_a_check(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journey_has_no_screen_for_what_a_person_lacks() {
        let full = Journey { onfido: false, signs: true, email: true, phone: true };
        assert_eq!(&*full.screens(), B_TRUST);
        let bare = Journey { signs: false, email: false, phone: false, ..full };
        let names: Vec<_> = bare.screens().iter().map(|screen| screen.name()).collect();
        assert_eq!(names, ["consent", "details", "document", "liveness", "review", "done"]);
        assert_eq!(&*Journey { onfido: true, ..full }.screens(), ONFIDO);
    }

    #[test]
    fn a_scenario_can_stop_on_every_screen_of_a_journey() {
        for screen in B_TRUST.iter().chain(ONFIDO) {
            let person =
                format!("identification = {{ act = \"cancel\", at = \"{}\" }}", screen.name());
            let text = format!("title = \"t\"\nwhy = \"w\"\n[person]\n{person}\n");
            assert!(contract::scenario::read(&text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_contact_is_only_hinted_at() {
        assert_eq!(masked("anna@example.org"), "a\u{2026}@example.org");
        assert_eq!(masked("+359880000001"), "\u{2026}001");
        assert_eq!(masked(""), "\u{2026}");
    }

    #[test]
    fn every_check_has_reasons_of_its_own() {
        for screen in Screen::ALL {
            let fitting = FailReason::ALL.iter().filter(|reason| reason.fits(*screen)).count();
            assert_eq!(fitting > 1, screen.is_a_check(), "{}", screen.name());
        }
    }
}
