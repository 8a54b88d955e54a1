//! The table of descriptors.

use super::info::check_alive;
use super::path::parse;
use super::{LINK_MAX, open_in};
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, Fd, RawFd};
use crate::proc::file::{Found, OpenFile};
use crate::sys;
use core::ffi::CStr;
use rustix::fs::{AtFlags, OFlags, StatxFlags};

/// The descriptors of a process, in ascending order; made by [`Process::descriptors`](super::Process::descriptors).
///
/// A running process changes it meanwhile: what is opened or closed during the walk may be there or not, and a
/// number that is closed and used again between two calls of one [`next`](Table::next) can give the access mode
/// of the one and the target of the other. A process that stands still gives exactly what it has.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
#[derive(Debug)]
#[repr(C)]
pub struct Table<'b> {
    dir: Fd,
    names: &'b mut [u8],
    filled: usize,
    at: usize,
}

/// One descriptor of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Entry<'t> {
    /// Its number, there.
    pub fd: RawFd,
    /// What it was opened for.
    pub access: Access,
    /// What it leads to.
    pub file: OpenFile<'t>,
}

/// What a descriptor was opened for: bit 0 to read, bit 1 to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Access {
    /// Neither: `O_PATH`. `l---------`
    Path = 0,
    /// `lr-x------`
    Read = 1,
    /// `l-wx------`
    Write = 2,
    /// `lrwx------`
    Both = 3,
}

// `struct linux_dirent64`: inode 0..8, position 8..16, length of the record 16..18, type 18, then the name.
const RECORD_LEN: usize = 16;
const NAME: usize = 19;

/// The longest record of this directory: ten digits and a NUL, and the whole rounded up to a multiple of eight.
const RECORD_MAX: usize = 32;

