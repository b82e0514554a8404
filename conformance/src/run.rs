//! One run: puts the parts together, walks the plan step by step, and turns the trace into a
//! report. It can be left at any point; what was seen until then can still be judged.

use std::{path::PathBuf, sync::Arc, time::Duration};

use contract::{
    Call, Edition, Host, Tables, Variant, Variants,
    step::Step,
    trace::{Decided, Header, Line, Observer, VERSION},
};
use judge::{Person, Plan, StepVerdict, Verdict, steps};
use url::Url;

use crate::{
    agent::Agent,
    applicant::Applicant,
    chance::Chance,
    client::{Account, Law, Merchant},
    clock::Clock,
    codes::{Codes, Source},
    control::Control,
    drive::{self, Patience},
    flow::{Flow, SoFar, Stop},
    http,
    labels::Family,
    pages::Pages,
    receiver::Receiver,
    recorder::Recorder,
    report::{self, Report, StepRow, Timing},
    retry::Retry,
    secrets::Secrets,
    target::{ClockKind, CodesFrom, PagesBy, Target},
    tls::{self, Files, Identity, ThumbprintHash},
    trouble::{INTERRUPTED, Trouble},
    wire::Wire,
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
    const fn plan(&self) -> Plan {
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
        let tables = tables(settings.edition)?;
        has_pages(settings.plan())?;
        let identity = tls::open(files(&settings.target), thumbprint_hash(&settings))?;
        let control = settings.target.control.clone().map(Control::new).transpose()?;
        let clock = clock(&settings.target, control.as_ref()).await?;
        let recorder =
            Arc::new(Recorder::create(Some(&settings.trace), header(&settings, &clock))?);
        let receiver = receiver(&settings.target, control.as_ref(), &recorder, &clock).await?;
        let law = law(&settings, tables)?;
        let secrets = secrets(&settings, law, control.as_ref()).await?;
        learn(&recorder, secrets.as_ref());
        let flow = Parts { settings: &settings, control, recorder: &recorder, clock: &clock }
            .flow((law, secrets), identity, receiver)?;
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

/// What the parts of a flow share.
struct Parts<'a> {
    settings: &'a Settings,
    control: Option<Control>,
    recorder: &'a Arc<Recorder>,
    clock: &'a Clock,
}

impl Parts<'_> {
    fn flow(
        self,
        (law, secrets): (Law, Option<Secrets>),
        identity: Identity,
        receiver: Receiver,
    ) -> Result<Flow, Trouble> {
        let Settings { target, seed, edition, person, poll_limit, variants, .. } = self.settings;
        let chance = Chance::new(*seed);
        let pages = self.pages(identity.browser, &receiver)?;
        let wire = Wire {
            http: http::client(Some(identity.merchant))?,
            recorder: Arc::clone(self.recorder),
            clock: self.clock.clone(),
        };
        let account = Account {
            api: target.api.clone(),
            auth: target.auth.clone(),
            client_id: target.client_id.clone(),
            scope: target.scope.clone(),
            thumbprint: identity.thumbprint,
            secrets,
        };
        Ok(Flow {
            merchant: Merchant::new(account, law, wire, Retry::new(chance)),
            receiver,
            codes: self.codes()?,
            pages,
            plan: Plan { edition: *edition, person: *person, variants: *variants },
            applicant: self.applicant(chance),
            email_later: false,
            merchant_id: target.merchant_id,
            poll_limit: *poll_limit,
            chance,
            so_far: SoFar::default(),
        })
    }

    fn codes(&self) -> Result<Codes, Trouble> {
        let source = match &self.settings.target.codes {
            CodesFrom::Control => Source::Control(self.control.clone().ok_or_else(no_control)?),
            CodesFrom::Command(command) => Source::Command(command.clone()),
            CodesFrom::Prompt => Source::Prompt,
        };
        Ok(Codes { source, clock: self.clock.clone(), recorder: Arc::clone(self.recorder) })
    }

    fn pages(&self, browser: rustls::ClientConfig, receiver: &Receiver) -> Result<Pages, Trouble> {
        let target = &self.settings.target;
        let limit = target.redirects.limit();
        Ok(match &target.pages {
            PagesBy::Agent => Pages::Agent(Box::new(Agent {
                http: http::client(Some(browser))?,
                recorder: Arc::clone(self.recorder),
                clock: self.clock.clone(),
                pages: target.identity.iter().map(Url::origin).collect(),
                merchant: receiver.landings().success.origin(),
            })),
            PagesBy::Command(command) => Pages::Command(command.clone(), limit),
            PagesBy::Person => Pages::Person(limit),
            PagesBy::Nobody => Pages::Nobody,
        })
    }

    fn applicant(&self, chance: Chance) -> Applicant {
        let reachable = &self.settings.target.applicant;
        let mut applicant = Applicant::synthetic(chance);
        if let Some(email) = &reachable.email {
            applicant.email.clone_from(email);
        }
        if let Some(phone) = &reachable.phone {
            applicant.phone.clone_from(phone);
        }
        self.recorder.labels(|labels| {
            labels.learn(Family::Personal, &applicant.email);
            labels.learn(Family::Personal, &applicant.phone);
        });
        applicant
    }
}

