//! A way to talk in both directions, of every mechanism: what calls go over.

use crate::conformance::mechanism::{PATIENCE, fresh_path};
use rawipc::frame::{FrameReceiver, FrameSender, Framed, HEAD};
use rawipc::socket::{Address, DEFAULT_LIMIT, Datagram, Listener, Seqpacket, Stream};
use rawipc::{Duplex, Receiver, Result, Sender, Wait, fifo, pipe, ring};

/// One mechanism, both ways.
#[derive(Clone, Copy)]
pub struct Kind {
    pub name: &'static str,
    /// The longest request, and the longest reply.
    pub limit: usize,
    /// Whether a receiver hears that the other side is gone; if not, a deadline is all it has.
    pub tells_the_end: bool,
    make: fn() -> Pair,
}

/// The client's line and the server's, each to be taken in its own process.
struct Pair {
    client: Box<dyn FnOnce() -> Line>,
    server: Box<dyn FnOnce() -> Line>,
}

/// Lines whose ends are not taken yet.
pub struct Lines(Option<Pair>);

impl Kind {
    pub fn lines(&self) -> Lines {
        Lines(Some((self.make)()))
    }
}

impl Lines {
    /// The client's, once in each process; the server's is dropped.
    pub fn client(&mut self) -> Line {
        let Pair { client, server } = self.0.take().expect("not taken in this process");
        drop(server);
        client()
    }

    /// The server's, once in each process; the client's is dropped.
    pub fn server(&mut self) -> Line {
        let Pair { client, server } = self.0.take().expect("not taken in this process");
        drop(client);
        server()
    }
}

/// A [`Sender`] and a [`Receiver`] of any mechanism.
pub struct Line(Box<dyn Both>);

trait Both: Sender + Receiver {}
impl<T: Sender + Receiver> Both for T {}

impl Sender for Line {
    fn send_limit(&self) -> usize {
        self.0.send_limit()
    }

    fn send(&mut self, msg: &[u8], wait: Wait) -> Result<()> {
        self.0.send(msg, wait)
    }

    fn try_send(&mut self, msg: &[u8]) -> Result<()> {
        self.0.try_send(msg)
    }
}

impl Receiver for Line {
    fn recv_limit(&self) -> usize {
        self.0.recv_limit()
    }

    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        self.0.recv(buf, wait)
    }

    fn try_recv(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.0.try_recv(buf)
    }
}

fn line(both: impl Sender + Receiver + 'static) -> Line {
    Line(Box::new(both))
}

/// Of lines that are open already.
fn pair(client: Line, server: Line) -> Pair {
    Pair { client: Box::new(move || client), server: Box::new(move || server) }
}

/// Two channels, one each way.
fn crossed<S, R>(requests: (R, S), replies: (R, S)) -> Pair
where
    S: Sender + 'static,
    R: Receiver + 'static,
{
    let client = Duplex { sender: requests.1, receiver: replies.0 };
    let server = Duplex { sender: replies.1, receiver: requests.0 };
    pair(line(client), line(server))
}

const FRAME_LIMIT: usize = 100_000;
const RING: usize = 1 << 16;

/// For as long as the process lives.
fn frame_buffer() -> &'static mut [u8] {
    Vec::leak(vec![0; FRAME_LIMIT + HEAD])
}

fn framed_pipe() -> (FrameReceiver<'static, pipe::ReadEnd>, FrameSender<pipe::WriteEnd>) {
    let (read_end, write_end) = pipe::pair().expect("pair");
    let receiver = FrameReceiver::new(read_end, frame_buffer()).expect("FrameReceiver");
    (receiver, FrameSender::sole(write_end, FRAME_LIMIT).expect("sole"))
}

fn framed(stream: Stream) -> Line {
    line(Framed::new(stream, frame_buffer(), FRAME_LIMIT).expect("Framed"))
}

fn fifos() -> Pair {
    let [requests, replies] = [fresh_path(), fresh_path()];
    fifo::create(&requests).expect("create");
    fifo::create(&replies).expect("create");
    let (to_server, to_client) = (requests.clone(), replies.clone());
    // Each opens what it reads first, which waits for nobody.
    Pair {
        client: Box::new(move || {
            let receiver = fifo::open_receiver(&replies).expect("open_receiver");
            line(Duplex { sender: fifo::open_sender(&to_server, PATIENCE).expect("open_sender"), receiver })
        }),
        server: Box::new(move || {
            let receiver = fifo::open_receiver(&requests).expect("open_receiver");
            line(Duplex { sender: fifo::open_sender(&to_client, PATIENCE).expect("open_sender"), receiver })
        }),
    }
}

fn connected() -> Pair {
    let path = fresh_path();
    let address = Address::path(&path).expect("path");
    let listener = Listener::<Stream>::bind(&address).expect("bind");
    let client = Stream::connect(&address, PATIENCE).expect("connect");
    let server = listener.accept(PATIENCE).expect("accept");
    pair(framed(client), framed(server))
}

pub const KINDS: &[Kind] = &[
    Kind {
        name: "packet pipes",
        limit: pipe::PIPE_BUF,
        tells_the_end: true,
        make: || crossed(pipe::packet_pair().expect("pair"), pipe::packet_pair().expect("pair")),
    },
    Kind { name: "packet FIFOs", limit: pipe::PIPE_BUF, tells_the_end: true, make: fifos },
    Kind {
        name: "framed pipes",
        limit: FRAME_LIMIT,
        tells_the_end: true,
        make: || crossed(framed_pipe(), framed_pipe()),
    },
    Kind { name: "framed stream", limit: FRAME_LIMIT, tells_the_end: true, make: connected },
    Kind {
        name: "seqpacket",
        limit: DEFAULT_LIMIT,
        tells_the_end: true,
        make: || {
            let (a, b) = Seqpacket::pair().expect("pair");
            pair(line(a), line(b))
        },
    },
    Kind {
        name: "datagram",
        limit: DEFAULT_LIMIT,
        tells_the_end: false,
        make: || {
            let (a, b) = Datagram::pair().expect("pair");
            pair(line(a), line(b))
        },
    },
    Kind {
        name: "rings",
        limit: RING / 2 - 16,
        tells_the_end: true,
        make: || {
            let [requests, replies] = [(); 2].map(|()| {
                let (producer, consumer) = ring::pair(RING).expect("pair");
                (consumer, producer)
            });
            crossed(requests, replies)
        },
    },
];
