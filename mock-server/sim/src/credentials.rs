//! What a merchant is given besides its certificate: a client secret, and one person who can sign
//! in. All of it is drawn from the seed, so nothing can be known without it and no run repeats
//! another's.

use crate::draw::{self, Purpose};

/// The credentials of one merchant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The secret of its OAuth client.
    pub client_secret: String,
    /// The name with which its person signs in: an e-mail address.
    pub username: String,
    /// The password of its person.
    pub password: String,
    /// Its person's `sub`.
    pub subject: String,
    /// Its person's phone.
    pub phone: String,
}

impl Credentials {
    /// Those of a merchant in a world of this seed.
    #[must_use]
    pub fn of(seed: u64, merchant: i32) -> Self {
        // Ids are positive; any other number would still have credentials of its own.
        let entity = u64::from(merchant.unsigned_abs());
        let word = |purpose| draw::word(seed, purpose, entity, 0);
        let name = word(Purpose::Username);
        Self {
            client_secret: format!("{:032x}", draw::wide(seed, Purpose::ClientSecret, entity, 0)),
            username: format!("person-{:08x}@example.org", name >> 32),
            password: format!("{:016x}", word(Purpose::Password)),
            subject: (entity + 9000).to_string(),
            phone: format!("+35988000{:04}", name % 10_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_merchant_of_every_seed_has_its_own() {
        let (one, other) = (Credentials::of(1, 1001), Credentials::of(1, 1002));
        assert_eq!(one, Credentials::of(1, 1001));
        for (here, there) in [(&one, &other), (&one, &Credentials::of(2, 1001))] {
            assert_ne!(here.client_secret, there.client_secret);
            assert_ne!(here.username, there.username);
            assert_ne!(here.password, there.password);
        }
        assert_eq!((one.client_secret.len(), one.password.len()), (32, 16));
    }
}
