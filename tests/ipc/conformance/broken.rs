//! Channels that miss one point each: the check of that point must flag them, or it proves nothing.
//!
//! Each is a good channel, most often a packet pipe, with one of its ends behind a wrapper that misbehaves.

mod wrap;

use super::mechanism::{Channel, Mechanism, Named};
use super::mechanisms::{PACKET_PIPE as GOOD, framed};
use super::{POINTS, Rx};
use crate::os::{self, fds, process, signals};
use crate::runner::selftest::{assert_flagged_within, verdict_on};
use crate::runner::{List, Verdict};
use rawipc::{Errno, Result, Wait};
use std::any::Any;
use std::ffi::CStr;
use std::time::Duration;
use wrap::{an_error, bad_ends, bad_receiver, bad_receiver_of, bad_sender, file, get, put};

/// A channel that misses `point`, and what the check says of it.
struct Broken {
    point: usize,
    name: &'static str,
    because: &'static str,
    mechanism: Mechanism,
}

const fn broken(point: usize, name: &'static str, because: &'static str, make: fn() -> Channel) -> Broken {
    Broken { point, name, because, mechanism: Mechanism { name, make, ..GOOD } }
}

const fn of_frames(point: usize, name: &'static str, because: &'static str, make: fn() -> Channel) -> Broken {
    Broken { point, name, because, mechanism: Mechanism { name, make, ..framed::PIPE } }
}

pub fn tests(list: &mut List) {
    list.add("broken::the_good_one_is_not_flagged", || {
        for point in POINTS {
            let verdict = verdict_on(move || (point.check)(&GOOD));
            assert!(!matches!(verdict, Verdict::Failed(_)), "{}: {verdict:?}", point.name);
        }
    });
    let all = [WHOLE, ALL_OR_NOTHING, TRUNCATION, EMPTY, GONE, WAITS, HOSTILE, SYSCALLS, DESCRIPTORS];
    for Broken { point, name, because, mechanism } in all.into_iter().flatten() {
        let check = POINTS[*point - 1].check;
        list.add(format!("broken::point_{point}::{}", name.replace(' ', "_")), move || {
            // One that must hang need not do so for long.
            let seconds = if because.starts_with("hung") { 2 } else { 10 };
            assert_flagged_within(seconds, move || check(mechanism), because);
            super::mechanism::remove_files();
        });
    }
}

const WHOLE: &[Broken] = &[
    broken(1, "joins two messages", "the length of a message", || {
        bad_receiver(|rx, buf, wait| {
            let n = get(rx, buf, wait)?;
            match rx.try_take() {
                Ok(more) if n + more.len() <= buf.len() => {
                    buf[n..n + more.len()].copy_from_slice(&more);
                    Ok(n + more.len())
                }
                _ => Ok(n),
            }
        })
    }),
    broken(1, "swaps two messages", "of a message", || {
        let mut held: Option<Vec<u8>> = None;
        bad_sender(move |tx, msg, wait| match held.take() {
            None => {
                held = Some(msg.to_vec());
                Ok(())
            }
            Some(earlier) => put(tx, msg, wait).and_then(|()| put(tx, &earlier, wait)),
        })
    }),
    broken(1, "alters a byte", "is 0x", || {
        bad_sender(|tx, msg, wait| {
            let mut msg = msg.to_vec();
            if let [.., last] = msg.as_mut_slice() {
                *last ^= 1;
            }
            put(tx, &msg, wait)
        })
    }),
];

const ALL_OR_NOTHING: &[Broken] = &[
    broken(2, "cuts what is too long", "no error where", || {
        bad_sender(|tx, msg, wait| put(tx, &msg[..msg.len().min(GOOD.limit)], wait))
    }),
    broken(2, "splits what is too long", "no error where", || {
        bad_sender(|tx, msg, wait| msg.chunks(GOOD.limit).try_for_each(|part| put(tx, part, wait)))
    }),
    broken(2, "sends a part of what it refuses", "the length of a message", || {
        bad_sender(|tx, msg, wait| {
            put(tx, msg, wait).inspect_err(|_| {
                let _ = tx.end.try_send(&msg[..1]);
            })
        })
    }),
    broken(2, "says no and sends it later", "the length of a message", || {
        let mut late: Option<Vec<u8>> = None;
        bad_sender(move |tx, msg, wait| {
            if let Some(late) = &late {
                put(tx, late, wait)?;
            }
            late = None;
            put(tx, msg, wait).inspect_err(|e| {
                late = (e.errno() != Errno::MSGSIZE).then(|| msg[..1].to_vec());
            })
        })
    }),
    of_frames(2, "calls a broken message the end", "no error where", || {
        bad_receiver_of(framed::PIPE, |rx, buf, wait| match get(rx, buf, wait) {
            Err(e) if e.errno() == Errno::BADMSG => Ok(0),
            answer => answer,
        })
    }),
];

