//! The program that drives Chromium, started for one browser and ended with it.
//! It speaks W3C WebDriver on a port of loopback that it chooses itself.

use std::{process::Stdio, time::Duration};

use fantoccini::{Client, ClientBuilder, wd::WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};
use url::Url;

use crate::{Tried, capabilities};

/// How long the driver may take until it listens.
const PATIENCE: Duration = Duration::from_secs(60);

/// A driver that runs.
#[derive(Debug)]
pub(crate) struct Driver {
    _process: Child,
    _profile: TempDir,
}

impl Driver {
    /// Whether this machine has what it takes.
    pub(crate) fn is_there() -> bool {
        let there = |program: &str| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
        };
        there("chromedriver") && ["chromium", "google-chrome", "chrome"].into_iter().any(there)
    }

    pub(crate) async fn start(size: (u32, u32)) -> Tried<(Self, Client)> {
        let profile = tempfile::tempdir()?;
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().ok_or("the driver says nothing")?;
        let port = timeout(PATIENCE, port_of(stdout)).await??;
        let wanted = capabilities(size, profile.path());
        let wanted = wanted.as_object().cloned().unwrap_or_default();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await?;
        Ok((Self { _process: process, _profile: profile }, client))
    }
}

/// The driver tells in its own words on which port it listens. What it says later is read too,
/// so that it never waits for a reader.
async fn port_of(stdout: tokio::process::ChildStdout) -> Tried<u16> {
    let mut lines = BufReader::new(stdout).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, rest)) = line.split_once("started successfully on port ") {
            let port = rest.trim_end_matches('.').parse()?;
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(port);
        }
    }
    Err("the driver ended before it listened".into())
}

/// Lets pages believe that the person likes it dark.
#[derive(Debug)]
pub(crate) struct Dark;

impl WebDriverCompatibleCommand for Dark {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        let feature = serde_json::json!({ "name": "prefers-color-scheme", "value": "dark" });
        let params = serde_json::json!({ "features": [feature] });
        let body = serde_json::json!({ "cmd": "Emulation.setEmulatedMedia", "params": params });
        (http::Method::POST, Some(body.to_string()))
    }
}

/// Asks for a log of the session, as Chromium's driver has it beside the standard.
#[derive(Debug)]
pub(crate) struct Log(pub(crate) &'static str);

impl WebDriverCompatibleCommand for Log {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(serde_json::json!({ "type": self.0 }).to_string()))
    }
}
