//! The servers under load: processes of their own, found beside this binary.
//! They are separate processes, so neither shares memory or threads with the load.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::Outcome;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The baseline.
    Bare,
    /// The mock.
    Mock,
    /// The mock with 200 rules that never happen.
    Ruled,
}

/// A running server; it is killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// The ready line.
    pub(crate) ready: Value,
    /// From start to the ready line.
    pub(crate) ready_after: Duration,
}

impl Server {
    /// Starts a server on free ports and waits for its ready line.
    pub(crate) fn start(kind: Kind) -> Outcome<Self> {
        let mut command = match kind {
            Kind::Bare => Command::new(std::env::current_exe()?),
            Kind::Mock | Kind::Ruled => Command::new(sibling("mock-server")?),
        };
        match kind {
            Kind::Bare => command.arg("bare"),
            Kind::Mock | Kind::Ruled => {
                if kind == Kind::Ruled {
                    command.arg("serve").arg("--scenario").arg(idle_rules()?);
                } else {
                    command.arg("serve");
                }
                command.args(["--certs-dir", ".certs", "--clock", "stepped"]).args(
                    ["--api", "--auth", "--identity", "--control"]
                        .into_iter()
                        .flat_map(|flag| [flag, "127.0.0.1:0"]),
                )
            }
        };
        let begin = Instant::now();
        let mut child = command.env("RUST_LOG", "error").stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().ok_or("no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let ready_after = begin.elapsed();
        let ready =
            serde_json::from_str(&line).map_err(|_| format!("{kind:?} did not start: {line}"))?;
        Ok(Self { child, ready, ready_after })
    }

    /// The host and port of a listener.
    pub(crate) fn address(&self, listener: &str) -> Outcome<String> {
        let url = self.ready[listener].as_str().ok_or("the ready line lacks a listener")?;
        Ok(url.rsplit('/').next().unwrap_or_default().to_owned())
    }

    /// Resident memory now.
    pub(crate) fn resident_bytes(&self) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: u64 = line.ok_or("no VmRSS")?.trim().trim_end_matches(" kB").parse()?;
        Ok(kib * 1024)
    }
}

/// A scenario of 200 rules, twenty for each call, about users that nobody is.
fn idle_rules() -> Outcome<PathBuf> {
    const CALLS: [&str; 10] = [
        "create-user",
        "confirm-email",
        "send-email-confirmation",
        "send-phone-code",
        "resend-phone-code",
        "verify-phone",
        "initiate",
        "identification-status",
        "finalize",
        "user-status",
    ];
    let mut text = "title = \"idle\"\nwhy = \"what rules cost that never happen\"\n".to_owned();
    for number in 0..200 {
        let call = CALLS[number % CALLS.len()];
        text.push_str(&format!(
            "[[rule]]\nid = \"r{number}\"\nwhen = {{ call = \"{call}\", \
             user = \"nobody-{number}@*\" }}\nthen = {{ delay = \"1s\" }}\n\
             until = {{ times = 1 }}\n"
        ));
    }
    let path = std::env::current_exe()?.with_file_name("idle-rules.toml");
    std::fs::write(&path, text)?;
    Ok(path)
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is left to do if it has already gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The minted certificates.
pub(crate) fn open_certs(dir: &Path) -> Outcome<certs::Minted> {
    let now = time::OffsetDateTime::now_utc();
    Ok(certs::open(&certs::MintRequest { dir, public_hosts: &[], now })?)
}

pub(crate) fn sibling(name: &str) -> Outcome<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(name);
    if path.exists() {
        Ok(path)
    } else {
        Err(format!("{} is missing; build it with `cargo build --release`", path.display()).into())
    }
}
