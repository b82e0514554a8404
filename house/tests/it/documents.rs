//! The documents tell of files, commands and walls; each of them must be there.

use std::{collections::BTreeSet, path::Path};

use crate::{
    repository::{File, files, root},
    walls::WALLS,
};

/// Rooms of the repository; a path in backticks that begins with one names a file.
const ROOMS: &[&str] =
    &["bench/", "certs/", "conformance/", "contract/", "docs/", "house/", "mock-server/"];

fn documents() -> Vec<File> {
    let mut files = files();
    files.retain(|file| file.path.ends_with(".md"));
    assert!(files.iter().any(|file| file.path == "README.md"));
    files
}

/// What is between two marks, again and again.
fn between<'a>(text: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(open).skip(1).filter_map(move |rest| Some(rest.split_once(close)?.0))
}

/// The files that a document names: links from its own folder, paths from the root.
fn named(file: &File) -> BTreeSet<String> {
    let folder = Path::new(&file.path).parent().unwrap_or_else(|| Path::new(""));
    let links = between(&file.text, "](", ")").filter(|link| !link.contains("://"));
    let links = links.filter_map(|link| link.split('#').next()).filter(|link| !link.is_empty());
    let links = links.map(|link| folder.join(link).to_string_lossy().into_owned());
    // What stands in a block of code is an example, not a promise.
    let prose: String = file.text.split("```").step_by(2).collect();
    let is_path = |word: &str| {
        ROOMS.iter().any(|room| word.starts_with(room))
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte))
    };
    let words: Vec<_> = prose.split('`').filter(|word| is_path(word)).map(str::to_owned).collect();
    links.chain(words).collect()
}

#[test]
fn every_named_file_is_there() {
    let mut dead = Vec::new();
    for file in documents() {
        let missing = named(&file).into_iter().filter(|path| !root().join(path).exists());
        dead.extend(missing.map(|path| format!("{} names {path}", file.path)));
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn names_are_found_in_links_and_in_prose() {
    let text = "[a](../x.md#y), `contract/a.rs`, [b](https://z.example)\n```sh\n`house/no`\n```\n";
    let file = File { path: "docs/d.md".to_owned(), text: text.to_owned() };
    assert_eq!(named(&file).into_iter().collect::<Vec<_>>(), ["contract/a.rs", "docs/../x.md"]);
}

#[test]
fn every_make_target_that_is_named_exists() {
    let makefile = std::fs::read_to_string(root().join("Makefile")).expect("Makefile");
    let exists =
        |target: &str| makefile.lines().any(|line| line.starts_with(&format!("{target}:")));
    assert!(exists("demo") && !exists("dance"));
    for file in documents() {
        for command in between(&file.text, "`make ", "`") {
            assert!(exists(command), "{} names make {command}", file.path);
        }
    }
}

#[test]
fn the_map_shows_the_walls_that_are_tested() {
    let documents = documents();
    let map = documents.iter().find(|file| file.path == "ARCHITECTURE.md").expect("the map");
    let table = map.text.split("| may import |").nth(1).expect("the table of walls");
    let mut rows =
        table.lines().map(|line| line.split('|').map(|cell| cell.trim().replace('*', "")));
    let columns: Vec<_> = rows.next().expect("a heading").collect();
    let rows: Vec<Vec<_>> =
        rows.skip(1).map(Iterator::collect).take_while(|row: &Vec<_>| row.len() > 2).collect();
    assert_eq!(rows.len(), WALLS.len());
    for (name, always, in_tests) in WALLS {
        let row = rows.iter().find(|row| row[1] == *name).unwrap_or_else(|| panic!("{name}"));
        // The heading's first cell was split off, so its columns lie two cells before a row's.
        for (column, cell) in columns.iter().zip(&row[2..]).filter(|(column, _)| !column.is_empty())
        {
            let wanted = match column.as_str() {
                own if own == *name => "",
                other if always.contains(&other) => "yes",
                other if in_tests.contains(&other) => "in tests",
                _ => "no",
            };
            assert_eq!(cell, wanted, "{name} and {column}");
        }
    }
}
