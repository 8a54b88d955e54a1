//! Stopped in the middle of a wait, and continued: the kernel makes the call again, and the list has it.

use rawipc::seccomp::List;
use rawipc::socket::{Address, Datagram, Listener, Seqpacket, Stream};
use rawipc::wait::{Events, PollFd, poll};
use rawipc::{ByteRead, ByteWrite, Call, Receiver, Sender, Wait, fifo, pipe, ring};
use std::time::Duration;

use crate::Found;
use crate::child::{Child, End, Under, must};
use crate::scratch;

/// What the child waits in, and what ends its wait.
type Both = (Box<dyn FnOnce(Wait)>, Box<dyn FnOnce()>);

/// A name, the list, and both sides.
type Case = (&'static str, List, fn() -> Both);

const WAITS: &[Case] = &[
    ("pipe reader", List::PIPE_READER, || {
        let (mut r, mut w) = pipe::pair().unwrap();
        let read = move |wait| _ = must(r.read(&mut [0; 8], wait));
        both(read, move || w.write_all(b"x", LONG).unwrap())
    }),
    ("pipe writer", List::PIPE_WRITER, || {
        let (mut r, mut w) = pipe::packet_pair().unwrap();
        while w.try_send(b"x").is_ok() {}
        both(move |wait| must(w.send(b"x", wait)), move || _ = r.try_recv(&mut [0; pipe::PIPE_BUF]).unwrap())
    }),
    ("fifo reader", List::FIFO_READER, || {
        let path = scratch::c_string(scratch::shared().join("waited-for"));
        fifo::create(&path).unwrap();
        let mut r = fifo::open_read(&path).unwrap();
        let read = move |wait| _ = must(r.read(&mut [0; 8], wait));
        both(read, move || {
            fifo::open_write(&path, LONG).unwrap().write_all(b"x", LONG).unwrap();
            fifo::remove(&path).unwrap();
        })
    }),
    ("ring consumer", List::RING_CONSUMER, || {
        let (mut producer, mut consumer) = ring::pair(4096).unwrap();
        let recv = move |wait| _ = must(consumer.recv(&mut [0; 8], wait));
        both(recv, move || producer.send(b"x", LONG).unwrap())
    }),
    ("ring producer", List::RING_PRODUCER, || {
        let (mut producer, mut consumer) = ring::pair(4096).unwrap();
        // Full by the process that is to wait: an end is of the first that uses it.
        let send = move |wait| {
            while producer.try_send(&[7; 1000]).is_ok() {}
            must(producer.send(&[7; 1000], wait));
        };
        both(send, move || while consumer.try_recv(&mut [0; 4096]).is_ok_and(|n| n > 0) {})
    }),
    ("stream", List::STREAM_PEER, || {
        let (mut ours, mut theirs) = Stream::pair().unwrap();
        let read = move |wait| _ = must(ours.read(&mut [0; 8], wait));
        both(read, move || theirs.write_all(b"x", LONG).unwrap())
    }),
    ("seqpacket", List::SEQPACKET_PEER, || {
        let (mut ours, mut theirs) = Seqpacket::pair().unwrap();
        let recv = move |wait| _ = must(ours.recv(&mut [0; 8], wait));
        both(recv, move || theirs.send(b"x", LONG).unwrap())
    }),
    ("datagram", List::DATAGRAM_PEER, || {
        let (mut ours, mut theirs) = Datagram::pair().unwrap();
        let recv = move |wait| _ = must(ours.recv(&mut [0; 8], wait));
        both(recv, move || theirs.send(b"x", LONG).unwrap())
    }),
    ("server", List::STREAM_SERVER, || {
        let name = format!("rawipc seccomp {}", std::process::id());
        let name = Address::abstract_name(name.as_bytes()).unwrap();
        let listener = Listener::<Stream>::bind(&name).unwrap();
        let accept = move |wait| drop(must(listener.accept(wait)));
        both(accept, move || drop(Stream::connect(&name, LONG).unwrap()))
    }),
    ("poll", List::WAIT.with(Call::CLOSE), || {
        let (r, mut w) = pipe::pair().unwrap();
        let poll = move |wait| _ = must(poll(&mut [PollFd::new(&r, Events::READABLE)], wait));
        both(poll, move || w.write_all(b"x", LONG).unwrap())
    }),
];

/// Never over while somebody comes.
const LONG: Wait = Wait::at_most(Duration::from_secs(15));

fn both(wait: impl FnOnce(Wait) + 'static, wake: impl FnOnce() + 'static) -> Both {
    (Box::new(wait), Box::new(wake))
}

pub fn stopped() -> Found {
    let mut found = Found::new();
    for (name, list, make) in WAITS {
        for wait in [Wait::FOREVER, LONG] {
            let (work, wake) = make();
            let mut wake = Some(wake);
            let child = Child::start(|| {
                // The parent's side is the parent's; its buffers are not freed here.
                std::mem::forget(wake.take());
                must(Under::kill(list.with(Call::EXIT_GROUP)).install());
                work(wait);
                crate::child::exit(0);
            });
            let sleep = match (name.starts_with("ring"), &wait) {
                (false, _) => libc::SYS_ppoll,
                (true, wait) if format!("{wait:?}").contains("Forever") => libc::SYS_epoll_pwait,
                (true, _) => libc::SYS_epoll_pwait2,
            };
            if !child.await_sleep_in(sleep) {
                println!("SKIP {name}: it cannot be seen where the child sleeps");
                continue;
            }
            for _ in 0..2 {
                child.signal(libc::SIGSTOP);
                child.await_stop();
                child.signal(libc::SIGCONT);
            }
            wake.take().into_iter().for_each(|wake| wake());
            match child.end() {
                End::Lived => {}
                end => found.push(format!("{name}, {wait:?}: {end:?}")),
            }
        }
    }
    found
}
