//! A client as a command: started for one case in a group of processes of its own, given its
//! assignment, its words kept within a bound, and cleaned up with all its children.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use contract::trace::client::Ending;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    fs::File,
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::Command,
};

use super::{assignment::Assignment, play::ending};
use crate::trouble::Trouble;

/// How much of what a client says is kept.
const MOST_WORDS: usize = 1 << 20;

/// How a client was started and how it ended.
#[derive(Debug)]
pub struct Ran {
    /// How it ended.
    pub ending: Ending,
    /// What it said, up to a bound.
    pub words: String,
}

/// Starts a command for a case and waits for its end, at most so long.
///
/// # Errors
/// When the command cannot be started.
pub async fn run(
    command: &[String],
    directory: &Path,
    assignment: &Assignment,
    (log, limit): (PathBuf, Duration),
) -> Result<Ran, Trouble> {
    let (program, arguments) = command
        .split_first()
        .ok_or_else(|| Trouble::Configuration("start.command is empty".to_owned()))?;
    let cannot = |error: std::io::Error| {
        Trouble::Configuration(format!("start.command: {program} cannot be started: {error}"))
    };
    let browser = browser(assignment).map_err(cannot)?;
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .envs(assignment.variables())
        .env("BROWSER", browser)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(cannot)?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let _cleaner = Cleaner(group);
    if let Some(mut stdin) = child.stdin.take() {
        let text = serde_json::to_vec(assignment).unwrap_or_default();
        tokio::spawn(async move {
            // A client that does not read it has the same in its environment.
            let _ = stdin.write_all(&text).await;
        });
    }
    let out = child.stdout.take().map(|from| tokio::spawn(words(from)));
    let err = child.stderr.take().map(|from| tokio::spawn(words(from)));
    let ended = tokio::time::timeout(limit, child.wait()).await;
    if let Some(group) = group {
        // Whatever it left behind goes with it.
        let _ = kill_process_group(group, Signal::KILL);
    }
    let ending = match ended {
        Ok(Ok(status)) => ending(status.code()),
        Ok(Err(_)) => Ending::Crashed,
        Err(_) => Ending::Stopped,
    };
    let mut said = String::new();
    for task in [out, err].into_iter().flatten() {
        let rest = tokio::time::timeout(Duration::from_secs(5), task).await;
        said += &rest.ok().and_then(Result::ok).unwrap_or_default();
    }
    if let Ok(mut file) = File::create(&log).await {
        // The log is a courtesy; the case does not fail without it.
        let _ = file.write_all(said.as_bytes()).await;
    }
    Ok(Ran { ending, words: said })
}

/// Kills the whole group when the case is left, however it is left.
struct Cleaner(Option<Pid>);

impl Drop for Cleaner {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // A group that is gone needs no killing.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// The command that opens a page for clients that start a browser.
fn browser(assignment: &Assignment) -> std::io::Result<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = assignment.state.join("browser");
    let own = std::env::current_exe()?;
    let text = format!("#!/bin/sh\nexec '{}' open \"$CERTIFY_PERSON\" \"$1\"\n", own.display());
    std::fs::write(&path, text)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700))?;
    Ok(path)
}

/// What comes, up to the bound; the rest is read and forgotten, so that nobody blocks.
async fn words(mut from: impl AsyncRead + Unpin) -> String {
    let mut kept = Vec::new();
    let mut piece = vec![0; 16 * 1024];
    while let Ok(read) = from.read(&mut piece).await {
        if read == 0 {
            break;
        }
        let room = MOST_WORDS.saturating_sub(kept.len());
        kept.extend_from_slice(&piece[..read.min(room)]);
    }
    String::from_utf8_lossy(&kept).into_owned()
}
