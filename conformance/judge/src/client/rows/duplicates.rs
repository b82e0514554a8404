//! Repeated requests and double clicks.
//! Only what reached the mock counts; what a client held back does not show.

use contract::{
    Call,
    trace::client::{Button, Note},
};

use super::{along, needing, polling::is_restart, row};
use crate::client::{
    case::Feature,
    row::{Cases, Level, Notes, Row, Weight, apart, seconds, told},
    view::View,
};

pub(super) const ROWS: &[Row] = &[
    row(
        "CC-IDM-01",
        Level::Should,
        Cases::Named(&["created-in-silence"]),
        creates,
        ("Repeats create-user at most once when the answer is lost.", "RFC 9110 §9.2.2"),
    ),
    row(
        "CC-IDM-02",
        Level::Must,
        Cases::Named(&["finalize-fails"]),
        finalises,
        ("Repeats finalise with the same body until it succeeds.", "2025-09 FIN, Usage Notes"),
    ),
    row(
        "CC-IDM-03",
        Level::MustByScheme,
        Cases::Named(&["slow-finalize"]),
        one_finalise,
        ("Has one finalise in flight, never two.", "good practice"),
    ),
    needing(
        &[Feature::Starts],
        row(
            "CC-IDM-04",
            Level::Should,
            Cases::Named(&["started-twice"]),
            one_start,
            ("Starts one identification when the person double-clicks.", "2025-09 INI"),
        ),
    ),
    needing(
        &[Feature::Resends],
        row(
            "CC-IDM-05",
            Level::Should,
            Cases::Named(&["resend"]),
            cool_down,
            ("Lets a person ask for a new code only after a while.", "2025-09 SMS, SMR, EMR notes"),
        ),
    ),
    along(
        &["CC-RES-02"],
        row(
            "CC-IDM-06",
            Level::Should,
            Cases::Named(&["questionnaire-in-silence"]),
            resent,
            (
                "Sends the questionnaire once more, unchanged, when the answer is lost.",
                "good practice",
            ),
        ),
    ),
];

fn creates(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "lost") else { return };
    let count = view.calls(Call::CreateUser).count();
    if count > 2 {
        notes.find(
            Weight::Broken,
            hit.step,
            told(
                format!("It created a user {count} times because no answer came."),
                "at most one repetition",
                format!("{count} requests"),
            ),
        );
    }
    notes.kept();
}

fn finalises(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "fail") else { return };
    let all: Vec<_> = view.calls(Call::Finalize).collect();
    let same = all.iter().all(|seen| seen.body() == hit.body());
    let done = all.last().is_some_and(|seen| seen.granted());
    notes.check(same && done, all.last().map_or(hit.step, |seen| seen.step), || {
        let sentence = if same {
            "It stopped before finalise had succeeded."
        } else {
            "It repeated finalise with another body."
        };
        told(sentence, "the same body until success", format!("{} requests", all.len()))
    });
}

fn one_finalise(view: &View<'_>, notes: &mut Notes) {
    let Some(slow) = notes.armed(view, "slow") else { return };
    let next = view.calls(Call::Finalize).find(|seen| seen.line > slow.line);
    let answered = next
        .is_none_or(|next| slow.left.is_some_and(|left| left < next.line) || view.left_alone(slow));
    notes.check(answered, next.map_or(slow.step, |seen| seen.step), || {
        told("It finalised again while a finalise was still in flight.", "one at a time", "two")
    });
}

fn one_start(view: &View<'_>, notes: &mut Notes) {
    let pressed =
        view.notes.iter().filter(|note| *note.what == Note::Pressed(Button::Start)).count();
    if pressed < 2 {
        return notes.unseen("\"Begin\" was not pressed twice.");
    }
    let starts: Vec<_> = view.calls(Call::Initiate).filter(|seen| !is_restart(seen)).collect();
    notes.check(starts.len() <= 1, starts.last().map_or(0, |seen| seen.step), || {
        told(
            "A double click started two identifications.",
            "one initiate",
            format!("{}", starts.len()),
        )
    });
}

fn cool_down(view: &View<'_>, notes: &mut Notes) {
    let pressed =
        view.notes.iter().filter(|note| *note.what == Note::Pressed(Button::Resend)).count();
    if pressed < 2 {
        return notes.unseen("\"Send again\" was not pressed.");
    }
    let sent: Vec<_> = view
        .requests
        .iter()
        .filter(|seen| seen.is(Call::SendPhoneCode) || seen.is(Call::ResendPhoneCode))
        .collect();
    let least = i64::from(view.declared.resend_cool_down) * 1_000;
    let soon = sent.windows(2).find(|pair| apart(pair[0], pair[1]) < least - view.tolerance(least));
    notes.check(soon.is_none(), soon.map_or(0, |pair| pair[1].step), || {
        let gap = soon.map_or(0, |pair| apart(pair[0], pair[1]));
        told(
            format!("It sent another SMS after {}.", seconds(gap)),
            format!("at least {} between two codes", seconds(least)),
            seconds(gap),
        )
    });
}

fn resent(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "lost") else { return };
    let again: Vec<_> =
        view.calls(Call::AddAdditionalData).filter(|seen| seen.line > hit.line).collect();
    let right = again.len() == 1 && again[0].body() == hit.body();
    notes.check(right, again.first().map_or(hit.step, |seen| seen.step), || {
        let sentence = match again.len() {
            0 => "It gave up when the answer to the questionnaire was lost.",
            1 => "It sent another questionnaire when the answer was lost.",
            _ => "It sent the questionnaire again and again.",
        };
        told(sentence, "the same body, once", format!("{} more", again.len()))
    });
}
