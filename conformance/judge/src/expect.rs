//! What a scenario expects of the mock's trace, decided from the trace alone. Each expectation is
//! met or not, and says what was seen, so that a scenario is a test by itself.

use contract::{
    scenario::{Expect, Scenario, expect::See},
    trace::{Decided, Exchange, Landing, Leg, Line, Transported},
};

/// What became of one expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Which one, from 1, in the order of the file.
    pub number: usize,
    /// What was expected, in words.
    pub expected: String,
    /// Whether it is met.
    pub met: bool,
    /// What was seen, in words.
    pub seen: String,
}

/// Judges every expectation of a scenario.
#[must_use]
pub fn judge(scenario: &Scenario, lines: &[Line]) -> Vec<Outcome> {
    let judged = scenario.expect.iter().enumerate();
    judged.map(|(index, expect)| one(index + 1, expect, lines)).collect()
}

fn one(number: usize, expect: &Expect, lines: &[Line]) -> Outcome {
    let places = places(&expect.see, lines);
    let count = u32::try_from(places.len()).unwrap_or(u32::MAX);
    let (enough, wanted) = counted(expect, count);
    let mut met = enough;
    let mut seen = format!("seen {}", times(count));
    let mut expected = format!("{} {wanted}", words(&expect.see));
    if let Some(before) = &expect.before {
        let later = self::places(before, lines).first().copied();
        let ordered =
            matches!((places.first(), later), (Some(first), Some(later)) if *first < later);
        met &= ordered;
        expected = format!("{expected}, before {}", words(before));
        seen = match later {
            Some(_) if ordered => seen,
            Some(_) => format!("{seen}, after it"),
            None => format!("{seen}, and the other never"),
        };
    }
    // What is lost cannot be counted: only "at least" can still be said.
    if is_incomplete(lines) && (expect.times.is_some() || expect.at_most.is_some()) {
        met = false;
        seen.push_str(", but lines were lost");
    }
    Outcome { number, expected, met, seen }
}

fn is_incomplete(lines: &[Line]) -> bool {
    lines.iter().any(|line| match line {
        Line::Transport(transport) => {
            matches!(transport.what, Transported::Evicted { lines } if lines > 0)
        }
        Line::Trace(_) | Line::Decision(_) => false,
    })
}

/// Whether a count is enough, and what was wanted.
fn counted(expect: &Expect, count: u32) -> (bool, String) {
    if let Some(exactly) = expect.times {
        let wanted = if exactly == 0 { "never".to_owned() } else { times(exactly) };
        return (count == exactly, wanted);
    }
    let least = expect.at_least.unwrap_or_else(|| u32::from(expect.at_most.is_none()));
    let most = expect.at_most.unwrap_or(u32::MAX);
    let wanted = match (expect.at_least, expect.at_most) {
        (_, None) => format!("at least {}", times(least)),
        (None, Some(most)) => format!("at most {}", times(most)),
        (Some(least), Some(most)) => format!("{least} to {}", times(most)),
    };
    ((least..=most).contains(&count), wanted)
}

fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}

/// The lines that are looked for, by their place in the trace.
fn places(see: &See, lines: &[Line]) -> Vec<usize> {
    let fitting = lines.iter().enumerate().filter(|(_, line)| fits(see, line));
    fitting.map(|(place, _)| place).collect()
}

fn fits(see: &See, line: &Line) -> bool {
    match line {
        Line::Trace(_) => false,
        Line::Decision(decision) => decided(see, &decision.what),
        Line::Transport(transport) => match (&transport.what, &see.delivered) {
            (Transported::Fault { fault, delivered: true, .. }, Some(rule)) => is_rule(fault, rule),
            _ => false,
        },
    }
}

/// A fault is named by its scenario and its rule.
fn is_rule(fault: &str, rule: &str) -> bool {
    fault.rsplit_once('/').is_some_and(|(_, own)| own == rule)
}

