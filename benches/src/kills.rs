//! `-- kills [N]`: how soon is a peer's `kill -9` told?
//!
//! Each time a ring, a child at its other end, and a kill at a random instant: of a producer that sends without a pause,
//! of one whose consumer sleeps between its messages, and of a consumer whose producer sends without a pause; of a ring
//! made before the fork, and of one where the two met as strangers. What was sent before has to arrive, whole and in
//! order, nothing may stay, and 99 of 100 have to be told within [`BOUND`].

use crate::shared::{Line, Shared};
use rawipc::ring::{self, Consumer, Polling, Producer};
use rawipc::socket::Stream;
use rawipc::{Receiver, Sender, Wait};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

const CAPACITY: usize = 1 << 16;
const LONGEST: usize = 300;
const BOUND: Duration = Duration::from_millis(10);
const KINDS: [&str; 6] = [
    "producer that sends on and on",
    "producer, the consumer asleep",
    "consumer",
    "a stranger that sends on and on",
    "a stranger, the consumer asleep",
    "a stranger that receives",
];

/// What both sides have before the fork.
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
enum Before {
    Pair(Producer, Consumer),
    Line(Stream, Stream),
}

/// One side's end of the ring.
enum End {
    Sends(Producer),
    Receives(Consumer),
}

impl Before {
    fn new(strangers: bool) -> rawipc::Result<Before> {
        match strangers {
            false => ring::pair(CAPACITY).map(|(producer, consumer)| Before::Pair(producer, consumer)),
            true => Stream::pair().map(|(ours, theirs)| Before::Line(ours, theirs)),
        }
    }

    /// The end of the parent or of the child, all else being dropped.
    fn end(self, is_child: bool, sends: bool, polling: Polling) -> rawipc::Result<End> {
        let mut end = match (self, sends) {
            (Before::Pair(producer, _), true) => End::Sends(producer),
            (Before::Pair(_, consumer), false) => End::Receives(consumer),
            (Before::Line(ours, theirs), _) => {
                let socket = if is_child { theirs } else { ours };
                match sends {
                    true => End::Sends(Producer::meet(&socket, CAPACITY, Wait::FOREVER)?),
                    false => End::Receives(Consumer::meet(&socket, Wait::FOREVER)?),
                }
            }
        };
        match &mut end {
            End::Sends(producer) => producer.set_polling(polling),
            End::Receives(consumer) => consumer.set_polling(polling),
        }
        Ok(end)
    }
}

