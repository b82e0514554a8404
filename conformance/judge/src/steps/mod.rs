//! One check for each of the eleven steps, each a pure function over the runner's trace. What all
//! of them ask is in `common`; what the plan leaves out is decided here.

mod common;
mod confirm_email;
mod create_user;
mod finalize;
mod initiate;
mod poll;
mod questionnaire;
mod redirect;
mod send_phone_code;
pub(crate) mod shape;
mod token;
mod verify_phone;

#[cfg(test)]
mod sample;

use contract::{step::Step, trace::Leg, trace::Line};

pub(crate) use common::{described, member, shown, text};

use crate::{Plan, StepVerdict, Verdict, finding::Findings, view::View};

/// Judges the eleven steps of one run.
///
/// `lines` is the trace that the runner wrote while it drove the target. The answer holds one
/// verdict per step, in the order of the flow.
#[must_use]
pub fn judge(lines: &[Line], plan: Plan) -> Vec<StepVerdict> {
    let Some(tables) = plan.edition.tables() else {
        let reason = format!("edition {} has no tables to judge by", plan.edition);
        return Step::ALL.iter().map(|step| unseen(*step, &reason)).collect();
    };
    let view = View::new(lines, plan, tables);
    Step::ALL.iter().map(|step| judge_step(&view, *step)).collect()
}

fn judge_step(view: &View<'_>, step: Step) -> StepVerdict {
    match view.plan.leaves_out(step) {
        Some(reason) => left_out(view, step, reason),
        None => {
            let mut findings = Findings::default();
            check(view, step, &mut findings);
            findings.conclude(step)
        }
    }
}

fn check(view: &View<'_>, step: Step, findings: &mut Findings) {
    match step {
        Step::CreateUser => create_user::check(view, findings),
        Step::ConfirmEmail => confirm_email::check(view, findings),
        Step::SendPhoneCode => send_phone_code::check(view, findings),
        Step::VerifyPhone => verify_phone::check(view, findings),
        Step::Initiate => initiate::check(view, findings),
        Step::FirstRedirect => redirect::check(view, Leg::Identification, findings),
        Step::PhaseA => poll::check(view, Leg::Identification, findings),
        Step::SecondRedirect => redirect::check(view, Leg::Signing, findings),
        Step::PhaseB => poll::check(view, Leg::Signing, findings),
        Step::Finalize => finalize::check(view, findings),
        Step::Token => token::check(view, findings),
    }
}

/// A step behind the end of the plan is not applicable, unless it was taken all the same.
fn left_out(view: &View<'_>, step: Step, reason: String) -> StepVerdict {
    let mut findings = Findings::default();
    let taken = match step {
        Step::SecondRedirect => view.hits(Leg::Signing).first().map(|hit| hit.number),
        Step::Finalize => {
            let calls = view.plan.calls(step).into_iter();
            calls.filter_map(|call| view.calls(call).first().map(|seen| seen.number)).min()
        }
        _ => None,
    };
    let Some(number) = taken else {
        let reason = Some(reason);
        return StepVerdict { step, verdict: Verdict::NotApplicable, findings: vec![], reason };
    };
    findings.broken(format!("nothing of this step, because {reason}"), "it was taken", number);
    findings.conclude(step)
}

fn unseen(step: Step, reason: &str) -> StepVerdict {
    let reason = Some(reason.to_owned());
    StepVerdict { step, verdict: Verdict::NotExercised, findings: vec![], reason }
}

#[cfg(test)]
mod tests {
    use contract::Edition;

    use super::*;
    use crate::{Person, steps::sample::Sample};

    #[test]
    fn a_healthy_run_passes_everywhere() {
        let verdicts = Sample::healthy().judged();
        assert_eq!(verdicts.len(), 11);
        for judged in &verdicts {
            assert_eq!(judged.verdict, Verdict::Pass, "{judged:?}");
        }
    }

    #[test]
    fn an_empty_trace_proves_nothing() {
        for judged in Sample::empty().judged() {
            assert_eq!(judged.verdict, Verdict::NotExercised, "{judged:?}");
            assert!(judged.reason.is_some(), "{judged:?}");
        }
    }

    #[test]
    fn every_step_behind_a_cut_is_not_exercised() {
        for step in Step::ALL {
            let verdicts = Sample::healthy().until(*step).judged();
            let cut = usize::from(step.number()) - 1;
            for judged in &verdicts[..cut] {
                assert_eq!(judged.verdict, Verdict::Pass, "cut before {step:?}: {judged:?}");
            }
            for judged in &verdicts[cut..] {
                assert_eq!(judged.verdict, Verdict::NotExercised, "{step:?}: {judged:?}");
            }
        }
    }

    #[test]
    fn a_person_who_gives_up_leaves_the_rest_out() {
        for (person, last) in [
            (Person::Cancel, Step::PhaseA),
            (Person::Fail, Step::PhaseA),
            (Person::Decline, Step::PhaseB),
        ] {
            for judged in Sample::giving_up(person).judged() {
                let wanted =
                    if judged.step > last { Verdict::NotApplicable } else { Verdict::Pass };
                assert_eq!(judged.verdict, wanted, "{person}: {judged:?}");
            }
        }
    }

    #[test]
    fn finalising_after_a_failure_is_a_violation() {
        let mut sample = Sample::giving_up(Person::Cancel);
        sample.push_finalize();
        assert_eq!(sample.verdict(Step::Finalize).verdict, Verdict::Fail);
    }

    #[test]
    fn each_edition_has_its_own_steps() {
        for edition in Edition::ALL {
            let missing =
                |step: Step| *edition == Edition::E2024_06 && (5..=9).contains(&step.number());
            for judged in Sample::healthy_in(*edition).judged() {
                let wanted =
                    if missing(judged.step) { Verdict::NotApplicable } else { Verdict::Pass };
                assert_eq!(judged.verdict, wanted, "{edition}: {judged:?}");
            }
            for judged in Sample::empty_in(*edition).judged() {
                let wanted = if missing(judged.step) {
                    Verdict::NotApplicable
                } else {
                    Verdict::NotExercised
                };
                assert_eq!(judged.verdict, wanted, "{edition}: {judged:?}");
            }
        }
    }

    #[test]
    fn the_run_of_one_edition_is_no_run_of_another() {
        for of in Edition::ALL {
            for by in Edition::ALL.iter().filter(|by| *by != of) {
                let verdicts = Sample::healthy_in(*of).judged_by(*by);
                let verdict = Verdict::roll_up(verdicts.iter().map(|judged| judged.verdict));
                assert_ne!(verdict.exit_code(), 0, "{of} by {by}");
            }
        }
    }
}
