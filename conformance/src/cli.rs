//! The command line. It turns words into settings, prints what a run says, and makes sure that a
//! mock that was started is stopped, also when somebody interrupts.

use std::{
    future::Future,
    path::{Path, PathBuf},
    pin::pin,
    process::ExitCode,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use clap::{Args, Parser, Subcommand};
use contract::{Edition, Variants};
use judge::Person;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    catalogue,
    drive::Patience,
    expectations::Expectations,
    full, matrix,
    mock::{self, Mock},
    poll,
    properties::{self, Regression},
    results::{self, Results, github, html, junit, terminal},
    run::{Run, Settings},
    site::{self, Site},
    table::Table,
    target::{EXAMPLE, Target},
    trouble::{INTERRUPTED, Trouble},
};

/// How many random sequences a full run against a mock plays, when nobody says.
const CASES: u64 = 1000;

/// The seed of a run against the mock, when nobody chooses one.
const MOCK_SEED: u64 = 1;

/// Says whether a server does what 10nPayments documents about merchant onboarding.
#[derive(Debug, Parser)]
#[command(name = "conformance", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Walk the steps of an edition against a target and judge them.
    #[command(after_help = help())]
    Run(RunArgs),
    /// Go through the steps as a patient merchant does, and judge nothing.
    #[command(after_help = "Exit codes: 0 went to the end, 1 gave up, and those of run.")]
    Drive(DriveArgs),
    /// List what a server is held to, a line each.
    List(ListArgs),
    /// Tell all that is known of one requirement.
    Explain {
        /// Its id, for example SC-TOK-01.
        id: String,
    },
    /// Walk every edition under every reading against the mock, one reading changed at a time.
    Matrix(MatrixArgs),
    /// Work with reports of full runs.
    Report(ReportArgs),
    /// Play a random sequence that failed once more, and say what is different now.
    Replay(ReplayArgs),
}

const EXIT_CODES: &str = "Exit codes: 0 conformant, 1 violated, 2 usage or configuration, \
3 incomplete, 4 target unreachable, 6 harness error, 130 interrupted.";

fn help() -> String {
    format!("{EXIT_CODES}\n\nA target file:\n\n{EXAMPLE}")
}

#[derive(Clone, Debug, Args)]
struct RunArgs {
    /// `mock` starts the mock on free ports; anything else is a target file.
    #[arg(long, value_name = "mock|FILE")]
    target: String,

    /// The seed of every choice. A target file without one gets a new seed in each run.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// The edition to judge by.
    #[arg(long, default_value_t = Edition::DEFAULT)]
    edition: Edition,

    /// What the person in the browser does: complete, cancel, fail or decline.
    #[arg(long, default_value_t = Person::Complete)]
    person: Person,

    /// Where the runner's trace goes.
    #[arg(long, value_name = "FILE", default_value = "out/runner-trace.jsonl")]
    trace: PathBuf,

    /// Where the report goes.
    #[arg(long, value_name = "FILE", default_value = "out/report.json")]
    report: PathBuf,

    /// Where the mock's own trace goes.
    #[arg(long, value_name = "FILE", default_value = "out/mock-trace.jsonl")]
    mock_trace: PathBuf,

    /// Where the mock's certificates are; they are minted on first use.
    #[arg(long, value_name = "DIR", default_value = ".certs")]
    certs_dir: PathBuf,

    /// How long each phase is polled, in seconds of the runner's clock.
    #[arg(long, value_name = "SECS", default_value_t = poll::LIMIT.as_secs())]
    poll_limit: u64,

    /// Choose a reading of an open question; may be given more than once.
    #[arg(long = "variant", value_name = "id=reading")]
    variants: Vec<String>,

    /// With the mock: the scenario that everybody goes through, to see what a run makes of it.
    #[arg(long, value_name = "NAME|FILE")]
    scenario: Option<String>,

    /// What is done: the eleven steps, or the story of every requirement as well.
    #[arg(long, value_enum, default_value_t = PlanKind::Walk)]
    plan: PlanKind,

