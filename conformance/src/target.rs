//! What is to be judged, and how the runner reaches it: a TOML file that the target's owner
//! writes. Relative paths count from the file.

mod words;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use judge::story::Certificate;
use serde::{Deserialize, Deserializer, de::Error as _};
use url::Url;

use self::words::{CodesTable, PagesTable};
use crate::{secrets::SecretsFrom, tls::ThumbprintHash, trouble::Trouble};

/// The scopes that the onboarding calls need.
pub const SCOPE: &str = "Tenn.CRM IdentityServerApi Tenn.RiskService Tenn.FileStorage";

/// A target file that shows most of what can be said; the command line's help prints it.
pub const EXAMPLE: &str = r#"api = "https://api.sandbox.example:8443"
auth = "https://auth.sandbox.example:8444"
ca = "ca.pem"                       # the only CA that is trusted
client_certificate = "chain.pem"    # files are PEM; paths count from this file
client_key = "key.pem"
client_id = "merchant-client"
merchant_id = 9101
# identity, control, scope, thumbprint = "sha256", clock = "stepped"

[codes]
from = "command"                    # or "prompt", or "control" for the mock
command = ["./newest-code.sh"]      # gets USER_ID, CHANNEL, KIND; prints the code

[pages]
by = "person"                       # or "agent", or "command" with command = [...]

[redirects]
listen = "127.0.0.1:8470"           # success_path, fail_path, public_url, limit_seconds

[applicant]                         # only where mail and SMS are really sent
email = "applicant@sandbox.example"

[credentials]                       # only where tokens are had by password
client_secret = { file = "client-secret.txt" }
username = { env = "SANDBOX_USERNAME" }
password = { env = "SANDBOX_PASSWORD" }

[second]                            # another merchant, whose users must stay its own
client_id = "other-client"
merchant_id = 9102
certificate = "other-chain.pem"
key = "other-key.pem"

[certificates.expired]              # also untrusted, self-signed, revoked
certificate = "expired.pem"
key = "expired-key.pem"
"#;

/// A target.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its name in the report; the file's name when there is none.
    #[serde(default)]
    pub name: String,
    /// The API gateway.
    #[serde(deserialize_with = "https")]
    pub api: Url,
    /// The identity server.
    #[serde(deserialize_with = "https")]
    pub auth: Url,
    /// The hosted pages. Without it the pages may be where the first URL says.
    #[serde(default, deserialize_with = "maybe_https")]
    pub identity: Option<Url>,
    /// The mock's control listener, if the target is one.
    #[serde(default, deserialize_with = "maybe_url")]
    pub control: Option<Url>,
    /// The only CA that is trusted, in PEM.
    pub ca: PathBuf,
    /// The client certificate with its issuers behind it, in PEM.
    pub client_certificate: PathBuf,
    /// Its private key, in PEM.
    pub client_key: PathBuf,
    /// The OAuth client.
    pub client_id: String,
    /// The merchant.
    pub merchant_id: i32,
    /// The scopes that are asked for.
    #[serde(default = "scope")]
    pub scope: String,
    /// Which hash of the certificate the token request carries.
    #[serde(default)]
    pub thumbprint: ThumbprintHash,
    /// How time passes.
    #[serde(default)]
    pub clock: ClockKind,
    /// How codes arrive.
    pub codes: CodesFrom,
    /// Who opens the pages.
    #[serde(default)]
    pub pages: PagesBy,
    /// Where browsers come back to.
    #[serde(default)]
    pub redirects: Redirects,
    /// A mailbox and a phone that exist, for a target that really sends.
    #[serde(default)]
    pub applicant: Reachable,
    /// Where the secrets are, for a target that gives tokens for a password.
    #[serde(default)]
    pub credentials: Option<SecretsFrom>,
    /// A second merchant, so that it can be seen that nobody touches another one's users.
    #[serde(default)]
    pub second: Option<Second>,
    /// Other client certificates, so that it can be seen that they are refused.
    #[serde(default)]
    pub certificates: BTreeMap<Certificate, Pair>,
}

/// A second merchant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Second {
    /// Its OAuth client.
    pub client_id: String,
    /// Its number.
    pub merchant_id: i32,
    /// Its client certificate with its issuers behind it, in PEM.
    pub certificate: PathBuf,
    /// The private key, in PEM.
    pub key: PathBuf,
}

/// A client certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// The certificate, in PEM.
    pub certificate: PathBuf,
    /// The private key, in PEM.
    pub key: PathBuf,
}

/// How time passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClockKind {
    /// As it does for everybody.
    #[default]
    Real,
    /// Only when the runner moves it, through the control listener.
    Stepped,
}

