//! Each mechanism used once, and the functions that this calls, in order.

use std::ffi::{CStr, CString};
use std::path::Path;
use std::time::Duration;

use rawipc::frame::{FrameReceiver, FrameSender};
use rawipc::memory::{File, Map, Memfd};
use rawipc::proc::Process;
use rawipc::socket::{Address, Datagram, Listener, Seqpacket, Stream};
use rawipc::wait::{Events, PollFd, poll};
use rawipc::{ByteRead, ByteWrite, Errno, Receiver, Result, Sender, Wait, fifo, pipe, ring};

/// One mechanism.
pub struct Step {
    pub name: &'static str,
    /// As docs/syscalls.json names them; a type's own name is dropping it.
    #[allow(dead_code)] // for who reads the trace
    pub functions: &'static [&'static str],
    pub work: fn(&Names) -> Result<()>,
}

/// The names that the steps need, made beforehand: none of them allocates.
pub struct Names {
    fifo: CString,
    file: CString,
    socket: Address,
    abstract_name: Address,
    pid: i32,
}

impl Names {
    pub fn in_directory(dir: &Path) -> std::result::Result<Names, Box<dyn std::error::Error>> {
        let name = |name: &str| CString::new(dir.join(name).into_os_string().into_encoded_bytes());
        let pid = std::process::id();
        Ok(Names {
            fifo: name("fifo")?,
            file: name("file")?,
            socket: Address::path(&name("socket")?)?,
            abstract_name: Address::abstract_name(format!("rawipc-once-{pid}").as_bytes())?,
            pid: i32::try_from(pid)?,
        })
    }
}

const TEXT: &[u8] = b"once";
const WAIT: Wait = Wait::at_most(Duration::from_secs(10));
const SHORT: Wait = Wait::at_most(Duration::from_millis(10));
const PAGE: usize = 4096;
const NAME: &CStr = c"once";

