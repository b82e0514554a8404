//! Whatever is sent in whatever order: the world keeps its promises and repeats itself exactly.

use contract::{Call, Variant, message::MessageKind, trace::Leg};
use proptest::prelude::*;
use serde_json::json;
use sim::{
    Answer, Command, Envelope, Reply, World,
    command::{Act, ApiRequest, Ask, Bearer, Deed, PageRequest},
    outcome::{Screen, UserFlags},
    user::{FIRST_USER, UserView},
};

use crate::{
    readings::{self, stage_under},
    readings_flow, readings_pages,
    stage::{ALICE, Stage, call_of, settings},
};

/// What a random hand may do; users are named by order of creation.
#[derive(Clone, Debug)]
pub(crate) enum Hand {
    Create(Option<u8>),
    Confirm(u8, bool),
    ResendMail(u8),
    Phone(u8, u8),
    ResendPhone(u8),
    Verify(u8, bool),
    Initiate(u8, bool),
    Poll(u8),
    Data(u8),
    Finalize(u8),
    Person(u8, Deed),
    Click(u8, Leg, Screen),
    Wait(u16),
    Foreign(u8),
}

pub(crate) fn hand() -> impl Strategy<Value = Hand> {
    let user = 0..4u8;
    let deed =
        prop_oneof![3 => Just(Deed::Complete), 1 => Just(Deed::Cancel), 1 => Just(Deed::Fail)];
    let leg = prop_oneof![Just(Leg::Identification), Just(Leg::Signing)];
    prop_oneof![
        2 => proptest::option::of(0..4u8).prop_map(Hand::Create),
        4 => (user.clone(), any::<bool>()).prop_map(|(u, right)| Hand::Confirm(u, right)),
        1 => user.clone().prop_map(Hand::ResendMail),
        4 => (user.clone(), 0..4u8).prop_map(|(u, n)| Hand::Phone(u, n)),
        1 => user.clone().prop_map(Hand::ResendPhone),
        4 => (user.clone(), any::<bool>()).prop_map(|(u, right)| Hand::Verify(u, right)),
        4 => (user.clone(), any::<bool>()).prop_map(|(u, restart)| Hand::Initiate(u, restart)),
        2 => user.clone().prop_map(Hand::Poll),
        1 => user.clone().prop_map(Hand::Data),
        2 => user.clone().prop_map(Hand::Finalize),
        4 => (user.clone(), deed).prop_map(|(u, deed)| Hand::Person(u, deed)),
        3 => (user.clone(), leg, 0..8usize).prop_map(|(u, leg, n)| Hand::Click(u, leg, Screen::ALL[n])),
        4 => (0..2000u16).prop_map(Hand::Wait),
        1 => user.prop_map(Hand::Foreign),
    ]
}

/// Any readings of a few questions that the world answers. Those that would stop the stage's own
/// tokens at the door are left out: behind it everything would be refused.
fn chosen() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let of_world = [readings::TOLD, readings_flow::TOLD, readings_pages::TOLD].concat();
    let doors = [Variant::ScopeCheck, Variant::TokenBinding];
    let of_world = of_world.into_iter().filter(|variant| !doors.contains(variant));
    let all = of_world.flat_map(|variant| {
        let row = variant.row();
        row.readings.iter().map(|reading| (row.id, reading.id))
    });
    proptest::collection::vec(proptest::sample::select(all.collect::<Vec<_>>()), 0..20)
}

fn users(world: &World) -> Vec<Option<UserView>> {
    world.user_ids(None, 100).into_iter().map(|id| world.user(id)).collect()
}

pub(crate) fn play(stage: &mut Stage, hand: &Hand) -> Option<Answer> {
    let id = |user: &u8| FIRST_USER + i32::from(*user);
    let ask = match hand {
        Hand::Create(tag) => {
            let email = tag.map(|tag| format!("user{tag}@example.org"));
            Ask::CreateUser { merchant: ALICE, email }
        }
        Hand::Confirm(user, right) => {
            let token = stage.code(id(user), MessageKind::EmailConfirmation);
            Ask::ConfirmEmail { user: id(user), token: if *right { token } else { "x".into() } }
        }
        Hand::ResendMail(user) => {
            let email = format!("user{user}@example.org");
            Ask::SendEmailConfirmation { user: id(user), email }
        }
        Hand::Phone(user, n) => {
            Ask::SendPhoneCode { user: id(user), phone: format!("+35988000000{n}") }
        }
        Hand::ResendPhone(user) => Ask::ResendPhoneCode { user: id(user) },
        Hand::Verify(user, right) => {
            let code = stage.code(id(user), MessageKind::PhoneVerification);
            Ask::VerifyPhone { user: id(user), code: if *right { code } else { "x".into() } }
        }
        Hand::Initiate(user, restart) => {
            Ask::Initiate { user: id(user), restart: *restart, language: None }
        }
        Hand::Poll(user) => {
            Ask::IdentificationStatus { user: id(user), user_type: 0, completed: true }
        }
        Hand::Data(user) => Ask::AddAdditionalData { user: id(user), data: "{}".to_owned() },
        Hand::Finalize(user) => Ask::Finalize { user: id(user) },
        Hand::Person(user, deed) => return Some(stage.person(id(user), *deed)),
        Hand::Click(user, leg, screen) => {
            let from = screen.name().to_owned();
            return Some(stage.click(id(user), *leg, Act::Continue { from }));
        }
        Hand::Wait(seconds) => {
            stage.wait((*seconds).into());
            return None;
        }
        Hand::Foreign(user) => {
            let ask = Ask::Finalize { user: id(user) };
            return Some(stage.ask_with(Bearer::Issued(2), ask));
        }
    };
    Some(stage.ask(ask))
}

