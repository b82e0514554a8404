//! What scenarios let happen later: late messages, the mock's own person, statuses of a timeline.
//! Each entry falls due at its moment like any other timer of the world.

use std::collections::BTreeMap;

use contract::{Instant, message::MessageKind, trace::Leg};

use serde::{Deserialize, Serialize};

use crate::{
    inbox::Message,
    outcome::Happening,
    world::{Course, World},
};

/// What can fall due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Due {
    /// A message arrives.
    Arrival {
        /// The message.
        message: Box<Message>,
        /// The ordinal of its code.
        ordinal: u32,
    },
    /// The mock's person does the next thing in a session.
    Act {
        /// Whose.
        user: i32,
        /// Which session; another one makes it void.
        session: u32,
        /// On which journey; when that is over, so is this.
        leg: Leg,
    },
    /// The mock's person opens a page again that is over.
    Return {
        /// Whose.
        user: i32,
        /// Which session.
        session: u32,
        /// Which page.
        leg: Leg,
    },
    /// A timeline goes on.
    Beat {
        /// Whose.
        user: i32,
        /// Which session.
        session: u32,
        /// In which phase.
        leg: Leg,
        /// Which of its statuses, from 0.
        index: usize,
    },
}

impl Due {
    /// What it is, for a list of what is scheduled.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Arrival { .. } => "a message arrives",
            Self::Act { .. } => "the person acts",
            Self::Return { .. } => "the person comes back",
            Self::Beat { .. } => "the timeline goes on",
        }
    }

    /// About whom.
    pub(crate) fn user(&self) -> i32 {
        match self {
            Self::Arrival { message, .. } => message.user,
            Self::Act { user, .. } | Self::Return { user, .. } | Self::Beat { user, .. } => *user,
        }
    }
}

/// Everything that is to come, in order; what falls due at one moment keeps its order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Agenda {
    #[serde(with = "crate::pairs")]
    entries: BTreeMap<(Instant, u64), Due>,
    put: u64,
}

impl Agenda {
    /// Beyond this many entries no more are taken: a scenario cannot eat the memory.
    const MOST: usize = 1_000_000;

    pub(crate) fn put(&mut self, at: Instant, due: Due) {
        if self.entries.len() < Self::MOST {
            self.put += 1;
            self.entries.insert((at, self.put), due);
        }
    }

    pub(crate) fn next(&self) -> Option<Instant> {
        self.entries.first_key_value().map(|((at, _), _)| *at)
    }

    pub(crate) fn pop(&mut self) -> Option<Due> {
        self.entries.pop_first().map(|(_, due)| due)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Instant, &Due)> {
        self.entries.iter().map(|((at, _), due)| (*at, due))
    }
}

impl World {
    pub(crate) fn fall_due(&mut self, due: Due, course: &mut Course<'_>) {
        match due {
            Due::Arrival { message, ordinal } => self.arrive(*message, ordinal, course),
            Due::Act { user, session, leg } => self.act_by_script(user, (session, leg), course),
            Due::Return { user, session, leg } => self.come_back(user, session, (leg, course)),
            Due::Beat { user, session, leg, index } => {
                self.beat_at(user, session, (leg, index), course);
            }
        }
    }

    fn arrive(&mut self, message: Message, ordinal: u32, course: &mut Course<'_>) {
        let (user, kind): (i32, MessageKind) = (message.user, message.kind);
        self.inbox.put(Message { at: course.at, ..message });
        course.happenings.push(Happening::Arrived { user, kind, ordinal });
    }

    /// The session of a user, if it is still this one.
    pub(crate) fn is_current(&self, user: i32, session: u32) -> bool {
        let current = self.users.get(user).and_then(|user| user.session.as_ref());
        current.is_some_and(|current| current.number == session)
    }
}
