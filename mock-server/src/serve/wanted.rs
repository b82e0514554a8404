//! A workspace as somebody wants it: settings that depart from those the process was started
//! with, or a copy of another workspace as it stands.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use contract::Host;
use sim::Settings;

use super::{build::Origin, workspaces::WorkspaceError};
use crate::{
    clock::ClockMode,
    config::{
        Meant, Said,
        values::{Address, Choice, ChosenScenario, ServedEdition},
    },
    scenario::Named,
    snapshot,
    workspace::Workspace,
};

/// A workspace to be added. Whatever is not said is as the process was started; ports are free
/// ones.
#[derive(Clone, Debug, Default)]
#[must_use = "a wish does nothing until the workspace is added"]
pub struct Wanted {
    pub(super) name: Option<String>,
    said: Said,
    from: Option<From>,
}

/// What goes on in the new workspace.
#[derive(Clone, Debug)]
enum From {
    /// Another workspace.
    Workspace(String),
    /// A snapshot in a file.
    Snapshot(PathBuf),
}

impl Wanted {
    /// A workspace of this name.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }

    /// Which documentation is followed.
    ///
    /// # Errors
    /// When it cannot be served: the sentence names those that can.
    pub fn edition(mut self, name: &str) -> Result<Self, String> {
        self.said.edition = Some(name.parse::<ServedEdition>()?);
        Ok(self)
    }

    /// Where every code, id and address comes from.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.said.seed = Some(seed);
        self
    }

    /// How time runs.
    pub const fn clock(mut self, mode: ClockMode) -> Self {
        self.said.clock = Some(mode);
        self
    }

    /// What everybody goes through for whom nothing else is chosen.
    ///
    /// # Errors
    /// When there is no such scenario.
    pub fn scenario(mut self, text: &str) -> Result<Self, String> {
        self.said.scenario = Some(text.parse::<ChosenScenario>()?);
        Ok(self)
    }

    /// Every request is looked at closely, so that its client can be judged.
    pub const fn certify(mut self) -> Self {
        self.said.certify = true;
        self
    }

    /// How an open question is answered.
    ///
    /// # Errors
    /// When there is no such question or answer: the sentence names those that exist.
    pub fn variant(mut self, id: &str, reading: &str) -> Result<Self, String> {
        self.said.variants.push(Choice::new(id, reading)?);
        Ok(self)
    }

    /// A port of its own instead of any free one.
    pub const fn port(mut self, host: Host, port: u16) -> Self {
        let address = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), port);
        match host {
            Host::Api => self.said.api = Some(Address(address)),
            Host::Auth => self.said.auth = Some(Address(address)),
            Host::Identity => self.said.identity = Some(Address(address)),
            Host::Control => self.said.control = Some(Address(address)),
        }
        self
    }

    /// A copy of another workspace as it stands, users, tokens and trace included.
    pub fn copy_of(mut self, name: impl Into<String>) -> Self {
        self.from = Some(From::Workspace(name.into()));
        self
    }

    /// What a snapshot holds, see [`crate::snapshot`].
    pub fn snapshot(mut self, path: impl Into<PathBuf>) -> Self {
        self.from = Some(From::Snapshot(path.into()));
        self
    }

    /// What it comes to, given what the process was started with and the workspace it copies.
    pub(super) fn settle(
        self,
        started: &Meant,
        original: impl FnOnce(&str) -> Result<(Meant, Arc<Workspace>), WorkspaceError>,
    ) -> Result<(Meant, Origin), WorkspaceError> {
        let Self { said, from, .. } = self;
        let Some(from) = from else {
            return Ok((with_own_ports(started).with(said), Origin::New));
        };
        if said.edition.is_some()
            || said.seed.is_some()
            || said.clock.is_some()
            || said.scenario.is_some()
            || !said.variants.is_empty()
        {
            let why = "a copy goes on as the original does; name it and its ports, and leave \
                       edition, seed, clock, scenario and variants out";
            return Err(WorkspaceError::Contradiction(why.to_owned()));
        }
        let (meant, saved) = match from {
            From::Workspace(name) => {
                let (meant, workspace) = original(&name)?;
                (meant, workspace.save())
            }
            From::Snapshot(path) => {
                let read = snapshot::read(&path, started.limits.trace_lines);
                let saved = read.map_err(WorkspaceError::Contradiction)?;
                (of_settings(started, saved.world.settings()), saved)
            }
        };
        Ok((with_own_ports(&meant).with(said), Origin::Saved(Box::new(saved))))
    }
}

/// What the process was started with, but for what a saved world was made from.
fn of_settings(started: &Meant, made_of: &Settings) -> Meant {
    let named = |name: &String| {
        let scenario = Arc::clone(made_of.library.get(name)?);
        Some(Named { name: name.clone(), scenario, path: None })
    };
    Meant {
        edition: made_of.edition,
        seed: made_of.seed,
        variants: made_of.variants,
        clock: made_of.clock.parse().unwrap_or(started.clock),
        scenario: made_of.scenario.as_ref().and_then(named),
        ..started.clone()
    }
}

/// The same settings at free ports, without the files that belong to the original.
fn with_own_ports(meant: &Meant) -> Meant {
    let free = |address: SocketAddr| SocketAddr::new(address.ip(), 0);
    Meant {
        api: free(meant.api),
        auth: free(meant.auth),
        identity: free(meant.identity),
        control: free(meant.control),
        ready_file: None,
        trace_file: None,
        record_file: None,
        ..meant.clone()
    }
}
