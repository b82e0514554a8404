//! The certification file: who the client is, what it can do, and how it is started.
//! Whatever is wrong is told before anything is started.

use std::path::{Path, PathBuf};

use contract::Edition;
use judge::client::{Declaration, Feature, Watch, rows};
use serde::Deserialize;
use url::Url;

use crate::{site, trouble::Trouble};

/// A certification file, read and checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct File {
    /// Who the client is and what it can do.
    pub client: Declaration,
    /// How it is started.
    pub start: Start,
    /// Where it listens for the browser, if it does so itself.
    #[serde(default)]
    pub landing: Option<Landing>,
}

/// How a client is started. Just one of the ways.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Start {
    /// A command for each case.
    #[serde(default)]
    pub command: Vec<String>,
    /// An address that is posted to for each case; its answer ends the case.
    #[serde(default)]
    pub url: Option<Url>,
    /// How many cases run at once.
    #[serde(default = "four")]
    pub parallel: usize,
    /// Whether the client shortens its own waits by `CERTIFY_TIME_SCALE`.
    #[serde(default)]
    pub scales: bool,
    /// The directory in which it is started; that of the file when left out.
    #[serde(default)]
    pub directory: Option<PathBuf>,
}

/// Where a client listens for the browser. `{port}` stands for a free port of each case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Landing {
    /// After success.
    pub success: String,
    /// After failure.
    pub fail: String,
}

const fn four() -> usize {
    4
}

/// A file that one can begin with.
pub const EXAMPLE: &str = r#"[client]
name = "my-onboarding"
version = "1.0.0"
edition = "2025-09"
scopes = ["Tenn.CRM"]
poll-limit = 120
features = []

[client.variants]
questionnaire-order = "after-signing"

[client.attested]
# A row that nobody can watch here, and why you vouch for it.
CC-DAT-05 = "correlationId and individualId are kept as text."

[start]
command = ["python3", "client.py"]
parallel = 4
scales = true
"#;

impl File {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, where, and what would be right.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        let told = |what: String| Trouble::Configuration(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| {
            told(format!("cannot be read: {error}; it looks like this:\n{EXAMPLE}"))
        })?;
        let mut file: Self = toml::from_str(&text).map_err(|error| told(error.to_string()))?;
        file.check().map_err(told)?;
        site::tables(file.client.edition)?;
        let beside = path.parent().unwrap_or_else(|| Path::new("."));
        let directory = file.start.directory.take();
        file.start.directory =
            Some(directory.map_or_else(|| beside.to_owned(), |own| beside.join(own)));
        Ok(file)
    }

    fn check(&self) -> Result<(), String> {
        self.client.readings().map_err(|error| format!("client.variants: {error}"))?;
        if self.client.edition == Edition::E2024_06 {
            return Err("client.edition: clients of 2024-06 cannot be certified: its documents \
                        name no statuses that a client could be judged by"
                .to_owned());
        }
        match (self.start.command.is_empty(), &self.start.url) {
            (true, None) => {
                return Err(
                    "start: give command = [\"program\", ...] or url = \"http://...\"".to_owned()
                );
            }
            (false, Some(_)) => return Err("start: give command or url, not both".to_owned()),
            _ => {}
        }
        if !(1..=64).contains(&self.start.parallel) {
            return Err(format!(
                "start.parallel is {}; 1 to 64 cases can run at once",
                self.start.parallel
            ));
        }
        if !(10..=300).contains(&self.client.poll_limit) {
            let limit = self.client.poll_limit;
            return Err(format!(
                "client.poll-limit is {limit}; the provider's example is 120 seconds, \
                                and 10 to 300 are accepted"
            ));
        }
        for id in self.client.attested.keys() {
            let row =
                rows::by_id(id).ok_or_else(|| format!("client.attested: there is no row {id}"))?;
            let watched = matches!(row.watch, Watch::Trace(_));
            if watched && row.needs.iter().all(|need| self.client.can(*need)) {
                return Err(format!(
                    "client.attested: {id} is watched here; nobody's word is needed"
                ));
            }
        }
        if self.client.can(Feature::Lands) && self.landing.is_none() {
            return Err("client.features says that it lands, but there is no [landing]".to_owned());
        }
        let loopback = |url: &str| {
            let url = url.replace("{port}", "1").parse::<Url>();
            url.is_ok_and(|url| matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")))
        };
        let addresses = self.landing.iter().flat_map(|landing| [&landing.success, &landing.fail]);
        for address in addresses {
            if !loopback(address) {
                return Err(format!("landing: {address} does not lead to this machine"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        file.check()
    }

    #[test]
    fn the_example_is_right() {
        check(EXAMPLE).unwrap();
    }

    #[test]
    fn nonsense_is_told() {
        for (wrong, right, told) in [
            ("parallel = 4", "parallel = 0", "1 to 64"),
            ("poll-limit = 120", "poll-limit = 9000", "10 to 300"),
            ("after-signing", "at-midnight", "at-midnight"),
            ("CC-DAT-05", "CC-POL-01", "watched here"),
            ("CC-DAT-05", "CC-XXX-01", "no row CC-XXX-01"),
            ("features = []", "features = [\"lands\"]", "[landing]"),
            ("features = []", "features = [\"flies\"]", "flies"),
            ("command = [\"python3\", \"client.py\"]", "", "give command"),
            ("scales = true", "scales = true\ncolour = 1", "colour"),
            ("edition = \"2025-09\"", "edition = \"1999-01\"", "1999-01"),
        ] {
            let text = EXAMPLE.replace(wrong, right);
            assert_ne!(text, EXAMPLE, "{wrong}");
            let error = check(&text).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
        let far = format!(
            "{EXAMPLE}\n[landing]\nsuccess = \"https://shop.example/s\"\nfail = \"http://127.0.0.1:{{port}}/f\"\n"
        );
        assert!(check(&far).unwrap_err().contains("this machine"));
    }
}
