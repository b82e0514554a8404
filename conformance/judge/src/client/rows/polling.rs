//! The discipline of polling.
//! Intervals are measured from start to start, by the clock of the world.

use contract::{
    Call,
    trace::{Leg, client::Note},
};
use serde_json::Value;

use super::{along, order::READY, row};
use crate::client::{
    row::{Cases, Level, Notes, Row, Weight, apart, seconds, told},
    view::{Seen, View},
};

const LONG: Cases = Cases::Named(&["long-processing"]);

pub(super) const ROWS: &[Row] = &[
    along(
        &["CC-RED-06"],
        row(
            "CC-POL-01",
            Level::Must,
            LONG,
            not_faster,
            ("Leaves at least two seconds between polls.", "2026-05 POL, Polling Guidance"),
        ),
    ),
    row(
        "CC-POL-02",
        Level::Should,
        LONG,
        not_slower,
        ("Polls at least every five seconds.", "2026-05 POL, Polling Guidance"),
    ),
    row(
        "CC-POL-03",
        Level::Must,
        Cases::Named(&["endless-processing"]),
        limit,
        ("Stops polling by itself, at its declared limit.", "2026-05 POL"),
    ),
    row(
        "CC-POL-04",
        Level::Must,
        Cases::Every,
        first_end,
        (
            "Stops polling when the first phase has succeeded, and opens the signing page.",
            "2026-05 POL",
        ),
    ),
    row(
        "CC-POL-05",
        Level::Must,
        Cases::Every,
        second_end,
        ("Stops polling when the documents are signed.", "2026-05 POL"),
    ),
    row(
        "CC-POL-06",
        Level::Must,
        Cases::Named(&["error-in-first-phase"]),
        error,
        ("Stops at ERROR; starts anew only with the restart flag.", "2026-05 POL, INI"),
    ),
    row(
        "CC-POL-07",
        Level::Must,
        Cases::Every,
        completed,
        ("Polls with the completion parameter true.", "2025-09 POL §1"),
    ),
    along(
        &["CC-POL-04"],
        row(
            "CC-POL-08",
            Level::MustByScheme,
            Cases::Named(&["slow-polls"]),
            one_at_a_time,
            ("Has one poll in flight for a user, never two.", "good practice"),
        ),
    ),
    row(
        "CC-POL-09",
        Level::Should,
        Cases::Named(&["old-status-in-second-phase"]),
        patient,
        ("Keeps waiting when the second phase repeats the status of the first.", "good practice"),
    ),
    row(
        "CC-POL-10",
        Level::Must,
        Cases::Named(&["poll-fails"]),
        resumes,
        (
            "Goes on polling after a failure that passes, no faster than before.",
            "2026-05 POL, Errors",
        ),
    ),
    row(
        "CC-POL-11",
        Level::Review,
        Cases::Named(&["null-address"]),
        nowhere,
        ("Goes nowhere when a phase succeeds without an address.", "2026-05 POL"),
    ),
];

/// How the second phase ends well.
pub(super) const SIGNED: &str = "DOCUMENT_SIGN_SUCCESS";

/// Pairs of polls of the first phase, one after the other.
fn pairs<'v, 'a>(view: &'v View<'a>) -> Vec<(&'v Seen<'a>, &'v Seen<'a>)> {
    let polls: Vec<_> = view.polls().collect();
    polls
        .windows(2)
        .filter(|pair| pair[0].status() == Some("PROCESSING"))
        .map(|pair| (pair[0], pair[1]))
        .collect()
}

fn not_faster(view: &View<'_>, notes: &mut Notes) {
    early(view, notes, "");
}

