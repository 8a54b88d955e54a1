use super::super::{Address, Behind, Files, Listener, Options, Seqpacket, Stream, behind_at};
use super::super::{Datagram, SocketFile};
use super::{IN_TIME, SOON, name, path};
use crate::Wait;
use crate::error::{Call, Errno, Error, Origin};
use crate::fd::CWD;
use std::ffi::CString;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::string::{String, ToString};
use std::vec::Vec;
use std::{fs, thread, time::Duration};

#[test]
fn a_retired_listener_gives_way_and_loses_nobody() {
    let (file, address) = path();
    let mut old = Listener::<Stream>::bind(&address).unwrap();
    let _early = Stream::try_connect(&address).unwrap();
    assert_eq!(old.try_accept_last().unwrap_err(), Error::argument(Call::ACCEPT4, Errno::INVAL));
    old.retire().unwrap();
    assert_eq!(old.retire().unwrap_err(), Error::argument(Call::FLOCK, Errno::ALREADY));
    let _late = Stream::try_connect(&address).unwrap();
    assert!(old.try_accept_last().unwrap().is_some());
    let new = Listener::<Stream>::bind(&address).unwrap();
    assert!(old.try_accept_last().unwrap().is_some());
    assert!(old.try_accept_last().unwrap().is_none());
    assert!(old.try_accept_last().unwrap().is_none());
    drop(old);
    assert!(file.exists());
    Stream::try_connect(&address).unwrap();
    new.accept(IN_TIME).unwrap();
    new.remove().unwrap();
    assert!(!file.exists() && !file.with_extension("lock").exists());
}

#[test]
fn a_retired_listener_without_a_successor_removes_its_file() {
    let (file, address) = path();
    let mut old = Listener::<Seqpacket>::bind(&address).unwrap();
    old.retire().unwrap();
    assert_eq!(old.accept_last(SOON).map(drop).unwrap_err(), Error::deadline(Call::PPOLL));
    old.remove().unwrap();
    assert!(!file.exists());
    let mut old = Listener::<Seqpacket>::bind(&address).unwrap();
    old.retire().unwrap();
    drop(old);
    assert!(file.exists());
    drop(Listener::<Seqpacket>::bind(&address).unwrap());
    assert!(!file.exists());
}

#[test]
fn a_successor_waits_until_its_predecessor_retires() {
    let (_, address) = path();
    let mut old = Listener::<Stream>::bind(&address).unwrap();
    let e = Listener::<Stream>::take_over(&address, Options::DEFAULT, SOON).unwrap_err();
    assert_eq!(e.origin(), Origin::Deadline);
    thread::scope(|scope| {
        let new = scope.spawn(|| Listener::<Stream>::take_over(&address, Options::DEFAULT, IN_TIME).unwrap());
        thread::sleep(Duration::from_millis(5));
        old.retire().unwrap();
        assert!(old.accept_last(IN_TIME).unwrap().is_none());
        drop(old);
        drop(new.join().unwrap());
    });
}

#[test]
fn a_file_that_was_not_left_is_not_taken() {
    let (file, address) = path();
    let mut old = Listener::<Stream>::bind(&address).unwrap();
    old.retire().unwrap();
    // A stranger to the lock has the name now: the mark is of another file.
    fs::remove_file(&file).unwrap();
    let stranger = UnixListener::bind(&file).unwrap();
    let e = Listener::<Stream>::bind(&address).unwrap_err();
    assert_eq!(e, Error::kernel(Call::BIND, Errno::ADDRINUSE));
    assert!(old.try_accept_last().unwrap().is_none());
    drop((old, stranger));
    drop(Listener::<Stream>::bind(&address).unwrap());
    assert!(!file.exists());
    let abstracted = &mut Listener::<Stream>::bind(&name()).unwrap();
    assert_eq!(abstracted.retire().unwrap_err(), Error::argument(Call::FLOCK, Errno::OPNOTSUPP));
}

