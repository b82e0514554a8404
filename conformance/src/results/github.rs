//! What GitHub shows by itself: an annotation for each finding, and a summary in Markdown.
//! Both are made from the same results as every other form.

use std::fmt::Write as _;

use judge::Verdict;

use super::Results;

/// Annotations, one line each, as workflow commands.
#[must_use]
pub fn annotations(results: &Results) -> String {
    let mut text = String::new();
    for row in results.requirements.iter().filter(|row| row.expected.is_none()) {
        let level = match row.verdict {
            Verdict::Fail | Verdict::HarnessError => "error",
            Verdict::Warn | Verdict::Contested | Verdict::NotExercised | Verdict::Review => {
                "warning"
            }
            _ => continue,
        };
        let first = row.findings.first();
        let said = first.map(|finding| format!("wanted: {}; got: {}", finding.wanted, finding.got));
        let said = said.or_else(|| row.reason.clone()).unwrap_or_default();
        let title = format!("{} {} {}", row.id, row.verdict, row.deed);
        let _ = writeln!(text, "::{level} title={}::{}", property(&title), data(&said));
    }
    for stale in &results.stale {
        let _ = writeln!(text, "::error title=stale expectation::{}", data(stale));
    }
    text
}

/// The summary of a job.
#[must_use]
pub fn summary(results: &Results) -> String {
    let (verdict, target, edition) = (results.verdict, &results.target, &results.edition);
    let mut text = format!(
        "## {verdict}: {target}, edition {edition}\n\n| verdict | requirements |\n|---|---|\n"
    );
    for (verdict, count) in results.counts() {
        let _ = writeln!(text, "| {verdict} | {count} |");
    }
    let open = |verdict| !matches!(verdict, Verdict::Pass | Verdict::NotApplicable | Verdict::Info);
    let rows: Vec<_> = results.requirements.iter().filter(|row| open(row.verdict)).collect();
    if !rows.is_empty() {
        text.push_str("\n| requirement | verdict | wanted | got |\n|---|---|---|---|\n");
    }
    for row in rows {
        let finding = row.findings.first();
        let wanted = finding.map_or(row.rule.as_str(), |finding| &finding.wanted);
        let got = finding.map(|finding| finding.got.as_str()).or(row.reason.as_deref());
        let got = got.unwrap_or_default();
        let _ =
            writeln!(text, "| {} | {} | {} | {} |", row.id, row.verdict, cell(wanted), cell(got));
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn cell(text: &str) -> String {
    let plain = text.replace('|', "\\|").replace('\n', " ").replace('<', "&lt;");
    format!("`{}`", plain.replace('`', "'"))
}
