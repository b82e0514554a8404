//! The person of a case as an HTTP service on loopback: clients post addresses to be opened, and
//! ask for codes and for the browser's return. Plain text, so that a shell script can use it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use contract::{message::MessageKind, trace::Landing};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use url::Url;

use super::person::{Back, Person, Typed};
use crate::{http, trouble::Trouble};

/// The longest address that is opened.
const LONGEST: usize = 16 * 1024;

/// How long a code or the browser is waited for, in real time.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often the inbox is looked at while a code is waited for.
const LOOK: Duration = Duration::from_millis(100);

/// The service; it ends when it is dropped.
#[derive(Debug)]
pub struct Desk {
    shared: Arc<Shared>,
    address: Url,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    person: Arc<Person>,
    scale: u32,
    /// The client's own addresses, where it listens itself.
    own: Option<(Url, Url)>,
    visitor: reqwest::Client,
    landed: watch::Sender<Vec<(Landing, String)>>,
}

impl Desk {
    /// Opens the service.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn open(
        person: Arc<Person>,
        scale: u32,
        own: Option<(Url, Url)>,
    ) -> Result<Self, Trouble> {
        let failed =
            |error: &dyn std::fmt::Display| Trouble::Harness(format!("the person: {error}"));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| failed(&error))?;
        let port = listener.local_addr().map_err(|error| failed(&error))?.port();
        let address = format!("http://127.0.0.1:{port}").parse::<Url>();
        let address = address.map_err(|error| failed(&error))?;
        let (landed, _) = watch::channel(Vec::new());
        let visitor = http::client(None)?;
        let shared = Arc::new(Shared { person, scale, own, visitor, landed });
        let task = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Ok(Self { shared, address, task })
    }

    /// Where it is.
    #[must_use]
    pub const fn address(&self) -> &Url {
        &self.address
    }

    /// Lets the browser visit the Success URL once more.
    pub async fn visit_again(&self) {
        if let Some(back) = self.shared.person.visit_again().await {
            self.shared.visit(&back, 1).await;
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        match (request.method().as_str(), path.as_str()) {
            ("POST", "/open") => {
                let body = Limited::new(request.into_body(), LONGEST).collect().await;
                let Ok(body) = body else { return text(413, "that is too long for an address\n") };
                let address = String::from_utf8_lossy(&body.to_bytes()).trim().to_owned();
                tokio::spawn(Arc::clone(&self).journey(address));
                text(202, "the page is being opened\n")
            }
            ("GET", "/code/email") => self.code(MessageKind::EmailConfirmation).await,
            ("GET", "/code/sms") => self.code(MessageKind::PhoneVerification).await,
            ("GET", "/landing") => self.landing(request.uri().query().unwrap_or_default()).await,
            ("GET", "/start") => text(200, &format!("{}\n", self.person.start().await)),
            _ => text(404, "POST /open; GET /code/email, /code/sms, /landing?after=N, /start\n"),
        }
    }

    async fn journey(self: Arc<Self>, address: String) {
        let user = self.person.newest_user().await.unwrap_or_default();
        let Some(back) = self.person.open(user, &address).await else { return };
        let wait = Duration::from_secs(back.after.into()) / self.scale.max(1);
        tokio::time::sleep(wait).await;
        self.visit(&back, back.times).await;
    }

    /// The browser reaches the client, at its own address or here.
    async fn visit(&self, back: &Back, times: u32) {
        if let Some((success, fail)) = &self.own {
            let mut url = if back.landing == Landing::Success { success } else { fail }.clone();
            if !back.query.is_empty() {
                url.set_query(Some(&back.query));
            }
            self.person.land(back).await;
            let visits = (0..times).map(|_| self.visitor.get(url.clone()).send());
            // A client that does not listen has not heard of it, which its trace shows.
            let _ = futures_util::future::join_all(visits).await;
        } else {
            self.person.land(back).await;
        }
        self.landed.send_modify(|all| all.push((back.landing, back.query.clone())));
    }

    async fn code(&self, kind: MessageKind) -> Response<Full<Bytes>> {
        let user = self.person.newest_user().await.unwrap_or_default();
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            match self.person.code(user, kind).await {
                Typed::Code(code) => return text(200, &format!("{code}\n")),
                Typed::Resend => return text(200, "resend\n"),
                Typed::Nothing if tokio::time::Instant::now() < until => {
                    tokio::time::sleep(LOOK).await;
                }
                Typed::Nothing => return text(404, "no code came\n"),
            }
        }
    }

    /// The next return of the browser after so many.
    async fn landing(&self, query: &str) -> Response<Full<Bytes>> {
        let after = query.strip_prefix("after=").and_then(|text| text.parse().ok()).unwrap_or(0);
        let mut landed = self.landed.subscribe();
        let patience = PATIENCE + Duration::from_secs(90);
        let came = tokio::time::timeout(patience, landed.wait_for(|all| all.len() > after)).await;
        match came {
            Ok(Ok(all)) => {
                let word = if all[after].0 == Landing::Success { "success" } else { "fail" };
                text(200, &format!("{word}\n"))
            }
            _ => text(404, "the browser did not come back\n"),
        }
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        let service = service_fn(move |request| {
            let answer = Arc::clone(&shared).answer(request);
            async move { Ok::<_, Infallible>(answer.await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

fn text(status: u16, words: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(words.to_owned())));
    *response.status_mut() = ::http::StatusCode::from_u16(status).unwrap_or_default();
    response
}
