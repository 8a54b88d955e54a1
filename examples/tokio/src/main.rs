//! A server of framed messages under tokio: what any foreign event loop has to do, as docs/event-loops.md says.
//!
//! `cargo run --manifest-path examples/tokio/Cargo.toml` serves a thousand clients of its own and ends.

use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use rawipc::fd::{AsFd, AsRawFd};
use rawipc::frame::Framed;
use rawipc::socket::{Address, Listener, Stream};
use rawipc::{Errno, Receiver, Sender};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::time::timeout;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A descriptor of ours, for tokio to watch.
#[derive(Debug)]
struct Watched(i32);

impl std::os::fd::AsRawFd for Watched {
    fn as_raw_fd(&self) -> i32 {
        self.0
    }
}

/// An end of ours, and its descriptor in the reactor.
struct Watching<T> {
    // Dropped first: out of the reactor before it is closed.
    watched: AsyncFd<Watched>,
    end: T,
}

impl<T: AsFd> Watching<T> {
    fn new(end: T, interest: Interest) -> Result<Self> {
        let number = Watched(end.as_fd().as_raw_fd());
        // SAFETY: open for as long as `end` lives, which is dropped after the registration.
        let watched = unsafe { AsyncFd::register_with_interest(number, interest) }?;
        Ok(Watching { watched, end })
    }

    /// The step that matters: try first, wait only after `EAGAIN`, and clear readiness only then.
    ///
    /// Trying first is the re-check: what the end holds in its own buffer is found there, though its descriptor is
    /// silent and no edge will ever come for it.
    async fn until_done<R>(
        &mut self,
        interest: Interest,
        mut call: impl FnMut(&mut T) -> rawipc::Result<R>,
    ) -> Result<R> {
        loop {
            // Armed before the call, so that what comes between the call and the wait is not lost.
            let mut armed = match call(&mut self.end) {
                Err(e) if e.errno() == Errno::AGAIN => self.watched.ready(interest).await?,
                answer => return Ok(answer?),
            };
            match call(&mut self.end) {
                // Nothing after all: what was told is spent, and the next edge is waited for.
                Err(e) if e.errno() == Errno::AGAIN => armed.clear_ready(),
                answer => return Ok(answer?),
            }
        }
    }

    async fn recv(&mut self, buf: &mut [u8]) -> Result<usize>
    where
        T: Receiver,
    {
        self.until_done(Interest::READABLE, |end| end.try_recv(buf)).await
    }

    /// A send that could place a part is finished by the same call with the same message.
    async fn send(&mut self, message: &[u8]) -> Result<()>
    where
        T: Sender,
    {
        self.until_done(Interest::WRITABLE, |end| end.try_send(message)).await
    }
}

const BOTH: Interest = Interest::READABLE.add(Interest::WRITABLE);

/// One client: framed messages, echoed. A silent one is dropped after a while.
async fn serve(stream: Stream) -> Result<u64> {
    let (mut buf, mut message) = ([0; 4096], [0; 4092]);
    let mut client = Watching::new(Framed::new(stream, &mut buf, 4092)?, BOTH)?;
    let mut served = 0;
    loop {
        match timeout(Duration::from_secs(10), client.recv(&mut message)).await?? {
            0 => return Ok(served),
            n => client.send(message.get(..n).unwrap_or_default()).await?,
        }
        served += 1;
        // Its next message may be in the buffer, and the runtime would never be asked: others come first.
        if client.end.has_buffered() {
            tokio::task::yield_now().await;
        }
    }
}

async fn client(at: Rc<Address>) -> Result<()> {
    let (mut buf, mut message) = ([0; 4096], [0; 4092]);
    // A full backlog tells nobody of room: tried again after a while, here as in the crate.
    let stream = loop {
        match Stream::try_connect(&at) {
            Err(e) if e.errno() == Errno::AGAIN => tokio::time::sleep(Duration::from_millis(1)).await,
            answer => break answer?,
        }
    };
    let mut server = Watching::new(Framed::new(stream, &mut buf, 4092)?, BOTH)?;
    // Sent at once, so that they come in one read, and make one edge.
    for n in 0..10_u8 {
        server.send(&[n; 100]).await?;
    }
    for n in 0..10_u8 {
        assert_eq!(server.recv(&mut message).await?, 100);
        assert_eq!(message.first(), Some(&n));
    }
    Ok(())
}

async fn accept(listener: &mut Watching<Listener<Stream>>) -> Result<Stream> {
    listener.until_done(Interest::READABLE, |listener| listener.try_accept()).await
}

const CLIENTS: usize = 400;

async fn all() -> Result<()> {
    let at = Rc::new(Address::abstract_name(format!("rawipc tokio {}", std::process::id()).as_bytes())?);
    let mut listener = Watching::new(Listener::<Stream>::bind(&at)?, Interest::READABLE)?;
    let clients: Vec<_> =
        (0..CLIENTS).map(|_| tokio::task::spawn_local(unsend(client(at.clone())))).collect();
    let mut servers = Vec::new();
    for _ in 0..CLIENTS {
        servers.push(tokio::task::spawn_local(unsend(serve(accept(&mut listener).await?))));
    }
    for client in clients {
        client.await??;
    }
    let mut served = 0;
    for server in servers {
        served += server.await??;
    }
    println!("{CLIENTS} clients, {served} messages echoed");
    assert_eq!(served, 10 * CLIENTS as u64);
    Ok(())
}

/// An error that may go to another task.
async fn unsend<T>(work: impl Future<Output = Result<T>>) -> std::result::Result<T, String> {
    pin!(work).await.map_err(|e| e.to_string())
}

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, all())
}
