//! Readings about the journey in the browser and what polls say of it, in the order of the rows'
//! readings.

use contract::{Variant, timing::Timing, trace::Leg};
use sim::{
    Answer, Reply,
    command::{Act, Ask, Deed},
    outcome::Screen,
};

use crate::{
    readings::{stage_under, under_each},
    stage::{Stage, brief, initiate},
};

/// The variants whose stories stand here.
pub(crate) const TOLD: &[Variant] = &[
    Variant::IdentityProvider,
    Variant::ProviderSigning,
    Variant::PollAfterFailure,
    Variant::RestartAfterFailure,
    Variant::LandingParameters,
    Variant::PageLife,
];

fn poll(stage: &mut Stage, user: i32) -> String {
    match stage.ask(Ask::IdentificationStatus { user, user_type: 0, completed: true }) {
        Answer::Reply(Reply::Identification { status, .. }) => status.to_string(),
        other => brief(&other),
    }
}

fn look(stage: &mut Stage, user: i32, leg: Leg) -> String {
    match stage.click(user, leg, Act::Look) {
        Answer::Reply(Reply::Page(view)) => view.provider.unwrap_or_default().to_owned(),
        other => brief(&other),
    }
}

fn landing(answer: &Answer) -> String {
    let Answer::Reply(Reply::ToMerchant { url, .. }) = answer else { return brief(answer) };
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let shown: Vec<_> = pairs
        .map(
            |(name, value)| {
                if value.len() == 32 { name.to_owned() } else { format!("{name}={value}") }
            },
        )
        .collect();
    format!("{} {}", address.rsplit('/').next().unwrap_or_default(), shown.join(" "))
}

#[test]
fn identity_provider() {
    let told = under_each(Variant::IdentityProvider, |stage| {
        let user = stage.user_at("identifying", 1);
        let first = look(stage, user, Leg::Identification);
        let user = stage.user_at("to read", 2);
        format!("{first}, {}", look(stage, user, Leg::Signing))
    });
    assert_eq!(told, ["Borica/B-Trust, 10nPayments", "Onfido, Signhost"]);
}

#[test]
fn provider_signing() {
    let told = under_each(Variant::ProviderSigning, |stage| {
        let user = stage.user_at("identifying", 1);
        let from = |screen: Screen| Act::Continue { from: screen.name().to_owned() };
        let mut screens = vec![Screen::Consent, Screen::Details, Screen::PhoneCode];
        screens.extend([Screen::EmailCode, Screen::Document, Screen::Liveness, Screen::Review]);
        for screen in screens {
            let act = match screen.asks_for() {
                Some(kind) => Act::Enter { code: stage.code(user, kind) },
                None => from(screen),
            };
            stage.click(user, Leg::Identification, act);
        }
        brief(&stage.click(user, Leg::Identification, Act::Look))
    });
    assert_eq!(told, ["page provider-documents", "page done"]);
}

#[test]
fn poll_after_failure() {
    let told = under_each(Variant::PollAfterFailure, |stage| {
        let user = stage.user_at("failed", 1);
        let failed = poll(stage, user);
        let late = stage.user_at("identifying", 2);
        stage.wait(Timing::IdentificationLife.span().as_secs());
        format!("{failed}, {}", poll(stage, late))
    });
    assert_eq!(
        told,
        ["ERROR, ERROR", "REJECTED, EXPIRED", "identification-failed, identification-failed"]
    );
}

#[test]
fn each_vendor_has_its_own_words_for_a_failure() {
    let told = |provider| {
        let chosen = [("poll-after-failure", "vendor-status"), ("identity-provider", provider)];
        let mut stage = stage_under(&chosen);
        let failed = stage.user_at("failed", 1);
        let refuses = stage.user_at("to read", 2);
        stage.person(refuses, Deed::Cancel);
        let early = [failed, refuses].map(|user| poll(&mut stage, user));
        let late = ["identifying", "to read"].map(|state| stage.user_at(state, 3 + state.len()));
        stage.wait(Timing::IdentificationLife.span().max(Timing::SigningLife.span()).as_secs());
        [early, late.map(|user| poll(&mut stage, user))].concat().join(", ")
    };
    assert_eq!(told("b-trust"), "REJECTED, REJECTED, EXPIRED, EXPIRED");
    assert_eq!(told("onfido-signhost"), "declined, 40, abandoned, 50");
}

#[test]
fn restart_after_failure() {
    let told = under_each(Variant::RestartAfterFailure, |stage| {
        let user = stage.user_at("failed", 1);
        let plain = brief(&stage.ask(initiate(user, false)));
        let user = stage.user_at("failed", 2);
        format!("{plain}, {}", brief(&stage.ask(initiate(user, true))))
    });
    assert_eq!(
        told,
        [
            "restart-required, STARTED +identify",
            "STARTED +identify, STARTED +identify",
            "restart-refused, restart-refused",
        ]
    );
}

#[test]
fn landing_parameters() {
    let told = under_each(Variant::LandingParameters, |stage| {
        let user = stage.user_at("identifying", 1);
        let first = landing(&stage.person(user, Deed::Complete));
        let user = stage.user_at("to read", 2);
        format!("{first}, {}", landing(&stage.person(user, Deed::Cancel)))
    });
    assert_eq!(told, ["success =, fail =", "success signSessionId, fail signSessionId"]);
}

#[test]
fn signhost_adds_three_parameters_to_what_is_there() {
    let mut stage = crate::readings::stage("landing-parameters", "provider");
    let mut variants = stage.world.settings().variants;
    variants.choose("identity-provider", "onfido-signhost").unwrap();
    let settings = sim::Settings { variants, ..stage.world.settings().clone() };
    stage = Stage::with(settings);
    for merchant in [crate::stage::ALICE, crate::stage::BOB] {
        stage.token(merchant);
    }
    stage.command(sim::Command::SetRedirects {
        merchant: crate::stage::ALICE,
        success: "https://merchant.localhost/success?kept=1#part".to_owned(),
        fail: "https://merchant.localhost/fail".to_owned(),
    });
    let user = stage.user_at("identifying", 1);
    assert_eq!(landing(&stage.person(user, Deed::Complete)), "success kept=1#part");
    let user = stage.user_at("to read", 2);
    let shown = landing(&stage.person(user, Deed::Complete));
    assert_eq!(shown, "success kept=1 sh_transactionid sh_signerid sh_signerstatus=signed#part");
}

#[test]
fn page_life() {
    let told = under_each(Variant::PageLife, |stage| {
        let first = stage.user_at("identifying", 1);
        let second = stage.user_at("to read", 2);
        stage.wait(Timing::IdentificationLife.span().as_secs());
        let open = format!("{}, {}", poll(stage, first), poll(stage, second));
        stage.wait(Timing::LongPageLife.span().as_secs());
        stage.command(sim::Command::Advance);
        // The token is over by now, so the world itself is looked at.
        format!("{open}, {}", stage.world.user(second).unwrap().session.unwrap().status)
    });
    assert_eq!(
        told,
        ["ERROR, ERROR, ERROR", "STARTED, SIGN_SESSION_ID_SUCCESSFULLY_CREATED, ERROR"]
    );
}
