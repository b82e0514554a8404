//! Who the reference merchant is, what it goes by, and why a call can bring nothing.
//! The calls themselves stand in `client`.

use contract::{Call, Host, Tables, Variants, wire::TOKEN_FORM_FIELDS};
use url::Url;

use crate::{secrets::Secrets, trouble::Trouble};

/// Why a call brought nothing that the flow can go on with. The trace holds the details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The target answered something else than success.
    Refused {
        /// The call.
        call: Call,
        /// The HTTP status.
        status: u16,
    },
    /// The target said success, with a body that we cannot read.
    Unreadable {
        /// The call.
        call: Call,
        /// What is wrong with it.
        reason: String,
    },
    /// No whole answer arrived.
    NoAnswer {
        /// The host that was addressed.
        host: Host,
        /// What happened instead.
        reason: String,
    },
    /// The harness failed.
    Trouble(Trouble),
}

/// Who the merchant is.
#[derive(Clone, Debug)]
pub struct Account {
    /// The API gateway.
    pub api: Url,
    /// The identity server.
    pub auth: Url,
    /// The OAuth client.
    pub client_id: String,
    /// The scopes that are asked for.
    pub scope: String,
    /// The thumbprint of the client certificate.
    pub thumbprint: String,
    /// What it shows where a token is had by password.
    pub secrets: Option<Secrets>,
}

/// What the merchant goes by.
#[derive(Clone, Copy, Debug)]
pub struct Law {
    /// The edition.
    pub tables: &'static Tables,
    /// The readings of open questions that it expects.
    pub variants: Variants,
    /// The call that gives it tokens.
    pub token_call: Call,
}

impl Account {
    /// The form with which a token is asked for.
    ///
    /// # Errors
    /// When tokens are had by password and there is none.
    pub fn token_form(&self, call: Call) -> Result<Vec<(&'static str, String)>, CallError> {
        match call {
            Call::PlainToken => self.password_form(),
            _ => Ok(self.certificate_form()),
        }
    }

    fn certificate_form(&self) -> Vec<(&'static str, String)> {
        let values = [
            self.client_id.clone(),
            "client_credentials".to_owned(),
            self.scope.clone(),
            self.thumbprint.clone(),
        ];
        TOKEN_FORM_FIELDS.into_iter().zip(values).collect()
    }

    fn password_form(&self) -> Result<Vec<(&'static str, String)>, CallError> {
        let secrets = self.secrets.as_ref().ok_or_else(|| {
            let sentence = "tokens are had by password, and there are no credentials";
            CallError::Trouble(Trouble::Configuration(sentence.to_owned()))
        })?;
        Ok(vec![
            ("client_id", self.client_id.clone()),
            ("grant_type", "password".to_owned()),
            ("username", secrets.username.clone()),
            ("password", secrets.password.clone()),
            ("scope", self.scope.clone()),
        ])
    }
}

impl From<Trouble> for CallError {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}