/// What an edition says, so that there is something to judge by.
///
/// # Errors
/// When its tables are not written yet.
pub fn tables(edition: Edition) -> Result<&'static Tables, Trouble> {
    edition.tables().ok_or_else(|| {
        let served: Vec<_> = Edition::served().map(Edition::name).collect();
        let served = served.join(", ");
        Trouble::Configuration(format!("edition {edition} cannot be judged yet; choose {served}"))
    })
}

fn law(settings: &Settings, tables: &'static Tables) -> Result<Law, Trouble> {
    let token_call = settings.plan().token_call().ok_or_else(|| {
        let edition = settings.edition;
        Trouble::Configuration(format!("edition {edition} has no call that gives tokens"))
    })?;
    Ok(Law { tables, variants: settings.variants, token_call })
}

/// What is shown for a token, where the plan gets it by password.
async fn secrets(
    settings: &Settings,
    law: Law,
    control: Option<&Control>,
) -> Result<Option<Secrets>, Trouble> {
    if law.token_call != Call::PlainToken {
        return Ok(None);
    }
    let target = &settings.target;
    let found = match (&target.credentials, control) {
        (Some(places), _) => places.read()?,
        (None, Some(control)) => control.secrets(target.merchant_id).await?,
        (None, None) => {
            return Err(Trouble::Configuration(
                "tokens are had by password here; the target file needs [credentials]".to_owned(),
            ));
        }
    };
    Ok(Some(found))
}

fn learn(recorder: &Recorder, secrets: Option<&Secrets>) {
    let Some(Secrets { client_secret, username, password }) = secrets else { return };
    recorder.labels(|labels| {
        for secret in [client_secret, username, password] {
            labels.learn(Family::Credential, secret);
        }
    });
}

/// Who gives up in the browser needs one; without, a run would pass in which nobody gave up.
fn has_pages(plan: Plan) -> Result<(), Trouble> {
    let Plan { edition, person, .. } = plan;
    if person.gives_up().is_none() || plan.has(Step::Initiate) {
        return Ok(());
    }
    Err(Trouble::Configuration(format!(
        "edition {edition} has no pages on which a person could {person}; say --person complete"
    )))
}

fn files(target: &Target) -> Files<'_> {
    let Target { ca, client_certificate, client_key, .. } = target;
    Files { ca, client_certificate, client_key }
}

/// A reading that the user chose wins over the file.
fn thumbprint_hash(settings: &Settings) -> ThumbprintHash {
    if settings.variants.reads(Variant::ThumbprintHash, "sha256") {
        return ThumbprintHash::Sha256;
    }
    settings.target.thumbprint
}

async fn clock(target: &Target, control: Option<&Control>) -> Result<Clock, Trouble> {
    match target.clock {
        ClockKind::Real => Ok(Clock::Real),
        ClockKind::Stepped => Clock::stepped(control.cloned().ok_or_else(no_control)?).await,
    }
}

async fn receiver(
    target: &Target,
    control: Option<&Control>,
    recorder: &Arc<Recorder>,
    clock: &Clock,
) -> Result<Receiver, Trouble> {
    let started = Receiver::start(&target.redirects, Arc::clone(recorder), clock.clone()).await;
    let receiver = started?;
    if let Some(control) = control {
        control.set_landings(target.merchant_id, receiver.landings()).await?;
    }
    Ok(receiver)
}

fn header(settings: &Settings, clock: &Clock) -> Header {
    Header {
        version: VERSION,
        observer: Observer::Runner,
        edition: settings.edition,
        seed: settings.world_seed,
        clock: clock.name().to_owned(),
        variants: settings.variants,
    }
}

fn no_control() -> Trouble {
    Trouble::Configuration("the target names no control listener".to_owned())
}