const TRUNCATION: &[Broken] = &[
    broken(3, "cuts to the buffer", "into a buffer of", || {
        bad_receiver(|rx, buf, wait| {
            let mut whole = vec![0; GOOD.limit];
            let n = get(rx, &mut whole, wait)?.min(buf.len());
            buf[..n].copy_from_slice(&whole[..n]);
            Ok(n)
        })
    }),
    broken(3, "loses what it refuses", "of a message", || {
        bad_receiver(|rx, buf, wait| {
            get(rx, buf, wait).inspect_err(|e| {
                if e.errno() == Errno::MSGSIZE {
                    let _ = rx.try_take();
                }
            })
        })
    }),
    broken(3, "writes past the limit", "written past the limit", || {
        bad_receiver(|rx, buf, wait| {
            let n = get(rx, buf, wait)?;
            if let Some(past) = buf.get_mut(GOOD.limit) {
                *past = 0;
            }
            Ok(n)
        })
    }),
];

const EMPTY: &[Broken] = &[
    broken(4, "accepts an empty message", "no error where", || {
        bad_sender(|tx, msg, wait| if msg.is_empty() { Ok(()) } else { put(tx, msg, wait) })
    }),
    broken(4, "asks for room before it looks", "AGAIN", || {
        bad_sender(|tx, msg, wait| {
            if msg.is_empty() && !wrap::has_room(tx) {
                return Err(an_error(Errno::AGAIN));
            }
            put(tx, msg, wait)
        })
    }),
];

const GONE: &[Broken] = &[
    broken(5, "raises SIGPIPE", "Signal(13)", || {
        bad_sender(|tx, msg, wait| {
            let _ = os::raw_write(tx.fd.expect("a pipe"), msg);
            put(tx, msg, wait)
        })
    }),
    broken(5, "ignores SIGPIPE for everybody", "signals were touched", || {
        signals::set_ignored(libc::SIGPIPE);
        (GOOD.make)()
    }),
    broken(5, "blocks SIGPIPE", "signals were touched", || {
        bad_sender(|tx, msg, wait| {
            signals::block(libc::SIGPIPE);
            put(tx, msg, wait)
        })
    }),
    broken(5, "leaves a SIGPIPE behind", "a SIGPIPE waits", || {
        signals::block(libc::SIGPIPE);
        signals::raise(libc::SIGPIPE);
        (GOOD.make)()
    }),
    broken(5, "never tells the sender", "nobody is left", || {
        bad_sender(|tx, msg, wait| match put(tx, msg, wait) {
            Err(e) if e.errno() == Errno::PIPE => Ok(()),
            answer => answer,
        })
    }),
    broken(5, "tells the end before the messages", "the length of a message", || {
        bad_receiver(|rx, buf, wait| if wrap::is_hung_up(rx) { Ok(0) } else { get(rx, buf, wait) })
    }),
    broken(5, "tells the end once", "the end, without waiting too", || {
        let mut told = false;
        bad_receiver(move |rx, buf, wait| {
            if told {
                return Err(an_error(Errno::AGAIN));
            }
            let n = get(rx, buf, wait)?;
            told = n == 0;
            Ok(n)
        })
    }),
];

