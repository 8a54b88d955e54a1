//! Ends handed to programs that are exec'd: as their standard input or output, and nothing else with them.

mod sockets;

use crate::add_tests;
use crate::conformance;
use crate::conformance::mechanism::{PATIENCE, fresh_path, remove_files};
use crate::os::fds;
use crate::os::process::{self, Child};
use crate::runner::List;
use rawipc::fd::{Fd, Stdio};
use rawipc::{ByteRead, ByteWrite, Receiver, Wait, fifo, pipe};

pub fn tests(list: &mut List) {
    add_tests!(list, "exec":
        cat_between_two_pipes, tr_from_a_pipe, the_number_that_it_has_already, an_end_under_its_own_number,
        nothing_else_survives, echo_into_a_fifo, cat_from_a_fifo, packets_from_a_program,
    );
    sockets::tests(list);
}

/// Forks, hands over and execs.
pub fn run(argv: &[&str], streams: Vec<(Fd, Stdio)>) -> Child {
    let mut streams = Some(streams);
    Child::spawn(move || {
        for (fd, stdio) in streams.take().expect("unused") {
            fd.hand_over_as(stdio).expect("hand_over_as");
        }
        process::exec(argv);
    })
}

pub fn read_to_end(end: &mut impl ByteRead) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buf = [0; 4096];
    loop {
        match end.read(&mut buf, PATIENCE).expect("read") {
            0 => return all,
            n => all.extend_from_slice(&buf[..n]),
        }
    }
}

/// Sends `input` through a program and returns what comes out.
fn filter(argv: &[&str], input: &[u8]) -> Vec<u8> {
    let (their_input, mut input_end) = pipe::pair().expect("pair");
    let (mut output_end, their_output) = pipe::pair().expect("pair");
    let child = run(argv, vec![(their_input.into_fd(), Stdio::In), (their_output.into_fd(), Stdio::Out)]);
    input_end.write_all(input, PATIENCE).expect("write_all");
    drop(input_end);
    let output = read_to_end(&mut output_end);
    child.join();
    output
}

fn cat_between_two_pipes() {
    let bytes = conformance::mechanism::message(1, 30_000);
    assert!(filter(&["cat"], &bytes) == bytes, "cat altered something");
}

fn tr_from_a_pipe() {
    assert_eq!(filter(&["tr", "a-z", "A-Z"], b"whole messages\n"), b"WHOLE MESSAGES\n");
}

/// A process without a standard input gets a pipe's read end as number 0.
fn the_number_that_it_has_already() {
    let (mut output_end, their_output) = pipe::pair().expect("pair");
    let child = Child::spawn(|| {
        drop(fds::own_raw(0));
        let (input, mut feed) = pipe::pair().expect("pair");
        feed.write_all(b"by its number", PATIENCE).expect("write_all");
        drop(feed);
        let input = input.into_fd();
        assert_eq!(input.as_raw(), 0);
        input.hand_over_as(Stdio::In).expect("hand_over_as");
        their_output.into_fd().hand_over_as(Stdio::Out).expect("hand_over_as");
        process::exec(&["cat"]);
    });
    // The child took a copy of it; this one went with the closure.
    assert_eq!(read_to_end(&mut output_end), b"by its number");
    child.join();
}

fn an_end_under_its_own_number() {
    let (mut output_end, their_output) = pipe::pair().expect("pair");
    let child = Child::spawn(|| {
        let fd = their_output.into_fd();
        fd.inherit().expect("inherit");
        process::exec(&["sh", "-c", &format!("echo under {0} >&{0}", fd.as_raw())]);
    });
    let text = read_to_end(&mut output_end);
    assert!(text.starts_with(b"under "), "{:?}", String::from_utf8_lossy(&text));
    child.join();
}

/// With a channel of every mechanism open, a program gets what it is handed and no more.
fn nothing_else_survives() {
    let allowed: Vec<_> =
        fds::own().into_iter().filter(|(_, seen)| !seen.is_cloexec()).map(|(fd, _)| fd).collect();
    let channels: Vec<_> = conformance::all().iter().map(|m| (m.make)().both()).collect();
    let (mut output_end, their_output) = pipe::pair().expect("pair");
    let child = run(&["ls", "-l", "/proc/self/fd"], vec![(their_output.into_fd(), Stdio::Out)]);
    let text = String::from_utf8(read_to_end(&mut output_end)).expect("text");
    child.join();
    assert!(channels.len() >= 5 && text.contains(" 1 -> pipe:["), "{text}");
    for line in text.lines().filter(|line| line.contains(" -> ")) {
        let (left, target) = line.split_once(" -> ").expect("an arrow");
        let fd: i32 = left.rsplit(' ').next().and_then(|n| n.parse().ok()).expect("a number");
        let is_its_own = target.starts_with("/proc/") && target.ends_with("/fd");
        assert!(fd == 1 || is_its_own || allowed.contains(&fd), "survived exec: {line}");
    }
    remove_files();
}

fn echo_into_a_fifo() {
    let path = fresh_path();
    fifo::create(&path).expect("create");
    let mut end = fifo::open_read(&path).expect("open_read");
    let script = format!("echo hi > {}", path.to_str().expect("ASCII"));
    let child = Child::spawn(|| process::exec(&["sh", "-c", &script]));
    // Before the first writer there is no end yet, and after the last there is.
    assert_eq!(read_to_end(&mut end), b"hi\n");
    child.join();
    fifo::remove(&path).expect("remove");
}

fn cat_from_a_fifo() {
    let path = fresh_path();
    fifo::create(&path).expect("create");
    let (mut output_end, their_output) = pipe::pair().expect("pair");
    let child = run(&["cat", path.to_str().expect("ASCII")], vec![(their_output.into_fd(), Stdio::Out)]);
    let mut end = fifo::open_write(&path, PATIENCE).expect("open_write");
    end.write_all(b"for whoever reads\n", PATIENCE).expect("write_all");
    drop(end);
    assert_eq!(read_to_end(&mut output_end), b"for whoever reads\n");
    child.join();
    fifo::remove(&path).expect("remove");
}

/// A program that knows nothing of messages writes a line at a time: each is one.
fn packets_from_a_program() {
    let (mut receiver, sender) = pipe::packet_pair().expect("packet_pair");
    let script = "echo one; echo two; echo three";
    let child = run(&["sh", "-c", script], vec![(sender.into_fd(), Stdio::Out)]);
    let mut buf = [0; pipe::PIPE_BUF];
    for line in ["one\n", "two\n", "three\n"] {
        let n = receiver.recv(&mut buf, PATIENCE).expect("a packet");
        assert_eq!(&buf[..n], line.as_bytes());
    }
    assert_eq!(receiver.recv(&mut buf, Wait::FOREVER), Ok(0));
    child.join();
}
