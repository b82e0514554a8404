//! What a client does next that asked at the wrong moment: which step of the documented order comes
//! first, and what to send. One row for each refusal that is about the moment and not the words.

use crate::{Problem, step::Step};

/// One piece of advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdviceRow {
    /// After which refusal.
    pub problem: Problem,
    /// Which step of the flow is meant, if one is.
    pub step: Option<Step>,
    /// What to do.
    pub todo: &'static str,
    /// Whether the client asked for what the documented order puts later.
    pub out_of_order: bool,
}

const fn row(problem: Problem, step: Option<Step>, todo: &'static str) -> AdviceRow {
    AdviceRow { problem, step, todo, out_of_order: false }
}

/// A refusal that says that an earlier step is missing.
const fn early(problem: Problem, step: Step, todo: &'static str) -> AdviceRow {
    AdviceRow { out_of_order: true, ..row(problem, Some(step), todo) }
}

/// Every piece of advice.
pub const ADVICE: &[AdviceRow] = &[
    row(
        Problem::Unauthorized,
        Some(Step::Token),
        "fetch a token and send it as a bearer token; the challenge tells what is wrong with this one",
    ),
    early(
        Problem::EmailNotConfirmed,
        Step::ConfirmEmail,
        "confirm the e-mail address with the code from the mail first",
    ),
    early(
        Problem::PhoneNotVerified,
        Step::VerifyPhone,
        "send a code to the phone and verify it first",
    ),
    early(
        Problem::QuestionnaireMissing,
        Step::Finalize,
        "submit the questionnaire (add-additional-data) first; this edition wants it before",
    ),
    early(
        Problem::QuestionnaireTooEarly,
        Step::PhaseB,
        "wait until a poll says DOCUMENT_SIGN_SUCCESS, then submit the questionnaire",
    ),
    early(
        Problem::NotStartedYet,
        Step::Initiate,
        "start the identification (initiate) before asking for its status",
    ),
    early(
        Problem::SessionNotFound,
        Step::Initiate,
        "start the identification (initiate) before asking for its status",
    ),
    early(
        Problem::NotSignedYet,
        Step::PhaseB,
        "poll until the status is DOCUMENT_SIGN_SUCCESS, then finalise",
    ),
    row(
        Problem::RestartRequired,
        Some(Step::Initiate),
        "send initiate with isRestartIdentification true; the last session has ended badly",
    ),
    row(Problem::AlreadyIdentified, Some(Step::Finalize), "everything is signed: finalise"),
    row(
        Problem::InvalidCode,
        Some(Step::SendPhoneCode),
        "take the newest code, in time and unchanged, or ask for another one",
    ),
    row(
        Problem::InvalidToken,
        Some(Step::ConfirmEmail),
        "take the code of the newest mail, in time and unchanged, or ask for another one",
    ),
    row(Problem::Throttled, None, "wait as long as Retry-After says, and longer each time"),
    row(Problem::SubmissionPending, None, "the documents are not ready: ask again a little later"),
];

/// Whether a refusal, by its name, says that the client went against the documented order.
#[must_use]
pub fn is_out_of_order(problem: &str) -> bool {
    ADVICE.iter().any(|row| row.out_of_order && row.problem.name() == problem)
}

/// What to do after a refusal, in one sentence.
#[must_use]
pub fn after(problem: Problem) -> Option<String> {
    let row = ADVICE.iter().find(|row| row.problem == problem)?;
    let todo = row.todo;
    Some(row.step.map_or_else(
        || todo.to_owned(),
        |step| format!("step {} of the documented order: {todo}", step.number()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_one_piece_of_advice_at_most() {
        for row in ADVICE {
            let same = ADVICE.iter().filter(|other| other.problem == row.problem).count();
            assert_eq!(same, 1, "{}", row.problem.name());
            assert!(!row.todo.is_empty() && !row.todo.ends_with('.'));
        }
        let told = after(Problem::NotSignedYet).unwrap();
        assert!(told.starts_with("step 9 of the documented order: poll until"), "{told}");
        assert_eq!(after(Problem::ServerError), None);
        assert!(is_out_of_order("not-signed-yet") && is_out_of_order("email-not-confirmed"));
        assert!(!is_out_of_order("invalid-code") && !is_out_of_order("success"));
    }
}
