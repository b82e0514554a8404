//! A case that failed, kept: symbolic steps that can be read, sent by hand, and played again.
//! Nothing in it belongs to one target.

use std::path::Path;

use contract::{
    Edition, Host,
    trace::{Decided, Line},
};
use judge::{Finding, Settled, exam, story::Deed};
use serde::{Deserialize, Serialize};

use super::{Sort, play};
use crate::{
    site::{self, Site},
    trouble::Trouble,
};

/// The version of a regression's form.
pub const VERSION: u32 = 1;

/// A case that failed, as small as it still fails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Regression {
    /// [`VERSION`].
    pub version: u32,
    /// The requirement that it breaks.
    #[serde(default = "of_sequences")]
    pub of: String,
    /// The edition that it was judged by.
    pub edition: String,
    /// The case's number and the seed of the run.
    pub case: u64,
    /// The seed of the run.
    pub seed: u64,
    /// What is done.
    pub deeds: Vec<Deed>,
    /// With what each was answered: no status where none was asked for.
    pub was: Vec<Vec<u16>>,
    /// What was wrong.
    pub findings: Vec<Finding>,
    /// The same as commands for a terminal: `$API`, `$AUTH` and `$TOKEN` stand for what the reader
    /// has, and a label for each value that is not shown.
    #[serde(default)]
    pub curl: Vec<String>,
}

fn of_sequences() -> String {
    Sort::Sequences.requirement().to_owned()
}

impl Regression {
    /// One that was found.
    pub(super) fn new(
        (sort, case, seed): (Sort, u64, u64),
        edition: Edition,
        (deeds, lines): (Vec<Deed>, &[Line]),
        findings: Vec<Finding>,
    ) -> Self {
        Self {
            version: VERSION,
            of: sort.requirement().to_owned(),
            edition: edition.to_string(),
            case,
            seed,
            was: exam::statuses(lines),
            curl: lines.iter().filter_map(curl).collect(),
            deeds,
            findings,
        }
    }
}

/// An exchange with the API as a command.
fn curl(line: &Line) -> Option<String> {
    let Line::Decision(decision) = line else { return None };
    let Decided::Exchange(seen) = &decision.what else { return None };
    let call = seen.call?;
    let host = if seen.host == Host::Auth { "AUTH" } else { "API" };
    let mut command = format!("curl -X {} \"${host}{}\"", seen.method, seen.path);
    if seen.bearer.is_some() {
        command.push_str(" -H \"authorization: Bearer $TOKEN\"");
    }
    if seen.certificate.is_some() {
        command.push_str(" --cert client.pem --key client-key.pem");
    }
    if let (Some(kind), Some(body)) = (&seen.media_type, &seen.request) {
        let body = body.to_string().replace('\'', "'\\''");
        command.push_str(&format!(" -H 'content-type: {kind}' -d '{body}'"));
    }
    Some(format!("{command}  # {call}: {}", seen.status))
}

impl Regression {
    /// Reads one.
    ///
    /// # Errors
    /// A sentence with the file and what is wrong with it.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        let wrong = |what: String| Trouble::Configuration(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path)
            .map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let own: Self = serde_json::from_str(&text)
            .map_err(|error| wrong(format!("is no regression: {error}")))?;
        if own.version != VERSION {
            let version = own.version;
            return Err(wrong(format!("has form {version}; this build reads {VERSION}")));
        }
        Ok(own)
    }

    /// The document.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// What is done, in words, step by step.
    #[must_use]
    pub fn told(&self) -> String {
        let lines = self.deeds.iter().enumerate().map(|(index, deed)| {
            let was = self.was.get(index).map(|was| shown(was)).unwrap_or_default();
            format!("  {:>2}. {}{was}\n", index + 1, deed.words())
        });
        lines.collect()
    }

    /// Plays it again; says what was, what is, and what the model says to it.
    ///
    /// # Errors
    /// When nothing can be said about the target.
    pub async fn replay(&self, site: &Site) -> Result<(Vec<Vec<u16>>, Settled), Trouble> {
        let tables = site::tables(site.settings.edition)?;
        let sort = Sort::of(&self.of).ok_or_else(|| {
            let of = &self.of;
            Trouble::Configuration(format!("no random case is played for '{of}'"))
        })?;
        let played = play(site, (sort, &self.deeds), (self.case, 0), tables).await?;
        Ok((exam::statuses(&played.lines), played.settled))
    }
}

/// Statuses behind an arrow.
#[must_use]
pub fn shown(statuses: &[u16]) -> String {
    match statuses {
        [] => String::new(),
        some => {
            let words: Vec<_> = some.iter().map(u16::to_string).collect();
            format!(" -> {}", words.join(", "))
        }
    }
}
