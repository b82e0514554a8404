//! Seeded chance. Every value is drawn from (seed, purpose, entity, ordinal) and never from a
//! position in a shared stream, so a new draw in one place changes nothing in another.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// What a value is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The code in an e-mail.
    EmailCode = 1,
    /// The code in an SMS that verifies the phone.
    SmsCode = 2,
    /// The code in an SMS that signs the documents.
    SigningCode = 3,
    /// The secret part of an identification address.
    IdentificationSecret = 4,
    /// The secret part of a signing address.
    SigningSecret = 5,
    /// The `correlationId` of a finalised onboarding.
    Correlation = 6,
    /// The `jti` of a token.
    TokenId = 7,
    /// The trace id of an answer.
    TraceId = 8,
    /// The span id of an answer.
    SpanId = 9,
    /// The secret of a merchant's OAuth client.
    ClientSecret = 10,
    /// The user name of a merchant's person.
    Username = 11,
    /// The password of a merchant's person.
    Password = 12,
    /// An authorization code.
    AuthorizationCode = 13,
    /// A refresh token.
    RefreshToken = 14,
    /// A person's session at the identity server.
    SignInSession = 15,
    /// The secret part of a document's address.
    DocumentSecret = 31,
    /// Whether a rule happens.
    RuleChance = 40,
    /// How long a rule delays.
    RuleDelay = 41,
    /// The code by which the identification provider checks the phone.
    IdentificationSmsCode = 50,
    /// The code by which the identification provider checks the e-mail address.
    IdentificationEmailCode = 51,
    /// The code that signs the identification provider's own documents.
    ProviderCode = 52,
    /// An id that a vendor adds to a landing address.
    VendorId = 30,
}

/// 128 bits for one purpose of one entity.
#[must_use]
pub fn wide(seed: u64, purpose: Purpose, entity: u64, ordinal: u64) -> u128 {
    let mut stream = stream(seed, purpose, entity, ordinal);
    u128::from(stream.next_u64()) << 64 | u128::from(stream.next_u64())
}

/// 64 bits for one purpose of one entity.
#[must_use]
pub fn word(seed: u64, purpose: Purpose, entity: u64, ordinal: u64) -> u64 {
    stream(seed, purpose, entity, ordinal).next_u64()
}

/// Six digits as a number below a million, evenly spread.
#[must_use]
pub fn six_digits(seed: u64, purpose: Purpose, entity: u64, ordinal: u64) -> u32 {
    const SPAN: u64 = 1_000_000;
    let mut stream = stream(seed, purpose, entity, ordinal);
    loop {
        let word = stream.next_u64();
        // The last, incomplete span is drawn again so that no code is likelier than another.
        if word < u64::MAX - u64::MAX % SPAN {
            return u32::try_from(word % SPAN).unwrap_or_default();
        }
    }
}

fn stream(seed: u64, purpose: Purpose, entity: u64, ordinal: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    for (chunk, part) in key.chunks_exact_mut(8).zip([seed, purpose as u64, entity, ordinal]) {
        chunk.copy_from_slice(&part.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_has_the_same_answer_for_ever() {
        // Pinned: a change here would change every code and address of every recorded run.
        assert_eq!(six_digits(1, Purpose::EmailCode, 100_001, 1), 232_819);
        assert_eq!(word(1, Purpose::SpanId, 1, 0), 12_016_476_703_812_721_853);
    }

    #[test]
    fn every_part_of_the_question_counts() {
        let base = word(1, Purpose::SpanId, 2, 3);
        for other in [
            word(2, Purpose::SpanId, 2, 3),
            word(1, Purpose::TraceId, 2, 3),
            word(1, Purpose::SpanId, 3, 3),
            word(1, Purpose::SpanId, 2, 4),
        ] {
            assert_ne!(base, other);
        }
    }
}
