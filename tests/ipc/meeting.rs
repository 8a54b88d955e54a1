//! Strangers that meet over a socket: programs of their own, killed at any instant, and hostile in each way there is.

mod hostile;
mod hostile_greeters;
#[path = "../syscalls/cases/ring/offer.rs"]
pub mod offer;

use crate::add_tests;
use crate::conformance::mechanism::{PATIENCE, assert_same, message};
use crate::os::process::{Child, End, Gate, nap};
use crate::os::{limits, maps};
use crate::runner::List;
use rawipc::fd::{Fd, Stdio};
use rawipc::ring::{self, Consumer, Many, Producer, Received, Slot};
use rawipc::socket::{Seqpacket, Stream};
use rawipc::{ByteRead as _, ByteWrite as _, Errno, Receiver as _, Sender as _, Wait};
use std::process::Command;
use std::time::{Duration, Instant};

pub fn tests(list: &mut List) {
    add_tests!(list, "meeting":
        a_program_that_is_another, over_a_seqpacket_too, the_socket_goes_on, several_over_one_socket,
        killed_asleep_and_awake, killed_while_they_meet, who_waits_does_not_wait_for_ever, without_membarrier,
        membarrier_refused_later, nothing_is_named,
    );
    hostile::tests(list);
    hostile_greeters::tests(list);
}

/// What this program is started with to be the stranger: its standard input is the socket.
pub const STRANGER: &str = "--stranger";

/// Echoes what comes, until nothing does.
pub fn stranger() {
    // SAFETY: nobody else's here.
    let socket = Stream::attach(unsafe { Fd::from_raw(0) }.expect("a number")).expect("a stream");
    let mut ring = ring::meet(&socket, 1 << 14, PATIENCE).expect("meet");
    drop(socket);
    let mut buf = vec![0; 1 << 16];
    loop {
        match ring.recv(&mut buf, PATIENCE).expect("recv") {
            0 => return,
            n => ring.send(&buf[..n], PATIENCE).expect("send"),
        }
    }
}

fn shm() -> Vec<std::ffi::OsString> {
    let entries = std::fs::read_dir("/dev/shm").into_iter().flatten().flatten();
    // What the benchmark names so is its peers'.
    let is_ours = |name: &str| name.contains("rawipc") && !name.contains("rawipc-bench-");
    entries.map(|entry| entry.file_name()).filter(|name| is_ours(&name.to_string_lossy())).collect()
}

/// What is mapped of rings in a process.
fn rings(pid: u32) -> usize {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).expect("maps");
    maps.lines().filter(|line| line.contains("memfd:rawipc-") || line.contains("memfd:theirs")).count()
}

fn a_program_that_is_another() {
    let (ours, theirs) = Stream::pair().expect("pair");
    let child = Child::spawn(|| {
        theirs.into_fd().hand_over_as(Stdio::In).expect("hand_over_as");
        crate::os::process::exec(&["/proc/self/exe", STRANGER]);
    });
    let mut ring = ring::meet(&ours, 1 << 16, PATIENCE).expect("meet");
    drop(ours);
    assert_eq!((ring.sender.capacity(), ring.receiver.capacity()), (1 << 16, 1 << 14));
    let mut buf = vec![0; 1 << 16];
    for i in 0..2000 {
        let sent = message(i, 1 + i * 977 % 8000);
        ring.send(&sent, PATIENCE).expect("send");
        let n = ring.recv(&mut buf, PATIENCE).expect("recv");
        assert_same(&buf[..n], &sent);
    }
    // Each has its own for writing, and the other's to read alone.
    for (pid, own) in [(std::process::id(), 3), (child.pid() as u32, 3)] {
        let shared: Vec<_> = maps::shared(pid);
        assert_eq!(rings(pid), 6, "two rings, of which the records are mapped twice");
        let text = std::fs::read_to_string(format!("/proc/{pid}/maps")).expect("maps");
        let writable = text.lines().filter(|l| l.contains("memfd:rawipc-") && l.contains("rw-s")).count();
        assert_eq!((writable, shared.is_empty()), (own, false));
    }
    drop(ring);
    child.join();
}

fn over_a_seqpacket_too() {
    let (mut ours, theirs) = Seqpacket::pair().expect("pair");
    ours.pass_credentials().expect("pass_credentials");
    theirs.refuse_fds().err(); // newer kernels: and then ours says EPERM
    let refused =
        Producer::meet(&ours, 1, Wait::at_most(Duration::from_millis(5))).expect_err("nobody there");
    assert!([Errno::PERM, Errno::TIMEDOUT].contains(&refused.errno()), "{refused}");
    let (mut ours, theirs) = Seqpacket::pair().expect("pair");
    ours.pass_credentials().expect("pass_credentials");
    let child = Child::spawn(|| {
        let mut producer = Producer::meet(&theirs, 1 << 12, PATIENCE).expect("meet");
        producer.send(b"over a seqpacket", PATIENCE).expect("send");
    });
    let mut consumer = Consumer::meet(&ours, PATIENCE).expect("meet");
    let mut buf = [0; 100];
    assert_eq!(consumer.recv(&mut buf, PATIENCE), Ok(16));
    assert_eq!(consumer.recv(&mut buf, PATIENCE), Ok(0));
    child.join();
}

