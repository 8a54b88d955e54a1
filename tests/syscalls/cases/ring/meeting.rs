//! Two strangers that meet over a socket: each kind of meeting has the rows of its parts.

use std::mem::forget;

use rawipc::ring::{self, Consumer, Producer};
use rawipc::socket::{Seqpacket, Stream};
use rawipc::{ByteRead, ByteWrite, Errno, Wait, pipe};

use super::CAPACITY;
use super::offer::{
    ALL_SEALS, CONSUMES, GRAIN, Offer, PRODUCES, behind, bell, epoll, memory, read_only, sealed,
};
use crate::cases::room;
use crate::cases::waiting::{Peer, Waiting};
use crate::scenario::{LONG, Outcome, Scenarios, Stage};

pub fn cases(s: &mut Scenarios) {
    all(s, &PRODUCER, &WAITS_PRODUCER);
    all(s, &CONSUMER, &WAITS_CONSUMER);
    all(s, &BOTH, &WAITS_BOTH);
}

/// One kind of meeting.
struct Meeting {
    function: &'static str,
    /// What the other side does.
    role: u8,
    call: fn(&Stream, Wait) -> rawipc::Result<()>,
    refused: Option<fn(&Stream) -> rawipc::Result<()>>,
    /// What the kernel may refuse: the case, the call, and which of them.
    refusals: &'static [(&'static str, &'static str, u64)],
    /// How many descriptors of memory are made.
    memories: u64,
}

fn produce(socket: &Stream, wait: Wait) -> rawipc::Result<()> {
    Producer::meet(socket, CAPACITY, wait).map(forget)
}

fn consume(socket: &Stream, wait: Wait) -> rawipc::Result<()> {
    Consumer::meet(socket, wait).map(forget)
}

fn do_both(socket: &Stream, wait: Wait) -> rawipc::Result<()> {
    ring::meet(socket, CAPACITY, wait).map(forget)
}

static PRODUCER: Meeting = Meeting {
    function: "ring::Producer::meet",
    role: CONSUMES,
    call: produce,
    refused: Some(|socket| Producer::meet(socket, 0, LONG).map(forget)),
    refusals: &[
        ("no line", "socketpair", 1),
        ("no bell", "eventfd2", 1),
        ("a bell without a count", "write", 1),
        ("no page for a mark", "mmap", 1),
        ("a mark is refused", "madvise", 1),
        ("no descriptor for the memory", "memfd_create", 1),
        ("no memory", "fallocate", 1),
        ("sealing the size fails", "fcntl", 1),
        ("no mapping", "mmap", 2),
        ("no second mapping", "mmap", 3),
        ("sealing writes fails", "fcntl", 2),
        ("its memory cannot be mapped", "mmap", 4),
        ("no epoll", "epoll_create1", 1),
        ("nothing to be added to it", "epoll_ctl", 1),
        ("nothing more to be added to it", "epoll_ctl", 2),
    ],
    memories: 1,
};

static CONSUMER: Meeting = Meeting {
    function: "ring::Consumer::meet",
    role: PRODUCES,
    call: consume,
    refused: None,
    refusals: &[
        ("no bell", "eventfd2", 1),
        ("a bell without a count", "write", 1),
        ("no page for a mark", "mmap", 1),
        ("a mark is refused", "madvise", 1),
        ("no descriptor for the memory", "memfd_create", 1),
        ("no memory", "fallocate", 1),
        ("sealing the size fails", "fcntl", 1),
        ("no mapping", "mmap", 2),
        ("sealing writes fails", "fcntl", 2),
        ("its memory cannot be mapped", "mmap", 3),
        ("its memory cannot be mapped twice", "mmap", 4),
        ("no epoll", "epoll_create1", 1),
        ("nothing to be added to it", "epoll_ctl", 1),
        ("nothing more to be added to it", "epoll_ctl", 2),
    ],
    memories: 1,
};

