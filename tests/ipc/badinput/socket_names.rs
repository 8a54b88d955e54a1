//! Names of sockets: a NUL inside, 106 to 109 bytes, dangling, of the wrong kind, taken.

use super::refused;
use crate::add_tests;
use crate::conformance::mechanism::PATIENCE;
use crate::os;
use crate::os::process::Child;
use crate::runner::List;
use rawipc::socket::{Address, Datagram, Listener, Seqpacket, Stream};
use rawipc::{ByteRead, ByteWrite, Errno, Origin, Receiver, Result, Sender, Wait, fifo};
use std::ffi::CString;
use std::os::unix::fs::symlink;
use std::time::Duration;

pub fn tests(list: &mut List) {
    add_tests!(list, "badinput::socket_names":
        lengths_of_paths, lengths_of_abstract_names, a_nul_inside, empty, nobody_listens, taken, another_type,
        strangers_by_name, backlog_full,
    );
}

/// What takes an address.
type OnAddress = fn(&Address) -> Result<()>;

fn connectors() -> [(&'static str, OnAddress); 3] {
    [
        ("Stream::connect", |to| Stream::connect(to, PATIENCE).map(drop)),
        ("Seqpacket::connect", |to| Seqpacket::connect(to, PATIENCE).map(drop)),
        ("Datagram::connect", |to| Datagram::connect(to).map(drop)),
    ]
}

fn binders() -> [(&'static str, OnAddress); 3] {
    [
        ("Listener<Stream>", |at| Listener::<Stream>::bind(at).map(drop)),
        ("Listener<Seqpacket>", |at| Listener::<Seqpacket>::bind(at).map(drop)),
        ("Datagram::bind", |at| Datagram::bind(at).map(drop)),
    ]
}

fn path(text: &str) -> Address {
    Address::path(&CString::new(text).expect("no NUL")).expect("a short path")
}

fn exchange(address: &Address) {
    let listener = Listener::<Stream>::bind(address).expect("bind");
    let mut client = Stream::connect(address, PATIENCE).expect("connect");
    let mut server = listener.accept(PATIENCE).expect("accept");
    client.write_all(b"by name", PATIENCE).expect("write_all");
    let mut buf = [0; 7];
    assert_eq!(server.read_exact(&mut buf, PATIENCE), Ok(7));
    assert_eq!(&buf, b"by name");
}

fn lengths_of_paths() {
    for len in [1, 105, 106, 107] {
        let name = "p".repeat(len);
        exchange(&path(&name));
        assert!(!std::fs::exists(&name).expect("exists"), "the file is its owner's to remove");
    }
    for len in [108, 109, 110, 4096, 70_000] {
        let long = CString::new(vec![b'p'; len]).expect("no NUL");
        let e = refused(Address::path(&long), Errno::NAMETOOLONG);
        assert_eq!(e.origin(), Origin::Argument);
    }
}

/// A name of so many bytes that is this process's alone.
fn abstract_bytes(len: usize) -> Vec<u8> {
    let mut name = format!("{}", std::process::id()).into_bytes();
    name.resize(len, b'a');
    name
}

fn lengths_of_abstract_names() {
    for len in [20, 106, 107] {
        exchange(&Address::abstract_name(&abstract_bytes(len)).expect("short enough"));
    }
    for len in [108, 109, 4096] {
        refused(Address::abstract_name(&abstract_bytes(len)), Errno::NAMETOOLONG);
    }
}

/// Such names are whole: the part before the NUL is another name.
fn a_nul_inside() {
    let short = abstract_bytes(20);
    let long = [&short[..], b"\0behind"].concat();
    let listener = Listener::<Stream>::bind(&Address::abstract_name(&long).expect("name")).expect("bind");
    refused(Stream::connect(&Address::abstract_name(&short).expect("name"), PATIENCE), Errno::CONNREFUSED);
    assert_eq!(listener.address().as_abstract(), Some(&long[..]));
    exchange(&Address::abstract_name(&short).expect("name"));
    exchange(&Address::abstract_name(&[&short[..], &[0; 40]].concat()).expect("name"));
    drop(Stream::connect(listener.address(), PATIENCE).expect("connect"));
    assert!(CString::new(b"behind\0a NUL".to_vec()).is_err(), "a path with a NUL is no CStr to begin with");
}

fn empty() {
    assert_eq!(refused(Address::path(c""), Errno::INVAL).origin(), Origin::Argument);
    assert_eq!(refused(Address::abstract_name(b""), Errno::INVAL).origin(), Origin::Argument);
}

fn nobody_listens() {
    std::fs::write("plain", "").expect("write");
    std::fs::create_dir("directory").expect("create_dir");
    symlink("nowhere", "dangling").expect("symlink");
    fifo::create(c"fifo").expect("create");
    drop(std::os::unix::net::UnixListener::bind("dead").expect("bind"));
    let cases = [
        ("nobody", Errno::NOENT),
        ("dangling", Errno::NOENT),
        ("plain/nobody", Errno::NOTDIR),
        ("plain", Errno::CONNREFUSED),
        ("directory", Errno::CONNREFUSED),
        ("fifo", Errno::CONNREFUSED),
        ("dead", Errno::CONNREFUSED),
    ];
    for (at, errno) in cases {
        for (name, connect) in connectors() {
            println!("{name} to {at}");
            refused(connect(&path(at)), errno);
        }
    }
    taken_names(&["plain", "directory", "dangling", "fifo"]);
    std::fs::remove_dir("directory").expect("remove");
    for file in ["plain", "dangling", "fifo", "dead"] {
        std::fs::remove_file(file).expect("still there after the refusals");
    }
}

fn taken_names(names: &[&str]) {
    for at in names {
        for (name, bind) in binders() {
            println!("{name} at {at}");
            refused(bind(&path(at)), Errno::ADDRINUSE);
        }
    }
}

fn taken() {
    let live = Listener::<Stream>::bind(&path("live")).expect("bind");
    taken_names(&["live"]);
    drop(Stream::connect(&path("live"), PATIENCE).expect("none of them took it away"));
    drop(live);
    let name = Address::abstract_name(&abstract_bytes(30)).expect("name");
    let live = Listener::<Seqpacket>::bind(&name).expect("bind");
    refused(Listener::<Seqpacket>::bind(&name), Errno::ADDRINUSE);
    drop(live);
    refused(Listener::<Stream>::bind(&path("no-directory/here")), Errno::NOENT);
}

fn another_type() {
    let _stream = Listener::<Stream>::bind(&path("stream")).expect("bind");
    let _packets = Listener::<Seqpacket>::bind(&path("packets")).expect("bind");
    let _datagrams = Datagram::bind(&path("datagrams")).expect("bind");
    refused(Stream::connect(&path("packets"), PATIENCE), Errno::PROTOTYPE);
    refused(Stream::connect(&path("datagrams"), PATIENCE), Errno::PROTOTYPE);
    refused(Seqpacket::connect(&path("stream"), PATIENCE), Errno::PROTOTYPE);
    refused(Datagram::connect(&path("stream")), Errno::PROTOTYPE);
}

/// Processes that share nothing but a name.
fn strangers_by_name() {
    let bound = os::process::Gate::new();
    let server = Child::spawn(|| {
        let streams = Listener::<Stream>::bind(&path("streams")).expect("bind");
        let packets = Listener::<Seqpacket>::bind(&path("packets")).expect("bind");
        let mut datagrams = Datagram::bind(&path("datagrams")).expect("bind");
        bound.open();
        let mut buf = [0; 64];
        let mut stream = streams.accept(PATIENCE).expect("accept");
        assert_eq!(stream.read_exact(&mut buf[..6], PATIENCE), Ok(6));
        stream.write_all(b"answer", PATIENCE).expect("write_all");
        let mut packet = packets.accept(PATIENCE).expect("accept");
        assert_eq!(packet.recv(&mut buf, PATIENCE), Ok(8));
        packet.send(b"answer", PATIENCE).expect("send");
        let (n, from) = datagrams.recv_from(&mut buf, PATIENCE).expect("recv_from");
        assert_eq!((n, from.as_path()), (8, Some(c"client")));
        datagrams.connect_to(&from).expect("connect_to");
        datagrams.send(b"answer", PATIENCE).expect("send");
    });
    bound.wait();
    let mut buf = [0; 64];
    let mut stream = Stream::connect(&path("streams"), PATIENCE).expect("connect");
    stream.write_all(b"stream", PATIENCE).expect("write_all");
    assert_eq!(stream.read_exact(&mut buf[..6], PATIENCE), Ok(6));
    let mut packet = Seqpacket::connect(&path("packets"), PATIENCE).expect("connect");
    packet.send(b"question", PATIENCE).expect("send");
    assert_eq!(packet.recv(&mut buf, PATIENCE), Ok(6));
    let client = Datagram::bind(&path("client")).expect("bind");
    client.send_to(&path("datagrams"), b"question", PATIENCE).expect("send_to");
    let (n, _) = client.recv_from(&mut buf, PATIENCE).expect("recv_from");
    assert_eq!(&buf[..n], b"answer");
    server.join();
}

/// A listener that does not accept holds nobody past a deadline.
fn backlog_full() {
    let options = rawipc::socket::Options { backlog: 1, ..Default::default() };
    let listener = Listener::<Stream>::bind_with(&path("busy"), options).expect("bind");
    let limit = Wait::at_most(Duration::from_millis(30));
    let mut waiting = Vec::new();
    let refusal = (0..10).find_map(|_| match Stream::connect(&path("busy"), limit) {
        Ok(stream) => {
            waiting.push(stream);
            None
        }
        Err(e) => Some(e),
    });
    assert_eq!(refusal.expect("a backlog of one is full").errno(), Errno::TIMEDOUT);
    assert!(!waiting.is_empty());
    drop(listener.accept(PATIENCE).expect("accept"));
    drop(Stream::connect(&path("busy"), PATIENCE).expect("there is room again"));
}
