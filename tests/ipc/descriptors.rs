//! /proc/PID/fd of both processes, entry by entry, against what was made; and again after it is dropped.

use crate::conformance::mechanism::{Mechanism, PATIENCE, remove_files};
use crate::conformance::{self, Rx, Tx};
use crate::os::fds::{self, Seen};
use crate::os::maps::{self, Mapping};
use crate::os::process::{Child, Gate};
use crate::runner::List;
use std::collections::BTreeMap;
use std::os::fd::RawFd;

/// What one end of a mechanism must look like.
struct End {
    kind: Kind,
    access: i32,
}

/// What the link of a descriptor names, and whether both ends name the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `pipe:[inode]`, one inode for both ends.
    Pipe,
    /// The path of the FIFO, the same at both ends.
    Path,
    /// `socket:[inode]`, an inode each.
    Socket,
}

pub fn tests(list: &mut List) {
    for m in conformance::all() {
        list.add(format!("descriptors::{}", m.name.replace(' ', "_")), move || {
            check(&m);
            remove_files();
        });
    }
}

fn expected(name: &str) -> (End, End) {
    let end = |kind, access| End { kind, access };
    match name {
        "packet FIFO" => (end(Kind::Path, libc::O_RDONLY), end(Kind::Path, libc::O_WRONLY)),
        _ if name.contains("pipe") || name == "shared frames" => {
            (end(Kind::Pipe, libc::O_RDONLY), end(Kind::Pipe, libc::O_WRONLY))
        }
        _ => (end(Kind::Socket, libc::O_RDWR), end(Kind::Socket, libc::O_RDWR)),
    }
}

/// The receiver here, the sender in a child.
fn check(m: &Mechanism) {
    let (ready, looked, dropped, leave) = (Gate::new(), Gate::new(), Gate::new(), Gate::new());
    let before = fds::own();
    let maps_before = maps::shared(std::process::id());
    let mut channel = Some((m.make)());
    let child = Child::spawn(|| {
        let mut tx: Tx = channel.take().expect("unused").sender();
        tx.put(b"both ends are open");
        ready.open();
        looked.wait();
        drop(tx);
        dropped.open();
        leave.wait();
    });
    let mut rx: Rx = channel.take().expect("unused").receiver();
    rx.expect(b"both ends are open");
    ready.wait();

    let (rx_end, tx_end) = expected(m.name);
    let ours = added(&before, std::process::id());
    let theirs = added(&before, child.pid() as u32);
    let (ours, theirs) = match m.name {
        name if name.starts_with("ring") => (of_a_doorbell(ours), of_a_doorbell(theirs)),
        _ => (ours, theirs),
    };
    let target = assert_end("the receiver", &ours, &rx_end);
    let their_target = assert_end("the sender", &theirs, &tx_end);
    let is_same = target == their_target;
    assert_eq!(is_same, rx_end.kind != Kind::Socket, "{target} and {their_target}");
    shared_memory(&maps_before, child.pid() as u32, m.name.starts_with("ring"));

    looked.open();
    dropped.wait();
    assert_eq!(added(&before, child.pid() as u32), BTreeMap::new(), "left in the child");
    assert_eq!(added_maps(&maps_before, child.pid() as u32), [], "left mapped in the child");
    if m.gone != crate::conformance::mechanism::Gone::SendersOnly {
        assert_eq!(rx.take(PATIENCE).expect("the end").len(), 0);
    }
    drop(rx);
    assert_eq!(added(&before, std::process::id()), BTreeMap::new(), "left here");
    assert_eq!(added_maps(&maps_before, std::process::id()), [], "left mapped here");
    leave.open();
    child.join();
}

fn added(before: &BTreeMap<RawFd, Seen>, pid: u32) -> BTreeMap<RawFd, Seen> {
    let mut table = fds::table(pid);
    table.retain(|fd, seen| before.get(fd) != Some(seen));
    table
}

fn added_maps(before: &[Mapping], pid: u32) -> Vec<Mapping> {
    let mut now = maps::shared(pid);
    now.retain(|m| !before.contains(m));
    now
}

/// A ring's end has what it sleeps in and what it wakes the other by, besides the socket that it leaves here.
#[track_caller]
fn of_a_doorbell(added: BTreeMap<RawFd, Seen>) -> BTreeMap<RawFd, Seen> {
    let is_socket = |seen: &Seen| seen.kind() == "socket";
    let mut others: Vec<_> = added.values().filter(|seen| !is_socket(seen)).collect();
    others.sort_by_key(|seen| seen.target.clone());
    let names: Vec<_> = others.iter().map(|seen| seen.target.to_string_lossy()).collect();
    assert_eq!(names, ["anon_inode:[eventfd]", "anon_inode:[eventpoll]"]);
    assert!(others.iter().all(|seen| seen.is_cloexec()), "{others:?}");
    added.into_iter().filter(|(_, seen)| is_socket(seen)).collect()
}

/// Exactly one descriptor, of this kind; returns what it names.
#[track_caller]
fn assert_end(whose: &str, added: &BTreeMap<RawFd, Seen>, end: &End) -> String {
    let all: Vec<_> = added.iter().collect();
    let [(fd, seen)] = all.as_slice() else { panic!("{whose} has {added:?}") };
    let target = seen.target.to_string_lossy().into_owned();
    let kind = match end.kind {
        Kind::Pipe => "pipe",
        Kind::Socket => "socket",
        Kind::Path => target.as_str(),
    };
    assert_eq!(seen.kind(), kind, "{whose}: {fd} -> {target}");
    assert!(end.kind != Kind::Path || target.contains("/made-"), "{whose}: {fd} -> {target}");
    assert_eq!(seen.access(), end.access, "{whose}: the access mode of {fd} -> {target}");
    assert!(seen.is_cloexec(), "{whose}: {fd} -> {target} survives exec");
    target
}

/// A ring's regions: the same two in both processes, each writable on one side alone.
fn shared_memory(before: &[Mapping], child: u32, is_ring: bool) {
    let side = |pid| -> BTreeMap<u64, (String, String)> {
        added_maps(before, pid).into_iter().map(|m| (m.inode, (m.name, m.mode))).collect()
    };
    let (consumer, producer) = (side(std::process::id()), side(child));
    if !is_ring {
        assert!(consumer.is_empty() && producer.is_empty(), "{consumer:?} {producer:?}");
        return;
    }
    assert_eq!(consumer.len(), 2, "{consumer:?}");
    for (inode, (name, mode)) in consumer {
        let (their_name, their_mode) = producer.get(&inode).expect("the same memory on the other side");
        assert_eq!(*their_name, name);
        let modes = if name.contains("rawipc-consumer") { ("rw-s", "r--s") } else { ("r--s", "rw-s") };
        assert_eq!((mode.as_str(), their_mode.as_str()), modes, "{name}");
    }
}
