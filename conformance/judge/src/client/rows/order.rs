//! The order of calls.
//! What has to come before what, under the variant that the client declares.

use contract::{
    Call, Variant,
    step::Step,
    trace::{Leg, client::Note},
};

use super::{along, needing, polling::has_address, row};
use crate::{
    Person, Plan,
    client::{
        case::Feature,
        row::{Cases, Level, Notes, Row, told},
        view::View,
    },
};

pub(super) const ROWS: &[Row] = &[
    row(
        "CC-ORD-01",
        Level::Must,
        Cases::Every,
        edges,
        ("Takes the steps in the order of the flow.", "2025-09 FLOW"),
    ),
    row(
        "CC-ORD-02",
        Level::Must,
        Cases::Healthy,
        questionnaire,
        (
            "Sends the questionnaire where the declared variant puts it.",
            "2025-09 FLOW 10, ADD; 2026-05 INI",
        ),
    ),
    row(
        "CC-ORD-03",
        Level::Must,
        Cases::Named(&["late-landing"]),
        landing,
        ("Does not poll as if all were done before the browser came back.", "2025-09 POL §1"),
    ),
    along(
        &["CC-FIN-04"],
        row(
            "CC-ORD-04",
            Level::Must,
            Cases::Named(&["late-signing-address"]),
            signing,
            (
                "Opens the signing page and finalises only after the first phase.",
                "2025-09 POL, FIN §4",
            ),
        ),
    ),
    along(
        &["CC-POL-04"],
        row(
            "CC-ORD-05",
            Level::Must,
            Cases::Every,
            newest,
            (
                "Opens the address that the first phase returns, not the first one.",
                "2025-09 POL §1",
            ),
        ),
    ),
    needing(
        &[Feature::Resumes],
        row(
            "CC-ORD-06",
            Level::Should,
            Cases::Named(&["restart"]),
            resumes,
            ("Goes on with the same user when it is started again.", "2025-09 STA"),
        ),
    ),
];

/// What must have succeeded before a call. The questionnaire has a row of its own.
const EDGES: &[(Call, &[Call])] = &[
    (Call::ConfirmEmail, &[Call::CreateUser]),
    (Call::SendPhoneCode, &[Call::CreateUser, Call::ConfirmEmail]),
    (Call::VerifyPhone, &[Call::SendPhoneCode]),
    (Call::Initiate, &[Call::ConfirmEmail, Call::VerifyPhone]),
    (Call::IdentificationStatus, &[Call::Initiate]),
    (Call::AddAdditionalData, &[Call::CreateUser]),
    (Call::Finalize, &[Call::Initiate]),
];

fn edges(view: &View<'_>, notes: &mut Notes) {
    for seen in &view.requests {
        let needs =
            EDGES.iter().find(|(call, _)| seen.is(*call)).map_or(&[][..], |(_, needs)| needs);
        for need in needs {
            let met = view.calls(*need).any(|earlier| {
                earlier.line < seen.line && (200..300).contains(&earlier.said.status)
            });
            let call = seen.said.call.map_or("", Call::name);
            notes.check(met, seen.step, || {
                told(
                    format!("It called {call} before {} had succeeded.", need.name()),
                    format!("{} first", need.name()),
                    path_to(view, seen.line),
                )
            });
        }
    }
}

/// The calls up to a line, as a path.
fn path_to(view: &View<'_>, line: usize) -> String {
    let calls = view.requests.iter().filter(|seen| seen.line <= line);
    let mut names: Vec<_> = calls.filter_map(|seen| seen.said.call).map(Call::name).collect();
    names.dedup();
    names.join(" > ")
}

fn questionnaire(view: &View<'_>, notes: &mut Notes) {
    let id = Variant::QuestionnaireOrder.row().id;
    if !view.declared.variants.contains_key(id) {
        return notes.contested(format!("The documents differ, and {id} is not declared (K1)."));
    }
    let Ok(variants) = view.declared.readings() else { return };
    let plan = Plan { edition: view.declared.edition, variants, person: Person::Complete };
    let order: Vec<_> = Step::ALL.iter().flat_map(|step| plan.calls(*step)).collect();
    let place = |call| order.iter().position(|other| *other == call);
    let first = |call| view.calls(call).next();
    let Some(seen) = first(Call::AddAdditionalData) else {
        return notes.unseen("The client never sent the questionnaire.");
    };
    let early = first(Call::Initiate).is_none_or(|start| seen.line < start.line);
    let wanted = place(Call::AddAdditionalData) < place(Call::Initiate);
    notes.check(early == wanted, seen.step, || {
        let word = |early| if early { "before initiate" } else { "after initiate" };
        told("The questionnaire came at another point than declared.", word(wanted), word(early))
    });
}

fn landing(view: &View<'_>, notes: &mut Notes) {
    let landed = view
        .notes
        .iter()
        .find(|note| matches!(note.what, Note::Landed { leg: Leg::Identification, .. }));
    let Some(landed) = landed else {
        return notes.unseen("The browser never came back.");
    };
    let early =
        view.polls().find(|poll| poll.line < landed.line && poll.said.path.contains("/true/"));
    notes.check(early.is_none(), early.map_or(landed.step, |poll| poll.step), || {
        told(
            "It polled as if the identification were done before the browser came back.",
            "the first such poll after the redirect",
            "a poll before it",
        )
    });
}

fn signing(view: &View<'_>, notes: &mut Notes) {
    let ready = view.polls().find(|poll| poll.whole && poll.status() == Some(READY));
    let Some(ready) = ready else {
        return notes.unseen("The first phase did not end.");
    };
    let page = view.pages.iter().find(|page| page.what.leg == Leg::Signing);
    let finalize = view.calls(Call::Finalize).next();
    let early = page.is_some_and(|page| page.line < ready.line)
        || finalize.is_some_and(|call| call.line < ready.line);
    notes.check(!early, ready.step, || {
        told(
            "It opened the signing page, or finalised, before the first phase had ended.",
            "only after SIGN_SESSION_ID_SUCCESSFULLY_CREATED",
            "before it",
        )
    });
}

/// How a first phase ends well.
pub(super) const READY: &str = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED";

fn newest(view: &View<'_>, notes: &mut Notes) {
    let mut ends =
        view.polls().filter(|poll| poll.whole && poll.status() == Some(READY) && has_address(poll));
    let Some(ready) = ends.next() else { return };
    let Some(page) = view.pages.iter().find(|page| page.line > ready.line) else { return };
    let known = page.what.session.starts_with("session#");
    notes.check(page.what.leg == Leg::Signing && known, page.step, || {
        told(
            "After the first phase it opened another address than the one that it was given.",
            "the address in the answer",
            "an older or an unknown one",
        )
    });
}

fn resumes(view: &View<'_>, notes: &mut Notes) {
    let stopped = view.notes.iter().find(|note| *note.what == Note::Interrupted);
    let Some(stopped) = stopped else {
        return notes.unseen("The client was over before it could be stopped.");
    };
    if view.after(stopped.line).next().is_none() {
        return notes.unseen("The client asked nothing after it was started again.");
    }
    let again = view.calls(Call::CreateUser).find(|seen| seen.line > stopped.line);
    notes.check(again.is_none(), again.map_or(stopped.step, |seen| seen.step), || {
        told(
            "It began again with a new user when it was restarted.",
            "the same user",
            "a second user",
        )
    });
}
