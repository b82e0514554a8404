//! Scenarios in the world: which of them are known, who goes through which, and how often each of
//! their rules has happened to whom.

pub(crate) mod agenda;
mod choose;
mod draws;
mod given;
mod person;
pub(crate) mod play;
mod rules;
mod saved;
mod staged;
mod state;
pub(crate) mod timeline;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use contract::{
    Call, Instant,
    scenario::{Scenario, rule::Pattern},
};

pub use choose::HEADER;

use serde::{Deserialize, Serialize};

use crate::{
    command::{ScriptRequest, Whom},
    outcome::{Answer, Happening, Reply},
    settings::Settings,
    world::{Course, World},
};

/// A scenario with its name.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) name: Arc<str>,
    pub(crate) scenario: Arc<Scenario>,
    /// Which rules are about which call, so that a request meets no other.
    rules: Arc<RulesByCall>,
}

/// A rule as a request meets it.
#[derive(Clone, Debug)]
struct Ready {
    /// Its place in the scenario.
    index: usize,
    /// The same, as it is kept.
    place: u16,
    id: Arc<str>,
    /// Whom it is about, read once.
    user: Option<Pattern>,
}

type RulesByCall = BTreeMap<Call, Vec<Ready>>;

impl Named {
    fn new(name: &str, scenario: &Arc<Scenario>) -> Self {
        let mut rules = RulesByCall::new();
        for (index, rule) in scenario.rule.iter().enumerate() {
            let id: Arc<str> = rule.id.as_str().into();
            let calls: BTreeSet<_> = rule.when.call.iter().copied().collect();
            for call in calls {
                let user = rule.when.user.as_deref().map(Pattern::new);
                let place = u16::try_from(index).unwrap_or(u16::MAX);
                let ready = Ready { index, place, id: Arc::clone(&id), user };
                rules.entry(call).or_default().push(ready);
            }
        }
        Self { name: name.into(), scenario: Arc::clone(scenario), rules: Arc::new(rules) }
    }

    fn rules_about(&self, call: Call) -> &[Ready] {
        self.rules.get(&call).map_or(&[], Vec::as_slice)
    }
}

/// Everything that the world knows about scenarios.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(into = "saved::Saved", try_from = "saved::Saved")]
pub(crate) struct Scripts {
    /// What was loaded since the start; it stands before the settings' library.
    loaded: BTreeMap<Arc<str>, Arc<Scenario>>,
    default: Option<Named>,
    merchants: BTreeMap<i32, Named>,
    next: VecDeque<Named>,
    patterns: Vec<(String, Named)>,
    users: BTreeMap<i32, Named>,
    counts: BTreeMap<Counted, Count>,
    healed: Vec<Option<String>>,
}

/// How many choices may wait for the next users, and how many patterns may stand.
const MOST_CHOICES: usize = 1000;

/// What is counted: one rule of one scenario for one holder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Counted {
    holder: Holder,
    scenario: Arc<str>,
    rule: usize,
}

/// For whom a rule counts requests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Holder {
    /// A user.
    User(i32),
    /// A user that does not exist yet, by its address.
    Address(Box<str>),
    /// Everybody: the request is about no user.
    Everybody,
}

/// How far one rule is for one holder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    /// How many requests fitted.
    seen: u32,
    /// How often it happened.
    fired: u32,
    /// How often in a row.
    row: u32,
    /// When it happened first.
    first: Option<Instant>,
}

impl Scripts {
    pub(crate) fn of(settings: &Settings) -> Self {
        let named = |name: &String| {
            let scenario = settings.library.get(name)?;
            Some(Named::new(name, scenario))
        };
        Self { default: settings.scenario.as_ref().and_then(named), ..Self::default() }
    }

    fn is_healed(&self, rule: &str) -> bool {
        self.healed.iter().any(|healed| healed.as_deref().is_none_or(|healed| healed == rule))
    }
}

impl World {
    /// What everybody goes through for whom nothing else is chosen.
    #[must_use]
    pub fn usual_scenario(&self) -> Option<&str> {
        self.scripts.default.as_ref().map(|named| &*named.name)
    }

