//! The matrix: the reference merchant against the mock, for every edition and every reading, one
//! reading changed at a time. Each run has a mock of its own and a stepped clock, so nobody waits.

pub mod report;
pub mod rows;

use std::{path::PathBuf, sync::Arc};

use contract::{Edition, Variants};
use judge::{Person, Verdict};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    mock::{self, Mock},
    poll,
    report::Report,
    run::{Run, Settings},
    trouble::Trouble,
};
use report::{Cell, Outcome};
use rows::{Fails, ROWS};

/// What a matrix is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// The editions.
    pub editions: Vec<Edition>,
    /// How many runs there are at a time.
    pub jobs: usize,
    /// The seed of every run.
    pub seed: u64,
    /// Where the mock's certificates are.
    pub certs_dir: PathBuf,
    /// Where the traces of runs go that did not end as declared.
    pub traces: PathBuf,
}

/// One run of the matrix: an edition, and a reading that is not its usual one.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The edition.
    pub edition: Edition,
    /// Question and reading, unless the edition's own are taken.
    pub chosen: Option<(&'static str, &'static str)>,
    /// How it must fail, if it must.
    fails: Option<&'static Fails>,
}

/// Every run of some editions, and what they leave out.
#[must_use]
pub fn plan(editions: &[Edition]) -> (Vec<Case>, Vec<Cell>) {
    let (mut cases, mut left_out) = (Vec::new(), Vec::new());
    for edition in editions.iter().copied() {
        cases.push(Case { edition, chosen: None, fails: None });
        for row in ROWS {
            let question = row.variant.row();
            if !row.concerns(edition) {
                left_out.push(Cell::left_out(edition, question.id, row.absence(edition)));
                continue;
            }
            let usual = row.variant.usual(edition);
            for reading in question.readings.iter().filter(|reading| reading.id != usual) {
                let fails = Fails::of(edition, row.variant, reading.id);
                cases.push(Case { edition, chosen: Some((question.id, reading.id)), fails });
            }
        }
    }
    (cases, left_out)
}

/// Runs every case; `show` is handed each result as it comes. `None` when `stop` came first.
///
/// # Errors
/// When a mock cannot be started or a file cannot be written.
pub async fn run(
    options: &Options,
    stop: impl Future<Output = ()>,
    show: impl FnMut(&Cell),
) -> Result<Option<Vec<Cell>>, Trouble> {
    let (cases, left_out) = plan(&options.editions);
    let places = Arc::new(Semaphore::new(options.jobs.max(1)));
    let mut running = JoinSet::new();
    for (index, case) in cases.into_iter().enumerate() {
        let (options, places) = (options.clone(), Arc::clone(&places));
        running.spawn(async move {
            let _place = places.acquire().await;
            (index, one(&options, case).await)
        });
    }
    let cells = tokio::select! {
        cells = collected(&mut running, show) => Some(cells),
        () = stop => None,
    };
    // Whatever still runs has a mock, which must not outlive this program.
    running.shutdown().await;
    let Some(cells) = cells.transpose()? else { return Ok(None) };
    Ok(Some(cells.into_iter().chain(left_out).collect()))
}

type Runs = JoinSet<(usize, Result<Cell, Trouble>)>;

/// The results in the order of the cases.
async fn collected(running: &mut Runs, mut show: impl FnMut(&Cell)) -> Result<Vec<Cell>, Trouble> {
    let mut cells = Vec::new();
    while let Some(ended) = running.join_next().await {
        let broke = |error| Trouble::Harness(format!("A run of the matrix broke: {error}."));
        let (index, cell) = ended.map_err(broke)?;
        let cell = cell?;
        show(&cell);
        cells.push((index, cell));
    }
    cells.sort_by_key(|(index, _)| *index);
    Ok(cells.into_iter().map(|(_, cell)| cell).collect())
}

