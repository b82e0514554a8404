//! What a client is given to go through one case: addresses, files and names.
//! The names of the variables are part of what clients rely on.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

/// What a client is given for one case. It comes as JSON on its standard input, and the same in
/// environment variables.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// The case.
    pub case: String,
    /// The API gateway.
    pub api: Url,
    /// The identity server.
    pub auth: Url,
    /// The CA of both, in PEM.
    pub ca: PathBuf,
    /// The client certificate with its issuers, in PEM.
    pub client_cert: PathBuf,
    /// Its private key, in PEM.
    pub client_key: PathBuf,
    /// The OAuth client.
    pub client_id: String,
    /// The merchant.
    pub merchant_id: i32,
    /// The scope that the calls need.
    pub scope: String,
    /// Who opens pages and types codes.
    pub person: Option<Url>,
    /// Where a client that listens itself is to listen for the browser.
    pub success: Option<Url>,
    /// The same after a failure.
    pub fail: Option<Url>,
    /// How many times as fast as real time the provider's clock runs.
    pub time_scale: u32,
    /// A directory in which the client may keep what it needs to go on after a restart.
    pub state: PathBuf,
    /// For which time it is started for this case, from 1.
    pub start: u32,
}

impl Assignment {
    /// The environment variables, by name.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let url = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
        let path = |path: &PathBuf| path.display().to_string();
        let maybe = |of: &Option<Url>| of.as_ref().map(url).unwrap_or_default();
        vec![
            ("CERTIFY_CASE", self.case.clone()),
            ("CERTIFY_API", url(&self.api)),
            ("CERTIFY_AUTH", url(&self.auth)),
            ("CERTIFY_CA", path(&self.ca)),
            ("CERTIFY_CLIENT_CERT", path(&self.client_cert)),
            ("CERTIFY_CLIENT_KEY", path(&self.client_key)),
            ("CERTIFY_CLIENT_ID", self.client_id.clone()),
            ("CERTIFY_MERCHANT_ID", self.merchant_id.to_string()),
            ("CERTIFY_SCOPE", self.scope.clone()),
            ("CERTIFY_PERSON", maybe(&self.person)),
            ("CERTIFY_SUCCESS", maybe(&self.success)),
            ("CERTIFY_FAIL", maybe(&self.fail)),
            ("CERTIFY_TIME_SCALE", self.time_scale.to_string()),
            ("CERTIFY_STATE", path(&self.state)),
            ("CERTIFY_START", self.start.to_string()),
        ]
    }
}

#[cfg(test)]
impl Assignment {
    /// One that leads nowhere.
    pub(crate) fn sample() -> Self {
        let nowhere: Url = "http://127.0.0.1:1".parse().unwrap();
        Self {
            case: "healthy".to_owned(),
            api: nowhere.clone(),
            auth: nowhere,
            ca: PathBuf::new(),
            client_cert: PathBuf::new(),
            client_key: PathBuf::new(),
            client_id: "a-client".to_owned(),
            merchant_id: 1001,
            scope: String::new(),
            person: None,
            success: None,
            fail: None,
            time_scale: 1,
            state: PathBuf::new(),
            start: 1,
        }
    }
}
