//! A headless Chromium that looks at the mock's pages as a person would, and tells what it did not
//! like: errors on the console, requests that failed, requests that left this machine, and what an
//! accessibility checker finds.

mod driver;
mod noise;
pub mod stand;

use std::{path::PathBuf, time::Duration};

use fantoccini::{Client, Locator, error::CmdError};
use serde_json::{Value, json};

use crate::driver::Driver;

/// How long anything may take until it is there. No test passes or fails by being quick.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a window needs besides its page, in pixels, and a little more.
const FRAME: u32 = 160;

/// How often an element may be gone before it could be used.
const MOST_TRIES: usize = 20;

/// A browser with a profile of its own, which is gone when it is closed or dropped.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    driver: Driver,
}

/// What went wrong in or with a browser.
pub type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// A result of the browser.
pub type Tried<T> = Result<T, Trouble>;

/// The file of the accessibility checker: `AXE`, or where `make browser` puts it.
#[must_use]
pub fn axe_file() -> PathBuf {
    std::env::var_os("AXE").map_or_else(
        || {
            let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
            PathBuf::from(root).join("target/axe/package/axe.min.js")
        },
        PathBuf::from,
    )
}

impl Browser {
    /// Starts one with a window of this size; none where this machine has no Chromium, no driver or
    /// no accessibility checker.
    ///
    /// # Errors
    /// When they are there and do not work, or when `REQUIRE_BROWSER` is set and they are not.
    pub async fn start(width: u32, height: u32) -> Tried<Option<Self>> {
        if !Driver::is_there() || !axe_file().is_file() {
            if std::env::var_os("REQUIRE_BROWSER").is_some() {
                return Err("chromium, chromedriver or axe-core is missing: make browser".into());
            }
            return Ok(None);
        }
        let (driver, client) = Driver::start((width, height)).await?;
        let browser = Self { client, driver };
        // What the browser does for itself when it starts is no page's fault.
        browser.open("about:blank").await?;
        browser.complaints().await?;
        Ok(Some(browser))
    }

