//! What a process holds: its descriptors, as /proc/PID/fd shows them, in the caller's buffers.
//!
//! [`Process::open`] opens /proc/PID once, and everything is read from that directory: after the process is gone
//! it answers `ESRCH`, and never with another process that was given the same number.
//! [`Process::descriptors`] goes through the table; each [`Entry`] has the number, the access mode and the
//! decoded [`Target`]. [`Process::link`] decodes cwd, root and exe in the same way, [`Process::fdinfo`] tells of
//! one descriptor what its link does not: close-on-exec, status flags, offset.
//!
//! The kernel lets a process look into those that it may trace: its own user's, as a rule; root into all.

mod file;
mod info;
mod path;
mod table;
#[cfg(test)]
#[allow(unsafe_code)]
mod tests;

use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsFd, BorrowedFd, Fd, RawFd};
use crate::sys::made::openat;
use core::ffi::CStr;
use file::Found;
use path::NumberedPath;
use rustix::fs::{CWD, Mode, OFlags};

pub use file::{Device, Kind, OpenFile, Target};
pub use info::FdInfo;
pub use table::{Access, Entry, Table};

/// A buffer of this many bytes holds every link text: the kernel gives none of 4096 or more.
pub const LINK_MAX: usize = linux_raw_sys::general::PATH_MAX as usize;

/// A process, by its directory in /proc: this very one for as long as the value lives, whoever gets its number.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
///
/// # References
/// [proc_pid(5)](https://man7.org/linux/man-pages/man5/proc_pid.5.html)
#[derive(Debug)]
#[repr(transparent)]
pub struct Process {
    dir: Fd,
}

/// The links in a process's directory beside those of its descriptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Link {
    /// The working directory.
    Cwd = 0,
    /// The root directory.
    Root = 1,
    /// The program that it runs.
    Exe = 2,
}

impl Process {
    /// `openat("/proc/PID", O_PATH | O_DIRECTORY)` — the process that has this number now.
    ///
    /// # Errors
    /// `EINVAL` for 0 and below, before any syscall. `ESRCH`: no process has the number, or /proc hides it from
    /// us, or there is no /proc. `EMFILE`, `ENFILE`: no descriptors left.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; no such process | `openat` |
    /// | refused | none |
    ///
    /// # Examples
    /// ```
    /// use rawipc::{Errno, proc::{LINK_MAX, Process, Target}, pipe};
    ///
    /// let (read_end, _write_end) = pipe::pair()?;
    /// let me = Process::open(std::process::id() as i32)?;
    /// let (mut names, mut text) = ([0; 1024], [0; LINK_MAX]);
    /// let mut table = me.descriptors(&mut names)?;
    /// let mut pipes = 0;
    /// while let Some(entry) = table.next(&mut text)? {
    ///     if let Target::Pipe(_inode) = entry.file.target {
    ///         pipes += 1;
    ///     }
    /// }
    /// assert!(pipes >= 2);
    /// assert_eq!(Process::open(-1).unwrap_err().errno(), Errno::INVAL);
    /// # drop(read_end);
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    ///
    /// # References
    /// [proc_pid(5)](https://man7.org/linux/man-pages/man5/proc_pid.5.html),
    /// [open(2)](https://man7.org/linux/man-pages/man2/open.2.html)
    pub fn open(pid: i32) -> Result<Process> {
        match u32::try_from(pid) {
            Err(_) | Ok(0) => Err(Error::argument(Call::OPENAT, Errno::INVAL)),
            Ok(pid) => Self::at(NumberedPath::new(b"/proc/", pid).as_c_str()),
        }
    }

    /// `openat("/proc/self", O_PATH | O_DIRECTORY)` — the calling process. After a fork it still means the
    /// parent.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `openat` |
    pub fn own() -> Result<Process> {
        Self::at(c"/proc/self")
    }

    /// Takes a descriptor for that of a directory /proc/PID, without asking the kernel: one that was kept or
    /// inherited as a number. Of anything else, what is asked of it fails as `openat` there does.
    pub fn assume(dir: Fd) -> Process {
        Process { dir }
    }

    /// The descriptor, to keep or to hand over.
    pub fn into_fd(self) -> Fd {
        self.dir
    }

    fn at(path: &CStr) -> Result<Process> {
        let flags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
        open_in(CWD, path, flags).map(|dir| Process { dir })
    }