#[test]
fn a_path_without_room_for_a_second_name_is_bound_and_not_left() {
    let (file, _) = path();
    let file = PathBuf::from(std::format!("{:l<104}", file.display()));
    let address = Address::path(&CString::new(file.to_str().unwrap()).unwrap()).unwrap();
    assert_eq!(address.as_path().unwrap().count_bytes(), 104);
    drop(UnixListener::bind(&file).unwrap());
    let mut listener = Listener::<Stream>::bind(&address).unwrap();
    Stream::try_connect(&address).unwrap();
    assert_eq!(listener.retire().unwrap_err(), Error::argument(Call::FLOCK, Errno::NAMETOOLONG));
    drop(listener);
    assert!(!file.exists());
}

#[test]
fn paths_of_any_length_are_bound_and_connected_to() {
    let (dir, _) = path();
    let deep = (0..8).fold(dir.clone(), |path, _| path.join("directory".repeat(10)));
    fs::create_dir_all(&deep).unwrap();
    let at = |name: &str| CString::new(deep.join(name).to_str().unwrap()).unwrap();
    let listener = Listener::<Seqpacket>::bind_at(CWD, &at("name"), Options::DEFAULT).unwrap();
    let mut names: Vec<_> = fs::read_dir(&deep).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["name", "name.lock"]);
    Seqpacket::connect_at(CWD, &at("name"), IN_TIME).unwrap();
    listener.accept(IN_TIME).unwrap();
    symlink("name", deep.join("link")).unwrap();
    let refused = Seqpacket::connect_at(CWD, &at("link"), IN_TIME).unwrap_err();
    assert_eq!(refused, Error::peer(Call::FSTAT, Errno::LOOP));
    let dir_fd = fs::File::open(&deep).unwrap();
    let dir_fd = rustix::fd::OwnedFd::from(crate::fd::Fd::from(of_std(dir_fd)));
    Seqpacket::try_connect_at(&dir_fd, c"name").unwrap();
    assert_eq!(behind_at(&dir_fd, c"name").unwrap(), Behind::Seqpacket);
    let taken = Datagram::bind_at(&dir_fd, c"name", 0o600).unwrap_err();
    assert_eq!(taken, Error::peer(Call::FLOCK, Errno::ADDRINUSE));
    let server = Datagram::bind_at(&dir_fd, c"datagrams", 0o600).unwrap();
    let client = Datagram::connect_at(&dir_fd, c"datagrams").unwrap();
    client.send_to(server.address(), b"there", IN_TIME).unwrap();
    assert_eq!(server.recv_from(&mut [0; 8], IN_TIME).unwrap().0, 5);
    for (path, errno) in [(c"name/", Errno::INVAL), (c"", Errno::INVAL)] {
        assert_eq!(
            Listener::<Stream>::bind_at(&dir_fd, path, Options::DEFAULT).unwrap_err(),
            Error::argument(Call::BIND, errno)
        );
    }
    drop((listener, server));
    assert_eq!(fs::read_dir(&deep).unwrap().count(), 1);
    fs::remove_dir_all(&dir).unwrap();
}

/// rustix's own, whichever that is.
fn of_std(file: fs::File) -> rustix::fd::OwnedFd {
    use rustix::fd::FromRawFd;
    let raw = std::os::fd::IntoRawFd::into_raw_fd(file);
    // SAFETY: just given up by its owner.
    #[allow(unsafe_code)]
    unsafe {
        rustix::fd::OwnedFd::from_raw_fd(raw)
    }
}

