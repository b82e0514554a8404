//! How long a body may take on the listeners that read bodies in their own ways: the hosted pages
//! and control. One that is too slow, or still arrives when the server stops, gets 408.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use http_body::{Frame, SizeHint};
use tokio::time::sleep;

use super::Closing;

/// How long is waited.
#[derive(Clone, Debug)]
pub(super) struct Patience {
    pub(super) body_time: Duration,
    pub(super) closing: Closing,
}

/// Hands a request on with a body that ends in time, and answers for it if it did not.
pub(super) async fn limit(
    State(patience): State<Patience>,
    request: Request,
    next: Next,
) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let late = Arc::new(AtomicBool::new(false));
    let over = Box::pin(async move {
        tokio::select! {
            () = sleep(patience.body_time) => {}
            () = patience.closing.overdue() => {}
        }
    });
    let request = request.map(|inner| Body::new(Awaited { inner, over, late: Arc::clone(&late) }));
    let mut response = next.run(request).await;
    if late.load(Ordering::Relaxed) {
        response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A body that breaks off when its time is over.
struct Awaited {
    inner: Body,
    over: Pin<Box<dyn Future<Output = ()> + Send>>,
    late: Arc<AtomicBool>,
}

impl HttpBody for Awaited {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        if self.over.as_mut().poll(context).is_ready() {
            self.late.store(true, Ordering::Relaxed);
            return Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::TimedOut).into())));
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