fn decided(see: &See, what: &Decided) -> bool {
    match what {
        Decided::Exchange(exchange) => is_exchange(see) && exchanged(see, exchange),
        Decided::Moved(moved) => see.moved.is_some_and(|state| state.name() == moved.to),
        Decided::Lifecycle(change) => see.lifecycle == Some(change.to),
        Decided::Sent(sent) => see.sent == Some(sent.kind) && sent.fate.is_none(),
        Decided::Arrived(arrived) => see.sent == Some(arrived.kind),
        Decided::Redirected(sent) => {
            see.landing == Some(sent.to) && see.leg.is_none_or(|leg| leg == sent.leg)
        }
        Decided::Armed(armed) => see.armed.as_ref().is_some_and(|rule| is_rule(&armed.fault, rule)),
        Decided::Page(_)
        | Decided::Control(_)
        | Decided::Chosen(_)
        | Decided::Scene(_)
        | Decided::Hello(_)
        | Decided::Client(_) => false,
    }
}

const fn is_exchange(see: &See) -> bool {
    see.call.is_some()
        || see.host.is_some()
        || see.status.is_some()
        || see.row.is_some()
        || see.answer.is_some()
}

fn exchanged(see: &See, exchange: &Exchange) -> bool {
    let holds = |answer: &serde_json::Map<String, serde_json::Value>| {
        answer.iter().all(|(name, value)| {
            exchange.answer.as_ref().is_some_and(|own| own.get(name) == Some(value))
        })
    };
    see.call.is_none_or(|call| exchange.call == Some(call))
        && see.host.is_none_or(|host| exchange.host == host)
        && see.status.is_none_or(|status| exchange.status == status)
        && see.row.as_ref().is_none_or(|row| exchange.row.as_ref() == Some(row))
        && see.answer.as_ref().is_none_or(holds)
}

