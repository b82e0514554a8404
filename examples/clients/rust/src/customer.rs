//! The customer: asked for codes, sent to pages, awaited when the browser comes back. In
//! production this is your own web site or app.

use std::time::Duration;

use crate::{Stop, settings::Settings};

const PATIENCE: Duration = Duration::from_secs(180);

pub struct Customer {
    desk: String,
    http: reqwest::Client,
    landings: u32,
}

impl Customer {
    pub fn new(settings: &Settings) -> Result<Self, Stop> {
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build();
        let http = http.map_err(|error| Stop(error.to_string()))?;
        let desk = settings.person.as_str().trim_end_matches('/').to_owned();
        Ok(Self { desk, http, landings: 0 })
    }

    async fn said(&self, request: reqwest::RequestBuilder) -> Result<String, Stop> {
        let silent = |_| Stop("the customer does not answer".to_owned());
        let answer = request.send().await.and_then(reqwest::Response::error_for_status);
        Ok(answer.map_err(silent)?.text().await.map_err(silent)?.trim().to_owned())
    }

    /// The newest code that came, or `resend`.
    pub async fn code(&self, by: &str) -> Result<String, Stop> {
        self.said(self.http.get(format!("{}/code/{by}", self.desk))).await
    }

    /// Waits until the customer wants to start.
    pub async fn start(&self) {
        // A customer who does not say so starts all the same.
        let _ = self.said(self.http.get(format!("{}/start", self.desk))).await;
    }

    /// Sends the customer to a page, and waits until the browser is back.
    pub async fn journey(&mut self, address: &str) -> Result<(), Stop> {
        if !address.starts_with("https://") {
            return Err(Stop("the page is not on https".to_owned()));
        }
        let open = self.http.post(format!("{}/open", self.desk)).body(address.to_owned());
        self.said(open).await?;
        let landing = self.http.get(format!("{}/landing?after={}", self.desk, self.landings));
        self.landings += 1;
        match self.said(landing).await?.as_str() {
            "success" => Ok(()),
            _ => Err(Stop("the customer did not finish".to_owned())),
        }
    }
}