    /// With the full plan: only this group of requirements, such as TOK; may be given more than
    /// once.
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,

    /// With the full plan against a mock: how many groups run at a time.
    #[arg(long, value_name = "N", default_value_t = 4)]
    jobs: usize,

    /// With the full plan: where the traces of the groups go.
    #[arg(long, value_name = "DIR", default_value = "out/traces")]
    traces: PathBuf,

    /// With the full plan: only the i-th of n parts, for a pipeline with several machines.
    #[arg(long, value_name = "i/n", value_parser = shard)]
    shard: Option<(usize, usize)>,

    /// With the full plan: how many random sequences are played; 1000 against a mock, and none
    /// elsewhere, unless this says otherwise.
    #[arg(long, value_name = "N")]
    cases: Option<u64>,

    /// With the full plan: where a random sequence goes that failed, as small as it still fails.
    #[arg(long, value_name = "FILE", default_value = "out/regression.json")]
    regression: PathBuf,

    /// With the full plan: a file of known departures.
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,

    #[command(flatten)]
    forms: Forms,
}

/// Other forms of the report of a full run, each in a file of its own.
#[derive(Clone, Debug, Args)]
struct Forms {
    /// JUnit XML, which pipelines show.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// One page that holds everything.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// A summary in Markdown; GitHub shows what is in the file of `GITHUB_STEP_SUMMARY`.
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,

    /// Print annotations that GitHub shows beside the commit.
    #[arg(long)]
    annotate: bool,
}

#[derive(Debug, Args)]
struct ReplayArgs {
    /// The sequence, as a full run has written it.
    file: PathBuf,

    #[command(flatten)]
    run: RunArgs,
}

#[derive(Debug, Args)]
struct ReportArgs {
    #[command(subcommand)]
    what: ReportVerb,
}

#[derive(Debug, Subcommand)]
enum ReportVerb {
    /// Put the pieces of a run that was split into one report.
    Merge {
        /// The pieces, as JSON.
        #[arg(required = true)]
        pieces: Vec<PathBuf>,
        /// Where the whole goes.
        #[arg(long, value_name = "FILE", default_value = "out/report.json")]
        report: PathBuf,
        #[command(flatten)]
        forms: Forms,
    },
    /// Print the JSON Schema of the report.
    Schema,
}

fn shard(text: &str) -> Result<(usize, usize), String> {
    let parts = text.split_once('/').and_then(|(index, count)| {
        Some((index.parse::<usize>().ok()?, count.parse::<usize>().ok()?))
    });
    parts
        .filter(|(index, count)| (1..=*count).contains(index))
        .ok_or_else(|| "write i/n with i from 1 to n, such as 2/4".to_owned())
}

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum PlanKind {
    /// The eleven steps.
    Walk,
    /// Every requirement.
    Full,
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Only what holds in this edition.
    #[arg(long)]
    edition: Option<Edition>,

    /// As JSON, for programs.
    #[arg(long)]
    json: bool,

    /// As the kill matrix, in Markdown: which villain is noticed by which step.
    #[arg(long, conflicts_with_all = ["json", "edition"])]
    kills: bool,
}

#[derive(Debug, Args)]
struct DriveArgs {
    /// A target file. With `pages.by = "nobody"` the target plays the person itself.
    #[arg(long, value_name = "FILE")]
    target: PathBuf,

    /// The seed of every choice.
    #[arg(long, value_name = "N", default_value_t = MOCK_SEED)]
    seed: u64,

    /// Whose flow is gone through.
    #[arg(long, default_value_t = Edition::DEFAULT)]
    edition: Edition,

    /// Choose a reading of an open question; may be given more than once.
    #[arg(long = "variant", value_name = "id=reading")]
    variants: Vec<String>,

    /// How often a failed identification is begun again.
    #[arg(long, value_name = "N", default_value_t = 0)]
    restarts: u32,

