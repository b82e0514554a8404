//! One page that holds everything and fetches nothing: what needs attention first, each finding
//! with its exchange, and a link for every requirement.

use std::collections::{BTreeMap, BTreeSet};

use judge::{Finding, Verdict, requirement::Requirement};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Judged, Results, Walk, timings::shown as duration};

const STYLE: &str = include_str!("html.css");

/// The lines of traces that findings point at, by trace and number.
pub type Shown = BTreeMap<(String, u64), Evidence>;

/// What a finding points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The line of the trace.
    pub exchange: String,
    /// What the target itself says of it, where it says anything.
    pub told: Option<String>,
}

/// The page.
#[must_use]
pub fn page(results: &Results, shown: &Shown) -> String {
    let title = format!("{} {}", results.verdict, results.target);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (badge(results.verdict)) " " (results.target) }
                    p { "edition " (results.edition) ", seed " (results.seed) ", " (results.tool) }
                    nav {
                        a href="#findings" { "Findings" } " "
                        a href="#requirements" { "Requirements" } " "
                        a href="#coverage" { "Coverage" } " "
                        a href="#timings" { "Timings" } " "
                        a href="#kills" { "Kill matrix" } " "
                        a href="#readings" { "Readings" }
                    }
                }
                main {
                    (counts(results))
                    (attention(results, shown))
                    (requirements(results))
                    (coverage(results))
                    (timings(results))
                    (kills())
                    (readings(results))
                }
            }
        }
    };
    markup.into_string()
}

const fn is_quiet(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Pass | Verdict::NotApplicable)
}

fn badge(verdict: Verdict) -> Markup {
    html! { span class={ "badge " (verdict.name().to_ascii_lowercase()) } { (verdict) } }
}

fn counts(results: &Results) -> Markup {
    html! {
        ul.counts {
            @for (verdict, count) in results.counts() {
                li { strong { (count) } " " (badge(verdict)) }
            }
            li { strong { (results.exchanges()) } " requests" }
        }
    }
}

fn attention(results: &Results, shown: &Shown) -> Markup {
    let rows: Vec<_> = results.requirements.iter().filter(|row| !is_quiet(row.verdict)).collect();
    let walks: Vec<_> = results.walks.iter().filter(|walk| !is_quiet(walk.verdict)).collect();
    html! {
        section id="findings" {
            h2 { "Findings" }
            @if rows.is_empty() && walks.is_empty() && results.stale.is_empty() {
                p { "Nothing departs from what was wanted." }
            }
            @for stale in &results.stale { p.stale { "Expectation: " (stale) } }
            @for row in rows { (finding_card(row, shown)) }
            @for walk in walks { (walk_card(walk, shown)) }
        }
    }
}

fn finding_card(row: &Judged, shown: &Shown) -> Markup {
    html! {
        article id=(row.id) {
            h3 { (badge(row.verdict)) " " a href={ "#" (row.id) } { (row.id) } " " (row.deed) }
            p { "Wanted: " (row.rule) "." }
            @if let Some(reason) = &row.reason { p { (reason) } }
            @if let Some(expected) = &row.expected { p { "Expected: " (expected) } }
            (findings(&row.findings, shown))
            p.source { (row.level) "; " (row.sources.join("; ")) }
        }
    }
}

fn walk_card(walk: &Walk, shown: &Shown) -> Markup {
    html! {
        article {
            h3 { (badge(walk.verdict)) " walk " (walk.name) }
            @if let Some(reason) = &walk.reason { p { (reason) } }
            (findings(&walk.findings, shown))
        }
    }
}

fn findings(findings: &[Finding], shown: &Shown) -> Markup {
    html! {
        @for finding in findings {
            dl {
                dt { "wanted" } dd { (finding.wanted) }
                dt { "got" } dd { (finding.got) }
                dt { "where" } dd {
                    (finding.trace) ".jsonl, "
                    @for at in &finding.at { "line of step " (at) " " }
                }
            }
            @for at in &finding.at {
                @if let Some(evidence) = shown.get(&(finding.trace.clone(), *at)) {
                    details { summary { "the exchange" } pre tabindex="0" { (evidence.exchange) } }
                    @if let Some(told) = &evidence.told {
                        p.told { "The mock: " (told) }
                    }
                }
            }
        }
    }
}

