//! One user's story as a sequence diagram: who turned to whom, with what, and what moved.
//! It is a list that reads from top to bottom; the style sheet draws the lanes.

use std::{collections::BTreeSet, sync::Arc};

use contract::{
    Instant, Variant, Variants, advice,
    message::{Channel, MessageKind},
    trace::{Actor, Decided, Exchange, Landing, Leg, Transported},
};
use maud::{Markup, html};
use sim::{Command, Entry};

use super::{
    exchange::said,
    facts::{Facts, Sockets, concerns, sessions_of, tone, was_asked},
    page::time,
};

/// The lanes, from left to right.
pub(super) type Lanes = [&'static str; 5];

/// The lanes under these readings.
pub(super) fn lanes(variants: &Variants) -> Lanes {
    let onfido = variants.reads(Variant::IdentityProvider, "onfido-signhost");
    let pages = if onfido { "Onfido, Signhost" } else { "Borica" };
    ["Client", "10nPayments", pages, "Person", "Inbox"]
}

const CLIENT: usize = 0;
const API: usize = 1;
const PAGES: usize = 2;
const PERSON: usize = 3;
const INBOX: usize = 4;

/// Tokens belong to nobody: those that were fetched within so many steps are shown.
const NEAR: u64 = 50;

/// One line of the diagram.
pub(super) struct Row {
    at: Instant,
    from: usize,
    to: usize,
    /// Besides its place: `refused`, `fault`, `all`.
    class: &'static str,
    text: String,
    /// The exchange that it belongs to.
    step: Option<u64>,
    why: Option<Exchange>,
}

/// Whether the client asked for what the documented order puts later.
pub(super) fn goes_against_the_order(exchange: &Exchange) -> bool {
    exchange.row.as_deref().is_some_and(advice::is_out_of_order)
}

/// The story of a user, oldest first.
pub(super) fn rows(facts: &Facts<'_>, user: i32) -> Vec<Row> {
    let sessions = sessions_of(facts.steps(), user);
    let own: Vec<_> =
        facts.steps().filter(|entry| concerns(entry, user, &sessions)).cloned().collect();
    let around = own.first().map_or(0, |entry| entry.step.saturating_sub(NEAR))
        ..=own.last().map_or(0, |entry| entry.step + NEAR);
    let told = facts.sockets();
    let mut rows = Vec::new();
    let mut connections = BTreeSet::new();
    let tokens = facts.steps().filter(|entry| is_token(entry) && around.contains(&entry.step));
    let mut all: Vec<Arc<Entry>> = own.into_iter().chain(tokens.cloned()).collect();
    all.sort_by_key(|entry| entry.step);
    for entry in all {
        // What fell due may have been this user's while somebody else asked.
        let asked = is_token(&entry) || was_asked(&entry, user, &sessions);
        if asked {
            connected(&entry, &told, (&mut rows, &mut connections));
        }
        let names: Vec<_> = sessions.iter().map(|number| format!("session#{number}")).collect();
        for decision in facts.decisions(&entry) {
            let own = match &decision.what {
                Decided::Exchange(_) | Decided::Armed(_) => asked,
                what => is_of(what, user, &names),
            };
            if own {
                draw((decision.at, entry.step), decision.what, &mut rows);
            }
        }
        for fault in told.faults.get(&entry.step).into_iter().flatten().filter(|_| asked) {
            rows.push(Row::across(entry.at, "fault", said(fault)));
        }
    }
    for (_, visit) in told.visits.iter().filter(|(whose, _)| *whose == user) {
        let at = rows.last().map_or(Instant::from_millis(0), |row| row.at);
        rows.push(Row::note(at, CLIENT, said(visit)));
    }
    rows
}

fn is_token(entry: &Entry) -> bool {
    matches!(entry.asked.envelope.command, Command::Token(_))
}

/// The handshake of a connection, before what first came over it.
fn connected(entry: &Entry, told: &Sockets, (rows, known): (&mut Vec<Row>, &mut BTreeSet<u64>)) {
    let Some(Transported::Delivered { connection, .. }) = told.delivered.get(&entry.step) else {
        return;
    };
    if let Some(handshake) = told.handshakes.get(connection).filter(|_| known.insert(*connection)) {
        rows.push(Row::arrow(entry.at, (CLIENT, API), said(handshake)));
    }
}

/// Whether a line of a step is this user's.
fn is_of(what: &Decided, user: i32, sessions: &[String]) -> bool {
    match what {
        Decided::Exchange(_)
        | Decided::Armed(_)
        | Decided::Scene(_)
        | Decided::Hello(_)
        | Decided::Client(_) => false,
        Decided::Page(page) => sessions.contains(&page.session),
        Decided::Moved(moved) => moved.user == user,
        Decided::Lifecycle(change) => change.user == user,
        Decided::Sent(sent) => sent.user == user,
        Decided::Arrived(arrived) => arrived.user == user,
        Decided::Redirected(sent) => sent.user == user,
        Decided::Control(control) => control.user.is_none_or(|whose| whose == user),
        Decided::Chosen(chosen) => chosen.user == user,
    }
}

fn draw((at, step): (Instant, u64), what: Decided, rows: &mut Vec<Row>) {
    match what {
        Decided::Exchange(exchange) => exchanged((at, step), *exchange, rows),
        Decided::Page(page) => {
            let who = match page.by {
                Actor::Browser => "",
                Actor::Control => " (by control)",
                Actor::Script => " (by scenario)",
            };
            let text = format!("{} on {}: {}{who}", page.act, page.screen, page.outcome);
            rows.push(Row::arrow(at, (PERSON, PAGES), text));
        }
        Decided::Moved(moved) => {
            let from = moved.from.map(|from| format!("{from} -> ")).unwrap_or_default();
            rows.push(Row::note(at, PAGES, format!("{from}{} by {}", moved.to, moved.by)));
        }
        Decided::Lifecycle(change) => {
            rows.push(Row::note(at, API, format!("lifecycle {}", change.to.code())));
        }
        Decided::Sent(sent) => {
            let fate = sent.fate.map(|fate| format!(", {fate}")).unwrap_or_default();
            let text = format!("{} {}{fate}", carrier(sent.kind), sent.code);
            rows.push(Row::arrow(at, (sender(sent.kind), INBOX), text));
        }
        Decided::Arrived(arrived) => {
            let text = format!("{} {} arrives", carrier(arrived.kind), arrived.code);
            rows.push(Row::arrow(at, (sender(arrived.kind), INBOX), text));
        }
        Decided::Redirected(sent) => {
            let to = match sent.to {
                Landing::Success => "Success",
                Landing::Fail => "Fail",
            };
            let leg = match sent.leg {
                Leg::Identification => "identification",
                Leg::Signing => "signing",
            };
            let text = format!("browser to the {to} URL after {leg}");
            let class = if sent.to == Landing::Fail { "refused" } else { "" };
            rows.push(Row { class, ..Row::arrow(at, (PAGES, CLIENT), text) });
        }
        Decided::Control(control) => {
            rows.push(Row::across(at, "", format!("control: {}", control.verb)));
        }
        Decided::Chosen(chosen) => {
            let text = format!("scenario {}: {}", chosen.scenario, chosen.why);
            rows.push(Row::across(at, "", text));
        }
        Decided::Armed(armed) => {
            rows.push(Row::across(at, "fault", format!("{}: {}", armed.fault, armed.effect)));
        }
        // The runner's own trace alone has these.
        Decided::Scene(_) | Decided::Hello(_) | Decided::Client(_) => {}
    }
}

fn exchanged((at, step): (Instant, u64), exchange: Exchange, rows: &mut Vec<Row>) {
    let asked = format!("{} {}", exchange.method, exchange.path);
    rows.push(Row { step: Some(step), ..Row::arrow(at, (CLIENT, API), asked) });
    let row = exchange.row.clone().unwrap_or_default();
    let class = if tone(exchange.status) == "ok" { "" } else { "refused" };
    let text = format!("{} {row}", exchange.status);
    let answer = Row { class, step: Some(step), ..Row::arrow(at, (API, CLIENT), text) };
    rows.push(Row { why: Some(exchange), ..answer });
}

const fn carrier(kind: MessageKind) -> &'static str {
    match kind.channel() {
        Channel::Email => "e-mail",
        Channel::Sms => "SMS",
    }
}

