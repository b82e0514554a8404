//! Which rules happen to a request. Conditions are looked at in the order of their table; the first
//! that does not hold is the reason why a rule is skipped.

use std::sync::Arc;

use contract::{
    Call, Instant, Problem,
    problem::Refusal,
    scenario::{
        Rule, Then,
        fault::{Effect, Instead, MessageFault, Shape},
        rule::{Match, MemberIs},
    },
};

use serde_json::Value;

use super::{Count, Counted, Holder, Named, Ready, draws};
use crate::{
    command::{ApiRequest, Ask, Command, Envelope},
    outcome::{Answer, Armed, Look, Play, Reply, RetryAfter, Scripted, Skip},
    script::choose::Choice,
    world::{Course, World},
};

/// How many counts are kept of requests about users that do not exist.
const MOST_COUNTS: usize = 100_000;

/// What the rules want of the world's own step.
#[derive(Debug, Default)]
pub(crate) struct Cast {
    pub(crate) play: Option<Box<Play>>,
    instead: Option<Instead>,
    /// What becomes of messages.
    pub(crate) message: Option<MessageFault>,
    /// Whether a poll shows an older status.
    pub(crate) stale: bool,
}

/// A request as rules see it.
struct Asked<'a> {
    call: Call,
    user: Option<i32>,
    address: Option<&'a str>,
    headers: &'a [(Box<str>, Box<str>)],
    body: Carried<'a>,
    at: Instant,
}

/// What the world made of a request.
#[derive(Clone, Copy)]
enum Came {
    Granted,
    Refused(Problem),
}

/// What a scenario has put in the place of an answer is nobody's to look at again.
const fn came(answer: &Answer) -> Option<Came> {
    match answer {
        Answer::Reply(_) => Some(Came::Granted),
        Answer::Refused(refusal, _) => Some(Came::Refused(refusal.problem)),
        Answer::Scripted(..) => None,
    }
}

/// What a request carries.
#[derive(Clone, Copy)]
enum Carried<'a> {
    Nothing,
    Json(&'a Value),
    Form(&'a [(String, String)]),
}

impl Asked<'_> {
    fn carries(&self, member: &MemberIs) -> bool {
        match self.body {
            Carried::Nothing => false,
            Carried::Json(body) => member.is_in(body),
            Carried::Form(fields) => fields.iter().any(|(name, value)| {
                let is_it = |wanted: &Value| wanted.as_str() == Some(value);
                *name == member.name && member.value.as_ref().is_none_or(is_it)
            }),
        }
    }
}

impl World {
    /// Takes a request of a client through its scenario: rules first, then the world's own step
    /// unless a rule answers in its place.
    pub(crate) fn perform(&mut self, envelope: &Envelope, course: &mut Course<'_>) -> Answer {
        let Some(call) = call_of(&envelope.command) else {
            return self.obey(envelope, course);
        };
        let request = match &envelope.command {
            Command::Api(request) => Some(request),
            _ => None,
        };
        let (named, choice) = self.scenario_of(envelope, request, course);
        let cast = named.as_ref().map_or_else(Cast::default, |named| {
            self.cast(named, &asked(envelope, call, request, course.at), None)
        });
        let mut answer = self.answer_with(cast, envelope, course);
        if let (Some(named), Some(came)) = (&named, came(&answer)) {
            let asked = asked(envelope, call, request, course.at);
            let cast = self.cast(named, &asked, Some(came));
            if let Some(instead) = self.reconsidered(cast, envelope, course) {
                answer = instead;
            }
        }
        self.settle_choice(choice, request, &answer, course);
        if let (Some(named), Answer::Reply(Reply::UserCreated { id })) = (named, &answer) {
            // A scenario that is loaded anew is for users to come.
            self.scripts.users.entry(*id).or_insert(named);
        }
        answer
    }

    fn answer_with(&mut self, cast: Cast, envelope: &Envelope, course: &mut Course<'_>) -> Answer {
        let Cast { mut play, instead, message, stale } = cast;
        course.message = message;
        course.stale = stale;
        let unprocessed = instead.as_ref().is_some_and(|instead| !instead.processed);
        let own = (!unprocessed).then(|| self.obey(envelope, course));
        course.message = None;
        course.stale = false;
        if std::mem::take(&mut course.void_stale) {
            play.iter_mut().flat_map(|play| &mut play.armed).for_each(|armed| {
                armed.void |= armed.effect == Effect::Stale;
            });
        }
        if !course.refused_choices.is_empty() {
            let refused = std::mem::take(&mut course.refused_choices);
            let empty = || Box::new(Play::nothing());
            play.get_or_insert_with(empty).refused = refused;
        }
        course.play = play;
        match (instead, own) {
            (Some(instead), _) => self.scripted(envelope, &instead, course.at),
            (None, Some(answer)) => answer,
            (None, None) => self.refuse(envelope, Refusal::new(Problem::ServerError)),
        }
    }