    /// The scenarios that can be chosen, by name.
    pub fn scenarios(&self) -> impl Iterator<Item = (&str, &Arc<Scenario>)> {
        let loaded = &self.scripts.loaded;
        let library = self.settings.library.iter();
        let library = library.map(|(name, scenario)| (name.as_str(), scenario));
        let library = library.filter(|(name, _)| !loaded.contains_key(*name));
        loaded.iter().map(|(name, scenario)| (&**name, scenario)).chain(library)
    }

    /// The headers that some scenario asks about, in lower case.
    #[must_use]
    pub fn headers_of_interest(&self) -> BTreeSet<String> {
        let rules = self.scenarios().flat_map(|(_, scenario)| &scenario.rule);
        let asked = rules.filter_map(|rule| rule.when.header.as_ref());
        let asked = asked.map(|header| header.name.to_lowercase());
        asked.chain([HEADER.to_owned()]).collect()
    }

    pub(crate) fn script(&mut self, request: &ScriptRequest, course: &mut Course<'_>) -> Answer {
        let done = match request {
            ScriptRequest::Load { name, scenario } => {
                self.scripts.loaded.insert(name.as_str().into(), Arc::clone(scenario));
                // Who has it already keeps the old one, but for those who are yet to come.
                let fresh = Named::new(name, scenario);
                self.renew(&fresh);
                Ok("load-scenario")
            }
            ScriptRequest::Choose { whom, scenario } => self.choose(whom, scenario.as_deref()),
            ScriptRequest::Given(given) => self.give(given, course),
            ScriptRequest::Beat { user } => self.beat_by_control(*user, course),
            ScriptRequest::Heal { rule } => {
                self.scripts.healed.push(rule.clone());
                Ok("heal-faults")
            }
        };
        Answer::Reply(match done {
            Ok(verb) => {
                let user = match request {
                    ScriptRequest::Choose { whom: Whom::User(user), .. }
                    | ScriptRequest::Beat { user } => Some(*user),
                    _ => None,
                };
                course.happenings.push(Happening::Control { verb, user });
                Reply::Done
            }
            Err(reason) => Reply::CannotTake(reason),
        })
    }

    fn renew(&mut self, fresh: &Named) {
        let scripts = &mut self.scripts;
        let waiting = scripts.next.iter_mut();
        let patterns = scripts.patterns.iter_mut().map(|(_, named)| named);
        let standing = scripts.default.iter_mut().chain(scripts.merchants.values_mut());
        for named in waiting.chain(patterns).chain(standing) {
            if named.name == fresh.name {
                *named = fresh.clone();
            }
        }
    }

    fn choose(&mut self, whom: &Whom, scenario: Option<&str>) -> Result<&'static str, String> {
        let named = scenario.map(|name| self.fitting(name)).transpose()?;
        let known = |world: &Self, user: &i32| world.users.get(*user).is_some();
        match whom {
            Whom::Merchant(id) if self.merchant(*id).is_none() => {
                return Err(format!("there is no merchant {id}"));
            }
            Whom::User(user) if !known(self, user) => {
                return Err(format!("there is no user {user}"));
            }
            _ => {}
        }
        let scripts = &mut self.scripts;
        match (whom, named) {
            (Whom::Default, named) => scripts.default = named,
            (Whom::Merchant(id), Some(named)) => drop(scripts.merchants.insert(*id, named)),
            (Whom::Merchant(id), None) => drop(scripts.merchants.remove(id)),
            (Whom::User(user), Some(named)) => drop(scripts.users.insert(*user, named)),
            (Whom::User(user), None) => drop(scripts.users.remove(user)),
            (Whom::Next, None) => scripts.next.clear(),
            (Whom::Pattern(pattern), None) => {
                scripts.patterns.retain(|(known, _)| known != pattern);
            }
            (Whom::Next, _) if scripts.next.len() >= MOST_CHOICES => {
                return Err(format!("{MOST_CHOICES} choices wait already"));
            }
            (Whom::Next, Some(named)) => scripts.next.push_back(named),
            (Whom::Pattern(_), _) if scripts.patterns.len() >= MOST_CHOICES => {
                return Err(format!("{MOST_CHOICES} patterns stand already"));
            }
            (Whom::Pattern(pattern), Some(named)) => {
                scripts.patterns.retain(|(known, _)| known != pattern);
                scripts.patterns.push((pattern.clone(), named));
            }
        }
        Ok("choose-scenario")
    }
}
