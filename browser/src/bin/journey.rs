//! A person in a real browser, as a command for `[pages]` of a target file: opens the address that
//! is its last argument and goes on as `PERSON` would on the journey `LEG`, until another site has
//! the browser. The arguments before the address are the command that prints codes.

use std::{io::Write as _, process::ExitCode, time::Duration};

use browser::{Browser, Tried, stand::asked_for};
use contract::{message::MessageKind, trace::Leg};
use judge::Person;
use serde_json::{Value, json};
use tokio::process::Command;
use url::Url;

/// How many pages one journey may have.
const MOST_PAGES: usize = 40;

/// How long a page may take to follow another, and how often it is looked for.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(50);

/// Presses the button that is wished for most, or follows the only link; says what it did.
const STEP: &str = "
    const [wishes, code] = arguments;
    for (const wish of wishes) for (const form of document.forms) {
        const button = [...form.querySelectorAll('button, input[type=submit]')]
            .find(one => one.value === wish);
        if (!button) continue;
        const asked = form.querySelector('[autocomplete=one-time-code]');
        if (asked && wish !== 'cancel' && wish !== 'decline') {
            if (code === null) return 'code';
            asked.value = code;
        }
        form.querySelectorAll('input[type=checkbox][required]:not(:checked)')
            .forEach(tick => tick.click());
        document.documentElement.dataset.left = 'yes';
        button.click();
        return 'pressed';
    }
    const link = document.forms.length ? null : document.querySelector('main a[href]');
    if (!link) return 'stuck';
    document.documentElement.dataset.left = 'yes';
    link.click();
    return 'pressed';";

/// Whether another page is there, and whole.
const ARRIVED: &str =
    "return document.readyState === 'complete' && !document.documentElement.dataset.left";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            // Nobody is left to tell if even this cannot be written.
            let _ = writeln!(std::io::stderr(), "journey: {trouble}");
            ExitCode::FAILURE
        }
    }
}

/// Who goes on which journey.
struct Traveller {
    person: Person,
    leg: Leg,
    codes: Vec<String>,
}

async fn run() -> Tried<()> {
    let mut codes: Vec<String> = std::env::args().skip(1).collect();
    let usage = "say journey [CODES_COMMAND...] ADDRESS, as the pages command of a target file";
    let start: Url = codes.pop().ok_or(usage)?.parse().map_err(|_| usage)?;
    let said = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.to_owned());
    let leg = match said("LEG", "identification").as_str() {
        "identification" => Leg::Identification,
        "signing" => Leg::Signing,
        other => return Err(format!("LEG is identification or signing, not '{other}'").into()),
    };
    let person: Person = said("PERSON", "complete").parse()?;
    let traveller = Traveller { person, leg, codes };
    let Some(browser) = Browser::start(1280, 900).await? else {
        return Err("there is no browser here; make browser fetches one".into());
    };
    let travelled = traveller.go(&browser, &start).await;
    browser.close().await?;
    travelled
}

impl Traveller {
    async fn go(&self, browser: &Browser, start: &Url) -> Tried<()> {
        let wishes = json!(self.person.wishes(self.leg));
        browser.open(start.as_str()).await?;
        for _ in 0..MOST_PAGES {
            arrived(browser).await?;
            if browser.address().await?.parse::<Url>()?.origin() != start.origin() {
                return Ok(());
            }
            let mut done = browser.run(STEP, vec![wishes.clone(), Value::Null]).await?;
            if done == "code" {
                let code = self.code(browser).await?;
                done = browser.run(STEP, vec![wishes.clone(), json!(code)]).await?;
            }
            if done != "pressed" {
                let screen = self.screen(browser).await;
                return Err(format!("the page {screen} offers none of {wishes}").into());
            }
        }
        Err(format!("{MOST_PAGES} pages did not lead back to the merchant").into())
    }

    async fn screen(&self, browser: &Browser) -> String {
        let screen = browser.attribute("main", "data-screen").await;
        screen.ok().flatten().unwrap_or_else(|| "without a name".to_owned())
    }

    /// The code that the page asks for, from the owner's command.
    async fn code(&self, browser: &Browser) -> Tried<String> {
        let screen = self.screen(browser).await;
        let kind = asked_for(&screen).unwrap_or(match self.leg {
            Leg::Identification => MessageKind::ProviderSigning,
            Leg::Signing => MessageKind::DocumentSigning,
        });
        let channel = kind.channel().word();
        let (program, arguments) =
            self.codes.split_first().ok_or("a page asks for a code; name the command for codes")?;
        let output = Command::new(program)
            .args(arguments)
            .envs([("CHANNEL", channel), ("KIND", kind.code_name())])
            .output()
            .await?;
        let code = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        match output.status.success() && !code.is_empty() {
            true => Ok(code),
            false => Err(format!("{program} printed no {}", kind.code_name()).into()),
        }
    }
}

/// Waits until another page is there than the one that was left.
async fn arrived(browser: &Browser) -> Tried<()> {
    let arriving = async {
        // While one page follows another there may be none to ask.
        while browser.run(ARRIVED, Vec::new()).await.ok() != Some(Value::Bool(true)) {
            tokio::time::sleep(LOOK).await;
        }
    };
    let late = |_| format!("no page came within {} s", PATIENCE.as_secs());
    Ok(tokio::time::timeout(PATIENCE, arriving).await.map_err(late)?)
}
