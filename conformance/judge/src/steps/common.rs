//! What every check asks of every call: a bearer token, the right user, the documented order, and
//! no server error. Each rule stands here once.

use contract::{
    Call, answer::Shape, endpoint::Gate, label::Label, lifecycle::Lifecycle, step::Step,
    trace::Exchange,
};
use serde_json::Value;

use super::{questionnaire, shape};
use crate::{
    finding::Findings,
    view::{Seen, View},
};

/// Longest part of an answer that a finding quotes.
const QUOTED: usize = 160;

/// Judges the calls of a step, in their order, and returns the success of the last one.
pub(super) fn made<'a>(view: &View<'a>, step: Step, findings: &mut Findings) -> Option<Seen<'a>> {
    in_order(view, step, findings);
    let (mut earlier, mut last) = (None, None);
    for call in view.plan.calls(step) {
        last = succeeded(view, call, findings);
        if let Some(seen) = &last {
            questionnaire::check(view, seen, findings);
        }
        if let (Some((before, done)), Some(first)) = (earlier, view.calls(call).first())
            && !matches!(done, Some(done) if done < first.number)
        {
            let wanted = format!("{call} comes after {before} succeeded");
            findings.broken(wanted, "it came without it", first.number);
        }
        earlier = Some((call, last.map(|seen| seen.number)));
    }
    last
}

/// Judges every attempt at a call, and returns the one that succeeded.
pub(super) fn succeeded<'a>(
    view: &View<'a>,
    call: Call,
    findings: &mut Findings,
) -> Option<Seen<'a>> {
    let attempts = view.calls(call);
    attempts.iter().for_each(|seen| sound(view, seen, findings));
    let Some(last) = attempts.last() else {
        findings.missing(format!("{call} was never called"));
        return None;
    };
    let success = view.success(call);
    let wanted = format!("{call} answers {}", view.success_status(call).unwrap_or_default());
    match success {
        None if last.exchange.status < 500 => {
            findings.broken(wanted, described(last.exchange), last.number);
        }
        None => {}
        Some(success) => {
            let before = |seen: &&Seen<'a>| seen.number < success.number;
            for seen in attempts.iter().filter(before).filter(|seen| seen.exchange.status < 500) {
                findings.doubtful(&wanted, described(seen.exchange), seen.number);
            }
            shape::check(view, &success, findings);
        }
    }
    success
}

/// What holds for any exchange with the API, whatever it answers.
pub(super) fn sound(view: &View<'_>, seen: &Seen<'_>, findings: &mut Findings) {
    let exchange = seen.exchange;
    let Some(row) = exchange.call.and_then(|call| view.row(call)) else { return };
    let call = row.call;
    if exchange.status >= 500 {
        let wanted = format!("{call} answers without a server error");
        findings.broken(wanted, described(exchange), seen.number);
    }
    let bearer = exchange.bearer.as_deref();
    if row.gate == Gate::Bearer && !bearer.is_some_and(is_token) {
        let got = bearer.map_or_else(|| "no token".to_owned(), str::to_owned);
        findings.broken(format!("{call} is called with a bearer token"), got, seen.number);
    }
    if row.gate == Gate::Certificate && exchange.certificate.is_none() {
        let wanted = format!("{call} is called with a client certificate");
        findings.broken(wanted, "no certificate", seen.number);
    }
    let (Some(user), Some(about)) = (view.user(), exchange.user) else { return };
    if user != about {
        let wanted = format!("{call} is about user {user}");
        findings.broken(wanted, format!("it is about user {about}"), seen.number);
    }
}

/// The step's first call comes after the step before it was done.
fn in_order(view: &View<'_>, step: Step, findings: &mut Findings) {
    let Some(previous) = view.plan.before(step) else { return };
    let calls = view.plan.calls(step).into_iter();
    let Some(first) = calls.filter_map(|call| view.calls(call).first().copied()).next() else {
        return;
    };
    let done = view.done(previous);
    if done.is_some_and(|done| done < first.number) {
        return;
    }
    let (title, before) = (step.title(), previous.title());
    let got = done.map_or_else(
        || format!("'{before}' was not done at all"),
        |done| format!("'{before}' was done later, at {done}"),
    );
    findings.broken(format!("'{title}' comes after '{before}'"), got, first.number);
}

/// The user's status, read strictly between two places, shows these flags. Where the edition's
/// status has none of them, there is nothing to look at.
pub(super) fn status_shows(
    view: &View<'_>,
    between: (u64, u64),
    flags: &[&str],
    findings: &mut Findings,
) {
    let declared = declared(view, Call::UserStatus);
    if !flags.iter().any(|flag| declared.contains(flag)) {
        return;
    }
    let (after, before) = between;
    let mut reads = view.calls(Call::UserStatus);
    reads.retain(|seen| (after + 1..before).contains(&seen.number));
    reads.iter().for_each(|seen| sound(view, seen, findings));
    let Some(last) = reads.last() else {
        findings.missing("the user's status was not read afterwards");
        return;
    };
    let wanted = view.success_status(Call::UserStatus).unwrap_or_default();
    if last.exchange.status == wanted {
        shape::check(view, last, findings);
        let shown = flags.iter().filter(|flag| declared.contains(flag));
        shown.for_each(|flag| is_set(last, flag, findings));
        if declared.contains(&"status") {
            known_code(last, findings);
        }
    } else if last.exchange.status < 500 {
        let wanted = format!("user-status answers {wanted}");
        findings.broken(wanted, described(last.exchange), last.number);
    }
}

