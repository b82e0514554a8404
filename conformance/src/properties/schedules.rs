//! Random schedules of faults: which call goes wrong, how, from which request on, and how often.
//! What a client does under them, the story of a schedule tells.

use std::ops::Range;

use contract::{Call, endpoint::Gate, step::Step};
use judge::{
    Plan,
    fault::{Fault, Kind},
    schedule,
    story::Deed,
};
use proptest::{collection::vec, prelude::*, sample::select};

/// How many faults a schedule has.
const FAULTS: Range<usize> = 1..4;

/// From which request on, and how often: within what a client puts up with, and beyond it.
const REQUESTS: (Range<u32>, Range<u32>) = (1..4, 1..7);

/// Schedules as deeds.
pub(super) fn deeds(plan: Plan) -> impl Strategy<Value = Vec<Deed>> {
    let one = (select(calls(&plan)), select(Kind::ALL), REQUESTS.0, REQUESTS.1);
    let one = one.prop_map(|(call, kind, from, times)| Fault { call, kind, from, times });
    let one = one.prop_filter("can be got over", can_be_got_over);
    vec(one, FAULTS).prop_map(move |faults| {
        let story = schedule::story(&faults, &plan);
        story.scenes.into_iter().map(|scene| scene.deed).collect()
    })
}

/// Whether a client can get over it. The number of a user whose creation was done and not answered
/// is lost for ever: no call finds it, and the address is taken.
fn can_be_got_over(fault: &Fault) -> bool {
    fault.call != Call::CreateUser || !fault.kind.is_processed()
}

/// The calls of the steps that go through the API with a user's number or one to come.
fn calls(plan: &Plan) -> Vec<Call> {
    let steps = Step::ALL.iter().filter(|step| plan.has(**step));
    let own = steps.flat_map(|step| plan.calls(*step).to_vec());
    let own = own.chain([Call::UserStatus, Call::IdentificationStatus]);
    let rows = plan.tables().map_or(&[][..], |tables| tables.endpoints);
    let is_users =
        |call: &Call| rows.iter().any(|row| row.call == *call && row.gate == Gate::Bearer);
    let mut calls: Vec<_> = own.filter(is_users).collect();
    calls.sort_unstable();
    calls.dedup();
    calls
}