    /// `openat("fd")` — the table of its descriptors, to be read through `names`, which holds the next few
    /// numbers: 32 bytes are enough, and each 24 bytes more save going to the kernel once more often.
    ///
    /// # Errors
    /// `EACCES`: not ours to look into. `ESRCH`: it is gone. `EMSGSIZE`: `names` is shorter than 32 bytes, before
    /// any syscall. `EMFILE`, `ENFILE`: no descriptors left.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; not ours; gone | `openat` |
    /// | refused | none |
    pub fn descriptors<'b>(&self, names: &'b mut [u8]) -> Result<Table<'b>> {
        Table::open(self.as_fd(), names)
    }

    /// `readlinkat("cwd")` and what it leads to; or root, or exe.
    ///
    /// # Errors
    /// As [`Table::next`]; and `ENOENT`: it has none, being a kernel thread, or one that has ended and was not
    /// waited for.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `readlinkat` `statx` |
    /// | the text ends in ` (deleted)`, it is a name | `readlinkat` `statx` `openat` `statx` `close` |
    /// | the text ends in ` (deleted)`, it is no name there | `readlinkat` `statx` `openat` `statx` `close` `statx` |
    /// | the text ends in ` (deleted)`, the root cannot be opened | `readlinkat` `statx` `openat` `statx` |
    /// | not ours; gone; `text` too short | `readlinkat` |
    /// | a directory of /proc whose process is gone; gone after its text was read | `readlinkat` `statx` `readlinkat` |
    /// | refused | none |
    ///
    /// # Examples
    /// ```
    /// use rawipc::proc::{LINK_MAX, Link, Process, Target};
    ///
    /// let mut text = [0; LINK_MAX];
    /// let root = Process::own()?.link(Link::Root, &mut text)?;
    /// assert_eq!(root.target, Target::Path(b"/"));
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    pub fn link<'t>(&self, link: Link, text: &'t mut [u8]) -> Result<OpenFile<'t>> {
        let name = match link {
            Link::Cwd => c"cwd",
            Link::Root => c"root",
            Link::Exe => c"exe",
        };
        if text.is_empty() {
            return Err(Error::argument(Call::READLINKAT, Errno::MSGSIZE).with_needed(LINK_MAX));
        }
        let found = Found::read(self.as_fd(), name, text)?;
        Ok(OpenFile::decode(found, self.as_fd(), c"root", text))
    }

    /// Reads "fdinfo/FD": close-on-exec, status flags and offset of one descriptor.
    ///
    /// # Errors
    /// `EBADF`: `fd` is negative (before any syscall), or not open there. `ESRCH`: the process is gone. `EACCES`:
    /// not ours to look into. `EMFILE`, `ENFILE`: no descriptors left. `EPROTO`: what /proc said is nothing that
    /// a kernel says.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `openat` `read` `close` |
    /// | not open there; dead | `openat` `readlinkat` |
    /// | not open there, in a kernel thread; dying | `openat` `readlinkat` `openat` `read` `close` |
    /// | not ours; gone | `openat` |
    /// | gone in between | `openat` `readlinkat` `openat` |
    /// | closed in between; closed in between, dead | `openat` `read` `readlinkat` `close` |
    /// | closed in between, in a kernel thread; closed in between, dying | `openat` `read` `readlinkat` `openat` `read` `close` `close` |
    /// | closed in between, gone | `openat` `read` `readlinkat` `openat` `close` |
    /// | refused | none |
    ///
    /// # Examples
    /// ```
    /// use rawipc::{fd::AsFd, pipe, proc::Process};
    /// use std::os::fd::AsRawFd;
    ///
    /// let (read_end, _write_end) = pipe::pair()?;
    /// let number = read_end.into_fd().into_raw();
    /// let info = Process::own()?.fdinfo(number)?;
    /// assert!(info.close_on_exec() && info.non_blocking());
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    ///
    /// # References
    /// [proc_pid_fdinfo(5)](https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html)
    pub fn fdinfo(&self, fd: RawFd) -> Result<FdInfo> {
        let Ok(number) = u32::try_from(fd) else {
            return Err(Error::argument(Call::OPENAT, Errno::BADF));
        };
        info::read_fdinfo(self.as_fd(), NumberedPath::new(b"fdinfo/", number).as_c_str())
    }
}

impl AsFd for Process {
    /// The directory /proc/PID, to read more of it with `openat`.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.dir.as_fd()
    }
}

/// `openat`, close-on-exec; a name that is missing in /proc is a process that is missing.
fn open_in(dir: BorrowedFd<'_>, path: &CStr, flags: OFlags) -> Result<Fd> {
    match openat(dir, path, flags.union(OFlags::CLOEXEC), Mode::empty()) {
        Err(e) if e.is(Errno::NOENT) => Err(Error::kernel(Call::OPENAT, Errno::SRCH)),
        answer => answer.map(Fd::from),
    }
}
