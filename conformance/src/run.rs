//! One run: puts the parts together, walks the plan step by step, and turns the trace into a
//! report. It can be left at any point; what was seen until then can still be judged.

use std::{path::PathBuf, sync::Arc, time::Duration};

use contract::{
    Edition, Host, Variants,
    step::Step,
    trace::{Decided, Line},
};
use judge::{Person, Plan, StepVerdict, Verdict, steps};

use crate::{
    chance::Chance,
    clock::Clock,
    drive::{self, Patience},
    flow::{Flow, Stop},
    recorder::Recorder,
    report::{self, Report, StepRow, Timing},
    site::Site,
    target::Target,
    trouble::{INTERRUPTED, Trouble},
};

/// What a run is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What is judged.
    pub target: Target,
    /// The edition it is judged by.
    pub edition: Edition,
    /// What kind of person it has.
    pub person: Person,
    /// The seed of every choice.
    pub seed: u64,
    /// The seed of the target's world, where we know it.
    pub world_seed: Option<u64>,
    /// The readings in force.
    pub variants: Variants,
    /// How long a phase is polled.
    pub poll_limit: Duration,
    /// Where the runner's trace goes.
    pub trace: PathBuf,
    /// Where the mock's trace goes, if the target is the mock.
    pub mock_trace: Option<PathBuf>,
}

impl Settings {
    /// What it sets out to do.
    #[must_use]
    pub const fn plan(&self) -> Plan {
        Plan { edition: self.edition, person: self.person, variants: self.variants }
    }
}

/// A run under way.
#[derive(Debug)]
pub struct Run {
    settings: Settings,
    flow: Flow,
    recorder: Arc<Recorder>,
    clock: Clock,
    timings: Vec<Timing>,
    stopped: Option<(Step, Stop)>,
}

impl Run {
    /// Puts the parts together; nothing is judged yet.
    ///
    /// # Errors
    /// When a file, an address or the target's control listener is not as it should be.
    pub async fn prepare(settings: Settings) -> Result<Self, Trouble> {
        let site = Site::open(settings).await?;
        let flow = site.flow(&site.first, Chance::new(site.settings.seed));
        let Site { settings, recorder, clock, .. } = site;
        let (timings, stopped) = (Vec::new(), None);
        Ok(Self { settings, flow, recorder, clock, timings, stopped })
    }

    /// Walks the plan; `show` is handed the row of each step as it ends.
    pub async fn walk(&mut self, mut show: impl FnMut(&StepRow)) {
        let last = self.plan().last();
        for step in Step::ALL.iter().copied().filter(|step| *step <= last) {
            if !self.plan().has(step) {
                self.rows().iter().filter(|row| row.step == step).for_each(&mut show);
                continue;
            }
            let (began, really) = (self.clock.now(), std::time::Instant::now());
            let taken = self.flow.take(step).await;
            let virtual_ms = self.clock.now().millis() - began.millis();
            self.timings.push(Timing {
                step,
                virtual_ms: u64::try_from(virtual_ms).unwrap_or_default(),
                real_ms: u64::try_from(really.elapsed().as_millis()).unwrap_or(u64::MAX),
            });
            if let Err(stop) = taken {
                self.stopped = Some((step, self.weighed(stop)));
            }
            if self.hopeless().is_some() {
                return;
            }
            let rows = self.rows();
            let Some(row) = rows.into_iter().find(|row| row.step == step) else { return };
            show(&row);
            if self.stopped.is_some() {
                return;
            }
            if !matches!(row.verdict, Verdict::Pass | Verdict::Warn | Verdict::Info) {
                let sentence = format!("'{}' is {}", row.title, row.verdict);
                self.stopped = Some((step, Stop::Target(sentence)));
                return;
            }
        }
    }

    /// Goes through the steps as a patient merchant does, without judging anything. Says where and
    /// why it gave up, if it did.
    ///
    /// # Errors
    /// When nothing can be said about the target.
    pub async fn drive(&mut self, patience: Patience) -> Result<Option<String>, Trouble> {
        let plan = self.plan();
        let Err((step, stop)) = drive::drive(&mut self.flow, plan, patience).await else {
            return Ok(None);
        };
        self.stopped = Some((step, self.weighed(stop)));
        match self.trouble() {
            Some(trouble) => Err(trouble),
            None => {
                let reason = self.reason(false).unwrap_or_default();
                Ok(Some(format!("gave up at step {}: {reason}", step.number())))
            }
        }
    }

