//! What a run sets out to do, since that decides what must be seen.
//!
//! A person who gives up is a journey of its own: it ends on the Fail address, and the steps
//! behind that are not expected at all.

use std::{fmt, str::FromStr};

use contract::{
    Call, Edition, Tables, Variant, Variants, When,
    status::IdentificationStatus as Status,
    step::Step,
    trace::{Landing, Leg},
};
use serde::{Deserialize, Serialize};

/// What a run sets out to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The edition that the target is expected to serve.
    pub edition: Edition,
    /// What the person does in the browser.
    pub person: Person,
    /// The readings of open questions that the target is expected to have.
    pub variants: Variants,
}

/// What the person does in the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Person {
    /// Goes through with everything.
    Complete,
    /// Gives up during identification.
    Cancel,
    /// Is not recognised during identification.
    Fail,
    /// Identifies, then declines to sign.
    Decline,
}

/// What a poll can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// One of the statuses that the documents name.
    Status(Status),
    /// No status at all: null.
    Null,
    /// A word that is none of the named ones: the vendor's own.
    Vendor,
    /// Nothing: the poll is refused with 400.
    Refusal,
}

/// A call whose place in the flow is an open question.
struct Placed {
    when: When,
    call: Call,
    /// The call that it comes right before, or `None` when it is not made.
    before: Option<Call>,
}

/// What an open question moves, beside what an edition's steps list.
const PLACED: &[Placed] = &[
    Placed {
        when: When(Variant::FirstMail, "on-request"),
        call: Call::SendEmailConfirmation,
        before: Some(Call::ConfirmEmail),
    },
    Placed {
        when: When(Variant::FirstMail, "at-creation"),
        call: Call::SendEmailConfirmation,
        before: None,
    },
    Placed {
        when: When(Variant::QuestionnaireOrder, "before-initiate"),
        call: Call::AddAdditionalData,
        before: Some(Call::Initiate),
    },
    Placed {
        when: When(Variant::QuestionnaireOrder, "after-signing"),
        call: Call::AddAdditionalData,
        before: Some(Call::Finalize),
    },
];

impl Person {
    /// Every kind of person.
    pub const ALL: &[Self] = &[Self::Complete, Self::Cancel, Self::Fail, Self::Decline];

    /// Its name on command lines and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Cancel => "cancel",
            Self::Fail => "fail",
            Self::Decline => "decline",
        }
    }

    /// The values of the buttons that this person presses on the hosted pages, the dearest wish
    /// first.
    #[must_use]
    pub const fn wishes(self, leg: Leg) -> &'static [&'static str] {
        match (self, leg) {
            (Self::Cancel, Leg::Identification) => &["cancel"],
            (Self::Fail, Leg::Identification) => &["fail", "enter", "sign", "continue"],
            (Self::Decline, Leg::Signing) => &["decline"],
            (_, Leg::Identification) => &["enter", "sign", "continue"],
            (_, Leg::Signing) => &["sign", "continue"],
        }
    }

    /// The journey that this person does not finish, if any.
    #[must_use]
    pub const fn gives_up(self) -> Option<Leg> {
        match self {
            Self::Complete => None,
            Self::Cancel | Self::Fail => Some(Leg::Identification),
            Self::Decline => Some(Leg::Signing),
        }
    }
}

