//! Two pinned processes, their bursts in turn, and what comes out.

use crate::shared::{Line, Shared, sweep};
use std::sync::atomic::{
    AtomicU32, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use std::time::Instant;

/// A way to move messages, made before the fork. One of its sides is kept in each process.
pub trait Ends {
    /// In the process that is timed, before its first burst.
    fn become_leader(&mut self);
    /// In the other.
    fn become_follower(&mut self);
    /// `n` operations: round trips, or messages sent until the last one was taken.
    fn lead(&mut self, n: usize);
    fn follow(&mut self, n: usize);
}

pub struct Contender {
    pub name: &'static str,
    pub make: Box<dyn Fn() -> Box<dyn Ends>>,
    /// The most time it may take, in parts of the base's.
    pub at_most: Option<f64>,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Processors {
    One,
    Two,
}

pub struct Row {
    pub name: String,
    pub processors: Processors,
    /// Operations a burst: half a millisecond of round trips, one to three of messages one way.
    pub n: usize,
    /// Bytes an operation moves, for rows in GB/s.
    pub bytes: Option<usize>,
    pub base: Contender,
    pub others: Vec<Contender>,
}

const QUADS: usize = 40;
const RETRIES: u32 = 30;
/// So many in a row, and there is no keeping other load out.
const RETRIES_A_RUN: u32 = 400;
/// Bursts of a row in which other load could not be kept out.
const BURSTS_MOST: u32 = 2;
/// Milliseconds that the host may take of the processors during a row.
const STOLEN_MOST: u64 = 20;
/// A row in which other load could not be kept out is run so often, and printed as it was the last time.
const RUNS: u32 = 3;

/// How the two processes keep step.
struct Step {
    /// The burst that the leader begins.
    go: Line<AtomicU32>,
    /// The burst that the follower is ready for.
    ready: Line<AtomicU32>,
    /// The burst that the follower is done with, and how often it was pushed off its processor meanwhile.
    done: Line<AtomicU32>,
    pushed: Line<AtomicU64>,
}

struct Pair {
    step: Shared<Step>,
    ends: Vec<Box<dyn Ends>>,
    burst: u32,
    one: bool,
}

impl Row {
    /// Runs it, prints it, and returns how many of its figures were missed.
    pub fn run(&self) -> u32 {
        let mut run = 1;
        loop {
            let stolen = stolen();
            let (missed, polluted) = self.run_once(run == RUNS, stolen);
            if !polluted || run == RUNS {
                return missed;
            }
            run += 1;
        }
    }

    /// Prints nothing where other load was there and it is not the `last` try.
    fn run_once(&self, last: bool, stolen_before: u64) -> (u32, bool) {
        let contenders: Vec<&Contender> = std::iter::once(&self.base).chain(&self.others).collect();
        let mut pair = Pair::fork(&contenders, self.processors, self.n);
        let mut times: Vec<Vec<f64>> = vec![vec![]; contenders.len()];
        let mut ratios: Vec<Vec<f64>> = vec![vec![]; contenders.len()];
        let mut polluted = vec![0; contenders.len()];
        for (i, _) in contenders.iter().enumerate() {
            pair.burst(i, self.n);
            pair.burst(i, self.n);
        }
        let mut retries = 0;
        for _ in 0..QUADS {
            for (other, ratios) in ratios.iter_mut().enumerate().skip(1) {
                let quad = [0, other, other, 0].map(|i| {
                    let mut tries = 0;
                    loop {
                        let (nanos, clean) = pair.burst(i, self.n);
                        tries += 1;
                        retries += u32::from(!clean);
                        if clean || tries > RETRIES || retries > RETRIES_A_RUN {
                            polluted[i] += u32::from(!clean);
                            times[i].push(nanos);
                            return nanos;
                        }
                    }
                });
                ratios.push((quad[1] + quad[2]) / (quad[0] + quad[3]));
            }
        }
        pair.end();
        let stolen = stolen().saturating_sub(stolen_before);
        let bad = stolen > STOLEN_MOST || polluted.iter().sum::<u32>() > BURSTS_MOST;
        if bad && !last {
            return (0, true);
        }
        println!("\n{} ({})", self.name, if pair.one { "one core" } else { "two cores" });
        let mut missed = 0;
        for (i, c) in contenders.iter().enumerate() {
            let each = median(&mut times[i]);
            let rate = match self.bytes {
                Some(bytes) if bytes >= 4096 => format!("{:8.2} GB/s", bytes as f64 / each),
                Some(_) => format!("{:8.2} M/s ", 1000.0 / each),
                None => " ".repeat(13),
            };
            print!("  {:28} {each:10.1} ns {rate}", c.name);
            if i > 0 {
                let r = median(&mut ratios[i]);
                let (q1, q3) = (ratios[i][ratios[i].len() / 4], ratios[i][ratios[i].len() * 3 / 4]);
                print!("  {r:6.3} [{q1:.3} {q3:.3}]");
                if let Some(most) = c.at_most {
                    let verdict = if r <= most { "reached" } else { "MISSED" };
                    missed += u32::from(r > most);
                    print!("  ≤ {most:.3} {verdict}");
                }
            }
            println!("{}", if polluted[i] > 0 { format!("  *{}", polluted[i]) } else { String::new() });
        }
        if stolen > 0 {
            println!("  ({stolen} ms of the processors were taken by the host)");
        }
        (missed, bad)
    }
}

impl Pair {
    fn fork(contenders: &[&Contender], processors: Processors, n: usize) -> Pair {
        let one = processors == Processors::One;
        let mut ends: Vec<Box<dyn Ends>> = contenders.iter().map(|c| (c.make)()).collect();
        // SAFETY: atomics may be zero.
        let step: Shared<Step> = unsafe { Shared::new() };
        let parent = std::process::id();
        // SAFETY: one thread, and the child leaves by _exit.
        let child = unsafe { libc::fork() };
        assert!(child >= 0, "no fork");
        // SAFETY: plain calls about this process.
        unsafe {
            if child == 0 {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                // It died before it was asked for.
                if libc::getppid() as u32 != parent {
                    libc::_exit(1);
                }
            }
            libc::alarm(120);
            libc::setpriority(libc::PRIO_PROCESS, 0, -20);
        }
        pin(if one || child == 0 { 1 } else { 0 });
        if child == 0 {
            ends.iter_mut().for_each(|e| e.become_follower());
            follow(step, ends, n, one);
        }
        ends.iter_mut().for_each(|e| e.become_leader());
        Pair { step, ends, burst: 0, one }
    }

    /// The time of an operation, and whether both were let be.
    fn burst(&mut self, contender: usize, n: usize) -> (f64, bool) {
        self.burst += 1;
        self.step.go.0.store(self.burst << 8 | contender as u32, Release);
        until(self.one, || self.step.ready.0.load(Acquire) == self.burst);
        let pushed = pushed_off();
        let start = Instant::now();
        self.ends[contender].lead(n);
        let nanos = start.elapsed().as_nanos() as f64;
        let mine = pushed_off() - pushed;
        until(self.one, || self.step.done.0.load(Acquire) == self.burst);
        let clean = self.one || mine + self.step.pushed.0.load(Relaxed) == 0;
        (nanos / n as f64, clean)
    }

    fn end(&mut self) {
        self.step.go.0.store(u32::MAX, Release);
        // SAFETY: waits for our one child.
        unsafe { libc::wait(std::ptr::null_mut()) };
        self.ends.clear();
        sweep();
    }
}

fn follow(step: Shared<Step>, mut ends: Vec<Box<dyn Ends>>, n: usize, one: bool) -> ! {
    let mut last = 0;
    loop {
        let mut go = 0;
        until(one, || {
            go = step.go.0.load(Acquire);
            go != last
        });
        if go == u32::MAX {
            // SAFETY: ends the child.
            unsafe { libc::_exit(0) };
        }
        last = go;
        let pushed = pushed_off();
        step.ready.0.store(go >> 8, Release);
        ends[(go & 0xff) as usize].follow(n);
        step.pushed.0.store(pushed_off() - pushed, Relaxed);
        step.done.0.store(go >> 8, Release);
    }
}

fn until(one: bool, mut there: impl FnMut() -> bool) {
    while !there() {
        if one { std::thread::yield_now() } else { std::hint::spin_loop() }
    }
}

/// How often this process had to leave its processor to another.
fn pushed_off() -> u64 {
    // SAFETY: the kernel fills it; zero is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    unsafe { libc::getrusage(libc::RUSAGE_THREAD, &mut usage) };
    usage.ru_nivcsw as u64
}

/// Milliseconds of all processors that the host gave to others.
fn stolen() -> u64 {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let ticks = stat.lines().next().and_then(|all| all.split_whitespace().nth(8)?.parse::<u64>().ok());
    ticks.unwrap_or(0) * 10
}

fn pin(processor: usize) {
    // SAFETY: a set of bits, all clear at first.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: inside the set.
    unsafe { libc::CPU_SET(processor, &mut set) };
    // SAFETY: this thread alone.
    let answer = unsafe { libc::sched_setaffinity(0, size_of_val(&set), &set) };
    assert_eq!(answer, 0, "cannot be pinned to processor {processor}");
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
