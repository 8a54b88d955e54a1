//! Rings.

mod inplace;
mod many;
mod meeting;
mod offer;
mod waiting;

use rawipc::ring::{self, Consumer, Producer};
use rawipc::{Errno, Receiver, Sender, Wait};

use super::pipe::drop_of;
use super::room;
use crate::scenario::{Outcome, Scenarios, Stage};

pub fn cases(s: &mut Scenarios) {
    making(s);
    receiving(s);
    sending(s);
    many::cases(s);
    inplace::cases(s);
    waiting::cases(s);
    meeting::cases(s);
}

/// The smallest: the largest page of the architecture.
const CAPACITY: usize = if cfg!(target_arch = "aarch64") { 65536 } else { 4096 };
/// A message of which a ring has room for one.
const LARGE: &[u8] = &[7; CAPACITY / 2 - 16];
/// Room for it.
const ROOM: usize = CAPACITY / 2;

fn made() -> rawipc::Result<(Producer, Consumer)> {
    ring::pair(CAPACITY)
}

fn making(s: &mut Scenarios) {
    let pair = |t: &Stage| t.ok(|| made().map(std::mem::forget));
    s.case("ring::pair", "ok", pair);
    s.case("ring::pair", "before 6.3", move |t| {
        // Refused with the flag, made without it, twice.
        t.refuse("memfd_create", 1, Errno::INVAL);
        t.refuse("memfd_create", 3, Errno::INVAL);
        pair(t)
    });
    s.case("ring::pair", "signals come", move |t| {
        t.refuse("fallocate", 1, Errno::INTR);
        t.refuse("fallocate", 3, Errno::INTR);
        t.refuse("fallocate", 4, Errno::INTR);
        pair(t)
    });
    s.case("ring::pair", "no membarrier", move |t| {
        t.refuse("membarrier", 1, Errno::NOSYS);
        pair(t)
    });
    for (case, call, nth) in [
        ("no socket", "socketpair", 1),
        ("no bell", "eventfd2", 1),
        ("a bell without a count", "write", 1),
        ("no second bell", "eventfd2", 2),
        ("a second bell without a count", "write", 2),
        ("no epoll", "epoll_create1", 1),
        ("nothing to be added to it", "epoll_ctl", 1),
        ("nothing more to be added to it", "epoll_ctl", 2),
        ("no second epoll", "epoll_create1", 2),
        ("nothing to be added to the second", "epoll_ctl", 3),
        ("nothing more to be added to the second", "epoll_ctl", 4),
        ("no page for a mark", "mmap", 1),
        ("a mark is refused", "madvise", 1),
        ("no page for the second mark", "mmap", 2),
        ("the second mark is refused", "madvise", 2),
        ("no descriptor for the memory", "memfd_create", 1),
        ("no memory", "fallocate", 1),
        ("sealing the size fails", "fcntl", 1),
        ("no mapping", "mmap", 3),
        ("no second mapping", "mmap", 4),
        ("sealing writes fails", "fcntl", 2),
        ("no third mapping", "mmap", 5),
        ("no fourth mapping", "mmap", 6),
        ("none left for the second memory", "memfd_create", 2),
        ("no memory for the second", "fallocate", 2),
        ("sealing the second size fails", "fcntl", 3),
        ("no fifth mapping", "mmap", 7),
        ("sealing writes to the second fails", "fcntl", 4),
        ("no sixth mapping", "mmap", 8),
    ] {
        s.case("ring::pair", case, move |t| {
            t.refuse(call, nth, Errno::NOMEM);
            t.err(Errno::NOMEM, made)
        });
    }
    s.case("ring::pair", "refused", |t| t.err(Errno::INVAL, || ring::pair(0)));
    s.case("ring::Producer", "drop", |t| {
        let (p, _c) = made()?;
        drop_of(t, p)
    });
    s.case("ring::Consumer", "drop", |t| {
        let (_p, c) = made()?;
        drop_of(t, c)
    });
}

/// Sends until there is no room, and is told so: the producer waits.
fn fill(p: &mut Producer) {
    while p.try_send(LARGE).is_ok() {}
}

/// Receives until there is nothing, and is told so: the consumer sleeps.
fn drain(c: &mut Consumer) {
    while c.try_recv(room()).is_ok() {}
}

/// A ring that is empty, and whose consumer was told so: it makes no barrier any more.
fn idle() -> rawipc::Result<(Producer, Consumer)> {
    let (p, mut c) = made()?;
    drain(&mut c);
    Ok((p, c))
}

/// A ring that is full, and whose producer was told so.
fn full() -> rawipc::Result<(Producer, Consumer)> {
    let (mut p, c) = made()?;
    fill(&mut p);
    Ok((p, c))
}

/// Lets a child that has copies of everything do this, and waits for its end.
fn in_a_child(work: impl FnOnce()) {
    // SAFETY: the child does its work and ends.
    let child = unsafe { libc::fork() };
    if child == 0 {
        work();
        // SAFETY: as above.
        unsafe { libc::_exit(0) };
    }
    // SAFETY: our own child.
    unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
}

