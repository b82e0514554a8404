//! The matrix, in one process: every edition under every reading ends as its tables declare.

use conformance::{
    matrix::{self, Case, report::Outcome},
    report::Report,
    run::Settings,
};
use contract::Edition;
use judge::Person;

use crate::stage::{Stage, walked};

async fn report(case: &Case) -> Report {
    let stage = Stage::of(case.edition, 1, case.chosen.as_slice()).await;
    let settings = stage.settings(Person::Complete);
    let (edition, variants) = (case.edition, case.variants().unwrap());
    walked(Settings { edition, variants, ..settings }).await
}

async fn whole(edition: Edition) {
    let (cases, left_out) = matrix::plan(&[edition]);
    assert!(cases.len() > 50, "{edition} has {} cases", cases.len());
    for case in &cases {
        let cell = case.cell(&report(case).await);
        assert!(cell.outcome.is_as_declared(), "{cell:?}");
    }
    for cell in left_out {
        assert!(cell.why.starts_with(&format!("edition {edition} has no ")), "{cell:?}");
    }
}

#[tokio::test]
async fn every_reading_of_2024_06_ends_as_declared() {
    whole(Edition::E2024_06).await;
}

#[tokio::test]
async fn every_reading_of_2025_09_ends_as_declared() {
    whole(Edition::E2025_09).await;
}

#[tokio::test]
async fn every_reading_of_2026_05_ends_as_declared() {
    whole(Edition::E2026_05).await;
}

#[tokio::test]
async fn anything_but_what_is_declared_is_a_surprise() {
    let (cases, _) = matrix::plan(&[Edition::E2025_09]);
    let usual = cases[0];
    let code = Some(("token-grants", "authorization-code"));
    let fails = cases.iter().find(|case| case.chosen == code).unwrap();
    let (passed, failed) = (report(&usual).await, report(fails).await);
    assert_eq!(usual.cell(&passed).outcome, Outcome::Pass);
    assert_eq!(fails.cell(&failed).outcome, Outcome::FailsAsDeclared);
    assert_eq!(usual.cell(&failed).outcome, Outcome::Unexpected, "it fails and should not");
    assert_eq!(fails.cell(&passed).outcome, Outcome::Unexpected, "it passes and should not");
    let mut other = failed.clone();
    other.stopped = Some("create-user answered 401".to_owned());
    assert_eq!(fails.cell(&other).outcome, Outcome::Unexpected, "it fails in another way");
}
