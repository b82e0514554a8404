//! The files of the set: their names, who may read them, and how they come into the directory.
//!
//! A file appears under its name complete or not at all, and the first process to create it wins:
//! the others use the winner's. So starts at the same time agree, file by file, without a lock, and
//! a start that was cut short is completed by the next. Only dot files may be there besides.

use crate::{CertsError, Role};
use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

/// In which form a file holds a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// The certificate, PEM.
    Certificate,
    /// The certificate and its issuer's, PEM, leaf first.
    Chain,
    /// The private key, PEM (PKCS#8).
    Key,
    /// Key and chain, PKCS#12 with the password [`crate::PKCS12_PASSWORD`].
    Pkcs12,
}

impl Form {
    /// Every form.
    pub const ALL: &[Self] = &[Self::Certificate, Self::Chain, Self::Key, Self::Pkcs12];
}

/// One file of the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SetFile {
    Of(Role, Form),
    Crl,
    TrustStore,
    Readme,
}

impl SetFile {
    fn all() -> impl Iterator<Item = Self> {
        let of_roles =
            Role::ALL.iter().flat_map(|role| Form::ALL.iter().map(|form| Self::Of(*role, *form)));
        of_roles.chain([Self::Crl, Self::TrustStore, Self::Readme])
    }

    pub(crate) fn name(self) -> String {
        let (stem, ending) = match self {
            Self::Of(role, Form::Certificate) => (role.name(), "cert.pem"),
            Self::Of(role, Form::Chain) => (role.name(), "chain.pem"),
            Self::Of(role, Form::Key) => (role.name(), "key.pem"),
            Self::Of(role, Form::Pkcs12) => (role.name(), "p12"),
            Self::Crl => (Role::Ca.name(), "crl.pem"),
            Self::TrustStore => ("truststore", "p12"),
            Self::Readme => return "README.txt".to_owned(),
        };
        format!("{stem}.TEST-ONLY.{ending}")
    }

    #[cfg(unix)]
    fn mode(self) -> u32 {
        match self {
            Self::Of(_, Form::Key | Form::Pkcs12) | Self::TrustStore => 0o600,
            Self::Of(_, Form::Certificate | Form::Chain) | Self::Crl | Self::Readme => 0o644,
        }
    }
}

/// No file of ours is larger by far; a foreign one shall not fill the memory.
const LARGEST: u64 = 1 << 20;

/// A directory that is the set's own.
pub(crate) struct Directory {
    path: PathBuf,
    /// What was there when it was opened.
    found: Vec<SetFile>,
}

impl Directory {
    /// Creates the directory when it is not there; refuses one that holds foreign files.
    pub(crate) fn open(path: &Path) -> Result<Self, CertsError> {
        create_private(path).map_err(|source| io_error("create directory", path, source))?;
        let found = survey(path)?;
        Ok(Self { path: path.to_owned(), found })
    }

    pub(crate) fn path(&self, file: SetFile) -> PathBuf {
        self.path.join(file.name())
    }

    pub(crate) fn found(&self, file: SetFile) -> bool {
        self.found.contains(&file)
    }

    /// What a file holds, when it is there.
    pub(crate) fn read(&self, file: SetFile) -> Result<Option<Vec<u8>>, CertsError> {
        let path = self.path(file);
        let read = || {
            let mut contents = Vec::new();
            File::open(&path)?.take(LARGEST).read_to_end(&mut contents)?;
            io::Result::Ok(contents)
        };
        match read() {
            Ok(contents) => Ok(Some(contents)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error("read", &path, error)),
        }
    }

    /// Creates a file, or leaves the one that is already there, and returns what it holds.
    pub(crate) fn create(&self, file: SetFile, contents: &[u8]) -> Result<Vec<u8>, CertsError> {
        let draft = self.draft(file, contents)?;
        let path = self.path(file);
        // Linking fails when the name is taken; renaming would take it away from the winner.
        let linked = fs::hard_link(&draft, &path);
        fs::remove_file(&draft).map_err(|source| io_error("remove", &draft, source))?;
        match linked {
            Ok(()) => Ok(contents.to_owned()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.read(file)?.ok_or(CertsError::Missing { path })
            }
            Err(error) => Err(io_error("create", &path, error)),
        }
    }

