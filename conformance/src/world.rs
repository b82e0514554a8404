//! The world's side of an exchange: what a mock says about how it decided. It is only shown beside
//! what was judged; no verdict rests on it.

use std::collections::{BTreeMap, VecDeque};

use contract::{
    Call,
    trace::{Decided, Exchange, Line},
};

/// What the mock says of exchanges, by the number of the runner's line.
pub type Told = BTreeMap<u64, String>;

/// By what both sides know an exchange.
type Key = (Option<Call>, Option<i32>, u16);

fn key(exchange: &Exchange) -> Key {
    (exchange.call, exchange.user, exchange.status)
}

/// Finds the mock's decision for each exchange of the runner: both saw them in the same order.
#[must_use]
pub fn told(runners: &[Line], mocks: &[Line]) -> Told {
    let mut decided: BTreeMap<Key, VecDeque<&Exchange>> = BTreeMap::new();
    for (_, exchange) in exchanges(mocks) {
        decided.entry(key(exchange)).or_default().push_back(exchange);
    }
    let mut told = Told::new();
    for (step, exchange) in exchanges(runners) {
        let own = decided.get_mut(&key(exchange)).and_then(VecDeque::pop_front);
        told.extend(own.and_then(words).map(|words| (step, words)));
    }
    told
}

fn exchanges(lines: &[Line]) -> impl Iterator<Item = (u64, &Exchange)> {
    lines.iter().filter_map(|line| match line {
        Line::Decision(decision) => match &decision.what {
            Decided::Exchange(exchange) => Some((decision.step, &**exchange)),
            _ => None,
        },
        Line::Trace(_) | Line::Transport(_) => None,
    })
}

/// How it was decided, in words.
fn words(exchange: &Exchange) -> Option<String> {
    let row = exchange.row.as_ref()?;
    let mut words = format!("decided by the row '{row}'");
    if !exchange.readings.is_empty() {
        words.push_str(&format!(", chosen by {}", exchange.readings.join(", ")));
    }
    for part in [&exchange.source, &exchange.advice].into_iter().flatten() {
        words.push_str(&format!("; {part}"));
    }
    for rule in &exchange.rules {
        words.push_str(&format!("\n{rule}"));
    }
    Some(words)
}
