//! What requests under way learn when the server stops: a body that is still arriving has little
//! time left, so that its sender gets an answer before the connection ends.

use std::time::Duration;

use tokio::{sync::watch, time::sleep};

/// The news that the server stops.
#[derive(Clone, Debug)]
pub struct Closing {
    news: watch::Sender<bool>,
    last_body: Duration,
}

impl Closing {
    /// A server that runs; `last_body` is how long a body may still take once it stops.
    #[must_use]
    pub fn new(last_body: Duration) -> Self {
        Self { news: watch::Sender::new(false), last_body }
    }

    /// The server stops.
    pub fn begin(&self) {
        self.news.send_replace(true);
    }

    /// Ends when the server begins to stop.
    pub async fn begun(&self) {
        let mut news = self.news.subscribe();
        // The sender lives as long as we do.
        let _ = news.wait_for(|closing| *closing).await;
    }

    /// Ends when a body has taken too long for a server that stops.
    pub async fn overdue(&self) {
        self.begun().await;
        sleep(self.last_body).await;
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{Instant, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nothing_is_overdue_before_the_end_begins() {
        let closing = Closing::new(Duration::from_secs(5));
        assert!(timeout(Duration::from_secs(3600), closing.overdue()).await.is_err());
        closing.begin();
        let began = Instant::now();
        closing.overdue().await;
        assert_eq!(began.elapsed(), Duration::from_secs(5));
    }
}
