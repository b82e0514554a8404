//! Random sequences: what several users may do in turn, in the right order and in any other.
//! What each may come to, the model tells.

use std::{collections::BTreeSet, ops::Range};

use contract::{Call, message::MessageKind, step::Step};
use judge::{
    Plan,
    cost::Cost,
    story::{Ask, Deed, Token, Who},
};
use proptest::prelude::*;

/// How many users one sequence has.
const USERS: u8 = 3;

/// How long a sequence is.
const LENGTH: Range<usize> = 1..16;

/// One move of a sequence, before it becomes a deed.
#[derive(Clone, Copy, Debug)]
struct Move {
    who: u8,
    what: u8,
}

/// What a move may be; those that come twice are twice as likely.
const MOVES: &[fn(Who) -> Deed] = &[
    |who| Deed::Walk { user: who, to: Step::VerifyPhone },
    |who| Deed::Walk { user: who, to: Step::Initiate },
    |who| Deed::Walk { user: who, to: Step::PhaseB },
    |who| ask(Ask::of(Call::CreateUser).by(who)),
    |who| ask(Ask::of(Call::ConfirmEmail).by(who).with("token", "$newest-code")),
    |who| ask(Ask::of(Call::ConfirmEmail).by(who).with("token", "$wrong-code")),
    |who| ask(Ask::of(Call::SendEmailConfirmation).by(who)),
    |who| ask(Ask::of(Call::SendPhoneCode).by(who)),
    |who| ask(Ask::of(Call::ResendPhoneCode).by(who)),
    |who| ask(Ask::of(Call::VerifyPhone).by(who).with("code", "$newest-code")),
    |who| ask(Ask::of(Call::VerifyPhone).by(who).with("code", "$wrong-code")),
    |who| ask(Ask::of(Call::Initiate).by(who)),
    |who| ask(Ask::of(Call::Initiate).by(who)),
    |who| ask(Ask::of(Call::Initiate).by(who)),
    |who| ask(Ask::of(Call::Initiate).by(who).with("isRestartIdentification", true)),
    |who| ask(Ask::of(Call::IdentificationStatus).by(who)),
    |who| ask(Ask::of(Call::IdentificationStatus).by(who)),
    |who| ask(Ask::of(Call::AddAdditionalData).by(who)),
    |who| ask(Ask::of(Call::Finalize).by(who)),
    |who| ask(Ask::of(Call::Finalize).by(who)),
    |who| ask(Ask::of(Call::UserStatus).by(who)),
    |who| ask(Ask::of(Call::UserStatus).by(who)),
    |who| ask(Ask::of(Call::UserStatus).by(who).token(Token::None)),
    |who| Deed::Look { user: who, kind: MessageKind::EmailConfirmation },
    |_| Deed::Pass(3_000),
];

fn ask(ask: Ask) -> Deed {
    Deed::Ask(Box::new(ask))
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (0..USERS, 0..u8::try_from(MOVES.len()).unwrap_or(u8::MAX));
    proptest::collection::vec(one.prop_map(|(who, what)| Move { who, what }), LENGTH)
}

/// Sequences as deeds.
pub(super) fn deeds(plan: Plan) -> impl Strategy<Value = Vec<Deed>> {
    moves().prop_map(move |moves| done(&moves, &plan))
}

/// The deeds of some moves: everybody is created before anything else, and what an edition does not
/// have is left out.
fn done(moves: &[Move], plan: &Plan) -> Vec<Deed> {
    let who = Who::nth;
    let used: BTreeSet<_> = moves.iter().map(|one| one.who).collect();
    let created = used.iter().map(|number| ask(Ask::of(Call::CreateUser).by(who(*number))));
    let done = moves.iter().map(|one| MOVES[usize::from(one.what)](who(one.who)));
    created.chain(done.filter(|deed| has(deed, plan))).collect()
}

fn has(deed: &Deed, plan: &Plan) -> bool {
    match deed {
        Deed::Ask(ask) => plan.tables().is_some_and(|tables| tables.endpoint(ask.call).is_some()),
        Deed::Walk { to, .. } => plan.has(*to),
        _ => true,
    }
}

/// What so many sequences may leave behind at most: every move of every one could.
pub(super) fn most(cases: u64) -> Cost {
    let moves = cases * LENGTH.end as u64;
    let requests = moves * Step::ALL.len() as u64;
    Cost {
        users: moves,
        mails: 2 * moves,
        sms: 3 * moves,
        polls: moves,
        phases: 2 * moves,
        journeys: 2 * moves,
        requests,
        waits: 0,
    }
}
