//! Random scenarios under random hands: whatever a scenario does, the world keeps its promises,
//! never panics, and repeats itself exactly from settings and commands.

use std::sync::Arc;

use contract::{
    Call,
    message::MessageKind,
    scenario::{
        Beat, Event, Journey, Person, Rule, Scenario, Span, State, Then, Timeline,
        check::{Level, check},
        fault::{BodyChange, BodyFault, Cut, Delay, Instead, MessageFault, Patch, Shape, Spread},
        person::{Act, By, Redirect},
        rule::{Match, Until},
    },
    status::IdentificationStatus,
};
use proptest::prelude::*;
use sim::{Envelope, Settings, World, outcome::Happening, settings::Library};

use crate::{
    invariants::{flags, hand, never_back, play},
    stage::{ALICE, BOB, Stage, settings},
};

const CALLS: &[Call] = &[
    Call::CreateUser,
    Call::ConfirmEmail,
    Call::SendEmailConfirmation,
    Call::SendPhoneCode,
    Call::VerifyPhone,
    Call::Initiate,
    Call::IdentificationStatus,
    Call::Finalize,
    Call::UserStatus,
];

fn span() -> impl Strategy<Value = Span> {
    (1..120_u64).prop_map(Span::seconds)
}

fn then() -> impl Strategy<Value = Then> {
    let instead = (200..600_u16, any::<bool>()).prop_map(|(status, processed)| Instead {
        status: Some(status),
        family: Some(Shape::Empty),
        processed,
        ..Instead::default()
    });
    let message = prop_oneof![
        Just(MessageFault::Lose),
        span().prop_map(MessageFault::Late),
        span().prop_map(MessageFault::Double),
    ];
    let delay = prop_oneof![
        span().prop_map(Delay::Fixed),
        span().prop_map(|to| Delay::Drawn(Spread::Uniform { from: Span::default(), to })),
        span().prop_map(|median| Delay::Drawn(Spread::LogNormal {
            median,
            sigma: 1.0,
            at_most: Span::seconds(600),
        })),
    ];
    let plain = Then::default;
    prop_oneof![
        instead.prop_map(move |answer| Then { answer: Some(answer), ..plain() }),
        message.prop_map(move |message| Then { message: Some(message), ..plain() }),
        delay.prop_map(move |delay| Then { delay: Some(delay), ..plain() }),
        Just(Then { stale: true, ..plain() }),
        Just(Then { cut: Some(Cut::Close), ..plain() }),
        Just(Then { patch: Some(Patch { status: Some(418), ..Patch::default() }), ..plain() }),
        Just(Then {
            body: Some(BodyFault { kind: BodyChange::Truncated, member: None }),
            ..plain()
        }),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    let calls = proptest::sample::subsequence(CALLS, 1..4);
    let count = prop_oneof![
        Just((None, None, None)),
        (1..4_u32).prop_map(|n| (Some(n), None, None)),
        (1..4_u32).prop_map(|n| (None, Some(n), None)),
        (1..4_u32).prop_map(|n| (None, None, Some(n))),
    ];
    let state = proptest::option::of(proptest::sample::select(State::ALL));
    let chance = proptest::option::of(0.01..1.0_f64);
    (calls, count, state, chance, (then(), 1..9_u32)).prop_map(
        |(call, (nth, from, every), state, probability, (then, times))| Rule {
            id: String::new(),
            when: Match {
                call,
                state: state.into_iter().collect(),
                nth,
                from,
                every,
                probability,
                ..Match::default()
            },
            then,
            until: Until { times: nth.is_none().then_some(times), ..Until::default() },
        },
    )
}

fn journey() -> impl Strategy<Value = Journey> {
    let act = prop_oneof![
        3 => Just(Act::Complete),
        1 => Just(Act::Fail),
        1 => Just(Act::Cancel),
        1 => Just(Act::Abandon),
    ];
    (act, 0..7_u32, 0..3_u32, (0..3_u32, any::<bool>())).prop_map(
        |(act, wrong_codes, returns, (times, after_result))| Journey {
            act,
            wrong_codes,
            returns,
            redirect: Redirect { times, after_result, ..Redirect::default() },
            ..Journey::default()
        },
    )
}

fn beats() -> impl Strategy<Value = Vec<Beat>> {
    let status = proptest::sample::select(IdentificationStatus::ALL);
    let beat = (status, 0..3_u8, 1..20_u32).prop_map(|(status, how, count)| Beat {
        status,
        after: (how == 0).then(|| Span::seconds(count.into())),
        polls: (how == 1).then_some(count % 4 + 1),
        on: (how == 2).then_some(Event::PersonDone),
    });
    proptest::collection::vec(beat, 0..4)
}

/// Any scenario that the checks let through.
pub(crate) fn scenario() -> impl Strategy<Value = Scenario> {
    let person = proptest::option::of((journey(), journey(), span(), any::<bool>()).prop_map(
        |(identification, signing, pace, by_mock)| {
            let by = if by_mock { By::Mock } else { By::Page };
            Person { by, pace, identification, signing }
        },
    ));
    (proptest::collection::vec(rule(), 0..6), person, beats(), beats()).prop_map(
        |(rules, person, identification, signing)| {
            let rule = rules.into_iter().enumerate();
            let mut whole = Scenario {
                title: "random".to_owned(),
                why: "a property".to_owned(),
                rule: rule.map(|(n, rule)| Rule { id: format!("r{n}"), ..rule }).collect(),
                person,
                timeline: Timeline { identification, signing },
                ..Scenario::default()
            };
            trim(&mut whole);
            whole
        },
    )
}

/// Drops whatever could not take effect, part by part.
fn trim(scenario: &mut Scenario) {
    let bad = |scenario: &Scenario| check(scenario).iter().any(|issue| issue.level == Level::Error);
    let alone = |rule: &Rule| Scenario {
        title: "t".to_owned(),
        why: "w".to_owned(),
        rule: vec![rule.clone()],
        ..Scenario::default()
    };
    scenario.rule.retain(|rule| !bad(&alone(rule)));
    if bad(scenario) {
        scenario.timeline = Timeline::default();
    }
    if bad(scenario) {
        scenario.person = None;
    }
    assert!(!bad(scenario), "{:?}", check(scenario));
}

pub(crate) fn world_of(scenario: Scenario) -> Settings {
    let library: Library = [("random".to_owned(), Arc::new(scenario))].into();
    let (library, scenario) = (Arc::new(library), Some("random".to_owned()));
    Settings { library, scenario, ..settings(7) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_scenario_breaks_no_promise_of_the_world_and_repeats_itself(
        scenario in scenario(),
        hands in proptest::collection::vec(hand(), 1..60),
    ) {
        let made_of = world_of(scenario);
        let mut stage = Stage::with(made_of.clone());
        for merchant in [ALICE, BOB] {
            stage.token(merchant);
        }
        for hand in &hands {
            let before = flags(&stage.world);
            play(&mut stage, hand);
            prop_assert!(never_back(&before, &flags(&stage.world)), "flags went back: {hand:?}");
        }
        prop_assert!(stage.entries.is_sorted_by_key(|entry| entry.at));
        let mut again = World::new(made_of);
        for ((at, envelope), entry) in stage.commands.iter().zip(&stage.entries) {
            let stored = serde_json::to_string(envelope).unwrap();
            let restored: Envelope = serde_json::from_str(&stored).unwrap();
            prop_assert_eq!(&again.step(*at, restored).entry, entry);
        }
    }

    #[test]
    fn no_rule_happens_more_often_than_it_may(
        scenario in scenario(),
        hands in proptest::collection::vec(hand(), 1..60),
    ) {
        let rules = scenario.rule.clone();
        let mut stage = Stage::with(world_of(scenario));
        stage.token(ALICE);
        for hand in &hands {
            play(&mut stage, hand);
        }
        for entry in &stage.entries {
            for (id, look, _) in entry.play.iter().flat_map(|play| play.looks()) {
                let rule = rules.iter().find(|rule| rule.id == id).unwrap();
                if let sim::outcome::Look::Fired(times) = look {
                    let most = rule.until.times.unwrap_or(1);
                    prop_assert!(times <= most, "{id}: {times} of {most}");
                }
            }
        }
        let lost = stage.entries.iter().flat_map(|entry| &entry.happenings).filter(|one| {
            matches!(one, Happening::Sent { kind: MessageKind::DocumentSigning, fate: Some(_), .. })
        });
        prop_assert_eq!(lost.count(), 0, "no rule is about the codes of hosted pages");
    }
}
