//! Secrets that the identity server has given out, found by what their holder knows. Only so many
//! are kept: the oldest makes room.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::outcome::Secret;

/// Things behind secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
pub(crate) struct Shelf<T> {
    #[serde(with = "crate::pairs")]
    by_value: BTreeMap<u128, (u32, T)>,
    oldest_first: VecDeque<u128>,
    put: u32,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { by_value: BTreeMap::new(), oldest_first: VecDeque::new(), put: 0 }
    }
}

impl<T> Shelf<T> {
    const LIMIT: usize = 10_000;

    /// Keeps a thing behind the secret that is drawn for its number.
    pub(crate) fn put(&mut self, thing: T, draw: impl FnOnce(u32) -> u128) -> Secret {
        self.put = self.put.saturating_add(1);
        let secret = Secret { number: self.put, value: draw(self.put) };
        self.by_value.insert(secret.value, (secret.number, thing));
        self.oldest_first.push_back(secret.value);
        if self.oldest_first.len() > Self::LIMIT
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.by_value.remove(&oldest);
        }
        secret
    }

    /// What stands behind a secret, with its number.
    pub(crate) fn get(&self, value: u128) -> Option<&(u32, T)> {
        self.by_value.get(&value)
    }

    /// What stands behind a secret, to change it.
    pub(crate) fn get_mut(&mut self, value: u128) -> Option<&mut T> {
        self.by_value.get_mut(&value).map(|(_, thing)| thing)
    }

    /// What stands behind a secret as its holder writes it.
    pub(crate) fn find(&self, text: &str) -> Option<(u128, &(u32, T))> {
        let value = read(text)?;
        Some((value, self.by_value.get(&value)?))
    }

    /// Everything, to change it.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.by_value.values_mut().map(|(_, thing)| thing)
    }
}

/// 32 lower-case hex digits; anything else is nobody's secret.
fn read(text: &str) -> Option<u128> {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (text.len() == 32 && text.bytes().all(hex)).then(|| u128::from_str_radix(text, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room_and_texts_are_read_strictly() {
        let mut shelf = Shelf::default();
        for number in 0..=Shelf::<usize>::LIMIT {
            shelf.put(number, |number| number.into());
        }
        assert!(shelf.get(1).is_none());
        assert_eq!(shelf.find(&format!("{:032x}", 2)), Some((2, &(2, 1))));
        for other in ["2", "+0000000000000000000000000000002", "0000000000000000000000000000000A"] {
            assert!(shelf.find(other).is_none(), "{other}");
        }
    }
}