impl<'b> Table<'b> {
    pub(super) fn open(process: BorrowedFd<'_>, names: &'b mut [u8]) -> Result<Table<'b>> {
        if names.len() < RECORD_MAX {
            return Err(Error::argument(Call::GETDENTS64, Errno::MSGSIZE).with_needed(RECORD_MAX));
        }
        let dir = open_in(process, c"fd", OFlags::RDONLY.union(OFlags::DIRECTORY))?;
        Ok(Table { dir, names, filled: 0, at: 0 })
    }

    /// The next descriptor, its target in `text`; `None` after the last one.
    ///
    /// A buffer of [`LINK_MAX`](super::LINK_MAX) bytes is always enough for `text`. One that another thread of the
    /// process has closed since its number was read is passed over.
    ///
    /// # Errors
    /// `EMSGSIZE`: `text` is too short; [`needed`](Error::needed) tells what is always enough, and the descriptor
    /// stays for the next call. After any other error the next call goes on behind it. `ESRCH`: the process is
    /// gone, or its main thread is, and with it the table; so the table never ends early without a word.
    /// `EACCES`: it has become another user's. `EPROTO`: what /proc said is nothing that a kernel says.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// Each [`next`](Self::next) below stands for going on with the next number.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok | `statx` `readlinkat` `statx` |
    /// | the text ends in ` (deleted)`, it is a name | `statx` `readlinkat` `statx` `openat` `statx` `close` |
    /// | the text ends in ` (deleted)`, it is no name there | `statx` `readlinkat` `statx` `openat` `statx` `close` `statx` |
    /// | the text ends in ` (deleted)`, the root cannot be opened | `statx` `readlinkat` `statx` `openat` `statx` |
    /// | `text` too short; not ours any more | `statx` `readlinkat` |
    /// | a directory of /proc whose process is gone | `statx` `readlinkat` `statx` `readlinkat` |
    /// | the next numbers must be fetched | `getdents64` [`next`](Self::next) |
    /// | one was closed meanwhile | `statx` [`next`](Self::next) |
    /// | one was closed after its mode was read | `statx` `readlinkat` [`next`](Self::next) |
    /// | one was closed after its text was read | `statx` `readlinkat` `statx` `readlinkat` [`next`](Self::next) |
    /// | the end; dead | `getdents64` `readlinkat` |
    /// | the end, of a kernel thread; dying | `getdents64` `readlinkat` `openat` `read` `close` |
    /// | gone | `getdents64` |
    /// | gone in between | `getdents64` `readlinkat` `openat` |
    /// | refused | none |
    ///
    /// # References
    /// [getdents64(2)](https://man7.org/linux/man-pages/man2/getdents.2.html),
    /// [readlinkat(2)](https://man7.org/linux/man-pages/man2/readlink.2.html),
    /// [proc_pid_fd(5)](https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html)
    pub fn next<'t>(&mut self, text: &'t mut [u8]) -> Result<Option<Entry<'t>>> {
        if text.is_empty() {
            return Err(Error::argument(Call::READLINKAT, Errno::MSGSIZE).with_needed(LINK_MAX));
        }
        let (fd, access, found) = loop {
            if self.at >= self.filled && !self.fetch()? {
                return Ok(None);
            }
            let record = self.record()?;
            let after = self.at.saturating_add(record.len);
            // "." and ".." are no numbers.
            let Some(fd) = parse(record.name.to_bytes(), 10).and_then(|n| RawFd::try_from(n).ok()) else {
                self.at = after;
                continue;
            };
            match look(self.dir.as_fd(), record.name, text) {
                Err(e) if e.is(Errno::MSGSIZE) => return Err(e),
                Err(e) if e.is(Errno::NOENT) => self.at = after, // closed meanwhile
                answer => {
                    self.at = after;
                    let (access, found) = answer?;
                    break (fd, access, found);
                }
            }
        };
        Ok(Some(Entry { fd, access, file: OpenFile::decode(found, self.dir.as_fd(), c"../root", text) }))
    }

    /// Fetches the next numbers; `false` at the end.
    fn fetch(&mut self) -> Result<bool> {
        (self.at, self.filled) = (0, 0);
        match sys::getdents64(self.dir.as_fd(), self.names) {
            // Also the answer for a process that is dying and has lost its table already.
            Ok(0) => check_alive(self.dir.as_fd(), c"../exe", c"../stat").map(|()| false),
            Ok(n) => {
                self.filled = n;
                Ok(true)
            }
            Err(e) if e.is(Errno::NOENT) => Err(Error::kernel(Call::GETDENTS64, Errno::SRCH)),
            Err(e) => Err(e),
        }
    }

    fn record(&self) -> Result<Record<'_>> {
        self.parse_record().ok_or(Error::peer(Call::GETDENTS64, Errno::PROTO))
    }

    fn parse_record(&self) -> Option<Record<'_>> {
        let rest = self.names.get(self.at..self.filled)?;
        let len = usize::from(u16::from_ne_bytes(*rest.get(RECORD_LEN..)?.first_chunk()?));
        let name = CStr::from_bytes_until_nul(rest.get(NAME..len)?).ok()?;
        Some(Record { len, name })
    }
}

impl Access {
    /// From the permission bits that the kernel gives the link.
    fn of(mode: u16) -> Access {
        match (mode & 0o400 != 0, mode & 0o200 != 0) {
            (false, false) => Access::Path,
            (true, false) => Access::Read,
            (false, true) => Access::Write,
            (true, true) => Access::Both,
        }
    }

    /// Whether it can be read from.
    #[inline]
    pub const fn reads(self) -> bool {
        self as u8 & 1 != 0
    }

    /// Whether it can be written to.
    #[inline]
    pub const fn writes(self) -> bool {
        self as u8 & 2 != 0
    }

    /// The first column of `ls -l /proc/PID/fd`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Access::Path => "l---------",
            Access::Read => "lr-x------",
            Access::Write => "l-wx------",
            Access::Both => "lrwx------",
        }
    }
}

struct Record<'b> {
    len: usize,
    name: &'b CStr,
}

fn look(dir: BorrowedFd<'_>, name: &CStr, text: &mut [u8]) -> Result<(Access, Found)> {
    let link =
        rustix::fs::statx(dir, name, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::MODE).named(Call::STATX)?;
    Ok((Access::of(link.stx_mode), Found::read(dir, name, text)?))
}