fn requirements(results: &Results) -> Markup {
    html! {
        section id="requirements" {
            h2 { "Requirements" }
            div.wide tabindex="0" {
                table {
                    thead { tr {
                        th { "id" } th { "verdict" } th { "level" } th { "what is done" }
                        th { "told" }
                    } }
                    tbody {
                        @for row in &results.requirements {
                            @let quiet = is_quiet(row.verdict);
                            tr id=[quiet.then_some(&row.id)] {
                                td { a href={ "#" (row.id) } { (row.id) } }
                                td { (badge(row.verdict)) }
                                td { (row.level) }
                                td { (row.deed) }
                                td {
                                    @if quiet { (row.reason.as_deref().unwrap_or_default()) }
                                    (row.told.join("; "))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn coverage(results: &Results) -> Markup {
    let coverage = &results.coverage;
    html! {
        section id="coverage" {
            h2 { "Coverage" }
            div.wide tabindex="0" {
                table {
                    thead { tr { th { "call" } th { "answers" } } }
                    tbody {
                        @for (call, statuses) in &coverage.answers {
                            tr {
                                td { (call) }
                                td { @for (status, count) in statuses {
                                    span.cell { (status) " × " (count) } " "
                                } }
                            }
                        }
                    }
                }
            }
            p { "Statuses of polls: " (list(&coverage.statuses)) "." }
            p { "Lifecycle: " (list(&coverage.lifecycle)) "." }
            p { "Faults put on: " (list(&coverage.faults)) "." }
            details {
                summary { (coverage.transitions.len()) " transitions between statuses of polls" }
                ul { @for own in &coverage.transitions { li { (own) } } }
            }
            @if !coverage.readings.is_empty() {
                details {
                    summary {
                        (coverage.readings.len()) " readings of open questions that chose an answer"
                    }
                    ul { @for own in &coverage.readings { li { code { (own) } } } }
                }
            }
            @if !results.unreached.is_empty() {
                details {
                    summary { (results.unreached.len()) " answers and states were not reached" }
                    ul { @for missing in &results.unreached {
                        li {
                            (missing.what)
                            @if let Some(why) = &missing.why { " (" (why) ")" }
                        }
                    } }
                }
            }
        }
    }
}

/// How long exchanges took: a bar for each bucket that is between the first and the last.
fn timings(results: &Results) -> Markup {
    let timings = &results.timings;
    let buckets: Vec<_> = timings.below_us.iter().collect();
    let most = buckets.iter().map(|(_, count)| **count).max().unwrap_or(1).max(1);
    let shown = |of| timings.percentile(of).map(duration).unwrap_or_default();
    html! {
        section id="timings" {
            h2 { "Timings" }
            @if buckets.is_empty() {
                p { "No request was sent." }
            } @else {
                p {
                    (timings.total()) " exchanges with everything that was explored; half of them \
                    below " (shown(50)) ", 99 of 100 below " (shown(99)) "."
                }
                table.bars {
                    thead { tr { th { "below" } th { "exchanges" } } }
                    tbody { @for (below, count) in buckets {
                        tr {
                            td { (duration(*below)) }
                            td {
                                span.bar style={ "width:" (*count * 80 / most) "%" } {}
                                " " (count)
                            }
                        }
                    } }
                }
            }
        }
    }
}

/// Why a verdict can be believed: what breaks each requirement, and is noticed.
fn kills() -> Markup {
    let watched: Vec<_> = Requirement::all().filter(|row| row.is_watched()).collect();
    html! {
        section id="kills" {
            h2 { "Kill matrix" }
            p {
                "Each of these " (watched.len()) " checks has something that it fails on; the \
                tests of this tool run every one of them."
            }
            details {
                summary { "What each check fails on" }
                div.wide tabindex="0" {
                    table {
                        thead { tr { th { "id" } th { "broken by" } th { "along with" } } }
                        tbody { @for row in watched {
                            tr {
                                td { (row.id) }
                                td {
                                    (row.villains.join(", ")) " "
                                    (row.broken_in_test.unwrap_or_default())
                                }
                                td { (row.companions.join(", ")) }
                            }
                        } }
                    }
                }
            }
        }
    }
}

fn readings(results: &Results) -> Markup {
    html! {
        section id="readings" {
            h2 { "Readings" }
            details { summary { "The readings of open questions in force" }
                ul { @for reading in &results.variants { li { code { (reading) } } } }
            }
        }
    }
}

fn list<T: ToString>(items: &BTreeSet<T>) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}
