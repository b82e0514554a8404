//! The control API of the mock, as far as a merchant's test harness needs it: the inbox, the
//! portal's redirect addresses and the clock. A real sandbox has none.

use std::{collections::BTreeMap, path::Path};

use contract::{
    Instant,
    message::MessageKind,
    trace::{self, Decided, Line, client::Note},
};
use judge::fault::{self, Fault};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use url::Url;

use crate::{http, mock::Ready, secrets::Secrets, trouble::Trouble};

/// The longest trace that is fetched: the mock keeps its own within this bound.
const LARGEST_TRACE: usize = 512 << 20;

/// The control listener.
#[derive(Clone, Debug)]
pub struct Control {
    http: reqwest::Client,
    base: Url,
}

/// The merchant's two addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landings {
    /// Where a browser goes after success.
    pub success: Url,
    /// Where a browser goes after failure or abort.
    pub fail: Url,
}

#[derive(Deserialize)]
struct Inbox {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    kind: MessageKind,
    code: String,
}

#[derive(Deserialize)]
struct Merchants {
    merchants: Vec<Owner>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    merchant_id: i32,
    client_id: String,
    client_secret: String,
    username: String,
    password: String,
}

#[derive(Deserialize)]
struct ClockFace {
    mode: String,
    now: Instant,
}