/// What is said right behind the greeting stays where it is, and comes.
fn the_socket_goes_on() {
    let (mut ours, mut theirs) = Stream::pair().expect("pair");
    let child = Child::spawn(|| {
        let mut ring = ring::meet(&theirs, 1, PATIENCE).expect("meet");
        theirs.write_all(b"behind it", PATIENCE).expect("write");
        ring.send(b"in it", PATIENCE).expect("send");
    });
    let mut ring = ring::meet(&ours, 1, PATIENCE).expect("meet");
    let mut buf = [0; 9];
    assert_eq!(ours.read_exact(&mut buf, PATIENCE), Ok(9));
    assert_eq!(&buf, b"behind it");
    assert_eq!(ring.recv(&mut buf, PATIENCE), Ok(5));
    child.join();
}

fn several_over_one_socket() {
    let (ours, theirs) = Stream::pair().expect("pair");
    let child = Child::spawn(|| {
        let rings: Vec<_> = (0..4).map(|_| Producer::meet(&theirs, 1, PATIENCE).expect("meet")).collect();
        for (i, mut producer) in rings.into_iter().enumerate() {
            producer.send(&[i as u8], PATIENCE).expect("send");
        }
    });
    let mut rings: Vec<_> = (0..4).map(|_| Consumer::meet(&ours, PATIENCE).expect("meet")).collect();
    for (i, consumer) in rings.iter_mut().enumerate() {
        let mut buf = [0];
        assert_eq!((consumer.recv(&mut buf, PATIENCE), buf), (Ok(1), [i as u8]));
        assert_eq!(consumer.recv(&mut buf, PATIENCE), Ok(0));
    }
    child.join();
}

/// The other side is killed while we sleep, and while we poll: told either way, after what was sent.
fn killed_asleep_and_awake() {
    for round in 0..40 {
        let (ours, theirs) = Stream::pair().expect("pair");
        let there = Gate::new();
        let child = Child::spawn(|| {
            let mut ring = ring::meet(&theirs, 1 << 16, PATIENCE).expect("meet");
            ring.send(b"last words", PATIENCE).expect("send");
            there.open();
            let _ = ring.recv(&mut [0; 64], PATIENCE);
        });
        drop(theirs);
        let mut ring = ring::meet(&ours, 1 << 16, PATIENCE).expect("meet");
        if round % 2 == 0 {
            ring.receiver.set_polling(ring::Polling::ENDLESS);
        }
        there.wait();
        nap(Duration::from_micros(50 * round));
        child.signal(libc::SIGKILL);
        let mut buf = [0; 64];
        assert_eq!(ring.recv(&mut buf, PATIENCE), Ok(10));
        let begun = Instant::now();
        assert_eq!(ring.recv(&mut buf, PATIENCE), Ok(0));
        assert!(begun.elapsed() < Duration::from_secs(5), "told late");
        let told = (0..1 << 16).find_map(|_| ring.send(b"anybody?", PATIENCE).err());
        assert_eq!(told.expect("told").errno(), Errno::PIPE);
        assert_eq!(child.wait(), End::Signal(libc::SIGKILL));
    }
    assert_eq!((rings(std::process::id()), shm()), (0, vec![]));
}

/// Killed at any instant of the meeting itself: whoever is left has a ring whose other side is gone, or an error that says
/// that it is, and in no case more than that.
fn killed_while_they_meet() {
    let (mut met, mut refused) = (0, 0);
    for round in 0..300 {
        let (ours, theirs) = Stream::pair().expect("pair");
        let there = Gate::new();
        let child = Child::spawn(|| {
            there.open();
            let _ring = ring::meet(&theirs, 1 << 20, PATIENCE);
            nap(Duration::from_secs(10));
        });
        drop(theirs);
        there.wait();
        let killer = std::thread::spawn({
            let pid = child.pid();
            move || {
                let until = Instant::now() + Duration::from_micros(round * 3);
                while Instant::now() < until {
                    std::hint::spin_loop();
                }
                // SAFETY: a call without pointers; nobody has reaped it yet.
                unsafe { libc::kill(pid, libc::SIGKILL) };
            }
        });
        match ring::meet(&ours, 1 << 12, PATIENCE) {
            Ok(mut ring) => {
                met += 1;
                assert_eq!(ring.recv(&mut [0; 64], PATIENCE), Ok(0));
            }
            Err(e) => {
                refused += 1;
                assert_eq!(e.errno(), Errno::PIPE, "{e}");
            }
        }
        killer.join().expect("no panic");
        assert_eq!(child.wait(), End::Signal(libc::SIGKILL));
        assert_eq!(rings(std::process::id()), 0);
    }
    assert_eq!(shm(), Vec::<std::ffi::OsString>::new());
    println!("killed while they met: {met} had met, {refused} were told that it is gone");
}

