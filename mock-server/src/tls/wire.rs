//! The socket under HTTP. Its end is gentle: closing at once while the client still sends would
//! reset the connection and take the last answer, or the alert, with it.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use contract::{Host, scenario::fault::AlertWord, trace::Transported};
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, Interest, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Sleep, sleep, timeout},
};
use tokio_rustls::server::TlsStream;

use crate::{edge::distort::note::Due, workspace::Workspace};

/// How long, and for how many bytes, a client that still sends is listened to after the last word
/// was said.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 16 << 20;

/// What a scenario has in store for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Fate {
    /// Nothing.
    None,
    /// A TCP reset instead of the next byte.
    Reset,
    /// An orderly end instead of the next byte.
    Close,
    /// A TCP reset when the answer is out.
    ResetWhenRead,
    /// An orderly end when the answer is out, which the answer does not announce.
    CloseWhenRead,
}

/// The fate of one connection, set by its requests and met by its socket.
#[derive(Debug)]
pub struct Fates {
    fate: AtomicU8,
    due: Mutex<Option<Due>>,
}

impl Default for Fates {
    fn default() -> Self {
        Self { fate: AtomicU8::new(Fate::None as u8), due: Mutex::default() }
    }
}

impl Fates {
    /// Decides it; `due` is told when the socket meets it.
    pub fn set(&self, fate: Fate, due: Due) {
        *self.due() = Some(due);
        self.fate.store(fate as u8, Ordering::Release);
    }

    fn get(&self) -> Fate {
        let all = [Fate::Reset, Fate::Close, Fate::ResetWhenRead, Fate::CloseWhenRead];
        let set = self.fate.load(Ordering::Acquire);
        all.into_iter().find(|fate| *fate as u8 == set).unwrap_or(Fate::None)
    }

    /// The socket is about to do it, so that the trace has it before the client sees it.
    fn meet(&self) {
        if let Some(due) = self.due().take() {
            due.met();
        }
    }

    fn due(&self) -> MutexGuard<'_, Option<Due>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The socket under HTTP, with or without TLS.
pub struct Wire {
    io: Io,
    fates: Arc<Fates>,
    unread: Arc<AtomicBool>,
    ending: Ending,
    _at_end: AtEnd,
}

/// The two kinds of socket.
pub(super) enum Io {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// What is due when a connection ends: its seat is free again, and the trace says so.
pub(super) struct AtEnd {
    pub(super) workspace: Option<Arc<Workspace>>,
    pub(super) connection: u64,
    pub(super) host: Host,
    pub(super) _seat: OwnedSemaphorePermit,
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        if let Some(workspace) = &self.workspace {
            let (connection, host) = (self.connection, self.host);
            workspace.transport(Transported::Closed { connection, host });
        }
    }
}

macro_rules! on {
    ($wire:expr, $io:ident => $deed:expr) => {
        match &mut $wire.get_mut().io {
            Io::Plain(stream) => {
                let $io = Pin::new(stream);
                $deed
            }
            Io::Tls(stream) => {
                let $io = Pin::new(stream.as_mut());
                $deed
            }
        }
    };
}

impl Wire {
    /// A socket; `unread` says at its end whether the client may still be sending.
    pub(super) fn new(
        io: Io,
        (unread, fates): (Arc<AtomicBool>, Arc<Fates>),
        at_end: AtEnd,
    ) -> Self {
        Self { io, fates, unread, ending: Ending::Open, _at_end: at_end }
    }

    /// Dropped with no time to linger, a socket ends with a reset.
    fn reset(&mut self) -> io::Error {
        let socket = SockRef::from(&*self.io.socket());
        if let Err(error) = socket.set_linger(Some(Duration::ZERO)) {
            tracing::warn!(%error, "the connection closes in order instead of by a reset");
        }
        self.ending = Ending::Over;
        self.fates.meet();
        io::ErrorKind::ConnectionReset.into()
    }

