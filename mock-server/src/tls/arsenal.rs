//! What the next connections of a workspace meet: faults that scenarios arm before any request is
//! read. The acceptor of each listener takes one shot for each connection; a port that is to be
//! closed is the gate's affair.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use contract::{
    Host, Instant,
    scenario::fault::{Effect, Listener, Meets},
    trace::Transported,
};
use serde::{Deserialize, Serialize};
use sim::outcome::Armed;
use tokio::sync::Notify;

/// A fault for one connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shot {
    host: Host,
    /// What the connection meets.
    pub meets: Meets,
    left: u32,
    step: u64,
    fault: String,
    effect: String,
}

impl Shot {
    /// What the trace says of it.
    #[must_use]
    pub fn told(&self, connection: u64, delivered: bool) -> Transported {
        Transported::Fault {
            connection,
            step: self.step,
            fault: self.fault.clone(),
            effect: self.effect.clone(),
            delivered,
        }
    }
}

/// A port that is to be closed until a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// Until then.
    pub until: Instant,
    /// What the trace says of it.
    pub shot: Shot,
    /// How often everything had been healed when it was asked for.
    healed: u64,
}

/// What waits for connections, as it is saved. A port that is closed right now is none of it: a
/// copy has ports of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting(Vec<Shot>);

/// Everything that waits for connections.
#[derive(Debug, Default)]
pub struct Arsenal {
    shots: Mutex<VecDeque<Shot>>,
    closures: Mutex<Vec<Closure>>,
    healed: AtomicU64,
    /// Something is to be closed or opened again, or the time has moved.
    pub stirred: Notify,
}

impl Arsenal {
    /// More than this wait for no connection.
    const MOST: usize = 10_000;

    /// What waits.
    #[must_use]
    pub fn waiting(&self) -> Waiting {
        Waiting(self.shots().iter().cloned().collect())
    }

    /// Takes over what waited in another workspace.
    pub fn take_over(&self, Waiting(shots): Waiting) {
        self.shots().extend(shots.into_iter().take(Self::MOST));
    }

    /// Arms what a step has armed for connections. What there is no room for is given back.
    #[must_use]
    pub fn arm(&self, (step, now): (u64, Instant), armed: &[Armed]) -> Vec<Shot> {
        let mut spare = Vec::new();
        for armed in armed {
            let Effect::Connection(fault) = &armed.effect else { continue };
            let shot = Shot {
                host: host(fault.listener),
                meets: fault.meets,
                left: fault.connections,
                step,
                fault: format!("{}/{}", armed.scenario, armed.rule),
                effect: armed.effect.to_string(),
            };
            match fault.meets {
                Meets::Refuse(span) => {
                    let (until, healed) = (now + span.duration(), self.healed());
                    self.closures().push(Closure { until, shot, healed });
                    self.stirred.notify_waiters();
                }
                _ if self.shots().len() < Self::MOST => self.shots().push_back(shot),
                _ => spare.push(shot),
            }
        }
        spare
    }

    /// The shot for the next connection to a listener.
    pub fn take(&self, host: Host) -> Option<Shot> {
        let mut shots = self.shots();
        let at = shots.iter().position(|shot| shot.host == host)?;
        let shot = &mut shots[at];
        shot.left -= 1;
        let taken = shot.clone();
        if taken.left == 0 {
            shots.remove(at);
        }
        Some(taken)
    }

    /// The closure that a listener has to make.
    pub fn closure(&self, host: Host) -> Option<Closure> {
        let mut closures = self.closures();
        let at = closures.iter().position(|closure| closure.shot.host == host)?;
        Some(closures.remove(at))
    }

    /// Nothing waits any more, and a port that is closed opens.
    pub fn heal(&self) {
        self.shots().clear();
        self.closures().clear();
        self.healed.fetch_add(1, Ordering::AcqRel);
        self.stirred.notify_waiters();
    }

    /// Whether a closure still stands, as far as healing goes.
    #[must_use]
    pub fn stands(&self, closure: &Closure) -> bool {
        closure.healed == self.healed()
    }

    /// How often everything was healed.
    #[must_use]
    pub fn healed(&self) -> u64 {
        self.healed.load(Ordering::Acquire)
    }

    fn shots(&self) -> MutexGuard<'_, VecDeque<Shot>> {
        self.shots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn closures(&self) -> MutexGuard<'_, Vec<Closure>> {
        self.closures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn host(listener: Listener) -> Host {
    match listener {
        Listener::Api => Host::Api,
        Listener::Auth => Host::Auth,
        Listener::Identity => Host::Identity,
    }
}

#[cfg(test)]
mod tests {
    use contract::scenario::fault::{AlertWord, ConnectionFault};

    use super::*;

    fn armed(listener: Listener, connections: u32) -> Armed {
        let meets = Meets::Alert(AlertWord::AccessDenied);
        let effect = Effect::Connection(ConnectionFault { listener, meets, connections });
        Armed { scenario: "s".into(), rule: "r".into(), effect, void: false }
    }

    #[test]
    fn each_listener_takes_its_own_and_no_more_than_there_are() {
        let arsenal = Arsenal::default();
        let now = (1, Instant::STEPPED_START);
        let spare = arsenal.arm(now, &[armed(Listener::Auth, 2), armed(Listener::Api, 1)]);
        assert_eq!(spare, []);
        assert!(arsenal.take(Host::Identity).is_none());
        assert_eq!((0..9).filter(|_| arsenal.take(Host::Auth).is_some()).count(), 2);
        assert_eq!((0..9).filter(|_| arsenal.take(Host::Api).is_some()).count(), 1);
        assert_eq!(arsenal.arm(now, &[armed(Listener::Auth, 2)]), []);
        arsenal.heal();
        assert!(arsenal.take(Host::Auth).is_none());
    }

    #[test]
    fn what_finds_no_room_is_given_back() {
        let arsenal = Arsenal::default();
        let now = (1, Instant::STEPPED_START);
        let many = vec![armed(Listener::Auth, 1); Arsenal::MOST + 2];
        assert_eq!(arsenal.arm(now, &many).len(), 2);
    }

    #[test]
    fn healing_opens_what_was_closed_before_it() {
        let arsenal = Arsenal::default();
        let span = "1h".parse().unwrap();
        let fault =
            ConnectionFault { listener: Listener::Api, meets: Meets::Refuse(span), connections: 1 };
        let closing = Armed { effect: Effect::Connection(fault), ..armed(Listener::Api, 1) };
        assert_eq!(arsenal.arm((1, Instant::STEPPED_START), &[closing]), []);
        let closure = arsenal.closure(Host::Api).unwrap();
        assert!(arsenal.stands(&closure));
        arsenal.heal();
        assert!(!arsenal.stands(&closure));
    }
}
