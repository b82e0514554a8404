//! What playing a story leaves behind at a target, and how long it takes: counted before anything
//! is sent, so that a real environment is asked politely, and only for what its owner allows.

use std::{collections::BTreeMap, fmt, ops::AddAssign};

use contract::{Call, Variant, step::Step, trace::Leg};

use crate::{
    Plan,
    requirement::Effect,
    story::{Deed, Story, Who},
};

/// What is left behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Users that nobody needs afterwards.
    pub users: u64,
    /// E-mails.
    pub mails: u64,
    /// SMS.
    pub sms: u64,
    /// Polls that are asked for one by one.
    pub polls: u64,
    /// Phases that are polled to their end: how many polls each takes, its own limit bounds.
    pub phases: u64,
    /// Journeys in a browser.
    pub journeys: u64,
    /// Requests, but for those of polling phases, whose number nobody knows before.
    pub requests: u64,
    /// How long it waits, in milliseconds.
    pub waits: u64,
}

impl Cost {
    /// What a story leaves behind, if every request of it succeeds.
    #[must_use]
    pub fn of(story: &Story, plan: &Plan) -> Self {
        let mut cost = Self::default();
        let mut done: BTreeMap<Who, Step> = BTreeMap::new();
        for scene in &story.scenes {
            match &scene.deed {
                Deed::Ask(ask) => {
                    for _ in 0..ask.times {
                        cost.call(ask.call, plan);
                    }
                    let taken = |step: &&Step| plan.calls(**step).last() == Some(&ask.call);
                    let is_healthy = ask.set.is_empty() && ask.without.is_empty();
                    if let Some(step) = Step::ALL.iter().find(taken).filter(|_| is_healthy) {
                        let so_far = done.entry(ask.user).or_insert(*step);
                        *so_far = (*so_far).max(*step);
                    }
                }
                Deed::Walk { user, to } | Deed::Attempt { user, to } => {
                    let so_far = done.get(user).copied();
                    let left = Step::ALL
                        .iter()
                        .copied()
                        .filter(|step| plan.has(*step) && Some(*step) > so_far && step <= to);
                    left.for_each(|step| cost.step(step, plan));
                    done.insert(*user, so_far.unwrap_or(*to).max(*to));
                }
                Deed::Open(visit) => cost.journey(visit.leg),
                Deed::Pass(millis) => cost.waits += millis,
                Deed::Look { .. } | Deed::Faults(_) | Deed::Hello(_) => {}
            }
        }
        cost
    }

    /// The kinds of things that it leaves behind.
    #[must_use]
    pub fn effects(&self) -> Vec<Effect> {
        let all = [
            (self.users, Effect::Users),
            (self.mails, Effect::Mails),
            (self.sms, Effect::Sms),
            (self.journeys, Effect::Person),
        ];
        all.into_iter().filter(|(count, _)| *count > 0).map(|(_, effect)| effect).collect()
    }

    fn step(&mut self, step: Step, plan: &Plan) {
        match step {
            Step::FirstRedirect => self.journey(Leg::Identification),
            Step::SecondRedirect => self.journey(Leg::Signing),
            Step::PhaseA | Step::PhaseB => self.phases += 1,
            _ => plan.calls(step).into_iter().for_each(|call| self.call(call, plan)),
        }
    }

    fn call(&mut self, call: Call, plan: &Plan) {
        self.requests += 1;
        match call {
            Call::CreateUser => {
                self.users += 1;
                self.mails += u64::from(plan.variants.reads(Variant::FirstMail, "at-creation"));
            }
            Call::IdentificationStatus => self.polls += 1,
            Call::SendEmailConfirmation => self.mails += 1,
            Call::SendPhoneCode | Call::ResendPhoneCode => self.sms += 1,
            _ => {}
        }
    }

    /// A person signs, and checks an address or a phone, by codes of their own.
    fn journey(&mut self, leg: Leg) {
        self.journeys += 1;
        self.sms += 1;
        self.mails += u64::from(leg == Leg::Identification);
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.users += other.users;
        self.mails += other.mails;
        self.sms += other.sms;
        self.polls += other.polls;
        self.phases += other.phases;
        self.journeys += other.journeys;
        self.requests += other.requests;
        self.waits += other.waits;
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { users, mails, sms, polls, phases, journeys, requests, waits } = self;
        write!(
            f,
            "at most {users} users, {mails} e-mails, {sms} SMS, {journeys} journeys in a browser; \
             {requests} requests, {polls} of them polls, and {phases} phases that are polled to \
             their end; it waits {} s besides",
            waits / 1000
        )
    }
}

#[cfg(test)]
mod tests {
    use contract::{Edition, Variants};

    use super::*;
    use crate::{Person, story::Ask};

    fn plan() -> Plan {
        let edition = Edition::DEFAULT;
        Plan { edition, person: Person::Complete, variants: Variants::of(edition) }
    }

    #[test]
    fn a_walk_costs_what_its_steps_send() {
        let cost = Cost::of(&crate::healthy(&plan()), &plan());
        assert_eq!((cost.users, cost.mails, cost.sms, cost.journeys), (1, 2, 3, 2));
        assert_eq!((cost.polls, cost.phases), (0, 2));
        assert_eq!(cost.effects().len(), 4);
    }

    #[test]
    fn what_was_done_is_not_paid_twice_and_refusals_are_counted_as_if_they_succeeded() {
        let story = Story::of(Who::A, Step::CreateUser)
            .walk(Who::A, Step::ConfirmEmail)
            .ask(Ask::of(Call::CreateUser).with("email", "none").times(3), &[])
            .then(Deed::Pass(2_500), &[]);
        let cost = Cost::of(&story, &plan());
        assert_eq!((cost.users, cost.mails, cost.sms, cost.waits), (4, 4, 0, 2_500));
        let reads = Story::default().ask(Ask::of(Call::SourceOfFunds), &[]);
        assert!(Cost::of(&reads, &plan()).effects().is_empty());
    }
}
