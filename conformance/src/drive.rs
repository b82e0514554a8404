//! The reference merchant when nobody judges it: it goes through the steps as patiently as a good
//! client does. Scenarios of the mock are run with it; what happened is judged from the trace.

use std::time::Duration;

use contract::{Call, step::Step, trace::Leg};
use judge::Plan;

use crate::{
    flow::{Flow, Stop},
    pages::Pages,
};

/// How the merchant goes, and how much it puts up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often a failed identification is begun again.
    pub restarts: u32,
    /// How often a step is tried in all.
    pub tries: u32,
    /// How long it waits in between, by the runner's clock.
    pub pause: Duration,
    /// Whether it creates its user without an address, and tells it when it asks for the mail.
    pub email_later: bool,
}

impl Default for Patience {
    fn default() -> Self {
        Self { restarts: 0, tries: 3, pause: Duration::from_secs(2), email_later: false }
    }
}

/// Goes through the steps of a plan.
///
/// # Errors
/// The step at which it gave up, and why.
pub(crate) async fn drive(
    flow: &mut Flow,
    plan: Plan,
    patience: Patience,
) -> Result<(), (Step, Stop)> {
    flow.email_later = patience.email_later;
    let mut restarts = patience.restarts;
    let steps: Vec<_> = Step::ALL.iter().copied().filter(|step| plan.has(*step)).collect();
    let mut at = 0;
    while let Some(step) = steps.get(at).copied() {
        match take(flow, step, patience).await {
            Ok(()) => at += 1,
            Err(Stop::Target(_)) if restarts > 0 && is_phase(step) => {
                restarts -= 1;
                flow.initiate_again().await.map_err(|stop| (step, stop))?;
                let first = |step: &Step| *step == Step::FirstRedirect || *step == Step::PhaseA;
                at = steps.iter().position(first).unwrap_or(at);
            }
            Err(stop) => return Err((step, stop)),
        }
    }
    Ok(())
}

const fn is_phase(step: Step) -> bool {
    matches!(step, Step::PhaseA | Step::PhaseB)
}

/// Takes one step as often as it is worth it.
///
/// # Errors
/// See [`Stop`].
pub(crate) async fn take(flow: &mut Flow, step: Step, patience: Patience) -> Result<(), Stop> {
    let nobody = matches!(*flow.pages, Pages::Nobody);
    match step {
        Step::FirstRedirect if nobody => return flow.expect_browser(Leg::Identification),
        Step::SecondRedirect if nobody => return flow.expect_browser(Leg::Signing),
        _ => {}
    }
    let mut tries = 1;
    loop {
        let stop = match flow.take(step).await {
            Ok(()) => return Ok(()),
            Err(stop) => stop,
        };
        let final_ = matches!(stop, Stop::Trouble(_)) || is_phase(step);
        // A user whose creation may have succeeded must not be created twice.
        let creates = flow.plan.calls(step).contains(&Call::CreateUser);
        if final_ || creates || tries >= patience.tries {
            return Err(stop);
        }
        if flow.has_happened(step).await == Ok(true) {
            return Ok(());
        }
        tries += 1;
        flow.merchant.wire().clock.sleep(patience.pause).await.map_err(Stop::Trouble)?;
        flow.ask_again(step).await?;
    }
}
