//! What happens to the tokens of people after they are granted: claims, revocation and signing
//! out; and that a trace of it all tells right from wrong without a secret.

use contract::{Call, problem::Refusal};
use sim::{
    Answer, Command, Reply,
    command::{Ask, Bearer, IdentityRequest},
    outcome::Secret,
};

use crate::{
    stage::{ALICE, Stage, brief},
    tokens_people::{
        Pairs, VERIFIER, changed, code_of, exchange, granted, identity, look, own, password,
        refresh, refresh_of, sent, sign_in, signed_in, under,
    },
};

pub(crate) fn revoke(stage: &mut Stage, client: &str, (text, bearer): (&str, Bearer)) -> String {
    let fields = changed(&[("client_id", client)], &[("token", text)]);
    let request = IdentityRequest { bearer, ..identity(Call::Revocation, "POST", fields) };
    brief(&stage.command(Command::Identity(request)))
}

fn list(stage: &mut Stage, token: u32) -> String {
    let list = contract::lists::CodeList::ALL[0];
    brief(&stage.ask_with(Bearer::Issued(token), Ask::List(list)))
}

#[test]
fn a_revoked_token_opens_nothing() {
    let mut stage = under(&[]);
    let (grant, _) = signed_in(&mut stage);
    assert_eq!(list(&mut stage, 1), "list");
    let token = || ("jwt", Bearer::Issued(1));
    assert_eq!(revoke(&mut stage, "Client1002_Oidc", token()), "done");
    assert_eq!(list(&mut stage, 1), "list", "somebody else's wish counts for nothing");
    assert_eq!(revoke(&mut stage, "nobody", token()), "invalid-client");
    assert_eq!(revoke(&mut stage, "Client1001_Oidc", ("", Bearer::Missing)), "invalid-request");
    assert_eq!(revoke(&mut stage, "Client1001_Oidc", ("?", Bearer::Foreign(None))), "done");
    assert_eq!(revoke(&mut stage, "Client1001_Oidc", token()), "done");
    assert_eq!(list(&mut stage, 1), "unauthorized");
    assert!(stage.world.token(1).is_none());

    let text = refresh_of(&grant);
    let next = granted(refresh(&mut stage, &text));
    let text = refresh_of(&next);
    assert_eq!(revoke(&mut stage, "Client1001_Oidc", (&text, Bearer::Foreign(None))), "done");
    assert_eq!(brief(&refresh(&mut stage, &text)), "invalid-grant");
    assert_eq!(list(&mut stage, next.number), "unauthorized", "its tokens went with it");
}

fn claims(stage: &mut Stage, bearer: Bearer) -> Answer {
    let request = IdentityRequest { bearer, ..identity(Call::UserInfo, "GET", Vec::new()) };
    stage.command(Command::Identity(request))
}

#[test]
fn claims_are_told_to_a_token_with_openid() {
    let mut stage = under(&[]);
    signed_in(&mut stage);
    stage.token(ALICE);
    let Answer::Reply(Reply::Claims(told)) = claims(&mut stage, Bearer::Issued(1)) else {
        panic!("no claims");
    };
    let own = own(&stage);
    assert_eq!((told.subject, told.username, told.tenant), (own.subject, own.username, ALICE));
    for (bearer, expected) in [
        (Bearer::Missing, "unauthorized"),
        (Bearer::Foreign(None), "unauthorized"),
        (Bearer::Issued(2), "forbidden"),
        (Bearer::Issued(9), "unauthorized"),
    ] {
        assert_eq!(brief(&claims(&mut stage, bearer.clone())), expected, "{bearer:?}");
    }
    stage.wait(3901);
    let Answer::Refused(Refusal { header, .. }, _) = claims(&mut stage, Bearer::Issued(1)) else {
        panic!("not refused");
    };
    assert!(header.expect("a challenge").contains("The access token expired"));
}

