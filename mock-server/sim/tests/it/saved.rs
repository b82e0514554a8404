//! A world that was saved goes on as if it had not been: the same answers, the same entries, to the
//! end. And what is no saved world is refused, never a panic.

use contract::{Instant, Variants};
use proptest::prelude::*;
use sim::{Envelope, Settings, World, command::Bearer};

use crate::{
    invariants::{hand, play},
    random_scripts::{scenario, world_of},
    stage::{ALICE, BOB, STATES, Stage, settings},
    tokens_later::{leave, revoke},
    tokens_people::{refresh, refresh_of, signed_in, under},
};

fn saved(world: &World) -> String {
    serde_json::to_string(world).expect("a world")
}

fn loaded(text: &str) -> World {
    serde_json::from_str(text).expect("the same world")
}

/// Takes the rest of the commands and holds each entry against the one that was.
fn goes_on(mut world: World, stage: &Stage, from: usize) -> Result<World, TestCaseError> {
    let rest = stage.commands.iter().zip(&stage.entries).skip(from);
    for ((at, envelope), entry) in rest {
        prop_assert_eq!(&world.step(*at, envelope.clone()).entry, entry);
    }
    Ok(world)
}

fn until(made_of: &Settings, commands: &[(Instant, Envelope)]) -> World {
    let mut world = World::new(made_of.clone());
    for (at, envelope) in commands {
        world.step(*at, envelope.clone());
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_saved_world_goes_on_as_if_it_had_not_been(
        scenario in scenario(),
        hands in proptest::collection::vec(hand(), 1..60),
        cut in any::<proptest::sample::Index>(),
    ) {
        let made_of = world_of(scenario);
        let mut stage = Stage::with(made_of.clone());
        for merchant in [ALICE, BOB] {
            stage.token(merchant);
        }
        for hand in &hands {
            play(&mut stage, hand);
        }
        let cut = cut.index(stage.commands.len());
        let original = until(&made_of, &stage.commands[..cut]);
        let (text, whole) = (saved(&original), format!("{original:?}"));
        prop_assert_eq!(original.check_sound(), Ok(()));
        let copies = [loaded(&text), loaded(&text)];
        for copy in copies {
            prop_assert!(format!("{copy:?}") == whole, "nothing of it is forgotten");
            prop_assert!(saved(&copy) == text, "it is saved as it was loaded");
            let end = goes_on(copy, &stage, cut)?;
            prop_assert!(saved(&end) == saved(&stage.world), "both end alike");
        }
    }
}

#[test]
fn people_who_are_signed_in_stay_so_wherever_it_is_cut() {
    let mut stage = under(&[]);
    let (grant, session) = signed_in(&mut stage);
    let text = refresh_of(&grant);
    refresh(&mut stage, &text);
    leave(&mut stage, session, (Bearer::Issued(1), &[]));
    assert_eq!(revoke(&mut stage, "Client1001_Oidc", ("access", Bearer::Issued(1))), "done");
    let mut world = under(&[]).world;
    for cut in 0..=stage.commands.len() {
        let copy = loaded(&saved(&world));
        assert_eq!(format!("{copy:?}"), format!("{world:?}"), "nothing of it is forgotten");
        let end = goes_on(copy, &stage, cut).expect("the same entries");
        assert_eq!(saved(&end), saved(&stage.world));
        if let Some((at, envelope)) = stage.commands.get(cut).cloned() {
            world.step(at, envelope);
        }
    }
}

#[test]
fn users_at_every_state_stay_there_and_go_on() {
    let mut stage = Stage::with(Settings {
        variants: {
            let mut variants = Variants::default();
            variants.choose("activation", "after-approval").expect("a reading");
            variants
        },
        ..settings(7)
    });
    stage.token(ALICE);
    for (tag, state) in STATES.iter().enumerate() {
        stage.user_at(state, tag);
    }
    let mut world = World::new(stage.world.settings().clone());
    for cut in 0..=stage.commands.len() {
        let copy = loaded(&saved(&world));
        assert_eq!(format!("{copy:?}"), format!("{world:?}"), "nothing of it is forgotten");
        let end = goes_on(copy, &stage, cut).expect("the same entries");
        assert!(saved(&end) == saved(&stage.world), "both end alike");
        if let Some((at, envelope)) = stage.commands.get(cut).cloned() {
            world.step(at, envelope);
        }
    }
}

#[test]
fn what_is_no_saved_world_is_refused() {
    let text = saved(&World::new(settings(7)));
    let whole: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for member in whole.as_object().expect("an object").keys() {
        let mut less = whole.clone();
        less.as_object_mut().expect("an object").remove(member);
        let error = serde_json::from_value::<World>(less).unwrap_err();
        assert!(error.to_string().contains(member.as_str()), "{member}: {error}");
    }
    let mut more = whole.clone();
    more["colour"] = "blue".into();
    let error = serde_json::from_value::<World>(more).unwrap_err();
    assert!(error.to_string().contains("unknown field `colour`"), "{error}");
    let mut dangling = whole;
    dangling["scripts"]["users"] = serde_json::json!([[100_001, 7]]);
    let error = serde_json::from_value::<World>(dangling).unwrap_err();
    assert!(error.to_string().contains("there is no scenario 7 among 0"), "{error}");
    for end in (0..text.len()).step_by(7) {
        let cut = text.get(..end).unwrap_or_default();
        assert!(serde_json::from_str::<World>(cut).is_err(), "{end}");
    }
}

#[test]
fn parts_that_cannot_be_together_are_told() {
    let mut stage = Stage::new(7);
    stage.token(ALICE);
    stage.token(BOB);
    stage.user_at("signing", 1);
    let text = saved(&stage.world);
    assert_eq!(stage.world.check_sound(), Ok(()));
    let steps = format!("\"steps\":{}", stage.world.steps_taken());
    for (part, other, why) in [
        (steps.as_str(), "\"steps\":18446744073709551615", "steps is higher"),
        ("\"tokens_granted\":2", "\"tokens_granted\":9", "numbered in order"),
        (",100001]]", ",100777]]", "user 100777, who is not there"),
    ] {
        assert!(text.contains(part), "{part}");
        let told = match serde_json::from_str::<World>(&text.replacen(part, other, 1)) {
            Ok(world) => world.check_sound().expect_err(part),
            Err(error) => error.to_string(),
        };
        assert!(told.contains(why), "{part}: {told}");
    }
    let end = text.rfind("\"sent\":").expect("the inbox");
    let few = format!(
        "{}\"sent\":0}}{}",
        &text[..end],
        &text[end + text[end..].find('}').expect("its end") + 1..]
    );
    let told = loaded(&few).check_sound().expect_err("fewer than there are");
    assert!(told.contains("inbox.sent is less"), "{told}");
}
