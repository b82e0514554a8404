//! Step 11: after finalising, the identity server gives a token that was never seen before, over
//! mutual TLS or for a password, and nobody may store the answer.

use contract::{label::Label, step::Step};
use serde_json::Value;

use super::common::{described, member, shown, sound};
use crate::{
    finding::Findings,
    view::{Seen, View},
};

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(call) = view.plan.token_call() else {
        findings.missing("the edition has no call that gives tokens");
        return;
    };
    let answers = view.calls(call);
    answers.iter().for_each(|seen| sound(view, seen, findings));
    for refused in answers.iter().filter(|seen| seen.exchange.status != 200) {
        let is_last = answers.last().is_some_and(|last| last.number == refused.number);
        let got = described(refused.exchange);
        match refused.exchange.status {
            500.. => {}
            _ if is_last => findings.broken(format!("{call} answers 200"), got, refused.number),
            _ => findings.doubtful(format!("{call} answers 200"), got, refused.number),
        }
    }
    let granted: Vec<_> = answers.iter().filter(|seen| seen.exchange.status == 200).collect();
    granted.iter().for_each(|seen| whole(seen, findings));
    let Some(number) = view.done(Step::Token) else {
        findings.missing("no token was obtained after finalising");
        return;
    };
    fresh(&granted, number, findings);
}

fn whole(seen: &Seen<'_>, findings: &mut Findings) {
    if label(seen).is_none() {
        let got = shown(member(seen, "access_token"));
        findings.broken("access_token is a token", got, seen.number);
    }
    let kind = member(seen, "token_type");
    if !kind.and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("Bearer")) {
        findings.broken("token_type is Bearer", shown(kind), seen.number);
    }
    let life = member(seen, "expires_in");
    if life.and_then(Value::as_u64).is_none_or(|life| life == 0) {
        let wanted = "expires_in is a positive number of seconds";
        findings.broken(wanted, shown(life), seen.number);
    }
    if !no_store(seen) {
        findings.broken("the answer says cache-control: no-store", "it does not", seen.number);
    }
}

fn fresh(granted: &[&Seen<'_>], number: u64, findings: &mut Findings) {
    let Some(last) = granted.iter().find(|seen| seen.number == number) else { return };
    let name = label(last).map(|label| label.name);
    let known = granted.iter().filter(|seen| seen.number < number);
    for older in known.filter(|older| name.is_some() && label(older).map(|old| old.name) == name) {
        let got = format!("the token of {}", older.number);
        findings.broken("the token is a fresh one", got, number);
    }
}

fn label(seen: &Seen<'_>) -> Option<Label> {
    let label = Label::parse(member(seen, "access_token")?.as_str()?)?;
    label.name.starts_with("token#").then_some(label)
}

fn no_store(seen: &Seen<'_>) -> bool {
    seen.exchange.headers.iter().filter(|(name, _)| name == "cache-control").any(|(_, value)| {
        value.split(',').any(|directive| directive.trim().eq_ignore_ascii_case("no-store"))
    })
}

#[cfg(test)]
mod tests {
    use contract::{Call, Edition, step::Step};
    use serde_json::json;

    use crate::{Verdict, steps::sample::Sample};

    fn fails(sample: &Sample, words: &str) {
        let judged = sample.verdict(Step::Token);
        assert_eq!(judged.verdict, Verdict::Fail, "{judged:?}");
        assert!(judged.findings.iter().any(|found| found.wanted.contains(words)), "{judged:?}");
    }

    #[test]
    fn the_old_token_fails() {
        let sample = Sample::healthy().edit_last(Call::MtlsToken, |seen| {
            seen.answer.as_mut().unwrap()["access_token"] = json!("<token#1 newest>");
        });
        fails(&sample, "fresh");
    }

    #[test]
    fn wrong_members_fail() {
        for (name, value) in [
            ("access_token", json!(null)),
            ("access_token", json!("<unlisted 3 characters>")),
            ("token_type", json!("mac")),
            ("expires_in", json!(0)),
            ("expires_in", json!("3600")),
        ] {
            let sample = Sample::healthy().edit_last(Call::MtlsToken, |seen| {
                seen.answer.as_mut().unwrap()[name] = value.clone();
            });
            fails(&sample, name);
        }
    }

    #[test]
    fn an_answer_that_may_be_stored_fails() {
        for headers in [vec![], vec![("cache-control".to_owned(), "private".to_owned())]] {
            let sample =
                Sample::healthy().edit(Call::MtlsToken, |seen| seen.headers.clone_from(&headers));
            fails(&sample, "no-store");
        }
    }

    #[test]
    fn a_refusal_or_no_certificate_fails() {
        let refused = Sample::healthy().edit_last(Call::MtlsToken, |seen| seen.status = 403);
        fails(&refused, "answers 200");
        let bare = Sample::healthy().edit_last(Call::MtlsToken, |seen| seen.certificate = None);
        fails(&bare, "client certificate");
        let broken = Sample::healthy().edit_last(Call::MtlsToken, |seen| seen.status = 503);
        fails(&broken, "server error");
    }

    #[test]
    fn a_refused_first_token_fails_even_though_nothing_follows() {
        let sample = Sample::healthy()
            .until(Step::CreateUser)
            .edit(Call::MtlsToken, |seen| seen.status = 400);
        fails(&sample, "answers 200");
    }

    #[test]
    fn a_token_for_a_password_is_held_to_the_same() {
        for sample in [
            || Sample::healthy_in(Edition::E2024_06),
            || Sample::under(Edition::E2025_09, "token-grants", "password"),
        ] {
            let call = Call::PlainToken;
            assert_eq!(sample().verdict(Step::Token).verdict, Verdict::Pass);
            fails(&sample().edit_last(call, |seen| seen.status = 400), "plain-token answers 200");
            fails(&sample().edit(call, |seen| seen.headers.clear()), "no-store");
            let old = sample().edit_last(call, |seen| {
                seen.answer.as_mut().unwrap()["access_token"] = json!("<token#1 newest>");
            });
            fails(&old, "fresh");
        }
    }

    #[test]
    fn no_second_token_is_not_exercised() {
        let sample = Sample::healthy().until(Step::Token);
        assert_eq!(sample.verdict(Step::Token).verdict, Verdict::NotExercised);
    }
}
