//! Step 4: the code from the SMS is accepted, and the user's status shows it. The mail must still
//! be confirmed: a flag that falls back is a fault as well.

use contract::{Call, step::Step};

use super::common::{made, status_shows};
use crate::{finding::Findings, view::View};

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(verified) = made(view, Step::VerifyPhone, findings) else { return };
    let next = [Call::Initiate, Call::EnrollIndividual].into_iter();
    let next = next.filter_map(|call| view.calls(call).first().map(|seen| seen.number)).min();
    let next = next.unwrap_or(u64::MAX);
    let flags = ["isEmailVerified", "isPhoneNumberVerified"];
    status_shows(view, (verified.number, next), &flags, findings);
}

#[cfg(test)]
mod tests {
    use contract::{Call, step::Step};
    use serde_json::json;

    use crate::{Verdict, steps::sample::Sample};

    #[test]
    fn a_status_that_does_not_show_it_or_forgets_the_mail_fails() {
        for flag in ["isPhoneNumberVerified", "isEmailVerified"] {
            let sample = Sample::healthy().edit_nth(Call::UserStatus, 1, |seen| {
                seen.answer.as_mut().unwrap()[flag] = json!(false);
            });
            let judged = sample.verdict(Step::VerifyPhone);
            assert_eq!(judged.verdict, Verdict::Fail);
            assert!(judged.findings[0].wanted.contains(flag), "{judged:?}");
        }
    }

    #[test]
    fn a_refused_code_fails() {
        let sample = Sample::healthy().edit(Call::VerifyPhone, |seen| seen.status = 400);
        assert_eq!(sample.verdict(Step::VerifyPhone).verdict, Verdict::Fail);
    }

    #[test]
    fn without_the_call_or_without_the_status_it_is_not_exercised() {
        for call in [Call::VerifyPhone, Call::UserStatus] {
            let judged = Sample::healthy().without(call).verdict(Step::VerifyPhone);
            assert_eq!(judged.verdict, Verdict::NotExercised, "{call}");
        }
    }
}
