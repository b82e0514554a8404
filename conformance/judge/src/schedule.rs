//! A client on its way through a schedule of faults: what must be true of the server when it is
//! over, however much of the way the client has come.

use contract::{Call, Tables, step::Step, trace::Line};

use crate::{
    Plan, Settled, exam,
    fault::{Fault, Faults},
    finding::Findings,
    stories::ends,
    story::{Ask, Deed, Story, Who},
    want::{Literal, Want},
};

/// The story of a schedule: everything goes wrong that it says, the client does what it can; then
/// nothing goes wrong any more, and the client must come to the end.
#[must_use]
pub fn story(faults: &[Fault], plan: &Plan) -> Story {
    let last = plan.calls(Step::Finalize).last().map_or(Step::VerifyPhone, |_| Step::Finalize);
    let attempt = Deed::Attempt { user: Who::A, to: last };
    let status = Ask::of(Call::UserStatus);
    let story = Story::default()
        .faults(faults)
        .then(attempt.clone(), &[])
        .faults(&[])
        .then(attempt, &[Want::Done])
        .ask(
            status,
            &[
                Want::Status(&[200]),
                Want::Says("isEmailVerified", Literal::True),
                Want::Says("isPhoneNumberVerified", Literal::True),
            ],
        );
    if last != Step::Finalize {
        return story;
    }
    let signed = Want::Holds("says that it is signed", |exchange| {
        let said = exchange.answer.as_ref().and_then(|body| body.get("videoIdentificationStatus"));
        said.and_then(serde_json::Value::as_str) == Some("DOCUMENT_SIGN_SUCCESS")
    });
    story
        .ask(Ask::of(Call::Finalize), &[Want::Success, Want::AsEver(ends::lasting(plan))])
        .ask(Ask::of(Call::IdentificationStatus), &[Want::Status(&[200]), signed])
}

/// Judges a schedule that was played.
#[must_use]
pub fn judge(lines: &[Line], plan: Plan, tables: &'static Tables) -> Settled {
    let acts = exam::acts(lines);
    let faults = acts.iter().find_map(|act| match &act.deed {
        Deed::Faults(Faults { faults, .. }) => Some(faults.as_slice()),
        _ => None,
    });
    match faults {
        Some(faults) => exam::judge(&story(faults, &plan), lines, plan, tables),
        None => {
            let mut findings = Findings::default();
            findings.missing("no fault was put on");
            findings.settle()
        }
    }
}
