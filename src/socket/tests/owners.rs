//! Who owns a name: the dead are succeeded, the living never robbed. What a kill leaves is for tests/ipc.

use super::super::{Address, Datagram, Listener, Seqpacket, Stream};
use super::{IN_TIME, path};
use crate::error::{Call, Errno, Error, Result};
use crate::fd::Fd;
use rustix::net::{AddressFamily, SocketFlags, SocketType};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, symlink};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};
use std::{ffi, fs};

const TAKEN: Error = Error::kernel(Call::BIND, Errno::ADDRINUSE);

const BINDERS: [fn(&Address) -> Result<()>; 3] = [
    |at| Listener::<Stream>::bind(at).map(drop),
    |at| Listener::<Seqpacket>::bind(at).map(drop),
    |at| Datagram::bind(at).map(drop),
];

fn lock_of(path: &Path) -> PathBuf {
    let mut name = ffi::OsString::from(path);
    name.push(".lock");
    name.into()
}

fn bare_socket(kind: SocketType, address: &Address) -> Fd {
    let fd = rustix::net::socket_with(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None).unwrap();
    rustix::net::bind(&fd, address).unwrap();
    fd.into()
}

/// Every bind here is refused, and changes nothing.
#[track_caller]
fn refused(file: &Path, address: &Address, why: Error) {
    let inode = fs::symlink_metadata(file).ok().map(|file| file.ino());
    for bind in BINDERS {
        assert_eq!(bind(address), Err(why));
        assert_eq!(fs::symlink_metadata(file).ok().map(|file| file.ino()), inode);
    }
}

#[test]
fn a_dead_sockets_file_is_taken_over() {
    let (file, address) = path();
    for kind in [SocketType::STREAM, SocketType::SEQPACKET, SocketType::DGRAM] {
        for bind in BINDERS {
            drop(bare_socket(kind, &address));
            assert!(file.exists());
            bind(&address).unwrap();
            assert!(!file.exists() && !lock_of(&file).exists());
        }
    }
    // With the lock's file that a killed owner left.
    drop(UnixListener::bind(&file).unwrap());
    fs::write(lock_of(&file), "").unwrap();
    let listener = Listener::<Stream>::bind(&address).unwrap();
    Stream::connect(&address, IN_TIME).unwrap();
    listener.remove().unwrap();
    assert!(!file.exists() && !lock_of(&file).exists());
}

#[test]
fn a_live_socket_without_a_lock_is_not_robbed() {
    let (file, address) = path();
    let server = UnixListener::bind(&file).unwrap();
    server.set_nonblocking(true).unwrap();
    refused(&file, &address, TAKEN);
    assert!(!lock_of(&file).exists());
    assert!(server.accept().is_err(), "it was asked by a client that it has to accept");
    Stream::connect(&address, IN_TIME).unwrap();
    server.accept().unwrap();
    drop(server);
    BINDERS.iter().for_each(|bind| bind(&address).unwrap());
}

#[test]
fn a_socket_that_does_not_listen_yet_is_not_robbed() {
    let (file, address) = path();
    for kind in [SocketType::STREAM, SocketType::SEQPACKET, SocketType::DGRAM] {
        let bound = bare_socket(kind, &address);
        refused(&file, &address, TAKEN);
        drop(bound);
        fs::remove_file(&file).unwrap();
    }
    // One that has a peer already, and so takes no other's messages.
    let (theirs, other) = path();
    let peer = UnixDatagram::bind(&theirs).unwrap();
    let bound = UnixDatagram::bind(&file).unwrap();
    bound.connect(&theirs).unwrap();
    assert_eq!(Datagram::connect(&address).unwrap_err().errno(), Errno::PERM);
    refused(&file, &address, TAKEN);
    fs::remove_file(&file).unwrap();
    drop(peer);
    Datagram::bind(&other).unwrap();
}

#[test]
fn what_is_no_socket_stays() {
    let (file, address) = path();
    fs::write(&file, "another's").unwrap();
    refused(&file, &address, TAKEN);
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    refused(&file, &address, TAKEN);
    fs::remove_dir(&file).unwrap();
    // Not even to a dead socket is a link followed.
    let (dead, _) = path();
    drop(UnixListener::bind(&dead).unwrap());
    symlink(&dead, &file).unwrap();
    refused(&file, &address, TAKEN);
    assert!(dead.exists() && !lock_of(&file).exists());
    fs::remove_file(&file).unwrap();
    fs::remove_file(&dead).unwrap();
}

