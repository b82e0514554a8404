//! Users and the rules that join them: dense ids, one owner for each address and number.
//! Lookups by id are an index, so a user costs the same however many there are.

use std::collections::BTreeMap;

use contract::trace::client::Secret;
use contract::{Instant, lifecycle::Lifecycle, status::IdentificationStatus};

use serde::{Deserialize, Serialize};

use crate::{
    code::Code,
    outcome::{SessionLink, UserFlags},
    session::Session,
};

/// The id of the first user. The provider's own examples are far below.
pub const FIRST_USER: i32 = 100_001;

/// An address or number and how far its owner has proved it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Contact {
    pub(crate) value: Box<str>,
    pub(crate) proved: bool,
    pub(crate) code: Option<Code>,
    /// When codes were asked for lately; kept only where that is limited.
    pub(crate) asked: Vec<Instant>,
}

impl Contact {
    /// A new value in place of another. The series of codes goes on, so that a code for the old
    /// value cannot prove the new one, and so does the count of what was asked for.
    fn after(before: Option<&Self>, value: &str) -> Self {
        let code = before.and_then(|contact| contact.code);
        let asked = before.map(|contact| contact.asked.clone()).unwrap_or_default();
        Self { value: value.into(), proved: false, code, asked }
    }
}

/// One user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) merchant: i32,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) email: Option<Contact>,
    pub(crate) phone: Option<Contact>,
    pub(crate) additional_data: Option<Box<str>>,
    pub(crate) session: Option<Box<Session>>,
    pub(crate) finalized: Option<Box<Finalized>>,
}

/// What finalising gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Finalized {
    pub(crate) correlation: u128,
    pub(crate) individual: i32,
    /// How often it was asked for again.
    pub(crate) repeats: u32,
    /// When it was first asked for.
    pub(crate) at: Instant,
}

impl User {
    pub(crate) fn has_email(&self) -> bool {
        self.email.as_ref().is_some_and(|contact| contact.proved)
    }

    pub(crate) fn has_phone(&self) -> bool {
        self.phone.as_ref().is_some_and(|contact| contact.proved)
    }

    /// `isScaVerified` turns true with the end of the onboarding and `isOptionalKyc` never does:
    /// no page says what moves either (assumed).
    pub(crate) fn flags(&self) -> UserFlags {
        UserFlags {
            email: self.has_email(),
            phone: self.has_phone(),
            sca: self.finalized.is_some(),
            additional_data: self.additional_data.is_some(),
            optional_kyc: false,
            lifecycle: self.lifecycle,
        }
    }
}

/// All users.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Users {
    all: Vec<User>,
    by_email: BTreeMap<Box<str>, i32>,
    by_phone: BTreeMap<Box<str>, i32>,
}

impl Users {
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.all.len()).unwrap_or(u32::MAX)
    }

    /// Every address and number of somebody; numbers without their plus sign.
    pub(crate) fn contacts(&self) -> impl Iterator<Item = (Secret, &str)> {
        self.all.iter().flat_map(|user| {
            let email = user.email.as_ref().map(|contact| (Secret::Email, &*contact.value));
            let phone = user.phone.as_ref().map(|contact| {
                (Secret::Phone, contact.value.strip_prefix('+').unwrap_or(&contact.value))
            });
            email.into_iter().chain(phone)
        })
    }

    pub(crate) fn get(&self, id: i32) -> Option<&User> {
        self.all.get(index(id)?)
    }

    pub(crate) fn get_mut(&mut self, id: i32) -> Option<&mut User> {
        self.all.get_mut(index(id)?)
    }

    pub(crate) fn add(&mut self, merchant: i32) -> i32 {
        let id = FIRST_USER.saturating_add(i32::try_from(self.all.len()).unwrap_or(i32::MAX));
        self.all.push(User {
            merchant,
            lifecycle: Lifecycle::Registered,
            email: None,
            phone: None,
            additional_data: None,
            session: None,
            finalized: None,
        });
        id
    }

    /// Who has this address, whatever its case.
    pub(crate) fn owner_of_email(&self, email: &str) -> Option<i32> {
        self.by_email.get(email.to_lowercase().as_str()).copied()
    }

    /// Who has this number.
    pub(crate) fn owner_of_phone(&self, phone: &str) -> Option<i32> {
        self.by_phone.get(phone).copied()
    }

    /// Gives a user an address; the caller has made sure that nobody else has it.
    /// The address it had before is free again.
    pub(crate) fn set_email(&mut self, id: i32, email: &str) {
        let Some(user) = self.get_mut(id) else { return };
        let before = user.email.take();
        user.email = Some(Contact::after(before.as_ref(), email));
        if let Some(before) = before {
            let key = before.value.to_lowercase();
            // With shared addresses another user may be the one who is found by it.
            if self.by_email.get(key.as_str()) == Some(&id) {
                self.by_email.remove(key.as_str());
            }
        }
        self.by_email.insert(email.to_lowercase().into(), id);
    }

    /// Gives a user a number and lets go of the one it had.
    pub(crate) fn set_phone(&mut self, id: i32, phone: &str) {
        let Some(user) = self.get_mut(id) else { return };
        let before = user.phone.take();
        user.phone = Some(Contact::after(before.as_ref(), phone));
        if let Some(before) = before {
            self.by_phone.remove(&before.value);
        }
        self.by_phone.insert(phone.into(), id);
    }

    pub(crate) fn ids(&self, after: Option<i32>, limit: usize) -> Vec<i32> {
        let first = after.map_or(FIRST_USER, |id| id.saturating_add(1).max(FIRST_USER));
        let end = i64::from(FIRST_USER) + i64::from(self.count());
        (i64::from(first)..end).take(limit).filter_map(|id| i32::try_from(id).ok()).collect()
    }
}

