//! What is written and read in place.

use rawipc::ring::{Consumer, Message, Producer};
use rawipc::{Errno, Receiver, Sender, Wait};
use std::mem::forget;

use super::{
    ASLEEP, FIRST_RECORD, LARGE, POSITION, drain, fill, full, idle, in_a_child, made, make_room, overwrite,
};
use crate::scenario::{Outcome, Scenarios};

pub fn cases(s: &mut Scenarios) {
    reading(s);
    taking(s);
    reserving(s);
    committing(s);
    looking(s);
}

/// What is read stays to be taken: that is another row.
type Read = fn(&mut Consumer) -> rawipc::Result<usize>;
const READ: (&str, Read) = ("ring::Consumer::read", |c| {
    c.read(Wait::FOREVER).map(|message| {
        let len = message.as_ref().map_or(0, |m| m.len());
        forget(message);
        len
    })
});
const TRY_READ: (&str, Read) = ("ring::Consumer::try_read", |c| {
    c.try_read().map(|message| {
        let len = message.as_ref().map_or(0, |m| m.len());
        forget(message);
        len
    })
});

fn reading(s: &mut Scenarios) {
    for (function, read) in [READ, TRY_READ] {
        s.case(function, "a message is there", move |t| {
            let (mut p, mut c) = made()?;
            fill(&mut p);
            t.gives(LARGE.len(), || read(&mut c))
        });
        s.case(function, "gone already", move |t| {
            let mut c = made()?.1;
            assert_eq!(c.try_recv(&mut []), Ok(0));
            t.gives(0, || read(&mut c))
        });
        s.case(function, "another process's", move |t| {
            let (_p, mut c) = made()?;
            in_a_child(|| assert!(c.try_recv(&mut []).is_err()));
            t.err(Errno::PERM, || read(&mut c))
        });
        s.case(function, "corrupt", move |t| {
            let (_p, mut c) = made()?;
            overwrite("rawipc-producer", FIRST_RECORD, u32::MAX)?;
            t.err(Errno::BADMSG, || read(&mut c))
        });
    }
    let (function, read) = READ;
    s.case(function, "nothing there, the producer waits for room", move |t| {
        let (mut p, mut c) = idle()?;
        overwrite("rawipc-producer", 0, ASLEEP)?;
        t.cue("read", 1, move || assert!(p.try_send(b"some").is_ok()));
        t.gives(4, || read(&mut c))
    });
    let (function, try_read) = TRY_READ;
    s.case(function, "nothing there", move |t| {
        let (_p, mut c) = idle()?;
        t.err(Errno::AGAIN, || try_read(&mut c))
    });
    s.case(function, "nothing there, many messages since the last sleep", move |t| {
        let (_p, mut c) = made()?;
        t.err(Errno::AGAIN, || try_read(&mut c))
    });
    s.case(function, "nothing there, the producer waits for room", move |t| {
        let (_p, mut c) = idle()?;
        overwrite("rawipc-producer", 0, ASLEEP)?;
        t.err(Errno::AGAIN, || try_read(&mut c))
    });
    s.case(function, "the end", move |t| {
        let (p, mut c) = idle()?;
        drop(p);
        t.gives(0, || try_read(&mut c))
    });
    s.case(function, "a message came just then", move |t| {
        let (mut p, mut c) = idle()?;
        t.cue("epoll_pwait", 1, move || assert!(p.try_send(b"some").is_ok()));
        t.gives(4, || try_read(&mut c))
    });
}

fn taking(s: &mut Scenarios) {
    for (function, ok, waits) in [
        ("ring::Message::done", "ok", "ok, the producer waits for room"),
        ("ring::Message", "drop", "drop, the producer waits for room"),
    ] {
        let is_drop = ok == "drop";
        for (case, sleeps) in [(ok, false), (waits, true)] {
            s.case(function, case, move |t| {
                let (mut p, mut c) = made()?;
                if sleeps {
                    fill(&mut p);
                } else {
                    p.try_send(b"some")?;
                }
                let message = c.try_read()?.ok_or("no message")?;
                t.window(|| if is_drop { drop(message) } else { message.done() });
                Ok(())
            });
        }
    }
}

/// What is reserved stays to be committed.
type Reserve = fn(&mut Producer, usize) -> rawipc::Result<()>;
const TRY_RESERVE: (&str, Reserve) = ("ring::Producer::try_reserve", |p, len| p.try_reserve(len).map(forget));
const RESERVES: [(&str, Reserve); 2] =
    [("ring::Producer::reserve", |p, len| p.reserve(len, Wait::FOREVER).map(forget)), TRY_RESERVE];

