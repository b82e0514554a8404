//! What holds at every moment of every run: looked for in every exchange of a trace, whatever the
//! story was about.

use std::collections::{BTreeMap, BTreeSet};

use contract::{Call, Variant, endpoint::Gate, lifecycle::Lifecycle, status::IdentificationStatus};
use serde_json::Value;

use crate::{
    finding::Findings,
    steps::{described, member, shown, text},
    view::{Seen, View},
};

/// Something that must hold over a whole trace. It says how many things it has looked at: none is
/// no pass.
pub(crate) type Always = fn(&View<'_>, &mut Findings) -> usize;

/// Whether an exchange is one with the API, and not with the hosted pages.
fn of_api<'a, 'b>(view: &'b View<'a>) -> impl Iterator<Item = &'b Seen<'a>> {
    view.all().iter().filter(|seen| seen.exchange.call.is_some())
}

fn is_refusal(seen: &&Seen<'_>) -> bool {
    (400..500).contains(&seen.exchange.status)
}

/// No token may stay in a cache (RFC 6749, 5.1).
pub(crate) fn tokens_are_not_kept(view: &View<'_>, findings: &mut Findings) -> usize {
    let is_token = |seen: &&Seen<'_>| {
        matches!(seen.exchange.call, Some(Call::MtlsToken | Call::PlainToken))
            && seen.exchange.status == 200
    };
    let tokens: Vec<_> = of_api(view).filter(is_token).collect();
    for seen in &tokens {
        let stored = header(seen, "cache-control").is_none_or(|value| !value.contains("no-store"));
        if stored {
            let got = header(seen, "cache-control").unwrap_or("no Cache-Control");
            findings.broken("a token's answer says Cache-Control: no-store", got, seen.number);
        }
    }
    tokens.len()
}

/// Flags of a user never go back to false, and the lifecycle is a known code.
pub(crate) fn flags_stay(view: &View<'_>, findings: &mut Findings) -> usize {
    let mut seen_true: BTreeSet<(i32, String)> = BTreeSet::new();
    let mut looked = 0;
    for seen in answered(view, Call::UserStatus) {
        let Some(Value::Object(members)) = &seen.exchange.answer else { continue };
        let Some(user) = seen.exchange.user else { continue };
        looked += 1;
        for (name, value) in members {
            match value {
                Value::Bool(true) => {
                    seen_true.insert((user, name.clone()));
                }
                Value::Bool(false) if seen_true.contains(&(user, name.clone())) => {
                    findings.broken(format!("{name} stays true"), "false", seen.number);
                }
                _ => {}
            }
        }
        let code = members.get("status").and_then(Value::as_u64);
        let known = |code: u64| Lifecycle::ALL.iter().any(|row| u64::from(row.code()) == code);
        if code.is_some_and(|code| !known(code)) {
            let got = shown(members.get("status"));
            findings.broken("status is one of the documented codes", got, seen.number);
        }
    }
    looked
}

/// What is signed stays signed, and nothing that was ready for signing is pending again, unless
/// the identification was begun anew.
pub(crate) fn statuses_stay(view: &View<'_>, findings: &mut Findings) -> usize {
    let mut furthest: BTreeMap<i32, usize> = BTreeMap::new();
    let mut looked = 0;
    for seen in of_api(view) {
        let Some(user) = seen.exchange.user else { continue };
        if seen.exchange.call == Some(Call::Initiate) {
            furthest.remove(&user);
        }
        let is_poll = seen.exchange.call == Some(Call::IdentificationStatus);
        if !is_poll || seen.exchange.status != 200 {
            continue;
        }
        let Some(status) = text(seen, "videoIdentificationStatus") else { continue };
        looked += 1;
        let rank = match status {
            _ if status == IdentificationStatus::DocumentSignSuccess.name() => 2,
            _ if status == IdentificationStatus::SignSessionIdSuccessfullyCreated.name() => 1,
            _ => 0,
        };
        let best = furthest.entry(user).or_default();
        // Signing passes through states of its own on its way to the end.
        if rank < *best && *best == 2 {
            findings.broken("what is signed stays signed", status, seen.number);
        }
        *best = rank.max(*best);
    }
    looked
}

/// Every refusal with a body is JSON, and a problem says the status of its status line.
pub(crate) fn refusals_are_json(view: &View<'_>, findings: &mut Findings) -> usize {
    let refusals: Vec<_> = of_api(view).filter(is_refusal).collect();
    for seen in &refusals {
        let wanted = "a refusal is a JSON object or array, or has no body";
        match &seen.exchange.answer {
            // Some identity servers answer a bad certificate with a page: a reading of its own.
            Some(Value::String(_)) if !may_be_a_page(view, seen) => {
                findings.broken(wanted, described(seen.exchange), seen.number);
            }
            Some(Value::Bool(_) | Value::Number(_) | Value::Null) => {
                findings.broken(wanted, described(seen.exchange), seen.number);
            }
            Some(Value::Object(members)) => problem(seen, members, findings),
            _ => {}
        }
    }
    refusals.len()
}

fn may_be_a_page(view: &View<'_>, seen: &Seen<'_>) -> bool {
    let gate = seen.exchange.call.and_then(|call| view.row(call)).map(|row| row.gate);
    gate == Some(Gate::Certificate)
        && view.plan.variants.reads(Variant::MtlsRefusal, "http-400-html")
}

fn problem(seen: &Seen<'_>, members: &serde_json::Map<String, Value>, findings: &mut Findings) {
    match members.get("status") {
        None | Some(Value::Null) => {}
        Some(Value::Number(status)) if status.as_u64() == Some(seen.exchange.status.into()) => {}
        other => {
            let wanted = format!("its member status is {}", seen.exchange.status);
            findings.broken(wanted, shown(other), seen.number);
        }
    }
    for name in ["type", "title", "detail", "instance", "traceId"] {
        let value = members.get(name);
        if !matches!(value, None | Some(Value::Null | Value::String(_))) {
            findings.broken(format!("its member {name} is a text"), shown(value), seen.number);
        }
    }
}

