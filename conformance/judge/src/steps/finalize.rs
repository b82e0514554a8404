//! Step 10: the questionnaire goes in with codes from the lists, and finalising answers with a
//! GUID and an individual.

use contract::{Call, lists::CodeList, step::Step};
use serde_json::Value;

use super::common::{in_order, member, shown, sound, status_shows, succeeded};
use crate::{
    finding::Findings,
    view::{Seen, View},
};

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    in_order(view, Step::Finalize, Step::PhaseB, findings);
    let stored = succeeded(view, Call::AddAdditionalData, findings);
    if let Some(stored) = stored {
        codes_from_lists(view, stored, findings);
    }
    let finalized = succeeded(view, Call::Finalize, findings);
    after_signing(view, stored, findings);
    let Some(finalized) = finalized else { return };
    identifiers(finalized, findings);
    status_shows(view, (finalized.number, u64::MAX), &["isAdditionalData"], findings);
}

/// Nobody may finalise before the documents are signed and the questionnaire is in.
fn after_signing(view: &View<'_>, stored: Option<Seen<'_>>, findings: &mut Findings) {
    let Some(first) = view.calls(Call::Finalize).first().copied() else { return };
    if view.done(Step::PhaseB).is_none_or(|done| done >= first.number) {
        let wanted = "finalise comes after DOCUMENT_SIGN_SUCCESS";
        findings.broken(wanted, "it came without it", first.number);
    }
    if stored.is_none_or(|stored| stored.number >= first.number) {
        let wanted = "finalise comes after the questionnaire was accepted";
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

/// Every code that was sent had been offered by its list before.
fn codes_from_lists(view: &View<'_>, stored: Seen<'_>, findings: &mut Findings) {
    for list in CodeList::ALL {
        let offers = view.calls(list.call());
        offers.iter().for_each(|seen| sound(view, seen, findings));
        let before = offers.iter().filter(|seen| seen.number < stored.number);
        let offered: Vec<_> = before.filter(|seen| seen.exchange.status == 200).collect();
        for seen in &offered {
            entries_are_whole(seen, findings);
        }
        let Some(code) = sent_code(stored, *list) else { continue };
        if !offered.iter().any(|seen| entries(seen).any(|entry| entry["value"] == *code)) {
            let wanted = format!("{} is a code that its list offered", sent_as(*list));
            findings.broken(wanted, code.to_string(), stored.number);
        }
    }
}

fn entries_are_whole(seen: &Seen<'_>, findings: &mut Findings) {
    let whole = |entry: &Value| entry["label"].is_string() && entry["value"].is_string();
    if entries(seen).next().is_none() || !entries(seen).all(whole) {
        let wanted = "a code list is an array of label and value, both texts";
        findings.broken(wanted, shown(seen.exchange.answer.as_ref()), seen.number);
    }
}

fn entries<'a>(seen: &Seen<'a>) -> impl Iterator<Item = &'a Value> {
    seen.exchange.answer.as_ref().and_then(Value::as_array).into_iter().flatten()
}

fn sent_code(stored: Seen<'_>, list: CodeList) -> Option<&Value> {
    let questionnaire = stored.exchange.request.as_ref()?.get("additionalData")?.get("data")?;
    questionnaire.get(sent_as(list))
}

const fn sent_as(list: CodeList) -> &'static str {
    match list {
        CodeList::SourceOfFunds => "sourceOfFundId",
        CodeList::AccountPurpose => "accountPurposeCode",
        CodeList::MainActivity => "mainActivityCode",
        CodeList::FinancingMethod => "financingMethodCode",
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
    use contract::{Call, lists::CodeList, step::Step};
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
        fails(&Sample::healthy().without(Call::AddAdditionalData), "after the questionnaire");
    }

    #[test]
    fn codes_must_come_from_the_lists() {
        for list in CodeList::ALL {
            fails(&Sample::healthy().without(list.call()), "its list offered");
            fails(&Sample::healthy().last(list.call()), "its list offered");
            let other = Sample::healthy().edit(list.call(), |seen| {
                seen.answer = Some(json!([{ "label": "Another", "value": "77" }]));
            });
            fails(&other, "its list offered");
        }
    }

    #[test]
    fn a_damaged_list_fails() {
        for answer in [json!([]), json!({}), json!([{ "label": "Savings", "value": 1 }])] {
            let sample = Sample::healthy().edit(Call::MainActivity, |seen| {
                seen.answer = Some(answer.clone());
            });
            fails(&sample, "a code list is an array");
        }
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
