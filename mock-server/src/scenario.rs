//! Scenario files: the library that is built in, and files that a user names.
//! What they mean stands in [`contract::scenario`]; what they do, in the world.

use std::sync::{Arc, OnceLock};

use contract::scenario::read;
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
