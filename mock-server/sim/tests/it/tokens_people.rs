//! Tokens for people: password, code with PKCE and refresh, with every reading that bears on
//! them. What happens to a token later stands in `tokens_later`.

use contract::{Call, Edition, Variant, Variants, field::Place, problem::Refusal};
use sim::{
    Answer, Command, Reply, Settings,
    command::{Basic, Bearer, IdentityRequest, TokenRequest},
    credentials::Credentials,
    outcome::{Brings, Grant, Secret, SentBack},
};

use crate::stage::{ALICE, BOB, Stage, brief, peer, settings, token_request};

pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const APP: &str = "https://merchant.localhost/auth-result";

pub(crate) type Pairs<'a> = &'a [(&'a str, &'a str)];

pub(crate) fn under(readings: Pairs<'_>) -> Stage {
    let mut variants = Variants::default();
    for (variant, reading) in [("token-grants", "every")].iter().chain(readings) {
        variants.choose(variant, reading).expect("a known reading");
    }
    Stage::with(Settings { variants, ..settings(1) })
}

/// Pairs with changes: a new value, or an empty one to leave the field out.
pub(crate) fn changed(good: Pairs<'_>, changes: Pairs<'_>) -> Vec<(String, String)> {
    let kept = good.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let pairs = kept.chain(changes.iter().filter(|(_, value)| !value.is_empty()));
    pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn own(stage: &Stage) -> Credentials {
    stage.world.credentials(ALICE)
}

fn post(stage: &mut Stage, basic: Option<(&str, &str)>, form: Vec<(String, String)>) -> Answer {
    let basic = basic.map(|(id, secret)| Basic { client_id: id.into(), secret: secret.into() });
    stage.command(Command::Token(TokenRequest {
        call: Call::PlainToken,
        method: "POST".to_owned(),
        media_type: Some("application/x-www-form-urlencoded".to_owned()),
        form: Some(form),
        basic,
    }))
}

pub(crate) fn password(stage: &mut Stage, changes: Pairs<'_>) -> Answer {
    let own = own(stage);
    let good = [
        ("client_id", "client-1001"),
        ("grant_type", "password"),
        ("username", &own.username),
        ("password", &own.password),
        ("scope", "openid Tenn.CRM offline_access"),
    ];
    post(stage, Some(("client-1001", &own.client_secret)), changed(&good, changes))
}

pub(crate) fn identity(call: Call, method: &str, fields: Vec<(String, String)>) -> IdentityRequest {
    IdentityRequest {
        call,
        method: method.to_owned(),
        media_type: Some("application/x-www-form-urlencoded".to_owned()),
        fields: Some(fields),
        basic: None,
        bearer: Bearer::Missing,
        session: None,
    }
}

fn wish(changes: Pairs<'_>) -> Vec<(String, String)> {
    let good = [
        ("client_id", "Client1001_Oidc"),
        ("redirect_uri", APP),
        ("response_type", "code"),
        ("scope", "openid Tenn.CRM offline_access"),
        ("state", "s1"),
        ("nonce", "n1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    changed(&good, changes)
}

pub(crate) fn look(stage: &mut Stage, session: Option<Secret>, changes: Pairs<'_>) -> Answer {
    let session = session.map(|secret| secret.value);
    let request = identity(Call::Authorize, "GET", wish(changes));
    stage.command(Command::Identity(IdentityRequest { session, ..request }))
}

pub(crate) fn sign_in(stage: &mut Stage, changes: Pairs<'_>) -> Answer {
    let own = own(stage);
    let good = [("username", own.username.as_str()), ("password", &own.password)];
    let entered = good.iter().filter(|(name, _)| !changes.iter().any(|(other, _)| other == name));
    let all: Vec<_> = entered.chain(changes).copied().collect();
    stage.command(Command::Identity(identity(Call::Authorize, "POST", wish(&all))))
}

pub(crate) fn sent(answer: Answer) -> SentBack {
    match answer {
        Answer::Reply(Reply::SentBack(sent)) => *sent,
        other => panic!("not sent back: {other:?}"),
    }
}

pub(crate) fn code_of(sent: &SentBack) -> String {
    match &sent.brings {
        Brings::Code(code, _) => code.text(),
        other => panic!("no code: {other:?}"),
    }
}

pub(crate) fn exchange(stage: &mut Stage, code: &str, changes: Pairs<'_>) -> Answer {
    let good = [
        ("client_id", "Client1001_Oidc"),
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", APP),
        ("code_verifier", VERIFIER),
    ];
    post(stage, None, changed(&good, changes))
}

pub(crate) fn granted(answer: Answer) -> Grant {
    match answer {
        Answer::Reply(Reply::Token(grant)) => (*grant).clone(),
        other => panic!("no token: {other:?}"),
    }
}

pub(crate) fn refresh_of(grant: &Grant) -> String {
    let refresh = grant.person.as_ref().and_then(|person| person.refresh);
    refresh.map(Secret::text).expect("a refresh token")
}

pub(crate) fn refresh(stage: &mut Stage, text: &str) -> Answer {
    let form = [
        ("client_id", "Client1001_Oidc"),
        ("grant_type", "refresh_token"),
        ("refresh_token", text),
    ];
    post(stage, None, changed(&form, &[]))
}

/// A token by the whole code flow.
pub(crate) fn signed_in(stage: &mut Stage) -> (Grant, Option<Secret>) {
    let sent = sent(sign_in(stage, &[]));
    let code = code_of(&sent);
    (granted(exchange(stage, &code, &[])), sent.begins)
}

#[test]
fn a_password_opens_with_the_secret_and_each_fault_has_its_error() {
    let table: &[(Pairs<'_>, &str)] = &[
        (&[], "token"),
        (&[("scope", "")], "token"),
        (&[("scope", "Tenn.Nothing")], "invalid-scope"),
        (&[("username", "")], "invalid-grant"),
        (&[("username", "nobody@example.org")], "invalid-grant"),
        (&[("password", "")], "invalid-grant"),
        (&[("password", "wrong")], "invalid-grant"),
        (&[("grant_type", "refresh_token")], "invalid-request"),
        (&[("grant_type", "authorization_code")], "unauthorized-client"),
        (&[("grant_type", "urn:ietf:params:oauth:grant-type:device_code")], "unauthorized-client"),
        (&[("grant_type", "magic")], "unsupported-grant-type"),
    ];
    for (changes, expected) in table {
        assert_eq!(brief(&password(&mut under(&[]), changes)), *expected, "{changes:?}");
    }
    let told = |changes| match password(&mut under(&[]), changes) {
        Answer::Refused(Refusal { header, .. }, _) => header,
        other => panic!("{other:?}"),
    };
    let wrong = Some("invalid_username_or_password");
    assert_eq!(told(&[("password", "wrong")]).as_deref(), wrong);
    assert_eq!(told(&[("username", "")]), None);
}

#[test]
fn a_client_shows_its_secret_in_the_header_or_in_the_form() {
    let mut stage = under(&[]);
    let Credentials { username, password, client_secret, .. } = own(&stage);
    let form = |secret: &str| {
        let good = [
            ("client_id", "client-1001"),
            ("grant_type", "password"),
            ("username", &*username),
            ("password", &*password),
        ];
        changed(&good, &[("client_secret", secret)])
    };
    for (basic, posted, expected) in [
        (None, &*client_secret, "token"),
        (None, "wrong", "invalid-client"),
        (None, "", "invalid-client"),
        (Some(("client-1001", &*client_secret)), "", "token"),
        (Some(("client-1001", "wrong")), &*client_secret, "invalid-client"),
        (Some(("client-1002", &*client_secret)), "", "invalid-client"),
        (Some(("nobody", &*client_secret)), "", "invalid-client"),
    ] {
        let answer = post(&mut stage, basic, form(posted));
        assert_eq!(brief(&answer), expected, "{basic:?} {posted:?}");
    }
}

#[test]
fn token_grants() {
    let told = |reading| {
        let mut stage = under(&[("token-grants", reading)]);
        let mtls = brief(&stage.token(ALICE));
        let password = brief(&password(&mut stage, &[]));
        let app = brief(&look(&mut stage, None, &[]));
        format!("{mtls}, {password}, {app}")
    };
    assert_eq!(told("mutual-tls"), "token, invalid-client, back: unauthorized_client");
    assert_eq!(told("password"), "unauthorized-client, token, back: unauthorized_client");
    assert_eq!(told("authorization-code"), "unauthorized-client, invalid-client, sign in");
    assert_eq!(told("every"), "token, token, sign in");
}

#[test]
fn a_posted_secret_leaves_the_certificate_unused() {
    let mut stage = under(&[]);
    let own = own(&stage);
    let good = [("client_id", "client-1001"), ("grant_type", "client_credentials")];
    let form = changed(&good, &[("client_secret", &own.client_secret)]);
    let grant = granted(stage.send(token_request(Some(peer(ALICE)), form)));
    assert_eq!((grant.confirmation.as_str(), grant.person), ("", None));
}

#[test]
fn token_life() {
    for (reading, seconds) in [("hour", 3600), ("five-minutes", 300)] {
        let grant = granted(under(&[("token-life", reading)]).token(ALICE));
        assert_eq!(grant.expires_at.seconds() - grant.issued_at.seconds(), seconds);
    }
}

#[test]
fn redirect_parameter() {
    let told = |reading, name| {
        let changes = [("redirect_uri", ""), (name, APP)];
        brief(&look(&mut under(&[("redirect-parameter", reading)]), None, &changes))
    };
    for (reading, standard, oldest) in [
        ("either", "sign in", "sign in"),
        ("redirect-uri", "sign in", "invalid-request"),
        ("redirect-url", "invalid-request", "sign in"),
    ] {
        let found = (told(reading, "redirect_uri"), told(reading, "redirect_url"));
        assert_eq!(found, (standard.to_owned(), oldest.to_owned()), "{reading}");
    }
}

#[test]
fn the_redirect_parameter_is_read_under_the_names_of_its_rows() {
    let edition = Edition::E2026_05;
    for reading in Variant::RedirectParameter.row().readings {
        let mut variants = Variants::of(edition);
        variants.choose("redirect-parameter", reading.id).unwrap();
        for name in ["redirect_uri", "redirect_url"] {
            let has_row = |call, place| {
                let row = edition.tables().unwrap().endpoint(call).unwrap();
                row.fields_in(place, &variants).any(|field| field.name == name)
            };
            let changes = [("redirect_uri", ""), (name, APP)];
            let mut stage = under(&[("redirect-parameter", reading.id)]);
            let shown = brief(&look(&mut stage, None, &changes));
            let is_read = has_row(Call::Authorize, Place::Query);
            assert_eq!(shown == "sign in", is_read, "authorize, {name} under {}", reading.id);

            let mut stage = under(&[("redirect-parameter", reading.id)]);
            let known = if reading.id == "redirect-url" { "redirect_url" } else { "redirect_uri" };
            let signed_in = sign_in(&mut stage, &[("redirect_uri", ""), (known, APP)]);
            let code = code_of(&sent(signed_in));
            let got = brief(&exchange(&mut stage, &code, &changes));
            let is_read = has_row(Call::PlainToken, Place::Form);
            assert_eq!(got == "token", is_read, "token, {name} under {}: {got}", reading.id);
        }
    }
}

#[test]
fn an_authorization_request_is_judged_and_the_redirect_is_trusted_only_if_registered() {
    let long = "n".repeat(301);
    let table: &[((&str, &str), &str)] = &[
        (("state", ""), "sign in"),
        (("client_id", ""), "invalid-request"),
        (("client_id", "nobody"), "unauthorized-client"),
        (("client_id", "client-1001"), "invalid-request"),
        (("redirect_uri", ""), "invalid-request"),
        (("redirect_uri", "https://evil.example/auth-result"), "invalid-request"),
        (("redirect_uri", "https://merchant.localhost/auth-result/"), "invalid-request"),
        (("redirect_uri", "https://merchant.localhost/silentRenew"), "sign in"),
        (("response_type", ""), "back: unsupported_response_type"),
        (("response_type", "magic"), "back: unsupported_response_type"),
        (("response_type", "id_token token"), "back: unauthorized_client"),
        (("code_challenge", ""), "back: invalid_request"),
        (("code_challenge", "short"), "back: invalid_request"),
        (("code_challenge_method", "md5"), "back: invalid_request"),
        (("response_mode", "form_post"), "sign in"),
        (("response_mode", "fragment"), "back: invalid_request"),
        (("response_mode", "magic"), "back: unsupported_response_type"),
        (("scope", ""), "back: invalid_request"),
        (("scope", "Tenn.CRM"), "back: invalid_request"),
        (("scope", "openid Tenn.Nothing"), "back: invalid_scope"),
        (("nonce", &long), "back: invalid_request"),
        (("prompt", "none"), "back: login_required"),
        (("prompt", "none login"), "back: invalid_request"),
        (("prompt", "login"), "sign in"),
        (("max_age", "-1"), "back: invalid_request"),
    ];
    for (change, expected) in table {
        assert_eq!(brief(&look(&mut under(&[]), None, &[*change])), *expected, "{change:?}");
    }
    let mut twice = wish(&[]);
    twice.push(("state".to_owned(), "s2".to_owned()));
    let request = identity(Call::Authorize, "GET", twice);
    assert_eq!(brief(&under(&[]).command(Command::Identity(request))), "invalid-request");
}

#[test]
fn a_person_signs_in_once_and_the_app_gets_a_token_that_names_them() {
    let mut stage = under(&[]);
    assert_eq!(brief(&sign_in(&mut stage, &[("password", "wrong")])), "sign in again");
    let first = sent(sign_in(&mut stage, &[]));
    assert_eq!((first.to.as_str(), first.state.as_deref()), (APP, Some("s1")));
    let grant = granted(exchange(&mut stage, &code_of(&first), &[]));
    let person = grant.person.as_ref().expect("a person");
    assert_eq!((person.nonce.as_deref(), person.id_token), (Some("n1"), true));
    assert_eq!(grant.client_id, "Client1001_Oidc");

    let session = first.begins;
    assert!(session.is_some());
    let silent = sent(look(&mut stage, session, &[("prompt", "none")]));
    assert!(matches!(silent.brings, Brings::Code(..)) && silent.begins.is_none());
    for (change, expected) in [
        (("prompt", "login"), "sign in"),
        (("client_id", "Client1002_Oidc"), "sign in"),
        (("max_age", "60"), "code"),
    ] {
        assert_eq!(brief(&look(&mut stage, session, &[change])), expected, "{change:?}");
    }
    stage.wait(61);
    assert_eq!(brief(&look(&mut stage, session, &[("max_age", "60")])), "sign in");
    stage.wait(36_000);
    assert_eq!(brief(&look(&mut stage, session, &[])), "sign in", "ten hours are over");
}

#[test]
fn one_merchants_person_cannot_sign_in_to_anothers_app() {
    let mut stage = under(&[]);
    let bobs = [("client_id", "Client1002_Oidc")];
    assert_eq!(brief(&sign_in(&mut stage, &bobs)), "sign in again");
    let bob = stage.world.credentials(BOB);
    let entered =
        [bobs[0], ("username", bob.username.as_str()), ("password", bob.password.as_str())];
    assert_eq!(brief(&sign_in(&mut stage, &entered)), "code");
}

#[test]
fn a_code_works_once_for_a_while_and_for_whom_it_was_made() {
    let table: &[(Pairs<'_>, &str)] = &[
        (&[], "token"),
        (&[("code", "0123456789abcdef0123456789abcdef")], "invalid-grant"),
        (&[("code", "")], "invalid-grant"),
        (&[("code_verifier", "")], "invalid-grant"),
        (&[("code_verifier", CHALLENGE)], "invalid-grant"),
        (&[("redirect_uri", "")], "unauthorized-client"),
        (&[("redirect_uri", "https://merchant.localhost/silentRenew")], "unauthorized-client"),
        (&[("redirect_uri", ""), ("redirect_url", APP)], "token"),
        (&[("client_id", "Client1002_Oidc")], "invalid-grant"),
        (&[("client_id", "client-1001")], "invalid-client"),
    ];
    for (changes, expected) in table {
        let mut stage = under(&[]);
        let code = code_of(&sent(sign_in(&mut stage, &[])));
        assert_eq!(brief(&exchange(&mut stage, &code, changes)), *expected, "{changes:?}");
        if changes.iter().all(|(name, _)| !["client_id", "code"].contains(name)) {
            let again = brief(&exchange(&mut stage, &code, &[]));
            assert_eq!(again, "invalid-grant", "it was used: {changes:?}");
        }
    }
    let mut stage = under(&[]);
    let code = code_of(&sent(sign_in(&mut stage, &[])));
    stage.wait(300);
    assert_eq!(brief(&exchange(&mut stage, &code, &[])), "invalid-grant", "expired");
}

#[test]
fn a_plain_challenge_is_its_own_verifier() {
    let mut stage = under(&[]);
    let plain = [("code_challenge", VERIFIER), ("code_challenge_method", "")];
    let code = code_of(&sent(sign_in(&mut stage, &plain)));
    assert_eq!(brief(&exchange(&mut stage, &code, &[])), "token");
}

#[test]
fn a_refresh_token_comes_when_asked_for_and_works_once() {
    let mut stage = under(&[]);
    let code = code_of(&sent(sign_in(&mut stage, &[("scope", "openid Tenn.CRM")])));
    let online = granted(exchange(&mut stage, &code, &[]));
    assert_eq!(online.person.and_then(|person| person.refresh), None);

    let (grant, _) = signed_in(&mut stage);
    let first = refresh_of(&grant);
    let next = granted(refresh(&mut stage, &first));
    assert_eq!(next.scopes, grant.scopes);
    assert_ne!(refresh_of(&next), first);
    assert_eq!(brief(&refresh(&mut stage, &first)), "invalid-grant", "used");
    assert_eq!(brief(&refresh(&mut stage, "nonsense")), "invalid-grant");
    stage.wait(2_592_000);
    let last = refresh_of(&next);
    assert_eq!(brief(&refresh(&mut stage, &last)), "invalid-grant", "thirty days are over");
}
