//! How time passes in a workspace: moved by somebody, waited for, or kept while nobody asks.
//! Whatever falls due enters by the same step as everything else.

use std::{
    pin::pin,
    sync::{Arc, Weak},
    time::Duration,
};

use contract::Instant;
use sim::{Command, Envelope, World};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use super::Workspace;
use crate::clock::{Backwards, ClockMode};

impl Workspace {
    /// Moves the clock to the moment that `choose` names, given the present one and the next
    /// at which something is due, and lets happen what falls due. Gives both as they are after it.
    /// All of it is one act: calls at the same time add up and never meet a moment that has passed.
    ///
    /// # Errors
    /// Those of `choose`, and the clock's own: the moment lies behind.
    pub fn advance<E: From<Backwards>>(
        &self,
        choose: impl FnOnce(Instant, Option<Instant>) -> Result<Instant, E>,
    ) -> Result<(Instant, Option<Instant>), E> {
        let mut state = self.lock();
        let to = choose(self.clock.now(), state.world.next_due())?;
        self.clock.advance_to(to)?;
        self.arsenal.stirred.notify_waiters();
        self.take(&mut state, Envelope::own(Command::Advance));
        Ok((self.clock.now(), state.world.next_due()))
    }

    /// Lets a scripted span of time pass: under a stepped clock the clock moves and nobody waits;
    /// otherwise says how long that is in real time.
    #[must_use]
    pub fn pass(&self, span: Duration) -> Option<Duration> {
        if self.clock.mode() == ClockMode::Stepped {
            // A moment that lies ahead is never refused.
            let _ = self.advance(|now, _| Ok::<_, Backwards>(now + span));
            return None;
        }
        self.clock.until(self.now() + span)
    }

    /// Waits until a scripted span of time has passed, the clock was moved beyond it, or everything
    /// was healed.
    pub async fn wait(&self, span: Duration) {
        let (until, healed) = (self.now() + span, self.arsenal.healed());
        let holds = self.clock.mode() == ClockMode::Held;
        if !holds && self.pass(span).is_none() {
            return;
        }
        let _held = holds.then(|| Held::new(&self.held, until));
        loop {
            let mut stirred = pin!(self.arsenal.stirred.notified());
            // From here on no move is missed, so the clock is read after it.
            stirred.as_mut().enable();
            let left = if holds { self.left(until) } else { self.clock.until(until) };
            let left = left.unwrap_or_default();
            if left.is_zero() || self.arsenal.healed() != healed {
                return;
            }
            tokio::select! {
                () = sleep(left), if !holds => {}
                () = stirred => {}
            }
        }
    }

    fn left(&self, until: Instant) -> Option<Duration> {
        let left = until.millis().saturating_sub(self.now().millis());
        u64::try_from(left).ok().map(Duration::from_millis)
    }

    /// Until when answers are held, the nearest such moment that lies ahead; waits for so many.
    pub async fn held(&self, least: usize) -> Instant {
        let mut held = self.held.subscribe();
        loop {
            let now = self.now();
            let mut ahead: Vec<_> =
                held.borrow_and_update().iter().copied().filter(|at| *at > now).collect();
            ahead.sort_unstable();
            match ahead.first().copied().filter(|_| ahead.len() >= least) {
                Some(until) => return until,
                // The workspace holds the sender, so this ends only with the next change.
                None => drop(held.changed().await),
            }
        }
    }

    /// Lets happen what falls due while nobody asks for anything, as long as the workspace lives.
    /// A stepped clock stands still, so there is nothing to do for it.
    pub async fn keep_time(workspace: Weak<Self>) {
        let Some((clock, mut due)) = workspace.upgrade().map(|held| {
            held.tell_due(&held.lock().world);
            (Arc::clone(&held.clock), held.due.subscribe())
        }) else {
            return;
        };
        while !clock.mode().is_stepped() {
            let next = *due.borrow_and_update();
            match next.and_then(|moment| clock.until(moment)) {
                Some(left) if left.is_zero() => {
                    let Some(held) = workspace.upgrade() else { return };
                    held.step(Envelope::own(Command::Tick));
                }
                left => {
                    let moved = match left {
                        Some(left) => timeout(left, due.changed()).await.unwrap_or(Ok(())),
                        None => due.changed().await,
                    };
                    // The workspace is gone.
                    if moved.is_err() {
                        return;
                    }
                }
            }
        }
    }

    pub(super) fn tell_due(&self, world: &World) {
        let next = world.next_due();
        self.due.send_if_modified(|known| std::mem::replace(known, next) != next);
    }
}

/// An answer that is held; it is forgotten when its client goes away.
struct Held<'a> {
    all: &'a watch::Sender<Vec<Instant>>,
    until: Instant,
}

impl<'a> Held<'a> {
    fn new(all: &'a watch::Sender<Vec<Instant>>, until: Instant) -> Self {
        all.send_modify(|all| all.push(until));
        Self { all, until }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.all.send_modify(|all| {
            if let Some(at) = all.iter().position(|until| *until == self.until) {
                all.swap_remove(at);
            }
        });
    }
}
