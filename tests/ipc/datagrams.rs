//! Datagrams as they are: what the kernel does not tell the two sides, and that nobody spins for it.

use crate::add_tests;
use crate::conformance::mechanism::PATIENCE;
use crate::runner::List;
use rawipc::socket::{Address, Datagram};
use rawipc::wait::{Events, PollFd, poll};
use rawipc::{Errno, Origin, Receiver as _, Sender as _, Wait};
use std::time::{Duration, Instant};

pub fn tests(list: &mut List) {
    add_tests!(list, "datagrams":
        a_sender_to_a_full_queue_waits_without_spinning, a_receiver_without_a_peer_waits_without_spinning,
        the_room_of_another_is_no_news, the_end_is_no_news, names_are_the_senders_own_affair,
        what_was_sent_outlives_its_sender, a_datagram_may_come_to_one_who_never_asked,
    );
}

fn name(n: u32) -> Address {
    Address::abstract_name(format!("datagrams {n} {}", std::process::id()).as_bytes()).expect("short")
}

/// What this process has computed, in the kernel and outside.
fn cpu() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: one timespec that is written.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

const A_WHILE: Duration = Duration::from_millis(300);

/// Times out after a while, and computes for a tenth of it at the most.
fn idles(what: &str, call: impl FnOnce(Wait) -> rawipc::Error) {
    let (begun, before) = (Instant::now(), cpu());
    let e = call(Wait::at_most(A_WHILE));
    let (took, computed) = (begun.elapsed(), cpu() - before);
    assert_eq!((e.errno(), e.origin()), (Errno::TIMEDOUT, Origin::Deadline), "{what}");
    assert!(took >= A_WHILE, "{what} gave up after {took:?}");
    assert!(computed < A_WHILE / 10, "{what} computed for {computed:?} of {took:?}");
    println!("{what}: waited {took:.0?}, computed {computed:.1?}");
}

fn fill(sender: &Datagram, to: &Address) -> u32 {
    let mut sent = 0;
    while sender.try_send_to(to, b"x").is_ok() {
        sent += 1;
    }
    sent
}

fn a_sender_to_a_full_queue_waits_without_spinning() {
    let server = Datagram::bind(&name(0)).expect("bind");
    let sender = Datagram::unbound().expect("unbound");
    fill(&sender, server.address());
    // poll says that it may send.
    let mut fds = [PollFd::new(&sender, Events::WRITABLE)];
    assert_eq!(poll(&mut fds, Wait::at_most(Duration::ZERO)), Ok(1));
    idles("a sender to a full queue", |wait| sender.send_to(server.address(), b"x", wait).expect_err("full"));
    // One that is connected is told of room by poll, and not before.
    let mut connected = Datagram::connect(server.address()).expect("connect");
    idles("a connected sender to a full queue", |wait| connected.send(b"x", wait).expect_err("full"));
}

fn a_receiver_without_a_peer_waits_without_spinning() {
    let (mut ours, theirs) = Datagram::pair().expect("pair");
    drop(theirs);
    idles("a receiver whose peer is gone", |wait| ours.recv(&mut [0; 65_536], wait).expect_err("nobody"));
    let server = Datagram::bind(&name(1)).expect("bind");
    idles("a receiver to whom nobody sends", |wait| {
        server.recv_from(&mut [0; 65_536], wait).expect_err("nobody")
    });
}

/// Room comes within the pause of a millisecond, and is found.
fn the_room_of_another_is_no_news() {
    let server = Datagram::bind(&name(2)).expect("bind");
    let sender = Datagram::unbound().expect("unbound");
    let sent = fill(&sender, server.address());
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| sender.send_to(server.address(), b"last", PATIENCE));
        std::thread::sleep(Duration::from_millis(20));
        for _ in 0..sent {
            assert_eq!(server.recv_from(&mut [0; 65_536], PATIENCE).expect("one of them").0, 1);
        }
        assert_eq!(server.recv_from(&mut [0; 65_536], PATIENCE).expect("the last").0, 4);
        assert_eq!(waits.join().expect("no panic"), Ok(()));
    });
}

/// A receiver is not told that its peer is gone; a sender is, at its next send.
fn the_end_is_no_news() {
    let (mut ours, mut theirs) = Datagram::pair().expect("pair");
    theirs.send(b"last words", PATIENCE).expect("send");
    drop(theirs);
    assert_eq!(ours.recv(&mut [0; 65_536], PATIENCE), Ok(10));
    let mut fds = [PollFd::new(&ours, Events::READABLE.and(Events::PEER_CLOSED))];
    assert!(poll(&mut fds, Wait::at_most(Duration::from_millis(20))).is_err());
    assert_eq!(ours.send(b"x", PATIENCE).map_err(rawipc::Error::errno), Err(Errno::PIPE));
}

fn names_are_the_senders_own_affair() {
    let server = Datagram::bind(&name(3)).expect("bind");
    Datagram::unbound().expect("unbound").send_to(server.address(), b"x", PATIENCE).expect("send");
    let (_, from) = server.recv_from(&mut [0; 65_536], PATIENCE).expect("recv");
    assert!(from.is_unnamed());
    // To whom a reply was meant may be gone by then.
    let client = Datagram::bind(&name(4)).expect("bind");
    client.send_to(server.address(), b"x", PATIENCE).expect("send");
    let (_, from) = server.recv_from(&mut [0; 65_536], PATIENCE).expect("recv");
    drop(client);
    let e = server.send_to(&from, b"late", PATIENCE).expect_err("nobody there");
    assert_eq!(e.errno(), Errno::CONNREFUSED);
}

fn what_was_sent_outlives_its_sender() {
    let server = Datagram::bind(&name(5)).expect("bind");
    let client = Datagram::unbound().expect("unbound");
    client.send_to(server.address(), b"will", PATIENCE).expect("send");
    drop(client);
    assert_eq!(server.recv_from(&mut [0; 65_536], PATIENCE).expect("recv").0, 4);
}

/// A connected socket takes from its peer alone, and what came before from anybody.
fn a_datagram_may_come_to_one_who_never_asked() {
    let server = Datagram::bind(&name(6)).expect("bind");
    let mut client = Datagram::bind(&name(7)).expect("bind");
    let stranger = Datagram::unbound().expect("unbound");
    stranger.send_to(client.address(), b"early", PATIENCE).expect("send");
    client.connect_to(server.address()).expect("connect");
    let e = stranger.send_to(client.address(), b"late", PATIENCE).expect_err("it has a peer");
    assert_eq!(e.errno(), Errno::PERM);
    assert_eq!(client.recv(&mut [0; 65_536], PATIENCE), Ok(5));
}
