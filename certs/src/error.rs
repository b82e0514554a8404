//! What can go wrong while certificates are opened, each with what to do about it.
//! Each error names the file or value, what is wrong with it, and what would be right.

use std::error::Error;
use std::fmt::{self, Display};
use std::io;
use std::path::PathBuf;
use time::OffsetDateTime;

/// Why the certificates could not be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum CertsError {
    /// The file system refused.
    Io {
        /// What was tried, for example "read".
        action: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of the set is there and is not what it should be.
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of the set is gone while others that depend on it are there.
    Missing {
        /// Which file.
        path: PathBuf,
    },
    /// The directory holds something that does not belong to the set.
    Foreign {
        /// Which file.
        path: PathBuf,
    },
    /// A public host is no host name and no address.
    BadHost {
        /// What was given.
        host: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The clock is outside the years in which the certificates are valid.
    Clock {
        /// What the clock says.
        now: OffsetDateTime,
    },
    /// A key, certificate or key store could not be made.
    Mint {
        /// For which file name or role.
        what: String,
        /// What the maker said.
        reason: String,
    },
}

impl Display for CertsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { action, path, source } => {
                write!(f, "cannot {action} {}: {source}", path.display())
            }
            Self::Damaged { path, reason } => {
                write!(f, "{} cannot be used: {reason}. {}", path.display(), DeleteIt(path))
            }
            Self::Missing { path } => {
                write!(f, "{} is missing, but other files need it. ", path.display())?;
                write!(f, "Put it back, or: {}", DeleteIt(path))
            }
            Self::Foreign { path } => write!(
                f,
                "{} is not a file of ours. The certificates need a directory of their own: \
                 move this file away, or choose another directory.",
                path.display()
            ),
            Self::BadHost { host, reason } => write!(
                f,
                "{host:?} cannot be a public host: {reason}. \
                 Give a name like mock.example or an address like 192.0.2.7, no port, no scheme."
            ),
            Self::Clock { now } => write!(
                f,
                "the clock says {}, but the certificates live from 2020 to 2049. Set the clock.",
                now.date()
            ),
            Self::Mint { what, reason } => write!(f, "cannot make {what}: {reason}"),
        }
    }
}

impl Error for CertsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

struct DeleteIt<'a>(&'a PathBuf);

impl Display for DeleteIt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let directory = self.0.parent().unwrap_or(self.0);
        write!(
            f,
            "Delete the directory {} and start again; a new set is minted (every key changes).",
            directory.display()
        )
    }
}
