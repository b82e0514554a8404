//! The reference merchant: a client that keeps every row, and, given the id of a row, breaks just
//! that one. It is how the judges are judged.

mod flaws;
mod journey;
mod polls;
mod steps;
mod tls;
mod wire;

use std::{path::PathBuf, sync::Arc, time::Duration};

use contract::{Instant, trace::client::Ending};
use judge::Plan;
use serde_json::Value;

use super::{assignment::Assignment, person::Person};
use crate::{chance::Chance, clock::Clock, control::Control, trouble::Trouble};

pub use flaws::QUIRKS;

/// The reference merchant in one case.
#[derive(Debug)]
pub struct Merchant {
    assignment: Assignment,
    person: Arc<Person>,
    clock: Clock,
    /// By which it learns that an answer is held; without it nothing is ever held.
    holds: Option<Control>,
    plan: Plan,
    quirk: Option<&'static str>,
    chance: Chance,
    http: reqwest::Client,
    thumbprint: String,
    token: Option<String>,
    spent: Option<String>,
    trace_parent: String,
    user: Option<i64>,
    addresses: Vec<String>,
    email: String,
    log: Vec<String>,
    started: u32,
    contexts: u64,
    connection: Option<std::net::SocketAddr>,
    /// How many polls in a row came by another connection than the one before.
    changes: u32,
}

/// What a merchant needs besides its assignment.
#[derive(Debug)]
pub struct Outfit {
    /// Who opens pages and types codes.
    pub person: Arc<Person>,
    /// By which it waits.
    pub clock: Clock,
    /// By which it learns that an answer is held.
    pub holds: Option<Control>,
    /// What it sets out to do.
    pub plan: Plan,
    /// The row that it breaks, if any.
    pub quirk: Option<&'static str>,
    /// Where its choices come from.
    pub seed: u64,
}

/// Why a merchant stops.
#[derive(Debug)]
pub(super) enum Halt {
    /// The onboarding failed, and it says so.
    GaveUp,
    /// It falls over.
    Crashed,
    /// It was stopped, to be started again.
    Interrupted,
}

/// How long it waits for an answer in all.
const DEADLINE: Duration = Duration::from_secs(30);

impl Merchant {
    /// A merchant that is ready to go.
    ///
    /// # Errors
    /// When the files of the assignment cannot be used.
    pub fn new(assignment: Assignment, outfit: Outfit) -> Result<Self, Trouble> {
        let Outfit { person, clock, holds, plan, quirk, seed } = outfit;
        let (http, thumbprint) = tls::client(&assignment, quirk)?;
        let chance = Chance::new(seed);
        let number = chance.below("customer", 0, 1 << 40);
        let domain = if quirk == Some("CC-DAT-02") { "firma.bg" } else { "example.org" };
        Ok(Self {
            assignment,
            person,
            clock,
            holds,
            plan,
            quirk,
            chance,
            http,
            thumbprint,
            token: None,
            spent: None,
            trace_parent: context(chance, 0),
            user: None,
            addresses: Vec::new(),
            email: format!("customer-{number:010x}@{domain}"),
            log: Vec::new(),
            started: 0,
            contexts: 0,
            connection: None,
            changes: 0,
        })
    }

    /// Whether it breaks this row.
    fn breaks(&self, id: &str) -> bool {
        self.quirk == Some(id)
    }

    fn now(&self) -> Instant {
        self.clock.now()
    }

    async fn pause(&self, millis: u64) {
        // A mock that is gone lets the next request fail.
        let _ = self.clock.sleep(Duration::from_millis(millis)).await;
    }

    /// What it wrote into its log.
    #[must_use]
    pub fn log(&self) -> &[String] {
        &self.log
    }

    /// Goes through the flow.
    pub async fn run(&mut self) -> Ending {
        match self.flow().await {
            Ok(()) => Ending::Done,
            Err(Halt::GaveUp) => Ending::GaveUp,
            Err(Halt::Crashed) => Ending::Crashed,
            Err(Halt::Interrupted) => Ending::Stopped,
        }
    }

    /// Whether it was stopped in the middle, to be started again.
    pub async fn run_until_interrupted(&mut self) -> Option<Ending> {
        match self.flow().await {
            Err(Halt::Interrupted) => None,
            Ok(()) => Some(Ending::Done),
            Err(Halt::GaveUp) => Some(Ending::GaveUp),
            Err(Halt::Crashed) => Some(Ending::Crashed),
        }
    }

    fn memory(&self) -> PathBuf {
        self.assignment.state.join("flow.json")
    }

    /// What it knew when it was stopped.
    fn remembered(&self) -> Option<Value> {
        if self.breaks("CC-ORD-06") {
            return None;
        }
        serde_json::from_slice(&std::fs::read(self.memory()).ok()?).ok()
    }

    fn remember(&self) {
        let known = serde_json::json!({ "user": self.user, "email": self.email });
        // What cannot be kept is lost at a restart, which the judges see.
        let _ = std::fs::write(self.memory(), known.to_string());
    }
}

/// A trace context of its own.
fn context(chance: Chance, draw: u64) -> String {
    let half = |ordinal| chance.below("context", 2 * draw + ordinal, u64::MAX - 1) + 1;
    format!("00-{:016x}{:016x}-{:016x}-01", half(0), half(1), half(0))
}