/// What the other side of a ring may do to its own region: a word of the one that is called `name`, overwritten.
fn overwrite(name: &str, offset: usize, word: u32) -> Outcome {
    let maps = std::fs::read_to_string("/proc/self/maps")?;
    let line = maps.lines().find(|l| l.contains(name) && l.contains("rw-s")).ok_or("no such region")?;
    let start = usize::from_str_radix(line.split('-').next().unwrap_or_default(), 16)?;
    // SAFETY: mapped for writing, and longer than that; another process would write to it just so.
    unsafe { std::ptr::with_exposed_provenance_mut::<u32>(start + offset).write_volatile(word) };
    Ok(())
}

/// Where the producer's first record begins, and where the consumer says how far it is.
const FIRST_RECORD: usize = CAPACITY;
const POSITION: usize = 128;
/// A sleep word that says so, of a sleep that none of ours has come to.
const ASLEEP: u32 = 0x71;

/// A receive into so many bytes, by a call that may wait or by one that does not.
type Recv = fn(&mut Consumer, usize) -> rawipc::Result<usize>;
const RECVS: [(&str, Recv); 4] = [
    ("ring::Consumer::recv", |c, len| c.recv(&mut room()[..len], Wait::FOREVER)),
    ("ring::Consumer::try_recv", |c, len| c.try_recv(&mut room()[..len])),
    ("ring::Consumer::recv_batch", |c, len| recv_batch(c, len, Wait::FOREVER)),
    ("ring::Consumer::try_recv_batch", |c, len| {
        c.try_recv_batch(&mut room()[..len], &mut [0; 4]).map(|batch| batch.last().map_or(0, <[u8]>::len))
    }),
];

/// The length of the last message of a batch.
fn recv_batch(c: &mut Consumer, len: usize, wait: Wait) -> rawipc::Result<usize> {
    c.recv_batch(&mut room()[..len], &mut [0; 4], wait).map(|batch| batch.last().map_or(0, <[u8]>::len))
}

fn receiving(s: &mut Scenarios) {
    for (function, recv) in RECVS {
        s.case(function, "a message is there", move |t| {
            let (mut p, mut c) = made()?;
            p.try_send(b"some")?;
            t.gives(4, || recv(&mut c, 64))
        });
        s.case(function, "too small a buffer", move |t| {
            let (mut p, mut c) = made()?;
            p.try_send(b"some")?;
            t.err(Errno::MSGSIZE, || recv(&mut c, 3))
        });
        s.case(function, "a message is there, the producer waits for room", move |t| {
            let (mut p, mut c) = made()?;
            fill(&mut p);
            t.ok(|| recv(&mut c, ROOM)).map(drop)
        });
        s.case(function, "gone already", move |t| {
            let mut c = made()?.1;
            assert_eq!(c.try_recv(&mut []), Ok(0));
            t.gives(0, || recv(&mut c, 8))
        });
        s.case(function, "another process's", move |t| {
            let (_p, mut c) = made()?;
            in_a_child(|| assert!(c.try_recv(&mut []).is_err()));
            t.err(Errno::PERM, || recv(&mut c, 8))
        });
        s.case(function, "corrupt", move |t| {
            let (_p, mut c) = made()?;
            overwrite("rawipc-producer", FIRST_RECORD, u32::MAX)?;
            t.err(Errno::BADMSG, || recv(&mut c, 8))
        });
    }
    for batch in [false, true] {
        let (function, recv) = RECVS[if batch { 2 } else { 0 }];
        s.case(function, "nothing there, the producer waits for room", move |t| {
            let (mut p, mut c) = idle()?;
            overwrite("rawipc-producer", 0, ASLEEP)?;
            t.cue("read", 1, move || assert!(p.try_send(b"some").is_ok()));
            t.gives(4, || recv(&mut c, 8))
        });
        let (function, try_recv) = RECVS[if batch { 3 } else { 1 }];
        s.case(function, "nothing there", move |t| {
            let (_p, mut c) = idle()?;
            t.err(Errno::AGAIN, || try_recv(&mut c, 8))
        });
        s.case(function, "nothing there, many messages since the last sleep", move |t| {
            let (_p, mut c) = made()?;
            t.err(Errno::AGAIN, || try_recv(&mut c, 8))
        });
        s.case(function, "nothing there, the producer waits for room", move |t| {
            let (_p, mut c) = idle()?;
            overwrite("rawipc-producer", 0, ASLEEP)?;
            t.err(Errno::AGAIN, || try_recv(&mut c, 8))
        });
        s.case(function, "a message came just then, the producer waits for room twice", move |t| {
            let (mut p, mut c) = idle()?;
            overwrite("rawipc-producer", 0, ASLEEP)?;
            t.cue("read", 1, move || fill(&mut p));
            t.gives(LARGE.len(), || try_recv(&mut c, ROOM))
        });
        s.case(function, "the end", move |t| {
            let (p, mut c) = idle()?;
            drop(p);
            t.gives(0, || try_recv(&mut c, 8))
        });
        s.case(function, "a message came just then", move |t| {
            let (mut p, mut c) = idle()?;
            t.cue("epoll_pwait", 1, move || assert!(p.try_send(b"some").is_ok()));
            t.gives(4, || try_recv(&mut c, 8))
        });
        s.case(function, "a message came just then, the producer waits for room", move |t| {
            let (mut p, mut c) = idle()?;
            t.cue("epoll_pwait", 1, move || fill(&mut p));
            t.gives(LARGE.len(), || try_recv(&mut c, ROOM))
        });
    }
    s.case("ring::Consumer::recv_batch", "refused", |t| {
        let (_p, mut c) = made()?;
        t.err(Errno::INVAL, || c.recv_batch(room(), &mut [], Wait::FOREVER).map(drop))
    });
    s.case("ring::Consumer::try_recv_batch", "refused", |t| {
        let (_p, mut c) = made()?;
        t.err(Errno::INVAL, || c.try_recv_batch(room(), &mut []).map(drop))
    });
}

