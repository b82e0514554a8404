//! The words of the command line: what each command can be told.
//! What they mean is `cli`'s business; the defaults stand here.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use contract::Edition;
use judge::{Person, requirement::Effect};

use super::MOCK_SEED;
use crate::poll;

/// Which target is meant, and how it is reached.
#[derive(Clone, Debug, Args)]
pub(super) struct Reach {
    /// `mock` starts the mock on free ports; anything else is a target file.
    #[arg(long, value_name = "mock|FILE")]
    pub(super) target: String,

    /// The seed of every choice. A target file without one gets a new seed in each run.
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,

    /// The edition to judge by.
    #[arg(long, default_value_t = Edition::DEFAULT)]
    pub(super) edition: Edition,

    /// Where the runner's trace goes.
    #[arg(long, value_name = "FILE", default_value = "out/runner-trace.jsonl")]
    pub(super) trace: PathBuf,

    /// Where the mock's own trace goes.
    #[arg(long, value_name = "FILE", default_value = "out/mock-trace.jsonl")]
    pub(super) mock_trace: PathBuf,

    /// Where the mock's certificates are; they are minted on first use.
    #[arg(long, value_name = "DIR", default_value = ".certs")]
    pub(super) certs_dir: PathBuf,

    /// How long each phase is polled, in seconds of the runner's clock.
    #[arg(long, value_name = "SECS", default_value_t = poll::LIMIT.as_secs())]
    pub(super) poll_limit: u64,

    /// Choose a reading of an open question; may be given more than once.
    #[arg(long = "variant", value_name = "id=reading")]
    pub(super) variants: Vec<String>,

    /// With the mock: the scenario that everybody goes through, to see what a run makes of it.
    #[arg(long, value_name = "NAME|FILE")]
    pub(super) scenario: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    pub(super) reach: Reach,

    /// What the person in the browser does: complete, cancel, fail or decline.
    #[arg(long, default_value_t = Person::Complete)]
    pub(super) person: Person,

    /// Where the report goes.
    #[arg(long, value_name = "FILE", default_value = "out/report.json")]
    pub(super) report: PathBuf,

    /// What is done: the eleven steps, or the story of every requirement as well.
    #[arg(long, value_enum, default_value_t = PlanKind::Walk)]
    pub(super) plan: PlanKind,

    /// With the full plan: only this group of requirements, such as TOK; may be given more than
    /// once.
    #[arg(long = "group", value_name = "GROUP")]
    pub(super) groups: Vec<String>,

    /// With the full plan against a mock: how many groups run at a time.
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(super) jobs: usize,

    /// With the full plan: where the traces of the groups go.
    #[arg(long, value_name = "DIR", default_value = "out/traces")]
    pub(super) traces: PathBuf,

    /// With the full plan: only the i-th of n parts, for a pipeline with several machines.
    #[arg(long, value_name = "i/n", value_parser = shard)]
    pub(super) shard: Option<(usize, usize)>,

    /// With the full plan: how many random sequences are played; 1000 against a mock, and none
    /// elsewhere, unless this says otherwise.
    #[arg(long, value_name = "N")]
    pub(super) cases: Option<u64>,

    /// With the full plan at a target that is no mock: what may be left behind there, of `users`,
    /// `mails`, `sms` and `person` (somebody in a browser). Without it only what leaves nothing.
    #[arg(long, value_name = "KIND,...", value_delimiter = ',', value_parser = effect)]
    pub(super) allow: Vec<Effect>,

    /// With the full plan: how many users may be created at most; a dearer run is not begun.
    #[arg(long, value_name = "N")]
    pub(super) most_users: Option<u64>,

    /// With the full plan: how many e-mails may be sent at most.
    #[arg(long, value_name = "N")]
    pub(super) most_mails: Option<u64>,

    /// With the full plan: how many SMS may be sent at most.
    #[arg(long, value_name = "N")]
    pub(super) most_sms: Option<u64>,

    /// With the full plan: how many polls may be sent at most, each phase counted at its limit.
    #[arg(long, value_name = "N")]
    pub(super) most_polls: Option<u64>,

    /// With the full plan: say what would be done and what it would cost, and send nothing.
    #[arg(long)]
    pub(super) dry_run: bool,

    /// With the full plan: where a random sequence goes that failed, as small as it still fails.
    #[arg(long, value_name = "FILE", default_value = "out/regression.json")]
    pub(super) regression: PathBuf,

    /// With the full plan: a file of known departures.
    #[arg(long, value_name = "FILE")]
    pub(super) expect: Option<PathBuf>,

    /// With the full plan: the exchanges as an HTTP Archive, which browsers and proxies read.
    #[arg(long, value_name = "FILE")]
    pub(super) har: Option<PathBuf>,

    #[command(flatten)]
    pub(super) forms: Forms,
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Only what holds in this edition.
    #[arg(long)]
    pub(super) edition: Option<Edition>,

    /// As JSON, for programs.
    #[arg(long)]
    pub(super) json: bool,

    /// As the kill matrix, in Markdown: which villain is noticed by which step.
    #[arg(long, conflicts_with_all = ["json", "edition"])]
    pub(super) kills: bool,

    /// With --kills: which misbehaviour of a client is noticed by which row.
    #[arg(long, requires = "kills")]
    pub(super) clients: bool,
}

#[derive(Debug, Args)]
pub(super) struct DriveArgs {
    /// A target file. With `pages.by = "nobody"` the target plays the person itself.
    #[arg(long, value_name = "FILE")]
    pub(super) target: PathBuf,

    /// The seed of every choice.
    #[arg(long, value_name = "N", default_value_t = MOCK_SEED)]
    pub(super) seed: u64,

