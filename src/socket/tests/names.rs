use super::super::{Address, Datagram, Listener, Options, Seqpacket, Stream};
use super::{IN_TIME, SOON, address_of, name, path};
use crate::channel::{ByteRead, ByteWrite};
use crate::error::{Call, Errno, Error, Origin};
use crate::fd::Fd;
use crate::sys::socket::ADDRESS_BYTES;
use core::time::Duration;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::string::ToString;
use std::vec::Vec;
use std::{ffi, fs, thread, time};

fn mode(path: &std::path::Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_listeners_file_is_private_and_goes_with_it() {
    let (file, address) = path();
    let listener = Listener::<Stream>::bind(&address).unwrap();
    assert_eq!(mode(&file), 0o600);
    assert_eq!(listener.address().to_string(), file.to_str().unwrap());
    drop(listener);
    assert!(!file.exists());
    let options = Options { mode: 0o640, ..Options::DEFAULT };
    let listener = Listener::<Seqpacket>::bind_with(&address, options).unwrap();
    assert_eq!(mode(&file), 0o640);
    listener.remove().unwrap();
    assert!(!file.exists());
}

#[test]
fn a_datagram_sockets_file_is_private_and_goes_with_it() {
    let (file, address) = path();
    let socket = Datagram::bind(&address).unwrap();
    assert_eq!(mode(&file), 0o600);
    drop(socket);
    assert!(!file.exists());
    Datagram::bind_with(&address, 0o620).unwrap().remove().unwrap();
    assert!(!file.exists());
}

#[test]
fn another_file_in_its_place_is_left_alone() {
    let (file, address) = path();
    let listener = Listener::<Stream>::bind(&address).unwrap();
    let inode = fs::metadata(&file).unwrap().ino();
    let (other, _) = path();
    fs::rename(&file, &other).unwrap();
    fs::write(&file, "another's").unwrap();
    assert_ne!(fs::metadata(&file).unwrap().ino(), inode);
    let e = listener.remove().unwrap_err();
    assert_eq!((e.errno(), e.origin()), (Errno::STALE, Origin::Peer));
    assert_eq!(fs::read(&file).unwrap(), b"another's");
    fs::remove_file(&file).unwrap();
    fs::remove_file(&other).unwrap();

    let listener = Listener::<Stream>::bind(&address).unwrap();
    fs::remove_file(&file).unwrap();
    assert_eq!(listener.remove().unwrap_err(), Error::kernel(Call::NEWFSTATAT, Errno::NOENT));
}

#[test]
fn a_descriptor_given_away_keeps_its_file() {
    let (file, address) = path();
    let fd: Fd = Listener::<Stream>::bind(&address).unwrap().into_fd();
    Stream::connect(&address, IN_TIME).unwrap();
    drop(fd);
    assert_eq!(
        Stream::connect(&address, IN_TIME).unwrap_err(),
        Error::kernel(Call::CONNECT, Errno::CONNREFUSED)
    );
    fs::remove_file(&file).unwrap();
    assert_eq!(Stream::try_connect(&address).unwrap_err().errno(), Errno::NOENT);
}

#[test]
fn a_taken_name_is_told_and_left() {
    let (file, address) = path();
    let listener = Listener::<Stream>::bind(&address).unwrap();
    let e = Listener::<Stream>::bind(&address).unwrap_err();
    assert_eq!(e, Error::peer(Call::FLOCK, Errno::ADDRINUSE));
    assert_eq!(Datagram::bind(&address).unwrap_err(), e);
    assert!(file.exists());
    drop(listener);
    let address = name();
    let _listener = Listener::<Stream>::bind(&address).unwrap();
    let e = Listener::<Stream>::bind(&address).unwrap_err();
    assert_eq!(e, Error::kernel(Call::BIND, Errno::ADDRINUSE));
}

#[test]
fn what_cannot_be_bound_is_refused_before_any_call() {
    let (file, address) = path();
    let options = Options { mode: 0o1600, ..Options::DEFAULT };
    let e = Listener::<Stream>::bind_with(&address, options).unwrap_err();
    assert_eq!(e, Error::argument(Call::FCHMOD, Errno::INVAL));
    assert!(!file.exists());
    // `bind` would take the unnamed address as a wish for any name.
    let e = Datagram::bind(Datagram::unbound().unwrap().address()).unwrap_err();
    assert_eq!(e, Error::argument(Call::BIND, Errno::INVAL));
    assert_eq!(Stream::connect(&Address::UNNAMED, SOON).unwrap_err().origin(), Origin::Argument);
}

#[test]
fn a_connect_to_another_kind_is_eprototype() {
    let (_, address) = path();
    let _listener = Listener::<Seqpacket>::bind(&address).unwrap();
    assert_eq!(Stream::connect(&address, SOON).unwrap_err(), Error::kernel(Call::CONNECT, Errno::PROTOTYPE));
    assert_eq!(Datagram::connect(&address).unwrap_err().errno(), Errno::PROTOTYPE);
    Seqpacket::connect(&address, SOON).unwrap();
    // An abstract name is one for each type.
    let address = name();
    let _listener = Listener::<Seqpacket>::bind(&address).unwrap();
    assert_eq!(Stream::connect(&address, SOON).unwrap_err().errno(), Errno::CONNREFUSED);
}

#[test]
fn the_longest_path_binds_and_one_longer_does_not_hurt() {
    let pad = |len: usize| {
        let mut bytes = path().0.into_os_string().into_vec();
        bytes.resize(len, b'x');
        bytes
    };
    let longest = address_of(ffi::OsString::from_vec(pad(Address::NAME_MAX)).into());
    let server = Datagram::bind(&longest).unwrap();

    // A peer of 108 bytes, which only the kernel's own rules allow.
    let name: Vec<u8> = pad(108);
    let mut raw = [0; ADDRESS_BYTES];
    raw[..2].copy_from_slice(&1u16.to_ne_bytes());
    raw[2..110].copy_from_slice(&name);
    let long = Address::told(&raw, ADDRESS_BYTES);
    let peer = Datagram::unbound().unwrap();
    rustix::net::bind(&peer, &long).unwrap();
    peer.send_to(&longest, b"hello", IN_TIME).unwrap();
    let mut buf = [0; 16];
    let (n, from) = server.recv_from(&mut buf, IN_TIME).unwrap();
    assert_eq!((n, from.as_path().unwrap().to_bytes()), (5, &*name));
    assert_eq!(from, long);
    server.send_to(&from, b"hello", IN_TIME).unwrap();
    fs::remove_file(ffi::OsStr::from_bytes(&name)).unwrap();
}

#[test]
fn nobody_there_to_accept() {
    let listener = Listener::<Stream>::bind(&name()).unwrap();
    assert_eq!(listener.try_accept().unwrap_err(), Error::kernel(Call::ACCEPT4, Errno::AGAIN));
    assert_eq!(listener.accept(SOON).unwrap_err().origin(), Origin::Deadline);
}

#[test]
fn a_full_backlog_keeps_the_deadline_and_lets_in_later() {
    let address = name();
    let options = Options { backlog: 0, ..Options::DEFAULT };
    let listener = Listener::<Stream>::bind_with(&address, options).unwrap();
    let _first = Stream::try_connect(&address).unwrap();
    assert_eq!(Stream::try_connect(&address).unwrap_err(), Error::kernel(Call::CONNECT, Errno::AGAIN));
    let start = time::Instant::now();
    assert_eq!(Stream::connect(&address, SOON).unwrap_err().origin(), Origin::Deadline);
    assert!((20..2000).contains(&start.elapsed().as_millis()));
    assert_eq!(
        Stream::connect(&address, crate::Wait::at_most(Duration::ZERO)).unwrap_err().errno(),
        Errno::TIMEDOUT
    );

    thread::scope(|scope| {
        let second = scope.spawn(|| Stream::connect(&address, IN_TIME).unwrap());
        listener.accept(IN_TIME).unwrap();
        let mut server = listener.accept(IN_TIME).unwrap();
        second.join().unwrap().write_all(b"in", IN_TIME).unwrap();
        assert_eq!(server.read(&mut [0; 4], IN_TIME).unwrap(), 2);
    });
}

#[test]
fn a_listener_that_was_shut_is_told_and_not_waited_for() {
    let listener = Listener::<Stream>::bind(&name()).unwrap();
    rustix::net::shutdown(&listener, rustix::net::Shutdown::Read).unwrap();
    let e = listener.accept(SOON).unwrap_err();
    assert_eq!(e, Error::kernel(Call::ACCEPT4, Errno::SHUTDOWN));
}
