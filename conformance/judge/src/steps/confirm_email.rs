//! Step 2: the code from the mail is accepted, and the user's status shows it. A 200 alone would
//! not prove that anything was confirmed. Who has to ask for the mail is an open question.

use contract::{Call, step::Step};

use super::common::{made, status_shows};
use crate::{finding::Findings, view::View};

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(confirmed) = made(view, Step::ConfirmEmail, findings) else { return };
    let next = view.calls(Call::SendPhoneCode).first().map_or(u64::MAX, |seen| seen.number);
    status_shows(view, (confirmed.number, next), &["isEmailVerified"], findings);
}

#[cfg(test)]
mod tests {
    use contract::{Call, Edition, step::Step};
    use serde_json::json;

    use crate::{Verdict, steps::sample::Sample};

    #[test]
    fn a_status_that_does_not_show_it_fails() {
        let sample = Sample::healthy().edit_nth(Call::UserStatus, 0, |seen| {
            seen.answer.as_mut().unwrap()["isEmailVerified"] = json!(false);
        });
        let judged = sample.verdict(Step::ConfirmEmail);
        assert_eq!(judged.verdict, Verdict::Fail);
        assert_eq!(judged.findings[0].wanted, "isEmailVerified is true by now");
    }

    #[test]
    fn an_unknown_lifecycle_code_or_a_lost_member_fails() {
        for (name, value) in [
            ("status", json!(51)),
            ("status", json!("50")),
            ("isScaVerified", json!(null)),
            ("isOptionalKyc", json!("false")),
        ] {
            let sample = Sample::healthy().edit_nth(Call::UserStatus, 0, |seen| {
                seen.answer.as_mut().unwrap()[name] = value.clone();
            });
            assert_eq!(sample.verdict(Step::ConfirmEmail).verdict, Verdict::Fail, "{name}");
        }
    }

    #[test]
    fn a_refused_status_read_fails() {
        let sample = Sample::healthy().edit_nth(Call::UserStatus, 0, |seen| seen.status = 404);
        assert_eq!(sample.verdict(Step::ConfirmEmail).verdict, Verdict::Fail);
    }

    #[test]
    fn a_refused_code_fails() {
        let sample = Sample::healthy().edit(Call::ConfirmEmail, |seen| seen.status = 400);
        assert_eq!(sample.verdict(Step::ConfirmEmail).verdict, Verdict::Fail);
    }

    #[test]
    fn where_the_caller_asks_for_the_mail_it_must_be_asked_for_first() {
        for sample in [
            || Sample::healthy_in(Edition::E2024_06),
            || Sample::under(Edition::E2025_09, "first-mail", "on-request"),
        ] {
            let call = Call::SendEmailConfirmation;
            assert_eq!(sample().verdict(Step::ConfirmEmail).verdict, Verdict::Pass);
            let refused = sample().edit(call, |seen| seen.status = 400);
            assert_eq!(refused.verdict(Step::ConfirmEmail).verdict, Verdict::Fail);
            let late = sample().last(call).verdict(Step::ConfirmEmail);
            assert!(late.findings[0].wanted.contains("comes after send-email"), "{late:?}");
        }
    }

    #[test]
    fn an_edition_with_two_flags_is_held_to_two() {
        let sample = Sample::healthy_in(Edition::E2024_06).edit(Call::UserStatus, |seen| {
            seen.answer.as_mut().unwrap().as_object_mut().unwrap().remove("isPhoneNumberVerified");
        });
        assert_eq!(sample.verdict(Step::ConfirmEmail).verdict, Verdict::Fail);
    }

    #[test]
    fn without_the_call_or_without_the_status_it_is_not_exercised() {
        for call in [Call::ConfirmEmail, Call::UserStatus] {
            let judged = Sample::healthy().without(call).verdict(Step::ConfirmEmail);
            assert_eq!(judged.verdict, Verdict::NotExercised, "{call}");
        }
    }
}
