//! One workspace with its four listeners. Closed or dropped, it leaves no socket, no task and no
//! memory behind.

use std::sync::{Arc, Weak, atomic::AtomicU64};

use axum::Router;
use axum_server::Handle;
use hyper_util::rt::TokioTimer;
use tokio::task::JoinHandle;

use super::{
    Closing, FLUSH_EVERY, StartError, build,
    build::{Origin, Plan},
    gate::{Gate, Place},
    listen,
    shared::Shared,
    workspaces::Workspaces,
};
use crate::{
    config::{Limits, Meant},
    origins::Bound,
    tls::accept::Door,
    workspace::Workspace,
};

/// A workspace that is served.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) workspace: Arc<Workspace>,
    pub(super) bound: Bound,
    doors: Vec<Door>,
    handles: Vec<Handle<Place>>,
    tasks: Vec<JoinHandle<std::io::Result<()>>>,
    flusher: Option<JoinHandle<()>>,
    closing: Closing,
}

impl Site {
    /// Opens four listeners. When it returns, all of them take connections.
    ///
    /// # Errors
    /// When an address cannot be listened on, or the settings contradict each other.
    pub(super) fn open(
        shared: &Shared,
        meant: &Meant,
        (origin, workspaces): (Origin, Weak<Workspaces>),
    ) -> Result<Self, StartError> {
        let listeners = listen::bind_all(meant)?;
        let bound = listeners.bound;
        let closing = Closing::new(meant.limits.last_body);
        let Plan { workspace, stands } =
            build::plan((shared, meant), bound, (origin, &closing, workspaces))?;
        let mut site = Self {
            workspace,
            bound,
            doors: Vec::new(),
            handles: Vec::new(),
            tasks: Vec::new(),
            flusher: None,
            closing,
        };
        let numbers = Arc::new(AtomicU64::new(0));
        for (listener, (host, tls, router)) in listeners.in_order().into_iter().zip(stands) {
            let place = (host, Arc::clone(&site.workspace));
            let bounds = (meant.limits.connections, site.closing.clone());
            let door = Door::new(place, tls, bounds, Arc::clone(&numbers));
            site.listen(listener, door, (router, &meant.limits))?;
        }
        if meant.trace_file.is_some() {
            site.flusher = Some(tokio::spawn(keep_flushing(Arc::clone(&site.workspace))));
        }
        Ok(site)
    }

    fn listen(
        &mut self,
        listener: std::net::TcpListener,
        door: Door,
        (router, limits): (Router, &Limits),
    ) -> Result<(), StartError> {
        let handle = Handle::new();
        let place = (door.host(), &self.workspace);
        let gate = Gate::new(listener, place).map_err(StartError::Runtime)?;
        let mut server = axum_server::Server::<Place>::from_listener(gate)
            .acceptor(door.clone())
            .handle(handle.clone())
            .http1_only();
        server
            .http_builder()
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_time)
            // The number of headers is bounded by the library's own 100.
            .max_buf_size(limits.header_bytes)
            .keep_alive(true);
        self.tasks.push(tokio::spawn(server.serve(router.into_make_service())));
        self.handles.push(handle);
        self.doors.push(door);
        Ok(())
    }

    /// Waits until the listeners have noticed that they listen.
    pub(super) async fn listening(&self) {
        for handle in &self.handles {
            handle.listening().await;
        }
    }

    /// How many connections found a listener full and were closed at once.
    pub(super) fn turned_away(&self) -> u64 {
        self.doors.iter().map(Door::turned_away).sum()
    }

    /// Takes nothing new, and lets requests under way come to their end.
    pub(super) fn begin_to_stop(&self) {
        self.closing.begin();
        for handle in &self.handles {
            handle.graceful_shutdown(None);
        }
    }

    /// Ends when nothing is under way any more.
    pub(super) async fn stopped(&mut self) {
        for task in std::mem::take(&mut self.tasks) {
            // A task that panicked has ended too.
            let _ = task.await;
        }
    }

    /// How many connections there are.
    pub(super) fn connections(&self) -> usize {
        self.handles.iter().map(Handle::connection_count).sum()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.closing.begin();
        for handle in &self.handles {
            handle.shutdown();
        }
        if let Some(flusher) = &self.flusher {
            flusher.abort();
        }
        self.workspace.flush();
    }
}

async fn keep_flushing(workspace: Arc<Workspace>) {
    let mut tick = tokio::time::interval(FLUSH_EVERY);
    loop {
        tick.tick().await;
        workspace.flush();
    }
}
