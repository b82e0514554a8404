//! Every state of a user against every command, as one table to proof-read.

use contract::{message::MessageKind, trace::Leg};
use sim::command::{Act, Ask, Deed};

use crate::stage::{STATES, Stage, brief, enroll, initiate};

/// One column: what is done to a user.
type Deal = (&'static str, fn(&mut Stage, i32) -> String);

const COLUMNS: &[Deal] = &[
    ("status", |stage, user| brief(&stage.ask(Ask::UserStatus { user }))),
    ("confirm e-mail, newest code", |stage, user| {
        let token = stage.code(user, MessageKind::EmailConfirmation);
        brief(&stage.ask(Ask::ConfirmEmail { user, token }))
    }),
    ("confirm e-mail, wrong code", |stage, user| {
        brief(&stage.ask(Ask::ConfirmEmail { user, token: "nonsense".to_owned() }))
    }),
    ("send e-mail again", |stage, user| {
        let email = stage.world.user(user).and_then(|user| user.email).unwrap_or_default();
        brief(&stage.ask(Ask::SendEmailConfirmation { user, email }))
    }),
    ("send e-mail elsewhere", |stage, user| {
        let email = "elsewhere@example.org".to_owned();
        brief(&stage.ask(Ask::SendEmailConfirmation { user, email }))
    }),
    ("send phone code, new number", |stage, user| {
        let phone = "+359899999999".to_owned();
        brief(&stage.ask(Ask::SendPhoneCode { user, phone }))
    }),
    ("resend phone code", |stage, user| brief(&stage.ask(Ask::ResendPhoneCode { user }))),
    ("verify phone, newest code", |stage, user| {
        let code = stage.code(user, MessageKind::PhoneVerification);
        brief(&stage.ask(Ask::VerifyPhone { user, code }))
    }),
    ("verify phone, wrong code", |stage, user| {
        brief(&stage.ask(Ask::VerifyPhone { user, code: "nonsense".to_owned() }))
    }),
    ("initiate", |stage, user| brief(&stage.ask(initiate(user, false)))),
    ("initiate, restart", |stage, user| brief(&stage.ask(initiate(user, true)))),
    ("poll", |stage, user| {
        brief(&stage.ask(Ask::IdentificationStatus { user, user_type: 0, completed: true }))
    }),
    ("add data", |stage, user| {
        brief(&stage.ask(Ask::AddAdditionalData { user, data: "{}".to_owned() }))
    }),
    ("enrol", |stage, user| brief(&stage.ask(enroll(user)))),
    ("finalise", |stage, user| brief(&stage.ask(Ask::Finalize { user }))),
    ("person completes", |stage, user| brief(&stage.person(user, Deed::Complete))),
    ("person cancels", |stage, user| brief(&stage.person(user, Deed::Cancel))),
    ("person fails", |stage, user| brief(&stage.person(user, Deed::Fail))),
    ("click: continue from consent", |stage, user| {
        let from = "consent".to_owned();
        brief(&stage.click(user, Leg::Identification, Act::Continue { from }))
    }),
    ("click: sign with a wrong code", |stage, user| {
        brief(&stage.click(user, Leg::Signing, Act::Enter { code: "nonsense".to_owned() }))
    }),
    ("half an hour passes, poll", |stage, user| {
        stage.wait(1800);
        brief(&stage.ask(Ask::IdentificationStatus { user, user_type: 0, completed: true }))
    }),
];

#[test]
fn every_state_against_every_command() {
    let mut table = String::new();
    for (column, deal) in COLUMNS {
        table.push_str(&format!("{column}\n"));
        for (tag, state) in STATES.iter().enumerate() {
            let mut stage = Stage::with_tokens(1);
            let user = stage.user_at(state, tag);
            let outcome = deal(&mut stage, user);
            table.push_str(&format!("    {state:<18} {outcome}\n"));
        }
    }
    insta::assert_snapshot!(table);
}
