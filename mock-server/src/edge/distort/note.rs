//! What the trace says of an answer when it is out, or when nobody was left to hear it. Of each
//! fault it says once whether it reached the client.

use std::{mem, sync::Arc};

use contract::{scenario::fault::Effect, trace::Transported};
use sim::outcome::Armed;

use crate::workspace::Workspace;

/// Which answer.
#[derive(Clone, Debug)]
pub struct About {
    /// Whose trace.
    pub workspace: Arc<Workspace>,
    /// On which connection; 0 where it is not known.
    pub connection: u64,
    /// Of which step.
    pub step: u64,
    /// With which status.
    pub status: u16,
}

impl About {
    fn tell(&self, armed: &Armed, delivered: bool) {
        self.workspace.transport(Transported::Fault {
            connection: self.connection,
            step: self.step,
            fault: format!("{}/{}", armed.scenario, armed.rule),
            effect: armed.effect.to_string(),
            delivered,
        });
    }
}

/// The note of one answer. Dropped before it is closed, it says that the client had gone.
#[derive(Debug)]
pub struct Note {
    about: About,
    /// The faults that were armed, and whether each could be done so far.
    faults: Vec<(Armed, bool)>,
    closed: bool,
}

/// What went out of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Whether its head did.
    pub head: bool,
    /// How many bytes of its body.
    pub bytes: usize,
    /// Whether that is less than all of it.
    pub cut: bool,
}

impl Note {
    /// A note about an answer and what scenarios have in store for it.
    #[must_use]
    pub const fn new(about: About, faults: Vec<(Armed, bool)>) -> Self {
        Self { about, faults, closed: false }
    }

    /// Whose trace it is for.
    #[must_use]
    pub const fn workspace(&self) -> &Arc<Workspace> {
        &self.about.workspace
    }

    /// What is to be done.
    pub fn effects(&self) -> impl Iterator<Item = &Effect> {
        self.faults.iter().map(|(armed, _)| &armed.effect)
    }

    /// Hands the cut over to the socket.
    #[must_use]
    pub fn take_cut(&mut self) -> Option<Due> {
        let is_cut = |(armed, _): &(Armed, bool)| matches!(armed.effect, Effect::Cut(_));
        let (armed, _) = self.faults.remove(self.faults.iter().rposition(is_cut)?);
        Some(Due { about: self.about.clone(), armed, done: false })
    }

    /// Says what went out, and of each fault whether it was done, where `reached` agrees.
    pub fn close(&mut self, sent: Sent, reached: impl Fn(&Effect) -> bool) {
        if mem::replace(&mut self.closed, true) {
            return;
        }
        let About { workspace, connection, step, status } = &self.about;
        workspace.transport(Transported::Delivered {
            connection: *connection,
            step: *step,
            status: if sent.head { *status } else { 0 },
            bytes: sent.bytes as u64,
            cut: sent.cut,
        });
        for (armed, done) in mem::take(&mut self.faults) {
            self.about.tell(&armed, done && reached(&armed.effect));
        }
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        self.close(Sent { head: false, bytes: 0, cut: true }, |_| false);
    }
}

/// A fault that is now the socket's affair. Dropped before it is done, it was not delivered.
#[derive(Debug)]
pub struct Due {
    about: About,
    armed: Armed,
    done: bool,
}

impl Due {
    /// The socket does it now.
    pub fn met(mut self) {
        self.done = true;
    }
}

impl Drop for Due {
    fn drop(&mut self) {
        self.about.tell(&self.armed, self.done);
    }
}
