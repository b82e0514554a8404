//! Why the body of a request could not be read to its end. Too slow, too large, badly framed and
//! gone away are four different stories, and only three of them have somebody to tell.

use std::{error::Error, io};

use contract::Problem;
use http_body_util::LengthLimitError;

/// What became of a body that is not whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// The client is there and gets a refusal.
    Refused(Problem),
    /// The client went away.
    Abandoned,
}

impl From<&(dyn Error + 'static)> for Unread {
    fn from(error: &(dyn Error + 'static)) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(found) = of_cause(error) {
                return found;
            }
            cause = error.source();
        }
        Self::Abandoned
    }
}

impl From<&(dyn Error + Send + Sync + 'static)> for Unread {
    fn from(error: &(dyn Error + Send + Sync + 'static)) -> Self {
        Self::from(error as &(dyn Error + 'static))
    }
}

fn of_cause(cause: &(dyn Error + 'static)) -> Option<Unread> {
    if cause.is::<LengthLimitError>() {
        return Some(Unread::Refused(Problem::BodyTooLarge));
    }
    let kind = cause.downcast_ref::<io::Error>()?.kind();
    let misframed = matches!(kind, io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData);
    misframed.then_some(Unread::Refused(Problem::MalformedRequest))
}
