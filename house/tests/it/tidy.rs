//! Rules of style that a machine can hold: each is a function from a file to its complaints, with
//! a text that breaks it.

use crate::repository::{File, files};

/// A rule: what it is called and what it complains of.
type Rule = (&'static str, fn(&File) -> Vec<String>);

const RULES: &[Rule] = &[
    ("lines have at most 100 columns", columns),
    ("files have at most 500 lines", length),
    ("functions have at most 70 lines", functions),
    ("files say what they are for", header),
    ("nothing is left unfinished", leftovers),
    ("tests do not sleep", naps),
    ("no private key is in git", keys),
    ("nothing names the machine it was written on", places),
    ("every crate takes the workspace's lints", lints),
];

/// Tables: a row is a line, however long.
const TABLES: &[&str] = &[
    "contract/src/v2025_09/endpoints.rs",
    "contract/src/v2026_05/endpoints.rs",
    "contract/src/common/questionnaire.rs",
    "certs/src/role.rs",
    "mock-server/src/pages/words.rs",
];

fn is_rust(file: &File) -> bool {
    file.path.ends_with(".rs")
}

fn is_test(file: &File) -> bool {
    file.path.contains("/tests/") || file.path.ends_with("/tests.rs")
}

/// The text before a file's own tests.
fn code(file: &File) -> &str {
    file.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}

fn columns(file: &File) -> Vec<String> {
    let exempt = TABLES.contains(&file.path.as_str()) || is_test(file);
    let too_wide = |line: &str| {
        // A text that must stay whole may be longer than its line.
        line.chars().count() > 100 && !line.contains('"') && !line.contains("http")
    };
    let lines = code(file).lines().enumerate().filter(|(_, line)| too_wide(line));
    if !is_rust(file) || exempt {
        return Vec::new();
    }
    lines.map(|(index, _)| format!("line {}", index + 1)).collect()
}

fn length(file: &File) -> Vec<String> {
    let count = code(file).lines().count();
    let exempt = !is_rust(file) || TABLES.contains(&file.path.as_str());
    if exempt || count <= 500 { Vec::new() } else { vec![format!("{count} lines")] }
}

fn functions(file: &File) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut open: Option<(usize, usize, String)> = None;
    let measured = is_rust(file) && !is_test(file) && !TABLES.contains(&file.path.as_str());
    for (index, line) in code(file).lines().enumerate().filter(|_| measured) {
        let indent = line.len() - line.trim_start().len();
        match &open {
            None if starts_function(line) && !line.trim_end().ends_with(['}', ';']) => {
                open = Some((index, indent, line.trim().to_owned()));
            }
            Some((start, depth, name)) if line.trim() == "}" && indent == *depth => {
                if index - start + 1 > 70 {
                    complaints.push(format!("{name}: {} lines", index - start + 1));
                }
                open = None;
            }
            _ => {}
        }
    }
    complaints
}

fn starts_function(line: &str) -> bool {
    let words: Vec<_> = line.split_whitespace().take_while(|word| !word.starts_with('(')).collect();
    let before = words.iter().position(|word| *word == "fn");
    let modifier = |word: &&str| {
        matches!(*word, "pub" | "const" | "async" | "unsafe") || word.starts_with("pub(")
    };
    before.is_some_and(|at| words[..at].iter().all(modifier))
}

fn header(file: &File) -> Vec<String> {
    let lines = file.text.lines().take_while(|line| line.starts_with("//!")).count();
    let wanted = if is_test(file) { 1 } else { 2 };
    if !is_rust(file) || lines >= wanted {
        Vec::new()
    } else {
        vec![format!("{lines} lines of header, {wanted} wanted")]
    }
}

fn leftovers(file: &File) -> Vec<String> {
    if file.path.starts_with("house/") || !is_rust(file) {
        return Vec::new();
    }
    let marks = ["todo!(", "unimplemented!(", "#[ignore", "FIXME", "TODO", "Being written"];
    let found = marks.into_iter().filter(|mark| file.text.contains(mark));
    found.map(str::to_owned).collect()
}

fn naps(file: &File) -> Vec<String> {
    let sleeps = is_rust(file) && !file.path.starts_with("house/") && is_test(file);
    if sleeps && file.text.contains("sleep(") { vec!["sleep(".to_owned()] } else { Vec::new() }
}

fn keys(file: &File) -> Vec<String> {
    // Split, so that this file does not complain of itself.
    let mark = ["PRIVATE", " KEY-----"].concat();
    let begin = ["-----BEGIN ", ""].concat();
    let holds_key = file.text.lines().any(|line| line.starts_with(&begin) && line.contains(&mark));
    if holds_key { vec!["a private key".to_owned()] } else { Vec::new() }
}

fn places(file: &File) -> Vec<String> {
    let marks = [["/ro", "ot/"], ["/wo", "rk/"], ["../sha", "red"], ["/ho", "me/"]];
    let marks = marks.map(|parts| parts.concat());
    marks.into_iter().filter(|mark| file.text.contains(mark.as_str())).collect()
}

fn lints(file: &File) -> Vec<String> {
    let is_member = file.path.ends_with("/Cargo.toml");
    if is_member && !file.text.contains("[lints]\nworkspace = true") {
        vec!["no [lints] workspace = true".to_owned()]
    } else {
        Vec::new()
    }
}

#[test]
fn every_file_keeps_every_rule() {
    let files = files();
    let complaints: Vec<String> = RULES
        .iter()
        .flat_map(|(rule, check)| {
            let broken = files.iter().flat_map(move |file| {
                check(file).into_iter().map(move |what| format!("{rule}: {}: {what}", file.path))
            });
            broken.collect::<Vec<_>>()
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_rule_notices_what_breaks_it() {
    let long_function = format!("fn long() {{\n{}}}\n", "    let x = 1;\n".repeat(70));
    let key = ["-----BEGIN ", "PRIVATE", " KEY-----\n"].concat();
    for (rule, path, text) in [
        ("lines have at most 100 columns", "a/src/x.rs", "x".repeat(101)),
        ("files have at most 500 lines", "a/src/x.rs", "x\n".repeat(501)),
        ("functions have at most 70 lines", "a/src/x.rs", long_function),
        ("files say what they are for", "a/src/x.rs", "//! One line.\n".to_owned()),
        ("nothing is left unfinished", "a/src/x.rs", "todo!()".to_owned()),
        ("tests do not sleep", "a/tests/it/x.rs", "sleep(1)".to_owned()),
        ("no private key is in git", "a.txt", key),
        ("nothing names the machine it was written on", "a.md", ["/ho", "me/"].concat()),
        ("every crate takes the workspace's lints", "a/Cargo.toml", "[package]".to_owned()),
    ] {
        let (_, check) = RULES.iter().find(|(name, _)| *name == rule).expect("a known rule");
        let file = File { path: path.to_owned(), text };
        assert!(!check(&file).is_empty(), "{rule}");
    }
}

#[test]
fn the_readme_begins_with_the_two_commands() {
    let files = files();
    let readme = files.iter().find(|file| file.path == "README.md").expect("README.md");
    assert!(readme.text.contains("make demo") && readme.text.contains("make test"));
    for needed in ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", ".ci/run"] {
        assert!(files.iter().any(|file| file.path == needed), "{needed}");
    }
}
