//! Step 5: the identification starts, and there is an https address to send the person to. Its
//! answer has the form of a poll's, so the rules for members are shared with polling.

use contract::{label::Label, status::IdentificationStatus, step::Step, trace::Leg};
use serde_json::Value;

use super::common::{made, member, shown};
use crate::{
    Says,
    finding::Findings,
    view::{Seen, View},
};

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(opened) = made(view, Step::Initiate, findings) else { return };
    https_address(&opened, findings);
    known_status(&view.plan.polls(Leg::Identification), &opened, findings);
    a_message(&opened, findings);
}

/// The answer holds an https address. The trace keeps a label in its place.
pub(super) fn https_address(seen: &Seen<'_>, findings: &mut Findings) {
    let value = member(seen, "videoIdentificationUrl");
    let label = value.and_then(Value::as_str).and_then(Label::parse);
    if !label.is_some_and(|label| label.says("https")) {
        findings.broken("videoIdentificationUrl is an https URL", shown(value), seen.number);
    }
}

/// The answer's status is one that the edition or the reading in force knows.
pub(super) fn known_status(order: &[Says], seen: &Seen<'_>, findings: &mut Findings) -> bool {
    let value = member(seen, "videoIdentificationStatus");
    let name = value.and_then(Value::as_str);
    let is_readable = value.is_some_and(|value| value.is_string() || value.is_null());
    let is_null_read = order.contains(&Says::Null);
    let known = match name {
        Some(name) => {
            let named = documented().find(|row| row.name() == name);
            let is_vendor = order.contains(&Says::Vendor) && Says::Vendor.is(Some(name));
            is_vendor || named.is_some_and(|row| !is_null_read || !row.is_interim())
        }
        None => is_readable && is_null_read,
    };
    if !known {
        let named = documented().filter(|row| !is_null_read || !row.is_interim());
        let mut names: Vec<_> = named.map(|row| row.name()).collect();
        names.extend(is_null_read.then_some("null"));
        let wanted = format!("videoIdentificationStatus is one of {}", names.join(", "));
        findings.broken(wanted, shown(value), seen.number);
    }
    known
}

/// The answer has its third member, which is usually empty.
/// The statuses that a page names.
fn documented() -> impl Iterator<Item = IdentificationStatus> {
    IdentificationStatus::ALL.iter().copied().filter(|status| !status.is_vendors())
}

pub(super) fn a_message(seen: &Seen<'_>, findings: &mut Findings) {
    let value = member(seen, "message");
    if !value.is_some_and(|value| value.is_string() || value.is_null()) {
        findings.broken("message is a text or null", shown(value), seen.number);
    }
}

#[cfg(test)]
mod tests {
    use contract::{Call, Edition, step::Step};
    use serde_json::json;

    use crate::{Verdict, steps::sample::Sample};

    #[test]
    fn a_wrong_member_fails() {
        for (name, value) in [
            ("videoIdentificationUrl", json!(null)),
            ("videoIdentificationUrl", json!("<identification-url#1 http>")),
            ("videoIdentificationStatus", json!("started")),
            ("videoIdentificationStatus", json!(null)),
            ("message", json!(7)),
        ] {
            let sample = Sample::healthy().edit(Call::Initiate, |seen| {
                seen.answer.as_mut().unwrap()[name] = value.clone();
            });
            let judged = sample.verdict(Step::Initiate);
            assert_eq!(judged.verdict, Verdict::Fail, "{name} {value}");
            assert!(judged.findings[0].wanted.contains(name), "{judged:?}");
        }
    }

    #[test]
    fn a_reading_without_names_is_held_to_null() {
        let sample = || Sample::under(Edition::E2025_09, "interim-status", "null");
        assert_eq!(sample().verdict(Step::Initiate).verdict, Verdict::Pass);
        let named = sample().edit(Call::Initiate, |seen| {
            seen.answer.as_mut().unwrap()["videoIdentificationStatus"] = json!("STARTED");
        });
        assert_eq!(named.verdict(Step::Initiate).verdict, Verdict::Fail);
    }

    #[test]
    fn where_the_questionnaire_comes_first_it_must_be_in() {
        for sample in [
            || Sample::healthy_in(Edition::E2026_05),
            || Sample::under(Edition::E2025_09, "questionnaire-order", "before-initiate"),
        ] {
            let call = Call::AddAdditionalData;
            assert_eq!(sample().verdict(Step::Initiate).verdict, Verdict::Pass);
            for broken in [
                sample().without(call),
                sample().last(call),
                sample().edit(call, |seen| seen.status = 400),
            ] {
                assert_eq!(broken.verdict(Step::Initiate).verdict, Verdict::Fail);
            }
        }
    }

    #[test]
    fn a_lost_member_fails() {
        for name in ["videoIdentificationUrl", "videoIdentificationStatus", "message"] {
            let sample = Sample::healthy().edit(Call::Initiate, |seen| {
                seen.answer.as_mut().unwrap().as_object_mut().unwrap().remove(name);
            });
            assert_eq!(sample.verdict(Step::Initiate).verdict, Verdict::Fail, "{name}");
        }
    }

    #[test]
    fn no_call_is_not_exercised() {
        let sample = Sample::healthy().without(Call::Initiate);
        assert_eq!(sample.verdict(Step::Initiate).verdict, Verdict::NotExercised);
    }
}
