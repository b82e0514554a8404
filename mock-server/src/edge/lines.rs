//! What the world kept of a step, as lines of the trace.
//! It is called when somebody reads the trace, not while a client waits for an answer.

use std::collections::BTreeSet;

use contract::{
    Call, Host, Instant, Method, Provenance, Tables, Variant, Variants, When, advice,
    endpoint::parameter,
    label::Label,
    trace::{
        Armed, Arrived, Chosen, Control, Decided, Decision, Exchange, LifecycleChange, Line, Moved,
        Page, Redirected, Sent, client::Noticed,
    },
};
use serde_json::Value;
use sim::{
    Answer, Command, Entry,
    command::{ApiRequest, Ask},
    outcome::{self, Happening, Play, Subject},
};

use super::{
    distort,
    encode::{self, Context, Encoded, TraceNames},
    json,
};

/// The headers that a requirement speaks of.
const KEPT_HEADERS: &[&str] =
    &["allow", "cache-control", "location", "pragma", "retry-after", "www-authenticate"];

/// The lines of one step: what fell due first, then the exchange, then what it caused.
#[must_use]
pub fn lines(tables: &'static Tables, variants: &Variants, entry: &Entry) -> Vec<Line> {
    let line = |at: Instant, what: Decided| Line::Decision(Decision { step: entry.step, at, what });
    let due = entry.due.iter().map(|(at, happening)| line(*at, decided(happening, &[])));
    let exchange = exchange(tables, variants, entry);
    let exchange = exchange.map(|exchange| line(entry.at, Decided::Exchange(Box::new(exchange))));
    let caused = entry
        .happenings
        .iter()
        .map(|happening| line(entry.at, decided(happening, &entry.asked.envelope.noticed)));
    let armed = entry.play.iter().flat_map(|play| &play.armed);
    let armed = armed.map(|armed| line(entry.at, Decided::Armed(told(armed))));
    due.chain(exchange).chain(armed).chain(caused).collect()
}

fn told(armed: &outcome::Armed) -> Armed {
    Armed { fault: format!("{}/{}", armed.scenario, armed.rule), effect: armed.effect.to_string() }
}

/// Each rule that is about such requests, with what became of it.
pub(super) fn rules(play: &Play) -> Vec<String> {
    let looks = play.looks().map(|(rule, _, told)| format!("{rule} {told}"));
    looks.chain(play.refused.iter().cloned()).collect()
}

/// What the request was, as far as it is told on the request line.
struct Asked {
    call: Option<Call>,
    host: Host,
    method: String,
    path: String,
    user: Option<i32>,
    media_type: Option<String>,
}

fn exchange(tables: &'static Tables, variants: &Variants, entry: &Entry) -> Option<Exchange> {
    let envelope = &entry.asked.envelope;
    let asked = asked(tables, &entry.asked)?;
    let play = entry.play.as_deref();
    let context = Context { tables, variants, call: asked.call, names: &TraceNames };
    let encoded = encode::encode(&context, &entry.answer);
    let armed = play.map_or(&[][..], |play| &play.armed);
    let Encoded { status, media_type, headers, body } = distort::rewritten(encoded, armed).0;
    let replaced = headers.iter().find(|(name, _)| *name == "content-type");
    let answer_type = replaced.map(|(_, value)| value.clone());
    let Deciding { row, readings, source } = deciding(&context, &entry.answer);
    let headers = headers.into_iter().filter(|(name, _)| KEPT_HEADERS.contains(name));
    Some(Exchange {
        call: asked.call,
        host: envelope.host.unwrap_or(asked.host),
        method: asked.method,
        path: asked.path,
        user: asked.user,
        bearer: entry.asked.bearer.map(|note| note.to_string()),
        certificate: envelope.peer.as_ref().map(|peer| peer.role.clone()),
        media_type: asked.media_type,
        request: entry.asked.body.as_deref().cloned(),
        noticed: envelope.noticed.clone(),
        status,
        answer_type: answer_type.or_else(|| media_type.map(str::to_owned)),
        answer: answer_body(&body),
        headers: headers.map(|(name, value)| (name.to_owned(), value)).collect(),
        row: Some(row.to_owned()),
        readings,
        source: source.map(|source| source.to_string()),
        advice: match &entry.answer {
            Answer::Refused(refusal, _) => advice::after(refusal.problem),
            Answer::Reply(_) | Answer::Scripted(..) => None,
        },
        scenario: play.map(|play| play.scenario.to_string()).filter(|name| !name.is_empty()),
        rules: play.map(rules).unwrap_or_default(),
        failure: None,
    })
}

