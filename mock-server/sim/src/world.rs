//! The world and its one step.
//!
//! A step first lets fall due whatever the time has brought, then takes the command, and says
//! everything that happened. Nothing else ever changes a world.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use contract::{
    Instant, Variant,
    lifecycle::{self, Trigger},
    message::{Channel, MessageKind},
    problem::Refusal,
    scenario::{Event, fault::MessageFault},
    timing::Timing,
    trace::{Landing, Leg},
};

use serde::{Deserialize, Serialize};

use crate::{
    code::{Rules, Series},
    command::{Command, Envelope},
    draw::{self, Purpose},
    inbox::{Inbox, Message},
    outcome::{Answer, Entry, Grant, Happening, Outcome, Play, Reply, TraceId, Visit},
    script::agenda::{Agenda, Due},
    session::{Move, Stage},
    settings::{Merchant, Settings},
    user::{UserView, Users},
};

/// Onboarding at one provider, for all merchants of a workspace.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    pub(crate) settings: Settings,
    pub(crate) now: Instant,
    pub(crate) steps: u64,
    pub(crate) users: Users,
    pub(crate) inbox: Inbox,
    pub(crate) sessions: u32,
    #[serde(with = "crate::pairs")]
    pub(crate) doors: BTreeMap<u128, (i32, Leg)>,
    pub(crate) tokens: VecDeque<Arc<Grant>>,
    pub(crate) tokens_granted: u32,
    pub(crate) revoked: BTreeSet<u32>,
    pub(crate) identity: crate::identity::Identity,
    pub(crate) strangers: crate::describe::Strangers,
    timers: BTreeSet<(Instant, i32)>,
    approvals: BTreeSet<(Instant, i32)>,
    pub(crate) documents: crate::individuals::Documents,
    pub(crate) scripts: crate::script::Scripts,
    pub(crate) agenda: Agenda,
}

/// How many of the newest tokens a world remembers; older ones are foreign to it.
pub const TOKENS_REMEMBERED: usize = 100_000;

/// What happens in the course of one step.
pub(crate) struct Course<'a> {
    pub(crate) at: Instant,
    pub(crate) happenings: &'a mut Vec<Happening>,
    /// What a rule does to messages that are sent now.
    pub(crate) message: Option<MessageFault>,
    /// Whether a rule wants an older status to be shown.
    pub(crate) stale: bool,
    /// Whether there was no older status to show.
    pub(crate) void_stale: bool,
    /// What the scenario made of the request.
    pub(crate) play: Option<Box<Play>>,
    /// Scenarios that were asked for and cannot take effect.
    pub(crate) refused_choices: Vec<String>,
    /// Where browsers go that nobody has.
    pub(crate) visits: Vec<Visit>,
}

impl<'a> Course<'a> {
    pub(crate) const fn new(at: Instant, happenings: &'a mut Vec<Happening>) -> Self {
        Self {
            at,
            happenings,
            message: None,
            stale: false,
            void_stale: false,
            play: None,
            refused_choices: Vec::new(),
            visits: Vec::new(),
        }
    }
}

