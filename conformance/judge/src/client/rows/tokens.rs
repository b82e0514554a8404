//! The use of tokens.
//! Tokens are told apart by their numbers, never by their text.

use contract::{Call, Host, label::Label, trace::client::Noticed};

use super::{along, row};
use crate::client::{
    row::{Cases, Level, Notes, Row, Weight, told},
    view::{Seen, View},
};

const REFUSED: Cases = Cases::Named(&["token-refused-once"]);

pub(super) const ROWS: &[Row] = &[
    row(
        "CC-TOK-01",
        Level::Must,
        Cases::Every,
        form,
        (
            "Asks for tokens by form, with client_id, grant_type and scope; names and passwords only for the password grant.",
            "2025-09 TOK §2",
        ),
    ),
    row(
        "CC-TOK-02",
        Level::Must,
        Cases::Every,
        bearer,
        ("Shows exactly one bearer credential, in the Authorization header alone.", "RFC 6750 §2"),
    ),
    row(
        "CC-TOK-03",
        Level::MustByScheme,
        REFUSED,
        spent,
        ("Never uses a token again that was refused.", "RFC 6750 §3.1"),
    ),
    row(
        "CC-TOK-04",
        Level::Should,
        REFUSED,
        renewed,
        (
            "Renews a refused token once and repeats that very request, and no earlier step.",
            "RFC 6750 §3.1",
        ),
    ),
    row(
        "CC-TOK-05",
        Level::MustByScheme,
        Cases::Named(&["token-refused-always"]),
        bounded,
        ("Stops after two renewals for one call.", "good practice"),
    ),
    along(
        &["CC-TLS-08"],
        row(
            "CC-TOK-06",
            Level::MustByScheme,
            Cases::Named(&["token-scope-refused", "token-client-refused"]),
            permanent,
            ("Does not ask again after an error that stays.", "RFC 6749 §5.2"),
        ),
    ),
    row(
        "CC-TOK-07",
        Level::Should,
        Cases::Named(&["token-answer-odd"]),
        odd,
        (
            "Takes a token answer without lifetime, with a lower-case type and unknown members.",
            "RFC 6749 §5.1",
        ),
    ),
    along(
        &["CC-TOK-04"],
        row(
            "CC-TOK-08",
            Level::Should,
            Cases::Healthy,
            thrifty,
            ("Uses one token for a whole flow.", "good practice"),
        ),
    ),
    row(
        "CC-TOK-09",
        Level::Should,
        Cases::Every,
        scopes,
        ("Asks only for the scopes that its calls need.", "RFC 6749 §3.3"),
    ),
];

fn form(view: &View<'_>, notes: &mut Notes) {
    for seen in view.token_calls() {
        let form = seen.said.request.as_ref();
        let text =
            |name: &str| form.and_then(|form| form.get(name)).and_then(|field| field.as_str());
        let typed = seen.said.media_type.as_deref();
        let typed = typed.is_some_and(|kind| kind.contains("x-www-form-urlencoded"));
        let missing: Vec<_> = ["client_id", "grant_type", "scope"]
            .into_iter()
            .filter(|name| text(name).is_none_or(str::is_empty))
            .collect();
        let by_password = text("grant_type") == Some("password");
        let extra = !by_password && (text("username").is_some() || text("password").is_some());
        notes.check(typed && missing.is_empty() && !extra, seen.step, || {
            let sentence = if !typed {
                "It asked for a token, but not by form.".to_owned()
            } else if extra {
                "It sent a name or a password though its grant is not the password grant."
                    .to_owned()
            } else {
                format!("It asked for a token without {}.", missing.join(" and "))
            };
            told(sentence, "a form with client_id, grant_type and scope", "another")
        });
    }
}

