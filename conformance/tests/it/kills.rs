//! Every villain of the library breaks one requirement, and a step that watches over it must
//! notice: otherwise the check is worth nothing.

use std::collections::BTreeSet;

use conformance::run::Settings;
use contract::step::Step;
use judge::{
    Person, Verdict,
    requirement::{Requirement, Watch},
};
use mock_server::scenario;

use crate::stage::{Stage, walked};

/// Villains that no walk meets: what they do shows only where a plan of its own polls on.
const NOT_MET: &[&str] = &["sc-pol-02-status-goes-back", "sc-pol-04-polls-move-it"];

/// The steps that fail when everybody goes through this scenario.
async fn failing_under(name: &str) -> BTreeSet<Step> {
    let stage = Stage::under(7, name).await;
    let workspace = stage.mock.workspace();
    let settings = Settings {
        edition: workspace.edition(),
        variants: *workspace.variants(),
        ..stage.settings(Person::Complete)
    };
    let report = walked(settings).await;
    let failing = report.steps.iter().filter(|row| row.verdict == Verdict::Fail);
    failing.map(|row| row.step).collect()
}

#[tokio::test]
async fn every_villain_fails_exactly_a_step_that_watches_over_its_requirement() {
    for row in Requirement::all() {
        let Watch::Steps(watching) = row.watch else { continue };
        let watching: BTreeSet<_> = watching.iter().copied().collect();
        for villain in row.villains {
            let failing = failing_under(villain).await;
            assert_eq!(failing, watching, "{villain} breaks {}", row.id);
        }
    }
}

#[tokio::test]
async fn nothing_fails_where_nobody_departs() {
    assert_eq!(failing_under("happy").await, BTreeSet::new());
}

#[test]
fn every_villain_belongs_to_the_requirement_of_its_name() {
    let mut named: Vec<_> = NOT_MET.to_vec();
    for row in Requirement::all() {
        for villain in row.villains {
            assert!(villain.to_ascii_uppercase().starts_with(row.id), "{villain} at {}", row.id);
            named.push(villain);
        }
    }
    named.sort_unstable();
    let files = scenario::files().into_iter().filter(|file| file.kind == "villain");
    let mut files: Vec<_> = files.map(|file| file.name).collect();
    files.sort_unstable();
    assert_eq!(named, files);
}