impl Plan {
    /// What the edition says.
    #[must_use]
    pub const fn tables(&self) -> Option<&'static Tables> {
        self.edition.tables()
    }

    /// Whether the edition's flow has a step.
    #[must_use]
    pub fn has(&self, step: Step) -> bool {
        self.tables().is_some_and(|tables| tables.step(step).is_some())
    }

    /// The step of the edition's flow before a step.
    #[must_use]
    pub fn before(&self, step: Step) -> Option<Step> {
        Step::ALL.iter().copied().rfind(|earlier| *earlier < step && self.has(*earlier))
    }

    /// The calls that a step makes under the readings in force, in their order.
    #[must_use]
    pub fn calls(&self, step: Step) -> Vec<Call> {
        let Some(tables) = self.tables() else { return Vec::new() };
        let listed = tables.step(step).map_or(&[][..], |row| row.calls);
        if step == Step::Token {
            return self.token_call().into_iter().collect();
        }
        let in_force =
            |row: &&Placed| self.variants.meet(&[row.when]) && tables.endpoint(row.call).is_some();
        let placed: Vec<_> = PLACED.iter().filter(in_force).collect();
        let mut calls = Vec::new();
        for call in listed {
            let here = placed.iter().filter(|row| row.before == Some(*call));
            calls.extend(here.map(|row| row.call));
            if !placed.iter().any(|row| row.call == *call) {
                calls.push(*call);
            }
        }
        calls
    }

    /// The call by which the merchant gets its tokens: the one of the edition, unless a reading
    /// names another that the edition has.
    #[must_use]
    pub fn token_call(&self) -> Option<Call> {
        let tables = self.tables()?;
        let named = match self.variants.reading(Variant::TokenGrants).id {
            "password" => Some(Call::PlainToken),
            "mutual-tls" => Some(Call::MtlsToken),
            _ => None,
        };
        let named = named.filter(|call| tables.endpoint(*call).is_some());
        named.or_else(|| tables.step(Step::Token)?.calls.first().copied())
    }

    /// What the polls of a phase say, in the only order in which they may; the last is its end.
    #[must_use]
    pub fn polls(&self, leg: Leg) -> Vec<Says> {
        let is_null = self.variants.reads(Variant::InterimStatus, "null");
        let pending = if is_null { Says::Null } else { Says::Status(Status::Processing) };
        let end = self.phase_end(leg);
        match leg {
            Leg::Identification if is_null => vec![pending, end],
            Leg::Identification => vec![Says::Status(Status::Started), pending, end],
            Leg::Signing => {
                vec![Says::Status(Status::SignSessionIdSuccessfullyCreated), pending, end]
            }
        }
    }

    /// With what a phase of polling ends.
    #[must_use]
    pub fn phase_end(&self, leg: Leg) -> Says {
        if self.landing(leg) == Landing::Success {
            return Says::Status(match leg {
                Leg::Identification => Status::SignSessionIdSuccessfullyCreated,
                Leg::Signing => Status::DocumentSignSuccess,
            });
        }
        match self.variants.reading(Variant::PollAfterFailure).id {
            "vendor-status" => Says::Vendor,
            "bad-request" => Says::Refusal,
            _ if self.variants.reads(Variant::InterimStatus, "null") => Says::Null,
            _ => Says::Status(Status::Error),
        }
    }

    /// The last step that this plan takes.
    #[must_use]
    pub const fn last(&self) -> Step {
        match self.person.gives_up() {
            None => Step::Token,
            Some(Leg::Identification) => Step::PhaseA,
            Some(Leg::Signing) => Step::PhaseB,
        }
    }

    /// Where the browser must end after a journey.
    #[must_use]
    pub fn landing(&self, leg: Leg) -> Landing {
        if self.person.gives_up() == Some(leg) { Landing::Fail } else { Landing::Success }
    }

    /// Why a step is not part of the plan, or `None` when it is.
    #[must_use]
    pub fn leaves_out(&self, step: Step) -> Option<String> {
        if !self.has(step) {
            return Some(format!("edition {} has no such step", self.edition));
        }
        let said = match self.person {
            Person::Complete => return None,
            Person::Cancel => "cancels the identification",
            Person::Fail => "fails the identification",
            Person::Decline => "declines to sign",
        };
        (step > self.last()).then(|| format!("the person {said}, so the flow ends before this"))
    }
}

impl Says {
    /// Whether a status of an answer says this.
    #[must_use]
    pub fn is(self, status: Option<&str>) -> bool {
        match self {
            Self::Status(named) => status == Some(named.name()),
            Self::Null => status.is_none(),
            Self::Vendor => status.is_some_and(|text| !is_named(text)),
            Self::Refusal => false,
        }
    }
}

/// Whether the documents name a status.
fn is_named(status: &str) -> bool {
    Status::ALL.iter().any(|known| known.name() == status && !known.is_vendors())
}

