//! Readings about users, codes and the questionnaire: the same story, another answer. The stories
//! stand in the order of the rows' readings.

use contract::{Variant, message::MessageKind, timing::Timing};
use sim::{
    Answer, Command, Reply,
    command::{Ask, Bearer, Deed},
};

use crate::{
    readings::{stage, stage_under, under_each},
    stage::{ALICE, BOB, PHONE, Stage, brief, initiate},
};

/// The variants whose stories stand here.
pub(crate) const TOLD: &[Variant] = &[
    Variant::QuestionnaireOrder,
    Variant::RepeatQuestionnaire,
    Variant::BearerCheck,
    Variant::FirstMail,
    Variant::MailContent,
    Variant::PhoneChange,
    Variant::EmailMismatch,
    Variant::ConfirmAgain,
    Variant::ForeignMerchant,
    Variant::PendingFrom,
    Variant::Activation,
    Variant::CodeLife,
    Variant::CodeAttempts,
    Variant::BlockedCode,
    Variant::ResendLimit,
    Variant::ScopeCheck,
    Variant::TokenBinding,
];

fn data(user: i32) -> Ask {
    Ask::AddAdditionalData { user, data: "{}".to_owned() }
}

fn status(stage: &mut Stage, user: i32) -> String {
    brief(&stage.ask(Ask::UserStatus { user }))
}

#[test]
fn questionnaire_order() {
    let told = under_each(Variant::QuestionnaireOrder, |stage| {
        let early = stage.user_at("phone verified", 1);
        let opened = brief(&stage.ask(initiate(early, false)));
        let given = brief(&stage.ask(data(early)));
        let again = brief(&stage.ask(initiate(early, false)));
        format!("{opened}, {given}, {again}")
    });
    assert_eq!(
        told,
        [
            "STARTED +identify, done, STARTED +identify",
            "questionnaire-missing, done, STARTED +identify",
            "STARTED +identify, questionnaire-too-early, STARTED +identify",
        ]
    );
}

#[test]
fn a_questionnaire_after_signing_is_taken() {
    let told = under_each(Variant::QuestionnaireOrder, |stage| {
        let user = stage.user_at("phone verified", 2);
        stage.ask(data(user));
        stage.ask(initiate(user, false));
        for _ in 0..2 {
            stage.person(user, Deed::Complete);
            stage.wait(4);
            stage.command(Command::Advance);
        }
        brief(&stage.ask(data(user)))
    });
    assert_eq!(told, ["done", "done", "done"]);
}

#[test]
fn repeat_questionnaire() {
    let told = under_each(Variant::RepeatQuestionnaire, |stage| {
        let user = stage.create("anna@example.org");
        stage.ask(data(user));
        brief(&stage.ask(Ask::AddAdditionalData { user, data: "{\"b\":1}".to_owned() }))
            + &stage.world.user(user).unwrap().additional_data.unwrap()
    });
    assert_eq!(told, ["done{\"b\":1}", "questionnaire-repeated{}"]);
}

#[test]
fn bearer_check() {
    let told = under_each(Variant::BearerCheck, |stage| {
        let user = stage.create("anna@example.org");
        let read = brief(&stage.ask_with(Bearer::Missing, Ask::UserStatus { user }));
        let bad = brief(&stage.ask_with(Bearer::Foreign(None), Ask::UserStatus { user }));
        let other = Ask::CreateUser { merchant: BOB, email: None };
        format!("{read}, {bad}, {}", brief(&stage.ask_with(Bearer::Missing, other)))
    });
    assert_eq!(
        told,
        ["unauthorized, unauthorized, unauthorized", "---- 50, unauthorized, merchant-refused"]
    );
}

#[test]
fn first_mail() {
    let told = under_each(Variant::FirstMail, |stage| {
        let email = "anna@example.org".to_owned();
        let user = stage.create(&email);
        let at_once = stage.world.messages().newest_first().count();
        stage.ask(Ask::SendEmailConfirmation { user, email });
        let token = stage.code(user, MessageKind::EmailConfirmation);
        let taken = brief(&stage.ask(Ask::ConfirmEmail { user, token }));
        format!("{at_once}, {}, {taken}", stage.world.messages().newest_first().count())
    });
    assert_eq!(told, ["1, 2, done", "0, 1, done"]);
}

