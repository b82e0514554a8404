//! Two sides that read the documents differently, and which readings the comparison names. Sides
//! that agree must not be told apart.

use std::path::Path;

use conformance::{
    drift::{self, Drift, Options, Side},
    due::Budget,
    site,
};
use contract::{Edition, Variants};
use judge::Person;

use crate::stage::{Stage, walked};

fn options(dir: &Path, groups: &[&str]) -> Options {
    let groups = groups.iter().map(|group| (*group).to_owned()).collect();
    Options { jobs: 4, traces: dir.join("traces"), groups }
}

/// What a mock with these readings answers, asked as one of the usual readings would be.
async fn side(stage: &Stage, groups: &[&str]) -> Side {
    let tables = site::tables(Edition::DEFAULT).unwrap();
    let options = options(stage.dir.path(), groups);
    let settings = stage.settings(Person::Complete);
    Box::pin(drift::play(&settings, (&options, &Budget::default()), "side", tables)).await.unwrap()
}

async fn compared(first: (&Stage, &Side), second: &Side, groups: &[&str]) -> Drift {
    let (stage, first) = first;
    let tables = site::tables(Edition::DEFAULT).unwrap();
    let differences = first.transcript.differences(&second.transcript);
    let (reader, options) = (stage.settings(Person::Complete), options(stage.dir.path(), groups));
    let (explained, left) =
        Box::pin(drift::explain((first, second), &differences, &reader, &options, tables))
            .await
            .unwrap();
    Drift {
        edition: Edition::DEFAULT,
        base: first.variants,
        stories: first.transcript.in_common(&second.transcript),
        differences,
        explained,
        left,
        unexplained_because: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_readings_are_named_exactly_and_the_mock_can_be_made_to_agree() {
    const GROUPS: &[&str] = &["PHN", "POL"];
    const READINGS: &[(&str, &str)] = &[
        ("resend-when-verified", "accept"),
        ("poll-before-initiate", "bad-request"),
        ("taken-phone-text", "joined"),
    ];
    let usual = Stage::new(9).await;
    let other = Stage::with(9, READINGS).await;
    let (first, second) = (side(&usual, GROUPS).await, side(&other, GROUPS).await);
    let drift = compared((&usual, &first), &second, GROUPS).await;
    let mut named: Vec<_> = drift.explained.iter().map(drift::Explained::id).collect();
    named.sort();
    let mut wanted: Vec<_> =
        READINGS.iter().map(|(id, reading)| format!("{id}={reading}")).collect();
    wanted.sort();
    assert_eq!(named, wanted, "{}", drift.told(&first.transcript));
    assert!(drift.left.is_empty(), "{:#?}", drift.left);
    assert_eq!(drift.exit_code(), 1);
    let told = drift.told(&first.transcript);
    assert!(told.contains("the second answers as 'accept' of resend-when-verified"), "{told}");

    let file = drift.variants_file();
    let mut variants = Variants::of(Edition::DEFAULT);
    for line in file.lines().skip_while(|line| *line != "[variants]").skip(1) {
        let (id, reading) = line.split_once(" = ").unwrap();
        variants.choose(id, reading.trim_matches('"')).unwrap();
    }
    let mut meant = Variants::of(Edition::DEFAULT);
    READINGS.iter().for_each(|(id, reading)| meant.choose(id, reading).unwrap());
    assert_eq!(variants, meant, "{file}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_readings_never_differ_whatever_the_seed() {
    let (one, two) = (Stage::new(3).await, Stage::new(4_000_000_007).await);
    let (first, mut second) = (side(&one, &[]).await, side(&two, &[]).await);
    let found = first.transcript.differences(&second.transcript);
    assert_eq!(found, []);
    assert!(first.transcript.in_common(&second.transcript) > 80);
    // And what differs is seen: the comparison is not blind.
    second.transcript =
        side(&Stage::with(3, &[("challenge", "bare")]).await, &["TOK"]).await.transcript;
    let found = first.transcript.differences(&second.transcript);
    assert!(found.iter().all(|own| own.aspect == "header www-authenticate"), "{found:?}");
    assert!(!found.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_reading_explains_is_left() {
    const GROUPS: &[&str] = &["STA"];
    let usual = Stage::new(9).await;
    let broken = Stage::under(9, "sc-sta-01-status-as-text").await;
    let (first, second) = (side(&usual, GROUPS).await, side(&broken, GROUPS).await);
    let drift = compared((&usual, &first), &second, GROUPS).await;
    assert!(drift.explained.is_empty(), "{:?}", drift.explained);
    let left = drift.left.first().unwrap();
    assert_eq!((left.aspect.as_str(), left.second.as_deref()), ("body status", Some("\"50\"")));
    assert!(drift.told(&first.transcript).contains("explained by no reading"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn traces_of_earlier_runs_are_compared_and_those_of_mocks_name_their_readings() {
    const GROUPS: &[&str] = &["PHN"];
    let usual = Stage::new(9).await;
    let other = Stage::with(9, &[("resend-when-verified", "accept")]).await;
    let (first, second) = (side(&usual, GROUPS).await, side(&other, GROUPS).await);
    for (stage, side) in [(&usual, &first), (&other, &second)] {
        let read = drift::traces(&stage.dir.path().join("traces/side")).unwrap();
        assert_eq!(read.transcript, side.transcript);
    }
    let nowhere = drift::traces(&usual.dir.path().join("nowhere.jsonl")).unwrap_err();
    assert_eq!(nowhere.exit_code(), 2);
    assert!(nowhere.to_string().contains("nowhere.jsonl"), "{nowhere}");

    let mut sides = Vec::new();
    for readings in [&[][..], &[("send-code-success", "empty-object")]] {
        let stage = Stage::with(9, readings).await;
        let mut settings = stage.settings(Person::Complete);
        readings.iter().for_each(|(id, own)| settings.variants.choose(id, own).unwrap());
        walked(settings).await;
        let path = stage.dir.path().join("mock.jsonl");
        std::fs::write(&path, stage.mock.workspace().trace(None).join("\n")).unwrap();
        sides.push(drift::traces(&path).unwrap());
    }
    let drift = compared((&usual, &sides[0]), &sides[1], &[]).await;
    let named: Vec<_> = drift.explained.iter().map(drift::Explained::id).collect();
    assert_eq!(named, ["send-code-success=empty-object"], "{}", drift.told(&sides[0].transcript));
    assert!(drift.left.is_empty());
}