    /// What rules about answers make of one.
    fn reconsidered(
        &self,
        cast: Cast,
        envelope: &Envelope,
        course: &mut Course<'_>,
    ) -> Option<Answer> {
        if let Some(late) = cast.play {
            let empty =
                || Box::new(Play { armed: Vec::new(), looks: Vec::new(), ..(*late).clone() });
            let play = course.play.get_or_insert_with(empty);
            play.armed.extend(late.armed.iter().cloned());
            play.looks.extend(late.looks.iter().cloned());
            play.looks.sort_by_key(|(place, _)| *place);
        }
        cast.instead.map(|instead| self.scripted(envelope, &instead, course.at))
    }

    fn settle_choice(
        &mut self,
        choice: Option<Choice>,
        request: Option<&ApiRequest>,
        answer: &Answer,
        course: &mut Course<'_>,
    ) {
        let (Some(choice), Answer::Reply(reply)) = (choice, answer) else { return };
        let asked = request.and_then(|request| request.ask.as_ref().ok()).and_then(Ask::user);
        let user = match reply {
            Reply::UserCreated { id } => Some(*id),
            _ => asked,
        };
        if let Some(user) = user {
            self.keep_choice(user, choice, course);
        }
    }

    /// Looks at every rule about such requests and counts: before the world's own step at those
    /// that do not ask for its answer, and after it at the others.
    fn cast(&mut self, named: &Named, asked: &Asked<'_>, came: Option<Came>) -> Cast {
        let mut cast = Cast::default();
        let holder = self.holder(asked);
        let about = named.rules_about(asked.call);
        if about.is_empty() {
            return cast;
        }
        let mut play = Play {
            scenario: Arc::clone(&named.name),
            of: Some(Arc::clone(&named.scenario)),
            looks: Vec::with_capacity(about.len()),
            ..Play::nothing()
        };
        let address = self.address_for(about, asked);
        for Ready { index, place, id, user } in about {
            let Some(rule) = named.scenario.rule.get(*index) else { continue };
            if rule.when.is_about_the_answer() != came.is_some() {
                continue;
            }
            let fits = match came {
                None => true,
                Some(Came::Granted) => rule.when.granted,
                Some(Came::Refused(problem)) => rule.when.refused.contains(&problem),
            };
            if !fits {
                play.looks.push((*place, Look::Skipped(Skip::Answer)));
                continue;
            }
            let stranger = user
                .as_ref()
                .is_some_and(|user| address.as_deref().is_none_or(|address| !user.fits(address)));
            let differs = || stranger.then_some(Skip::User);
            if let Some(skip) = self.differs(&rule.when, asked).or_else(differs) {
                play.looks.push((*place, Look::Skipped(skip)));
                continue;
            }
            let counted =
                Counted { holder: holder.clone(), scenario: Arc::clone(&named.name), rule: *index };
            let look = match self.skip(rule, &counted, asked) {
                Some(skip) => Look::Skipped(skip),
                None => match play.decided_by(&rule.then, named) {
                    Some(earlier) => Look::Skipped(Skip::Taken(earlier)),
                    None => {
                        let times = self.fire(&counted, asked.at);
                        let effects = self.effects(&rule.then, &counted, times);
                        play.arm(id, effects);
                        cast.take(&rule.then);
                        Look::Fired(times)
                    }
                },
            };
            play.looks.push((*place, look));
        }
        cast.play = (!play.looks.is_empty()).then(|| Box::new(play));
        cast
    }

    fn holder(&self, asked: &Asked<'_>) -> Holder {
        match (asked.user, asked.address) {
            (Some(user), _) if self.users.get(user).is_some() => Holder::User(user),
            (_, Some(address)) => Holder::Address(address.to_lowercase().into()),
            _ => Holder::Everybody,
        }
    }