async fn one(options: &Options, case: Case) -> Result<Cell, Trouble> {
    let name = case.name();
    let mock_trace = options.traces.join(format!("{name}.mock.jsonl"));
    let chosen = case.chosen.map(|(id, reading)| format!("{id}={reading}"));
    let mut mock = Mock::start(&mock::Options {
        seed: options.seed,
        edition: case.edition.to_string(),
        variants: chosen.into_iter().collect(),
        scenario: None,
        certs_dir: options.certs_dir.clone(),
        trace: Some(mock_trace.clone()),
    })?;
    let target = mock.target().await;
    let settings = target.and_then(|target| {
        Ok(Settings {
            target,
            edition: case.edition,
            person: Person::Complete,
            seed: options.seed,
            world_seed: Some(options.seed),
            variants: case.variants()?,
            poll_limit: poll::LIMIT,
            trace: options.traces.join(format!("{name}.jsonl")),
            mock_trace: Some(mock_trace.clone()),
        })
    });
    let walked = match settings {
        Ok(settings) => walked(settings).await,
        Err(trouble) => Err(trouble),
    };
    mock.stop().await;
    let report = walked?;
    let cell = case.cell(&report);
    if cell.outcome.is_as_declared() {
        // Only the traces of surprises are worth keeping.
        let _ = std::fs::remove_file(&report.trace);
        let _ = std::fs::remove_file(&mock_trace);
    }
    Ok(cell)
}

async fn walked(settings: Settings) -> Result<Report, Trouble> {
    let mut run = Run::prepare(settings).await?;
    run.walk(|_| {}).await;
    Ok(run.report(false))
}

impl Case {
    /// The readings in force.
    ///
    /// # Errors
    /// When there is no such reading, which the tables rule out.
    pub fn variants(&self) -> Result<Variants, Trouble> {
        let mut variants = Variants::of(self.edition);
        if let Some((id, reading)) = self.chosen {
            variants.choose(id, reading).map_err(Trouble::Harness)?;
        }
        Ok(variants)
    }

    /// What a report means for the matrix.
    #[must_use]
    pub fn cell(&self, report: &Report) -> Cell {
        let (variant, reading) = self.chosen.unwrap_or(("-", "-"));
        let stopped = report.stopped.clone().unwrap_or_default();
        let (outcome, why) = match (self.fails, report.verdict) {
            (None, Verdict::Pass) => (Outcome::Pass, String::new()),
            (Some(fails), Verdict::Fail) if is_so(fails, report) => {
                (Outcome::FailsAsDeclared, fails.reason.to_owned())
            }
            (Some(fails), verdict) => {
                let wanted = fails.says;
                (Outcome::Unexpected, format!("{verdict}, but '{wanted}' is declared; {stopped}"))
            }
            (None, verdict) => (Outcome::Unexpected, format!("{verdict}: {}", first(report))),
        };
        Cell { edition: self.edition, variant, reading, outcome, why }
    }

    fn name(&self) -> String {
        let (id, reading) = self.chosen.unwrap_or(("usual", "readings"));
        format!("{}-{id}-{reading}", self.edition)
    }
}

/// Exactly the declared step fails, in the declared words.
fn is_so(fails: &Fails, report: &Report) -> bool {
    let failed = report.steps.iter().filter(|row| row.verdict == Verdict::Fail);
    let failed: Vec<_> = failed.map(|row| row.step).collect();
    failed == [fails.step] && report.stopped.as_ref().is_some_and(|said| said == fails.says)
}

/// The first thing that was wrong.
fn first(report: &Report) -> String {
    let bad = report
        .steps
        .iter()
        .find(|row| !matches!(row.verdict, Verdict::Pass | Verdict::Info | Verdict::NotApplicable));
    let Some(row) = bad else { return report.stopped.clone().unwrap_or_default() };
    let found = row.findings.first().map(|found| format!("{}; got {}", found.wanted, found.got));
    let said = found.or_else(|| row.reason.clone()).unwrap_or_default();
    format!("{}: {said}", row.title)
}
