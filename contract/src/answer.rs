//! What a success looks like: status and body of each call, member by member.
//! Encoder, OpenAPI documents and checks read these rows, so an answer has no undeclared member.

use crate::{Provenance, variant::When};

/// One way for a call to succeed.
#[derive(Debug)]
pub struct SuccessRow {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub shape: Shape,
    /// The readings under which it looks like this; the first row that holds counts.
    pub when: &'static [When],
    /// Where the row comes from.
    pub provenance: Provenance,
}

/// The body of a success.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// No body.
    Empty,
    /// A JSON object.
    Object(&'static [MemberRow]),
    /// A JSON array of objects.
    List(&'static [MemberRow]),
    /// No body, and a `Location`.
    Redirect,
    /// An HTML page.
    Page,
}

/// One member of an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemberRow {
    /// Its name, with exact case.
    pub name: &'static str,
    /// What it holds.
    pub kind: MemberKind,
    /// Whether it is always there.
    pub presence: Presence,
    /// Where the row comes from.
    pub provenance: Provenance,
}

/// What a member of an answer holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MemberKind {
    /// A 32-bit integer.
    Int32,
    /// `true` or `false`.
    Boolean,
    /// Any text.
    Text,
    /// An absolute address.
    Url,
    /// A GUID in lower-case hex with hyphens.
    Guid,
    /// An instant, RFC 3339.
    Time,
    /// One of these words.
    Words(&'static [&'static str]),
    /// Texts.
    Texts,
    /// An object.
    Object(&'static [MemberRow]),
    /// An array of objects.
    Objects(&'static [MemberRow]),
}

/// Whether a member is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Always, and never null.
    Always,
    /// Always; it may be null.
    Nullable,
    /// It may be missing.
    Optional,
}

/// Shorthand for tables: a member that is always there.
pub(crate) const fn member(
    name: &'static str,
    kind: MemberKind,
    provenance: Provenance,
) -> MemberRow {
    MemberRow { name, kind, presence: Presence::Always, provenance }
}

/// Shorthand for tables: a success under every reading.
pub(crate) const fn success(status: u16, shape: Shape, provenance: Provenance) -> SuccessRow {
    SuccessRow { status, shape, when: &[], provenance }
}