    /// Whose flow is gone through.
    #[arg(long, default_value_t = Edition::DEFAULT)]
    pub(super) edition: Edition,

    /// Choose a reading of an open question; may be given more than once.
    #[arg(long = "variant", value_name = "id=reading")]
    pub(super) variants: Vec<String>,

    /// How often a failed identification is begun again.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) restarts: u32,

    /// Create the user without an address, and tell it when the mail is asked for.
    #[arg(long)]
    pub(super) email_later: bool,

    /// How long each phase is polled, in seconds of the runner's clock.
    #[arg(long, value_name = "SECS", default_value_t = poll::LIMIT.as_secs())]
    pub(super) poll_limit: u64,

    /// Where the runner's trace goes.
    #[arg(long, value_name = "FILE", default_value = "out/runner-trace.jsonl")]
    pub(super) trace: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct MatrixArgs {
    /// An edition to walk; all of them without this. May be given more than once.
    #[arg(long = "edition", value_name = "EDITION")]
    pub(super) editions: Vec<Edition>,

    /// How many mocks run at a time.
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(super) jobs: usize,

    /// The seed of every run.
    #[arg(long, value_name = "N", default_value_t = MOCK_SEED)]
    pub(super) seed: u64,

    /// Where the report goes, for programs.
    #[arg(long, value_name = "FILE", default_value = "out/matrix.json")]
    pub(super) report: PathBuf,

    /// Where the table goes, for people.
    #[arg(long, value_name = "FILE", default_value = "out/matrix.md")]
    pub(super) markdown: PathBuf,

    /// Where the traces of surprises go.
    #[arg(long, value_name = "DIR", default_value = "out/matrix")]
    pub(super) traces: PathBuf,

    /// Where the mock's certificates are; they are minted on first use.
    #[arg(long, value_name = "DIR", default_value = ".certs")]
    pub(super) certs_dir: PathBuf,
}

/// Other forms of the report of a full run, each in a file of its own.
#[derive(Clone, Debug, Args)]
pub(super) struct Forms {
    /// JUnit XML, which pipelines show.
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,

    /// One page that holds everything.
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,

    /// A summary in Markdown; GitHub shows what is in the file of `GITHUB_STEP_SUMMARY`.
    #[arg(long, value_name = "FILE")]
    pub(super) markdown: Option<PathBuf>,

    /// Print annotations that GitHub shows beside the commit.
    #[arg(long)]
    pub(super) annotate: bool,
}

#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// The sequence, as a full run has written it.
    pub(super) file: PathBuf,

    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(super) struct DriftArgs {
    /// The first side: `mock`, a target file, a trace, or a directory of traces.
    pub(super) first: String,

    /// The second side, likewise.
    pub(super) second: String,

    /// The edition to ask by; that of the traces, where there are some.
    #[arg(long)]
    pub(super) edition: Option<Edition>,

    /// The seed of every choice.
    #[arg(long, value_name = "N", default_value_t = MOCK_SEED)]
    pub(super) seed: u64,

    /// A reading of the first side; may be given more than once.
    #[arg(long = "variant", value_name = "id=reading")]
    pub(super) variants: Vec<String>,

    /// Where the second side is `mock`: a reading of it; may be given more than once.
    #[arg(long = "second-variant", value_name = "id=reading")]
    pub(super) second_variants: Vec<String>,

    /// Only this group of requirements, such as TOK; may be given more than once.
    #[arg(long = "group", value_name = "GROUP")]
    pub(super) groups: Vec<String>,

    /// At a target that is no mock: what may be left behind there, of `users`, `mails`, `sms` and
    /// `person`.
    #[arg(long, value_name = "KIND,...", value_delimiter = ',', value_parser = effect)]
    pub(super) allow: Vec<Effect>,

    /// How many groups are played at a time, where each has its own workspace.
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(super) jobs: usize,

    /// Where the file goes with which the mock answers as the second side does.
    #[arg(long, value_name = "FILE", default_value = "out/drift-variants.toml")]
    pub(super) readings: PathBuf,

    /// Where the differences go, for programs.
    #[arg(long, value_name = "FILE", default_value = "out/drift.json")]
    pub(super) report: PathBuf,

    /// Where traces go.
    #[arg(long, value_name = "DIR", default_value = "out/drift")]
    pub(super) traces: PathBuf,

    /// Where the mock's certificates are; they are minted on first use.
    #[arg(long, value_name = "DIR", default_value = ".certs")]
    pub(super) certs_dir: PathBuf,

    /// How long each phase is polled, in seconds of the runner's clock.
    #[arg(long, value_name = "SECS", default_value_t = poll::LIMIT.as_secs())]
    pub(super) poll_limit: u64,
}

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    #[command(subcommand)]
    pub(super) what: ReportVerb,
}

#[derive(Debug, Subcommand)]
pub(super) enum ReportVerb {
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
    /// Make an HTTP Archive of traces.
    Har {
        /// The traces.
        #[arg(required = true)]
        traces: Vec<PathBuf>,
        /// Where the archive goes.
        #[arg(long, value_name = "FILE", default_value = "out/report.har")]
        har: PathBuf,
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
pub(super) enum PlanKind {
    /// The eleven steps.
    Walk,
    /// Every requirement.
    Full,
}

fn effect(text: &str) -> Result<Effect, String> {
    Effect::ALL.iter().copied().find(|effect| effect.word() == text).ok_or_else(|| {
        let words: Vec<_> = Effect::ALL.iter().map(|effect| effect.word()).collect();
        format!("choose of {}", words.join(", "))
    })
}