fn reserving(s: &mut Scenarios) {
    for (function, reserve) in RESERVES {
        s.case(function, "room", move |t| t.ok_with(made()?, |(p, _)| reserve(p, 4)));
        s.case(function, "refused", move |t| {
            let (mut p, _c) = made()?;
            t.err(Errno::INVAL, || reserve(&mut p, 0))
        });
        s.case(function, "corrupt", move |t| {
            let (mut p, _c) = made()?;
            p.try_send(LARGE)?;
            overwrite("rawipc-consumer", POSITION, 3)?;
            t.err(Errno::BADMSG, || reserve(&mut p, LARGE.len()))
        });
        s.case(function, "another process's", move |t| {
            let (mut p, _c) = made()?;
            in_a_child(|| assert!(p.try_send(b"mine").is_ok()));
            t.err(Errno::PERM, || reserve(&mut p, 4))
        });
        s.case(function, "a copy of the consumer was dropped", move |t| {
            let (mut p, c) = made()?;
            let mut c = Some(c);
            in_a_child(|| drop(c.take()));
            t.ok(|| reserve(&mut p, 4))
        });
        s.case(function, "the consumer was dropped", move |t| {
            let mut p = made()?.0;
            t.err(Errno::PIPE, || reserve(&mut p, 4))
        });
        s.case(function, "gone already", move |t| {
            let mut p = made()?.0;
            assert!(p.try_send(b"some").is_err());
            t.err(Errno::PIPE, || reserve(&mut p, 4))
        });
    }
    let (function, try_reserve) = TRY_RESERVE;
    s.case(function, "no room", move |t| {
        let (mut p, _c) = full()?;
        t.err(Errno::AGAIN, || try_reserve(&mut p, LARGE.len()))
    });
    s.case(function, "no room, many messages since the last sleep", move |t| {
        let (mut p, _c) = made()?;
        p.try_send(LARGE)?;
        t.err(Errno::AGAIN, || try_reserve(&mut p, LARGE.len()))
    });
    s.case(function, "the consumer is gone", move |t| {
        let (mut p, c) = full()?;
        drop(c);
        t.err(Errno::PIPE, || try_reserve(&mut p, LARGE.len()))
    });
    s.case(function, "room came just then", move |t| {
        let (mut p, mut c) = full()?;
        t.cue("epoll_pwait", 1, move || make_room(&mut c, true));
        t.ok(|| try_reserve(&mut p, LARGE.len()))
    });
}

fn committing(s: &mut Scenarios) {
    let commit = "ring::Reservation::commit";
    s.case(commit, "ok", |t| {
        let (mut p, _c) = made()?;
        let room = p.try_reserve(8)?;
        t.ok(|| room.commit(4))
    });
    s.case(commit, "ok, the consumer sleeps", |t| {
        let (mut p, mut c) = made()?;
        drain(&mut c);
        let room = p.try_reserve(8)?;
        t.ok(|| room.commit(8))
    });
    s.case(commit, "ok, the consumer sleeps on", |t| {
        let (mut p, mut c) = made()?;
        drain(&mut c);
        p.try_send(b"some")?;
        let room = p.try_reserve(8)?;
        t.ok(|| room.commit(8))
    });
    s.case(commit, "refused", |t| {
        let (mut p, _c) = made()?;
        let room = p.try_reserve(8)?;
        t.err(Errno::MSGSIZE, || room.commit(9))
    });
    s.case(commit, "another process's", |t| {
        let (mut p, _c) = made()?;
        let room = p.try_reserve(8)?;
        as_in_a_child()?;
        t.err(Errno::PERM, || room.commit(8))
    });
    s.case("ring::Reservation", "drop", |t| {
        let (mut p, _c) = made()?;
        let room = p.try_reserve(8)?;
        t.window(|| drop(room));
        Ok(())
    });
}

/// What makes no call, whatever it finds.
fn looking(s: &mut Scenarios) {
    type Look = fn(&Message<'_>, usize) -> bool;
    let looks: [(&str, &str, Look); 3] = [
        ("ring::Message::copy_to", "refused", |m, at| m.copy_to(at, &mut [0; 2]).is_ok()),
        ("ring::Message::byte", "none there", |m, at| m.byte(at).is_some()),
        ("ring::Message::array", "none there", |m, at| m.array::<2>(at).is_some()),
    ];
    for (function, not, look) in looks {
        for (case, at) in [("ok", 0), (not, 4)] {
            s.case(function, case, move |t| {
                let (mut p, mut c) = made()?;
                p.try_send(b"some")?;
                let message = c.try_read()?.ok_or("no message")?;
                assert_eq!(t.window(|| look(&message, at)), at == 0);
                Ok(())
            });
        }
    }
    for (case, at) in [("ok", 0), ("refused", 7)] {
        s.case("ring::Reservation::write", case, move |t| {
            let (mut p, _c) = made()?;
            let mut room = p.try_reserve(8)?;
            assert_eq!(t.window(|| room.write(at, b"in")).is_ok(), at == 0);
            Ok(())
        });
    }
    for (case, taken) in [("a message", 0), ("none is left", 2)] {
        s.case("ring::Batch::next", case, move |t| {
            let (mut p, mut c) = made()?;
            p.try_send_batch(&["some", "more"])?;
            let (mut buf, mut ends) = ([0; 8], [0; 2]);
            let mut batch = c.try_recv_batch(&mut buf, &mut ends)?;
            batch.by_ref().take(taken).for_each(drop);
            assert_eq!(t.window(|| batch.next()).is_some(), taken == 0);
            Ok(())
        });
    }
}

/// Empties what a child made by fork would find empty.
fn as_in_a_child() -> Outcome {
    let maps = std::fs::read_to_string("/proc/self/smaps")?;
    let mut range = 0..0;
    for line in maps.lines() {
        let first = line.split(' ').next().and_then(|word| word.split_once('-'));
        if let Some((Ok(from), Ok(to))) =
            first.map(|(from, to)| (usize::from_str_radix(from, 16), usize::from_str_radix(to, 16)))
        {
            range = from..to;
        }
        if line.starts_with("VmFlags:") && line.split(' ').any(|flag| flag == "wf") {
            let page = std::ptr::with_exposed_provenance_mut(range.start);
            // SAFETY: marks alone are such pages, and any bytes are one.
            unsafe { libc::madvise(page, range.len(), libc::MADV_DONTNEED) };
        }
    }
    Ok(())
}
