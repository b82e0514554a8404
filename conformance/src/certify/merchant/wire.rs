//! Sending: tokens, waiting, deadlines and retries.
//! Waiting is by the clock of the world, so nothing sleeps when that is stepped.

use std::time::Duration;

use contract::{Call, Instant};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use super::{DEADLINE, Halt, Merchant};

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) wait: Option<Duration>,
    pub(super) location: Option<String>,
    /// Our end of the connection by which it came.
    pub(super) connection: Option<std::net::SocketAddr>,
    /// The body, if it is JSON.
    pub(super) json: Option<Value>,
}

impl Reply {
    pub(super) const fn granted(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// A text of the answer.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.json.as_ref()?.get(name)?.as_str()
    }
}

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// The connection failed before any of it came.
    Sending,
    /// It broke off in its body.
    Body,
    /// It took too long.
    Late,
    /// There is no token to send it with.
    NoToken,
}

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: reqwest::Method,
    pub(super) url: String,
    pub(super) body: Option<(&'static str, String)>,
}

/// How often a write or finalise is tried in all.
const TRIES: u32 = 5;

impl Merchant {
    /// Makes a call until there is an answer that stands: renews the token, obeys Retry-After,
    /// repeats what may be repeated.
    pub(super) async fn call(&mut self, call: Call, body: Option<Value>) -> Result<Reply, Halt> {
        let mut body = body;
        let (mut renewals, mut lost, mut tries) = (0, 0, 0);
        loop {
            let ask = self.ask(call, body.as_ref());
            let result = self.send(&ask, self.patience(call)).await;
            tries += 1;
            match result {
                Ok(reply) if reply.status == 401 => {
                    let most = if self.breaks("CC-TOK-05") { 6 } else { 1 };
                    if renewals == most {
                        return Err(Halt::GaveUp);
                    }
                    renewals += 1;
                    self.spent = self.token.take();
                    self.renew().await?;
                    if self.breaks("CC-TOK-04") && self.started < 2 {
                        self.started = 2;
                        Box::pin(self.make_user()).await?;
                    }
                    if self.breaks("CC-TOK-03") {
                        self.token = self.spent.clone();
                    }
                }
                Ok(reply) => match self.wait_after(call, &reply, tries) {
                    None => return Ok(reply),
                    Some(wait) => {
                        self.pause(wait).await;
                        if self.breaks("CC-IDM-02") && call == Call::Finalize {
                            body = body.map(altered);
                        }
                    }
                },
                Err(Lost::NoToken) => return Err(Halt::GaveUp),
                Err(why) => {
                    lost += 1;
                    if lost > self.repeats(call, why) {
                        return Err(Halt::GaveUp);
                    }
                    self.pause(1_000).await;
                }
            }
        }
    }

    /// How often a request is repeated when no answer came.
    fn repeats(&self, call: Call, why: Lost) -> u32 {
        match call {
            _ if self.breaks("CC-RES-01") && why == Lost::Late => 3,
            Call::CreateUser if self.breaks("CC-IDM-01") => 4,
            Call::CreateUser => 0,
            Call::AddAdditionalData if self.breaks("CC-IDM-06") => 0,
            Call::Finalize => TRIES,
            _ => 1,
        }
    }

    /// How long to wait before a call is made again, in milliseconds; nothing when the answer
    /// stands.
    fn wait_after(&self, call: Call, reply: &Reply, tries: u32) -> Option<u64> {
        if tries >= TRIES {
            return None;
        }
        let grown = 1_000 << (2 * (tries - 1)).min(6);
        let jitter = self.chance.below(call.name(), u64::from(tries), 300);
        match reply.status {
            429 if self.breaks("CC-ERR-04") => Some(200),
            429 => Some(reply.wait.map_or(grown + jitter, |wait| {
                u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
            })),
            500 | 502..=504 if call == Call::CreateUser => None,
            500 | 502..=504 if self.breaks("CC-ERR-05") => Some(0),
            500 | 502..=504 => Some(grown + jitter),
            400 if self.breaks("CC-ERR-01") && tries == 1 && takes_fields(call) => Some(1_000),
            404 | 403 | 409 | 422 if self.breaks("CC-ERR-02") && tries == 1 => Some(1_000),
            _ => None,
        }
    }

