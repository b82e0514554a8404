//! The program that walks the hosted pages in a real browser, as a target file names it. Every kind
//! of person ends where they should.

use std::process::Command;

use browser::stand::Stand;
use contract::Edition;
use judge::Person;

use crate::{DESKTOP, browser};

/// What the newest message of the user says, from the control listener.
const CODES: &str = "curl -fsS \"$CONTROL/v1/messages?userId=$USER_ID&channel=$CHANNEL&limit=1\" | \
                     sed -n 's/.*\"code\":\"\\([^\"]*\\)\".*/\\1/p'";

async fn travelled(edition: Edition, person: Person) -> Option<(bool, String, String)> {
    // Without a browser there is nothing to see.
    browser(DESKTOP).await?.close().await.unwrap();
    let stand = Stand::start(edition, &["identifying"]).await.unwrap();
    let (address, control) = (stand.page_of(100_001).unwrap(), stand.control(""));
    let running = tokio::task::spawn_blocking(move || {
        Command::new(env!("CARGO_BIN_EXE_journey"))
            .args(["sh", "-c", CODES, &address])
            .env("CONTROL", control.trim_end_matches('/'))
            .envs([("USER_ID", "100001"), ("LEG", "identification"), ("PERSON", person.name())])
            .output()
            .unwrap()
    });
    let output = running.await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let trace = stand.mock.workspace().trace(None).join("\n");
    Some((output.status.success(), said, trace))
}

#[tokio::test]
async fn a_person_comes_to_the_end_in_both_editions() {
    for edition in [Edition::E2025_09, Edition::E2026_05] {
        let Some((done, said, trace)) = travelled(edition, Person::Complete).await else { return };
        assert!(done, "{edition}: {said}");
        assert!(trace.contains("\"to\":\"success\""), "{edition}: {trace}");
    }
}

#[tokio::test]
async fn who_cancels_or_fails_comes_to_the_fail_address() {
    for person in [Person::Cancel, Person::Fail] {
        let Some((done, said, trace)) = travelled(Edition::E2025_09, person).await else { return };
        assert!(done, "{person}: {said}");
        assert!(trace.contains("\"to\":\"fail\""), "{person}: {trace}");
    }
}
