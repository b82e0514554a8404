//! A panic in one request must not end the connection without a word, so it is caught here and
//! answered with a 500.

use std::{
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll},
};

/// A future that turns its own panic into `None`.
pub(super) struct Caught<F>(pub(super) Pin<Box<F>>);

impl<F: Future> Future for Caught<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let step = AssertUnwindSafe(|| self.0.as_mut().poll(context));
        match std::panic::catch_unwind(step) {
            Ok(poll) => poll.map(Some),
            Err(_) => Poll::Ready(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_caught_wherever_it_happens() {
        assert_eq!(Caught(Box::pin(async { 7 })).await, Some(7));
        let late = async {
            tokio::task::yield_now().await;
            panic!("on purpose");
        };
        let caught: Option<()> = Caught(Box::pin(late)).await;
        assert_eq!(caught, None);
    }
}
