//! Judging what a story came to: the part of a trace that belongs to it is cut into scenes, and
//! each scene is held against what was wanted of it. Nothing else than the trace is asked.

use contract::{
    Call, Tables,
    trace::{self, Decided, Line},
};

use serde::{Deserialize, Serialize};

use crate::{
    Plan, StepVerdict, Verdict,
    finding::{Findings, Settled},
    requirement::{Level, Requirement},
    steps,
    story::{Deed, Story},
    view::{Hit, Seen, View},
};

/// One scene as it was played.
#[derive(Debug)]
pub(crate) struct Act<'a> {
    /// What was done.
    pub(crate) deed: Deed,
    /// The line at which it began.
    pub(crate) at: u64,
    /// The exchanges with the call that the scene is about.
    pub(crate) seen: Vec<Seen<'a>>,
    /// The browsers that came back.
    pub(crate) hits: Vec<Hit<'a>>,
    /// How many messages arrived.
    pub(crate) arrivals: usize,
    /// What old hellos were answered with.
    pub(crate) hellos: Vec<(u64, &'a trace::Hello)>,
    /// Why it could not be done.
    pub(crate) undone: Option<&'a str>,
}

/// One story as it was played.
#[derive(Debug)]
pub(crate) struct Take<'a> {
    /// The exchanges of the whole of it.
    pub(crate) view: View<'a>,
    /// Its scenes.
    pub(crate) acts: Vec<Act<'a>>,
}

/// The lines of each story in a trace, by its name, in their order.
#[must_use]
pub fn takes(lines: &[Line]) -> Vec<(&str, &[Line])> {
    let mut takes: Vec<(&str, usize, usize)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let begun = scene(line).filter(|scene| scene.number == 1 && scene.undone.is_none());
        if let Some(scene) = begun {
            takes.push((scene.of.as_str(), index, index));
        }
        if let Some((_, _, end)) = takes.last_mut() {
            *end = index + 1;
        }
    }
    takes.into_iter().map(|(name, begin, end)| (name, &lines[begin..end])).collect()
}

/// Judges one story by the lines of its take.
#[must_use]
pub fn judge(story: &Story, lines: &[Line], plan: Plan, tables: &'static Tables) -> Settled {
    let take = Take { view: View::new(lines, plan, tables), acts: acts(lines) };
    let mut findings = Findings::default();
    for (index, scene) in story.scenes.iter().enumerate() {
        let Some(act) = take.acts.get(index) else {
            findings.missing("the story ended before all of it was played");
            break;
        };
        if let Some(why) = act.undone
            && !scene.may_fail()
        {
            findings.missing(format!("'{}' came to nothing: {why}", act.words()));
            break;
        }
        scene.wants.iter().for_each(|want| want.judge(act, &take, &mut findings));
    }
    findings.settle()
}

/// The scenes of a take.
pub(crate) fn acts(lines: &[Line]) -> Vec<Act<'_>> {
    let mut acts: Vec<Act<'_>> = Vec::new();
    for line in lines {
        let Line::Decision(decision) = line else { continue };
        let number = decision.step;
        match (&decision.what, acts.last_mut()) {
            (Decided::Scene(scene), Some(act)) if scene.undone.is_some() => {
                act.undone = scene.undone.as_deref();
            }
            (Decided::Scene(scene), _) => {
                // A deed of another version is not ours to judge.
                let Ok(deed) = serde_json::from_value(scene.deed.clone()) else { continue };
                let (seen, hits) = (Vec::new(), Vec::new());
                let (arrivals, hellos) = (0, Vec::new());
                acts.push(Act { deed, at: number, seen, hits, arrivals, hellos, undone: None });
            }
            (Decided::Exchange(exchange), Some(act)) if act.is_about(exchange.call) => {
                act.seen.push(Seen { number, at: decision.at, exchange, faulted: false });
            }
            (Decided::Redirected(redirected), Some(act)) => {
                act.hits.push(Hit { number, redirected });
            }
            (Decided::Arrived(_), Some(act)) => act.arrivals += 1,
            (Decided::Hello(hello), Some(act)) => act.hellos.push((number, hello)),
            _ => {}
        }
    }
    acts
}

/// With what each scene was answered.
#[must_use]
pub fn statuses(lines: &[Line]) -> Vec<Vec<u16>> {
    let acts = acts(lines).into_iter();
    acts.map(|act| act.seen.iter().map(|seen| seen.exchange.status).collect()).collect()
}

impl Act<'_> {
    fn is_about(&self, call: Option<Call>) -> bool {
        matches!(&self.deed, Deed::Ask(ask) if Some(ask.call) == call)
    }
}

fn scene(line: &Line) -> Option<&trace::Scene> {
    match line {
        Line::Decision(decision) => match &decision.what {
            Decided::Scene(scene) => Some(scene),
            _ => None,
        },
        Line::Trace(_) | Line::Transport(_) => None,
    }
}

/// The name of the walks before and after a group.
pub const WALK: &str = "walk";

/// What one requirement came to in one trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The requirement.
    pub id: String,
    /// What it came to.
    #[serde(flatten)]
    pub settled: Settled,
}

/// Judges the steps of every healthy walk in a trace, in its order.
#[must_use]
pub fn judge_walks(lines: &[Line], plan: Plan) -> Vec<Vec<StepVerdict>> {
    let walks = takes(lines).into_iter().filter(|(name, _)| *name == WALK);
    walks.map(|(_, lines)| steps::judge(lines, plan)).collect()
}

/// Judges everything that one trace shows of the requirements: its stories, and what must hold
/// always.
#[must_use]
pub fn judge_all(lines: &[Line], plan: Plan, tables: &'static Tables) -> Vec<Judged> {
    let takes = takes(lines);
    let whole = View::new(lines, plan, tables);
    let held = Requirement::all().filter(|row| row.editions.contains(&plan.edition));
    let judged = held.filter_map(|row| {
        let mut parts: Vec<Settled> = Vec::new();
        if let Some(tell) = row.story {
            let own = takes.iter().filter(|(name, _)| *name == row.id);
            parts.extend(own.map(|(_, lines)| judge(&tell(&plan), lines, plan, tables)));
        }
        if let Some(always) = row.always {
            let mut findings = Findings::default();
            // Nothing to look at is no pass: another trace of the run may hold something.
            if always(&whole, &mut findings) > 0 {
                parts.push(findings.settle());
            }
        }
        let settled = Settled::merged(parts)?.weighed(row.level);
        Some(Judged { id: row.id.to_owned(), settled })
    });
    judged.collect()
}

impl Settled {
    /// Several as one: the worst verdict, and all that was found.
    #[must_use]
    pub fn merged(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut parts = parts.into_iter();
        let first = parts.next()?;
        Some(parts.fold(first, |mut all, one| {
            all.verdict = Verdict::roll_up([all.verdict, one.verdict]);
            for finding in one.findings {
                if !all.findings.contains(&finding) {
                    all.findings.push(finding);
                }
            }
            for told in one.told {
                if !all.told.contains(&told) {
                    all.told.push(told);
                }
            }
            all.reason = all.reason.or(one.reason);
            all
        }))
    }

    /// What it weighs for a requirement of a level: only a MUST can fail.
    fn weighed(mut self, level: Level) -> Self {
        self.verdict = match (level, self.verdict) {
            (Level::Should, Verdict::Fail) => Verdict::Warn,
            (Level::May, Verdict::Fail | Verdict::Warn) => Verdict::Info,
            (_, verdict) => verdict,
        };
        self
    }
}
