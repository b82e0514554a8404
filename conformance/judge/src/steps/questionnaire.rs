//! The codes of the questionnaire, in whichever call carries them: each was offered by its list
//! before. A target that refuses its own codes is at fault, and so is a merchant who invents one.

use contract::{Call, lists::CodeList};
use serde_json::Value;

use super::common::{shown, sound};
use crate::{
    finding::Findings,
    view::{Seen, View},
};

/// The calls that carry the codes.
const CARRIERS: [Call; 2] = [Call::AddAdditionalData, Call::EnrollIndividual];

/// Every code that was sent had been offered by its list before.
pub(super) fn check(view: &View<'_>, stored: &Seen<'_>, findings: &mut Findings) {
    if !CARRIERS.iter().any(|call| stored.exchange.call == Some(*call)) {
        return;
    }
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
            findings.broken(wanted, code, stored.number);
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

/// A code as it was sent, as a text or as a number.
fn sent_code(stored: &Seen<'_>, list: CodeList) -> Option<String> {
    let request = stored.exchange.request.as_ref()?;
    let code = request.pointer("/additionalData/data").unwrap_or(request).get(sent_as(list))?;
    Some(code.as_str().map_or_else(|| code.to_string(), str::to_owned))
}

const fn sent_as(list: CodeList) -> &'static str {
    match list {
        CodeList::SourceOfFunds => "sourceOfFundId",
        CodeList::AccountPurpose => "accountPurposeCode",
        CodeList::MainActivity => "mainActivityCode",
        CodeList::FinancingMethod => "financingMethodCode",
    }
}

#[cfg(test)]
mod tests {
    use contract::{Call, Edition, lists::CodeList, step::Step};
    use serde_json::json;

    use crate::{Verdict, steps::sample::Sample};

    /// The editions, and the step in which each sends the codes.
    const EDITIONS: [(Edition, Step); 3] = [
        (Edition::E2024_06, Step::Finalize),
        (Edition::E2025_09, Step::Finalize),
        (Edition::E2026_05, Step::Initiate),
    ];

    fn fails(sample: &Sample, step: Step, words: &str) {
        let judged = sample.verdict(step);
        assert_eq!(judged.verdict, Verdict::Fail, "{judged:?}");
        assert!(judged.findings.iter().any(|found| found.wanted.contains(words)), "{judged:?}");
    }

    #[test]
    fn codes_must_come_from_the_lists() {
        for (edition, step) in EDITIONS {
            let healthy = || Sample::healthy_in(edition);
            for list in CodeList::ALL {
                fails(&healthy().without(list.call()), step, "its list offered");
                fails(&healthy().last(list.call()), step, "its list offered");
                let other = healthy().edit(list.call(), |seen| {
                    seen.answer = Some(json!([{ "label": "Another", "value": "77" }]));
                });
                fails(&other, step, "its list offered");
            }
        }
    }

    #[test]
    fn a_damaged_list_fails() {
        for (edition, step) in EDITIONS {
            for answer in [json!([]), json!({}), json!([{ "label": "Savings", "value": 1 }])] {
                let sample = Sample::healthy_in(edition).edit(Call::MainActivity, |seen| {
                    seen.answer = Some(answer.clone());
                });
                fails(&sample, step, "a code list is an array");
            }
        }
    }
}
