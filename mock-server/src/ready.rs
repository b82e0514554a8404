//! What a caller must know to use a workspace: printed as one line of JSON when every listener
//! accepts, written to `--ready-file`, and shown by the control listener.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use contract::Edition;
use serde::Serialize;

/// Addresses, file paths and names of the default merchant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ready {
    /// The API's origin.
    pub api: String,
    /// The identity server's origin.
    pub auth: String,
    /// The hosted pages' origin.
    pub identity: String,
    /// The control listener's origin.
    pub control: String,
    /// The certificate authority to trust, PEM.
    pub ca: PathBuf,
    /// The default merchant's certificate with its issuer, PEM.
    pub client_cert: PathBuf,
    /// The default merchant's private key, PEM.
    pub client_key: PathBuf,
    /// The default merchant's OAuth client.
    pub client_id: String,
    /// The secret of that client.
    pub client_secret: String,
    /// The client of the default merchant's app.
    pub oidc_client_id: String,
    /// With what name the default merchant's person signs in.
    pub username: String,
    /// And with what password.
    pub password: String,
    /// The default merchant's number.
    pub merchant_id: i32,
    /// Which documentation is served.
    pub edition: Edition,
    /// Where every code and id comes from.
    pub seed: u64,
}

impl Ready {
    /// One line of JSON, without its end.
    #[must_use]
    pub fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What the file holds.
    #[must_use]
    pub fn text(&self) -> String {
        self.line() + "\n"
    }

    /// Removes a ready file; one that is not there is no failure.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn remove(path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Writes the line to a file that is there either whole or not at all.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        let draft = path.with_file_name(name);
        fs::write(&draft, self.text())?;
        fs::rename(&draft, path).inspect_err(|_| {
            let _ = fs::remove_file(&draft);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_one_line_with_the_promised_members_and_the_file_holds_it_whole() {
        let ready = Ready {
            api: "https://127.0.0.1:1".into(),
            auth: "https://127.0.0.1:2".into(),
            identity: "https://127.0.0.1:3".into(),
            control: "http://127.0.0.1:4".into(),
            ca: "ca.pem".into(),
            client_cert: "chain.pem".into(),
            client_key: "key.pem".into(),
            client_id: "merchant-a-client".into(),
            client_secret: "drawn-secret".into(),
            oidc_client_id: "MerchantA_Oidc".into(),
            username: "person@example.org".into(),
            password: "drawn-password".into(),
            merchant_id: 1001,
            edition: Edition::DEFAULT,
            seed: 1,
        };
        let expected = concat!(
            r#"{"api":"https://127.0.0.1:1","auth":"https://127.0.0.1:2","#,
            r#""identity":"https://127.0.0.1:3","control":"http://127.0.0.1:4","#,
            r#""ca":"ca.pem","client_cert":"chain.pem","client_key":"key.pem","#,
            r#""client_id":"merchant-a-client","client_secret":"drawn-secret","#,
            r#""oidc_client_id":"MerchantA_Oidc","username":"person@example.org","#,
            r#""password":"drawn-password","merchant_id":1001,"#,
            r#""edition":"2025-09","seed":1}"#
        );
        assert_eq!(ready.line(), expected);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ready.json");
        ready.write(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{expected}\n"));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no draft is left behind");
        assert!(ready.write(&dir.path().join("nowhere/ready.json")).is_err());
    }
}
