//! What a ring costs the kernel: nothing while both sides are awake, and no processor time while one sleeps.
//!
//! The stream is this program again, under strace: a million messages between two processes that poll, in windows that
//! each process opens and shuts by a call of its own. Where a side is pushed off its processor the other side waits for
//! it, and looks at its doorbell meanwhile; so a million messages are counted in parts in which both were awake, and
//! in the others there is nothing but such looks.

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
    let log = std::env::temp_dir().join(format!("rawipc-steady-{}", std::process::id()));
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
    let (_producer, mut consumer) = ring::pair(1 << 16).expect("a ring");
    let before = usage();
    let start = Instant::now();
    let answer = consumer.recv(&mut [0; 64], Wait::at_most(Duration::from_secs(1)));
    let after = usage();
    assert!(answer.is_err() && start.elapsed() >= Duration::from_secs(1));
    let (time, woken) = (after.0 - before.0, after.1 - before.1);
    // What going to sleep and waking up once take.
    assert!(time < Duration::from_millis(20), "{time:?} of a second asleep");
    assert!(woken <= 3, "slept {woken} times");
    println!("a second asleep: {time:?} of the processor, slept {woken} times");
}

/// The processor's time of this thread, and how often it slept.
fn usage() -> (Duration, i64) {
    // SAFETY: zero is a value, and the kernel fills it.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    unsafe { libc::getrusage(libc::RUSAGE_THREAD, &mut usage) };
    let time = |t: libc::timeval| Duration::new(t.tv_sec as u64, t.tv_usec as u32 * 1000);
    (time(usage.ru_utime) + time(usage.ru_stime), usage.ru_nvcsw)
}
