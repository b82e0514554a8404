//! Each edition's own flow, and readings that ask the merchant for something else.

use conformance::{
    report::Report,
    run::{Run, Settings},
};
use contract::{
    Call, Edition, Host, Variants,
    step::Step,
    trace::{self, Decided, Decision, Line},
};
use judge::{Person, Verdict};

use crate::stage::{Stage, walked};

async fn run(edition: Edition, seed: u64, chosen: &[(&str, &str)]) -> (Report, Stage) {
    let stage = Stage::of(edition, seed, chosen).await;
    let mut variants = Variants::of(edition);
    for (id, reading) in chosen {
        variants.choose(id, reading).unwrap();
    }
    let settings = Settings { edition, variants, ..stage.settings(Person::Complete) };
    (walked(settings).await, stage)
}

#[tokio::test]
async fn the_later_editions_are_walked_in_their_own_order() {
    for edition in [Edition::E2025_09, Edition::E2026_05] {
        let (report, _stage) = run(edition, 7, &[]).await;
        for row in &report.steps {
            assert_eq!(row.verdict, Verdict::Pass, "{edition}: {row:#?}");
        }
        assert_eq!(report.exit_code, 0);
    }
}

#[tokio::test]
async fn the_oldest_edition_is_walked_without_identification() {
    let (report, stage) = run(Edition::E2024_06, 7, &[]).await;
    for row in &report.steps[..4] {
        assert_eq!(row.verdict, Verdict::Pass, "{row:#?}");
    }
    for row in report.steps.iter().filter(|row| (5..=9).contains(&row.number)) {
        assert_eq!(row.verdict, Verdict::NotApplicable, "{row:#?}");
        assert_eq!(row.reason.as_deref(), Some("edition 2024-06 has no such step"));
    }
    let trace = std::fs::read_to_string(stage.trace()).unwrap();
    assert!(trace.contains("application/json-patch+json") && trace.contains("plain-token"));
    let ready = stage.mock.ready();
    for secret in [&ready.client_secret, &ready.username, &ready.password] {
        assert!(!trace.contains(secret.as_str()), "a secret is in the trace");
    }
}

#[tokio::test]
async fn nobody_gives_up_where_there_are_no_pages() {
    let edition = Edition::E2024_06;
    let stage = Stage::of(edition, 7, &[]).await;
    for person in [Person::Cancel, Person::Fail, Person::Decline] {
        let variants = Variants::of(edition);
        let settings = Settings { edition, variants, ..stage.settings(person) };
        let trouble = Run::prepare(settings).await.unwrap_err();
        assert_eq!(trouble.exit_code(), 2);
        assert!(trouble.to_string().contains("2024-06 has no pages"), "{trouble}");
    }
}

#[tokio::test]
async fn a_failure_is_recognised_under_every_reading() {
    let edition = Edition::E2025_09;
    for (id, reading) in [
        ("interim-status", "null"),
        ("poll-after-failure", "vendor-status"),
        ("poll-after-failure", "bad-request"),
    ] {
        for person in [Person::Cancel, Person::Decline] {
            let stage = Stage::of(edition, 11, &[(id, reading)]).await;
            let mut variants = Variants::of(edition);
            variants.choose(id, reading).unwrap();
            let report = walked(Settings { variants, ..stage.settings(person) }).await;
            assert_eq!(report.verdict, Verdict::Pass, "{id}={reading}, {person}: {report:#?}");
        }
    }
}

#[tokio::test]
async fn readings_change_what_the_merchant_sends() {
    for (id, reading) in [
        ("first-mail", "on-request"),
        ("callback-id", "required"),
        ("address-type", "required"),
        ("source-of-fund-type", "integer"),
        ("tax-residences-type", "array"),
        ("token-grants", "password"),
        ("interim-status", "null"),
        ("questionnaire-order", "before-initiate"),
    ] {
        let (report, _stage) = run(Edition::E2025_09, 7, &[(id, reading)]).await;
        let wrong = report.steps.iter().find(|row| row.verdict != Verdict::Pass);
        assert!(wrong.is_none(), "{id}={reading}: {wrong:#?}");
        assert_eq!(report.steps.last().unwrap().step, Step::Token);
    }
}

#[tokio::test]
async fn tokens_are_asked_for_at_the_issuer() {
    let editions = [Edition::E2024_06, Edition::E2025_09, Edition::E2026_05];
    for (reading, issuer) in [("auth-host", Host::Auth), ("api-host", Host::Api)] {
        for edition in editions {
            let (report, stage) = run(edition, 7, &[("issuer", reading)]).await;
            let last = report.steps.iter().find(|row| row.step == Step::Token).unwrap();
            assert_eq!(last.verdict, Verdict::Pass, "{edition} {reading}: {last:#?}");
            let runner = std::fs::read_to_string(stage.trace()).unwrap();
            let mock = stage.mock.workspace().trace(None).join("\n");
            for text in [runner, mock] {
                let hosts = hosts_of_tokens(&text);
                assert!(hosts.len() > 1, "{edition} {reading}");
                assert!(hosts.iter().all(|host| *host == issuer), "{edition} {reading} {hosts:?}");
            }
        }
    }
}

/// Where a trace says that tokens were asked for.
fn hosts_of_tokens(text: &str) -> Vec<Host> {
    let exchanges = trace::read(text).unwrap().into_iter().filter_map(|line| match line {
        Line::Decision(Decision { what: Decided::Exchange(exchange), .. }) => Some(exchange),
        _ => None,
    });
    let is_token = |call| matches!(call, Some(Call::MtlsToken | Call::PlainToken));
    exchanges.filter(|seen| is_token(seen.call)).map(|seen| seen.host).collect()
}
