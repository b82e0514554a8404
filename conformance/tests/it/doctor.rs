//! `conformance doctor` against a sound mock and against everything that can be wrong with a target
//! file: each finding names what to change, and nothing behind it is claimed.

use conformance::{
    doctor::{self, Found, Look},
    run::Settings,
    target::{CodesFrom, Target},
};
use judge::Person;

use crate::stage::Stage;

async fn looked(change: impl FnOnce(&mut Target)) -> Vec<Look> {
    let stage = Stage::new(5).await;
    let mut settings: Settings = stage.settings(Person::Complete);
    change(&mut settings.target);
    doctor::examine(settings).await
}

fn of<'a>(looks: &'a [Look], what: &str) -> &'a Found {
    &looks.iter().find(|look| look.what == what).unwrap().found
}

#[tokio::test]
async fn a_sound_target_is_well_and_a_token_is_had() {
    let looks = looked(|_| {}).await;
    assert!(looks.iter().all(|look| matches!(look.found, Found::Well(_))), "{looks:#?}");
    assert_eq!(looks.last().unwrap().what, "token");
    assert_eq!(doctor::exit_code(&looks), 0);
}

#[tokio::test]
async fn whatever_is_ill_says_what_to_change() {
    type Change = fn(&mut Target);
    let cases: [(Change, &str, &str); 8] = [
        (|target| target.api = "https://127.0.0.1:1".parse().unwrap(), "API gateway", "firewall"),
        (
            |target| target.ca = target.ca.with_file_name("other-ca.TEST-ONLY.cert.pem"),
            "identity server",
            "name the CA",
        ),
        (
            |target| {
                let file = "client-expired.TEST-ONLY.chain.pem";
                target.client_certificate = target.client_certificate.with_file_name(file);
                let file = "client-expired.TEST-ONLY.key.pem";
                target.client_key = target.client_key.with_file_name(file);
            },
            "client certificate",
            "ask for a new one",
        ),
        (
            |target| {
                let file = "merchant-b.TEST-ONLY.key.pem";
                target.client_key = target.client_key.with_file_name(file);
            },
            "files and addresses",
            "does not fit",
        ),
        (|target| target.client_id = "somebody".to_owned(), "token", "check client_id"),
        (|target| target.scope = "no.such".to_owned(), "token", "check scope"),
        (
            |target| target.codes = CodesFrom::Command(vec!["./no-such-program".to_owned()]),
            "codes",
            "check codes.command",
        ),
        (
            |target| {
                target.redirects.public_url = Some("http://127.0.0.1:1/".parse().unwrap());
            },
            "redirect receiver",
            "redirects.public_url",
        ),
    ];
    for (change, what, words) in cases {
        let looks = looked(change).await;
        let Found::Ill(said) = of(&looks, what) else { panic!("{what}: {looks:#?}") };
        assert!(said.contains(words), "{what}: {said}");
        assert_eq!(doctor::exit_code(&looks), 2);
        let is_token = what == "token";
        assert_eq!(looks.iter().any(|look| look.what == "token"), is_token, "{what}: {looks:#?}");
    }
}
