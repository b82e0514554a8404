//! What nobody wrote a case for: random deeds, each case judged by something that knows what must
//! come of it. One that fails is made as small as it still fails, and kept as symbolic steps, which
//! can be played again against any target.

mod regression;
mod requests;
mod schedules;
mod sequences;

use std::ops::Range;

use contract::{Tables, trace::Line};
use judge::{
    Plan, Settled, Verdict,
    cost::Cost,
    coverage::Coverage,
    exam, model, schedule,
    story::{Deed, Scene, Story},
    typed,
};
use proptest::{
    strategy::{BoxedStrategy, Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

pub use regression::{Regression, VERSION, shown};

use crate::{
    full::Stop,
    play::{Player, Undone},
    results::timings::Timings,
    site::{self, Site},
    trouble::Trouble,
};

/// How often a failing case is played again to make it smaller.
const SHRINKS: usize = 300;

/// What is drawn at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Sequences of requests, legal and illegal, of several users; judged by the model.
    Sequences,
    /// Schedules of faults on the way of a patient client.
    Schedules,
    /// Requests with any value in any field.
    Requests,
}

impl Sort {
    /// Every sort.
    pub const ALL: &[Self] = &[Self::Sequences, Self::Schedules, Self::Requests];

    /// The requirement that it shows.
    #[must_use]
    pub const fn requirement(self) -> &'static str {
        match self {
            Self::Sequences => "SC-PRP-01",
            Self::Schedules => "SC-PRP-07",
            Self::Requests => "SC-PRP-08",
        }
    }

    /// The sort that shows a requirement.
    #[must_use]
    pub fn of(requirement: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|sort| sort.requirement() == requirement)
    }

    /// Its name in sentences and of traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sequences => "sequences",
            Self::Schedules => "schedules",
            Self::Requests => "requests",
        }
    }

    /// How many of them there are where so many cases are asked for. A schedule is a whole
    /// onboarding, and there are fewer of them.
    #[must_use]
    pub const fn cases(self, asked: u64) -> u64 {
        match self {
            Self::Sequences => asked,
            Self::Schedules | Self::Requests => asked.div_ceil(8),
        }
    }

    fn deeds(self, plan: Plan) -> BoxedStrategy<Vec<Deed>> {
        match self {
            Self::Sequences => sequences::deeds(plan).boxed(),
            Self::Schedules => schedules::deeds(plan).boxed(),
            Self::Requests => requests::deeds(plan),
        }
    }

    fn judge(self, lines: &[Line], plan: Plan, tables: &'static Tables) -> Settled {
        match self {
            Self::Sequences => model::judge(lines, plan, tables),
            Self::Schedules => schedule::judge(lines, plan, tables),
            Self::Requests => typed::judge(lines, plan, tables),
        }
    }

    /// What so many cases may leave behind at most.
    #[must_use]
    pub fn most(self, cases: u64) -> Cost {
        match self {
            Self::Sequences => sequences::most(cases),
            Self::Schedules | Self::Requests => Cost::default(),
        }
    }
}

/// What some cases came to.
#[derive(Debug)]
pub struct Explored {
    /// Of which sort.
    pub sort: Sort,
    /// How many were played.
    pub cases: u64,
    /// How many requests they sent.
    pub exchanges: u64,
    /// What they reached.
    pub coverage: Coverage,
    /// How long their exchanges really took.
    pub timings: Timings,
    /// The first that failed, shrunk.
    pub failure: Option<Regression>,
}

fn story(deeds: &[Deed]) -> Story {
    let scenes = deeds.iter().map(|deed| Scene { deed: deed.clone(), wants: Vec::new() });
    Story { scenes: scenes.collect() }
}

/// Plays what failed before and then new cases at a site, until one fails; a new one is shrunk.
///
/// # Errors
/// When nothing can be said about the target.
pub async fn explore(
    site: &Site,
    (sort, seed): (Sort, u64),
    (known, cases): (&[&Regression], Range<u64>),
    stop: &Stop,
) -> Result<Explored, Trouble> {
    let tables = site::tables(site.settings.edition)?;
    let mut explored = Explored::none(sort);
    let strategy = sort.deeds(site.settings.plan());
    for own in known {
        let played = play(site, (sort, &own.deeds), (own.case, 0), tables).await?;
        explored.took(&played, site.settings.plan(), tables);
        if played.settled.verdict == Verdict::Fail {
            let (was, findings) = (exam::statuses(&played.lines), played.settled.findings);
            explored.failure = Some(Regression { was, findings, ..(*own).clone() });
            return Ok(explored);
        }
    }
    for case in cases.take_while(|_| !stop.is_raised()) {
        let Some(tree) = tree(&strategy, seed, case) else { continue };
        let deeds = tree.current();
        let played = play(site, (sort, &deeds), (case, 0), tables).await?;
        explored.took(&played, site.settings.plan(), tables);
        if played.settled.verdict == Verdict::Fail {
            let shrunk = shrink(site, (sort, tree, case), (deeds, played), tables).await?;
            let shrunk = Regression { seed, ..shrunk };
            explored.failure = Some(shrunk);
            break;
        }
    }
    explored.timings = site.recorder.timings();
    Ok(explored)
}

