//! The trace format is described for readers in `docs/trace.md`: no field of it may be missing
//! there, and its examples must be lines that this crate reads.

use std::collections::BTreeSet;

use contract::{
    Call, Edition, Host, Instant, Variants,
    lifecycle::Lifecycle,
    message::MessageKind,
    trace::{
        Actor, Armed, Arrived, Chosen, Control, Decided, Decision, Exchange, Header, Hello,
        Landing, Leg, LifecycleChange, Line, Moved, Observer, Page, Redirected, Scene, Sent,
        Transport, Transported, VERSION,
        client::{Note, Noticed},
    },
};
use serde_json::{Value, json};

fn document() -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/trace.md");
    std::fs::read_to_string(path).expect("docs/trace.md")
}

fn text() -> String {
    String::new()
}

/// One line of every kind with every field set.
fn one_of_each() -> Vec<Line> {
    let exchange = Exchange {
        call: Some(Call::Finalize),
        host: Host::Api,
        method: text(),
        path: text(),
        user: Some(1),
        bearer: Some(text()),
        certificate: Some(text()),
        media_type: Some(text()),
        request: Some(Value::Null),
        noticed: vec![Noticed::Body(1)],
        status: 200,
        answer_type: Some(text()),
        answer: Some(Value::Null),
        headers: vec![(text(), text())],
        row: Some(text()),
        readings: vec![text()],
        source: Some(text()),
        advice: Some(text()),
        scenario: Some(text()),
        rules: vec![text()],
        failure: Some(text()),
    };
    let page = Page {
        session: text(),
        leg: Leg::Signing,
        screen: text(),
        act: text(),
        outcome: text(),
        by: Actor::Browser,
        noticed: vec![Noticed::AddressAltered],
    };
    let from = Some(text());
    let decided = [
        Decided::Exchange(Box::new(exchange)),
        Decided::Page(page),
        Decided::Moved(Moved { user: 1, session: text(), from, to: text(), by: text() }),
        Decided::Lifecycle(LifecycleChange {
            user: 1,
            from: Some(Lifecycle::Active),
            to: Lifecycle::Active,
        }),
        Decided::Sent(Sent {
            user: 1,
            kind: MessageKind::DocumentSigning,
            code: text(),
            fate: Some(text()),
        }),
        Decided::Arrived(Arrived { user: 1, kind: MessageKind::DocumentSigning, code: text() }),
        Decided::Redirected(Redirected {
            user: 1,
            leg: Leg::Signing,
            to: Landing::Fail,
            with: vec![(text(), text())],
        }),
        Decided::Control(Control { verb: text(), user: Some(1) }),
        Decided::Chosen(Chosen { user: 1, scenario: text(), why: text() }),
        Decided::Armed(Armed { fault: text(), effect: text() }),
        Decided::Hello(Hello { host: Host::Api, offers: text(), answer: text() }),
        Decided::Client(Note::Started(1)),
        Decided::Scene(Scene { of: text(), number: 1, deed: Value::Null, undone: Some(text()) }),
    ];
    let (connection, host) = (1, Host::Api);
    let transported = [
        Transported::Handshake {
            connection,
            host,
            version: text(),
            certificate: Some(text()),
            verdict: Some(text()),
        },
        Transported::HandshakeFailed { connection, host, reason: text() },
        Transported::Delivered { connection, step: 1, status: 200, bytes: 1, cut: true },
        Transported::Visited { user: 1, leg: Leg::Signing, status: Some(1), failure: Some(text()) },
        Transported::Fault { connection, step: 1, fault: text(), effect: text(), delivered: true },
        Transported::Aborted { connection, host },
        Transported::Closed { connection, host },
        Transported::Evicted { lines: 1 },
    ];
    let header = Header {
        version: VERSION,
        observer: Observer::Mock,
        edition: Edition::DEFAULT,
        seed: Some(1),
        clock: text(),
        variants: Variants::default(),
    };
    let at = Instant::STEPPED_START;
    let decisions = decided.map(|what| Line::Decision(Decision { step: 1, at, what }));
    let transports = transported.map(|what| Line::Transport(Transport { us: 1, what }));
    [Line::Trace(header)].into_iter().chain(decisions).chain(transports).collect()
}

fn collect_keys(value: &Value, keys: &mut BTreeSet<String>) {
    if let Value::Object(members) = value {
        for (key, below) in members {
            keys.insert(key.clone());
            // The readings in force are named after the variants, not after the format.
            if key != "variants" {
                collect_keys(below, keys);
            }
        }
    }
}

#[test]
fn every_field_of_the_format_is_described() {
    let document = document();
    let mut keys = BTreeSet::new();
    for line in one_of_each() {
        let value = serde_json::to_value(&line).expect("lines serialise");
        collect_keys(&value, &mut keys);
    }
    assert!(keys.len() > 40, "{keys:?}");
    let missing: Vec<_> =
        keys.iter().filter(|key| !document.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "docs/trace.md does not describe {missing:?}");
}

#[test]
fn every_example_line_is_read() {
    let document = document();
    let examples: Vec<_> = document.lines().filter(|line| line.starts_with("{\"class\"")).collect();
    assert!(examples.len() >= 4, "examples of each class");
    let whole = examples.join("\n");
    let lines = contract::trace::read(&whole).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines.len(), examples.len());
}

#[test]
fn an_undescribed_field_would_be_noticed() {
    let mut keys = BTreeSet::new();
    collect_keys(&json!({"a": {"b": 1}, "variants": {"c": 1}}), &mut keys);
    assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["a", "b", "variants"]);
}
