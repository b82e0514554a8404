//! Which crate may import which, as ARCHITECTURE.md has it, and what pure crates must not even
//! reach through others.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

/// A crate, what it may import, and what its tests may import besides.
pub(crate) const WALLS: &[(&str, &[&str], &[&str])] = &[
    ("contract", &[], &[]),
    ("certs", &[], &[]),
    ("sim", &["contract"], &[]),
    ("judge", &["contract"], &[]),
    ("mock-server", &["certs", "contract", "judge", "sim"], &[]),
    ("conformance", &["certs", "contract", "judge"], &["browser", "mock-server"]),
    ("bench", &["certs"], &[]),
    ("browser", &["certs", "contract", "judge", "mock-server"], &[]),
    ("house", &[], &[]),
    ("merchant-example", &[], &[]),
];

/// Crates without runtime and I/O, and what would betray one.
const PURE: &[&str] = &["contract", "sim", "judge"];
const IMPURE: &[&str] =
    &["tokio", "hyper", "reqwest", "socket2", "mio", "axum", "rustls", "getrandom"];

/// This platform, as the compiler calls it.
fn host() -> String {
    let told = std::process::Command::new("rustc").arg("-vV").output().expect("a compiler");
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("the compiler names its host").to_owned()
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(crate::repository::root().join("Cargo.toml"))
        // What other platforms need was never downloaded here.
        .other_options(["--locked", "--offline", "--filter-platform", &host()].map(str::to_owned))
        .exec()
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Edges between our own crates: importer, imported, whether only for tests.
fn edges(metadata: &Metadata) -> BTreeSet<(String, String, bool)> {
    let packages = metadata.workspace_packages();
    let ours: BTreeSet<_> = packages.iter().map(|package| package.name.to_string()).collect();
    let edges = packages.iter().flat_map(|package| {
        let own = package.dependencies.iter().filter(|needed| ours.contains(&needed.name));
        own.map(|needed| {
            let for_tests = needed.kind == DependencyKind::Development;
            (package.name.to_string(), needed.name.clone(), for_tests)
        })
    });
    edges.collect()
}

fn breaches(edges: &BTreeSet<(String, String, bool)>) -> Vec<String> {
    let allowed = |from: &str, to: &str, for_tests: bool| {
        let row = WALLS.iter().find(|(name, ..)| *name == from);
        row.is_some_and(|(_, always, in_tests)| {
            always.contains(&to) || (for_tests && in_tests.contains(&to))
        })
    };
    let bad = edges.iter().filter(|(from, to, for_tests)| !allowed(from, to, *for_tests));
    bad.map(|(from, to, _)| format!("{from} imports {to}")).collect()
}

#[test]
fn no_wall_is_breached() {
    let metadata = metadata();
    let found: BTreeSet<_> =
        metadata.workspace_packages().iter().map(|p| p.name.to_string()).collect();
    let listed: BTreeSet<_> = WALLS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(found, listed, "every crate has its walls");
    assert_eq!(breaches(&edges(&metadata)), Vec::<String>::new());
}

#[test]
fn a_breach_would_be_noticed() {
    let edge = |from: &str, to: &str, tests| (from.to_owned(), to.to_owned(), tests);
    let bad = BTreeSet::from([
        edge("judge", "sim", false),
        edge("conformance", "mock-server", false),
        edge("conformance", "sim", true),
        edge("newcomer", "contract", false),
    ]);
    assert_eq!(breaches(&bad).len(), 4);
    assert!(breaches(&BTreeSet::from([edge("conformance", "mock-server", true)])).is_empty());
}

#[test]
fn pure_crates_reach_no_runtime() {
    let metadata = metadata();
    let resolve = metadata.resolve.as_ref().expect("a resolved graph");
    let names: BTreeMap<_, _> =
        metadata.packages.iter().map(|p| (&p.id, p.name.to_string())).collect();
    for pure in PURE {
        let (root, _) = names.iter().find(|(_, name)| name == pure).expect("our crate");
        let mut reached: BTreeSet<&PackageId> = BTreeSet::new();
        let mut ahead = vec![*root];
        while let Some(id) = ahead.pop() {
            let node = resolve.nodes.iter().find(|node| node.id == *id).expect("a node");
            let normal = node
                .deps
                .iter()
                .filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
            ahead.extend(normal.map(|dep| &dep.pkg).filter(|id| reached.insert(id)));
        }
        let bad: Vec<_> = reached
            .iter()
            .map(|id| &names[id])
            .filter(|name| IMPURE.contains(&name.as_str()))
            .collect();
        assert!(bad.is_empty(), "{pure} reaches {bad:?}");
        assert!(!reached.is_empty(), "{pure} has dependencies to walk");
    }
}