/// What is looked for, in words.
#[must_use]
pub fn words(see: &See) -> String {
    if is_exchange(see) {
        let parts = [
            see.call.map(|call| call.to_string()),
            see.host.map(|host| format!("at {host}")),
            see.row.as_ref().map(|row| format!("answered by {row}")),
            see.status.map(|status| format!("with {status}")),
            see.answer
                .as_ref()
                .map(|answer| format!("holding {}", serde_json::Value::Object(answer.clone()))),
        ];
        return parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    }
    let leg = match see.leg {
        None => "",
        Some(Leg::Identification) => " from the first journey",
        Some(Leg::Signing) => " from the second journey",
    };
    let parts = [
        see.moved.map(|state| format!("a session is {}", state.name())),
        see.lifecycle.map(|lifecycle| format!("a user has lifecycle {}", lifecycle.code())),
        see.sent.map(|kind| format!("an {} message arrives", kind.code_name())),
        see.landing.map(|landing| {
            let which = if landing == Landing::Success { "Success" } else { "Fail" };
            format!("a browser comes to {which}{leg}")
        }),
        see.armed.as_ref().map(|rule| format!("rule {rule} is armed")),
        see.delivered.as_ref().map(|rule| format!("a fault of {rule} reaches the client")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use contract::{Call, scenario::read};
    use serde_json::json;

    use super::*;

    /// A trace of a poll that a fault delayed, and of a user who came to the end.
    fn lines() -> Vec<Line> {
        let exchange = |step: u32, call: Call, status: u16| {
            json!({ "class": "decision", "step": step, "at": "2026-01-01T00:00:00.000Z", "what": {
                "exchange": { "call": call, "host": "api", "method": "GET", "path": "/x",
                    "status": status, "row": "success", "answer": { "status": 200, "x": 1 } } } })
        };
        let decision = |what: serde_json::Value| json!({ "class": "decision", "step": 9, "at": "2026-01-01T00:00:00.000Z", "what": what });
        let fault = |delivered: bool| {
            json!({ "class": "transport", "us": 1, "what": { "fault": { "connection": 1, "step": 2,
                "fault": "s/slow", "effect": "delay 3s", "delivered": delivered } } })
        };
        let all = [
            exchange(1, Call::IdentificationStatus, 200),
            exchange(2, Call::IdentificationStatus, 503),
            decision(json!({ "armed": { "fault": "s/slow", "effect": "delay 3s" } })),
            fault(true),
            fault(false),
            decision(
                json!({ "moved": { "user": 1, "session": "session#1", "to": "signed", "by": "time" } }),
            ),
            decision(json!({ "lifecycle": { "user": 1, "to": "active" } })),
            decision(
                json!({ "sent": { "user": 1, "kind": "phone-verification", "code": "x", "fate": "lost" } }),
            ),
            decision(
                json!({ "arrived": { "user": 1, "kind": "phone-verification", "code": "x" } }),
            ),
            decision(json!({ "redirected": { "user": 1, "leg": "signing", "to": "success" } })),
            exchange(3, Call::Finalize, 200),
        ];
        all.into_iter().map(|line| serde_json::from_value(line).unwrap()).collect()
    }

    fn outcome(expect: &str) -> Outcome {
        let text = format!(
            "title = \"t\"\nwhy = \"w\"\n[[rule]]\nid = \"slow\"\n\
             when = {{ call = \"finalize\", nth = 1 }}\nthen = {{ delay = \"3s\" }}\n\
             [[expect]]\n{expect}\n"
        );
        let scenario = read(&text).unwrap_or_else(|wrong| panic!("{}", wrong[0].of_file("t")));
        judge(&scenario.scenario, &lines()).remove(0)
    }

    #[test]
    fn each_kind_of_line_is_seen_and_each_expectation_can_fail() {
        for (see, count) in [
            ("call = \"identification-status\"", 2),
            ("call = \"identification-status\", status = 503", 1),
            ("host = \"api\"", 3),
            ("host = \"auth\"", 0),
            ("row = \"success\"", 3),
            ("answer = { status = 200, x = 1 }", 3),
            ("answer = { status = 50 }", 0),
            ("moved = \"signed\"", 1),
            ("moved = \"failed\"", 0),
            ("lifecycle = \"active\"", 1),
            ("sent = \"phone-verification\"", 1),
            ("sent = \"email-confirmation\"", 0),
            ("landing = \"success\"", 1),
            ("landing = \"success\", leg = \"identification\"", 0),
            ("armed = \"slow\"", 1),
            ("delivered = \"slow\"", 1),
        ] {
            let of = |more: String| outcome(&format!("see = {{ {see} }}\n{more}"));
            assert!(of(format!("times = {count}")).met, "{see}");
            assert!(!of(format!("times = {}", count + 1)).met, "{see}");
            assert_eq!(of(String::new()).met, count > 0, "{see}");
            assert!(of(format!("at-most = {count}")).met, "{see}");
            assert!(!of(format!("at-least = {}", count + 1)).met, "{see}");
        }
    }

    #[test]
    fn an_order_is_judged_by_the_first_of_each() {
        let of = |first: &str, second: &str| {
            outcome(&format!("see = {{ {first} }}\nbefore = {{ {second} }}"))
        };
        let (armed, end) = ("armed = \"slow\"", "call = \"finalize\"");
        assert!(of(armed, end).met);
        let wrong = of(end, armed);
        assert_eq!((wrong.met, wrong.seen.as_str()), (false, "seen once, after it"));
        let never = of(armed, "moved = \"failed\"");
        assert_eq!((never.met, never.seen.as_str()), (false, "seen once, and the other never"));
    }

    #[test]
    fn a_trace_that_lost_lines_proves_no_exact_count() {
        let text = "title = \"t\"\nwhy = \"w\"\n\
            [[expect]]\nsee = { call = \"finalize\" }\ntimes = 1\n\
            [[expect]]\nsee = { call = \"finalize\" }\n";
        let scenario = read(text).unwrap().scenario;
        let whole: Vec<_> = judge(&scenario, &lines()).iter().map(|one| one.met).collect();
        assert_eq!(whole, [true, true]);
        let evicted =
            json!({ "class": "transport", "us": 1, "what": { "evicted": { "lines": 3 } } });
        let mut some = lines();
        some.push(serde_json::from_value(evicted).unwrap());
        let outcomes = judge(&scenario, &some);
        assert_eq!((outcomes[0].met, outcomes[1].met), (false, true));
        assert_eq!(outcomes[0].seen, "seen once, but lines were lost");
    }

    #[test]
    fn an_outcome_is_told_in_words() {
        let told = outcome("see = { call = \"finalize\", status = 200 }\ntimes = 2");
        assert_eq!(told.expected, "finalize with 200 twice");
        assert_eq!((told.number, told.met, told.seen.as_str()), (1, false, "seen once"));
        let landing = outcome("see = { landing = \"success\", leg = \"signing\" }\ntimes = 0");
        assert_eq!(landing.expected, "a browser comes to Success from the second journey never");
    }
}