    /// What becomes of the next byte.
    fn meet_fate(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.fates.get() {
            Fate::None | Fate::ResetWhenRead | Fate::CloseWhenRead => Poll::Ready(Ok(())),
            Fate::Reset => Poll::Ready(Err(self.reset())),
            Fate::Close => {
                self.fates.meet();
                ready!(on!(Pin::new(&mut *self), io => io.poll_shutdown(context)))?;
                self.ending = Ending::Over;
                Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
            }
        }
    }
}

enum Ending {
    Open,
    Lingering { until: Pin<Box<Sleep>>, left: usize },
    Over,
}

impl Io {
    fn socket(&mut self) -> &mut TcpStream {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => stream.get_mut().0,
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        match wire.fates.get() {
            Fate::ResetWhenRead | Fate::Reset => return Poll::Ready(Err(wire.reset())),
            Fate::CloseWhenRead => {
                wire.fates.meet();
                ready!(on!(Pin::new(&mut *wire), io => io.poll_shutdown(context)))?;
                wire.ending = Ending::Over;
                return Poll::Ready(Ok(()));
            }
            Fate::None | Fate::Close => {}
        }
        let before = buffer.filled().len();
        let read = on!(Pin::new(&mut *wire), io => io.poll_read(context, buffer));
        if buffer.filled().len() > before {
            // Whoever takes it all in says so; the HTTP library, refusing a head, does not.
            wire.unread.store(true, Ordering::Relaxed);
        }
        read
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        ready!(wire.meet_fate(context))?;
        on!(Pin::new(wire), io => io.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        ready!(wire.meet_fate(context))?;
        on!(Pin::new(wire), io => io.poll_write_vectored(context, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        match &self.io {
            Io::Plain(stream) => stream.is_write_vectored(),
            Io::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        on!(self, io => io.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        loop {
            match &mut wire.ending {
                Ending::Open => {
                    ready!(on!(Pin::new(&mut *wire), io => io.poll_shutdown(context)))?;
                    wire.ending = if wire.unread.load(Ordering::Relaxed) {
                        let until = Box::pin(sleep(LINGER));
                        Ending::Lingering { until, left: LINGER_BYTES }
                    } else {
                        Ending::Over
                    };
                }
                Ending::Lingering { until, left } => {
                    let late = until.as_mut().poll(context).is_ready();
                    if late || *left == 0 {
                        wire.ending = Ending::Over;
                        continue;
                    }
                    let mut space = [0; 8192];
                    let mut heard = ReadBuf::new(&mut space);
                    let socket = Pin::new(wire.io.socket());
                    ready!(socket.poll_read(context, &mut heard))?;
                    *left = match heard.filled().len() {
                        0 => 0,
                        count => left.saturating_sub(count),
                    };
                }
                Ending::Over => return Poll::Ready(Ok(())),
            }
        }
    }
}

/// The alert is on its way: says that nothing more follows, and waits until the client has noticed.
pub(super) async fn part(mut stream: TcpStream) {
    let farewell = async {
        stream.flush().await?;
        stream.shutdown().await?;
        let mut heard = [0; 4096];
        let mut left = LINGER_BYTES;
        while left > 0 {
            match stream.read(&mut heard).await? {
                0 => break,
                count => left = left.saturating_sub(count),
            }
        }
        io::Result::Ok(())
    };
    // A client that is gone already needs no farewell.
    let _ = timeout(LINGER, farewell).await;
}

/// Reads the client's hello and answers with a fatal alert (RFC 8446, 6.2) instead of its own.
/// What is left to do is to [`part`].
pub(super) async fn refuse(stream: &mut TcpStream, alert: AlertWord) -> io::Result<()> {
    const ALERT: u8 = 21;
    const FATAL: u8 = 2;
    let saying = async {
        let mut head = [0; 5];
        stream.read_exact(&mut head).await?;
        let length = usize::from(u16::from_be_bytes([head[3], head[4]]));
        stream.read_exact(&mut vec![0; length]).await?;
        stream.write_all(&[ALERT, 3, 3, 0, 2, FATAL, alert.code()]).await?;
        stream.flush().await
    };
    timeout(LINGER, saying).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// Stands still until the time is over, unless the client leaves.
pub(super) async fn stall(stream: &TcpStream, over: impl Future<Output = ()>) -> io::Result<()> {
    tokio::select! {
        () = over => Ok(()),
        error = gone(stream) => Err(error),
    }
}

async fn gone(stream: &TcpStream) -> io::Error {
    const LOOK: Duration = Duration::from_millis(50);
    loop {
        // The hello waits to be read, and hides from whoever would read that nothing follows it.
        match stream.ready(Interest::READABLE).await {
            Ok(ready) if ready.is_read_closed() => return io::ErrorKind::UnexpectedEof.into(),
            Ok(_) => sleep(LOOK).await,
            Err(error) => return error,
        }
    }
}

/// Whether the client begins a handshake before it leaves; its words stay to be read.
pub(super) async fn says_hello(stream: &TcpStream, patience: Duration) -> bool {
    const HANDSHAKE_RECORD: u8 = 22;
    let mut first = [0];
    let heard = timeout(patience, stream.peek(&mut first)).await;
    matches!(heard, Ok(Ok(1))) && first == [HANDSHAKE_RECORD]
}
