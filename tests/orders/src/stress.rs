//! What loom does not model, on the processor that is here: the shipped sleep logic with real atomics, the kernel's
//! membarrier, and the compiler. Two threads meet again and again, one that falls asleep and one that publishes, at the same moment; where
//! the sleeper finds nothing and no bell is rung, a wake is lost.
//!
//!     stress SECONDS              as it ships, without membarrier, with it, and with one that passes the waker over;
//!                                 nothing may be lost
//!     stress SECONDS WEAKENED     one of `announce`, `tell`, `barrier`, `drain` is left out: ends at the first loss

#[path = "../../../src/ring/drain.rs"]
mod drain;
#[path = "../../../src/ring/sleep.rs"]
#[allow(dead_code)]
mod sleep;

use drain::drain;
use sleep::{Barrier, FAR, OwnSleep, PeerSleep, Tell, published};
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

#[derive(Default)]
#[repr(align(128))]
struct Line(AtomicU32);

#[allow(clippy::declare_interior_mutable_const)]
const NONE: Line = Line(AtomicU32::new(0));

/// So many sleeps from one meeting of the two to the next.
const SLEEPS: usize = 64;

/// So many, as a message that is written in place. They keep its last write back longest.
const OTHERS: usize = 64;

/// One of them.
struct Sleep {
    word: Line,
    /// What the waker writes before the message, some of them, and has to get from the sleeper.
    others: [Line; OTHERS],
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

/// What is left out, of what no line of sleep.rs alone is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Without {
    Nothing,
    /// The call of membarrier, and the pauses after it.
    Barrier,
    /// The pauses after it.
    Drain,
}

/// How the sleeper comes to its order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum With {
    Fences,
    Membarrier,
    /// It is the processor of the waker that the kernel passes over.
    PassedOver,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let seconds: f64 = args.first().and_then(|arg| arg.parse().ok()).expect("stress SECONDS [WEAKENED]");
    let weakened = args.get(1).map(String::as_str);
    if let Some(line) = weakened.and_then(line_of) {
        atomic::LEFT_OUT.set(line).expect("once");
    }
    let (without, ways): (_, &[With]) = match weakened {
        None => (Without::Nothing, &[With::Fences, With::Membarrier, With::PassedOver]),
        Some("barrier") => (Without::Barrier, &[With::Membarrier]),
        Some("drain") => (Without::Drain, &[With::PassedOver]),
        Some(_) => (Without::Nothing, &[With::Fences]),
    };
    for &with in ways {
        let ends = Instant::now() + Duration::from_secs_f64(seconds / ways.len() as f64);
        // Each in a process of its own, since none unregisters. To be passed over is soon over: begun again and again.
        while with == With::PassedOver && Instant::now() + A_SECOND < ends {
            in_a_child(|| meet_until(Instant::now() + A_SECOND, with, without));
        }
        in_a_child(|| meet_until(ends, with, without));
    }
    if without == Without::Drain {
        println!("SKIP a barrier that is not enough: no processor was passed over by the kernel here");
    }
}

const A_SECOND: Duration = Duration::from_secs(1);

/// Ends with what it returns, where that is not 0.
fn in_a_child(work: impl FnOnce() -> i32) {
    // SAFETY: there is one thread here, and the child ends in this call.
    unsafe {
        let child = libc::fork();
        assert!(child >= 0, "no child");
        if child == 0 {
            exit(work());
        }
        let mut status = 0;
        assert_eq!(libc::waitpid(child, &mut status, 0), child);
        if status != 0 {
            exit(if libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { 1 });
        }
    }
}

/// The status to end with.
fn meet_until(ends: Instant, with: With, without: Without) -> i32 {
    let mut processors = None;
    if with == With::PassedOver {
        processors = two_processors();
        let Some([_, waker]) = processors else {
            println!("SKIP a barrier that passes a processor over: there is one alone");
            return 0;
        };
        run_on(waker);
        thread::sleep(Duration::from_millis(1));
    }
    // It idles in this memory now, and registered is it from another one.
    processors.map(|[sleeper, _]| run_on(sleeper));
    if with != With::Fences && !membarrier(MEMBARRIER_REGISTER) {
        println!("SKIP the barrier of a sleeper: no membarrier here");
        return 0;
    }
    let (sleeps, rung, lost) = meet(ends, processors, with != With::Fences, without);
    let with = match with {
        With::Fences => "fences",
        With::Membarrier => "membarrier",
        With::PassedOver => "a membarrier that passes over",
    };
    println!("with {with}: {sleeps} sleeps, {rung} bells, {lost} wakes lost");
    if lost > 0 { 3 } else { 0 }
}

