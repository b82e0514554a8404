//! The commands about clients: certify, judge, verify, key and open.
//! They read files and print; what is judged is decided elsewhere.

use std::path::{Path, PathBuf};

use clap::Args;
use judge::{
    Verdict,
    client::{Bundle, InCase, Ruling, bundle, rows, rulings},
};
use time::OffsetDateTime;

use super::MOCK_SEED;
use crate::{
    certify::{
        explore::{Weakness, search},
        file::File,
        html, record,
        run::{self, News, Options},
    },
    control::Control,
    mock::{self, Mock},
    table::Table,
    trouble::Trouble,
};

/// Lets a client go through every case and says whether it is fit for production.
#[derive(Clone, Debug, Args)]
pub(super) struct CertifyArgs {
    /// The certification file.
    pub(super) file: PathBuf,

    /// Practise with a clock that runs so many times as fast; no record is issued then.
    #[arg(long, value_name = "TIMES", default_value_t = 1,
          value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(super) practice: u32,

    /// Only this case (repeatable), with healthy runs around it.
    #[arg(long, value_name = "CASE")]
    pub(super) only: Vec<String>,

    /// Instead of the plan, draw so many schedules of faults and look for one that breaks it.
    #[arg(long, value_name = "N")]
    pub(super) explore: Option<u64>,

    /// The seed of every world.
    #[arg(long, value_name = "N", default_value_t = MOCK_SEED)]
    pub(super) seed: u64,

    /// The private key of the certifier, Ed25519 in PEM; without it no record is issued.
    #[arg(long, value_name = "FILE")]
    pub(super) key: Option<PathBuf>,

    /// For how many days the record counts.
    #[arg(long, value_name = "DAYS", default_value_t = 365,
          value_parser = clap::value_parser!(u32).range(1..=1826))]
    pub(super) expires: u32,

    /// Where trace, verdicts and record go.
    #[arg(long, value_name = "DIR", default_value = "out/certify")]
    pub(super) out: PathBuf,

    /// Where the mock's certificates are; they are minted on first use.
    #[arg(long, value_name = "DIR", default_value = ".certs")]
    pub(super) certs_dir: PathBuf,
}

/// Judges the trace of a certification again.
#[derive(Clone, Debug, Args)]
pub(super) struct JudgeArgs {
    /// The trace.
    pub(super) trace: PathBuf,

    /// Print the verdicts as JSON.
    #[arg(long)]
    pub(super) json: bool,
}

/// Checks a record offline.
#[derive(Clone, Debug, Args)]
pub(super) struct VerifyArgs {
    /// The record; its signature lies beside it, with `.sig` behind its name.
    pub(super) record: PathBuf,

    /// The trace on which it rests.
    pub(super) trace: Option<PathBuf>,

    /// The public key of the certifier, in PEM.
    #[arg(long, value_name = "FILE")]
    pub(super) key: PathBuf,
}

/// Makes a key for signing records.
#[derive(Clone, Debug, Args)]
pub(super) struct KeyArgs {
    /// Where `certifier.key` and `certifier.pub` go.
    #[arg(long, value_name = "DIR", default_value = ".certs")]
    pub(super) out: PathBuf,
}

/// Hands an address to the person of a case.
#[derive(Clone, Debug, Args)]
pub(super) struct OpenArgs {
    person: String,
    address: String,
}

pub(super) async fn open(args: &OpenArgs) -> Result<u8, Trouble> {
    let failed = |error: reqwest::Error| Trouble::Unreachable(format!("the person: {error}"));
    let http = crate::http::client(None)?;
    let url = format!("{}/open", args.person.trim_end_matches('/'));
    let sent = http.post(url).body(args.address.clone()).send().await;
    sent.and_then(reqwest::Response::error_for_status).map_err(failed)?;
    Ok(0)
}

