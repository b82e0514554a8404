//! The merchant's end of the redirects: a small listener that a browser comes back to. Each
//! arrival is written into the trace while a journey is under way.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use contract::{
    label::Label,
    trace::{Decided, Landing, Leg, Redirected},
};
use http_body_util::Full;
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use url::{Url, form_urlencoded};

use crate::{
    clock::Clock, control::Landings, recorder::Recorder, target::Redirects, trouble::Trouble,
};

/// How long a browser may take to send its request.
const HEADERS: Duration = Duration::from_secs(10);

/// The listener; it ends when it is dropped.
#[derive(Debug)]
pub struct Receiver {
    shared: Arc<Shared>,
    landings: Landings,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    paths: [(String, Landing); 2],
    expected: Mutex<Option<(i32, Leg)>>,
    arrivals: watch::Sender<Vec<(i32, Leg, Landing)>>,
    recorder: Arc<Recorder>,
    clock: Clock,
}

impl Receiver {
    /// Starts listening.
    ///
    /// # Errors
    /// A sentence that names the address when it cannot be used.
    pub async fn start(
        redirects: &Redirects,
        recorder: Arc<Recorder>,
        clock: Clock,
    ) -> Result<Self, Trouble> {
        let failed = |error: &dyn std::fmt::Display| {
            let listen = redirects.listen;
            Trouble::Configuration(format!("redirects: cannot listen on {listen}: {error}"))
        };
        let listener = TcpListener::bind(redirects.listen).await.map_err(|error| failed(&error))?;
        let bound = listener.local_addr().map_err(|error| failed(&error))?;
        let landings = landings(redirects, bound).map_err(|error| failed(&error))?;
        let paths = [
            (redirects.success_path.clone(), Landing::Success),
            (redirects.fail_path.clone(), Landing::Fail),
        ];
        let (arrivals, _) = watch::channel(Vec::new());
        let shared =
            Arc::new(Shared { paths, expected: Mutex::new(None), arrivals, recorder, clock });
        let task = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Ok(Self { shared, landings, task })
    }

    /// The two addresses, as a browser reaches them.
    #[must_use]
    pub const fn landings(&self) -> &Landings {
        &self.landings
    }

    /// From now on an arrival belongs to this user's journey.
    pub fn expect(&self, user: i32, leg: Leg) {
        *self.shared.expected.lock().unwrap_or_else(PoisonError::into_inner) = Some((user, leg));
    }

    /// How often a user's browser came back from a journey.
    #[must_use]
    pub fn count(&self, user: i32, leg: Leg) -> usize {
        let arrivals = self.shared.arrivals.borrow();
        arrivals.iter().filter(|(who, of, _)| (*who, *of) == (user, leg)).count()
    }

    /// Waits until a user's browser has come back more often than this; `false` at the limit, which
    /// is real time.
    pub async fn more(&self, user: i32, leg: Leg, (than, limit): (usize, Duration)) -> bool {
        let mut arrivals = self.shared.arrivals.subscribe();
        let came = arrivals.wait_for(|all| {
            all.iter().filter(|(who, of, _)| (*who, *of) == (user, leg)).count() > than
        });
        matches!(tokio::time::timeout(limit, came).await, Ok(Ok(_)))
    }

    /// Waits for the first arrival of a user after a journey; `None` at the limit, which is real
    /// time.
    pub async fn wait(&self, user: i32, leg: Leg, limit: Duration) -> Option<Landing> {
        let mut arrivals = self.shared.arrivals.subscribe();
        let is_it = |(who, of, _): &&(i32, Leg, Landing)| (*who, *of) == (user, leg);
        let came = arrivals.wait_for(|all| all.iter().any(|arrival| is_it(&arrival)));
        let all = tokio::time::timeout(limit, came).await.ok()?.ok()?;
        all.iter().find(is_it).map(|(.., landing)| *landing)
    }
}

impl Receiver {
    /// Ends it, and waits until its port is free again.
    pub async fn close(mut self) {
        self.task.abort();
        // Being aborted is how it ends.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn arrived(&self, landing: Landing, query: &str) {
        let expected = *self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((user, leg)) = expected else { return };
        let redirected = Redirected { user, leg, to: landing, with: self.shown(query) };
        self.recorder.record(self.clock.now(), Decided::Redirected(redirected));
        self.arrivals.send_modify(|all| all.push((user, leg, landing)));
    }

