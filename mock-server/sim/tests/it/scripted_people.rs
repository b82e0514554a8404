//! What scenarios say besides rules: the mock's own person, timelines, given users, messages on odd
//! ways, older statuses. Each is deterministic and touches nobody else.

use std::sync::Arc;

use contract::{message::MessageKind, scenario::read, trace::Actor};
use sim::{
    Command, Settings,
    command::{Ask, ScriptRequest},
    outcome::Happening,
    settings::Library,
};

use crate::stage::{ALICE, Stage, brief, initiate, settings};

/// A world in which everybody goes through one scenario.
fn with(text: &str) -> Stage {
    let text = format!("title = \"t\"\nwhy = \"w\"\n{text}");
    let scenario = match read(&text) {
        Ok(read) => Arc::new(read.scenario),
        Err(wrong) => panic!("{}", wrong[0].of_file("test")),
    };
    let library: Library = [("s".to_owned(), scenario)].into();
    let scenario = Some("s".to_owned());
    let mut stage = Stage::with(Settings { library: Arc::new(library), scenario, ..settings(7) });
    stage.token(ALICE);
    stage
}

/// A user whose identification was just started.
fn started(stage: &mut Stage) -> i32 {
    let user = stage.user_at("phone verified", 1);
    stage.ask(initiate(user, false));
    user
}

fn poll(stage: &mut Stage, user: i32) -> String {
    brief(&stage.ask(Ask::IdentificationStatus { user, user_type: 0, completed: true }))
}

/// Lets time pass, second by second, and tells what happened by itself.
fn watch(stage: &mut Stage, seconds: u64) -> Vec<String> {
    let mut told = Vec::new();
    for _ in 0..seconds {
        stage.wait(1);
        stage.command(Command::Advance);
        let due = stage.last().due.iter().map(|(_, happening)| word(happening));
        told.extend(due.collect::<Vec<_>>());
    }
    told
}

/// The same, with a client that polls all the time.
fn watch_and_poll(stage: &mut Stage, seconds: u64, user: i32) -> Vec<String> {
    let all = (0..seconds).flat_map(|_| {
        let told = watch(stage, 1);
        poll(stage, user);
        told
    });
    all.collect()
}

#[test]
fn nobody_signs_before_a_poll_has_told_where() {
    let mut stage = with("[person]\npace = \"1s\"\n");
    let user = started(&mut stage);
    watch(&mut stage, 60);
    assert_eq!(poll(&mut stage, user), "SIGN +sign");
    assert_eq!(watch(&mut stage, 1), ["continue read: code", "sent DocumentSigning None"]);
}

