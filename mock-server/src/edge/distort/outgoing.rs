//! A body on its way out: whole, slowly, or until a scenario cuts it. At its end the trace learns
//! how much was taken and which faults reached the client.

use std::{
    convert::Infallible,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::HttpBody;
use bytes::Bytes;
use contract::scenario::fault::{Cut, Effect};
use http_body::{Frame, SizeHint};

use super::note::{Note, Sent};
use crate::tls::wire::{Fate, Fates};

/// The time between two pieces of a slow body.
struct Pause(Pin<Box<dyn Future<Output = ()> + Send>>);

impl fmt::Debug for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pause")
    }
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
    pub fn of<'a>(effects: impl Iterator<Item = &'a Effect>) -> Self {
        let mut manner = Self::default();
        for effect in effects {
            match effect {
                Effect::Slow(bytes) => manner.slow = Some(*bytes),
                Effect::Cut(cut) => manner.cut = Some(*cut),
                _ => {}
            }
        }
        manner
    }

    /// How many bytes of a body are sent before the cut.
    const fn before_cut(self, whole: usize) -> usize {
        match self.cut {
            None | Some(Cut::CloseIdle) => whole,
            // Of a single byte, the half is none.
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

/// How a body is taken apart at a rate: chunks of so many bytes, so far apart. About ten chunks a
/// second, or single bytes where that is faster than asked for.
const fn pieces(bytes_per_second: u32) -> (usize, Duration) {
    match bytes_per_second {
        0 => (1, Duration::from_secs(1)),
        rate => {
            let size = rate.div_ceil(10) as u64;
            (size as usize, Duration::from_nanos(size * 1_000_000_000 / rate as u64))
        }
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
    fates: Option<Arc<Fates>>,
    pause: Option<Pause>,
    flushed: bool,
    /// The connection was told to end before the answer does.
    shortened: bool,
    note: Note,
}

impl Outgoing {
    /// A body; `fate` is the connection's, where it has one.
    #[must_use]
    pub fn new(bytes: Bytes, manner: Manner, fates: Option<Arc<Fates>>, note: Note) -> Self {
        let limit = manner.before_cut(bytes.len());
        let (pause, flushed, shortened) = (None, false, false);
        let mut body =
            Self { bytes, taken: 0, limit, manner, fates, pause, flushed, shortened, note };
        match manner.cut {
            // Before the first byte of the head goes out.
            Some(Cut::ResetBeforeHeaders | Cut::Close) => body.meet_fate(),
            // Where there is no body, the end of the head is the end of the answer.
            Some(Cut::ResetAfterHeaders) if body.bytes.is_empty() => {
                body.set(Fate::ResetWhenRead);
            }
            Some(Cut::CloseIdle) if body.bytes.is_empty() => body.meet_fate(),
            // A body that is not there has no middle: the cut stays undone, and the trace says so.
            _ => {}
        }
        body
    }

    fn meet_fate(&mut self) {
        if let Some(fate) = self.manner.fate() {
            self.set(fate);
        }
    }

    /// From here on it is the socket's affair, which also says whether it came to it.
    fn set(&mut self, fate: Fate) {
        if let Some(fates) = &self.fates
            && let Some(due) = self.note.take_cut()
        {
            fates.set(fate, due);
            self.shortened = fate != Fate::CloseWhenRead;
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
            let workspace = self.note.workspace();
            if self.pause.is_none() {
                let workspace = Arc::clone(workspace);
                self.pause = Some(Pause(Box::pin(async move { workspace.wait(apart).await })));
            }
            if let Some(pause) = &mut self.pause {
                ready!(pause.0.as_mut().poll(context));
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
        let whole = self.taken == self.limit;
        if self.manner.cut == Some(Cut::CloseIdle) && whole {
            self.meet_fate();
        }
        let (taken, shortened) = (self.taken, self.shortened);
        let has_body = self.limit > 0;
        let head = !(early && shortened);
        let sent = Sent { head, bytes: taken, cut: !whole || shortened };
        self.note.close(sent, |effect| match effect {
            // The socket tells of it where it was asked to.
            Effect::Cut(_) => false,
            Effect::Slow(_) => whole && has_body,
            Effect::Delay(_) => true,
            _ => whole && head,
        });
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
        for rate in 1..=200_u32 {
            let (size, apart) = pieces(rate);
            let real = f64::from(u32::try_from(size).unwrap()) / apart.as_secs_f64();
            assert!((real - f64::from(rate)).abs() < 0.01, "{rate}: {real}");
        }
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
