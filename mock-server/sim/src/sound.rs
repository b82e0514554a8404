//! Whether a world that was read from a file can be one: what its parts say of each other, and that
//! no counter is so high that it could run over.

use crate::world::World;

impl World {
    /// Holds the parts of a saved world against each other. One that this mock has saved is sound.
    ///
    /// # Errors
    /// The sentence that says which part cannot be.
    pub fn check_sound(&self) -> Result<(), String> {
        const MOST: u64 = u64::MAX / 2;
        let counters = [
            ("steps", self.steps),
            ("inbox.sent", self.inbox.sent()),
            ("sessions", u64::from(self.sessions) << 32),
            ("tokens_granted", u64::from(self.tokens_granted) << 32),
        ];
        if let Some((name, _)) = counters.iter().find(|(_, count)| *count > MOST) {
            return Err(format!("{name} is higher than any run counts"));
        }
        if self.inbox.sent() < self.inbox.newest_first().count() as u64 {
            return Err("inbox.sent is less than the messages that are there".to_owned());
        }
        let last = self.tokens.back().map_or(self.tokens_granted, |grant| grant.number);
        let pairs = self.tokens.iter().zip(self.tokens.iter().skip(1));
        let dense = pairs.clone().all(|(grant, next)| next.number == grant.number.wrapping_add(1));
        if last != self.tokens_granted || !dense {
            return Err("tokens are not numbered in order up to tokens_granted".to_owned());
        }
        match self.timers().find(|user| self.user(*user).is_none()) {
            Some(user) => Err(format!("something is to happen to user {user}, who is not there")),
            None => Ok(()),
        }
    }
}
