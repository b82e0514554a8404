//! `conformance drift`: the same stories at two targets, or two traces of earlier runs; where they
//! differ, and which reading of an open question explains it. Readings are found by trying: a mock
//! answers the differing stories under each of them, and what it then answers is compared.

mod explain;
mod side;

use std::{fmt::Write as _, path::PathBuf};

use contract::{Edition, Variants};
use judge::drift::{Difference, Transcript};
use serde::Serialize;

pub use explain::{Explained, explain};
pub use side::{Side, mock, play, traces};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many groups are played at a time where each has a workspace.
    pub jobs: usize,
    /// Where traces go.
    pub traces: PathBuf,
    /// Which groups; all when empty.
    pub groups: Vec<String>,
}

/// What came of it.
#[derive(Debug)]
pub struct Drift {
    /// The edition of both.
    pub edition: Edition,
    /// The readings that the first was taken to have.
    pub base: Variants,
    /// How many stories both went through.
    pub stories: usize,
    /// Every difference, in order.
    pub differences: Vec<Difference>,
    /// The readings that explain some.
    pub explained: Vec<Explained>,
    /// Those that none explains.
    pub left: Vec<Difference>,
    /// Why nothing could be explained, if so.
    pub unexplained_because: Option<String>,
}

/// How many differences of one kind are shown in full.
const SHOWN: usize = 3;

impl Drift {
    /// The exit code: 0 when nothing differs, and 1 otherwise.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        u8::from(!self.differences.is_empty())
    }

    /// For people.
    #[must_use]
    pub fn told(&self, first: &Transcript) -> String {
        let mut text = format!("{} stories of edition {} in common\n", self.stories, self.edition);
        if self.differences.is_empty() {
            text.push_str("no difference\n");
            return text;
        }
        let _ = writeln!(text, "{} differences", self.differences.len());
        for own in &self.explained {
            let _ = writeln!(
                text,
                "\nthe second answers as '{}' of {} has it: {}\n  {}",
                own.reading,
                own.variant.row().id,
                own.meaning(),
                own.because()
            );
            list(&mut text, &own.differences, first);
        }
        if !self.left.is_empty() {
            let _ = writeln!(text, "\nexplained by no reading:");
            list(&mut text, &self.left, first);
        }
        if let Some(why) = &self.unexplained_because {
            let _ = writeln!(text, "no reading was tried: {why}");
        }
        text
    }

    /// The variants file with which the mock answers as the second target does.
    #[must_use]
    pub fn variants_file(&self) -> String {
        let usual = Variants::of(self.edition);
        let mut text = format!(
            "# How the second target reads the documents of edition {}, as far as was seen.\n\
             # mock-server serve --config THIS_FILE\n\nedition = \"{}\"\n\n[variants]\n",
            self.edition, self.edition
        );
        for variant in contract::Variant::ALL.iter().copied() {
            let found = self.explained.iter().find(|own| own.variant == variant);
            let base = self.base.reading(variant).id;
            let reading = found.map_or(base, |own| own.reading);
            if reading != usual.reading(variant).id {
                let _ = writeln!(text, "{} = \"{reading}\"", variant.row().id);
            }
        }
        text
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> String {
        let document = Document {
            version: 1,
            edition: self.edition.to_string(),
            stories: self.stories,
            differences: self.differences.iter().map(Told::new).collect(),
            readings: self.explained.iter().map(Explained::id).collect(),
            unexplained: self.left.iter().map(Told::new).collect(),
        };
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    version: u32,
    edition: String,
    stories: usize,
    differences: Vec<Told<'a>>,
    readings: Vec<String>,
    unexplained: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    story: &'a str,
    scene: u32,
    what: &'a str,
    nth: u32,
    aspect: &'a str,
    first: Option<&'a str>,
    second: Option<&'a str>,
}

impl<'a> Told<'a> {
    fn new(own: &'a Difference) -> Self {
        Self {
            story: &own.place.story,
            scene: own.place.scene,
            what: &own.place.what,
            nth: own.place.nth,
            aspect: &own.aspect,
            first: own.first.as_deref(),
            second: own.second.as_deref(),
        }
    }
}

fn list(text: &mut String, differences: &[Difference], first: &Transcript) {
    for own in differences.iter().take(SHOWN) {
        let _ = writeln!(text, "  {}", sentence(own, first));
    }
    if let Some(more) = differences.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(text, "  and {more} more");
    }
}

fn sentence(own: &Difference, first: &Transcript) -> String {
    let shown = |value: &Option<String>| {
        let value = value.as_deref().unwrap_or("nothing");
        let short: String = value.chars().take(80).collect();
        if short.len() < value.len() { format!("{short}...") } else { short }
    };
    let place = &own.place;
    format!(
        "{} scene {}, '{}', {}: {} -> {}",
        place.story,
        place.scene,
        first.deed(place),
        own.aspect,
        shown(&own.first),
        shown(&own.second)
    )
}
