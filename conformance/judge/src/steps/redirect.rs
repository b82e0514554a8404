//! Steps 6 and 8: the browser comes back to the address that the plan expects. Where the runner's
//! own browser walked the pages, those are looked at too.

use contract::{
    step::Step,
    trace::{Landing, Leg},
};

use super::common::described;
use crate::{
    finding::Findings,
    view::{Hit, Seen, View},
};

pub(super) fn check(view: &View<'_>, leg: Leg, findings: &mut Findings) {
    let (opened_by, followed_by) = match leg {
        Leg::Identification => (Step::Initiate, Step::PhaseA),
        Leg::Signing => (Step::PhaseA, Step::PhaseB),
    };
    let opened = view.done(opened_by);
    let next = view.done(followed_by).unwrap_or(u64::MAX);
    let pages = opened.map(|opened| view.pages(opened, next)).unwrap_or_default();
    for page in pages.iter().filter(|page| page.exchange.status >= 500) {
        let wanted = "the hosted pages answer without a server error";
        findings.broken(wanted, described(page.exchange), page.number);
    }
    match view.hits(leg).as_slice() {
        [] => nobody_came(view, leg, pages.last(), findings),
        [first, more @ ..] => {
            arrived(view, *first, opened, findings);
            for again in more {
                findings.doubtful("the browser comes back once", "once more", again.number);
            }
        }
    }
}

fn nobody_came(view: &View<'_>, leg: Leg, last: Option<&Seen<'_>>, findings: &mut Findings) {
    match last {
        Some(page) if page.exchange.status < 500 => {
            let got = format!("it stopped at {}", described(page.exchange));
            findings.broken(ends_on(view.plan.landing(leg)), got, page.number);
        }
        _ => findings.missing("no browser came back to the merchant"),
    }
}

fn arrived(view: &View<'_>, hit: Hit<'_>, opened: Option<u64>, findings: &mut Findings) {
    let wanted = view.plan.landing(hit.redirected.leg);
    if hit.redirected.to != wanted {
        findings.broken(ends_on(wanted), ends_on(hit.redirected.to), hit.number);
    }
    if opened.is_none_or(|opened| opened >= hit.number) {
        let wanted = "the browser comes back after it was sent away with a URL";
        findings.broken(wanted, "it came before there was a URL", hit.number);
    }
    if let Some(user) = view.user().filter(|user| *user != hit.redirected.user) {
        let got = format!("user {}", hit.redirected.user);
        findings.broken(format!("the browser of user {user} comes back"), got, hit.number);
    }
}

const fn ends_on(landing: Landing) -> &'static str {
    match landing {
        Landing::Success => "the browser ends on the merchant's Success URL",
        Landing::Fail => "the browser ends on the merchant's Fail URL",
    }
}

#[cfg(test)]
mod tests {
    use contract::{
        Call,
        step::Step,
        trace::{Landing, Leg},
    };

    use crate::{Person, Verdict, steps::sample::Sample};

    const JOURNEYS: [(Leg, Step, Call); 2] = [
        (Leg::Identification, Step::FirstRedirect, Call::Initiate),
        (Leg::Signing, Step::SecondRedirect, Call::IdentificationStatus),
    ];

    #[test]
    fn the_wrong_address_fails() {
        for (leg, step, _) in JOURNEYS {
            let sample = Sample::healthy().edit_hit(leg, |hit| hit.to = Landing::Fail);
            assert_eq!(sample.verdict(step).verdict, Verdict::Fail, "{leg:?}");
        }
        let sample = Sample::giving_up(Person::Decline)
            .edit_hit(Leg::Signing, |hit| hit.to = Landing::Success);
        assert_eq!(sample.verdict(Step::SecondRedirect).verdict, Verdict::Fail);
    }

    #[test]
    fn another_users_browser_fails() {
        for (leg, step, _) in JOURNEYS {
            let sample = Sample::healthy().edit_hit(leg, |hit| hit.user = 99);
            assert_eq!(sample.verdict(step).verdict, Verdict::Fail, "{leg:?}");
        }
    }

    #[test]
    fn a_browser_without_a_url_fails() {
        for (_, step, call) in JOURNEYS {
            let sample = Sample::healthy().without(call);
            assert_eq!(sample.verdict(step).verdict, Verdict::Fail, "{step:?}");
        }
    }

    #[test]
    fn a_failing_page_fails() {
        for (leg, step, _) in JOURNEYS {
            let sample = Sample::healthy().edit_page(leg, |page| page.status = 502);
            assert_eq!(sample.verdict(step).verdict, Verdict::Fail, "{leg:?}");
        }
    }

    #[test]
    fn pages_that_lead_nowhere_fail_and_coming_back_twice_is_doubtful() {
        for (leg, step, _) in JOURNEYS {
            let lost = Sample::healthy().until(step).with_page(leg, 404).verdict(step);
            assert_eq!(lost.verdict, Verdict::Fail, "{leg:?}");
            assert!(lost.findings[0].got.contains("404"), "{lost:?}");
            let twice = Sample::healthy().repeat_hit(leg).verdict(step);
            assert_eq!(twice.verdict, Verdict::Warn, "{leg:?}");
        }
    }

    #[test]
    fn nobody_is_not_exercised() {
        for (leg, step, _) in JOURNEYS {
            let sample = Sample::healthy().without_journey(leg);
            assert_eq!(sample.verdict(step).verdict, Verdict::NotExercised, "{leg:?}");
        }
    }
}
