//! The sockets in a directory, as `ls -l DIR | grep ^s` shows them.

use super::behind::{Behind, ask};
use super::lock::Identity;
use super::place::Place;
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::sys::{self, made::openat};
use core::ffi::CStr;
use core::fmt;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};

/// A walk over the files of sockets in a directory, in its own order, through the caller's buffer.
///
/// What is made or removed during the walk may be there or not; everything else is there once.
///
/// # Syscalls
/// Async-signal-safe.
///
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
///
/// # Examples
/// ```
/// use rawipc::{fd::CWD, socket::Files};
///
/// let mut records = [0; 4096];
/// let mut files = Files::open_at(CWD, c"/run", &mut records)?;
/// while let Some(file) = files.next()? {
///     let heard = file.behind().is_ok_and(|behind| behind.listens());
///     println!("{file} {}", if heard { "" } else { "(nobody listens, or not for us)" });
/// }
/// # Ok::<(), rawipc::Error>(())
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct Files<'b> {
    dir: Fd,
    records: &'b mut [u8],
    filled: usize,
    at: usize,
}

/// The file of a socket, a file of type `s`.
///
/// It prints as `ls -ln` prints it, but for the time, which is in seconds since 1970, and for bytes of the name that
/// do not print, which are escaped.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct SocketFile<'f> {
    /// Its name in the directory.
    pub name: &'f CStr,
    /// Permissions, and set-user-ID, set-group-ID and sticky bit.
    pub mode: u32,
    /// The user it belongs to.
    pub uid: u32,
    /// The group it belongs to.
    pub gid: u32,
    /// Names that it has.
    pub links: u64,
    /// Bytes, as `ls` shows them: 0 on most file systems.
    pub size: u64,
    /// When it was made, as a rule: seconds since 1970.
    pub modified: i64,
    /// And the nanoseconds beyond them.
    pub modified_nanos: u32,
    /// The device that it lies on.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
    dir: BorrowedFd<'f>,
}

// `struct linux_dirent64`: inode 0..8, position 8..16, length of the record 16..18, type 18, then the name.
const RECORD_LEN: usize = 16;
const RECORD_TYPE: usize = 18;
const NAME: usize = 19;

/// The longest record: 255 bytes of name and a NUL, and the whole rounded up to a multiple of eight.
const RECORD_MAX: usize = 280;

const DT_UNKNOWN: u8 = linux_raw_sys::general::DT_UNKNOWN as u8;
const DT_SOCK: u8 = linux_raw_sys::general::DT_SOCK as u8;

impl<'b> Files<'b> {
    /// `openat(dir, path, O_RDONLY | O_DIRECTORY)` — the directory at `path`, relative to `dir`, to be read through
    /// `records`, which holds the next few of its entries: 280 bytes are enough, and more save going to the kernel.
    ///
    /// # Errors
    /// `EMSGSIZE`: `records` is shorter than 280 bytes, before any syscall. `ENOTDIR`, `ENOENT`, `EACCES`, …: the
    /// path. `EMFILE`, `ENFILE`: no descriptors left.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok; no directory | `openat` |
    /// | refused | none |
    pub fn open_at(dir: impl AsFd, path: &CStr, records: &'b mut [u8]) -> Result<Files<'b>> {
        if records.len() < RECORD_MAX {
            return Err(Error::argument(Call::GETDENTS64, Errno::MSGSIZE).with_needed(RECORD_MAX));
        }
        let flags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
        let dir = openat(dir.as_fd(), path, flags, Mode::empty())?;
        Ok(Files { dir: dir.into(), records, filled: 0, at: 0 })
    }

    /// The next socket's file; `None` after the last one. Files of other types are passed over, and what was removed
    /// since its name was read.
    ///
    /// # Errors
    /// `ENOENT`: the directory was removed. `EACCES`: it may be read but not searched. `EPROTO`: what the kernel
    /// said is nothing that a kernel says.
    ///
    /// # Syscalls
    /// Async-signal-safe. Each [`next`](Self::next) below stands for going on with the next name.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | one that was read already; not to be looked at | `newfstatat` |
    /// | removed since, or no socket, where the file system does not tell types | `newfstatat` [`next`](Self::next) |
    /// | the next names must be fetched | `getdents64` [`next`](Self::next) |
    /// | the end; no more to be read | `getdents64` |
    ///
    /// # References
    /// [getdents64(2)](https://man7.org/linux/man-pages/man2/getdents.2.html),
    /// [stat(2)](https://man7.org/linux/man-pages/man2/stat.2.html)
    // An iterator would have to give away what lies in the buffer.
    #[expect(clippy::should_implement_trait, reason = "what it gives lies in its own buffer")]
    pub fn next(&mut self) -> Result<Option<SocketFile<'_>>> {
        loop {
            if self.at >= self.filled && !self.fetch()? {
                return Ok(None);
            }
            let (kind, start, len) = self.record()?;
            self.at = self.at.saturating_add(len);
            if kind != DT_SOCK && kind != DT_UNKNOWN {
                continue;
            }
            let stat = match rustix::fs::statat(&self.dir, self.name(start)?, AtFlags::SYMLINK_NOFOLLOW) {
                Err(Errno::NOENT) => continue,
                answer => answer.named(Call::NEWFSTATAT)?,
            };
            if FileType::from_raw_mode(stat.st_mode) == FileType::Socket {
                return Ok(Some(SocketFile::of(self.name(start)?, self.dir.as_fd(), &stat)));
            }
        }
    }

