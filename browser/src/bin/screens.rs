//! Pictures of every page at a desktop's and a phone's width, to be looked at: `make screens`.
//! Two of them stand in the README.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use browser::{Browser, Tried, stand::Stand};
use contract::Edition;

const WIDTHS: [u32; 2] = [1440, 360];

/// Name and path of each page of the control listener.
const PAGES: &[(&str, &str)] = &[
    ("start", "/"),
    ("users", "/users"),
    ("user", "/users/100004"),
    ("exchanges", "/exchanges"),
    ("exchange", "/exchanges/7"),
    ("inbox", "/inbox"),
    ("portal", "/portal"),
    ("scenarios", "/scenarios"),
    ("scenario", "/scenarios/sms-late"),
    ("faults", "/faults"),
    ("clock", "/clock"),
    ("readings", "/variants"),
    ("workspaces", "/workspaces"),
    ("landing", "/landing/success"),
];

#[tokio::main]
async fn main() -> ExitCode {
    let dir =
        std::env::args_os().nth(1).map_or_else(|| PathBuf::from("out/screens"), PathBuf::from);
    match run(&dir).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            // Nobody is left to tell if even this cannot be written.
            let _ = writeln!(std::io::stderr(), "screens: {trouble}");
            ExitCode::FAILURE
        }
    }
}

async fn run(dir: &Path) -> Tried<()> {
    std::fs::create_dir_all(dir)?;
    for width in WIDTHS {
        let Some(browser) = Browser::start(width, 900).await? else {
            return Err("there is no browser here; make browser fetches one".into());
        };
        let camera = Camera { browser, dir, width };
        camera.journey(Edition::E2025_09, "bg").await?;
        camera.journey(Edition::E2026_05, "en").await?;
        camera.browser.close().await?;
    }
    say(&format!("pictures: {}", dir.display()))
}

fn say(text: &str) -> Tried<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

struct Camera<'a> {
    browser: Browser,
    dir: &'a Path,
    width: u32,
}

impl Camera<'_> {
    async fn picture(&self, name: &str) -> Tried<()> {
        let file = self.dir.join(format!("{name}-{}.png", self.width));
        Ok(std::fs::write(file, self.browser.picture(self.width).await?)?)
    }

    /// A customer's whole way, with a picture of each of the provider's pages, and then of the
    /// pages of the control listener.
    async fn journey(&self, edition: Edition, language: &str) -> Tried<()> {
        let browser = &self.browser;
        let stand = Stand::start(edition, &["finalized", "signing", "registered"]).await?;
        stand.sign_up(browser, language).await?;
        let user = stand.newest_user();
        for _ in 0..2 {
            while let Some(screen) = stand.screen(browser).await? {
                self.picture(&format!("{edition}-{screen}")).await?;
                stand.go_on(browser, user, &screen).await?;
            }
            stand.wait()?;
            browser.text("main[data-screen=read] h1, [data-page='/done'] b").await?;
        }
        if edition != Edition::DEFAULT {
            return Ok(());
        }
        for (name, path) in PAGES {
            browser.open(&stand.control(path)).await?;
            browser.text("h1").await?;
            self.picture(name).await?;
        }
        self.how_live(&stand).await
    }

    /// How long it takes until the dashboard shows what has just happened.
    async fn how_live(&self, stand: &Stand) -> Tried<()> {
        let browser = &self.browser;
        browser.open(&stand.control("/clock")).await?;
        let script = "return document.querySelector('main strong').textContent";
        let before = browser.run(script, Vec::new()).await?;
        let began = Instant::now();
        stand.wait()?;
        stand.pass_an_hour()?;
        while browser.run(script, Vec::new()).await? == before {
            tokio::task::yield_now().await;
        }
        say(&format!("shown by the dashboard after {} ms", began.elapsed().as_millis()))
    }
}
