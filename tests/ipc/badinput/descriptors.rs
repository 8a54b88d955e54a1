//! Descriptors that are closed, foreign or of the wrong kind: every `attach` against every kind.

use super::refused;
use crate::add_tests;
use crate::os::fds;
use crate::runner::List;
use rawipc::fd::{Fd, Stdio};
use rawipc::memory::Memfd;
use rawipc::pipe::{ReadEnd, WriteEnd};
use rawipc::socket::{Datagram, Seqpacket, Stream};
use rawipc::{Errno, Origin, Result, fifo, pipe};
use std::os::fd::{IntoRawFd as _, OwnedFd, RawFd};
use std::os::unix::net::{UnixDatagram, UnixStream};

pub fn tests(list: &mut List) {
    add_tests!(list, "badinput::descriptors":
        every_attach_and_every_kind, closed, negative, closed_by_somebody_else, hand_over_of_a_closed_one,
        an_end_that_the_peer_made_blocking,
    );
}

/// Takes over a number and says what came of it.
type Attach = fn(Fd) -> Result<()>;

const ATTACHES: [(&str, Attach); 6] = [
    ("read end", |fd| ReadEnd::attach(fd).map(drop)),
    ("write end", |fd| WriteEnd::attach(fd).map(drop)),
    ("stream", |fd| Stream::attach(fd).map(drop)),
    ("seqpacket", |fd| Seqpacket::attach(fd).map(drop)),
    ("datagram", |fd| Datagram::attach(fd).map(drop)),
    ("memfd", |fd| Memfd::attach(fd).map(drop)),
];

/// One descriptor of each kind, the name of those that may attach it first.
fn kinds() -> Vec<(&'static str, OwnedFd)> {
    let (read_end, write_end) = fds::pipe();
    let packets = Seqpacket::pair().expect("pair").0.into_fd();
    let memfd = Memfd::create(c"kind", 4096).expect("create").into_fd();
    vec![
        ("read end", read_end),
        ("write end", write_end),
        ("stream", UnixStream::pair().expect("pair").0.into()),
        ("seqpacket", fds::own_raw(packets.into_raw())),
        ("datagram", UnixDatagram::pair().expect("pair").0.into()),
        ("memfd", fds::own_raw(memfd.into_raw())),
        ("directory", std::fs::File::open(".").expect("open").into()),
        ("device", std::fs::File::open("/dev/null").expect("open").into()),
        ("file of /proc", std::fs::File::open("/proc/self/stat").expect("open").into()),
        ("internet socket", std::net::UdpSocket::bind("127.0.0.1:0").expect("bind").into()),
        ("memfd without seals", fds::unsealed_memfd()),
    ]
}

fn every_attach_and_every_kind() {
    for (wants, attach) in ATTACHES {
        for (kind, fd) in kinds() {
            let raw = fd.into_raw_fd();
            let answer = attach(take(raw));
            assert!(!fds::is_open(raw), "{kind} as {wants} stays open");
            match answer {
                Ok(()) => assert_eq!(kind, wants, "attached"),
                Err(e) => {
                    assert_ne!(kind, wants, "{e}");
                    let named = [
                        Errno::PROTOTYPE,
                        Errno::BADF,
                        Errno::NOTSOCK,
                        Errno::AFNOSUPPORT,
                        Errno::INVAL,
                        Errno::PERM,
                    ];
                    assert!(named.contains(&e.errno()), "{kind} as {wants}: {e}");
                }
            }
        }
    }
    drop(pipe::pair().expect("and descriptors are to be had still"));
    let _ = fifo::remove(c"nothing");
}

/// Of a number that is ours to give away.
fn take(raw: RawFd) -> Fd {
    // SAFETY: just taken out of its owner, or not open at all.
    unsafe { Fd::from_raw(raw) }.expect("not negative")
}

/// A number of which nothing is known here: one too high, and one that was closed a moment ago.
fn closed() {
    let (read_end, _write_end) = fds::pipe();
    let recent = read_end.into_raw_fd();
    drop(take(recent));
    for raw in [recent, 999, i32::MAX] {
        for (wants, attach) in ATTACHES {
            println!("{raw} as {wants}");
            let e = refused(attach(take(raw)), Errno::BADF);
            assert_eq!(e.origin(), Origin::Kernel);
        }
    }
}

fn negative() {
    for raw in [-1, -2, i32::MIN, libc::AT_FDCWD] {
        // SAFETY: owned by nobody.
        let e = refused(unsafe { Fd::from_raw(raw) }, Errno::BADF);
        assert_eq!(e.origin(), Origin::Argument);
    }
}

/// Somebody closes the number under an end: errors by name, and another's descriptor is not touched by them.
fn closed_by_somebody_else() {
    use rawipc::{ByteRead as _, ByteWrite as _, Receiver as _, Sender as _, Wait};
    let (read_end, write_end) = pipe::pair().expect("pair");
    let (raw_read, raw_write) = (read_end.into_fd().into_raw(), write_end.into_fd().into_raw());
    let mut read_end = ReadEnd::attach(take(raw_read)).expect("attach");
    let mut write_end = WriteEnd::attach(take(raw_write)).expect("attach");
    drop((fds::own_raw(raw_read), fds::own_raw(raw_write)));
    refused(read_end.read(&mut [0; 4], Wait::FOREVER), Errno::BADF);
    refused(write_end.write(b"x", Wait::FOREVER), Errno::BADF);
    let (mut a, mut b) = Seqpacket::pair().expect("pair");
    let raws = [&a, &b].map(|end| rustix::fd::AsRawFd::as_raw_fd(&rawipc::fd::AsFd::as_fd(end)));
    raws.into_iter().for_each(|raw| drop(fds::own_raw(raw)));
    refused(a.send(b"x", Wait::FOREVER), Errno::BADF);
    refused(b.recv(&mut [0; 4], Wait::FOREVER), Errno::BADF);
}

fn hand_over_of_a_closed_one() {
    refused(take(999).hand_over_as(Stdio::In), Errno::BADF);
    refused(take(999).try_clone(), Errno::BADF);
    refused(take(999).inherit(), Errno::BADF);
    assert!(fds::is_open(0), "standard input is as it was");
}

/// `O_NONBLOCK` of an attached description is shared: one who clears it makes us no slower to refuse.
fn an_end_that_the_peer_made_blocking() {
    use rawipc::{ByteRead as _, Wait};
    let (read_end, _write_end) = fds::pipe();
    let raw = read_end.into_raw_fd();
    let mut end = ReadEnd::attach(take(raw)).expect("attach");
    assert_ne!(fds::fcntl(raw, libc::F_GETFL, 0) & libc::O_NONBLOCK, 0, "attach makes it non-blocking");
    refused(end.try_read(&mut [0; 4]), Errno::AGAIN);
    let short = Wait::at_most(std::time::Duration::from_millis(5));
    refused(end.read(&mut [0; 4], short), Errno::TIMEDOUT);
}
