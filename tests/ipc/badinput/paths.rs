//! Paths: too long, dangling, of the wrong kind, another's. For FIFOs and mapped files.

use super::refused;
use crate::add_tests;
use crate::conformance::mechanism::PATIENCE;
use crate::os;
use crate::runner::{List, skip};
use rawipc::fifo::{self, Owner};
use rawipc::memory::File;
use rawipc::{Errno, Origin, Result, Wait};
use std::ffi::{CStr, CString};
use std::os::unix::fs::{chown, symlink};
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

pub fn tests(list: &mut List) {
    add_tests!(list, "badinput::paths":
        empty, too_long, as_long_as_the_kernel_takes, nothing_there, dangling_link, link_to_a_fifo, wrong_kind,
        another_owner, mode_with_other_bits, no_reader_comes,
    );
}

/// What takes a path.
type OnPath = fn(&CStr) -> Result<()>;

/// Everything that takes the path of a FIFO that should be there.
fn openers() -> [(&'static str, OnPath); 6] {
    [
        ("open_read", |path| fifo::open_read(path).map(drop)),
        ("open_write", |path| fifo::open_write(path, PATIENCE).map(drop)),
        ("open_receiver", |path| fifo::open_receiver(path).map(drop)),
        ("open_sender", |path| fifo::open_sender(path, PATIENCE).map(drop)),
        ("remove", fifo::remove),
        ("File::open", |path| File::open(path).map(drop)),
    ]
}

/// And of one that should be new.
fn creators() -> [(&'static str, OnPath); 3] {
    [
        ("create", fifo::create),
        ("ensure", fifo::ensure),
        ("File::create", |path| File::create(path, 4096).map(drop)),
    ]
}

fn everything() -> impl Iterator<Item = (&'static str, fn(&CStr) -> Result<()>)> {
    openers().into_iter().chain(creators())
}

#[track_caller]
fn all_refuse(path: &CStr, errno: Errno) {
    let began = Instant::now();
    for (name, op) in everything() {
        println!("{name} of {} bytes", path.count_bytes());
        refused(op(path), errno);
    }
    assert!(began.elapsed() < Duration::from_secs(4), "a refusal that waits");
}

fn empty() {
    all_refuse(c"", Errno::NOENT);
    for (name, op) in everything().filter(|(name, _)| !name.starts_with("File")) {
        assert_eq!(op(c"").expect_err("empty").origin(), Origin::Argument, "{name}");
    }
}

fn too_long() {
    for len in [256, 4095] {
        // A component of more than NAME_MAX bytes.
        all_refuse(&CString::new(vec![b'x'; len]).expect("no NUL"), Errno::NAMETOOLONG);
    }
    for len in [4096, 4097, 10_000, 100_000] {
        all_refuse(&path_of(len), Errno::NAMETOOLONG);
    }
}

/// `././…/f`, of so many bytes.
fn path_of(len: usize) -> CString {
    let mut path = b"./".repeat(len / 2);
    path.truncate(len - 1);
    path.push(b'f');
    if path[len - 2] == b'.' {
        path[len - 2] = b'/';
    }
    CString::new(path).expect("no NUL")
}

fn as_long_as_the_kernel_takes() {
    let path = path_of(4095);
    fifo::create(&path).expect("create");
    let end = fifo::open_read(&path).expect("open_read");
    drop(fifo::open_write(&path, PATIENCE).expect("open_write"));
    drop(end);
    fifo::remove(&path).expect("remove");
}

fn nothing_there() {
    for (name, op) in openers() {
        println!("{name}");
        refused(op(c"nobody"), Errno::NOENT);
        refused(op(c"no-directory/nobody"), Errno::NOENT);
    }
    std::fs::write("plain", "").expect("write");
    for (name, op) in everything() {
        println!("{name}");
        refused(op(c"plain/nobody"), Errno::NOTDIR);
    }
    std::fs::remove_file("plain").expect("remove");
}

fn dangling_link() {
    symlink("nowhere", "link").expect("symlink");
    for (name, op) in openers() {
        println!("{name}");
        // `remove` looks at the link itself.
        refused(op(c"link"), if name == "remove" { Errno::PROTOTYPE } else { Errno::LOOP });
    }
    refused(fifo::create(c"link"), Errno::EXIST);
    refused(fifo::ensure(c"link"), Errno::PROTOTYPE);
    refused(File::create(c"link", 4096), Errno::EXIST);
    assert!(!std::fs::exists("nowhere").expect("exists"), "the link was followed");
    std::fs::remove_file("link").expect("remove");
}

fn link_to_a_fifo() {
    fifo::create(c"real").expect("create");
    symlink("real", "link").expect("symlink");
    for (name, op) in openers() {
        println!("{name}");
        refused(op(c"link"), if name == "remove" { Errno::PROTOTYPE } else { Errno::LOOP });
    }
    std::fs::remove_file("link").expect("remove");
    fifo::remove(c"real").expect("remove");
}

/// A file, a directory and a socket where a FIFO should be, and a FIFO where a file should be.
fn wrong_kind() {
    std::fs::write("plain", "kept").expect("write");
    std::fs::create_dir("directory").expect("create_dir");
    let listener = UnixListener::bind("socket").expect("bind");
    for (path, planted) in [(c"plain", "a file"), (c"directory", "a directory"), (c"socket", "a socket")] {
        for (name, op) in openers().into_iter().filter(|(name, _)| *name != "File::open") {
            println!("{name} of {planted}");
            let e = op(path).expect_err("no FIFO");
            let fair: &[Errno] = match planted {
                "a file" => &[Errno::PROTOTYPE],
                // What open(2) itself says first.
                "a directory" => &[Errno::PROTOTYPE, Errno::ISDIR],
                _ => &[Errno::PROTOTYPE, Errno::NXIO],
            };
            assert!(fair.contains(&e.errno()), "{name} of {planted}: {e}");
        }
        refused(fifo::create(path), Errno::EXIST);
        refused(fifo::ensure(path), Errno::PROTOTYPE);
    }
    drop(listener);
    assert_eq!(std::fs::read_to_string("plain").expect("read"), "kept");

    fifo::create(c"fifo").expect("create");
    refused(File::open(c"fifo"), Errno::PROTOTYPE);
    refused(File::create(c"fifo", 4096), Errno::EXIST);
    refused(File::open(c"directory"), Errno::ISDIR);
    refused(File::open(c"socket"), Errno::NXIO);
    fifo::remove(c"fifo").expect("remove");
    for file in ["plain", "socket"] {
        std::fs::remove_file(file).expect("remove");
    }
    std::fs::remove_dir("directory").expect("remove");
}

fn another_owner() {
    if !os::is_root() {
        skip("only root can plant a file of another owner");
    }
    fifo::create(c"planted").expect("create");
    chown("planted", Some(12_345), None).expect("chown");
    for (name, op) in openers().into_iter().filter(|(name, _)| name.starts_with("open")) {
        println!("{name}");
        refused(op(c"planted"), Errno::PERM);
    }
    refused(fifo::ensure(c"planted"), Errno::PERM);
    let here = std::fs::File::open(".").expect("open");
    // SAFETY: open for as long as `here` is.
    let here = unsafe { rawipc::fd::BorrowedFd::borrow_raw(std::os::fd::AsRawFd::as_raw_fd(&here)) };
    refused(fifo::open_read_at(here, c"planted", Owner::Uid(54_321)), Errno::PERM);
    drop(fifo::open_read_at(here, c"planted", Owner::Uid(12_345)).expect("theirs, and asked for"));
    drop(fifo::open_read_at(here, c"planted", Owner::Anyone).expect("anybody's"));
    fifo::remove(c"planted").expect("remove");

    std::fs::write("planted", "x").expect("write");
    chown("planted", Some(12_345), None).expect("chown");
    refused(File::open(c"planted"), Errno::PERM);
    std::fs::remove_file("planted").expect("remove");
}

fn mode_with_other_bits() {
    let here = rawipc::fd::CWD;
    for mode in [0o1600, 0o4600, 0o10600, u32::MAX] {
        let e = refused(fifo::create_at(here, c"special", mode), Errno::INVAL);
        assert_eq!(e.origin(), Origin::Argument);
    }
}

/// Opening to write never hangs past its deadline.
fn no_reader_comes() {
    fifo::create(c"lonely").expect("create");
    let began = Instant::now();
    let limit = Duration::from_millis(60);
    refused(fifo::open_write(c"lonely", Wait::at_most(limit)), Errno::TIMEDOUT);
    assert!(began.elapsed() >= limit && began.elapsed() < limit * 20, "{:?}", began.elapsed());
    refused(fifo::open_sender(c"lonely", Wait::at_most(Duration::ZERO)), Errno::TIMEDOUT);
    fifo::remove(c"lonely").expect("remove");
}
