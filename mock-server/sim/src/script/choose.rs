//! Which scenario a request belongs to, and why. What is nearer to the request goes first: a
//! header, the user's own, the next user's, a pattern, a magic address or number, the merchant's,
//! the workspace's.

use std::sync::Arc;

use contract::scenario::{Scenario, rule::fits};

use super::Named;
use crate::{
    command::{ApiRequest, Ask, Command, Envelope, ScriptRequest},
    outcome::{Answer, Happening, Reply},
    world::{Course, World},
};

/// The header by which a request chooses a scenario for itself.
pub const HEADER: &str = "x-mock-scenario";

/// A choice on its way to becoming a user's own.
pub(crate) struct Choice {
    pub(crate) named: Named,
    why: String,
    from_queue: bool,
}

impl World {
    /// A scenario by name, if it can be gone through in this world.
    pub(super) fn fitting(&self, name: &str) -> Result<Named, String> {
        let library = &self.settings.library;
        let found = self.scripts.loaded.get(name).or_else(|| library.get(name));
        let Some(scenario) = found else {
            return Err(format!("there is no scenario '{name}'"));
        };
        self.suits(scenario).map_err(|why| format!("'{name}' cannot take effect here: {why}"))?;
        Ok(Named::new(name, scenario))
    }

    /// Whether the scenario of the start can take effect. Users that it gives are made by commands.
    ///
    /// # Errors
    /// The sentence that says what contradicts it.
    pub fn check_scenario(&self) -> Result<(), String> {
        let Some(name) = &self.settings.scenario else { return Ok(()) };
        let Some(scenario) = self.settings.library.get(name) else {
            return Err(format!("there is no scenario '{name}'"));
        };
        let without_given = Scenario { given: Vec::new(), ..Scenario::clone(scenario) };
        let told = |why| format!("'{name}' cannot take effect here: {why}");
        self.suits(&without_given).map_err(told)?;
        let mut trial = Self::new(self.settings.clone());
        for given in self.given() {
            let envelope = Envelope::own(Command::Script(ScriptRequest::Given(given)));
            if let Answer::Reply(Reply::CannotTake(why)) = trial.step(trial.now, envelope).answer {
                return Err(told(why));
            }
        }
        Ok(())
    }

    /// Whether what a scenario needs is what this world is. A part that could not take effect
    /// would otherwise be ignored without a word.
    fn suits(&self, scenario: &Scenario) -> Result<(), String> {
        let own = &self.settings;
        if scenario.edition.is_some_and(|edition| edition != own.edition) {
            let needed = scenario.edition.map_or("", contract::Edition::name);
            return Err(format!("it needs edition {needed}, and this is {}", own.edition));
        }
        for (id, reading) in &scenario.variants {
            let mut wanted = own.variants;
            if wanted.choose(id, reading).is_err() || wanted != own.variants {
                return Err(format!("it needs {id}={reading}"));
            }
        }
        if scenario.seed.is_some_and(|seed| seed != own.seed) {
            return Err(format!("it needs another seed than {}", own.seed));
        }
        if scenario.clock.as_ref().is_some_and(|clock| *clock != own.clock) {
            return Err(format!("it needs another clock than '{}'", own.clock));
        }
        if !scenario.given.is_empty() {
            return Err("it begins with users of its own; start a workspace with it".to_owned());
        }
        Ok(())
    }

    /// The scenario of a request. Choices for users that are yet to be created come back as a
    /// [`Choice`], to be kept when the user is there.
    pub(super) fn scenario_of(
        &self,
        envelope: &Envelope,
        request: Option<&ApiRequest>,
        course: &mut Course<'_>,
    ) -> (Option<Named>, Option<Choice>) {
        let header = envelope.headers.iter().find(|(name, _)| &**name == HEADER);
        let wanted = header.and_then(|(_, value)| self.taken(value, course));
        let ask = request.and_then(|request| request.ask.as_ref().ok());
        let fresh = ask.and_then(|ask| self.choice(ask, course));
        let own = ask.and_then(Ask::user).and_then(|user| self.scripts.users.get(&user));
        let chosen = wanted.clone().or_else(|| fresh.as_ref().map(|choice| choice.named.clone()));
        let named = chosen.or_else(|| own.cloned()).or_else(|| {
            let merchant = self.merchant_behind(ask, request);
            merchant.and_then(|id| self.scripts.merchants.get(&id)).cloned()
        });
        let named = named.or_else(|| self.scripts.default.clone());
        let creates = matches!(ask, Some(Ask::CreateUser { .. }));
        let by_header = wanted.filter(|_| creates).map(|named| Choice {
            named,
            why: format!("the header {HEADER} asks for it"),
            from_queue: false,
        });
        (named, by_header.or(fresh))
    }

