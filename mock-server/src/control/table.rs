//! The verbs of the control listener, one row each.
//! A new verb is a new row; router, document and the list of methods follow.

use std::pin::Pin;

use axum::response::Response;

use super::{Desk, dto, openapi, problem::Problem, read, scripts, wait, workspaces, write};
use crate::workspace::Workspace;

/// One verb.
pub(super) struct Verb {
    /// The HTTP method.
    pub(super) method: &'static str,
    /// The path; `{id}` stands for a number, `{edition}` for a dated edition, `{name}` for a name.
    pub(super) path: &'static str,
    /// What it does, in a few words.
    pub(super) summary: &'static str,
    /// The names of its query parameters and what they mean.
    pub(super) query: &'static [(&'static str, &'static str)],
    /// The schema of what it reads, if it reads anything.
    pub(super) reads: Option<Schema>,
    /// What it writes.
    pub(super) writes: Writes,
    /// Does it.
    pub(super) run: Run,
}

/// How a verb is done.
#[derive(Clone, Copy)]
pub(super) enum Run {
    /// At once.
    Now(fn(&Ask<'_>) -> Result<Response, Problem>),
    /// When something has happened.
    Later(for<'a> fn(&'a Ask<'a>) -> Pending<'a>),
}

/// An answer that is still to come.
pub(super) type Pending<'a> = Pin<Box<dyn Future<Output = Result<Response, Problem>> + Send + 'a>>;

/// A schema with the name it has in the document.
pub(super) type Schema = (&'static str, fn(&mut schemars::SchemaGenerator) -> schemars::Schema);

/// What a verb answers with.
pub(super) enum Writes {
    /// JSON of a schema.
    Json(Schema),
    /// JSON that has no schema of its own here: the ready line, the document itself.
    AnyJson,
    /// The lines of a trace.
    JsonLines,
    /// Server-sent events.
    Events,
}

/// A request, ready to be understood.
pub(super) struct Ask<'a> {
    pub(super) desk: &'a Desk,
    pub(super) workspace: &'a Workspace,
    pub(super) id: Option<String>,
    pub(super) query: &'a str,
    pub(super) body: Vec<u8>,
}

macro_rules! schema {
    ($name:ident) => {
        (stringify!($name), |generator| generator.subschema_for::<dto::$name>())
    };
}

/// Every verb.
pub(super) const VERBS: &[Verb] = &[
    Verb {
        method: "GET",
        path: "/v1/health",
        summary: "Tell that the mock is alive.",
        query: &[],
        reads: None,
        writes: Writes::Json(schema!(Health)),
        run: Run::Now(read::health),
    },
    Verb {
        method: "GET",
        path: "/v1/workspace",
        summary: "Show addresses, file paths and names, as the ready line does.",
        query: &[],
        reads: None,
        writes: Writes::AnyJson,
        run: Run::Now(read::workspace),
    },
    Verb {
        method: "GET",
        path: "/v1/workspaces",
        summary: "List the workspaces of this process.",
        query: &[],
        reads: None,
        writes: Writes::Json(("WorkspaceList", |all| {
            all.subschema_for::<workspaces::WorkspaceList>()
        })),
        run: Run::Now(workspaces::list),
    },
    Verb {
        method: "POST",
        path: "/v1/workspaces",
        summary: "Add a workspace with ports of its own, or a copy of another as it stands.",
        query: &[],
        reads: Some(("WorkspaceAsk", |all| all.subschema_for::<workspaces::WorkspaceAsk>())),
        writes: Writes::Json(("WorkspaceDto", |all| {
            all.subschema_for::<workspaces::WorkspaceDto>()
        })),
        run: Run::Now(workspaces::create),
    },
    Verb {
        method: "GET",
        path: "/v1/workspaces/{name}",
        summary: "Show one workspace.",
        query: &[],
        reads: None,
        writes: Writes::Json(("WorkspaceDto", |all| {
            all.subschema_for::<workspaces::WorkspaceDto>()
        })),
        run: Run::Now(workspaces::show),
    },
    Verb {
        method: "DELETE",
        path: "/v1/workspaces/{name}",
        summary: "Drop a workspace with its listeners; requests under way may end.",
        query: &[],
        reads: None,
        writes: Writes::Json(schema!(Done)),
        run: Run::Now(workspaces::remove),
    },
    Verb {
        method: "POST",
        path: "/v1/workspaces/{name}/reset",
        summary: "Let a workspace begin anew.",
        query: &[],
        reads: None,
        writes: Writes::Json(schema!(Done)),
        run: Run::Now(workspaces::reset),
    },
    Verb {
        method: "POST",
        path: "/v1/snapshot",
        summary: "Save this workspace in a file, from which others can go on.",
        query: &[],
        reads: Some(("SnapshotAsk", |all| all.subschema_for::<workspaces::SnapshotAsk>())),
        writes: Writes::Json(schema!(Done)),
        run: Run::Now(workspaces::snapshot),
    },
    Verb {
        method: "GET",
        path: "/v1/messages",
        summary: "List captured e-mails and SMS, newest first.",
        query: &[
            ("userId", "only this user's"),
            ("channel", "only email or only sms"),
            ("limit", "at most so many; 100 when left out"),
        ],
        reads: None,
        writes: Writes::Json(schema!(Messages)),
        run: Run::Now(read::messages),
    },
    Verb {
        method: "GET",
        path: "/v1/messages/next",
        summary: "Wait for a message; give the newest that fits, with its code or link.",
        query: &[
            ("userId", "only of this user"),
            ("kind", "only of this kind, e.g. phone-verification"),
            ("channel", "email or sms"),
            ("after", "only with an id above this one; 0 when left out"),
            ("timeoutMs", "how long to wait in real time; 10000 when left out, 60000 at most"),
        ],
        reads: None,
        writes: Writes::Json(schema!(MessageDto)),
        run: Run::Later(wait::next_message),
    },
    Verb {
        method: "GET",
        path: "/v1/events",
        summary: "Tell that something has changed, as server-sent events; at most a few a second.",
        query: &[],
        reads: None,
        writes: Writes::Events,
        run: Run::Now(wait::events),
    },
    Verb {
        method: "GET",
        path: "/v1/users",
        summary: "List users, ascending by id.",
        query: &[
            ("after", "only ids above this one"),
            ("limit", "at most so many; 100 when left out"),
        ],
        reads: None,
        writes: Writes::Json(schema!(Users)),
        run: Run::Now(read::users),
    },
    Verb {
        method: "GET",
        path: "/v1/users/{id}",
        summary: "Show one user.",
        query: &[],
        reads: None,
        writes: Writes::Json(schema!(UserDto)),
        run: Run::Now(read::user),
    },
    Verb {
        method: "POST",
        path: "/v1/person",
        summary: "Act for the person: walk through the journey that is open.",
        query: &[],
        reads: Some(schema!(PersonAsk)),
        writes: Writes::Json(schema!(PersonDone)),
        run: Run::Now(write::person),
    },
    Verb {
        method: "GET",
        path: "/v1/merchants",
        summary: "List the merchants with their clients, secrets and people.",
        query: &[],
        reads: None,
        writes: Writes::Json(schema!(Merchants)),
        run: Run::Now(read::merchants),
    },
    Verb {
        method: "GET",
        path: "/v1/merchant/redirects",
        summary: "Show where a merchant's browsers go.",
        query: &[("merchantId", "whose; the default merchant's when left out")],
        reads: None,
        writes: Writes::Json(schema!(Redirects)),
        run: Run::Now(read::redirects),
    },
    Verb {
        method: "PUT",
        path: "/v1/merchant/redirects",
        summary: "Set where a merchant's browsers go, as in the Merchant Portal.",
        query: &[],
        reads: Some(schema!(RedirectsAsk)),
        writes: Writes::Json(schema!(Redirects)),
        run: Run::Now(write::redirects),
    },
    Verb {
        method: "GET",
        path: "/v1/clock",
        summary: "Read the workspace's clock.",
        query: &[],
        reads: None,
        writes: Writes::Json(schema!(ClockDto)),
        run: Run::Now(read::clock),
    },
    Verb {
        method: "PUT",
        path: "/v1/clock",
        summary: "Set the clock to a later moment; whatever falls due happens.",
        query: &[],
        reads: Some(schema!(ClockAsk)),
        writes: Writes::Json(schema!(ClockDto)),
        run: Run::Now(write::set_clock),
    },
    Verb {
        method: "POST",
        path: "/v1/clock/next",
        summary: "Move the clock to the next moment at which something is scheduled.",
        query: &[],
        reads: None,
        writes: Writes::Json(schema!(ClockDto)),
        run: Run::Now(write::next),
    },
    Verb {
        method: "POST",
        path: "/v1/clock/advance",
        summary: "Move the clock on; whatever falls due happens.",
        query: &[],
        reads: Some(schema!(AdvanceAsk)),
        writes: Writes::Json(schema!(ClockDto)),
        run: Run::Now(write::advance),
    },
    Verb {
        method: "GET",
        path: "/v1/scenarios",
        summary: "List the scenarios that can be chosen.",
        query: &[],
        reads: None,
        writes: Writes::Json(("Scenarios", |all| all.subschema_for::<scripts::Scenarios>())),
        run: Run::Now(scripts::list),
    },
    Verb {
        method: "PUT",
        path: "/v1/scenarios/{name}",
        summary: "Load a scenario, TOML or JSON, for users to come.",
        query: &[],
        reads: Some(("Scenario", |all| all.subschema_for::<contract::scenario::Scenario>())),
        writes: Writes::Json(schema!(Done)),
        run: Run::Now(scripts::load),
    },
    Verb {
        method: "POST",
        path: "/v1/scenario",
        summary: "Choose a scenario for the next user, a user, a merchant, a pattern or everybody.",
        query: &[],
        reads: Some(("ChooseAsk", |all| all.subschema_for::<scripts::ChooseAsk>())),
        writes: Writes::Json(schema!(Done)),
        run: Run::Now(scripts::choose),
    },
    Verb {
        method: "POST",
        path: "/v1/users/{id}/timeline",
        summary: "Let a user's timeline go on that waits for this.",
        query: &[],
        reads: None,
        writes: Writes::Json(schema!(Done)),
        run: Run::Now(scripts::beat),
    },
    Verb {
        method: "GET",
        path: "/v1/clock/held",
        summary: "Wait until answers are held by a held clock, and tell until when.",
        query: &[("least", "how many answers; one when left out")],
        reads: None,
        writes: Writes::Json(("Held", |all| all.subschema_for::<wait::Held>())),
        run: Run::Later(wait::held),
    },
    Verb {
        method: "POST",
        path: "/v1/notes",
        summary: "Note in the trace what happens to the client that is judged.",
        query: &[],
        reads: Some(("Note", |all| all.subschema_for::<contract::trace::client::Note>())),
        writes: Writes::Json(schema!(Done)),
        run: Run::Now(write::note),
    },
    Verb {
        method: "GET",
        path: "/v1/clock/schedule",
        summary: "List what is scheduled, in order.",
        query: &[],
        reads: None,
        writes: Writes::Json(("Schedule", |all| all.subschema_for::<scripts::Schedule>())),
        run: Run::Now(scripts::schedule),
    },
    Verb {
        method: "POST",
        path: "/v1/faults/heal",
        summary: "End all faults, or those of one rule.",
        query: &[],
        reads: Some(("HealAsk", |all| all.subschema_for::<scripts::HealAsk>())),
        writes: Writes::Json(schema!(Done)),
        run: Run::Now(scripts::heal),
    },
    Verb {
        method: "GET",
        path: "/v1/explain/{id}",
        summary: "Tell why a step was answered as it was: its lines of the trace, by its number.",
        query: &[],
        reads: None,
        writes: Writes::Json(("Explained", |all| all.subschema_for::<scripts::Explained>())),
        run: Run::Now(scripts::explain),
    },
    Verb {
        method: "GET",
        path: "/v1/trace",
        summary: "Read the trace, JSON Lines, header first.",
        query: &[("class", "only decision or only transport lines")],
        reads: None,
        writes: Writes::JsonLines,
        run: Run::Now(read::trace),
    },
    Verb {
        method: "POST",
        path: "/v1/reset",
        summary: "Begin anew: no users, messages, tokens or trace; same settings and addresses.",
        query: &[],
        reads: None,
        writes: Writes::Json(schema!(Done)),
        run: Run::Now(write::reset),
    },
    Verb {
        method: "GET",
        path: "/v1/openapi.json",
        summary: "Show this document.",
        query: &[],
        reads: None,
        writes: Writes::AnyJson,
        run: Run::Now(openapi::serve),
    },
    Verb {
        method: "GET",
        path: "/openapi/{edition}.json",
        summary: "Show what the API and the identity server answer in an edition, as OpenAPI 3.1.",
        query: &[("readings", "current for only what holds under this workspace's readings")],
        reads: None,
        writes: Writes::AnyJson,
        run: Run::Now(read::contract),
    },
];
