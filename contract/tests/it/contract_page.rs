//! The contract page for people: as committed, and complete.

use std::path::PathBuf;

use contract::{Edition, Variant, docs, gap, vendor::VENDORS};

/// How many of each kind there are, the media types (M1) among the first; one that is lost would otherwise take its line along.
const CONTRADICTIONS: usize = 27;
const UNKNOWNS: usize = 20;

#[test]
fn the_committed_page_is_the_printed_one() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/contract.md");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == docs::markdown(), "docs/contract.md is not what the rows say: make docs");
}

#[test]
fn the_page_names_every_call_refusal_question_and_contradiction() {
    let page = docs::markdown();
    for tables in Edition::served().filter_map(Edition::tables) {
        assert!(page.contains(&format!("## Edition {}\n", tables.edition)));
        for row in tables.endpoints {
            assert!(
                page.contains(&format!("`{} {}`", row.method.name(), row.path)),
                "{}",
                row.call
            );
        }
        for row in tables.refusals() {
            let line = format!("| {} |", row.problem.name());
            let looks = row.provenance.to_string().replace('|', "\\|");
            let found =
                page.lines().any(|found| found.starts_with(&line) && found.contains(&looks));
            assert!(found, "{line} {looks}");
        }
    }
    for variant in Variant::ALL {
        assert!(page.contains(&format!("| `{}`: ", variant.row().id)));
    }
    for row in VENDORS {
        let start = format!("| {} | ", row.vendor);
        let word = format!("| `{}` |", row.status);
        let told = |line: &str| line.starts_with(&start) && line.contains(&word);
        assert!(page.lines().any(told), "{start}{word}");
    }
    let asked = gap::UNKNOWNS.iter().map(|gap| (gap.id, gap.ask));
    let told = gap::CONTRADICTIONS.iter().map(|gap| (gap.id, gap.sides[1]));
    for (id, text) in asked.chain(told).chain(gap::FAMILIES.iter().map(|gap| (gap.id, gap.looks))) {
        let start = format!("| {id} |");
        let line = page.lines().find(|line| line.starts_with(&start)).expect(id);
        assert!(line.contains(&text.replace('|', "\\|")), "{line}");
    }
    assert_eq!((gap::CONTRADICTIONS.len(), gap::UNKNOWNS.len()), (CONTRADICTIONS, UNKNOWNS));
}

#[test]
fn every_link_inside_the_page_leads_somewhere() {
    let page = docs::markdown();
    for link in page.split("](#").skip(1).map(|rest| &rest[..rest.find(')').unwrap()]) {
        let heading = |line: &str| {
            let text = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            line.starts_with('#') && text == link
        };
        let anchor = format!("<a id=\"{link}\">");
        assert!(page.contains(&anchor) || page.lines().any(heading), "{link}");
    }
}
