//! A whole mock server in one process: four listeners around one workspace. The command
//! `mock-server serve` and Rust tests start it the same way.

pub mod listen;
pub mod merchants;

mod build;
mod closing;
mod gate;
mod patience;
mod shared;
mod site;
mod start_error;
pub mod wanted;
pub mod workspaces;

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use tokio::time::timeout;

pub use closing::Closing;
pub use start_error::StartError;
pub use wanted::Wanted;
pub use workspaces::Workspaces;

use crate::{
    clock::ClockMode,
    config::{Limits, Meant, values::Choice},
    origins::Bound,
    ready::Ready,
    workspace::Workspace,
};

/// How long requests may still take after the server was asked to stop. A body that is still
/// arriving then gets its 408 well before ([`Limits::last_body`]).
pub const GRACE: Duration = Duration::from_secs(10);

/// How often the trace file is brought up to date while nobody asks.
const FLUSH_EVERY: Duration = Duration::from_secs(1);

/// A running mock server. [`MockServer::stop`] ends it and leaves nothing behind; dropping it ends
/// it too, without waiting for requests.
#[derive(Debug)]
pub struct MockServer {
    workspaces: Arc<Workspaces>,
    main: Arc<Workspace>,
    bound: Bound,
    ready_file: Option<PathBuf>,
}

impl MockServer {
    /// A mock server on free ports of 127.0.0.1, with all other settings as the command has them.
    pub fn builder() -> Builder {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        Builder {
            meant: Meant {
                api: free,
                auth: free,
                identity: free,
                control: free,
                ..Meant::default()
            },
        }
    }

    /// Starts with settings. When it returns, all four listeners accept.
    ///
    /// # Errors
    /// When an address cannot be listened on, or certificates, keys or files cannot be used.
    pub async fn start(meant: Meant) -> Result<Self, StartError> {
        let ready_file = meant.ready_file.clone();
        if let Some(path) = &ready_file {
            let refused = |source| StartError::file("remove the old ready file", path, source);
            Ready::remove(path).map_err(refused)?;
        }
        let (workspaces, added) = Workspaces::start(meant).await?;
        let (main, bound) = (added.workspace, added.bound);
        let mut server = Self { workspaces, main, bound, ready_file: None };
        if let Some(path) = &ready_file {
            let refused = |source| StartError::file("write the ready file", path, source);
            server.ready().write(path).map_err(refused)?;
            server.ready_file = Some(path.clone());
        }
        Ok(server)
    }

    /// What a caller must know: addresses, files, names.
    #[must_use]
    pub fn ready(&self) -> &Ready {
        self.main.ready()
    }

    /// The world behind the listeners.
    #[must_use]
    pub const fn workspace(&self) -> &Arc<Workspace> {
        &self.main
    }

    /// All its workspaces: more can be added, each with its own listeners.
    #[must_use]
    pub const fn workspaces(&self) -> &Arc<Workspaces> {
        &self.workspaces
    }

    /// Where the listeners are bound.
    #[must_use]
    pub const fn bound(&self) -> &Bound {
        &self.bound
    }

    /// How many connections found a listener full and were closed at once.
    #[must_use]
    pub fn turned_away(&self) -> u64 {
        self.workspaces.turned_away()
    }

    /// Stops: nothing new is accepted, requests under way have [`GRACE`] to finish, and then
    /// nothing is left. Says how many connections had to be cut.
    pub async fn stop(mut self) -> usize {
        self.forget_ready_file();
        let mut sites = self.workspaces.close();
        sites.iter().for_each(site::Site::begin_to_stop);
        let all = async {
            for site in &mut sites {
                site.stopped().await;
            }
        };
        if timeout(GRACE, all).await.is_ok() {
            return 0;
        }
        let cut = sites.iter().map(site::Site::connections).sum();
        tracing::warn!(connections = cut, "still busy after the grace: cut");
        cut
    }

    /// A ready file speaks of a server that runs. One that another server has written since stays.
    fn forget_ready_file(&mut self) {
        let Some(path) = self.ready_file.take() else { return };
        let ours = std::fs::read_to_string(&path).is_ok_and(|text| text == self.ready().text());
        if ours && let Err(error) = Ready::remove(&path) {
            tracing::warn!(%error, path = %path.display(), "the ready file stays");
        }
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        self.forget_ready_file();
        drop(self.workspaces.close());
    }
}

/// Settings of a mock server inside a test.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    meant: Meant,
}

impl Builder {
    /// Where every code, id and address comes from.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.meant.seed = seed;
        self
    }

    /// How time runs.
    pub const fn clock(mut self, mode: ClockMode) -> Self {
        self.meant.clock = mode;
        self
    }

    /// Time moves only when it is told to.
    pub const fn clock_stepped(self) -> Self {
        self.clock(ClockMode::Stepped)
    }

    /// How an open question is answered.
    ///
    /// # Errors
    /// When there is no such question or answer: the sentence names those that exist.
    pub fn variant(mut self, id: &str, reading: &str) -> Result<Self, String> {
        let choice = Choice::new(id, reading)?;
        self.meant.variants.choose(&choice.id, &choice.reading)?;
        Ok(self)
    }

    /// Where certificates and keys are kept.
    pub fn certs_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.meant.certs_dir = dir.into();
        self
    }

    /// Where the trace goes besides memory.
    pub fn trace_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.meant.trace_file = Some(path.into());
        self
    }

    /// Bounds.
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.meant.limits = limits;
        self
    }

    /// Everything else.
    pub fn settings(mut self, change: impl FnOnce(&mut Meant)) -> Self {
        change(&mut self.meant);
        self
    }

    /// Starts.
    ///
    /// # Errors
    /// As [`MockServer::start`].
    pub async fn start(self) -> Result<MockServer, StartError> {
        MockServer::start(self.meant).await
    }
}
