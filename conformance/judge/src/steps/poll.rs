//! Steps 7 and 9: polling begins after its redirect, keeps its pace, sees statuses of the
//! contract's list that never go back, and ends where the plan says. Where a reading knows no
//! names for what is pending, null stands in their place.

use contract::{Call, status::IdentificationStatus as Status, step::Step, trace::Leg};

use super::{
    common::{described, sound, text},
    initiate::{a_message, https_address, known_status},
};
use crate::{
    Says,
    finding::Findings,
    view::{Seen, View},
};

/// The closest two polls may be, in milliseconds: two seconds, less what a clock may be wrong by.
const CLOSEST: i64 = 2_000 - TOLERANCE;

/// The furthest two polls should be apart.
const FURTHEST: i64 = 5_000 + TOLERANCE;

const TOLERANCE: i64 = 250;

pub(super) fn check(view: &View<'_>, leg: Leg, findings: &mut Findings) {
    let (step, redirect) = match leg {
        Leg::Identification => (Step::PhaseA, Step::FirstRedirect),
        Leg::Signing => (Step::PhaseB, Step::SecondRedirect),
    };
    let polls = of_phase(view, leg);
    let arrival = view.done(redirect).unwrap_or(u64::MAX);
    let early = polls.iter().filter(|seen| seen.number < arrival);
    for seen in early {
        let title = redirect.title();
        let wanted = format!("polling begins after '{title}'");
        findings.broken(wanted, "a poll before it", seen.number);
    }
    for seen in &polls {
        sound(view, seen, findings);
        right_path(view, seen, findings);
    }
    pace(&polls, findings);
    statuses(view, (step, leg), &polls, findings);
}

/// The polls of one phase: the second begins where the first reached its end.
fn of_phase<'a>(view: &View<'a>, leg: Leg) -> Vec<Seen<'a>> {
    let border = view.done(Step::PhaseA).unwrap_or(u64::MAX);
    let mut polls = view.calls(Call::IdentificationStatus);
    polls.retain(|seen| (seen.number <= border) == (leg == Leg::Identification));
    polls
}

/// The path names the user, an individual, with completion `true`, in both phases.
fn right_path(view: &View<'_>, seen: &Seen<'_>, findings: &mut Findings) {
    let (Some(row), Some(user)) = (view.row(Call::IdentificationStatus), view.user()) else {
        return;
    };
    let wanted = row
        .path
        .replace("{id}", &user.to_string())
        .replace("{userType}", "0")
        .replace("{isIdentificationCompleted}", "true");
    if seen.exchange.path != wanted {
        findings.broken(format!("a poll asks {wanted}"), &seen.exchange.path, seen.number);
    }
}

fn pace(polls: &[Seen<'_>], findings: &mut Findings) {
    for pair in polls.windows(2) {
        let gap = pair[1].at.millis() - pair[0].at.millis();
        let got = format!("{gap} ms");
        let answered = pair[0].exchange.status == 200;
        if gap < CLOSEST {
            findings.broken("polls are at least two seconds apart", got, pair[1].number);
        } else if gap > FURTHEST && answered {
            findings.doubtful("polls are at most five seconds apart", got, pair[1].number);
        }
    }
}

fn statuses(view: &View<'_>, of: (Step, Leg), polls: &[Seen<'_>], findings: &mut Findings) {
    let (step, leg) = of;
    let (order, end) = (view.plan.polls(leg), view.plan.phase_end(leg));
    let Some(last) = polls.last() else {
        findings.missing("no poll was sent");
        return;
    };
    let mut furthest = 0;
    for seen in polls {
        if seen.exchange.status != 200 {
            let is_last = seen.number == last.number;
            if !(is_last && is_end(end, seen)) {
                not_answered(seen, is_last, findings);
            }
            continue;
        }
        a_message(seen, findings);
        if !known_status(&order, seen, findings) {
            continue;
        }
        let status = text(seen, "videoIdentificationStatus");
        match order.iter().position(|known| known.is(status)) {
            None => {
                let names: Vec<_> = order.iter().map(Says::to_string).collect();
                let wanted = format!("'{}' sees {}", step.title(), names.join(", "));
                findings.broken(wanted, status.unwrap_or("null"), seen.number);
            }
            Some(place) if place < furthest => {
                let wanted = format!("nothing goes back behind {}", order[furthest]);
                findings.broken(wanted, status.unwrap_or("null"), seen.number);
            }
            Some(place) => furthest = place,
        }
        let to_sign = Says::Status(Status::SignSessionIdSuccessfullyCreated);
        if end == to_sign && to_sign.is(status) {
            https_address(seen, findings);
        }
    }
    ends_at(end, polls, findings);
}

