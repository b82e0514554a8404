//! The runner's own clock, which is handed in. A stepped one moves the target's clock instead of
//! waiting, so a whole run needs no real time. Time-outs of the protocol stay real.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use contract::Instant;

use crate::{control::Control, trouble::Trouble};

/// A clock; copies show the same time.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The wall clock.
    Real,
    /// The target's clock, moved through its control listener.
    Stepped(Control, Hand),
    /// A clock that moves when somebody waits for it, and nothing else does.
    Manual(Hand),
}

/// The moment that a clock showed last.
#[derive(Clone, Debug)]
pub struct Hand(Arc<AtomicI64>);

impl Clock {
    /// A clock that moves by itself alone, from the moment at which stepped clocks start.
    #[must_use]
    pub fn manual() -> Self {
        Self::Manual(Hand::at(Instant::STEPPED_START))
    }

    /// The stepped clock of a target.
    ///
    /// # Errors
    /// When the control listener does not show a stepped clock.
    pub async fn stepped(control: Control) -> Result<Self, Trouble> {
        let now = control.now().await?;
        Ok(Self::Stepped(control, Hand::at(now)))
    }

    /// What it is called in the trace's header.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Stepped(..) | Self::Manual(_) => "stepped",
        }
    }

    /// The moment.
    #[must_use]
    pub fn now(&self) -> Instant {
        match self {
            Self::Real => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Instant::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Self::Stepped(_, hand) | Self::Manual(hand) => hand.shows(),
        }
    }

    /// Waits, or lets the time pass.
    ///
    /// # Errors
    /// When the target's clock cannot be moved.
    pub async fn sleep(&self, wait: Duration) -> Result<(), Trouble> {
        match self {
            Self::Real => tokio::time::sleep(wait).await,
            Self::Stepped(control, hand) => {
                let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                hand.turn(control.advance(millis).await?);
            }
            Self::Manual(hand) => hand.turn(hand.shows() + wait),
        }
        Ok(())
    }
}

impl Hand {
    fn at(now: Instant) -> Self {
        Self(Arc::new(AtomicI64::new(now.millis())))
    }

    fn shows(&self) -> Instant {
        Instant::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn turn(&self, now: Instant) {
        self.0.fetch_max(now.millis(), Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fake::{Fake, reply};

    #[tokio::test]
    async fn a_stepped_clock_moves_the_target_and_nobody_waits() {
        let fake = Fake::start(|request| {
            let now = match request.target.as_str() {
                "/v1/clock" => "2026-01-01T00:00:00.000Z",
                "/v1/clock/advance" => {
                    assert_eq!(request.json(), json!({ "byMs": 3_600_000 }));
                    "2026-01-01T01:00:00.000Z"
                }
                other => panic!("{other}"),
            };
            reply(200, &json!({ "mode": "stepped", "now": now, "next": null }))
        })
        .await;
        let clock = Clock::stepped(Control::new(fake.url("/")).unwrap()).await.unwrap();
        assert_eq!(clock.now(), Instant::STEPPED_START);
        clock.sleep(Duration::from_secs(3600)).await.unwrap();
        assert_eq!(clock.now(), Instant::STEPPED_START + Duration::from_secs(3600));
    }

    #[tokio::test]
    async fn copies_show_the_same_time() {
        let clock = Clock::manual();
        let copy = clock.clone();
        clock.sleep(Duration::from_millis(5)).await.unwrap();
        assert_eq!(copy.now().millis(), Instant::STEPPED_START.millis() + 5);
    }
}