/// The row that gave an answer its form, and the readings that chose it among its like.
pub(super) struct Deciding {
    pub(super) row: &'static str,
    pub(super) readings: Vec<String>,
    pub(super) source: Option<Provenance>,
}

pub(super) fn deciding(context: &Context<'_>, answer: &Answer) -> Deciding {
    let Context { tables, variants, call, .. } = *context;
    match answer {
        Answer::Reply(_) => {
            let endpoint = call.and_then(|call| tables.endpoint(call));
            let choosing = endpoint.map(|endpoint| endpoint.choosing_success());
            let row = endpoint.and_then(|endpoint| endpoint.success(variants));
            Deciding {
                row: "success",
                readings: in_force(variants, choosing.into_iter().flatten()),
                source: row.map(|row| row.provenance),
            }
        }
        Answer::Scripted(..) => Deciding { row: "scripted", readings: Vec::new(), source: None },
        Answer::Refused(refusal, _) => Deciding {
            row: refusal.problem.name(),
            readings: in_force(variants, tables.choosing_refusal(refusal.problem, call)),
            source: tables.problem(refusal.problem, call, variants).map(|row| row.provenance),
        },
    }
}

fn in_force(variants: &Variants, choosing: impl Iterator<Item = &'static When>) -> Vec<String> {
    let asked: BTreeSet<_> = choosing.map(|When(variant, _)| *variant).collect();
    let in_force = |variant: Variant| When(variant, variants.reading(variant).id).to_string();
    asked.into_iter().map(in_force).collect()
}

fn answer_body(body: &[u8]) -> Option<Value> {
    if body.is_empty() {
        return None;
    }
    let text = || Value::String(String::from_utf8_lossy(body).into_owned());
    Some(serde_json::from_slice(body).map_or_else(|_| text(), discreet_keys))
}

/// The keys of `errors` may be member names of the caller's own making.
fn discreet_keys(mut answer: Value) -> Value {
    if let Some(Value::Object(errors)) = answer.get_mut("errors") {
        let shown = std::mem::take(errors).into_iter().map(|(key, texts)| {
            let strange = !json::is_plain_path(&key);
            (if strange { Label::unlisted(&key).to_string() } else { key }, texts)
        });
        *errors = shown.collect();
    }
    if let Value::Array(items) = &mut answer {
        for property in items.iter_mut().filter_map(|item| item.get_mut("propertyName")) {
            if let Value::String(key) = property
                && !json::is_plain_path(key)
            {
                *key = Label::unlisted(key).to_string();
            }
        }
    }
    answer
}

