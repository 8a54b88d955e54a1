//! Crowds: thousands of clients, hostile ones among them, and no descriptor left.

use crate::add_tests;
use crate::conformance::mechanism::PATIENCE;
use crate::os::process::{Child, Gate, nap};
use crate::runner::List;
use rawipc::frame::{FrameReceiver, FrameSender};
use rawipc::socket::{Address, Crowd, Event, Listener, Seat, Seqpacket, Stream};
use rawipc::wait::{Events, Trigger};
use rawipc::{Errno, Receiver as _, Sender as _};
use std::time::{Duration, Instant};

pub fn tests(list: &mut List) {
    add_tests!(list, "crowd":
        thousands_are_served, one_among_a_thousand_is_served_as_if_alone, hostile_clients_hold_up_nobody,
        without_a_descriptor_a_client_is_refused_and_the_rest_served, a_crowd_goes_on_over_a_restart,
        what_is_buffered_is_not_forgotten_under_an_edge,
    );
}

fn name() -> Address {
    Address::path(c"name").expect("short")
}

const LIMIT: usize = 65_536;

/// As many descriptors as the machine lets us have, up to `wish`.
fn descriptors(wish: u64) -> usize {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: one struct that is written.
    unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) };
    limit.rlim_cur = limit.rlim_max.min(wish);
    // SAFETY: one struct that is read.
    unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    limit.rlim_cur as usize
}

/// What came of serving.
#[derive(Debug, Default)]
struct Served {
    arrived: u64,
    refused: u64,
    messages: u64,
    late: u64,
    removed: u64,
}

/// Echoes messages until a member says "stop".
fn echo(crowd: &mut Crowd<'_, Seqpacket>, trigger: Trigger) -> Served {
    let mut served = Served::default();
    let mut buf = [0; LIMIT];
    loop {
        match crowd.next(PATIENCE).expect("next") {
            Event::Arrived(connection) => {
                served.arrived += 1;
                crowd.admit(connection, Events::READABLE, trigger).expect("admit");
            }
            Event::Refused(_) => served.refused += 1,
            Event::Late(member) => {
                served.late += 1;
                drop(crowd.remove(member));
            }
            Event::Ready(member, _) => {
                let Some(connection) = crowd.get(member) else { continue };
                match connection.try_recv(&mut buf) {
                    Ok(4) if &buf[..4] == b"stop" => return served,
                    Ok(n) if n > 0 && connection.try_send(&buf[..n]).is_ok() => {
                        served.messages += 1;
                        crowd.start_clock(member);
                        crowd.again(member);
                    }
                    Err(e) if e.errno() == Errno::AGAIN => {}
                    // Gone, or not reading what it asked for.
                    _ => {
                        served.removed += 1;
                        drop(crowd.remove(member));
                    }
                }
            }
        }
    }
}

fn asks(client: &mut Seqpacket, message: &[u8]) -> Duration {
    let begun = Instant::now();
    client.send(message, PATIENCE).expect("send");
    assert_eq!(client.recv(&mut [0; LIMIT], PATIENCE), Ok(message.len()));
    begun.elapsed()
}

fn seats<M>(n: usize) -> Vec<Seat<M>> {
    (0..n).map(|_| Seat::EMPTY).collect()
}

/// A server in a process of its own, and what came of it, printed there.
fn server(n: usize, patience: Option<Duration>, trigger: Trigger) -> Child {
    let bound = Gate::new();
    let child = Child::spawn(|| {
        let listener = Listener::bind(&name()).expect("bind");
        let mut seats = seats(n);
        let mut crowd = Crowd::new(listener, &mut seats, patience).expect("crowd");
        bound.open();
        let served = echo(&mut crowd, trigger);
        println!("{n} seats: {served:?}, {} members at the end", crowd.len());
    });
    bound.wait();
    child
}

fn stop(server: Child) {
    let mut last = Seqpacket::connect(&name(), PATIENCE).expect("connect");
    last.send(b"stop", PATIENCE).expect("send");
    server.join();
}

/// As many as there can be descriptors, each with three messages, in turns and all at once.
fn thousands_are_served() {
    let most = descriptors(6000) - 100;
    for trigger in [Trigger::Level, Trigger::Edge] {
        let server = server(most, None, trigger);
        let begun = Instant::now();
        let mut clients: Vec<_> =
            (0..most - 1).map(|_| Seqpacket::connect(&name(), PATIENCE).expect("connect")).collect();
        let connected = begun.elapsed();
        let worst = clients.iter_mut().map(|client| asks(client, b"alone")).max().expect("one");
        for _ in 0..2 {
            clients.iter_mut().for_each(|client| client.send(b"together", PATIENCE).expect("send"));
        }
        for client in &mut clients {
            for _ in 0..2 {
                assert_eq!(client.recv(&mut [0; LIMIT], PATIENCE), Ok(8));
            }
        }
        println!(
            "{} clients at once, {trigger:?}: connected in {connected:.1?}, all served; the worst answer {worst:.1?}",
            clients.len()
        );
        stop(server);
    }
}