pub(crate) fn flags(world: &World) -> Vec<UserFlags> {
    let users = world.user_ids(None, 100).into_iter();
    users.filter_map(|id| world.user(id)).map(|user| user.flags).collect()
}

pub(crate) fn never_back(before: &[UserFlags], after: &[UserFlags]) -> bool {
    before.iter().zip(after).all(|(before, after)| {
        before.email <= after.email
            && before.phone <= after.phone
            && before.sca <= after.sca
            && before.additional_data <= after.additional_data
            && before.lifecycle <= after.lifecycle
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]

    #[test]
    fn promises_are_kept(hands in proptest::collection::vec(hand(), 1..80)) {
        let mut stage = Stage::with_tokens(7);
        for hand in &hands {
            let before = flags(&stage.world);
            let answer = play(&mut stage, hand);
            prop_assert!(never_back(&before, &flags(&stage.world)), "flags went back: {hand:?}");
            if let (Hand::Foreign(_), Some(answer)) = (hand, &answer) {
                prop_assert!(matches!(answer, Answer::Refused(..)), "crosstalk: {answer:?}");
            }
            if let Some(Answer::Reply(Reply::Finalized { .. })) = &answer {
                let again = play(&mut stage, hand);
                prop_assert_eq!(again, answer, "finalise is idempotent");
            }
        }
        let steps: Vec<_> = stage.entries.iter().map(|entry| entry.step).collect();
        prop_assert_eq!(steps, (1..=stage.entries.len() as u64).collect::<Vec<_>>());
        prop_assert!(stage.entries.is_sorted_by_key(|entry| entry.at));
    }

    #[test]
    fn no_reading_breaks_a_promise(
        chosen in chosen(),
        hands in proptest::collection::vec(hand(), 1..80),
    ) {
        let mut stage = stage_under(&chosen);
        for hand in &hands {
            // What is due happens now, so that it is not taken for the answer's doing.
            stage.command(Command::Advance);
            let before = (flags(&stage.world), users(&stage.world));
            let answer = play(&mut stage, hand);
            prop_assert!(never_back(&before.0, &flags(&stage.world)), "flags went back: {hand:?}");
            if let Some(Answer::Refused(..)) = answer {
                prop_assert_eq!(&before.1, &users(&stage.world), "refused and done: {:?}", hand);
            }
        }
    }

    #[test]
    fn polling_moves_nothing(hands in proptest::collection::vec(hand(), 1..60)) {
        let (mut polled, mut quiet) = (Stage::with_tokens(7), Stage::with_tokens(7));
        for hand in &hands {
            for user in 0..4 {
                play(&mut polled, &Hand::Poll(user));
            }
            play(&mut polled, hand);
            play(&mut quiet, hand);
        }
        let ids = quiet.world.user_ids(None, 100);
        prop_assert_eq!(&ids, &polled.world.user_ids(None, 100));
        for id in ids {
            prop_assert_eq!(quiet.world.user(id), polled.world.user(id));
        }
    }

    #[test]
    fn a_run_repeats_itself_from_its_commands(hands in proptest::collection::vec(hand(), 1..60)) {
        let mut stage = Stage::with_tokens(7);
        for hand in &hands {
            play(&mut stage, hand);
        }
        let mut again = World::new(settings(7));
        for ((at, envelope), entry) in stage.commands.iter().zip(&stage.entries) {
            let stored = serde_json::to_string(envelope).unwrap();
            let restored: Envelope = serde_json::from_str(&stored).unwrap();
            prop_assert_eq!(&again.step(*at, restored).entry, entry);
        }
    }
}

#[test]
fn entries_hold_no_secret() {
    let mut stage = Stage::with_tokens(3);
    let user = stage.create("canary@example.org");
    let token = stage.code(user, MessageKind::EmailConfirmation);
    let ask = Ask::ConfirmEmail { user, token: token.clone() };
    stage.command(Command::Api(ApiRequest {
        call: call_of(&ask),
        bearer: Bearer::Issued(1),
        body: Some(json!({ "id": user, "token": token, "extra": "canary" })),
        ask: Ok(ask),
        path: None,
        media_type: None,
    }));
    let ask = Ask::SendPhoneCode { user, phone: "+359881112223".to_owned() };
    stage.command(Command::Api(ApiRequest {
        call: Call::SendPhoneCode,
        bearer: Bearer::Issued(1),
        body: Some(json!({ "id": user, "phoneNumber": "+359881112223" })),
        ask: Ok(ask),
        path: None,
        media_type: None,
    }));
    let page = PageRequest {
        leg: Leg::Signing,
        secret: Some(0xDEAD_BEEF),
        act: Act::Enter { code: "998877".to_owned() },
    };
    stage.command(Command::Page(page));
    let kept = format!("{:?}", stage.entries);
    for secret in ["canary", &token, "359881112223", "3735928559", "998877"] {
        assert!(!kept.contains(secret), "{secret} is in the trace");
    }
    assert!(kept.contains("email-code#1 newest, six digits, unchanged"));
}
