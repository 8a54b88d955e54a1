use super::super::message::DEFAULT_LIMIT;
use super::super::{Address, Datagram, FdRefs, FdSlots, MAX_FDS, Refs, Seqpacket, Slots, Stream};
use super::{IN_TIME, SOON, name};
use crate::channel::{ByteRead, ByteWrite, Receiver, Sender};
use crate::error::{Call, Errno, Error, Origin};
use crate::fd::{AsFd, BorrowedFd};
use crate::pipe::{self, ReadEnd, WriteEnd};
use std::vec::Vec;
use std::{format, vec};

/// A pipe whose write end goes away from here: once the other copies are closed too, its reader is told.
struct Canary(ReadEnd);

impl Canary {
    fn new() -> (Canary, WriteEnd) {
        let (reader, writer) = pipe::pair().unwrap();
        (Canary(reader), writer)
    }

    /// No copy of the write end is left anywhere.
    #[track_caller]
    fn assert_closed(&mut self) {
        assert_eq!(self.0.try_read(&mut [0; 8]), Ok(0));
    }

    #[track_caller]
    fn assert_open(&mut self) {
        assert!(self.0.try_read(&mut [0; 8]).unwrap_err().is_again());
    }
}

/// The kinds of socket, by what they have in common here.
trait Carrier {
    fn put(&mut self, msg: &[u8], fds: &Refs<'_>) -> Result<(), Error>;
    fn take(&mut self, buf: &mut [u8], fds: &mut Slots) -> Result<usize, Error>;
    fn plain(&mut self, buf: &mut [u8]) -> Result<usize, Error>;
}

impl Carrier for Seqpacket {
    fn put(&mut self, msg: &[u8], fds: &Refs<'_>) -> Result<(), Error> {
        self.send_with_fds(msg, fds, IN_TIME)
    }
    fn take(&mut self, buf: &mut [u8], fds: &mut Slots) -> Result<usize, Error> {
        self.recv_with_fds(buf, fds, IN_TIME)
    }
    fn plain(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        self.recv(buf, IN_TIME)
    }
}

impl Carrier for Datagram {
    fn put(&mut self, msg: &[u8], fds: &Refs<'_>) -> Result<(), Error> {
        self.send_with_fds(msg, fds, IN_TIME)
    }
    fn take(&mut self, buf: &mut [u8], fds: &mut Slots) -> Result<usize, Error> {
        self.recv_with_fds(buf, fds, IN_TIME)
    }
    fn plain(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        self.recv(buf, IN_TIME)
    }
}

impl Carrier for Stream {
    fn put(&mut self, msg: &[u8], fds: &Refs<'_>) -> Result<(), Error> {
        self.write_with_fds(msg, fds, IN_TIME).map(|n| assert_eq!(n, msg.len()))
    }
    fn take(&mut self, buf: &mut [u8], fds: &mut Slots) -> Result<usize, Error> {
        self.read_with_fds(buf, fds, IN_TIME)
    }
    fn plain(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        self.read(buf, IN_TIME)
    }
}

/// A pair of each kind; the check is whole for each.
fn each(check: impl Fn(&mut dyn Carrier, &mut dyn Carrier)) {
    let (mut a, mut b) = Seqpacket::pair().unwrap();
    check(&mut a, &mut b);
    let (mut a, mut b) = Datagram::pair().unwrap();
    check(&mut a, &mut b);
    let (mut a, mut b) = Stream::pair().unwrap();
    check(&mut a, &mut b);
}

#[test]
fn they_come_in_their_order_and_are_the_same_files() {
    each(|a, b| {
        let (mut one, one_end) = Canary::new();
        let (mut two, two_end) = Canary::new();
        a.put(b"both", &FdRefs::of([one_end.as_fd(), two_end.as_fd()])).unwrap();
        drop((one_end, two_end));
        let (mut buf, mut fds) = ([0; DEFAULT_LIMIT], FdSlots::<3>::new());
        assert_eq!(b.take(&mut buf, &mut fds), Ok(4));
        assert_eq!((&buf[..4], fds.len(), fds.room(), fds.is_empty()), (&b"both"[..], 2, 3, false));
        assert!(fds.get(0).is_some() && fds.get(2).is_none() && fds.take(2).is_none());
        let mut second = WriteEnd::attach(fds.take(1).unwrap()).unwrap();
        assert!(fds.get(1).is_none() && fds.take(1).is_none());
        second.write(b"x", IN_TIME).unwrap();
        assert_eq!(two.0.try_read(&mut [0; 8]), Ok(1));
        one.assert_open();
        drop(fds);
        one.assert_closed();
        two.assert_open();
        drop(second);
        two.assert_closed();
    });
}

#[test]
fn they_are_closed_across_exec_from_the_first() {
    each(|a, b| {
        a.put(b"x", &FdRefs::of([Canary::new().1.as_fd()])).unwrap();
        let mut fds = FdSlots::<1>::new();
        b.take(&mut [0; DEFAULT_LIMIT], &mut fds).unwrap();
        let flags = rustix::io::fcntl_getfd(fds.get(0).unwrap()).unwrap();
        assert!(flags.contains(rustix::io::FdFlags::CLOEXEC));
    });
}

fn lend<'fd, const N: usize>(fd: BorrowedFd<'fd>) -> FdRefs<'fd, N> {
    FdRefs::of([fd; N])
}

