//! Short stories: rules that need more than one step to show.

use contract::{Instant, lifecycle::Lifecycle, message::MessageKind, timing::Timing, trace::Leg};
use sim::{
    Answer, Command, Reply,
    command::{Act, Ask, Bearer, Deed, PageRequest},
    outcome::{Alert, Happening, Screen},
    settings::Limits,
};

use crate::stage::{ALICE, BOB, PHONE, Stage, brief, initiate, settings};

#[test]
fn only_the_newest_email_code_works() {
    let mut stage = Stage::with_tokens(1);
    let user = stage.create("anna@example.org");
    let old = stage.code(user, MessageKind::EmailConfirmation);
    let email = "anna@example.org".to_owned();
    assert_eq!(brief(&stage.ask(Ask::SendEmailConfirmation { user, email })), "done");
    let new = stage.code(user, MessageKind::EmailConfirmation);
    assert_ne!(old, new);
    let mut confirm =
        |token: &str| brief(&stage.ask(Ask::ConfirmEmail { user, token: token.to_owned() }));
    assert_eq!(confirm(&old), "invalid-token");
    assert_eq!(confirm(&new), "done");
    assert_eq!(confirm(&new), "invalid-token");
}

#[test]
fn a_code_for_the_old_number_does_not_verify_the_new_one() {
    let mut stage = Stage::with_tokens(1);
    let user = stage.user_at("e-mail confirmed", 1);
    stage.ask(Ask::SendPhoneCode { user, phone: PHONE.to_owned() });
    let old = stage.code(user, MessageKind::PhoneVerification);
    stage.ask(Ask::SendPhoneCode { user, phone: "+359880000002".to_owned() });
    assert_eq!(brief(&stage.ask(Ask::VerifyPhone { user, code: old })), "invalid-code");
    let new = stage.code(user, MessageKind::PhoneVerification);
    assert_eq!(brief(&stage.ask(Ask::VerifyPhone { user, code: new })), "done");
}

#[test]
fn one_number_has_one_owner() {
    let mut stage = Stage::with_tokens(1);
    let first = stage.user_at("e-mail confirmed", 1);
    let second = stage.user_at("e-mail confirmed", 2);
    let send = |user| Ask::SendPhoneCode { user, phone: PHONE.to_owned() };
    assert_eq!(brief(&stage.ask(send(first))), "done");
    assert_eq!(brief(&stage.ask(send(second))), "phone-already-registered");
    assert_eq!(stage.world.user(second).unwrap().phone, None);
}

#[test]
fn merchants_do_not_see_each_others_users() {
    let mut stage = Stage::with_tokens(1);
    let user = stage.create("anna@example.org");
    let bob = || Bearer::Issued(2);
    assert_eq!(brief(&stage.ask_with(bob(), Ask::UserStatus { user })), "user-not-found");
    let data = "{}".to_owned();
    let stored = stage.ask_with(bob(), Ask::AddAdditionalData { user, data });
    assert_eq!(brief(&stored), "user-not-found");
    assert_eq!(stage.world.user(user).unwrap().additional_data, None);
    let for_alice = Ask::CreateUser { merchant: ALICE, email: None };
    assert_eq!(brief(&stage.ask_with(bob(), for_alice)), "merchant-refused");
    assert_eq!(stage.world.user_count(), 1);
    let own = Ask::CreateUser { merchant: BOB, email: None };
    assert_eq!(brief(&stage.ask_with(bob(), own)), "created");
}

#[test]
fn an_address_has_one_owner_and_a_null_one_can_be_adopted() {
    let mut stage = Stage::with_tokens(1);
    stage.create("anna@example.org");
    let taken = Some("Anna@Example.org".to_owned());
    let again = Ask::CreateUser { merchant: ALICE, email: taken };
    assert_eq!(brief(&stage.ask(again)), "email-already-registered");
    let Answer::Reply(Reply::UserCreated { id: user }) =
        stage.ask(Ask::CreateUser { merchant: ALICE, email: None })
    else {
        panic!("a null address is allowed")
    };
    let mut send = |email: &str| {
        brief(&stage.ask(Ask::SendEmailConfirmation { user, email: email.to_owned() }))
    };
    assert_eq!(send("anna@example.org"), "email-already-registered");
    assert_eq!(send("new@example.org"), "done");
    assert_eq!(send("other@example.org"), "email-mismatch");
    let token = stage.code(user, MessageKind::EmailConfirmation);
    assert_eq!(brief(&stage.ask(Ask::ConfirmEmail { user, token })), "done");
}

#[test]
fn a_full_world_refuses_and_forgets_nobody() {
    let limits = Limits { users: 1, messages: 10 };
    let mut stage = Stage::with(sim::Settings { limits, ..settings(1) });
    stage.token(ALICE);
    let user = stage.create("anna@example.org");
    let more = Ask::CreateUser { merchant: ALICE, email: None };
    assert_eq!(brief(&stage.ask(more)), "world-full");
    assert_eq!(brief(&stage.ask(Ask::UserStatus { user })), "---- 50");
}

