//! What nothing else comes across: every call in the wrong media type, about nobody, and with a
//! token that does not reach so far; every code of the lifecycle that a story can lead to; every
//! kind of fault.

use contract::{
    Call,
    endpoint::{BodyKind, Gate},
    field::Place,
    step::Step,
};

use super::{NOBODY, bare, journey, with_token};
use crate::{
    Person, Plan,
    fault::{Fault, Kind},
    story::{Ask, Odd, Story, Token, Who},
    want::Want,
};

/// A scope that every merchant may ask for and no onboarding call is content with.
const NARROW: &str = "Tenn.FileStorage";

pub(crate) fn everything(plan: &Plan) -> Story {
    let rows = plan.tables().map_or(&[][..], |tables| tables.endpoints);
    let bodies = rows.iter().filter(|row| row.body == BodyKind::Json && row.gate == Gate::Bearer);
    let story = Story::of(Who::A, Step::CreateUser).each(bodies, |story, row| {
        let odd = Odd::MediaType("text/plain".to_owned());
        story.ask(bare(row.call).odd(odd), &[Want::Handled])
    });
    let named = rows.iter().filter(|row| row.gate == Gate::Bearer);
    let named = named.filter_map(|row| {
        let is_user = |name: &&str| row.fields.iter().any(|field| field.name == *name);
        ["id", "userId"].into_iter().find(is_user).map(|name| (row, name))
    });
    let story = story.each(named, |story, (row, name)| {
        let in_path = row.field(name).is_some_and(|field| field.place == Place::Path);
        let ask = bare(row.call).with(name, NOBODY);
        // What is inside of the questionnaire names the user once more.
        let ask = match row.call {
            Call::AddAdditionalData if !in_path => ask.with("additionalData.data.userId", NOBODY),
            _ => ask,
        };
        story.ask(ask, &[Want::Handled])
    });
    let open = rows.iter().filter(|row| row.gate == Gate::Open && row.body == BodyKind::None);
    let story = open
        .filter(|row| is_document(row.call))
        .fold(story, |story, row| story.ask(Ask::of(row.call), &[Want::Handled]));
    let story = match plan.token_call() {
        Some(call) => {
            let story = story.ask(Ask::of(call).with("scope", NARROW), &[Want::Handled]);
            story.each(with_token(plan), |story, call| {
                story.ask(bare(call).token(Token::Asked), &[Want::Handled])
            })
        }
        None => story,
    };
    let story = faults(story);
    match plan.has(Step::Initiate) {
        true => failed(story),
        false => story,
    }
}

const fn is_document(call: Call) -> bool {
    matches!(call, Call::Discovery | Call::Jwks)
}

/// Each kind of fault once, by whoever asks.
fn faults(story: Story) -> Story {
    let call = Call::UserStatus;
    let story = Kind::ALL.iter().copied().fold(story, |story, kind| {
        let fault = Fault { call, kind, from: 1, times: 1 };
        story.faults(&[fault]).ask(Ask::of(call), &[])
    });
    story.faults(&[]).ask(Ask::of(call), &[Want::Status(&[200])])
}

/// Somebody whose identification fails, and who asks what became of it.
fn failed(story: Story) -> Story {
    use contract::trace::Leg;
    let visit = crate::story::Visit { user: Who::B, ..journey(Leg::Identification, Person::Fail) };
    story
        .walk(Who::B, Step::Initiate)
        .open(visit, &[])
        .ask(Ask::of(Call::IdentificationStatus).by(Who::B), &[Want::Handled])
}
