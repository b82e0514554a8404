//! A certification as one page that fetches nothing, for two readers: whoever decides finds the
//! verdict and what it rests on at the top, whoever repairs finds each row that is broken, with
//! its exchange.

use contract::trace::{Decided, Exchange, Line};
use judge::{
    Verdict,
    client::{Bundle, InCase, Ruling, rows},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::record;

const STYLE: &str = include_str!("../results/html.css");

/// Words of the table are not broken; on a narrow screen it is moved sideways.
const TABLE: &str = "td,th{overflow-wrap:normal;white-space:nowrap}\
    td:last-child{white-space:normal;min-width:16rem}.scroll{overflow-x:auto}";

/// The page.
#[must_use]
pub fn page(bundle: &Bundle, rulings: &[Ruling], file: &str) -> String {
    let client = &bundle.head.declaration;
    let stops = record::obstacles(rulings);
    let broken = stops.iter().any(|ruling| ruling.verdict == Verdict::Fail);
    let verdict = match (stops.is_empty(), broken) {
        (true, _) => "fit for production",
        (false, true) => "not fit for production",
        (false, false) => "not shown to be fit",
    };
    let title = format!("{} {}: {verdict}", client.name, client.version);
    let open = rulings.iter().filter(|ruling| ruling.verdict != Verdict::Pass);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(TABLE)) }
            }
            body {
                header {
                    h1 { (title) }
                    p {
                        "Edition " (client.edition) ", clock " (bundle.head.clock) ", "
                        (bundle.cases.len()) " cases, catalogue " (record::RELEASE) "."
                    }
                    p { "Evidence: " (record::shares(rulings)) "." }
                }
                main {
                    @if stops.is_empty() {
                        p { "Every row that must hold was seen to hold, or is vouched for." }
                    }
                    @for ruling in open { (entry(bundle, ruling, file)) }
                    h2 { "All rows" }
                    (table(rulings))
                }
            }
        }
    };
    markup.into_string()
}

fn entry(bundle: &Bundle, ruling: &Ruling, file: &str) -> Markup {
    let row = rows::by_id(&ruling.id);
    let anchor = ruling.id.to_lowercase();
    html! {
        section id=(anchor) {
            h2 { (ruling.verdict.name()) " " (ruling.id) }
            @if let Some(row) = row { p { (row.text) " " small { (row.source) } } }
            @if let Some(reason) = &ruling.reason { p { (reason) } }
            @for one in &ruling.findings { (finding(bundle, one, file)) }
        }
    }
}

fn finding(bundle: &Bundle, InCase { case, found }: &InCase, file: &str) -> Markup {
    html! {
        p { strong { (found.sentence) } }
        dl {
            dt { "wanted" } dd { (found.wanted) }
            dt { "got" } dd { (found.got) }
            dt { "where" } dd { "case " (case) ", step " (found.step) }
            dt { "replay" } dd { code { "conformance certify " (file) " --only " (case) } }
        }
        @if let Some(said) = exchange(bundle, case, found.step) {
            details {
                summary { "The exchange" }
                pre { (serde_json::to_string_pretty(said).unwrap_or_default()) }
            }
        }
    }
}

fn exchange<'b>(bundle: &'b Bundle, case: &str, step: u64) -> Option<&'b Exchange> {
    let of_case = bundle.cases.iter().filter(|played| played.case.name == case);
    of_case.flat_map(|played| &played.lines).find_map(|line| match line {
        Line::Decision(decision) if decision.step == step => match &decision.what {
            Decided::Exchange(said) => Some(&**said),
            _ => None,
        },
        _ => None,
    })
}

fn table(rulings: &[Ruling]) -> Markup {
    html! {
        div.scroll {
            table {
                thead {
                    tr { th { "row" } th { "level" } th { "verdict" } th { "rests on" } th { "what" } }
                }
                tbody {
                    @for ruling in rulings {
                        tr {
                            td { (ruling.id) }
                            td { (ruling.level.name()) }
                            td { (ruling.verdict.name()) }
                            td { (ruling.evidence.name()) }
                            td { (rows::by_id(&ruling.id).map_or("", |row| row.text)) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use judge::client::{
        Declaration, Evidence, Found, Head, Level, Played, Weight, bundle::VERSION, cases,
    };

    use super::*;

    #[test]
    fn the_verdict_stands_first_and_nothing_is_markup_that_came_from_outside() {
        let declaration = Declaration {
            name: "<script>a".to_owned(),
            version: "1".to_owned(),
            edition: contract::Edition::DEFAULT,
            variants: [].into(),
            features: [].into(),
            scopes: Vec::new(),
            poll_limit: 120,
            resend_cool_down: 30,
            deadline: 60,
            attested: [].into(),
        };
        let head =
            Head { version: VERSION, build: "1".to_owned(), clock: "real".to_owned(), declaration };
        let played = Played { case: cases::HEALTHY, seed: 1, lines: Vec::new() };
        let bundle = Bundle { head, cases: vec![played] };
        let found = Found {
            sentence: "It <b>fell</b> over.".to_owned(),
            wanted: "x".to_owned(),
            got: "y".to_owned(),
            step: 1,
            weight: Weight::Broken,
        };
        let mut ruling = Ruling {
            id: "CC-ERR-06".to_owned(),
            level: Level::Must,
            verdict: Verdict::Fail,
            evidence: Evidence::Observed,
            reason: None,
            findings: vec![InCase { case: "healthy".to_owned(), found }],
        };
        let html = page(&bundle, std::slice::from_ref(&ruling), "f.toml");
        assert!(html.contains("<h1>&lt;script&gt;a 1: not fit for production</h1>"), "{html}");
        assert!(html.contains("--only healthy") && !html.contains("<b>"), "{html}");
        ruling.verdict = Verdict::NotExercised;
        assert!(page(&bundle, &[ruling.clone()], "f").contains("not shown to be fit"));
        ruling.verdict = Verdict::Pass;
        assert!(page(&bundle, &[ruling], "f").contains("1: fit for production"));
    }
}
