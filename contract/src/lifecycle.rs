//! The lifecycle code of a user, as `GET /User/{id}/status` shows it, and what moves it.
//! 2025-09 and 2026-05 show the same codes and write one of the names in two ways.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Edition, Provenance,
    provenance::{assumed, d25, d26},
};

/// A user's place in its life.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Lifecycle {
    /// 50: the user exists.
    Registered,
    /// 150: identification has begun.
    PendingVerification,
    /// 200: onboarding is complete.
    Active,
    /// 300.
    Deactivated,
    /// 350.
    Closed,
    /// 400.
    Blocked,
}

impl Lifecycle {
    /// Every code of the documented table.
    pub const ALL: &[Self] = &[
        Self::Registered,
        Self::PendingVerification,
        Self::Active,
        Self::Deactivated,
        Self::Closed,
        Self::Blocked,
    ];

    /// The number on the wire.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Registered => 50,
            Self::PendingVerification => 150,
            Self::Active => 200,
            Self::Deactivated => 300,
            Self::Closed => 350,
            Self::Blocked => 400,
        }
    }

    /// What an edition calls it.
    #[must_use]
    pub const fn title(self, edition: Edition) -> &'static str {
        let by_edition = match self {
            Self::Registered => ["Registered"; 3],
            Self::PendingVerification => {
                ["Pending Verification", "Pending Verification", "PendingVerification"]
            }
            Self::Active => ["Active"; 3],
            Self::Deactivated => ["Deactivated"; 3],
            Self::Closed => ["Closed"; 3],
            Self::Blocked => ["Blocked"; 3],
        };
        by_edition[edition as usize]
    }

    /// Where an edition has the six codes and their names from.
    #[must_use]
    pub const fn provenance(edition: Edition) -> Provenance {
        SOURCES[edition as usize]
    }
}

const SOURCES: [Provenance; Edition::ALL.len()] = [
    assumed("2024-06 shows no lifecycle code; 2025-09 has one for the same users"),
    d25("check-user-status", "status table"),
    d26("check-user-status", "field reference"),
];

/// What can move a user from one code to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// The user was created.
    Created,
    /// A first identification session was opened.
    Initiated,
    /// The onboarding was finalised.
    Finalized,
    /// The individual was enrolled with all its data in one call.
    Enrolled,
}

/// One permitted move.
#[derive(Debug)]
pub struct MoveRow {
    /// Before; `None` for birth.
    pub from: Option<Lifecycle>,
    /// What happens.
    pub trigger: Trigger,
    /// After.
    pub to: Lifecycle,
    /// Where the row comes from.
    pub provenance: Provenance,
}

/// Every move that an API call makes. The other codes are set by the provider's staff.
pub const MOVES: &[MoveRow] = &[
    MoveRow {
        from: None,
        trigger: Trigger::Created,
        to: Lifecycle::Registered,
        provenance: d25("check-user-status", "status table"),
    },
    MoveRow {
        from: Some(Lifecycle::Registered),
        trigger: Trigger::Initiated,
        to: Lifecycle::PendingVerification,
        provenance: assumed("no page says when 50 becomes 150; opening a session is the first act"),
    },
    MoveRow {
        from: Some(Lifecycle::PendingVerification),
        trigger: Trigger::Finalized,
        to: Lifecycle::Active,
        provenance: assumed("no page says when 150 becomes 200; finalising ends the onboarding"),
    },
    MoveRow {
        from: Some(Lifecycle::Registered),
        trigger: Trigger::Enrolled,
        to: Lifecycle::Active,
        provenance: assumed(ENROLLED),
    },
    MoveRow {
        from: Some(Lifecycle::PendingVerification),
        trigger: Trigger::Enrolled,
        to: Lifecycle::Active,
        provenance: assumed(ENROLLED),
    },
];

const ENROLLED: &str = "2024-06 knows no identification; enrolling gives what finalising gives";

/// Where a trigger leads from here; a trigger without a row changes nothing.
#[must_use]
pub fn after(from: Lifecycle, trigger: Trigger) -> Lifecycle {
    MOVES
        .iter()
        .find(|row| row.from == Some(from) && row.trigger == trigger)
        .map_or(from, |row| row.to)
}