/// One early poll is a warning, more are broken.
pub(super) fn early(view: &View<'_>, notes: &mut Notes, why: &str) {
    let pairs = pairs(view);
    let is_early = |(first, second): &&(&Seen<'_>, &Seen<'_>)| {
        apart(first, second) < 2_000 - view.tolerance(2_000)
    };
    let early: Vec<_> = pairs.iter().filter(is_early).collect();
    if pairs.len() < 3 {
        return notes.unseen("There were too few polls to measure.");
    }
    notes.kept();
    if let Some((first, second)) = early.first() {
        let weight = if early.len() == 1 { Weight::Warn } else { Weight::Broken };
        let after = seconds(apart(first, second));
        notes.find(
            weight,
            second.step,
            told(
                format!("It polled again after {after}; the provider asks for 2 to 5 s.{why}"),
                "at least 2 s from poll to poll",
                format!("{} of {} polls too early", early.len(), pairs.len()),
            ),
        );
    }
}

fn not_slower(view: &View<'_>, notes: &mut Notes) {
    let mut gaps: Vec<_> = pairs(view).iter().map(|(first, second)| apart(first, second)).collect();
    if gaps.len() < 3 {
        return notes.unseen("There were too few polls to measure.");
    }
    gaps.sort_unstable();
    let at = gaps[(gaps.len() * 95 / 100).min(gaps.len() - 1)];
    let step = view.polls().last().map_or(0, |poll| poll.step);
    notes.check(at <= 5_000 + view.tolerance(5_000), step, || {
        told(
            format!("It polled again after {}; the provider asks for 2 to 5 s.", seconds(at)),
            "at most 5 s from poll to poll",
            seconds(at),
        )
    });
}

fn limit(view: &View<'_>, notes: &mut Notes) {
    let (Some(first), Some(last)) = (view.polls().next(), view.polls().last()) else {
        return notes.unseen("The client never polled.");
    };
    let declared = i64::from(view.declared.poll_limit.min(300)) * 1_000;
    let took = apart(first, last);
    let stopped = view.ending() != Some(contract::trace::client::Ending::Stopped);
    notes.check(stopped && took <= declared + view.tolerance(declared), last.step, || {
        let sentence = if stopped {
            format!("It polled for {}; it declares {}.", seconds(took), seconds(declared))
        } else {
            format!("It was still polling after {} and had to be stopped.", seconds(took))
        };
        told(sentence, format!("the last poll within {}", seconds(declared)), seconds(took))
    });
}

pub(super) fn has_address(poll: &Seen<'_>) -> bool {
    let address = poll.said.answer.as_ref().and_then(|answer| answer.get("videoIdentificationUrl"));
    address.is_some_and(|address| !address.is_null())
}

fn first_end(view: &View<'_>, notes: &mut Notes) {
    let ready =
        view.polls().find(|poll| poll.whole && poll.status() == Some(READY) && has_address(poll));
    let Some(ready) = ready else { return };
    let page =
        view.pages.iter().find(|page| page.line > ready.line && page.what.leg == Leg::Signing);
    let until = page.map_or(usize::MAX, |page| page.line);
    let more = view.polls().find(|poll| poll.line > ready.line && poll.line < until);
    if page.is_none() && view.ending().is_none() {
        return;
    }
    notes.check(more.is_none() && page.is_some(), more.map_or(ready.step, |poll| poll.step), || {
        told(
            "The first phase had succeeded, but it polled on instead of opening the signing page.",
            "no further poll, then the signing page",
            if page.is_some() { "polls before the page" } else { "no page" },
        )
    });
}

fn second_end(view: &View<'_>, notes: &mut Notes) {
    let Some(signed) = view.polls().find(|poll| poll.whole && poll.status() == Some(SIGNED)) else {
        return;
    };
    let refused = view.calls(Call::Finalize).any(|seen| seen.said.status == 400);
    let more = view.polls().find(|poll| poll.line > signed.line && !refused);
    notes.check(more.is_none(), more.map_or(signed.step, |poll| poll.step), || {
        told(
            "It went on polling after the documents were signed.",
            "no poll after DOCUMENT_SIGN_SUCCESS",
            "another poll",
        )
    });
}

/// Whether an initiate begins a new attempt.
pub(super) fn is_restart(seen: &Seen<'_>) -> bool {
    let flag = seen.said.request.as_ref().and_then(|body| body.get("isRestartIdentification"));
    flag == Some(&Value::Bool(true))
}