    fn patience(&self, call: Call) -> Option<Duration> {
        let hasty = match call {
            Call::IdentificationStatus => self.breaks("CC-POL-08"),
            Call::Finalize => self.breaks("CC-IDM-03"),
            _ => false,
        };
        hasty.then_some(Duration::from_secs(3))
    }

    pub(super) fn ask(&mut self, call: Call, body: Option<&Value>) -> Ask {
        let row = self.plan.tables().and_then(|tables| tables.endpoint(call));
        let template = row.map_or("", |row| row.path);
        let user = self.user.unwrap_or_default();
        let completed = if self.breaks("CC-POL-07") { "false" } else { "true" };
        let path = template
            .replace("{id}", &user.to_string())
            .replace("{userType}", "0")
            .replace("{isIdentificationCompleted}", completed);
        let base = self.assignment.api.as_str().trim_end_matches('/');
        let mut url = format!("{base}{path}");
        if self.breaks("CC-TOK-02") {
            url += &format!("?access_token={}", self.token.as_deref().unwrap_or_default());
        }
        let kind = if self.breaks("CC-REQ-02") { "text/plain" } else { "application/json" };
        let method = row.map_or("GET", |row| row.method.name());
        Ask {
            method: method.parse().unwrap_or_default(),
            url,
            body: body.map(|body| (kind, body.to_string())),
        }
    }

    /// One request, with a token, within the deadline. A hasty client sends it again while the
    /// first is still under way.
    pub(super) async fn send(&mut self, ask: &Ask, haste: Option<Duration>) -> Result<Reply, Lost> {
        if self.token.is_none() || self.breaks("CC-TOK-08") {
            self.renew().await.map_err(|_| Lost::NoToken)?;
        }
        let reply =
            self.fly(self.request(ask), haste.map(|haste| (haste, self.request(ask)))).await?;
        let moved = reply.location.clone().filter(|_| (300..400).contains(&reply.status));
        if let Some(to) = moved
            && (self.breaks("CC-TLS-07") && to.starts_with("http:")
                || self.breaks("CC-RES-06") && to.starts_with("https:"))
        {
            let elsewhere = Ask { url: to, ..ask.clone() };
            return self.fly(self.request(&elsewhere), None).await;
        }
        Ok(reply)
    }

    fn request(&self, ask: &Ask) -> reqwest::RequestBuilder {
        let token = self.token.as_deref().unwrap_or_default();
        let context = if self.breaks("CC-DAT-06") {
            super::context(self.chance, self.contexts)
        } else {
            self.trace_parent.clone()
        };
        let mut request = self
            .http
            .request(ask.method.clone(), &ask.url)
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header("traceparent", context)
            .timeout(Duration::from_secs(120));
        if self.breaks("CC-DAT-01") {
            request = request.header("x-customer", &self.email);
        }
        match &ask.body {
            Some((kind, text)) => request.header(CONTENT_TYPE, *kind).body(text.clone()),
            None => request,
        }
    }

    /// Sends a request and waits for its answer by the clock of the provider.
    async fn fly(
        &mut self,
        request: reqwest::RequestBuilder,
        mut haste: Option<(Duration, reqwest::RequestBuilder)>,
    ) -> Result<Reply, Lost> {
        self.contexts += 1;
        let limit = match self.quirk {
            Some("CC-RES-01") => Duration::from_secs(4),
            Some("CC-RES-03") => Duration::from_secs(100_000),
            _ => DEADLINE,
        };
        let Some(control) = self.holds.clone() else { return received(request).await };
        let deadline = self.now() + limit;
        let mut flights = vec![tokio::spawn(received(request))];
        loop {
            let least = flights.len();
            let landed = futures_util::future::select_all(flights.iter_mut());
            let until = tokio::select! {
                (reply, at, _) = landed => {
                    drop(flights.remove(at));
                    // The other flight of a hasty client comes down as well.
                    for other in flights.drain(..) {
                        self.come_down(&control, other).await;
                    }
                    return reply.unwrap_or(Err(Lost::Sending));
                }
                held = control.held(least) => held.map_err(|_| Lost::Sending)?,
            };
            let hurried = haste.as_ref().map(|(haste, _)| self.now() + *haste);
            match (hurried, haste.take()) {
                (Some(moment), Some((_, again))) if moment < until => {
                    self.wait_until(moment).await;
                    flights.push(tokio::spawn(received(again)));
                }
                _ if deadline < until => {
                    self.wait_until(deadline).await;
                    flights.iter().for_each(tokio::task::JoinHandle::abort);
                    for flight in flights {
                        // Being aborted is how it ends.
                        let _ = flight.await;
                    }
                    return Err(Lost::Late);
                }
                _ => self.wait_until(until).await,
            }
        }
    }

