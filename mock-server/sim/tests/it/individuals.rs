//! Individuals: enrolling one in a single call.

use contract::{Variant, Variants, timing::Timing};
use sim::{
    Answer, Reply, Settings,
    command::{Ask, Bearer},
    outcome::Happening,
};

use crate::stage::{ALICE, BOB, Stage, brief, enroll, settings};

/// A world with other readings, in which both merchants hold a token.
fn stage(readings: &[(Variant, &str)]) -> Stage {
    let mut variants = Variants::default();
    for (variant, reading) in readings {
        variants.choose(variant.row().id, reading).expect("a known reading");
    }
    let mut stage = Stage::with(Settings { variants, ..settings(1) });
    for merchant in [ALICE, BOB] {
        stage.token(merchant);
    }
    stage
}

fn status(stage: &mut Stage, user: i32) -> String {
    brief(&stage.ask(Ask::UserStatus { user }))
}

#[test]
fn enrolling_ends_the_onboarding() {
    let mut stage = stage(&[]);
    stage.create("first@example.org");
    let user = stage.user_at("phone verified", 1);
    let Answer::Reply(Reply::Finalized { correlation, individual }) = stage.ask(enroll(user))
    else {
        panic!("not enrolled");
    };
    assert_eq!(individual, 700_002, "counted as those of finalised users");
    assert_ne!(correlation, 0);
    let told = &stage.entries.last().expect("an entry").happenings;
    assert!(matches!(told[..], [Happening::Lifecycle { .. }]), "{told:?}");
    assert_eq!(status(&mut stage, user), "epsa 200");
    assert_eq!(brief(&stage.ask(enroll(user))), "already-enrolled");
}

#[test]
fn enrolling_needs_e_mail_and_phone_where_the_order_counts() {
    for (reading, expected) in [
        ("enforced", ["email-not-confirmed", "phone-not-verified", "phone-not-verified"]),
        ("open", ["finalized", "finalized", "finalized"]),
    ] {
        let mut stage = stage(&[(Variant::StepOrder, reading)]);
        for (tag, state) in ["created", "e-mail confirmed", "phone given"].iter().enumerate() {
            let user = stage.user_at(state, tag);
            let before = status(&mut stage, user);
            assert_eq!(brief(&stage.ask(enroll(user))), expected[tag], "{state}, {reading}");
            let changed = status(&mut stage, user) != before;
            assert_eq!(changed, reading == "open", "a refusal changes nothing");
        }
    }
}

#[test]
fn only_a_merchants_own_user_can_be_enrolled() {
    let mut stage = stage(&[]);
    let user = stage.user_at("phone verified", 1);
    assert_eq!(brief(&stage.ask_with(Bearer::Issued(2), enroll(user))), "user-not-found");
    assert_eq!(brief(&stage.ask(enroll(user + 1))), "user-not-found");
    assert_eq!(status(&mut stage, user), "ep-- 50");
}

#[test]
fn a_post_code_fits_its_country_or_nothing_does() {
    let ask =
        |zip: &str, country: &str| Ask::PostalCode { zip: zip.into(), country: country.into() };
    let mut told = Vec::new();
    for reading in ["empty", "not-found"] {
        let mut stage = stage(&[(Variant::EmptyAnswer, reading)]);
        for (zip, country) in [
            ("1000", "BG"),
            ("1000", "bg"),
            ("10000", "BG"),
            ("1OOO", "BG"),
            ("1012 AB", "NL"),
            ("1012AB", "NL"),
            ("1000", "XX"),
            ("1000", "\u{411}\u{413}"),
        ] {
            told.push(brief(&stage.ask(ask(zip, country))));
        }
    }
    let (fits, not) = ("1 places", "0 places");
    assert_eq!(told[..8], [fits, fits, not, not, fits, not, not, not]);
    assert_eq!(told[10], "nothing-found");
    assert_eq!(told[8], fits);
}

#[test]
fn documents_can_be_had_between_approval_and_purge() {
    let mut stage = stage(&[(Variant::Activation, "after-approval")]);
    let user = stage.user_at("finalized", 1);
    let individual = stage.world.user(user).unwrap().finalized.unwrap().1;
    let ask = Ask::KycDocuments { individual };
    assert_eq!(brief(&stage.ask(ask.clone())), "submission-pending");
    let unknown = [0, i32::MIN, i32::MAX, individual + 1];
    for individual in unknown {
        let told = brief(&stage.ask(Ask::KycDocuments { individual }));
        assert_eq!(told, "individual-not-found", "{individual}");
    }
    assert_eq!(brief(&stage.ask_with(Bearer::Issued(2), ask.clone())), "individual-not-found");

    stage.wait(Timing::Approval.span().as_secs());
    stage.token(ALICE);
    let Answer::Reply(Reply::Documents { links, until }) =
        stage.ask_with(Bearer::Issued(3), ask.clone())
    else {
        panic!("no documents");
    };
    for (document, secret) in links {
        assert_eq!(stage.world.document(secret.value, stage.now), Some(document));
        assert_eq!(stage.world.document(secret.value, until), None, "the address works no longer");
    }
    assert_eq!(stage.world.document(1, stage.now), None);

    stage.wait(Timing::DocumentsKept.span().as_secs());
    stage.token(ALICE);
    assert_eq!(brief(&stage.ask_with(Bearer::Issued(4), ask)), "documents-purged");
}
