//! The runner's trace: lines in memory for the judge, and the same lines in a file as they happen.
//! The file is complete up to the last event even when the run is killed.

use std::{
    collections::BTreeSet,
    fs::File,
    io::Write,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contract::{
    Host, Instant,
    trace::{self, Decided, Decision, Header, Line},
};

use crate::{labels::Labeler, results::timings::Timings, trouble::Trouble};

/// So much real time without any answer, and nobody is asked any more.
pub const SILENCE: Duration = Duration::from_secs(60);

/// Where everything that happened is written down.
#[derive(Debug)]
pub struct Recorder {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    lines: Vec<Line>,
    step: u64,
    labels: Labeler,
    file: Option<File>,
    failure: Option<String>,
    /// The hosts that have answered anything, for those that ask after the lines were taken.
    answered: BTreeSet<Host>,
    /// How long it has really been waited in vain, since the last answer.
    in_vain: Duration,
    /// How long exchanges have really taken.
    timings: Timings,
}

impl Recorder {
    /// A recorder that writes to a file as well, if one is named.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn create(path: Option<&Path>, header: Header) -> Result<Self, Trouble> {
        let file = path.map(create).transpose()?;
        let labels = Labeler::default();
        let state = State {
            lines: Vec::new(),
            step: 0,
            labels,
            file,
            failure: None,
            answered: BTreeSet::new(),
            in_vain: Duration::ZERO,
            timings: Timings::default(),
        };
        let recorder = Self { state: Mutex::new(state) };
        recorder.lock().append(Line::Trace(header));
        Ok(recorder)
    }

    /// Writes down what happened and returns its number.
    pub fn record(&self, at: Instant, what: Decided) -> u64 {
        let mut state = self.lock();
        state.step += 1;
        let step = state.step;
        state.append(Line::Decision(Decision { step, at, what }));
        step
    }

    /// Asks or teaches the register of names.
    pub fn labels<T>(&self, ask: impl FnOnce(&mut Labeler) -> T) -> T {
        ask(&mut self.lock().labels)
    }

    /// Everything written so far.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        self.lock().lines.clone()
    }

    /// Everything written since the last time, which is not kept any longer: so a run may be as
    /// long as it likes.
    #[must_use]
    pub fn take(&self) -> Vec<Line> {
        std::mem::take(&mut self.lock().lines)
    }

    /// Whether a host has answered anything yet.
    #[must_use]
    pub fn has_answered(&self, host: Host) -> bool {
        self.lock().answered.contains(&host)
    }

    /// An exchange has really taken so long, with an answer or without.
    pub fn waited(&self, time: Duration, answered: bool) {
        let mut state = self.lock();
        state.in_vain = if answered { Duration::ZERO } else { state.in_vain + time };
        state.timings.count(time);
    }

    /// How long exchanges have really taken so far.
    #[must_use]
    pub fn timings(&self) -> Timings {
        self.lock().timings.clone()
    }

    /// Whether the target has fallen silent, so that it is no use to go on asking.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.lock().in_vain >= SILENCE
    }

    /// Why the file is not complete, if it is not.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.lock().failure.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn append(&mut self, line: Line) {
        if let Some(file) = &mut self.file {
            let written = file.write_all((line.to_json() + "\n").as_bytes());
            if let Err(error) = written {
                let sentence = || format!("the trace could not be written: {error}");
                self.failure.get_or_insert_with(sentence);
            }
        }
        if let Line::Decision(Decision { what: Decided::Exchange(seen), .. }) = &line
            && seen.status != 0
        {
            self.answered.insert(seen.host);
        }
        self.lines.push(line);
    }
}

/// Reads a trace.
///
/// # Errors
/// A sentence with the file, the line and what is wrong with it.
pub fn read(path: &Path) -> Result<Vec<Line>, Trouble> {
    let wrong = |what: String| Trouble::Configuration(format!("{}: {what}", path.display()));
    let text =
        std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    trace::read(&text).map_err(|error| wrong(error.to_string()))
}

/// Creates a file and the directories above it.
///
/// # Errors
/// A sentence that names the file.
pub fn create(path: &Path) -> Result<File, Trouble> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let made = parent.map_or(Ok(()), std::fs::create_dir_all).and_then(|()| File::create(path));
    made.map_err(|error| {
        Trouble::Configuration(format!("{} cannot be written: {error}", path.display()))
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use contract::{
        Edition, Variants,
        trace::{self, Landing, Leg, Observer, Redirected},
    };

    use super::*;

    pub(crate) fn header() -> Header {
        Header {
            version: trace::VERSION,
            observer: Observer::Runner,
            edition: Edition::DEFAULT,
            seed: Some(1),
            clock: "stepped".to_owned(),
            variants: Variants::default(),
        }
    }

    #[test]
    fn a_minute_in_vain_is_silence_and_any_answer_ends_it() {
        let recorder = Recorder::create(None, header()).unwrap();
        recorder.waited(SILENCE / 2, false);
        assert!(!recorder.is_silent());
        recorder.waited(SILENCE / 2, false);
        assert!(recorder.is_silent());
        recorder.waited(SILENCE, true);
        assert!(!recorder.is_silent());
    }

    #[test]
    fn the_file_holds_what_the_judge_reads() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/er/trace.jsonl");
        let recorder = Recorder::create(Some(&path), header()).unwrap();
        let hit = Redirected { user: 1, leg: Leg::Signing, to: Landing::Fail, with: Vec::new() };
        let number = recorder.record(Instant::STEPPED_START, Decided::Redirected(hit.clone()));
        assert_eq!(number, 1);
        assert_eq!(recorder.record(Instant::STEPPED_START, Decided::Redirected(hit)), 2);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(trace::read(&text).unwrap(), recorder.lines());
        assert_eq!(recorder.lines().len(), 3);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let error = Recorder::create(Some(dir.path()), header()).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("cannot be written"), "{error}");
    }
}