/// Two that we may run on.
fn two_processors() -> Option<[usize; 2]> {
    // SAFETY: a plain set, which the call fills in.
    let may = unsafe {
        let mut may: libc::cpu_set_t = std::mem::zeroed();
        assert_eq!(libc::sched_getaffinity(0, size_of_val(&may), &mut may), 0);
        may
    };
    // SAFETY: within the set.
    let mut may = (0..libc::CPU_SETSIZE as usize).filter(|&i| unsafe { libc::CPU_ISSET(i, &may) });
    Some([may.next()?, may.next()?])
}

/// This thread, from here on.
fn run_on(processor: usize) {
    // SAFETY: a plain set.
    unsafe {
        let mut may: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(processor, &mut may);
        assert_eq!(libc::sched_setaffinity(0, size_of_val(&may), &may), 0);
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
fn meet(ends: Instant, processors: Option<[usize; 2]>, able: bool, without: Without) -> (u64, u64, u64) {
    let place = Place {
        met: Line::default(),
        at: Line::default(),
        over: AtomicBool::new(false),
        sleeps: [const { Sleep { word: NONE, others: [NONE; OTHERS], message: NONE, found: NONE } }; SLEEPS],
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            processors.map(|[own, _]| run_on(own));
            sleeper(&place, able, without)
        });
        processors.map(|[_, own]| run_on(own));
        waker(&place, ends)
    })
}

fn sleeper(place: &Place, able: bool, without: Without) {
    let mut own: [OwnSleep; SLEEPS] = std::array::from_fn(|i| OwnSleep::new(&place.sleeps[i].word.0, able));
    let mut random = 1;
    for round in 1.. {
        both(place, 2 * round - 1);
        if place.over.load(Ordering::Relaxed) {
            return;
        }
        for (i, (own, sleep)) in (1..).zip(own.iter_mut().zip(&place.sleeps)) {
            place.at.0.store(round * SLEEPS as u32 + i, Ordering::Release);
            wobble(&mut random, 1023);
            if own.prepare(&sleep.word.0, 0) == Barrier::Everywhere && without != Without::Barrier {
                assert!(membarrier(MEMBARRIER_EVERYWHERE));
                own.ordered();
                if without != Without::Drain {
                    drain(|| false);
                }
            }
            own.announce(&sleep.word.0);
            let found = sleep.message.0.load(Ordering::Relaxed) == round;
            sleep.found.0.store(found.into(), Ordering::Relaxed);
        }
        both(place, 2 * round);
        for (i, (own, sleep)) in (round..).zip(own.iter_mut().zip(&place.sleeps)) {
            own.end(&sleep.word.0);
            sleep.others.iter().for_each(|other| other.0.store(0, Ordering::Relaxed));
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
        both(place, 2 * round - 1);
        if over {
            return (u64::from(round - 1) * SLEEPS as u64, bells, lost);
        }
        let mut rung = [false; SLEEPS];
        for (i, ((peer, sleep), rung)) in (1..).zip(peers.iter_mut().zip(&place.sleeps).zip(&mut rung)) {
            patiently(|| place.at.0.load(Ordering::Acquire) >= round * SLEEPS as u32 + i);
            wobble(&mut random, 63);
            // None as often as some.
            let others = if random >> 31 == 0 { 0 } else { (random >> 8) as usize % OTHERS };
            let word = || sleep.word.0.load(Ordering::Relaxed);
            sleep.others.iter().take(others).for_each(|other| other.0.store(round, Ordering::Relaxed));
            sleep.message.0.store(round, Ordering::Release);
            published();
            *rung = !PeerSleep::is_quiet(word()) && peer.tell(word) == Tell::Ring;
        }
        both(place, 2 * round);
        for (sleep, rung) in place.sleeps.iter().zip(rung) {
            bells += u64::from(rung);
            lost += u64::from(!rung && sleep.found.0.load(Ordering::Relaxed) == 0);
        }
    }
    unreachable!("it is over before")
}

/// Both sides meet for the `time`th time, and go on at once.
fn both(place: &Place, time: u32) {
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
