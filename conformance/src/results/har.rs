//! The exchanges of traces as an HTTP Archive, for tools that read such files. Hosts stand for
//! addresses, since a trace names none.

use contract::{
    har,
    trace::{Decided, Line},
};

/// Every exchange of some traces, each with the name of its trace.
#[must_use]
pub fn archive<'a>(traces: impl IntoIterator<Item = (&'a str, &'a [Line])>) -> String {
    let mut entries = Vec::new();
    for (name, lines) in traces {
        for line in lines {
            let Line::Decision(decision) = line else { continue };
            let Decided::Exchange(exchange) = &decision.what else { continue };
            let origin = format!("https://{}.invalid", exchange.host);
            let comment = format!("{name}, step {}", decision.step);
            entries.push(har::entry(exchange, decision.at, &origin, &comment));
        }
    }
    har::archive(("conformance", env!("CARGO_PKG_VERSION")), &entries).to_string() + "\n"
}