/// A thousand that are connected and silent cost the one that talks next to nothing.
fn one_among_a_thousand_is_served_as_if_alone() {
    descriptors(6000);
    let server = server(1100, Some(Duration::from_secs(60)), Trigger::Level);
    let mut one = Seqpacket::connect(&name(), PATIENCE).expect("connect");
    let mut best = |silent: usize| {
        let mut round = || {
            let begun = Instant::now();
            for _ in 0..300 {
                asks(&mut one, b"are you there?");
            }
            begun.elapsed() / 300
        };
        let best = (0..20).map(|_| round()).min().expect("rounds");
        println!("a round trip beside {silent} silent clients: {best:.2?}");
        best
    };
    let alone = best(0);
    let silent: Vec<_> = (0..1000).map(|_| Seqpacket::connect(&name(), PATIENCE).expect("connect")).collect();
    let among = best(1000);
    println!("ratio {:.2}", among.as_secs_f64() / alone.as_secs_f64());
    // A machine that is busy with something else makes it more; an order that grows with the crowd makes it much more.
    assert!(among < alone * 5, "{among:?} against {alone:?}");
    drop(silent);
    stop(server);
}

/// Silent, dripping, flooding, not reading, half closed, breaking off: honest ones are served all the same.
fn hostile_clients_hold_up_nobody() {
    descriptors(2000);
    let server = server(200, Some(Duration::from_millis(300)), Trigger::Level);
    let gate = Gate::new();
    let hostile = Child::spawn(|| {
        let connect = || Seqpacket::connect(&name(), PATIENCE);
        let silent: Vec<_> = (0..50).map(|_| connect().expect("connect")).collect();
        // Never reads an answer.
        let mut greedy: Vec<_> = (0..10).map(|_| connect().expect("connect")).collect();
        let mut flooding: Vec<_> = (0..10).map(|_| connect().expect("connect")).collect();
        gate.open();
        for n in 0_u64.. {
            for client in &mut greedy {
                let _ = client.try_send(&[7; 60_000]);
            }
            for client in &mut flooding {
                while client.try_send(b"again and again").is_ok() {}
                while client.try_recv(&mut [0; LIMIT]).is_ok() {}
            }
            // Comes and goes, with a message under way or half closed.
            if let Ok(mut one) = Seqpacket::try_connect(&name()) {
                let _ = one.try_send(b"hit and run");
                if n % 2 == 0 {
                    let _ = one.shutdown_write();
                }
            }
            // Now and then one of the silent says nothing aloud, which this crate cannot.
            let silent = as_raw(&silent[n as usize % silent.len()]);
            // SAFETY: an empty message.
            unsafe { libc::send(silent, [].as_ptr(), 0, libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT) };
        }
    });
    gate.wait();
    let mut worst = Duration::ZERO;
    let (mut answered, mut again) = (0_u64, 0_u64);
    let begun = Instant::now();
    let mut honest = Seqpacket::connect(&name(), PATIENCE).expect("connect");
    while begun.elapsed() < Duration::from_secs(2) {
        let asked = Instant::now();
        if honest.send(b"honest", PATIENCE).is_ok() && honest.recv(&mut [0; LIMIT], PATIENCE) == Ok(6) {
            worst = worst.max(asked.elapsed());
            answered += 1;
        } else {
            // All seats were taken: refused, at once, and no harm done.
            again += 1;
            honest = Seqpacket::connect(&name(), PATIENCE).expect("connect");
        }
    }
    println!(
        "beside 70 hostile clients and a stream of more: {answered} honest messages answered, {again} refused, the worst \
         wait {worst:.1?}"
    );
    assert!(answered > 20 && worst < Duration::from_secs(5));
    hostile.kill();
    // Whoever was silent is gone by now: patience was over.
    nap(Duration::from_millis(400));
    stop(server);
}

/// A number to be borrowed.
fn as_raw(socket: &Seqpacket) -> std::os::fd::RawFd {
    use rawipc::fd::{AsFd as _, AsRawFd as _};
    socket.as_fd().as_raw_fd()
}

