//! Descriptors that travel, over each kind of socket.

use std::os::fd::RawFd;

use rawipc::fd::{AsFd, BorrowedFd};
use rawipc::socket::{Address, DEFAULT_LIMIT, Datagram, FdRefs, FdSlots, Refs, Seqpacket, Slots, Stream};
use rawipc::{ByteWrite, Errno, Sender, Wait};

use super::path;
use super::seqpacket::{LOOKS, unjudged};
use crate::cases::pipe::drop_of;
use crate::cases::room;
use crate::cases::waiting::{Peer, Waiting};
use crate::scenario::{Outcome, Scenarios, Stage};

pub fn cases(s: &mut Scenarios) {
    slots(s);
    sending::<Stream>(s);
    sending::<Seqpacket>(s);
    sending::<Datagram>(s);
    sending_to(s);
    receiving::<Stream>(s);
    receiving::<Seqpacket>(s);
    receiving::<Datagram>(s);
    receiving::<Named>(s);
    ends(s);
    waits(s);
}

const WHOLE: usize = DEFAULT_LIMIT;
const SMALL: usize = 8;

/// What the kinds have in common, and their names for it.
trait Carrier: AsFd + Send + Sized + 'static {
    const PUT: [&'static str; 2];
    const TAKE: [&'static str; 2];
    fn pair() -> rawipc::Result<(Self, Self)>;
    fn put(&mut self, msg: &[u8], fds: &Refs<'_>, wait: Option<Wait>) -> rawipc::Result<()>;
    fn take(&mut self, buf: &mut [u8], fds: &mut Slots, wait: Option<Wait>) -> rawipc::Result<usize>;
}

impl Carrier for Stream {
    const PUT: [&'static str; 2] = ["socket::Stream::write_with_fds", "socket::Stream::try_write_with_fds"];
    const TAKE: [&'static str; 2] = ["socket::Stream::read_with_fds", "socket::Stream::try_read_with_fds"];
    fn pair() -> rawipc::Result<(Self, Self)> {
        Stream::pair()
    }
    fn put(&mut self, msg: &[u8], fds: &Refs<'_>, wait: Option<Wait>) -> rawipc::Result<()> {
        match wait {
            Some(wait) => self.write_with_fds(msg, fds, wait).map(drop),
            None => self.try_write_with_fds(msg, fds).map(drop),
        }
    }
    fn take(&mut self, buf: &mut [u8], fds: &mut Slots, wait: Option<Wait>) -> rawipc::Result<usize> {
        match wait {
            Some(wait) => self.read_with_fds(buf, fds, wait),
            None => self.try_read_with_fds(buf, fds),
        }
    }
}

impl Carrier for Seqpacket {
    const PUT: [&'static str; 2] =
        ["socket::Seqpacket::send_with_fds", "socket::Seqpacket::try_send_with_fds"];
    const TAKE: [&'static str; 2] =
        ["socket::Seqpacket::recv_with_fds", "socket::Seqpacket::try_recv_with_fds"];
    fn pair() -> rawipc::Result<(Self, Self)> {
        let (mut a, b) = Seqpacket::pair()?;
        a.set_limit(WHOLE + 1)?;
        Ok((a, b))
    }
    fn put(&mut self, msg: &[u8], fds: &Refs<'_>, wait: Option<Wait>) -> rawipc::Result<()> {
        match wait {
            Some(wait) => self.send_with_fds(msg, fds, wait),
            None => self.try_send_with_fds(msg, fds),
        }
    }
    fn take(&mut self, buf: &mut [u8], fds: &mut Slots, wait: Option<Wait>) -> rawipc::Result<usize> {
        match wait {
            Some(wait) => self.recv_with_fds(buf, fds, wait),
            None => self.try_recv_with_fds(buf, fds),
        }
    }
}

impl Carrier for Datagram {
    const PUT: [&'static str; 2] = ["socket::Datagram::send_with_fds", "socket::Datagram::try_send_with_fds"];
    const TAKE: [&'static str; 2] =
        ["socket::Datagram::recv_with_fds", "socket::Datagram::try_recv_with_fds"];
    fn pair() -> rawipc::Result<(Self, Self)> {
        let (mut a, b) = Datagram::pair()?;
        a.set_limit(WHOLE + 1)?;
        Ok((a, b))
    }
    fn put(&mut self, msg: &[u8], fds: &Refs<'_>, wait: Option<Wait>) -> rawipc::Result<()> {
        match wait {
            Some(wait) => self.send_with_fds(msg, fds, wait),
            None => self.try_send_with_fds(msg, fds),
        }
    }
    fn take(&mut self, buf: &mut [u8], fds: &mut Slots, wait: Option<Wait>) -> rawipc::Result<usize> {
        match wait {
            Some(wait) => self.recv_with_fds(buf, fds, wait),
            None => self.try_recv_with_fds(buf, fds),
        }
    }
}

/// A datagram socket that is told who sent.
struct Named(Datagram);

impl AsFd for Named {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Carrier for Named {
    const PUT: [&'static str; 2] = Datagram::PUT;
    const TAKE: [&'static str; 2] =
        ["socket::Datagram::recv_from_with_fds", "socket::Datagram::try_recv_from_with_fds"];
    fn pair() -> rawipc::Result<(Self, Self)> {
        let (a, b) = <Datagram as Carrier>::pair()?;
        Ok((Named(a), Named(b)))
    }
    fn put(&mut self, msg: &[u8], fds: &Refs<'_>, wait: Option<Wait>) -> rawipc::Result<()> {
        self.0.put(msg, fds, wait)
    }
    fn take(&mut self, buf: &mut [u8], fds: &mut Slots, wait: Option<Wait>) -> rawipc::Result<usize> {
        match wait {
            Some(wait) => self.0.recv_from_with_fds(buf, fds, wait).map(|(n, _)| n),
            None => self.0.try_recv_from_with_fds(buf, fds).map(|(n, _)| n),
        }
    }
}

/// The two ways of each call: waiting, and not.
const WAYS: [Option<Wait>; 2] = [Some(Wait::FOREVER), None];

fn slots(s: &mut Scenarios) {
    for held in [0, 2] {
        s.case("socket::Slots", if held == 0 { "drop, empty" } else { "drop" }, move |t| {
            drop_of(t, filled(held)?)
        });
        s.case("socket::Slots::clear", if held == 0 { "empty" } else { "ok" }, move |t| {
            t.ok_with(filled(held)?, |fds| {
                fds.clear();
                Ok(())
            })
        });
    }
}

/// Slots with so many descriptors in them.
fn filled(held: usize) -> Outcome<FdSlots<4>> {
    let (mut a, mut b) = Seqpacket::pair()?;
    let fd = b.as_fd();
    let mut lent = FdRefs::<4>::new();
    for _ in 0..held {
        lent.push(fd)?;
    }
    a.try_send_with_fds(b"some", &lent)?;
    let mut fds = FdSlots::new();
    b.try_recv_with_fds(&mut [0; SMALL], &mut fds)?;
    Ok(fds)
}

fn full<C: Carrier>() -> Outcome<(C, C)> {
    let (mut a, b) = C::pair()?;
    while a.put(&[0; 4096], &FdRefs::<0>::new(), None).is_ok() {}
    Ok((a, b))
}

fn sending<C: Carrier>(s: &mut Scenarios) {
    for (function, wait) in C::PUT.into_iter().zip(WAYS) {
        s.case(function, "room", move |t| {
            let (mut a, b) = C::pair()?;
            t.ok(|| a.put(b"some", &FdRefs::of([b.as_fd(), b.as_fd()]), wait))
        });
        s.case(function, "the peer is gone", move |t| {
            let (mut a, b) = C::pair()?;
            drop(b);
            t.err(Errno::PIPE, || a.put(b"some", &FdRefs::<0>::new(), wait))
        });
        s.case(function, "refused", move |t| {
            let (mut a, b) = C::pair()?;
            t.err(Errno::INVAL, || a.put(b"some", &FdRefs::of([b.as_fd(); 254]), wait))
        });
        s.case(function, "refused", move |t| {
            let (mut a, _b) = C::pair()?;
            t.err(Errno::INVAL, || a.put(b"", &FdRefs::<0>::new(), wait))
        });
    }
    s.case(C::PUT[1], "no room", |t| {
        let (mut a, b) = full::<C>()?;
        t.err(Errno::AGAIN, || a.put(b"some", &FdRefs::of([b.as_fd()]), None))
    });
}

/// A message for one whose queue is full, by its name.
struct Post {
    from: Datagram,
    to: Address,
}

fn crowded(t: &Stage) -> Outcome<(Post, Peer)> {
    let to = path(t)?;
    let (mut receiver, from) = (Datagram::bind(&to)?, Datagram::unbound()?);
    while from.try_send_to(&to, b"x").is_ok() {}
    let mut fds = FdSlots::<1>::new();
    let empty = move || while receiver.try_recv_with_fds(&mut [0; SMALL], &mut fds).is_ok() {};
    Ok((Post { from, to }, Box::new(empty)))
}

fn sending_to(s: &mut Scenarios) {
    static SEND_TO: Waiting<Post> = Waiting {
        function: "socket::Datagram::send_to_with_fds",
        prefix: "",
        polls: 1,
        pauses: true,
        make: crowded,
        call: |Post { from, to }, wait| from.send_to_with_fds(to, b"some", &FdRefs::of([from.as_fd()]), wait),
    };
    SEND_TO.cases(s);
    type Send = fn(&Datagram, &Address, &[u8], &Refs<'_>) -> rawipc::Result<()>;
    let ways: [(&str, Send); 2] = [
        ("socket::Datagram::send_to_with_fds", |d, to, msg, fds| {
            d.send_to_with_fds(to, msg, fds, Wait::FOREVER)
        }),
        ("socket::Datagram::try_send_to_with_fds", |d, to, msg, fds| d.try_send_to_with_fds(to, msg, fds)),
    ];
    for (function, send) in ways {
        s.case(function, "room", move |t| {
            let to = path(t)?;
            let _receiver = Datagram::bind(&to)?;
            t.ok_with(Datagram::unbound()?, |d| send(d, &to, b"some", &FdRefs::of([d.as_fd()])))
        });
        s.case(function, "an error", move |t| {
            let (to, d) = (path(t)?, Datagram::unbound()?);
            t.err(Errno::NOENT, || send(&d, &to, b"some", &FdRefs::of([d.as_fd()])))
        });
        s.case(function, "refused", move |t| {
            let d = Datagram::unbound()?;
            t.err(Errno::INVAL, || send(&d, d.address(), b"some", &FdRefs::of([d.as_fd()])))
        });
    }
    s.case("socket::Datagram::try_send_to_with_fds", "no room", |t| {
        let (Post { from, to }, _peer) = crowded(t)?;
        t.err(Errno::AGAIN, || from.try_send_to_with_fds(&to, b"some", &FdRefs::of([from.as_fd()])))
    });
}

/// What comes, and what a receive makes of it.
#[derive(Clone, Copy)]
struct Story {
    case: &'static str,
    sent: Option<&'static [u8]>,
    fds: usize,
    room: usize,
    reset: bool,
    /// How many more descriptors this process can open, where it is not as many as there is room for.
    left: Option<usize>,
    says: Result<usize, Errno>,
}

const fn story(case: &'static str, sent: Option<&'static [u8]>, says: Result<usize, Errno>) -> Story {
    Story { case, sent, fds: 0, room: WHOLE, reset: false, left: None, says }
}

const SOME: Option<&[u8]> = Some(b"some");
const LONGER: Option<&[u8]> = Some(b"longer than the buffer");
const TOO_LONG: Option<&[u8]> = Some(&[7; WHOLE + 1]);

/// Of all of them.
const STORIES: &[Story] = &[
    story("ready", SOME, Ok(4)),
    Story { fds: 2, ..story("ready", SOME, Ok(4)) },
    story("nothing there", None, Err(Errno::AGAIN)),
    Story { fds: 3, ..story("too many descriptors", SOME, Err(Errno::TOOBIG)) },
    Story { fds: 2, left: Some(1), ..story("no descriptors left", SOME, Err(Errno::MFILE)) },
    Story { fds: 2, left: Some(0), ..story("not one descriptor left", SOME, Err(Errno::MFILE)) },
];

/// Of those that keep messages apart.
const MESSAGES: &[Story] = &[
    Story { room: SMALL, fds: 2, ..story("small", SOME, Ok(4)) },
    Story { room: SMALL, ..story("small, nothing there", None, Err(Errno::AGAIN)) },
    Story { room: SMALL, fds: 2, ..story("too small", LONGER, Err(Errno::MSGSIZE)) },
    story("above the limit", TOO_LONG, Err(Errno::BADMSG)),
    Story { fds: 2, ..story("above the limit, with descriptors", TOO_LONG, Err(Errno::BADMSG)) },
    Story { reset: true, ..story("reset", SOME, Ok(4)) },
    Story { reset: true, room: SMALL, ..story("small, reset", SOME, Ok(4)) },
    Story { reset: true, room: SMALL, ..story("too small, reset", LONGER, Err(Errno::MSGSIZE)) },
    Story { fds: 3, room: SMALL, ..story("too many descriptors, small", SOME, Err(Errno::TOOBIG)) },
];

/// Of those without an end.
const ENDLESS: &[Story] = &[
    story("empty", Some(b""), Err(Errno::BADMSG)),
    Story { fds: 1, ..story("empty, with descriptors", Some(b""), Err(Errno::BADMSG)) },
    Story { fds: 1, room: SMALL, ..story("empty, with descriptors, small", Some(b""), Err(Errno::BADMSG)) },
    Story { reset: true, ..story("reset, nothing there", None, Err(Errno::AGAIN)) },
    Story { reset: true, room: SMALL, ..story("small, reset, nothing there", None, Err(Errno::AGAIN)) },
];

const WITH_END: &[Story] = &[
    story("empty message", Some(b""), Err(Errno::BADMSG)),
    Story { room: SMALL, ..story("empty message, small", Some(b""), Err(Errno::BADMSG)) },
    Story { fds: 1, ..story("empty message with descriptors", Some(b""), Err(Errno::BADMSG)) },
    Story {
        fds: 1,
        room: SMALL,
        ..story("empty message with descriptors, small", Some(b""), Err(Errno::BADMSG))
    },
];

fn receiving<C: Carrier>(s: &mut Scenarios) {
    let mut stories = STORIES.to_vec();
    if C::TAKE[0].contains("::recv") {
        stories.extend(MESSAGES);
        stories.extend(if C::TAKE[0].contains("Seqpacket") { WITH_END } else { ENDLESS });
    }
    let cases = |case, function: &'static str, wait, story: Story, s: &mut Scenarios| {
        s.case(function, case, move |t| {
            let (mut a, mut b) = C::pair()?;
            if let Some(msg) = story.sent {
                send_raw(&a, msg, story.fds);
            }
            if story.reset {
                t.refuse(if story.room == SMALL { "recvfrom" } else { "recvmsg" }, 1, Errno::CONNRESET);
            }
            let mut small = [0; SMALL];
            let mut fds = FdSlots::<2>::new();
            let buf = if story.room == SMALL { &mut small[..] } else { room() };
            let limit = story.left.map(Few::left);
            let answer = match story.says {
                Ok(n) => t.gives(n, || b.take(buf, &mut fds, wait)),
                Err(errno) => t.err(errno, || b.take(buf, &mut fds, wait)),
            };
            drop(limit);
            // The far end of the channel is there until here.
            let _ = a.put(b"", &FdRefs::<0>::new(), None);
            answer
        });
    };
    for story in stories {
        cases(story.case, C::TAKE[1], None, story, s);
        if story.sent.is_some() {
            cases("at once", C::TAKE[0], Some(Wait::FOREVER), story, s);
        }
    }
    for (function, wait) in C::TAKE.into_iter().zip(WAYS) {
        let case = if wait.is_some() { "at once" } else { "too many descriptors, for no room" };
        s.case(function, case, move |t| {
            let (a, mut b) = C::pair()?;
            send_raw(&a, b"some", 1);
            t.err(Errno::TOOBIG, || b.take(room(), &mut FdSlots::<0>::new(), wait))
        });
        s.case(function, "refused", move |t| {
            let (_a, mut b) = C::pair()?;
            let mut held = filled(1)?;
            t.err(Errno::INVAL, || b.take(room(), &mut held, wait))
        });
    }
}

fn ends(s: &mut Scenarios) {
    s.case("socket::Stream::try_read_with_fds", "end", |t| {
        let (mut a, mut fds) = (Stream::pair()?.0, FdSlots::<1>::new());
        t.gives(0, || a.take(&mut [0; SMALL], &mut fds, None))
    });
    s.case("socket::Stream::try_read_with_fds", "refused", |t| {
        let (mut a, _b) = Stream::pair()?;
        t.err(Errno::INVAL, || a.take(&mut [], &mut FdSlots::<1>::new(), None))
    });
    s.case("socket::Stream::try_read_with_fds", "the peer closed with bytes unread", |t| {
        let (mut a, b) = Stream::pair()?;
        a.try_write(b"never read")?;
        drop(b);
        let mut fds = FdSlots::<1>::new();
        t.gives(0, || a.take(&mut [0; SMALL], &mut fds, None))
    });
    for (sent, small, reset, case) in [
        (false, false, false, "end"),
        (false, true, false, "end, small"),
        (false, false, true, "end, reset"),
        (false, true, true, "end, small, reset"),
        (true, false, false, "empty message, and the peer is gone"),
        (true, true, false, "empty message, and the peer is gone, small"),
    ] {
        s.case("socket::Seqpacket::try_recv_with_fds", case, move |t| {
            let (mut a, b) = Seqpacket::pair()?;
            if sent {
                send_raw(&b, b"", 0);
                send_raw(&b, b"behind it", 0);
            }
            if reset {
                a.try_send(b"never read")?;
            }
            drop(b);
            let mut few = [0; SMALL];
            let buf = if small { &mut few[..] } else { room() };
            let mut fds = FdSlots::<1>::new();
            match sent {
                false => t.gives(0, || a.take(buf, &mut fds, None)),
                true => t.err(Errno::BADMSG, || a.take(buf, &mut fds, None)),
            }
        });
    }
    for (case, gone, look) in LOOKS {
        s.case("socket::Seqpacket::try_recv_with_fds", case, move |t| {
            let (mut a, _b) = unjudged(t, gone, look)?;
            let mut fds = FdSlots::<1>::new();
            t.answers((!gone).then_some(Errno::BADMSG), || a.take(room(), &mut fds, None))
        });
    }
    for (function, wait) in <Seqpacket as Carrier>::TAKE.into_iter().zip(WAYS) {
        s.case(function, "corrupt", move |t| {
            let (mut a, b) = Seqpacket::pair()?;
            send_raw(&b, b"", 0);
            let mut fds = FdSlots::<1>::new();
            assert!(a.take(room(), &mut fds, None).is_err());
            t.err(Errno::BADMSG, || a.take(room(), &mut fds, wait))
        });
    }
}

fn writing<C: Carrier>(_: &Stage) -> Outcome<(C, Peer)> {
    let (a, mut b) = full::<C>()?;
    let mut fds = FdSlots::<1>::new();
    // A stream is not writable before much of it was read.
    Ok((a, Box::new(move || while b.take(&mut [0; WHOLE], &mut fds, None).is_ok() {})))
}

fn reading<C: Carrier>(_: &Stage) -> Outcome<((C, FdSlots<1>), Peer)> {
    let (mut a, b) = C::pair()?;
    let send = move || assert!(a.put(b"some", &FdRefs::<0>::new(), None).is_ok());
    Ok(((b, FdSlots::new()), Box::new(send)))
}

fn waits(s: &mut Scenarios) {
    const fn send<C: Carrier>() -> Waiting<C> {
        let call = |a: &mut C, wait| a.put(b"some", &FdRefs::<0>::new(), Some(wait));
        Waiting { function: C::PUT[0], prefix: "", polls: 1, pauses: false, make: writing::<C>, call }
    }
    const fn recv<C: Carrier>() -> Waiting<(C, FdSlots<1>)> {
        let call = |(b, fds): &mut (C, FdSlots<1>), wait| b.take(room(), fds, Some(wait)).map(drop);
        Waiting { function: C::TAKE[0], prefix: "", polls: 1, pauses: false, make: reading::<C>, call }
    }
    static STREAM: (Waiting<Stream>, Waiting<(Stream, FdSlots<1>)>) = (send(), recv());
    static SEQPACKET: (Waiting<Seqpacket>, Waiting<(Seqpacket, FdSlots<1>)>) = (send(), recv());
    static DATAGRAM: (Waiting<Datagram>, Waiting<(Datagram, FdSlots<1>)>) = (send(), recv());
    static NAMED: Waiting<(Named, FdSlots<1>)> = recv();
    STREAM.0.cases(s);
    STREAM.1.cases(s);
    SEQPACKET.0.cases(s);
    SEQPACKET.1.cases(s);
    DATAGRAM.0.cases(s);
    DATAGRAM.1.cases(s);
    NAMED.cases(s);
}

/// A message with so many descriptors, by who keeps to no rule.
fn send_raw(socket: &impl AsFd, msg: &[u8], fds: usize) {
    use rawipc::fd::AsRawFd;
    let fd: RawFd = socket.as_fd().as_raw_fd();
    let mut control = [0u64; 16];
    // SAFETY: zeros are a valid header.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    let mut part = libc::iovec { iov_base: msg.as_ptr().cast_mut().cast(), iov_len: msg.len() };
    (header.msg_iov, header.msg_iovlen) = (&raw mut part, 1);
    if fds > 0 {
        let bytes = 4 * fds as u32;
        header.msg_control = control.as_mut_ptr().cast();
        // SAFETY: arithmetic.
        header.msg_controllen = unsafe { libc::CMSG_SPACE(bytes) } as usize;
        // SAFETY: there is room for a header.
        let cmsg = unsafe { &mut *libc::CMSG_FIRSTHDR(&raw const header) };
        (cmsg.cmsg_level, cmsg.cmsg_type) = (libc::SOL_SOCKET, libc::SCM_RIGHTS);
        // SAFETY: arithmetic.
        cmsg.cmsg_len = unsafe { libc::CMSG_LEN(bytes) } as usize;
        // SAFETY: as long as it says.
        let data = unsafe { std::slice::from_raw_parts_mut(libc::CMSG_DATA(cmsg).cast::<RawFd>(), fds) };
        data.fill(fd);
    }
    // SAFETY: all of it lives here.
    let n = unsafe { libc::sendmsg(fd, &raw const header, libc::MSG_NOSIGNAL) };
    assert_eq!(n, msg.len() as isize);
}

/// A limit on descriptors, until it is dropped.
struct Few(libc::rlimit);

impl Few {
    /// So many more can be opened.
    fn left(n: usize) -> Few {
        let mut before = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: one limit, written.
        unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut before) };
        // SAFETY: no pointers.
        let next = unsafe { libc::fcntl(0, libc::F_DUPFD_CLOEXEC, 0) };
        // SAFETY: just made.
        unsafe { libc::close(next) };
        let few = libc::rlimit { rlim_cur: (next as usize + n) as libc::rlim_t, ..before };
        // SAFETY: one limit, read.
        unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const few) };
        Few(before)
    }
}

impl Drop for Few {
    fn drop(&mut self) {
        // SAFETY: one limit, read.
        unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const self.0) };
    }
}