    async fn come_down(
        &self,
        control: &crate::control::Control,
        mut flight: tokio::task::JoinHandle<Result<Reply, Lost>>,
    ) {
        loop {
            tokio::select! {
                _ = &mut flight => return,
                held = control.held(1) => match held {
                    Ok(until) => self.wait_until(until).await,
                    Err(_) => return,
                },
            }
        }
    }

    async fn wait_until(&self, moment: Instant) {
        let left = moment.millis() - self.now().millis();
        self.pause(u64::try_from(left).unwrap_or_default()).await;
    }

    /// Gets a token.
    async fn renew(&mut self) -> Result<(), Halt> {
        let most = match self.quirk {
            Some("CC-TOK-06") => 4,
            Some("CC-TLS-08") => 8,
            _ => 2,
        };
        for attempt in 1..=most {
            match received(self.token_request()).await {
                Ok(reply) if reply.granted() => {
                    if self.breaks("CC-TOK-07")
                        && reply.json.as_ref().is_none_or(|json| json.get("expires_in").is_none())
                    {
                        return Err(Halt::GaveUp);
                    }
                    let token = reply.text("access_token").map(str::to_owned);
                    if self.breaks("CC-DAT-04") {
                        self.log.push(format!("token {}", token.as_deref().unwrap_or_default()));
                    }
                    self.token = token;
                    return self.token.as_ref().map(|_| ()).ok_or(Halt::GaveUp);
                }
                Ok(_) if self.breaks("CC-TOK-06") => {}
                Ok(_) if self.breaks("CC-TLS-08") && self.user.is_some() => {}
                Ok(reply) if reply.status < 500 => return Err(Halt::GaveUp),
                _ if attempt == most => return Err(Halt::GaveUp),
                _ => {}
            }
            self.pause(1_000).await;
        }
        Err(Halt::GaveUp)
    }

    fn token_request(&self) -> reqwest::RequestBuilder {
        let base = self.assignment.auth.as_str().trim_end_matches('/');
        let lower = self.thumbprint.to_lowercase();
        let thumbprint = if self.breaks("CC-TLS-06") { &lower } else { &self.thumbprint };
        let scope = match self.quirk {
            Some("CC-TOK-09") => format!("{} openid", self.assignment.scope),
            _ => self.assignment.scope.clone(),
        };
        let mut form = vec![
            ("client_id", self.assignment.client_id.as_str()),
            ("grant_type", "client_credentials"),
            ("scope", &scope),
            ("IdentityServer:MTLS:X509Certificate", thumbprint),
        ];
        if self.breaks("CC-TOK-01") {
            form.push(("username", "nobody"));
        }
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.http
            .post(format!("{base}/connect/mtls/token"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
    }
}

const fn takes_fields(call: Call) -> bool {
    matches!(call, Call::CreateUser | Call::SendPhoneCode | Call::AddAdditionalData)
}

/// An altered body: what a careless client sends the second time.
fn altered(mut body: Value) -> Value {
    if let Some(members) = body.as_object_mut() {
        members.insert("correlationType".to_owned(), Value::from(1));
    }
    body
}

async fn received(request: reqwest::RequestBuilder) -> Result<Reply, Lost> {
    let response = request.send().await.map_err(|_| Lost::Sending)?;
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let (status, wait) = (response.status().as_u16(), header(RETRY_AFTER).map(str::to_owned));
    let date = header(reqwest::header::DATE).and_then(moment);
    let wait = wait.and_then(|wait| match wait.parse::<u64>() {
        Ok(seconds) => Some(seconds),
        Err(_) => u64::try_from(moment(&wait)? - date?).ok(),
    });
    let location = header(LOCATION).map(str::to_owned);
    let info = response.extensions().get::<hyper_util::client::legacy::connect::HttpInfo>();
    let connection = info.map(|info| info.local_addr());
    let body = response.bytes().await.map_err(|_| Lost::Body)?;
    let wait = wait.map(Duration::from_secs);
    Ok(Reply { status, wait, location, connection, json: serde_json::from_slice(&body).ok() })
}

fn moment(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc2822).ok().map(OffsetDateTime::unix_timestamp)
}