/// How codes arrive.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "CodesTable")]
pub enum CodesFrom {
    /// Through the control listener.
    Control,
    /// Through a command that prints the code.
    Command(Vec<String>),
    /// Through somebody who types them.
    Prompt,
}

/// Who opens the pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PagesTable")]
pub enum PagesBy {
    /// The runner's own user agent, which knows no script.
    #[default]
    Agent,
    /// A command that is given the address as its last argument.
    Command(Vec<String>),
    /// Somebody who is shown the address.
    Person,
    /// Nobody: the target plays the person itself, as the mock does in some scenarios.
    Nobody,
}

/// Where browsers come back to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Redirects {
    /// Where the runner listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The path of Success.
    pub success_path: String,
    /// The path of Fail.
    pub fail_path: String,
    /// How browsers reach the listener, when something stands in between.
    #[serde(deserialize_with = "maybe_url")]
    pub public_url: Option<Url>,
    /// How long a person or a command may take in the browser, in seconds.
    pub limit_seconds: u64,
}

/// A mailbox and a phone that exist.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reachable {
    /// Where mail can be read.
    pub email: Option<String>,
    /// Where SMS can be read, in E.164.
    pub phone: Option<String>,
}

impl Default for Redirects {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            success_path: "/success".to_owned(),
            fail_path: "/fail".to_owned(),
            public_url: None,
            limit_seconds: 600,
        }
    }
}

impl Redirects {
    /// How long a person or a command may take in the browser.
    #[must_use]
    pub const fn limit(&self) -> Duration {
        Duration::from_secs(self.limit_seconds)
    }
}

impl Target {
    /// Reads a target file.
    ///
    /// # Errors
    /// A sentence with the file, the line, and what would be right.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        let wrong = |what: String| Trouble::Configuration(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path)
            .map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let mut target: Self = toml::from_str(&text)
            .map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
        target.check().map_err(wrong)?;
        if target.name.is_empty() {
            target.name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        }
        let parent = path.parent().unwrap_or_else(|| Path::new(""));
        for file in [&mut target.ca, &mut target.client_certificate, &mut target.client_key] {
            *file = parent.join(&file);
        }
        let second = target.second.iter_mut();
        let second = second.flat_map(|second| [&mut second.certificate, &mut second.key]);
        let others = target.certificates.values_mut();
        let others = others.flat_map(|pair| [&mut pair.certificate, &mut pair.key]);
        for file in second.chain(others) {
            *file = parent.join(&file);
        }
        if let Some(credentials) = &mut target.credentials {
            credentials.count_from(parent);
        }
        if let CodesFrom::Command(command) = &mut target.codes {
            from_parent(parent, command);
        }
        if let PagesBy::Command(command) = &mut target.pages {
            from_parent(parent, command);
        }
        Ok(target)
    }

    /// The same at another place: addresses, keys and merchants are new, the rest stays.
    #[must_use]
    pub fn moved_to(&self, place: Self, second: Option<Second>) -> Self {
        let Self { name, clock, codes, pages, redirects, applicant, scope, thumbprint, .. } =
            self.clone();
        Self { name, clock, codes, pages, redirects, applicant, scope, thumbprint, second, ..place }
    }

    /// What no single setting can know.
    fn check(&self) -> Result<(), String> {
        let needs_control = |what: &str| Err(format!("{what} needs control = \"http://...\""));
        if self.codes == CodesFrom::Control && self.control.is_none() {
            return needs_control("codes.from = \"control\"");
        }
        if self.clock == ClockKind::Stepped && self.control.is_none() {
            return needs_control("clock = \"stepped\"");
        }
        if self.merchant_id < 1 {
            return Err("merchant_id must be a whole number of at least 1".to_owned());
        }
        self.check_applicant()?;
        self.check_paths()
    }

    fn check_applicant(&self) -> Result<(), String> {
        let Reachable { email, phone } = &self.applicant;
        if email.as_deref().is_some_and(|email| !contract::field::is_email(email)) {
            return Err("applicant.email must be an e-mail address".to_owned());
        }
        if phone.as_deref().is_some_and(|phone| !contract::field::is_e164(phone)) {
            return Err("applicant.phone must be a number such as +359881234567".to_owned());
        }
        Ok(())
    }

    fn check_paths(&self) -> Result<(), String> {
        let Redirects { success_path, fail_path, .. } = &self.redirects;
        if [success_path, fail_path].iter().any(|path| !path.starts_with('/')) {
            return Err("redirects: a path must begin with a slash, such as /success".to_owned());
        }
        if success_path == fail_path {
            return Err("redirects: success_path and fail_path must differ".to_owned());
        }
        Ok(())
    }
}