    /// Create the user without an address, and tell it when the mail is asked for.
    #[arg(long)]
    email_later: bool,

    /// How long each phase is polled, in seconds of the runner's clock.
    #[arg(long, value_name = "SECS", default_value_t = poll::LIMIT.as_secs())]
    poll_limit: u64,

    /// Where the runner's trace goes.
    #[arg(long, value_name = "FILE", default_value = "out/runner-trace.jsonl")]
    trace: PathBuf,
}

#[derive(Debug, Args)]
struct MatrixArgs {
    /// An edition to walk; all of them without this. May be given more than once.
    #[arg(long = "edition", value_name = "EDITION")]
    editions: Vec<Edition>,

    /// How many mocks run at a time.
    #[arg(long, value_name = "N", default_value_t = 4)]
    jobs: usize,

    /// The seed of every run.
    #[arg(long, value_name = "N", default_value_t = MOCK_SEED)]
    seed: u64,

    /// Where the report goes, for programs.
    #[arg(long, value_name = "FILE", default_value = "out/matrix.json")]
    report: PathBuf,

    /// Where the table goes, for people.
    #[arg(long, value_name = "FILE", default_value = "out/matrix.md")]
    markdown: PathBuf,

    /// Where the traces of surprises go.
    #[arg(long, value_name = "DIR", default_value = "out/matrix")]
    traces: PathBuf,

    /// Where the mock's certificates are; they are minted on first use.
    #[arg(long, value_name = "DIR", default_value = ".certs")]
    certs_dir: PathBuf,
}

/// Runs the program and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let command = Cli::parse().command;
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return ended(&Trouble::Harness(format!("no runtime: {error}"))),
    };
    let ended_with = match &command {
        Command::Run(args) => runtime.block_on(conduct(args)),
        Command::Matrix(args) => runtime.block_on(walk_matrix(args)),
        Command::Drive(args) => runtime.block_on(go_through(args)),
        Command::List(args) => Ok(list(args)),
        Command::Explain { id } => explain(id),
        Command::Report(args) => report(args),
        Command::Replay(args) => runtime.block_on(replay(args)),
    };
    let code = match ended_with {
        Ok(code) => ExitCode::from(code),
        Err(trouble) => ended(&trouble),
    };
    // Somebody may still be asked for a code; nobody waits for the answer.
    runtime.shutdown_background();
    code
}

#[expect(clippy::print_stderr, reason = "the last words of the program go to the terminal")]
fn ended(trouble: &Trouble) -> ExitCode {
    eprintln!("conformance: {trouble}");
    ExitCode::from(trouble.exit_code())
}

fn list(args: &ListArgs) -> u8 {
    let text = if args.kills {
        catalogue::kill_matrix()
    } else if args.json {
        format!("{:#}\n", catalogue::list_json(args.edition))
    } else {
        catalogue::list(args.edition)
    };
    Table::on_stdout().print(&text);
    0
}

fn explain(id: &str) -> Result<u8, Trouble> {
    let text = catalogue::explain(id).map_err(Trouble::Configuration)?;
    Table::on_stdout().print(&text);
    Ok(0)
}

async fn go_through(args: &DriveArgs) -> Result<u8, Trouble> {
    site::tables(args.edition)?;
    let mut interrupt = pin!(interrupted()?);
    let settings = Settings {
        target: Target::read(&args.target)?,
        edition: args.edition,
        person: Person::Complete,
        seed: args.seed,
        world_seed: None,
        variants: variants(args.edition, &args.variants)?,
        poll_limit: Duration::from_secs(args.poll_limit),
        trace: args.trace.clone(),
        mock_trace: None,
    };
    let patience =
        Patience { restarts: args.restarts, email_later: args.email_later, ..Patience::default() };
    let driving = async { Run::prepare(settings).await?.drive(patience).await };
    let driven = tokio::select! {
        driven = driving => driven,
        () = &mut interrupt => return Ok(INTERRUPTED),
    };
    let table = Table::on_stdout();
    match driven? {
        None => {
            table.print("went to the end");
            Ok(0)
        }
        Some(gave_up) => {
            table.print(&gave_up);
            Ok(1)
        }
    }
}

