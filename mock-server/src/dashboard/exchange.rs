//! One exchange: request and answer side by side, with labels where secrets stood; the row that
//! decided and where it comes from; what else happened; and a command to send it again.

use contract::trace::{Exchange, Transported};
use maud::{Markup, html};
use serde_json::Value;

use super::{
    Look, curl,
    facts::{Facts, Sockets, tone, trace_ids, user_of},
    page::{Shown, copyable, missing, page, time},
    timeline::goes_against_the_order,
};
use crate::story;

pub(super) fn show(look: &Look<'_>) -> Shown {
    let facts = Facts::of(look.workspace);
    let found = look.name.parse().ok().and_then(|number| facts.step(number));
    let Some(seen) = found.and_then(|entry| facts.seen(entry)) else {
        let why = "There is no such exchange, or it had to make room for newer ones.";
        return missing(look, "/exchanges", why);
    };
    let (entry, exchange) = (&seen.entry, &seen.exchange);
    let content = html! {
        p.row {
            (time(entry.at)) span.soft { "step " (entry.step) }
            @if let Some(user) = user_of(&seen) { a href={ "/users/" (user) } { "User " (user) } }
            @for id in trace_ids(entry) { span.soft { "trace " code { (id) } } }
        }
        (reason(exchange))
        div.sides {
            section { h2 { "Request" } (request(exchange)) }
            section { h2 { "Answer" } (answer(exchange)) }
        }
        h2 { "What else happened" }
        (others(&facts, entry, &facts.sockets()))
        h2 { "Send it again" }
        p.soft { "What stands in angle brackets is a secret that was not kept: put your own there." }
        (copyable("curl", &curl::command(look.workspace, exchange)))
    };
    let title = format!("{} {}", exchange.method, exchange.path);
    page(look, ("/exchanges", &title), &content)
}

/// Why the answer is what it is.
pub(super) fn reason(exchange: &Exchange) -> Markup {
    html! {
        div.card {
            p { strong class=(tone(exchange.status)) { (exchange.status) } " decided by "
                code { (exchange.row.as_deref().unwrap_or("nobody")) }
                @if !exchange.readings.is_empty() { ", read as " (exchange.readings.join(", ")) } }
            @if let Some(source) = &exchange.source { p.soft { "Source: " (source) } }
            @if let Some(advice) = &exchange.advice {
                @if goes_against_the_order(exchange) {
                    p role="note" { strong { "The client went against the documented order. " } (advice) "." }
                } @else {
                    p role="note" { strong { "What to do: " } (advice) "." }
                }
            }
            @if let Some(scenario) = &exchange.scenario {
                p { "Scenario " a href={ "/scenarios/" (scenario) } { (scenario) } }
            }
            @if !exchange.rules.is_empty() { ul { @for rule in &exchange.rules { li { (rule) } } } }
        }
    }
}

fn request(exchange: &Exchange) -> Markup {
    html! {
        dl {
            dt { "To" } dd { (exchange.host.to_string()) }
            @if let Some(bearer) = &exchange.bearer { dt { "Bearer token" } dd { code { (bearer) } } }
            @if let Some(role) = &exchange.certificate { dt { "Certificate" } dd { (role) } }
            @if let Some(media_type) = &exchange.media_type { dt { "Content-Type" } dd { (media_type) } }
        }
        (body(exchange.request.as_ref()))
    }
}

fn answer(exchange: &Exchange) -> Markup {
    html! {
        dl {
            dt { "Status" } dd { (exchange.status) }
            @if let Some(media_type) = &exchange.answer_type { dt { "Content-Type" } dd { (media_type) } }
            @for (name, value) in &exchange.headers { dt { (name) } dd { (value) } }
        }
        (body(exchange.answer.as_ref()))
    }
}

fn body(value: Option<&Value>) -> Markup {
    let text = value.map(|value| match value {
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    });
    html! {
        @match text {
            Some(text) => pre tabindex="0" { code { (text) } },
            None => p.soft { "No body." },
        }
    }
}

fn others(facts: &Facts<'_>, entry: &std::sync::Arc<sim::Entry>, told: &Sockets) -> Markup {
    let decisions = facts.decisions(entry).into_iter();
    let lines: Vec<_> = decisions
        .filter_map(|decision| story::line(&contract::trace::Line::Decision(decision)))
        .collect();
    let delivered = told.delivered.get(&entry.step);
    let connection = match delivered {
        Some(Transported::Delivered { connection, .. }) => told.handshakes.get(connection),
        _ => None,
    };
    let faults = told.faults.get(&entry.step).into_iter().flatten();
    html! {
        ul {
            @for line in lines { li { code { (line) } } }
            @if let Some(handshake) = connection { li { (said(handshake)) } }
            @for fault in faults { li.warn { (said(fault)) } }
            @if let Some(delivered) = delivered { li { (said(delivered)) } }
        }
    }
}

/// What a socket told, in words.
pub(super) fn said(what: &Transported) -> String {
    match what {
        Transported::Handshake { connection, version, certificate, verdict, .. } => {
            let shown = certificate.as_deref().map_or_else(
                || "no client certificate".to_owned(),
                |role| format!("{role} ({})", verdict.as_deref().unwrap_or_default()),
            );
            format!("Connection {connection}: {version}, {shown}")
        }
        Transported::Delivered { bytes, cut, connection, .. } => {
            let how = if *cut { "cut after" } else { "delivered," };
            format!("Connection {connection}: {how} {bytes} bytes of body")
        }
        Transported::Fault { fault, effect, delivered, .. } => {
            let came = if *delivered { "done" } else { "did not reach the client" };
            format!("Fault {fault} ({effect}): {came}")
        }
        Transported::Visited { status, failure, .. } => match (status, failure) {
            (Some(status), _) => format!("The merchant's page answered {status}"),
            (None, why) => why.clone().unwrap_or_default(),
        },
        _ => String::new(),
    }
}
