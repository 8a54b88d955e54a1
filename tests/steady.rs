//! What a ring costs the kernel: nothing while both sides are awake, and no processor time while one sleeps.
//!
//! The stream is this program again, under strace: a million messages between two processes that poll, in windows that
//! each process opens and shuts by a call of its own. Where a side is pushed off its processor the other side waits for
//! it, and looks at its doorbell meanwhile; so a million messages are counted in parts in which both were awake, and
//! in the others there is nothing but such looks.

#[path = "support/scratch.rs"]
mod scratch;

use rawipc::ring::{self, Polling};
use rawipc::{Receiver, Sender, Wait};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Messages between two meetings.
const PART: u64 = 10_000;
const PARTS: usize = 250;
/// Of these, so many make a million messages.
const QUIET: usize = 100;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    match args.get(1).map(String::as_str) {
        Some("stream") => stream(args.get(2).is_some()),
        _ => {
            a_stream_makes_no_call();
            who_sleeps_takes_no_time();
        }
    }
    ExitCode::SUCCESS
}

fn a_stream_makes_no_call() {
    if Command::new("strace").arg("-V").output().is_err() {
        println!("SKIP a steady stream makes no syscall: no strace");
        return;
    }
    let (Some(held), Some(broken)) = (traced(false), traced(true)) else {
        println!("SKIP a steady stream makes no syscall: strace may not trace here");
        return;
    };
    assert!(broken.others > 0, "a call each thousand messages was not noticed");
    assert_eq!(held.others, 0, "calls in a stream, other than looks at the doorbell");
    if held.quiet < QUIET {
        println!("SKIP a steady stream makes no syscall: both awake in {} parts of {PARTS} only", held.quiet);
        return;
    }
    println!("a steady stream, {} times {PART} messages with both awake: 0 syscalls", held.quiet);
}

/// What strace saw of a stream.
struct Seen {
    /// The parts in which neither process made a call.
    quiet: usize,
    /// Calls that are no look at the doorbell.
    others: usize,
}

