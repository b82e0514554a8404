//! Settings files that cannot be used: each error says what, where, and what would be right.

use std::fmt::Write as _;

use mock_server::config::{Meant, Said};

/// One mistake each.
const WRONG: &[&str] = &[
    "editon = \"2025-09\"",
    "edition = \"2026-06\"",
    "seed = -1",
    "seed = \"seven\"",
    "clock = \"fast\"",
    "api = \"localhost:8443\"",
    "api = 8443",
    "control = \"localhost\"",
    "public-host = 7",
    "config = \"other.toml\"",
    "[variants]\nmtls-refusal = \"maybe\"",
    "[variants]\ncolour = \"red\"",
    "[limits]\nheader-bytes = 100",
    "[limits]\nbody-bytes = 0",
    "[limits]\nbody = 1",
    "seed = 1\nseed = 2",
    "seed 1",
];

#[test]
fn every_mistake_is_explained() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mock.toml");
    let mut told = String::new();
    for text in WRONG {
        std::fs::write(&path, text).unwrap();
        let error = Said::from_file(&path).unwrap_err().to_string();
        assert!(error.contains("mock.toml") && error.contains("line"), "{error}");
        let error = error.replace(&format!("{}/", dir.path().display()), "");
        writeln!(told, "{}\n", error.trim_end()).unwrap();
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Said::from_file("no/such.toml".as_ref()).unwrap_err().to_string();
    assert!(error.contains("no/such.toml"), "{error}");
}

#[test]
fn paths_count_from_the_directory_of_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mock.toml");
    std::fs::write(&path, "certs-dir = \"keys\"\ntrace = \"/tmp/trace.jsonl\"").unwrap();
    let meant = Meant::from(Said::from_file(&path).unwrap());
    assert_eq!(meant.certs_dir, dir.path().join("keys"));
    assert_eq!(meant.trace_file.unwrap(), std::path::Path::new("/tmp/trace.jsonl"));
}

#[test]
fn the_settings_files_that_come_with_the_project_are_good() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/settings");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    assert!(files.len() >= 2, "{files:?}");
    for path in files {
        let meant = Meant::from(Said::from_file(&path).unwrap_or_else(|error| panic!("{error}")));
        assert_ne!(meant, Meant::default(), "{} changes something", path.display());
    }
}
