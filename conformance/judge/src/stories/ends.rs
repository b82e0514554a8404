//! Finalising: once, again, at once, and too early.
//! What was given once is given again, and nobody gets it before everything is signed.

use contract::{Call, Problem, Variant, step::Step, trace::Exchange};
use serde_json::{Value, json};

use super::{NOBODY, questionnaire::isolated};
use crate::{
    Plan,
    fault::{Fault, Kind},
    story::{Ask, Story, Token, Who},
    want::{Literal, Want},
};

const FINALIZE: Call = Call::Finalize;

/// What every finalisation of a user says alike.
pub(crate) fn lasting(plan: &Plan) -> &'static [&'static str] {
    match plan.variants.reads(Variant::RepeatFinalize, "new-correlation") {
        true => &["individualId"],
        false => &["correlationId", "individualId"],
    }
}

/// Somebody who has signed and sent the questionnaire.
fn signed(plan: &Plan) -> Story {
    let story = Story::of(Who::A, Step::PhaseB);
    match plan.calls(Step::Finalize).contains(&Call::AddAdditionalData) {
        true => story.ask(Ask::of(Call::AddAdditionalData), &[Want::Success]),
        false => story,
    }
}

fn has_identifiers(exchange: &Exchange) -> bool {
    let member = |name: &str| exchange.answer.as_ref().and_then(|body| body.get(name));
    let is_guid = |text: &str| {
        text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
            && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
    };
    member("correlationId").and_then(Value::as_str).is_some_and(is_guid)
        && member("individualId").and_then(Value::as_i64).is_some_and(|id| id >= 1)
}

pub(crate) fn once(plan: &Plan) -> Story {
    let both = Want::Holds("has a GUID and a number", has_identifiers);
    signed(plan).ask(Ask::of(FINALIZE), &[Want::Success, both])
}

/// In every state before the signature.
pub(crate) fn too_early(plan: &Plan) -> Story {
    const EARLY: &[Problem] = &[
        Problem::NotSignedYet,
        Problem::EmailNotConfirmed,
        Problem::PhoneNotVerified,
        Problem::QuestionnaireMissing,
        Problem::SessionNotFound,
        Problem::NotStartedYet,
    ];
    let states =
        [Step::CreateUser, Step::ConfirmEmail, Step::VerifyPhone, Step::Initiate, Step::PhaseA];
    let states = states.into_iter().filter(|step| plan.has(*step));
    let story = Story::default().each(states, |story, state| {
        story.walk(Who::A, state).ask(Ask::of(FINALIZE), &[Want::Refusal(EARLY)])
    });
    let idle = Want::Holds("has not moved on behind 150", |exchange| {
        let status = exchange.answer.as_ref().and_then(|body| body.get("status"));
        status.and_then(Value::as_i64).is_none_or(|status| status == 50 || status == 150)
    });
    story.ask(Ask::of(Call::UserStatus), &[Want::Status(&[200]), idle])
}

pub(crate) fn again(plan: &Plan) -> Story {
    let story = signed(plan).ask(Ask::of(FINALIZE), &[Want::Success]);
    let first = u32::try_from(story.scenes.len()).unwrap_or_default();
    let members = lasting(plan);
    story.each(0..2, |story, _| {
        story.ask(Ask::of(FINALIZE), &[Want::Success, Want::Same(first, members)])
    })
}

pub(crate) fn at_once(plan: &Plan) -> Story {
    let members = lasting(plan);
    let story =
        signed(plan).ask(Ask::of(FINALIZE).times(10), &[Want::Success, Want::Agree(members)]);
    let first = u32::try_from(story.scenes.len()).unwrap_or_default();
    story.ask(Ask::of(FINALIZE), &[Want::Success, Want::Same(first, members)])
}

pub(crate) fn strangers(plan: &Plan) -> Story {
    const BAD: &[Problem] = &[Problem::Validation, Problem::MalformedJson, Problem::UserNotFound];
    let ask = |value: Value| Ask::of(FINALIZE).with("userId", value);
    let ids = [json!(0), json!(-1), json!(2_147_483_648_i64), json!("abc")];
    let story = Story::default()
        .ask(ask(json!(NOBODY)), &[Want::Refusal(&[Problem::UserNotFound])])
        .each(ids, |story, id| story.ask(ask(id), &[Want::Refusal(BAD)]));
    match isolated(&plan.variants) {
        true => story
            .walk(Who::A, Step::CreateUser)
            .ask(Ask::of(FINALIZE).token(Token::Foreign), &[super::NOT_YOURS]),
        false => story,
    }
}

pub(crate) fn lifecycle(plan: &Plan) -> Story {
    let moved = Want::Holds("has moved on from 50", |exchange| {
        let status = exchange.answer.as_ref().and_then(|body| body.get("status"));
        status.and_then(Value::as_i64).is_some_and(|status| status != 50)
    });
    let story = signed(plan).ask(Ask::of(FINALIZE), &[Want::Success]);
    match plan.variants.reads(Variant::Activation, "at-finalize") {
        true => story.ask(Ask::of(Call::UserStatus), &[Want::Status(&[200]), moved]),
        false => {
            story.ask(Ask::of(Call::UserStatus), &[Want::Status(&[200]), Want::Told("afterwards")])
        }
    }
}

/// A fault off, on, off by itself, on, and taken off: it shows inside its window alone, and to
/// nobody else.
pub(crate) fn windows(_: &Plan) -> Story {
    let call = Call::IdentificationStatus;
    let fault = |times| Fault { call, kind: Kind::Throttled, from: 1, times };
    // The shape of the answer has a story of its own.
    let well = [Want::Status(&[200])];
    let ill = [Want::Status(&[429])];
    Story::of(Who::A, Step::PhaseB)
        .walk(Who::B, Step::Initiate)
        .ask(Ask::of(call), &well)
        .faults(&[fault(2)])
        .ask(Ask::of(call), &ill)
        .ask(Ask::of(call).by(Who::B), &well)
        .ask(Ask::of(call), &ill)
        .ask(Ask::of(call), &well)
        .faults(&[fault(100)])
        .ask(Ask::of(call), &ill)
        .faults(&[])
        .each(0..12, |story, _| story.ask(Ask::of(call), &well))
}

/// Two users in turn: whatever one does, the other's flags stay, and no code of one is the other's.
pub(crate) fn side_by_side(plan: &Plan) -> Story {
    // What is true of oneself has stories of its own; here it is the other's that counts.
    let untouched = |story: Story, who: Who, flag: &'static str| {
        let wants = [Want::Status(&[200]), Want::Says(flag, Literal::False)];
        story.ask(Ask::of(Call::UserStatus).by(who), &wants)
    };
    let story = Story::of(Who::A, Step::CreateUser).walk(Who::B, Step::CreateUser);
    let story = untouched(story, Who::B, "isEmailVerified").walk(Who::A, Step::ConfirmEmail);
    let story = untouched(story, Who::B, "isEmailVerified").walk(Who::B, Step::VerifyPhone);
    let story = untouched(story, Who::A, "isPhoneNumberVerified");
    if !plan.has(Step::Initiate) {
        return story;
    }
    let story = story.walk(Who::A, Step::Initiate).walk(Who::B, Step::PhaseB);
    let pending = Want::Holds("is not signed because another user has signed", |exchange| {
        let said = exchange.answer.as_ref().and_then(|body| body.get("videoIdentificationStatus"));
        said.and_then(Value::as_str) != Some("DOCUMENT_SIGN_SUCCESS")
    });
    story.ask(Ask::of(Call::IdentificationStatus), &[Want::Status(&[200]), pending])
}