fn error(view: &View<'_>, notes: &mut Notes) {
    let Some(error) = view.polls().find(|poll| poll.whole && poll.status() == Some("ERROR")) else {
        return notes.unseen("No poll was answered with ERROR.");
    };
    let next = view.after(error.line).find(|seen| {
        seen.is(Call::IdentificationStatus) || seen.is(Call::Finalize) || seen.is(Call::Initiate)
    });
    let right = next.is_none_or(|next| next.is(Call::Initiate) && is_restart(next));
    notes.check(right, next.map_or(error.step, |next| next.step), || {
        told(
            "After ERROR it went on as if nothing had happened.",
            "an end, or a new initiate with the restart flag",
            next.and_then(|next| next.said.call).map_or("", Call::name),
        )
    });
}

fn completed(view: &View<'_>, notes: &mut Notes) {
    for poll in view.polls() {
        let told_so = poll.said.path.split('/').any(|part| part == "true");
        notes.check(told_so, poll.step, || {
            told("It polled without saying that the browser came back.", "true", "false")
        });
    }
}

fn one_at_a_time(view: &View<'_>, notes: &mut Notes) {
    let hits: Vec<_> = view.hit("slow").collect();
    if hits.len() < 2 {
        return notes.unseen("Too few polls were slow.");
    }
    for slow in hits {
        let next = view.polls().find(|poll| poll.line > slow.line);
        let Some(next) = next else { continue };
        let gone = view.left_alone(slow);
        let answered = slow.left.is_some_and(|left| left < next.line);
        notes.check(answered || gone, next.step, || {
            told(
                format!(
                    "It polled again after {}, while a poll was still in flight.",
                    seconds(apart(slow, next))
                ),
                "one poll at a time",
                "two",
            )
        });
    }
}

fn patient(view: &View<'_>, notes: &mut Notes) {
    let Some(page) = view.pages.iter().find(|page| page.what.leg == Leg::Signing) else {
        return notes.unseen("The signing page was never opened.");
    };
    let old = view.polls().find(|poll| poll.line > page.line && poll.status() == Some(READY));
    let Some(old) = old else {
        return notes.unseen("The second phase did not repeat the old status.");
    };
    let opened = view
        .notes
        .iter()
        .any(|note| note.line > old.line && matches!(note.what, Note::Opened { .. }));
    notes.check(!opened, old.step, || {
        told(
            "An old status in the second phase made it open the signing page again.",
            "it keeps polling",
            "the page was opened again",
        )
    });
    notes.completes(view, old.step, "An old status in the second phase stopped it.", "polls go on");
}

fn resumes(view: &View<'_>, notes: &mut Notes) {
    for rule in ["busy", "reset"] {
        let Some(hit) = notes.armed(view, rule) else { return };
        let before = view.polls().rfind(|poll| poll.line < hit.line);
        let next = view.polls().find(|poll| poll.line > hit.line);
        let usual = before.map_or(2_000, |before| apart(before, hit).min(3_000));
        let gap = next.map(|next| apart(hit, next));
        // Both polls may have been under way for longer than usual, so one gap is a rough measure.
        let least = usual - view.tolerance(usual).max(usual / 4);
        match gap {
            Some(gap) => notes.check(gap >= least, hit.step, || {
                told(
                    format!(
                        "After a poll that failed it polled again after only {}.",
                        seconds(gap)
                    ),
                    "polling goes on, no faster than before",
                    seconds(gap),
                )
            }),
            None => notes.check(false, hit.step, || {
                told("It gave up after a poll that failed.", "polling goes on", "no further poll")
            }),
        }
        notes.completes(view, hit.step, "Polls that failed stopped it.", "polling goes on");
    }
}

fn nowhere(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) =
        view.polls().find(|poll| poll.whole && poll.status() == Some(READY) && !has_address(poll))
    else {
        return notes.unseen("No phase succeeded without an address.");
    };
    let opened = view
        .notes
        .iter()
        .find(|note| note.line > hit.line && matches!(note.what, Note::Opened { .. }));
    notes.check(opened.is_none(), hit.step, || {
        told("It opened a page though it was given no address.", "no page", "a page")
    });
}