    /// What the run is worth so far.
    #[must_use]
    pub fn report(&self, interrupted: bool) -> Report {
        let steps = self.rows();
        let trouble = self.trouble();
        let mut verdict = Verdict::roll_up(steps.iter().map(|row| row.verdict));
        if matches!(trouble, Some(Trouble::Harness(_))) {
            verdict = Verdict::HarnessError;
        }
        let exit_code = match &trouble {
            _ if interrupted => INTERRUPTED,
            Some(trouble) => trouble.exit_code(),
            None => verdict.exit_code(),
        };
        let settings = &self.settings;
        Report {
            version: report::VERSION,
            verdict,
            exit_code,
            target: settings.target.name.clone(),
            edition: settings.edition,
            variants: settings.variants,
            seed: settings.seed,
            person: settings.person,
            clock: self.clock.name(),
            steps,
            stopped: self.reason(interrupted),
            trace: settings.trace.clone(),
            mock_trace: settings.mock_trace.clone(),
        }
    }

    /// What makes every row of the report beside the point: the target is not there, or it is not
    /// described rightly.
    #[must_use]
    pub fn hopeless(&self) -> Option<Trouble> {
        self.trouble().filter(|trouble| !matches!(trouble, Trouble::Harness(_)))
    }

    const fn plan(&self) -> Plan {
        self.settings.plan()
    }

    fn rows(&self) -> Vec<StepRow> {
        let judged = steps::judge(&self.recorder.lines(), self.plan());
        let rows = judged.into_iter().map(|judged| {
            let timing = self.timings.iter().find(|timing| timing.step == judged.step).copied();
            StepRow::new(self.excused(judged), timing, self.settings.edition)
        });
        rows.collect()
    }

    /// Where the harness failed, the target is not to blame; and a step that was tried in vain
    /// tells why.
    fn excused(&self, mut judged: StepVerdict) -> StepVerdict {
        let Some((step, stop)) = self.stopped.as_ref().filter(|(step, _)| *step == judged.step)
        else {
            return judged;
        };
        match stop {
            Stop::Trouble(Trouble::Harness(sentence)) => {
                let reason = Some(self.discreet(sentence));
                let verdict = Verdict::HarnessError;
                StepVerdict { step: *step, verdict, findings: Vec::new(), reason }
            }
            Stop::Target(sentence) if judged.verdict == Verdict::NotExercised => {
                judged.reason = Some(self.discreet(sentence));
                judged
            }
            _ => judged,
        }
    }

    /// A host that never answered anything is unreachable; one that fell silent is at fault.
    fn weighed(&self, stop: Stop) -> Stop {
        let Stop::NoAnswer(host, reason) = &stop else { return stop };
        let answered = |line: &Line| match line {
            Line::Decision(decision) => match &decision.what {
                Decided::Exchange(seen) => seen.host == *host && seen.status != 0,
                _ => false,
            },
            _ => false,
        };
        if self.recorder.lines().iter().any(answered) {
            return Stop::Target(format!("the {host} host gave no answer: {reason}"));
        }
        let Target { api, auth, .. } = &self.settings.target;
        let url = if *host == Host::Auth { auth } else { api };
        let sentence = format!("The target does not answer at {url} ({reason}).");
        Stop::Trouble(Trouble::Unreachable(sentence))
    }

    fn trouble(&self) -> Option<Trouble> {
        match &self.stopped {
            Some((_, Stop::Trouble(trouble))) => Some(trouble.clone()),
            _ => self.recorder.failure().map(Trouble::Harness),
        }
    }

    fn reason(&self, interrupted: bool) -> Option<String> {
        if interrupted {
            return Some("it was interrupted".to_owned());
        }
        let sentence = match (&self.stopped, self.recorder.failure()) {
            (Some((_, Stop::Target(sentence))), _) => sentence.clone(),
            (Some((_, Stop::NoAnswer(host, reason))), _) => format!("{host}: {reason}"),
            (Some((_, Stop::Trouble(trouble))), _) => trouble.to_string(),
            (None, failure) => failure?,
        };
        Some(self.discreet(sentence.trim_end_matches('.')))
    }

    /// Sentences of libraries may quote what they choked on.
    fn discreet(&self, sentence: &str) -> String {
        let hidden = self.recorder.labels(|labels| labels.hidden(sentence));
        hidden.map_or_else(|| sentence.to_owned(), |label| label.to_string())
    }
}
