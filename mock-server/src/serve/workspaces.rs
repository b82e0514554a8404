//! The workspaces of one process, by name: isolated worlds side by side, each with its own
//! listeners, seed, clock, scenario and trace. The first is called `main`.

use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::time::timeout;

use super::{GRACE, StartError, build::Origin, shared::Shared, site::Site, wanted::Wanted};
use crate::{config::Meant, origins::Bound, workspace::Workspace};

/// The workspace that a process starts with. It stays as long as the process does.
pub const MAIN: &str = "main";

/// How many a process holds: each has four sockets.
pub const MOST: usize = 10_000;

/// All workspaces of a process.
#[derive(Debug)]
pub struct Workspaces {
    shared: Shared,
    sites: Mutex<Sites>,
    itself: Weak<Self>,
}

#[derive(Debug, Default)]
struct Sites {
    by_name: BTreeMap<String, (Meant, Site)>,
    added: u64,
    closed: bool,
}

/// Why a workspace cannot be had or dropped.
#[derive(Debug)]
pub enum WorkspaceError {
    /// The name cannot be used; the sentence says why.
    Name(String),
    /// Another has the name.
    Taken(String),
    /// None has the name.
    Unknown(String),
    /// What was asked for contradicts itself.
    Contradiction(String),
    /// As many as there can be.
    Full,
    /// The process stops.
    Closing,
    /// It could not be started.
    Start(StartError),
}

impl fmt::Display for WorkspaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(why) | Self::Contradiction(why) => f.write_str(why),
            Self::Taken(name) => write!(f, "there is a workspace '{name}' already"),
            Self::Unknown(name) => write!(f, "there is no workspace '{name}'"),
            Self::Full => write!(f, "there are {MOST} workspaces, and no room for more"),
            Self::Closing => f.write_str("the mock stops"),
            Self::Start(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WorkspaceError {}

/// A workspace that was added.
#[derive(Clone, Debug)]
pub struct Added {
    /// Its name.
    pub name: String,
    /// The workspace.
    pub workspace: Arc<Workspace>,
    /// Where its listeners are bound.
    pub bound: Bound,
}

impl Workspaces {
    /// The first workspace of a process.
    pub(super) async fn start(meant: Meant) -> Result<(Arc<Self>, Added), StartError> {
        let shared = Shared::open(meant).await?;
        let meant = shared.meant.clone();
        let workspaces = Arc::new_cyclic(|itself| {
            let (sites, itself) = (Mutex::default(), Weak::clone(itself));
            Self { shared, sites, itself }
        });
        let site = workspaces.open(&meant, Origin::New)?;
        site.listening().await;
        let added = workspaces.lock().keep(MAIN.to_owned(), (meant, site));
        Ok((workspaces, added))
    }

    fn open(&self, meant: &Meant, origin: Origin) -> Result<Site, StartError> {
        Site::open(&self.shared, meant, (origin, Weak::clone(&self.itself)))
    }

    /// Adds one. Its listeners take connections when this returns. Needs the runtime around it.
    ///
    /// # Errors
    /// When the name is taken or cannot be used, what is wanted contradicts itself, or an address
    /// cannot be listened on.
    pub fn add(&self, wanted: Wanted) -> Result<Added, WorkspaceError> {
        let mut sites = self.lock();
        let name = sites.free_name(wanted.name.as_deref())?;
        let (meant, origin) = wanted.settle(&self.shared.meant, |name| sites.original(name))?;
        let site = self.open(&meant, origin).map_err(WorkspaceError::Start)?;
        Ok(sites.keep(name, (meant, site)))
    }

    /// Drops one. Its listeners take nothing new from now on; the future ends when requests under
    /// way have ended too, or their grace is over, and nothing is left of it.
    ///
    /// # Errors
    /// When there is none of that name, or it is the first.
    pub fn remove(
        &self,
        name: &str,
    ) -> Result<impl Future<Output = ()> + Send + use<>, WorkspaceError> {
        if name == MAIN {
            let why = format!("'{MAIN}' lives as long as the process; reset it instead");
            return Err(WorkspaceError::Contradiction(why));
        }
        let found = self.lock().by_name.remove(name);
        let (_, mut site) = found.ok_or_else(|| WorkspaceError::Unknown(name.to_owned()))?;
        site.begin_to_stop();
        Ok(async move {
            // Whoever is still busy then is cut.
            let _ = timeout(GRACE, site.stopped()).await;
        })
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<Workspace>> {
        self.lock().by_name.get(name).map(|(_, site)| Arc::clone(&site.workspace))
    }

    /// All of them, by name.
    #[must_use]
    pub fn all(&self) -> Vec<(String, Arc<Workspace>)> {
        let sites = self.lock();
        let one = |(name, (_, site)): (&String, &(Meant, Site))| {
            (name.clone(), Arc::clone(&site.workspace))
        };
        sites.by_name.iter().map(one).collect()
    }

    /// How many connections found a listener full and were closed at once.
    #[must_use]
    pub fn turned_away(&self) -> u64 {
        self.lock().by_name.values().map(|(_, site)| site.turned_away()).sum()
    }

    /// Takes all of them out; none can be added any more.
    pub(super) fn close(&self) -> Vec<Site> {
        let mut sites = self.lock();
        sites.closed = true;
        std::mem::take(&mut sites.by_name).into_values().map(|(_, site)| site).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Sites> {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sites {
    fn keep(&mut self, name: String, (meant, site): (Meant, Site)) -> Added {
        let (workspace, bound) = (Arc::clone(&site.workspace), site.bound);
        self.by_name.insert(name.clone(), (meant, site));
        Added { name, workspace, bound }
    }

    fn original(&self, name: &str) -> Result<(Meant, Arc<Workspace>), WorkspaceError> {
        let found = self.by_name.get(name);
        let (meant, site) = found.ok_or_else(|| WorkspaceError::Unknown(name.to_owned()))?;
        Ok((meant.clone(), Arc::clone(&site.workspace)))
    }

    /// The name that was asked for, or the next of `w1`, `w2` and so on.
    fn free_name(&mut self, asked: Option<&str>) -> Result<String, WorkspaceError> {
        if self.closed {
            return Err(WorkspaceError::Closing);
        }
        if self.by_name.len() >= MOST {
            return Err(WorkspaceError::Full);
        }
        let Some(asked) = asked else {
            loop {
                self.added += 1;
                let name = format!("w{}", self.added);
                if !self.by_name.contains_key(&name) {
                    return Ok(name);
                }
            }
        };
        if !is_name(asked) {
            let why = format!(
                "'{asked}' cannot be a name: use 1 to 64 letters, digits, dots, hyphens and \
                 underscores, with a letter or digit first"
            );
            return Err(WorkspaceError::Name(why));
        }
        if self.by_name.contains_key(asked) {
            return Err(WorkspaceError::Taken(asked.to_owned()));
        }
        Ok(asked.to_owned())
    }
}

/// Whether a name can stand in a path and in a line of a log.
fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    text.len() <= 64
        && text.bytes().all(fits)
        && text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_a_path() {
        for good in ["a", "w1", "ci-42.main_2", &"x".repeat(64)] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "-a", ".", "..", "a/b", "a b", "\u{436}", &"x".repeat(65)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
