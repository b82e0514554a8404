//! Step 3: a code is sent to the phone, and the answer holds nothing: no body, or an empty object,
//! as the reading has it. Whether the code arrived shows in the next step.

use contract::step::Step;

use super::common::made;
use crate::{finding::Findings, view::View};

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    made(view, Step::SendPhoneCode, findings);
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
