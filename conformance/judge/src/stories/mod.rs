//! The stories of the requirements: which deeds show whether one is kept, and what is wanted of
//! each. What an edition or a reading changes, the plan tells.

pub(crate) mod ends;
pub(crate) mod errors;
pub(crate) mod identification;
pub(crate) mod people;
pub(crate) mod phones;
pub(crate) mod polls;
pub(crate) mod questionnaire;
pub(crate) mod reach;
pub(crate) mod reading;
pub(crate) mod tokens;

use contract::{Call, EndpointRow, endpoint::Gate, message::MessageKind, step::Step, trace::Leg};

use crate::{
    Person, Plan,
    story::{Address, Ask, Deed, Story, Visit, Who},
    want::{Literal, Want},
};

/// The story of the eleven steps, each as it should be.
#[must_use]
pub fn healthy(plan: &Plan) -> Story {
    Story::of(Who::A, plan.last())
}

/// Somebody who has been created and to whom the first mail was sent.
fn mailed(plan: &Plan, story: Story) -> Story {
    let story = story.walk(Who::A, Step::CreateUser);
    match plan.calls(Step::ConfirmEmail).contains(&Call::SendEmailConfirmation) {
        true => story.ask(Ask::of(Call::SendEmailConfirmation), &[Want::Success]),
        false => story,
    }
}

/// A flag of the user's status.
fn flag(story: Story, name: &'static str, literal: Literal) -> Story {
    // The shape of the answer has a story of its own.
    story.ask(Ask::of(Call::UserStatus), &[Want::Status(&[200]), Want::Says(name, literal)])
}

/// A journey that is made as it should be.
const fn journey(leg: Leg, person: Person) -> Visit {
    Visit { user: Who::A, leg, person, address: Address::Newest }
}

const fn look(kind: MessageKind) -> Deed {
    Deed::Look { user: Who::A, kind }
}

/// What somebody gets who asks for another merchant's user; 401 where a token is bound to its
/// certificate.
const NOT_YOURS: Want = Want::Status(&[400, 401, 403, 404]);

/// A number that no user will have.
const NOBODY: i32 = i32::MAX - 7;

/// The calls that want a merchant's token.
pub(crate) fn with_token(plan: &Plan) -> Vec<Call> {
    let rows = plan.tables().map_or(&[][..], |tables| tables.endpoints);
    let wanted = |row: &&EndpointRow| row.gate == Gate::Bearer && row.call != Call::UserInfo;
    rows.iter().filter(wanted).map(|row| row.call).collect()
}

/// A request that needs neither a code nor anything that was fetched before.
pub(crate) fn bare(call: Call) -> Ask {
    let ask = Ask::of(call);
    match call {
        Call::ConfirmEmail => ask.with("token", "000000"),
        Call::VerifyPhone => ask.with("code", "000000"),
        Call::KycDocuments => ask.with("individualId", NOBODY),
        _ => ask,
    }
}
