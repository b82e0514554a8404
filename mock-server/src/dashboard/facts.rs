//! What the dashboard reads from the trace: steps, the exchanges in them, whom they are about, and
//! what the sockets told of them. Lines are made for what is shown, not for everything.

use std::{collections::BTreeMap, sync::Arc};

use contract::trace::{Decided, Decision, Exchange, Line, Transported};
use sim::{
    Answer, Command, Entry,
    outcome::{Happening, Subject},
};

use crate::{trace::Kept, workspace::Workspace};

/// What is kept, oldest first.
pub(super) struct Facts<'a> {
    workspace: &'a Workspace,
    kept: Vec<Kept>,
}

/// One exchange of the trace.
pub(super) struct Seen {
    pub(super) entry: Arc<Entry>,
    pub(super) exchange: Exchange,
}

/// What the sockets told.
#[derive(Default)]
pub(super) struct Sockets {
    /// The handshake of each connection.
    pub(super) handshakes: BTreeMap<u64, Transported>,
    /// The connection of each step, and what was delivered.
    pub(super) delivered: BTreeMap<u64, Transported>,
    /// Faults, by step.
    pub(super) faults: BTreeMap<u64, Vec<Transported>>,
    /// Visits of the mock's own person, by user, in order.
    pub(super) visits: Vec<(i32, Transported)>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(workspace: &'a Workspace) -> Self {
        Self { workspace, kept: workspace.kept() }
    }

    /// The steps, oldest first.
    pub(super) fn steps(&self) -> impl DoubleEndedIterator<Item = &Arc<Entry>> {
        self.kept.iter().filter_map(|kept| match kept {
            Kept::Step(entry) => Some(entry),
            Kept::Socket(_) => None,
        })
    }

    /// The exchanges, newest first; made one by one, so whoever stops early pays for little.
    pub(super) fn newest(&self) -> impl Iterator<Item = Seen> {
        self.steps().rev().filter(|entry| is_exchange(entry)).filter_map(|entry| self.seen(entry))
    }

    /// The exchange of a step.
    pub(super) fn seen(&self, entry: &Arc<Entry>) -> Option<Seen> {
        let lines = self.workspace.lines(&Kept::Step(Arc::clone(entry)));
        let exchange = lines.into_iter().find_map(|line| match line {
            Line::Decision(Decision { what: Decided::Exchange(exchange), .. }) => Some(*exchange),
            _ => None,
        })?;
        Some(Seen { entry: Arc::clone(entry), exchange })
    }

    /// A step by its number.
    pub(super) fn step(&self, number: u64) -> Option<&Arc<Entry>> {
        self.steps().find(|entry| entry.step == number)
    }

    /// The decisions of a step.
    pub(super) fn decisions(&self, entry: &Arc<Entry>) -> Vec<Decision> {
        let lines = self.workspace.lines(&Kept::Step(Arc::clone(entry)));
        lines
            .into_iter()
            .filter_map(|line| match line {
                Line::Decision(decision) => Some(decision),
                _ => None,
            })
            .collect()
    }

    pub(super) fn sockets(&self) -> Sockets {
        let mut told = Sockets::default();
        for kept in &self.kept {
            let Kept::Socket(transport) = kept else { continue };
            let what = transport.what.clone();
            match &transport.what {
                Transported::Handshake { connection, .. } => {
                    told.handshakes.insert(*connection, what);
                }
                Transported::Delivered { step, .. } => {
                    told.delivered.insert(*step, what);
                }
                Transported::Fault { step, .. } => {
                    told.faults.entry(*step).or_default().push(what);
                }
                Transported::Visited { user, .. } => told.visits.push((*user, what)),
                _ => {}
            }
        }
        told
    }
}

/// Whether a client asked for something.
pub(super) fn is_exchange(entry: &Entry) -> bool {
    matches!(
        entry.asked.envelope.command,
        Command::Api(_)
            | Command::Token(_)
            | Command::Identity(_)
            | Command::Open(_)
            | Command::Rim(_)
    )
}

/// The sessions of a user, as the kept steps tell.
pub(super) fn sessions_of<'a>(steps: impl Iterator<Item = &'a Arc<Entry>>, user: i32) -> Vec<u32> {
    let all = steps.flat_map(|entry| happenings(entry));
    let own = all.filter_map(|happening| match happening {
        Happening::Moved { user: whose, session, .. } if *whose == user => Some(*session),
        _ => None,
    });
    let mut own: Vec<_> = own.collect();
    own.sort_unstable();
    own.dedup();
    own
}

/// Everything that happened besides the answer.
pub(super) fn happenings(entry: &Entry) -> impl Iterator<Item = &Happening> {
    entry.due.iter().map(|(_, happening)| happening).chain(&entry.happenings)
}

/// Whether a step is about a user with these sessions, if only by what fell due in it.
pub(super) fn concerns(entry: &Entry, user: i32, sessions: &[u32]) -> bool {
    was_asked(entry, user, sessions)
        || entry.due.iter().any(|(_, happening)| is_about(happening, user, sessions))
}

/// Whether the request of a step is about a user with these sessions.
pub(super) fn was_asked(entry: &Entry, user: i32, sessions: &[u32]) -> bool {
    entry.asked.subject == Subject::User(user)
        || entry.happenings.iter().any(|happening| is_about(happening, user, sessions))
}

fn is_about(happening: &Happening, user: i32, sessions: &[u32]) -> bool {
    match happening {
        Happening::Page { session, .. } => {
            session.is_some_and(|session| sessions.contains(&session))
        }
        Happening::Moved { user: whose, .. }
        | Happening::Lifecycle { user: whose, .. }
        | Happening::Sent { user: whose, .. }
        | Happening::Arrived { user: whose, .. }
        | Happening::Redirected { user: whose, .. }
        | Happening::Chosen { user: whose, .. } => *whose == user,
        Happening::Control { user: whose, .. } => *whose == Some(user),
        Happening::Noted(_) => false,
    }
}

/// Whom an exchange is about: the user that it names, or the one that it made.
pub(super) fn user_of(seen: &Seen) -> Option<i32> {
    let born = seen.entry.happenings.iter().find_map(|happening| match happening {
        Happening::Lifecycle { user, from: None, .. } => Some(*user),
        _ => None,
    });
    seen.exchange.user.or(born)
}

/// The trace ids of an answer and of its request, as 32 hex digits.
pub(super) fn trace_ids(entry: &Entry) -> Vec<String> {
    let answered = match &entry.answer {
        Answer::Refused(_, id) | Answer::Scripted(_, id) => Some(id.trace),
        Answer::Reply(_) => None,
    };
    let asked = entry.asked.envelope.trace_parent;
    answered.into_iter().chain(asked).map(|id| format!("{id:032x}")).collect()
}

/// A status in the colour of its hundred.
pub(super) const fn tone(status: u16) -> &'static str {
    match status {
        200..=299 => "ok",
        300..=399 => "soft",
        400..=499 => "warn",
        _ => "bad",
    }
}