impl Explored {
    /// Nothing yet.
    #[must_use]
    pub fn none(sort: Sort) -> Self {
        let (coverage, timings) = (Coverage::default(), Timings::default());
        Self { sort, cases: 0, exchanges: 0, coverage, timings, failure: None }
    }

    /// What two machines, or two hands of one, have explored.
    pub fn merge(&mut self, other: &Self) {
        self.cases += other.cases;
        self.exchanges += other.exchanges;
        self.coverage.merge(other.coverage.clone());
        self.timings.merge(&other.timings);
        let first =
            |failure: &Option<Regression>| failure.as_ref().map_or(u64::MAX, |own| own.case);
        if first(&other.failure) < first(&self.failure) {
            self.failure.clone_from(&other.failure);
        }
    }

    /// What it says of the requirement.
    #[must_use]
    pub fn settled(&self) -> Settled {
        let failure = self.failure.as_ref();
        let verdict = match (failure, self.cases) {
            (Some(_), _) => Verdict::Fail,
            (None, 0) => Verdict::NotExercised,
            (None, _) => Verdict::Pass,
        };
        let told = format!("{} random {}", self.cases, self.sort.name());
        let story = failure.map(|own| format!("the smallest that fails:\n{}", own.told()));
        Settled {
            verdict,
            findings: failure.map(|own| own.findings.clone()).unwrap_or_default(),
            reason: (verdict == Verdict::NotExercised).then(|| "no case was played".to_owned()),
            told: [told].into_iter().chain(story).collect(),
        }
    }
}

/// One story that was played.
struct Played {
    lines: Vec<Line>,
    settled: Settled,
}

impl Explored {
    fn took(&mut self, played: &Played, plan: Plan, tables: &'static Tables) {
        self.cases += 1;
        self.exchanges += played.lines.len() as u64;
        self.coverage.merge(Coverage::of(&played.lines, plan, tables));
    }
}

/// One case: a seed and a number always give the same.
fn tree(
    deeds: &BoxedStrategy<Vec<Deed>>,
    seed: u64,
    case: u64,
) -> Option<Box<dyn ValueTree<Value = Vec<Deed>>>> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes[8..16].copy_from_slice(&case.to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    deeds.new_tree(&mut TestRunner::new_with_rng(Config::default(), rng)).ok()
}

async fn play(
    site: &Site,
    (sort, deeds): (Sort, &[Deed]),
    (case, turn): (u64, usize),
    tables: &'static Tables,
) -> Result<Played, Trouble> {
    let before = site.recorder.take();
    drop(before);
    let turn = format!("{case}.{turn}");
    let mut player = Player::new(site, (sort.requirement(), &turn));
    match player.play(&story(deeds)).await {
        Ok(()) | Err(Undone::Lacking(_)) => {}
        Err(Undone::NoAnswer(host, reason)) => {
            // The trace shows that nothing came; the judge weighs it.
            if !site.has_answered(host) {
                return Err(site.unreachable(host, &reason));
            }
        }
        Err(Undone::Trouble(trouble)) => return Err(trouble),
    }
    let lines = site.recorder.take();
    let settled = sort.judge(&lines, site.settings.plan(), tables);
    Ok(Played { lines, settled })
}

/// Makes a failing sequence smaller as long as it still fails.
async fn shrink(
    site: &Site,
    (sort, mut tree, case): (Sort, Box<dyn ValueTree<Value = Vec<Deed>>>, u64),
    mut best: (Vec<Deed>, Played),
    tables: &'static Tables,
) -> Result<Regression, Trouble> {
    let mut more = tree.simplify();
    for turn in 1..=SHRINKS {
        if !more {
            break;
        }
        let smaller = tree.current();
        let played = play(site, (sort, &smaller), (case, turn), tables).await?;
        more = match played.settled.verdict {
            Verdict::Fail => {
                best = (smaller, played);
                tree.simplify()
            }
            _ => tree.complicate(),
        };
    }
    let (deeds, played) = best;
    let own = (sort, case, site.settings.seed);
    Ok(Regression::new(own, site.settings.edition, (deeds, &played.lines), played.settled.findings))
}
