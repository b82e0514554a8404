//! One of the two sides of a comparison: a target at which the stories are played, or traces that
//! an earlier run has left.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use contract::{
    Edition, Tables, Variants,
    trace::{Line, Observer},
};
use judge::{drift::Transcript, story::Story};

use crate::{
    due::{self, Budget},
    full, mock, recorder,
    run::Settings,
    trouble::Trouble,
};

use super::Options;

/// One side.
#[derive(Clone, Debug)]
pub struct Side {
    /// What was seen.
    pub transcript: Transcript,
    /// The edition.
    pub edition: Edition,
    /// The readings it was judged by, or has.
    pub variants: Variants,
    /// Whether the mock itself wrote it, so that it names the readings that decided.
    pub is_mocks: bool,
    /// The seed of its choices.
    pub seed: u64,
}

/// A story and its group.
pub(super) type Stories = BTreeMap<&'static str, Vec<(String, Story)>>;

/// The stories of a run, by group.
///
/// # Errors
/// When a group is named that there is not.
pub(super) fn stories(
    settings: &Settings,
    options: &Options,
    budget: &Budget,
) -> Result<Stories, Trouble> {
    let full = full::Options {
        jobs: options.jobs,
        traces: options.traces.clone(),
        groups: options.groups.clone(),
        shard: None,
        cases: 0,
        budget: budget.clone(),
        known: Vec::new(),
        stop: full::Stop::default(),
    };
    let names = full.names()?.into_iter();
    Ok(names.map(|name| (name, due::stories(settings, budget, &[name]))).collect())
}

/// Plays the stories at a target.
///
/// # Errors
/// When nothing can be said about the target.
pub async fn play(
    settings: &Settings,
    (options, budget): (&Options, &Budget),
    name: &str,
    tables: &'static Tables,
) -> Result<Side, Trouble> {
    let stories = stories(settings, options, budget)?;
    due::within(&cost(&stories, settings), settings, budget)?;
    let traces = options.traces.join(name);
    let played = full::perform(settings, stories, &[], (&traces, options.jobs)).await?;
    let mut transcript = Transcript::default();
    played.iter().for_each(|(group, lines)| transcript.add(group, lines, tables));
    let (edition, variants, seed) = (settings.edition, settings.variants, settings.seed);
    Ok(Side { transcript, edition, variants, is_mocks: false, seed })
}

fn cost(stories: &Stories, settings: &Settings) -> judge::cost::Cost {
    let mut cost = judge::cost::Cost::default();
    stories.values().for_each(|own| cost += due::cost(own, settings));
    cost
}

/// Reads a trace, or every trace of a directory.
///
/// # Errors
/// A sentence with the file and what is wrong with it.
pub fn traces(path: &Path) -> Result<Side, Trouble> {
    let mut files = files(path)?;
    files.sort();
    let mut side: Option<Side> = None;
    for file in files {
        let lines = recorder::read(&file)?;
        let Some(Line::Trace(header)) = lines.first() else { continue };
        let own = side.get_or_insert_with(|| Side {
            transcript: Transcript::default(),
            edition: header.edition,
            variants: header.variants,
            is_mocks: header.observer == Observer::Mock,
            seed: header.seed.unwrap_or_default(),
        });
        if (own.edition, own.is_mocks) != (header.edition, header.observer == Observer::Mock) {
            let sentence = format!("{} holds traces of different kinds", path.display());
            return Err(Trouble::Configuration(sentence));
        }
        let tables = crate::site::tables(header.edition)?;
        // One file may have any name; in a directory the name is the group's.
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let group = stem.filter(|_| path.is_dir()).unwrap_or_else(|| "trace".to_owned());
        own.transcript.add(&group, &lines, tables);
    }
    let nothing = || Trouble::Configuration(format!("{} holds no trace", path.display()));
    side.filter(|side| !side.transcript.is_empty()).ok_or_else(nothing)
}

fn files(path: &Path) -> Result<Vec<PathBuf>, Trouble> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let wrong =
        |error| Trouble::Configuration(format!("{} cannot be read: {error}", path.display()));
    let entries = std::fs::read_dir(path).map_err(wrong)?;
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    Ok(paths.filter(|path| path.extension().is_some_and(|own| own == "jsonl")).collect())
}

/// How a mock is started as a side.
#[must_use]
pub fn mock(edition: Edition, seed: u64, variants: &[String], certs: &Path) -> mock::Options {
    mock::Options {
        seed,
        edition: edition.to_string(),
        variants: variants.to_vec(),
        scenario: None,
        certs_dir: certs.to_owned(),
        trace: None,
    }
}