fn index(id: i32) -> Option<usize> {
    usize::try_from(id.checked_sub(FIRST_USER)?).ok()
}

/// A user as the control listener shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserView {
    /// The id.
    pub id: i32,
    /// The merchant it belongs to.
    pub merchant: i32,
    /// The address on file.
    pub email: Option<String>,
    /// The number on file.
    pub phone: Option<String>,
    /// Flags and lifecycle.
    pub flags: UserFlags,
    /// The newest session.
    pub session: Option<SessionView>,
    /// `additionalData.data` as it was sent.
    pub additional_data: Option<String>,
    /// `correlationId` and `individualId`.
    pub finalized: Option<(u128, i32)>,
}

/// A session as the control listener shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Its number.
    pub number: u32,
    /// Its stage's name.
    pub stage: &'static str,
    /// What a poll says.
    pub status: IdentificationStatus,
    /// Where the person goes next.
    pub link: Option<SessionLink>,
}

impl UserView {
    pub(crate) fn of(id: i32, user: &User) -> Self {
        let value = |contact: &Contact| contact.value.to_string();
        Self {
            id,
            merchant: user.merchant,
            email: user.email.as_ref().map(value),
            phone: user.phone.as_ref().map(value),
            flags: user.flags(),
            session: user.session.as_ref().map(|session| SessionView {
                number: session.number,
                stage: session.stage.name(),
                status: session.stage.status(),
                link: session.next_link(),
            }),
            additional_data: user.additional_data.as_ref().map(ToString::to_string),
            finalized: user.finalized.as_ref().map(|end| (end.correlation, end.individual)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_dense_and_page() {
        let mut users = Users::default();
        let ids: Vec<_> = (0..3).map(|_| users.add(1001)).collect();
        assert_eq!(ids, [FIRST_USER, FIRST_USER + 1, FIRST_USER + 2]);
        assert_eq!(users.ids(Some(FIRST_USER), 1), [FIRST_USER + 1]);
        assert_eq!(users.ids(Some(-5), 9), ids);
        assert!(users.ids(Some(i32::MAX), 9).is_empty());
        for stranger in [0, -1, i32::MIN, i32::MAX, FIRST_USER + 3] {
            assert!(users.get(stranger).is_none(), "{stranger}");
        }
    }

    #[test]
    fn a_new_number_lets_go_of_the_old_one() {
        let mut users = Users::default();
        let id = users.add(1001);
        users.set_phone(id, "+359880000001");
        users.set_phone(id, "+359880000002");
        assert_eq!(users.owner_of_phone("+359880000001"), None);
        assert_eq!(users.owner_of_phone("+359880000002"), Some(id));
    }

    #[test]
    fn addresses_are_compared_without_case() {
        let mut users = Users::default();
        let id = users.add(1001);
        users.set_email(id, "Anna@Example.org");
        assert_eq!(users.owner_of_email("anna@example.ORG"), Some(id));
    }
}
