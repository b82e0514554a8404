//! Lost, late and broken answers, and how a flow ends.
//! Whatever breaks, nothing is done twice and the flow goes on or ends in order.

use contract::{
    Call,
    trace::client::{Decoy, Note},
};
use serde_json::Value;

use super::{along, polling::SIGNED, row};
use crate::client::{
    row::{Cases, Level, Notes, Row, apart, seconds, told},
    view::View,
};

pub(super) const ROWS: &[Row] = &[
    row(
        "CC-RES-01",
        Level::Should,
        Cases::Named(&["slow-steps"]),
        slow,
        (
            "Waits for slow answers, or gives up once, without doing anything twice.",
            "good practice",
        ),
    ),
    along(
        &["CC-IDM-06"],
        row(
            "CC-RES-02",
            Level::MustByScheme,
            Cases::Named(&["cut-after-headers"]),
            cut,
            (
                "Takes a broken answer for an unknown outcome: repeats reads, and writes once.",
                "RFC 9110 §9.2.2",
            ),
        ),
    ),
    row(
        "CC-RES-03",
        Level::Should,
        Cases::Named(&["dripping"]),
        drip,
        ("Has a deadline for the whole answer, not only between bytes.", "good practice"),
    ),
    row(
        "CC-RES-04",
        Level::Should,
        Cases::Named(&["idle-closed"]),
        idle,
        ("Connects again when the server has closed an idle connection.", "RFC 9112 §9.5"),
    ),
    row(
        "CC-RES-05",
        Level::Should,
        Cases::Named(&["outage"]),
        outage,
        ("Survives an outage of a minute in the second phase.", "good practice"),
    ),
    row(
        "CC-RES-06",
        Level::Should,
        Cases::Named(&["moved-elsewhere", "huge-body"]),
        astray,
        ("Sends no token to another host, and survives a huge body.", "RFC 9110 §15.4"),
    ),
    along(
        &["CC-IDM-02"],
        row(
            "CC-FIN-01",
            Level::Must,
            Cases::Healthy,
            once,
            (
                "Finalises exactly once, after the second phase, with the fields that are required.",
                "2025-09 FIN §2, §4",
            ),
        ),
    ),
    row(
        "CC-FIN-02",
        Level::Must,
        Cases::Named(&["not-yet"]),
        not_yet,
        ("Goes back to polling when finalise comes too early.", "2026-05 FIN, Errors"),
    ),
    row(
        "CC-FIN-03",
        Level::Should,
        Cases::Healthy,
        soon,
        ("Finalises within 30 seconds, and afterwards only reads.", "good practice"),
    ),
    row(
        "CC-FIN-04",
        Level::Must,
        Cases::Named(&["cancelled", "declined", "endless-processing", "error-in-first-phase"]),
        never,
        ("Never finalises what was abandoned, failed or timed out.", "2025-09 FIN"),
    ),
];

fn slow(view: &View<'_>, notes: &mut Notes) {
    let rules =
        [("slow-create", 1), ("slow-sms", 2), ("slow-initiate", 2), ("slow-questionnaire", 2)];
    for (rule, most) in rules {
        let Some(hit) = notes.armed(view, rule) else { return };
        let count = view.requests.iter().filter(|seen| seen.said.call == hit.said.call).count();
        let call = hit.said.call.map_or("", Call::name);
        notes.check(count <= most, hit.step, || {
            told(
                format!("It called {call} {count} times because the answer took ten seconds."),
                format!("at most {most}"),
                count.to_string(),
            )
        });
    }
}

fn cut(view: &View<'_>, notes: &mut Notes) {
    let Some(poll) = notes.armed(view, "poll") else { return };
    notes.completes(view, poll.step, "An answer that broke off stopped it.", "the flow goes on");
    let Some(write) = notes.armed(view, "write") else { return };
    let all: Vec<_> = view.calls(Call::AddAdditionalData).collect();
    let same = all.iter().all(|seen| seen.body() == write.body());
    notes.check(all.len() <= 2 && same, write.step, || {
        told(
            "It repeated a write whose answer broke off more than once, or changed it.",
            "the same body, once more",
            format!("{} requests", all.len()),
        )
    });
}

fn drip(view: &View<'_>, notes: &mut Notes) {
    let Some(drip) = notes.armed(view, "drip") else { return };
    let declared = i64::from(view.declared.deadline) * 1_000;
    let next = view.after(drip.line).next();
    let gap = next.map(|next| apart(drip, next));
    let kept = gap.is_none_or(|gap| gap <= declared + view.tolerance(declared));
    notes.check(kept, drip.step, || {
        let gap = seconds(gap.unwrap_or_default());
        told(
            format!("It waited {gap} for an answer that came one byte a second."),
            format!("at most {}", seconds(declared)),
            gap,
        )
    });
}

