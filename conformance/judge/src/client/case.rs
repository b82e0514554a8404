//! A case: what one client goes through once, in a world of its own.
//! It is data: a scenario for the mock, what the person does, and what a client must be able to do.

use serde::{Deserialize, Serialize};

use crate::Person;

/// What a client goes through once.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Its name: lower case, hyphens.
    pub name: &'static str,
    /// What it belongs to; each group is enclosed by healthy runs.
    pub group: Group,
    /// What happens, in one sentence.
    pub title: &'static str,
    /// The rules and timelines of its scenario, TOML. Title and reason are added.
    pub scenario: &'static str,
    /// What the person does.
    pub human: Human,
    /// What a client must be able to do so that the case can be played.
    pub needs: &'static [Feature],
    /// The seeds of worlds that have what the case needs; any world when there is none.
    pub worlds: &'static [u64],
    /// How long it takes a correct client, in seconds of the provider's clock.
    pub seconds: u32,
}

impl Case {
    /// The seed of a world for this case, given one that is as good as any.
    #[must_use]
    pub fn seed(&self, any: u64) -> u64 {
        let count = self.worlds.len() as u64;
        let chosen = any.checked_rem(count).and_then(|index| usize::try_from(index).ok());
        chosen.and_then(|index| self.worlds.get(index)).copied().unwrap_or(any)
    }
}

/// What cases have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Nothing goes wrong.
    Healthy,
    /// TLS and addresses.
    Transport,
    /// Tokens.
    Tokens,
    /// Ids and codes.
    Values,
    /// Order and redirects.
    Journeys,
    /// Polling.
    Polling,
    /// Refusals.
    Refusals,
    /// Lost, late and broken answers.
    Outages,
}

impl Group {
    /// All groups but the healthy one.
    pub const FAULTY: &[Self] = &[
        Self::Transport,
        Self::Tokens,
        Self::Values,
        Self::Journeys,
        Self::Polling,
        Self::Refusals,
        Self::Outages,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Transport => "transport",
            Self::Tokens => "tokens",
            Self::Values => "values",
            Self::Journeys => "journeys",
            Self::Polling => "polling",
            Self::Refusals => "refusals",
            Self::Outages => "outages",
        }
    }
}

/// What the person of a case does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Human {
    /// How the journeys end.
    pub acts: Person,
    /// How long the browser takes from the end of the identification to the client's address.
    pub lands_after: u32,
    /// What else the browser does.
    pub extra: Option<Extra>,
    /// How often a wrong code is typed before the right one.
    pub wrong_codes: u32,
    /// How often "send again" is pressed before a code is typed.
    pub resends: u32,
    /// How often "begin" is pressed.
    pub starts: u32,
    /// Whether the client is stopped and started again between two steps.
    pub restarts: bool,
}

impl Human {
    /// Somebody who does everything right.
    pub const CALM: Self = Self {
        acts: Person::Complete,
        lands_after: 0,
        extra: None,
        wrong_codes: 0,
        resends: 0,
        starts: 1,
        restarts: false,
    };
}

/// What a browser does beyond what the provider sends it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// It visits the Success URL, and nobody ever identifies.
    Forged,
    /// It visits the Success URL once more after the end.
    Again,
    /// It visits the Success URL twice at once, after a HEAD.
    Twice,
    /// It adds the number of another user to the Success URL.
    Altered,
}

/// What a client can do for its judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// It asks the person for a code again after a wrong one.
    AsksAgain,
    /// It has a "send again" that the person can press.
    Resends,
    /// It has a "begin" that the person can press more than once.
    Starts,
    /// It goes on where it was when it is started again.
    Resumes,
    /// It listens at the Success and Fail URL itself.
    Lands,
    /// It hands in its own log.
    Logs,
}

impl Feature {
    /// Its name in certification files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AsksAgain => "asks-again",
            Self::Resends => "resends",
            Self::Starts => "starts",
            Self::Resumes => "resumes",
            Self::Lands => "lands",
            Self::Logs => "logs",
        }
    }
}
