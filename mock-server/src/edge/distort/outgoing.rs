//! A body on its way out: whole, slowly, or until a scenario cuts it. At its end the trace learns
//! how much was taken and which faults reached the client.

use std::{
    convert::Infallible,
    future::Future as _,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::HttpBody;
use bytes::Bytes;
use contract::{
    scenario::fault::{Cut, Effect},
    trace::Transported,
};
use http_body::{Frame, SizeHint};
use sim::outcome::Armed;
use tokio::time::{Sleep, sleep};

use crate::{
    tls::wire::{Fate, Fates},
    workspace::Workspace,
};

/// What the trace says of an answer when it is out.
#[derive(Debug)]
pub struct Note {
    /// Whose trace.
    pub workspace: Arc<Workspace>,
    /// On which connection; 0 where it is not known.
    pub connection: u64,
    /// Of which step.
    pub step: u64,
    /// With which status.
    pub status: u16,
    /// The faults that were armed, and whether each could be done so far.
    pub faults: Vec<(Armed, bool)>,
}

/// How a body is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// At so many bytes a second.
    pub slow: Option<u32>,
    /// Until here.
    pub cut: Option<Cut>,
}

impl Manner {
    /// What the armed faults say of it.
    #[must_use]
    pub fn of(armed: &[Armed]) -> Self {
        let mut manner = Self::default();
        for armed in armed {
            match armed.effect {
                Effect::Slow(bytes) => manner.slow = Some(bytes),
                Effect::Cut(cut) => manner.cut = Some(cut),
                _ => {}
            }
        }
        manner
    }

    /// How many bytes of a body are sent before the cut.
    const fn before_cut(self, whole: usize) -> usize {
        match self.cut {
            None | Some(Cut::CloseIdle) => whole,
            Some(Cut::ResetMidBody | Cut::CloseMidBody) => whole / 2,
            Some(Cut::ResetBeforeHeaders | Cut::ResetAfterHeaders | Cut::Close) => 0,
        }
    }

    /// What happens to the connection at the cut.
    const fn fate(self) -> Option<Fate> {
        match self.cut {
            None => None,
            Some(Cut::ResetBeforeHeaders | Cut::ResetAfterHeaders | Cut::ResetMidBody) => {
                Some(Fate::Reset)
            }
            Some(Cut::Close | Cut::CloseMidBody) => Some(Fate::Close),
            Some(Cut::CloseIdle) => Some(Fate::CloseWhenRead),
        }
    }
}

/// How a body is taken apart at a rate: chunks of so many bytes, so far apart. Ten chunks a second,
/// or single bytes where that is faster than asked for.
const fn pieces(bytes_per_second: u32) -> (usize, Duration) {
    match bytes_per_second {
        0..=10 => {
            let rate = if bytes_per_second == 0 { 1 } else { bytes_per_second };
            (1, Duration::from_millis(1000 / rate as u64))
        }
        _ => (bytes_per_second as usize / 10, Duration::from_millis(100)),
    }
}

/// A body that says how much of it was taken, at its end or when nobody wants the rest.
#[derive(Debug)]
pub struct Outgoing {
    bytes: Bytes,
    taken: usize,
    /// How many bytes go before the cut.
    limit: usize,
    manner: Manner,
    fate: Option<Arc<Fates>>,
    pause: Option<Pin<Box<Sleep>>>,
    flushed: bool,
    note: Note,
}

impl Outgoing {
    /// A body; `fate` is the connection's, where it has one.
    #[must_use]
    pub fn new(bytes: Bytes, manner: Manner, fate: Option<Arc<Fates>>, note: Note) -> Self {
        let limit = manner.before_cut(bytes.len());
        let (pause, flushed) = (None, false);
        let body = Self { bytes, taken: 0, limit, manner, fate, pause, flushed, note };
        match manner.cut {
            // Before the first byte of the head goes out.
            Some(Cut::ResetBeforeHeaders | Cut::Close) => body.meet_fate(),
            // Where there is no body, the end of the head is the end of the answer.
            Some(Cut::ResetAfterHeaders) if body.bytes.is_empty() => {
                body.set(Fate::ResetWhenRead);
            }
            Some(Cut::CloseIdle) if body.bytes.is_empty() => body.meet_fate(),
            _ => {}
        }
        body
    }

