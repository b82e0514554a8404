//! Scenarios in the world: who goes through which, which rules happen to which request, and that
//! nothing else is touched by them.

use std::sync::Arc;

use contract::{
    Edition,
    scenario::{Scenario, fault::Effect, read},
};
use sim::{
    Answer, Entry, Reply, Settings,
    command::{Ask, ScriptRequest, Whom},
    outcome::Happening,
    settings::Library,
};

use crate::stage::{ALICE, Stage, brief, settings};

fn scenario(text: &str) -> Arc<Scenario> {
    let head = "title = \"t\"\nwhy = \"w\"\n";
    match read(&format!("{head}{text}")) {
        Ok(read) => Arc::new(read.scenario),
        Err(wrong) => panic!("{}", wrong[0].of_file("test")),
    }
}

fn with(all: &[(&str, &str)]) -> Stage {
    let library: Library =
        all.iter().map(|(name, text)| ((*name).to_owned(), scenario(text))).collect();
    let mut stage = Stage::with(Settings { library: Arc::new(library), ..settings(7) });
    stage.token(ALICE);
    stage
}

fn create(stage: &mut Stage, email: &str) -> Answer {
    stage.ask(Ask::CreateUser { merchant: ALICE, email: Some(email.to_owned()) })
}

fn created(stage: &mut Stage, email: &str) -> i32 {
    match create(stage, email) {
        Answer::Reply(Reply::UserCreated { id }) => id,
        other => panic!("{other:?}"),
    }
}

fn status(stage: &mut Stage, user: i32) -> String {
    brief(&stage.ask(Ask::UserStatus { user }))
}

/// What became of the rules at the last request.
fn looks(entry: &Entry) -> Vec<String> {
    let play = entry.play.iter();
    play.flat_map(|play| play.looks()).map(|(rule, _, told)| format!("{rule} {told}")).collect()
}

const SECOND: &str = "[[rule]]\nid = \"second\"\nwhen = { call = \"user-status\", nth = 2 }\n\
     then = { answer = { status = 503 } }\n";

#[test]
fn a_tag_in_the_address_chooses_for_that_user_alone() {
    let mut stage = with(&[("busy", SECOND)]);
    let anna = created(&mut stage, "anna+busy@example.org");
    let why = stage.last().happenings.iter().find_map(|happening| match happening {
        Happening::Chosen { user, scenario, why } => {
            Some((*user, scenario.to_string(), why.clone()))
        }
        _ => None,
    });
    assert_eq!(
        why,
        Some((anna, "busy".to_owned(), "the address carries the tag +busy".to_owned()))
    );
    let boris = created(&mut stage, "boris+lazy@example.org");
    let told: Vec<_> = (0..3).map(|_| status(&mut stage, anna)).collect();
    assert_eq!(told, ["---- 50", "scripted 503", "---- 50"]);
    assert!((0..3).all(|_| status(&mut stage, boris) == "---- 50"));
}

#[test]
fn the_nearer_choice_wins() {
    let answer = |status: u16| {
        format!(
            "[[rule]]\nid = \"all\"\nwhen = {{ call = \"user-status\", from = 1 }}\n\
             then = {{ answer = {{ status = {status} }} }}\nuntil = {{ times = 99 }}\n"
        )
    };
    let names = ["default", "merchant", "tag", "pattern", "next", "user"];
    let texts: Vec<_> = (0..).map(|n| answer(501 + n)).take(names.len()).collect();
    let all: Vec<_> = names.iter().zip(&texts).map(|(name, text)| (*name, text.as_str())).collect();
    let mut stage = with(&all);
    let mut seen = Vec::new();
    for (number, whom) in [
        None,
        Some((Whom::Default, "default")),
        Some((Whom::Merchant(ALICE), "merchant")),
        Some((Whom::Pattern("*@example.org".to_owned()), "pattern")),
        Some((Whom::Next, "next")),
    ]
    .into_iter()
    .enumerate()
    {
        if let Some((whom, name)) = whom {
            let scenario = Some(name.to_owned());
            let done = stage.script(ScriptRequest::Choose { whom, scenario });
            assert_eq!(brief(&done), "done");
        }
        let user = created(&mut stage, &format!("u{number}@example.org"));
        seen.push(status(&mut stage, user));
    }
    let scripted: Vec<_> = [501, 502, 504, 505].map(|status| format!("scripted {status}")).into();
    assert_eq!((seen[0].as_str(), &seen[1..]), ("---- 50", &scripted[..]));
    // A choice for the next user is used up; a user's own stands above everything.
    let user = created(&mut stage, "last@example.org");
    assert_eq!(status(&mut stage, user), "scripted 504");
    let whom = Whom::User(user);
    stage.script(ScriptRequest::Choose { whom, scenario: Some("user".to_owned()) });
    assert_eq!(status(&mut stage, user), "scripted 506");
}