fn bearer(view: &View<'_>, notes: &mut Notes) {
    for seen in view.requests.iter().filter(|seen| seen.said.host == Host::Api) {
        let twice = seen.said.noticed.iter().find(|noticed| {
            matches!(
                noticed,
                Noticed::BearerTwice | Noticed::BearerInAddress | Noticed::BearerInBody
            )
        });
        let bare = seen.said.bearer.is_none() && seen.said.call.is_some();
        notes.check(twice.is_none() && !bare, seen.step, || {
            let got = match twice {
                Some(Noticed::BearerTwice) => "two Authorization headers",
                Some(Noticed::BearerInAddress) => "a token in the address",
                Some(_) => "a token in the body",
                None => "no token",
            };
            told(format!("It sent {got}."), "one bearer token, in the Authorization header", got)
        });
    }
}

/// The name of the token that a request carries.
fn token(seen: &Seen<'_>) -> Option<String> {
    Label::parse(seen.said.bearer.as_deref()?).map(|label| label.name)
}

fn spent(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "refuse") else { return };
    let again =
        view.after(hit.line).find(|seen| token(seen).is_some() && token(seen) == token(hit));
    notes.check(again.is_none(), again.map_or(hit.step, |seen| seen.step), || {
        told(
            "It used a token again that had been refused.",
            "a new token, or none",
            "the same token",
        )
    });
}

fn renewed(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "refuse") else { return };
    let users = view.calls(Call::CreateUser).count();
    let next = view.after(hit.line).find(|seen| seen.said.host == Host::Api);
    let renewals = view
        .token_calls()
        .filter(|seen| seen.line > hit.line && next.is_none_or(|next| seen.line < next.line))
        .count();
    let same =
        next.is_some_and(|next| next.said.call == hit.said.call && next.body() == hit.body());
    notes.check(users == 1 && same && renewals == 1, hit.step, || {
        let sentence = if users > 1 {
            "After one refused token it began again, with a second user."
        } else if !same {
            "After one refused token it did not repeat the request."
        } else {
            "After one refused token it did not renew it exactly once."
        };
        told(
            sentence,
            "one renewal, then the same request",
            format!(
                "{renewals} renewals, then {}",
                next.and_then(|next| next.said.call).map_or("nothing", |call| call.name())
            ),
        )
    });
}

fn bounded(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "refuse") else { return };
    let renewals = view.token_calls().filter(|seen| seen.line > hit.line).count();
    notes.check(renewals <= 2, hit.step, || {
        told(
            format!("It renewed its token {renewals} times for one call that is always refused."),
            "at most two renewals",
            format!("{renewals} renewals"),
        )
    });
}

fn permanent(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "refuse") else { return };
    let again = view
        .token_calls()
        .find(|seen| seen.line > hit.line && seen.at.millis() - hit.at.millis() <= 60_000);
    notes.check(again.is_none(), hit.step, || {
        told(
            "It asked for a token again after an error that will not pass.",
            "no second request within a minute",
            "a second request",
        )
    });
}

fn odd(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "odd") else { return };
    notes.completes(
        view,
        hit.step,
        "It could not use a token answer that RFC 6749 allows.",
        "the flow goes on",
    );
}

fn thrifty(view: &View<'_>, notes: &mut Notes) {
    let tokens = view.token_calls().filter(|seen| seen.granted()).count();
    let calls = view.requests.iter().filter(|seen| seen.said.host == Host::Api).count();
    if tokens == 0 {
        return notes.unseen("The client got no token.");
    }
    notes.kept();
    if tokens > 1 {
        notes.find(
            Weight::Warn,
            0,
            told(
                format!("It asked for {tokens} tokens for {calls} calls."),
                "one token while it lives",
                format!("{tokens} tokens"),
            ),
        );
    }
}

fn scopes(view: &View<'_>, notes: &mut Notes) {
    let needed = &view.declared.scopes;
    if needed.is_empty() {
        return notes.contested("It is not declared which scopes the client needs.");
    }
    for seen in view.token_calls() {
        let scope = seen.said.request.as_ref().and_then(|form| form.get("scope"));
        let Some(scope) = scope.and_then(|scope| scope.as_str()) else { continue };
        let extra = scope.split(' ').find(|word| !needed.iter().any(|known| known == word));
        notes.check(extra.is_none(), seen.step, || {
            told("It asked for a scope that it does not need.", needed.join(" "), scope)
        });
    }
}
