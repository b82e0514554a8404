//! Scenario files: the library that is built in, and files that a user names.
//! What they mean stands in [`contract::scenario`]; what they do, in the world.

pub mod explain;
pub mod run;
pub mod watch;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use contract::scenario::{Diagnostic, Read, Scenario, read};
use include_dir::{Dir, DirEntry, include_dir};
use sim::settings::Library;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../scenarios");

/// A file of the library.
#[derive(Clone, Copy, Debug)]
pub struct LibraryFile {
    /// `calm`, `rough` or `villain`.
    pub kind: &'static str,
    /// Its name: of the file, without the ending.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Every file of the library, by kind and name.
#[must_use]
pub fn files() -> Vec<LibraryFile> {
    let kinds = FILES.entries().iter().filter_map(DirEntry::as_dir);
    let files = kinds.flat_map(|kind| kind.files().filter_map(|file| library_file(kind, file)));
    let mut files: Vec<_> = files.collect();
    files.sort_by_key(|file| (file.kind, file.name));
    files
}

fn library_file(
    kind: &'static Dir<'static>,
    file: &'static include_dir::File<'static>,
) -> Option<LibraryFile> {
    let path = file.path();
    let is_scenario = path.extension().is_some_and(|ending| ending == "toml");
    is_scenario.then_some(())?;
    Some(LibraryFile {
        kind: kind.path().to_str()?,
        name: path.file_stem()?.to_str()?,
        text: file.contents_utf8()?,
    })
}

/// The library, read once; every workspace shares it. A test refuses files that cannot be read.
#[must_use]
pub fn library() -> Arc<Library> {
    static LIBRARY: OnceLock<Arc<Library>> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| {
        let known = files().into_iter().filter_map(|file| {
            let read = read(file.text).ok()?;
            Some((file.name.to_owned(), Arc::new(read.scenario)))
        });
        Arc::new(known.collect())
    });
    Arc::clone(library)
}

/// A scenario with its name, ready to be served.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The name of its file, without the ending.
    pub name: String,
    /// What it says.
    pub scenario: Arc<Scenario>,
    /// The file that it was read from; none for one of the library.
    pub path: Option<PathBuf>,
}

/// A scenario of the library, by its name.
#[must_use]
pub fn known(name: &str) -> Option<Named> {
    let scenario = library().get(name).map(Arc::clone)?;
    Some(Named { name: name.to_owned(), scenario, path: None })
}

/// Why a file cannot be used.
#[derive(Debug)]
pub enum Unusable {
    /// It cannot be read at all.
    Unread(std::io::Error),
    /// What it says is wrong.
    Wrong(Vec<Diagnostic>),
}

impl Unusable {
    /// The whole text for a person, as a compiler tells it.
    #[must_use]
    pub fn told(&self, path: &Path) -> String {
        match self {
            Self::Unread(error) => format!("error: {} cannot be read: {error}", path.display()),
            Self::Wrong(wrong) => told(wrong, path),
        }
    }
}

/// Diagnostics as a compiler tells them.
#[must_use]
pub fn told(diagnostics: &[Diagnostic], path: &Path) -> String {
    let file = path.display().to_string();
    let told: Vec<_> = diagnostics.iter().map(|one| one.of_file(&file)).collect();
    told.join("\n\n")
}

/// Reads a file; what is odd about it stands beside.
///
/// # Errors
/// When it cannot be read, or says something that cannot take effect.
pub fn from_file(path: &Path) -> Result<(Named, Vec<Diagnostic>), Unusable> {
    let text = std::fs::read_to_string(path).map_err(Unusable::Unread)?;
    let Read { scenario, warnings } = read(&text).map_err(Unusable::Wrong)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let named = Named { name, scenario: Arc::new(scenario), path: Some(path.to_owned()) };
    Ok((named, warnings))
}

/// The library, with one more scenario in it if it is not there already.
#[must_use]
pub fn library_with(named: Option<&Named>) -> Arc<Library> {
    let library = library();
    match named {
        Some(Named { name, scenario, .. }) if library.get(name) != Some(scenario) => {
            let mut more = Library::clone(&library);
            more.insert(name.clone(), Arc::clone(scenario));
            Arc::new(more)
        }
        _ => library,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_of_the_library_can_be_used() {
        for file in files() {
            if let Err(wrong) = read(file.text) {
                let told: Vec<_> = wrong.iter().map(|one| one.of_file(file.name)).collect();
                panic!("{}", told.join("\n\n"));
            }
            assert!(["calm", "rough", "villain"].contains(&file.kind), "{}", file.kind);
        }
        assert_eq!(library().len(), files().len(), "two files have one name");
    }

    #[test]
    fn a_reserved_number_chooses_one_scenario() {
        let library = library();
        let mut known = BTreeSet::new();
        for phone in library.values().filter_map(|scenario| scenario.phone.as_ref()) {
            assert!(known.insert(phone), "{phone} is reserved twice");
        }
    }
}