fn asked(tables: &'static Tables, kept: &outcome::Asked) -> Option<Asked> {
    let path = kept.path.as_deref().map(str::to_owned);
    Some(match &kept.envelope.command {
        Command::Api(request) => {
            let plain = of_call(tables, request.call);
            let path = path.unwrap_or_else(|| filled(&plain.path, request, &kept.subject));
            let user = match kept.subject {
                Subject::User(user) => Some(user),
                Subject::Nobody | Subject::Stranger(_) => None,
            };
            Asked { path, user, media_type: request.media_type.clone(), ..plain }
        }
        Command::Token(request) => Asked {
            method: request.method.clone(),
            media_type: request.media_type.clone(),
            ..of_call(tables, request.call)
        },
        Command::Identity(request) => Asked {
            method: request.method.clone(),
            media_type: request.media_type.clone(),
            ..of_call(tables, request.call)
        },
        Command::Open(call) => of_call(tables, *call),
        Command::Rim(request) => Asked {
            call: request.call,
            host: request.host,
            method: request.method.clone(),
            path: path.unwrap_or_default(),
            user: None,
            media_type: None,
        },
        Command::Page(_)
        | Command::Person { .. }
        | Command::SetRedirects { .. }
        | Command::SetCertificate { .. }
        | Command::Advance
        | Command::Tick
        | Command::Note(_)
        | Command::Script(_) => return None,
    })
}

fn of_call(tables: &'static Tables, call: Call) -> Asked {
    let row = tables.endpoint(call);
    Asked {
        call: Some(call),
        host: row.map_or(Host::Api, |row| row.host),
        method: row.map_or(Method::Get, |row| row.method).name().to_owned(),
        path: row.map_or_else(String::new, |row| row.path.to_owned()),
        user: None,
        media_type: None,
    }
}

/// The template with the parameters in their places, as far as they were understood.
fn filled(template: &str, request: &ApiRequest, subject: &Subject) -> String {
    let value = |name: &str| match (name, &request.ask) {
        ("userType", Ok(Ask::IdentificationStatus { user_type, .. })) => user_type.to_string(),
        ("isIdentificationCompleted", Ok(Ask::IdentificationStatus { completed, .. })) => {
            completed.to_string()
        }
        _ => match subject {
            Subject::User(user) => user.to_string(),
            Subject::Stranger(label) => label.to_string(),
            Subject::Nobody => format!("{{{name}}}"),
        },
    };
    let segments = template.split('/').map(|segment| match parameter(segment) {
        Some(name) => value(name),
        None => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}

fn decided(happening: &Happening, noticed: &[Noticed]) -> Decided {
    let session_name = |number: u32| format!("session#{number}");
    match happening {
        Happening::Page { session, leg, screen, act, outcome, by } => Decided::Page(Page {
            session: session.map_or_else(|| "unknown".to_owned(), session_name),
            leg: *leg,
            screen: screen.name().to_owned(),
            act: (*act).to_owned(),
            outcome: outcome.clone(),
            by: *by,
            noticed: noticed.to_vec(),
        }),
        Happening::Moved { user, session, from, to, by } => Decided::Moved(Moved {
            user: *user,
            session: session_name(*session),
            from: from.map(str::to_owned),
            to: (*to).to_owned(),
            by: (*by).to_owned(),
        }),
        Happening::Lifecycle { user, from, to } => {
            Decided::Lifecycle(LifecycleChange { user: *user, from: *from, to: *to })
        }
        Happening::Sent { user, kind, ordinal, fate } => Decided::Sent(Sent {
            user: *user,
            kind: *kind,
            code: format!("{}#{ordinal}", kind.code_name()),
            fate: fate.clone(),
        }),
        Happening::Arrived { user, kind, ordinal } => Decided::Arrived(Arrived {
            user: *user,
            kind: *kind,
            code: format!("{}#{ordinal}", kind.code_name()),
        }),
        Happening::Redirected { user, leg, to } => {
            Decided::Redirected(Redirected { user: *user, leg: *leg, to: *to, with: Vec::new() })
        }
        Happening::Chosen { user, scenario, why } => Decided::Chosen(Chosen {
            user: *user,
            scenario: scenario.to_string(),
            why: why.clone(),
        }),
        Happening::Control { verb, user } => {
            Decided::Control(Control { verb: (*verb).to_owned(), user: *user })
        }
        Happening::Noted(note) => Decided::Client(note.clone()),
    }
}

#[cfg(test)]
mod tests;
