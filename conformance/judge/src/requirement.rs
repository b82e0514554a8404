//! What a server is held to, as data: one row a requirement, with its level, its source, where it
//! can be looked at, what looking costs, which steps watch over it, and which villains break it.
//!
//! An id never changes its meaning. A row that nothing watches over yet says why.

mod access;
mod ends;
mod identification;
mod people;
mod reading;

use std::fmt;

use contract::{Edition, Variant};

use crate::{Plan, always::Always, story::Story};

/// How much a requirement weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// A server that departs from it fails.
    Must,
    /// A server that departs from it is warned.
    Should,
    /// Allowed, and worth telling.
    May,
    /// The documents allow more than one reading, and none is held against a server.
    Contested,
}

/// Against what it can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A mock alone: it needs a clock, a fault or a person that only a mock has.
    Mock,
    /// Either.
    Both,
}

/// What looking leaves behind at a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Users that nobody needs afterwards.
    Users,
    /// E-mails to somebody.
    Mails,
    /// SMS to somebody.
    Sms,
    /// A person has to be there.
    Person,
}

/// Where a requirement comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A page of the provider, by the last part of its address.
    Page(&'static str),
    /// An RFC, by number and section.
    Rfc(u16, &'static str),
    /// Good practice that no document of the provider states.
    Practice(&'static str),
}

/// The story that shows whether a requirement is kept; what it is, the plan decides.
pub type Tell = fn(&Plan) -> Story;

/// One requirement.
#[derive(Clone, Copy, Debug)]
pub struct Requirement {
    /// Its name for ever.
    pub id: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// What is done.
    pub deed: &'static str,
    /// What has to come of it.
    pub rule: &'static str,
    /// In which editions it holds.
    pub editions: &'static [Edition],
    /// Against what it can be looked at.
    pub target: Target,
    /// What looking leaves behind.
    pub effects: &'static [Effect],
    /// Whether it holds at every moment of every run, and not in one case alone.
    pub invariant: bool,
    /// The open questions on which it depends.
    pub variants: &'static [Variant],
    /// Where it comes from.
    pub sources: &'static [Source],
    /// The story that is told about it.
    pub story: Option<Tell>,
    /// Whether random sequences are judged by the model for it.
    pub explored: bool,
    /// Whether the same is done twice for it, and compared.
    pub repeated: bool,
    /// What is looked for in every exchange of every trace.
    pub(crate) always: Option<Always>,
    /// Why nobody watches over it, where nobody does.
    pub unwatched: Option<&'static str>,
    /// The scenarios that break it; each must be noticed.
    pub villains: &'static [&'static str],
    /// What breaks it where no scenario can: a test, by what it does.
    pub broken_in_test: Option<&'static str>,
    /// Other requirements that those villains cannot help breaking as well.
    pub companions: &'static [&'static str],
}

/// Both editions with identification.
const IDENTIFYING: &[Edition] = &[Edition::E2025_09, Edition::E2026_05];

const fn row(id: &'static str, deed: &'static str, rule: &'static str) -> Requirement {
    Requirement {
        id,
        level: Level::Must,
        deed,
        rule,
        editions: Edition::ALL,
        target: Target::Both,
        effects: &[],
        invariant: false,
        variants: &[],
        sources: &[],
        story: None,
        explored: false,
        repeated: false,
        always: None,
        unwatched: None,
        villains: &[],
        broken_in_test: None,
        companions: &[],
    }
}