#[rustfmt::skip]
pub const STEPS: &[Step] = &[
    Step {
        name: "pipe",
        functions: &["pipe::pair", "pipe::WriteEnd::write", "pipe::ReadEnd::read", "pipe::WriteEnd", "pipe::ReadEnd"],
        work: |_| {
            let (mut r, mut w) = pipe::pair()?;
            bytes(&mut w, &mut r)?;
            drop(w);
            drop(r);
            Ok(())
        },
    },
    Step {
        name: "pipe, packets",
        functions: &[
            "pipe::packet_pair", "pipe::PacketSender::send", "pipe::PacketReceiver::recv", "pipe::PacketSender",
            "pipe::PacketReceiver",
        ],
        work: |_| {
            let (mut r, mut s) = pipe::packet_pair()?;
            message(&mut s, &mut r)?;
            drop(s);
            drop(r);
            Ok(())
        },
    },
    Step {
        name: "pipe, timing out",
        functions: &["pipe::pair", "pipe::ReadEnd::read", "pipe::WriteEnd", "pipe::ReadEnd"],
        work: |_| {
            let (mut r, w) = pipe::pair()?;
            times_out(r.read(&mut [0; 8], SHORT))?;
            drop(w);
            drop(r);
            Ok(())
        },
    },
    Step {
        name: "fifo",
        functions: &[
            "fifo::create", "fifo::open_read", "fifo::open_write", "pipe::WriteEnd::write", "pipe::ReadEnd::read",
            "pipe::WriteEnd", "pipe::ReadEnd", "fifo::remove",
        ],
        work: |names| {
            fifo::create(&names.fifo)?;
            let mut r = fifo::open_read(&names.fifo)?;
            let mut w = fifo::open_write(&names.fifo, WAIT)?;
            bytes(&mut w, &mut r)?;
            drop(w);
            drop(r);
            fifo::remove(&names.fifo)
        },
    },
    Step {
        name: "memory, anonymous",
        functions: &["memory::Map::anonymous", "memory::Map::write", "memory::Map::read", "memory::Map"],
        work: |_| remembers(&Map::anonymous(PAGE)?),
    },
    Step {
        name: "memory, memfd",
        functions: &[
            "memory::Memfd::create", "memory::Memfd::map", "memory::Map::write", "memory::Map::read", "memory::Map",
            "memory::Memfd",
        ],
        work: |_| {
            let memfd = Memfd::create(NAME, PAGE)?;
            remembers(&memfd.map()?)
        },
    },
    Step {
        name: "memory, a file",
        functions: &[
            "memory::File::create", "memory::File::map", "memory::Map::write", "memory::Map::read", "memory::Map",
            "memory::File", "memory::File::remove",
        ],
        work: |names| {
            let file = File::create(&names.file, PAGE)?;
            remembers(&file.map()?)?;
            drop(file);
            File::remove(&names.file)
        },
    },
    Step {
        name: "ring",
        functions: &[
            "ring::pair", "ring::Producer::send", "ring::Consumer::recv", "ring::Producer", "ring::Consumer",
        ],
        work: |_| {
            let (mut p, mut c) = ring::pair(PAGE)?;
            message(&mut p, &mut c)?;
            drop(p);
            drop(c);
            Ok(())
        },
    },
    Step {
        name: "socket, stream, by a path",
        functions: &[
            "socket::Listener::bind", "socket::Stream::connect", "socket::Listener::accept", "socket::Stream::write",
            "socket::Stream::read", "socket::Stream", "socket::Stream", "socket::Listener::remove",
        ],
        work: |names| {
            let listener = Listener::<Stream>::bind(&names.socket)?;
            let mut client = Stream::connect(&names.socket, WAIT)?;
            let mut server = listener.accept(WAIT)?;
            bytes(&mut client, &mut server)?;
            drop(client);
            drop(server);
            listener.remove()
        },
    },
    Step {
        name: "socket, seqpacket, by an abstract name",
        functions: &[
            "socket::Listener::bind", "socket::Seqpacket::connect", "socket::Listener::accept",
            "socket::Seqpacket::send", "socket::Seqpacket::recv", "socket::Seqpacket", "socket::Seqpacket",
            "socket::Listener",
        ],
        work: |names| {
            let listener = Listener::<Seqpacket>::bind(&names.abstract_name)?;
            let mut client = Seqpacket::connect(&names.abstract_name, WAIT)?;
            let mut server = listener.accept(WAIT)?;
            message(&mut client, &mut server)?;
            drop(client);
            drop(server);
            Ok(())
        },
    },
    Step {
        name: "socket, datagram, a pair",
        functions: &[
            "socket::Datagram::pair", "socket::Datagram::send", "socket::Datagram::recv", "socket::Datagram",
            "socket::Datagram",
        ],
        work: |_| {
            let (mut a, mut b) = Datagram::pair()?;
            message(&mut a, &mut b)
        },
    },
    Step {
        name: "frame, over a pipe",
        functions: &[
            "pipe::pair", "frame::FrameReceiver::new", "frame::FrameSender::shared", "frame::FrameSender::send",
            "frame::FrameReceiver::recv", "frame::FrameSender", "frame::FrameReceiver",
        ],
        work: |_| {
            let mut room = [0; 64];
            let (r, w) = pipe::pair()?;
            let mut r = FrameReceiver::new(r, &mut room)?;
            let mut w = FrameSender::shared(w)?;
            message(&mut w, &mut r)?;
            drop(w);
            drop(r);
            Ok(())
        },
    },
    Step {
        name: "wait",
        functions: &["pipe::pair", "wait::poll", "wait::poll", "pipe::WriteEnd", "pipe::ReadEnd"],
        work: |_| {
            let (r, w) = pipe::pair()?;
            times_out(poll(&mut [PollFd::new(&r, Events::READABLE)], SHORT))?;
            poll(&mut [PollFd::new(&r, Events::READABLE), PollFd::new(&w, Events::WRITABLE)], Wait::FOREVER)?;
            drop(w);
            drop(r);
            Ok(())
        },
    },
    Step {
        name: "fd",
        functions: &["pipe::pair", "fd::Fd::try_clone", "fd::Fd", "pipe::WriteEnd", "fd::Fd"],
        work: |_| {
            let (r, w) = pipe::pair()?;
            let r = r.into_fd();
            drop(r.try_clone()?);
            drop(w);
            drop(r);
            Ok(())
        },
    },
    Step {
        name: "proc",
        functions: &[
            "proc::Process::open", "proc::Process::descriptors", "proc::Table::next", "proc::Table", "proc::Process",
        ],
        work: |names| {
            let (mut room, mut text) = ([0; 1024], [0; PAGE]);
            let process = Process::open(names.pid)?;
            let mut table = process.descriptors(&mut room)?;
            table.next(&mut text)?;
            drop(table);
            drop(process);
            Ok(())
        },
    },
];

fn bytes(w: &mut impl ByteWrite, r: &mut impl ByteRead) -> Result<()> {
    w.write(TEXT, WAIT)?;
    let mut buf = [0; TEXT.len()];
    r.read(&mut buf, WAIT)?;
    assert_eq!(buf, TEXT);
    Ok(())
}

fn message(s: &mut impl Sender, r: &mut impl Receiver) -> Result<()> {
    s.send(TEXT, WAIT)?;
    let mut buf = [0; PAGE];
    let len = r.recv(&mut buf, WAIT)?;
    assert_eq!(buf.get(..len), Some(TEXT));
    Ok(())
}

fn remembers(map: &Map) -> Result<()> {
    map.write(0, TEXT)?;
    let mut buf = [0; TEXT.len()];
    map.read(0, &mut buf)?;
    assert_eq!(buf, TEXT);
    Ok(())
}

fn times_out<T>(answer: Result<T>) -> Result<()> {
    match answer {
        Err(e) if e.errno() == Errno::TIMEDOUT => Ok(()),
        answer => answer.map(|_| ()),
    }
}
