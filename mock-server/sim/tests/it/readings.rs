//! Every reading of every question that the world itself answers: the same command, another
//! answer. The default comes first in each story.

use contract::{Variant, Variants};
use sim::{
    Answer, Reply, Settings,
    command::{Ask, Bearer, Deed},
};

use crate::stage::{ALICE, PHONE, Stage, brief, initiate, settings};

/// A stage on which one reading is in force.
fn stage(variant: &str, reading: &str) -> Stage {
    let mut variants = Variants::default();
    variants.choose(variant, reading).expect("a known reading");
    let mut stage = Stage::with(Settings { variants, ..settings(1) });
    for merchant in [ALICE, ALICE + 1] {
        stage.token(merchant);
    }
    stage
}

/// What a story comes to under each reading, in the order of the row.
fn under_each(variant: Variant, story: fn(&mut Stage) -> String) -> Vec<String> {
    let row = variant.row();
    row.readings.iter().map(|reading| story(&mut stage(row.id, reading.id))).collect()
}

#[test]
fn resend_when_verified() {
    let told = under_each(Variant::ResendWhenVerified, |stage| {
        let user = stage.user_at("phone verified", 1);
        let before = stage.world.messages().newest_first().count();
        let answer = brief(&stage.ask(Ask::ResendPhoneCode { user }));
        assert_eq!(stage.world.messages().newest_first().count(), before, "no SMS either way");
        answer
    });
    assert_eq!(told, ["phone-not-eligible", "done"]);
}

#[test]
fn send_when_verified() {
    let told = under_each(Variant::SendWhenVerified, |stage| {
        let user = stage.user_at("phone verified", 1);
        let before = stage.world.messages().newest_first().count();
        let answer = brief(&stage.ask(Ask::SendPhoneCode { user, phone: PHONE.to_owned() }));
        assert_eq!(stage.world.messages().newest_first().count(), before, "no SMS either way");
        answer
    });
    assert_eq!(told, ["done", "phone-not-eligible"]);
}

#[test]
fn step_order() {
    let told = under_each(Variant::StepOrder, |stage| {
        let user = stage.create("anna@example.org");
        let phone = PHONE.to_owned();
        let nowhere = brief(&stage.ask(initiate(user, false)));
        let sent = brief(&stage.ask(Ask::SendPhoneCode { user, phone }));
        let opened = brief(&stage.ask(initiate(user, false)));
        format!("{nowhere}, {sent}, {opened}")
    });
    let enforced = "email-not-confirmed, email-not-confirmed, email-not-confirmed";
    assert_eq!(told, [enforced, "phone-not-verified, done, STARTED +identify"]);
}

#[test]
fn an_open_order_still_ends_well() {
    let mut stage = stage("step-order", "open");
    let user = stage.create("anna@example.org");
    stage.ask(Ask::SendPhoneCode { user, phone: PHONE.to_owned() });
    stage.ask(initiate(user, false));
    for _ in 0..2 {
        assert_eq!(brief(&stage.person(user, Deed::Complete)), "to Success");
        stage.wait(4);
        stage.command(sim::Command::Advance);
    }
    assert_eq!(brief(&stage.ask(Ask::Finalize { user })), "finalized");
}

#[test]
fn poll_before_initiate() {
    let told = under_each(Variant::PollBeforeInitiate, |stage| {
        let user = stage.create("anna@example.org");
        brief(&stage.ask(Ask::IdentificationStatus { user, user_type: 0, completed: true }))
    });
    assert_eq!(told, ["session-not-found", "not-started-yet"]);
}

#[test]
fn repeat_finalize() {
    let told = under_each(Variant::RepeatFinalize, |stage| {
        let user = stage.user_at("signed", 1);
        let mut finalize = || match stage.ask(Ask::Finalize { user }) {
            Answer::Reply(Reply::Finalized { correlation, individual }) => {
                (correlation, individual)
            }
            other => panic!("not final: {other:?}"),
        };
        let (first, second, third) = (finalize(), finalize(), finalize());
        assert_eq!((first.1, second.1), (second.1, third.1), "one individual");
        format!("{} {}", first.0 == second.0, second.0 == third.0)
    });
    assert_eq!(told, ["true true", "false false"]);
}

#[test]
fn duplicate_email() {
    let told = under_each(Variant::DuplicateEmail, |stage| {
        stage.create("anna@example.org");
        let email = Some("anna@example.org".to_owned());
        brief(&stage.ask(Ask::CreateUser { merchant: ALICE, email }))
    });
    assert_eq!(told, ["email-already-registered", "created"]);
}

#[test]
fn merchant_isolation() {
    let told = under_each(Variant::MerchantIsolation, |stage| {
        let user = stage.create("anna@example.org");
        let bob = || Bearer::Issued(2);
        let read = brief(&stage.ask_with(bob(), Ask::UserStatus { user }));
        let for_alice = Ask::CreateUser { merchant: ALICE, email: None };
        let made = brief(&stage.ask_with(bob(), for_alice));
        let nobody = Ask::CreateUser { merchant: 5, email: None };
        format!("{read}, {made}, {}", brief(&stage.ask_with(bob(), nobody)))
    });
    assert_eq!(
        told,
        [
            "user-not-found, merchant-refused, merchant-refused",
            "---- 50, created, merchant-refused"
        ]
    );
}

#[test]
fn every_reading_is_told_by_a_story_or_by_the_edge() {
    // The questions that other tests answer: tokens, JSON, bodies and certificates.
    let elsewhere = [
        Variant::MtlsRefusal,
        Variant::NotFoundBody,
        Variant::SendConfirmationErrors,
        Variant::JsonReading,
        Variant::TokenConfirmation,
        Variant::ThumbprintHash,
        Variant::TokenGrants,
        Variant::TokenLife,
        Variant::RedirectParameter,
        Variant::Issuer,
        Variant::InvalidClientStatus,
    ];
    let here = [
        Variant::ResendWhenVerified,
        Variant::SendWhenVerified,
        Variant::StepOrder,
        Variant::PollBeforeInitiate,
        Variant::RepeatFinalize,
        Variant::DuplicateEmail,
        Variant::MerchantIsolation,
    ];
    assert_eq!(elsewhere.len() + here.len(), Variant::ALL.len());
    assert!(
        Variant::ALL.iter().all(|variant| elsewhere.contains(variant) || here.contains(variant))
    );
}