pub(super) async fn certify(args: &CertifyArgs) -> Result<u8, Trouble> {
    let file = File::read(&args.file)?;
    if args.practice > 1 && !file.start.scales {
        let sentence = "--practice needs a client that shortens its own waits: start.scales = true";
        return Err(Trouble::Configuration(sentence.to_owned()));
    }
    let key = args.key.as_deref().map(read).transpose()?;
    let mut mock = Mock::start(&mock::Options {
        seed: args.seed,
        edition: file.client.edition.to_string(),
        variants: Vec::new(),
        scenario: None,
        certs_dir: args.certs_dir.clone(),
        trace: None,
    })?;
    let certified = async {
        let target = mock.target().await?;
        let control = target.control.ok_or_else(|| Trouble::Harness("no control".to_owned()))?;
        let options = Options {
            file,
            control: Control::new(control)?,
            out: args.out.clone(),
            seed: args.seed,
            scale: args.practice,
            only: args.only.clone(),
        };
        if let Some(count) = args.explore {
            return explore(&options, count).await.map(Certified::Explored);
        }
        let bundle = run::run(&options, |news| say(&said(&news))).await?;
        Ok(Certified::Judged(Box::new(bundle)))
    };
    let certified = certified.await;
    mock.stop().await;
    match certified? {
        Certified::Judged(bundle) => settle(args, &bundle, key.as_deref()),
        Certified::Explored(code) => Ok(code),
    }
}

/// What a certification came to.
enum Certified {
    Judged(Box<Bundle>),
    /// The exit code of a search.
    Explored(u8),
}

async fn explore(options: &Options, count: u64) -> Result<u8, Trouble> {
    let declared = options.file.client.clone();
    let play = |case, seed| run::alone(options, case, seed);
    let found = search((count, options.seed), (&declared, options.scale), play).await?;
    let Some(weakness) = found else {
        say(&format!("{count} schedules of faults, and none broke the client"));
        return Ok(0);
    };
    let Weakness { words, scenario, broken, flaky, runs } = weakness;
    say(&broken.join("\n"));
    if flaky {
        say(&format!("  but not every time: the client is flaky under {words}"));
        return Ok(1);
    }
    let path = options.out.join("explored.toml");
    run::write(&path, &scenario)?;
    say(&format!("  under {words}; the smallest of {runs} runs, kept in {}", path.display()));
    say(&scenario);
    Ok(1)
}

fn say(text: &str) {
    Table::on_stdout().print(&format!("{}\n", text.trim_end()));
}

fn said(news: &News) -> String {
    match news {
        News::Begins { cases, seconds } => {
            format!("{cases} cases, about {} min {} s at most", seconds / 60, seconds % 60)
        }
        News::Over { name, ending } => format!("  {name:<28} {ending:?}"),
    }
}

fn settle(args: &CertifyArgs, bundle: &Bundle, key: Option<&str>) -> Result<u8, Trouble> {
    let trace = args.out.join("trace.jsonl");
    run::write(&trace, &bundle.to_text())?;
    let rulings = rulings(bundle);
    run::write(&args.out.join("verdicts.json"), &json(&rulings))?;
    let shown = html::page(bundle, &rulings, &args.file.display().to_string());
    run::write(&args.out.join("report.html"), &shown)?;
    say(&report(&rulings, &args.file, !args.only.is_empty()));
    if !args.only.is_empty() || args.practice > 1 {
        say("practice: no record is issued");
        return Ok(code(&rulings));
    }
    let Some(key) = key else {
        say("no record: give the certifier's key with --key");
        return Ok(code(&rulings));
    };
    let today = OffsetDateTime::now_utc().date().to_string();
    match record::issue(bundle, &today, args.expires) {
        Err(reason) => say(&format!("no record: {reason}")),
        Ok(made) => {
            let (path, text) = (args.out.join("record.json"), made.to_text());
            run::write(&path, &text)?;
            run::write(&signature_of(&path), &record::sign(&text, key)?)?;
            let (path, until) = (path.display(), &made.expires);
            say(&format!("record issued: {path}, until {until}"));
        }
    }
    Ok(code(&rulings))
}

