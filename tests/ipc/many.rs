//! Many writers and one reader, each writer a process: order, turns, deaths, lies.

use crate::add_tests;
use crate::conformance::mechanism::PATIENCE;
use crate::os::MARKS;
use crate::os::process::{Child, Gate, nap};
use crate::runner::List;
use rawipc::memory::Map;
use rawipc::ring::{self, Consumer, Many, Polling, Producer, Received, Slot, Word};
use rawipc::{Errno, Receiver as _, Sender as _, Wait};
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

pub fn tests(list: &mut List) {
    add_tests!(list, "many":
        hundreds_of_writers_keep_their_order, all_who_flood_have_their_turns_one_by_one,
        whoever_is_killed_takes_nothing_along, a_hostile_writer_hurts_itself_alone, a_child_is_told_that_it_is_not_its,
        asleep_it_takes_no_time, up_and_down_the_ladder,
    );
}

const CAPACITY: usize = 4096;

fn slots(n: usize) -> Vec<Slot> {
    (0..n).map(|_| Slot::EMPTY).collect()
}

/// A process with a ring to us.
fn writer(many: &mut Many<'_>, work: impl FnOnce(Producer)) -> (usize, Child) {
    let (producer, consumer) = ring::pair(CAPACITY).expect("pair");
    let mut producer = Some(producer);
    let child = Child::spawn(|| work(producer.take().expect("once")));
    drop(producer);
    (many.admit(consumer).expect("admit"), child)
}

/// Says who and which in a message of any length.
fn message(who: u32, which: u32, buf: &mut [u8]) -> &[u8] {
    let len = 8 + (which.wrapping_mul(0x9e37_79b9).rotate_left(7) ^ who) as usize % (buf.len() - 8);
    let fill = (who ^ which) as u8;
    buf[..len].fill(fill);
    buf[..4].copy_from_slice(&who.to_ne_bytes());
    buf[4..8].copy_from_slice(&which.to_ne_bytes());
    &buf[..len]
}

fn send(to: &mut Producer, who: u32, which: u32) {
    to.send(message(who, which, &mut [0; 300]), PATIENCE).expect("send");
}

#[track_caller]
fn check(got: &[u8], who: u32, which: u32) {
    assert!(got == message(who, which, &mut [0; 300]), "{} bytes of {who}, {which}", got.len());
}

