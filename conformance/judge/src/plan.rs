//! What a run sets out to do, since that decides what must be seen.
//!
//! A person who gives up is a journey of its own: it ends on the Fail address, and the steps
//! behind that are not expected at all.

use std::{fmt, str::FromStr};

use contract::{Edition, Variants, step::Step, trace::Landing, trace::Leg};
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
        let said = match self.person {
            Person::Complete => return None,
            Person::Cancel => "cancels the identification",
            Person::Fail => "fails the identification",
            Person::Decline => "declines to sign",
        };
        (step > self.last()).then(|| format!("the person {said}, so the flow ends before this"))
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

    #[test]
    fn names_are_read_back() {
        for person in Person::ALL {
            assert_eq!(person.name().parse(), Ok(*person));
        }
        assert!("sulk".parse::<Person>().unwrap_err().contains("decline"));
    }
}