#[test]
fn mail_content() {
    let told = under_each(Variant::MailContent, |stage| {
        let user = stage.create("anna@example.org");
        let code = stage.code(user, MessageKind::EmailConfirmation);
        let text = stage.world.messages().newest_first().next().unwrap().text();
        text.replace(&code, "SIX").replace(&user.to_string(), "USER")
    });
    assert_eq!(
        told,
        [
            "Your confirmation code is: SIX",
            "Open this link to confirm your e-mail address: \
             https://merchant.localhost/confirm-email?token=SIX&id=USER",
        ]
    );
}

#[test]
fn a_link_is_for_mails_only() {
    let told = under_each(Variant::MailContent, |stage| {
        let user = stage.user_at("phone given", 1);
        let sms = stage.world.messages().newest_first().next().unwrap().clone();
        (sms.user == user && sms.link.is_none()).to_string()
    });
    assert_eq!(told, ["true", "true"]);
}

#[test]
fn phone_change() {
    let told = under_each(Variant::PhoneChange, |stage| {
        let user = stage.user_at("phone given", 1);
        let same = Ask::SendPhoneCode { user, phone: "+359800000001".to_owned() };
        let same = brief(&stage.ask(same));
        let other = brief(&stage.ask(Ask::SendPhoneCode { user, phone: PHONE.to_owned() }));
        format!("{same}, {other}, {}", stage.world.user(user).unwrap().phone.unwrap())
    });
    assert_eq!(
        told,
        [format!("done, done, {PHONE}"), "done, phone-not-eligible, +359800000001".to_owned()]
    );
}

#[test]
fn email_mismatch() {
    let told = under_each(Variant::EmailMismatch, |stage| {
        stage.create("taken@example.org");
        let user = stage.create("anna@example.org");
        let sent = stage.world.messages().newest_first().count();
        let ask = |email: &str| Ask::SendEmailConfirmation { user, email: email.to_owned() };
        let taken = brief(&stage.ask(ask("taken@example.org")));
        let other = brief(&stage.ask(ask("other@example.org")));
        let freed = Ask::CreateUser { merchant: ALICE, email: Some("anna@example.org".into()) };
        let freed = brief(&stage.ask(freed));
        let sent = stage.world.messages().newest_first().count() - sent;
        format!("{taken}, {other}, {freed}, {sent}")
    });
    assert_eq!(
        told,
        [
            "email-mismatch, email-mismatch, email-already-registered, 0",
            "done, done, email-already-registered, 0",
            "email-already-registered, done, created, 2",
        ]
    );
}

#[test]
fn confirm_again() {
    let told = under_each(Variant::ConfirmAgain, |stage| {
        let user = stage.create("anna@example.org");
        let token = stage.code(user, MessageKind::EmailConfirmation);
        let ask = |token: &str| Ask::ConfirmEmail { user, token: token.to_owned() };
        stage.ask(ask(&token));
        let again = brief(&stage.ask(ask(&token)));
        format!("{again}, {}", brief(&stage.ask(ask("wrong"))))
    });
    assert_eq!(told, ["invalid-token, invalid-token", "done, invalid-token"]);
}

#[test]
fn foreign_merchant() {
    // The world refuses alike; how it looks is the row's affair, and tested with the rows.
    let told = under_each(Variant::ForeignMerchant, |stage| {
        brief(&stage.ask(Ask::CreateUser { merchant: BOB, email: None }))
    });
    assert_eq!(told, ["merchant-refused", "merchant-refused"]);
}

