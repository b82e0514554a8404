//! Verbs about the workspaces of the process: which there are, one more, one less. Each has ports
//! and a control listener of its own; any of them may be asked.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use contract::Host;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    dto::Done,
    problem::Problem,
    read::{Outcome, json},
    table::Ask,
};
use crate::{
    ready::Ready,
    serve::{StartError, Wanted, Workspaces, workspaces::WorkspaceError},
    workspace::Workspace,
};

/// A workspace that is wanted. What is left out is as the process was started.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct WorkspaceAsk {
    /// Its name: letters, digits, dots, hyphens and underscores; w1, w2 and so on when left out.
    name: Option<String>,
    /// Which dated documentation is followed.
    edition: Option<String>,
    /// Where every code, id and address comes from.
    seed: Option<u64>,
    /// How time runs: real, xN, or stepped.
    clock: Option<String>,
    /// What everybody goes through for whom nothing else is chosen.
    scenario: Option<String>,
    /// How open questions are answered, reading by id.
    variants: BTreeMap<String, String>,
    /// Ports instead of free ones.
    ports: PortsAsk,
    /// Whether requests are looked at closely, so that their client can be judged.
    certify: bool,
    /// A workspace to copy as it stands. Then only name and ports can be said.
    copy_of: Option<String>,
    /// A snapshot to go on from, by its path. Then only name and ports can be said.
    snapshot: Option<PathBuf>,
}

/// Ports on 127.0.0.1.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PortsAsk {
    /// The API's.
    api: Option<u16>,
    /// The identity server's.
    auth: Option<u16>,
    /// The hosted pages'.
    identity: Option<u16>,
    /// Control's.
    control: Option<u16>,
}

/// Where a snapshot goes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SnapshotAsk {
    /// A file that is not there yet; only its owner can read it, since it holds codes and tokens.
    file: PathBuf,
}

/// Every workspace, by name.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct WorkspaceList {
    workspaces: Vec<WorkspaceDto>,
}

/// One of them.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct WorkspaceDto {
    /// Its name.
    name: String,
    /// How its clock runs.
    clock: String,
    /// The scenario of everybody for whom nothing else is chosen.
    scenario: Option<String>,
    /// How many users it has.
    users: u32,
    /// How many steps it has taken.
    steps: u64,
    /// What a caller must know, as in its ready line.
    #[serde(flatten)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    ready: Ready,
}

fn shown(name: String, workspace: &Workspace) -> WorkspaceDto {
    let (users, steps, scenario) = workspace.look(|world| {
        (world.user_count(), world.steps_taken(), world.usual_scenario().map(str::to_owned))
    });
    let (clock, ready) = (workspace.clock().mode().to_string(), workspace.ready().clone());
    WorkspaceDto { name, clock, scenario, users, steps, ready }
}

pub(super) fn list(ask: &Ask<'_>) -> Outcome {
    let all = ask.workspaces()?.all();
    let workspaces = all.into_iter().map(|(name, workspace)| shown(name, &workspace)).collect();
    json(&WorkspaceList { workspaces })
}

pub(super) fn show(ask: &Ask<'_>) -> Outcome {
    let (name, workspace) = ask.named()?;
    json(&shown(name, &workspace))
}

pub(super) fn create(ask: &Ask<'_>) -> Outcome {
    let wanted = ask.body::<WorkspaceAsk>()?.wanted().map_err(Problem::bad)?;
    let added = ask.workspaces()?.add(wanted)?;
    json(&shown(added.name, &added.workspace))
}

pub(super) fn remove(ask: &Ask<'_>) -> Outcome {
    let name = ask.id.as_deref().unwrap_or_default();
    // Whoever asks may stand in the very workspace that goes.
    tokio::spawn(ask.workspaces()?.remove(name)?);
    json(&Done { status: "ok" })
}

pub(super) fn snapshot(ask: &Ask<'_>) -> Outcome {
    let SnapshotAsk { file } = ask.body()?;
    let written = crate::snapshot::write(&file, ask.workspace.save());
    written.map_err(|error| {
        Problem::conflict(format!("cannot write the snapshot {}: {error}", file.display()))
    })?;
    json(&Done { status: "ok" })
}

pub(super) fn reset(ask: &Ask<'_>) -> Outcome {
    ask.named()?.1.reset();
    json(&Done { status: "ok" })
}

impl Ask<'_> {
    fn workspaces(&self) -> Result<Arc<Workspaces>, Problem> {
        self.desk.workspaces.upgrade().ok_or_else(|| WorkspaceError::Closing.into())
    }

    fn named(&self) -> Result<(String, Arc<Workspace>), Problem> {
        let name = self.id.clone().unwrap_or_default();
        let found = self.workspaces()?.get(&name);
        let workspace = found.ok_or_else(|| WorkspaceError::Unknown(name.clone()))?;
        Ok((name, workspace))
    }
}

impl WorkspaceAsk {
    fn wanted(self) -> Result<Wanted, String> {
        let mut wanted = self.name.map_or_else(Wanted::default, Wanted::named);
        if let Some(edition) = &self.edition {
            wanted = wanted.edition(edition)?;
        }
        if let Some(seed) = self.seed {
            wanted = wanted.seed(seed);
        }
        if let Some(clock) = &self.clock {
            wanted = wanted.clock(clock.parse()?);
        }
        if let Some(scenario) = &self.scenario {
            wanted = wanted.scenario(scenario)?;
        }
        for (id, reading) in &self.variants {
            wanted = wanted.variant(id, reading)?;
        }
        if self.certify {
            wanted = wanted.certify();
        }
        let PortsAsk { api, auth, identity, control } = self.ports;
        let ports = [
            (Host::Api, api),
            (Host::Auth, auth),
            (Host::Identity, identity),
            (Host::Control, control),
        ];
        for (host, port) in ports {
            if let Some(port) = port {
                wanted = wanted.port(host, port);
            }
        }
        match (self.copy_of, self.snapshot) {
            (Some(original), None) => Ok(wanted.copy_of(original)),
            (None, Some(path)) => Ok(wanted.snapshot(path)),
            (None, None) => Ok(wanted),
            (Some(_), Some(_)) => Err("give copyOf or snapshot, not both".to_owned()),
        }
    }
}

impl From<WorkspaceError> for Problem {
    fn from(error: WorkspaceError) -> Self {
        let detail = error.to_string();
        match error {
            WorkspaceError::Name(_)
            | WorkspaceError::Contradiction(_)
            | WorkspaceError::Start(StartError::Scenario(_)) => Self::bad(detail),
            WorkspaceError::Unknown(_) => Self::missing(detail),
            WorkspaceError::Taken(_)
            | WorkspaceError::Full
            | WorkspaceError::Start(StartError::Bind { .. }) => Self::conflict(detail),
            WorkspaceError::Closing => Self::new(StatusCode::SERVICE_UNAVAILABLE, detail),
            WorkspaceError::Start(_) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail),
        }
    }
}
