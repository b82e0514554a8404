//! The questionnaire: what it needs, and whose it is.
//! What is left out is named, and nobody answers for somebody else.

use contract::{
    Call, Problem, Variant, Variants,
    field::{Kind, Need, Place},
    step::Step,
};
use serde_json::json;

use super::flag;
use crate::{
    Plan,
    story::{Ask, Story, Token, Who},
    want::{Literal, Want},
};

const ADD: Call = Call::AddAdditionalData;
const INVALID: &[Problem] = &[Problem::Validation, Problem::MalformedJson];

/// Somebody who may send it now.
fn ready(plan: &Plan) -> Story {
    ready_as(plan, Who::A)
}

fn ready_as(plan: &Plan, who: Who) -> Story {
    let late = plan.variants.reads(Variant::QuestionnaireOrder, "after-signing");
    Story::of(who, if late { Step::PhaseB } else { Step::VerifyPhone })
}

pub(crate) fn complete(plan: &Plan) -> Story {
    let story = ready(plan).ask(Ask::of(ADD), &[Want::Success]);
    flag(story, "isAdditionalData", Literal::True)
}

pub(crate) fn inner_id(plan: &Plan) -> Story {
    ready(plan)
        .walk(Who::B, Step::CreateUser)
        .ask(Ask::of(ADD).with("additionalData.data.userId", "$id(b)"), &[Want::Refusal(INVALID)])
}

pub(crate) fn left_out(plan: &Plan) -> Story {
    let row = plan.tables().and_then(|tables| tables.endpoint(ADD));
    let fields = row.map_or(&[][..], |row| row.fields);
    let needed = fields.iter().filter(|field| {
        field.need == Need::Required
            && field.place == Place::Body
            && plan.variants.meet(field.when)
            && !matches!(field.kind, Kind::Object)
    });
    ready(plan).each(needed, |story, field| {
        let last = field.key.rsplit('.').next().unwrap_or(field.key);
        story.ask(Ask::of(ADD).without(field.name), &[Want::Refusal(INVALID), Want::Names(last)])
    })
}

pub(crate) fn strange_codes(plan: &Plan) -> Story {
    let checked = plan.variants.reads(Variant::KycCodes, "checked");
    let wants = if checked { Want::Refusal(INVALID) } else { Want::Handled };
    let codes = [
        "additionalData.data.accountPurposeCode",
        "additionalData.data.mainActivityCode",
        "additionalData.data.financingMethodCode",
    ];
    ready(plan)
        .each(codes, |story, field| story.ask(Ask::of(ADD).with(field, "no-such-code"), &[wants]))
}

pub(crate) fn other_address(plan: &Plan) -> Story {
    let same = "additionalData.data.isCorrespondenceAddressSame";
    let address = "additionalData.data.correspondenceAddress";
    let ask = Ask::of(ADD).with(same, false).without(address);
    ready(plan).ask(ask, &[Want::Refusal(INVALID)])
}

pub(crate) fn twice(plan: &Plan) -> Story {
    let refused = plan.variants.reads(Variant::RepeatQuestionnaire, "refused");
    let again =
        if refused { Want::Refusal(&[Problem::QuestionnaireRepeated]) } else { Want::Success };
    let changed = Ask::of(ADD).with("additionalData.data.gender", "F");
    ready(plan)
        .ask(Ask::of(ADD), &[Want::Success])
        .ask(Ask::of(ADD), &[again])
        .ask(changed, &[again, Want::Told("with a change")])
}

pub(crate) fn of_a_stranger(plan: &Plan) -> Story {
    let isolated = isolated(&plan.variants);
    let wants = if isolated { super::NOT_YOURS } else { Want::Handled };
    let ask = Ask::of(ADD).token(Token::Foreign);
    let story = ready(plan).walk(Who::FOREIGN, Step::CreateUser).ask(ask, &[wants]);
    if isolated { flag(story, "isAdditionalData", Literal::False) } else { story }
}

/// Whether merchants must not touch each other's users.
pub(super) fn isolated(variants: &Variants) -> bool {
    variants.reads(Variant::MerchantIsolation, "isolated")
}

/// A number in the wrong type, at any member that is one.
#[must_use]
pub(crate) fn wrong_type() -> serde_json::Value {
    json!("not a number")
}
