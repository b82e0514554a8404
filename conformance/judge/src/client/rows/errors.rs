//! Refusals and odd answers.
//! A client is judged by what it sends next, not by what it says.

use contract::{
    Call, Host,
    trace::client::{Ending, Note},
};

use super::{along, row};
use crate::client::{
    row::{Cases, Level, Notes, Row, Weight, apart, seconds, told},
    view::{Seen, View},
};

pub(super) const ROWS: &[Row] = &[
    row(
        "CC-ERR-01",
        Level::MustByScheme,
        Cases::Named(&["fields-refused", "phone-refused", "questionnaire-refused"]),
        same_body,
        ("Does not send a body again that was refused for its fields.", "RFC 9110 §15.5"),
    ),
    row(
        "CC-ERR-02",
        Level::MustByScheme,
        Cases::Named(&["not-found", "forbidden", "conflict", "unprocessable"]),
        no_retry,
        ("Does not repeat what was refused for good.", "RFC 9110 §15.5"),
    ),
    row(
        "CC-ERR-03",
        Level::MustByScheme,
        Cases::Named(&["throttled-seconds", "throttled-date"]),
        told_when,
        ("Waits as long as Retry-After says.", "RFC 9110 §10.2.3; RFC 6585"),
    ),
    row(
        "CC-ERR-04",
        Level::Should,
        Cases::Named(&["throttled"]),
        growing,
        ("Waits at least a second after 429, and longer each time.", "RFC 6585 §4"),
    ),
    along(
        &["CC-IDM-02"],
        row(
            "CC-ERR-05",
            Level::Should,
            Cases::Named(&["gateway-down"]),
            backoff,
            (
                "Retries what passes: with growing waits, at most six times.",
                "page error lists, \"retry with backoff\"",
            ),
        ),
    ),
    row(
        "CC-ERR-06",
        Level::MustByScheme,
        Cases::Named(&["odd-errors", "empty-errors", "null-errors", "code-errors"]),
        any_body,
        ("Decides by the status, whatever the body of a refusal looks like.", "RFC 9457"),
    ),
    row(
        "CC-ERR-07",
        Level::MustByScheme,
        Cases::Named(&["unknown-members"]),
        lenient,
        ("Ignores members that it does not know.", "RFC 9457 §3.2"),
    ),
    row(
        "CC-ERR-08",
        Level::MustByScheme,
        Cases::Named(&["missing-id", "missing-address", "broken-json"]),
        strict,
        ("Builds nothing on a value that did not come.", "good practice"),
    ),
    row(
        "CC-ERR-09",
        Level::Must,
        Cases::Named(&["confirmed-false"]),
        unconfirmed,
        ("Takes success: false for what it says.", "2026-05 EML"),
    ),
];

fn same_body(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "refuse") else { return };
    let again = view
        .after(hit.line)
        .find(|seen| seen.said.call == hit.said.call && seen.body() == hit.body());
    notes.check(again.is_none(), again.map_or(hit.step, |seen| seen.step), || {
        told(
            "It sent a body again that had been refused for its fields.",
            "not the same body",
            "the same body",
        )
    });
}

fn no_retry(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "refuse") else { return };
    let again = view.after(hit.line).find(|seen| seen.said.call == hit.said.call);
    let status = hit.said.status;
    notes.check(again.is_none(), again.map_or(hit.step, |seen| seen.step), || {
        told(
            format!("It repeated a request that was answered {status}."),
            "no repetition",
            "the same call again",
        )
    });
}

fn told_when(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "throttle") else { return };
    let next = view.polls().find(|poll| poll.line > hit.line);
    let gap = next.map(|next| apart(hit, next));
    notes.check(gap.is_none_or(|gap| gap >= 9_000 - view.tolerance(10_000)), hit.step, || {
        let gap = seconds(gap.unwrap_or_default());
        told(
            format!("It asked again after {gap}; it was told to wait 9 s."),
            "not before 9 s, one second of leeway",
            gap,
        )
    });
}

