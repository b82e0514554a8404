//! One isolated world with its clock, addresses, tokens and trace. Every command enters by
//! [`Workspace::step`], which takes the lock, asks the world and records the outcome, so that the
//! trace has the order in which the world decided.

mod time;

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use contract::{
    Edition, Instant, Tables, Variants,
    trace::{Header, Line, Observer, Transported, VERSION},
};
use http::{HeaderName, HeaderValue};
use sim::{
    Answer, Command, Envelope, Settings, World,
    command::{Registered, ScriptRequest},
    outcome::{Armed, Visit},
};
use tokio::sync::{mpsc::UnboundedSender, watch};

use crate::edge::notice::Noticer;
use crate::{
    clock::Clock,
    origins::Origins,
    ready::Ready,
    record::Record,
    tls::arsenal::{Arsenal, Waiting},
    token::{Texts, Tokens},
    trace::{Kept, Ring, TraceFile},
};

/// Which class of trace lines; see [`contract::trace`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceClass {
    /// What was decided: the same in every run.
    Decision,
    /// What the sockets saw.
    Transport,
}

/// A workspace.
#[derive(Debug)]
pub struct Workspace {
    state: Mutex<State>,
    settings: Settings,
    tables: &'static Tables,
    clock: Arc<Clock>,
    origins: Origins,
    ready: Ready,
    tokens: Tokens,
    interest: RwLock<Arc<[HeaderName]>>,
    /// Where redirects go that the mock follows itself.
    errands: UnboundedSender<Visit>,
    arsenal: Arsenal,
    noticer: Option<Noticer>,
    /// Until when answers are held that a held clock makes wait.
    held: watch::Sender<Vec<Instant>>,
    /// The second of the clock and how the `Date` header writes it.
    date: Mutex<(i64, Option<HeaderValue>)>,
    /// Counts what was kept, for those who watch.
    changes: watch::Sender<u64>,
    /// When something is due, for [`Workspace::keep_time`].
    due: watch::Sender<Option<Instant>>,
}

/// What a workspace is made of.
#[derive(Debug)]
pub struct Parts {
    /// What the world is made from.
    pub settings: Settings,
    /// The tables of its edition.
    pub tables: &'static Tables,
    /// Its clock.
    pub clock: Arc<Clock>,
    /// Its addresses.
    pub origins: Origins,
    /// What a caller must know.
    pub ready: Ready,
    /// Its tokens.
    pub tokens: Tokens,
    /// How many lines of trace are kept in memory.
    pub trace_lines: usize,
    /// Who looks closely at requests, if anybody does.
    pub noticer: Option<Noticer>,
    /// Where redirects go that the mock follows itself.
    pub errands: UnboundedSender<Visit>,
}

/// What a workspace has come to: all that another one needs to go on in the same way.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The moment, by its clock.
    pub now: Instant,
    /// The world.
    pub world: World,
    /// Where its control listener is.
    pub control: String,
    /// What its trace holds in memory.
    pub trace: Ring,
    /// The texts of its tokens.
    pub tokens: Texts,
    /// What its next connections meet.
    pub waiting: Waiting,
}

#[derive(Debug)]
struct State {
    world: World,
    ring: Ring,
    file: Option<TraceFile>,
    record: Option<Record>,
    fresh: bool,
}

/// An answer with the number of the step that gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stepped {
    /// What the caller gets.
    pub answer: Answer,
    /// The number of the step.
    pub step: u64,
    /// What is to be done to the answer on its way.
    pub armed: Vec<Armed>,
}

impl Workspace {
    /// A new world with an empty trace, or one that goes on from what was saved. It is to
    /// [`Workspace::begin`] when it is known where trace and record go.
    #[must_use]
    pub fn new(parts: Parts, saved: Option<Saved>) -> Self {
        let Parts {
            settings,
            tables,
            clock,
            origins,
            ready,
            tokens,
            trace_lines,
            noticer,
            errands,
        } = parts;
        let fresh = saved.is_none();
        let arsenal = Arsenal::default();
        let (world, ring) = match saved {
            None => (World::new(settings.clone()), Ring::new(trace_lines)),
            Some(Saved { mut world, control, trace, tokens: texts, waiting, .. }) => {
                // Browsers that were to land with the original land with the copy.
                world.move_landings(&control, &origins.control);
                tokens.take_over(texts);
                arsenal.take_over(waiting);
                (world, trace)
            }
        };
        let interest = RwLock::new(interest_of(&world));
        let state = Mutex::new(State { world, ring, file: None, record: None, fresh });
        Self {
            state,
            settings,
            tables,
            clock,
            origins,
            ready,
            tokens,
            interest,
            errands,
            arsenal,
            noticer,
            held: watch::Sender::default(),
            date: Mutex::default(),
            changes: watch::Sender::new(0),
            due: watch::Sender::new(None),
        }
    }