const WAITS: &[Broken] = &[
    broken(6, "ignores its deadline", "hung until its alarm", || {
        bad_receiver(|rx, buf, wait| get(rx, buf, wait.map(|_| Wait::FOREVER)))
    }),
    broken(6, "gives up early", "is before its deadline", || {
        bad_receiver(|rx, buf, wait| get(rx, buf, wait.map(|_| Wait::at_most(Duration::from_millis(5)))))
    }),
    broken(6, "oversleeps", "is past its deadline", || {
        bad_receiver(|rx, buf, wait| {
            get(rx, buf, wait).inspect_err(|_| process::nap(Duration::from_millis(1100)))
        })
    }),
    broken(6, "lets a signal end a wait", "EINTR", || {
        bad_receiver(|rx, buf, wait| get(rx, buf, wait.map(Wait::or_signal)))
    }),
    broken(6, "is deaf to signals", "hung until its alarm", || {
        bad_receiver(|rx, buf, wait| {
            loop {
                match get(rx, buf, wait) {
                    Err(e) if e.errno() == Errno::INTR => {}
                    answer => return answer,
                }
            }
        })
    }),
    broken(6, "waits though told not to", "ETIMEDOUT", || {
        bad_receiver(|rx, buf, wait| {
            get(rx, buf, Some(wait.unwrap_or(Wait::at_most(Duration::from_millis(1)))))
        })
    }),
    broken(6, "cannot wait for room", "EAGAIN", || bad_sender(|tx, msg, _| tx.end.try_send(msg))),
    broken(6, "looks at the clock before the channel", "it is there", || {
        let (_silent_tx, mut silent) = (GOOD.make)().both();
        bad_receiver(move |rx, buf, wait| {
            let _keep = &_silent_tx;
            match wait {
                Some(wait) if wrap::has_some(rx) && get(&mut silent, &mut [0; 4096], Some(wait)).is_err() => {
                    get(&mut silent, buf, Some(wait))
                }
                wait => get(rx, buf, wait),
            }
        })
    }),
];

const HOSTILE: &[Broken] = &[
    broken(7, "panics at a length", "an assertion of the receiver's", || {
        at_904(|n, _| panic!("an assertion of the receiver's: {n}"))
    }),
    broken(7, "hangs at a length", "hung until its alarm", || {
        at_904(|_, _| {
            loop {
                process::nap(Duration::from_secs(1));
            }
        })
    }),
    of_frames(7, "forgets that it is corrupt", "EAGAIN", || {
        let mut said = false;
        bad_receiver_of(framed::PIPE, move |rx, buf, wait| match get(rx, buf, wait) {
            Err(e) if e.errno() == Errno::BADMSG => {
                said = !said;
                Err(if said { e } else { an_error(Errno::AGAIN) })
            }
            answer => answer,
        })
    }),
    broken(7, "believes a length", "right: 904", || at_904(|_, len| len + 1)),
];

/// A receiver with an idea of its own of a message of 904 bytes, which only a hostile sender sends it.
fn at_904(idea: fn(usize, usize) -> usize) -> Channel {
    bad_receiver(move |rx, buf, wait| match get(rx, buf, wait) {
        Ok(904) => Ok(idea(904, buf.len()).min(buf.len())),
        answer => answer,
    })
}

const SYSCALLS: &[Broken] = &[
    broken(8, "asks before it sends", "the calls of a send", || {
        bad_sender(|tx, msg, wait| {
            fds::is_open(tx.fd.expect("a pipe"));
            put(tx, msg, wait)
        })
    }),
    broken(8, "asks after it received", "the calls of a receive", || {
        bad_receiver(|rx, buf, wait| {
            let answer = get(rx, buf, wait);
            fds::is_open(rx.fd.expect("a pipe"));
            answer
        })
    }),
];

const DESCRIPTORS: &[Broken] = &[
    broken(9, "forgets close-on-exec where it sends", "survives exec", || {
        bad_ends(|tx, _| drop_cloexec(tx.fd))
    }),
    broken(9, "forgets close-on-exec where it receives", "survives exec", || {
        bad_ends(|_, Rx { fd, .. }| drop_cloexec(*fd))
    }),
    Broken {
        point: 9,
        name: "makes a file for the world",
        because: "the mode of",
        mechanism: Mechanism { named: named(|path| file(path, 0o666, false)), ..GOOD },
    },
    Broken {
        point: 9,
        name: "is stopped by what another left",
        because: "successor",
        mechanism: Mechanism { named: named(|path| file(path, 0o600, true)), ..GOOD },
    },
];

const fn named(create: fn(&CStr) -> Result<Box<dyn Any>>) -> Option<Named> {
    Some(Named { create })
}

fn drop_cloexec(fd: Option<i32>) {
    fds::fcntl(fd.expect("a pipe"), libc::F_SETFD, 0);
}
