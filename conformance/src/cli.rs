//! The command line. It turns words into settings, prints what a run says, and makes sure that a
//! mock that was started is stopped, also when somebody interrupts.

mod args;
mod certifying;
mod drifting;
mod reports;

use std::{
    future::Future,
    path::Path,
    pin::pin,
    process::ExitCode,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use clap::{Parser, Subcommand};
use contract::{Edition, Variants};
use judge::Person;
use tokio::signal::unix::{SignalKind, signal};

use self::{
    args::{
        DriftArgs, DriveArgs, ListArgs, MatrixArgs, PlanKind, Reach, ReplayArgs, ReportArgs,
        RunArgs,
    },
    reports::{consult, examine, replay, report},
};
use crate::{
    catalogue,
    drive::Patience,
    matrix,
    mock::{self, Mock},
    run::{Run, Settings},
    site,
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
    /// Let a client go through every case, and say whether it is fit for production.
    #[command(after_help = "Exit codes: 0 fit, 1 a row is broken, 2 usage, 3 a row was not seen.")]
    Certify(certifying::CertifyArgs),
    /// Judge the trace of a certification again: the same verdicts, anywhere and later.
    Judge(certifying::JudgeArgs),
    /// Check a record offline: signature, parts, expiry, and its trace.
    Verify(certifying::VerifyArgs),
    /// Make a key with which records are signed.
    Key(certifying::KeyArgs),
    /// Hand an address to the person of a case; clients find it as BROWSER.
    #[command(hide = true)]
    Open(certifying::OpenArgs),
    /// Walk the steps of an edition against a target and judge them.
    #[command(after_help = help())]
    Run(Box<RunArgs>),
    /// Look at what would keep a run from beginning, and say what to change.
    #[command(after_help = "Exit codes: 0 all is well, 2 something has to be changed first.")]
    Doctor(Reach),
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
    /// Play the same stories at two targets, or compare two traces, and say where they differ and
    /// which reading of the documents explains it.
    #[command(after_help = "Exit codes: 0 no difference, 1 some, and those of run.")]
    Drift(DriftArgs),
    /// Work with reports of full runs.
    Report(ReportArgs),
    /// Play a random sequence that failed once more, and say what is different now.
    Replay(ReplayArgs),
}

const EXIT_CODES: &str = "Exit codes: 0 conformant, 1 violated, 2 usage or configuration, \
3 incomplete, 4 target unreachable, 5 expectation stale, 6 harness error, 7 too dear, \
130 interrupted.";

fn help() -> String {
    format!("{EXIT_CODES}\n\nA target file:\n\n{EXAMPLE}")
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
        Command::Doctor(args) => runtime.block_on(consult(args)),
        Command::Drive(args) => runtime.block_on(go_through(args)),
        Command::List(args) => Ok(list(args)),
        Command::Explain { id } => explain(id),
        Command::Drift(args) => runtime.block_on(drifting::compare(args)),
        Command::Report(args) => report(args),
        Command::Certify(args) => runtime.block_on(certifying::certify(args)),
        Command::Judge(args) => certifying::judge_again(args),
        Command::Verify(args) => certifying::verify(args),
        Command::Key(args) => certifying::make_key(args),
        Command::Open(args) => runtime.block_on(certifying::open(args)),
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
    let text = if args.clients {
        catalogue::client_kill_matrix()
    } else if args.kills {
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
    if args.plan == PlanKind::Full && args.person != Person::Complete {
        let sentence = "the full plan has every kind of person; leave out --person";
        return Err(Trouble::Configuration(sentence.to_owned()));
    }
    let settings = tokio::select! {
        settings = prepare(&args.reach, mock) => settings?,
        () = &mut interrupt => return Ok(INTERRUPTED),
    };
    let settings = Settings { person: args.person, ..settings };
    if args.plan == PlanKind::Full {
        return examine(args, &settings, interrupt).await;
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

async fn prepare(args: &Reach, mock: &mut Option<Mock>) -> Result<Settings, Trouble> {
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
            trace: Some(args.mock_trace.clone()),
        };
        mock.insert(Mock::start(&options)?).target().await?
    } else {
        Target::read(Path::new(&args.target))?
    };
    Ok(Settings {
        target,
        edition: args.edition,
        person: Person::Complete,
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
        assert_eq!((args.person, args.reach.poll_limit), (Person::Cancel, 120));
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