async fn walk_matrix(args: &MatrixArgs) -> Result<u8, Trouble> {
    let interrupt = interrupted()?;
    let editions = match args.editions.as_slice() {
        [] => Edition::served().collect(),
        chosen => chosen.to_vec(),
    };
    let options = matrix::Options {
        editions,
        jobs: args.jobs,
        seed: args.seed,
        certs_dir: args.certs_dir.clone(),
        traces: args.traces.clone(),
    };
    let table = Table::on_stdout();
    let cells = matrix::run(&options, interrupt, |cell| table.print(&cell.line())).await?;
    let Some(cells) = cells else { return Ok(INTERRUPTED) };
    let whole = matrix::report::Whole::new(&cells);
    whole.write(&args.report, &args.markdown)?;
    let (summary, markdown) = (whole.summary(), args.markdown.display());
    table.print(&format!("\n{summary}\ntable:  {markdown}\n"));
    Ok(whole.exit_code())
}

/// Whatever happens in between, the mock is stopped at the end.
async fn conduct(args: &RunArgs) -> Result<u8, Trouble> {
    let mut mock = None;
    let code = drive(args, &mut mock).await;
    if let Some(mock) = mock {
        mock.stop().await;
    }
    code
}

async fn drive(args: &RunArgs, mock: &mut Option<Mock>) -> Result<u8, Trouble> {
    let mut interrupt = pin!(interrupted()?);
    let settings = tokio::select! {
        settings = prepare(args, mock) => settings?,
        () = &mut interrupt => return Ok(INTERRUPTED),
    };
    if args.plan == PlanKind::Full {
        return tokio::select! {
            code = examine(args, &settings) => code,
            () = &mut interrupt => Ok(INTERRUPTED),
        };
    }
    let mut run = Run::prepare(settings).await?;
    let table = Table::on_stdout();
    let mut shown = Vec::new();
    let walk = run.walk(|row| {
        if shown.is_empty() {
            table.print(&table.heading());
        }
        table.print(&table.row(row));
        shown.push(row.clone());
    });
    let interrupted = tokio::select! {
        () = walk => false,
        () = &mut interrupt => true,
    };
    let report = run.report(interrupted);
    report.write(&args.report)?;
    if let Some(trouble) = run.hopeless().filter(|_| !interrupted) {
        return Err(trouble);
    }
    // What came later may have changed an earlier verdict, and some steps never had a row.
    for row in report.steps.iter().filter(|row| !shown.contains(row)) {
        table.print(&table.row(row));
    }
    table.print(&table.closing(&report, &args.report));
    Ok(report.exit_code)
}

/// The full plan, reported on as it goes.
async fn examine(args: &RunArgs, settings: &Settings) -> Result<u8, Trouble> {
    // What is wrong with a file is said before anything is sent.
    let expectations = args.expect.as_deref().map(Expectations::read).transpose()?;
    let options = full::Options {
        jobs: args.jobs,
        traces: args.traces.clone(),
        groups: args.groups.clone(),
        shard: args.shard,
        cases: args.cases.unwrap_or(if settings.target.control.is_some() { CASES } else { 0 }),
    };
    let table = Table::on_stdout();
    let full = full::run(settings, &options, |group| {
        let (name, lines, ms) = (group.name, group.lines.len(), group.real_ms);
        table.print(&format!("{name}  {lines} lines of trace in {ms} ms\n"));
    })
    .await?;
    if let Some(failure) = &full.explored.failure {
        results::write(&args.regression, &failure.json())?;
        let file = args.regression.display();
        table.print(&format!(
            "a random sequence failed; play it again: conformance replay {file}\n"
        ));
    }
    let mut results = Results::new(&full, settings)?;
    if let Some(expectations) = &expectations {
        results.expect(expectations, &today());
    }
    let shown = full.shown(&results);
    publish(&results, &shown, (&args.report, &args.forms))?;
    Ok(results.exit_code)
}

