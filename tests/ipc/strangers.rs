//! Programs that know nothing of this crate, over each kind of socket, in raw bytes, both ways round.

use crate::add_tests;
use crate::conformance::mechanism::PATIENCE;
use crate::os::process::nap;
use crate::runner::{List, skip};
use rawipc::fd::CWD;
use rawipc::socket::{Address, Datagram, Listener, Seqpacket, Stream, behind_at};
use rawipc::{ByteRead as _, ByteWrite as _, Receiver as _, Sender as _};
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub fn tests(list: &mut List) {
    add_tests!(list, "strangers":
        socat_comes_by_stream, socat_serves_a_stream, socat_comes_by_seqpacket, socat_serves_a_seqpacket,
        socat_comes_by_datagram, socat_serves_datagrams, python_comes_by_stream, python_serves_a_stream,
        python_comes_by_seqpacket, python_serves_a_seqpacket, python_comes_by_datagram, python_serves_datagrams,
        netcat_comes_by_stream, netcat_serves_a_stream, netcat_comes_by_datagram, netcat_serves_datagrams,
        busybox_is_served_a_stream, busybox_comes_by_a_stream,
    );
}

/// Bytes that mean something to a C string, a terminal and a line.
const QUESTION: &[u8] = b"question\0\xff\r\n\x04 with all bytes\n";
const ANSWER: &[u8] = b"answer\0\xfe\n";

fn name() -> Address {
    Address::path(c"name").expect("short")
}

fn start(program: &str, args: &[&str]) -> Child {
    let child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn();
    match child {
        Ok(child) => child,
        Err(e) => skip(&format!("{program}: {e}")),
    }
}

/// Until the stranger's socket is there: asked so that it does not hear of it.
fn is_served() {
    let begun = Instant::now();
    while !behind_at(CWD, c"name").is_ok_and(|behind| behind.listens()) {
        assert!(begun.elapsed() < Duration::from_secs(10), "nobody serves");
        nap(Duration::from_millis(1));
    }
}

fn says(child: &mut Child, bytes: &[u8]) {
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(bytes).expect("its standard input");
}

fn heard(mut child: Child) -> Vec<u8> {
    let mut bytes = Vec::new();
    child.stdout.take().expect("piped").read_to_end(&mut bytes).expect("its standard output");
    assert!(child.wait().expect("wait").success(), "it failed");
    bytes
}

fn ends(mut child: Child) {
    drop(child.stdin.take());
    let _ = child.kill();
    child.wait().expect("wait");
    let _ = std::fs::remove_file("name");
}

// What we do, whoever the stranger is.

/// It connects, sends the question and ends its side; it is sent the answer.
fn serve_stream(mut client: Child) {
    let listener = Listener::<Stream>::bind(&name()).expect("bind");
    let mut connection = listener.accept(PATIENCE).expect("accept");
    says(&mut client, QUESTION);
    let mut buf = [0; 100];
    let n = connection.read_exact(&mut buf, PATIENCE).expect("up to its end");
    assert_eq!(&buf[..n], QUESTION);
    connection.write_all(ANSWER, PATIENCE).expect("write");
    drop(connection);
    assert_eq!(heard(client), ANSWER);
}

/// It sends back what it is sent, and stops at the end of it.
fn ask_stream(server: Child) {
    is_served();
    let mut connection = Stream::connect(&name(), PATIENCE).expect("connect");
    connection.write_all(QUESTION, PATIENCE).expect("write");
    connection.shutdown_write().expect("shutdown");
    let mut buf = [0; 100];
    let n = connection.read_exact(&mut buf, PATIENCE).expect("read");
    assert_eq!(&buf[..n], QUESTION);
    ends(server);
}

fn serve_seqpacket(mut client: Child) {
    let listener = Listener::<Seqpacket>::bind(&name()).expect("bind");
    let mut connection = listener.accept(PATIENCE).expect("accept");
    says(&mut client, QUESTION);
    let mut buf = [0; 65_536];
    assert_eq!(connection.recv(&mut buf, PATIENCE), Ok(QUESTION.len()));
    assert_eq!(&buf[..QUESTION.len()], QUESTION);
    connection.send(ANSWER, PATIENCE).expect("send");
    drop(connection);
    assert_eq!(heard(client), ANSWER);
}