#[test]
fn more_than_there_is_room_for_is_an_error_and_all_are_closed() {
    each(|a, b| {
        let (mut canary, end) = Canary::new();
        let mut buf = [0; DEFAULT_LIMIT];
        let mut beyond = |fds: &mut Slots| {
            a.put(b"three", &lend::<3>(end.as_fd())).unwrap();
            buf.fill(0);
            let e = b.take(&mut buf, fds).unwrap_err();
            assert_eq!(e, Error::peer(Call::RECVMSG, Errno::TOOBIG).with_needed(5));
            assert_eq!((&buf[..5], fds.len(), fds.get(0).is_none()), (&b"three"[..], 0, true));
        };
        beyond(&mut FdSlots::<0>::new());
        beyond(&mut FdSlots::<1>::new());
        beyond(&mut FdSlots::<2>::new());
        // It goes on behind it.
        a.put(b"again", &lend::<1>(end.as_fd())).unwrap();
        drop(end);
        let mut fds = FdSlots::<1>::new();
        assert_eq!((b.take(&mut buf, &mut fds), fds.len()), (Ok(5), 1));
        canary.assert_open();
        fds.clear();
        canary.assert_closed();
    });
}

#[test]
fn a_plain_receive_takes_the_message_and_none_of_them() {
    each(|a, b| {
        let (mut canary, end) = Canary::new();
        a.put(b"unasked", &lend::<2>(end.as_fd())).unwrap();
        drop(end);
        let mut buf = [0; DEFAULT_LIMIT];
        assert_eq!(b.plain(&mut buf), Ok(7));
        canary.assert_closed();
    });
}

#[test]
fn what_cannot_be_sent_is_refused_before_any_call() {
    let too_many = lend::<254>(crate::fd::CWD);
    let refused = |errno| Err(Error::argument(Call::SENDMSG, errno));
    each(|a, b| {
        assert_eq!(a.put(b"x", &too_many), refused(Errno::INVAL));
        assert_eq!(a.put(b"", &FdRefs::<1>::new()), refused(Errno::INVAL));
        // No descriptors are none.
        a.put(b"x", &FdRefs::<1>::new()).unwrap();
        let mut fds = FdSlots::<1>::new();
        assert_eq!((b.take(&mut [0; DEFAULT_LIMIT], &mut fds), fds.len()), (Ok(1), 0));
    });
    let (mut a, _b) = Seqpacket::pair().unwrap();
    let e = a.try_send_with_fds(&vec![0; DEFAULT_LIMIT + 1], &FdRefs::<0>::new()).unwrap_err();
    assert_eq!(e, Error::argument(Call::SENDMSG, Errno::MSGSIZE).with_needed(DEFAULT_LIMIT));
    let d = Datagram::unbound().unwrap();
    let e = d.try_send_to_with_fds(&Address::UNNAMED, b"x", &FdRefs::<0>::new()).unwrap_err();
    assert_eq!(e, Error::argument(Call::SENDMSG, Errno::INVAL));
}

#[test]
fn they_are_counted_as_they_are_pushed() {
    let (canary, end) = Canary::new();
    let mut two = FdRefs::<2>::default();
    assert!(two.is_empty());
    for n in 1..=2 {
        two.push(end.as_fd()).unwrap();
        assert_eq!(two.len(), n);
    }
    assert_eq!(two.push(end.as_fd()).unwrap_err(), Error::argument(Call::SENDMSG, Errno::INVAL));
    two.clear();
    assert_eq!((two.len(), format!("{two:?}").as_str()), (0, "[]"));
    let mut all = FdRefs::<300>::new();
    while all.push(canary.0.as_fd()).is_ok() {}
    assert_eq!(all.len(), MAX_FDS);
}