impl fmt::Display for Says {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => status.fmt(f),
            Self::Null => f.write_str("null"),
            Self::Vendor => f.write_str("a status of the vendor's own"),
            Self::Refusal => f.write_str("a refusal with 400"),
        }
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Person {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|person| person.name() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|person| person.name()).collect();
            format!("unknown person '{text}'; choose one of {}", names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(person: Person) -> Plan {
        Plan { edition: Edition::DEFAULT, person, variants: Variants::default() }
    }

    #[test]
    fn a_person_who_gives_up_shortens_the_plan() {
        assert_eq!(plan(Person::Complete).leaves_out(Step::Token), None);
        assert_eq!(plan(Person::Cancel).leaves_out(Step::PhaseA), None);
        let reason = plan(Person::Cancel).leaves_out(Step::SecondRedirect).unwrap();
        assert!(reason.contains("cancels"), "{reason}");
        assert_eq!(plan(Person::Decline).leaves_out(Step::PhaseB), None);
        assert!(plan(Person::Decline).leaves_out(Step::Finalize).is_some());
    }

    #[test]
    fn the_given_up_journey_ends_on_fail() {
        assert_eq!(plan(Person::Fail).landing(Leg::Identification), Landing::Fail);
        assert_eq!(plan(Person::Decline).landing(Leg::Identification), Landing::Success);
        assert_eq!(plan(Person::Decline).landing(Leg::Signing), Landing::Fail);
    }

    fn reading(edition: Edition, id: &str, reading: &str) -> Plan {
        let mut variants = Variants::of(edition);
        variants.choose(id, reading).unwrap();
        Plan { edition, person: Person::Complete, variants }
    }

    #[test]
    fn each_edition_makes_its_own_calls() {
        let own =
            |edition| Plan { edition, person: Person::Complete, variants: Variants::of(edition) };
        let (old, new) = (own(Edition::E2024_06), own(Edition::E2026_05));
        assert_eq!(
            old.calls(Step::ConfirmEmail),
            [Call::SendEmailConfirmation, Call::ConfirmEmail]
        );
        assert_eq!(old.calls(Step::Finalize), [Call::EnrollIndividual]);
        assert_eq!(old.calls(Step::Token), [Call::PlainToken]);
        assert_eq!(old.before(Step::Finalize), Some(Step::VerifyPhone));
        let reason = old.leaves_out(Step::PhaseA).unwrap();
        assert_eq!(reason, "edition 2024-06 has no such step");
        assert_eq!(new.calls(Step::Initiate), [Call::AddAdditionalData, Call::Initiate]);
        assert_eq!(new.calls(Step::Finalize), [Call::Finalize]);
        assert_eq!(new.calls(Step::Token), [Call::MtlsToken]);
    }

    #[test]
    fn readings_move_calls() {
        let mail = reading(Edition::E2025_09, "first-mail", "on-request");
        assert_eq!(
            mail.calls(Step::ConfirmEmail),
            [Call::SendEmailConfirmation, Call::ConfirmEmail]
        );
        let mail = reading(Edition::E2024_06, "first-mail", "at-creation");
        assert_eq!(mail.calls(Step::ConfirmEmail), [Call::ConfirmEmail]);
        let early = reading(Edition::E2025_09, "questionnaire-order", "before-initiate");
        assert_eq!(early.calls(Step::Initiate), [Call::AddAdditionalData, Call::Initiate]);
        assert_eq!(early.calls(Step::Finalize), [Call::Finalize]);
        let late = reading(Edition::E2026_05, "questionnaire-order", "after-signing");
        assert_eq!(late.calls(Step::Initiate), [Call::Initiate]);
        assert_eq!(late.calls(Step::Finalize), [Call::AddAdditionalData, Call::Finalize]);
        let password = reading(Edition::E2025_09, "token-grants", "password");
        assert_eq!(password.calls(Step::Token), [Call::PlainToken]);
        let none = reading(Edition::E2024_06, "token-grants", "mutual-tls");
        assert_eq!(none.calls(Step::Token), [Call::PlainToken], "it has no other");
    }

    #[test]
    fn readings_say_how_a_failure_shows() {
        let fails = |id: &str, word: &str| {
            let plan = reading(Edition::E2025_09, id, word);
            Plan { person: Person::Cancel, ..plan }.phase_end(Leg::Identification)
        };
        assert_eq!(fails("interim-status", "named"), Says::Status(Status::Error));
        assert_eq!(fails("interim-status", "null"), Says::Null);
        assert_eq!(fails("poll-after-failure", "vendor-status"), Says::Vendor);
        assert_eq!(fails("poll-after-failure", "bad-request"), Says::Refusal);
        assert!(Says::Vendor.is(Some("declined")));
        assert!(Says::Vendor.is(Some("70")) && !Says::Vendor.is(Some("ERROR")));
        assert!(Says::Null.is(None) && !Says::Refusal.is(None));
    }

    #[test]
    fn names_are_read_back() {
        for person in Person::ALL {
            assert_eq!(person.name().parse(), Ok(*person));
        }
        assert!("sulk".parse::<Person>().unwrap_err().contains("decline"));
    }
}
