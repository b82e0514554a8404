//! The results of a full run: one document, written as JSON, from which every other form of report
//! is made, and which can be put together from the pieces of several machines.

pub mod github;
pub mod har;
pub mod html;
pub mod junit;
pub mod terminal;
pub mod timings;

use std::{collections::BTreeMap, path::Path};

use contract::Variants;
use judge::{
    Finding, Verdict,
    coverage::{Coverage, Unreached},
    exam,
    requirement::{Requirement, Source},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::timings::Timings;
use crate::{
    expectations::Expectations,
    full::{Full, Row},
    recorder,
    run::Settings,
    site,
    trouble::{INTERRUPTED, Trouble},
};

/// The version of the document's form.
pub const VERSION: u32 = 1;

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Results {
    /// [`VERSION`].
    pub version: u32,
    /// The program that wrote it, with its version.
    pub tool: String,
    /// Everything as one.
    pub verdict: Verdict,
    /// The exit code of the run.
    pub exit_code: u8,
    /// Whether somebody ended it early.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// The target's name.
    pub target: String,
    /// The edition it was judged by.
    pub edition: String,
    /// The readings in force, `id=reading`.
    pub variants: Vec<String>,
    /// The seed of every choice.
    pub seed: u64,
    /// Every requirement of the catalogue, in its order.
    pub requirements: Vec<Judged>,
    /// The healthy walks before and after each group.
    pub walks: Vec<Walk>,
    /// What ran, and where its trace is.
    pub groups: Vec<Group>,
    /// How long exchanges really took.
    #[serde(default)]
    pub timings: Timings,
    /// What was reached.
    pub coverage: Coverage,
    /// What the edition documents and nothing has reached.
    pub unreached: Vec<Unreached>,
    /// Expectations that no longer hold, in words.
    pub stale: Vec<String>,
}

/// One requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Judged {
    /// Its id.
    pub id: String,
    /// Its level.
    pub level: String,
    /// What is done.
    pub deed: String,
    /// What has to come of it.
    pub rule: String,
    /// Where it comes from.
    pub sources: Vec<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// What was not as it should be.
    pub findings: Vec<Finding>,
    /// Why it could not be, or need not be, judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is worth telling.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<String>,
    /// Why a departure was expected, and who answers for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
}

/// One healthy walk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Walk {
    /// Of which group, and whether before or after it.
    pub name: String,
    /// All its steps as one.
    pub verdict: Verdict,
    /// What was wrong, step by step.
    pub findings: Vec<Finding>,
    /// At which step it ended, if before the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Group {
    /// Its name, such as `TOK`.
    pub name: String,
    /// Its trace.
    pub trace: String,
    /// How many requests were sent.
    pub exchanges: u64,
    /// How long it really took, in milliseconds.
    pub real_ms: u64,
    /// What kept it from its end, if anything did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

impl Results {
    /// What a run came to.
    ///
    /// # Errors
    /// When the edition has no tables.
    pub fn new(full: &Full, settings: &Settings) -> Result<Self, Trouble> {
        let tables = site::tables(full.edition)?;
        let plan = settings.plan();
        let (mut coverage, mut timings) = (Coverage::default(), Timings::default());
        for own in &full.explored {
            coverage.merge(own.coverage.clone());
            timings.merge(&own.timings);
        }
        let (mut walks, mut groups) = (Vec::new(), Vec::new());
        for group in &full.groups {
            coverage.merge(Coverage::of(&group.lines, plan, tables));
            let walked = exam::judge_walks(&group.lines, plan);
            walks.extend(
                walked.iter().enumerate().map(|(turn, steps)| walk(group.name, turn, steps)),
            );
            groups.push(self::group(group));
            timings.merge(&group.timings);
            coverage.readings.extend(group.readings.iter().cloned());
        }
        let unreached = coverage.unreached(tables, &full.variants);
        let mut results = Self {
            version: VERSION,
            tool: concat!("conformance ", env!("CARGO_PKG_VERSION")).to_owned(),
            verdict: Verdict::NotExercised,
            exit_code: 0,
            interrupted: full.interrupted,
            target: settings.target.name.clone(),
            edition: full.edition.to_string(),
            variants: chosen(&full.variants),
            seed: settings.seed,
            requirements: full.rows.iter().map(judged).collect(),
            walks,
            groups,
            timings,
            coverage,
            unreached,
            stale: Vec::new(),
        };
        results.reach();
        results.settle();
        Ok(results)
    }