impl World {
    /// A new world.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            inbox: Inbox::new(settings.limits.messages),
            scripts: crate::script::Scripts::of(&settings),
            settings,
            now: Instant::from_millis(0),
            steps: 0,
            users: Users::default(),
            sessions: 0,
            doors: BTreeMap::new(),
            tokens: VecDeque::new(),
            tokens_granted: 0,
            revoked: BTreeSet::new(),
            identity: crate::identity::Identity::default(),
            strangers: crate::describe::Strangers::default(),
            timers: BTreeSet::new(),
            approvals: BTreeSet::new(),
            agenda: Agenda::default(),
            documents: crate::individuals::Documents::default(),
        }
    }

    /// Lets the time come to `at` and takes a command. Total: whatever is asked has an answer.
    /// A moment before the last one counts as the last one, so time never runs back.
    pub fn step(&mut self, at: Instant, envelope: Envelope) -> Outcome {
        self.now = self.now.max(at);
        self.steps += 1;
        let mut visits = Vec::new();
        let due = self.let_time_pass(&mut visits);
        let mut asked = self.describe(envelope);
        let mut happenings = Vec::new();
        let mut course = Course::new(self.now, &mut happenings);
        let answer = self.perform(&asked.envelope, &mut course);
        let play = course.play.take();
        visits.append(&mut course.visits);
        crate::describe::blank(&mut asked);
        let entry = Entry {
            step: self.steps,
            at: self.now,
            due,
            asked,
            answer: answer.clone(),
            happenings,
            play,
        };
        let armed = entry.play.as_ref().map(|play| play.armed.clone()).unwrap_or_default();
        Outcome { answer, armed, visits, entry }
    }

    /// What it was made from, with the merchants as they are now.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A merchant.
    #[must_use]
    pub fn merchant(&self, id: i32) -> Option<&Merchant> {
        self.settings.merchants.iter().find(|merchant| merchant.id == id)
    }

    /// The next moment at which something happens by itself.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        let first = |timers: &BTreeSet<(Instant, i32)>| timers.first().map(|(at, _)| *at);
        let next = [first(&self.timers), first(&self.approvals), self.agenda.next()];
        next.into_iter().flatten().min()
    }

    /// All messages that are kept.
    #[must_use]
    pub const fn messages(&self) -> &Inbox {
        &self.inbox
    }

    /// A user.
    #[must_use]
    pub fn user(&self, id: i32) -> Option<UserView> {
        self.users.get(id).map(|user| UserView::of(id, user))
    }

    /// Ids of users, ascending.
    #[must_use]
    pub fn user_ids(&self, after: Option<i32>, limit: usize) -> Vec<i32> {
        self.users.ids(after, limit)
    }

    /// How many steps it has taken.
    #[must_use]
    pub const fn steps_taken(&self) -> u64 {
        self.steps
    }

    /// How many users there are.
    #[must_use]
    pub fn user_count(&self) -> u32 {
        self.users.count()
    }

    /// The document behind an address, while the address works.
    #[must_use]
    pub fn document(&self, secret: u128, at: Instant) -> Option<crate::outcome::Document> {
        self.documents.find(secret, at.max(self.now))
    }

    /// A token that is still remembered and was not taken back.
    #[must_use]
    pub fn token(&self, number: u32) -> Option<&Grant> {
        if self.revoked.contains(&number) {
            return None;
        }
        let first = self.tokens.front()?.number;
        self.tokens.get(number.checked_sub(first)? as usize).map(AsRef::as_ref)
    }

    /// The users to whom something is to happen.
    pub(crate) fn timers(&self) -> impl Iterator<Item = i32> {
        self.timers.iter().chain(&self.approvals).map(|(_, user)| *user)
    }

    pub(crate) fn obey(&mut self, envelope: &Envelope, course: &mut Course<'_>) -> Answer {
        match &envelope.command {
            Command::Api(request) => self.api(envelope, request, course),
            Command::Token(request) => self.grant(envelope, request),
            Command::Identity(request) => self.identify(envelope, request),
            Command::Open(contract::Call::Jwks) => Answer::Reply(Reply::Jwks),
            Command::Open(_) => Answer::Reply(Reply::Discovery),
            Command::Rim(request) => self.refuse(envelope, request.refusal.clone()),
            Command::Page(request) => Answer::Reply(self.page(request, course)),
            Command::Person { user, deed } => Answer::Reply(self.person(*user, *deed, course)),
            Command::SetRedirects { merchant, success, fail } => {
                Answer::Reply(self.set_redirects(*merchant, success, fail, course))
            }
            Command::Advance => {
                course.happenings.push(Happening::Control { verb: "advance-clock", user: None });
                Answer::Reply(Reply::Done)
            }
            Command::SetCertificate { merchant, certificate } => {
                Answer::Reply(self.set_certificate(*merchant, certificate, course))
            }
            Command::Tick => Answer::Reply(Reply::Done),
            Command::Note(note) => {
                course.happenings.push(Happening::Noted(note.clone()));
                Answer::Reply(Reply::Done)
            }
            Command::Script(request) => self.script(request, course),
        }
    }

    /// A refusal with its trace id: the caller's if it sent one.
    pub(crate) fn refuse(&self, envelope: &Envelope, refusal: Refusal) -> Answer {
        Answer::Refused(refusal, self.trace_id(envelope))
    }

    pub(crate) fn trace_id(&self, envelope: &Envelope) -> TraceId {
        let seed = self.settings.seed;
        let drawn = || draw::wide(seed, Purpose::TraceId, self.steps, 0);
        TraceId {
            trace: envelope.trace_parent.unwrap_or_else(drawn),
            span: draw::word(seed, Purpose::SpanId, self.steps, 0),
        }
    }

    /// Fires every timer up to now, each at its own moment, in order.
    fn let_time_pass(&mut self, visits: &mut Vec<Visit>) -> Vec<(Instant, Happening)> {
        let mut due = Vec::new();
        while let Some(at) = self.next_due().filter(|at| *at <= self.now) {
            let mut happenings = Vec::new();
            let mut course = Course::new(at, &mut happenings);
            if let Some((_, user)) = self.timers.first().copied().filter(|(due, _)| *due == at) {
                self.timers.remove(&(at, user));
                self.time_is_up(user, &mut course);
            } else if self.agenda.next() == Some(at) {
                if let Some(due) = self.agenda.pop() {
                    self.fall_due(due, &mut course);
                }
            } else if let Some((_, user)) = self.approvals.pop_first() {
                let enrolled = self.users.get(user).is_some_and(|user| user.session.is_none());
                let end = if enrolled { Trigger::Enrolled } else { Trigger::Finalized };
                self.trigger(user, end, &mut course);
            }
            visits.append(&mut course.visits);
            due.extend(happenings.into_iter().map(|happening| (at, happening)));
        }
        due
    }

    /// A session moves by itself, unless a script says when it moves.
    fn time_is_up(&mut self, user: i32, course: &mut Course<'_>) {
        let session = self.users.get(user).and_then(|user| user.session.as_ref());
        let works = session.is_some_and(|session| {
            matches!(
                session.stage,
                Stage::IdentificationProcessing { .. } | Stage::SigningProcessing { .. }
            )
        });
        if works && self.is_scripted(user) {
            return;
        }
        self.move_session(user, Move::Time, "time", course);
    }

    /// What is scheduled, in order: when, what, and about whom.
    #[must_use]
    pub fn schedule(&self) -> Vec<(Instant, &'static str, i32)> {
        let sessions = self.timers.iter().map(|(at, user)| (*at, "the session moves on", *user));
        let approvals = self.approvals.iter().map(|(at, user)| (*at, "the approval comes", *user));
        let scripted = self.agenda.iter().map(|(at, due)| (at, due.name(), due.user()));
        let mut all: Vec<_> = sessions.chain(approvals).chain(scripted).collect();
        all.sort_by_key(|(at, ..)| *at);
        all
    }

    /// Moves a user's session, keeps its timer, and says so. `None` when the move does not belong.
    pub(crate) fn move_session(
        &mut self,
        id: i32,
        move_: Move,
        by: &'static str,
        course: &mut Course<'_>,
    ) -> Option<crate::session::Moved> {
        let long = self.reads(Variant::PageLife, "day");
        let session = self.users.get_mut(id)?.session.as_mut()?;
        let before = session.stage.clone();
        let mut moved = before.clone().apply(move_, course.at, &session.screens).ok()?;
        if long && before.name() != moved.stage.name() {
            moved.stage = moved.stage.until(course.at + Timing::LongPageLife.span());
        }
        if before.status() != moved.stage.status() {
            session.previous = Some(session.shown());
        }
        session.stage = moved.stage.clone();
        let number = session.number;
        self.set_timer(id, before.due(), moved.stage.due());
        if before.name() != moved.stage.name() {
            course.happenings.push(Happening::Moved {
                user: id,
                session: number,
                from: Some(before.name()),
                to: moved.stage.name(),
                by,
            });
        }
        moved.landing = moved.landing.and_then(|landing| self.land(id, landing, course));
        let works = |stage: &Stage| stage.name().ends_with("-processing");
        if works(&moved.stage) && !works(&before) {
            self.beat_on(id, Event::PersonDone, course);
        }
        if before.name() != moved.stage.name() && !works(&moved.stage) {
            self.land_late(id, course);
        }
        if matches!(moved.stage, Stage::Signing { .. }) && works(&before) {
            self.begin_timeline(id, Leg::Signing, course);
        }
        Some(moved)
    }

    /// The browser goes back to the merchant, as often and as early as the scenario says.
    fn land(
        &mut self,
        id: i32,
        (leg, to): (Leg, Landing),
        course: &mut Course<'_>,
    ) -> Option<(Leg, Landing)> {
        let landings = self.landings(id, leg);
        let to = self.way_back(id, leg).and_then(|redirect| redirect.to).unwrap_or(to);
        if landings.after_result && to == Landing::Success {
            if let Some(session) = self.users.get_mut(id).and_then(|user| user.session.as_mut()) {
                session.late_landing = Some((leg, to));
            }
            return None;
        }
        self.redirect(id, (leg, to), course);
        (landings.times > 0).then_some((leg, to))
    }

    /// The result is there, so a browser that waited for it goes on.
    pub(crate) fn land_late(&mut self, id: i32, course: &mut Course<'_>) {
        let session = self.users.get_mut(id).and_then(|user| user.session.as_mut());
        if let Some(landing) = session.and_then(|session| session.late_landing.take()) {
            self.redirect(id, landing, course);
        }
    }

    fn redirect(&self, id: i32, (leg, to): (Leg, Landing), course: &mut Course<'_>) {
        let landings = self.landings(id, leg);
        for _ in 0..landings.times {
            course.happenings.push(Happening::Redirected { user: id, leg, to });
            if landings.by_mock {
                course.visits.push(Visit { user: id, leg, url: self.landing_url(id, leg, to) });
            }
        }
    }

    /// What polls have shown until now is the older status from now on.
    pub(crate) fn remember_status(&mut self, id: i32) {
        if let Some(session) = self.users.get_mut(id).and_then(|user| user.session.as_mut()) {
            session.previous = Some(session.shown());
        }
    }

    pub(crate) fn set_timer(&mut self, user: i32, before: Option<Instant>, after: Option<Instant>) {
        if let Some(at) = before {
            self.timers.remove(&(at, user));
        }
        if let Some(at) = after {
            self.timers.insert((at, user));
        }
    }

    /// Issues the next code of a series and sends it.
    pub(crate) fn send_code(&mut self, id: i32, kind: MessageKind, course: &mut Course<'_>) {
        let rules = Rules {
            long: self.reads(Variant::CodeLife, "day"),
            endless: self.reads(Variant::CodeAttempts, "unlimited"),
        };
        // A hosted page sends its code as often as the person likes: no call asks for it.
        let counts = !kind.is_of_a_page() && self.reads(Variant::ResendLimit, "three");
        let links =
            kind == MessageKind::EmailConfirmation && self.reads(Variant::MailContent, "link");
        let app = self.users.get(id).and_then(|user| self.merchant(user.merchant));
        let app = app.filter(|_| links).map(|merchant| origin(&merchant.success).to_owned());
        let Some(user) = self.users.get_mut(id) else { return };
        let contact = match kind.channel() {
            Channel::Email => user.email.as_mut(),
            Channel::Sms => user.phone.as_mut(),
        };
        let Some(contact) = contact else { return };
        let to = contact.value.clone();
        // A page's codes belong to its session: a new session never repeats those of the last.
        let (place, whose) = match (kind.is_of_a_page(), user.session.as_mut()) {
            (true, Some(session)) => {
                let whose = i32::try_from(session.number).unwrap_or(i32::MAX);
                let Some(code) = session.stage.code_mut() else { return };
                (code, whose)
            }
            (true, None) => return,
            (false, _) => (&mut contact.code, id),
        };
        let series = Series { seed: self.settings.seed, user: whose, kind };
        let at = course.at;
        let code = series.next(place.as_ref(), at, rules);
        *place = Some(code);
        if counts {
            contact.asked.push(at);
        }
        let text = code.text();
        // The code comes first: who looks for six digits must not find the user's id.
        let link = app.map(|app| format!("{app}/confirm-email?token={text}&id={id}").into());
        let message = Message { number: 0, at, user: id, kind, to, code: text.into(), link };
        self.post(message, code.ordinal, course);
    }

    /// A message goes its way, or the way that a rule has for it.
    fn post(&mut self, message: Message, ordinal: u32, course: &mut Course<'_>) {
        let (user, kind) = (message.user, message.kind);
        let later = |message| Due::Arrival { message: Box::new(message), ordinal };
        let fate = match course.message {
            None => {
                self.inbox.put(message);
                None
            }
            Some(MessageFault::Lose) => Some("lost".to_owned()),
            Some(MessageFault::Late(span)) => {
                self.agenda.put(course.at + span.duration(), later(message));
                Some(format!("late {span}"))
            }
            Some(MessageFault::Double(span)) => {
                self.agenda.put(course.at + span.duration(), later(message.clone()));
                self.inbox.put(message);
                None
            }
        };
        course.happenings.push(Happening::Sent { user, kind, ordinal, fate });
    }

    /// The approval of a finalised user comes later.
    pub(crate) fn await_approval(&mut self, id: i32, at: Instant) {
        self.approvals.insert((at + Timing::Approval.span(), id));
    }

    /// Moves a user's lifecycle as the table says.
    pub(crate) fn trigger(&mut self, id: i32, trigger: Trigger, course: &mut Course<'_>) {
        let Some(user) = self.users.get_mut(id) else { return };
        let from = user.lifecycle;
        let to = lifecycle::after(from, trigger);
        if from != to {
            user.lifecycle = to;
            course.happenings.push(Happening::Lifecycle { user: id, from: Some(from), to });
        }
    }
}

/// Scheme and authority of an absolute address.
pub(crate) fn origin(address: &str) -> &str {
    let start = address.find("://").map_or(0, |at| at + 3);
    let end = address[start..].find(['/', '?', '#']).map_or(address.len(), |at| start + at);
    &address[..end]
}
