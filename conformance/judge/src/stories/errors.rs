//! Requests that are wrong as HTTP, and refusals of every kind to look at.
//! No input of a client is the server's failure.

use contract::{Call, Problem, endpoint::BodyKind, step::Step};
use serde_json::json;

use super::{NOBODY, bare, with_token};
use crate::{
    Plan,
    fault::{Fault, Kind},
    story::{Ask, Odd, Story, Token, Who},
    want::Want,
};

/// One refusal of each form that is easily had.
pub(crate) fn refusals(_: &Plan) -> Story {
    let confirm = Ask::of(Call::ConfirmEmail).with("token", "000000");
    Story::of(Who::A, Step::CreateUser)
        .ask(Ask::of(Call::CreateUser).with("email", "none"), &[Want::Handled])
        .ask(Ask::of(Call::CreateUser).odd(Odd::Broken), &[Want::Handled])
        .ask(confirm.clone(), &[Want::Handled])
        .ask(confirm.with("id", NOBODY), &[Want::Handled])
        .ask(Ask::of(Call::UserStatus).with("id", NOBODY), &[Want::Handled])
        .ask(Ask::of(Call::UserStatus).token(Token::None), &[Want::Handled])
        .ask(
            Ask::of(Call::CreateUser).odd(Odd::MediaType("text/plain".to_owned())),
            &[Want::Handled],
        )
}

/// Somebody who is told to come again: by a fault, since nobody else can be made to say it.
pub(crate) fn throttled(_: &Plan) -> Story {
    let call = Call::UserStatus;
    let busy = |kind, from| Fault { call, kind, from, times: 1 };
    Story::of(Who::A, Step::CreateUser)
        .faults(&[busy(Kind::Throttled, 1), busy(Kind::Unavailable, 2)])
        .ask(Ask::of(call), &[Want::Status(&[429])])
        .ask(Ask::of(call), &[Want::Status(&[503])])
        .faults(&[])
        .ask(Ask::of(call), &[Want::Status(&[200])])
}

/// Values that no type of a field allows, at every call that takes a body.
pub(crate) fn anything(plan: &Plan) -> Story {
    let rows = plan.tables().map_or(&[][..], |tables| tables.endpoints);
    let bodies = rows.iter().filter(|row| row.body == BodyKind::Json);
    let values = [
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!(""),
        json!("\u{0}\u{202e}'\"<script>"),
        json!(-1),
        json!(9_223_372_036_854_775_807_i64),
        json!(1e300),
    ];
    let mut cases = Vec::new();
    for row in bodies {
        let fields = row.fields.iter().filter(|field| plan.variants.meet(field.when));
        for (at, field) in fields.enumerate() {
            // Every value meets every kind of field, but not every field every value.
            for turn in 0..3 {
                cases.push((row.call, field.name, values[(at + turn * 3) % values.len()].clone()));
            }
        }
    }
    Story::of(Who::A, Step::CreateUser).each(cases, |story, (call, field, value)| {
        let ask = Ask::of(call).with(field, value);
        let ask = match call {
            Call::ConfirmEmail if field != "token" => ask.with("token", "000000"),
            Call::VerifyPhone if field != "code" => ask.with("code", "000000"),
            _ => ask,
        };
        story.ask(ask, &[Want::Handled])
    })
}

pub(crate) fn wrong_methods(plan: &Plan) -> Story {
    let calls = with_token(plan);
    Story::of(Who::A, Step::CreateUser).each(calls, |story, call| {
        let ask = bare(call).odd(Odd::Method("DELETE".to_owned()));
        story.ask(ask, &[Want::Status(&[405]), Want::Allow])
    })
}

pub(crate) fn bad_bodies(_: &Plan) -> Story {
    const MALFORMED: &[Problem] = &[Problem::MalformedJson, Problem::Validation];
    const TYPE: &[Problem] = &[Problem::UnsupportedMediaType];
    const LARGE: &[Problem] = &[Problem::BodyTooLarge, Problem::MalformedJson, Problem::Validation];
    let ask = || Ask::of(Call::CreateUser);
    Story::default()
        .ask(ask().odd(Odd::MediaType("text/xml".to_owned())), &[Want::Refusal(TYPE)])
        .ask(ask().odd(Odd::Broken), &[Want::Refusal(MALFORMED)])
        .ask(ask().odd(Odd::Huge), &[Want::Refusal(LARGE)])
        .ask(ask().odd(Odd::Deep), &[Want::Refusal(MALFORMED)])
        .ask(ask(), &[Want::Success])
}
