//! The handling of data.
//! Nothing here needs a value: the mock notices kinds, and only kinds stand in a trace.

use std::collections::BTreeSet;

use contract::trace::client::{Note, Noticed, Secret};

use super::{needing, row};
use crate::client::{
    case::Feature,
    row::{Cases, Level, Notes, Row, Watch, told},
    view::View,
};

pub(super) const ROWS: &[Row] = &[
    row(
        "CC-DAT-01",
        Level::MustByScheme,
        Cases::Every,
        canaries,
        ("Puts tokens, codes, addresses and numbers only where they belong.", "RFC 6750 §5.3"),
    ),
    row(
        "CC-DAT-02",
        Level::MustByScheme,
        Cases::Every,
        synthetic,
        ("Is certified with invented people only.", "good practice"),
    ),
    row(
        "CC-DAT-03",
        Level::Should,
        Cases::Every,
        examples,
        ("Sends nothing that it copied from the provider's examples.", "good practice"),
    ),
    needing(
        &[Feature::Logs],
        row(
            "CC-DAT-04",
            Level::Should,
            Cases::Healthy,
            log,
            ("Logs no secret, but the trace ids of failures.", "2025-09 EML, \"capture traceId\""),
        ),
    ),
    Row {
        id: "CC-DAT-05",
        level: Level::Should,
        text: "Keeps correlationId and individualId exactly as they came.",
        source: "2025-09 FIN",
        cases: Cases::Healthy,
        needs: &[],
        watch: Watch::Attested("What a client stores does not show in what it sends."),
        companions: &[],
    },
    row(
        "CC-DAT-06",
        Level::May,
        Cases::Every,
        context,
        ("Carries one trace context through a flow, if any.", "W3C Trace Context"),
    ),
];

const fn word(secret: Secret) -> &'static str {
    match secret {
        Secret::Token => "a token",
        Secret::Code => "a code",
        Secret::Email => "an e-mail address",
        Secret::Phone => "a phone number",
    }
}

fn canaries(view: &View<'_>, notes: &mut Notes) {
    for seen in &view.requests {
        let leak = seen.said.noticed.iter().find_map(|noticed| match noticed {
            Noticed::SecretInAddress(secret) if !is_said_elsewhere(seen) => {
                Some(("the address".to_owned(), *secret))
            }
            Noticed::SecretInHeader(name, secret) => Some((format!("the header {name}"), *secret)),
            _ => None,
        });
        notes.check(leak.is_none(), seen.step, || {
            let (place, secret) = leak.unwrap_or_else(|| (String::new(), Secret::Token));
            told(
                format!("It put {} into {place}.", word(secret)),
                "only in the field that needs it",
                place,
            )
        });
    }
}

/// A token in the query breaks the row about tokens already.
fn is_said_elsewhere(seen: &crate::client::view::Seen<'_>) -> bool {
    seen.said.noticed.contains(&Noticed::BearerInAddress)
}

fn synthetic(view: &View<'_>, notes: &mut Notes) {
    for seen in view.requests.iter().filter(|seen| seen.body().is_some()) {
        let real = seen.said.noticed.iter().find_map(|noticed| match noticed {
            Noticed::RealPerson(name) => Some(name.as_str()),
            _ => None,
        });
        notes.check(real.is_none(), seen.step, || {
            let name = real.unwrap_or_default();
            told(
                format!("{name} may belong to a living person."),
                "a reserved domain, a number for tests",
                "another",
            )
        });
    }
}

fn examples(view: &View<'_>, notes: &mut Notes) {
    for seen in view.requests.iter().filter(|seen| seen.body().is_some()) {
        let copied = seen.said.noticed.iter().find_map(|noticed| match noticed {
            Noticed::Example(name) => Some(name.as_str()),
            _ => None,
        });
        notes.check(copied.is_none(), seen.step, || {
            let name = copied.unwrap_or_default();
            told(
                format!("{name} was copied from an example."),
                "a value of its own",
                "the example's",
            )
        });
    }
}

fn log(view: &View<'_>, notes: &mut Notes) {
    let log = view.notes.iter().find_map(|note| match note.what {
        Note::Log { leaked, trace_ids } => Some((note.step, leaked, trace_ids)),
        _ => None,
    });
    let Some((step, leaked, (there, wanted))) = log else {
        return notes.unseen("No log was handed in.");
    };
    notes.check(leaked.is_empty(), step, || {
        told(
            format!("Its log holds {}.", leaked.first().map_or("", |secret| word(*secret))),
            "no secret",
            "a secret",
        )
    });
    notes.check(there >= wanted, step, || {
        told(
            "Its log lacks the trace ids of failures.",
            format!("{wanted} trace ids"),
            there.to_string(),
        )
    });
}

fn context(view: &View<'_>, notes: &mut Notes) {
    let contexts: BTreeSet<_> = view
        .requests
        .iter()
        .flat_map(|seen| &seen.said.noticed)
        .filter_map(|noticed| match noticed {
            Noticed::TraceContext(number) => Some(*number),
            _ => None,
        })
        .collect();
    if view.requests.is_empty() {
        return;
    }
    let restarted = view.case.human.restarts;
    notes.check(contexts.len() <= 1 || restarted, 0, || {
        told("One flow carries several trace contexts.", "one, or none", contexts.len().to_string())
    });
}