    /// Why a rule does not happen; counts the request if all conditions on it hold.
    fn skip(&mut self, rule: &Rule, counted: &Counted, asked: &Asked<'_>) -> Option<Skip> {
        if self.scripts.is_healed(&rule.id) {
            return Some(Skip::Healed);
        }
        let full = self.scripts.counts.len() >= MOST_COUNTS;
        if full && !self.scripts.counts.contains_key(counted) {
            self.scripts.counts.retain(|known, _| matches!(known.holder, Holder::User(_)));
        }
        let count = self.scripts.counts.entry(counted.clone()).or_default();
        count.seen = count.seen.saturating_add(1);
        let skip = not_counted(&rule.when, count.seen).or_else(|| over(rule, count, asked.at));
        if let Some(skip) = skip {
            count.row = 0;
            return Some(skip);
        }
        let seen = count.seen;
        let seed = self.settings.seed;
        let spared = |chance: f64| draws::chance(seed, counted, seen) >= chance;
        rule.when.probability.is_some_and(spared).then(|| {
            if let Some(count) = self.scripts.counts.get_mut(counted) {
                count.row = 0;
            }
            Skip::Chance
        })
    }

    /// The address of the user in lower case, where some rule asks for it.
    fn address_for(&self, rules: &[Ready], asked: &Asked<'_>) -> Option<String> {
        if !rules.iter().any(|rule| rule.user.is_some()) {
            return None;
        }
        let user = asked.user.and_then(|user| self.users.get(user));
        let own = user.and_then(|user| user.email.as_ref()).map(|email| &*email.value);
        own.or(asked.address).map(str::to_lowercase)
    }

    fn differs(&self, when: &Match, asked: &Asked<'_>) -> Option<Skip> {
        let user = asked.user.and_then(|user| self.users.get(user));
        if let Some(phase) = when.phase
            && user.is_none_or(|user| user.phase() != phase)
        {
            return Some(Skip::Phase(phase));
        }
        let state = user.map(crate::user::User::state);
        if !when.state.is_empty() && state.is_none_or(|state| !when.state.contains(&state)) {
            return Some(Skip::State(state));
        }
        let lacks = |name: &str, value: Option<&String>| {
            let same = |(known, own): &&(Box<str>, Box<str>)| {
                known.eq_ignore_ascii_case(name) && value.is_none_or(|value| **value == **own)
            };
            asked.headers.iter().find(same).is_none()
        };
        if when.member.as_ref().is_some_and(|member| !asked.carries(member)) {
            return Some(Skip::Member);
        }
        let any = |name: &String| MemberIs { name: name.clone(), value: None };
        if when.lacks.as_ref().is_some_and(|name| asked.carries(&any(name))) {
            return Some(Skip::Member);
        }
        let header = when.header.as_ref();
        header.filter(|header| lacks(&header.name, header.value.as_ref())).map(|_| Skip::Header)
    }

    /// Counts that a rule happens; says how often by now.
    fn fire(&mut self, counted: &Counted, at: Instant) -> u32 {
        let count = self.scripts.counts.entry(counted.clone()).or_default();
        count.fired = count.fired.saturating_add(1);
        count.row = count.row.saturating_add(1);
        count.first.get_or_insert(at);
        count.fired
    }

    /// Everything that the edge or the trace must know, with what was open drawn.
    fn effects(&self, then: &Then, counted: &Counted, ordinal: u32) -> Vec<Effect> {
        let delay = then.delay.map(|delay| {
            Effect::Delay(draws::delay(self.settings.seed, counted, (ordinal, delay)))
        });
        let all = [
            delay,
            then.answer.as_ref().map(|_| Effect::Answer),
            then.body.clone().map(Effect::Body),
            then.patch.clone().map(Effect::Patch),
            then.stale.then_some(Effect::Stale),
            then.message.map(Effect::Message),
            then.slow.map(Effect::Slow),
            then.cut.map(Effect::Cut),
            then.connection.clone().map(Effect::Connection),
        ];
        all.into_iter().flatten().collect()
    }

    fn scripted(&self, envelope: &Envelope, instead: &Instead, at: Instant) -> Answer {
        let retry_after = instead.retry_after.map(|span| match instead.retry_after_date {
            false => RetryAfter::Seconds(span.duration().as_secs().max(1)),
            true => RetryAfter::Date(at + span.duration()),
        });
        let named = |name: &String| Problem::ALL.iter().find(|known| known.name() == name);
        if let Some(problem) = instead.problem.as_ref().and_then(named) {
            let mut refusal = self.staged(*problem, call_of(&envelope.command));
            if let Some(retry_after) = retry_after {
                refusal.header = Some(retry_after.to_string());
            }
            return self.refuse(envelope, refusal);
        }
        let scripted = Scripted {
            status: instead.status.unwrap_or(500),
            shape: instead.family.unwrap_or(Shape::Empty),
            text: instead.text.clone().unwrap_or_default(),
            json: instead.json.clone(),
            headers: instead.headers.clone(),
            retry_after,
        };
        Answer::Scripted(Box::new(scripted), self.trace_id(envelope))
    }
}

