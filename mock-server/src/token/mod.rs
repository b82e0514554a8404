//! Bearer tokens: what is signed, and which of the signed texts are ours.
//! Whether a token is still alive is the world's decision, since it depends on its clock.

pub mod book;
pub mod signer;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sim::{command::Bearer, outcome::Grant};

use book::Book;
use signer::{Foreign, Signer};

/// The tokens of a workspace.
#[derive(Debug)]
pub struct Tokens {
    signer: Signer,
    book: Book,
    identities: Book,
}

/// The texts of a grant.
#[derive(Debug)]
pub struct Signed {
    /// The access token.
    pub access: String,
    /// The `id_token`, if one comes with it.
    pub identity: Option<String>,
}

/// The texts of tokens with their numbers, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    access: Vec<(Arc<str>, u32)>,
    identity: Vec<(Arc<str>, u32)>,
}

impl Tokens {
    /// Everything that was issued and is remembered.
    #[must_use]
    pub fn texts(&self) -> Texts {
        Texts { access: self.book.texts(), identity: self.identities.texts() }
    }

    /// Takes tokens of another workspace for its own.
    pub fn take_over(&self, texts: Texts) {
        for (text, number) in texts.access {
            self.book.remember(&text, number);
        }
        for (text, number) in texts.identity {
            self.identities.remember(&text, number);
        }
    }

    /// No token yet.
    #[must_use]
    pub fn new(signer: Signer) -> Self {
        Self { signer, book: Book::default(), identities: Book::default() }
    }

    /// Signs a grant and remembers the texts. It takes about a millisecond for each.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn issue(&self, grant: &Grant) -> Result<Signed, signer::SignError> {
        let access = self.signer.sign(grant)?;
        self.book.remember(&access, grant.number);
        let identity = self.signer.sign_identity(grant, &access)?;
        if let Some(text) = &identity {
            self.identities.remember(text, grant.number);
        }
        Ok(Signed { access, identity })
    }

    /// Whose `id_token` a text is.
    #[must_use]
    pub fn identity(&self, text: &str) -> Bearer {
        self.identities.number_of(text).map_or(Bearer::Foreign(None), Bearer::Issued)
    }

    /// What an `Authorization` header brings. Whether an issued token has expired is for the world
    /// to say.
    #[must_use]
    pub fn bearer(&self, authorization: Option<&str>) -> Bearer {
        authorization.and_then(bearer_text).map_or(Bearer::Missing, |text| self.access(text))
    }

    /// What the text of an access token brings.
    #[must_use]
    pub fn access(&self, text: &str) -> Bearer {
        if let Some(number) = self.book.number_of(text) {
            return Bearer::Issued(number);
        }
        Bearer::Foreign(match self.signer.examine(text) {
            Foreign::BadSignature => Some("The signature is invalid".to_owned()),
            Foreign::UnknownKey => Some("The signature key was not found".to_owned()),
            Foreign::OtherIssuer(issuer) => Some(format!("The issuer '{issuer}' is invalid")),
            Foreign::Forgotten | Foreign::NoToken => None,
        })
    }

    /// Forgets every token.
    pub fn forget_all(&self) {
        self.book.forget_all();
        self.identities.forget_all();
    }

    /// What signs.
    #[must_use]
    pub const fn signer(&self) -> &Signer {
        &self.signer
    }
}

/// The text after the scheme, which any case may spell. Any other scheme counts as no token.
fn bearer_text(authorization: &str) -> Option<&str> {
    let (scheme, text) = authorization.split_once(' ')?;
    let text = text.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_holds_a_token_only_after_the_word_bearer() {
        assert_eq!(bearer_text("Bearer abc"), Some("abc"));
        assert_eq!(bearer_text("bEARER  abc "), Some("abc"));
        for none in ["", "abc", "Bearer", "Bearer ", "Basic abc", "Bearerabc"] {
            assert_eq!(bearer_text(none), None, "{none:?}");
        }
    }
}
