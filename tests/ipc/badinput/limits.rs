//! RLIMIT_NOFILE reached, and no address space left, at every constructor.

use super::refused;
use crate::add_tests;
use crate::conformance::mechanism::PATIENCE;
use crate::os::{fds, limits};
use crate::runner::List;
use rawipc::memory::{File, Map, Memfd};
use rawipc::socket::{Address, Datagram, Listener, Seqpacket, Stream};
use rawipc::{Errno, Result, fifo, pipe, ring};
use std::any::Any;

pub fn tests(list: &mut List) {
    for (name, make, needs) in CONSTRUCTORS {
        list.add(format!("badinput::limits::descriptors::{name}"), move || {
            prepare();
            run_out_of_descriptors(make, needs);
            tidy();
        });
    }
    add_tests!(list, "badinput::limits":
        no_address_space, lengths_that_lie, accept_waits_for_a_descriptor, fcntl_of_a_copy,
    );
}

/// Makes something and gives it away, to be dropped.
type Make = fn() -> Result<Box<dyn Any>>;

/// Each constructor, and the descriptors that must be free for it.
const CONSTRUCTORS: [(&str, Make, u64); 17] = [
    ("pipe_pair", || Ok(Box::new(pipe::pair()?)), 2),
    ("pipe_packet_pair", || Ok(Box::new(pipe::packet_pair()?)), 2),
    ("fifo_open_read", || Ok(Box::new(fifo::open_read(c"fifo")?)), 1),
    ("fifo_open_receiver", || Ok(Box::new(fifo::open_receiver(c"fifo")?)), 1),
    ("fifo_open_both", || Ok(Box::new((fifo::open_read(c"fifo")?, fifo::open_write(c"fifo", PATIENCE)?))), 2),
    ("stream_pair", || Ok(Box::new(Stream::pair()?)), 2),
    ("seqpacket_pair", || Ok(Box::new(Seqpacket::pair()?)), 2),
    ("datagram_pair", || Ok(Box::new(Datagram::pair()?)), 2),
    ("datagram_unbound", || Ok(Box::new(Datagram::unbound()?)), 1),
    ("datagram_bind", || Ok(Box::new(Datagram::bind(&Address::path(c"name")?)?)), 2),
    ("listener", || Ok(Box::new(Listener::<Stream>::bind(&Address::path(c"name")?)?)), 2),
    ("listener_after_a_dead_one", || Ok(Box::new(Listener::<Stream>::bind(&Address::path(c"dead")?)?)), 3),
    ("listener_and_connect", listen_and_connect, 4),
    ("memfd", || Ok(Box::new(Memfd::create(c"memory", 4096)?)), 1),
    ("file", || Ok(Box::new(File::create(c"file", 4096)?)), 1),
    ("file_open", || Ok(Box::new(File::open(c"plain")?)), 1),
    ("ring", || Ok(Box::new(ring::pair(4096)?)), 7),
];

fn listen_and_connect() -> Result<Box<dyn Any>> {
    let address = Address::path(c"name")?;
    let listener = Listener::<Seqpacket>::bind(&address)?;
    let client = Seqpacket::connect(&address, PATIENCE)?;
    let server = listener.accept(PATIENCE)?;
    Ok(Box::new((listener, client, server)))
}

fn prepare() {
    fifo::create(c"fifo").expect("create");
    std::fs::write("plain", [0; 4096]).expect("write");
    drop(std::os::unix::net::UnixListener::bind("dead").expect("bind"));
}

fn tidy() {
    fifo::remove(c"fifo").expect("remove");
    std::fs::remove_file("plain").expect("remove");
    // A mapped file stays until it is removed by its name.
    let _ = std::fs::remove_file("file");
    // A dead socket's until it is taken over.
    let _ = std::fs::remove_file("dead");
}

