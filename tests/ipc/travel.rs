//! Descriptors that travel, and peers that send what nobody asked for: none is leaked, none is lost silently.

use crate::add_tests;
use crate::conformance::mechanism::PATIENCE;
use crate::os::process::Child;
use crate::os::{self, fds, limits};
use crate::runner::List;
use rawipc::fd::{AsFd, BorrowedFd};
use rawipc::frame::FrameReceiver;
use rawipc::socket::{DEFAULT_LIMIT, Datagram, FdRefs, FdSlots, MAX_FDS, Refs, Seqpacket, Slots, Stream};
use rawipc::{ByteRead, ByteWrite, Errno, Origin, Receiver, Result};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::time::{Duration, Instant};

pub fn tests(list: &mut List) {
    add_tests!(list, "travel":
        any_number_into_any_room, what_nobody_asked_for_is_closed, what_a_broken_message_brings_is_closed,
        a_flood_ends_where_the_user_has_too_many_on_the_way, a_socket_that_carries_sockets_takes_them_along,
        a_ring_of_sockets_that_carry_each_other_is_let_go, a_killed_sender_leaves_none_behind,
        what_others_asked_for_is_closed_too,
    );
}

/// The ends that all of this is about.
enum Pair {
    Stream(Stream, Stream),
    Seqpacket(Seqpacket, Seqpacket),
    Datagram(Box<[Datagram; 2]>),
}

impl Pair {
    fn all() -> [Pair; 3] {
        let (a, b) = Stream::pair().expect("pair");
        let (c, d) = Seqpacket::pair().expect("pair");
        let (e, f) = Datagram::pair().expect("pair");
        [Pair::Stream(a, b), Pair::Seqpacket(c, d), Pair::Datagram(Box::new([e, f]))]
    }

    fn put(&mut self, msg: &[u8], fds: &Refs<'_>) -> Result<()> {
        match self {
            Pair::Stream(a, _) => a.try_write_with_fds(msg, fds).map(|n| assert_eq!(n, msg.len())),
            Pair::Seqpacket(a, _) => a.try_send_with_fds(msg, fds),
            Pair::Datagram(ends) => ends[0].try_send_with_fds(msg, fds),
        }
    }

    fn take(&mut self, buf: &mut [u8], fds: &mut Slots) -> Result<usize> {
        match self {
            Pair::Stream(_, b) => b.try_read_with_fds(buf, fds),
            Pair::Seqpacket(_, b) => b.try_recv_with_fds(buf, fds),
            Pair::Datagram(ends) => ends[1].try_recv_with_fds(buf, fds),
        }
    }

    fn plain(&mut self, buf: &mut [u8]) -> Result<usize> {
        match self {
            Pair::Stream(_, b) => b.try_read(buf),
            Pair::Seqpacket(_, b) => b.try_recv(buf),
            Pair::Datagram(ends) => ends[1].try_recv(buf),
        }
    }

    fn receiver(&self) -> BorrowedFd<'_> {
        match self {
            Pair::Stream(_, b) => b.as_fd(),
            Pair::Seqpacket(_, b) => b.as_fd(),
            Pair::Datagram(ends) => ends[1].as_fd(),
        }
    }
}

/// As this crate borrows it, whoever owns it.
fn borrowed(fd: &OwnedFd) -> BorrowedFd<'_> {
    // SAFETY: open, and borrowed from its owner.
    unsafe { BorrowedFd::borrow_raw(fd.as_raw_fd()) }
}

fn raw(fd: &impl AsFd) -> i32 {
    rawipc::fd::AsRawFd::as_raw_fd(&fd.as_fd())
}

