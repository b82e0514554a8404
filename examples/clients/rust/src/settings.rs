//! What a certification tells the client in its environment. In production the same comes from
//! your configuration.

use std::{path::PathBuf, time::Duration};

use url::Url;

use crate::Stop;

/// Where everything is.
#[derive(Clone, Debug)]
pub struct Settings {
    pub api: Url,
    pub auth: Url,
    pub ca: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub client_id: String,
    pub merchant: u64,
    pub scope: String,
    /// Where the customer is asked for codes and sent to pages.
    pub person: Url,
    /// What survives a restart of this program.
    pub memory: PathBuf,
    /// How much faster than real time the practice runs; 1 in production.
    pub scale: u32,
}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// Names the variable that is missing or means nothing.
    pub fn from_environment() -> Result<Self, Stop> {
        Ok(Self {
            api: parsed("CERTIFY_API")?,
            auth: parsed("CERTIFY_AUTH")?,
            ca: parsed("CERTIFY_CA")?,
            certificate: parsed("CERTIFY_CLIENT_CERT")?,
            key: parsed("CERTIFY_CLIENT_KEY")?,
            client_id: parsed("CERTIFY_CLIENT_ID")?,
            merchant: parsed("CERTIFY_MERCHANT_ID")?,
            scope: parsed("CERTIFY_SCOPE")?,
            person: parsed("CERTIFY_PERSON")?,
            memory: parsed::<PathBuf>("CERTIFY_STATE")?.join("flow.json"),
            scale: parsed("CERTIFY_TIME_SCALE").unwrap_or(1),
        })
    }

    /// So long in the customer's time.
    pub fn scaled(&self, time: Duration) -> Duration {
        time / self.scale.max(1)
    }
}

fn parsed<T: std::str::FromStr>(name: &str) -> Result<T, Stop> {
    let text = std::env::var(name).map_err(|_| Stop(format!("{name} is not set")))?;
    text.parse().map_err(|_| Stop(format!("{name} is not what it should be")))
}
