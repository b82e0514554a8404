//! The access token: kept until shortly before it expires, so that one token serves the whole run.
//! When a token is refused all the same, the next call asks for another.

use std::{sync::Arc, time::Duration};

use contract::Instant;
use tokio::sync::Mutex;

/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_secs(60);

/// The token in use.
#[derive(Debug, Default)]
pub struct TokenCache {
    held: Mutex<Option<Held>>,
}

#[derive(Clone, Debug)]
struct Held {
    token: Arc<str>,
    until: Instant,
}

impl TokenCache {
    /// The token in use; `None` when there is none that will last.
    pub async fn get(&self, now: Instant) -> Option<Arc<str>> {
        let held = self.held.lock().await;
        held.as_ref().filter(|held| now < held.until).map(|held| Arc::clone(&held.token))
    }

    /// Keeps a token that was granted at a moment for a number of seconds.
    pub async fn keep(&self, token: &str, granted: Instant, expires_in: u64) -> Arc<str> {
        let life = Duration::from_secs(expires_in);
        // A token that lives only seconds would never be used with the whole margin.
        let margin = MARGIN.min(life / 5);
        let token: Arc<str> = Arc::from(token);
        let held = Held { token: Arc::clone(&token), until: granted + (life - margin) };
        *self.held.lock().await = Some(held);
        token
    }

    /// Forgets a token that was refused, unless another has taken its place.
    pub async fn forget(&self, refused: &str) {
        let mut held = self.held.lock().await;
        if held.as_ref().is_some_and(|held| &*held.token == refused) {
            *held = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::STEPPED_START;

    async fn lasts(expires_in: u64, seconds: u64) -> bool {
        let cache = TokenCache::default();
        cache.keep("one", START, expires_in).await;
        cache.get(START + Duration::from_secs(seconds)).await.is_some()
    }

    #[tokio::test]
    async fn a_token_is_used_until_shortly_before_its_end() {
        assert!(lasts(3600, 3539).await);
        assert!(!lasts(3600, 3540).await);
        assert!(lasts(20, 15).await);
        assert!(!lasts(20, 16).await);
        assert!(!lasts(0, 0).await);
    }

    #[tokio::test]
    async fn only_the_refused_token_is_forgotten() {
        let cache = TokenCache::default();
        cache.keep("two", START, 3600).await;
        cache.forget("one").await;
        assert_eq!(cache.get(START).await.as_deref(), Some("two"));
        cache.forget("two").await;
        assert_eq!(cache.get(START).await, None);
    }
}
