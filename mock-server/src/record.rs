//! The record of a run: its settings and every command with its moment, in order. Since the world
//! is deterministic, that is the run: `mock-server replay` decides it again, to the byte. A record
//! holds real codes and addresses, so only its owner may read it.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use contract::{
    Instant, Tables,
    trace::{Header, Line, Observer},
};
use serde::{Deserialize, Serialize};
use sim::{Envelope, Settings, World};

use crate::{scenario::run::Told, trace::Kept};

/// The version of the format.
const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    record: u32,
    /// Which mock wrote it: another may decide otherwise.
    build: String,
    settings: Settings,
    /// What the world had come to when the record began, where that is not the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    world: Option<World>,
}

/// Every other line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    at: Instant,
    command: Envelope,
}

/// A record that is being written.
#[derive(Debug)]
pub struct Record {
    path: PathBuf,
    file: Option<File>,
}

impl Record {
    /// Makes the file, for its owner alone, and writes how the run begins.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn create(path: &Path, world: &World) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
            options.mode(0o600);
            if let Ok(there) = std::fs::metadata(path) {
                let mut permissions = there.permissions();
                permissions.set_mode(0o600);
                std::fs::set_permissions(path, permissions)?;
            }
        }
        let mut file = options.open(path)?;
        file.write_all(&head(world)?)?;
        Ok(Self { path: path.to_owned(), file: Some(file) })
    }

    /// Writes a command before its answer is given.
    pub fn write(&mut self, at: Instant, command: &Envelope) {
        #[derive(Serialize)]
        struct Borrowed<'a> {
            at: Instant,
            command: &'a Envelope,
        }
        self.attempt(|file| file.write_all(&line(&Borrowed { at, command })?));
    }

    /// Begins anew with another world.
    pub fn start_over(&mut self, world: &World) {
        self.attempt(|file| {
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(&head(world)?)
        });
    }

    fn attempt(&mut self, deed: impl FnOnce(&mut File) -> io::Result<()>) {
        let Some(file) = &mut self.file else { return };
        if let Err(error) = deed(file) {
            tracing::error!(path = %self.path.display(), %error, "the record ends here");
            self.file = None;
        }
    }
}

fn head(world: &World) -> io::Result<Vec<u8>> {
    let begun = world.steps_taken() > 0;
    line(&Head {
        record: VERSION,
        build: env!("CARGO_PKG_VERSION").to_owned(),
        settings: world.settings().clone(),
        world: begun.then(|| world.clone()),
    })
}

fn line(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Why a record cannot be replayed.
#[derive(Debug)]
pub struct ReplayError(String);

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReplayError {}

/// Decides a recorded run again. Gives the decision lines of its trace, header first.
///
/// # Errors
/// When the file cannot be read, or is no whole record: which line, and what is wrong with it.
pub fn replay(path: &Path) -> Result<Vec<String>, ReplayError> {
    let told = |what: String| ReplayError(format!("{}: {what}", path.display()));
    let file = File::open(path).map_err(|error| told(format!("cannot read it: {error}")))?;
    let mut lines = BufReader::new(file).lines().enumerate();
    let Some((_, first)) = lines.next() else {
        return Err(told("it is empty; --record writes a record".to_owned()));
    };
    let first = first.map_err(|error| told(format!("cannot read it: {error}")))?;
    let head: Head = serde_json::from_str(&first).map_err(|error| {
        told(format!("line 1 is not the beginning of a record (serve --record): {error}"))
    })?;
    if head.record != VERSION {
        let (theirs, build) = (head.record, &head.build);
        let what = format!(
            "it is a record of version {theirs}, by mock-server {build}; this one reads {VERSION}"
        );
        return Err(told(what));
    }
    let settings = head.settings;
    let edition = settings.edition;
    let tables =
        edition.tables().ok_or_else(|| told(format!("edition {edition} is not served")))?;
    if let Some(world) = &head.world {
        world.check_sound().map_err(|what| told(format!("line 1 is damaged: {what}")))?;
    }
    let mut world = head.world.unwrap_or_else(|| World::new(settings.clone()));
    let mut decisions = vec![trace_header(&settings).to_json()];
    for (index, text) in lines {
        let wrong = |what: String| told(format!("line {}: {what}", index + 1));
        let text = text.map_err(|error| wrong(error.to_string()))?;
        let entry: Entry = serde_json::from_str(&text).map_err(|error| {
            wrong(format!("this is no command: {error}; the lines before it are whole"))
        })?;
        decisions.extend(decided(&mut world, entry, (tables, &settings)));
    }
    Ok(decisions)
}

/// What `mock-server replay` says of a record: its decisions, or whether they are those of a trace.
/// Exit codes: 0 done or the same, 1 different, 2 a file cannot be used.
#[must_use]
pub fn told(record: &Path, against: Option<&Path>) -> Told {
    let cannot = |error: &dyn fmt::Display| Told { text: format!("error: {error}\n"), code: 2 };
    let decisions = match replay(record) {
        Ok(decisions) => decisions,
        Err(error) => return cannot(&error),
    };
    let Some(trace) = against else {
        return Told { text: decisions.join("\n") + "\n", code: 0 };
    };
    let text = match std::fs::read_to_string(trace) {
        Ok(text) => text,
        Err(error) => return cannot(&format!("cannot read {}: {error}", trace.display())),
    };
    let lines = text.lines().filter(|line| !line.contains(r#""class":"transport""#));
    compared(&decisions, &lines.collect::<Vec<_>>())
}

fn compared(again: &[String], before: &[&str]) -> Told {
    let differ = |(again, before): (&String, &&str)| again != before;
    match again.iter().zip(before).position(differ) {
        None if again.len() == before.len() => {
            let count = again.len() - 1;
            Told { text: format!("{count} decisions, the same to the byte\n"), code: 0 }
        }
        None => {
            let (again, before) = (again.len() - 1, before.len().saturating_sub(1));
            let text = format!("the record has {again} decisions, the trace {before}\n");
            Told { text, code: 1 }
        }
        Some(at) => {
            let (again, before) = (&again[at], before[at]);
            let text = format!("decision {at} differs\nwas: {before}\nis:  {again}\n");
            Told { text, code: 1 }
        }
    }
}

fn decided(
    world: &mut World,
    Entry { at, command }: Entry,
    (tables, settings): (&'static Tables, &Settings),
) -> Vec<String> {
    let kept = Kept::Step(world.step(at, command).entry.into());
    let lines = kept.lines(tables, &settings.variants).into_iter();
    let decisions = lines.filter(|line| matches!(line, Line::Decision(_)));
    decisions.map(|line| line.to_json()).collect()
}

fn trace_header(settings: &Settings) -> Line {
    Line::Trace(Header {
        version: contract::trace::VERSION,
        observer: Observer::Mock,
        edition: settings.edition,
        seed: Some(settings.seed),
        clock: settings.clock.clone(),
        variants: settings.variants,
    })
}