#[test]
fn slots_that_hold_any_are_not_received_into() {
    each(|a, b| {
        let (mut canary, end) = Canary::new();
        let mut fds = FdSlots::<2>::new();
        let mut buf = [0; DEFAULT_LIMIT];
        for _ in 0..2 {
            a.put(b"two", &lend::<2>(end.as_fd())).unwrap();
        }
        drop(end);
        b.take(&mut buf, &mut fds).unwrap();
        assert_eq!(b.take(&mut buf, &mut fds), Err(Error::argument(Call::RECVMSG, Errno::INVAL)));
        drop(fds.take(0));
        assert_eq!(b.take(&mut buf, &mut fds), Err(Error::argument(Call::RECVMSG, Errno::INVAL)));
        drop(fds.take(1));
        assert_eq!((b.take(&mut buf, &mut fds), fds.len()), (Ok(3), 2));
        drop(fds);
        canary.assert_closed();
    });
}

#[test]
fn with_the_end_none_come() {
    let (a, mut b) = Seqpacket::pair().unwrap();
    drop(a);
    let mut fds = FdSlots::<1>::new();
    assert_eq!(b.recv_with_fds(&mut [0; 8], &mut fds, IN_TIME), Ok(0));
    let (a, b) = Stream::pair().unwrap();
    drop(a);
    assert_eq!(b.read_with_fds(&mut [0; 8], &mut fds, IN_TIME), Ok(0));
    assert!(fds.is_empty());
}

#[test]
fn an_empty_message_with_descriptors_is_corruption() {
    for small in [false, true] {
        let (mut canary, end) = Canary::new();
        let (a, mut b) = Seqpacket::pair().unwrap();
        super::super::message::put_with_fds(&a.into_fd(), &[], b"", &lend::<1>(end.as_fd())).unwrap();
        drop(end);
        let mut buf = vec![0; if small { 8 } else { DEFAULT_LIMIT }];
        let mut fds = FdSlots::<1>::new();
        let corrupt = Error::peer(Call::RECVMSG, Errno::BADMSG);
        for _ in 0..2 {
            assert_eq!(b.recv_with_fds(&mut buf, &mut fds, IN_TIME), Err(corrupt));
            assert!(fds.is_empty());
        }
        canary.assert_closed();
    }
}

#[test]
fn a_message_too_long_closes_what_came_with_it() {
    let (mut canary, end) = Canary::new();
    let (mut a, mut b) = Datagram::pair().unwrap();
    b.set_limit(10).unwrap();
    a.send_with_fds(&[0; 11], &lend::<2>(end.as_fd()), IN_TIME).unwrap();
    let mut fds = FdSlots::<2>::new();
    let e = b.recv_with_fds(&mut [0; 32], &mut fds, IN_TIME).unwrap_err();
    assert_eq!(e, Error::peer(Call::RECVMSG, Errno::BADMSG).with_needed(11));
    // One that waits for a larger buffer keeps them.
    a.send_with_fds(&[0; 10], &lend::<2>(end.as_fd()), IN_TIME).unwrap();
    drop(end);
    let e = b.recv_with_fds(&mut [0; 9], &mut fds, IN_TIME).unwrap_err();
    assert_eq!((e.errno(), e.needed(), fds.len()), (Errno::MSGSIZE, Some(10), 0));
    canary.assert_open();
    assert_eq!((b.recv_with_fds(&mut [0; 10], &mut fds, IN_TIME), fds.len()), (Ok(10), 2));
    fds.clear();
    canary.assert_closed();
}

#[test]
fn a_short_write_sends_them_once() {
    let (mut canary, end) = Canary::new();
    let (mut a, mut b) = Stream::pair().unwrap();
    let bytes = vec![7; 4 << 20];
    let n = a.try_write_with_fds(&bytes, &lend::<1>(end.as_fd())).unwrap();
    assert!(n > 0 && n < bytes.len());
    assert!(a.try_write_with_fds(&bytes[n..], &lend::<1>(end.as_fd())).unwrap_err().is_again());
    drop(end);
    let (mut buf, mut fds) = (vec![0; 100_000], FdSlots::<8>::new());
    let mut seen = b.read_with_fds(&mut buf, &mut fds, IN_TIME).unwrap();
    assert_eq!(fds.len(), 1);
    drop(fds.take(0));
    while seen < n {
        seen += b.read_with_fds(&mut buf, &mut fds, IN_TIME).unwrap();
        assert_eq!(fds.len(), 0);
    }
    canary.assert_closed();
    a.write_all(b"rest", IN_TIME).unwrap();
    assert_eq!(b.read_exact(&mut buf[..4], IN_TIME), Ok(4));
}

