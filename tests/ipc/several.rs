//! One wait for several descriptors of different mechanisms.

mod signals;
mod sources;

use crate::add_tests;
use crate::conformance::mechanism::{Gone, PATIENCE, SMALL, assert_error, message, remove_files};
use crate::conformance::{self, Mechanism};
use crate::os::process::{Child, Gate, nap};
use crate::os::signals::{Timer, handled};
use crate::runner::List;
use rawipc::wait::{Events, Instant as Moment, PollFd, poll};
use rawipc::{Errno, Origin, Wait};
use sources::{Sources, borrowed};
use std::time::{Duration, Instant};

pub fn tests(list: &mut List) {
    add_tests!(list, "several":
        the_one_that_is_ready_is_told, all_that_are_ready_are_told, each_death_is_told, all_deaths_at_once,
        deadlines_are_kept, nothing_to_wait_for, a_closed_number_is_told,
    );
    for m in conformance::all() {
        list.add(format!("several::room::{}", m.name.replace(' ', "_")), move || {
            room_is_told(&m);
            remove_files();
        });
    }
    signals::tests(list);
}

/// An order that both processes know, and that visits all.
fn order(round: usize, len: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    order.sort_by_key(|i| message(round * len + i, 8));
    order
}

const ROUNDS: usize = 12;

fn the_one_that_is_ready_is_told() {
    let gate = Gate::new();
    let (mut sources, mut feeds) = Sources::open();
    let child = Child::spawn(|| {
        let mut feeds = feeds.take().expect("unused");
        for round in 0..ROUNDS {
            for i in order(round, feeds.len()) {
                gate.wait();
                feeds.feed(i, round);
            }
        }
        gate.wait();
    });
    drop(feeds);
    for round in 0..ROUNDS {
        for i in order(round, sources.len()) {
            sources.all_are_silent();
            gate.open();
            assert_eq!(sources.told(PATIENCE), [(i, true)], "of {}", sources.name(i));
            sources.take(i, round);
        }
    }
    gate.open();
    child.join();
    drop(sources);
    remove_files();
}

fn all_that_are_ready_are_told() {
    let (start, fed) = (Gate::new(), Gate::new());
    let (mut sources, mut feeds) = Sources::open();
    let picked = |round| {
        let mut some = order(round, 8);
        some.truncate(2 + round % 6);
        some.sort_unstable();
        some
    };
    let child = Child::spawn(|| {
        let mut feeds = feeds.take().expect("unused");
        for round in 0..ROUNDS {
            start.wait();
            picked(round).into_iter().for_each(|i| feeds.feed(i, round));
            fed.open();
        }
        start.wait();
    });
    drop(feeds);
    for round in 0..ROUNDS {
        sources.all_are_silent();
        start.open();
        fed.wait();
        let told: Vec<_> = sources.told(PATIENCE).into_iter().map(|(i, _)| i).collect();
        assert_eq!(told, picked(round));
        told.into_iter().for_each(|i| sources.take(i, round));
    }
    start.open();
    child.join();
    drop(sources);
    remove_files();
}

/// Dropped one by one: each is told by the kernel, but for the datagram socket and the listener, who have no end.
fn each_death_is_told() {
    let (go, gone) = (Gate::new(), Gate::new());
    let (mut sources, mut feeds) = Sources::open();
    let child = Child::spawn(|| {
        let mut feeds = feeds.take().expect("unused");
        for i in order(1, feeds.len()) {
            go.wait();
            feeds.close(i);
            gone.open();
        }
        go.wait();
    });
    drop(feeds);
    sources.all_are_silent();
    for i in order(1, sources.len()) {
        go.open();
        gone.wait();
        if sources.has_an_end(i) {
            let told = sources.events(PATIENCE).expect("poll");
            assert!(told[i].any_of(sources.end_event(i)), "{}: {:?}", sources.name(i), told[i]);
            assert_eq!(told.iter().filter(|told| **told != Events::NONE).count(), 1, "{told:?}");
            sources.take_end(i);
            sources.forget(i);
        } else {
            let e = sources.events(Wait::at_most(Duration::from_millis(10)));
            assert_error(e, Errno::TIMEDOUT, Origin::Deadline);
        }
    }
    go.open();
    child.join();
    drop(sources);
    remove_files();
}