type Send = fn(&mut Producer, &[u8]) -> rawipc::Result<()>;
const SENDS: [(&str, Send); 4] = [
    ("ring::Producer::send", |p, msg| p.send(msg, Wait::FOREVER)),
    ("ring::Producer::try_send", |p, msg| p.try_send(msg)),
    ("ring::Producer::send_batch", |p, msg| p.send_batch(&[msg, msg], Wait::FOREVER).map(drop)),
    ("ring::Producer::try_send_batch", |p, msg| p.try_send_batch(&[msg, msg]).map(drop)),
];

fn sending(s: &mut Scenarios) {
    for (function, send) in SENDS {
        s.case(function, "room", move |t| t.ok_with(made()?, |(p, _)| send(p, b"some")));
        s.case(function, "refused", move |t| {
            let (mut p, _c) = made()?;
            t.err(Errno::INVAL, || send(&mut p, b""))
        });
        s.case(function, "corrupt", move |t| {
            let (mut p, _c) = made()?;
            p.try_send(LARGE)?;
            overwrite("rawipc-consumer", POSITION, 3)?;
            t.err(Errno::BADMSG, || send(&mut p, LARGE))
        });
        s.case(function, "room, the consumer sleeps", move |t| {
            let (mut p, mut c) = made()?;
            drain(&mut c);
            t.ok(|| send(&mut p, b"some"))
        });
        s.case(function, "room, the consumer sleeps on", move |t| {
            let (mut p, mut c) = made()?;
            drain(&mut c);
            p.try_send(b"some")?;
            t.ok(|| send(&mut p, b"some"))
        });
        for sleeps in [false, true] {
            s.case(function, "a copy of the consumer was dropped", move |t| {
                let (mut p, mut c) = made()?;
                if sleeps {
                    drain(&mut c);
                }
                let mut c = Some(c);
                in_a_child(|| drop(c.take()));
                t.ok(|| send(&mut p, b"some"))
            });
        }
        s.case(function, "another process's", move |t| {
            let (mut p, _c) = made()?;
            in_a_child(|| assert!(p.try_send(b"mine").is_ok()));
            t.err(Errno::PERM, || send(&mut p, b"some"))
        });
        s.case(function, "the consumer was dropped", move |t| {
            let mut p = made()?.0;
            t.err(Errno::PIPE, || send(&mut p, b"some"))
        });
        s.case(function, "gone already", move |t| {
            let mut p = made()?.0;
            assert!(p.try_send(b"some").is_err());
            t.err(Errno::PIPE, || send(&mut p, b"some"))
        });
    }
    for (function, try_send) in [SENDS[1], SENDS[3]] {
        s.case(function, "no room", move |t| {
            let (mut p, _c) = full()?;
            t.err(Errno::AGAIN, || try_send(&mut p, LARGE))
        });
        s.case(function, "no room, many messages since the last sleep", move |t| {
            let (mut p, _c) = made()?;
            p.try_send(LARGE)?;
            t.err(Errno::AGAIN, || try_send(&mut p, LARGE))
        });
        s.case(function, "the consumer is gone", move |t| {
            let (mut p, c) = full()?;
            drop(c);
            t.err(Errno::PIPE, || try_send(&mut p, LARGE))
        });
        for (case, sleeps) in
            [("room came just then", false), ("room came just then, the consumer sleeps", true)]
        {
            s.case(function, case, move |t| {
                let (mut p, mut c) = full()?;
                t.cue("epoll_pwait", 1, move || make_room(&mut c, sleeps));
                t.ok(|| try_send(&mut p, LARGE))
            });
        }
    }
}

fn make_room(c: &mut Consumer, sleeps: bool) {
    assert!(c.try_recv(room()).is_ok());
    if sleeps {
        drain(c);
    }
}