/// The same one, so many times.
fn lent(fd: BorrowedFd<'_>, n: usize) -> Box<Refs<'_>> {
    let mut refs: Box<Refs<'_>> = Box::new(FdRefs::<MAX_FDS>::new());
    for _ in 0..n {
        refs.push(fd).expect("room");
    }
    refs
}

/// Enough to meet each number with each room and each limit.
const MESSAGES: usize = 100_000;

/// What a receive has to say, where `sent` come into a room of `room` with `left` numbers free.
fn expected(sent: usize, room: usize, left: usize) -> std::result::Result<usize, (Errno, Origin)> {
    let made = sent.min(room).min(left);
    match made == sent {
        true => Ok(sent),
        false if made == room => Err((Errno::TOOBIG, Origin::Peer)),
        false => Err((Errno::MFILE, Origin::Kernel)),
    }
}

/// 0 to 253 descriptors into rooms of 0 to 16, with 0 to 8 numbers left, and with as many as it takes.
fn any_number_into_any_room() {
    let mut pairs = Pair::all();
    let (_reader, writer) = fds::pipe();
    let writer = borrowed(&writer);
    let mut memory = [0u64; 20];
    assert!(Slots::bytes(16) <= size_of_val(&memory));
    let (mut buf, mut outcomes) = ([0; DEFAULT_LIMIT], [0usize; 3]);
    let filled = fds::fill_holes();
    let mut state = 1u64;
    for n in 0..MESSAGES {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let random = (state >> 33) as usize;
        // Small numbers as often as large ones, and every step of the limit.
        let sent = if random % 2 == 0 { random / 2 % 20 } else { random / 2 % (MAX_FDS + 1) };
        let (room, left) = (n % 17, n / 17 % 10);
        limits::limit_descriptors(filled.number() + if left == 9 { 300 } else { left as u64 });
        let left = if left == 9 { 300 } else { left };
        let pair = &mut pairs[n % 3];
        pair.put(b"message", &lent(writer, sent)).expect("room in the queue");
        // SAFETY: aligned, large enough, and what it held before was cleared.
        let slots = unsafe { Slots::init(memory.as_mut_ptr().cast(), room) };
        buf[..7].fill(0);
        let said = pair.take(&mut buf, slots);
        let expected = expected(sent, room, left);
        let told = format!("{sent} into {room} with {left} left: {said:?}");
        // Not one message is lost, whatever becomes of what it brings.
        assert_eq!(&buf[..7], b"message", "{told}");
        match expected {
            Ok(sent) => {
                assert!(said == Ok(7) && slots.len() == sent, "{told}");
                outcomes[0] += 1;
            }
            Err((errno, origin)) => {
                let e = said.expect_err(&told);
                assert_eq!(
                    (e.errno(), e.origin(), e.needed(), slots.len()),
                    (errno, origin, Some(7), 0),
                    "{told}"
                );
                outcomes[if errno == Errno::TOOBIG { 1 } else { 2 }] += 1;
            }
        }
        slots.clear();
        limits::unlimit_descriptors();
        assert_eq!(next_number(), filled.number() as i32, "{told}");
    }
    filled.assert_nothing_new();
    assert!(outcomes.iter().all(|n| *n > 100), "{outcomes:?}");
    println!(
        "{} messages: {} came whole, {} brought too many, {} more than could be opened; 0 leaked, 0 lost silently",
        MESSAGES, outcomes[0], outcomes[1], outcomes[2]
    );
}

/// The lowest number that is free.
fn next_number() -> i32 {
    fds::duplicate(0).as_raw_fd()
}

/// A pipe that is told when the last copy of its other end is closed.
struct Canary {
    reader: OwnedFd,
    writer: Option<OwnedFd>,
}

impl Canary {
    fn new() -> Canary {
        let (reader, writer) = fds::pipe();
        Canary { reader, writer: Some(writer) }
    }

    fn end(&self) -> BorrowedFd<'_> {
        borrowed(self.writer.as_ref().expect("open here"))
    }

    /// Our own copy is closed, and no other is left. The kernel lets go of what sockets carry in its own time.
    #[track_caller]
    fn assert_gone(mut self) {
        drop(self.writer.take());
        let deadline = Instant::now() + Duration::from_secs(8);
        while !fds::is_readable(&self.reader, 10) && !hung_up(&self.reader) {
            assert!(Instant::now() < deadline, "a copy is open somewhere");
            // Each socket that is made and closed asks the kernel to look for what is out of reach.
            drop(Stream::pair());
        }
    }
}

fn hung_up(fd: &OwnedFd) -> bool {
    let mut polled = libc::pollfd { fd: fd.as_raw_fd(), events: 0, revents: 0 };
    // SAFETY: one pollfd.
    unsafe { libc::poll(&mut polled, 1, 0) == 1 && polled.revents & libc::POLLHUP != 0 }
}

