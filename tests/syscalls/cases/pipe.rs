//! Pipes.

mod packets;

use rawipc::fd::Fd;
use rawipc::pipe::{self, PIPE_BUF, PacketSender, ReadEnd, WriteEnd};
use rawipc::{ByteRead, ByteWrite, Errno, Wait, fifo};

use super::waiting::{Peer, Waiting};
use crate::scenario::{Outcome, Scenarios, Stage};

pub fn cases(s: &mut Scenarios) {
    making(s);
    attaching(s);
    asking(s);
    reading(s);
    writing(s);
    masked(s);
    packets::cases(s);
}

fn making(s: &mut Scenarios) {
    s.case("pipe::pair", "ok", |t| t.ok(pipe::pair).map(drop));
    s.case("pipe::packet_pair", "ok", |t| t.ok(pipe::packet_pair).map(drop));
    s.case("pipe::ReadEnd", "drop", |t| drop_of(t, pipe::pair()?.0));
    s.case("pipe::WriteEnd", "drop", |t| drop_of(t, pipe::pair()?.1));
    s.case("pipe::PacketReceiver", "drop", |t| drop_of(t, pipe::packet_pair()?.0));
    s.case("pipe::PacketSender", "drop", |t| drop_of(t, pipe::packet_pair()?.1));
}

/// The calls that dropping `value` makes.
pub fn drop_of<T>(t: &Stage, value: T) -> Outcome {
    t.window(|| drop(value));
    Ok(())
}

fn attaching(s: &mut Scenarios) {
    type Attach = fn(Fd) -> rawipc::Result<()>;
    let all: [(&str, Attach, bool); 3] = [
        ("pipe::PacketSender::attach", |fd| PacketSender::attach(fd).map(std::mem::forget), false),
        ("pipe::ReadEnd::attach", |fd| ReadEnd::attach(fd).map(std::mem::forget), true),
        ("pipe::WriteEnd::attach", |fd| WriteEnd::attach(fd).map(std::mem::forget), false),
    ];
    for (function, attach, reads) in all {
        let ends = |reads: bool| -> Outcome<(Fd, Fd)> {
            let (r, w) = pipe::pair()?;
            Ok(if reads { (r.into_fd(), w.into_fd()) } else { (w.into_fd(), r.into_fd()) })
        };
        s.case(function, "ok", move |t| {
            let (own, _other) = ends(reads)?;
            rustix::fs::fcntl_setfl(&own, rustix::fs::OFlags::empty()).expect("blocking again");
            t.ok(|| attach(own))
        });
        let already =
            if function.contains("Packet") { "both are set already" } else { "non-blocking already" };
        s.case(function, already, move |t| {
            let (own, _other) = ends(reads)?;
            let flags = rustix::fs::OFlags::NONBLOCK.union(rustix::fs::OFlags::DIRECT);
            rustix::fs::fcntl_setfl(&own, flags).expect("packets from now on");
            t.ok(|| attach(own))
        });
        s.case(function, "another direction", move |t| {
            let (_own, other) = ends(reads)?;
            t.err(Errno::BADF, || attach(other))
        });
        s.case(function, "another kind", move |t| {
            let file: std::os::fd::OwnedFd = std::fs::File::open("/dev/null")?.into();
            t.err(Errno::PROTOTYPE, || attach(of_std(file)?))
        });
        s.case(function, "not open", move |t| {
            // SAFETY: nobody's, and closing it again does nothing.
            t.err(Errno::BADF, || attach(unsafe { Fd::from_raw(900) }?))
        });
    }
}

pub fn of_std(fd: std::os::fd::OwnedFd) -> rawipc::Result<Fd> {
    // SAFETY: given up by its owner.
    unsafe { Fd::from_raw(std::os::fd::IntoRawFd::into_raw_fd(fd)) }
}