fn all_deaths_at_once() {
    let (mut sources, mut feeds) = Sources::open();
    let there = Gate::new();
    let child = Child::spawn(|| {
        let _feeds = feeds.take().expect("unused");
        there.open();
        nap(Duration::from_secs(60));
    });
    drop(feeds);
    there.wait();
    sources.all_are_silent();
    let pid = child.pid();
    let killer = Child::spawn(|| {
        nap(Duration::from_millis(30));
        // SAFETY: a call without pointers; our parent has not reaped it yet.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    });
    let began = Instant::now();
    sources.events(PATIENCE).expect("a death is told to who sleeps");
    assert!(began.elapsed() < Duration::from_secs(2));
    child.wait();
    killer.join();
    let told = sources.events(PATIENCE).expect("poll");
    for (i, told) in told.into_iter().enumerate() {
        assert_eq!(told.any_of(sources.end_event(i)), sources.has_an_end(i), "{}: {told:?}", sources.name(i));
    }
    drop(sources);
    remove_files();
}

fn deadlines_are_kept() {
    const LIMIT: Duration = Duration::from_millis(40);
    let (mut sources, feeds) = Sources::open();
    sources.all_are_silent();
    let until = || Wait::until(Moment::from_nanos(Moment::now().as_nanos() + LIMIT.as_nanos() as u64));
    let in_time = |sources: &mut Sources, wait: Wait, limit: Duration| {
        let began = Instant::now();
        assert_error(sources.events(wait), Errno::TIMEDOUT, Origin::Deadline);
        let took = began.elapsed();
        assert!((limit..limit + Duration::from_secs(1)).contains(&took), "{took:?} for {limit:?}");
    };
    in_time(&mut sources, Wait::at_most(LIMIT), LIMIT);
    in_time(&mut sources, until(), LIMIT);
    in_time(&mut sources, Wait::at_most(Duration::ZERO), Duration::ZERO);
    in_time(&mut sources, Wait::until(Moment::from_nanos(1)), Duration::ZERO);
    // Signals that are not asked for move no deadline.
    let timer = Timer::every(Duration::from_millis(3));
    let before = handled();
    in_time(&mut sources, Wait::at_most(LIMIT), LIMIT);
    in_time(&mut sources, until(), LIMIT);
    assert!(handled() > before + 3, "too few signals came to prove anything");
    drop(timer);
    drop((sources, feeds));
    remove_files();
}

fn nothing_to_wait_for() {
    let wait = Wait::at_most(Duration::from_millis(5));
    assert_error(poll(&mut [], wait), Errno::TIMEDOUT, Origin::Deadline);
}

fn a_closed_number_is_told() {
    let (read_end, _write_end) = rawipc::pipe::pair().expect("pair");
    let closed = borrowed(990);
    let mut fds = [PollFd::new(&read_end, Events::READABLE), PollFd::new(&closed, Events::READABLE)];
    assert_eq!(poll(&mut fds, PATIENCE), Ok(1));
    assert_eq!(fds.map(|fd| fd.told()), [Events::NONE, Events::INVALID]);
}

/// A sender that is full is told of room, and of the receiver's death. A ring's doorbell says both as a reader's.
fn room_is_told(m: &Mechanism) {
    let asked = if m.gone == Gone::WhenItMatters { Events::READABLE } else { Events::WRITABLE };
    let take = Gate::new();
    let mut channel = Some((m.make)());
    let child = Child::spawn(|| {
        let mut rx = channel.take().expect("unused").receiver();
        take.wait();
        while rx.take(PATIENCE).expect("a message").len() == SMALL {}
        take.wait();
    });
    let mut tx = channel.take().expect("unused").sender();
    let fd = borrowed(tx.fd.expect("a descriptor"));
    let mut fds = [PollFd::new(&fd, asked)];
    let count = tx.fill(SMALL);
    let e = poll(&mut fds, Wait::at_most(Duration::from_millis(10)));
    assert_error(e, Errno::TIMEDOUT, Origin::Deadline);
    take.open();
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        assert_eq!(poll(&mut fds, PATIENCE), Ok(1));
        assert!(fds[0].told().any_of(asked), "{:?}", fds[0].told());
        match tx.end.try_send(&message(count, SMALL)) {
            Ok(()) => break,
            // Told of some room, which this one takes more of.
            Err(e) => assert_eq!(e.errno(), Errno::AGAIN),
        }
        assert!(Instant::now() < deadline, "told of room that is none");
    }
    tx.put(b"the last");
    take.open();
    child.join();
    let gone = Events::HANG_UP.and(Events::ERROR).and(Events::WRITABLE).and(asked);
    assert_eq!(poll(&mut fds, PATIENCE), Ok(1));
    assert!(fds[0].told().any_of(gone), "{:?}", fds[0].told());
}