static BOTH: Meeting = Meeting {
    function: "ring::meet",
    role: PRODUCES | CONSUMES,
    call: do_both,
    refused: Some(|socket| ring::meet(socket, 0, LONG).map(forget)),
    refusals: &[
        ("no line", "socketpair", 1),
        ("no bell", "eventfd2", 1),
        ("a bell without a count", "write", 1),
        ("no page for a mark", "mmap", 1),
        ("a mark is refused", "madvise", 1),
        ("no descriptor for the memory", "memfd_create", 1),
        ("no memory", "fallocate", 1),
        ("sealing the size fails", "fcntl", 1),
        ("no mapping", "mmap", 2),
        ("no second mapping", "mmap", 3),
        ("sealing writes fails", "fcntl", 2),
        ("no second bell", "eventfd2", 2),
        ("a second bell without a count", "write", 2),
        ("no page for the second mark", "mmap", 4),
        ("the second mark is refused", "madvise", 2),
        ("none left for the second memory", "memfd_create", 2),
        ("no memory for the second", "fallocate", 2),
        ("sealing the second size fails", "fcntl", 3),
        ("no third mapping", "mmap", 5),
        ("sealing writes to the second fails", "fcntl", 4),
        ("its memory cannot be mapped", "mmap", 6),
        ("its memory cannot be mapped twice", "mmap", 7),
        ("its second memory cannot be mapped", "mmap", 8),
        ("no epoll", "epoll_create1", 1),
        ("nothing to be added to it", "epoll_ctl", 1),
        ("nothing more to be added to it", "epoll_ctl", 2),
        ("no second epoll", "epoll_create1", 2),
        ("nothing to be added to the second", "epoll_ctl", 3),
        ("nothing more to be added to the second", "epoll_ctl", 4),
    ],
    memories: 2,
};

fn all(s: &mut Scenarios, m: &'static Meeting, waits: &'static [Waiting<Socket>; 2]) {
    let offer = || Offer::sound(m.role, CAPACITY);
    let with = move |t: &Stage, offer: &Offer, errno: Option<Errno>| -> Outcome {
        let (ours, theirs) = Stream::pair()?;
        offer.put(&theirs);
        let answer = t.answers(errno, || (m.call)(&ours, LONG));
        drop(theirs);
        answer
    };
    s.case(m.function, "ok", move |t| with(t, &offer(), None));
    s.case(m.function, "ok", move |t| with(t, &offer().saying(9, 0), None));
    s.case(m.function, "no membarrier", move |t| {
        t.refuse("membarrier", 1, Errno::NOSYS);
        with(t, &offer(), None)
    });
    s.case(m.function, "before 6.3", move |t| {
        let offer = offer();
        for nth in 0..m.memories {
            t.refuse("memfd_create", 2 * nth + 1, Errno::INVAL);
        }
        with(t, &offer, None)
    });
    s.case(m.function, "signals come", move |t| {
        let offer = offer();
        for nth in 0..m.memories {
            t.refuse("fallocate", 3 * nth + 1, Errno::INTR);
            t.refuse("fallocate", 3 * nth + 2, Errno::INTR);
        }
        with(t, &offer, None)
    });
    for &(case, call, nth) in m.refusals {
        s.case(m.function, case, move |t| {
            let (ours, theirs) = Stream::pair()?;
            offer().put(&theirs);
            t.refuse(call, nth, Errno::NOMEM);
            t.err(Errno::NOMEM, || (m.call)(&ours, LONG))
        });
    }
    if let Some(refused) = m.refused {
        s.case(m.function, "refused", move |t| {
            let (ours, _theirs) = Stream::pair()?;
            t.err(Errno::INVAL, || refused(&ours))
        });
    }
    hostile(s, m);
    for waits in waits {
        waits.cases(s);
    }
}