    /// Lets the trace go to a file too.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn trace_to(&mut self, path: &Path) -> io::Result<()> {
        let file = TraceFile::create(path, &self.header())?;
        self.lock().file = Some(file);
        Ok(())
    }

    /// Lets every command be recorded in a file.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn record_to(&mut self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.record = Some(Record::create(path, &state.world)?);
        Ok(())
    }

    /// Lets the users come that the scenario of the start gives, in a world that is new.
    pub fn begin(&mut self) {
        let mut state = self.lock();
        if std::mem::take(&mut state.fresh) {
            self.give(&mut state);
        }
    }

    /// Whether the scenario of the start can take effect with these settings.
    ///
    /// # Errors
    /// The sentence that says what contradicts it.
    pub fn check_scenario(&self) -> Result<(), String> {
        self.look(World::check_scenario)
    }

    /// What it has come to.
    #[must_use]
    pub fn save(&self) -> Saved {
        let state = self.lock();
        Saved {
            now: self.clock.now(),
            world: state.world.clone(),
            control: self.origins.control.clone(),
            trace: state.ring.clone(),
            tokens: self.tokens.texts(),
            waiting: self.arsenal.waiting(),
        }
    }

    /// Takes a command, now.
    pub fn step(&self, envelope: Envelope) -> Answer {
        self.step_numbered(envelope).answer
    }

    /// Who looks closely at requests, if anybody does.
    #[must_use]
    pub const fn noticer(&self) -> Option<&Noticer> {
        self.noticer.as_ref()
    }

    /// Takes a command, now, and tells the number of the step.
    pub fn step_numbered(&self, envelope: Envelope) -> Stepped {
        self.take(&mut self.lock(), envelope)
    }

    fn take(&self, state: &mut State, envelope: Envelope) -> Stepped {
        // Read under the lock: steps have the order of their moments.
        let scripts = matches!(envelope.command, Command::Script(_));
        let heals = matches!(envelope.command, Command::Script(ScriptRequest::Heal { rule: None }));
        let now = self.clock.now();
        if let Some(record) = &mut state.record {
            record.write(now, &envelope);
        }
        let outcome = state.world.step(now, envelope);
        if scripts {
            let mut interest = self.interest.write().unwrap_or_else(PoisonError::into_inner);
            *interest = interest_of(&state.world);
        }
        let step = outcome.entry.step;
        for spare in self.arsenal.arm((step, outcome.entry.at), &outcome.armed) {
            let kept = self.on_socket(spare.told(0, false));
            self.keep(state, kept);
        }
        if heals {
            self.arsenal.heal();
        }
        for visit in outcome.visits {
            // Without anybody to run errands, as in some tests, nobody goes.
            let _ = self.errands.send(visit);
        }
        self.keep(state, Kept::Step(Arc::new(outcome.entry)));
        self.tell_due(&state.world);
        Stepped { answer: outcome.answer, step, armed: outcome.armed }
    }

    /// The users that the scenario of the start gives.
    fn give(&self, state: &mut State) {
        for given in state.world.given() {
            let command = Command::Script(ScriptRequest::Given(given));
            self.take(state, Envelope::own(command));
        }
    }

    /// Ends when something new was kept; the number that was seen last comes along.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The steps that are kept, oldest first, and what the sockets told of them.
    #[must_use]
    pub fn kept(&self) -> Vec<Kept> {
        self.lock().ring.snapshot()
    }

    /// Looks at the world without changing it.
    pub fn look<T>(&self, read: impl FnOnce(&World) -> T) -> T {
        read(&self.lock().world)
    }

    /// The moment as the `Date` header has it. It is written once for each second.
    #[must_use]
    pub fn date(&self) -> Option<HeaderValue> {
        let now = self.now();
        let mut date = self.date.lock().unwrap_or_else(PoisonError::into_inner);
        if date.0 != now.seconds() || date.1.is_none() {
            *date = (now.seconds(), HeaderValue::try_from(now.http_date()).ok());
        }
        date.1.clone()
    }

    /// What its next connections meet.
    #[must_use]
    pub const fn arsenal(&self) -> &Arsenal {
        &self.arsenal
    }

    /// The moment, by this workspace's clock.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Its addresses.
    #[must_use]
    pub const fn origins(&self) -> &Origins {
        &self.origins
    }

    /// What a caller must know.
    #[must_use]
    pub const fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Its tokens.
    #[must_use]
    pub const fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// The tables of its edition.
    #[must_use]
    pub const fn tables(&self) -> &'static Tables {
        self.tables
    }

    /// The certificate that a merchant had in the beginning.
    #[must_use]
    pub fn first_certificate(&self, merchant: i32) -> Option<Registered> {
        let mut all = self.settings.merchants.iter();
        all.find(|known| known.id == merchant).map(|known| known.certificate.clone())
    }

    /// The readings in force.
    #[must_use]
    pub const fn variants(&self) -> &Variants {
        &self.settings.variants
    }

    /// The headers that some scenario asks about.
    #[must_use]
    pub fn headers_of_interest(&self) -> Arc<[HeaderName]> {
        Arc::clone(&self.interest.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Its edition.
    #[must_use]
    pub const fn edition(&self) -> Edition {
        self.settings.edition
    }

    /// The trace as JSON lines, header first: one class, or both in the order of writing. Where
    /// lines had to make room, a transport line after the header tells how many.
    #[must_use]
    pub fn trace(&self, class: Option<TraceClass>) -> Vec<String> {
        let (kept, evicted) = {
            let mut state = self.lock();
            if let Some(file) = &mut state.file {
                file.flush();
            }
            (state.ring.snapshot(), state.ring.evicted())
        };
        let evicted =
            (evicted > 0).then(|| self.on_socket(Transported::Evicted { lines: evicted }));
        // The lines are made after the lock is free: a long trace takes a while.
        let lines = evicted.into_iter().chain(kept).flat_map(|kept| self.lines(&kept));
        let wanted = lines.filter(|line| match class {
            None => true,
            Some(TraceClass::Decision) => matches!(line, Line::Decision(_)),
            Some(TraceClass::Transport) => matches!(line, Line::Transport(_)),
        });
        std::iter::once(self.header()).chain(wanted).map(|line| line.to_json()).collect()
    }

    /// The decision lines of one step.
    #[must_use]
    pub fn decisions_of(&self, step: u64) -> Vec<Line> {
        let kept = self.lock().ring.snapshot();
        let own =
            kept.iter().filter(|kept| matches!(kept, Kept::Step(entry) if entry.step == step));
        own.flat_map(|kept| self.lines(kept)).collect()
    }

    /// Records what a socket saw.
    pub fn transport(&self, what: Transported) {
        let kept = self.on_socket(what);
        self.keep(&mut self.lock(), kept);
    }

    /// Begins anew: a world from the same settings, no message, token or line of trace; a stepped
    /// clock starts over.
    pub fn reset(&self) {
        let world = World::new(self.settings.clone());
        let mut state = self.lock();
        let old = std::mem::replace(&mut state.world, world);
        let limit = state.ring.limit();
        let old_ring = std::mem::replace(&mut state.ring, Ring::new(limit));
        self.tokens.forget_all();
        self.clock.start_over();
        self.arsenal.heal();
        if let Some(file) = &mut state.file {
            file.start_over(&self.header());
        }
        let State { world, record, .. } = &mut *state;
        if let Some(record) = record {
            record.start_over(world);
        }
        self.give(&mut state);
        self.tell_due(&state.world);
        drop(state);
        // A large world takes seconds to free, and nobody should wait for that.
        std::thread::spawn(move || drop((old, old_ring)));
    }

    /// Writes out what the trace file still buffers.
    pub fn flush(&self) {
        if let Some(file) = &mut self.lock().file {
            file.flush();
        }
    }

    fn keep(&self, state: &mut State, kept: Kept) {
        if let Some(file) = &mut state.file {
            file.write(&self.lines(&kept));
        }
        state.ring.push(kept);
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// What was kept as lines of the trace.
    #[must_use]
    pub fn lines(&self, kept: &Kept) -> Vec<Line> {
        kept.lines(self.tables, &self.settings.variants)
    }

    fn on_socket(&self, what: Transported) -> Kept {
        let us = self.clock.microseconds();
        Kept::Socket(contract::trace::Transport { us, what })
    }

    fn header(&self) -> Line {
        Line::Trace(Header {
            version: VERSION,
            observer: Observer::Mock,
            edition: self.settings.edition,
            seed: Some(self.settings.seed),
            clock: self.clock.mode().to_string(),
            variants: self.settings.variants,
        })
    }

    /// A panic elsewhere is answered with a 500 and must not stop everybody else.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn interest_of(world: &World) -> Arc<[HeaderName]> {
    let names = world.headers_of_interest().into_iter();
    names.filter_map(|name| HeaderName::try_from(name).ok()).collect()
}
