//! Step 5: the identification starts, and there is an https address to send the person to. Its
//! answer has the form of a poll's, so the rules for members are shared with polling.

use contract::{Call, label::Label, status::IdentificationStatus, step::Step};
use serde_json::Value;

use super::common::{in_order, member, shown, succeeded};
use crate::{
    finding::Findings,
    view::{Seen, View},
};

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    in_order(view, Step::Initiate, Step::VerifyPhone, findings);
    let Some(opened) = succeeded(view, Call::Initiate, findings) else { return };
    https_address(&opened, findings);
    known_status(&opened, findings);
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

/// The answer's status is one of the contract's list; its value is returned.
pub(super) fn known_status(
    seen: &Seen<'_>,
    findings: &mut Findings,
) -> Option<IdentificationStatus> {
    let value = member(seen, "videoIdentificationStatus");
    let name = value.and_then(Value::as_str);
    let known = IdentificationStatus::ALL.iter().copied().find(|row| Some(row.name()) == name);
    if known.is_none() {
        let names: Vec<_> = IdentificationStatus::ALL.iter().map(|row| row.name()).collect();
        let wanted = format!("videoIdentificationStatus is one of {}", names.join(", "));
        findings.broken(wanted, shown(value), seen.number);
    }
    known
}

/// The answer has its third member, which is usually empty.
pub(super) fn a_message(seen: &Seen<'_>, findings: &mut Findings) {
    let value = member(seen, "message");
    if !value.is_some_and(|value| value.is_string() || value.is_null()) {
        findings.broken("message is a text or null", shown(value), seen.number);
    }
}

#[cfg(test)]
mod tests {
    use contract::{Call, step::Step};
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
