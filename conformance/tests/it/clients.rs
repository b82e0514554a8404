//! The judges of clients, judged: the reference merchant keeps every row, and each of its quirks
//! breaks the row that it is named after.

use std::{path::Path, sync::Arc};

use conformance::{
    certify::{explore::search, merchant::QUIRKS, play::Stage},
    control::Control,
};
use contract::Edition;
use judge::{
    Person, Plan, Verdict,
    client::{
        Bundle, Declaration, Feature, Group, Head, Played, Ruling, Watch, cases, rows, rulings,
    },
};
use mock_server::MockServer;

struct Hall {
    _mock: MockServer,
    _dir: tempfile::TempDir,
    stage: Stage,
}

fn declaration() -> Declaration {
    use Feature::{AsksAgain, Lands, Logs, Resends, Resumes, Starts};
    let order = "questionnaire-order".to_owned();
    Declaration {
        name: "reference merchant".to_owned(),
        version: "1".to_owned(),
        edition: Edition::DEFAULT,
        variants: [(order, "after-signing".to_owned())].into(),
        features: [AsksAgain, Lands, Logs, Resends, Resumes, Starts].into(),
        scopes: conformance::target::SCOPE.split(' ').map(str::to_owned).collect(),
        poll_limit: 120,
        resend_cool_down: 30,
        deadline: 60,
        attested: [("CC-DAT-05".to_owned(), "kept as text".to_owned())].into(),
    }
}

async fn hall() -> Hall {
    let certs = Path::new(env!("CARGO_TARGET_TMPDIR")).join("certs");
    let mock =
        MockServer::builder().clock_stepped().seed(1).certs_dir(certs).start().await.unwrap();
    let control = Control::new(mock.ready().control.parse().unwrap()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let declaration = declaration();
    let variants = declaration.readings().unwrap();
    let stage = Stage {
        control,
        dir: dir.path().to_owned(),
        plan: Plan { edition: declaration.edition, variants, person: Person::Complete },
        declaration: Arc::new(declaration),
        clock: "held".to_owned(),
    };
    Hall { _mock: mock, _dir: dir, stage }
}

/// All cases in their order, a healthy run before and after each group.
fn plan() -> Vec<&'static judge::client::Case> {
    let mut plan = vec![cases::HEALTHY];
    for group in Group::FAULTY {
        plan.extend(cases::all().filter(|case| case.group == *group));
        plan.push(cases::HEALTHY);
    }
    plan
}

async fn certified(hall: &Hall, seed: u64, quirk: Option<&'static str>) -> (Bundle, Vec<Ruling>) {
    let mut played: Vec<Played> = Vec::new();
    for (number, case) in (0..).zip(plan()) {
        let seed = seed + number;
        played.push(hall.stage.reference(case, seed, quirk).await.unwrap());
    }
    let head = Head {
        version: judge::client::bundle::VERSION,
        build: "test".to_owned(),
        clock: "held".to_owned(),
        declaration: Declaration::clone(&hall.stage.declaration),
    };
    let bundle = Bundle { head, cases: played };
    let rulings = rulings(&bundle);
    (bundle, rulings)
}

fn told(rulings: &[Ruling]) -> String {
    let lines = rulings.iter().filter(|ruling| ruling.verdict != Verdict::Pass).map(|ruling| {
        let found =
            ruling.findings.first().map(|one| format!("{}: {}", one.case, one.found.sentence));
        let why = found.or_else(|| ruling.reason.clone()).unwrap_or_default();
        format!("{} {}: {why}\n", ruling.id, ruling.verdict.name())
    });
    lines.collect()
}

/// Everything that counts against a client.
fn counts(ruling: &Ruling) -> bool {
    matches!(ruling.verdict, Verdict::Fail | Verdict::Warn)
}

/// Ten worlds, and no false alarm in any. Two tests share them, so that they run side by side.
async fn keeps_every_row(seeds: std::ops::Range<u64>) {
    let hall = hall().await;
    for seed in seeds {
        let (bundle, rulings) = certified(&hall, 1_000 * seed, None).await;
        assert_eq!(told(&rulings), "", "seed {seed}");
        assert_eq!(rulings.len(), 81);
        let again = Bundle::read(&bundle.to_text()).unwrap();
        assert_eq!(judge::client::rulings(&again), rulings);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reference_merchant_keeps_every_row() {
    keeps_every_row(0..5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reference_merchant_keeps_every_row_in_other_worlds() {
    keeps_every_row(5..10).await;
}

/// Each quirk of a group breaks the row that it is named after, and no other but its companions.
async fn quirks_are_caught(group: &str) {
    let hall = hall().await;
    let mut wrong = String::new();
    for quirk in QUIRKS.iter().filter(|quirk| quirk.starts_with(group)) {
        let (_, rulings) = certified(&hall, 100, Some(quirk)).await;
        let companions = rows::by_id(quirk).unwrap().companions;
        let caught: Vec<_> = rulings.iter().filter(|ruling| counts(ruling)).collect();
        let is_caught = caught.iter().any(|ruling| ruling.id == *quirk);
        let is_expected = |id: &str| id == *quirk || companions.contains(&id);
        if !is_caught || !caught.iter().all(|ruling| is_expected(&ruling.id)) {
            wrong += &format!("{quirk} is caught: {is_caught}\n{}\n", told(&rulings));
        }
    }
    assert_eq!(wrong, "");
}

macro_rules! quirks {
    ($($name:ident: $group:literal),*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            quirks_are_caught($group).await;
        }
    )*};
}

quirks! {
    quirks_of_transport_are_caught: "CC-TLS",
    quirks_of_tokens_are_caught: "CC-TOK",
    quirks_of_shape_are_caught: "CC-REQ",
    quirks_of_order_are_caught: "CC-ORD",
    quirks_of_polling_are_caught: "CC-POL",
    quirks_of_redirects_are_caught: "CC-RED",
    quirks_of_errors_are_caught: "CC-ERR",
    quirks_of_duplicates_are_caught: "CC-IDM",
    quirks_of_data_are_caught: "CC-DAT",
    quirks_of_resilience_are_caught: "CC-RES",
    quirks_of_finalising_are_caught: "CC-FIN"
}

#[test]
fn every_row_that_is_watched_has_a_quirk() {
    let watched = rows::all().filter(|row| matches!(row.watch, Watch::Trace(_)));
    let missing: Vec<_> = watched.map(|row| row.id).filter(|id| !QUIRKS.contains(id)).collect();
    assert_eq!(missing, [""; 0]);
    assert_eq!(rows::all().count(), 81);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_finds_what_breaks_a_client_and_makes_it_small() {
    let hall = hall().await;
    let (stage, quirk) = (&hall.stage, Some("second-poll-of-phase-b"));
    let weak = |case, seed| stage.reference(case, seed, quirk);
    let found = search((60, 5), (&stage.declaration, 1), weak).await.unwrap().unwrap();
    assert!(!found.flaky);
    assert_eq!(found.scenario.matches("[[rule]]").count(), 1, "{}", found.scenario);
    // The mock counts the poll that ends the first phase as the first of the second.
    assert!(found.scenario.contains("phase = \"signing\", nth = 3"), "{}", found.scenario);
    assert_eq!(found.broken, ["It gave up, though all these faults pass."]);
    let sound = |case, seed| stage.reference(case, seed, None);
    assert_eq!(search((20, 5), (&stage.declaration, 1), sound).await.unwrap(), None);
}
