//! Every villain of the library breaks one requirement, and the full plan must notice that one, and
//! no other but those that it cannot help breaking as well: otherwise the check is worth nothing.

use std::{collections::BTreeSet, sync::Arc};

use conformance::{
    due::Budget,
    full::{self, Full, Row},
    run::Settings,
};
use contract::{Edition, Variants};
use judge::{Person, Verdict, drift, requirement::Requirement};
use mock_server::scenario;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::stage::Stage;

/// So many villains at once.
const AT_ONCE: usize = 2;

/// So many random sequences for the villain that only they can find; the seed decides that they do.
const CASES: u64 = 400;

/// The full plan when everybody goes through this scenario. It is judged by what the edition says
/// when nobody chooses: a villain may be another reading.
async fn examined_under(name: &str, cases: u64) -> Full {
    let stage = Stage::under(7, name).await;
    let edition = stage.mock.workspace().edition();
    let variants = Variants::of(edition);
    let settings = Settings { edition, variants, ..stage.settings(Person::Complete) };
    examined(&stage, &settings, cases).await
}

async fn examined(stage: &Stage, settings: &Settings, cases: u64) -> Full {
    let traces = stage.dir.path().join("traces");
    let options = full::Options {
        jobs: 4,
        traces,
        groups: Vec::new(),
        shard: None,
        cases,
        budget: Budget::default(),
        known: Vec::new(),
        stop: full::Stop::default(),
    };
    Box::pin(full::run(settings, &options, |_| {})).await.unwrap()
}

/// The requirements that did not pass, though they were looked at.
fn noticed(full: &Full) -> BTreeSet<&'static str> {
    let bad = |verdict: Verdict| {
        matches!(
            verdict,
            Verdict::Fail | Verdict::Warn | Verdict::Info | Verdict::Contested | Verdict::Review
        )
    };
    let rows = full.rows.iter().filter(|row| bad(row.settled.verdict));
    rows.map(|row| row.requirement.id).collect()
}

/// What is said of a requirement: as its reader sees it, without what is new in every run.
fn told(row: &Row) -> String {
    let mut text = format!("{} {}\n", row.requirement.id, row.settled.verdict);
    for finding in row.settled.findings.iter().take(MOST_TOLD) {
        let [wanted, got] = [&finding.wanted, &finding.got].map(|own| drift::in_one_form(own));
        text.push_str(&format!("wanted: {wanted}\ngot:    {got}\n"));
    }
    text
}

/// So many findings of a requirement are kept.
const MOST_TOLD: usize = 3;

/// So many parts, so that no test takes long and they can run side by side.
const PARTS: usize = 16;

macro_rules! parts {
    ($($part:literal $name:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $name() {
                every_villain_fails_exactly_its_requirement($part).await;
            }
        )*

        #[test]
        fn no_part_is_left_out() {
            let parts: Vec<usize> = vec![$($part),*];
            assert_eq!(parts, (0..PARTS).collect::<Vec<_>>());
        }
    };
}

parts! {
    0 villains_of_part_0_fail_exactly_their_requirement,
    1 villains_of_part_1_fail_exactly_their_requirement,
    2 villains_of_part_2_fail_exactly_their_requirement,
    3 villains_of_part_3_fail_exactly_their_requirement,
    4 villains_of_part_4_fail_exactly_their_requirement,
    5 villains_of_part_5_fail_exactly_their_requirement,
    6 villains_of_part_6_fail_exactly_their_requirement,
    7 villains_of_part_7_fail_exactly_their_requirement,
    8 villains_of_part_8_fail_exactly_their_requirement,
    9 villains_of_part_9_fail_exactly_their_requirement,
    10 villains_of_part_10_fail_exactly_their_requirement,
    11 villains_of_part_11_fail_exactly_their_requirement,
    12 villains_of_part_12_fail_exactly_their_requirement,
    13 villains_of_part_13_fail_exactly_their_requirement,
    14 villains_of_part_14_fail_exactly_their_requirement,
    15 villains_of_part_15_fail_exactly_their_requirement,
}