impl Cast {
    fn take(&mut self, then: &Then) {
        self.instead = self.instead.take().or_else(|| then.answer.clone());
        self.message = self.message.or(then.message);
        self.stale |= then.stale;
    }
}

impl Play {
    /// Of no scenario yet.
    pub(crate) fn nothing() -> Self {
        Self {
            scenario: "".into(),
            of: None,
            looks: Vec::new(),
            armed: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// The rule that has decided already what another one wants to decide.
    fn decided_by(&self, then: &Then, named: &Named) -> Option<u16> {
        let kind = |effect: &Effect| match effect {
            Effect::Answer | Effect::Body(_) | Effect::Patch(_) | Effect::Stale => 0,
            Effect::Delay(_) => 1,
            Effect::Slow(_) => 2,
            Effect::Cut(_) => 3,
            Effect::Message(_) => 4,
            Effect::Connection(_) => 5,
        };
        let wanted = [
            then.answer.is_some() || then.body.is_some() || then.patch.is_some() || then.stale,
            then.delay.is_some(),
            then.slow.is_some(),
            then.cut.is_some(),
            then.message.is_some(),
            then.connection.is_some(),
        ];
        let taken = self.armed.iter().find(|armed| wanted[kind(&armed.effect)]);
        let rule = taken.map(|armed| &*armed.rule)?;
        let place = named.scenario.rule.iter().position(|known| known.id == rule)?;
        u16::try_from(place).ok()
    }

    fn arm(&mut self, rule: &Arc<str>, effects: Vec<Effect>) {
        let scenario = Arc::clone(&self.scenario);
        self.armed.extend(effects.into_iter().map(|effect| Armed {
            scenario: Arc::clone(&scenario),
            rule: Arc::clone(rule),
            effect,
            void: false,
        }));
    }
}

fn not_counted(when: &Match, seen: u32) -> Option<Skip> {
    let is_meant = match (when.nth, when.from, when.every) {
        (Some(nth), _, _) => seen == nth,
        (_, Some(from), _) => seen >= from,
        (_, _, Some(every)) => seen.is_multiple_of(every.max(1)),
        _ => true,
    };
    (!is_meant).then_some(Skip::Count(seen))
}

fn over(rule: &Rule, count: &Count, at: Instant) -> Option<Skip> {
    let until = &rule.until;
    if let Some(times) = until.times.filter(|times| count.fired >= *times) {
        return Some(Skip::Times(times));
    }
    let ended = |first: Instant| until.span.filter(|span| at >= first + span.duration());
    if count.first.and_then(ended).is_some() {
        return Some(Skip::Over);
    }
    until.in_a_row.filter(|most| count.row >= *most).map(Skip::InARow)
}

/// The call of a client's request; none for people, control and paths that lead nowhere.
const fn call_of(command: &Command) -> Option<Call> {
    match command {
        Command::Api(request) => Some(request.call),
        Command::Token(request) => Some(request.call),
        Command::Identity(request) => Some(request.call),
        Command::Open(call) => Some(*call),
        Command::Rim(request) => request.call,
        Command::Page(_)
        | Command::Person { .. }
        | Command::SetRedirects { .. }
        | Command::SetCertificate { .. }
        | Command::Advance
        | Command::Tick
        | Command::Note(_)
        | Command::Script(_) => None,
    }
}

fn asked<'a>(
    envelope: &'a Envelope,
    call: Call,
    request: Option<&'a ApiRequest>,
    at: Instant,
) -> Asked<'a> {
    let ask = request.and_then(|request| request.ask.as_ref().ok());
    let address = match ask {
        Some(Ask::CreateUser { email, .. }) => email.as_deref(),
        Some(Ask::SendEmailConfirmation { email, .. }) => Some(email.as_str()),
        _ => None,
    };
    let body = match &envelope.command {
        Command::Api(request) => request.body.as_ref().map_or(Carried::Nothing, Carried::Json),
        Command::Token(request) => request.form.as_deref().map_or(Carried::Nothing, Carried::Form),
        _ => Carried::Nothing,
    };
    Asked { call, user: ask.and_then(Ask::user), address, headers: &envelope.headers, body, at }
}
