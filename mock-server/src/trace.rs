//! Where a workspace keeps its trace: a ring in memory, bounded by lines and by size, and a file
//! if one is named. The ring holds what was decided as values; lines are made when they are read.

use std::{
    collections::VecDeque,
    fs::{self, File},
    io::{self, BufWriter, Seek as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use contract::{
    Tables, Variants,
    trace::{Line, Transport},
};
use serde_json::Value;
use sim::{Command, Entry};

use crate::edge;

/// Something that the trace keeps.
#[derive(Clone, Debug)]
pub enum Kept {
    /// A step of the world.
    Step(Arc<Entry>),
    /// Something that a socket saw.
    Socket(Transport),
}

impl Kept {
    /// Its lines.
    #[must_use]
    pub fn lines(&self, tables: &'static Tables, variants: &Variants) -> Vec<Line> {
        match self {
            Self::Step(entry) => edge::lines::lines(tables, variants, entry),
            Self::Socket(transport) => vec![Line::Transport(transport.clone())],
        }
    }

    /// How many lines it makes.
    fn count(&self) -> usize {
        let Self::Step(entry) = self else { return 1 };
        let exchange = match entry.asked.envelope.command {
            Command::Api(_)
            | Command::Token(_)
            | Command::Identity(_)
            | Command::Open(_)
            | Command::Rim(_) => 1,
            Command::Page(_)
            | Command::Person { .. }
            | Command::SetRedirects { .. }
            | Command::SetCertificate { .. }
            | Command::Advance
            | Command::Tick
            | Command::Note(_)
            | Command::Script(_) => 0,
        };
        let armed = entry.play.as_ref().map_or(0, |play| play.armed.len());
        entry.due.len() + entry.happenings.len() + exchange + armed
    }

    /// About how many bytes it takes: what a client can make large, and a flat rate for the rest.
    fn weight(&self) -> usize {
        const FLAT: usize = 1024;
        let Self::Step(entry) = self else { return size_of::<Self>() };
        let quotes = match &entry.answer {
            sim::Answer::Refused(refusal, _) => {
                let texts = refusal.errors.iter().flat_map(|error| &error.texts);
                texts
                    .map(|text| text.before.len() + text.quote.as_ref().map_or(0, String::len))
                    .sum()
            }
            sim::Answer::Reply(_) | sim::Answer::Scripted(..) => 0,
        };
        // The refusal stands in the command too, where the edge found it.
        FLAT + 2 * quotes + entry.asked.body.as_deref().map_or(0, weight)
    }
}

fn weight(value: &Value) -> usize {
    let below = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| name.len() + 32 + weight(member)).sum()
        }
    };
    size_of::<Value>() + below
}

/// The newest of what happened.
#[derive(Clone, Debug)]
pub struct Ring {
    kept: VecDeque<Kept>,
    limit: usize,
    lines: usize,
    weight: usize,
    evicted: u64,
}

impl Ring {
    /// However few lines are kept, strange requests could make each of them large.
    const HEAVIEST: usize = 256 << 20;

    /// An empty ring for so many lines.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { kept: VecDeque::new(), limit, lines: 0, weight: 0, evicted: 0 }
    }

    /// For how many lines it is.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.limit
    }

    /// Keeps something; the oldest makes room. The newest always stays.
    pub fn push(&mut self, kept: Kept) {
        self.lines += kept.count();
        self.weight += kept.weight();
        self.kept.push_back(kept);
        while (self.lines > self.limit || self.weight > Self::HEAVIEST) && self.kept.len() > 1 {
            let Some(oldest) = self.kept.pop_front() else { return };
            let count = oldest.count();
            self.lines -= count;
            self.weight -= oldest.weight();
            self.evicted += count as u64;
        }
    }

    /// What is kept, oldest first.
    #[must_use]
    pub fn snapshot(&self) -> Vec<Kept> {
        self.kept.iter().cloned().collect()
    }

    /// How many lines made room.
    #[must_use]
    pub const fn evicted(&self) -> u64 {
        self.evicted
    }
}

/// The trace as a file. When it cannot be written any more, that is logged once and the file ends.
#[derive(Debug)]
pub struct TraceFile {
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl TraceFile {
    /// A file that holds the header; its directory is made if need be.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn create(path: &Path, header: &Line) -> io::Result<Self> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let file = Some(BufWriter::new(File::create(path)?));
        let mut trace = Self { path: path.to_owned(), file };
        trace.write(std::slice::from_ref(header));
        trace.flush();
        Ok(trace)
    }

    /// Appends lines.
    pub fn write(&mut self, lines: &[Line]) {
        self.attempt(|file| lines.iter().try_for_each(|line| writeln!(file, "{}", line.to_json())));
    }

    /// Writes out what is buffered.
    pub fn flush(&mut self) {
        self.attempt(io::Write::flush);
    }

    /// Empties it down to the header.
    pub fn start_over(&mut self, header: &Line) {
        self.attempt(|file| {
            file.flush()?;
            file.get_ref().set_len(0)?;
            file.rewind()
        });
        self.write(std::slice::from_ref(header));
        self.flush();
    }

    fn attempt(&mut self, deed: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) {
        let Some(file) = &mut self.file else { return };
        if let Err(error) = deed(file) {
            tracing::error!(path = %self.path.display(), %error, "the trace file ends here");
            self.file = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::{Edition, trace::Transported};

    use super::*;

    fn closed(connection: u64) -> Kept {
        let what = Transported::Closed { connection, host: contract::Host::Api };
        Kept::Socket(Transport { us: connection, what })
    }

    fn tables() -> &'static Tables {
        Edition::DEFAULT.tables().unwrap()
    }

    fn texts(ring: &Ring) -> Vec<String> {
        let lines = |kept: &Kept| kept.lines(tables(), &Variants::default());
        ring.snapshot().iter().flat_map(lines).map(|line| line.to_json()).collect()
    }

    #[test]
    fn the_oldest_lines_make_room_and_are_counted() {
        let mut ring = Ring::new(2);
        (1..=5).for_each(|number| ring.push(closed(number)));
        let texts = texts(&ring);
        assert_eq!((texts.len(), ring.evicted()), (2, 3));
        assert!(texts[0].contains("\"connection\":4"), "{}", texts[0]);
    }

    #[test]
    fn a_file_holds_every_line_and_starts_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out/trace.jsonl");
        let Kept::Socket(transport) = closed(7) else { unreachable!() };
        let line = Line::Transport(transport);
        let mut file = TraceFile::create(&path, &line).unwrap();
        file.write(&[line.clone(), line.clone()]);
        file.flush();
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 3);
        file.start_over(&line);
        assert_eq!(fs::read_to_string(&path).unwrap(), line.to_json() + "\n");
    }
}
