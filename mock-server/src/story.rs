//! A trace as a sequence of plain lines, for a person who reads along: who asked what and got
//! which answer, what moved, what was sent, which fault was put on and whether it arrived.

use contract::trace::{Decided, Decision, Exchange, Line, Transported};

/// One line of a trace in words; none for lines that a reader of the story can do without.
#[must_use]
pub fn line(line: &Line) -> Option<String> {
    match line {
        Line::Trace(_) => None,
        Line::Decision(Decision { at, what, .. }) => {
            let at = at.to_string();
            let time = at.get(11..23).unwrap_or(&at);
            Some(format!("{time}  {}", decided(what)))
        }
        Line::Transport(transport) => transported(&transport.what),
    }
}

fn decided(what: &Decided) -> String {
    match what {
        Decided::Exchange(exchange) => exchanged(exchange),
        Decided::Page(page) => {
            format!("person    {} on {}: {}", page.act, page.screen, page.outcome)
        }
        Decided::Moved(moved) => format!("moved     {} by {}", moved.to, moved.by),
        Decided::Lifecycle(change) => format!("lifecycle {}", change.to.code()),
        Decided::Sent(sent) => {
            let fate = sent.fate.as_ref().map(|fate| format!(" ({fate})")).unwrap_or_default();
            format!("sent      {}{fate}", sent.code)
        }
        Decided::Arrived(arrived) => format!("arrived   {}", arrived.code),
        Decided::Redirected(sent) => format!("redirect  to {:?} after {:?}", sent.to, sent.leg),
        Decided::Control(control) => format!("control   {}", control.verb),
        Decided::Chosen(chosen) => format!("scenario  {}: {}", chosen.scenario, chosen.why),
        Decided::Armed(armed) => format!("FAULT     {}: {}", armed.fault, armed.effect),
        Decided::Client(note) => {
            format!("client    {}", serde_json::to_string(note).unwrap_or_default())
        }
        Decided::Hello(hello) => format!("hello     {} -> {}", hello.offers, hello.answer),
        Decided::Scene(scene) => format!("scene     {} {}", scene.of, scene.number),
    }
}

fn exchanged(exchange: &Exchange) -> String {
    let row = exchange.row.as_deref().unwrap_or_default();
    let call = exchange.call.map_or_else(|| exchange.path.clone(), |call| call.to_string());
    format!("{:<9} {call} -> {} {row}", exchange.host.to_string(), exchange.status)
}

fn transported(what: &Transported) -> Option<String> {
    match what {
        Transported::Fault { fault, effect, delivered: false, .. } => {
            Some(format!("              fault {fault} ({effect}) did not reach the client"))
        }
        Transported::HandshakeFailed { host, reason, .. } => {
            Some(format!("              handshake with {host} failed: {reason}"))
        }
        Transported::Visited { status, failure, .. } => {
            let came = status.map(|status| status.to_string());
            let came = came.or_else(|| failure.clone()).unwrap_or_default();
            Some(format!("              the person's browser: {came}"))
        }
        _ => None,
    }
}
