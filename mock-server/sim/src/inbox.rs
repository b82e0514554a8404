//! Every e-mail and SMS that was sent, newest last, bounded: the oldest make room and are counted.
//! It stands for the person's mailbox and phone, so a test needs neither.

use std::collections::VecDeque;

use contract::{Instant, message::MessageKind};
use serde::{Deserialize, Serialize};

/// One message as the person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Counts all messages of the world, from 1.
    pub number: u64,
    /// When it was sent.
    pub at: Instant,
    /// To whom.
    pub user: i32,
    /// Why.
    pub kind: MessageKind,
    /// The e-mail address or phone number.
    pub to: Box<str>,
    /// The six digits in it.
    pub code: Box<str>,
    /// The address that carries them, where the message holds a link.
    pub link: Option<Box<str>>,
}

impl Message {
    /// The whole text.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.link {
            Some(link) => format!("Open this link to confirm your e-mail address: {link}"),
            None => format!("{}{}", self.kind.text(), self.code),
        }
    }
}

/// All messages that are still kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inbox {
    messages: VecDeque<Message>,
    limit: usize,
    sent: u64,
}

impl Inbox {
    /// An empty inbox that keeps `limit` messages.
    #[must_use]
    pub fn new(limit: u32) -> Self {
        Self { messages: VecDeque::new(), limit: limit as usize, sent: 0 }
    }

    /// The messages, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().rev()
    }

    /// How many messages there have ever been.
    pub(crate) const fn sent(&self) -> u64 {
        self.sent
    }

    /// How many messages had to make room.
    #[must_use]
    pub fn evicted(&self) -> u64 {
        self.sent.saturating_sub(self.messages.len() as u64)
    }

    pub(crate) fn put(&mut self, mut message: Message) {
        self.sent += 1;
        message.number = self.sent;
        self.messages.push_back(message);
        while self.messages.len() > self.limit {
            self.messages.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_make_room_and_are_counted() {
        let mut inbox = Inbox::new(2);
        for user in 1..=3 {
            inbox.put(Message {
                number: 0,
                at: Instant::STEPPED_START,
                user,
                kind: MessageKind::PhoneVerification,
                to: "+359880000001".into(),
                code: "000123".into(),
                link: None,
            });
        }
        let kept: Vec<_> =
            inbox.newest_first().map(|message| (message.number, message.user)).collect();
        assert_eq!(kept, [(3, 3), (2, 2)]);
        assert_eq!(inbox.evicted(), 1);
        assert_eq!(inbox.newest_first().next().unwrap().text(), "Your security code is: 000123");
    }
}
