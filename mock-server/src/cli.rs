//! The command line's grammar. What the words do stands in `main`.
//! Flags and the settings file share their names; the meaning of both is worked out elsewhere.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use contract::Edition;

use crate::config::{ConfigError, Meant, Said};

/// A stand-in for the 10nPayments test environment, for onboarding clients and their tests.
#[derive(Debug, Parser)]
#[command(
    name = "mock-server",
    version,
    arg_required_else_help = true,
    after_help = "Start with:\n  mock-server serve\n  mock-server certs"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API, the token endpoint, the hosted pages and the control API
    #[command(after_help = serve_help())]
    Serve(Box<Serve>),
    /// Mint the test certificates if need be, and show them with a first command to try
    #[command(after_help = "Example:\n  mock-server certs --certs-dir .certs")]
    Certs(Certs),
    /// List, check, explain and run scenarios: what goes otherwise than usual, on command
    #[command(after_help = SCENARIO_HELP)]
    Scenario {
        /// What to do with them.
        #[command(subcommand)]
        deed: ScenarioDeed,
    },
    /// Decide a recorded run again and print its decisions, the same to the byte
    #[command(after_help = REPLAY_HELP)]
    Replay(Replay),
    /// Show the tables that decide how the mock behaves
    #[command(after_help = SPEC_HELP)]
    Spec {
        /// Which table.
        #[command(subcommand)]
        table: SpecTable,
    },
}

/// `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// A settings file (TOML): the same names as these flags, and the tables variants and limits
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Take a scenario file anew whenever it is saved, for users to come
    #[arg(long, requires = "scenario")]
    pub watch: bool,
    /// Everything that the file can say too.
    #[command(flatten)]
    pub said: Said,
}

/// `certs`.
#[derive(Debug, Args)]
pub struct Certs {
    /// Where certificates and keys are kept; minted on first use
    #[arg(long, value_name = "DIR")]
    pub certs_dir: Option<PathBuf>,
    /// A further name or address for the server certificate (repeatable)
    #[arg(long, value_name = "NAME")]
    pub public_host: Vec<String>,
}

/// `replay`.
#[derive(Clone, Debug, Args)]
pub struct Replay {
    /// The record, written by `serve --record FILE`.
    #[arg(value_name = "RECORD")]
    pub record: PathBuf,
    /// Instead of printing them, hold the decisions against those of this trace; exit 1 if they
    /// differ
    #[arg(long, value_name = "TRACE")]
    pub against: Option<PathBuf>,
}

const REPLAY_HELP: &str = "Example:\n  mock-server serve --record run.jsonl --trace trace.jsonl\n  \
    mock-server replay run.jsonl --against trace.jsonl";

/// What can be done with scenarios.
#[derive(Clone, Debug, Subcommand)]
pub enum ScenarioDeed {
    /// List the library: kind, name (which is also the tag in an e-mail address), reserved phone
    /// number, title
    List,
    /// Say what is wrong with files, at its place; exit 2 if anything is
    Check {
        /// The files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Tell in plain words what a scenario needs, does and expects, and how to choose it
    Explain {
        /// A file, or the name of one of the library.
        #[arg(value_name = "NAME|FILE")]
        scenario: String,
    },
    /// Run the reference merchant through scenarios and judge what they expect
    Run(ScenarioRun),
}

/// `scenario run`.
#[derive(Clone, Debug, Args)]
pub struct ScenarioRun {
    /// Files, or names of the library.
    #[arg(required = true, value_name = "NAME|FILE")]
    pub scenarios: Vec<String>,
    /// Where every code, id and choice comes from, unless a scenario needs a seed of its own
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Where certificates and keys are kept; minted on first use
    #[arg(long, value_name = "DIR")]
    pub certs_dir: Option<PathBuf>,
    /// Write the traces to this directory, one file for each scenario
    #[arg(long, value_name = "DIR")]
    pub traces: Option<PathBuf>,
    /// Print the verdicts alone, and no line of the trace
    #[arg(long)]
    pub quiet: bool,
}

/// The tables that can be shown.
#[derive(Clone, Debug, Subcommand)]
pub enum SpecTable {
    /// The open questions of the documentation, one per line: its name, the reading that the
    /// edition takes, and every reading, documented or assumed
    Variants {
        /// Whose defaults are shown
        #[arg(long)]
        edition: Option<Edition>,
        /// Also print what each reading means, and where it comes from
        #[arg(long)]
        long: bool,
    },
    /// An edition as an OpenAPI 3.1 document
    Openapi {
        /// Which edition
        #[arg(default_value_t = Edition::DEFAULT)]
        edition: Edition,
    },
    /// Why a call can answer as it does: every row, with its readings and its source
    #[command(after_help = EXPLAIN_HELP)]
    Explain {
        /// A method and a path, or the name of a call
        what: String,
        /// Only answers with this status
        status: Option<u16>,
        /// In which edition
        #[arg(long, default_value_t = Edition::DEFAULT)]
        edition: Edition,
    },
    /// All editions for a person to read, in Markdown
    Contract,
    /// The JSON Schema of a scenario file, for editors
    ScenarioSchema,
}

const SCENARIO_HELP: &str = "Examples:\n  mock-server scenario list\n  \
    mock-server scenario check mine.toml\n  mock-server scenario run gateway-503\n\n\
    Exit codes: 0 as expected, 1 not so, 2 a file cannot be used.";

const SPEC_HELP: &str = "Examples:\n  mock-server spec variants --long\n  \
    mock-server spec openapi 2025-09\n  mock-server spec explain 'POST /User' 400";

const EXPLAIN_HELP: &str = "Examples:\n  mock-server spec explain 'POST /User' 400\n  \
    mock-server spec explain confirm-email --edition 2025-09";

impl Serve {
    /// The settings that are meant: flags over the file over the defaults.
    ///
    /// # Errors
    /// When the settings file cannot be used.
    pub fn meant(self) -> Result<Meant, ConfigError> {
        let file = self.config.as_deref().map(Said::from_file).transpose()?;
        Ok(self.said.over(file.unwrap_or_default()).into())
    }
}

impl Certs {
    /// The settings that are meant.
    #[must_use]
    pub fn meant(self) -> Meant {
        let Self { certs_dir, public_host } = self;
        Said { certs_dir, public_host, ..Said::default() }.into()
    }
}

fn serve_help() -> String {
    let usual = Meant::default();
    format!(
        "Defaults: edition {}, seed {}, clock {}, api {}, auth {}, identity {}, control {}, \
         certs-dir {}.\nA flag wins over the settings file. Logs go to standard error; RUST_LOG \
         chooses how much.\n\nExamples:\n  mock-server serve\n  \
         mock-server serve --clock stepped --seed 7 --variant mtls-refusal=tls-alert\n  \
         mock-server serve --config mock.toml --public-host mock.example",
        usual.edition,
        usual.seed,
        usual.clock,
        usual.api,
        usual.auth,
        usual.identity,
        usual.control,
        usual.certs_dir.display(),
    )
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_grammar_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_key_of_a_file_is_a_flag() {
        let help = Cli::command().find_subcommand_mut("serve").unwrap().render_help().to_string();
        let unknown = toml::from_str::<Said>("nonsense = 1").unwrap_err().to_string();
        let (_, keys) = unknown.split_once("expected one of ").unwrap();
        for key in keys.split(", ").map(|key| key.trim().trim_matches('`')) {
            let flag = match key {
                "limits" => continue,
                "variants" => "--variant",
                key => &format!("--{key}"),
            };
            assert!(help.contains(flag), "{flag} is not in the help");
        }
    }
}