#[test]
fn the_result_lags_the_redirect_and_comes_with_time() {
    let mut stage = Stage::with_tokens(1);
    let user = stage.user_at("identified", 1);
    let poll = |stage: &mut Stage| {
        brief(&stage.ask(Ask::IdentificationStatus { user, user_type: 0, completed: true }))
    };
    let due = stage.world.next_due().unwrap();
    assert_eq!(due, stage.now + Timing::IdentificationResult.span());
    assert_eq!(poll(&mut stage), "PROCESSING");
    stage.wait(3);
    assert_eq!(poll(&mut stage), "PROCESSING");
    stage.wait(1);
    assert_eq!(poll(&mut stage), "SIGN +sign");
    let entry = stage.entries.last().unwrap();
    assert_eq!(entry.due.len(), 1, "the timer is told in the step that let it fall due");
    assert_eq!(entry.due[0].0, due);
}

#[test]
fn a_restart_kills_the_old_address() {
    let mut stage = Stage::with_tokens(1);
    let user = stage.user_at("identifying", 1);
    let old = stage.world.user(user).unwrap().session.unwrap().link.unwrap();
    assert_eq!(brief(&stage.ask(initiate(user, true))), "STARTED +identify");
    let new = stage.world.user(user).unwrap().session.unwrap().link.unwrap();
    assert_ne!(old.secret, new.secret);
    let page = PageRequest { leg: Leg::Identification, secret: Some(old.secret), act: Act::Cancel };
    assert_eq!(brief(&stage.command(Command::Page(page))), "page unknown");
    assert_eq!(stage.world.user(user).unwrap().session.unwrap().stage, "identifying");
}

#[test]
fn a_signing_address_is_of_no_use_before_its_time() {
    let mut stage = Stage::with_tokens(1);
    let user = stage.user_at("identifying", 1);
    let link = stage.world.user(user).unwrap().session.unwrap().link.unwrap();
    let page = PageRequest { leg: Leg::Signing, secret: Some(link.secret), act: Act::Look };
    assert_eq!(brief(&stage.command(Command::Page(page))), "page unknown");
}

#[test]
fn five_wrong_signing_codes_end_on_fail() {
    let mut stage = Stage::with_tokens(1);
    let user = stage.user_at("to sign", 1);
    let wrong = || Act::Enter { code: "nonsense".to_owned() };
    for left in (1..=4).rev() {
        assert_eq!(brief(&stage.click(user, Leg::Signing, wrong())), "same session");
        let Answer::Reply(Reply::Page(view)) = stage.click(user, Leg::Signing, Act::Look) else {
            panic!("a page")
        };
        assert_eq!(view.alert, Some(Alert::WrongCode { left }));
    }
    assert_eq!(brief(&stage.click(user, Leg::Signing, wrong())), "to Fail");
    let poll = Ask::IdentificationStatus { user, user_type: 0, completed: true };
    assert_eq!(brief(&stage.ask(poll)), "ERROR");
}

#[test]
fn another_signing_code_can_be_had_and_replaces_the_first() {
    let mut stage = Stage::with_tokens(1);
    let user = stage.user_at("to sign", 1);
    let first = stage.code(user, MessageKind::DocumentSigning);
    let from = Screen::Code.name().to_owned();
    assert_eq!(brief(&stage.click(user, Leg::Signing, Act::Continue { from })), "same session");
    let second = stage.code(user, MessageKind::DocumentSigning);
    assert_ne!(first, second);
    let sign = |code| Act::Enter { code };
    assert_eq!(brief(&stage.click(user, Leg::Signing, sign(first))), "same session");
    assert_eq!(brief(&stage.click(user, Leg::Signing, sign(second))), "to Success");
}

#[test]
fn finalising_again_gives_the_same_two_identifiers() {
    let mut stage = Stage::with_tokens(1);
    let user = stage.user_at("signed", 1);
    let first = stage.ask(Ask::Finalize { user });
    assert_eq!(brief(&first), "finalized");
    stage.wait(100);
    assert_eq!(stage.ask(Ask::Finalize { user }), first);
    let moves = stage.entries.iter().flat_map(|entry| &entry.happenings).filter(|happening| {
        matches!(happening, Happening::Lifecycle { to: Lifecycle::Active, .. })
    });
    assert_eq!(moves.count(), 1);
}

#[test]
fn time_never_runs_back() {
    let mut stage = Stage::with_tokens(1);
    stage.wait(60);
    stage.command(Command::Advance);
    let late = stage.now;
    stage.now = Instant::STEPPED_START;
    stage.command(Command::Advance);
    assert_eq!(stage.entries.last().unwrap().at, late);
}

#[test]
fn a_person_who_fails_ends_on_fail_and_needs_a_restart() {
    let mut stage = Stage::with_tokens(1);
    let user = stage.user_at("identifying", 1);
    assert_eq!(brief(&stage.person(user, Deed::Fail)), "to Fail");
    assert_eq!(brief(&stage.ask(initiate(user, false))), "restart-required");
    assert_eq!(brief(&stage.ask(initiate(user, true))), "STARTED +identify");
}