#[test]
fn on_a_stream_those_of_one_write_come_at_a_time() {
    let (mut a, b) = Stream::pair().unwrap();
    let (_canary, end) = Canary::new();
    a.write(b"before ", IN_TIME).unwrap();
    a.write_with_fds(b"first ", &lend::<1>(end.as_fd()), IN_TIME).unwrap();
    a.write(b"between ", IN_TIME).unwrap();
    a.write_with_fds(b"second", &lend::<2>(end.as_fd()), IN_TIME).unwrap();
    let mut got = Vec::new();
    let (mut buf, mut fds) = ([0; 64], FdSlots::<4>::new());
    while got.iter().map(|(n, _)| n).sum::<usize>() < 27 {
        let n = b.read_with_fds(&mut buf, &mut fds, IN_TIME).unwrap();
        got.push((n, fds.len()));
        fds.clear();
    }
    // The first byte of each write came with the descriptors of that write, and with no others.
    let mut at = 0;
    for (n, fds) in got {
        let firsts = [7, 21].iter().filter(|first| (at..at + n).contains(*first)).count();
        assert!(firsts <= 1);
        let sent = [(7, 1), (21, 2)].iter().filter(|(first, _)| (at..at + n).contains(first));
        assert_eq!(fds, sent.map(|(_, n)| *n).sum::<usize>());
        at += n;
    }
}

#[test]
fn a_socket_that_refuses_them_says_so_to_the_sender() {
    let (_canary, end) = Canary::new();
    let (mut a, mut b) = Seqpacket::pair().unwrap();
    match b.refuse_fds() {
        Err(e) if e.errno() == Errno::NOPROTOOPT => return, // before Linux 6.16
        answer => answer.unwrap(),
    }
    let e = a.send_with_fds(b"x", &lend::<1>(end.as_fd()), IN_TIME).unwrap_err();
    assert_eq!(e, Error::kernel(Call::SENDMSG, Errno::PERM));
    a.send(b"plain", IN_TIME).unwrap();
    assert_eq!(b.recv(&mut [0; 8], IN_TIME), Ok(5));
    let (a, b) = Stream::pair().unwrap();
    b.refuse_fds().unwrap();
    assert_eq!(a.try_write_with_fds(b"x", &lend::<1>(end.as_fd())).unwrap_err().errno(), Errno::PERM);
    let (mut a, b) = Datagram::pair().unwrap();
    b.refuse_fds().unwrap();
    assert_eq!(a.try_send_with_fds(b"x", &lend::<1>(end.as_fd())).unwrap_err().errno(), Errno::PERM);
    // From the listener on what it accepts, before it does.
    let at = name();
    let listener = super::super::Listener::<Stream>::bind(&at).unwrap();
    listener.refuse_fds().unwrap();
    let client = Stream::connect(&at, IN_TIME).unwrap();
    let send = || client.try_write_with_fds(b"x", &lend::<1>(end.as_fd())).unwrap_err().errno();
    assert_eq!(send(), Errno::PERM);
    let _server = listener.accept(IN_TIME).unwrap();
    assert_eq!(send(), Errno::PERM);
}

#[test]
fn by_name_they_travel_too() {
    let (at, from) = (name(), name());
    let server = Datagram::bind(&at).unwrap();
    let client = Datagram::bind(&from).unwrap();
    let (mut canary, end) = Canary::new();
    client.send_to_with_fds(&at, b"take it", &lend::<1>(end.as_fd()), IN_TIME).unwrap();
    drop(end);
    let (mut buf, mut fds) = ([0; 32], FdSlots::<1>::new());
    assert_eq!(server.recv_from_with_fds(&mut buf, &mut fds, IN_TIME), Ok((7, from)));
    assert_eq!(fds.len(), 1);
    drop(fds);
    canary.assert_closed();
    let e = server.recv_from_with_fds(&mut buf, &mut FdSlots::<1>::new(), SOON).unwrap_err();
    assert_eq!(e.origin(), Origin::Deadline);
}

#[test]
#[allow(unsafe_code)]
fn memory_of_c_holds_them_too() {
    let (mut canary, end) = Canary::new();
    let (mut a, mut b) = Seqpacket::pair().unwrap();
    for room in [0, 1, 2, 5, MAX_FDS] {
        let (mut refs, mut slots) = (vec![7u64; Refs::bytes(room) / 8], vec![7u64; Slots::bytes(room) / 8]);
        // SAFETY: so many bytes, aligned, and used by nobody else.
        let refs = unsafe { Refs::init(refs.as_mut_ptr().cast(), room) };
        while refs.push(end.as_fd()).is_ok() {}
        assert_eq!(refs.len(), room);
        // SAFETY: as above.
        let at = unsafe { Slots::init(slots.as_mut_ptr().cast(), room) };
        assert_eq!((at.room(), at.len()), (room, 0));
        a.send_with_fds(b"x", refs, IN_TIME).unwrap();
        b.recv_with_fds(&mut [0; DEFAULT_LIMIT], at, IN_TIME).unwrap();
        // SAFETY: made by `init`, and what that gave is not used any more.
        let again = unsafe { Slots::from_raw(slots.as_mut_ptr().cast(), room) };
        assert_eq!(again.len(), room);
        again.clear();
    }
    drop(end);
    canary.assert_closed();
}