#[test]
fn what_cannot_take_effect_is_refused_with_the_reason() {
    let mut stage = with(&[
        ("newer", "edition = \"2026-05\"\n"),
        ("strict", "[variants]\nmtls-refusal = \"tls-alert\"\n"),
        ("seeded", "seed = 99\n"),
        ("fast", "clock = \"x10\"\n"),
        ("given", "[[given]]\nstate = \"signed\"\n"),
        ("same", "edition = \"2025-09\"\nseed = 7\nclock = \"stepped\"\n"),
    ]);
    for (name, why) in [
        ("newer", "edition 2026-05"),
        ("strict", "mtls-refusal=tls-alert"),
        ("seeded", "another seed"),
        ("fast", "another clock"),
        ("given", "users of its own"),
        ("missing", "no scenario 'missing'"),
    ] {
        let scenario = Some(name.to_owned());
        let told = brief(&stage.script(ScriptRequest::Choose { whom: Whom::Next, scenario }));
        assert!(told.starts_with("cannot: ") && told.contains(why), "{name}: {told}");
    }
    let scenario = Some("same".to_owned());
    assert_eq!(brief(&stage.script(ScriptRequest::Choose { whom: Whom::Next, scenario })), "done");
    created(&mut stage, "x@example.org");
    // A magic address that asks for the impossible works as usual, and the trace says why.
    created(&mut stage, "anna+seeded@example.org");
    let refused = stage.last().play.as_ref().map(|play| play.refused.join(" "));
    assert!(refused.unwrap_or_default().contains("another seed"));
}

#[test]
fn each_condition_and_bound_tells_why_it_spares_a_request() {
    for (rule, asks, expected) in [
        (
            "nth = 1",
            2,
            ["happened, 1 time", "skipped: request 2 of those that fit, it waits for number 1"],
        ),
        (
            "from = 2",
            2,
            [
                "skipped: request 1 of those that fit, it waits for number 2 and those after it",
                "happened, 1 time",
            ],
        ),
        (
            "every = 2",
            2,
            [
                "skipped: request 1 of those that fit, it waits for every number 2",
                "happened, 1 time",
            ],
        ),
        ("phase = \"signing\"", 2, ["skipped: it is for the second phase"; 2]),
        ("state = \"signed\"", 2, ["skipped: the user is registered"; 2]),
        ("user = \"b*\"", 2, ["skipped: the user's address does not fit"; 2]),
        ("header = { name = \"x-test\" }", 2, ["skipped: the request lacks the header"; 2]),
        (
            "state = [\"registered\", \"signed\"], user = \"a*\"",
            2,
            ["happened, 1 time", "happened, 2 times"],
        ),
        ("probability = 1.0", 2, ["happened, 1 time", "happened, 2 times"]),
        ("probability = 0.000001", 2, ["skipped: chance spared it"; 2]),
    ] {
        let text = format!(
            "[[rule]]\nid = \"r\"\nwhen = {{ call = \"user-status\", {rule} }}\n\
             then = {{ delay = \"1s\" }}\n{}",
            if rule.starts_with("nth") { "" } else { "until = { times = 9 }\n" }
        );
        let mut stage = with(&[("s", &text)]);
        let user = created(&mut stage, "anna+s@example.org");
        let mut told = Vec::new();
        for _ in 0..asks {
            status(&mut stage, user);
            told.extend(looks(stage.last()));
        }
        let expected: Vec<_> = expected.iter().map(|look| format!("r {look}")).collect();
        assert_eq!(told, expected, "{rule}");
    }
}

#[test]
fn bounds_end_a_rule_and_healing_ends_all() {
    for (until, waits, expected) in [
        ("times = 2", 0, "YY--"),
        ("for = \"2s\"", 1, "YY--"),
        ("in-a-row = 2", 0, "YY-Y"),
        ("in-a-row = 1, times = 2", 0, "Y-Y-"),
    ] {
        let text = format!(
            "[[rule]]\nid = \"r\"\nwhen = {{ call = \"user-status\" }}\n\
             then = {{ answer = {{ status = 500 }} }}\nuntil = {{ {until} }}\n"
        );
        let mut stage = with(&[("s", &text)]);
        let user = created(&mut stage, "anna+s@example.org");
        let told: String = (0..4)
            .map(|_| {
                let told = if status(&mut stage, user) == "scripted 500" { 'Y' } else { '-' };
                stage.wait(waits);
                told
            })
            .collect();
        assert_eq!(told, expected, "{until}");
    }
    let text = SECOND.replace("nth = 2", "from = 1") + "until = { times = 99 }\n";
    let mut stage = with(&[("s", &text)]);
    let user = created(&mut stage, "anna+s@example.org");
    assert_eq!(status(&mut stage, user), "scripted 503");
    stage.script(ScriptRequest::Heal { rule: Some("other".to_owned()) });
    assert_eq!(status(&mut stage, user), "scripted 503");
    stage.script(ScriptRequest::Heal { rule: Some("second".to_owned()) });
    assert_eq!(status(&mut stage, user), "---- 50");
    assert_eq!(looks(stage.last()), ["second skipped: it was healed"]);
}

