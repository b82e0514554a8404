//! What a merchant shows where tokens are had by password. It is read from files or from the
//! environment, never from the target file itself, and never shown.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::trouble::Trouble;

/// The secret of the client, and who signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// The client's.
    pub client_secret: String,
    /// The person's name.
    pub username: String,
    /// The person's password.
    pub password: String,
}

/// Where the secrets are.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretsFrom {
    client_secret: Place,
    username: Place,
    password: Place,
}

/// Where one of them is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Place {
    /// In a variable of the environment.
    Env(String),
    /// In a file, alone.
    File(PathBuf),
}

impl SecretsFrom {
    /// Lets relative paths count from a directory.
    pub fn count_from(&mut self, parent: &Path) {
        for place in [&mut self.client_secret, &mut self.username, &mut self.password] {
            if let Place::File(file) = place {
                *file = parent.join(&file);
            }
        }
    }

    /// Reads them.
    ///
    /// # Errors
    /// A sentence that names the variable or the file, and never what it holds.
    pub fn read(&self) -> Result<Secrets, Trouble> {
        Ok(Secrets {
            client_secret: self.client_secret.read("client_secret")?,
            username: self.username.read("username")?,
            password: self.password.read("password")?,
        })
    }
}

impl Place {
    fn read(&self, key: &str) -> Result<String, Trouble> {
        let wrong = |what: String| Trouble::Configuration(format!("credentials.{key}: {what}"));
        let text = match self {
            Self::Env(name) => {
                let value = std::env::var_os(name).and_then(|value| value.into_string().ok());
                value.ok_or_else(|| wrong(format!("the environment has no text {name}")))?
            }
            Self::File(path) => std::fs::read_to_string(path)
                .map_err(|error| wrong(format!("{} cannot be read: {error}", path.display())))?,
        };
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            return Err(wrong("it is empty".to_owned()));
        }
        Ok(text.to_owned())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(place: &str) -> SecretsFrom {
        let known = "{ file = \"known.txt\" }";
        let text = format!("client_secret = {place}\nusername = {known}\npassword = {known}");
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn they_are_read_from_files_that_count_from_the_target_file() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("known.txt"), "known secret\n").unwrap();
        std::fs::write(dir.path().join("empty.txt"), "\n").unwrap();
        let mut good = from("{ file = \"known.txt\" }");
        good.count_from(dir.path());
        let secrets = good.read().unwrap();
        assert_eq!(secrets.client_secret, "known secret");
        assert!(!format!("{secrets:?}").contains("known secret"));
        for (place, words) in [
            ("{ file = \"missing.txt\" }", "missing.txt cannot be read"),
            ("{ file = \"empty.txt\" }", "credentials.client_secret: it is empty"),
            ("{ env = \"NO_SUCH_NAME_HERE\" }", "NO_SUCH_NAME_HERE"),
        ] {
            let mut wrong = from(place);
            wrong.count_from(dir.path());
            let trouble = wrong.read().unwrap_err();
            assert_eq!(trouble.exit_code(), 2);
            assert!(trouble.to_string().contains(words), "{trouble}");
        }
    }

    #[test]
    fn a_secret_is_never_written_into_the_target_file() {
        let text = "client_secret = \"s\"\nusername = \"u\"\npassword = \"p\"";
        assert!(toml::from_str::<SecretsFrom>(text).is_err());
    }
}