    /// The parameters of an address: their names, and labels in the place of their values.
    fn shown(&self, query: &str) -> Vec<(String, String)> {
        let pairs = form_urlencoded::parse(query.as_bytes());
        pairs
            .map(|(name, value)| {
                let label = self.recorder.labels(|labels| labels.hidden(&value));
                let label = label.unwrap_or_else(|| Label::unlisted(&value));
                (name.into_owned(), label.to_string())
            })
            .collect()
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let found = self.paths.iter().find(|(path, _)| path == request.uri().path());
        match found {
            Some((_, landing)) if request.method() == hyper::Method::GET => {
                self.arrived(*landing, request.uri().query().unwrap_or_default());
                page(200, "Thank you. You can close this window.")
            }
            // A HEAD is a prefetch, not a person.
            Some(_) => page(405, "Only GET is expected here."),
            None => page(404, "Nobody expects a visitor here."),
        }
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        let shared = Arc::clone(&shared);
        let service = service_fn(move |request| {
            let response = shared.answer(&request);
            async move { Ok::<_, Infallible>(response) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS)
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

fn landings(redirects: &Redirects, bound: SocketAddr) -> Result<Landings, url::ParseError> {
    let base = match &redirects.public_url {
        Some(url) => url.clone(),
        None => format!("http://{bound}/").parse::<Url>()?,
    };
    Ok(Landings {
        success: base.join(&redirects.success_path)?,
        fail: base.join(&redirects.fail_path)?,
    })
}

fn page(status: u16, sentence: &str) -> Response<Full<Bytes>> {
    let body = format!("<!doctype html><meta charset=\"utf-8\"><p>{sentence}</p>\n");
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    let kind = http::HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(http::header::CONTENT_TYPE, kind);
    response
}

#[cfg(test)]
mod tests {
    use contract::trace::Line;

    use super::*;
    use crate::recorder::tests::header;

    const USER: i32 = 7;

    async fn receiver() -> (Receiver, Arc<Recorder>) {
        let recorder = Arc::new(Recorder::create(None, header()).unwrap());
        let redirects = Redirects::default();
        let started = Receiver::start(&redirects, Arc::clone(&recorder), Clock::manual());
        (started.await.unwrap(), recorder)
    }

    async fn visit(url: &Url, method: reqwest::Method) -> u16 {
        let client = crate::http::client(None).unwrap();
        client.request(method, url.clone()).send().await.unwrap().status().as_u16()
    }

    /// Without the wait the port is free only when the runtime comes to it: too late for whoever
    /// listens at the same address next.
    #[tokio::test]
    async fn the_port_is_free_as_soon_as_it_is_closed() {
        let recorder = Arc::new(Recorder::create(None, header()).unwrap());
        // Nobody else is given a port at this address of loopback.
        let listen = "127.77.0.2:8470".parse().unwrap();
        let redirects = Redirects { listen, ..Redirects::default() };
        let started = Receiver::start(&redirects, recorder, Clock::manual());
        let receiver = started.await.unwrap();
        assert!(std::net::TcpListener::bind(listen).is_err(), "it listens");
        receiver.close().await;
        assert!(std::net::TcpListener::bind(listen).is_ok(), "it is free");
    }

    #[tokio::test]
    async fn arrivals_are_counted_for_their_journey_and_written_down() {
        let (receiver, recorder) = receiver().await;
        let Landings { success, fail } = receiver.landings().clone();
        assert_eq!(visit(&success, reqwest::Method::GET).await, 200);
        assert_eq!(recorder.lines().len(), 1, "nobody was expected yet");

        receiver.expect(USER, Leg::Identification);
        assert_eq!(visit(&success, reqwest::Method::HEAD).await, 405);
        assert_eq!(visit(&success.join("/other").unwrap(), reqwest::Method::GET).await, 404);
        assert_eq!(receiver.count(USER, Leg::Identification), 0);
        assert_eq!(visit(&success, reqwest::Method::GET).await, 200);
        assert_eq!(visit(&success, reqwest::Method::GET).await, 200);
        assert_eq!(receiver.count(USER, Leg::Identification), 2);

        receiver.expect(USER, Leg::Signing);
        assert_eq!(visit(&fail, reqwest::Method::GET).await, 200);
        let limit = Duration::from_secs(5);
        assert_eq!(receiver.wait(USER, Leg::Identification, limit).await, Some(Landing::Success));
        assert_eq!(receiver.wait(USER, Leg::Signing, limit).await, Some(Landing::Fail));
        let last = recorder.lines().pop().unwrap();
        let Line::Decision(decision) = last else { panic!("{last:?}") };
        let wanted =
            Redirected { user: USER, leg: Leg::Signing, to: Landing::Fail, with: Vec::new() };
        assert_eq!(decision.what, Decided::Redirected(wanted));
    }

    #[tokio::test]
    async fn nobody_is_not_waited_for_for_ever() {
        let (receiver, _) = receiver().await;
        assert_eq!(receiver.wait(USER, Leg::Signing, Duration::ZERO).await, None);
    }

    #[tokio::test]
    async fn a_taken_address_is_named() {
        let (first, recorder) = receiver().await;
        let listen = first.landings().success.socket_addrs(|| None).unwrap()[0];
        let redirects = Redirects { listen, ..Redirects::default() };
        let second = Receiver::start(&redirects, recorder, Clock::manual()).await;
        let trouble = second.unwrap_err();
        assert_eq!(trouble.exit_code(), 2);
        assert!(trouble.to_string().contains(&listen.to_string()), "{trouble}");
    }
}
