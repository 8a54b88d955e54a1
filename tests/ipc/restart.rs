//! Restarts under clients that connect all the time, and races for a path.

use crate::add_tests;
use crate::conformance::mechanism::PATIENCE;
use crate::os::fds;
use crate::os::process::{Child, Gate, nap};
use crate::runner::List;
use rawipc::fd::CWD;
use rawipc::socket::{Address, Datagram, Listener, Options, Stream};
use rawipc::{ByteRead as _, ByteWrite as _, Errno, Wait};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

pub fn tests(list: &mut List) {
    add_tests!(list, "restart":
        nobody_is_refused_while_servers_follow_each_other, nobody_is_refused_when_the_dead_are_replaced,
        a_listening_descriptor_is_handed_to_another_process, the_killed_among_them_stand_in_nobodys_way,
        no_link_is_followed_and_no_mode_is_looser, the_lock_of_another_is_left,
    );
}

fn name() -> Address {
    Address::path(c"name").expect("a short path")
}

fn files() -> Vec<String> {
    let dir = std::fs::read_dir(".").expect("the test's directory").flatten();
    let mut names: Vec<_> = dir.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Memory that all of a test's processes count in.
struct Shared(*mut Counts);

#[derive(Default)]
struct Counts {
    stop: AtomicBool,
    connected: AtomicU64,
    answered: AtomicU64,
    worst: AtomicU64,
}

impl Shared {
    fn new() -> Shared {
        let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
        let prot = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping, of zeros.
        let at = unsafe { libc::mmap(std::ptr::null_mut(), 4096, prot, flags, -1, 0) };
        assert!(at != libc::MAP_FAILED);
        Shared(at.cast())
    }
}

impl std::ops::Deref for Shared {
    type Target = Counts;
    fn deref(&self) -> &Counts {
        // SAFETY: zeros are counts, in a mapping that lives as long.
        unsafe { &*self.0 }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: our own mapping.
        unsafe { libc::munmap(self.0.cast(), 4096) };
    }
}

/// Connects, is answered by a byte, and again; whatever else happens fails the test.
fn client(counts: &Counts, at: bool) {
    while !counts.stop.load(Relaxed) {
        let begun = Instant::now();
        let connected = match at {
            true => Stream::connect_at(CWD, c"name", PATIENCE),
            false => Stream::connect(&name(), PATIENCE),
        };
        let mut connection = connected.unwrap_or_else(|e| panic!("refused: {e}"));
        counts.connected.fetch_add(1, Relaxed);
        let answer = connection.read(&mut [0], PATIENCE);
        assert_eq!(answer, Ok(1), "connected, and nobody answers");
        counts.answered.fetch_add(1, Relaxed);
        counts.worst.fetch_max(begun.elapsed().as_micros() as u64, Relaxed);
    }
}

fn answer(mut connection: Stream) {
    let _ = connection.try_write(b"!");
}

/// Takes the name, says so, and serves until it is asked to go; then until nobody can come any more.
fn generation(bound: &impl AsRawFd, leaves: i32) {
    let wait = Wait::at_most(Duration::from_secs(15));
    let mut listener = Listener::<Stream>::take_over(&name(), Options::DEFAULT, wait).expect("take over");
    crate::os::raw_write(bound.as_raw_fd(), b"!").expect("write");
    while !is_readable(leaves) {
        if let Ok(connection) = listener.accept(Wait::at_most(Duration::from_micros(200))) {
            answer(connection);
        }
    }
    listener.retire().expect("retire");
    while let Some(connection) = listener.accept_last(wait).expect("a successor") {
        answer(connection);
    }
}

fn is_readable(fd: i32) -> bool {
    let mut poll = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    // SAFETY: one pollfd.
    unsafe { libc::poll(&raw mut poll, 1, 0) == 1 }
}

const CLIENTS: usize = 8;

fn restarts() -> u64 {
    if std::env::var_os("RAWIPC_RESTARTS").is_some() { 1000 } else { 100 }
}

/// The old server lives until the new one has the name.
fn nobody_is_refused_while_servers_follow_each_other() {
    let counts = Shared::new();
    let mut leave = fds::pipe();
    let next = |leaves: i32| {
        let bound = fds::pipe();
        (Child::spawn(|| generation(&bound.1, leaves)), bound.0)
    };
    let is_there = |bound| assert_eq!(fds::read_some(&bound, &mut [0]), 1, "the next one did not come");
    let (mut server, bound) = next(leave.0.as_raw_fd());
    is_there(bound);
    let clients: Vec<_> = (0..CLIENTS).map(|i| Child::spawn(|| client(&counts, i % 2 == 1))).collect();
    let rounds = restarts();
    for _ in 0..rounds {
        let next_leave = fds::pipe();
        let (next, bound) = next(next_leave.0.as_raw_fd());
        crate::os::raw_write(leave.1.as_raw_fd(), b"!").expect("write");
        is_there(bound);
        server.join();
        (server, leave) = (next, next_leave);
    }
    counts.stop.store(true, Relaxed);
    clients.into_iter().for_each(Child::join);
    // The last one has no successor.
    server.kill();
    drop(Listener::<Stream>::bind(&name()).expect("of the killed"));
    assert_eq!(files(), [""; 0]);
    let (connected, answered) = (counts.connected.load(Relaxed), counts.answered.load(Relaxed));
    assert!(connected == answered && connected > rounds, "{connected} connected, {answered} answered");
    println!(
        "{rounds} restarts under {CLIENTS} clients: {connected} connects, 0 refused, 0 unanswered, the worst took {} ms",
        counts.worst.load(Relaxed) / 1000
    );
}

/// Between the death and the bind there is nobody; from the bind on there is, without a gap: `connect` goes from
/// refused to served once, and never says that there is no file.
fn nobody_is_refused_when_the_dead_are_replaced() {
    for _ in 0..200 {
        drop(UnixListener::bind("name").expect("bind"));
        let go = fds::pipe();
        let client = Child::spawn(|| {
            crate::os::raw_write(go.1.as_raw_fd(), b"!").expect("write");
            loop {
                match Stream::try_connect(&name()) {
                    Ok(_) => break,
                    Err(e) => assert_eq!(e.errno(), Errno::CONNREFUSED),
                }
            }
            for _ in 0..50 {
                drop(Stream::connect(&name(), PATIENCE).expect("refused again"));
            }
        });
        fds::read_some(&go.0, &mut [0]);
        let listener = Listener::<Stream>::bind(&name()).expect("of a dead one");
        while !client.has_ended() {
            let _ = listener.accept(Wait::at_most(Duration::from_millis(1)));
        }
        client.join();
    }
    assert_eq!(files(), [""; 0]);
}

/// A descriptor goes over exec as an init hands it to a server; here, to one that attaches it.
fn a_listening_descriptor_is_handed_to_another_process() {
    let fd = Listener::<Stream>::bind(&name()).expect("bind").into_fd();
    let server = Child::spawn(|| {
        let listener = Listener::<Stream>::attach(fd.try_clone().expect("a copy")).expect("attach");
        answer(listener.accept(PATIENCE).expect("accept"));
    });
    let mut client = Stream::connect(&name(), PATIENCE).expect("connect");
    assert_eq!(client.read(&mut [0], PATIENCE), Ok(1));
    server.join();
    drop(fd);
    std::fs::remove_file("name").expect("ours to remove");
}

/// Generations of which every third is killed at some instant of its coming.
fn the_killed_among_them_stand_in_nobodys_way() {
    for round in 0..100_u64 {
        let mut old = Listener::<Stream>::bind(&name()).expect("bind");
        let begun = Gate::new();
        let coming = Child::spawn(|| {
            begun.open();
            let wait = Wait::at_most(Duration::from_secs(10));
            let new = Listener::<Stream>::take_over(&name(), Options::DEFAULT, wait);
            nap(Duration::from_secs(20));
            drop(new);
        });
        begun.wait();
        old.retire().expect("retire");
        nap(Duration::from_micros(round * 20));
        coming.kill();
        // Whatever it came to: the next one takes the name at once.
        let next = Listener::<Stream>::bind(&name()).unwrap_or_else(|e| panic!("round {round}: {e}"));
        Stream::try_connect(&name()).expect("served");
        assert!(old.accept_last(Wait::at_most(Duration::from_secs(5))).is_ok());
        drop((old, next));
        // A file beside may be left by who was killed in the middle: it stands in nobody's way either.
        assert!(files().iter().all(|file| file == "name.new"), "{:?}", files());
    }
    let _ = std::fs::remove_file("name.new");
}

/// Swaps what lies at `at` and beside it: links to a victim, files, sockets, nothing.
fn planter(counts: &Counts) {
    let mut n = 0_u32;
    while !counts.stop.load(Relaxed) {
        for at in ["name", "name.lock", "name.new"] {
            let planted = format!("planted {at}");
            n = n.wrapping_add(1);
            let made = match n % 4 {
                0 => symlink("victim", &planted),
                1 => symlink("nowhere", &planted),
                2 => std::fs::write(&planted, "planted"),
                _ => UnixListener::bind(&planted).map(drop),
            };
            if made.is_ok() {
                let _ = std::fs::rename(&planted, at);
            }
            let _ = std::fs::remove_file(&planted);
            if n % 3 != 0 {
                let _ = std::fs::remove_file(at);
            }
        }
        // Between two plants there is a time in which a bind goes well, and is robbed in the middle.
        for at in ["name", "name.lock", "name.new"] {
            if n % 5 != 0 {
                let _ = std::fs::remove_file(at);
            }
        }
        nap(Duration::from_micros(u64::from(n % 7) * 10));
    }
}

/// A second process swaps links and files all the time, under a umask of 0.
fn no_link_is_followed_and_no_mode_is_looser() {
    // SAFETY: a call without pointers.
    unsafe { libc::umask(0) };
    let counts = Shared::new();
    let tries = if std::env::var_os("RAWIPC_RACES").is_some() { 100_000 } else { 2_000 };
    // A live server behind the link, whom nobody may be led to.
    let victim = UnixListener::bind("victim").expect("bind");
    victim.set_nonblocking(true).expect("non-blocking");
    let before = std::fs::metadata("victim").expect("metadata");
    let planter = Child::spawn(|| planter(&counts));
    let (mut bound, mut connected) = (0, 0);
    for n in 0..tries {
        if n % 2 == 0 {
            let Ok(listener) = Listener::<Stream>::bind(&name()) else { continue };
            bound += 1;
            let Ok(_client) = Stream::try_connect_at(CWD, c"name") else { continue };
            connected += 1;
            assert!(listener.try_accept().is_ok(), "led to another");
        } else {
            let _ = Stream::try_connect_at(CWD, c"name");
        }
        if n % 16 == 0 {
            let _ = Datagram::bind(&name()).map(drop);
        }
    }
    counts.stop.store(true, Relaxed);
    planter.join();
    assert!(victim.accept().is_err(), "a link was followed");
    let after = std::fs::metadata("victim").expect("metadata");
    assert_eq!((before.ino(), before.mode(), before.len()), (after.ino(), after.mode(), after.len()));
    assert!(std::fs::symlink_metadata("nowhere").is_err(), "a link to nowhere was followed");
    println!(
        "{tries} tries under a umask of 0 while another swaps: {bound} bound, {connected} connected, 0 led astray"
    );
    for file in files() {
        let _ = std::fs::remove_file(file);
    }
    // Without the other: no mode is looser at any time.
    for mode in [0o600, 0o640, 0o666, 0] {
        let options = Options { mode, ..Options::DEFAULT };
        let looks = Child::spawn(|| {
            let mut seen = None;
            while seen.is_none() {
                seen = std::fs::symlink_metadata("name").ok();
            }
            assert_eq!(seen.map(|m| m.mode() & 0o7777), Some(mode));
        });
        nap(Duration::from_millis(2));
        let listener = Listener::<Stream>::bind_with(&name(), options).expect("bind");
        looks.join();
        drop(listener);
        // And of one that replaces a dead one.
        drop(UnixListener::bind("name").expect("bind"));
        let listener = Listener::<Stream>::bind_with(&name(), options).expect("bind");
        let made = std::fs::symlink_metadata("name").expect("ours").mode() & 0o7777;
        assert_eq!(made, mode);
        drop(listener);
    }
    assert_eq!(files(), [""; 0]);
}

/// A mark in a lock of another user's would be theirs to write.
fn the_lock_of_another_is_left() {
    // SAFETY: a call without arguments.
    if unsafe { libc::geteuid() } != 0 {
        crate::runner::skip("only root can make another user's files");
    }
    std::fs::write("name.lock", [0; 16]).expect("write");
    std::os::unix::fs::chown("name.lock", Some(54_321), None).expect("chown");
    let e = Listener::<Stream>::bind(&name()).map(drop).expect_err("another's lock");
    assert_eq!(e.errno(), Errno::PERM);
    std::fs::remove_file("name.lock").expect("remove");
}
