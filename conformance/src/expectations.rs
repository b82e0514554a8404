//! Known departures: a file in which somebody answers for each. What is expected does not fail a
//! run; what departs no longer, or whose time is over, does.

use std::path::Path;

use judge::{Verdict, requirement::Requirement};
use serde::Deserialize;

use crate::{results::Judged, trouble::Trouble};

/// The file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectations {
    /// One entry for each departure.
    #[serde(default)]
    expected: Vec<Expected>,
}

/// One known departure.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// The requirement.
    id: String,
    /// Why it departs.
    reason: String,
    /// Who answers for it.
    owner: String,
    /// The last day on which it is accepted, such as 2027-01-31.
    until: String,
    /// Only under this reading, `id=reading`.
    #[serde(default)]
    variant: Option<String>,
    /// Only where a finding says this.
    #[serde(default)]
    says: Option<String>,
}

impl Expectations {
    /// Reads a file.
    ///
    /// # Errors
    /// A sentence with the file, the place, and what would be right.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        let wrong = |what: String| Trouble::Configuration(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path)
            .map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let file: Self = toml::from_str(&text)
            .map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
        for entry in &file.expected {
            entry.check().map_err(wrong)?;
        }
        Ok(file)
    }

    /// Marks the requirements that were expected to depart, and says which entries are stale.
    pub fn apply(&self, rows: &mut [Judged], variants: &[String], today: &str) -> Vec<String> {
        let mut stale = Vec::new();
        for entry in &self.expected {
            let in_force = entry.variant.as_ref().is_none_or(|wanted| variants.contains(wanted));
            let Some(row) = rows.iter_mut().find(|row| row.id == entry.id) else { continue };
            // Another machine, or another edition, has it.
            if !in_force || row.verdict == Verdict::NotApplicable {
                continue;
            }
            let Expected { id, owner, until, reason, .. } = entry;
            if today > until.as_str() {
                stale.push(format!("{id} was accepted until {until}; ask {owner}"));
            } else if !entry.fits(row) {
                stale.push(format!(
                    "{id} departs no longer as was expected ({reason}); ask {owner}"
                ));
            } else {
                row.expected = Some(format!("{reason} ({owner}, until {until})"));
            }
        }
        stale
    }
}

impl Expected {
    fn check(&self) -> Result<(), String> {
        if Requirement::by_id(&self.id).is_none_or(|row| row.id != self.id) {
            return Err(format!("there is no requirement '{}'; see conformance list", self.id));
        }
        let said = |what: &str| Err(format!("{}: {what}", self.id));
        if self.reason.trim().is_empty() || self.owner.trim().is_empty() {
            return said("say the reason and who answers for it");
        }
        if !is_day(&self.until) {
            return said("until must be a day such as 2027-01-31");
        }
        Ok(())
    }

    /// Whether a requirement departs as this entry says.
    fn fits(&self, row: &Judged) -> bool {
        let departs = matches!(
            row.verdict,
            Verdict::Fail | Verdict::Warn | Verdict::Contested | Verdict::NotExercised
        );
        let says = self.says.as_ref().is_none_or(|said| {
            row.findings.iter().any(|finding| {
                finding.wanted.contains(said.as_str()) || finding.got.contains(said.as_str())
            })
        });
        departs && says
    }
}

/// A day that the calendar has.
fn is_day(text: &str) -> bool {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    time::Date::parse(text, &format).is_ok()
}