    /// Ends it.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn close(self) -> Tried<()> {
        self.client.close().await?;
        drop(self.driver);
        Ok(())
    }

    /// Lets pages be dark from now on.
    ///
    /// # Errors
    /// When the browser cannot.
    pub async fn dark(&self) -> Tried<()> {
        self.client.issue_cmd(driver::Dark).await?;
        Ok(())
    }

    /// Opens an address.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(&self, address: &str) -> Tried<()> {
        Ok(self.client.goto(address).await?)
    }

    /// Goes back, as its button does.
    ///
    /// # Errors
    /// When it cannot.
    pub async fn back(&self) -> Tried<()> {
        Ok(self.client.back().await?)
    }

    /// Its address now.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn address(&self) -> Tried<String> {
        Ok(self.client.current_url().await?.to_string())
    }

    /// Waits until something is there and gives its text.
    ///
    /// # Errors
    /// When it never comes.
    pub async fn text(&self, css: &str) -> Tried<String> {
        self.with(css, async |element| element.text().await).await
    }

    /// An attribute of something.
    ///
    /// # Errors
    /// When the element never comes.
    pub async fn attribute(&self, css: &str, name: &str) -> Tried<Option<String>> {
        self.with(css, async |element| element.attr(name).await).await
    }

    /// Presses something and waits for nothing.
    ///
    /// # Errors
    /// When it never comes or cannot be pressed.
    pub async fn press(&self, css: &str) -> Tried<()> {
        self.with(css, async |element| element.click().await).await
    }

    /// Writes into a field, in place of what stands there.
    ///
    /// # Errors
    /// When it never comes or takes nothing.
    pub async fn write(&self, css: &str, text: &str) -> Tried<()> {
        self.with(css, async |field| {
            field.clear().await?;
            field.send_keys(text).await
        })
        .await
    }

    /// Chooses an option by its value.
    ///
    /// # Errors
    /// When there is no such field or option.
    pub async fn choose(&self, css: &str, value: &str) -> Tried<()> {
        self.with(css, async |field| field.select_by_value(value).await).await
    }

    /// How many there are now.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn count(&self, css: &str) -> Tried<usize> {
        Ok(self.client.find_all(Locator::Css(css)).await?.len())
    }

    /// Runs a script in the page.
    ///
    /// # Errors
    /// When it throws.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Tried<Value> {
        Ok(self.client.execute(script, arguments).await?)
    }

    /// A picture of the whole page, PNG.
    ///
    /// # Errors
    /// When the browser cannot take it.
    pub async fn picture(&self, width: u32) -> Tried<Vec<u8>> {
        let script = "return Math.max(document.documentElement.scrollHeight, 400)";
        let height = self.run(script, Vec::new()).await?.as_u64().unwrap_or(800).min(2200);
        self.client.set_window_size(width, u32::try_from(height)? + FRAME).await?;
        Ok(self.client.screenshot().await?)
    }

    /// How far the page is wider than its window, in pixels.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn overflow(&self) -> Tried<i64> {
        let script = "const root = document.documentElement;
            return root.scrollWidth - root.clientWidth";
        Ok(self.run(script, Vec::new()).await?.as_i64().unwrap_or_default())
    }

    /// Serious and critical violations that the accessibility checker finds in this page.
    ///
    /// # Errors
    /// When the checker cannot run.
    pub async fn barriers(&self) -> Tried<Vec<String>> {
        let axe = std::fs::read_to_string(axe_file())?;
        self.run(&axe, Vec::new()).await?;
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then(found => done(found.violations
              .filter(one => one.impact === 'serious' || one.impact === 'critical')
              .map(one => one.id + ': ' + one.nodes.map(node => node.html).join(' | '))))";
        let found = self.client.execute_async(script, Vec::new()).await?;
        Ok(serde_json::from_value(found)?)
    }

    /// What it did not like since it was asked last: errors on the console, requests that failed or
    /// left this machine.
    ///
    /// # Errors
    /// When the driver does not hand out its logs.
    pub async fn complaints(&self) -> Tried<Vec<String>> {
        let console = self.client.issue_cmd(driver::Log("browser")).await?;
        let network = self.client.issue_cmd(driver::Log("performance")).await?;
        Ok(noise::complaints(&console, &network))
    }

    /// Does something with an element. A page that has just gone on takes its elements along, and
    /// then the same is done with the one that came in its place. While it is put there, the driver
    /// finds it but cannot reach it yet.
    async fn with<T>(
        &self,
        css: &str,
        deed: impl AsyncFn(fantoccini::elements::Element) -> Result<T, CmdError>,
    ) -> Tried<T> {
        let mut tries = MOST_TRIES;
        loop {
            tries -= 1;
            match deed(self.await_one(css).await?).await {
                Err(error) if tries > 0 && is_replaced(&error) => {}
                done => return Ok(done?),
            }
        }
    }

    async fn await_one(&self, css: &str) -> Tried<fantoccini::elements::Element> {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => {
                let (at, html) = (self.address().await?, self.client.source().await?);
                Err(format!("{css} is not at {at}: {error}\n{html}").into())
            }
        }
    }
}

/// Whether an element was, or is just being, replaced by another one.
fn is_replaced(error: &CmdError) -> bool {
    error.is_stale_element_reference() || error.is_element_not_interactable()
}

/// What a session is asked to be.
fn capabilities((width, height): (u32, u32), profile: &std::path::Path) -> Value {
    json!({
        "browserName": "chrome",
        "acceptInsecureCerts": true,
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        "goog:chromeOptions": { "args": [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-default-browser-check",
            "--disable-sync",
            "--disable-default-apps",
            "--disable-extensions",
            "--disable-search-engine-choice-screen",
            "--disable-background-networking",
            "--disable-component-update",
            "--hide-scrollbars",
            format!("--window-size={width},{height}"),
            format!("--user-data-dir={}", profile.display()),
        ] },
    })
}