/// Writes every form of a report that was asked for, and sums it up on the terminal.
fn publish(
    results: &Results,
    shown: &html::Shown,
    (path, forms): (&Path, &Forms),
) -> Result<(), Trouble> {
    let table = Table::on_stdout();
    results::write(path, &results.json())?;
    let mut files = vec![("report:", path)];
    if let Some(path) = &forms.junit {
        results::write(path, &junit::xml(results)?)?;
        files.push(("junit:", path));
    }
    if let Some(path) = &forms.html {
        results::write(path, &html::page(results, shown))?;
        files.push(("html:", path));
    }
    if let Some(path) = &forms.markdown {
        results::write(path, &github::summary(results))?;
        files.push(("summary:", path));
    }
    if forms.annotate {
        table.print(&github::annotations(results));
    }
    table.print(&terminal::summary(table, results, false));
    table.print(&terminal::files(&files));
    Ok(())
}

/// Plays a regression again; whatever happens in between, the mock is stopped at the end.
async fn replay(args: &ReplayArgs) -> Result<u8, Trouble> {
    let regression = Regression::read(&args.file)?;
    let mut run = args.run.clone();
    run.edition = regression.edition.parse().map_err(Trouble::Configuration)?;
    let mut mock = None;
    let code = played_again(&regression, &run, &mut mock).await;
    if let Some(mock) = mock {
        mock.stop().await;
    }
    code
}

async fn played_again(
    regression: &Regression,
    run: &RunArgs,
    mock: &mut Option<Mock>,
) -> Result<u8, Trouble> {
    let mut interrupt = pin!(interrupted()?);
    let playing = async {
        let site = Site::open(prepare(run, mock).await?).await?;
        regression.replay(&site).await
    };
    let (is, settled) = tokio::select! {
        played = playing => played?,
        () = &mut interrupt => return Ok(INTERRUPTED),
    };
    let table = Table::on_stdout();
    for (index, deed) in regression.deeds.iter().enumerate() {
        let was = regression.was.get(index).map_or(&[][..], Vec::as_slice);
        let is = is.get(index);
        let (was, is) = (properties::shown(was), is.map(|is| properties::shown(is)));
        let is = is.unwrap_or_else(|| " was not played".to_owned());
        let mark = if was == is { " " } else { "*" };
        let (number, words) = (index + 1, deed.words());
        table.print(&format!("{mark} {number:>2}. {words}{is}{}\n", changed(&was, &is)));
    }
    for finding in &settled.findings {
        table.print(&format!("wanted: {}\ngot:    {}\n", finding.wanted, finding.got));
    }
    table.print(&format!("{}\n", table.verdict(settled.verdict, 0)));
    Ok(settled.verdict.exit_code())
}

fn changed(was: &str, is: &str) -> String {
    match was == is {
        true => String::new(),
        false => format!(" (was{})", was.trim_start_matches(" ->")),
    }
}

fn report(args: &ReportArgs) -> Result<u8, Trouble> {
    match &args.what {
        ReportVerb::Schema => {
            Table::on_stdout().print(&format!("{:#}\n", Results::schema()));
            Ok(0)
        }
        ReportVerb::Merge { pieces, report, forms } => {
            let pieces: Result<Vec<_>, _> = pieces.iter().map(|path| Results::read(path)).collect();
            let whole = Results::merge(pieces?)?;
            publish(&whole, &html::Shown::new(), (report, forms))?;
            Ok(whole.exit_code)
        }
    }
}

/// The day by the calendar of the machine.
fn today() -> String {
    time::OffsetDateTime::now_utc().date().to_string()
}

