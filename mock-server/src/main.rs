//! The binary: reads the command line, does it, and says how it went. Exit codes: 0 done, 1 could
//! not start or run, 2 the command line or the settings file is wrong.

use std::{error::Error, io::IsTerminal as _, process::ExitCode};

use clap::Parser as _;
use contract::Edition;
use mock_server::{
    MockServer, certs_table,
    cli::{self, Cli, Command, ScenarioDeed, SpecTable},
    clock, record, scenario, spec,
};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(serve) => run(*serve),
        Command::Certs(certs) => show_certs(certs),
        Command::Spec { table } => show_spec(table),
        Command::Scenario { deed } => return scenarios(deed),
        Command::Replay(replay) => {
            return told(&record::told(&replay.record, replay.against.as_deref()));
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { code, error }) => {
            complain(&*error);
            ExitCode::from(code)
        }
    }
}

/// What is done with scenarios has exit codes of its own.
fn scenarios(deed: ScenarioDeed) -> ExitCode {
    let told = match deed {
        ScenarioDeed::List => scenario::run::list(),
        ScenarioDeed::Check { files } => scenario::run::check(&files),
        ScenarioDeed::Explain { scenario } => scenario::run::explain(&scenario),
        ScenarioDeed::Run(run) => {
            start_log("warn");
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
            match runtime {
                Ok(runtime) => runtime.block_on(scenario::run::run(&run, say)),
                Err(error) => scenario::run::Told { text: format!("error: {error}\n"), code: 1 },
            }
        }
    };
    self::told(&told)
}

fn told(told: &scenario::run::Told) -> ExitCode {
    say(&told.text);
    ExitCode::from(told.code)
}

struct Failure {
    code: u8,
    error: Box<dyn Error>,
}

impl Failure {
    fn of_run(error: impl Into<Box<dyn Error>>) -> Self {
        Self { code: 1, error: error.into() }
    }

    fn of_settings(error: impl Into<Box<dyn Error>>) -> Self {
        Self { code: 2, error: error.into() }
    }
}

fn run(serve: cli::Serve) -> Result<(), Failure> {
    let watches = serve.watch;
    let meant = serve.meant().map_err(Failure::of_settings)?;
    let watched = meant.scenario.clone().filter(|_| watches);
    if watched.as_ref().is_some_and(|named| named.path.is_none()) {
        let why = "--watch needs --scenario with the path of a file; the library never changes";
        return Err(Failure::of_settings(why));
    }
    start_log("warn,mock_server=info");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::of_run)?;
    let done = runtime.block_on(async {
        let mut signals = Signals::new().map_err(Failure::of_run)?;
        tracing::info!("starting");
        let started = tokio::select! {
            started = MockServer::start(meant) => started,
            () = signals.next() => {
                tracing::info!("stopped before it was ready");
                return Ok(());
            }
        };
        let server = started.map_err(Failure::of_run)?;
        say(&(server.ready().line() + "\n"));
        tracing::info!("open {} in a browser to look around", server.ready().control);
        if let Some(named) = watched {
            let workspace = std::sync::Arc::clone(server.workspace());
            tokio::spawn(scenario::watch::watch(workspace, named));
        }
        signals.next().await;
        tracing::info!("stopping; once more stops at once");
        tokio::select! {
            _ = server.stop() => {}
            () = signals.next() => {}
        }
        Ok(())
    });
    // Minting that nobody waits for any more need not end first.
    runtime.shutdown_background();
    done
}

fn show_certs(certs: cli::Certs) -> Result<(), Failure> {
    let meant = certs.meant();
    let request = certs::MintRequest {
        dir: &meant.certs_dir,
        public_hosts: &meant.public_hosts,
        now: clock::wall(),
    };
    let minted = certs::open(&request).map_err(Failure::of_run)?;
    say(&certs_table::render(&minted, &meant));
    Ok(())
}

fn show_spec(table: SpecTable) -> Result<(), Failure> {
    let text = match table {
        SpecTable::Variants { edition, long: true } => Ok(spec::variants_long(edition)),
        SpecTable::Variants { edition, long: false } => {
            Ok(spec::variants(edition.unwrap_or(Edition::DEFAULT)))
        }
        SpecTable::Openapi { edition } => spec::openapi(edition),
        SpecTable::Explain { what, status, edition } => {
            spec::explain(&spec::Question { what, status, edition })
        }
        SpecTable::Contract => Ok(spec::contract()),
        SpecTable::ScenarioSchema => Ok(spec::scenario_schema()),
    };
    say(&text.map_err(Failure::of_settings)?);
    Ok(())
}

fn start_log(usual: &str) {
    let filter = EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| EnvFilter::new(usual));
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours);
    log.with_writer(std::io::stderr).init();
}

/// The two ways in which a person or a pipeline ends a server.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn new() -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// Whoever reads may have gone; that is no failure of ours.
fn say(text: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn complain(error: &dyn Error) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr().lock(), "error: {error}");
}