fn not_answered(seen: &Seen<'_>, is_last: bool, findings: &mut Findings) {
    let got = described(seen.exchange);
    match seen.exchange.status {
        500.. => {}
        _ if is_last => findings.broken("a poll answers 200", got, seen.number),
        _ => findings.doubtful("a poll answers 200", got, seen.number),
    }
}

fn ends_at(end: Says, polls: &[Seen<'_>], findings: &mut Findings) {
    let answered = |seen: &&Seen<'_>| seen.exchange.status == 200 || is_end(end, seen);
    let answered: Vec<_> = polls.iter().filter(answered).collect();
    let reached = answered.iter().find(|seen| is_end(end, seen));
    match (reached, answered.last()) {
        (None, Some(last)) => {
            let got = format!("{} after {} polls", described(last.exchange), polls.len());
            findings.broken(format!("polling ends at {end}"), got, last.number);
        }
        (Some(reached), Some(last)) if last.number > reached.number => {
            findings.broken(format!("polling stops at {end}"), "one more poll", last.number);
        }
        _ => {}
    }
}

fn is_end(end: Says, seen: &Seen<'_>) -> bool {
    match (end, seen.exchange.status) {
        (Says::Refusal, status) => status == 400,
        (_, 200) => end.is(text(seen, "videoIdentificationStatus")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use contract::{Call, Edition, step::Step, trace::Leg};
    use serde_json::{Value, json};

    use crate::{Person, StepVerdict, Verdict, steps::sample::Sample};

    const POLL: Call = Call::IdentificationStatus;

    /// The healthy sample polls three times in each phase.
    const PHASES: [(Step, Leg, usize); 2] =
        [(Step::PhaseA, Leg::Identification, 0), (Step::PhaseB, Leg::Signing, 3)];

    fn with_status(nth: usize, status: &str) -> Sample {
        Sample::healthy().edit_nth(POLL, nth, |seen| {
            seen.answer.as_mut().unwrap()["videoIdentificationStatus"] = json!(status);
        })
    }

    fn fails_with(judged: &StepVerdict, words: &str) {
        assert_eq!(judged.verdict, Verdict::Fail, "{judged:?}");
        assert!(judged.findings.iter().any(|found| found.wanted.contains(words)), "{judged:?}");
    }

    #[test]
    fn a_poll_before_its_redirect_fails() {
        for (step, leg, _) in PHASES {
            let judged = Sample::healthy().poll_before_hit(leg).verdict(step);
            fails_with(&judged, "polling begins after");
        }
    }

    #[test]
    fn an_unknown_status_fails() {
        for (step, _, first) in PHASES {
            fails_with(&with_status(first, "WAITING").verdict(step), "is one of STARTED");
        }
    }

    #[test]
    fn a_status_that_goes_back_fails() {
        fails_with(&with_status(1, "STARTED").verdict(Step::PhaseA), "goes back behind PROCESSING");
        let back = with_status(4, "SIGN_SESSION_ID_SUCCESSFULLY_CREATED");
        fails_with(&back.verdict(Step::PhaseB), "goes back behind PROCESSING");
    }

    #[test]
    fn the_status_of_another_phase_fails() {
        fails_with(&with_status(0, "DOCUMENT_SIGN_SUCCESS").verdict(Step::PhaseA), "sees STARTED");
        fails_with(&with_status(3, "STARTED").verdict(Step::PhaseB), "sees SIGN_SESSION");
        fails_with(&with_status(5, "ERROR").verdict(Step::PhaseB), "ends at DOCUMENT_SIGN_SUCCESS");
    }

    #[test]
    fn never_arriving_fails() {
        let judged = with_status(2, "PROCESSING").until(Step::SecondRedirect).verdict(Step::PhaseA);
        fails_with(&judged, "ends at SIGN_SESSION");
        fails_with(&with_status(5, "PROCESSING").verdict(Step::PhaseB), "ends at DOCUMENT_SIGN");
    }

    #[test]
    fn signing_needs_an_https_address() {
        for url in [json!(null), json!("<signing-url#1 http>")] {
            let sample = Sample::healthy().edit_nth(POLL, 2, |seen| {
                seen.answer.as_mut().unwrap()["videoIdentificationUrl"] = url.clone();
            });
            fails_with(&sample.verdict(Step::PhaseA), "https URL");
        }
    }

    #[test]
    fn another_path_a_lost_member_and_a_refusal_fail() {
        for (step, _, first) in PHASES {
            let path = Sample::healthy().edit_nth(POLL, first, |seen| {
                seen.path = seen.path.replace("true", "false");
            });
            fails_with(&path.verdict(step), "a poll asks");
            let lost = Sample::healthy().edit_nth(POLL, first, |seen| {
                seen.answer.as_mut().unwrap().as_object_mut().unwrap().remove("message");
            });
            fails_with(&lost.verdict(step), "message");
            let refused = Sample::healthy().edit_nth(POLL, first + 2, |seen| seen.status = 404);
            fails_with(&refused.verdict(step), "answers 200");
        }
    }

    #[test]
    fn the_pace_is_two_to_five_seconds() {
        for (step, _, first) in PHASES {
            let hasty = Sample::healthy().shift(POLL, first + 1, -1_500);
            fails_with(&hasty.verdict(step), "two seconds apart");
            let slow = Sample::healthy().shift(POLL, first + 2, 3_000);
            assert_eq!(slow.verdict(step).verdict, Verdict::Warn);
        }
    }

    #[test]
    fn polling_on_after_the_end_fails() {
        let judged = Sample::healthy().poll_again().verdict(Step::PhaseB);
        fails_with(&judged, "stops at DOCUMENT_SIGN_SUCCESS");
    }

    #[test]
    fn a_person_who_gives_up_must_meet_an_error() {
        for (person, step) in [(Person::Cancel, Step::PhaseA), (Person::Decline, Step::PhaseB)] {
            let sample = Sample::giving_up(person).edit_last(POLL, |seen| {
                seen.answer.as_mut().unwrap()["videoIdentificationStatus"] = json!("PROCESSING");
            });
            fails_with(&sample.verdict(step), "ends at ERROR");
        }
    }

    fn saying(mut sample: Sample, nth: usize, status: &Value) -> Sample {
        sample = sample.edit_nth(POLL, nth, |seen| {
            seen.answer.as_mut().unwrap()["videoIdentificationStatus"] = status.clone();
        });
        sample
    }

    #[test]
    fn where_pending_has_no_name_it_is_null() {
        let healthy = || Sample::under(Edition::E2025_09, "interim-status", "null");
        for (step, _, first) in PHASES {
            assert_eq!(healthy().verdict(step).verdict, Verdict::Pass);
            let named = saying(healthy(), first, &json!("PROCESSING"));
            fails_with(&named.verdict(step), "is one of SIGN_SESSION");
            let nulled = Sample::healthy();
            fails_with(&saying(nulled, first, &json!(null)).verdict(step), "is one of STARTED");
            fails_with(&saying(healthy(), first + 2, &json!(null)).verdict(step), "ends at");
        }
    }

    #[test]
    fn each_reading_of_a_failure_is_told_from_the_others() {
        let readings = [
            ("interim-status", "named"),
            ("interim-status", "null"),
            ("poll-after-failure", "vendor-status"),
            ("poll-after-failure", "bad-request"),
        ];
        let ends = [(200, json!("ERROR")), (200, json!(null)), (200, json!("70")), (400, json!(0))];
        for (id, reading) in readings {
            for (own, (status, said)) in ends.iter().enumerate() {
                let sample = Sample::giving_up_under(Person::Cancel, id, reading);
                let sample = sample.edit_last(POLL, |seen| {
                    seen.status = *status;
                    seen.answer.as_mut().unwrap()["videoIdentificationStatus"] = said.clone();
                });
                let passes = sample.verdict(Step::PhaseA).verdict == Verdict::Pass;
                assert_eq!(passes, readings[own] == (id, reading), "{id}={reading}: {said}");
            }
        }
    }

    #[test]
    fn no_poll_is_not_exercised() {
        for (step, _, _) in PHASES {
            let judged = Sample::healthy().until(step).verdict(step);
            assert_eq!(judged.verdict, Verdict::NotExercised);
        }
    }
}