/// `None` where there is no strace to be had.
fn traced(broken: bool) -> Option<Seen> {
    let log = scratch::unused("rawipc-steady");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o"]).arg(&log).arg(std::env::current_exe().ok()?).arg("stream");
    if broken {
        strace.arg("broken");
    }
    let output = strace.output().ok()?;
    let text = std::fs::read_to_string(&log).unwrap_or_default();
    let _ = std::fs::remove_file(&log);
    if !output.status.success() && text.is_empty() {
        return None;
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // A window a process: opened by the one call, shut by the other.
    let mut others = 0;
    let mut counts: Vec<(String, Vec<usize>, bool)> = vec![];
    for line in text.lines() {
        let Some((pid, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        let at = counts.iter().position(|(p, ..)| p == pid).unwrap_or_else(|| {
            counts.push((pid.to_owned(), vec![], false));
            counts.len() - 1
        });
        let (_, windows, open) = &mut counts[at];
        if call.starts_with("getppid(") {
            windows.push(0);
            *open = true;
        } else if call.starts_with("getpgrp(") || call.starts_with("getpgid(") {
            *open = false;
        } else if *open && !call.starts_with("---") && !call.starts_with("<...") {
            *windows.last_mut()? += 1;
            others += usize::from(!call.contains("epoll_pwait"));
        }
    }
    let [a, b] = &counts[..] else { panic!("{} processes", counts.len()) };
    assert!(a.1.len() == b.1.len() && !a.1.is_empty(), "{} and {} windows", a.1.len(), b.1.len());
    let quiet = a.1.iter().zip(&b.1).filter(|&(a, b)| a + b == 0).count();
    Some(Seen { quiet, others })
}

/// Both sides of the stream, again and again.
fn stream(broken: bool) {
    let (mut producer, mut consumer) = ring::pair(1 << 20).expect("a ring");
    producer.set_polling(Polling::ENDLESS);
    consumer.set_polling(Polling::ENDLESS);
    let words = rawipc::memory::Map::anonymous(4096).expect("memory");
    let meet = words.atomic_u32(0).expect("a word");
    // SAFETY: one thread, and the child leaves by _exit.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "no fork");
    // SAFETY: plain calls about this process.
    unsafe {
        libc::alarm(60);
        if child == 0 {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        }
    }
    let (mut buf, mut met) = ([0; 64], 0);
    if child == 0 {
        drop(producer);
        for _ in 0..PARTS {
            window(meet, &mut met, || {
                for number in 0..PART {
                    assert_eq!(consumer.recv(&mut buf, Wait::FOREVER), Ok(8));
                    assert_eq!(buf[..8], number.to_ne_bytes());
                }
            });
        }
        // SAFETY: ends the child.
        unsafe { libc::_exit(0) };
    }
    drop(consumer);
    for _ in 0..PARTS {
        window(meet, &mut met, || {
            for number in 0..PART {
                producer.send(&number.to_ne_bytes(), Wait::FOREVER).expect("sent");
                if broken && number % 1000 == 0 {
                    // SAFETY: what a known-bad ring would do.
                    unsafe { libc::sched_yield() };
                }
            }
        });
    }
    let mut status = 0;
    // SAFETY: our own child.
    unsafe { libc::waitpid(child, &mut status, 0) };
    assert_eq!(status, 0);
}

/// Runs `body` between the two calls, as the other process does at the same time.
fn window(meet: &AtomicU32, met: &mut u32, body: impl FnOnce()) {
    let mut together = || {
        *met += 2;
        meet.fetch_add(1, Ordering::AcqRel);
        while meet.load(Ordering::Acquire) < *met {
            std::hint::spin_loop();
        }
    };
    // SAFETY: asks for a number.
    unsafe { libc::getppid() };
    together();
    body();
    together();
    // SAFETY: as above.
    unsafe { libc::getpgid(0) };
}

fn who_sleeps_takes_no_time() {
    let polls = Receives::start(Polling::ENDLESS);
    let start = Instant::now();
    while Held::by(polls.0).ticks <= 1 {
        assert!(start.elapsed() < Duration::from_secs(30), "one that polls was not noticed");
    }
    drop(polls);

    let sleeps = Receives::start(Polling::NONE);
    let before = until_asleep(sleeps.0);
    std::thread::sleep(Duration::from_secs(2));
    let after = Held::by(sleeps.0);
    let ticks = after.ticks - before.ticks;
    // Time that is counted by ticks may be billed to who was there by chance.
    assert!(ticks <= 1, "{ticks} ticks of the processor in two seconds asleep");
    assert_eq!((after.state, after.switches), ('S', before.switches), "it woke while it slept");
    println!("two seconds asleep: {ticks} ticks of the processor, never woken");
}

/// A process whose one thread waits for a message that never comes.
struct Receives(libc::pid_t);

impl Receives {
    fn start(polling: Polling) -> Receives {
        let (_producer, mut consumer) = ring::pair(1 << 16).expect("a ring");
        consumer.set_polling(polling);
        // SAFETY: one thread, and the child leaves by _exit.
        let child = unsafe { libc::fork() };
        assert!(child >= 0, "no fork");
        if child == 0 {
            // SAFETY: plain calls about this process.
            unsafe {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                libc::alarm(60);
            }
            let _ = consumer.recv(&mut [0; 64], Wait::FOREVER);
            // SAFETY: ends the child.
            unsafe { libc::_exit(0) };
        }
        Receives(child)
    }
}

impl Drop for Receives {
    fn drop(&mut self) {
        // SAFETY: our own child.
        unsafe {
            libc::kill(self.0, libc::SIGKILL);
            libc::waitpid(self.0, std::ptr::null_mut(), 0);
        }
    }
}

/// What a process held of the processor so far.
#[derive(Clone, Copy)]
struct Held {
    state: char,
    /// In user mode and in the kernel, a hundredth of a second each.
    ticks: u64,
    /// How often it gave the processor up, or lost it.
    switches: u64,
}

impl Held {
    fn by(process: libc::pid_t) -> Held {
        let read =
            |name| std::fs::read_to_string(format!("/proc/{process}/{name}")).expect("proc of a child");
        let (stat, status) = (read("stat"), read("status"));
        // The name may have blanks in it.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
        let number = |text: &str| text.parse::<u64>().expect("a number");
        let switches = status.lines().filter(|line| line.contains("ctxt_switches"));
        Held {
            state: fields[0].chars().next().expect("a state"),
            ticks: number(fields[11]) + number(fields[12]),
            switches: switches.map(|line| number(line.rsplit('\t').next().unwrap_or(""))).sum(),
        }
    }
}

/// Looks until the child has been asleep for a while.
fn until_asleep(child: libc::pid_t) -> Held {
    let start = Instant::now();
    let mut before = Held::by(child);
    loop {
        std::thread::sleep(Duration::from_millis(100));
        let now = Held::by(child);
        if now.state == 'S' && now.switches == before.switches {
            return now;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "it does not sleep");
        before = now;
    }
}