#[test]
fn pending_from() {
    let told = under_each(Variant::PendingFrom, |stage| {
        let user = stage.user_at("phone verified", 1);
        let before = status(stage, user);
        stage.ask(initiate(user, false));
        format!("{before}, {}", status(stage, user))
    });
    assert_eq!(told, ["ep-- 50, ep-- 150", "ep-- 150, ep-- 150"]);
}

#[test]
fn activation() {
    let told = under_each(Variant::Activation, |stage| {
        let user = stage.user_at("finalized", 1);
        // Tokens do not live as long as this takes, so the world itself is looked at.
        let code = |stage: &Stage| stage.world.user(user).unwrap().flags.lifecycle.code();
        let at_once = code(stage);
        let due = stage.world.next_due().is_some();
        stage.ask(Ask::Finalize { user });
        stage.wait(Timing::Approval.span().as_secs() - 1);
        stage.command(Command::Advance);
        let nearly = code(stage);
        stage.wait(1);
        stage.command(Command::Advance);
        let approved = code(stage);
        format!("{at_once}, {due}, {nearly}, {approved}")
    });
    assert_eq!(told, ["200, false, 200, 200", "150, true, 150, 200"]);
}

#[test]
fn code_life() {
    let told = under_each(Variant::CodeLife, |stage| {
        let user = stage.create("anna@example.org");
        let token = stage.code(user, MessageKind::EmailConfirmation);
        stage.wait(Timing::EmailCodeLife.span().as_secs());
        brief(&stage.ask(Ask::ConfirmEmail { user, token }))
    });
    assert_eq!(told, ["invalid-token", "done"]);
}

/// Six wrong codes, then the right one, for the phone.
fn six_wrong(stage: &mut Stage) -> String {
    let user = stage.user_at("phone given", 1);
    let right = stage.code(user, MessageKind::PhoneVerification);
    let enter = |code: &str| Ask::VerifyPhone { user, code: code.to_owned() };
    let mut told = String::new();
    for _ in 0..6 {
        told = brief(&stage.ask(enter("wrong")));
    }
    format!("{told}, {}", brief(&stage.ask(enter(&right))))
}

#[test]
fn code_attempts() {
    let told = under_each(Variant::CodeAttempts, six_wrong);
    assert_eq!(told, ["invalid-code, invalid-code", "invalid-code, done"]);
}