impl Control {
    /// The control listener at an address.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(base: Url) -> Result<Self, Trouble> {
        Ok(Self { http: http::client(None)?, base })
    }

    /// The newest code of a kind that was sent to a user, or to anybody, if any was.
    ///
    /// # Errors
    /// When the listener does not answer as documented.
    pub async fn newest_code(
        &self,
        user: Option<i32>,
        kind: MessageKind,
    ) -> Result<Option<String>, Trouble> {
        let channel = kind.channel().word();
        let whose = user.map(|user| format!("userId={user}&")).unwrap_or_default();
        let path = format!("/v1/messages?{whose}channel={channel}&limit=20");
        let inbox: Inbox = self.ask(reqwest::Method::GET, &path, None).await?;
        let newest = inbox.messages.into_iter().find(|message| message.kind == kind);
        Ok(newest.map(|message| message.code))
    }

    /// Sets the merchant's two addresses, as the portal would.
    ///
    /// # Errors
    /// When the listener does not answer as documented.
    pub async fn set_landings(&self, merchant: i32, landings: &Landings) -> Result<(), Trouble> {
        let body = json!({
            "merchantId": merchant,
            "success": landings.success.as_str(),
            "fail": landings.fail.as_str(),
        });
        self.ask::<Value>(reqwest::Method::PUT, "/v1/merchant/redirects", Some(body)).await?;
        Ok(())
    }

    /// What a merchant was given to show where a token is had by password.
    ///
    /// # Errors
    /// When the listener does not answer as documented, or knows no such merchant.
    pub async fn secrets(&self, merchant: i32) -> Result<Secrets, Trouble> {
        let all: Merchants = self.ask(reqwest::Method::GET, "/v1/merchants", None).await?;
        let owner = all.merchants.into_iter().find(|owner| owner.merchant_id == merchant);
        let owner = owner.ok_or_else(|| {
            Trouble::Configuration(format!("the target knows no merchant {merchant}"))
        })?;
        let Owner { client_secret, username, password, .. } = owner;
        Ok(Secrets { client_secret, username, password })
    }

    /// Every merchant: its number and its OAuth client.
    ///
    /// # Errors
    /// When the listener does not answer as documented.
    pub async fn merchants(&self) -> Result<Vec<(i32, String)>, Trouble> {
        let all: Merchants = self.ask(reqwest::Method::GET, "/v1/merchants", None).await?;
        Ok(all.merchants.into_iter().map(|owner| (owner.merchant_id, owner.client_id)).collect())
    }

    /// Adds a workspace of the same kind with a seed, and with readings of its own as `(id,
    /// reading)`, and returns its name and what a caller must
    /// know of it.
    ///
    /// # Errors
    /// When the listener does not answer as documented.
    pub async fn add_workspace(
        &self,
        seed: u64,
        readings: &[(String, String)],
    ) -> Result<(String, Ready), Trouble> {
        #[derive(Deserialize)]
        struct Added {
            name: String,
            #[serde(flatten)]
            ready: Ready,
        }
        let body = json!({ "seed": seed, "variants": readings.iter().cloned().collect::<BTreeMap<_, _>>() });
        let added: Added = self.ask(reqwest::Method::POST, "/v1/workspaces", Some(body)).await?;
        Ok((added.name, added.ready))
    }

    /// Adds a workspace for one case of a certification, and returns its name and what a caller
    /// must know of it.
    ///
    /// # Errors
    /// When the listener does not answer as documented.
    pub async fn add_case(
        &self,
        seed: u64,
        clock: &str,
        readings: &BTreeMap<String, String>,
        scenario: Option<&Path>,
    ) -> Result<(String, Ready), Trouble> {
        #[derive(Deserialize)]
        struct Added {
            name: String,
            #[serde(flatten)]
            ready: Ready,
        }
        let body = json!({
            "seed": seed,
            "clock": clock,
            "variants": readings,
            "scenario": scenario,
            "certify": true,
        });
        let added: Added = self.ask(reqwest::Method::POST, "/v1/workspaces", Some(body)).await?;
        Ok((added.name, added.ready))
    }

    /// Notes in the trace what happens to a client that is judged.
    ///
    /// # Errors
    /// When the listener does not answer as documented.
    pub async fn note(&self, note: &Note) -> Result<(), Trouble> {
        let body = serde_json::to_value(note).unwrap_or_default();
        self.ask::<Value>(reqwest::Method::POST, "/v1/notes", Some(body)).await.map(|_| ())
    }

    /// Waits until so many answers are held, and says until when the nearest is.
    ///
    /// # Errors
    /// When none is within the listener's patience.
    pub async fn held(&self, least: usize) -> Result<Instant, Trouble> {
        #[derive(Deserialize)]
        struct Held {
            until: Instant,
        }
        let path = format!("/v1/clock/held?least={least}");
        let held: Held = self.ask(reqwest::Method::GET, &path, None).await?;
        Ok(held.until)
    }

    /// The whole trace of the target.
    ///
    /// # Errors
    /// When the listener does not answer as documented.
    pub async fn trace(&self) -> Result<Vec<Line>, Trouble> {
        self.trace_at("/v1/trace").await
    }

    /// Removes a workspace.
    ///
    /// # Errors
    /// When the listener does not answer as documented.
    pub async fn remove_workspace(&self, name: &str) -> Result<(), Trouble> {
        let path = format!("/v1/workspaces/{name}");
        self.ask::<Value>(reqwest::Method::DELETE, &path, None).await.map(|_| ())
    }

    /// Makes what a user asks for go wrong, and nothing when no fault is named. Without a number it
    /// is the user who is created next.
    ///
    /// # Errors
    /// When the listener does not answer as documented.
    pub async fn put_faults(&self, user: Option<i32>, faults: &[Fault]) -> Result<(), Trouble> {
        let name = (!faults.is_empty()).then(|| format!("faults-of-{}", user.unwrap_or_default()));
        if let Some(name) = &name {
            let scenario = serde_json::to_value(fault::scenario(faults)).unwrap_or_default();
            let path = format!("/v1/scenarios/{name}");
            self.ask::<Value>(reqwest::Method::PUT, &path, Some(scenario)).await?;
        }
        let choice = match user {
            Some(user) => json!({ "userId": user, "scenario": name }),
            None => json!({ "next": true, "scenario": name }),
        };
        self.ask::<Value>(reqwest::Method::POST, "/v1/scenario", Some(choice)).await.map(|_| ())
    }

    /// What the target has decided so far, as its trace has it.
    ///
    /// # Errors
    /// When the listener does not answer as documented.
    pub async fn decisions(&self) -> Result<Vec<Line>, Trouble> {
        self.trace_at("/v1/trace?class=decision").await
    }

    async fn trace_at(&self, path: &str) -> Result<Vec<Line>, Trouble> {
        let body = self.fetch(reqwest::Method::GET, path, None).await?;
        let wrong = |what: String| Trouble::Harness(format!("control GET {path}: {what}"));
        let text = String::from_utf8(body).map_err(|error| wrong(error.to_string()))?;
        trace::read(&text).map_err(|error| wrong(error.to_string()))
    }

    /// The user that was made last, if any was.
    ///
    /// # Errors
    /// When the listener does not answer as documented.
    pub async fn newest_user(&self) -> Result<Option<i32>, Trouble> {
        let born = |line: &Line| match line {
            Line::Decision(decision) => match &decision.what {
                Decided::Lifecycle(change) if change.from.is_none() => Some(change.user),
                _ => None,
            },
            _ => None,
        };
        Ok(self.decisions().await?.iter().rev().find_map(born))
    }

    /// Every code and every address that was sent a message: what must never leave the mock.
    ///
    /// # Errors
    /// When the listener does not answer as documented.
    pub async fn canaries(&self) -> Result<Vec<String>, Trouble> {
        #[derive(Deserialize)]
        struct Sent {
            messages: Vec<To>,
        }
        #[derive(Deserialize)]
        struct To {
            to: String,
            code: String,
        }
        let path = "/v1/messages?limit=100";
        let sent: Sent = self.ask(reqwest::Method::GET, path, None).await?;
        Ok(sent.messages.into_iter().flat_map(|message| [message.to, message.code]).collect())
    }

    /// The moment that a stepped clock shows.
    ///
    /// # Errors
    /// When the listener does not answer as documented, or its clock is not stepped.
    pub async fn now(&self) -> Result<Instant, Trouble> {
        let face: ClockFace = self.ask(reqwest::Method::GET, "/v1/clock", None).await?;
        if matches!(&*face.mode, "stepped" | "held") {
            return Ok(face.now);
        }
        Err(Trouble::Configuration(format!(
            "the target's clock is '{}', but a stepped one was promised; say clock = \"real\"",
            face.mode
        )))
    }

    /// Moves a stepped clock on and returns the new moment.
    ///
    /// # Errors
    /// When the listener does not answer as documented.
    pub async fn advance(&self, millis: u64) -> Result<Instant, Trouble> {
        let body = json!({ "byMs": millis });
        let face: ClockFace =
            self.ask(reqwest::Method::POST, "/v1/clock/advance", Some(body)).await?;
        Ok(face.now)
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<T, Trouble> {
        let body = self.fetch(method.clone(), path, body).await?;
        serde_json::from_slice(&body).map_err(|error| {
            Trouble::Harness(format!("control {method} {path}: not as documented: {error}"))
        })
    }

    async fn fetch(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Vec<u8>, Trouble> {
        let said = |what: String| Trouble::Harness(format!("control {method} {path}: {what}"));
        let url = self.base.join(path).map_err(|error| said(error.to_string()))?;
        let mut request = self.http.request(method.clone(), url);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.map_err(|error| {
            let base = &self.base;
            Trouble::Unreachable(format!(
                "The control listener at {base} does not answer: {}",
                http::sentence(&error)
            ))
        })?;
        let status = response.status();
        let body = http::bounded_by(LARGEST_TRACE, response).await.map_err(said)?;
        if !status.is_success() {
            return Err(said(format!("{status} {}", String::from_utf8_lossy(&body))));
        }
        Ok(body.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::{Fake, reply};

    #[tokio::test]
    async fn the_newest_code_of_the_kind_is_taken() {
        let fake = Fake::start(|request| {
            assert_eq!(request.target, "/v1/messages?userId=7&channel=sms&limit=20");
            reply(
                200,
                &json!({ "messages": [
                { "id": 3, "kind": "document-signing", "code": "333333" },
                { "id": 2, "kind": "phone-verification", "code": "222222" },
                { "id": 1, "kind": "phone-verification", "code": "111111" },
            ], "evicted": 0 }),
            )
        })
        .await;
        let control = Control::new(fake.url("/")).unwrap();
        let code = control.newest_code(Some(7), MessageKind::PhoneVerification).await.unwrap();
        assert_eq!(code.as_deref(), Some("222222"));
    }

    #[tokio::test]
    async fn a_clock_that_is_not_stepped_is_refused() {
        let fake = Fake::start(|_| {
            reply(200, &json!({ "mode": "real", "now": "2026-01-01T00:00:00Z", "next": null }))
        })
        .await;
        let error = Control::new(fake.url("/")).unwrap().now().await.unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }

    #[tokio::test]
    async fn a_problem_is_told_with_its_words() {
        let fake =
            Fake::start(|_| reply(409, &json!({ "title": "the clock is not stepped" }))).await;
        let error = Control::new(fake.url("/")).unwrap().advance(5).await.unwrap_err();
        assert!(error.to_string().contains("the clock is not stepped"), "{error}");
    }
}
