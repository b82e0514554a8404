//! Settings as they were given: by flags, and by a settings file whose keys are the flags' names.
//! Everything may be left out. A flag wins over the file, the file over the defaults.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::values::{Address, Bounded, Choice, ChosenScenario, ServedEdition, choices};
use crate::clock::ClockMode;

/// What was given by flags or by a file.
#[derive(Clone, Debug, Default, Deserialize, clap::Args)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Said {
    /// Which dated documentation to follow
    #[arg(long, value_name = "EDITION")]
    pub edition: Option<ServedEdition>,

    /// Where every code, id and address comes from: the same seed gives the same run
    #[arg(long, value_name = "N")]
    #[serde(deserialize_with = "seed")]
    pub seed: Option<u64>,

    /// How time runs: real, xN (N times as fast), or stepped (only when the control API moves it)
    #[arg(long, value_name = "CLOCK")]
    pub clock: Option<ClockMode>,

    /// What everybody goes through for whom nothing else is chosen: see 'mock-server scenario list'
    #[arg(long, value_name = "NAME|FILE")]
    pub scenario: Option<ChosenScenario>,

    /// Where the API listens; port 0 takes any free one
    #[arg(long, value_name = "ADDR")]
    pub api: Option<Address>,

    /// Where the token endpoint listens
    #[arg(long, value_name = "ADDR")]
    pub auth: Option<Address>,

    /// Where the hosted identification and signing pages listen
    #[arg(long, value_name = "ADDR")]
    pub identity: Option<Address>,

    /// Where the control API and the dashboard listen; beyond loopback they speak TLS and need
    /// a token
    #[arg(long, value_name = "ADDR")]
    pub control: Option<Address>,

    /// Ask whoever comes to the control listener for the token in this file
    #[arg(long, value_name = "FILE")]
    pub control_token_file: Option<PathBuf>,

    /// A further name or address for the server certificate (repeatable); the first one also
    /// stands in all addresses that are handed out
    #[arg(long, value_name = "NAME")]
    #[serde(deserialize_with = "one_or_many")]
    pub public_host: Vec<String>,

    /// Where certificates and keys are kept; minted on first use
    #[arg(long, value_name = "DIR")]
    pub certs_dir: Option<PathBuf>,

    /// Write the ready line to this file too, once every listener accepts
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,

    /// Write the trace to this file (JSON Lines), replacing what it held
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,

    /// Record the run in this file, for 'mock-server replay'; it holds real codes
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,

    /// Look closely at every request, so that the client that sends it can be judged
    #[arg(long)]
    pub certify: bool,

    /// Choose how an open question is answered (repeatable); see 'mock-server spec variants'
    #[arg(long = "variant", value_name = "ID=READING")]
    #[serde(deserialize_with = "choices")]
    pub variants: Vec<Choice>,

    /// Bounds, by the settings file only.
    #[arg(skip)]
    pub limits: SaidLimits,
}

/// Bounds as they were given.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SaidLimits {
    /// The longest request body.
    pub body_bytes: Option<Bounded<1, { 1 << 30 }>>,
    /// The longest form.
    pub form_bytes: Option<Bounded<1, { 1 << 30 }>>,
    /// The longest request head. The HTTP library needs 8 KiB.
    pub header_bytes: Option<Bounded<8192, { 1 << 20 }>>,
    /// How long a request head may take, and a connection may idle.
    pub header_seconds: Option<Bounded<1, 3600>>,
    /// How long a request body may take.
    pub body_seconds: Option<Bounded<1, 3600>>,
    /// Connections of one listener.
    pub connections: Option<Bounded<1, 1_000_000>>,
    /// Users of the world.
    pub users: Option<Bounded<0, 10_000_000>>,
    /// Lines that the trace keeps in memory.
    pub trace_lines: Option<Bounded<1, 100_000_000>>,
    /// Messages that the inbox keeps.
    pub messages: Option<Bounded<1, 100_000_000>>,
}

/// Why settings cannot be used: the whole sentence for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(String);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

impl Said {
    /// Reads a settings file. Paths in it count from its directory.
    ///
    /// # Errors
    /// When it cannot be read, or says something that is not known: what, where, and what would be
    /// right.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            ConfigError(format!("cannot read the settings file {}: {error}", path.display()))
        })?;
        let mut said: Self = toml::from_str(&text)
            .map_err(|error| ConfigError(format!("{}: {error}", path.display())))?;
        let home = path.parent().unwrap_or_else(|| Path::new(""));
        for given in [
            &mut said.certs_dir,
            &mut said.ready_file,
            &mut said.trace,
            &mut said.record,
            &mut said.control_token_file,
        ] {
            *given = given.take().map(|relative| home.join(relative));
        }
        Ok(said)
    }

    /// What stands here, and where nothing does, what the other says. Variants of both count;
    /// those given here come last and win.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        let public_host =
            if self.public_host.is_empty() { other.public_host } else { self.public_host };
        Self {
            edition: self.edition.or(other.edition),
            seed: self.seed.or(other.seed),
            clock: self.clock.or(other.clock),
            scenario: self.scenario.or(other.scenario),
            api: self.api.or(other.api),
            auth: self.auth.or(other.auth),
            identity: self.identity.or(other.identity),
            control: self.control.or(other.control),
            control_token_file: self.control_token_file.or(other.control_token_file),
            public_host,
            certs_dir: self.certs_dir.or(other.certs_dir),
            ready_file: self.ready_file.or(other.ready_file),
            trace: self.trace.or(other.trace),
            record: self.record.or(other.record),
            certify: self.certify || other.certify,
            variants: other.variants.into_iter().chain(self.variants).collect(),
            limits: other.limits,
        }
    }
}

/// A flag may say more than TOML can write.
fn seed<'de, D: serde::Deserializer<'de>>(source: D) -> Result<Option<u64>, D::Error> {
    Bounded::<0, { i64::MAX.unsigned_abs() }>::deserialize(source).map(|seed| Some(seed.get()))
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(source: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a name, or a list of names")]
    enum Names {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Names::deserialize(source)? {
        Names::One(name) => vec![name],
        Names::Many(names) => names,
    })
}
