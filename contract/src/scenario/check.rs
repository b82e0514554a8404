//! What can never take effect. A setting that would be silently without effect is an error with the
//! reason; what may be meant but looks odd is a warning.

mod rules;
mod worlds;

use super::Scenario;

/// Something that is wrong or odd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Whether the scenario can be used all the same.
    pub level: Level,
    /// Where, from the root of the file.
    pub path: Vec<Step>,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: String,
}

impl Issue {
    /// The place in words: `rule[2].then.body`.
    #[must_use]
    pub fn place(&self) -> String {
        let mut place = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) if place.is_empty() => place.push_str(key),
                Step::Key(key) => place.extend([".", key]),
                Step::Item(index) => place.push_str(&format!("[{index}]")),
            }
        }
        place
    }
}

/// Whether a scenario can be used all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It can.
    Warning,
    /// It cannot.
    Error,
}

impl Level {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member.
    Key(&'static str),
    /// An item of a list, from 0.
    Item(usize),
}

/// Everything that is wrong or odd, in the order of the file's parts.
#[must_use]
pub fn check(scenario: &Scenario) -> Vec<Issue> {
    let mut found = Findings::default();
    worlds::check(scenario, &mut found);
    rules::check(scenario, &mut found);
    found.issues
}

#[derive(Default)]
struct Findings {
    issues: Vec<Issue>,
}

impl Findings {
    fn error(&mut self, path: &[Step], message: impl Into<String>, help: impl Into<String>) {
        self.add(Level::Error, path, message.into(), help.into());
    }

    fn warning(&mut self, path: &[Step], message: impl Into<String>, help: impl Into<String>) {
        self.add(Level::Warning, path, message.into(), help.into());
    }

    fn add(&mut self, level: Level, path: &[Step], message: String, help: String) {
        self.issues.push(Issue { level, path: path.to_vec(), message, help });
    }
}
