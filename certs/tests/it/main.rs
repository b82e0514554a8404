//! The certificates as their users meet them: files in a directory, verdicts of a TLS library.
//!
//! Minting makes an RSA key, which is slow: tests that only read share one set, and tests that
//! change files work on a copy of it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod clients;
mod files;
mod forged;
mod starts;
mod verdicts;

use certs::{CertsError, MintRequest, Minted, open};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;

/// The moment at which the shared set was minted.
const MINTED_ON: OffsetDateTime = datetime!(2026-03-10 14:30:00 UTC);

struct Shared {
    minted: Minted,
    _directory: TempDir,
}

/// One set for all tests that only read.
fn shared() -> &'static Minted {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    let shared = SHARED.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let minted = open_at(directory.path(), MINTED_ON).unwrap();
        Shared { minted, _directory: directory }
    });
    &shared.minted
}

/// A copy of the shared set, to be changed.
fn copy() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(shared().dir()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), directory.path().join(entry.file_name())).unwrap();
    }
    directory
}

fn open_at(dir: &Path, now: OffsetDateTime) -> Result<Minted, CertsError> {
    open(&MintRequest { dir, public_hosts: &[], now })
}

fn open_with_host(dir: &Path, host: &str) -> Result<Minted, CertsError> {
    open(&MintRequest { dir, public_hosts: &[host.to_owned()], now: MINTED_ON })
}