/// With 0, 1, … descriptors free: EMFILE, and all as before; with enough: it works.
fn run_out_of_descriptors(make: Make, needs: u64) {
    let before = fds::own();
    let first_free = fds::fill_holes();
    for free in 0..needs {
        limits::limit_descriptors(first_free.number() + free);
        let answer = make();
        limits::unlimit_descriptors();
        let e = refused(answer, Errno::MFILE);
        println!("{free} free: {e}");
        let _ = std::fs::remove_file("file");
        for file in ["name", "name.lock", "dead.lock"] {
            assert!(!std::fs::exists(file).expect("exists"), "{file} stays after {e}");
        }
        first_free.assert_nothing_new();
    }
    limits::limit_descriptors(first_free.number() + needs);
    let made = make();
    limits::unlimit_descriptors();
    drop(made.expect("there were enough"));
    drop(first_free);
    assert_eq!(fds::own(), before);
}

fn no_address_space() {
    let makes: [(&str, Make); 3] = [
        ("Map::anonymous", || Ok(Box::new(Map::anonymous(1 << 30)?))),
        ("ring::pair", || Ok(Box::new(ring::pair(1 << 26)?))),
        ("Memfd::map", || Ok(Box::new(Memfd::create(c"memory", 1 << 26)?.map()?))),
    ];
    let before = fds::own();
    for (name, make) in makes {
        let answer = limits::with_little_address_space(1 << 24, make);
        println!("{name}");
        refused(answer, Errno::NOMEM);
        assert_eq!(fds::own(), before, "{name}");
    }
}

/// Lengths that no memory has.
fn lengths_that_lie() {
    // Of 32 bits, half may well be there.
    let half = if usize::BITS == 64 { isize::MAX as usize } else { usize::MAX / 2 + 1 };
    for len in [0, usize::MAX, usize::MAX / 2 + 1, half] {
        println!("{len}");
        assert!(Map::anonymous(len).is_err());
        assert!(Memfd::create(c"memory", len).is_err());
        assert!(File::create(c"file", len).is_err());
        assert!(!std::fs::exists("file").expect("exists"), "the file stays");
    }
    for capacity in [0, (1 << 30) + 1, usize::MAX] {
        refused(ring::pair(capacity), Errno::INVAL);
    }
    let map = Map::anonymous(4096).expect("anonymous");
    for (offset, len) in [(4096, 1), (0, 4097), (usize::MAX, 1), (usize::MAX - 10, 20), (1, 4096)] {
        refused(map.read(offset, &mut vec![0; len]), Errno::RANGE);
        refused(map.write(offset, &vec![0; len]), Errno::RANGE);
    }
    for offset in [4093, 4096, usize::MAX, 1, 2] {
        assert!(map.atomic_u32(offset).is_err(), "a word at {offset}");
    }
    let long = std::ffi::CString::new(vec![b'm'; 250]).expect("no NUL");
    refused(Memfd::create(&long, 4096), Errno::INVAL);
}

/// A server out of descriptors refuses and goes on: the client that waits is not lost.
fn accept_waits_for_a_descriptor() {
    let address = Address::path(c"name").expect("path");
    let listener = Listener::<Stream>::bind(&address).expect("bind");
    let _client = Stream::connect(&address, PATIENCE).expect("connect");
    let first_free = fds::fill_holes();
    limits::limit_descriptors(first_free.number());
    let answers = [listener.accept(PATIENCE).map(drop), listener.try_accept().map(drop)];
    limits::unlimit_descriptors();
    answers.into_iter().for_each(|answer| _ = refused(answer, Errno::MFILE));
    drop(listener.accept(PATIENCE).expect("it waits still"));
}

fn fcntl_of_a_copy() {
    let (read_end, _write_end) = pipe::pair().expect("pair");
    let fd = read_end.into_fd();
    let first_free = fds::fill_holes();
    limits::limit_descriptors(first_free.number());
    let answer = fd.try_clone();
    limits::unlimit_descriptors();
    refused(answer, Errno::MFILE);
    drop(fd.try_clone().expect("there are enough"));
}
