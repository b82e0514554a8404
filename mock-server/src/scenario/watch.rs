//! `serve --watch`: a scenario file that is saved takes effect for new users at once; one that
//! cannot be used is reported, and the one before stays.

use std::{path::Path, sync::Arc, time::Duration};

use contract::scenario::read;
use sim::{Command, Envelope, Reply, command::ScriptRequest};

use super::{Named, told};
use crate::workspace::Workspace;

/// How often the file is looked at.
const LOOK: Duration = Duration::from_millis(300);

/// What a saved text came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Saved {
    /// It is in force for users to come.
    Loaded,
    /// It says what cannot take effect; the one before stays.
    Wrong(String),
}

/// Takes a saved text into a running workspace.
#[must_use]
pub fn take(workspace: &Workspace, named: &Named, text: &str) -> Saved {
    let path = named.path.as_deref().unwrap_or_else(|| Path::new(&named.name));
    let scenario = match read(text) {
        Ok(read) => Arc::new(read.scenario),
        Err(wrong) => return Saved::Wrong(told(&wrong, path)),
    };
    let request = ScriptRequest::Load { name: named.name.clone(), scenario };
    match workspace.step(Envelope::own(Command::Script(request))) {
        sim::Answer::Reply(Reply::CannotTake(why)) => Saved::Wrong(why),
        _ => Saved::Loaded,
    }
}

/// Looks at the file of a scenario for as long as it is asked to.
pub async fn watch(workspace: Arc<Workspace>, named: Named) {
    let Some(path) = named.path.clone() else { return };
    let mut before = std::fs::read_to_string(&path).unwrap_or_default();
    loop {
        tokio::time::sleep(LOOK).await;
        // Between two saves of an editor there may be no file for a moment.
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        if text == before {
            continue;
        }
        match take(&workspace, &named, &text) {
            Saved::Loaded => tracing::info!(file = %path.display(), "in force for new users"),
            Saved::Wrong(why) => tracing::warn!("{why}\nthe scenario before it stays"),
        }
        before = text;
    }
}