    /// Marks what was expected; what no longer departs, or whose time is over, is stale.
    pub fn expect(&mut self, expectations: &Expectations, today: &str) {
        self.stale = expectations.apply(&mut self.requirements, &self.variants, today);
        self.settle();
    }

    /// Puts the pieces of one run together: what one machine decided stands in for what another
    /// was not asked for.
    ///
    /// # Errors
    /// When the pieces are not of one run.
    pub fn merge(pieces: Vec<Self>) -> Result<Self, Trouble> {
        let mut pieces = pieces.into_iter();
        let wrong = |what: &str| Trouble::Configuration(format!("the reports {what}"));
        let mut whole = pieces.next().ok_or_else(|| wrong("are none"))?;
        for piece in pieces {
            let same = (&piece.edition, &piece.variants, &piece.target, piece.seed)
                == (&whole.edition, &whole.variants, &whole.target, whole.seed);
            if !same || piece.requirements.len() != whole.requirements.len() {
                return Err(wrong("are not of one run: target, edition, readings or seed differ"));
            }
            if let Some(twice) = piece.groups.iter().find(|group| whole.has(&group.name)) {
                return Err(wrong(&format!("both hold the group {}", twice.name)));
            }
            for (own, other) in whole.requirements.iter_mut().zip(piece.requirements) {
                own.join(other);
            }
            whole.interrupted |= piece.interrupted;
            whole.walks.extend(piece.walks);
            whole.groups.extend(piece.groups);
            whole.coverage.merge(piece.coverage);
            whole.timings.merge(&piece.timings);
            whole.unreached.retain(|missing| piece.unreached.contains(missing));
            whole.stale.retain(|stale| piece.stale.contains(stale));
        }
        whole.reach();
        whole.settle();
        Ok(whole)
    }

    fn has(&self, group: &str) -> bool {
        self.groups.iter().any(|own| own.name == group)
    }

    /// How many requirements came to each verdict.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Verdict, usize> {
        let mut counts = BTreeMap::new();
        for row in &self.requirements {
            *counts.entry(row.verdict).or_default() += 1;
        }
        counts
    }

    /// How many requests were sent by the groups.
    #[must_use]
    pub fn exchanges(&self) -> u64 {
        self.groups.iter().map(|group| group.exchanges).sum()
    }

    /// Reads a document.
    ///
    /// # Errors
    /// A sentence with the file and what is wrong with it.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        let wrong = |what: String| Trouble::Configuration(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path)
            .map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let results: Self =
            serde_json::from_str(&text).map_err(|error| wrong(format!("is no report: {error}")))?;
        if results.version != VERSION {
            let version = results.version;
            return Err(wrong(format!("has form {version}; this build reads {VERSION}")));
        }
        Ok(results)
    }

    /// The JSON Schema of the document.
    #[must_use]
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }

    /// The document.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Whether a whole run has reached what it can. A part of one says nothing about that.
    fn reach(&mut self) {
        let is_whole = self.is_whole();
        let open: Vec<_> = self.open().collect();
        let open = open.join(", ");
        let row = self.requirements.iter_mut().find(|row| row.id == REACHED);
        let is_open = |row: &&mut Judged| {
            row.verdict == Verdict::Pass || row.reason.as_deref() == Some(IN_PART)
        };
        let Some(row) = row.filter(is_open) else { return };
        (row.verdict, row.reason) = match (is_whole, open.is_empty()) {
            (false, _) => (Verdict::NotApplicable, Some(IN_PART.to_owned())),
            (true, true) => (Verdict::Pass, None),
            (true, false) => (Verdict::NotExercised, Some(format!("not reached: {open}"))),
        };
    }

    /// Whether every group of the catalogue ran.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.groups.len() == Requirement::groups().len()
    }

    /// What was not reached and could have been.
    pub fn open(&self) -> impl Iterator<Item = &str> {
        let open = self.unreached.iter().filter(|missing| missing.why.is_none());
        open.map(|missing| missing.what.as_str())
    }

    fn settle(&mut self) {
        let rows = self.requirements.iter().filter(|row| row.expected.is_none());
        let walks = self.walks.iter().map(|walk| walk.verdict);
        let broken = self.groups.iter().any(|group| group.trouble.is_some());
        let harness = broken.then_some(Verdict::HarnessError);
        self.verdict = Verdict::roll_up(rows.map(|row| row.verdict).chain(walks).chain(harness));
        let is_sound = self.verdict.exit_code() == 0;
        self.exit_code = match self.verdict.exit_code() {
            _ if self.interrupted => INTERRUPTED,
            _ if is_sound && !self.stale.is_empty() => STALE,
            code => code,
        };
    }
}

