//! What loom does not model, on the processor that is here: the shipped sleep logic with real atomics, the kernel's
//! membarrier, and the compiler. Two threads meet again and again, one that falls asleep and one that publishes, at the same moment; where
//! the sleeper finds nothing and no bell is rung, a wake is lost.
//!
//!     stress SECONDS              as it ships, without membarrier and with it; nothing may be lost
//!     stress SECONDS WEAKENED     one of `announce`, `tell`, `barrier` is left out: ends at the first loss

#[path = "../../../src/ring/sleep.rs"]
#[allow(dead_code)]
mod sleep;

use sleep::{Barrier, OwnSleep, PeerSleep, Tell, published};
use std::hint::spin_loop;
use std::process::exit;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

/// The processor's own, with one fence left out where that is asked for.
mod atomic {
    use std::panic::Location;
    use std::sync::OnceLock;
    pub use std::sync::atomic::{AtomicU32, Ordering, compiler_fence};

    /// The line in sleep.rs of the fence that is none.
    pub static LEFT_OUT: OnceLock<u32> = OnceLock::new();

    #[track_caller]
    #[inline]
    pub fn fence(order: Ordering) {
        if LEFT_OUT.get() == Some(&Location::caller().line()) {
            compiler_fence(order);
        } else {
            std::sync::atomic::fence(order);
        }
    }
}

use atomic::{AtomicU32, Ordering};

/// So far since the last sleep, that the next makes a barrier.
const FAR: u32 = 32 * 64;

#[derive(Default)]
#[repr(align(128))]
struct Line(AtomicU32);

/// So many sleeps from one meeting of the two to the next.
const SLEEPS: usize = 64;

/// One of them.
#[derive(Default)]
struct Sleep {
    word: Line,
    message: Line,
    found: Line,
}

struct Place {
    met: Line,
    /// The sleep that the sleeper begins.
    at: Line,
    over: AtomicBool,
    sleeps: [Sleep; SLEEPS],
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let seconds: f64 = args.first().and_then(|arg| arg.parse().ok()).expect("stress SECONDS [WEAKENED]");
    let weakened = args.get(1).map(String::as_str);
    if let Some(line) = weakened.and_then(line_of) {
        atomic::LEFT_OUT.set(line).expect("once");
    }
    let barriers = membarrier(MEMBARRIER_REGISTER);
    if !barriers {
        println!("SKIP the barrier of a sleeper: no membarrier here");
    }
    let ways: &[bool] = match weakened {
        Some("barrier") => &[true],
        Some(_) => &[false],
        None if barriers => &[false, true],
        None => &[false],
    };
    for &able in ways {
        let time = Duration::from_secs_f64(seconds / ways.len() as f64);
        let (sleeps, rung, lost) = meet_for(time, able, weakened == Some("barrier"));
        let with = if able { "with membarrier" } else { "with fences" };
        println!("{with}: {sleeps} sleeps, {rung} bells, {lost} wakes lost");
        if lost > 0 {
            exit(3);
        }
    }
}

/// The line of the one fence in this function of the shipped text.
fn line_of(function: &str) -> Option<u32> {
    let text = include_str!("../../../src/ring/sleep.rs");
    let lines = text.split("#[cfg(test)]").next().unwrap_or(text).lines();
    let mut inside = (1..).zip(lines).skip_while(|(_, line)| !line.contains(&format!("fn {function}(")));
    inside.find(|(_, line)| line.trim().starts_with("fence(")).map(|(n, _)| n)
}

/// The sleeps, the bells and what was lost.
fn meet_for(time: Duration, able: bool, without_barrier: bool) -> (u64, u64, u64) {
    let place = Place {
        met: Line::default(),
        at: Line::default(),
        over: AtomicBool::new(false),
        sleeps: std::array::from_fn(|_| Sleep::default()),
    };
    let ends = Instant::now() + time;
    thread::scope(|scope| {
        scope.spawn(|| sleeper(&place, able, without_barrier));
        waker(&place, ends)
    })
}

fn sleeper(place: &Place, able: bool, without_barrier: bool) {
    let mut own: [OwnSleep; SLEEPS] = std::array::from_fn(|i| OwnSleep::new(&place.sleeps[i].word.0, able));
    let mut random = 1;
    for round in 1.. {
        meet(place, 2 * round - 1);
        if place.over.load(Ordering::Relaxed) {
            return;
        }
        for (i, (own, sleep)) in (1..).zip(own.iter_mut().zip(&place.sleeps)) {
            place.at.0.store(round * SLEEPS as u32 + i, Ordering::Release);
            wobble(&mut random, 1023);
            if own.prepare(&sleep.word.0, 0) == Barrier::Everywhere && !without_barrier {
                assert!(membarrier(MEMBARRIER_EVERYWHERE));
            }
            own.announce(&sleep.word.0);
            let found = sleep.message.0.load(Ordering::Relaxed) == round;
            sleep.found.0.store(found.into(), Ordering::Relaxed);
        }
        meet(place, 2 * round);
        for (i, (own, sleep)) in (round..).zip(own.iter_mut().zip(&place.sleeps)) {
            own.end(&sleep.word.0);
            // Far at times, and at times not.
            own.go_on(&sleep.word.0, i % 3 * FAR);
        }
    }
}

fn waker(place: &Place, ends: Instant) -> (u64, u64, u64) {
    let mut peers = [const { PeerSleep::NONE }; SLEEPS];
    let (mut bells, mut lost, mut random) = (0, 0, 2);
    for round in 1.. {
        let over = round == 1 << 24 || lost > 0 || Instant::now() > ends;
        place.over.store(over, Ordering::Relaxed);
        meet(place, 2 * round - 1);
        if over {
            return (u64::from(round - 1) * SLEEPS as u64, bells, lost);
        }
        let mut rung = [false; SLEEPS];
        for (i, ((peer, sleep), rung)) in (1..).zip(peers.iter_mut().zip(&place.sleeps).zip(&mut rung)) {
            patiently(|| place.at.0.load(Ordering::Acquire) >= round * SLEEPS as u32 + i);
            wobble(&mut random, 63);
            let word = || sleep.word.0.load(Ordering::Relaxed);
            sleep.message.0.store(round, Ordering::Release);
            published();
            *rung = !PeerSleep::is_quiet(word()) && peer.tell(word) == Tell::Ring;
        }
        meet(place, 2 * round);
        for (sleep, rung) in place.sleeps.iter().zip(rung) {
            bells += u64::from(rung);
            lost += u64::from(!rung && sleep.found.0.load(Ordering::Relaxed) == 0);
        }
    }
    unreachable!("it is over before")
}

/// Both sides meet for the `time`th time, and go on at once.
fn meet(place: &Place, time: u32) {
    place.met.0.fetch_add(1, Ordering::AcqRel);
    patiently(|| place.met.0.load(Ordering::Acquire) >= 2 * time);
}

fn patiently(is_there: impl Fn() -> bool) {
    let mut looks = 0_u32;
    while !is_there() {
        looks += 1;
        if looks % 1000 == 0 { thread::yield_now() } else { spin_loop() }
    }
}

/// A little time, up to so many steps, another one each time.
fn wobble(random: &mut u32, most: u32) {
    *random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    for _ in 0..(*random >> 16) & most {
        std::hint::black_box(());
    }
}

const MEMBARRIER_EVERYWHERE: i32 = 2;
const MEMBARRIER_REGISTER: i32 = 4;

fn membarrier(command: i32) -> bool {
    // SAFETY: plain numbers.
    unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
}
