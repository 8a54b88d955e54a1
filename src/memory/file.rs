//! Memory behind a file that is named by a path.

use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, CWD, Fd};
use crate::memory::{Map, ReadOnlyMap, check_len, len_of, reserve};
use crate::sys::made::openat;
use core::ffi::CStr;
use rustix::fs::{AtFlags, FileType, Mode, OFlags};

/// A file that is mapped by everyone who may open it. On a tmpfs such as /dev/shm it never touches a disk.
///
/// The weakest of the three: no seal keeps a file's size, so **whoever may write to it can truncate it, and an
/// access behind its end raises SIGBUS**. Both sides must trust everyone who can open the file, which is made
/// 0600 for that reason, and is opened only where it belongs to this user. Nothing removes it but
/// [`remove`](Self::remove): what a killed process left, its successor opens, or removes and creates anew.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
#[derive(Debug)]
#[repr(C)]
pub struct File {
    fd: Fd,
    len: usize,
}

impl File {
    /// `openat(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)` — a new file of `len` bytes, all
    /// zero, with room behind each of them.
    ///
    /// Under `RLIMIT_FSIZE` the kernel raises SIGXFSZ.
    ///
    /// # Errors
    /// `EINVAL`: `len` is 0 or more than an address space holds (2⁴⁷). `EEXIST`: something is there already, a dangling
    /// link included. `ENOSPC`, `EDQUOT`, `EFBIG`: there is no such room, or `EOPNOTSUPP`: the file system does
    /// not promise any; the file is removed again. `ENOENT`, `ENOTDIR`, `EACCES`, `ENAMETOOLONG`: the path.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `openat` `fallocate` |
    /// | a signal comes | `openat` (`fallocate`)×n |
    /// | there already; a bad path | `openat` |
    /// | no room | `openat` (`fallocate`)×n `unlinkat` `close` |
    /// | refused | none |
    ///
    /// # Examples
    /// ```
    /// use rawipc::memory::File;
    ///
    /// let path = std::ffi::CString::new(format!("/tmp/rawipc-doc-file-{}", std::process::id())).unwrap();
    /// let map = File::create(&path, 4096)?.map()?;
    /// let view = File::open(&path)?.map_read_only()?; // in any process of this user
    /// File::remove(&path)?;
    /// map.write(0, b"seen by all")?;
    /// let mut buf = [0; 4];
    /// view.read(0, &mut buf)?;
    /// assert_eq!(&buf, b"seen");
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    ///
    /// # References
    /// [open(2)](https://man7.org/linux/man-pages/man2/open.2.html),
    /// [fallocate(2)](https://man7.org/linux/man-pages/man2/fallocate.2.html)
    pub fn create(path: &CStr, len: usize) -> Result<Self> {
        check_len(len, Call::FALLOCATE)?;
        let fd = open(path, OFlags::CREATE.union(OFlags::EXCL), Mode::RUSR.union(Mode::WUSR))?;
        if let Err(e) = reserve(&fd, len) {
            // Ours: O_EXCL made it. That it cannot be removed says less than why it is of no use.
            let _ = rustix::fs::unlinkat(CWD, path, AtFlags::empty());
            return Err(e);
        }
        Ok(File { fd, len })
    }

    /// `openat(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)` — a file that is there, of this user.
    ///
    /// # Errors
    /// `ELOOP`: a symbolic link lies there. `EPROTOTYPE`: another kind of file. `EPERM`: another owner.
    /// `ENODATA`: it is empty, or its maker has not come further yet. `EISDIR`, `ENXIO`: a directory, a socket.
    /// `ENOENT`, `ENOTDIR`, `EACCES`, `ENAMETOOLONG`: the path.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `openat` `fstat` `geteuid` |
    /// | another kind | `openat` `fstat` `close` |
    /// | another owner; empty | `openat` `fstat` `geteuid` `close` |
    /// | a bad path | `openat` |
    /// | refused | none |
    pub fn open(path: &CStr) -> Result<Self> {
        let fd = open(path, OFlags::empty(), Mode::empty())?;
        let stat = rustix::fs::fstat(&fd).named(Call::FSTAT)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(Error::peer(Call::FSTAT, Errno::PROTOTYPE));
        }
        if stat.st_uid != rustix::process::geteuid().as_raw() {
            return Err(Error::peer(Call::FSTAT, Errno::PERM));
        }
        let len = len_of(&stat)?;
        Ok(File { fd, len })
    }

    /// `unlinkat(AT_FDCWD, path)` — removes the name. Mappings of the file live on.
    ///
    /// # Errors
    /// `ENOENT`: nothing is there. `EISDIR`: a directory. `EACCES`, `EPERM`.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; nothing there | `unlinkat` |
    /// | refused | none |
    pub fn remove(path: &CStr) -> Result<()> {
        not_empty(path, Call::UNLINKAT)?;
        rustix::fs::unlinkat(CWD, path, AtFlags::empty()).named(Call::UNLINKAT)
    }

    /// The bytes that the file had when it was created or opened.
    #[inline]
    #[expect(clippy::len_without_is_empty, reason = "none is empty")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// `mmap(PROT_READ | PROT_WRITE, MAP_SHARED)` — all of it, to read and to write.
    ///
    /// # Errors
    /// `ENODEV`: the file system cannot. `ENOMEM`.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `mmap` |
    pub fn map(&self) -> Result<Map> {
        Map::of_file(self.fd.as_fd(), self.len)
    }

    /// `mmap(PROT_READ, MAP_SHARED)` — all of it, to read.
    ///
    /// # Errors
    /// As [`map`](Self::map).
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `mmap` |
    pub fn map_read_only(&self) -> Result<ReadOnlyMap> {
        ReadOnlyMap::of_file(self.fd.as_fd(), self.len)
    }

    /// The descriptor, to keep or to hand over.
    pub fn into_fd(self) -> Fd {
        self.fd
    }
}