fn idle(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "idle") else { return };
    notes.completes(view, hit.step, "A closed connection stopped it.", "a new connection");
}

fn outage(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "outage") else { return };
    let starts = view.calls(Call::Initiate).count();
    notes.check(starts == 1, hit.step, || {
        told(
            "It began the identification again because of an outage.",
            "polling goes on",
            format!("{starts} initiates"),
        )
    });
    notes.completes(view, hit.step, "An outage of a minute stopped it.", "polling goes on");
}

fn astray(view: &View<'_>, notes: &mut Notes) {
    if view.case.name == "huge-body" {
        let Some(hit) = notes.armed(view, "huge") else { return };
        let done = view.ending() != Some(contract::trace::client::Ending::Crashed);
        return notes.check(done, hit.step, || {
            told("A body of five megabytes brought it down.", "an orderly end", "a crash")
        });
    }
    let Some(moved) = notes.armed(view, "moved") else { return };
    let strayed = view.notes.iter().any(|note| {
        matches!(note.what, Note::Strayed { listener: Decoy::Elsewhere, bearer: true, .. })
    });
    notes.check(!strayed, moved.step, || {
        told(
            "It followed a redirect to another host and took its token along.",
            "no token for another host",
            "the token",
        )
    });
}

fn once(view: &View<'_>, notes: &mut Notes) {
    let granted: Vec<_> = view.calls(Call::Finalize).filter(|seen| seen.granted()).collect();
    let Some(first) = granted.first() else {
        return notes.unseen("The flow was not finalised.");
    };
    let signed = view.polls().any(|poll| poll.status() == Some(SIGNED) && poll.line < first.line);
    let body = first.said.request.as_ref();
    let user = body.and_then(|body| body.get("userId")).is_some_and(Value::is_number);
    let callback = body.and_then(|body| body.get("bTrustAppCallBackId"));
    let callback = callback.is_none_or(|value| value.is_null() || value.is_string());
    let count = view.calls(Call::Finalize).count();
    notes.check(count == 1 && signed && user && callback, first.step, || {
        let sentence = if count > 1 {
            format!("It finalised {count} times.")
        } else if !signed {
            "It finalised without having seen that the documents are signed.".to_owned()
        } else {
            "The body of finalise is not as documented.".to_owned()
        };
        told(sentence, "one finalise, after the second phase", format!("{count} requests"))
    });
}

fn not_yet(view: &View<'_>, notes: &mut Notes) {
    let Some(early) = notes.armed(view, "early") else { return };
    let next = view.calls(Call::Finalize).find(|seen| seen.line > early.line);
    let Some(next) = next else { return notes.kept() };
    let polled = view.polls().any(|poll| poll.line > early.line && poll.line < next.line);
    let gap = apart(early, next);
    notes.check(polled && gap >= 2_000 - view.tolerance(2_000), next.step, || {
        told(
            format!(
                "Finalise was refused as too early, and it asked again after {}.",
                seconds(gap)
            ),
            "polls in between, at their pace",
            if polled { seconds(gap) } else { "no poll".to_owned() },
        )
    });
}

fn soon(view: &View<'_>, notes: &mut Notes) {
    let signed = view.polls().find(|poll| poll.status() == Some(SIGNED));
    let done = view.calls(Call::Finalize).find(|seen| seen.granted());
    let (Some(signed), Some(done)) = (signed, done) else {
        return notes.unseen("The flow was not finalised.");
    };
    let gap = apart(signed, done);
    notes.check(gap <= 30_000 + view.tolerance(30_000), done.step, || {
        told(format!("It finalised after {}.", seconds(gap)), "within 30 s", seconds(gap))
    });
    let more = view.after(done.line).find(|seen| {
        !seen.is(Call::UserStatus) && !seen.is(Call::Finalize) && seen.said.method != "GET"
    });
    notes.check(more.is_none(), more.map_or(done.step, |seen| seen.step), || {
        told(
            "It went on changing things after it had finalised.",
            "only reads",
            more.and_then(|seen| seen.said.call).map_or("", Call::name),
        )
    });
}

fn never(view: &View<'_>, notes: &mut Notes) {
    if view.calls(Call::Initiate).next().is_none() {
        return notes.unseen("The client never began an identification.");
    }
    let sent = view.calls(Call::Finalize).next();
    notes.check(sent.is_none(), sent.map_or(0, |seen| seen.step), || {
        told("It finalised an onboarding that had failed.", "no finalise", "finalise")
    });
}
