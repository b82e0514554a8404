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
    full, matrix,
    mock::{self, Mock},
    poll,
    run::{Run, Settings},
    site,
    table::Table,
    target::{EXAMPLE, Target},
    trouble::{INTERRUPTED, Trouble},
};

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
}

const EXIT_CODES: &str = "Exit codes: 0 conformant, 1 violated, 2 usage or configuration, \
3 incomplete, 4 target unreachable, 6 harness error, 130 interrupted.";

fn help() -> String {
    format!("{EXIT_CODES}\n\nA target file:\n\n{EXAMPLE}")
}

#[derive(Debug, Args)]
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
    let options =
        full::Options { jobs: args.jobs, traces: args.traces.clone(), groups: args.groups.clone() };
    let table = Table::on_stdout();
    let full = full::run(settings, &options, |group| {
        let exchanges = group.lines.len();
        table.print(&format!("{}: {exchanges} lines in {} ms\n", group.name, group.real_ms));
    })
    .await?;
    for row in &full.rows {
        table.print(&format!(
            "{} {} {:?}\n",
            row.requirement.id, row.settled.verdict, row.settled.reason
        ));
        for finding in &row.settled.findings {
            table.print(&format!("   {finding:?}\n"));
        }
    }
    Ok(0)
}

async fn prepare(args: &RunArgs, mock: &mut Option<Mock>) -> Result<Settings, Trouble> {
    // Whatever is wrong with the settings is said before anything is started.
    site::tables(args.edition)?;
    let variants = variants(args.edition, &args.variants)?;
    let is_mock = args.target == "mock";
    let seed = args.seed.unwrap_or_else(|| if is_mock { MOCK_SEED } else { new_seed() });
    let target = if is_mock {
        let options = mock::Options {
            seed,
            edition: args.edition.to_string(),
            variants: args.variants.clone(),
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