fn asking(s: &mut Scenarios) {
    s.case("pipe::ReadEnd::capacity", "ok", |t| t.ok_with(pipe::pair()?, |(r, _)| r.capacity()));
    s.case("pipe::WriteEnd::capacity", "ok", |t| t.ok_with(pipe::pair()?, |(_, w)| w.capacity()));
    s.case("pipe::PacketReceiver::capacity", "ok", |t| {
        t.ok_with(pipe::packet_pair()?, |(r, _)| r.capacity())
    });
    s.case("pipe::ReadEnd::available", "ok", |t| t.ok_with(pipe::pair()?, |(r, _)| r.available()));
    for (case, bytes, errno) in [("ok", 1 << 16, None), ("above 2³¹", usize::MAX, Some(Errno::INVAL))] {
        s.case("pipe::ReadEnd::set_capacity", case, move |t| {
            let (r, _w) = pipe::pair()?;
            t.answers(errno, || r.set_capacity(bytes))
        });
        s.case("pipe::WriteEnd::set_capacity", case, move |t| {
            let (_r, w) = pipe::pair()?;
            t.answers(errno, || w.set_capacity(bytes))
        });
        s.case("pipe::PacketReceiver::set_capacity", case, move |t| {
            let (r, _w) = pipe::packet_pair()?;
            t.answers(errno, || r.set_capacity(bytes))
        });
    }
}

/// A read end with nothing in it.
fn silent(_: &Stage) -> Outcome<(ReadEnd, Peer)> {
    let (r, mut w) = pipe::pair()?;
    Ok((r, Box::new(move || w.write_all(b"some", Wait::FOREVER).expect("a byte")) as Peer))
}

/// The read end of a FIFO that nobody has opened for writing.
fn before_its_writer(t: &Stage) -> Outcome<(ReadEnd, Peer)> {
    let path = t.path("fifo");
    fifo::create(&path)?;
    let r = fifo::open_read(&path)?;
    let peer = move || {
        let mut w = fifo::open_write(&path, Wait::FOREVER).expect("a writer");
        w.write_all(b"some", Wait::FOREVER).expect("a byte");
    };
    Ok((r, Box::new(peer) as Peer))
}

fn read_some(r: &mut ReadEnd, wait: Wait) -> rawipc::Result<()> {
    r.read(&mut [0; 8], wait).map(drop)
}

const READ: Waiting<ReadEnd> = Waiting {
    function: "pipe::ReadEnd::read",
    prefix: "",
    polls: 1,
    pauses: false,
    make: silent,
    call: read_some,
};
const READ_FIFO: Waiting<ReadEnd> = Waiting {
    function: "pipe::ReadEnd::read",
    prefix: "FIFO before its first writer, ",
    polls: 2,
    pauses: false,
    make: before_its_writer,
    call: read_some,
};

fn reading(s: &mut Scenarios) {
    static BOTH: [Waiting<ReadEnd>; 2] = [READ, READ_FIFO];
    BOTH.iter().for_each(|w| w.cases(s));
    type Read = fn(&mut ReadEnd) -> rawipc::Result<usize>;
    let both: [(&str, Read); 2] = [
        ("pipe::ReadEnd::read", |r| r.read(&mut [0; 8], Wait::FOREVER)),
        ("pipe::ReadEnd::try_read", |r| r.try_read(&mut [0; 8])),
    ];
    for (function, read) in both {
        s.case(function, "ready", move |t| {
            let (mut r, mut w) = pipe::pair()?;
            w.write(b"some", Wait::FOREVER)?;
            t.gives(4, || read(&mut r))
        });
        s.case(function, "end", move |t| {
            let mut r = pipe::pair()?.0;
            t.gives(0, || read(&mut r))
        });
    }
    for (function, read) in both {
        s.case(function, "an end that may come first", move |t| {
            let mut r = ReadEnd::attach(pipe::pair()?.0.into_fd())?;
            t.gives(0, || read(&mut r))
        });
        // The first writer left without a word; and signals come while it is looked.
        s.case(function, "an end that may come first", move |t| {
            let path = t.path("fifo");
            fifo::create(&path)?;
            let mut r = fifo::open_read(&path)?;
            drop(fifo::open_write(&path, Wait::FOREVER)?);
            t.refuse("ppoll", 1, Errno::INTR);
            t.refuse("ppoll", 2, Errno::INTR);
            t.gives(0, || read(&mut r))
        });
    }
    s.case("pipe::ReadEnd::read", "refused", |t| {
        let (mut r, _w) = pipe::pair()?;
        t.err(Errno::INVAL, || r.read(&mut [], Wait::FOREVER))
    });
    s.case("pipe::ReadEnd::try_read", "refused", |t| {
        let (mut r, _w) = pipe::pair()?;
        t.err(Errno::INVAL, || r.try_read(&mut []))
    });
    s.case("pipe::ReadEnd::try_read", "nothing there", |t| {
        let (mut r, _w) = pipe::pair()?;
        t.err(Errno::AGAIN, || r.try_read(&mut [0; 8]))
    });
    s.case("pipe::ReadEnd::try_read", "FIFO before its first writer", |t| {
        let (mut r, _peer) = before_its_writer(t)?;
        t.err(Errno::AGAIN, || r.try_read(&mut [0; 8]))
    });
}