/// What another side may do.
fn hostile(s: &mut Scenarios, m: &'static Meeting) {
    let mut bad = |case: &str, errno: Errno, spoil: fn(Offer, usize) -> Offer, at: usize| {
        s.case(m.function, case, move |t| {
            let (ours, theirs) = Stream::pair()?;
            let offer = spoil(Offer::sound(m.role, CAPACITY), at);
            offer.put(&theirs);
            let answer = t.err(errno, || (m.call)(&ours, LONG));
            drop(theirs);
            answer
        });
    };
    bad("no greeting", Errno::PROTO, |o, _| o.saying(0, b'R'), 0);
    bad("no greeting", Errno::PROTO, |o, _| o.saying(7, 1), 0);
    bad("no greeting", Errno::PROTO, |o, _| o.saying(8, 4), 0);
    bad("no greeting", Errno::PROTO, |o, _| o.saying(10, 3), 0);
    bad("no greeting", Errno::PROTO, |o, _| o.saying(11, 31), 0);
    bad("no greeting", Errno::PROTO, |o, _| o.saying(15, 1), 0);
    bad(
        "too few descriptors",
        Errno::PROTO,
        |mut o, _| {
            o.fds.pop();
            o
        },
        0,
    );
    bad(
        "too many descriptors",
        Errno::TOOBIG,
        |mut o, _| {
            o.fds.push(bell());
            o
        },
        0,
    );
    bad(
        "no descriptors",
        Errno::PROTO,
        |mut o, _| {
            o.fds.clear();
            o
        },
        0,
    );
    let mut at = 0;
    if m.role & PRODUCES != 0 {
        const LEN: usize = GRAIN + CAPACITY;
        bad(
            "its memory is not sealed",
            Errno::BADMSG,
            |o, _| o.with(0, memory(LEN, libc::F_SEAL_SHRINK, true)),
            0,
        );
        bad("its memory is not sealed", Errno::BADMSG, |o, _| o.with(0, bell()), 0);
        bad("its memory is of another size", Errno::BADMSG, |o, _| o.with(0, sealed(LEN + GRAIN).0), 0);
        bad("its memory is of another size", Errno::BADMSG, |o, _| o.with(0, read_only(sealed(LEN).0)), 0);
        bad("its memory has holes", Errno::BADMSG, |o, _| o.with(0, memory(LEN, ALL_SEALS, false)), 0);
        bad("its memory has holes", Errno::BADMSG, |o, _| o.with(0, behind(LEN)), 0);
        bad("its bell is none", Errno::BADMSG, |o, _| o.with(1, pipe::pair().unwrap().1.into_fd()), 0);
        bad("its bell is an epoll", Errno::BADMSG, |o, _| o.with(1, epoll()), 0);
        bad("its line is none", Errno::BADMSG, |o, _| o.with(2, bell()), 0);
        bad(
            "its line is of another type",
            Errno::BADMSG,
            |o, _| o.with(2, Seqpacket::pair().unwrap().0.into_fd()),
            0,
        );
        at = 3;
    }
    if m.role & CONSUMES != 0 {
        let second = |case: &'static str| {
            if at == 0 { case.to_string() } else { case.replacen("its", "its second", 1) }
        };
        bad(
            &second("its memory is not sealed"),
            Errno::BADMSG,
            |o, at| o.with(at, memory(GRAIN, libc::F_SEAL_SHRINK, true)),
            at,
        );
        bad(
            &second("its memory is of another size"),
            Errno::BADMSG,
            |o, at| o.with(at, sealed(2 * GRAIN).0),
            at,
        );
        bad(&second("its memory has holes"), Errno::BADMSG, |o, at| o.with(at, behind(GRAIN)), at);
        bad(
            &second("its bell is none"),
            Errno::BADMSG,
            |o, at| o.with(at + 1, pipe::pair().unwrap().1.into_fd()),
            at,
        );
        bad(&second("its bell is an epoll"), Errno::BADMSG, |o, at| o.with(at + 1, epoll()), at);
    }
    let offer = || Offer::sound(m.role, CAPACITY);
    s.case(m.function, "its memory is of huge pages", move |t| {
        let (ours, theirs) = Stream::pair()?;
        offer().put(&theirs);
        t.refuse("fstatfs", 1, Errno::IO);
        t.err(Errno::IO, || (m.call)(&ours, LONG))
    });
    if at == 3 && m.role & CONSUMES != 0 {
        s.case(m.function, "its second memory is of huge pages", move |t| {
            let (ours, theirs) = Stream::pair()?;
            offer().put(&theirs);
            t.refuse("fstatfs", 2, Errno::IO);
            t.err(Errno::IO, || (m.call)(&ours, LONG))
        });
        for (case, which) in [
            ("its memory is our own", c"rawipc-producer"),
            ("its second memory is our own", c"rawipc-consumer"),
        ] {
            s.case(m.function, case, move |t| reflected(t, m, which));
        }
    }
    s.case(m.function, "gone from the start", move |t| {
        let (ours, theirs) = Stream::pair()?;
        drop(theirs);
        t.err(Errno::PIPE, || (m.call)(&ours, LONG))
    });
    s.case(m.function, "it says nothing, and ends", move |t| {
        let (ours, theirs) = Stream::pair()?;
        theirs.shutdown_write()?;
        t.err(Errno::PIPE, || (m.call)(&ours, LONG))
    });
    s.case(m.function, "it leaves without a look", move |t| {
        let (ours, theirs) = Stream::pair()?;
        let mut theirs = Some(theirs);
        t.cue("recvmsg", 1, move || drop(theirs.take()));
        t.err(Errno::PIPE, || (m.call)(&ours, LONG))
    });
}