/// The requirement that everything be reached.
const REACHED: &str = "SC-PRP-03";

/// Why nothing is said about that.
const IN_PART: &str = "it is about whole runs, and this is a part of one";

/// The exit code when an expectation is stale or expired.
const STALE: u8 = 5;

impl Judged {
    fn join(&mut self, other: Self) {
        let decided = |verdict| verdict != Verdict::NotApplicable;
        match (decided(self.verdict), decided(other.verdict)) {
            (_, false) => {}
            (false, true) => *self = other,
            (true, true) => {
                self.verdict = Verdict::roll_up([self.verdict, other.verdict]);
                self.findings.extend(other.findings);
                self.told.extend(other.told);
                self.reason = self.reason.take().or(other.reason);
                self.expected = self.expected.take().or(other.expected);
            }
        }
    }
}

/// Writes a text, and the directories above it.
///
/// # Errors
/// A sentence that names the file.
pub fn write(path: &Path, text: &str) -> Result<(), Trouble> {
    use std::io::Write as _;
    let mut file = recorder::create(path)?;
    file.write_all(text.as_bytes())
        .map_err(|error| Trouble::Harness(format!("{} cannot be written: {error}", path.display())))
}

fn judged(row: &Row) -> Judged {
    let Row { requirement, settled } = row;
    Judged {
        id: requirement.id.to_owned(),
        level: requirement.level.name().to_owned(),
        deed: requirement.deed.to_owned(),
        rule: requirement.rule.to_owned(),
        sources: requirement.sources.iter().map(Source::to_string).collect(),
        verdict: settled.verdict,
        findings: settled.findings.clone(),
        reason: settled.reason.clone(),
        told: settled.told.clone(),
        expected: None,
    }
}

fn walk(group: &str, turn: usize, steps: &[judge::StepVerdict]) -> Walk {
    let name = format!("{} {group}", if turn == 0 { "before" } else { "after" });
    let verdict = Verdict::roll_up(steps.iter().map(|step| step.verdict));
    let mut findings: Vec<_> = steps.iter().flat_map(|step| step.findings.clone()).collect();
    findings.iter_mut().for_each(|finding| group.clone_into(&mut finding.trace));
    let stuck = steps.iter().find(|step| step.verdict == Verdict::NotExercised);
    let reason = stuck.map(|step| {
        let why = step.reason.as_deref().unwrap_or("it was not reached");
        format!("step {}, {}: {why}", step.step.number(), step.step.title())
    });
    Walk { name, verdict, findings, reason }
}

fn group(group: &crate::full::Group) -> Group {
    use contract::trace::{Decided, Line};
    let is_exchange = |line: &&Line| match line {
        Line::Decision(decision) => matches!(decision.what, Decided::Exchange(_)),
        Line::Trace(_) | Line::Transport(_) => false,
    };
    Group {
        name: group.name.to_owned(),
        trace: group.trace.display().to_string(),
        exchanges: group.lines.iter().filter(is_exchange).count() as u64,
        real_ms: group.real_ms,
        trouble: group.trouble.as_ref().map(Trouble::to_string),
    }
}

fn chosen(variants: &Variants) -> Vec<String> {
    contract::Variant::ALL
        .iter()
        .map(|variant| format!("{}={}", variant.row().id, variants.reading(*variant).id))
        .collect()
}