/// At RLIMIT_NOFILE.
fn without_a_descriptor_a_client_is_refused_and_the_rest_served() {
    let listener = Listener::<Seqpacket>::bind(&name()).expect("bind");
    let mut seats = seats(100);
    let mut crowd = Crowd::new(listener, &mut seats, None).expect("crowd");
    let server = Gate::new();
    let clients = Child::spawn(|| {
        server.wait();
        let mut clients: Vec<_> =
            (0..30).map(|_| Seqpacket::connect(&name(), PATIENCE).expect("connect")).collect();
        let mut buf = [0; LIMIT];
        let mut served = 0;
        for client in &mut clients {
            let sent = client.send(b"hello", PATIENCE).is_ok();
            served += u32::from(sent && client.recv(&mut buf, PATIENCE) == Ok(5));
        }
        println!("30 clients, and descriptors for 20: {served} served, {} refused", 30 - served);
        assert_eq!(served, 20);
        // Whoever leaves makes room for another.
        drop(clients);
        let mut late = Seqpacket::connect(&name(), PATIENCE).expect("connect");
        while late.send(b"hello", PATIENCE).is_err() || late.recv(&mut buf, PATIENCE) != Ok(5) {
            late = Seqpacket::connect(&name(), PATIENCE).expect("connect");
        }
        late.send(b"stop", PATIENCE).expect("send");
    });
    // The next twenty numbers, and no more.
    let next = crate::os::fds::pipe().0;
    let first = std::os::fd::AsRawFd::as_raw_fd(&next) as u64;
    drop(next);
    let mut before = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: one struct that is written.
    unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut before) };
    let tight = libc::rlimit { rlim_cur: first + 20, rlim_max: before.rlim_max };
    // SAFETY: one struct that is read.
    unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const tight) };
    server.open();
    let served = echo(&mut crowd, Trigger::Level);
    // SAFETY: one struct that is read.
    unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const before) };
    assert!(served.refused >= 10, "{served:?}");
    drop(crowd);
    clients.join();
}

/// The members stay, and those who come go to the successor, or are let in still.
fn a_crowd_goes_on_over_a_restart() {
    let mut seats = seats::<Seqpacket>(10);
    let mut crowd = Crowd::new(Listener::bind(&name()).expect("bind"), &mut seats, None).expect("crowd");
    let mut member = Seqpacket::connect(&name(), PATIENCE).expect("connect");
    let Event::Arrived(ours) = crowd.next(PATIENCE).expect("next") else { panic!("nobody has come") };
    crowd.admit(ours, Events::READABLE, Trigger::Level).expect("admit");
    let _early = Seqpacket::connect(&name(), PATIENCE).expect("connect");
    let mut old = crowd.close_door().expect("a door");
    old.retire().expect("retire");
    let new = Listener::<Seqpacket>::bind(&name()).expect("bind");
    let mut let_in = 0;
    while let Some(last) = old.accept_last(PATIENCE).expect("a successor") {
        crowd.admit(last, Events::READABLE, Trigger::Level).expect("admit");
        let_in += 1;
    }
    assert_eq!((let_in, crowd.len()), (1, 2));
    drop(old);
    let _late = Seqpacket::connect(&name(), PATIENCE).expect("connect");
    new.accept(PATIENCE).expect("accept");
    member.send(b"still there?", PATIENCE).expect("send");
    assert!(matches!(crowd.next(PATIENCE), Ok(Event::Ready(..))));
}

/// Messages that came in one read make one edge: the rest of them are in the receiver's buffer.
fn what_is_buffered_is_not_forgotten_under_an_edge() {
    let buf = &mut [0_u8; 256];
    let mut seats = seats::<FrameReceiver<'_, Stream>>(1);
    let listener = Listener::<Stream>::bind(&name()).expect("bind");
    let mut crowd = Crowd::new(listener, &mut seats, None).expect("crowd");
    let client = Stream::connect(&name(), PATIENCE).expect("connect");
    let Event::Arrived(ours) = crowd.next(PATIENCE).expect("next") else { panic!("nobody has come") };
    let receiver = FrameReceiver::new(ours, buf).expect("a buffer");
    crowd.admit(receiver, Events::READABLE, Trigger::Edge).expect("admit");
    let mut sender = FrameSender::sole(client, 200).expect("a sender");
    (0..10_u8).for_each(|n| sender.send(&[n; 3], PATIENCE).expect("send"));
    let mut seen = Vec::new();
    while seen.len() < 10 {
        let Event::Ready(member, _) = crowd.next(PATIENCE).expect("next") else { continue };
        let receiver = crowd.get(member).expect("a member");
        match receiver.try_recv_in_place() {
            Ok(Some(message)) => {
                seen.push(message[0]);
                if receiver.has_buffered() {
                    crowd.again(member);
                }
            }
            Err(e) if e.errno() == Errno::AGAIN => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(seen, (0..10).collect::<Vec<_>>());
}