fn who_waits_does_not_wait_for_ever() {
    let (ours, mut theirs) = Stream::pair().expect("pair");
    let limit = Duration::from_millis(30);
    let begun = Instant::now();
    let e = Consumer::meet(&ours, Wait::at_most(limit)).expect_err("silence");
    assert_eq!((e.errno(), begun.elapsed() >= limit), (Errno::TIMEDOUT, true));
    // One who says a byte at a time has said something else.
    theirs.write_all(b"r", PATIENCE).expect("write");
    assert_eq!(Consumer::meet(&ours, PATIENCE).expect_err("a part").errno(), Errno::PROTO);
    drop(theirs);
    assert_eq!(Consumer::meet(&ours, PATIENCE).expect_err("gone").errno(), Errno::PIPE);
}

/// A side that has no barriers is met by one that has.
fn without_membarrier() {
    let (ours, theirs) = Stream::pair().expect("pair");
    let child = Child::spawn(|| {
        limits::refuse(libc::SYS_membarrier, libc::ENOSYS, None);
        let mut ring = ring::meet(&theirs, 1 << 16, PATIENCE).expect("meet");
        let mut buf = [0; 64];
        while ring.recv(&mut buf, PATIENCE).expect("recv") > 0 {
            ring.send(&buf, PATIENCE).expect("send");
        }
    });
    let mut ring = ring::meet(&ours, 1 << 16, PATIENCE).expect("meet");
    for i in 0..2000 {
        ring.send(&message(i, 64), PATIENCE).expect("send");
        let mut buf = [0; 64];
        assert_eq!(ring.recv(&mut buf, PATIENCE), Ok(64));
        assert_same(&buf, &message(i, 64));
    }
    drop(ring);
    child.join();
}

/// Where a filter comes over a ring that counts on barriers, each wait says so, not the first alone: none begins without.
fn membarrier_refused_later() {
    let (mut producer, mut consumer) = ring::pair(4096).expect("pair");
    let mut slots = [Slot::EMPTY];
    let mut many = Many::new(&mut slots).expect("new");
    let (mut one_of_many, reader) = ring::pair(4096).expect("pair");
    many.admit(reader).expect("admit");
    limits::refuse(libc::SYS_membarrier, libc::EPERM, None);

    let mut buf = [0; 64];
    let refused =
        |error: rawipc::Error| assert_eq!((error.call().name(), error.errno()), ("membarrier", Errno::PERM));
    let none = Wait::at_most(Duration::ZERO);
    for _ in 0..3 {
        refused(consumer.recv(&mut buf, none).expect_err("nothing"));
        refused(consumer.try_recv(&mut buf).expect_err("nothing"));
        refused(many.recv(&mut buf, none).expect_err("nothing"));
        refused(many.try_recv(&mut buf).expect_err("nothing"));
    }
    // What is there needs no wait.
    one_of_many.try_send(b"there").expect("room");
    assert_eq!(many.recv(&mut buf, none), Ok(Received::Message { from: 0, len: 5 }));
    while producer.try_send(b"there").is_ok() {}
    for _ in 0..3 {
        refused(producer.send(b"no room", none).expect_err("full"));
        refused(producer.try_send(b"no room").expect_err("full"));
    }
    assert_eq!(consumer.try_recv(&mut buf), Ok(5));
}

/// While a ring is there, no file is: neither where shared memory has names nor anywhere else.
fn nothing_is_named() {
    let (ours, theirs) = Stream::pair().expect("pair");
    let child = Child::spawn(|| {
        let mut ring = ring::meet(&theirs, 1, PATIENCE).expect("meet");
        let _ = ring.recv(&mut [0; 8], PATIENCE);
    });
    let ring = ring::meet(&ours, 1, PATIENCE).expect("meet");
    assert_eq!(shm(), Vec::<std::ffi::OsString>::new());
    let open: Vec<_> = std::fs::read_dir("/proc/self/fd").expect("fds").flatten().collect();
    let targets = open.iter().filter_map(|e| std::fs::read_link(e.path()).ok());
    let of_rings: Vec<_> = targets.filter(|t| t.to_string_lossy().contains("memfd:rawipc-")).collect();
    assert_eq!(of_rings, Vec::<std::path::PathBuf>::new(), "no descriptor of the memory stays");
    let listed = Command::new("ls").arg(".").output().map(|out| out.stdout).unwrap_or_default();
    assert!(listed.is_empty(), "a file in the test's directory");
    drop(ring);
    child.join();
}