/// The pages of the identification send their own codes.
const fn sender(kind: MessageKind) -> usize {
    if kind.is_of_a_page() { PAGES } else { API }
}

impl Row {
    fn arrow(at: Instant, (from, to): (usize, usize), text: String) -> Self {
        Self { at, from, to, class: "", text, step: None, why: None }
    }

    fn note(at: Instant, lane: usize, text: String) -> Self {
        Self::arrow(at, (lane, lane), text)
    }

    fn across(at: Instant, class: &'static str, text: String) -> Self {
        let class = if class.is_empty() { "all" } else { "all fault" };
        Self { class, ..Self::note(at, API, text) }
    }

    fn classes(&self) -> String {
        let kind = match self.from.cmp(&self.to) {
            std::cmp::Ordering::Less => "arrow right",
            std::cmp::Ordering::Greater => "arrow left",
            std::cmp::Ordering::Equal => "note",
        };
        let place = format!("f{}t{}", self.from, self.to);
        let place = if self.class.starts_with("all") { "" } else { place.as_str() };
        format!("{kind} {place} {}", self.class).trim().to_owned()
    }

    fn who(&self, lanes: Lanes) -> String {
        match (self.class.starts_with("all"), self.from == self.to) {
            (true, _) => String::new(),
            (_, true) => lanes[self.from].to_owned(),
            _ => format!("{} to {}", lanes[self.from], lanes[self.to]),
        }
    }
}

/// The diagram.
pub(super) fn draw_all(lanes: Lanes, rows: &[Row]) -> Markup {
    html! {
        div.scroll { ol.sequence {
            li.lanes aria-hidden="true" { span {} @for lane in lanes { span { (lane) } } }
            @for row in rows {
                li class=(row.classes()) {
                    (time(row.at))
                    span.what {
                        @if !row.who(lanes).is_empty() { span.who { (row.who(lanes)) ": " } }
                        @if let Some(step) = row.step {
                            a href={ "/exchanges/" (step) } { (row.text) }
                        } @else { (row.text) }
                    }
                    @if let Some(exchange) = &row.why { (why(exchange)) }
                }
            }
        } }
    }
}

/// Where the answer comes from, and what the client had better do.
fn why(exchange: &Exchange) -> Markup {
    html! {
        span.why {
            @if goes_against_the_order(exchange) {
                strong { "Against the documented order. " }
            }
            @if let Some(advice) = &exchange.advice { (advice) ". " }
            @if let Some(source) = &exchange.source { (source) }
        }
    }
}