#[test]
fn an_answer_in_the_place_of_the_worlds_changes_nothing_unless_it_says_so() {
    let rule = |processed: &str| {
        format!(
            "[[rule]]\nid = \"r\"\nwhen = {{ call = \"create-user\", nth = 1 }}\n\
             then = {{ answer = {{ problem = \"server-error\"{processed} }} }}\n"
        )
    };
    let mut stage = with(&[("lost", &rule(", processed = true")), ("down", &rule(""))]);
    assert_eq!(brief(&create(&mut stage, "anna+down@example.org")), "server-error");
    assert_eq!(brief(&create(&mut stage, "anna+down@example.org")), "created");
    assert_eq!(brief(&create(&mut stage, "anna+lost@example.org")), "server-error");
    assert_eq!(brief(&create(&mut stage, "anna+lost@example.org")), "email-already-registered");
}

#[test]
fn the_first_rule_of_a_kind_wins_and_kinds_add_up() {
    let text = "[[rule]]\nid = \"one\"\nwhen = { call = \"user-status\", nth = 1 }\n\
        then = { delay = \"1s\" }\n\
        [[rule]]\nid = \"two\"\nwhen = { call = \"user-status\", nth = 1 }\n\
        then = { answer = { status = 500 } }\n\
        [[rule]]\nid = \"three\"\nwhen = { call = \"user-status\", nth = 1 }\n\
        then = { body = \"empty\" }\n";
    let mut stage = with(&[("s", text)]);
    let user = created(&mut stage, "anna+s@example.org");
    assert_eq!(status(&mut stage, user), "scripted 500");
    let told = looks(stage.last());
    assert_eq!(told[2], "three skipped: two has decided the answer");
    let play = stage.last().play.as_ref().unwrap();
    let armed: Vec<_> = play.armed.iter().map(|armed| armed.effect.to_string()).collect();
    assert_eq!(armed, ["delay 1s", "answer"]);
}

#[test]
fn delays_are_drawn_alike_in_every_run_and_apart_for_every_user() {
    let text = "[[rule]]\nid = \"r\"\nwhen = { call = \"user-status\" }\n\
        then = { delay = { uniform = { from = \"1s\", to = \"9s\" } } }\nuntil = { times = 99 }\n";
    let run = || {
        let mut stage = with(&[("s", text)]);
        let users = ["a+s@example.org", "b+s@example.org"].map(|email| created(&mut stage, email));
        let drawn = |stage: &mut Stage, user| {
            status(stage, user);
            let play = stage.last().play.clone().unwrap();
            match &play.armed[0].effect {
                Effect::Delay(span) => span.to_string(),
                other => panic!("{other}"),
            }
        };
        let mut all = Vec::new();
        for _ in 0..3 {
            all.extend(users.map(|user| drawn(&mut stage, user)));
        }
        all
    };
    let all = run();
    assert_eq!(all, run());
    assert!(all.iter().collect::<std::collections::BTreeSet<_>>().len() > 4, "{all:?}");
}

#[test]
fn a_scenario_that_is_loaded_again_is_for_users_to_come() {
    let mut stage = with(&[("s", SECOND)]);
    let old = created(&mut stage, "a+s@example.org");
    let name = "s".to_owned();
    let scenario = scenario(&SECOND.replace("503", "504"));
    stage.script(ScriptRequest::Load { name, scenario });
    let fresh = created(&mut stage, "b+s@example.org");
    for (user, expected) in [(old, "scripted 503"), (fresh, "scripted 504")] {
        status(&mut stage, user);
        assert_eq!(status(&mut stage, user), expected);
    }
}

#[test]
fn a_header_chooses_for_one_request_and_for_a_new_user() {
    let text = SECOND.replace("nth = 2", "nth = 1");
    let mut stage = with(&[("s", &text)]);
    let plain = created(&mut stage, "a@example.org");
    let header = (sim::SCENARIO_HEADER, "s");
    let answer = stage.ask_with_header(header, Ask::UserStatus { user: plain });
    assert_eq!(brief(&answer), "scripted 503");
    assert_eq!(status(&mut stage, plain), "---- 50");
    let email = Some("b@example.org".to_owned());
    let answer = stage.ask_with_header(header, Ask::CreateUser { merchant: ALICE, email });
    let Answer::Reply(Reply::UserCreated { id }) = answer else { panic!("{answer:?}") };
    assert_eq!(status(&mut stage, id), "scripted 503");
}

#[test]
fn an_edition_without_the_call_refuses_the_rule() {
    let text = "title = \"t\"\nwhy = \"w\"\nedition = \"2024-06\"\n[[rule]]\nid = \"r\"\n\
        when = { call = \"initiate\", nth = 1 }\nthen = { delay = \"1s\" }\n";
    let wrong = read(text).unwrap_err();
    assert_eq!((wrong.len(), wrong[0].line), (1, 6));
    assert!(wrong[0].message.contains(Edition::E2024_06.name()), "{}", wrong[0]);
}
