//! What can be read: the user's status, the code lists, a post code.
//! Reading changes nothing.

use contract::{Call, Problem, lists::CodeList, step::Step};
use serde_json::{Value, json};

use super::NOBODY;
use crate::{
    Plan,
    story::{Ask, Story, Who},
    want::{Literal, Want},
};

const STATUS: Call = Call::UserStatus;

const FLAGS: &[&str] = &[
    "isEmailVerified",
    "isPhoneNumberVerified",
    "isScaVerified",
    "isAdditionalData",
    "isOptionalKyc",
    "status",
];

pub(crate) fn at_birth(_: &Plan) -> Story {
    let flags = FLAGS.iter().take(5).map(|flag| Want::Says(flag, Literal::False));
    let born = [Want::Success, Want::Says("status", Literal::Number(50))].into_iter().chain(flags);
    let wants: Vec<_> = born.collect();
    Story::of(Who::A, Step::CreateUser).ask(Ask::of(STATUS), &wants)
}

pub(crate) fn strange_ids(_: &Plan) -> Story {
    const UNKNOWN: &[Problem] =
        &[Problem::UserNotFound, Problem::Validation, Problem::RouteNotFound];
    let ids = [json!(NOBODY), json!(0), json!(-1), json!(2_147_483_648_i64), json!("abc")];
    Story::default()
        .each(ids, |story, id| story.ask(Ask::of(STATUS).with("id", id), &[Want::Refusal(UNKNOWN)]))
}

pub(crate) fn again(plan: &Plan) -> Story {
    let to = if plan.has(Step::Initiate) { Step::Initiate } else { Step::VerifyPhone };
    let story = Story::of(Who::A, to).ask(Ask::of(STATUS), &[Want::Status(&[200])]);
    story.each(0..4, |story, _| {
        story.ask(Ask::of(STATUS), &[Want::Status(&[200]), Want::Same(2, FLAGS)])
    })
}

pub(crate) fn lists(_: &Plan) -> Story {
    let unique = Want::Holds("is a list of labels and different values", |exchange| {
        let Some(Value::Array(entries)) = &exchange.answer else { return false };
        let values: Vec<_> = entries.iter().map(|entry| entry.get("value")).collect();
        let texts = values.iter().all(|value| value.is_some_and(Value::is_string));
        let differ = values.iter().enumerate().all(|(at, value)| !values[..at].contains(value));
        !entries.is_empty() && texts && differ
    });
    Story::default().each(CodeList::ALL.iter().copied(), |story, list| {
        story.ask(Ask::of(list.call()), &[Want::Success, unique])
    })
}

pub(crate) fn post_codes(_: &Plan) -> Story {
    let ask = || Ask::of(Call::PostalCode);
    Story::default()
        .ask(ask(), &[Want::Success])
        .ask(ask().with("zip", "99999"), &[Want::Handled, Want::Told("a post code of nowhere")])
        .ask(ask().with("country", "XX"), &[Want::Handled, Want::Told("a country of nowhere")])
}
