//! From the text of a file to a scenario, or to what is wrong with it: line, column, a caret under
//! the place, and what would be right.

use std::{fmt, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Scenario,
    check::{self, Issue, Level, Step},
};

/// Something that is wrong with a file, or odd about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the file can be used all the same.
    pub level: Level,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The line's text.
    pub text: String,
    /// How many characters of it are meant.
    pub width: usize,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: String,
}

/// A scenario that can be used, and what is odd about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The scenario.
    pub scenario: Scenario,
    /// Warnings; never errors.
    pub warnings: Vec<Diagnostic>,
}

/// The largest file that is read, in bytes. The longest of ours has a hundredth of it.
pub const LARGEST: usize = 256 * 1024;

/// Reads a file and checks that all of it can take effect.
///
/// # Errors
/// Everything that is wrong: the first thing where words or shapes are, else all of it.
pub fn read(text: &str) -> Result<Read, Vec<Diagnostic>> {
    if text.len() > LARGEST {
        let message = format!("the file has {} bytes; at most {LARGEST} are read", text.len());
        return Err(vec![at(text, 0..0, Level::Error, (message, String::new()))]);
    }
    let scenario: Scenario = toml::from_str(text).map_err(|error| {
        let (message, help) = split(error.message());
        vec![at(text, error.span().unwrap_or(0..0), Level::Error, (message, help))]
    })?;
    let issues = check::check(&scenario);
    let place = DeTable::parse(text).ok();
    let told = |issue: &Issue| {
        let span = place.as_ref().map_or(0..0, |root| locate(root, &issue.path));
        at(text, span, issue.level, (issue.message.clone(), issue.help.clone()))
    };
    let (errors, warnings): (Vec<_>, Vec<_>) =
        issues.iter().partition(|issue| issue.level == Level::Error);
    if errors.is_empty() {
        Ok(Read { scenario, warnings: warnings.into_iter().map(told).collect() })
    } else {
        Err(errors.into_iter().map(told).collect())
    }
}

/// The library says what is wrong and what it expected in one sentence.
fn split(message: &str) -> (String, String) {
    match message.split_once(", expected ") {
        Some((wrong, right)) => (wrong.to_owned(), format!("expected {right}")),
        None => (message.to_owned(), String::new()),
    }
}

/// The place of a path; the deepest part of it that is written down.
fn locate(root: &Spanned<DeTable<'_>>, path: &[Step]) -> Range<usize> {
    let Some((Step::Key(first), rest)) = path.split_first() else { return 0..0 };
    let Some((key, value)) = entry(root.get_ref(), first) else { return 0..0 };
    let mut found = (key, value);
    for step in rest {
        let next = match (step, found.1.get_ref()) {
            (Step::Key(name), DeValue::Table(table)) => entry(table, name),
            (Step::Item(index), DeValue::Array(items)) => {
                items.get(*index).map(|item| (item.span(), item))
            }
            _ => None,
        };
        let Some(next) = next else { break };
        found = next;
    }
    // A scalar is meant itself; of a table the key is enough.
    match found.1.get_ref() {
        DeValue::Table(_) | DeValue::Array(_) => found.0,
        _ => found.1.span(),
    }
}

type Entry<'a, 'i> = (Range<usize>, &'a Spanned<DeValue<'i>>);

fn entry<'a, 'i>(table: &'a DeTable<'i>, name: &str) -> Option<Entry<'a, 'i>> {
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
    Some((key.span(), value))
}

fn at(
    text: &str,
    span: Range<usize>,
    level: Level,
    (message, help): (String, String),
) -> Diagnostic {
    let start = boundary(text, span.start);
    let end = boundary(text, span.end).max(start);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let meant = &text[start..end.min(line_end).max(start)];
    Diagnostic {
        level,
        line: text[..start].matches('\n').count() + 1,
        column: text[line_start..start].chars().count() + 1,
        text: text[line_start..line_end].trim_end_matches('\r').to_owned(),
        width: meant.chars().count().max(1),
        message,
        help,
    }
}

/// The nearest place at or before an offset where a character begins.
fn boundary(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

impl Diagnostic {
    /// With the name of the file, as a compiler tells it.
    #[must_use]
    pub fn of_file(&self, file: &str) -> String {
        let Self { line, column, text, message, .. } = self;
        let gutter = " ".repeat(line.to_string().len());
        let indent: String = text
            .chars()
            .take(column - 1)
            .map(|sign| if sign == '\t' { '\t' } else { ' ' })
            .collect();
        let caret = "^".repeat(self.width);
        let mut told = format!(
            "{}: {message}\n{gutter}--> {file}:{line}:{column}\n{gutter} |\n{line} | {text}\n\
             {gutter} | {indent}{caret}",
            self.level.word()
        );
        if !self.help.is_empty() {
            told.push_str(&format!("\n{gutter} = {}", self.help));
        }
        told
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}