/// The other side gives one of our descriptors back as its own.
fn reflected(t: &Stage, m: &'static Meeting, which: &std::ffi::CStr) -> Outcome {
    let (ours, theirs) = Stream::pair()?;
    let at = if which == c"rawipc-producer" { 0 } else { 3 };
    let mut offer = Offer::sound(m.role, CAPACITY);
    t.cue("recvmsg", 1, move || {
        let mut came = rawipc::socket::FdSlots::<5>::new();
        theirs.try_read_with_fds(&mut [0; 16], &mut came).expect("what it said");
        offer.fds[at] = came.take(at).expect("its memory");
        offer.put(&theirs);
    });
    t.err(Errno::BADMSG, || (m.call)(&ours, LONG))
}

struct Socket(Stream);

const fn waits(
    function: &'static str,
    make: fn(&Stage) -> Outcome<(Socket, Peer)>,
    call: fn(&mut Socket, Wait) -> rawipc::Result<()>,
    full: fn(&Stage) -> Outcome<(Socket, Peer)>,
) -> [Waiting<Socket>; 2] {
    [
        Waiting { function, prefix: "", polls: 1, pauses: false, make, call },
        Waiting { function, prefix: "no room, ", polls: 1, pauses: false, make: full, call },
    ]
}

fn silent(role: u8) -> Outcome<(Socket, Peer)> {
    let (ours, theirs) = Stream::pair()?;
    let offer = Offer::sound(role, CAPACITY);
    Ok((Socket(ours), Box::new(move || offer.put(&theirs))))
}

/// One with whom much was talked before, that it has not read.
fn deaf(role: u8) -> Outcome<(Socket, Peer)> {
    let (mut ours, mut theirs) = Stream::pair()?;
    Offer::sound(role, CAPACITY).put(&theirs);
    while ours.try_write(&[7; 4096]).is_ok() {}
    while ours.try_write(&[7]).is_ok() {}
    Ok((Socket(ours), Box::new(move || while theirs.try_read(room()).is_ok() {})))
}

static WAITS_PRODUCER: [Waiting<Socket>; 2] =
    waits("ring::Producer::meet", |_| silent(CONSUMES), |s, wait| produce(&s.0, wait), |_| deaf(CONSUMES));
static WAITS_CONSUMER: [Waiting<Socket>; 2] =
    waits("ring::Consumer::meet", |_| silent(PRODUCES), |s, wait| consume(&s.0, wait), |_| deaf(PRODUCES));
static WAITS_BOTH: [Waiting<Socket>; 2] =
    waits("ring::meet", |_| silent(3), |s, wait| do_both(&s.0, wait), |_| deaf(3));