/// A plain receive, a frame, and a receive with room for none.
fn what_nobody_asked_for_is_closed() {
    let filled = fds::fill_holes();
    let canary = Canary::new();
    let mut buf = [0; DEFAULT_LIMIT];
    let before = fds::own();
    for mut pair in Pair::all() {
        for sent in [1, 2, 3, MAX_FDS] {
            for _ in 0..20 {
                pair.put(b"unasked", &lent(canary.end(), sent)).expect("room");
                assert_eq!(pair.plain(&mut buf), Ok(7));
                pair.put(b"unasked", &lent(canary.end(), sent)).expect("room");
                let e = pair.take(&mut buf, &mut FdSlots::<0>::new()).unwrap_err();
                assert_eq!((e.errno(), e.needed()), (Errno::TOOBIG, Some(7)));
            }
        }
    }
    assert_eq!(fds::own(), before);
    let (a, b) = Stream::pair().expect("pair");
    let mut room = [0; 64];
    let mut frames = FrameReceiver::new(b, &mut room).expect("room for a frame");
    a.write_with_fds(&[3, 0, 0, 0], &lent(canary.end(), 9), PATIENCE).expect("room");
    a.write_with_fds(b"abc", &lent(canary.end(), 9), PATIENCE).expect("room");
    assert_eq!(frames.recv(&mut buf, PATIENCE), Ok(3));
    drop((a, frames));
    canary.assert_gone();
    drop(filled);
}

/// Above the limit, empty, and from one who is gone at once.
fn what_a_broken_message_brings_is_closed() {
    let mut buf = [0; DEFAULT_LIMIT];
    for room in [8, DEFAULT_LIMIT] {
        let canary = Canary::new();
        let before = fds::own();
        let (mut a, mut b) = Seqpacket::pair().expect("pair");
        a.set_limit(DEFAULT_LIMIT + 1).expect("a larger buffer");
        a.send_with_fds(&[7; DEFAULT_LIMIT + 1], &lent(canary.end(), 5), PATIENCE).expect("room");
        let mut slots = FdSlots::<5>::new();
        let e = b.recv_with_fds(&mut buf[..room], &mut slots, PATIENCE).unwrap_err();
        assert_eq!((e.errno(), e.origin(), slots.len()), (Errno::BADMSG, Origin::Peer, 0));
        drop((a, b));

        let (a, mut b) = Datagram::pair().expect("pair");
        os::rights::send(raw(&a), raw(&canary.end()), b"").expect("an empty message");
        let e = b.recv_with_fds(&mut buf[..room], &mut slots, PATIENCE).unwrap_err();
        assert_eq!((e.errno(), slots.len()), (Errno::BADMSG, 0));
        // The next one is as good as any.
        os::rights::send(raw(&a), raw(&canary.end()), b"next").expect("a message");
        assert_eq!((b.recv_with_fds(&mut buf[..room], &mut slots, PATIENCE), slots.len()), (Ok(4), 1));
        slots.clear();
        drop((a, b));

        let (a, mut b) = Seqpacket::pair().expect("pair");
        os::rights::send(raw(&a), raw(&canary.end()), b"").expect("an empty message");
        drop(a);
        let e = b.recv_with_fds(&mut buf[..room], &mut slots, PATIENCE).unwrap_err();
        assert_eq!((e.errno(), slots.len()), (Errno::BADMSG, 0));
        drop(b);
        assert_eq!(fds::own(), before);
        canary.assert_gone();
    }
}

/// Without privilege, a user has no more on the way than it may have open.
fn a_flood_ends_where_the_user_has_too_many_on_the_way() {
    let child = Child::spawn(|| {
        if os::is_root() {
            // SAFETY: a call without pointers.
            os::check(unsafe { libc::setresuid(65533, 65533, 65533) }, "setresuid");
        }
        let canary = Canary::new();
        let mut pair = Pair::all().into_iter().nth(1).expect("three");
        limits::limit_descriptors(40);
        let mut sent = 0;
        let e = loop {
            match pair.put(b"flood", &lent(canary.end(), 30)) {
                Ok(()) => sent += 1,
                Err(e) => break e,
            }
        };
        assert_eq!((e.errno(), e.origin()), (Errno::TOOMANYREFS, Origin::Kernel), "after {sent}");
        // Nothing of the refused message is there, and all before it is.
        let (mut buf, mut slots) = ([0; DEFAULT_LIMIT], FdSlots::<MAX_FDS>::new());
        limits::limit_descriptors(100);
        for _ in 0..sent {
            assert_eq!((pair.take(&mut buf, &mut slots), slots.len()), (Ok(5), 30));
            slots.clear();
        }
        assert!(pair.take(&mut buf, &mut slots).is_err_and(|e| e.errno() == Errno::AGAIN));
        pair.put(b"again", &lent(canary.end(), 30)).expect("none on the way any more");
        drop(pair);
        canary.assert_gone();
    });
    child.join();
}

