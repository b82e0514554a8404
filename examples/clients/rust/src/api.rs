//! The API as the onboarding calls it: one token for all calls, renewed when it is refused;
//! a passing failure is tried again, slower each time, and what creates is never sent twice.

use std::time::{Duration, Instant};

use rand::RngExt as _;
use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use sha1::{Digest as _, Sha1};

use crate::{
    Stop,
    host::{Answer, Lost, ask, certificates, client},
    settings::Settings,
};

const ATTEMPTS: u32 = 5;

/// How often a call is sent again when no answer came.
#[derive(Clone, Copy, Debug)]
pub enum Repeats {
    /// Sent again, it would do its work a second time.
    Never,
    Once,
    Often,
}

impl Repeats {
    const fn most(self) -> u32 {
        match self {
            Self::Never => 0,
            Self::Once => 1,
            Self::Often => 4,
        }
    }
}

pub struct Api {
    pub settings: Settings,
    http: Client,
    token: Option<String>,
    trace: String,
}

impl Api {
    pub fn new(settings: Settings) -> Result<Self, Stop> {
        let mut random = rand::rng();
        let trace = random.random::<u128>() | 1;
        let span = random.random::<u64>() | 1;
        let http = client(&settings)?;
        Ok(Self { settings, http, token: None, trace: format!("00-{trace:032x}-{span:016x}-01") })
    }

    pub async fn pause(&self, time: Duration) {
        tokio::time::sleep(self.settings.scaled(time)).await;
    }

    /// How long something took, in the customer's time.
    pub fn since(&self, start: Instant) -> Duration {
        start.elapsed() * self.settings.scale
    }

    async fn fetch_token(&mut self) -> Result<(), Stop> {
        let own = certificates(&self.settings.certificate)?;
        let own = own.first().ok_or_else(|| Stop("there is no certificate".to_owned()))?;
        let thumbprint: String = Sha1::digest(own).iter().map(|b| format!("{b:02X}")).collect();
        let form = [
            ("client_id", self.settings.client_id.as_str()),
            ("grant_type", "client_credentials"),
            ("scope", &self.settings.scope),
            ("IdentityServer:MTLS:X509Certificate", &thumbprint),
        ];
        let url = address(&self.settings.auth, "/connect/mtls/token");
        for _ in 0..2 {
            match ask(self.http.post(url.clone()).form(&form)).await {
                Ok(answer) if answer.granted() && answer.text("access_token").is_some() => {
                    self.token = answer.text("access_token").map(str::to_owned);
                    return Ok(());
                }
                Ok(answer) if !answer.status.is_server_error() => break,
                _ => self.pause(Duration::from_secs(1)).await,
            }
        }
        Err(Stop("there is no token".to_owned()))
    }

    /// One request; a token that is refused is renewed once.
    pub async fn once(
        &mut self,
        (method, path): (&Method, &str),
        body: Option<&Value>,
    ) -> Result<Answer, Failed> {
        for _ in 0..2 {
            if self.token.is_none() {
                self.fetch_token().await?;
            }
            let url = address(&self.settings.api, path);
            let token = self.token.as_deref().unwrap_or_default();
            let request = self.http.request(method.clone(), url).bearer_auth(token);
            let request = request.header("traceparent", &self.trace);
            let request = match body {
                Some(body) => request.json(body),
                None => request,
            };
            let answer = ask(request).await.map_err(Failed::Lost)?;
            if answer.status != StatusCode::UNAUTHORIZED {
                return Ok(answer);
            }
            self.token = None;
        }
        Err(Failed::Stop(Stop("the token is refused".to_owned())))
    }

    /// A call until its answer stands.
    ///
    /// # Errors
    /// When no answer came so often that it is not worth another try.
    pub async fn call(
        &mut self,
        (method, path): (&Method, &str),
        body: Option<&Value>,
        repeats: Repeats,
    ) -> Result<Answer, Stop> {
        let mut lost = 0;
        for attempt in 0.. {
            match self.once((method, path), body).await {
                Err(Failed::Stop(stop)) => return Err(stop),
                Err(Failed::Lost(Lost(why))) => {
                    lost += 1;
                    if lost > repeats.most() || attempt + 1 == ATTEMPTS {
                        return Err(Stop(format!("{path}: {why}")));
                    }
                    self.pause(Duration::from_secs(1)).await;
                }
                Ok(answer) => {
                    let (again, last) = (passes(&answer, repeats), attempt + 1 == ATTEMPTS);
                    if !again || last {
                        return Ok(answer);
                    }
                    let jitter = Duration::from_millis(rand::rng().random_range(0..300));
                    let grown = Duration::from_secs(4_u64.pow(attempt)) + jitter;
                    self.pause(answer.wait().unwrap_or(grown)).await;
                }
            }
        }
        Err(Stop(format!("{path} was never answered")))
    }

    /// A call that must be granted.
    ///
    /// # Errors
    /// With the status and the provider's trace id, which its support asks for.
    pub async fn demand(
        &mut self,
        (method, path): (&Method, &str),
        body: Option<&Value>,
        repeats: Repeats,
    ) -> Result<Answer, Stop> {
        let answer = self.call((method, path), body, repeats).await?;
        if answer.granted() {
            return Ok(answer);
        }
        let trace = answer.text("traceId").unwrap_or("unknown");
        Err(Stop(format!("{path} answered {}, trace id {trace}", answer.status.as_u16())))
    }
}

/// Why a single request came to nothing.
#[derive(Debug)]
pub enum Failed {
    Lost(Lost),
    Stop(Stop),
}

impl From<Stop> for Failed {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

/// A 429 was not executed, so that even what creates may be sent again.
fn passes(answer: &Answer, repeats: Repeats) -> bool {
    match answer.status.as_u16() {
        429 => true,
        500 | 502..=504 => repeats.most() > 0,
        _ => false,
    }
}

fn address(base: &url::Url, path: &str) -> String {
    format!("{}{path}", base.as_str().trim_end_matches('/'))
}