/// Non-blocking, so that nothing planted can hold us up, and without following a link in the last place.
fn open(path: &CStr, how: OFlags, mode: Mode) -> Result<Fd> {
    not_empty(path, Call::OPENAT)?;
    let flags = how
        .union(OFlags::RDWR)
        .union(OFlags::CLOEXEC)
        .union(OFlags::NOFOLLOW)
        .union(OFlags::NOCTTY)
        .union(OFlags::NONBLOCK);
    openat(CWD, path, flags, mode).map(Fd::from)
}

fn not_empty(path: &CStr, call: Call) -> Result<()> {
    if path.is_empty() { Err(Error::argument(call, Errno::NOENT)) } else { Ok(()) }
}

impl AsFd for File {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch;
    use std::ffi::CString;

    struct Temp(CString);

    impl Temp {
        fn new() -> Self {
            Temp(scratch::c_string(scratch::unused("rawipc")))
        }
    }

    impl Drop for Temp {
        fn drop(&mut self) {
            let _ = File::remove(&self.0);
        }
    }

    #[test]
    fn created_opened_shared_and_removed() {
        let temp = Temp::new();
        let file = File::create(&temp.0, 5000).unwrap();
        let stat = rustix::fs::fstat(&file).unwrap();
        assert_eq!((stat.st_mode & 0o7777, stat.st_size), (0o600, 5000));
        assert!(stat.st_blocks * 512 >= 5000, "room was reserved");
        let again = File::create(&temp.0, 5000).unwrap_err();
        assert_eq!(again, Error::kernel(Call::OPENAT, Errno::EXIST));
        let other = File::open(&temp.0).unwrap();
        assert_eq!(other.len(), 5000);
        let (map, view) = (file.map().unwrap(), other.map_read_only().unwrap());
        drop((file, other));
        File::remove(&temp.0).unwrap();
        assert_eq!(File::remove(&temp.0).unwrap_err(), Error::kernel(Call::UNLINKAT, Errno::NOENT));
        map.write(4998, b"ab").unwrap();
        let mut buf = [0; 2];
        view.read(4998, &mut buf).unwrap();
        assert_eq!(&buf, b"ab");
    }

    #[test]
    fn what_was_planted_is_refused() {
        let temp = Temp::new();
        rustix::fs::symlinkat(c"/dev/null", CWD, &*temp.0).unwrap();
        assert_eq!(File::open(&temp.0).unwrap_err(), Error::kernel(Call::OPENAT, Errno::LOOP));
        assert_eq!(File::create(&temp.0, 1).unwrap_err(), Error::kernel(Call::OPENAT, Errno::EXIST));
        File::remove(&temp.0).unwrap();
        rustix::fs::mknodat(CWD, &*temp.0, FileType::Fifo, Mode::RUSR.union(Mode::WUSR), 0).unwrap();
        assert_eq!(File::open(&temp.0).unwrap_err(), Error::peer(Call::FSTAT, Errno::PROTOTYPE));
        File::remove(&temp.0).unwrap();
        let fd = open(&temp.0, OFlags::CREATE, Mode::RUSR.union(Mode::WUSR)).unwrap();
        assert_eq!(File::open(&temp.0).unwrap_err(), Error::peer(Call::FSTAT, Errno::NODATA));
        drop(fd);
        assert_eq!(File::open(c"/tmp").unwrap_err(), Error::kernel(Call::OPENAT, Errno::ISDIR));
    }

    /// 32 bits cannot ask for more than there may be.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn a_file_without_room_leaves_nothing_behind() {
        let temp = Temp::new();
        let e = File::create(&temp.0, 1 << 46).unwrap_err();
        assert_eq!((e.call(), e.origin()), (Call::FALLOCATE, crate::Origin::Kernel));
        assert_eq!(File::open(&temp.0).unwrap_err(), Error::kernel(Call::OPENAT, Errno::NOENT));
    }

    #[test]
    fn bad_arguments_are_refused_before_any_call() {
        let temp = Temp::new();
        for len in [0, usize::MAX] {
            assert_eq!(
                File::create(&temp.0, len).unwrap_err(),
                Error::argument(Call::FALLOCATE, Errno::INVAL)
            );
        }
        assert_eq!(File::open(c"").unwrap_err(), Error::argument(Call::OPENAT, Errno::NOENT));
        assert_eq!(File::remove(c"").unwrap_err(), Error::argument(Call::UNLINKAT, Errno::NOENT));
    }
}
