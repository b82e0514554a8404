//! What the matrix found: a table of editions, questions and readings, in JSON for programs and in
//! Markdown for people.

use std::{fmt::Write as _, io::Write as _, path::Path};

use contract::Edition;
use serde::Serialize;

use crate::{recorder, trouble::Trouble};

/// The version of the report's form.
pub const VERSION: u32 = 1;

/// One result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The edition.
    pub edition: Edition,
    /// The question; `-` where every reading is the edition's own.
    pub variant: &'static str,
    /// The reading; `-` where every reading is the edition's own, or where none was tried.
    pub reading: &'static str,
    /// How it went.
    pub outcome: Outcome,
    /// Why, where that is worth a word.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// How a run of the matrix went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every step of the edition passed.
    Pass,
    /// It failed in exactly the way that is declared.
    FailsAsDeclared,
    /// The question is about no call of the edition.
    LeftOut,
    /// Anything else.
    Unexpected,
}

/// Every result.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Whole<'a> {
    version: u32,
    as_declared: bool,
    results: &'a [Cell],
}

impl Cell {
    /// A question that an edition leaves out.
    #[must_use]
    pub const fn left_out(edition: Edition, variant: &'static str, why: String) -> Self {
        Self { edition, variant, reading: "-", outcome: Outcome::LeftOut, why }
    }

    /// One line for the terminal.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { edition, variant, reading, outcome, why } = self;
        let outcome = outcome.name();
        let text = format!("{edition}  {variant:<26} {reading:<20} {outcome:<18} {why}");
        text.trim_end().to_owned() + "\n"
    }
}

impl Outcome {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::FailsAsDeclared => "fails as declared",
            Self::LeftOut => "left out",
            Self::Unexpected => "UNEXPECTED",
        }
    }

    /// Whether it is what the tables say.
    #[must_use]
    pub const fn is_as_declared(self) -> bool {
        !matches!(self, Self::Unexpected)
    }
}

impl<'a> Whole<'a> {
    /// The report of some results.
    #[must_use]
    pub fn new(results: &'a [Cell]) -> Self {
        let as_declared = results.iter().all(|cell| cell.outcome.is_as_declared());
        Self { version: VERSION, as_declared, results }
    }

    /// 0 when everything is as declared, 1 when anything is not.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        if self.as_declared { 0 } else { 1 }
    }

    /// How many results there are of each kind.
    #[must_use]
    pub fn summary(&self) -> String {
        let count = |outcome| self.results.iter().filter(|cell| cell.outcome == outcome).count();
        format!(
            "{} pass, {} fail as declared, {} left out, {} unexpected",
            count(Outcome::Pass),
            count(Outcome::FailsAsDeclared),
            count(Outcome::LeftOut),
            count(Outcome::Unexpected)
        )
    }

    /// The table in Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("# Matrix\n\n{}.\n\n", self.summary());
        text.push_str("| edition | variant | reading | result | why |\n|---|---|---|---|---|\n");
        for Cell { edition, variant, reading, outcome, why } in self.results {
            let (outcome, why) = (outcome.name(), why.replace('|', "\\|"));
            let _ = writeln!(text, "| {edition} | {variant} | {reading} | {outcome} | {why} |");
        }
        text
    }

    /// Writes both forms.
    ///
    /// # Errors
    /// A sentence that names the file.
    pub fn write(&self, json: &Path, markdown: &Path) -> Result<(), Trouble> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| Trouble::Harness(format!("The matrix has no JSON: {error}.")))?;
        for (path, text) in [(json, text + "\n"), (markdown, self.markdown())] {
            recorder::create(path)?.write_all(text.as_bytes()).map_err(|error| {
                Trouble::Harness(format!("{} cannot be written: {error}", path.display()))
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_surprise_is_enough_to_fail() {
        let cell = |outcome, why: &str| Cell {
            edition: Edition::E2025_09,
            variant: "first-mail",
            reading: "on-request",
            outcome,
            why: why.to_owned(),
        };
        let mut cells = vec![
            cell(Outcome::Pass, ""),
            cell(Outcome::FailsAsDeclared, "it must"),
            cell(Outcome::LeftOut, "no such call"),
        ];
        assert_eq!(Whole::new(&cells).exit_code(), 0);
        cells.push(cell(Outcome::Unexpected, "FAIL: a|b"));
        let whole = Whole::new(&cells);
        assert_eq!(whole.exit_code(), 1);
        assert_eq!(whole.summary(), "1 pass, 1 fail as declared, 1 left out, 1 unexpected");
        let last = "| 2025-09 | first-mail | on-request | UNEXPECTED | FAIL: a\\|b |\n";
        assert!(whole.markdown().ends_with(last), "{}", whole.markdown());
        let json = serde_json::to_value(&whole).unwrap();
        assert_eq!(
            (json["asDeclared"].clone(), json["results"][1]["outcome"].clone()),
            (serde_json::json!(false), serde_json::json!("fails-as-declared"))
        );
    }
}