async fn every_villain_fails_exactly_its_requirement(part: usize) {
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    let mut walks = JoinSet::new();
    let all = Requirement::all().flat_map(|row| row.villains.iter().map(move |own| (row, *own)));
    for (_, (row, villain)) in all.enumerate().filter(|(at, _)| at % PARTS == part) {
        let seats = Arc::clone(&seats);
        walks.spawn(async move {
            let _seat = seats.acquire_owned().await;
            // The model may notice any villain; only its own is its to notice.
            let cases = if row.explored { CASES } else { 0 };
            (row, villain, Box::pin(examined_under(villain, cases)).await)
        });
    }
    assert!(!walks.is_empty(), "part {part} has villains");
    let mut surprises = Vec::new();
    while let Some(walk) = walks.join_next().await {
        let (row, villain, full) = walk.unwrap();
        let seen = noticed(&full);
        let own = full.rows.iter().find(|other| other.requirement.id == row.id).unwrap();
        insta::assert_snapshot!(villain, told(own));
        let allowed = |id: &&str| *id == row.id || row.companions.contains(id);
        let strangers: Vec<_> = seen.iter().filter(|id| !allowed(id)).collect();
        let met = row.companions.iter().filter(|id| !seen.contains(**id));
        let unmet: Vec<_> = met.filter(|_| row.villains.len() == 1).collect();
        if !seen.contains(row.id) || !strangers.is_empty() || !unmet.is_empty() {
            let why = full.rows.iter().filter(|other| {
                other.requirement.id == row.id || seen.contains(other.requirement.id)
            });
            let why: Vec<_> = why
                .map(|row| {
                    let finding = row.settled.findings.first();
                    format!(
                        "\n    {} {} {:?} {finding:?}",
                        row.requirement.id, row.settled.verdict, row.settled.reason
                    )
                })
                .collect();
            surprises
                .push(format!("{villain}: {seen:?}, missing companions {unmet:?}{}", why.concat()));
        }
    }
    surprises.sort();
    assert!(surprises.is_empty(), "{} surprises:\n{}", surprises.len(), surprises.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mock_keeps_everything_in_every_edition() {
    for edition in Edition::served() {
        let stage = Stage::of(edition, 11, &[]).await;
        let variants = Variants::of(edition);
        let settings = Settings { edition, variants, ..stage.settings(Person::Complete) };
        let full = examined(&stage, &settings, 25).await;
        for row in &full.rows {
            let held = row.requirement.editions.contains(&edition) && row.requirement.is_watched();
            let wanted = if held { Verdict::Pass } else { Verdict::NotApplicable };
            let (id, settled) = (row.requirement.id, &row.settled);
            assert_eq!(settled.verdict, wanted, "{edition} {id}: {settled:#?}");
            assert!(held || settled.reason.is_some(), "{id} says why");
        }
    }
}

/// Readings under which a sound server was once taken for a broken one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reading_is_no_departure() {
    for chosen in [("bearer-check", "optional"), ("token-binding", "checked")] {
        let edition = Edition::DEFAULT;
        let stage = Stage::of(edition, 11, &[chosen]).await;
        let mut variants = Variants::of(edition);
        variants.choose(chosen.0, chosen.1).unwrap();
        let settings = Settings { variants, ..stage.settings(Person::Complete) };
        let full = examined(&stage, &settings, 60).await;
        assert_eq!(noticed(&full), BTreeSet::new(), "{chosen:?}");
    }
}

#[test]
fn every_villain_belongs_to_the_requirement_of_its_name() {
    let mut named: Vec<_> = Vec::new();
    for row in Requirement::all() {
        for villain in row.villains {
            assert!(villain.to_ascii_uppercase().starts_with(row.id), "{villain} at {}", row.id);
            named.push(*villain);
        }
    }
    named.sort_unstable();
    let files = scenario::files().into_iter().filter(|file| file.kind == "villain");
    let mut files: Vec<_> = files.map(|file| file.name).collect();
    files.sort_unstable();
    assert_eq!(named, files);
}
