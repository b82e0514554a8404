//! Polling: every three seconds by the runner's clock, until the phase's target, an error, or the
//! limit. A poll that fails is followed by the next one, at the same pace.

use std::time::Duration;

use contract::{status::IdentificationStatus, wire::Identification};
use judge::Says;

use crate::{
    client::{CallError, Merchant},
    clock::Clock,
};

/// How far apart polls begin; the provider asks for two to five seconds.
pub const PACE: Duration = Duration::from_secs(3);

/// How long a phase is polled when nobody says otherwise.
pub const LIMIT: Duration = Duration::from_secs(120);

/// The rules of one phase.
#[derive(Clone, Copy, Debug)]
pub struct Poll {
    /// What a poll says when the phase is over.
    pub target: Says,
    /// How long it is waited for.
    pub limit: Duration,
}

/// How a phase ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With what was waited for, and where the person goes next, if anywhere.
    Target(Option<String>),
    /// With an error.
    Failed,
    /// With nothing, at the limit.
    TimedOut,
}

impl Poll {
    /// Polls until the phase is over. The first poll is sent at once.
    ///
    /// # Errors
    /// When the target refuses a poll for good, or never answered any.
    pub async fn run(self, merchant: &Merchant, user: i32) -> Result<Ended, CallError> {
        let clock = &merchant.wire().clock;
        let start = clock.now();
        loop {
            let sent = clock.now();
            let result = merchant.identification_status(user).await;
            let next = sent + PACE;
            let is_over = next > start + self.limit;
            match result {
                Ok(answer) => {
                    if let Some(ended) = self.ended(answer) {
                        return Ok(ended);
                    }
                }
                Err(CallError::Refused { status: 400, .. }) if self.target == Says::Refusal => {
                    return Ok(Ended::Target(None));
                }
                Err(error) if is_over || !passes(&error) => return Err(error),
                Err(_) => {}
            }
            if is_over {
                return Ok(Ended::TimedOut);
            }
            until(clock, next).await?;
        }
    }

    fn ended(self, answer: Identification) -> Option<Ended> {
        let status = answer.video_identification_status.as_deref();
        if self.target.is(status) {
            return Some(Ended::Target(answer.video_identification_url));
        }
        (status == Some(IdentificationStatus::Error.name())).then_some(Ended::Failed)
    }
}

/// Whether the next poll may fare better.
fn passes(error: &CallError) -> bool {
    match error {
        CallError::Refused { status, .. } => matches!(status, 408 | 429 | 500..),
        // A body that cannot be read says nothing about the next one.
        CallError::NoAnswer { .. } | CallError::Unreadable { .. } => true,
        CallError::Trouble(_) => false,
    }
}

async fn until(clock: &Clock, moment: contract::Instant) -> Result<(), CallError> {
    let wait = moment.millis() - clock.now().millis();
    match u64::try_from(wait) {
        Ok(millis) => Ok(clock.sleep(Duration::from_millis(millis)).await?),
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use contract::Instant;
    use serde_json::json;

    use super::*;
    use crate::{
        client::tests::merchant,
        fake::{Reply, reply, text},
    };

    const PHASE_A: Poll = Poll {
        target: Says::Status(IdentificationStatus::SignSessionIdSuccessfullyCreated),
        limit: Duration::from_secs(120),
    };

    fn says(status: &str) -> Reply {
        reply(
            200,
            &json!({
                "videoIdentificationUrl": null, "videoIdentificationStatus": status, "message": ""
            }),
        )
    }

    #[tokio::test]
    async fn polls_at_its_pace_until_the_target() {
        let (merchant, fake) = merchant(|_, nth| match nth {
            1 | 2 => says("PROCESSING"),
            3 => text(503, ""),
            _ => says("SIGN_SESSION_ID_SUCCESSFULLY_CREATED"),
        })
        .await;
        let ended = PHASE_A.run(&merchant, 7).await.unwrap();
        assert!(matches!(ended, Ended::Target(_)), "{ended:?}");
        let path = "/Enrollment/7/0/true/get-identification-process-status";
        assert_eq!(fake.seen().iter().filter(|seen| seen.target == path).count(), 4);
        let waited = merchant.wire().clock.now().millis() - Instant::STEPPED_START.millis();
        assert_eq!(waited, 9_000);
    }

    #[tokio::test]
    async fn an_error_ends_it_and_so_does_the_limit() {
        let (failing, _fake) = merchant(|_, _| says("ERROR")).await;
        assert_eq!(PHASE_A.run(&failing, 7).await.unwrap(), Ended::Failed);

        let (slow, fake) = merchant(|_, _| says("PROCESSING")).await;
        assert_eq!(PHASE_A.run(&slow, 7).await.unwrap(), Ended::TimedOut);
        // One token, then polls at 0, 3, ... 120 seconds.
        assert_eq!(fake.seen().len(), 1 + 41);
    }

    #[tokio::test]
    async fn a_phase_may_end_with_null_a_word_of_the_vendors_or_a_refusal() {
        for target in [Says::Null, Says::Vendor, Says::Refusal] {
            let (merchant, _fake) = merchant(move |_, _| match target {
                Says::Null => reply(200, &json!({ "videoIdentificationStatus": null })),
                Says::Vendor => says("declined"),
                _ => text(400, ""),
            })
            .await;
            let ended = Poll { target, ..PHASE_A }.run(&merchant, 7).await.unwrap();
            assert_eq!(ended, Ended::Target(None), "{target}");
        }
    }

    #[tokio::test]
    async fn a_refusal_for_good_is_not_repeated() {
        let (merchant, fake) = merchant(|_, _| text(404, "")).await;
        PHASE_A.run(&merchant, 7).await.unwrap_err();
        assert_eq!(fake.seen().len(), 2);
    }
}
