//! Users and their e-mail addresses.
//! A code confirms once, and only the newest does.

use contract::{Call, Problem, Variant, message::MessageKind};
use serde_json::json;

use super::{NOBODY, flag, look, mailed};
use crate::{
    Plan,
    story::{Ask, Story, Who},
    want::{Literal, Want},
};

const CREATE: Call = Call::CreateUser;
const CONFIRM: Call = Call::ConfirmEmail;
const MAIL: Call = Call::SendEmailConfirmation;

pub(crate) fn created(_: &Plan) -> Story {
    let id = Want::Holds("has an id of at least 1", |exchange| {
        let id = exchange.answer.as_ref().and_then(|body| body.get("id"));
        id.and_then(|id| id.as_i64()).is_some_and(|id| id >= 1 && i32::try_from(id).is_ok())
    });
    Story::default()
        .ask(Ask::of(CREATE), &[Want::Success, id])
        .ask(Ask::of(CREATE).by(Who::B), &[Want::Success, id, Want::Differs(1, "id")])
}

pub(crate) fn without_address(plan: &Plan) -> Story {
    let null = Ask::of(CREATE).with("email", json!(null));
    if plan.variants.reads(Variant::EmailAtCreation, "required") {
        return Story::default().ask(null, &[Want::Refusal(&[Problem::Validation])]);
    }
    Story::default().ask(null, &[Want::Success]).ask(
        Ask::of(CONFIRM).with("token", "000000"),
        &[Want::Handled, Want::Told("confirming without an address")],
    )
}

pub(crate) fn bad_addresses(_: &Plan) -> Story {
    Story::default().each(["no-address", ""], |story, email| {
        let wants = [Want::Refusal(&[Problem::Validation]), Want::Names("Email")];
        story.ask(Ask::of(CREATE).with("email", email), &wants)
    })
}

pub(crate) fn merchant_ids(plan: &Plan) -> Story {
    const REFUSALS: &[Problem] =
        &[Problem::Validation, Problem::MalformedJson, Problem::MerchantRefused];
    let ask = |value: serde_json::Value| Ask::of(CREATE).with("merchantId", value);
    let numbers = [json!(0), json!(-1), json!(2_147_483_648_i64), json!(1.5)];
    let story = Story::default()
        .ask(Ask::of(CREATE).without("merchantId"), &[Want::Refusal(REFUSALS)])
        .each(numbers, |story, number| story.ask(ask(number), &[Want::Refusal(REFUSALS)]));
    // Newtonsoft.Json reads "12" as 12; whose number that is, is another matter.
    let wants = match plan.variants.reads(Variant::JsonReading, "strict") {
        true => Want::Refusal(REFUSALS),
        false => Want::Handled,
    };
    story.ask(ask(json!("12")), &[wants]).ask(ask(json!("twelve")), &[Want::Refusal(REFUSALS)])
}

pub(crate) fn metadata(_: &Plan) -> Story {
    let deep = json!({ "a": { "b": { "c": [1, { "d": null }] } }, "vip": true });
    Story::default().ask(Ask::of(CREATE).with("metadata", deep), &[Want::Success])
}

pub(crate) fn confirmed(plan: &Plan) -> Story {
    let story = mailed(plan, Story::default());
    let story =
        flag(story, "isEmailVerified", Literal::False).ask(Ask::of(CONFIRM), &[Want::Success]);
    flag(story, "isEmailVerified", Literal::True)
}

pub(crate) fn wrong_codes(plan: &Plan) -> Story {
    const EMPTY: &[Problem] = &[Problem::Validation, Problem::InvalidToken];
    let story = mailed(plan, Story::default())
        .ask(
            Ask::of(CONFIRM).with("token", "$wrong-code"),
            &[Want::Refusal(&[Problem::InvalidToken])],
        )
        .ask(Ask::of(CONFIRM).with("token", ""), &[Want::Refusal(EMPTY)])
        .ask(
            Ask::of(CONFIRM).without("token"),
            &[Want::Refusal(&[Problem::Validation]), Want::Names("Token")],
        );
    flag(story, "isEmailVerified", Literal::False)
}

pub(crate) fn earlier_code(plan: &Plan) -> Story {
    mailed(plan, Story::default())
        .then(look(MessageKind::EmailConfirmation), &[])
        .ask(Ask::of(MAIL), &[Want::Success])
        .ask(
            Ask::of(CONFIRM).with("token", "$previous-code"),
            &[Want::Refusal(&[Problem::InvalidToken])],
        )
        .ask(Ask::of(CONFIRM), &[Want::Success])
}

pub(crate) fn mail_again(plan: &Plan) -> Story {
    let story = mailed(plan, Story::default())
        .then(look(MessageKind::EmailConfirmation), &[])
        .ask(Ask::of(MAIL), &[Want::Success])
        .then(look(MessageKind::EmailConfirmation), &[Want::Arrives]);
    let story = match plan.variants.reading(Variant::EmailMismatch).id {
        "refuse" => {
            let wants = [Want::Refusal(&[Problem::EmailMismatch])];
            story.ask(Ask::of(MAIL).with("email", "$email(b)"), &wants)
        }
        _ => story,
    };
    story
        .ask(Ask::of(CONFIRM), &[Want::Success])
        .ask(Ask::of(MAIL), &[Want::Success])
        .then(look(MessageKind::EmailConfirmation), &[Want::NothingArrives])
        .ask(
            Ask::of(MAIL).with("id", NOBODY),
            &[Want::Refusal(&[Problem::UserNotFound, Problem::EmailMismatch])],
        )
}
