//! `mock-server scenario`: list, check, explain, run. To run one, a mock is started with it on free
//! ports, the sibling `conformance` drives the reference merchant through it, and the trace is held
//! against what the scenario expects.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use contract::{
    Variants,
    scenario::{By, EmailComes, Scenario},
    trace::Line,
};
use tokio::{process::Command, time::timeout};

use super::{Named, explain, files, from_file, known};
use crate::{MockServer, cli::ScenarioRun, clock::ClockMode, config::Meant, story};

/// What a command says and how it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The text, with its line ends.
    pub text: String,
    /// The exit code.
    pub code: u8,
}

/// The library, one line each.
#[must_use]
pub fn list() -> Told {
    let all = files();
    let width = all.iter().map(|file| file.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for file in all {
        let scenario = known(file.name).map(|named| named.scenario);
        let title = scenario.as_ref().map_or("", |scenario| &scenario.title);
        let phone = scenario.as_ref().and_then(|scenario| scenario.phone.as_deref());
        let (kind, name, phone) = (file.kind, file.name, phone.unwrap_or("-"));
        let _ = writeln!(text, "{kind:<8} {name:<width$}  {phone:<14} {title}");
    }
    Told { text, code: 0 }
}

/// What is wrong with files, and what is odd.
#[must_use]
pub fn check(paths: &[PathBuf]) -> Told {
    let mut told = Told::default();
    for path in paths {
        match from_file(path) {
            Ok((_, warnings)) if warnings.is_empty() => {
                let _ = writeln!(told.text, "{}: good", path.display());
            }
            Ok((_, warnings)) => {
                let _ = writeln!(told.text, "{}\n", super::told(&warnings, path));
            }
            Err(wrong) => {
                let _ = writeln!(told.text, "{}\n", wrong.told(path));
                told.code = 2;
            }
        }
    }
    told
}

/// A scenario in plain words.
#[must_use]
pub fn explain(wanted: &str) -> Told {
    match find(wanted) {
        Ok(named) => Told { text: explain::explain(&named.name, &named.scenario), code: 0 },
        Err(text) => Told { text, code: 2 },
    }
}

fn find(wanted: &str) -> Result<Named, String> {
    if let Some(named) = known(wanted) {
        return Ok(named);
    }
    let path = Path::new(wanted);
    match from_file(path) {
        Ok((named, _)) => Ok(named),
        Err(wrong) => {
            let hint = "a name of 'mock-server scenario list', or the path of a file, is wanted";
            Err(format!("{}\n{hint}\n", wrong.told(path)))
        }
    }
}

/// Runs scenarios one after the other; says each verdict as it comes.
pub async fn run(asked: &ScenarioRun, say: fn(&str)) -> Told {
    let mut all = Vec::new();
    for wanted in &asked.scenarios {
        match find(wanted) {
            Ok(named) => all.push(named),
            Err(text) => return Told { text, code: 2 },
        }
    }
    let (mut met, count) = (0, all.len());
    for named in &all {
        match run_one(asked, named).await {
            Ok(outcome) => {
                met += usize::from(outcome.met);
                say(&outcome.text);
            }
            Err(why) => say(&format!("{}: could not be run: {why}\n\n", named.name)),
        }
    }
    let text = format!("{met} of {count} scenarios went as expected\n");
    Told { text, code: u8::from(met < count) }
}

/// What became of one scenario.
struct Outcome {
    met: bool,
    text: String,
}

/// How long the merchant may take, in real time; a run under a stepped clock takes a second.
const PATIENCE: Duration = Duration::from_secs(120);

async fn run_one(asked: &ScenarioRun, named: &Named) -> Result<Outcome, String> {
    let meant = meant(asked, named)?;
    let work = tempfile::tempdir().map_err(|error| format!("no temporary directory: {error}"))?;
    let server = MockServer::start(meant.clone()).await.map_err(|error| error.to_string())?;
    let target = work.path().join("target.toml");
    let text = target_file(&server, &meant, &named.scenario);
    std::fs::write(&target, text).map_err(|error| format!("{}: {error}", target.display()))?;
    let driven = drive(&meant, &named.scenario, work.path()).await;
    let trace = server.workspace().trace(None);
    if let Some(dir) = &asked.traces {
        keep(dir, &named.name, &trace)?;
    }
    server.stop().await;
    let driven = driven?;
    let lines: Vec<Line> =
        trace.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    Ok(judged(asked, named, (&driven, &lines)))
}

/// The settings that a scenario needs, and for the rest those of a quick and repeatable run.
fn meant(asked: &ScenarioRun, named: &Named) -> Result<Meant, String> {
    let scenario = &named.scenario;
    let usual = Meant::default();
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let edition = scenario.edition.unwrap_or(usual.edition);
    let mut variants = Variants::of(edition);
    for (id, reading) in &scenario.variants {
        variants.choose(id, reading)?;
    }
    let clock = scenario.clock.as_deref().map(str::parse).transpose()?;
    Ok(Meant {
        edition,
        variants,
        seed: scenario.seed.unwrap_or(asked.seed),
        clock: clock.unwrap_or(ClockMode::Stepped),
        scenario: Some(named.clone()),
        api: free,
        auth: free,
        identity: free,
        control: free,
        certs_dir: asked.certs_dir.clone().unwrap_or_else(|| usual.certs_dir.clone()),
        ..usual
    })
}

fn target_file(server: &MockServer, meant: &Meant, scenario: &Scenario) -> String {
    let ready = server.ready();
    let path = |path: &Path| toml::Value::from(path.display().to_string()).to_string();
    let by_mock = scenario.person.as_ref().is_some_and(|person| person.by == By::Mock)
        || !scenario.timeline.is_empty();
    let clock = if meant.clock == ClockMode::Stepped { "stepped" } else { "real" };
    format!(
        "name = \"the mock\"\napi = \"{}\"\nauth = \"{}\"\nidentity = \"{}\"\ncontrol = \"{}\"\n\
         ca = {}\nclient_certificate = {}\nclient_key = {}\nclient_id = \"{}\"\n\
         merchant_id = {}\nclock = \"{clock}\"\n[codes]\nfrom = \"control\"\n[pages]\n\
         by = \"{}\"\n",
        ready.api,
        ready.auth,
        ready.identity,
        ready.control,
        path(&ready.ca),
        path(&ready.client_cert),
        path(&ready.client_key),
        ready.client_id,
        ready.merchant_id,
        if by_mock { "nobody" } else { "agent" },
    )
}

/// How the merchant fared, in its own words.
async fn drive(meant: &Meant, scenario: &Scenario, work: &Path) -> Result<String, String> {
    let mut command = Command::new(sibling()?);
    command
        .args(["drive", "--target"])
        .arg(work.join("target.toml"))
        .arg("--trace")
        .arg(work.join("runner-trace.jsonl"))
        .args(["--seed", &meant.seed.to_string(), "--edition", meant.edition.name()])
        .args(["--restarts", "1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    if scenario.client.email == EmailComes::Later {
        command.arg("--email-later");
    }
    for (id, reading) in &scenario.variants {
        command.arg("--variant").arg(format!("{id}={reading}"));
    }
    let ended = timeout(PATIENCE, command.output()).await;
    let output = ended
        .map_err(|_| format!("the merchant did not end within {} s", PATIENCE.as_secs()))?
        .map_err(|error| format!("conformance could not be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match output.status.code() {
        Some(0 | 1) => Ok(said),
        // A host that never answered anything looks as if it were not there.
        Some(4) => Ok("gave up: nothing answered".to_owned()),
        _ => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

/// The program that plays the merchant lies beside this one.
fn sibling() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| format!("cannot find itself: {error}"))?;
    let name = format!("conformance{}", std::env::consts::EXE_SUFFIX);
    // Test programs lie one directory deeper.
    let beside = own.with_file_name(&name);
    let above = own.parent().and_then(Path::parent).map(|above| above.join(&name));
    let found = [Some(beside.clone()), above].into_iter().flatten().find(|path| path.is_file());
    found.ok_or_else(|| {
        let path = beside.display();
        format!("{path} is missing; build it with: cargo build -p conformance")
    })
}

fn keep(dir: &Path, name: &str, trace: &[String]) -> Result<(), String> {
    let path = dir.join(format!("{name}.jsonl"));
    let written =
        std::fs::create_dir_all(dir).and_then(|()| std::fs::write(&path, trace.join("\n") + "\n"));
    written.map_err(|error| format!("{}: {error}", path.display()))
}

fn judged(asked: &ScenarioRun, named: &Named, (driven, lines): (&str, &[Line])) -> Outcome {
    let outcomes = judge::expect::judge(&named.scenario, lines);
    let met = !outcomes.is_empty() && outcomes.iter().all(|outcome| outcome.met);
    let word = if met { "as expected" } else { "NOT as expected" };
    let mut text = format!("{}: {word}. The merchant {driven}.\n", named.name);
    if !asked.quiet {
        for line in lines.iter().filter_map(story::line) {
            let _ = writeln!(text, "    {line}");
        }
    }
    if outcomes.is_empty() {
        text.push_str("  -  nothing is expected, so nothing was judged\n");
    }
    for outcome in outcomes {
        let mark = if outcome.met { "ok" } else { "NO" };
        let _ = writeln!(text, "  {mark} {}: {}", outcome.expected, outcome.seen);
    }
    text.push('\n');
    Outcome { met, text }
}
