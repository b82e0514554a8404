//! Every reading of every question that the world itself answers: the same command, another
//! answer. The default comes first in each story.

use contract::{Variant, Variants};
use sim::{
    Answer, Reply, Settings,
    command::{Ask, Bearer, Deed},
};

use crate::stage::{ALICE, PHONE, Stage, brief, initiate, settings};
use crate::{readings_flow, readings_pages};

/// A stage on which one reading is in force.
pub(crate) fn stage(variant: &str, reading: &str) -> Stage {
    stage_under(&[(variant, reading)])
}

/// A stage on which several readings are in force.
pub(crate) fn stage_under(chosen: &[(&str, &str)]) -> Stage {
    let mut variants = Variants::default();
    for (variant, reading) in chosen {
        variants.choose(variant, reading).expect("a known reading");
    }
    let mut stage = Stage::with(Settings { variants, ..settings(1) });
    for merchant in [ALICE, ALICE + 1] {
        stage.token(merchant);
    }
    stage
}

/// What a story comes to under each reading, in the order of the row.
pub(crate) fn under_each(variant: Variant, story: impl Fn(&mut Stage) -> String) -> Vec<String> {
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

/// The questions whose stories stand in this file.
pub(crate) const TOLD: &[Variant] = &[
    Variant::ResendWhenVerified,
    Variant::SendWhenVerified,
    Variant::StepOrder,
    Variant::PollBeforeInitiate,
    Variant::RepeatFinalize,
    Variant::DuplicateEmail,
    Variant::MerchantIsolation,
];

/// The questions that the world answers about tokens; their stories stand with the tokens.
const TOKENS: &[Variant] = &[
    Variant::MtlsRefusal,
    Variant::TokenConfirmation,
    Variant::ThumbprintHash,
    Variant::TokenGrants,
    Variant::TokenLife,
    Variant::RedirectParameter,
    Variant::Issuer,
];

/// The questions that rows answer at the edge, where requests are read and answers written; the
/// edge's own tests tell their readings apart.
const EDGE: &[Variant] = &[
    Variant::UnknownUser,
    Variant::NotFoundBody,
    Variant::TakenPhoneText,
    Variant::SendCodeSuccess,
    Variant::ConfirmEmailSuccess,
    Variant::VerifySuccess,
    Variant::ConfirmEnvelope,
    Variant::ThrottleStatus,
    Variant::EmptyAnswer,
    Variant::SendConfirmationErrors,
    Variant::UnauthorizedBody,
    Variant::Challenge,
    Variant::ServerErrorBody,
    Variant::ValidationWording,
    Variant::InvalidClientStatus,
    Variant::EmailAtCreation,
    Variant::InterimStatus,
    Variant::CompletedFlag,
    Variant::MemberCase,
    Variant::JsonReading,
    Variant::JsonLibrary,
    Variant::IdType,
    Variant::CallbackId,
    Variant::AddressType,
    Variant::SourceOfFundType,
    Variant::TaxResidencesType,
    Variant::KycCodes,
    Variant::PatchMediaType,
    Variant::PathCase,
    Variant::TrailingSlash,
    Variant::ProblemType,
    Variant::ProblemMediaType,
    Variant::TraceFlags,
];

#[test]
fn every_question_is_told_in_one_place() {
    let places = [TOLD, TOKENS, EDGE, readings_flow::TOLD, readings_pages::TOLD];
    for variant in Variant::ALL {
        let told = places.iter().filter(|place| place.contains(variant)).count();
        assert_eq!(told, 1, "{variant:?}");
    }
}
