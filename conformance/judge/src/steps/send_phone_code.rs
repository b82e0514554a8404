//! Step 3: a code is sent to the phone, and the answer has no body. Whether the code arrived shows
//! in the next step.

use contract::{Call, step::Step};

use super::common::{described, in_order, succeeded};
use crate::{finding::Findings, view::View};

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    in_order(view, Step::SendPhoneCode, Step::ConfirmEmail, findings);
    let Some(sent) = succeeded(view, Call::SendPhoneCode, findings) else { return };
    if sent.exchange.answer.is_some() {
        findings.broken("204 without a body", described(sent.exchange), sent.number);
    }
}

#[cfg(test)]
mod tests {
    use contract::{Call, step::Step};
    use serde_json::json;

    use crate::{Verdict, steps::sample::Sample};

    #[test]
    fn a_body_fails() {
        let sample = Sample::healthy().edit(Call::SendPhoneCode, |seen| {
            seen.answer = Some(json!({}));
        });
        assert_eq!(sample.verdict(Step::SendPhoneCode).verdict, Verdict::Fail);
    }

    #[test]
    fn another_status_fails() {
        let sample = Sample::healthy().edit(Call::SendPhoneCode, |seen| seen.status = 200);
        assert_eq!(sample.verdict(Step::SendPhoneCode).verdict, Verdict::Fail);
    }

    #[test]
    fn no_answer_at_all_fails_in_plain_words() {
        let sample = Sample::healthy().edit(Call::SendPhoneCode, |seen| {
            seen.status = 0;
            seen.failure = Some("the connection was reset".to_owned());
        });
        let judged = sample.verdict(Step::SendPhoneCode);
        assert_eq!(judged.verdict, Verdict::Fail);
        assert_eq!(judged.findings[0].got, "no answer: the connection was reset");
    }

    #[test]
    fn no_call_is_not_exercised() {
        let sample = Sample::healthy().without(Call::SendPhoneCode);
        assert_eq!(sample.verdict(Step::SendPhoneCode).verdict, Verdict::NotExercised);
    }
}
