//! Step 10: finalising answers with a GUID and an individual, and it comes after the signature. In
//! an edition without signatures the enrolment does the same.

use contract::{Call, step::Step};
use serde_json::Value;

use super::common::{made, member, shown, status_shows};
use crate::{
    finding::Findings,
    view::{Seen, View},
};

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    let finalized = made(view, Step::Finalize, findings);
    after_signing(view, findings);
    let Some(finalized) = finalized else { return };
    identifiers(finalized, findings);
    status_shows(view, (finalized.number, u64::MAX), &["isAdditionalData"], findings);
}

/// Nobody may finalise before the documents are signed.
fn after_signing(view: &View<'_>, findings: &mut Findings) {
    let Some(first) = view.calls(Call::Finalize).first().copied() else { return };
    if view.done(Step::PhaseB).is_none_or(|done| done >= first.number) {
        let wanted = "finalise comes after DOCUMENT_SIGN_SUCCESS";
        findings.broken(wanted, "it came without it", first.number);
    }
}

fn identifiers(seen: Seen<'_>, findings: &mut Findings) {
    let correlation = member(&seen, "correlationId");
    if !correlation.and_then(Value::as_str).is_some_and(is_guid) {
        findings.broken("correlationId is a GUID", shown(correlation), seen.number);
    }
    let individual = member(&seen, "individualId");
    if individual.and_then(Value::as_i64).is_none_or(|id| id < 1) {
        let wanted = "individualId is a whole number of at least 1";
        findings.broken(wanted, shown(individual), seen.number);
    }
}

/// The form 8-4-4-4-12 of hexadecimal digits.
fn is_guid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use contract::{Call, Edition, step::Step};
    use serde_json::{Value, json};

    use super::is_guid;
    use crate::{Verdict, steps::sample::Sample};

    fn fails(sample: &Sample, words: &str) {
        let judged = sample.verdict(Step::Finalize);
        assert_eq!(judged.verdict, Verdict::Fail, "{judged:?}");
        assert!(judged.findings.iter().any(|found| found.wanted.contains(words)), "{judged:?}");
    }

    #[test]
    fn wrong_identifiers_fail() {
        for (name, value) in [
            ("correlationId", json!("834d03b9")),
            ("correlationId", json!(null)),
            ("individualId", json!("989")),
            ("individualId", json!(0)),
        ] {
            let sample = Sample::healthy().edit(Call::Finalize, |seen| {
                seen.answer.as_mut().unwrap()[name] = value.clone();
            });
            fails(&sample, name);
        }
    }

    #[test]
    fn finalising_too_early_fails() {
        fails(&Sample::healthy().first(Call::Finalize), "after DOCUMENT_SIGN_SUCCESS");
        fails(&Sample::healthy().without(Call::AddAdditionalData), "after add-additional-data");
    }

    #[test]
    fn the_status_afterwards_must_show_it() {
        for (name, value) in [("isAdditionalData", json!(false)), ("status", json!(199))] {
            let sample = Sample::healthy().edit_last(Call::UserStatus, |seen| {
                seen.answer.as_mut().unwrap()[name] = value.clone();
            });
            fails(&sample, name);
        }
    }

    #[test]
    fn a_refused_questionnaire_fails() {
        let refused = Sample::healthy().edit(Call::AddAdditionalData, |seen| seen.status = 400);
        fails(&refused, "add-additional-data answers 200");
    }

    #[test]
    fn no_call_is_not_exercised() {
        let sample = Sample::healthy().without(Call::Finalize);
        assert_eq!(sample.verdict(Step::Finalize).verdict, Verdict::NotExercised);
    }

    #[test]
    fn an_enrolment_is_held_to_the_same() {
        let healthy = || Sample::healthy_in(Edition::E2024_06);
        fails(&healthy().first(Call::EnrollIndividual), "comes after 'verify the phone'");
        for name in ["correlationId", "individualId"] {
            let sample = healthy().edit(Call::EnrollIndividual, |seen| {
                seen.answer.as_mut().unwrap()[name] = json!(null);
            });
            fails(&sample, name);
        }
        let without = healthy().without(Call::EnrollIndividual).verdict(Step::Finalize);
        assert_eq!(without.verdict, Verdict::NotExercised);
    }

    #[test]
    fn tells_guids_from_other_text() {
        assert!(is_guid("834d03b9-d24f-4d7b-950f-69aadff41599"));
        let bad: [Value; 4] = [
            json!(""),
            json!("834d03b9d24f4d7b950f69aadff41599"),
            json!("834d03b9-d24f-4d7b-950f-69aadff4159g"),
            json!("834d03b9-d24f-4d7b-950f-69aadff41599-"),
        ];
        assert!(bad.iter().all(|text| !is_guid(text.as_str().unwrap())));
    }
}