#[test]
fn a_planted_lock_is_refused_and_left() {
    let (file, address) = path();
    let lock = lock_of(&file);
    let (target, _) = path();
    symlink(&target, &lock).unwrap();
    refused(&lock, &address, Error::kernel(Call::OPENAT, Errno::LOOP));
    fs::remove_file(&lock).unwrap();
    assert!(!target.exists(), "a link was followed");
    fs::create_dir(&lock).unwrap();
    refused(&lock, &address, Error::kernel(Call::OPENAT, Errno::ISDIR));
    fs::remove_dir(&lock).unwrap();
    drop(UnixListener::bind(&lock).unwrap());
    refused(&lock, &address, Error::kernel(Call::OPENAT, Errno::NXIO));
    fs::remove_file(&lock).unwrap();
    let name = ffi::CString::new(lock.as_os_str().as_bytes()).unwrap();
    crate::fifo::create(&name).unwrap();
    refused(&lock, &address, Error::peer(Call::FSTAT, Errno::PROTOTYPE));
    fs::remove_file(&lock).unwrap();
    assert!(!file.exists());
    BINDERS.iter().for_each(|bind| bind(&address).unwrap());
}

#[test]
fn the_lock_is_private_and_goes_with_the_socket() {
    let (file, address) = path();
    let socket = Datagram::bind(&address).unwrap();
    let stat = fs::symlink_metadata(lock_of(&file)).unwrap();
    assert_eq!((stat.mode(), stat.len()), (0o100600, 0));
    drop(socket);
    assert!(!lock_of(&file).exists());

    // Where somebody else took the socket's file away, the lock's still goes; one put in its place stays.
    let socket = Datagram::bind(&address).unwrap();
    fs::remove_file(&file).unwrap();
    assert_eq!(socket.remove().unwrap_err().errno(), Errno::NOENT);
    assert!(!lock_of(&file).exists());
    let socket = Datagram::bind(&address).unwrap();
    fs::rename(lock_of(&file), &file).unwrap();
    fs::write(lock_of(&file), "another's").unwrap();
    assert_eq!(socket.remove().unwrap_err(), Error::peer(Call::NEWFSTATAT, Errno::STALE));
    assert_eq!(fs::read(lock_of(&file)).unwrap(), b"another's");
    fs::remove_file(lock_of(&file)).unwrap();
    fs::remove_file(&file).unwrap();
}

#[test]
fn a_lock_taken_away_does_not_give_the_name_away() {
    let (file, address) = path();
    let listener = Listener::<Stream>::bind(&address).unwrap();
    fs::remove_file(lock_of(&file)).unwrap();
    refused(&file, &address, TAKEN);
    Stream::connect(&address, IN_TIME).unwrap();
    listener.remove().unwrap();
    assert!(!file.exists() && !lock_of(&file).exists());
}

#[test]
fn a_descriptor_given_away_is_not_robbed_while_it_lives() {
    let (file, address) = path();
    for bind in [
        |at: &Address| Listener::<Stream>::bind(at).map(Listener::into_fd),
        |at: &Address| Listener::<Seqpacket>::bind(at).map(Listener::into_fd),
        |at: &Address| Datagram::bind(at).map(Datagram::into_fd),
    ] {
        let fd = bind(&address).unwrap();
        assert!(!lock_of(&file).exists());
        refused(&file, &address, TAKEN);
        drop(fd);
        assert!(file.exists());
        BINDERS.iter().for_each(|bind| bind(&address).unwrap());
        assert!(!file.exists());
    }
}

#[test]
fn an_error_leaves_no_lock() {
    let (file, _) = path();
    // No bind can make what ends in a slash.
    let address = super::address_of(file.join(""));
    fs::create_dir(&file).unwrap();
    for bind in BINDERS {
        assert!(bind(&address).is_err());
        assert_eq!(fs::read_dir(&file).unwrap().count(), 0);
    }
    fs::remove_dir(&file).unwrap();
}