pub fn run(times: u64) {
    // SAFETY: atomics may be zero.
    let sent: Shared<Line<AtomicU64>> = unsafe { Shared::new() };
    let before = holdings();
    let mut told: [Vec<Duration>; 6] = Default::default();
    let (mut torn, mut lost) = (0_u64, 0_u64);
    let mut random = 0x9e37_79b9_7f4a_7c15_u64 ^ std::process::id() as u64;
    for time in 0..times {
        // xorshift.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let kind = (time % 6) as usize;
        let child_sends = kind % 3 != 2;
        sent.0.store(0, Relaxed);
        let both = Before::new(kind >= 3).expect("a ring, or a socket to meet over");
        let polling = if random & 1 == 0 { Polling::NONE } else { Polling::BRIEF };
        let parent = std::process::id();
        // SAFETY: one thread, and the child is killed.
        let child = unsafe { libc::fork() };
        assert!(child >= 0, "no fork");
        if child == 0 {
            // SAFETY: plain calls.
            unsafe {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                libc::alarm(60);
                if libc::getppid() as u32 != parent {
                    libc::_exit(1);
                }
            }
            match both.end(true, child_sends, polling).expect("the child's end") {
                End::Sends(producer) => send_for_ever(producer, &sent.0, kind % 3 == 1),
                End::Receives(consumer) => receive_for_ever(consumer),
            }
        }
        let end = both.end(false, !child_sends, polling).expect("our end");
        let wait = Duration::from_micros(random % 700);
        let killer = std::thread::spawn(move || {
            std::thread::sleep(wait);
            let now = Instant::now();
            // SAFETY: our own child, not yet waited for.
            unsafe { libc::kill(child, libc::SIGKILL) };
            now
        });
        let end = match end {
            End::Sends(producer) => send_until_told(producer),
            End::Receives(consumer) => {
                let (end, arrived, bad) = receive_until_told(consumer);
                torn += bad;
                lost += sent.0.load(Relaxed).saturating_sub(arrived);
                end
            }
        };
        let killed = killer.join().expect("killed");
        told[kind].push(end.saturating_duration_since(killed));
        // SAFETY: our own child.
        unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
    }
    let after = holdings();
    println!("told of a kill -9, {times} times at random instants");
    let mut late = 0;
    for (kind, told) in KINDS.iter().zip(&mut told) {
        told.sort();
        let at = |part: usize| told.get(told.len() * part / 1000).copied().unwrap_or_default();
        let worst = told.last().copied().unwrap_or_default();
        println!("  {kind:32} p50 {:?}  p99 {:?}  worst {worst:?}", at(500), at(990));
        late += u32::from(at(990) >= BOUND);
    }
    let left = after != before;
    println!("  torn {torn}, lost {lost}, left behind: {}", if left { "something" } else { "nothing" });
    assert!(torn == 0 && lost == 0 && !left, "{before:?} {after:?}");
    assert_eq!(late, 0, "p99 is not under {BOUND:?}");
}

/// The length of a message, and its bytes, by its number.
fn message(number: u64, buf: &mut [u8; LONGEST]) -> &[u8] {
    let len = 8 + (number * 37 % (LONGEST as u64 - 8)) as usize;
    let msg = &mut buf[..len];
    msg.fill(number as u8);
    msg[..8].copy_from_slice(&number.to_ne_bytes());
    msg
}

fn send_for_ever(mut producer: Producer, sent: &AtomicU64, pauses: bool) -> ! {
    let mut buf = [0; LONGEST];
    for number in 0.. {
        let _ = producer.send(message(number, &mut buf), Wait::FOREVER);
        sent.store(number + 1, Relaxed);
        if pauses {
            std::thread::sleep(Duration::from_micros(50));
        }
    }
    unreachable!()
}

fn receive_for_ever(mut consumer: Consumer) -> ! {
    let mut buf = [0; LONGEST];
    loop {
        let _ = consumer.recv(&mut buf, Wait::FOREVER);
    }
}

fn send_until_told(mut producer: Producer) -> Instant {
    let mut buf = [0; LONGEST];
    for number in 0.. {
        if let Err(e) = producer.send(message(number, &mut buf), Wait::FOREVER) {
            assert_eq!(e.errno(), rawipc::Errno::PIPE);
            break;
        }
    }
    Instant::now()
}

/// When it was told, how many came, and how many of them were not what was sent.
fn receive_until_told(mut consumer: Consumer) -> (Instant, u64, u64) {
    let (mut buf, mut expected) = ([0; LONGEST], [0; LONGEST]);
    let (mut number, mut bad) = (0, 0);
    loop {
        let len = consumer.recv(&mut buf, Wait::FOREVER).expect("a message or the end");
        if len == 0 {
            return (Instant::now(), number, bad);
        }
        bad += u64::from(buf.get(..len) != Some(message(number, &mut expected)));
        number += 1;
    }
}

/// Descriptors, mappings of rings, and children.
fn holdings() -> (usize, usize, usize) {
    let descriptors = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let rings = maps.lines().filter(|line| line.contains("rawipc-") && line.contains("memfd:")).count();
    let pid = std::process::id();
    let children = std::fs::read_to_string(format!("/proc/self/task/{pid}/children")).unwrap_or_default();
    (descriptors, rings, children.split_whitespace().count())
}
