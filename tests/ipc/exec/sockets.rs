//! Ends of sockets as the standard streams of programs that know nothing of sockets.

use super::{read_to_end, run};
use crate::add_tests;
use crate::conformance;
use crate::conformance::mechanism::{PATIENCE, assert_same, fresh_path, message, remove_files};
use crate::os::fds;
use crate::os::process::Child;
use crate::runner::List;
use rawipc::fd::{Fd, Stdio};
use rawipc::memory::{File, Map, Memfd};
use rawipc::socket::{Address, Listener, Seqpacket, Stream};
use rawipc::{ByteWrite as _, Receiver as _, Sender as _, pipe};

pub fn tests(list: &mut List) {
    add_tests!(list, "exec::sockets":
        cat_over_one_stream, tr_over_one_stream, cat_over_a_connected_stream, cat_from_a_stream_into_a_pipe,
        packets_through_cat, packets_through_tr, a_line_is_a_packet, nothing_else_survives,
    );
}

/// A program with the one socket as its input and its output, as inetd runs them.
fn run_on(argv: &[&str], fd: Fd) -> Child {
    let copy = fd.try_clone().expect("try_clone");
    run(argv, vec![(fd, Stdio::In), (copy, Stdio::Out)])
}

fn through(argv: &[&str], mut ours: Stream, theirs: Stream, input: &[u8]) -> Vec<u8> {
    let child = run_on(argv, theirs.into_fd());
    ours.write_all(input, PATIENCE).expect("write_all");
    ours.shutdown_write().expect("shutdown_write");
    let output = read_to_end(&mut ours);
    child.join();
    output
}

fn cat_over_one_stream() {
    let (ours, theirs) = Stream::pair().expect("pair");
    // Less than both directions hold: nobody reads while we write.
    let bytes = message(1, 100_000);
    assert_same(&through(&["cat"], ours, theirs, &bytes), &bytes);
}

fn tr_over_one_stream() {
    let (ours, theirs) = Stream::pair().expect("pair");
    assert_eq!(through(&["tr", "a-z", "A-Z"], ours, theirs, b"a stream of bytes\n"), b"A STREAM OF BYTES\n");
}

fn cat_over_a_connected_stream() {
    let path = fresh_path();
    let address = Address::path(&path).expect("path");
    let listener = Listener::<Stream>::bind(&address).expect("bind");
    let ours = Stream::connect(&address, PATIENCE).expect("connect");
    let theirs = listener.accept(PATIENCE).expect("accept");
    listener.remove().expect("remove");
    assert_eq!(through(&["cat"], ours, theirs, b"by a name\n"), b"by a name\n");
}

fn cat_from_a_stream_into_a_pipe() {
    let (mut ours, theirs) = Stream::pair().expect("pair");
    let (mut output_end, their_output) = pipe::pair().expect("pair");
    let child = run(&["cat"], vec![(theirs.into_fd(), Stdio::In), (their_output.into_fd(), Stdio::Out)]);
    ours.write_all(b"in by a socket, out by a pipe", PATIENCE).expect("write_all");
    drop(ours);
    assert_eq!(read_to_end(&mut output_end), b"in by a socket, out by a pipe");
    child.join();
}

fn packet(end: &mut Seqpacket) -> Vec<u8> {
    let mut buf = vec![0; end.recv_limit()];
    let n = end.recv(&mut buf, PATIENCE).expect("recv");
    buf.truncate(n);
    buf
}

/// A read is a packet and a write is one, so what cat copies stays apart.
fn packets_through_cat() {
    let (mut ours, theirs) = Seqpacket::pair().expect("pair");
    let child = run_on(&["cat"], theirs.into_fd());
    for (i, len) in [1, 100, 4096, 5000, 2].into_iter().enumerate() {
        ours.send(&message(i, len), PATIENCE).expect("send");
        assert_same(&packet(&mut ours), &message(i, len));
    }
    ours.shutdown_write().expect("shutdown_write");
    assert_eq!(packet(&mut ours), b"");
    child.join();
}

fn packets_through_tr() {
    let (mut ours, theirs) = Seqpacket::pair().expect("pair");
    let child = run_on(&["tr", "a-z", "A-Z"], theirs.into_fd());
    ours.send(b"one ", PATIENCE).expect("send");
    ours.send(b"two", PATIENCE).expect("send");
    ours.shutdown_write().expect("shutdown_write");
    // How it writes is its own affair.
    let mut all = Vec::new();
    loop {
        match packet(&mut ours) {
            part if part.is_empty() => break,
            part => all.extend(part),
        }
    }
    assert_eq!(all, b"ONE TWO");
    child.join();
}

fn a_line_is_a_packet() {
    let (mut ours, theirs) = Seqpacket::pair().expect("pair");
    let child = run(&["sh", "-c", "echo one; echo two; echo three"], vec![(theirs.into_fd(), Stdio::Out)]);
    for line in ["one\n", "two\n", "three\n", ""] {
        assert_eq!(packet(&mut ours), line.as_bytes());
    }
    child.join();
}

/// With a channel, a listener and memory of every kind open besides.
fn nothing_else_survives() {
    let allowed: Vec<_> =
        fds::own().into_iter().filter(|(_, seen)| !seen.is_cloexec()).map(|(fd, _)| fd).collect();
    let channels: Vec<_> = conformance::all().iter().map(|m| (m.make)().both()).collect();
    let listener = Listener::<Seqpacket>::bind(&Address::path(&fresh_path()).expect("path")).expect("bind");
    let memfd = Memfd::create(c"rawipc-open", 4096).expect("create");
    let file = File::create(&fresh_path(), 4096).expect("create");
    let maps = (memfd.map(), file.map(), Map::anonymous(4096));
    let process = rawipc::proc::Process::own().expect("own");

    let (mut ours, theirs) = Stream::pair().expect("pair");
    let child = run_on(&["ls", "-l", "/proc/self/fd"], theirs.into_fd());
    let text = String::from_utf8(read_to_end(&mut ours)).expect("text");
    child.join();
    drop((channels, listener, memfd, file, maps, process));
    let links: Vec<(i32, &str)> = text
        .lines()
        .filter_map(|line| line.split_once(" -> "))
        .map(|(left, target)| (left.rsplit(' ').next().expect("a number").parse().expect("a number"), target))
        .collect();
    let is_socket = |fd| links.iter().any(|(n, target)| *n == fd && target.starts_with("socket:["));
    assert!(is_socket(0) && is_socket(1), "{text}");
    for (fd, target) in &links {
        let is_its_own = target.starts_with("/proc/") && target.ends_with("/fd");
        assert!(*fd <= 1 || is_its_own || allowed.contains(fd), "survived exec: {fd} -> {target}");
    }
    remove_files();
}
