//! Tokens: who gets one, and what one is good for.
//! Nobody gets one who has not proved who it is.

use contract::{Call, step::Step};

use super::{bare, with_token};
use crate::{
    Plan,
    story::{Ask, Certificate, Deed, Hello, Odd, Story, Token, Who},
    want::Want,
};

const THUMBPRINT: &str = "IdentityServer:MTLS:X509Certificate";

/// Longer than any token lives.
const A_DAY: u64 = 24 * 60 * 60 * 1000;

fn token_call(plan: &Plan) -> Call {
    plan.token_call().unwrap_or(Call::MtlsToken)
}

pub(crate) fn granted(plan: &Plan) -> Story {
    let lives = Want::Holds("is a bearer token that lives a while", |exchange| {
        let member = |name: &str| exchange.answer.as_ref().and_then(|body| body.get(name));
        let kind = member("token_type").and_then(|kind| kind.as_str());
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"))
            && member("expires_in").and_then(|value| value.as_i64()).is_some_and(|life| life > 0)
    });
    Story::default().ask(Ask::of(token_call(plan)), &[Want::Success, lives])
}

pub(crate) fn no_certificate(_: &Plan) -> Story {
    let ask = Ask::of(Call::MtlsToken).shows(Certificate::None);
    Story::default().ask(ask, &[Want::Barred, Want::NoToken])
}

pub(crate) fn bad_certificates(_: &Plan) -> Story {
    let bad =
        [Certificate::Other, Certificate::SelfSigned, Certificate::Expired, Certificate::Untrusted];
    Story::default().each(bad, |story, certificate| {
        let ask = Ask::of(Call::MtlsToken).shows(certificate);
        story.ask(ask, &[Want::Barred, Want::NoToken])
    })
}

pub(crate) fn thumbprints(_: &Plan) -> Story {
    let ask = || Ask::of(Call::MtlsToken);
    Story::default()
        .ask(ask().with(THUMBPRINT, "0".repeat(40)), &[Want::Refused, Want::NoToken])
        .ask(ask().without(THUMBPRINT), &[Want::Refused, Want::NoToken])
        .ask(ask().with(THUMBPRINT, "$lower-thumbprint"), &[Want::Told("in lower case")])
}

pub(crate) fn oauth_errors(plan: &Plan) -> Story {
    let call = token_call(plan);
    let says = |error: Want| [Want::Status(&[400, 401]), error, Want::NoToken];
    let story = Story::default()
        .ask(
            Ask::of(call).with("grant_type", "implicit"),
            &says(Want::Holds("names unsupported_grant_type", |exchange| {
                names(exchange, &["unsupported_grant_type", "unauthorized_client"])
            })),
        )
        .ask(
            Ask::of(call).with("scope", "no.such.scope"),
            &says(Want::Holds("names invalid_scope", |exchange| {
                names(exchange, &["invalid_scope"])
            })),
        );
    // By password the client's name stands beside its secret, and not in the form alone.
    if call == Call::PlainToken {
        return story;
    }
    story.ask(
        Ask::of(call).with("client_id", "no-such-client"),
        &says(Want::Holds("names invalid_client", |exchange| names(exchange, &["invalid_client"]))),
    )
}

fn names(exchange: &contract::trace::Exchange, errors: &[&str]) -> bool {
    let error = exchange.answer.as_ref().and_then(|body| body.get("error"));
    error.and_then(|error| error.as_str()).is_some_and(|error| errors.contains(&error))
}

pub(crate) fn odd_requests(plan: &Plan) -> Story {
    let call = token_call(plan);
    let odd = [Odd::AsJson, Odd::Twice("grant_type".to_owned()), Odd::Method("GET".to_owned())];
    Story::default()
        .each(odd, |story, odd| story.ask(Ask::of(call).odd(odd), &[Want::Refused, Want::NoToken]))
}

/// An altered and an expired token at every call that wants one.
pub(crate) fn refused_tokens(plan: &Plan) -> Story {
    let calls = with_token(plan);
    let story =
        Story::of(Who::A, Step::CreateUser).ask(Ask::of(Call::UserStatus), &[Want::Status(&[200])]);
    let wants = [Want::Status(&[401]), Want::Challenge];
    let story = story
        .each(calls.clone(), |story, call| story.ask(bare(call).token(Token::Altered), &wants));
    let story = story.then(Deed::Pass(A_DAY), &[]);
    story.each(calls, |story, call| story.ask(bare(call).token(Token::Old), &wants))
}

/// What was good enough once.
pub(crate) fn old_hellos(_: &Plan) -> Story {
    Story::default().each(Hello::ALL.iter().copied(), |story, hello| {
        story.then(Deed::Hello(hello), &[Want::NoHandshake])
    })
}
