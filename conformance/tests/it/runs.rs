//! Runs in one process: what they judge, what they write, and what they never write. The mock's
//! clock is stepped, so that no test depends on how fast the machine is.

use conformance::{run::Run, target::Target};
use contract::{Edition, step::Step, trace};
use judge::{Person, Plan, Verdict, steps};

use crate::stage::{Stage, verdict, walked};

#[tokio::test]
async fn the_mock_conforms_and_all_waiting_is_on_its_clock() {
    let stage = Stage::new(7).await;
    let report = walked(stage.settings(Person::Complete)).await;
    for row in &report.steps {
        assert_eq!(row.verdict, Verdict::Pass, "{row:#?}");
    }
    assert_eq!((report.verdict, report.exit_code), (Verdict::Pass, 0), "{report:#?}");
    let waited: u64 = report.steps.iter().filter_map(|row| row.virtual_ms).sum();
    // The clock stands unless it is told to move: without the runner's steps no poll would ever
    // see the end of a phase.
    assert!(waited >= 6_000, "both phases are polled on the stepped clock: {waited} ms");
}

#[tokio::test]
async fn every_person_ends_as_planned() {
    for (person, last) in [
        (Person::Cancel, Step::PhaseA),
        (Person::Fail, Step::PhaseA),
        (Person::Decline, Step::PhaseB),
    ] {
        let stage = Stage::new(11).await;
        let report = walked(stage.settings(person)).await;
        for row in &report.steps {
            let wanted = if row.step > last { Verdict::NotApplicable } else { Verdict::Pass };
            assert_eq!(row.verdict, wanted, "{person}: {row:#?}");
        }
        assert_eq!((report.verdict, report.exit_code), (Verdict::Pass, 0), "{person}");
        assert_eq!(report.stopped, None, "{person}");
    }
}

#[tokio::test]
async fn the_verdicts_can_be_computed_again_from_the_file() {
    let stage = Stage::new(13).await;
    let report = walked(stage.settings(Person::Complete)).await;
    let text = std::fs::read_to_string(stage.trace()).unwrap();
    let lines = trace::read(&text).unwrap();
    let plan = Plan {
        edition: Edition::DEFAULT,
        person: Person::Complete,
        variants: contract::Variants::default(),
    };
    let again: Vec<_> = steps::judge(&lines, plan).iter().map(|row| row.verdict).collect();
    let first: Vec<_> = report.steps.iter().map(|row| row.verdict).collect();
    assert_eq!(again, first);

    let other = Plan { person: Person::Cancel, ..plan };
    let wrong = steps::judge(&lines, other);
    assert_eq!(Verdict::roll_up(wrong.iter().map(|row| row.verdict)), Verdict::Fail);
}

#[tokio::test]
async fn the_same_seed_writes_the_same_trace() {
    let mut texts = Vec::new();
    for seed in [5, 5, 6] {
        let stage = Stage::new(seed).await;
        walked(stage.settings(Person::Complete)).await;
        texts.push(std::fs::read_to_string(stage.trace()).unwrap());
    }
    assert_eq!(texts[0], texts[1]);
    assert_ne!(texts[0], texts[2]);
}

#[tokio::test]
async fn neither_trace_nor_report_holds_a_secret() {
    let stage = Stage::new(17).await;
    let report = walked(stage.settings(Person::Complete)).await;
    let path = stage.dir.path().join("report.json");
    report.write(&path).unwrap();
    let text =
        std::fs::read_to_string(stage.trace()).unwrap() + &std::fs::read_to_string(path).unwrap();
    for secret in ["eyJ", "@example.org", "+3598800", "127.0.0.1"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let inbox = format!("{}/v1/messages?limit=50", stage.ready().control);
    let client = conformance::http::client(None).unwrap();
    let inbox: serde_json::Value = client.get(inbox).send().await.unwrap().json().await.unwrap();
    let codes: Vec<_> = inbox["messages"].as_array().unwrap().iter().collect();
    assert_eq!(codes.len(), 6, "{inbox}");
    for message in codes {
        let code = message["code"].as_str().unwrap();
        assert!(!text.contains(code), "{message}");
    }
}

#[tokio::test]
async fn a_refused_client_fails_the_token_step_and_nothing_else_is_claimed() {
    let stage = Stage::new(19).await;
    let mut settings = stage.settings(Person::Complete);
    settings.target.client_id = "somebody-else".to_owned();
    let report = walked(settings).await;
    assert_eq!(verdict(&report, Step::Token), Verdict::Fail);
    assert_eq!(verdict(&report, Step::CreateUser), Verdict::NotExercised);
    assert_eq!((report.verdict, report.exit_code), (Verdict::Fail, 1));
    assert!(report.stopped.unwrap().contains("mtls-token answered"));
}

#[tokio::test]
async fn the_thumbprint_follows_the_reading() {
    let readings = [("thumbprint-hash", "sha256"), ("mtls-refusal", "tls-alert")];
    let stage = Stage::with(23, &readings).await;
    let mut settings = stage.settings(Person::Complete);
    let wrong = walked(settings.clone()).await;
    assert_eq!(wrong.exit_code, 1, "SHA-1 is not what this mock reads");
    for (id, reading) in readings {
        settings.variants.choose(id, reading).unwrap();
    }
    assert_eq!(walked(settings).await.exit_code, 0);
}

#[tokio::test]
async fn a_target_that_is_not_there_is_unreachable() {
    let stage = Stage::new(29).await;
    for change in [
        |target: &mut Target| target.auth = "https://127.0.0.1:1".parse().unwrap(),
        |target: &mut Target| target.api = "https://127.0.0.1:1".parse().unwrap(),
    ] {
        let mut settings = stage.settings(Person::Complete);
        change(&mut settings.target);
        let report = walked(settings).await;
        assert_eq!(report.exit_code, 4);
        let stopped = report.stopped.unwrap();
        assert!(stopped.contains("does not answer at https://127.0.0.1:1/"), "{stopped}");
    }
    let mut settings = stage.settings(Person::Complete);
    settings.target.control = Some("http://127.0.0.1:1".parse().unwrap());
    assert_eq!(Run::prepare(settings).await.unwrap_err().exit_code(), 4);
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_not_spoken_to() {
    let stage = Stage::new(31).await;
    let mut settings = stage.settings(Person::Complete);
    settings.target.ca = settings.target.ca.with_file_name("other-ca.TEST-ONLY.cert.pem");
    let report = walked(settings).await;
    assert_eq!(report.exit_code, 4);
    assert!(report.stopped.unwrap().contains("certificate"));
}

#[tokio::test]
async fn polling_gives_up_at_its_limit() {
    let stage = Stage::new(37).await;
    let mut settings = stage.settings(Person::Complete);
    settings.poll_limit = std::time::Duration::from_secs(2);
    let report = walked(settings).await;
    assert_eq!(verdict(&report, Step::PhaseA), Verdict::Fail);
    assert_eq!(verdict(&report, Step::SecondRedirect), Verdict::NotExercised);
}