/// A socket with unread descriptors in its queue, sent, taken and dropped.
fn a_socket_that_carries_sockets_takes_them_along() {
    for taken in [false, true] {
        let canary = Canary::new();
        let (outer, mut inner) = (Seqpacket::pair().expect("pair"), Stream::pair().expect("pair"));
        let (mut a, mut b) = outer;
        inner.0.write(b"before", PATIENCE).expect("room");
        inner.0.write_with_fds(b"x", &lent(canary.end(), 3), PATIENCE).expect("room");
        a.send_with_fds(b"a socket", &FdRefs::of([inner.1.as_fd(), inner.0.as_fd()]), PATIENCE)
            .expect("room");
        drop(inner);
        let (mut buf, mut slots) = ([0; DEFAULT_LIMIT], FdSlots::<2>::new());
        assert_eq!((b.recv_with_fds(&mut buf, &mut slots, PATIENCE), slots.len()), (Ok(8), 2));
        if taken {
            let far = Stream::attach(slots.take(0).expect("the first")).expect("a stream");
            let mut three = FdSlots::<3>::new();
            let mut n = 0;
            while n < 7 {
                n += far.read_with_fds(&mut buf, &mut three, PATIENCE).expect("what is in its queue");
            }
            assert_eq!(three.len(), 3);
        }
        drop(slots);
        canary.assert_gone();
    }
}

/// Each of two carries the other, and nobody else has them any more.
fn a_ring_of_sockets_that_carry_each_other_is_let_go() {
    let canary = Canary::new();
    let (mut a, mut b) = Seqpacket::pair().expect("pair");
    let (aa, bb) = (fds::duplicate(raw(&a)), fds::duplicate(raw(&b)));
    a.send_with_fds(b"b", &FdRefs::of([borrowed(&bb), canary.end()]), PATIENCE).expect("room");
    b.send_with_fds(b"a", &FdRefs::of([borrowed(&aa), canary.end()]), PATIENCE).expect("room");
    drop((a, b, aa, bb));
    canary.assert_gone();
}

fn a_killed_sender_leaves_none_behind() {
    for _ in 0..20 {
        let canary = Canary::new();
        let mut pair = Pair::all().into_iter().nth(1).expect("three");
        let child = Child::spawn(|| {
            while pair.put(b"some", &lent(canary.end(), 7)).is_ok() {}
            loop {
                os::process::nap(Duration::from_secs(60));
            }
        });
        let (mut buf, mut slots) = ([0; DEFAULT_LIMIT], FdSlots::<7>::new());
        let before = fds::own();
        loop {
            match pair.take(&mut buf, &mut slots) {
                Ok(n) => {
                    assert_eq!((n, slots.len()), (4, 7));
                    break;
                }
                Err(e) => assert_eq!(e.errno(), Errno::AGAIN),
            }
        }
        child.kill();
        slots.clear();
        assert_eq!(fds::own(), before);
        drop(pair);
        canary.assert_gone();
    }
}

/// Another holder of the socket has asked the kernel for pidfds and credentials, which we have not.
fn what_others_asked_for_is_closed_too() {
    const SO_PASSPIDFD: i32 = 76;
    for option in [SO_PASSPIDFD, libc::SO_PASSCRED] {
        for mut pair in Pair::all() {
            set(raw(&pair.receiver()), option);
            let canary = Canary::new();
            let before = fds::own();
            let mut buf = [0; DEFAULT_LIMIT];
            for sent in [0, 1, 2, 3, 16] {
                for room in [0, 1, 2, 8, 16] {
                    let mut memory = [0u64; 20];
                    // SAFETY: aligned, large enough, and used by nobody else.
                    let slots = unsafe { Slots::init(memory.as_mut_ptr().cast(), room) };
                    pair.put(b"some", &lent(canary.end(), sent)).expect("room");
                    match pair.take(&mut buf, slots) {
                        Ok(n) => assert_eq!((n, slots.len()), (4, sent)),
                        Err(e) => assert!(
                            slots.is_empty() && e.needed() == Some(4) && sent + 8 > room,
                            "{sent} into {room}: {e}"
                        ),
                    }
                    slots.clear();
                }
            }
            assert_eq!(fds::own(), before);
            drop(pair);
            canary.assert_gone();
        }
    }
}

fn set(fd: i32, option: i32) {
    let on = 1i32;
    // SAFETY: an int.
    unsafe { libc::setsockopt(fd, libc::SOL_SOCKET, option, (&raw const on).cast(), 4) };
}
