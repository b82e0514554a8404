//! A trace as the checks look at it: the exchanges and the redirects of one run, in order, and
//! the points at which each step was done.

use std::collections::BTreeMap;

use contract::{
    Call, EndpointRow, Host, Instant, Tables,
    status::IdentificationStatus,
    step::Step,
    trace::{Decided, Exchange, Leg, Line, Redirected, Scene},
};

use crate::{Plan, fault::Faults, steps::text, story::Who};

/// One run, ready to be asked about.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub(crate) plan: Plan,
    tables: &'static Tables,
    exchanges: Vec<Seen<'a>>,
    hits: Vec<Hit<'a>>,
}

/// One exchange and its place in the trace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    pub(crate) number: u64,
    pub(crate) at: Instant,
    pub(crate) exchange: &'a Exchange,
    /// Whether a fault was put on its call, so that the answer need not be the target's own.
    pub(crate) faulted: bool,
}

/// One arrival at the merchant and its place in the trace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit<'a> {
    pub(crate) number: u64,
    pub(crate) redirected: &'a Redirected,
}

/// Which calls of whom go wrong from here on because the story has it so.
fn note_faults(scene: &Scene, faulted: &mut BTreeMap<Who, Vec<Call>>) {
    // Most deeds are others, and of another version is none of ours to judge.
    let Some(own) = scene.deed.get("faults") else { return };
    let Ok(own) = serde_json::from_value::<Faults>(own.clone()) else { return };
    faulted.insert(own.user, own.faults.iter().map(|fault| fault.call).collect());
}

impl<'a> View<'a> {
    /// The run of a trace.
    pub(crate) fn new(lines: &'a [Line], plan: Plan, tables: &'static Tables) -> Self {
        let mut view = Self { plan, tables, exchanges: Vec::new(), hits: Vec::new() };
        let mut faulted: BTreeMap<Who, Vec<Call>> = BTreeMap::new();
        for line in lines {
            let Line::Decision(decision) = line else { continue };
            let number = decision.step;
            match &decision.what {
                Decided::Exchange(exchange) => {
                    let is_about = |call| faulted.values().flatten().any(|own| *own == call);
                    let faulted = exchange.call.is_some_and(is_about);
                    view.exchanges.push(Seen { number, at: decision.at, exchange, faulted });
                }
                Decided::Redirected(redirected) => view.hits.push(Hit { number, redirected }),
                Decided::Scene(scene) if scene.number == 1 && scene.undone.is_none() => {
                    faulted.clear();
                    note_faults(scene, &mut faulted);
                }
                Decided::Scene(scene) => note_faults(scene, &mut faulted),
                _ => {}
            }
        }
        view
    }

    /// What the edition says.
    pub(crate) const fn tables(&self) -> &'static Tables {
        self.tables
    }

    /// Every exchange.
    pub(crate) fn all(&self) -> &[Seen<'a>] {
        &self.exchanges
    }

    /// Every arrival at the merchant.
    pub(crate) fn all_hits(&self) -> &[Hit<'a>] {
        &self.hits
    }

    /// How a call looks in the edition of the plan.
    pub(crate) fn row(&self, call: Call) -> Option<&'static EndpointRow> {
        self.tables.endpoint(call)
    }

    /// Every attempt at a call.
    pub(crate) fn calls(&self, call: Call) -> Vec<Seen<'a>> {
        let wanted = |seen: &&Seen<'a>| seen.exchange.call == Some(call);
        self.exchanges.iter().filter(wanted).copied().collect()
    }

    /// The status of success under the readings of the plan.
    pub(crate) fn success_status(&self, call: Call) -> Option<u16> {
        Some(self.row(call)?.success(&self.plan.variants)?.status)
    }

    /// The first attempt that succeeded.
    pub(crate) fn success(&self, call: Call) -> Option<Seen<'a>> {
        let wanted = self.success_status(call)?;
        self.calls(call).into_iter().find(|seen| seen.exchange.status == wanted)
    }

    /// What a browser fetched from the hosted pages, strictly between two places.
    pub(crate) fn pages(&self, after: u64, before: u64) -> Vec<Seen<'a>> {
        let here = |seen: &&Seen<'a>| {
            seen.exchange.host == Host::Identity && (after + 1..before).contains(&seen.number)
        };
        self.exchanges.iter().filter(here).copied().collect()
    }

    /// The arrivals at the merchant after one journey.
    pub(crate) fn hits(&self, leg: Leg) -> Vec<Hit<'a>> {
        self.hits.iter().filter(|hit| hit.redirected.leg == leg).copied().collect()
    }

    /// The id that the target gave to the user of this run.
    pub(crate) fn user(&self) -> Option<i32> {
        let created = self.success(Call::CreateUser)?;
        let id = created.exchange.answer.as_ref()?.get("id")?.as_i64()?;
        i32::try_from(id).ok()
    }

    /// Where in the trace a step was done, if it was.
    pub(crate) fn done(&self, step: Step) -> Option<u64> {
        match step {
            Step::FirstRedirect => self.arrival(Leg::Identification),
            Step::PhaseA => {
                let target = IdentificationStatus::SignSessionIdSuccessfullyCreated;
                self.reached(self.arrival(Leg::Identification)?, target)
            }
            Step::SecondRedirect => self.arrival(Leg::Signing),
            Step::PhaseB => {
                let target = IdentificationStatus::DocumentSignSuccess;
                self.reached(self.arrival(Leg::Signing)?, target)
            }
            Step::Token => {
                let finalized = self.done(Step::Finalize)?;
                let tokens = self.calls(self.plan.token_call()?).into_iter();
                let mut fresh = tokens.filter(|seen| seen.exchange.status == 200);
                fresh.find(|seen| seen.number > finalized).map(|seen| seen.number)
            }
            _ => self.success_number(*self.plan.calls(step).last()?),
        }
    }

    fn success_number(&self, call: Call) -> Option<u64> {
        self.success(call).map(|seen| seen.number)
    }

    fn arrival(&self, leg: Leg) -> Option<u64> {
        self.hits(leg).first().map(|hit| hit.number)
    }

    fn reached(&self, after: u64, status: IdentificationStatus) -> Option<u64> {
        let polls = self.calls(Call::IdentificationStatus).into_iter();
        let mut later = polls.filter(|seen| seen.number > after);
        later
            .find(|seen| text(seen, "videoIdentificationStatus") == Some(status.name()))
            .map(|seen| seen.number)
    }
}
