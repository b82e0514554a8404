//! From what the judges found to one verdict for each row.
//! A row that was not seen is never passed, and what a client cannot do when all is well is not
//! held against it.

use serde::{Deserialize, Serialize};

use super::{
    bundle::{Bundle, Played},
    case::{Feature, Group},
    declaration::Declaration,
    row::{Cases, Found, Level, Notes, Row, Watch, Weight},
    rows,
    view::View,
};
use crate::Verdict;

/// What a verdict rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The trace.
    Observed,
    /// What the client's maker handed in.
    Uploaded,
    /// The word of the client's maker.
    Attested,
    /// Nothing.
    None,
}

impl Evidence {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Uploaded => "uploaded",
            Self::Attested => "attested",
            Self::None => "none",
        }
    }
}

/// A finding with the case in which it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InCase {
    /// The case.
    pub case: String,
    /// What was found.
    pub found: Found,
}

/// The verdict on one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruling {
    /// The row.
    pub id: String,
    /// How much it weighs.
    pub level: Level,
    /// The verdict.
    pub verdict: Verdict,
    /// What it rests on.
    pub evidence: Evidence,
    /// Why it is not simply PASS or FAIL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was found, the heaviest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<InCase>,
}

/// The verdicts on all rows, in the order of the catalogue.
#[must_use]
pub fn rulings(bundle: &Bundle) -> Vec<Ruling> {
    let declared = &bundle.head.declaration;
    let scale = bundle.head.scale();
    let mut views: Vec<_> = bundle
        .cases
        .iter()
        .map(|played| (played, View::of((played.case, scale), declared, &played.lines)))
        .collect();
    let enclosed: Vec<_> = (0..views.len()).map(|at| is_enclosed(at, &views)).collect();
    for ((_, view), enclosed) in views.iter_mut().zip(enclosed) {
        view.enclosed = enclosed;
    }
    rows::all().map(|row| ruling(row, &views, declared)).collect()
}

type Views<'a> = [(&'a Played, View<'a>)];

fn ruling(row: &'static Row, views: &Views<'_>, declared: &Declaration) -> Ruling {
    let vouched = declared.attested.get(row.id);
    match row.watch {
        Watch::Attested(reason) => unwatched(row, vouched, reason),
        Watch::Trace(judge) => {
            let missing = row.needs.iter().find(|need| !declared.can(**need));
            if let Some(need) = missing {
                let why = format!(
                    "The client cannot be made to do this: it does not declare {}.",
                    need.name()
                );
                return unwatched(row, vouched, &why);
            }
            watched(row, judge, views)
        }
    }
}

/// A row that nobody could see: vouched for, or open.
fn unwatched(row: &Row, vouched: Option<&String>, why: &str) -> Ruling {
    let (verdict, evidence, reason) = match vouched {
        Some(word) => (Verdict::Pass, Evidence::Attested, word.as_str()),
        None => (Verdict::NotExercised, Evidence::None, why),
    };
    Ruling {
        id: row.id.to_owned(),
        level: row.level,
        verdict,
        evidence,
        reason: Some(reason.to_owned()),
        findings: Vec::new(),
    }
}

fn watched(row: &'static Row, judge: fn(&View<'_>, &mut Notes), views: &Views<'_>) -> Ruling {
    let mut all = Gathered::default();
    for (played, view) in views.iter().filter(|(played, _)| concerns(row.cases, played)) {
        let mut notes = Notes::default();
        if view.evicted {
            notes.unseen("The trace is not whole: lines were dropped because it grew too long.");
        } else {
            judge(view, &mut notes);
        }
        all.add(played, notes);
    }
    all.finishes = views.iter().any(|(played, view)| is_healthy(played) && view.is_complete());
    if let Cases::Named(names) = row.cases {
        for name in names {
            let played = views.iter().find(|(played, _)| played.case.name == *name);
            match played {
                None => {
                    all.unseen.get_or_insert_with(|| format!("The case {name} was not played."));
                }
                Some((_, view)) if !view.enclosed => {
                    all.unseen.get_or_insert_with(|| {
                        format!("A healthy run around the group of {name} was not finished.")
                    });
                }
                Some(_) => {}
            }
        }
    }
    all.settle(row)
}

fn concerns(cases: Cases, played: &Played) -> bool {
    match cases {
        Cases::Every => true,
        Cases::Healthy => is_healthy(played),
        Cases::Named(names) => names.contains(&played.case.name),
    }
}

fn is_healthy(played: &Played) -> bool {
    played.case.group == Group::Healthy
}

/// Whether the healthy runs around a case succeeded.
fn is_enclosed(at: usize, views: &Views<'_>) -> bool {
    let healthy =
        |(played, view): &(&Played, View<'_>)| is_healthy(played).then(|| view.is_complete());
    let before = views[..at].iter().rev().find_map(healthy);
    let after = views[at..].iter().find_map(healthy);
    before == Some(true) && after == Some(true)
}

#[derive(Default)]
struct Gathered {
    decided: usize,
    findings: Vec<InCase>,
    unseen: Option<String>,
    contested: Option<String>,
    uploaded: bool,
    /// Whether a flow was finished when nothing went wrong. What else a client does well then, by
    /// doing next to nothing, is no proof.
    finishes: bool,
}

impl Gathered {
    fn add(&mut self, played: &Played, notes: Notes) {
        self.decided += notes.decided;
        let case = played.case.name;
        self.findings
            .extend(notes.found.into_iter().map(|found| InCase { case: case.to_owned(), found }));
        self.contested = self.contested.take().or(notes.contested);
        if notes.decided == 0 {
            let why = notes.unseen.map(|why| format!("{case}: {why}"));
            self.unseen = self.unseen.take().or(why);
        }
    }

    fn settle(mut self, row: &Row) -> Ruling {
        self.findings.sort_by_key(|one| std::cmp::Reverse(one.found.weight));
        self.uploaded = row.needs.contains(&Feature::Logs);
        let heaviest = self.findings.first().map(|one| one.found.weight);
        let open = match row.cases {
            Cases::Named(_) | Cases::Healthy => self.unseen.is_some() || self.decided == 0,
            Cases::Every => self.decided == 0 || !self.finishes,
        };
        if !self.finishes {
            let why = "The client does not finish a flow even when nothing goes wrong.";
            self.unseen.get_or_insert_with(|| why.to_owned());
        }
        let (verdict, reason) = match (heaviest, self.contested, open) {
            (Some(Weight::Broken), ..) => (broken(row.level), None),
            (_, Some(why), _) => (Verdict::Contested, Some(why)),
            (_, None, true) => {
                let why = self
                    .unseen
                    .unwrap_or_else(|| "The client never came to that point.".to_owned());
                (Verdict::NotExercised, Some(why))
            }
            (Some(Weight::Warn), ..) => (Verdict::Warn, None),
            (Some(Weight::Info) | None, ..) => (Verdict::Pass, None),
        };
        let evidence = match verdict {
            Verdict::NotExercised => Evidence::None,
            _ if self.uploaded => Evidence::Uploaded,
            _ => Evidence::Observed,
        };
        Ruling {
            id: row.id.to_owned(),
            level: row.level,
            verdict,
            evidence,
            reason,
            findings: self.findings,
        }
    }
}

const fn broken(level: Level) -> Verdict {
    match level {
        Level::Must | Level::MustByScheme | Level::Review => Verdict::Fail,
        Level::Should | Level::May => Verdict::Warn,
    }
}
