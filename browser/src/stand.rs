//! A mock with the smallest merchant web app in front of it, and a customer who goes through both
//! in a browser. The mock's clock stands still and is moved when the customer has to wait.

use std::{path::PathBuf, process::Stdio, sync::Arc};

use contract::{Edition, message::MessageKind, scenario};
use mock_server::{MockServer, clock::Backwards, scenario::Named};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::{Browser, Tried};

/// A mock and a merchant.
#[derive(Debug)]
pub struct Stand {
    /// The mock.
    pub mock: MockServer,
    /// Where the merchant's app is.
    pub app: String,
    _app: Child,
    _dir: TempDir,
}

/// Where the certificates of all stands are: keys take a while to make.
fn certs_dir() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/browser-certs"))
}

impl Stand {
    /// Starts both, with users in these states; they have the numbers 100001, 100002 and so on.
    ///
    /// # Errors
    /// When either does not start.
    pub async fn start(edition: Edition, states: &[&str]) -> Tried<Self> {
        let given: String =
            states.iter().map(|state| format!("[[given]]\nstate = \"{state}\"\n")).collect();
        let text = format!("title = \"Users who are there\"\nwhy = \"To look at them.\"\n{given}");
        let read = scenario::read(&text).map_err(|wrong| wrong[0].of_file("given"))?;
        let (name, scenario) = ("given".to_owned(), Arc::new(read.scenario));
        let named = (!states.is_empty()).then_some(Named { name, scenario, path: None });
        let dir = tempfile::tempdir()?;
        let ready = dir.path().join("ready.json");
        let builder = MockServer::builder().clock_stepped().seed(7).certs_dir(certs_dir());
        let builder = builder.settings(|meant| {
            meant.edition = edition;
            meant.variants = contract::Variants::of(edition);
            meant.scenario = named;
            meant.ready_file = Some(ready.clone());
        });
        let mock = builder.start().await?;
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/merchant-app/app.py");
        let mut process = Command::new("python3")
            .args([script.as_ref(), ready.as_os_str(), "0".as_ref()])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().ok_or("the app says nothing")?;
        let app = BufReader::new(stdout).lines().next_line().await?.ok_or("the app ended")?;
        Ok(Self { mock, app, _app: process, _dir: dir })
    }

    /// An address of the control listener.
    #[must_use]
    pub fn control(&self, path: &str) -> String {
        format!("{}{path}", self.mock.ready().control)
    }

    /// The address of the page that is open for a user.
    ///
    /// # Errors
    /// When none is.
    pub fn page_of(&self, user: i32) -> Tried<String> {
        let workspace = self.mock.workspace();
        let session = workspace.look(|world| world.user(user)).and_then(|user| user.session);
        let link = session.and_then(|session| session.link).ok_or("no page is open")?;
        Ok(workspace.origins().page(&link))
    }

    /// The newest code of a kind that a user got.
    ///
    /// # Errors
    /// When there is none.
    pub fn code(&self, user: i32, kind: MessageKind) -> Tried<String> {
        let newest = self.mock.workspace().look(|world| {
            let mut messages = world.messages().newest_first();
            messages
                .find(|message| message.user == user && message.kind == kind)
                .map(|message| message.code.to_string())
        });
        newest.ok_or_else(|| format!("no {} came", kind.name()).into())
    }

    /// The newest user.
    #[must_use]
    pub fn newest_user(&self) -> i32 {
        let ids = self.mock.workspace().look(|world| world.user_ids(None, usize::MAX));
        ids.last().copied().unwrap_or_default()
    }

    /// A customer opens the merchant's app and goes on until the provider's first page is there.
    ///
    /// # Errors
    /// When a page does not go on.
    pub async fn sign_up(&self, browser: &Browser, language: &str) -> Tried<()> {
        browser.open(&self.app).await?;
        browser.write("#email", "ana@example.org").await?;
        browser.write("#phone", "+359881234567").await?;
        browser.choose("#language", language).await?;
        browser.press("button").await?;
        for (page, kind) in
            [("/email", MessageKind::EmailConfirmation), ("/phone", MessageKind::PhoneVerification)]
        {
            browser.text(&format!("[data-page='{page}'] h1")).await?;
            let code = self.code(self.newest_user(), kind)?;
            browser.write(&format!("[data-page='{page}'] #code"), &code).await?;
            browser.press("button").await?;
        }
        browser.text("main[data-screen=consent] h1").await?;
        Ok(())
    }

    /// Moves the clock on by an hour.
    ///
    /// # Errors
    /// When the clock cannot be moved.
    pub fn pass_an_hour(&self) -> Tried<()> {
        let later = |now, _| Ok::<_, Backwards>(now + std::time::Duration::from_secs(3600));
        self.mock.workspace().advance(later).map_err(|error| error.to_string())?;
        Ok(())
    }

    /// Lets the next thing happen that is due.
    ///
    /// # Errors
    /// When the clock cannot be moved.
    pub fn wait(&self) -> Tried<()> {
        let next = |now, next: Option<_>| Ok::<_, Backwards>(next.unwrap_or(now));
        self.mock.workspace().advance(next).map_err(|error| error.to_string())?;
        Ok(())
    }

    /// Goes on from a page of the provider by its own form, and waits until another one is there.
    ///
    /// # Errors
    /// When the page does not go on.
    pub async fn go_on(&self, browser: &Browser, user: i32, screen: &str) -> Tried<()> {
        if let Some(kind) = asked_for(screen) {
            browser.write("#code", &self.code(user, kind)?).await?;
        }
        while browser.count(".tick input:not(:checked)").await? > 0 {
            browser.press(".tick input:not(:checked)").await?;
        }
        browser.press("#step button.main").await?;
        browser.text(&format!("main:not([data-screen='{screen}']) h1")).await?;
        Ok(())
    }

    /// The screen that the browser shows, if it is one of the provider's.
    ///
    /// # Errors
    /// When the browser shows nothing.
    pub async fn screen(&self, browser: &Browser) -> Tried<Option<String>> {
        browser.attribute("main", "data-screen").await
    }
}

/// Which message has the code that a screen asks for.
#[must_use]
pub fn asked_for(screen: &str) -> Option<MessageKind> {
    match screen {
        "phone-code" => Some(MessageKind::IdentificationPhone),
        "email-code" => Some(MessageKind::IdentificationEmail),
        "provider-code" => Some(MessageKind::ProviderSigning),
        "code" => Some(MessageKind::DocumentSigning),
        _ => None,
    }
}
