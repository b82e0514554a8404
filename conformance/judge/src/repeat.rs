//! The same seed, the same script and the same clock twice: the two transcripts must be the same,
//! line by line, or no failure comes back when it is looked at.

use contract::trace::{Decided, Decision, Line};

use crate::{Settled, finding::Findings};

/// Holds the trace of a second run against that of the first.
#[must_use]
pub fn judge(first: &[Line], second: &[Line]) -> Settled {
    let mut findings = Findings::default();
    let [first, second] = [first, second].map(decisions);
    if first.is_empty() || second.is_empty() {
        findings.missing("nothing was played twice");
        return findings.settle();
    }
    let differing = first.iter().zip(&second).find(|(one, other)| one != other);
    if let Some((one, other)) = differing {
        findings.broken(words(one), words(other), other.step);
    } else if first.len() != second.len() {
        let [one, other] = [first.len(), second.len()].map(|count| format!("{count} lines"));
        findings.broken(one, other, first.len().min(second.len()) as u64);
    }
    findings.told(format!("{} lines, twice", first.len()));
    findings.settle()
}

fn decisions(lines: &[Line]) -> Vec<&Decision> {
    let own = lines.iter().filter_map(|line| match line {
        Line::Decision(decision) => Some(decision),
        Line::Trace(_) | Line::Transport(_) => None,
    });
    own.collect()
}

/// A line, short enough to be read.
fn words(decision: &Decision) -> String {
    const LONGEST: usize = 400;
    let text = match &decision.what {
        Decided::Exchange(exchange) => {
            let answer = exchange.answer.as_ref().map(ToString::to_string).unwrap_or_default();
            let headers: Vec<_> =
                exchange.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            let headers = headers.join("; ");
            format!(
                "{} {} at {}: {} {answer} {headers}",
                exchange.method, exchange.path, decision.at, exchange.status
            )
        }
        other => format!("{other:?} at {}", decision.at),
    };
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use contract::{
        Instant,
        trace::{Landing, Leg, Redirected},
    };

    use super::*;
    use crate::Verdict;

    fn line(step: u64, user: i32) -> Line {
        let hit = Redirected { user, leg: Leg::Signing, to: Landing::Fail, with: Vec::new() };
        let (at, what) = (Instant::STEPPED_START, Decided::Redirected(hit));
        Line::Decision(Decision { step, at, what })
    }

    #[test]
    fn the_first_line_that_differs_is_shown() {
        let same = judge(&[line(1, 7), line(2, 7)], &[line(1, 7), line(2, 7)]);
        assert_eq!(
            (same.verdict, same.told.as_slice()),
            (Verdict::Pass, &["2 lines, twice".to_owned()][..])
        );
        let other = judge(&[line(1, 7), line(2, 7)], &[line(1, 7), line(2, 8)]);
        assert_eq!(other.verdict, Verdict::Fail);
        assert_eq!(other.findings[0].at, [2]);
        assert!(other.findings[0].got.contains("user: 8"), "{other:?}");
        assert_eq!(judge(&[line(1, 7)], &[line(1, 7), line(2, 7)]).verdict, Verdict::Fail);
        assert_eq!(judge(&[], &[]).verdict, Verdict::NotExercised);
    }
}
