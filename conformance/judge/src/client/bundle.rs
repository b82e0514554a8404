//! The trace of a certification: a head, and the trace of every case, each closed by a count of its
//! lines so that nothing can be lost unnoticed. JSON Lines.

use contract::trace::{Line, ReadError};
use serde::{Deserialize, Serialize};

use super::{case::Case, cases, declaration::Declaration};

/// The version that this crate writes and reads.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// [`VERSION`].
    pub version: u32,
    /// Which harness wrote it.
    pub build: String,
    /// How the clock ran: `real`, `held`, `x20`.
    pub clock: String,
    /// What was declared of the client.
    pub declaration: Declaration,
}

impl Head {
    /// How many times as fast as real time the clock ran.
    #[must_use]
    pub fn scale(&self) -> i64 {
        self.clock.strip_prefix('x').and_then(|text| text.parse().ok()).unwrap_or(1)
    }
}

/// How a case begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    name: String,
    seed: u64,
}

/// How a case ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    lines: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "class", rename_all = "lowercase")]
enum Mark {
    Certification(Head),
    Case(Begin),
    End(End),
}

/// One case that was played.
#[derive(Clone, Debug)]
pub struct Played {
    /// Which.
    pub case: &'static Case,
    /// The seed of its world.
    pub seed: u64,
    /// Its trace.
    pub lines: Vec<Line>,
}

/// A whole certification.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The head.
    pub head: Head,
    /// The cases, in the order of the plan.
    pub cases: Vec<Played>,
}

impl Bundle {
    /// The text, line by line.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = written(&Mark::Certification(self.head.clone()));
        for played in &self.cases {
            text += &part(played);
        }
        text
    }

    /// Reads a whole text.
    ///
    /// # Errors
    /// The first line that is wrong, with its number and what would be right.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        let mut lines = text.lines().enumerate().peekable();
        let fail = |index: usize, reason: String| ReadError { line: index + 1, reason };
        let Some((_, first)) = lines.next() else {
            return Err(fail(0, "the trace is empty".to_owned()));
        };
        let head = match serde_json::from_str(first) {
            Ok(Mark::Certification(head)) if head.version == VERSION => head,
            Ok(Mark::Certification(head)) => {
                let version = head.version;
                return Err(fail(0, format!("format {version}; this build reads {VERSION}")));
            }
            _ => return Err(fail(0, "this is not the head of a certification".to_owned())),
        };
        let mut cases: Vec<Played> = Vec::new();
        let mut open: Option<Played> = None;
        let mut last = 0;
        for (index, line) in lines {
            last = index;
            match (mark(line), open.as_mut()) {
                (Some(Mark::Case(begin)), None) => {
                    let case = cases::find(&begin.name).ok_or_else(|| {
                        fail(
                            index,
                            format!(
                                "there is no case {}; is this from another release?",
                                begin.name
                            ),
                        )
                    })?;
                    open = Some(Played { case, seed: begin.seed, lines: Vec::new() });
                }
                (Some(Mark::End(end)), Some(played)) => {
                    let (name, found) = (played.case.name, played.lines.len());
                    if end.lines != found {
                        let reason =
                            format!("the case {name} has {found} lines, but had {}", end.lines);
                        return Err(fail(index, reason));
                    }
                    cases.extend(open.take());
                }
                (None, Some(played)) => {
                    let line = serde_json::from_str(line)
                        .map_err(|error| fail(index, error.to_string()))?;
                    played.lines.push(line);
                }
                _ => return Err(fail(index, "this line stands outside of a case".to_owned())),
            }
        }
        match open {
            Some(played) => Err(fail(
                last,
                format!("the trace ends in the middle of the case {}", played.case.name),
            )),
            None => Ok(Self { head, cases }),
        }
    }
}

/// The text of one case.
#[must_use]
pub fn part(played: &Played) -> String {
    let mut text =
        written(&Mark::Case(Begin { name: played.case.name.to_owned(), seed: played.seed }));
    for line in &played.lines {
        text += &line.to_json();
        text.push('\n');
    }
    text + &written(&Mark::End(End { lines: played.lines.len() }))
}

fn mark(line: &str) -> Option<Mark> {
    let is_mark = ["{\"class\":\"case\"", "{\"class\":\"end\"", "{\"class\":\"certification\""];
    is_mark.iter().any(|start| line.starts_with(start)).then(|| serde_json::from_str(line).ok())?
}

fn written(mark: &Mark) -> String {
    serde_json::to_string(mark).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use contract::{
        Edition, Instant,
        trace::{Decided, Decision, client::Note},
    };

    use super::*;

    fn text() -> String {
        let note = |step| {
            let (at, what) = (Instant::STEPPED_START, Decided::Client(Note::Started(1)));
            Line::Decision(Decision { step, at, what })
        };
        let declaration = Declaration {
            name: "a client".to_owned(),
            version: "1".to_owned(),
            edition: Edition::DEFAULT,
            variants: [].into(),
            features: [].into(),
            scopes: Vec::new(),
            poll_limit: 120,
            resend_cool_down: 30,
            deadline: 60,
            attested: [].into(),
        };
        let head =
            Head { version: VERSION, build: "1".to_owned(), clock: "real".to_owned(), declaration };
        let played = || Played { case: cases::HEALTHY, seed: 7, lines: vec![note(1), note(2)] };
        Bundle { head, cases: vec![played(), played()] }.to_text()
    }

    #[test]
    fn reads_what_it_writes() {
        let bundle = Bundle::read(&text()).unwrap();
        assert_eq!((bundle.cases.len(), bundle.cases[1].seed), (2, 7));
        assert_eq!(bundle.to_text(), text());
    }

    #[test]
    fn nothing_that_was_cut_or_edited_is_read() {
        let lines: Vec<_> = text().lines().map(str::to_owned).collect();
        let refused = |lines: &[String]| Bundle::read(&lines.join("\n")).unwrap_err().to_string();
        let mut dropped = lines.clone();
        dropped.remove(2);
        assert_eq!(refused(&dropped), "line 4: the case healthy has 1 lines, but had 2");
        assert!(refused(&lines[..3]).contains("ends in the middle of the case healthy"));
        assert!(refused(&lines[1..]).contains("not the head of a certification"));
        assert!(refused(&[]).contains("empty"));
        let other: Vec<_> = lines.iter().map(|line| line.replace("healthy", "stealthy")).collect();
        assert!(refused(&other).contains("no case stealthy"));
        let newer: Vec<_> =
            lines.iter().map(|line| line.replace("\"version\":1,", "\"version\":9,")).collect();
        assert!(refused(&newer).contains("format 9; this build reads 1"));
        let mut astray = lines;
        astray.push("{}".to_owned());
        assert!(refused(&astray).contains("outside of a case"));
    }
}
