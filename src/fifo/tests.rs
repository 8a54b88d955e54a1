use super::*;
use crate::channel::{ByteRead, ByteWrite, Receiver, Sender};
use crate::fd::Fd;
use crate::pipe::ReadEnd;
use crate::wait::Wait;
use core::time::Duration;
use rustix::fs::OFlags;
use std::ffi::CString;
use std::format;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

/// A path of this test's own, removed with it.
struct Place(PathBuf, CString);

impl Place {
    fn new() -> Self {
        let path = crate::scratch::unused("rawipc");
        let c = crate::scratch::c_string(path.clone());
        Place(path, c)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

const SHORT: Wait = Wait::at_most(Duration::from_millis(20));

#[test]
fn a_fifo_is_a_p_file_of_mode_0600_without_blocks() {
    let place = Place::new();
    create(&place.1).unwrap();
    let meta = std::fs::symlink_metadata(&place.0).unwrap();
    assert!(meta.file_type().is_fifo());
    assert_eq!((meta.permissions().mode() & 0o777, meta.blocks()), (0o600, 0));
    assert_eq!(create(&place.1).unwrap_err().errno(), Errno::EXIST);
    ensure(&place.1).unwrap();
    remove(&place.1).unwrap();
    assert_eq!(remove(&place.1).unwrap_err(), Error::kernel(Call::NEWFSTATAT, Errno::NOENT));
}

#[test]
fn ensure_refuses_what_others_can_open() {
    let place = Place::new();
    create(&place.1).unwrap();
    std::fs::set_permissions(&place.0, std::fs::Permissions::from_mode(0o620)).unwrap();
    assert_eq!(ensure(&place.1).unwrap_err().errno(), Errno::PERM);
}

#[test]
fn a_reader_before_the_first_writer_does_not_see_an_end() {
    let place = Place::new();
    create(&place.1).unwrap();
    let mut reader = open_read(&place.1).unwrap();
    let mut buf = [0; 8];
    assert!(reader.try_read(&mut buf).unwrap_err().is_again());
    assert_eq!(reader.read(&mut buf, SHORT).unwrap_err().errno(), Errno::TIMEDOUT);
    let writer = open_write(&place.1, SHORT).unwrap();
    assert!(reader.try_read(&mut buf).unwrap_err().is_again());
    drop(writer);
    assert_eq!(reader.read(&mut buf, SHORT).unwrap(), 0);
    assert_eq!(reader.try_read(&mut buf).unwrap(), 0);
}

#[test]
fn a_writer_that_came_and_went_unseen_is_an_end() {
    let place = Place::new();
    create(&place.1).unwrap();
    let mut reader = open_read(&place.1).unwrap();
    drop(open_write(&place.1, SHORT).unwrap());
    assert_eq!(reader.try_read(&mut [0; 8]).unwrap(), 0);
}

#[test]
fn what_an_unseen_writer_left_comes_before_the_end() {
    let place = Place::new();
    create(&place.1).unwrap();
    let mut reader = open_read(&place.1).unwrap();
    open_write(&place.1, SHORT).unwrap().write_all(b"bye", SHORT).unwrap();
    let mut buf = [0; 8];
    assert_eq!(reader.try_read(&mut buf).unwrap(), 3);
    assert_eq!(reader.try_read(&mut buf).unwrap(), 0);
}

#[test]
fn opening_to_write_ends_at_its_deadline() {
    let place = Place::new();
    create(&place.1).unwrap();
    let e = open_write(&place.1, SHORT).unwrap_err();
    assert_eq!((e.call(), e.errno()), (Call::PPOLL, Errno::TIMEDOUT));
}

#[test]
fn a_writer_waits_for_its_reader() {
    let place = Place::new();
    create(&place.1).unwrap();
    let path = place.1.clone();
    let waiting =
        std::thread::spawn(move || open_sender(&path, Wait::FOREVER).unwrap().send(b"hello", SHORT));
    std::thread::sleep(Duration::from_millis(5));
    let mut receiver = open_receiver(&place.1).unwrap();
    let mut buf = [0; crate::pipe::PIPE_BUF];
    assert_eq!(receiver.recv(&mut buf, Wait::FOREVER).unwrap(), 5);
    waiting.join().unwrap().unwrap();
}

#[test]
fn messages_stay_apart() {
    let place = Place::new();
    create(&place.1).unwrap();
    let mut receiver = open_receiver(&place.1).unwrap();
    let mut one = open_sender(&place.1, SHORT).unwrap();
    let mut other = open_sender(&place.1, SHORT).unwrap();
    one.send(b"a", SHORT).unwrap();
    other.send(&[7; 4096], SHORT).unwrap();
    one.send(b"ccc", SHORT).unwrap();
    let mut buf = [0; 8192];
    let lens = [(); 3].map(|()| receiver.recv(&mut buf, SHORT).unwrap());
    assert_eq!(lens, [1, 4096, 3]);
}

#[test]
fn what_is_planted_is_refused() {
    type Plant = fn(&PathBuf);
    let kinds: [(&str, Plant); 4] = [
        ("file", |p| std::fs::write(p, b"x").unwrap()),
        ("socket", |p| drop(UnixListener::bind(p).unwrap())),
        ("link", |p| symlink("/dev/null", p).unwrap()),
        ("dangling", |p| symlink("/nowhere/at/all", p).unwrap()),
    ];
    for (kind, plant) in kinds {
        let place = Place::new();
        plant(&place.0);
        let read = open_read(&place.1).unwrap_err();
        let write = open_write(&place.1, Wait::FOREVER).unwrap_err();
        let (for_read, for_write) = match kind {
            "file" => (Errno::PROTOTYPE, Errno::PROTOTYPE),
            "socket" => (Errno::NXIO, Errno::PROTOTYPE),
            _ => (Errno::LOOP, Errno::LOOP),
        };
        assert_eq!((read.errno(), write.errno()), (for_read, for_write), "{kind}");
        assert_eq!(remove(&place.1).unwrap_err().errno(), Errno::PROTOTYPE, "{kind}");
        assert!(std::fs::symlink_metadata(&place.0).is_ok(), "{kind} was removed");
        assert_eq!(ensure(&place.1).unwrap_err().errno(), Errno::PROTOTYPE, "{kind}");
    }
}

#[test]
fn another_owner_is_refused() {
    let place = Place::new();
    create(&place.1).unwrap();
    let me = std::fs::metadata(&place.0).unwrap().uid();
    let e = open_read_at(CWD, &place.1, Owner::Uid(me.wrapping_add(1))).unwrap_err();
    assert_eq!(e, Error::peer(Call::FSTAT, Errno::PERM));
    open_read_at(CWD, &place.1, Owner::Uid(me)).unwrap();
    open_read_at(CWD, &place.1, Owner::Anyone).unwrap();
}

#[test]
fn arguments_are_refused_before_any_call() {
    assert_eq!(create(c"").unwrap_err(), Error::argument(Call::MKNODAT, Errno::NOENT));
    assert_eq!(create_at(CWD, c"x", 0o1600).unwrap_err(), Error::argument(Call::MKNODAT, Errno::INVAL));
    assert_eq!(open_read(c"").unwrap_err(), Error::argument(Call::OPENAT, Errno::NOENT));
    assert_eq!(open_write(c"", SHORT).unwrap_err(), Error::argument(Call::OPENAT, Errno::NOENT));
    assert_eq!(remove(c"").unwrap_err(), Error::argument(Call::UNLINKAT, Errno::NOENT));
}

#[test]
fn a_directory_descriptor_is_where_a_relative_path_begins() {
    let place = Place::new();
    let dir = Fd::from(rustix::fs::open(c"/tmp", OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).unwrap());
    let name = CString::new(format!("rawipc-at-{}", std::process::id())).unwrap();
    create_at(&dir, &name, 0o640).unwrap();
    let _reader = open_receiver_at(&dir, &name, Owner::Mine).unwrap();
    let _writer = open_sender_at(&dir, &name, Owner::Mine, SHORT).unwrap();
    remove_at(&dir, &name).unwrap();
    drop(place);
}

#[test]
fn an_end_handed_on_before_its_first_writer_still_waits_for_it() {
    let place = Place::new();
    create(&place.1).unwrap();
    let mut reader = ReadEnd::attach(open_read(&place.1).unwrap().into_fd()).unwrap();
    let mut buf = [0; 8];
    assert!(reader.try_read(&mut buf).unwrap_err().is_again());
    assert_eq!(reader.read(&mut buf, SHORT).unwrap_err().errno(), Errno::TIMEDOUT);
    drop(open_write(&place.1, SHORT).unwrap());
    assert_eq!(reader.read(&mut buf, SHORT).unwrap(), 0);
}