fn word(happening: &Happening) -> String {
    match happening {
        Happening::Page { screen, act, outcome, by, .. } => {
            assert_eq!(*by, Actor::Script);
            format!("{act} {}: {outcome}", screen.name())
        }
        Happening::Moved { to, by, .. } => format!("{to} by {by}"),
        Happening::Redirected { leg, to, .. } => format!("{leg:?} to {to:?}"),
        Happening::Sent { kind, fate, .. } => format!("sent {kind:?} {fate:?}"),
        Happening::Arrived { kind, .. } => format!("arrived {kind:?}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_mocks_person_walks_through_both_journeys_at_its_pace() {
    let mut stage = with("[person]\npace = \"1s\"\n");
    let user = started(&mut stage);
    let told = watch_and_poll(&mut stage, 30, user);
    assert_eq!(
        told,
        [
            "continue consent: details",
            "continue details: phone-code",
            "sent IdentificationPhone None",
            "enter phone-code: email-code",
            "sent IdentificationEmail None",
            "enter email-code: document",
            "continue document: liveness",
            "continue liveness: review",
            "continue review: provider-documents",
            "continue provider-documents: provider-code",
            "sent ProviderSigning None",
            "enter provider-code: done",
            "continue done: redirected",
            "identification-processing by person",
            "Identification to Success",
            "signing by time",
            "continue read: code",
            "sent DocumentSigning None",
            "enter code: redirected",
            "signing-processing by person",
            "Signing to Success",
            "signed by time",
        ]
    );
    assert_eq!(poll(&mut stage, user), "DOCUMENT");
}

#[test]
fn a_journey_ends_as_the_script_says() {
    for (journey, last, status) in [
        ("identification = { act = \"fail\" }", "Identification to Fail", "ERROR"),
        (
            "identification = { act = \"fail\", at = \"document\", reason = \"blurred\" }",
            "Identification to Fail",
            "ERROR",
        ),
        ("identification = { act = \"cancel\" }", "Identification to Fail", "ERROR"),
        ("signing = { act = \"cancel\" }", "Signing to Fail", "ERROR"),
        ("signing = { act = \"fail\", at = \"code\" }", "Signing to Fail", "ERROR"),
        ("signing = { wrong-codes = 5 }", "Signing to Fail", "ERROR"),
        ("signing = { wrong-codes = 4 }", "signed by time", "DOCUMENT"),
    ] {
        let mut stage = with(&format!("[person]\npace = \"1s\"\n{journey}\n"));
        let user = started(&mut stage);
        let told = watch_and_poll(&mut stage, 40, user);
        assert_eq!(told.last().unwrap(), last, "{journey}: {told:?}");
        assert_eq!(poll(&mut stage, user), status, "{journey}");
        let reason = told.iter().any(|word| word == "fail document: redirected: blurred");
        assert_eq!(reason, journey.contains("blurred"), "{told:?}");
    }
}

#[test]
fn who_goes_away_never_comes_back_and_the_page_expires() {
    for (journey, acts) in [("act = \"abandon\"", 0), ("act = \"abandon\", at = \"document\"", 6)] {
        let mut stage =
            with(&format!("[person]\npace = \"1s\"\nidentification = {{ {journey} }}\n"));
        let user = started(&mut stage);
        let told = watch(&mut stage, 60);
        assert_eq!(told.len(), acts, "{told:?}");
        stage.wait(1800);
        assert_eq!(poll(&mut stage, user), "ERROR");
    }
}

#[test]
fn the_browser_comes_back_as_often_and_as_late_as_the_script_says() {
    let landings = |redirect: &str| {
        let journey = format!("identification = {{ redirect = {{ {redirect} }} }}");
        let mut stage = with(&format!("[person]\npace = \"1s\"\n{journey}\n"));
        started(&mut stage);
        let told = watch(&mut stage, 16);
        let mark = |word: &String| match word.as_str() {
            "Identification to Success" => Some('L'),
            "signing by time" => Some('R'),
            _ => None,
        };
        told.iter().filter_map(mark).collect::<String>()
    };
    assert_eq!(landings("times = 1"), "LR");
    assert_eq!(landings("times = 0"), "R");
    assert_eq!(landings("times = 2"), "LLR");
    assert_eq!(landings("after-result = true"), "RL");
    assert_eq!(landings("times = 2, after-result = true"), "RLL");
}

#[test]
fn a_person_may_come_back_to_a_page_that_is_over() {
    let mut stage = with("[person]\npace = \"1s\"\nidentification = { returns = 2 }\n");
    started(&mut stage);
    let told = watch(&mut stage, 13);
    let looks = told.iter().filter(|word| *word == "look over: shown").count();
    assert_eq!(looks, 2, "{told:?}");
}

#[test]
fn a_new_session_makes_the_old_ones_person_void() {
    let mut stage = with("[person]\npace = \"1s\"\n");
    let user = started(&mut stage);
    watch(&mut stage, 3);
    stage.ask(initiate(user, true));
    let told = watch(&mut stage, 1);
    assert_eq!(told, ["continue consent: details"]);
}

#[test]
fn a_visitors_clicks_come_to_what_the_script_says() {
    let text =
        "[person]\nby = \"page\"\n[person.identification]\nact = \"fail\"\nat = \"document\"\n";
    let mut stage = with(text);
    let user = started(&mut stage);
    assert!(watch(&mut stage, 20).is_empty(), "nobody acts by himself");
    let told = brief(&stage.person(user, sim::command::Deed::Complete));
    assert_eq!(told, "to Fail");
    assert_eq!(poll(&mut stage, user), "ERROR");
}

#[test]
fn a_timeline_goes_by_time_polls_and_events() {
    let text = "[[timeline.identification]]\nstatus = \"PROCESSING\"\nafter = \"5s\"\n\
        [[timeline.identification]]\nstatus = \"STARTED\"\npolls = 2\n\
        [[timeline.identification]]\nstatus = \"SIGN_SESSION_ID_SUCCESSFULLY_CREATED\"\non = \"control\"\n\
        [[timeline.signing]]\nstatus = \"PROCESSING\"\non = \"person-done\"\n\
        [[timeline.signing]]\nstatus = \"DOCUMENT_SIGN_SUCCESS\"\nafter = \"1m\"\n";
    let mut stage = with(text);
    let user = started(&mut stage);
    assert_eq!(poll(&mut stage, user), "STARTED +identify");
    stage.wait(5);
    let seen: Vec<_> = (0..4).map(|_| poll(&mut stage, user)).collect();
    let processing = "PROCESSING +identify";
    let back = "STARTED +identify";
    assert_eq!(seen, [processing, processing, back, back]);
    let done = stage.script(ScriptRequest::Beat { user });
    assert_eq!(brief(&done), "done");
    assert_eq!(poll(&mut stage, user), "SIGN +sign");
    let refused = brief(&stage.script(ScriptRequest::Beat { user }));
    assert!(refused.contains("waits for this"), "{refused}");
    stage.person(user, sim::command::Deed::Complete);
    assert_eq!(poll(&mut stage, user), "PROCESSING");
    stage.wait(59);
    assert_eq!(poll(&mut stage, user), "PROCESSING", "the usual result is not waited for");
    stage.wait(1);
    assert_eq!(poll(&mut stage, user), "DOCUMENT");
}

#[test]
fn a_timeline_may_end_badly() {
    let mut stage = with("[[timeline.identification]]\nstatus = \"ERROR\"\nafter = \"5s\"\n");
    let user = started(&mut stage);
    assert_eq!(watch(&mut stage, 6), ["failed by script"]);
    assert_eq!(poll(&mut stage, user), "ERROR");
}

#[test]
fn messages_are_lost_late_or_doubled() {
    let sms = |fault: &str| {
        let text = format!(
            "[[rule]]\nid = \"r\"\nwhen = {{ call = \"send-phone-code\", nth = 1 }}\n\
             then = {{ message = {fault} }}\n"
        );
        let mut stage = with(&text);
        let user = stage.user_at("phone given", 1);
        let arrived = |stage: &Stage| {
            let all = stage.world.messages().newest_first();
            all.filter(|one| one.user == user && one.kind == MessageKind::PhoneVerification).count()
        };
        let at_once = arrived(&stage);
        let told = watch(&mut stage, 40);
        (at_once, arrived(&stage), told.join(" "))
    };
    assert_eq!(sms("\"lose\""), (0, 0, String::new()));
    assert_eq!(sms("{ late = \"30s\" }"), (0, 1, "arrived PhoneVerification".to_owned()));
    assert_eq!(sms("{ double = \"30s\" }"), (1, 2, "arrived PhoneVerification".to_owned()));
}

#[test]
fn a_stale_poll_shows_the_status_before() {
    let text = "[[rule]]\nid = \"r\"\nwhen = { call = \"identification-status\", from = 1 }\n\
        then = { stale = true }\nuntil = { times = 99 }\n";
    let mut stage = with(text);
    let user = started(&mut stage);
    assert_eq!(poll(&mut stage, user), "STARTED +identify");
    let armed = |stage: &Stage| stage.last().play.as_ref().map(|play| play.armed[0].void);
    assert_eq!(armed(&stage), Some(true), "there is no status before the first");
    stage.person(user, sim::command::Deed::Complete);
    assert_eq!(poll(&mut stage, user), "STARTED +identify");
    assert_eq!(armed(&stage), Some(false));
    stage.wait(4);
    assert_eq!(poll(&mut stage, user), "PROCESSING");
}

#[test]
fn given_users_are_as_if_they_had_walked_there() {
    use contract::scenario::State;
    let all: String = State::ALL
        .iter()
        .map(|state| format!("[[given]]\nstate = \"{}\"\n", state.name()))
        .collect();
    let mut stage = with(&all);
    let given = stage.world.given();
    assert_eq!(given.len(), State::ALL.len());
    for one in given {
        assert_eq!(brief(&stage.script(ScriptRequest::Given(one))), "done");
    }
    let told: Vec<_> = stage
        .world
        .user_ids(None, 100)
        .into_iter()
        .map(|user| {
            let status = brief(&stage.ask(Ask::UserStatus { user }));
            format!("{status} {}", poll(&mut stage, user))
        })
        .collect();
    assert_eq!(
        told,
        [
            "---- 50 session-not-found",
            "e--- 50 session-not-found",
            "ep-- 50 session-not-found",
            "ep-- 150 STARTED +identify",
            "ep-- 150 PROCESSING",
            "ep-- 150 SIGN +sign",
            "ep-- 150 PROCESSING",
            "ep-- 150 DOCUMENT",
            "ep-- 150 ERROR",
            "eps- 200 DOCUMENT",
        ]
    );
    let again = contract::scenario::Given {
        state: State::Registered,
        email: Some("given-1@example.org".to_owned()),
        phone: None,
        merchant: None,
    };
    let refused = brief(&stage.script(ScriptRequest::Given(again)));
    assert_eq!(refused, "cannot: another user has this address");
}

#[test]
fn what_is_scheduled_can_be_told() {
    let mut stage = with("[person]\npace = \"3s\"\n");
    let user = started(&mut stage);
    let schedule = stage.world.schedule();
    let told: Vec<_> = schedule.iter().map(|(_, what, whom)| (*what, *whom)).collect();
    assert_eq!(told, [("the person acts", user), ("the session moves on", user)]);
}

#[test]
fn a_user_who_is_given_further_on_is_not_moved_back() {
    let text = "[[given]]\nstate = \"signed\"\n[[given]]\nstate = \"finalized\"\n\
        [[timeline.identification]]\nstatus = \"SIGN_SESSION_ID_SUCCESSFULLY_CREATED\"\nafter = \"3s\"\n";
    let mut stage = with(text);
    for one in stage.world.given() {
        stage.script(ScriptRequest::Given(one));
    }
    watch(&mut stage, 10);
    for user in stage.world.user_ids(None, 10) {
        assert_eq!(poll(&mut stage, user), "DOCUMENT");
    }
}

#[test]
fn a_person_who_was_overtaken_by_the_timeline_does_not_sign_unasked_nor_twice() {
    let text = "[person]\npace = \"4s\"\n[[timeline.identification]]\n\
        status = \"SIGN_SESSION_ID_SUCCESSFULLY_CREATED\"\nafter = \"3s\"\n";
    let mut stage = with(text);
    let user = started(&mut stage);
    assert_eq!(watch(&mut stage, 20), ["signing by script"]);
    assert_eq!(poll(&mut stage, user), "SIGN +sign");
    let told = watch(&mut stage, 8);
    let sign = ["continue read: code", "sent DocumentSigning None", "enter code: redirected"];
    assert_eq!(told[..3], sign, "{told:?}");
}
