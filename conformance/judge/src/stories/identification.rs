//! Sessions of identification, and the browser's way there and back.
//! One session at a time, and the registered addresses alone.

use contract::{
    Call, Problem, Variant,
    step::Step,
    trace::{Exchange, Landing, Leg},
};
use serde_json::json;

use super::{NOBODY, journey, questionnaire::wrong_type};
use crate::{
    Person, Plan,
    story::{Address, Ask, Story, Visit, Who},
    want::Want,
};

const INITIATE: Call = Call::Initiate;
const POLL: Call = Call::IdentificationStatus;
const RESTART: &str = "isRestartIdentification";

/// What its body looks like has a story of its own.
const STARTED: Want = Want::Status(&[200]);

/// Somebody who may be identified, and nothing more.
fn eligible(plan: &Plan) -> Story {
    let story = Story::of(Who::A, Step::VerifyPhone);
    match plan.calls(Step::Initiate).contains(&Call::AddAdditionalData) {
        true => story.ask(Ask::of(Call::AddAdditionalData), &[Want::Success]),
        false => story,
    }
}

fn has_address(exchange: &Exchange) -> bool {
    let url = exchange.answer.as_ref().and_then(|body| body.get("videoIdentificationUrl"));
    url.and_then(|url| url.as_str()).is_some_and(|url| url.contains("https"))
}

pub(crate) fn started(plan: &Plan) -> Story {
    let address = Want::Holds("has an https address", has_address);
    eligible(plan).ask(Ask::of(INITIATE), &[Want::Success, address])
}

pub(crate) fn without_questionnaire(_: &Plan) -> Story {
    const READINGS: &[(&str, Want)] = &[
        ("any-time", STARTED),
        ("before-initiate", Want::Status(&[400])),
        ("after-signing", STARTED),
    ];
    Story::of(Who::A, Step::VerifyPhone)
        .ask(Ask::of(INITIATE), &[Want::Reads(Variant::QuestionnaireOrder, READINGS)])
}

pub(crate) fn too_early(plan: &Plan) -> Story {
    let open = plan.variants.reads(Variant::StepOrder, "open");
    let early = |problems: &'static [Problem]| match open {
        true => Want::Handled,
        false => Want::Refusal(problems),
    };
    const MAIL: &[Problem] = &[Problem::EmailNotConfirmed, Problem::QuestionnaireMissing];
    const PHONE: &[Problem] = &[Problem::PhoneNotVerified, Problem::QuestionnaireMissing];
    Story::of(Who::A, Step::CreateUser)
        .ask(Ask::of(INITIATE), &[early(MAIL)])
        .walk(Who::B, Step::SendPhoneCode)
        .ask(Ask::of(INITIATE).by(Who::B), &[early(PHONE)])
}

pub(crate) fn twice(plan: &Plan) -> Story {
    let one_session = Want::Holds("is the same session, or refused", |exchange| {
        (exchange.status == 200 && has_address(exchange)) || exchange.status == 400
    });
    let story = eligible(plan).ask(Ask::of(INITIATE), &[STARTED]);
    let first = u32::try_from(story.scenes.len()).unwrap_or_default();
    let same = Want::Same(first, &["videoIdentificationUrl"]);
    story.ask(Ask::of(INITIATE), &[one_session, same]).walk(Who::A, Step::FirstRedirect)
}

pub(crate) fn restarted(plan: &Plan) -> Story {
    let story = eligible(plan).ask(Ask::of(INITIATE), &[STARTED]);
    let first = u32::try_from(story.scenes.len()).unwrap_or_default();
    let earlier =
        Visit { address: Address::Earlier, ..journey(Leg::Identification, Person::Complete) };
    story
        .ask(
            Ask::of(INITIATE).with(RESTART, true),
            &[STARTED, Want::Differs(first, "videoIdentificationUrl")],
        )
        .open(earlier, &[Want::NeverSuccess])
        .open(journey(Leg::Identification, Person::Complete), &[Want::Lands(Landing::Success)])
}

pub(crate) fn bad_requests(plan: &Plan) -> Story {
    const BAD: &[Problem] = &[Problem::Validation, Problem::MalformedJson];
    eligible(plan)
        .ask(Ask::of(INITIATE).with("correlationType", 2), &[Want::Refusal(BAD)])
        .ask(Ask::of(INITIATE).with("userId", wrong_type()), &[Want::Refusal(BAD)])
        .ask(Ask::of(INITIATE).with(RESTART, json!({})), &[Want::Refusal(BAD)])
        .ask(Ask::of(INITIATE).with("userId", NOBODY), &[Want::Refusal(&[Problem::UserNotFound])])
}

pub(crate) fn succeeds(plan: &Plan) -> Story {
    let ends = [Want::Lands(Landing::Success)];
    eligible(plan)
        .ask(Ask::of(INITIATE), &[STARTED])
        .open(journey(Leg::Identification, Person::Complete), &ends)
        .walk(Who::A, Step::PhaseA)
        .open(journey(Leg::Signing, Person::Complete), &ends)
}

/// There and back twice; only what the addresses carry is looked at.
pub(crate) fn there_and_back(plan: &Plan) -> Story {
    eligible(plan)
        .ask(Ask::of(INITIATE), &[STARTED])
        .open(journey(Leg::Identification, Person::Complete), &[])
        .walk(Who::A, Step::PhaseA)
        .open(journey(Leg::Signing, Person::Complete), &[])
}

pub(crate) fn fails(plan: &Plan) -> Story {
    let ends = [Want::Lands(Landing::Fail)];
    let other = |leg, person| Visit { user: Who::B, ..journey(leg, person) };
    eligible(plan)
        .ask(Ask::of(INITIATE), &[STARTED])
        .open(journey(Leg::Identification, Person::Cancel), &ends)
        .walk(Who::B, Step::Initiate)
        .open(other(Leg::Identification, Person::Fail), &ends)
        .walk(Who::nth(2), Step::PhaseA)
        .open(Visit { user: Who::nth(2), ..journey(Leg::Signing, Person::Decline) }, &ends)
}

pub(crate) fn bent(plan: &Plan) -> Story {
    let visit = Visit { address: Address::Bent, ..journey(Leg::Identification, Person::Complete) };
    eligible(plan).ask(Ask::of(INITIATE), &[STARTED]).open(visit, &[Want::Lands(Landing::Success)])
}

pub(crate) fn opened_again(plan: &Plan) -> Story {
    let visit = journey(Leg::Identification, Person::Complete);
    eligible(plan)
        .ask(Ask::of(INITIATE), &[STARTED])
        .open(visit, &[Want::Lands(Landing::Success)])
        .open(visit, &[Want::NeverSuccess])
        .walk(Who::A, Step::PhaseB)
        .open(journey(Leg::Signing, Person::Complete), &[Want::NeverSuccess])
}

pub(crate) fn of_polls(plan: &Plan) -> Story {
    eligible(plan).ask(Ask::of(INITIATE), &[STARTED]).ask(Ask::of(POLL), &[Want::Success])
}