/// Two messages stay two.
fn ask_seqpacket(server: Child) {
    is_served();
    let mut connection = Seqpacket::connect(&name(), PATIENCE).expect("connect");
    let mut buf = [0; 65_536];
    for message in [QUESTION, ANSWER] {
        connection.send(message, PATIENCE).expect("send");
        assert_eq!(connection.recv(&mut buf, PATIENCE), Ok(message.len()));
        assert_eq!(&buf[..message.len()], message);
    }
    drop(connection);
    ends(server);
}

/// It sends from a name of its own, which the answer goes to.
fn serve_datagrams(mut client: Child) {
    let server = Datagram::bind(&name()).expect("bind");
    says(&mut client, QUESTION);
    let mut buf = [0; 65_536];
    let (n, from) = server.recv_from(&mut buf, PATIENCE).expect("recv_from");
    assert_eq!(&buf[..n], QUESTION);
    server.send_to(&from, ANSWER, PATIENCE).expect("send_to");
    let mut answer = [0; ANSWER.len()];
    client.stdout.take().expect("piped").read_exact(&mut answer).expect("its standard output");
    assert_eq!(answer, ANSWER);
    ends(client);
}

fn ask_datagrams(server: Child) {
    is_served();
    let ours = Datagram::bind(&Address::path(c"ours").expect("short")).expect("bind");
    ours.send_to(&name(), QUESTION, PATIENCE).expect("send_to");
    let mut buf = [0; 65_536];
    let (n, from) = ours.recv_from(&mut buf, PATIENCE).expect("recv_from");
    assert_eq!((&buf[..n], from), (QUESTION, name()));
    ends(server);
}

/// A client that is started before there is a server is started again by its shell.
fn waits_for_us(wait: &str, then: &str) -> String {
    format!("until [ -S {wait} ]; do sleep 0.01; done; exec {then}")
}

fn socat(then: &str) -> Child {
    require("socat");
    start("sh", &["-c", &waits_for_us("name", &format!("socat -t 10 {then}"))])
}

/// Its answer to a question about itself, before anything depends on it.
fn require(program: &str) {
    let there =
        Command::new("sh").args(["-c", &format!("command -v {program}")]).stdout(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        skip(&format!("no {program}"));
    }
}

fn socat_comes_by_stream() {
    serve_stream(socat("- UNIX-CONNECT:name"));
}

fn socat_serves_a_stream() {
    require("socat");
    ask_stream(start("socat", &["-t", "10", "UNIX-LISTEN:name", "PIPE"]));
}

fn socat_comes_by_seqpacket() {
    serve_seqpacket(socat("- UNIX-CONNECT:name,type=5"));
}

fn socat_serves_a_seqpacket() {
    require("socat");
    ask_seqpacket(start("socat", &["UNIX-LISTEN:name,type=5", "PIPE"]));
}

fn socat_comes_by_datagram() {
    serve_datagrams(socat("- UNIX-SENDTO:name,bind=its"));
    let _ = std::fs::remove_file("its");
}

fn socat_serves_datagrams() {
    require("socat");
    ask_datagrams(start("socat", &["UNIX-RECVFROM:name", "PIPE"]));
}

fn python(script: &str) -> Child {
    require("python3");
    let begin = "import socket, sys, os\nS = lambda t: socket.socket(socket.AF_UNIX, t)\n\
                 stdin, stdout = sys.stdin.buffer, sys.stdout.buffer\n";
    start("python3", &["-c", &format!("{begin}{script}")])
}

const COMES: &str = "
import time
while not os.path.exists('name'): time.sleep(0.001)
s = S(KIND)
s.connect('name')
s.sendall(stdin.read())
s.shutdown(socket.SHUT_WR)
stdout.write(s.recv(65536))
";

const SERVES: &str = "
s = S(KIND)
s.bind('name')
s.listen(1)
c, _ = s.accept()
while True:
    m = c.recv(65536)
    if not m: break
    c.sendall(m)
";

fn python_comes_by_stream() {
    serve_stream(python(&COMES.replace("KIND", "socket.SOCK_STREAM")));
}

fn python_serves_a_stream() {
    ask_stream(python(&SERVES.replace("KIND", "socket.SOCK_STREAM")));
}