fn signature_of(record: &Path) -> PathBuf {
    let mut name = record.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

fn json(rulings: &[Ruling]) -> String {
    serde_json::to_string_pretty(rulings).unwrap_or_default() + "\n"
}

/// 1 when something that must hold does not, 3 when something was not seen, 0 otherwise.
fn code(rulings: &[Ruling]) -> u8 {
    let any = |verdict| rulings.iter().any(|ruling| ruling.verdict == verdict);
    if any(Verdict::Fail) {
        1
    } else if any(Verdict::NotExercised) {
        3
    } else {
        0
    }
}

/// What is not as it should be, the plain sentence first, and how often everything was.
fn report(rulings: &[Ruling], file: &Path, only: bool) -> String {
    let mut text = String::new();
    let unplayed = |ruling: &Ruling| only && ruling.verdict == Verdict::NotExercised;
    let shown = rulings.iter().filter(|ruling| ruling.verdict != Verdict::Pass);
    for ruling in shown.filter(|ruling| !unplayed(ruling)) {
        text += &entry(ruling, file);
    }
    let count = |verdict| rulings.iter().filter(|ruling| ruling.verdict == verdict).count();
    let counts = Verdict::ALL.iter().filter(|verdict| count(**verdict) > 0);
    let counts: Vec<_> =
        counts.map(|verdict| format!("{} {}", count(*verdict), verdict.name())).collect();
    text + &format!("{}\nevidence: {}", counts.join(", "), record::shares(rulings))
}

fn entry(ruling: &Ruling, file: &Path) -> String {
    let row = rows::by_id(&ruling.id);
    let (verdict, level) = (ruling.verdict.name(), ruling.level.name());
    let mut text = format!("{verdict} {} ({level})\n", ruling.id);
    if let Some(InCase { case, found }) = ruling.findings.first() {
        let source = row.map_or("", |row| row.source);
        text += &format!(
            "  {}\n  wanted  {}\n  got     {}\n  where   case {case}, step {}\n  source  {source}\n  \
             replay  conformance certify {} --only {case}\n",
            found.sentence,
            found.wanted,
            found.got,
            found.step,
            file.display(),
        );
    } else if let Some(reason) = &ruling.reason {
        text += &format!("  {reason}\n");
    }
    text
}

fn read(path: &Path) -> Result<String, Trouble> {
    std::fs::read_to_string(path).map_err(|error| {
        Trouble::Configuration(format!("{} cannot be read: {error}", path.display()))
    })
}

pub(super) fn judge_again(args: &JudgeArgs) -> Result<u8, Trouble> {
    let text = read(&args.trace)?;
    let bundle = Bundle::read(&text).map_err(|error| {
        let version = bundle::VERSION;
        let path = args.trace.display();
        Trouble::Configuration(format!("{path} is no whole trace of format {version}: {error}"))
    })?;
    let rulings = rulings(&bundle);
    let told = if args.json { json(&rulings) } else { report(&rulings, Path::new("FILE"), false) };
    say(told.trim_end());
    Ok(code(&rulings))
}

pub(super) fn verify(args: &VerifyArgs) -> Result<u8, Trouble> {
    let text = read(&args.record)?;
    let signature = read(&signature_of(&args.record))?;
    let key = read(&args.key)?;
    let trace = args.trace.as_deref().map(read).transpose()?;
    let today = OffsetDateTime::now_utc().date().to_string();
    let flaws = record::flaws(&text, &signature, (&key, &today), trace.as_deref());
    if flaws.is_empty() {
        let what =
            if trace.is_some() { "record, signature and trace" } else { "record and signature" };
        say(&format!("{what} are in order"));
        return Ok(0);
    }
    for flaw in &flaws {
        say(&format!("refused: {flaw}"));
    }
    Ok(1)
}

pub(super) fn make_key(args: &KeyArgs) -> Result<u8, Trouble> {
    let (private, public) = record::new_key()?;
    let cannot = |path: &Path, error: std::io::Error| {
        Trouble::Configuration(format!("{} cannot be written: {error}", path.display()))
    };
    std::fs::create_dir_all(&args.out).map_err(|error| cannot(&args.out, error))?;
    let path = args.out.join("certifier.key");
    let mut options = std::fs::OpenOptions::new();
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.write(true).create_new(true).open(&path);
    let mut file = file.map_err(|error| cannot(&path, error))?;
    std::io::Write::write_all(&mut file, private.as_bytes())
        .map_err(|error| cannot(&path, error))?;
    run::write(&args.out.join("certifier.pub"), &public)?;
    say(&format!("{}\n{}", path.display(), args.out.join("certifier.pub").display()));
    Ok(0)
}
