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
    if !directory.is_dir() {
        let directory = directory.display();
        let sentence = format!("start.directory: there is no directory {directory}");
        return Err(Trouble::Configuration(sentence));
    }
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
    // The log is a courtesy; the case does not fail without it.
    let _ = tokio::fs::write(&log, said.as_bytes()).await;
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

#[cfg(test)]
mod tests {
    use super::*;

    async fn ran(script: &str, limit: Duration) -> (Ran, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let assignment = Assignment { state: dir.path().to_owned(), ..Assignment::sample() };
        let command = ["sh", "-c", script].map(str::to_owned);
        let log = dir.path().join("words.log");
        (run(&command, dir.path(), &assignment, (log, limit)).await.unwrap(), dir)
    }

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn the_exit_status_says_how_it_ended() {
        for (script, ending) in [
            ("exit 0", Ending::Done),
            ("exit 3", Ending::GaveUp),
            ("exit 7", Ending::Crashed),
            ("kill -SEGV $$", Ending::Crashed),
        ] {
            assert_eq!(ran(script, LONG).await.0.ending, ending, "{script}");
        }
        let (hung, _) = ran("sleep 1000", Duration::from_millis(50)).await;
        assert_eq!(hung.ending, Ending::Stopped);
    }

    #[tokio::test]
    async fn its_assignment_comes_in_both_ways_and_its_words_are_bounded() {
        let (told, dir) = ran("cat; echo; echo $CERTIFY_CLIENT_ID; echo aside >&2", LONG).await;
        assert!(told.words.contains("\"clientId\":\"a-client\""), "{}", told.words);
        assert!(told.words.contains("\na-client\n") && told.words.contains("aside"));
        let kept = std::fs::read_to_string(dir.path().join("words.log")).unwrap();
        assert_eq!(kept, told.words);
        let (flood, _) = ran("head -c 20000000 /dev/zero", LONG).await;
        assert_eq!((flood.ending, flood.words.len()), (Ending::Done, MOST_WORDS));
    }

    #[tokio::test]
    async fn what_it_leaves_behind_is_killed() {
        let (left, dir) = ran("sleep 1000 & echo $! > child", LONG).await;
        assert_eq!(left.ending, Ending::Done);
        let id = std::fs::read_to_string(dir.path().join("child")).unwrap();
        // A signal is only asked for: the kernel ends the process when it comes to it. What was
        // not killed would go on, and this test with it.
        while is_running(id.trim()) {
            tokio::task::yield_now().await;
        }
    }

    /// Neither gone nor dead and not yet collected.
    fn is_running(id: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"));
        stat.is_ok_and(|stat| !stat.contains(") Z ") && !stat.contains(") X "))
    }

    #[tokio::test]
    async fn a_command_or_directory_that_is_not_there_is_named() {
        let nothing = ["no-such-program".to_owned()];
        let given = ran("exit 0", LONG).await.1;
        let assignment = Assignment { state: given.path().to_owned(), ..Assignment::sample() };
        let log = given.path().join("log");
        let error = run(&nothing, given.path(), &assignment, (log, LONG)).await.unwrap_err();
        assert!(error.to_string().contains("no-such-program cannot be started"), "{error}");
        let (log, nowhere) = (given.path().join("log"), given.path().join("nowhere"));
        let error = run(&nothing, &nowhere, &assignment, (log, LONG)).await.unwrap_err();
        assert!(error.to_string().contains("there is no directory"), "{error}");
    }
}