    /// Puts a file in the place of the one that is there.
    pub(crate) fn replace(&self, file: SetFile, contents: &[u8]) -> Result<(), CertsError> {
        let draft = self.draft(file, contents)?;
        let path = self.path(file);
        fs::rename(&draft, &path).map_err(|source| io_error("replace", &path, source))
    }

    fn draft(&self, file: SetFile, contents: &[u8]) -> Result<PathBuf, CertsError> {
        static DRAFTS: AtomicU64 = AtomicU64::new(0);
        let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
        let draft = self.path.join(format!(".{}.{number}.{}", process::id(), file.name()));
        let written = options(file).open(&draft).and_then(|mut opened| opened.write_all(contents));
        match written {
            Ok(()) => Ok(draft),
            Err(source) => Err(io_error("write", &draft, source)),
        }
    }
}

fn survey(path: &Path) -> Result<Vec<SetFile>, CertsError> {
    let listing = |source| io_error("list directory", path, source);
    let names: HashMap<_, _> = SetFile::all().map(|file| (file.name(), file)).collect();
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(listing)? {
        let name = entry.map_err(listing)?.file_name();
        match name.to_str().and_then(|name| names.get(name)) {
            Some(file) => found.push(*file),
            None if is_tolerated(&name.to_string_lossy()) => {}
            None => return Err(CertsError::Foreign { path: path.join(name) }),
        }
    }
    Ok(found)
}

/// Drafts of ours, notes of file managers and version control, and what a fresh volume holds.
fn is_tolerated(name: &str) -> bool {
    name.starts_with('.') || name == "lost+found"
}

pub(crate) fn io_error(action: &'static str, path: &Path, source: io::Error) -> CertsError {
    CertsError::Io { action, path: path.to_owned(), source }
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    if fs::read_dir(path)?.next().is_none() {
        // An empty directory becomes ours. On a mounted volume it may belong to someone else, who
        // then decides; the keys are protected by modes of their own.
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o700));
    }
    Ok(())
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(path)
}

/// The mode is set at creation, so that no key is readable by others for an instant.
#[cfg(unix)]
fn options(file: SetFile) -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(file.mode());
    options
}

#[cfg(not(unix))]
fn options(_: SetFile) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_file_has_a_name_of_its_own() {
        let names: HashSet<_> = SetFile::all().map(SetFile::name).collect();
        assert_eq!(names.len(), Role::ALL.len() * Form::ALL.len() + 3);
    }

    #[test]
    fn the_first_to_create_a_file_wins_and_no_draft_stays() {
        let temporary = tempfile::tempdir().unwrap();
        let directory = Directory::open(temporary.path()).unwrap();
        assert_eq!(directory.read(SetFile::Crl).unwrap(), None);
        assert_eq!(directory.create(SetFile::Crl, b"first").unwrap(), b"first");
        assert_eq!(directory.create(SetFile::Crl, b"second").unwrap(), b"first");
        directory.replace(SetFile::Crl, b"third").unwrap();
        assert_eq!(directory.read(SetFile::Crl).unwrap().unwrap(), b"third");
        assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_foreign_file_is_named_and_a_dot_file_is_not_minded() {
        let temporary = tempfile::tempdir().unwrap();
        fs::write(temporary.path().join(".gitignore"), "*").unwrap();
        assert!(Directory::open(temporary.path()).is_ok());
        fs::write(temporary.path().join("holiday.jpg"), "").unwrap();
        let error = Directory::open(temporary.path()).err().unwrap();
        assert!(matches!(&error, CertsError::Foreign { path } if path.ends_with("holiday.jpg")));
    }

    #[test]
    fn a_path_that_is_a_file_is_an_error() {
        let temporary = tempfile::NamedTempFile::new().unwrap();
        let error = Directory::open(temporary.path()).err().unwrap();
        assert!(matches!(error, CertsError::Io { action: "create directory", .. }), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_new_directory_and_an_empty_one_become_the_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let temporary = tempfile::tempdir().unwrap();
        let new = temporary.path().join("parent").join("certs");
        Directory::open(&new).unwrap();
        assert_eq!((mode(&new), mode(new.parent().unwrap())), (0o700, 0o700));
        fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).unwrap();
        let directory = Directory::open(&new).unwrap();
        assert_eq!(mode(&new), 0o700);
        // Once it is in use, its owner may open it to others.
        directory.create(SetFile::Readme, b"").unwrap();
        fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).unwrap();
        Directory::open(&new).unwrap();
        assert_eq!(mode(&new), 0o755);
    }
}