/// A write end with no room for a byte.
fn full(_: &Stage) -> Outcome<(WriteEnd, Peer)> {
    let (mut r, mut w) = pipe::pair()?;
    w.write(&vec![0; r.capacity()?], Wait::FOREVER)?;
    Ok((w, Box::new(move || assert!(r.try_read(&mut [0; 1 << 16]).is_ok())) as Peer))
}

/// The same, of an end that has met an older kernel.
fn full_and_masked(t: &Stage) -> Outcome<(WriteEnd, Peer)> {
    let (mut r, mut w) = pipe::pair()?;
    let room = r.capacity()?;
    t.refuse("pwritev2", 1, Errno::OPNOTSUPP);
    w.write(&vec![0; room], Wait::FOREVER)?;
    Ok((w, Box::new(move || assert!(r.try_read(&mut [0; 1 << 16]).is_ok())) as Peer))
}

fn write_some(w: &mut WriteEnd, wait: Wait) -> rawipc::Result<()> {
    w.write(b"some", wait).map(drop)
}

fn write_two_parts(w: &mut WriteEnd, wait: Wait) -> rawipc::Result<()> {
    w.write_two(b"so", b"me", wait).map(drop)
}

const fn writing_by(
    function: &'static str,
    prefix: &'static str,
    call: fn(&mut WriteEnd, Wait) -> rawipc::Result<()>,
) -> Waiting<WriteEnd> {
    let make = if prefix.is_empty() { full } else { full_and_masked };
    Waiting { function, prefix, polls: 1, pauses: false, make, call }
}

const BEFORE: &str = "before 6.18, ";

fn writing(s: &mut Scenarios) {
    static ALL: [Waiting<WriteEnd>; 4] = [
        writing_by("pipe::WriteEnd::write", "", write_some),
        writing_by("pipe::WriteEnd::write", BEFORE, write_some),
        writing_by("pipe::WriteEnd::write_two", "", write_two_parts),
        writing_by("pipe::WriteEnd::write_two", BEFORE, write_two_parts),
    ];
    ALL.iter().for_each(|w| w.cases(s));
    for (function, write) in WRITES {
        s.case(function, "room", move |t| {
            let (_r, mut w) = pipe::pair()?;
            t.gives(4, || write(&mut w))
        });
        s.case(function, "no reader", move |t| {
            let mut w = pipe::pair()?.1;
            t.err(Errno::PIPE, || write(&mut w))
        });
    }
    for (function, write) in &WRITES[2..] {
        s.case(function, "no room", move |t| {
            let (mut w, _peer) = full(t)?;
            t.err(Errno::AGAIN, || write(&mut w))
        });
    }
    s.case("pipe::WriteEnd::write", "refused", |t| {
        let (_r, mut w) = pipe::pair()?;
        t.err(Errno::INVAL, || w.write(b"", Wait::FOREVER))
    });
    s.case("pipe::WriteEnd::try_write", "refused", |t| {
        let (_r, mut w) = pipe::pair()?;
        t.err(Errno::INVAL, || w.try_write(b""))
    });
}

