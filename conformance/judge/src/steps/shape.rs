//! Whether a success has the body that its row says, member by member. Which row that is, the
//! readings of the plan decide.

use contract::{
    Provenance,
    answer::{MemberKind, MemberRow, Presence, Shape},
};
use serde_json::{Map, Value};

use super::common::{described, shown};
use crate::{
    finding::Findings,
    view::{Seen, View},
};

pub(crate) fn check(view: &View<'_>, seen: &Seen<'_>, findings: &mut Findings) {
    let row = seen.exchange.call.and_then(|call| view.row(call));
    let Some(success) = row.and_then(|row| row.success(&view.plan.variants)) else { return };
    let wanted = match (success.shape, &seen.exchange.answer) {
        (Shape::Object(rows), Some(Value::Object(members))) => {
            return object(rows, members, seen.number, findings);
        }
        (Shape::List(rows), Some(Value::Array(items))) => {
            return list(rows, items, seen.number, findings);
        }
        (Shape::Empty | Shape::Redirect, None) | (Shape::Page, _) => return,
        (Shape::Object(_), _) => "a JSON object",
        (Shape::List(_), _) => "a JSON array",
        (Shape::Empty | Shape::Redirect, Some(_)) => "no body",
    };
    let (wanted, got) = (format!("{} with {wanted}", success.status), described(seen.exchange));
    // Nobody can be held to a body that no page shows and no reading chose.
    let is_certain =
        !success.when.is_empty() || matches!(success.provenance, Provenance::Documented { .. });
    if is_certain {
        findings.broken(wanted, got, seen.number);
    } else {
        findings.doubtful(wanted, got, seen.number);
    }
}

fn list(rows: &[MemberRow], items: &[Value], at: u64, findings: &mut Findings) {
    for item in items {
        match item {
            Value::Object(members) => object(rows, members, at, findings),
            other => findings.broken("each entry is an object", shown(Some(other)), at),
        }
    }
}

fn object(rows: &[MemberRow], members: &Map<String, Value>, at: u64, findings: &mut Findings) {
    for row in rows {
        let value = members.get(row.name);
        let fits = match value {
            None => row.presence == Presence::Optional,
            Some(Value::Null) => row.presence == Presence::Nullable,
            Some(value) => is_of(row.kind, value),
        };
        if !fits {
            let wanted = format!("{} is {}", row.name, words(row.kind));
            findings.broken(wanted, shown(value), at);
        }
    }
    let known = |name: &&String| rows.iter().any(|row| row.name == **name);
    for stranger in members.keys().filter(|name| !known(name)) {
        findings.doubtful("no member that the documents do not name", stranger.as_str(), at);
    }
}

fn is_of(kind: MemberKind, value: &Value) -> bool {
    match kind {
        MemberKind::Int32 => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        MemberKind::Boolean => value.is_boolean(),
        // The trace keeps a label in the place of a text that it does not show.
        MemberKind::Text
        | MemberKind::Url
        | MemberKind::Guid
        | MemberKind::Time
        | MemberKind::Words(_) => value.is_string(),
        MemberKind::Texts | MemberKind::Objects(_) => value.is_array(),
        MemberKind::Object(_) => value.is_object(),
    }
}

const fn words(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::Int32 => "a whole number",
        MemberKind::Boolean => "true or false",
        MemberKind::Texts => "an array of texts",
        MemberKind::Objects(_) => "an array of objects",
        MemberKind::Object(_) => "an object",
        _ => "a text",
    }
}

#[cfg(test)]
mod tests {
    use contract::{Call, Edition, step::Step};
    use serde_json::{Value, json};

    use crate::{Verdict, steps::sample::Sample};

    fn verdict(sample: Sample, call: Call, answer: Option<&Value>) -> Verdict {
        let step = match call {
            Call::ConfirmEmail => Step::ConfirmEmail,
            Call::SendPhoneCode => Step::SendPhoneCode,
            _ => Step::VerifyPhone,
        };
        sample.edit(call, |seen| seen.answer = answer.cloned()).verdict(step).verdict
    }

    #[test]
    fn each_reading_has_its_own_body() {
        let (empty, result) =
            (Some(json!({})), Some(json!({ "success": true, "message": "", "code": 200 })));
        for (call, id, readings) in [
            (
                Call::ConfirmEmail,
                "confirm-email-success",
                [("empty", None), ("empty-object", empty.clone()), ("result", result.clone())]
                    .as_slice(),
            ),
            (
                Call::VerifyPhone,
                "verify-success",
                &[("empty", None), ("empty-object", empty.clone()), ("confirmation", result)],
            ),
            (
                Call::SendPhoneCode,
                "send-code-success",
                &[("no-content", None), ("empty-object", empty)],
            ),
        ] {
            for edition in Edition::ALL {
                for (reading, own) in readings {
                    for (_, answer) in readings {
                        let sample = Sample::under(*edition, id, reading);
                        let verdict = verdict(sample, call, answer.as_ref());
                        // An empty object with members beside it is only doubtful.
                        let passes = verdict == Verdict::Pass;
                        assert_eq!(passes, own == answer, "{edition} {reading}: {answer:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_member_of_another_kind_fails_and_a_stranger_is_doubtful() {
        for (answer, wanted) in [
            (json!({ "success": "true", "message": "", "code": 200 }), Verdict::Fail),
            (json!({ "success": true, "message": null, "code": 200 }), Verdict::Fail),
            (json!({ "success": true, "message": "", "code": 2.5 }), Verdict::Fail),
            (json!({ "success": true, "message": "" }), Verdict::Fail),
            (json!([]), Verdict::Fail),
            (json!({ "success": true, "message": "", "code": 200, "title": "" }), Verdict::Warn),
        ] {
            let sample = Sample::healthy_in(Edition::E2026_05);
            assert_eq!(verdict(sample, Call::ConfirmEmail, Some(&answer)), wanted, "{answer}");
        }
    }

    #[test]
    fn nobody_is_held_to_a_body_that_no_page_shows() {
        let sample = Sample::healthy()
            .edit(Call::AddAdditionalData, |seen| seen.answer = Some(json!({ "success": true })));
        assert_eq!(sample.verdict(Step::Finalize).verdict, Verdict::Warn);
    }
}