    fn merchant_behind(&self, ask: Option<&Ask>, request: Option<&ApiRequest>) -> Option<i32> {
        let of_user = ask.and_then(Ask::user).and_then(|user| self.users.get(user));
        if let Some(user) = of_user {
            return Some(user.merchant);
        }
        let crate::command::Bearer::Issued(number) = request?.bearer else { return None };
        let client = &self.token(number)?.client_id;
        let mut merchants = self.settings.merchants.iter();
        merchants.find(|merchant| merchant.has_client(client)).map(|merchant| merchant.id)
    }

    /// What an address, a number or the control listener chooses for a user.
    fn choice(&self, ask: &Ask, course: &mut Course<'_>) -> Option<Choice> {
        let by = |named: Named, why: String| Choice { named, why, from_queue: false };
        match ask {
            Ask::CreateUser { email, .. } => {
                if let Some(named) = self.scripts.next.front() {
                    let why = "it was chosen for the next user".to_owned();
                    return Some(Choice { named: named.clone(), why, from_queue: true });
                }
                self.by_address(email.as_deref()?, course).map(|(named, why)| by(named, why))
            }
            Ask::SendEmailConfirmation { user, email } => {
                let is_new = self.users.get(*user).is_some_and(|user| user.email.is_none());
                let found = is_new.then(|| self.by_address(email, course)).flatten();
                found.map(|(named, why)| by(named, why))
            }
            Ask::SendPhoneCode { phone, .. } => {
                let known = self.settings.library.iter();
                let loaded = self.scripts.loaded.iter().map(|(name, all)| (&**name, all));
                let mut all = known.map(|(name, all)| (name.as_str(), all)).chain(loaded);
                let (name, _) = all.find(|(_, all)| all.phone.as_ref() == Some(phone))?;
                let named = self.taken(name, course)?;
                Some(by(named, "the phone number is reserved for it".to_owned()))
            }
            _ => None,
        }
    }

    fn by_address(&self, email: &str, course: &mut Course<'_>) -> Option<(Named, String)> {
        let found = self.scripts.patterns.iter().find(|(pattern, _)| fits(pattern, email));
        if let Some((pattern, named)) = found {
            return Some((named.clone(), format!("the address fits the pattern {pattern}")));
        }
        let (local, _) = email.split_once('@')?;
        let (_, tag) = local.split_once('+')?;
        let known =
            self.settings.library.contains_key(tag) || self.scripts.loaded.contains_key(tag);
        // People have tags of their own; only a known one is meant for us.
        let named = known.then(|| self.taken(tag, course)).flatten()?;
        Some((named, format!("the address carries the tag +{tag}")))
    }

    /// A scenario by name, or a note why it was not taken.
    fn taken(&self, name: &str, course: &mut Course<'_>) -> Option<Named> {
        match self.fitting(name) {
            Ok(named) => Some(named),
            Err(why) => {
                course.refused_choices.push(why);
                None
            }
        }
    }

    /// Makes a choice the user's own, once the request has succeeded.
    pub(super) fn keep_choice(&mut self, user: i32, choice: Choice, course: &mut Course<'_>) {
        let Choice { named, why, from_queue } = choice;
        if from_queue {
            self.scripts.next.pop_front();
        }
        let scenario = Arc::clone(&named.name);
        course.happenings.push(Happening::Chosen { user, scenario, why });
        self.scripts.users.insert(user, named);
    }
}