/// The gaps between the attempts of a call that a rule hit, the one after the last hit included.
fn gaps(view: &View<'_>, rule: &'static str) -> Vec<i64> {
    let hits: Vec<_> = view.hit(rule).collect();
    let Some(call) = hits.first().and_then(|hit| hit.said.call) else { return Vec::new() };
    let all: Vec<&Seen<'_>> = view.calls(call).filter(|seen| seen.line >= hits[0].line).collect();
    let tries = all.iter().position(|seen| seen.granted()).map_or(all.len(), |at| at + 1);
    all[..tries].windows(2).map(|pair| apart(pair[0], pair[1])).collect()
}

fn is_growing(view: &View<'_>, gaps: &[i64]) -> bool {
    gaps.windows(2).all(|pair| pair[1] + view.tolerance(pair[1]) > pair[0])
        && gaps.first().zip(gaps.last()).is_none_or(|(first, last)| gaps.len() < 3 || last > first)
}

fn growing(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "throttle") else { return };
    let gaps = gaps(view, "throttle");
    let soon = gaps.iter().any(|gap| *gap < 1_000 - view.tolerance(1_000));
    notes.check(!soon && is_growing(view, &gaps), hit.step, || {
        told(
            "It came back too soon after 429, or did not wait longer each time.",
            "at least 1 s, then longer",
            gaps.iter().map(|gap| seconds(*gap)).collect::<Vec<_>>().join(", "),
        )
    });
}

fn backoff(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "down") else { return };
    let gaps = gaps(view, "down");
    let list = || gaps.iter().map(|gap| seconds(*gap)).collect::<Vec<_>>().join(", ");
    let hammers = gaps.iter().filter(|gap| **gap < 250).count() > 1;
    let flat = !hammers && !is_growing(view, &gaps);
    if gaps.is_empty() {
        notes.find(
            Weight::Broken,
            hit.step,
            told(
                "It gave up at the first 503.",
                "it retries with growing waits",
                "no further attempt",
            ),
        );
    }
    notes.check(!hammers && !flat && gaps.len() <= 5, hit.step, || {
        told("It did not retry with growing waits.", "growing waits, at most six tries", list())
    });
}

fn any_body(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = view.hit("refuse").next() else {
        return notes.unseen("The client never made the request that the fault waits for.");
    };
    let crashed = view.ending() == Some(Ending::Crashed);
    let next =
        view.after(hit.line).find(|seen| seen.said.host == Host::Api && !seen.is(Call::UserStatus));
    notes.check(!crashed && next.is_none(), hit.step, || {
        let sentence = if crashed {
            "It fell over when a refusal looked other than usual.".to_owned()
        } else {
            "It went on after a refusal, because it did not understand its body.".to_owned()
        };
        told(sentence, "an orderly end", if crashed { "a crash" } else { "another call" })
    });
}

fn lenient(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "odd") else { return };
    notes.completes(
        view,
        hit.step,
        "Members that it does not know stopped it.",
        "the flow goes on",
    );
}

fn strict(view: &View<'_>, notes: &mut Notes) {
    let rule = if view.case.name == "broken-json" { "broken" } else { "missing" };
    let Some(hit) = notes.armed(view, rule) else { return };
    let repeats = |seen: &&Seen<'_>| seen.said.call == hit.said.call || seen.is(Call::UserStatus);
    let next = view.after(hit.line).find(|seen| seen.said.host == Host::Api && !repeats(seen));
    let opened = view
        .notes
        .iter()
        .any(|note| note.line > hit.line && matches!(note.what, Note::Opened { .. }));
    notes.check(next.is_none() && !opened, next.map_or(hit.step, |seen| seen.step), || {
        told(
            "It went on although the answer lacked what the next step needs.",
            "no next step",
            next.map_or_else(|| "a page".to_owned(), |seen| seen.said.path.clone()),
        )
    });
}

fn unconfirmed(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "false") else { return };
    let next =
        view.after(hit.line).find(|seen| seen.is(Call::SendPhoneCode) || seen.is(Call::Initiate));
    notes.check(next.is_none(), next.map_or(hit.step, |seen| seen.step), || {
        told(
            "The confirmation said success: false, and it went on as if the address were confirmed.",
            "no next step",
            next.and_then(|seen| seen.said.call).map_or("", Call::name),
        )
    });
}
