//! Phones: codes by SMS, and who may have which number.
//! Whether a number is free, and how often a code may be guessed.

use contract::{Call, Problem, Variant, message::MessageKind, step::Step};

use super::{flag, look};
use crate::{
    Plan,
    story::{Ask, Story, Who},
    want::{Literal, Want},
};

const SEND: Call = Call::SendPhoneCode;
const AGAIN: Call = Call::ResendPhoneCode;
const VERIFY: Call = Call::VerifyPhone;

/// More wrong codes than anybody types by mistake.
const MANY: usize = 12;

const WRONG: &[Problem] = &[Problem::InvalidCode];

pub(crate) fn sent(_: &Plan) -> Story {
    Story::of(Who::A, Step::ConfirmEmail)
        .ask(Ask::of(SEND), &[Want::Success])
        .then(look(MessageKind::PhoneVerification), &[Want::Arrives])
}

pub(crate) fn bad_numbers(_: &Plan) -> Story {
    let numbers = ["0888123456", "+359", "+35988012345678901234", "phone", ""];
    Story::of(Who::A, Step::ConfirmEmail).each(numbers, |story, number| {
        let ask = Ask::of(SEND).with("phoneNumber", number);
        story.ask(ask, &[Want::Refusal(&[Problem::Validation])])
    })
}

pub(crate) fn taken(_: &Plan) -> Story {
    Story::of(Who::A, Step::VerifyPhone).walk(Who::B, Step::ConfirmEmail).ask(
        Ask::of(SEND).by(Who::B).with("phoneNumber", "$phone(a)"),
        &[Want::Refusal(&[Problem::PhoneAlreadyRegistered])],
    )
}

pub(crate) fn sent_when_verified(_: &Plan) -> Story {
    const READINGS: &[(&str, Want)] =
        &[("accept", Want::Success), ("refuse", Want::Status(&[400]))];
    Story::of(Who::A, Step::VerifyPhone)
        .ask(Ask::of(SEND), &[Want::Reads(Variant::SendWhenVerified, READINGS)])
}

pub(crate) fn again(_: &Plan) -> Story {
    Story::of(Who::A, Step::SendPhoneCode)
        .then(look(MessageKind::PhoneVerification), &[])
        .ask(Ask::of(AGAIN), &[Want::Success])
        .then(look(MessageKind::PhoneVerification), &[Want::Arrives])
}

pub(crate) fn again_when_verified(plan: &Plan) -> Story {
    const VERIFIED: &[(&str, Want)] =
        &[("accept", Want::Success), ("refuse", Want::Status(&[400]))];
    let story = Story::of(Who::A, Step::VerifyPhone)
        .ask(Ask::of(AGAIN), &[Want::Reads(Variant::ResendWhenVerified, VERIFIED)])
        .walk(Who::B, Step::SendPhoneCode);
    let limited = plan.variants.reads(Variant::ResendLimit, "three");
    let last = if limited { Want::Refused } else { Want::Handled };
    let story = story.each(0..5, |story, _| {
        story.ask(Ask::of(AGAIN).by(Who::B), &[Want::Handled, Want::Told("asked once more")])
    });
    story.ask(Ask::of(AGAIN).by(Who::B), &[last])
}

pub(crate) fn verified(_: &Plan) -> Story {
    let story = Story::of(Who::A, Step::SendPhoneCode);
    let story =
        flag(story, "isPhoneNumberVerified", Literal::False).ask(Ask::of(VERIFY), &[Want::Success]);
    flag(story, "isPhoneNumberVerified", Literal::True)
}

pub(crate) fn wrong_codes(plan: &Plan) -> Story {
    let story = Story::of(Who::A, Step::SendPhoneCode)
        .ask(Ask::of(VERIFY).with("code", "$wrong-code"), &[Want::Refusal(WRONG)]);
    let story = flag(story, "isPhoneNumberVerified", Literal::False);
    let story = match plan.tables().and_then(|tables| tables.endpoint(AGAIN)) {
        Some(_) => story
            .ask(Ask::of(AGAIN), &[Want::Handled])
            .ask(Ask::of(VERIFY).with("code", "$previous-code"), &[Want::Refusal(WRONG)]),
        None => story,
    };
    let story = story.ask(Ask::of(VERIFY), &[Want::Success]);
    // What a used code gets a second time is an open question.
    match plan.variants.reads(Variant::ConfirmAgain, "accepted") {
        true => story.ask(Ask::of(VERIFY), &[Want::Handled]),
        false => story.ask(Ask::of(VERIFY), &[Want::Refused]),
    }
}

pub(crate) fn guessed(plan: &Plan) -> Story {
    let wrong = || Ask::of(VERIFY).with("code", "$wrong-code");
    let story = Story::of(Who::A, Step::SendPhoneCode)
        .each(0..MANY, |story, _| story.ask(wrong(), &[Want::Refused]));
    match plan.variants.reads(Variant::CodeAttempts, "unlimited") {
        true => story.ask(Ask::of(VERIFY), &[Want::Told("the right code after many wrong ones")]),
        false => story.ask(Ask::of(VERIFY), &[Want::Refused]),
    }
}
