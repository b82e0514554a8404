//! Polling: what a poll says, that it changes nothing, and what it refuses.
//! A poll is a question and nothing else.

use contract::{Call, Problem, Variant, step::Step, trace::Exchange};
use serde_json::{Value, json};

use super::{NOBODY, identification, questionnaire::isolated};
use crate::{
    Plan,
    story::{Ask, Deed, Story, Token, Who},
    want::Want,
};

const POLL: Call = Call::IdentificationStatus;
const STATUS: &str = "videoIdentificationStatus";

const TO_SIGN: &str = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED";
const SIGNED: &str = "DOCUMENT_SIGN_SUCCESS";

/// As often as the requirement says that polling moves nothing.
const HUNDRED: usize = 100;

/// So many polls after the person has identified, the signing is usually ready.
const LONG: usize = 6;

/// The pace that the provider asks for, in milliseconds.
const PACE: u64 = 3_000;

pub(crate) fn shape(plan: &Plan) -> Story {
    let three = Want::Holds("has three members, each a text or null", |exchange| {
        let names = ["message", STATUS, "videoIdentificationUrl"];
        let texts = |name: &&str| {
            let value = exchange.answer.as_ref().and_then(|body| body.get(*name));
            value.is_some_and(|value| value.is_string() || value.is_null())
        };
        names.iter().all(texts)
    });
    let story = identification::of_polls(plan);
    story.ask(Ask::of(POLL), &[Want::Success, three])
}

/// To the end and beyond: what was reached once stays.
pub(crate) fn beyond(_: &Plan) -> Story {
    let signed =
        Want::Holds("still says DOCUMENT_SIGN_SUCCESS", |exchange| said(exchange) == Some(SIGNED));
    let story = Story::of(Who::A, Step::PhaseB);
    story.each(0..5, |story, _| {
        story.then(Deed::Pass(PACE), &[]).ask(Ask::of(POLL), &[Want::Success, signed])
    })
}

fn said(exchange: &Exchange) -> Option<&str> {
    exchange.answer.as_ref()?.get(STATUS)?.as_str()
}

pub(crate) fn address(_: &Plan) -> Story {
    let with_address = Want::Holds("has an address for what is to be signed", |exchange| {
        let url = exchange.answer.as_ref().and_then(|body| body.get("videoIdentificationUrl"));
        said(exchange) != Some(TO_SIGN) || url.is_some_and(Value::is_string)
    });
    let story = Story::of(Who::A, Step::FirstRedirect);
    let story = story.each(0..LONG, |story, _| {
        story.then(Deed::Pass(PACE), &[]).ask(Ask::of(POLL), &[Want::Status(&[200]), with_address])
    });
    story.walk(Who::A, Step::PhaseA)
}

/// A hundred polls before the person did anything, and nothing has moved.
pub(crate) fn read_only(_: &Plan) -> Story {
    let story = Story::of(Who::A, Step::Initiate).ask(Ask::of(POLL), &[Want::Success]);
    story.each(0..HUNDRED, |story, _| {
        story
            .then(Deed::Pass(PACE), &[])
            .ask(Ask::of(POLL), &[Want::Success, Want::Same(2, &[STATUS])])
    })
}

pub(crate) fn completed_flag(_: &Plan) -> Story {
    const READINGS: &[(&str, Want)] =
        &[("either", Want::Success), ("true-only", Want::Status(&[400, 404]))];
    let ask = |value: Value| Ask::of(POLL).with("isIdentificationCompleted", value);
    Story::of(Who::A, Step::Initiate)
        .ask(ask(json!("false")), &[Want::Reads(Variant::CompletedFlag, READINGS)])
        .ask(ask(json!("True")), &[Want::Handled, Want::Told("True")])
        .ask(ask(json!("1")), &[Want::Handled, Want::Told("1")])
}

pub(crate) fn strangers(plan: &Plan) -> Story {
    const BAD: &[Problem] = &[Problem::Validation, Problem::RouteNotFound];
    let story = Story::of(Who::A, Step::Initiate)
        .ask(Ask::of(POLL).with("userType", 2), &[Want::Refusal(BAD)])
        .ask(
            Ask::of(POLL).with("id", NOBODY),
            &[Want::Refusal(&[Problem::UserNotFound, Problem::SessionNotFound])],
        );
    match isolated(&plan.variants) {
        true => story.ask(Ask::of(POLL).token(Token::Foreign), &[super::NOT_YOURS]),
        false => story,
    }
}

pub(crate) fn before_any(_: &Plan) -> Story {
    const EARLY: &[Problem] = &[Problem::SessionNotFound, Problem::NotStartedYet];
    Story::of(Who::A, Step::VerifyPhone).ask(Ask::of(POLL), &[Want::Refusal(EARLY)])
}

/// The usual timeline: pending until the person is done, then the next phase, each in its order and
/// never before its time.
pub(crate) fn script(_: &Plan) -> Story {
    let pending = Want::Holds("is pending before the person identified", |exchange| {
        !matches!(said(exchange), Some(TO_SIGN | SIGNED | "ERROR"))
    });
    let signing = Want::Holds("is not signed before the person signed", |exchange| {
        !matches!(said(exchange), Some(SIGNED | "ERROR"))
    });
    let signed = Want::Holds("says that it is signed", |exchange| said(exchange) == Some(SIGNED));
    let poll = || Ask::of(POLL);
    let wait = || Deed::Pass(PACE);
    Story::of(Who::A, Step::Initiate)
        .ask(poll(), &[Want::Success, pending])
        .then(wait(), &[])
        .ask(poll(), &[Want::Success, pending])
        .walk(Who::A, Step::PhaseA)
        .then(wait(), &[])
        .ask(poll(), &[Want::Success, signing])
        .then(wait(), &[])
        .ask(poll(), &[Want::Success, signing])
        .walk(Who::A, Step::PhaseB)
        .ask(poll(), &[Want::Success, signed])
}

pub(crate) fn too_fast(_: &Plan) -> Story {
    let fair = Want::Holds("is answered, or throttled with a Retry-After", |exchange| {
        let told = exchange.headers.iter().any(|(name, _)| name == "retry-after");
        exchange.status == 200 || (exchange.status == 429 && told)
    });
    let story = Story::of(Who::A, Step::PhaseA);
    story.each(0..8, |story, _| story.ask(Ask::of(POLL), &[fair, Want::Told("at once")]))
}
