//! Tables of descriptors, read through the crate and through std, and held against each other entry by entry: the
//! bug of one cannot hide behind the other.

use crate::os::fds;
use rawipc::fd::AsFd as _;
use rawipc::proc::{LINK_MAX, Process};
use rustix::fd::AsRawFd as _;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;

/// What is known of one descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The text of its link.
    pub target: Vec<u8>,
    /// Bit 0 to read, bit 1 to write.
    pub access: u8,
    /// `flags` of its fdinfo.
    pub flags: i32,
}

type Lines = BTreeMap<RawFd, Line>;

/// How the two differ over our own descriptors.
pub fn own_difference() -> Option<String> {
    let process = Process::own().expect("own");
    let mut ours = through_the_crate(&process);
    // Its own two: the one that is open still, and the table's, which is closed by now.
    let own_dir = ours.remove(&process.as_fd().as_raw_fd());
    drop(process);
    assert!(own_dir.is_some_and(|line| line.target.starts_with(b"/proc/")));
    let pid = std::process::id();
    let table_itself = format!("/proc/{pid}/fd").into_bytes();
    ours.retain(|fd, line| line.target != table_itself || fds::is_open(*fd));
    difference(&ours, &through_std(pid))
}

/// How they differ over those of another, which stands still.
pub fn difference_of(pid: u32) -> Option<String> {
    let process = Process::open(pid as i32).expect("open");
    difference(&through_the_crate(&process), &through_std(pid))
}

/// A table as [`Process`] tells it.
pub fn through_the_crate(process: &Process) -> Lines {
    // Few numbers at once, so that they are fetched more than once.
    let (mut names, mut text) = ([0; 96], vec![0; LINK_MAX]);
    let mut table = process.descriptors(&mut names).expect("descriptors");
    let mut lines = Lines::new();
    while let Some(entry) = table.next(&mut text).expect("an entry") {
        let access = u8::from(entry.access.reads()) | u8::from(entry.access.writes()) << 1;
        let target = entry.file.text.to_vec();
        let info = process.fdinfo(entry.fd).expect("fdinfo");
        assert_eq!(info.close_on_exec(), info.flags & libc::O_CLOEXEC as u32 != 0);
        let line = Line { target, access, flags: info.flags as i32 };
        assert_eq!(lines.insert(entry.fd, line), None, "twice in one table");
    }
    lines
}

/// A table as std tells it.
pub fn through_std(pid: u32) -> Lines {
    let mut lines = Lines::new();
    for (fd, seen) in fds::table(pid) {
        let link = std::fs::symlink_metadata(format!("/proc/{pid}/fd/{fd}")).expect("a link");
        let mode = link.permissions().mode();
        let access = u8::from(mode & 0o400 != 0) | u8::from(mode & 0o200 != 0) << 1;
        let target = seen.target.as_os_str().as_bytes().to_vec();
        lines.insert(fd, Line { target, access, flags: seen.flags });
    }
    lines
}

/// How the crate's table differs from std's.
pub fn difference(ours: &Lines, stds: &Lines) -> Option<String> {
    let mut text = String::new();
    for fd in ours.keys().chain(stds.keys().filter(|fd| !ours.contains_key(fd))) {
        let (ours, stds) = (ours.get(fd), stds.get(fd));
        if ours != stds {
            writeln!(text, "descriptor {fd}: the crate says {ours:?}, std {stds:?}").expect("text");
        }
    }
    if text.is_empty() { None } else { Some(text) }
}