    fn meet_fate(&self) {
        if let Some(fate) = self.manner.fate() {
            self.set(fate);
        }
    }

    fn set(&self, fate: Fate) {
        if let Some(fates) = &self.fate {
            fates.set(fate);
        }
    }

    /// The next piece within `limit`; nobody waits under a stepped clock, which moves instead.
    fn piece(&mut self, limit: usize, context: &mut Context<'_>) -> Poll<Bytes> {
        let Some(rate) = self.manner.slow else {
            let piece = self.bytes.slice(self.taken..limit);
            return Poll::Ready(piece);
        };
        let (size, apart) = pieces(rate);
        if self.taken > 0 {
            let workspace = &self.note.workspace;
            if self.pause.is_none()
                && let Some(real) = workspace.pass(apart)
            {
                self.pause = Some(Box::pin(sleep(real)));
            }
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(context));
                self.pause = None;
            }
        }
        Poll::Ready(self.bytes.slice(self.taken..limit.min(self.taken + size)))
    }
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let (whole, limit) = (self.bytes.len(), self.limit);
        if self.taken < limit {
            let piece = ready!(self.piece(limit, context));
            self.taken += piece.len();
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        if self.taken == whole {
            return Poll::Ready(None);
        }
        // What went before must be on the wire before the connection ends: the HTTP library
        // flushes when the body has nothing for the moment.
        if !self.flushed {
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.meet_fate();
        // The socket refuses the rest; the library only has to try.
        let rest = self.bytes.slice(self.taken..);
        self.bytes = self.bytes.slice(..self.taken);
        Poll::Ready(Some(Ok(Frame::data(rest))))
    }

    fn is_end_stream(&self) -> bool {
        self.taken == self.bytes.len()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact((self.bytes.len() - self.taken) as u64)
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        let early = matches!(self.manner.cut, Some(Cut::ResetBeforeHeaders | Cut::Close));
        let shortened = self.manner.cut.is_some_and(|cut| cut != Cut::CloseIdle);
        if self.manner.cut == Some(Cut::CloseIdle) && self.taken == self.limit {
            self.meet_fate();
        }
        let cut = self.taken < self.limit;
        let Note { workspace, connection, step, status, faults } = &mut self.note;
        workspace.transport(Transported::Delivered {
            connection: *connection,
            step: *step,
            status: if early { 0 } else { *status },
            bytes: self.taken as u64,
            cut: cut || shortened,
        });
        for (armed, done) in faults.drain(..) {
            workspace.transport(Transported::Fault {
                connection: *connection,
                step: *step,
                fault: format!("{}/{}", armed.scenario, armed.rule),
                effect: armed.effect.to_string(),
                delivered: done && !cut,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_kept_in_pieces() {
        assert_eq!(pieces(1), (1, Duration::from_secs(1)));
        assert_eq!(pieces(4), (1, Duration::from_millis(250)));
        assert_eq!(pieces(1000), (100, Duration::from_millis(100)));
    }

    #[test]
    fn a_cut_says_how_much_goes_before_it() {
        let before = |cut| Manner { slow: None, cut }.before_cut(10);
        for (cut, bytes) in [
            (None, 10),
            (Some(Cut::CloseIdle), 10),
            (Some(Cut::ResetMidBody), 5),
            (Some(Cut::CloseMidBody), 5),
            (Some(Cut::ResetAfterHeaders), 0),
            (Some(Cut::ResetBeforeHeaders), 0),
            (Some(Cut::Close), 0),
        ] {
            assert_eq!(before(cut), bytes, "{cut:?}");
        }
    }
}