    /// Whether there are more.
    fn fetch(&mut self) -> Result<bool> {
        self.at = 0;
        self.filled = 0;
        self.filled = sys::getdents64(self.dir.as_fd(), self.records)?.min(self.records.len());
        Ok(self.filled > 0)
    }

    /// Type, start of the name, and length of the record that comes next.
    fn record(&self) -> Result<(u8, usize, usize)> {
        let record = self.records.get(self.at..self.filled).unwrap_or(&[]);
        let len = match record.get(RECORD_LEN..RECORD_TYPE) {
            Some(&[low, high]) => usize::from(u16::from_ne_bytes([low, high])),
            _ => 0,
        };
        match record.get(RECORD_TYPE) {
            Some(&kind) if (NAME..=record.len()).contains(&len) => {
                Ok((kind, self.at.saturating_add(NAME), len))
            }
            _ => Err(Error::peer(Call::GETDENTS64, Errno::PROTO)),
        }
    }

    fn name(&self, start: usize) -> Result<&CStr> {
        let name = self.records.get(start..self.filled).unwrap_or(&[]);
        CStr::from_bytes_until_nul(name).map_err(|_| Error::peer(Call::GETDENTS64, Errno::PROTO))
    }
}

impl AsFd for Files<'_> {
    /// The directory.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.dir.as_fd()
    }
}

impl<'f> SocketFile<'f> {
    #[allow(clippy::unnecessary_cast, reason = "the widths differ by architecture")]
    fn of(name: &'f CStr, dir: BorrowedFd<'f>, stat: &Stat) -> SocketFile<'f> {
        SocketFile {
            name,
            mode: stat.st_mode as u32 & 0o7777,
            uid: stat.st_uid as u32,
            gid: stat.st_gid as u32,
            links: stat.st_nlink as u64,
            size: stat.st_size as u64,
            modified: stat.st_mtime as i64,
            modified_nanos: stat.st_mtime_nsec as u32,
            device: stat.st_dev as u64,
            inode: stat.st_ino as u64,
            dir,
        }
    }

    /// Who is behind it, asked as by [`behind_at`](super::behind_at): nobody there is told.
    ///
    /// # Errors
    /// As [`behind_at`](super::behind_at); `ESTALE`: another file has taken its place.
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`behind_at`](super::behind_at); replaced meanwhile: `openat` `fstat` `close`.
    pub fn behind(&self) -> Result<Behind> {
        let place = Place::open(self.dir, self.name)?;
        if place.file != (Identity { device: self.device, inode: self.inode }) {
            return Err(Error::peer(Call::FSTAT, Errno::STALE));
        }
        ask(&place)
    }

    /// Its type and permissions as `ls` writes them: `srw-rw----`.
    pub fn permissions(&self) -> [u8; 10] {
        let mut text = *b"srwxrwxrwx";
        for (place, bit) in text.iter_mut().skip(1).zip((0..9).rev()) {
            if self.mode & 1 << bit == 0 {
                *place = b'-';
            }
        }
        let [_, _, _, user, _, _, group, _, _, other] = &mut text;
        for (place, bit, letter) in [(user, 0o4000, b's'), (group, 0o2000, b's'), (other, 0o1000, b't')] {
            if self.mode & bit != 0 {
                *place = if *place == b'-' { letter.to_ascii_uppercase() } else { letter };
            }
        }
        text
    }
}

impl fmt::Display for SocketFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.permissions() {
            fmt::Write::write_char(f, char::from(byte))?;
        }
        let SocketFile { links, uid, gid, size, modified, .. } = self;
        write!(f, " {links} {uid} {gid} {size} {modified} ")?;
        super::address::print(self.name.to_bytes(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fd::CWD;

    #[test]
    fn permissions_are_written_as_ls_writes_them() {
        let dir = CWD;
        let file = |mode| SocketFile {
            name: c"n",
            mode,
            uid: 0,
            gid: 0,
            links: 1,
            size: 0,
            modified: 0,
            modified_nanos: 0,
            device: 0,
            inode: 0,
            dir,
        };
        for (mode, text) in [
            (0o600, b"srw-------"),
            (0o755, b"srwxr-xr-x"),
            (0o7777, b"srwsrwsrwt"),
            (0o7666, b"srwSrwSrwT"),
            (0, b"s---------"),
        ] {
            assert_eq!(&file(mode).permissions(), text);
        }
    }

    #[test]
    fn a_buffer_too_small_for_a_name_is_refused() {
        let e = Files::open_at(CWD, c"/", &mut [0; 279]).unwrap_err();
        assert_eq!(e, Error::argument(Call::GETDENTS64, Errno::MSGSIZE).with_needed(280));
        assert_eq!(Files::open_at(CWD, c"/dev/null", &mut [0; 280]).unwrap_err().errno(), Errno::NOTDIR);
    }
}
