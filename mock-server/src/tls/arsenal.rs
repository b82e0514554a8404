//! What the next connections of a workspace meet: faults that scenarios arm before any request is
//! read. The acceptor of each listener takes one shot for each connection; a port that is to be
//! closed is the gate's affair.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use contract::{
    Host, Instant,
    scenario::fault::{Effect, Listener, Meets},
    trace::Transported,
};
use sim::outcome::Armed;
use tokio::sync::Notify;

/// A fault for one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

/// Everything that waits for connections.
#[derive(Debug, Default)]
pub struct Arsenal {
    shots: Mutex<VecDeque<Shot>>,
    closures: Mutex<Vec<Closure>>,
    /// Something is to be closed, or the time has moved.
    pub stirred: Notify,
}

impl Arsenal {
    /// More than this wait for no connection.
    const MOST: usize = 10_000;

    /// Arms what a step has armed for connections.
    pub fn arm(&self, (step, now): (u64, Instant), armed: &[Armed]) {
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
                    self.closures().push(Closure { until: now + span.duration(), shot });
                    self.stirred.notify_waiters();
                }
                _ if self.shots().len() < Self::MOST => self.shots().push_back(shot),
                _ => {}
            }
        }
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

    /// Nothing waits any more.
    pub fn heal(&self) {
        self.shots().clear();
        self.closures().clear();
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
        arsenal.arm(now, &[armed(Listener::Auth, 2), armed(Listener::Api, 1)]);
        assert!(arsenal.take(Host::Identity).is_none());
        assert_eq!((0..9).filter(|_| arsenal.take(Host::Auth).is_some()).count(), 2);
        assert_eq!((0..9).filter(|_| arsenal.take(Host::Api).is_some()).count(), 1);
        arsenal.arm(now, &[armed(Listener::Auth, 2)]);
        arsenal.heal();
        assert!(arsenal.take(Host::Auth).is_none());
    }
}