/// Problem documents have their own media type (RFC 9457, 3).
pub(crate) fn problems_are_labelled(view: &View<'_>, findings: &mut Findings) -> usize {
    let plain = view.plan.variants.reads(Variant::ProblemMediaType, "json");
    let mut others: BTreeSet<&str> = BTreeSet::new();
    let mut looked = 0;
    for seen in of_api(view).filter(is_refusal) {
        let Some(Value::Object(members)) = &seen.exchange.answer else { continue };
        let is_problem = members.contains_key("title") && members.contains_key("status");
        let kind = seen.exchange.answer_type.as_deref().unwrap_or("none");
        looked += usize::from(is_problem);
        if !is_problem || kind == "application/problem+json" {
            continue;
        }
        if plain && kind == "application/json" {
            others.insert(kind);
        } else {
            findings.broken("a problem is application/problem+json", kind, seen.number);
        }
    }
    for kind in others {
        findings.told(format!("problems come as {kind}"));
    }
    looked
}

/// No request is answered with a server error.
pub(crate) fn never_fails(view: &View<'_>, findings: &mut Findings) -> usize {
    let own = of_api(view).filter(|seen| !seen.faulted);
    for seen in own.filter(|seen| seen.exchange.status >= 500) {
        findings.broken("no server error", described(seen.exchange), seen.number);
    }
    of_api(view).count()
}

/// No answer quotes a secret, and no stack trace is shown.
pub(crate) fn errors_are_discreet(view: &View<'_>, findings: &mut Findings) -> usize {
    let mut looked = 0;
    for seen in of_api(view).filter(|seen| seen.exchange.status >= 400) {
        let Some(answer) = &seen.exchange.answer else { continue };
        looked += 1;
        let text = answer.to_string();
        let traces =
            ["   at ", "stacktrace", "stack trace", "Exception:", "panicked at", "goroutine "];
        let is_trace = traces.iter().any(|mark| text.contains(mark));
        // A label stands where a secret or a personal value was found.
        let is_echo = ["<token#", "-code#", "<quoted ", "<credential#", "<thumbprint#"]
            .iter()
            .any(|label| text.contains(label));
        if is_trace || is_echo {
            let wanted = "an error shows no stack trace, code or token";
            findings.broken(wanted, described(seen.exchange), seen.number);
        }
    }
    looked
}

/// Every problem can be found again by its `traceId` (W3C Trace Context).
pub(crate) fn problems_can_be_traced(view: &View<'_>, findings: &mut Findings) -> usize {
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for seen in of_api(view).filter(is_refusal) {
        let Some(id) = member(seen, "traceId") else { continue };
        let Some(id) = id.as_str() else { continue };
        if !is_w3c(id) {
            findings.broken("traceId is of the W3C's form", id, seen.number);
        }
        if !known.insert(id) {
            findings.broken("no traceId comes twice", id, seen.number);
        }
    }
    known.len()
}

/// `00-<32 hex>-<16 hex>-<2 hex>`.
fn is_w3c(id: &str) -> bool {
    id.split('-').map(str::len).eq([2, 32, 16, 2])
        && id.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Where a server says when to come again, that can be understood, and is within a day.
pub(crate) fn retries_make_sense(view: &View<'_>, findings: &mut Findings) -> usize {
    let mut looked = 0;
    for seen in of_api(view) {
        let Some(value) = header(seen, "retry-after") else { continue };
        looked += 1;
        let seconds = value.parse::<u64>();
        let sane = match seconds {
            Ok(seconds) => seconds <= 24 * 60 * 60,
            Err(_) => value.ends_with(" GMT") && value.len() == 29,
        };
        if !sane {
            let wanted = "Retry-After is a number of seconds within a day, or a date";
            findings.broken(wanted, value, seen.number);
        }
    }
    looked
}

/// No two users have the same number.
pub(crate) fn ids_differ(view: &View<'_>, findings: &mut Findings) -> usize {
    let mut known: BTreeSet<i64> = BTreeSet::new();
    for seen in answered(view, Call::CreateUser) {
        let id = member(seen, "id").and_then(Value::as_i64);
        if id.is_some_and(|id| !known.insert(id)) {
            let got = shown(member(seen, "id"));
            findings.broken("every new user has a number of its own", got, seen.number);
        }
    }
    known.len()
}

fn answered<'a, 'b>(view: &'b View<'a>, call: Call) -> impl Iterator<Item = &'b Seen<'a>> {
    let success = view.success_status(call);
    of_api(view).filter(move |seen| {
        seen.exchange.call == Some(call) && Some(seen.exchange.status) == success
    })
}

fn header<'a>(seen: &Seen<'a>, name: &str) -> Option<&'a str> {
    let found = seen.exchange.headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

/// What a browser brings to the merchant is no token, no code and nothing about the person.
pub(crate) fn redirects_are_discreet(view: &View<'_>, findings: &mut Findings) -> usize {
    for hit in view.all_hits() {
        for (name, label) in &hit.redirected.with {
            let name_tells = ["token", "code", "secret", "email", "phone"]
                .iter()
                .any(|word| name.to_ascii_lowercase().contains(word));
            let known = ["<token#", "-code#", "<personal", "<credential", "e-mail>", "e.164>"];
            if name_tells || known.iter().any(|mark| label.contains(mark)) {
                let wanted = "the address says nothing secret or personal";
                findings.broken(wanted, format!("{name} = {label}"), hit.number);
            }
        }
    }
    view.all_hits().len()
}
