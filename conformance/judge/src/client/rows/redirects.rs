//! Redirects.
//! A redirect proves nothing: the status decides, and only for the user of this browser.

use contract::{
    Call,
    trace::client::{Note, Noticed, Visit},
};

use super::{
    along, needing,
    polling::{early, is_restart},
    row,
};
use crate::client::{
    case::Feature,
    row::{Cases, Level, Notes, Row, told},
    view::View,
};

const LANDS: &[Feature] = &[Feature::Lands];

pub(super) const ROWS: &[Row] = &[
    along(
        &["CC-POL-06", "CC-FIN-04"],
        row(
            "CC-RED-01",
            Level::Must,
            Cases::Named(&["error-after-success"]),
            not_finalised,
            (
                "Does not finalise because of a redirect; the status decides.",
                "2025-09 FIN, Usage Notes",
            ),
        ),
    ),
    needing(
        LANDS,
        row(
            "CC-RED-02",
            Level::Must,
            Cases::Named(&["forged-success"]),
            not_finalised,
            ("Does not believe a Success redirect that nobody sent.", "2025-09 FIN, POL"),
        ),
    ),
    row(
        "CC-RED-03",
        Level::Must,
        Cases::Named(&["cancelled"]),
        failed,
        ("After a Fail redirect restarts at most once, with the restart flag.", "2025-09 INI §1"),
    ),
    needing(
        LANDS,
        row(
            "CC-RED-04",
            Level::MustByScheme,
            Cases::Named(&["landed-again"]),
            again,
            (
                "Does nothing when the Success URL is visited again after the end.",
                "2025-09 FIN, idempotency",
            ),
        ),
    ),
    needing(
        LANDS,
        row(
            "CC-RED-05",
            Level::MustByScheme,
            Cases::Named(&["altered-landing"]),
            bound,
            ("Asks only about the user of this browser, whatever the address says.", "RFC 9700"),
        ),
    ),
    needing(
        LANDS,
        along(
            &["CC-POL-04"],
            row(
                "CC-RED-06",
                Level::Should,
                Cases::Named(&["landed-twice"]),
                one_loop,
                ("Polls in one loop though the redirect came twice.", "good practice"),
            ),
        ),
    ),
    row(
        "CC-RED-07",
        Level::MustByScheme,
        Cases::Every,
        pages,
        ("Opens pages over https, as they were given, and adds nothing.", "RFC 6750 §5.3"),
    ),
];

fn not_finalised(view: &View<'_>, notes: &mut Notes) {
    if view.case.name == "error-after-success" {
        let Some(_) = view.polls().find(|poll| poll.whole && poll.status() == Some("ERROR")) else {
            return notes.unseen("No poll was answered with ERROR.");
        };
    } else if !view.notes.iter().any(|note| is_visit(note.what, Visit::Forged)) {
        return notes.unseen("The forged redirect did not arrive.");
    }
    let sent = view.calls(Call::Finalize).next();
    notes.check(sent.is_none(), sent.map_or(0, |seen| seen.step), || {
        told("It finalised because a browser came to the Success URL.", "no finalise", "finalise")
    });
}

fn is_visit(note: &Note, wanted: Visit) -> bool {
    matches!(note, Note::Visited { why, .. } if *why == wanted)
}

fn failed(view: &View<'_>, notes: &mut Notes) {
    use contract::trace::Landing;
    let came = view
        .notes
        .iter()
        .find(|note| matches!(note.what, Note::Landed { landing: Landing::Fail, .. }));
    let Some(came) = came else {
        return notes.unseen("The browser never came to the Fail URL.");
    };
    let starts: Vec<_> = view.calls(Call::Initiate).filter(|seen| seen.line > came.line).collect();
    let polls = view.polls().filter(|seen| seen.line > came.line).count();
    let restarted = starts.first().map_or(usize::MAX, |seen| seen.line);
    let astray = view.polls().find(|seen| seen.line > came.line && seen.line < restarted);
    let sent = view.calls(Call::Finalize).next();
    let right = starts.len() <= 1 && starts.iter().all(|seen| is_restart(seen));
    notes.check(right && sent.is_none() && astray.is_none(), came.step, || {
        told(
            "After the browser came to the Fail URL it went on as after success.",
            "an end, or one initiate with the restart flag",
            format!(
                "{} initiates, {polls} polls, {} finalise",
                starts.len(),
                usize::from(sent.is_some())
            ),
        )
    });
}

fn again(view: &View<'_>, notes: &mut Notes) {
    let Some(visit) = view.notes.iter().find(|note| is_visit(note.what, Visit::Again)) else {
        return notes.unseen("The Success URL was not visited again.");
    };
    let done = view.calls(Call::Finalize).any(|seen| seen.line < visit.line && seen.granted());
    if !done {
        return notes.unseen("The flow was not over when the Success URL was visited again.");
    }
    let more =
        view.after(visit.line).find(|seen| seen.is(Call::Initiate) || seen.is(Call::Finalize));
    notes.check(more.is_none(), more.map_or(visit.step, |seen| seen.step), || {
        told(
            "A second visit to the Success URL made it act again.",
            "no initiate and no finalise",
            more.and_then(|seen| seen.said.call).map_or("", Call::name),
        )
    });
}

fn bound(view: &View<'_>, notes: &mut Notes) {
    let Some(visit) = view.notes.iter().find(|note| is_visit(note.what, Visit::Foreign)) else {
        return notes.unseen("The altered redirect did not arrive.");
    };
    let Some(own) = view.user() else { return };
    let polls: Vec<_> = view.polls().filter(|poll| poll.line > visit.line).collect();
    if polls.is_empty() {
        return notes.unseen("The client did not poll after the altered redirect.");
    }
    for poll in polls {
        let of = poll.said.path.split('/').nth(2).unwrap_or_default();
        notes.check(of == own.to_string(), poll.step, || {
            told(
                "It asked about the user that the address of the redirect named.",
                format!("user {own}"),
                format!("user {of}"),
            )
        });
    }
}

fn one_loop(view: &View<'_>, notes: &mut Notes) {
    if !view.notes.iter().any(|note| is_visit(note.what, Visit::Twice)) {
        return notes.unseen("The redirect did not come twice.");
    }
    early(view, notes, " The redirect had come twice.");
}

fn pages(view: &View<'_>, notes: &mut Notes) {
    for note in &view.notes {
        let Note::Opened { secure, .. } = note.what else { continue };
        notes.check(*secure, note.step, || told("It opened a page without TLS.", "https", "http"));
    }
    for page in &view.pages {
        let flaw = page.what.noticed.iter().find_map(|noticed| match noticed {
            Noticed::AddressAltered => Some("more in the address than it was given"),
            Noticed::BearerOnPage => Some("a token"),
            Noticed::SecretInAddress(_) => Some("a private value in the address"),
            _ => None,
        });
        notes.check(flaw.is_none(), page.step, || {
            let flaw = flaw.unwrap_or_default();
            told(format!("It opened a page with {flaw}."), "the address as it was given", flaw)
        });
    }
}