async fn prepare(args: &RunArgs, mock: &mut Option<Mock>) -> Result<Settings, Trouble> {
    // Whatever is wrong with the settings is said before anything is started.
    site::tables(args.edition)?;
    let variants = variants(args.edition, &args.variants)?;
    let is_mock = args.target == "mock";
    if args.scenario.is_some() && !is_mock {
        let sentence =
            "--scenario is for --target mock; a target goes through what it goes through";
        return Err(Trouble::Configuration(sentence.to_owned()));
    }
    let seed = args.seed.unwrap_or_else(|| if is_mock { MOCK_SEED } else { new_seed() });
    let target = if is_mock {
        let options = mock::Options {
            seed,
            edition: args.edition.to_string(),
            variants: args.variants.clone(),
            scenario: args.scenario.clone(),
            certs_dir: args.certs_dir.clone(),
            trace: args.mock_trace.clone(),
        };
        mock.insert(Mock::start(&options)?).target().await?
    } else {
        Target::read(Path::new(&args.target))?
    };
    Ok(Settings {
        target,
        edition: args.edition,
        person: args.person,
        seed,
        world_seed: is_mock.then_some(seed),
        variants,
        poll_limit: Duration::from_secs(args.poll_limit),
        trace: args.trace.clone(),
        mock_trace: is_mock.then(|| args.mock_trace.clone()),
    })
}

fn variants(edition: Edition, chosen: &[String]) -> Result<Variants, Trouble> {
    let mut variants = Variants::of(edition);
    for choice in chosen {
        let wrong = |what: String| Trouble::Configuration(format!("--variant {choice}: {what}"));
        let (id, reading) = choice
            .split_once('=')
            .ok_or_else(|| wrong("write id=reading, such as json-reading=strict".to_owned()))?;
        variants.choose(id, reading).map_err(wrong)?;
    }
    Ok(variants)
}

/// A real target remembers earlier applicants, so each run needs new ones.
fn new_seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn interrupted() -> Result<impl Future<Output = ()>, Trouble> {
    let listen = |kind| {
        signal(kind).map_err(|error| Trouble::Harness(format!("signals cannot be heard: {error}")))
    };
    let (mut interrupt, mut terminate) =
        (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
        let cli = Cli::parse_from(["conformance", "run", "--target", "mock", "--person", "cancel"]);
        let Command::Run(args) = cli.command else { panic!("run") };
        assert_eq!((args.person, args.poll_limit), (Person::Cancel, 120));
        assert!(Cli::try_parse_from(["conformance", "run"]).is_err());
        let wrong = ["conformance", "run", "--target", "mock", "--person", "sulk"];
        assert_eq!(Cli::try_parse_from(wrong).unwrap_err().exit_code(), 2);
    }

    #[test]
    fn the_matrix_takes_every_edition_unless_some_are_named() {
        let named = ["conformance", "matrix", "--edition", "2024-06", "--edition", "2026-05"];
        let Command::Matrix(args) = Cli::parse_from(named).command else { panic!("matrix") };
        assert_eq!(args.editions, [Edition::E2024_06, Edition::E2026_05]);
        let cli = Cli::parse_from(["conformance", "matrix"]);
        let Command::Matrix(args) = cli.command else { panic!("matrix") };
        assert!(args.editions.is_empty() && args.jobs > 0);
        let wrong = ["conformance", "matrix", "--edition", "1999"];
        assert_eq!(Cli::try_parse_from(wrong).unwrap_err().exit_code(), 2);
    }

    #[test]
    fn variants_are_read_and_strangers_named() {
        let chosen = variants(Edition::DEFAULT, &["json-reading=newtonsoft".to_owned()]).unwrap();
        assert!(chosen.to_string().contains("json-reading=newtonsoft"));
        for wrong in ["json-reading", "colour=red", "json-reading=maybe"] {
            let trouble = variants(Edition::DEFAULT, &[wrong.to_owned()]).unwrap_err();
            assert_eq!(trouble.exit_code(), 2);
            assert!(trouble.to_string().contains(wrong), "{trouble}");
        }
    }
}