pub(crate) fn leave(
    stage: &mut Stage,
    session: Option<Secret>,
    (bearer, fields): (Bearer, Pairs<'_>),
) -> String {
    let method = if fields.iter().any(|(name, _)| *name == "confirm") { "POST" } else { "GET" };
    let request = identity(Call::EndSession, method, changed(fields, &[]));
    let session = session.map(|secret| secret.value);
    brief(&stage.command(Command::Identity(IdentityRequest { bearer, session, ..request })))
}

#[test]
fn a_session_ends_for_its_own_app_or_when_the_person_says_so() {
    let back = [("post_logout_redirect_uri", "https://merchant.localhost/Logout")];
    let elsewhere = [("post_logout_redirect_uri", "https://evil.example/Logout")];
    let table: &[((Bearer, Pairs<'_>), &str, &str)] = &[
        ((Bearer::Issued(1), &back), "signed out, back", "sign in"),
        ((Bearer::Issued(1), &elsewhere), "signed out", "sign in"),
        ((Bearer::Issued(2), &back), "sign out?", "code"),
        ((Bearer::Missing, &back), "sign out?", "code"),
        ((Bearer::Foreign(None), &[]), "sign out?", "code"),
        ((Bearer::Missing, &[("confirm", "yes")]), "signed out", "sign in"),
    ];
    for (asked, told, then) in table {
        let mut stage = under(&[]);
        let (_, session) = signed_in(&mut stage);
        stage.token(ALICE);
        assert_eq!(leave(&mut stage, session, asked.clone()), *told, "{asked:?}");
        assert_eq!(brief(&look(&mut stage, session, &[])), *then, "{asked:?}");
    }
    let mut stage = under(&[]);
    assert_eq!(leave(&mut stage, None, (Bearer::Missing, &back)), "signed out");
}

#[test]
fn the_trace_tells_right_from_wrong_without_a_secret() {
    let mut stage = under(&[]);
    let own = own(&stage);
    password(&mut stage, &[("password", "canary-password")]);
    let sent = sent(sign_in(&mut stage, &[("state", "canary-state"), ("nonce", "canary-nonce")]));
    let code = code_of(&sent);
    let grant = granted(exchange(&mut stage, &code, &[]));
    exchange(&mut stage, &code, &[("code_verifier", "canary-verifier")]);
    let text = refresh_of(&grant);
    refresh(&mut stage, &text);
    revoke(&mut stage, "Client1001_Oidc", ("canary-jwt", Bearer::Issued(1)));
    list(&mut stage, 1);
    look(&mut stage, None, &[("redirect_uri", "https://evil.example/canary")]);
    let asked: Vec<_> = stage.entries.iter().map(|entry| format!("{:?}", entry.asked)).collect();
    let asked = asked.join("\n");
    let secrets =
        ["canary", &own.username, &own.password, &own.client_secret, &code, &text, VERIFIER];
    for secret in secrets {
        assert!(!asked.contains(secret), "{secret} in {asked}");
    }
    for told in [
        "<username-of-1001>",
        "<password-of-1001>",
        "<redirect-of-1001 for a code>",
        "<authorization-code#1 live>",
        "<authorization-code#1 used>",
        "<refresh-token#1 live>",
        "<token#1 live>",
        "Revoked",
    ] {
        assert!(asked.contains(told), "{told} not in {asked}");
    }
}

#[test]
fn a_run_with_people_repeats_itself_from_its_commands() {
    let mut stage = under(&[]);
    let (grant, session) = signed_in(&mut stage);
    let text = refresh_of(&grant);
    refresh(&mut stage, &text);
    leave(&mut stage, session, (Bearer::Issued(1), &[]));
    let mut again = under(&[]).world;
    for ((at, envelope), entry) in stage.commands.iter().zip(&stage.entries) {
        let stored = serde_json::to_string(envelope).expect("a command");
        let restored = serde_json::from_str(&stored).expect("the same command");
        assert_eq!(&again.step(*at, restored).entry, entry);
    }
}
