//! Descriptors, as std and libc see them.

use super::check;
use std::collections::BTreeMap;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::path::PathBuf;

/// What /proc tells of one descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub target: PathBuf,
    /// `flags` of fdinfo: access mode, status flags, and O_CLOEXEC where it is set.
    pub flags: i32,
}

impl Seen {
    pub fn is_cloexec(&self) -> bool {
        self.flags & libc::O_CLOEXEC != 0
    }

    pub fn access(&self) -> i32 {
        self.flags & libc::O_ACCMODE
    }

    /// The text in front of `:[inode]`, or of the whole target.
    pub fn kind(&self) -> String {
        let text = self.target.to_string_lossy();
        text.split(":[").next().unwrap_or(&text).to_owned()
    }
}

/// Every descriptor of a process.
pub fn table(pid: u32) -> BTreeMap<RawFd, Seen> {
    let dir = format!("/proc/{pid}/fd");
    let mut table = BTreeMap::new();
    for entry in std::fs::read_dir(&dir).unwrap_or_else(|e| panic!("{dir}: {e}")) {
        let name = entry.expect("an entry of /proc/PID/fd").file_name();
        let fd: RawFd = name.to_str().and_then(|n| n.parse().ok()).expect("a number");
        let target = std::fs::read_link(format!("{dir}/{fd}"));
        let info = std::fs::read_to_string(format!("/proc/{pid}/fdinfo/{fd}"));
        if let (Ok(target), Ok(info)) = (target, info) {
            table.insert(fd, Seen { target, flags: flags_of(&info) });
        }
    }
    // The directory that was being read is closed by now.
    if pid == std::process::id() {
        table.retain(|fd, _| is_open(*fd));
    }
    table
}

/// Every descriptor of ours.
pub fn own() -> BTreeMap<RawFd, Seen> {
    table(std::process::id())
}

/// Those of `after` that were not in `before`.
pub fn new_since(before: &BTreeMap<RawFd, Seen>) -> BTreeMap<RawFd, Seen> {
    let mut after = own();
    after.retain(|fd, seen| before.get(fd).is_none_or(|old| old.target != seen.target));
    after
}

fn flags_of(info: &str) -> i32 {
    let line = info.lines().find_map(|line| line.strip_prefix("flags:")).expect("flags in fdinfo");
    i32::from_str_radix(line.trim(), 8).expect("octal flags")
}

pub fn is_open(fd: RawFd) -> bool {
    // SAFETY: a call without pointers.
    unsafe { libc::fcntl(fd, libc::F_GETFD) != -1 }
}

/// A pipe of the tests' own, blocking and close-on-exec.
pub fn pipe() -> (OwnedFd, OwnedFd) {
    let mut fds = [0; 2];
    // SAFETY: room for two descriptors.
    check(unsafe { libc::pipe2(fds.as_mut_ptr(), libc::O_CLOEXEC) }, "pipe2");
    let [read, write] = fds;
    (own_raw(read), own_raw(write))
}

/// Takes over a descriptor that libc just made.
pub fn own_raw(fd: RawFd) -> OwnedFd {
    assert!(fd >= 0);
    // SAFETY: just made, and nobody else's.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// `read` until something comes, EINTR aside.
pub fn read_some(fd: &impl AsRawFd, buf: &mut [u8]) -> usize {
    loop {
        // SAFETY: the pointer and the length are those of a slice.
        let n = unsafe { libc::read(fd.as_raw_fd(), buf.as_mut_ptr().cast(), buf.len()) };
        match n {
            -1 if super::errno() == libc::EINTR => {}
            n => return check(n as i64, "read") as usize,
        }
    }
}

/// `dup2`, to put a descriptor where another program expects it.
pub fn dup2(from: RawFd, to: RawFd) {
    // SAFETY: a call without pointers.
    check(unsafe { libc::dup2(from, to) }, "dup2");
}

/// `fcntl` with a number as its argument.
pub fn fcntl(fd: RawFd, command: i32, arg: i32) -> i32 {
    // SAFETY: the commands that the tests use take a number.
    check(unsafe { libc::fcntl(fd, command, arg) }, "fcntl") as i32
}

/// A second descriptor of the same file, close-on-exec.
pub fn duplicate(fd: RawFd) -> OwnedFd {
    own_raw(fcntl(fd, libc::F_DUPFD_CLOEXEC, 3))
}

/// Whether there is something to read within so many milliseconds.
pub fn is_readable(fd: &impl AsRawFd, milliseconds: i32) -> bool {
    let mut polled = libc::pollfd { fd: fd.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one pollfd.
    unsafe { libc::poll(&mut polled, 1, milliseconds) == 1 }
}

/// A memfd that its maker can still shrink.
pub fn unsealed_memfd() -> OwnedFd {
    // SAFETY: a valid name.
    let fd = unsafe { libc::memfd_create(c"unsealed".as_ptr(), libc::MFD_CLOEXEC) };
    own_raw(check(fd, "memfd_create") as RawFd)
}

/// Every number below some first free one is open while this lives.
pub struct FilledHoles {
    fillers: Vec<OwnedFd>,
    number: RawFd,
    table: BTreeMap<RawFd, Seen>,
}

/// Opens descriptors until there is no gap below the highest.
pub fn fill_holes() -> FilledHoles {
    let highest = own().into_keys().next_back().expect("descriptors");
    let mut fillers = Vec::new();
    loop {
        let next = duplicate(0);
        if next.as_raw_fd() > highest {
            let number = next.as_raw_fd();
            drop(next);
            return FilledHoles { fillers, number, table: own() };
        }
        fillers.push(next);
    }
}

impl FilledHoles {
    /// The first free number.
    pub fn number(&self) -> u64 {
        self.number as u64
    }

    #[track_caller]
    pub fn assert_nothing_new(&self) {
        assert_eq!(own(), self.table, "with {} descriptors that fill holes", self.fillers.len());
    }
}
