//! Tables of processes that die while they are read. Not beside the code: a child that is about to exec holds the
//! descriptors of every other test for a moment.

#[path = "support/scratch.rs"]
mod scratch;
#[path = "support/skip.rs"]
mod skip;

use rawipc::proc::{Kind, LINK_MAX, Link, Process, Target};
use rawipc::{Errno, Error, Wait, pipe};
use std::ffi::CString;
use std::fs::{self, File};
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command};

use scratch::Scratch;
use skip::skip;

fn sleeper() -> Child {
    Command::new("sleep").arg("1000").spawn().unwrap()
}

/// Ends it, and leaves it a zombie.
fn end(child: &mut Child) {
    child.kill().unwrap();
    let mut info = MaybeUninit::uninit();
    let flags = libc::WEXITED | libc::WNOWAIT;
    // SAFETY: writes one siginfo.
    assert_eq!(unsafe { libc::waitid(libc::P_PID, child.id(), info.as_mut_ptr(), flags) }, 0);
}

#[track_caller]
fn gone<T>(answer: Result<T, Error>) {
    assert_eq!(answer.map(drop).map_err(Error::errno), Err(Errno::SRCH));
}

#[test]
fn a_process_that_dies_is_an_error_and_never_a_short_table() {
    let mut child = sleeper();
    let process = Process::open(child.id() as i32).unwrap();
    let (mut names, mut more_names, mut text) = ([0; 32], [0; 256], [0; LINK_MAX]);
    let mut table = process.descriptors(&mut names).unwrap();
    assert!(table.next(&mut text).unwrap().is_some());
    // This one has all of the numbers in its buffer already.
    let mut numbers = [0; 256];
    let mut fetched = process.descriptors(&mut numbers).unwrap();
    assert!(fetched.next(&mut text).unwrap().is_some());

    end(&mut child);
    gone(table.next(&mut text));
    gone(table.next(&mut text));
    gone(fetched.next(&mut text));
    gone(process.descriptors(&mut more_names).unwrap().next(&mut text));
    gone(process.fdinfo(0));
    assert_eq!(process.link(Link::Cwd, &mut text).unwrap_err().errno(), Errno::NOENT);

    child.wait().unwrap();
    gone(table.next(&mut text));
    gone(fetched.next(&mut text));
    gone(process.descriptors(&mut more_names));
    gone(process.fdinfo(0));
    gone(process.link(Link::Cwd, &mut text));
}

#[test]
fn numbers_that_are_fetched_do_not_outlive_their_process() {
    let mut child = sleeper();
    let process = Process::open(child.id() as i32).unwrap();
    let (mut numbers, mut text) = ([0; 256], [0; LINK_MAX]);
    let mut table = process.descriptors(&mut numbers).unwrap();
    assert!(table.next(&mut text).unwrap().is_some());
    child.kill().unwrap();
    child.wait().unwrap();
    gone(table.next(&mut text));
}

#[test]
fn a_file_that_is_called_deleted_is_told_in_a_process_with_another_root_too() {
    let root = Scratch::new();
    let root = root.path();
    let path = root.join("u (deleted)");
    let file = File::create(&path).unwrap();
    let c_root = CString::new(root.as_os_str().as_bytes()).unwrap();
    let (mut is_there, mut to_parent) = pipe::packet_pair().unwrap();
    // SAFETY: the child makes raw calls only, until it is killed.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: a C string.
        let moved = unsafe { libc::chroot(c_root.as_ptr()) } == 0;
        let told = rawipc::Sender::send(&mut to_parent, &[u8::from(moved)], Wait::FOREVER);
        // SAFETY: waits for the end.
        while moved && told.is_ok() && unsafe { libc::pause() } < 0 {}
        // SAFETY: ends the child.
        unsafe { libc::_exit(0) };
    }
    let mut moved = [0; pipe::PIPE_BUF];
    rawipc::Receiver::recv(&mut is_there, &mut moved, Wait::FOREVER).unwrap();
    let process = Process::open(child).unwrap();
    let (mut names, mut text) = ([0; 1024], [0; LINK_MAX]);
    let mut find = || {
        let mut table = process.descriptors(&mut names).unwrap();
        loop {
            let entry = table.next(&mut text).unwrap().expect("not in the table");
            if entry.fd == file.as_raw_fd() {
                return match entry.file.target {
                    Target::Path(path) => Ok(path.to_vec()),
                    Target::Deleted(path) => Err(path.to_vec()),
                    other => panic!("{other:?}"),
                };
            }
        }
    };
    let (before, after) = if moved[0] == 1 {
        let before = find();
        fs::remove_file(&path).unwrap();
        (before, find())
    } else {
        skip("what lies outside of a root: chroot is not ours to call");
        (Ok(vec![]), Err(vec![]))
    };
    // SAFETY: our own child.
    unsafe { libc::kill(child, libc::SIGKILL) };
    // SAFETY: our own child, whose status is not asked for.
    unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
    if moved[0] == 1 {
        let path = path.as_os_str().as_bytes();
        assert_eq!((before, after), (Ok(path.to_vec()), Err(path.to_vec())));
    }
}

/// A directory of /proc whose process is gone is open still, though it says of itself that it is not there.
#[test]
fn what_leads_to_a_dead_process_is_not_left_out() {
    let mut child = sleeper();
    let path = format!("/proc/{}/fd", child.id());
    let held = std::fs::File::open(&path).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let (mut names, mut text) = ([0; 256], [0; LINK_MAX]);
    let own = Process::own().unwrap();
    let mut table = own.descriptors(&mut names).unwrap();
    let found = loop {
        let entry = table.next(&mut text).unwrap().expect("an entry for what is open");
        if entry.fd == held.as_raw_fd() {
            break entry.file;
        }
    };
    assert_eq!((found.text, found.target), (path.as_bytes(), Target::Path(path.as_bytes())));
    assert_eq!((found.kind, found.inode, found.links), (Kind::Unknown, 0, 0));
}
