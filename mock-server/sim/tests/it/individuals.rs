//! Individuals: enrolling one in a single call.

use contract::{Variant, Variants};
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
