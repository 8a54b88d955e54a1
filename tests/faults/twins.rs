//! Known-bad twins: each is wrong in one thing, and the harness says so.

use std::collections::BTreeSet;
use std::mem::ManuallyDrop;

use rawipc::pipe::{self, PIPE_BUF, PacketReceiver};
use rawipc::{Origin, Receiver, Wait};
use rustix::fs::{CWD, FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::batch;
use crate::errnos::Errnos;
use crate::messages::{Ends, talk};
use crate::scenario::{LIMIT, Outcome, Refusal, Scenarios, Stage};

type Answer = Result<(), Refusal>;
type Twin = (&'static str, &'static str, fn(&Stage) -> Outcome);

/// What is wrong with it, what must be said of it, and what it does.
const BAD: &[Twin] = &[
    ("leaks on the error path", "leaks", |t| told(t, leaks)),
    ("closes what is another's", "closes", |t| {
        let (r, _w) = pipe::pair()?;
        told(t, || closes(&r))
    }),
    ("leaves a file behind", "leaves", |t| {
        let path = t.path("file");
        told(t, || leaves(&path))
    }),
    ("hangs on EINTR", "beyond any deadline", |t| {
        let (r, w) = pipe::pair()?;
        rustix::io::write(&w, b"some").expect("room");
        told(t, || hangs(&r))
    }),
    ("names another call", "fstat: E", |t| told(t, || names("fstat", None))),
    ("names another errno", "fcntl: EIO", |t| told(t, || names("fcntl", Some(Errno::IO)))),
    ("says nothing", "Ok, where Ok", |t| told(t, || names("fcntl", None).or(Ok(())))),
    ("makes what no row has", "makes fstat", |t| told(t, strays)),
    ("tells of a close", "close: EIO", |t| told(t, tells)),
    ("panics", "panics", |t| told(t, || names("fcntl", None).map_err(|_| panic!("as it should not")))),
    ("loses what it has read", "4 taken", |t| {
        let (r, w) = pipe::pair()?;
        rustix::io::write(&w, b"some").expect("room");
        told(t, || loses(&r))
    }),
    ("writes twice", "8 bytes put", |t| {
        let (_r, w) = pipe::pair()?;
        told(t, || doubles(&w))
    }),
    ("waits beyond the deadline", "beyond the deadline", |t| told(t, || waits(false))),
    ("waits for ever", "waits for ever", |t| told(t, || waits(true))),
    ("loses a message", "lost:", |t| slips(t, Slip::Loses)),
    ("tears a message", "torn", |t| slips(t, Slip::Tears)),
    ("doubles a message", "doubled", |t| slips(t, Slip::Doubles)),
];

const GOOD: &[Twin] = &[
    ("does as it should", "", |t| told(t, || names("fcntl", None))),
    ("waits as it should", "", |t| told(t, || look_and_sleep(1_000_000).map(drop))),
];

/// Twins that the harness does not tell from the real thing, or takes for one.
pub fn unflagged(errnos: &Errnos) -> Vec<String> {
    let mut found = Vec::new();
    for (title, word, work) in BAD.iter().chain(GOOD) {
        let mut s = Scenarios::default();
        // A name with a meaning of its own: a conversation.
        let function = if title.contains("message") { "messages::twin" } else { "twin::work" };
        s.case(function, title, *work);
        s.0[0].named = (*word == "makes fstat").then(|| BTreeSet::from([libc::SYS_fcntl as u64]));
        let scenario = &s.0[0];
        let natural = match batch::natural(scenario) {
            Ok(natural) => natural,
            Err(why) => {
                found.push(format!("{title}: {why}"));
                continue;
            }
        };
        let results = batch::inject(scenario, &natural, &crate::injections(&natural, errnos));
        match results.findings.first() {
            None if word.is_empty() => {}
            None => found.push(format!("a twin that {title} passes")),
            Some(_) if !word.is_empty() && results.findings.iter().any(|f| f.contains(word)) => {}
            Some(first) => found.push(format!("a twin that {title}: {first}")),
        }
    }
    found
}

fn told(t: &Stage, work: impl FnOnce() -> Answer) -> Outcome {
    t.told(work).map_err(|e| format!("{} {}", e.call, e.errno).into())
}

fn named(call: &'static str) -> impl Fn(Errno) -> Refusal {
    move |e| Refusal { call, errno: e.raw_os_error(), origin: Origin::Kernel }
}

fn leaks() -> Answer {
    let fd =
        rustix::fs::openat(CWD, c"/dev/null", OFlags::CLOEXEC, Mode::empty()).map_err(named("openat"))?;
    let fd = ManuallyDrop::new(fd);
    rustix::io::fcntl_getfd(&*fd).map_err(named("fcntl"))?;
    drop(ManuallyDrop::into_inner(fd));
    Ok(())
}

fn closes(other: &impl rustix::fd::AsFd) -> Answer {
    use rustix::fd::AsRawFd;
    names("fcntl", None).inspect_err(|_| {
        // SAFETY: it is not ours to close, which is the fault.
        unsafe { libc::close(other.as_fd().as_raw_fd()) };
    })
}

fn leaves(path: &std::ffi::CStr) -> Answer {
    rustix::fs::mknodat(CWD, path, FileType::Fifo, Mode::RUSR, 0).map_err(named("mknodat"))?;
    rustix::fs::statat(CWD, path, rustix::fs::AtFlags::empty()).map_err(named("newfstatat"))?;
    Ok(())
}

fn hangs(fd: &impl rustix::fd::AsFd) -> Answer {
    loop {
        match rustix::io::read(fd, &mut [0u8; 4]) {
            Err(Errno::INTR) => {}
            answer => return answer.map(drop).map_err(named("read")),
        }
    }
}

fn names(call: &'static str, errno: Option<Errno>) -> Answer {
    // SAFETY: standard error stays open.
    let fd = unsafe { rustix::fd::BorrowedFd::borrow_raw(2) };
    rustix::io::fcntl_getfd(fd).map(drop).map_err(|e| named(call)(errno.unwrap_or(e)))
}

/// Where the one call fails it makes another.
fn strays() -> Answer {
    names("fcntl", None).inspect_err(|_| {
        // SAFETY: standard error stays open.
        let _ = rustix::fs::fstat(unsafe { rustix::fd::BorrowedFd::borrow_raw(2) });
    })
}

fn tells() -> Answer {
    let fd =
        rustix::fs::openat(CWD, c"/dev/null", OFlags::CLOEXEC, Mode::empty()).map_err(named("openat"))?;
    let raw = rustix::fd::IntoRawFd::into_raw_fd(fd);
    made(libc::SYS_close, [raw as usize, 0, 0, 0, 0]).map(drop).map_err(named("close"))
}

fn loses(fd: &impl rustix::fd::AsFd) -> Answer {
    rustix::io::read(fd, &mut [0u8; 4]).map_err(named("read"))?;
    names("fcntl", None)
}

fn doubles(fd: &impl rustix::fd::AsFd) -> Answer {
    for _ in 0..8 {
        rustix::io::write(fd, b"some").map_err(named("write"))?;
        let mut none = [0i64; 2];
        match made(libc::SYS_ppoll, [0, 0, (&raw mut none) as usize, 0, 8]) {
            Err(Errno::INTR) => {}
            answer => return answer.map(drop).map_err(named("ppoll")),
        }
    }
    Ok(())
}

/// Sleeps anew, as long or without end, after each signal.
fn waits(for_ever: bool) -> Answer {
    loop {
        let answer = look_and_sleep(LIMIT.as_nanos() as u64);
        match answer {
            Err(e) if e.errno == libc::EINTR && e.call == "ppoll" => {
                if for_ever {
                    made(libc::SYS_ppoll, [0, 0, 0, 0, 8]).map_err(named("ppoll"))?;
                }
            }
            answer => return answer.map(drop),
        }
    }
}

fn look_and_sleep(nanos: u64) -> Result<usize, Refusal> {
    let mut now = [0i64; 2];
    let monotonic = libc::CLOCK_MONOTONIC as usize;
    made(libc::SYS_clock_gettime, [monotonic, (&raw mut now) as usize, 0, 0, 0])
        .map_err(named("clock_gettime"))?;
    let mut time = [(nanos / 1_000_000_000) as i64, (nanos % 1_000_000_000) as i64];
    made(libc::SYS_ppoll, [0, 0, (&raw mut time) as usize, 0, 8]).map_err(named("ppoll"))
}

/// A syscall that is made here, and not in libc's text.
#[cfg(target_arch = "x86_64")]
fn made(number: i64, [a, b, c, d, e]: [usize; 5]) -> Result<usize, Errno> {
    let ret: isize;
    // SAFETY: the x86-64 convention; what the kernel writes is the caller's own.
    unsafe {
        std::arch::asm!("syscall", inlateout("rax") number as isize => ret, in("rdi") a, in("rsi") b, in("rdx") c,
            in("r10") d, in("r8") e, lateout("rcx") _, lateout("r11") _, options(nostack));
    }
    if ret < 0 { Err(Errno::from_raw_os_error(-ret as i32)) } else { Ok(ret as usize) }
}

/// Not reached: nothing is dispatched there.
#[cfg(not(target_arch = "x86_64"))]
fn made(_: i64, _: [usize; 5]) -> Result<usize, Errno> {
    Err(Errno::NOSYS)
}

/// What becomes of a message that was taken, where the call after it fails.
enum Slip {
    Loses,
    Tears,
    Doubles,
}

struct Slipping {
    receiver: PacketReceiver,
    slip: Slip,
    again: Option<Vec<u8>>,
}

fn slips(t: &Stage, slip: Slip) -> Outcome {
    let (receiver, sender) = pipe::packet_pair()?;
    let receiver = Slipping { receiver, slip, again: None };
    talk(t, Ends { sender, receiver, unfinished: |_| false }, &[4, 5, 6, 7])
}

impl Slipping {
    fn take(&mut self, buf: &mut [u8], wait: Option<Wait>) -> rawipc::Result<usize> {
        if let Some(again) = self.again.take() {
            buf[..again.len()].copy_from_slice(&again);
            return Ok(again.len());
        }
        let n = match wait {
            Some(wait) => self.receiver.recv(buf, wait)?,
            None => self.receiver.try_recv(buf)?,
        };
        match (self.receiver.capacity(), &self.slip) {
            (Ok(_), _) => Ok(n),
            (Err(e), Slip::Loses) => Err(e),
            (Err(_), Slip::Tears) => Ok(n.saturating_sub(2)),
            (Err(_), Slip::Doubles) => {
                self.again = Some(buf[..n].to_vec());
                Ok(n)
            }
        }
    }
}

impl Receiver for Slipping {
    fn recv_limit(&self) -> usize {
        PIPE_BUF
    }

    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> rawipc::Result<usize> {
        self.take(buf, Some(wait))
    }

    fn try_recv(&mut self, buf: &mut [u8]) -> rawipc::Result<usize> {
        self.take(buf, None)
    }
}