fn python_comes_by_seqpacket() {
    serve_seqpacket(python(&COMES.replace("KIND", "socket.SOCK_SEQPACKET")));
}

fn python_serves_a_seqpacket() {
    ask_seqpacket(python(&SERVES.replace("KIND", "socket.SOCK_SEQPACKET")));
}

fn python_comes_by_datagram() {
    serve_datagrams(python(
        "
s = S(socket.SOCK_DGRAM)
s.bind('its')
s.sendto(stdin.read(), 'name')
stdout.write(s.recv(65536))
stdout.flush()
stdin.read()
",
    ));
    std::fs::remove_file("its").expect("its name");
}

fn python_serves_datagrams() {
    ask_datagrams(python(
        "
s = S(socket.SOCK_DGRAM)
s.bind('name')
while True:
    m, a = s.recvfrom(65536)
    s.sendto(m, a)
",
    ));
}

/// The netcat that knows of UNIX sockets: OpenBSD's.
fn netcat(then: &str) -> Child {
    require("nc");
    let help = Command::new("nc").arg("-h").output().expect("nc -h");
    if !String::from_utf8_lossy(&help.stderr).contains("-U") {
        skip("this nc has no UNIX sockets");
    }
    start("sh", &["-c", then])
}

fn netcat_comes_by_stream() {
    serve_stream(netcat(&waits_for_us("name", "nc -N -U name")));
}

fn netcat_serves_a_stream() {
    // What it is sent goes to its output, and its input to us.
    let mut server = netcat("exec nc -l -N -U name");
    is_served();
    let mut connection = Stream::connect(&name(), PATIENCE).expect("connect");
    connection.write_all(QUESTION, PATIENCE).expect("write");
    says(&mut server, ANSWER);
    let mut buf = [0; 100];
    let n = connection.read_exact(&mut buf, PATIENCE).expect("read");
    assert_eq!(&buf[..n], ANSWER);
    drop(connection);
    assert_eq!(heard(server), QUESTION);
    let _ = std::fs::remove_file("name");
}

fn netcat_comes_by_datagram() {
    serve_datagrams(netcat(&waits_for_us("name", "nc -u -U -s its name")));
    let _ = std::fs::remove_file("its");
}

fn netcat_serves_datagrams() {
    let mut server = netcat("exec nc -l -u -U name");
    is_served();
    let ours = Datagram::bind(&Address::path(c"ours").expect("short")).expect("bind");
    ours.send_to(&name(), QUESTION, PATIENCE).expect("send_to");
    let mut question = [0; QUESTION.len()];
    server.stdout.take().expect("piped").read_exact(&mut question).expect("its standard output");
    assert_eq!(question, QUESTION);
    ends(server);
}

/// Its own netcat has no UNIX sockets: it is given one as its standard streams.
fn busybox(stream: Stream) -> Child {
    require("busybox");
    let of = |fd: &rawipc::fd::Fd| -> Stdio {
        let raw = fd.try_clone().expect("a copy").into_raw();
        crate::os::fds::own_raw(raw).into()
    };
    let fd = stream.into_fd();
    let child = Command::new("busybox").arg("cat").stdin(of(&fd)).stdout(of(&fd)).spawn();
    child.unwrap_or_else(|e| skip(&format!("busybox: {e}")))
}

fn busybox_is_served_a_stream() {
    require("busybox");
    let listener = Listener::<Stream>::bind(&name()).expect("bind");
    let client = busybox(Stream::connect(&name(), PATIENCE).expect("connect"));
    echoes(listener.accept(PATIENCE).expect("accept"), client);
}

fn busybox_comes_by_a_stream() {
    require("busybox");
    let listener = Listener::<Stream>::bind(&name()).expect("bind");
    let client = Stream::connect(&name(), PATIENCE).expect("connect");
    let server = busybox(listener.accept(PATIENCE).expect("accept"));
    echoes(client, server);
}

fn echoes(mut ours: Stream, mut child: Child) {
    ours.write_all(QUESTION, PATIENCE).expect("write");
    ours.shutdown_write().expect("shutdown");
    let mut buf = [0; 100];
    let n = ours.read_exact(&mut buf, PATIENCE).expect("read");
    assert_eq!(&buf[..n], QUESTION);
    assert!(child.wait().expect("wait").success());
}
