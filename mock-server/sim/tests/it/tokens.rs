//! The token endpoint's checks, in their order, and the gate of the API.

use contract::{Call, Problem, Variants, problem::Refusal};
use sim::{
    Answer, Command, Reply,
    command::{Ask, Bearer, Peer, PeerVerdict},
};

use crate::stage::{ALICE, BOB, Stage, brief, form, peer, settings, token_request};

fn ask(change: impl FnOnce(&mut Vec<(String, String)>)) -> String {
    let mut form = form(ALICE, &peer(ALICE));
    change(&mut form);
    brief(&Stage::new(1).send(token_request(Some(peer(ALICE)), form)))
}

fn set(form: &mut Vec<(String, String)>, name: &str, value: &str) {
    form.retain(|(known, _)| known != name);
    if !value.is_empty() {
        form.push((name.to_owned(), value.to_owned()));
    }
}

const THUMBPRINT: &str = "IdentityServer:MTLS:X509Certificate";

#[test]
fn each_fault_of_the_form_has_its_error() {
    let long = "x".repeat(301);
    let other = peer(BOB).sha1;
    let table: &[(&str, &str, &str)] = &[
        ("grant_type", "client_credentials", "token"),
        ("scope", "", "token"),
        ("scope", "Tenn.CRM IdentityServerApi", "token"),
        ("scope", "Tenn.Payment", "invalid-scope"),
        ("scope", "openid", "invalid-scope"),
        ("scope", &long, "invalid-scope"),
        ("grant_type", "", "unsupported-grant-type"),
        ("grant_type", "magic", "unsupported-grant-type"),
        ("grant_type", "password", "unauthorized-client"),
        ("client_id", "", "invalid-client"),
        ("client_id", "client-1002", "invalid-client"),
        ("client_id", "stranger", "invalid-client"),
        ("client_secret", "anything", "invalid-client"),
        (THUMBPRINT, "", "invalid-client"),
        (THUMBPRINT, &other, "invalid-client"),
        (THUMBPRINT, "TEST1001", "token"),
    ];
    for (name, value, expected) in table {
        assert_eq!(ask(|form| set(form, name, value)), *expected, "{name}={value}");
    }
    let twice = ask(|form| form.push(("scope".to_owned(), "Tenn.CRM".to_owned())));
    assert_eq!(twice, "invalid-request");
}

#[test]
fn a_thumbprint_is_upper_case_and_of_the_declared_hash() {
    let mut lettered = peer(ALICE);
    lettered.sha1 = "AB".repeat(20);
    lettered.sha256 = "CD".repeat(32);
    let try_with = |variants: Variants, thumbprint: &str| {
        let mut world = settings(1);
        world.variants = variants;
        world.merchants[0].certificate.sha1.clone_from(&lettered.sha1);
        world.merchants[0].certificate.sha256.clone_from(&lettered.sha256);
        let mut form = form(ALICE, &lettered);
        set(&mut form, THUMBPRINT, thumbprint);
        brief(&Stage::with(world).send(token_request(Some(lettered.clone()), form)))
    };
    let sha1 = Variants::default();
    let mut sha256 = Variants::default();
    sha256.choose("thumbprint-hash", "sha256").unwrap();
    assert_eq!(try_with(sha1, &lettered.sha1), "token");
    assert_eq!(try_with(sha1, &lettered.sha1.to_lowercase()), "invalid-client");
    assert_eq!(try_with(sha1, &lettered.sha256), "invalid-client");
    assert_eq!(try_with(sha256, &lettered.sha256), "token");
    assert_eq!(try_with(sha256, &lettered.sha1), "invalid-client");
}

#[test]
fn the_certificate_is_looked_at_before_everything_else() {
    for verdict in [
        PeerVerdict::Expired,
        PeerVerdict::NotYetValid,
        PeerVerdict::UnknownIssuer,
        PeerVerdict::WrongPurpose,
        PeerVerdict::Revoked,
        PeerVerdict::Bad,
    ] {
        let bad = Peer { verdict, ..peer(ALICE) };
        let answer = Stage::new(1).send(token_request(Some(bad), Vec::new()));
        assert_eq!(brief(&answer), "certificate-refused", "{verdict:?}");
    }
    let answer = Stage::new(1).send(token_request(None, form(ALICE, &peer(ALICE))));
    let Answer::Refused(Refusal { problem, header, .. }, _) = answer else { panic!("refused") };
    assert_eq!((problem, header.as_deref()), (Problem::CertificateRefused, Some("missing")));
}

#[test]
fn method_and_media_type_come_next() {
    for (method, media_type) in [
        ("GET", Some("application/x-www-form-urlencoded")),
        ("POST", Some("application/json")),
        ("POST", None),
    ] {
        let mut envelope = token_request(Some(peer(ALICE)), form(ALICE, &peer(ALICE)));
        let Command::Token(request) = &mut envelope.command else { panic!("a token request") };
        request.method = method.to_owned();
        request.media_type = media_type.map(str::to_owned);
        assert_eq!(brief(&Stage::new(1).send(envelope)), "invalid-request", "{method}");
    }
}

#[test]
fn the_endpoint_without_mutual_tls_knows_none_of_our_clients() {
    let mut envelope = token_request(Some(peer(ALICE)), form(ALICE, &peer(ALICE)));
    let Command::Token(request) = &mut envelope.command else { panic!("a token request") };
    request.call = Call::PlainToken;
    assert_eq!(brief(&Stage::new(1).send(envelope)), "invalid-client");
}

#[test]
fn the_gate_tells_why() {
    let challenge = |stage: &mut Stage, bearer: Bearer| match stage
        .ask_with(bearer, Ask::UserStatus { user: 1 })
    {
        Answer::Refused(Refusal { problem: Problem::Unauthorized, header, .. }, _) => {
            header.unwrap()
        }
        other => brief(&other),
    };
    let mut stage = Stage::with_tokens(1);
    assert_eq!(challenge(&mut stage, Bearer::Missing), "Bearer");
    let plain = "Bearer error=\"invalid_token\"";
    assert_eq!(challenge(&mut stage, Bearer::Foreign(None)), plain);
    assert_eq!(challenge(&mut stage, Bearer::Issued(99)), plain);
    let described = format!("{plain}, error_description=\"The signature is invalid\"");
    let foreign = Bearer::Foreign(Some("The signature is invalid".to_owned()));
    assert_eq!(challenge(&mut stage, foreign), described);
    stage.wait(3600 + 300);
    assert_eq!(challenge(&mut stage, Bearer::Issued(1)), "user-not-found", "within the leeway");
    stage.wait(1);
    let expired =
        format!("{plain}, error_description=\"The token expired at '01/01/2026 01:00:00'\"");
    assert_eq!(challenge(&mut stage, Bearer::Issued(1)), expired);
}

#[test]
fn tokens_of_one_second_differ() {
    let mut stage = Stage::new(1);
    let (first, second) = (stage.token(ALICE), stage.token(ALICE));
    let (Answer::Reply(Reply::Token(first)), Answer::Reply(Reply::Token(second))) = (first, second)
    else {
        panic!("two tokens")
    };
    assert_eq!(first.issued_at, second.issued_at);
    assert_ne!((first.number, first.jti), (second.number, second.jti));
}