#[test]
fn who_is_behind_a_file_is_told_and_not_disturbed() {
    let (file, address) = path();
    let at = CString::new(file.to_str().unwrap()).unwrap();
    let stream = Listener::<Stream>::bind(&address).unwrap();
    assert_eq!(behind_at(CWD, &at).unwrap(), Behind::Stream);
    assert!(stream.try_accept().unwrap_err().is_again());
    drop(stream);
    let full = Options { backlog: 0, ..Options::DEFAULT };
    let listener = Listener::<Seqpacket>::bind_with(&address, full).unwrap();
    let _one = Seqpacket::try_connect(&address).unwrap();
    assert_eq!(behind_at(CWD, &at).unwrap(), Behind::Seqpacket);
    drop(listener.into_fd());
    assert_eq!(behind_at(CWD, &at).unwrap(), Behind::Nobody);
    fs::remove_file(&file).unwrap();
    let _datagram = Datagram::bind(&address).unwrap();
    assert_eq!(behind_at(CWD, &at).unwrap(), Behind::Datagram);
    for (kind, seqpacket) in [(libc::SOCK_STREAM, false), (libc::SOCK_SEQPACKET, true)] {
        let (file, address) = path();
        let kind = rustix::net::SocketType::from_raw(kind as u32);
        let bound = rustix::net::socket(rustix::net::AddressFamily::UNIX, kind, None).unwrap();
        rustix::net::bind(&bound, &address).unwrap();
        let at = CString::new(file.to_str().unwrap()).unwrap();
        assert_eq!((seqpacket, behind_at(CWD, &at).unwrap()), (seqpacket, Behind::Bound));
        fs::remove_file(&file).unwrap();
    }
    assert_eq!(behind_at(CWD, c"/dev/null").unwrap_err(), Error::peer(Call::FSTAT, Errno::NOTSOCK));
}

#[test]
fn the_sockets_of_a_directory_and_nothing_else() {
    let (dir, _) = path();
    fs::create_dir(&dir).unwrap();
    let at = |name: &str| Address::path(&CString::new(dir.join(name).to_str().unwrap()).unwrap()).unwrap();
    let _stream =
        Listener::<Stream>::bind_with(&at("a\n"), Options { mode: 0o640, ..Options::DEFAULT }).unwrap();
    drop(UnixListener::bind(dir.join("dead")).unwrap());
    symlink("dead", dir.join("link")).unwrap();
    fs::write(dir.join("file"), "").unwrap();
    let path = CString::new(dir.to_str().unwrap()).unwrap();
    let mut buf = [0; 280];
    let mut files = Files::open_at(CWD, &path, &mut buf).unwrap();
    let mut seen = Vec::new();
    while let Some(file) = files.next().unwrap() {
        assert_eq!((file.links, file.size), (1, 0));
        seen.push((file.name.to_str().unwrap().to_string(), file.mode, file.behind().unwrap().listens()));
        let line = file.to_string();
        assert!(line.starts_with(if seen.len() > 2 { "never" } else { "srw" }), "{line}");
    }
    seen.sort();
    assert_eq!(seen, [("a\n".into(), 0o640, true), (String::from("dead"), 0o755 & !umask(&dir), false)]);
    let mut files = Files::open_at(CWD, &path, &mut buf).unwrap();
    let SocketFile { name, .. } = files.next().unwrap().unwrap();
    fs::remove_file(dir.join(name.to_str().unwrap())).unwrap();
    fs::remove_dir_all(&dir).unwrap();
}

fn umask(dir: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    0o755 & !fs::metadata(dir).unwrap().permissions().mode()
}

#[test]
fn a_listening_descriptor_is_attached() {
    let (_, address) = path();
    let fd = Listener::<Stream>::bind(&address).unwrap().into_fd();
    let _copy = fd.try_clone().unwrap();
    let e = Listener::<Seqpacket>::attach(fd.try_clone().unwrap()).unwrap_err();
    assert_eq!(e, Error::argument(Call::GETSOCKOPT, Errno::PROTOTYPE));
    let listener = Listener::<Stream>::attach(fd).unwrap();
    Stream::connect(&address, Wait::FOREVER).unwrap();
    listener.accept(IN_TIME).unwrap();
    let e = Listener::<Stream>::attach(Stream::pair().unwrap().0.into_fd()).unwrap_err();
    assert_eq!(e, Error::argument(Call::GETSOCKOPT, Errno::INVAL));
    fs::remove_file(address.as_path().unwrap().to_str().unwrap()).unwrap();
}