fn hundreds_of_writers_keep_their_order() {
    const WRITERS: usize = 250;
    const EACH: u32 = 100;
    let mut slots = slots(WRITERS);
    let mut many = Many::new(&mut slots).expect("new");
    let children: Vec<Child> = (0..WRITERS as u32)
        .map(|who| {
            let (index, child) = writer(&mut many, |mut to| {
                for which in 0..EACH {
                    send(&mut to, who, which);
                    if (who + which) % 40 == 0 {
                        nap(Duration::from_micros(100));
                    }
                }
            });
            assert_eq!(index, who as usize);
            child
        })
        .collect();
    let mut next = [0; WRITERS];
    let mut buf = [0; 512];
    while !many.is_empty() {
        match many.recv(&mut buf, PATIENCE).expect("recv") {
            Received::Message { from, len } => {
                check(&buf[..len], from as u32, next[from]);
                next[from] += 1;
            }
            // Told once: whose slot is free has no second.
            Received::End { from } => assert_eq!((next[from], many.get(from).is_none()), (EACH, true)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(next, [EACH; WRITERS]);
    assert_eq!(many.recv(&mut buf, PATIENCE).expect_err("nobody").errno(), Errno::NOTCONN);
    children.into_iter().for_each(Child::join);
}

fn all_who_flood_have_their_turns_one_by_one() {
    const WRITERS: usize = 8;
    let mut slots = slots(WRITERS);
    let mut many = Many::new(&mut slots).expect("new");
    let full = Map::anonymous(4096).expect("map");
    let mut preloaded = 0;
    let children: Vec<Child> = (0..WRITERS)
        .map(|_| {
            let work = |mut to: Producer| {
                let mut sent = 0;
                while to.try_send(b"flood").is_ok() {
                    sent += 1;
                }
                let full = full.atomic_u32(0).expect("a word");
                full.fetch_add(1 << 16 | sent, Ordering::SeqCst);
                while full.load(Ordering::SeqCst) != u32::MAX {
                    if to.send(b"flood", Wait::at_most(Duration::from_millis(10))).is_ok() {
                        continue;
                    }
                }
            };
            writer(&mut many, work).1
        })
        .collect();
    let word = full.atomic_u32(0).expect("a word");
    while word.load(Ordering::SeqCst) >> 16 < WRITERS as u32 {
        nap(Duration::from_millis(1));
    }
    preloaded += (word.load(Ordering::SeqCst) & 0xffff) as usize / WRITERS;
    assert!(preloaded > 40, "{preloaded}");
    let mut from = || match many.recv(&mut [0; 8], PATIENCE) {
        Ok(Received::Message { from, .. }) => from,
        other => panic!("{other:?}"),
    };
    for _ in 0..preloaded {
        let mut round: Vec<usize> = (0..WRITERS).map(|_| from()).collect();
        round.sort_unstable();
        assert_eq!(round, (0..WRITERS).collect::<Vec<_>>());
    }
    // They go on, and so do their turns: nobody starves.
    let mut turns = [0_u32; WRITERS];
    while turns.iter().any(|turns| *turns < 200) {
        turns[from()] += 1;
    }
    word.store(u32::MAX, Ordering::SeqCst);
    let mut ends = 0;
    while ends < WRITERS {
        ends += usize::from(matches!(many.recv(&mut [0; 8], PATIENCE).expect("recv"), Received::End { .. }));
    }
    children.into_iter().for_each(Child::join);
}

/// What became of one that is killed: its messages are the first that it sent, all of those that it knew to be sent.
fn whoever_is_killed_takes_nothing_along() {
    const WRITERS: usize = 10;
    const KILLS: u32 = 200;
    let mut slots = slots(WRITERS);
    let mut many = Many::new(&mut slots).expect("new");
    let sent = Map::anonymous(4096).expect("map");
    let mut children: HashMap<usize, (u32, Child)> = HashMap::new();
    let mut next: HashMap<usize, u32> = HashMap::new();
    let mut started = 0_u32;
    let mut start = |many: &mut Many<'_>| {
        let who = started;
        started += 1;
        let work = |mut to: Producer| {
            for which in 0.. {
                send(&mut to, who, which);
                // A word for each that there is at one time, so nobody else's who has not been told of.
                sent.atomic_u32(who as usize % 512 * 4).expect("a word").store(which + 1, Ordering::SeqCst);
                if which % 64 == who % 64 {
                    nap(Duration::from_micros(50));
                }
            }
        };
        let (index, child) = writer(many, work);
        (index, (who, child))
    };
    for _ in 0..WRITERS {
        let (index, child) = start(&mut many);
        assert!(children.insert(index, child).is_none());
    }
    let (mut buf, mut ends, mut killed, mut messages) = ([0; 512], 0, 0_u32, 0_u64);
    let mut pick = 1_u32;
    while ends < KILLS {
        match many.recv(&mut buf, PATIENCE).expect("recv") {
            Received::Message { from, len } => {
                let which = next.entry(from).or_insert(0);
                check(&buf[..len], children[&from].0, *which);
                *which += 1;
                messages += 1;
            }
            Received::End { from } => {
                let (who, child) = children.remove(&from).expect("one that is told once");
                child.kill();
                let known = sent.atomic_u32(who as usize % 512 * 4).expect("a word");
                let got = next.remove(&from).unwrap_or(0);
                assert!(got >= known.swap(0, Ordering::SeqCst), "{who} has sent more than {got}");
                ends += 1;
                let (index, child) = start(&mut many);
                assert_eq!(index, from);
                children.insert(index, child);
            }
            other => panic!("{other:?}"),
        }
        pick = pick.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if pick >> 24 == 0 && killed < ends + 3 {
            // Whoever it hits, killed already or not.
            if let Some((_, child)) = children.get(&((pick >> 8) as usize % WRITERS)) {
                killed += u32::from(!child.has_ended());
                child.signal(libc::SIGKILL);
            }
        }
    }
    println!("{messages} messages, {ends} ends");
    drop(many);
    children.into_values().for_each(|(_, child)| child.kill());
}

/// Writes anything over all that it may write to in its own ring, and rings.
fn lies(mut to: Producer, seed: u32) {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("maps");
    let mine = |line: &&str| line.contains("rawipc-producer") && line.contains("rw-s 00000000");
    let line = maps.lines().find(mine).expect("my own region");
    let (start, end) = line.split(' ').next().and_then(|range| range.split_once('-')).expect("a range");
    let number = |text| usize::from_str_radix(text, 16).expect("a number");
    let words = number(start)..number(end);
    let mut pick = seed.wrapping_mul(2_654_435_761) | 1;
    for round in 0.. {
        pick ^= pick << 13;
        pick ^= pick >> 17;
        pick ^= pick << 5;
        let at = words.start + pick as usize % words.len() / 64 * 64 + [0, 0, 4, 4][pick as usize % 4];
        let word = std::ptr::with_exposed_provenance_mut::<u32>(at);
        // SAFETY: in our own mapping, which nobody holds a reference to now.
        let was = unsafe { word.read_volatile() };
        let lie = match pick >> 28 & 3 {
            0 if pick & 8 == 0 => pick,
            0 => MARKS[pick as usize / 16 % 3],
            1 => was ^ 1 << (pick >> 8 & 31),
            2 => pick % 2040,
            _ => was.wrapping_add(pick % 3).wrapping_sub(1),
        };
        // SAFETY: as above; another process would write to it just so.
        unsafe { word.write_volatile(lie) };
        if round % 256 == 0 {
            let _ = to.try_send(b"with a bell");
            std::thread::yield_now();
        }
    }
}

fn a_hostile_writer_hurts_itself_alone() {
    const HONEST: usize = 4;
    const EACH: u32 = 3000;
    let mut slots = slots(HONEST + 1);
    let mut many = Many::new(&mut slots).expect("new");
    let honest: Vec<Child> = (0..HONEST as u32)
        .map(|who| {
            let work = |mut to: Producer| {
                for which in 0..EACH {
                    send(&mut to, who, which);
                    if which % 100 == who {
                        nap(Duration::from_micros(50));
                    }
                }
            };
            writer(&mut many, work).1
        })
        .collect();
    let mut seed = 1;
    let (mut place, mut liar) = writer(&mut many, |to| lies(to, seed));
    let mut next = [0; HONEST];
    let (mut buf, mut caught, mut of_the_liar) = ([0; 4096], 0, 0_u32);
    // Until all is said, and twenty liars at the least were caught.
    while many.len() > 1 || caught < 20 {
        match many.recv(&mut buf, PATIENCE).expect("recv") {
            Received::Message { from, len } if from != place => {
                check(&buf[..len], from as u32, next[from]);
                next[from] += 1;
            }
            Received::End { from } if from != place => assert_eq!(next[from], EACH),
            Received::Message { len, .. } => {
                assert!(len > 0 && len <= many.recv_limit());
                of_the_liar += 1;
            }
            Received::Corrupt { from, saw } => {
                assert_eq!((from, saw.word), (place, Word::Length));
                assert!(saw.value == 0 || saw.value > saw.most, "{saw}");
                let kept = many.get(from).and_then(Consumer::corruption);
                assert_eq!(kept, Some(saw));
                let mut ring = many.remove(from).expect("it stays until then");
                assert_eq!(ring.try_recv(&mut buf).expect_err("for good").errno(), Errno::BADMSG);
                drop(ring);
                liar.kill();
                caught += 1;
                seed += 1;
                // Where an honest one was, as well.
                (place, liar) = writer(&mut many, |to| lies(to, seed));
            }
            other => panic!("{other:?}"),
        }
    }
    println!("{caught} liars caught, {of_the_liar} messages of theirs");
    assert_eq!(next, [EACH; HONEST]);
    drop(many);
    liar.kill();
    honest.into_iter().for_each(Child::join);
}

fn a_child_is_told_that_it_is_not_its() {
    let mut slots = slots(3);
    let mut many = Some(Many::new(&mut slots).expect("new"));
    let ours = many.as_mut().expect("ours");
    let (mut to, consumer) = ring::pair(CAPACITY).expect("pair");
    ours.admit(consumer).expect("admit");
    assert_eq!(ours.try_recv(&mut []).expect_err("nothing").errno(), Errno::AGAIN);
    for round in 0..20_u8 {
        to.send(&[round], PATIENCE).expect("send");
        Child::spawn(|| {
            let mut many = many.take().expect("a copy");
            let refused = [
                many.try_recv(&mut [0; 8]).expect_err("not its").errno(),
                many.recv(&mut [0; 8], PATIENCE).expect_err("not its").errno(),
                many.admit(ring::pair(CAPACITY).expect("pair").1).expect_err("not its").errno(),
            ];
            assert_eq!(refused, [Errno::PERM; 3]);
            if round % 2 == 0 {
                let mut ring = many.remove(0).expect("a copy");
                assert_eq!(ring.try_recv(&mut [0; 8]).expect_err("not its").errno(), Errno::PERM);
            }
        })
        .join();
        // Nothing is lost, neither the message nor the wake of the next.
        let ours = many.as_mut().expect("ours");
        let mut buf = [0; 8];
        assert_eq!(ours.recv(&mut buf, PATIENCE), Ok(Received::Message { from: 0, len: 1 }));
        assert_eq!(buf[0], round);
        assert_eq!(ours.try_recv(&mut buf).expect_err("nothing").errno(), Errno::AGAIN);
    }
}

fn cpu_time() -> Duration {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: room for a rusage.
    unsafe { libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr()) };
    // SAFETY: zeroed, and filled in.
    let usage = unsafe { usage.assume_init() };
    let of = |t: libc::timeval| Duration::from_micros(t.tv_sec as u64 * 1_000_000 + t.tv_usec as u64);
    of(usage.ru_utime) + of(usage.ru_stime)
}

fn asleep_it_takes_no_time() {
    let mut slots = slots(100);
    let mut many = Many::new(&mut slots).expect("new");
    let gate = Gate::new();
    let children: Vec<Child> = (0..100)
        .map(|_| {
            writer(&mut many, |mut to| {
                gate.wait();
                to.send(b"at last", PATIENCE).expect("send");
            })
            .1
        })
        .collect();
    let mut buf = [0; 8];
    let before = cpu_time();
    let e = many.recv(&mut buf, Wait::at_most(Duration::from_millis(500))).expect_err("nobody");
    assert_eq!(e.errno(), Errno::TIMEDOUT);
    let took = cpu_time() - before;
    assert!(took < Duration::from_millis(100), "{took:?}");
    for _ in 0..100 {
        gate.open();
    }
    let mut ends = 0;
    while !many.is_empty() {
        ends += u32::from(matches!(many.recv(&mut buf, PATIENCE).expect("recv"), Received::End { .. }));
    }
    assert_eq!(ends, 100);
    children.into_iter().for_each(Child::join);
}

/// Both sides asleep for most of each message, then polling for some of it: every wake is needed.
fn up_and_down_the_ladder() {
    const WRITERS: usize = 3;
    const ROUNDS: u32 = 1500;
    for polling in [Polling::NONE, Polling { pauses: 30, yields: 2 }, Polling { pauses: 0, yields: u32::MAX }]
    {
        let mut slots = slots(WRITERS);
        let mut many = Many::new(&mut slots).expect("new");
        many.set_polling(polling);
        let (mut replies, children): (Vec<Producer>, Vec<Child>) = (0..WRITERS as u32)
            .map(|who| {
                let (reply, mut from) = ring::pair(CAPACITY).expect("pair");
                let mut reply = Some(reply);
                let (_, child) = writer(&mut many, |mut to| {
                    drop(reply.take());
                    let mut buf = [0; 8];
                    for which in 0..ROUNDS {
                        send(&mut to, who, which);
                        assert_eq!(from.recv(&mut buf, PATIENCE), Ok(4));
                        assert_eq!(buf[..4], which.to_ne_bytes());
                    }
                });
                (reply.take().expect("ours"), child)
            })
            .unzip();
        let mut next = [0; WRITERS];
        let mut buf = [0; 512];
        while !many.is_empty() {
            if let Received::Message { from, len } = many.recv(&mut buf, PATIENCE).expect("recv") {
                check(&buf[..len], from as u32, next[from]);
                replies[from].send(&next[from].to_ne_bytes(), PATIENCE).expect("reply");
                next[from] += 1;
            }
        }
        assert_eq!(next, [ROUNDS; WRITERS]);
        children.into_iter().for_each(Child::join);
    }
}