type Write = fn(&mut WriteEnd) -> rawipc::Result<usize>;

/// The ways to write; the last two wait for nothing.
const WRITES: [(&str, Write); 4] = [
    ("pipe::WriteEnd::write", |w| w.write(b"some", Wait::FOREVER)),
    ("pipe::WriteEnd::write_two", |w| w.write_two(b"so", b"me", Wait::FOREVER)),
    ("pipe::WriteEnd::try_write", |w| w.try_write(b"some")),
    ("pipe::WriteEnd::try_write_two", |w| w.try_write_two(b"so", b"me")),
];

/// What stands in the place of `pwritev2` before Linux 6.18, which the tracer plays.
fn masked(s: &mut Scenarios) {
    s.case("pipe::WriteEnd::write", "before 6.18, at once", |t| {
        let (_r, mut w) = pipe::pair()?;
        t.refuse("pwritev2", 1, Errno::OPNOTSUPP);
        t.gives(4, || w.write(b"some", Wait::FOREVER))
    });
    for (function, write) in &WRITES[2..] {
        for first in [true, false] {
            // An end that is new to the older kernel, or one that knows it.
            let end = move |t: &Stage| -> Outcome<(ReadEnd, WriteEnd)> {
                let (mut r, mut w) = pipe::pair()?;
                t.refuse("pwritev2", 1, Errno::OPNOTSUPP);
                if !first {
                    w.write(b"x", Wait::FOREVER)?;
                    r.read(&mut [0], Wait::FOREVER)?;
                }
                Ok((r, w))
            };
            let prefix = if first { "before 6.18, first use, " } else { BEFORE };
            let case = |rest: &str| format!("{prefix}{rest}");
            s.case(function, &case("room"), move |t| {
                let (_r, mut w) = end(t)?;
                t.gives(4, || write(&mut w))
            });
            s.case(function, &case("no room"), move |t| {
                let (_r, mut w) = end(t)?;
                while rustix::io::write(&w, &[0; PIPE_BUF]).is_ok() {}
                t.err(Errno::AGAIN, || write(&mut w))
            });
            s.case(function, &case("no reader"), move |t| {
                let mut w = end(t)?.1;
                t.err(Errno::PIPE, || write(&mut w))
            });
            for (name, blocked) in [("a part", false), ("SIGPIPE blocked, a part", true)] {
                s.case(function, &case(name), move |t| {
                    let (_r, mut w) = end(t)?;
                    if blocked {
                        block_sigpipe();
                    }
                    t.answer("writev", 1, 3);
                    t.gives(3, || write(&mut w))
                });
            }
            s.case(function, &case("SIGPIPE blocked"), move |t| {
                let (_r, mut w) = end(t)?;
                block_sigpipe();
                t.gives(4, || write(&mut w))
            });
            s.case(function, &case("SIGPIPE blocked, no reader"), move |t| {
                let mut w = end(t)?.1;
                block_sigpipe();
                t.err(Errno::PIPE, || write(&mut w))
            });
            s.case(function, &case("SIGPIPE pending, no reader"), move |t| {
                let mut w = end(t)?.1;
                block_sigpipe();
                // SAFETY: blocked in the line before.
                unsafe { libc::raise(libc::SIGPIPE) };
                t.err(Errno::PIPE, || write(&mut w))
            });
        }
    }
}

fn block_sigpipe() {
    // SAFETY: an empty set, which the next call fills.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: a set of this frame.
    unsafe { libc::sigaddset(&raw mut set, libc::SIGPIPE) };
    // SAFETY: as above.
    unsafe { libc::sigprocmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()) };
}