#[test]
fn blocked_code() {
    let told = under_each(Variant::BlockedCode, six_wrong);
    assert_eq!(told, ["invalid-code, invalid-code", "throttled, throttled"]);
    let told = under_each(Variant::BlockedCode, |stage| {
        let user = stage.create("anna@example.org");
        let enter =
            |stage: &mut Stage| stage.ask(Ask::ConfirmEmail { user, token: "wrong".to_owned() });
        (0..5).for_each(|_| drop(enter(stage)));
        stage.wait(100);
        match enter(stage) {
            Answer::Refused(refusal, _) => format!("{:?}", refusal.header),
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(told, ["None", "Some(\"800\")"], "what is left of the code's fifteen minutes");
}

#[test]
fn resend_limit() {
    let told = under_each(Variant::ResendLimit, |stage| {
        let user = stage.user_at("phone given", 1);
        stage.wait(60);
        let again = brief(&stage.ask(Ask::ResendPhoneCode { user }));
        let third = brief(&stage.ask(Ask::ResendPhoneCode { user }));
        let fourth = match stage.ask(Ask::ResendPhoneCode { user }) {
            Answer::Refused(refusal, _) => format!("{:?}", refusal.header),
            Answer::Reply(_) | Answer::Scripted(..) => "done".to_owned(),
        };
        let mail = Ask::SendEmailConfirmation { user, email: "nobody@example.org".to_owned() };
        let mail = brief(&stage.ask(mail));
        stage.wait(540);
        let later = brief(&stage.ask(Ask::ResendPhoneCode { user }));
        format!("{again}, {third}, {fourth}, {mail}, {later}")
    });
    assert_eq!(
        told,
        [
            "done, done, done, email-mismatch, done",
            "done, done, Some(\"540\"), email-mismatch, done",
        ]
    );
}

#[test]
fn another_number_or_address_is_no_way_around_the_limit() {
    let mut stage = stage_under(&[("resend-limit", "three"), ("email-mismatch", "changes")]);
    let user = stage.create("first@example.org");
    let mut mail = |name: &str| {
        let email = format!("{name}@example.org");
        let told = brief(&stage.ask(Ask::SendEmailConfirmation { user, email }));
        (told, stage.world.user(user).unwrap().email.unwrap())
    };
    let done = |name: &str| ("done".to_owned(), format!("{name}@example.org"));
    assert_eq!([mail("second"), mail("third")], [done("second"), done("third")]);
    // What is refused leaves the address as it was.
    assert_eq!(mail("fourth"), ("throttled".to_owned(), "third@example.org".to_owned()));

    let user = stage.user_at("e-mail confirmed", 1);
    let mut sms = |number: u8| {
        let phone = format!("+35988811122{number}");
        brief(&stage.ask(Ask::SendPhoneCode { user, phone }))
    };
    assert_eq!([sms(1), sms(2), sms(3), sms(4)], ["done", "done", "done", "throttled"]);
}

#[test]
fn a_block_ends_with_the_code() {
    let mut stage = stage("blocked-code", "told");
    let user = stage.create("anna@example.org");
    let mut enter = || brief(&stage.ask(Ask::ConfirmEmail { user, token: "wrong".to_owned() }));
    (0..5).for_each(|_| drop(enter()));
    assert_eq!(enter(), "throttled");
    stage.wait(Timing::EmailCodeLife.span().as_secs());
    let late = Ask::ConfirmEmail { user, token: "wrong".to_owned() };
    assert_eq!(brief(&stage.ask(late)), "invalid-token");
}

#[test]
fn scope_check() {
    // Alice's token has Tenn.CRM alone: enough for a poll, not for a user's status.
    let told = under_each(Variant::ScopeCheck, |stage| {
        let user = stage.world.user_ids(None, 1).first().copied().unwrap_or(100_001);
        let poll = Ask::IdentificationStatus { user, user_type: 0, completed: true };
        let read = brief(&stage.ask(Ask::UserStatus { user }));
        format!("{read}, {}", brief(&stage.ask(poll)))
    });
    assert_eq!(told, ["user-not-found, user-not-found", "forbidden, user-not-found"]);
}

#[test]
fn token_binding() {
    let told = under_each(Variant::TokenBinding, |stage| {
        let ask = |stage: &mut Stage, peer| {
            let ask = Ask::CreateUser { merchant: ALICE, email: None };
            brief(&stage.ask_over(peer, ask))
        };
        let nobody = ask(stage, None);
        let bob = ask(stage, Some(BOB));
        format!("{nobody}, {bob}, {}", ask(stage, Some(ALICE)))
    });
    assert_eq!(told, ["created, created, created", "unauthorized, unauthorized, created"]);
}

#[test]
fn a_reply_is_a_reply_whatever_is_read() {
    // The happy path holds under every reading that does not forbid it.
    for variant in TOLD {
        if matches!(variant, Variant::QuestionnaireOrder | Variant::FirstMail) {
            continue;
        }
        for finalized in under_each(*variant, |stage| {
            if *variant_of(stage) == "checked" {
                return "skipped".to_owned();
            }
            let user = stage.user_at("finalized", 9);
            match stage.ask(Ask::Finalize { user }) {
                Answer::Reply(Reply::Finalized { .. }) => "final".to_owned(),
                other => brief(&other),
            }
        }) {
            assert!(["final", "skipped"].contains(&finalized.as_str()), "{variant:?}: {finalized}");
        }
    }
}

/// The reading of the token's checks, under which the stage's own shortcuts cannot act.
fn variant_of(stage: &Stage) -> &'static &'static str {
    let variants = stage.world.settings().variants;
    let checked = variants.reads(Variant::TokenBinding, "checked")
        || variants.reads(Variant::ScopeCheck, "checked");
    if checked { &"checked" } else { &"unchecked" }
}