/// The members that a success of a call has.
fn declared(view: &View<'_>, call: Call) -> Vec<&'static str> {
    let success = view.row(call).and_then(|row| row.success(&view.plan.variants));
    match success.map(|success| success.shape) {
        Some(Shape::Object(members)) => members.iter().map(|member| member.name).collect(),
        _ => Vec::new(),
    }
}

fn is_set(seen: &Seen<'_>, flag: &str, findings: &mut Findings) {
    let value = member(seen, flag);
    if value == Some(&Value::Bool(false)) {
        findings.broken(format!("{flag} is true by now"), shown(value), seen.number);
    }
}

fn known_code(seen: &Seen<'_>, findings: &mut Findings) {
    let code = member(seen, "status").and_then(Value::as_u64);
    let known = |code: u64| Lifecycle::ALL.iter().any(|row| u64::from(row.code()) == code);
    if code.is_some_and(|code| !known(code)) {
        let codes: Vec<_> = Lifecycle::ALL.iter().map(|row| row.code().to_string()).collect();
        let wanted = format!("status is one of {}", codes.join(", "));
        findings.broken(wanted, shown(member(seen, "status")), seen.number);
    }
}

/// A member of the answer.
pub(crate) fn member<'a>(seen: &Seen<'a>, name: &str) -> Option<&'a Value> {
    seen.exchange.answer.as_ref()?.get(name)
}

/// A text member of the answer.
pub(crate) fn text<'a>(seen: &Seen<'a>, name: &str) -> Option<&'a str> {
    member(seen, name)?.as_str()
}

/// A member as a finding shows it.
pub(crate) fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "no such member".to_owned(), |value| cut(&value.to_string()))
}

/// An answer as a finding shows it.
pub(crate) fn described(exchange: &Exchange) -> String {
    match (&exchange.failure, &exchange.answer) {
        (Some(failure), _) => format!("no answer: {failure}"),
        (None, None) => format!("{} without a body", exchange.status),
        (None, Some(answer)) => format!("{} {}", exchange.status, cut(&answer.to_string())),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

fn is_token(bearer: &str) -> bool {
    Label::parse(bearer).is_some_and(|label| label.name.starts_with("token#"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Verdict, steps::sample::Sample};

    /// Every call with a bearer token, and the step that has to notice.
    const BEARER: [(Call, Step); 9] = [
        (Call::CreateUser, Step::CreateUser),
        (Call::ConfirmEmail, Step::ConfirmEmail),
        (Call::SendPhoneCode, Step::SendPhoneCode),
        (Call::VerifyPhone, Step::VerifyPhone),
        (Call::Initiate, Step::Initiate),
        (Call::IdentificationStatus, Step::PhaseA),
        (Call::SourceOfFunds, Step::Finalize),
        (Call::AddAdditionalData, Step::Finalize),
        (Call::Finalize, Step::Finalize),
    ];

    #[test]
    fn a_call_without_a_token_is_noticed() {
        for (call, step) in BEARER {
            for bearer in [None, Some("<unknown#1>".to_owned())] {
                let sample = Sample::healthy().edit(call, |seen| seen.bearer.clone_from(&bearer));
                let judged = sample.verdict(step);
                assert_eq!(judged.verdict, Verdict::Fail, "{call}");
                assert!(judged.findings[0].wanted.contains("bearer"), "{judged:?}");
            }
        }
    }

    #[test]
    fn a_server_error_is_noticed_even_when_a_retry_succeeds() {
        for (call, step) in BEARER {
            let sample = Sample::healthy().precede(call, |seen| {
                seen.status = 503;
                seen.answer = None;
            });
            assert_eq!(sample.verdict(step).verdict, Verdict::Fail, "{call}");
        }
    }

    #[test]
    fn a_call_about_a_stranger_is_noticed() {
        for (call, step) in BEARER
            .into_iter()
            .filter(|(call, _)| !matches!(call, Call::CreateUser | Call::SourceOfFunds))
        {
            let sample = Sample::healthy().edit(call, |seen| seen.user = Some(99));
            assert_eq!(sample.verdict(step).verdict, Verdict::Fail, "{call}");
        }
    }

    #[test]
    fn a_refusal_that_was_overcome_is_only_doubtful() {
        let sample = Sample::healthy().precede(Call::VerifyPhone, |seen| {
            seen.status = 401;
            seen.answer = None;
        });
        assert_eq!(sample.verdict(Step::VerifyPhone).verdict, Verdict::Warn);
    }

    #[test]
    fn steps_out_of_order_are_noticed() {
        for (call, step) in [
            (Call::ConfirmEmail, Step::ConfirmEmail),
            (Call::SendPhoneCode, Step::SendPhoneCode),
            (Call::VerifyPhone, Step::VerifyPhone),
            (Call::Initiate, Step::Initiate),
            (Call::AddAdditionalData, Step::Finalize),
        ] {
            let judged = Sample::healthy().first(call).verdict(step);
            assert_eq!(judged.verdict, Verdict::Fail, "{call}");
            assert!(judged.findings.iter().any(|found| found.wanted.contains("comes after")));
        }
    }

    #[test]
    fn long_answers_are_cut_between_characters() {
        assert_eq!(cut("short"), "short");
        let long = "я".repeat(400);
        assert_eq!(cut(&long).chars().count(), QUOTED + 3);
    }
}
