//! A workspace in a file, as it stands: its world, its clock, the texts of its tokens and what its
//! next connections meet. It holds real codes and tokens, so only its owner may read it. The trace
//! is not in it: that of whoever goes on begins here.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    path::Path,
};

use contract::Instant;
use serde::{Deserialize, Serialize};
use sim::World;

use crate::{tls::arsenal::Waiting, token::Texts, trace::Ring, workspace::Saved};

/// The version of the format.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    snapshot: u32,
    /// Which mock wrote it.
    build: String,
    now: Instant,
    control: String,
    world: World,
    tokens: Texts,
    waiting: Waiting,
}

/// Writes a new file, for its owner alone. One that is there already stays as it is.
///
/// # Errors
/// When there is a file of that name, or the file system refuses.
pub fn write(path: &Path, saved: Saved) -> io::Result<()> {
    let Saved { now, world, control, tokens, waiting, .. } = saved;
    let build = env!("CARGO_PKG_VERSION").to_owned();
    let whole = File { snapshot: VERSION, build, now, control, world, tokens, waiting };
    let text = serde_json::to_vec(&whole)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = file.write_all(&text).and_then(|()| file.sync_all());
    written.inspect_err(|_| {
        // Half a snapshot is none.
        let _ = std::fs::remove_file(path);
    })
}

/// Reads what was written. Its trace keeps so many lines.
///
/// # Errors
/// The sentence that says what is wrong with the file.
pub fn read(path: &Path, trace_lines: usize) -> Result<Saved, String> {
    let told = |what: String| format!("the snapshot {}: {what}", path.display());
    let text =
        std::fs::read_to_string(path).map_err(|error| told(format!("cannot read it: {error}")))?;
    let file: File = serde_json::from_str(&text)
        .map_err(|error| told(format!("it is none, or damaged: {error}")))?;
    let File { snapshot, build, now, control, world, tokens, waiting } = file;
    if snapshot != VERSION {
        return Err(told(format!(
            "it is of version {snapshot}, by mock-server {build}; this one reads {VERSION}"
        )));
    }
    world.check_sound().map_err(|what| told(format!("it is damaged: {what}")))?;
    let edition = world.settings().edition;
    if edition.tables().is_none() {
        return Err(told(format!("edition {edition} is not served here")));
    }
    Ok(Saved { now, world, control, trace: Ring::new(trace_lines), tokens, waiting })
}
