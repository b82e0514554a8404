//! Which token text is which token: the newest texts of a workspace, looked up on every call.
//! A lookup is all that a request costs; signatures are checked only for strangers.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, PoisonError, RwLock},
};

use sim::world::TOKENS_REMEMBERED;

/// The texts of issued tokens. As many as the world remembers; older ones make room.
#[derive(Debug, Default)]
pub struct Book {
    pages: RwLock<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    // Only ever looked up, so that its order reaches no output. A text is found by its end, which
    // is signature: hashing all of it would be most of what a lookup costs.
    numbers: HashMap<Ending, (Arc<str>, u32)>,
    oldest_first: VecDeque<Arc<str>>,
}

impl Book {
    /// Keeps a text.
    pub fn remember(&self, text: &str, number: u32) {
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        let text: Arc<str> = text.into();
        if pages.numbers.insert(ending(&text), (Arc::clone(&text), number)).is_none() {
            pages.oldest_first.push_back(text);
        }
        if pages.oldest_first.len() > TOKENS_REMEMBERED
            && let Some(oldest) = pages.oldest_first.pop_front()
        {
            pages.numbers.remove(&ending(&oldest));
        }
    }

    /// The number of a text, if it was issued and is remembered.
    #[must_use]
    pub fn number_of(&self, text: &str) -> Option<u32> {
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
        let (known, number) = pages.numbers.get(&ending(text))?;
        (**known == *text).then_some(*number)
    }

    /// All texts with their numbers, oldest first.
    #[must_use]
    pub fn texts(&self) -> Vec<(Arc<str>, u32)> {
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
        let number = |text: &Arc<str>| {
            let (_, number) = pages.numbers.get(&ending(text))?;
            Some((Arc::clone(text), *number))
        };
        pages.oldest_first.iter().filter_map(number).collect()
    }

    /// Empties it.
    pub fn forget_all(&self) {
        *self.pages.write().unwrap_or_else(PoisonError::into_inner) = Pages::default();
    }
}

/// The last bytes of a text.
type Ending = [u8; 16];

fn ending(text: &str) -> Ending {
    let mut ending = Ending::default();
    let tail = &text.as_bytes()[text.len().saturating_sub(ending.len())..];
    ending[..tail.len()].copy_from_slice(tail);
    ending
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_text_makes_room() {
        let book = Book::default();
        let newest = u32::try_from(TOKENS_REMEMBERED).unwrap() + 1;
        for number in 1..=newest {
            book.remember(&format!("t{number}"), number);
        }
        assert_eq!(book.number_of("t1"), None);
        assert_eq!(book.number_of("t2"), Some(2));
        assert_eq!(book.number_of(&format!("t{newest}")), Some(newest));
        let longer = format!("x{}", "y".repeat(40));
        book.remember(&longer, 7);
        assert_eq!(book.number_of(&longer), Some(7));
        assert_eq!(book.number_of(&longer[1..]), None, "the end alone is not the token");
        book.forget_all();
        assert_eq!(book.number_of("t3"), None);
    }
}
