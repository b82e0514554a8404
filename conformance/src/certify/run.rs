//! A certification: every case of the plan that the client can go through, several at once, and
//! their traces in the order of the plan.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use contract::trace::client::{Ending, Note, Secret};
use judge::{
    Person as Acts, Plan,
    client::{Bundle, Case, Extra, Feature, Group, Head, Played, bundle, cases},
};
use tokio::sync::Semaphore;
use url::Url;

use super::{
    assignment::Assignment,
    child::{self, Ran},
    desk::Desk,
    file::{File, Landing},
    play::{Stage, World, assignment},
    trigger::triggered,
};
use crate::{control::Control, trouble::Trouble};

/// How a certification is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The client.
    pub file: File,
    /// The control listener of the mock.
    pub control: Control,
    /// Where everything is written.
    pub out: PathBuf,
    /// The seed of every world.
    pub seed: u64,
    /// How many times as fast as real time the clock runs; 1 when it counts.
    pub scale: u32,
    /// Only these cases, between healthy ones; all when empty.
    pub only: Vec<String>,
}

/// What is told while it runs.
#[derive(Clone, Debug)]
pub enum News {
    /// So many cases, so many seconds at most.
    Begins {
        /// How many cases.
        cases: usize,
        /// How many seconds, about.
        seconds: u64,
    },
    /// A case is over.
    Over {
        /// Its name.
        name: &'static str,
        /// How the client ended.
        ending: Ending,
    },
}

/// The cases that a client can go through, a healthy one before and after each group.
///
/// # Errors
/// When a case is asked for that does not exist.
pub fn plan(file: &File, only: &[String]) -> Result<Vec<&'static Case>, Trouble> {
    for name in only {
        if cases::find(name).is_none() {
            let known: Vec<_> = cases::all().map(|case| case.name).collect();
            let known = known.join(", ");
            return Err(Trouble::Configuration(format!(
                "there is no case {name}; there are {known}"
            )));
        }
    }
    let wanted = |case: &&'static Case| {
        case.needs.iter().all(|need| file.client.can(*need))
            && (only.is_empty() || only.iter().any(|name| name == case.name))
    };
    let mut plan = vec![cases::HEALTHY];
    for group in Group::FAULTY {
        let of_group = cases::all().filter(|case| case.group == *group);
        let count = plan.len();
        plan.extend(of_group.filter(wanted));
        if plan.len() > count {
            plan.push(cases::HEALTHY);
        }
    }
    Ok(plan)
}

/// How long a case may take before the client is stopped, in real time.
fn limit(case: &Case, scale: u32) -> Duration {
    Duration::from_secs(u64::from(case.seconds) + 120) / scale.max(1) + Duration::from_secs(20)
}

/// Runs a certification.
///
/// # Errors
/// When the harness fails or the client cannot be started at all.
pub async fn run(options: &Options, tell: impl Fn(News)) -> Result<Bundle, Trouble> {
    let plan = plan(&options.file, &options.only)?;
    let parallel = options.file.start.parallel;
    let seconds: u64 =
        plan.iter().map(|case| u64::from(case.seconds / options.scale.max(1)) + 3).sum();
    let longest = plan.iter().map(|case| u64::from(case.seconds / options.scale.max(1))).max();
    let seconds = (seconds / parallel as u64).max(longest.unwrap_or_default());
    tell(News::Begins { cases: plan.len(), seconds });
    let stage = Arc::new(stage(options)?);
    let gate = Arc::new(Semaphore::new(parallel));
    let mut tasks = Vec::new();
    for (number, case) in (0..).zip(plan) {
        let (stage, gate, options) = (Arc::clone(&stage), Arc::clone(&gate), options.clone());
        tasks.push(tokio::spawn(async move {
            let _turn = gate.acquire().await;
            one(&stage, &options, case, options.seed + number).await
        }));
    }
    let mut played = Vec::new();
    for task in tasks {
        let over = task.await.map_err(|error| Trouble::Harness(error.to_string()))?;
        let (case, ending) = over?;
        tell(News::Over { name: case.case.name, ending });
        played.push(case);
    }
    let clock = stage.clock.clone();
    let build = env!("CARGO_PKG_VERSION").to_owned();
    let declaration = options.file.client.clone();
    let head = Head { version: bundle::VERSION, build, clock, declaration };
    Ok(Bundle { head, cases: played })
}

fn stage(options: &Options) -> Result<Stage, Trouble> {
    let dir = options.out.join("cases");
    std::fs::create_dir_all(&dir).map_err(|error| {
        Trouble::Configuration(format!("{} cannot be made: {error}", dir.display()))
    })?;
    let dir = std::fs::canonicalize(&dir).unwrap_or(dir);
    let declaration = options.file.client.clone();
    let variants = declaration.readings().map_err(Trouble::Configuration)?;
    let clock = if options.scale == 1 { "real".to_owned() } else { format!("x{}", options.scale) };
    Ok(Stage {
        control: options.control.clone(),
        dir,
        plan: Plan { edition: declaration.edition, variants, person: Acts::Complete },
        declaration: Arc::new(declaration),
        clock,
    })
}

/// Plays one case that no plan has, as a search wants it.
///
/// # Errors
/// When the harness fails or the client cannot be started.
pub async fn alone(options: &Options, case: &'static Case, seed: u64) -> Result<Played, Trouble> {
    let stage = stage(options)?;
    one(&stage, options, case, seed).await.map(|(played, _)| played)
}