/// A program with a path counts from the file; a bare name is looked up by the system.
fn from_parent(parent: &Path, command: &mut [String]) {
    if let Some(program) = command.first_mut().filter(|program| program.contains('/')) {
        *program = parent.join(&program).display().to_string();
    }
}

fn scope() -> String {
    SCOPE.to_owned()
}

fn https<'de, D: Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
    let url = url(from)?;
    if url.scheme() == "https" {
        return Ok(url);
    }
    // A bearer token must never travel in the clear.
    Err(D::Error::custom(format!("'{url}' must begin with https://")))
}

fn url<'de, D: Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
    let text = String::deserialize(from)?;
    let url = text.parse::<Url>().ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| D::Error::custom(format!("'{text}' is no address; write https://host:port")))
}

fn maybe_https<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    https(from).map(Some)
}

fn maybe_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    url(from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
api = "https://api.example.org"
auth = "https://auth.example.org/base"
ca = "ca.pem"
client_certificate = "/etc/chain.pem"
client_key = "key.pem"
client_id = "merchant"
merchant_id = 9101

[codes]
from = "prompt"

[pages]
by = "command"
command = ["open"]
"#;

    fn read(text: &str) -> Result<Target, Trouble> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sandbox.toml");
        std::fs::write(&path, text).unwrap();
        Target::read(&path)
    }

    #[test]
    fn a_file_is_read_and_paths_count_from_it() {
        let target = read(GOOD).unwrap();
        assert_eq!(target.name, "sandbox");
        assert!(target.ca.is_absolute() && target.ca.ends_with("ca.pem"));
        assert_eq!(target.client_certificate, Path::new("/etc/chain.pem"));
        assert_eq!((target.clock, target.scope.as_str()), (ClockKind::Real, SCOPE));
        assert_eq!(target.pages, PagesBy::Command(vec!["open".to_owned()]));
        assert_eq!(target.redirects.listen.port(), 0);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place_and_what_would_be_right() {
        for (from, to, words) in [
            ("api = \"https", "api = \"http", &["line 2", "must begin with https://"][..]),
            ("api = \"https://api.example.org\"", "", &["missing field `api`"]),
            ("client_id", "client_name", &["client_name", "line"]),
            ("merchant_id = 9101", "merchant_id = \"x\"", &["merchant_id", "line 8"]),
            ("merchant_id = 9101", "merchant_id = 0", &["at least 1"]),
            ("\"prompt\"", "\"pigeon\"", &["pigeon", "prompt", "line"]),
            ("\"prompt\"", "\"control\"", &["needs control"]),
            ("[\"open\"]", "[]", &["needs command = [\"program\"", "line"]),
            ("\"prompt\"", "\"prompt\"\ncommand = [\"x\"]", &["only used with", "line"]),
            ("[pages]", "[redirects]\nlisten = \"here\"\n[pages]", &["listen", "line"]),
            ("[pages]", "[redirects]\nfail_path = \"fail\"\n[pages]", &["slash"]),
            ("[pages]", "[redirects]\nfail_path = \"/success\"\n[pages]", &["differ"]),
            ("[pages]", "[applicant]\nphone = \"0888\"\n[pages]", &["+359881234567"]),
            ("[codes]", "[codes]\nextra = 1", &["extra"]),
            ("[codes]", "clock = \"stepped\"\n[codes]", &["needs control"]),
            ("[codes]", "extra = 1\n[codes]", &["extra", "line"]),
            ("[codes]", "[codes", &["line 10"]),
        ] {
            let trouble = read(&GOOD.replace(from, to)).unwrap_err();
            assert_eq!(trouble.exit_code(), 2);
            let sentence = trouble.to_string();
            assert!(sentence.contains("sandbox.toml"), "{sentence}");
            for word in words {
                assert!(sentence.contains(word), "{to}: '{word}' is not in: {sentence}");
            }
        }
    }

    #[test]
    fn the_example_is_a_good_file() {
        let target = read(EXAMPLE).unwrap();
        let CodesFrom::Command(command) = &target.codes else { panic!("{:?}", target.codes) };
        let program = Path::new(&command[0]);
        assert!(program.is_absolute() && program.ends_with("newest-code.sh"), "{command:?}");
        assert_eq!(target.pages, PagesBy::Person);
        assert_eq!(target.redirects.listen.port(), 8470);
        assert_eq!(target.applicant.email.as_deref(), Some("applicant@sandbox.example"));
    }

    #[test]
    fn a_file_that_is_none_is_named() {
        let trouble = Target::read(Path::new("/no/such/target.toml")).unwrap_err();
        assert!(trouble.to_string().starts_with("/no/such/target.toml: cannot be read"));
    }
}
