//! The summary on the terminal: what needs somebody's attention, and then the counts.
//! What passed is counted and not listed.

use std::{fmt::Write as _, path::Path};

use judge::Verdict;

use super::{Judged, Results};
use crate::table::Table;

/// The summary. With `all`, what passed is listed too.
#[must_use]
pub fn summary(table: Table, results: &Results, all: bool) -> String {
    let mut text = String::from("\n");
    for row in &results.requirements {
        let quiet = matches!(row.verdict, Verdict::Pass | Verdict::NotApplicable);
        if all || !quiet {
            text.push_str(&requirement(table, row));
        }
    }
    for walk in results.walks.iter().filter(|walk| walk.verdict != Verdict::Pass) {
        let _ = writeln!(text, "walk {} {}", walk.name, table.verdict(walk.verdict, 0));
        if let Some(reason) = &walk.reason {
            let _ = writeln!(text, "      {reason}");
        }
        findings(&mut text, &walk.findings);
    }
    for stale in &results.stale {
        let _ = writeln!(text, "expectation: {stale}");
    }
    let counts: Vec<_> =
        results.counts().iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    let exchanges = results.exchanges();
    let (verdict, seed) = (table.verdict(results.verdict, 0), results.seed);
    let (target, edition) = (&results.target, &results.edition);
    let _ = writeln!(text, "\n{verdict}  {target}, edition {edition}, seed {seed}");
    let _ = writeln!(text, "{}; {exchanges} requests", counts.join(", "));
    if results.interrupted {
        let _ = writeln!(text, "interrupted: what was not played yet is NOT-EXERCISED");
    }
    let open: Vec<_> = results.open().collect();
    if results.is_whole() && !open.is_empty() {
        let _ = writeln!(text, "not reached: {}", open.join(", "));
    }
    text
}

/// Where the files are.
#[must_use]
pub fn files(paths: &[(&str, &Path)]) -> String {
    let mut text = String::new();
    for (name, path) in paths {
        let _ = writeln!(text, "{name:<8} {}", path.display());
    }
    text
}

fn requirement(table: Table, row: &Judged) -> String {
    let mut text = format!("{}  {} {}\n", row.id, table.verdict(row.verdict, 15), row.deed);
    if let Some(reason) = &row.reason {
        let _ = writeln!(text, "      {reason}");
    }
    if let Some(expected) = &row.expected {
        let _ = writeln!(text, "      expected: {expected}");
    }
    findings(&mut text, &row.findings);
    text
}

fn findings(text: &mut String, findings: &[judge::Finding]) {
    for finding in findings {
        let at: Vec<_> = finding.at.iter().map(u64::to_string).collect();
        let (wanted, got, at, trace) =
            (&finding.wanted, &finding.got, at.join(", "), &finding.trace);
        let _ = writeln!(text, "      wanted: {wanted}\n      got:    {got}  ({trace} {at})");
    }
}