async fn one(
    stage: &Stage,
    options: &Options,
    case: &'static Case,
    seed: u64,
) -> Result<(Played, Ending), Trouble> {
    let seed = case.seed(seed);
    let world = stage.world(case, seed).await?;
    let own = options.file.landing.as_ref().map(own_addresses).transpose()?;
    let desk = Desk::open(Arc::clone(&world.person), options.scale, own.clone()).await?;
    let state = stage.dir.join(format!("{}-{}", case.name, world.name));
    emptied(&state).map_err(|error| {
        Trouble::Configuration(format!("{} cannot be used: {error}", state.display()))
    })?;
    let mut given = assignment(case, &world.ready, (&state, 1))?;
    given.scope = options.file.client.scopes.join(" ");
    given.person = Some(desk.address().clone());
    given.time_scale = options.scale;
    if let Some((success, fail)) = own {
        given.success = Some(success);
        given.fail = Some(fail);
    }
    let ran = goes(options, case, (&world, &desk), given).await?;
    world.person.note(Note::Ended(ran.ending)).await;
    let canaries = world.control.canaries().await.unwrap_or_default();
    if options.file.client.can(Feature::Logs) {
        let leaked = leaked(&ran.words, &canaries);
        world.person.note(Note::Log { leaked, trace_ids: (0, 0) }).await;
    }
    let played = stage.close(world, case, seed).await?;
    watch_for_canaries(&played, &canaries)?;
    Ok((played, ran.ending))
}

/// A directory with nothing in it: what a client kept in an earlier run would lead it astray.
fn emptied(path: &Path) -> std::io::Result<()> {
    if path.exists() {
        std::fs::remove_dir_all(path)?;
    }
    std::fs::create_dir_all(path)
}

/// The client goes through its case: started, stopped and started again where the case wants it.
async fn goes(
    options: &Options,
    case: &'static Case,
    (world, desk): (&World, &Desk),
    given: Assignment,
) -> Result<Ran, Trouble> {
    let limit = limit(case, options.scale);
    world.person.note(Note::Started(1)).await;
    if let Some(url) = &options.file.start.url {
        let ran = triggered(url, &given, limit).await;
        after(case, desk).await;
        return Ok(ran);
    }
    let directory = options.file.start.directory.clone().unwrap_or_default();
    let log = given.state.join("words.log");
    let command = &options.file.start.command;
    if case.human.restarts {
        let running = child::run(command, &directory, &given, (log.clone(), limit));
        tokio::select! {
            ran = running => return ran,
            () = verified(&world.control) => world.person.note(Note::Interrupted).await,
        }
        let again = Assignment { start: 2, ..given };
        world.person.note(Note::Started(2)).await;
        return child::run(command, &directory, &again, (log, limit)).await;
    }
    let ran = child::run(command, &directory, &given, (log, limit)).await?;
    after(case, desk).await;
    Ok(ran)
}

/// What the browser does when everything is over.
async fn after(case: &Case, desk: &Desk) {
    if case.human.extra == Some(Extra::Again) {
        desk.visit_again().await;
    }
}

/// Until the phone is verified: there the client is stopped.
async fn verified(control: &Control) {
    loop {
        let lines = control.decisions().await.unwrap_or_default();
        let done = lines.iter().any(|line| line.to_json().contains("\"call\":\"verify-phone\""));
        if done {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn own_addresses(landing: &Landing) -> Result<(Url, Url), Trouble> {
    let free = || std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr();
    let port = free().map_err(|error| Trouble::Harness(format!("no free port: {error}")))?.port();
    let url = |text: &str| {
        text.replace("{port}", &port.to_string())
            .parse::<Url>()
            .map_err(|error| Trouble::Configuration(format!("landing: {text} is no URL: {error}")))
    };
    Ok((url(&landing.success)?, url(&landing.fail)?))
}

/// What stands in a client's log and must not.
fn leaked(words: &str, canaries: &[String]) -> Vec<Secret> {
    let mut leaked = Vec::new();
    if words.contains("eyJ") {
        leaked.push(Secret::Token);
    }
    for canary in canaries {
        let kind = if canary.contains('@') {
            Secret::Email
        } else if canary.starts_with('+') {
            Secret::Phone
        } else {
            Secret::Code
        };
        let alone = words.split(|sign: char| !sign.is_alphanumeric()).any(|word| word == canary);
        let there = if kind == Secret::Code { alone } else { words.contains(canary.as_str()) };
        if there && !leaked.contains(&kind) {
            leaked.push(kind);
        }
    }
    leaked
}

/// Proves that no code, address, number or token got into a trace.
fn watch_for_canaries(played: &Played, canaries: &[String]) -> Result<(), Trouble> {
    let text = bundle::part(played);
    let token = text.contains("\"eyJ");
    let found = canaries.iter().any(|canary| {
        let quoted = format!("\"{canary}\"");
        text.contains(&quoted) || canary.len() > 6 && text.contains(canary.as_str())
    });
    if token || found {
        let name = played.case.name;
        let sentence =
            format!("The trace of the case {name} holds a secret; nothing was kept of it.");
        return Err(Trouble::Harness(sentence));
    }
    Ok(())
}

/// Writes a file of the certification.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, text: &str) -> Result<(), Trouble> {
    std::fs::write(path, text).map_err(|error| {
        Trouble::Configuration(format!("{} cannot be written: {error}", path.display()))
    })
}