impl Requirement {
    /// Every requirement, in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        [access::ROWS, people::ROWS, reading::ROWS, identification::ROWS, ends::ROWS]
            .into_iter()
            .flatten()
    }

    /// The requirement of an id, whatever its case.
    #[must_use]
    pub fn by_id(id: &str) -> Option<&'static Self> {
        Self::all().find(|row| row.id.eq_ignore_ascii_case(id))
    }

    const fn should(self) -> Self {
        Self { level: Level::Should, ..self }
    }

    const fn may(self) -> Self {
        Self { level: Level::May, ..self }
    }

    const fn contested(self, variants: &'static [Variant]) -> Self {
        Self { level: Level::Contested, variants, ..self }
    }

    const fn under(self, variants: &'static [Variant]) -> Self {
        Self { variants, ..self }
    }

    const fn always(self) -> Self {
        Self { invariant: true, ..self }
    }

    const fn on(self, target: Target) -> Self {
        Self { target, ..self }
    }

    const fn costs(self, effects: &'static [Effect]) -> Self {
        Self { effects, ..self }
    }

    const fn identifying(self) -> Self {
        Self { editions: IDENTIFYING, ..self }
    }

    /// What the newest edition alone has.
    const fn latest(self) -> Self {
        Self { editions: &[Edition::E2026_05], ..self }
    }

    const fn from(self, sources: &'static [Source]) -> Self {
        Self { sources, ..self }
    }

    const fn tells(self, story: Tell) -> Self {
        Self { story: Some(story), ..self }
    }

    const fn explored(self) -> Self {
        Self { explored: true, ..self }
    }

    const fn repeated(self) -> Self {
        Self { repeated: true, ..self }
    }

    const fn broken_in_test(self, what: &'static str) -> Self {
        Self { broken_in_test: Some(what), ..self }
    }

    const fn holds(self, always: Always) -> Self {
        Self { always: Some(always), ..self }
    }

    const fn unwatched(self, why: &'static str) -> Self {
        Self { unwatched: Some(why), ..self }
    }

    const fn broken_by(self, villains: &'static [&'static str]) -> Self {
        Self { villains, ..self }
    }

    const fn along_with(self, companions: &'static [&'static str]) -> Self {
        Self { companions, ..self }
    }

    /// Whether anybody watches over it.
    #[must_use]
    pub const fn is_watched(&self) -> bool {
        self.story.is_some() || self.explored || self.repeated || self.always.is_some()
    }

    /// Whether it is looked for in every exchange.
    #[must_use]
    pub const fn is_looked_for(&self) -> bool {
        self.always.is_some()
    }

    /// Its group, such as `TOK`.
    #[must_use]
    pub fn group(&self) -> &'static str {
        self.id.split('-').nth(1).unwrap_or_default()
    }

    /// Every group, in the order of the catalogue.
    #[must_use]
    pub fn groups() -> Vec<&'static str> {
        let mut groups: Vec<_> = Self::all().map(Self::group).collect();
        groups.dedup();
        groups
    }
}

impl Level {
    /// Its name in lists.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
            Self::Contested => "CONTESTED",
        }
    }
}

impl Target {
    /// Its name in lists.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mock => "mock",
            Self::Both => "both",
        }
    }
}

impl Effect {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::Users, Self::Mails, Self::Sms, Self::Person];

    /// Its word on a command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Mails => "mails",
            Self::Sms => "sms",
            Self::Person => "person",
        }
    }

    /// Its name in lists.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Mails => "e-mails",
            Self::Sms => "SMS",
            Self::Person => "a person",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(page) => write!(f, "page {page}"),
            Self::Rfc(number, section) => write!(f, "RFC {number} section {section}"),
            Self::Practice(why) => write!(f, "practice: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_catalogue_has_eighty_rows_and_each_says_everything() {
        let ids: BTreeSet<_> = Requirement::all().map(|row| row.id).collect();
        assert_eq!((Requirement::all().count(), ids.len()), (82, 82));
        for row in Requirement::all() {
            let mut parts = row.id.split('-');
            assert_eq!(parts.next(), Some("SC"), "{}", row.id);
            assert_eq!(parts.next().map(str::len), Some(3), "{}", row.id);
            assert_eq!(parts.next().map(str::len), Some(2), "{}", row.id);
            assert!(!row.deed.is_empty() && !row.rule.is_empty(), "{}", row.id);
            assert!(!row.sources.is_empty() && !row.editions.is_empty(), "{}", row.id);
            let contested = row.level == Level::Contested;
            assert!(!contested || !row.variants.is_empty(), "{} says what is contested", row.id);
            let watched = row.is_watched();
            assert_eq!(watched, row.unwatched.is_none(), "{}: watched, or why not", row.id);
            let fails = !row.villains.is_empty() || row.broken_in_test.is_some();
            assert_eq!(watched, fails, "{}: what can fail it", row.id);
        }
    }

    #[test]
    fn numbers_of_a_group_have_no_gap() {
        let mut last = ("", 0);
        for row in Requirement::all() {
            let (group, number) = row.id.rsplit_once('-').unwrap();
            let number: u32 = number.parse().unwrap();
            let expected = if group == last.0 { last.1 + 1 } else { 1 };
            assert_eq!(number, expected, "{}", row.id);
            last = (group, number);
        }
    }

    #[test]
    fn an_id_is_found_in_any_case() {
        assert_eq!(Requirement::by_id("sc-tok-01").map(|row| row.id), Some("SC-TOK-01"));
        assert!(Requirement::by_id("SC-TOK-99").is_none());
    }
}
