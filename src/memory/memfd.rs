//! Memory behind a descriptor, its size sealed.

use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::memory::{Map, ReadOnlyMap, check_len, len_of, reserve};
use crate::sys::made::memfd_create;
use core::ffi::CStr;
use rustix::fs::{FsWord, MemfdFlags, SealFlags};

/// The longest name that the kernel takes, without its NUL.
const NAME_MAX: usize = 249;

/// The kind of file system that memfds are on, hugetlbfs apart.
const TMPFS_MAGIC: FsWord = 0x0102_1994;

/// Memory that is named by a descriptor: inherited, or sent over a socket.
///
/// It can never shrink, and what is [created](Self::create) here has memory behind each byte, so an access to it
/// raises no SIGBUS. Whoever has the descriptor writes everywhere in it, and turns parts of it to zero, until
/// [`seal_writes`](Self::seal_writes). One that a peer made may have holes, which are filled when they are touched:
/// where `vm.overcommit_memory` is 2 and nothing is left, that is SIGBUS. A [ring's](crate::ring) may not.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
#[derive(Debug)]
#[repr(C)]
pub struct Memfd {
    fd: Fd,
    len: usize,
}

impl Memfd {
    /// `memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL)` — `len` bytes of memory, all zero,
    /// with something behind each of them, and sealed at that size.
    ///
    /// The name is for people: /proc shows it, nobody can open it. The kernel finds all the memory now: a `len`
    /// taken from a peer is bounded first, or the OOM killer bounds it. Under `RLIMIT_FSIZE` the kernel raises
    /// SIGXFSZ.
    ///
    /// # Errors
    /// `EINVAL`: `len` is 0 or more than an address space holds (2⁴⁷), or the name longer than 249 bytes. `ENOSPC`,
    /// `ENOMEM`: there is not so much memory. `EMFILE`, `ENFILE`: no descriptors left.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `memfd_create` `fallocate` `fcntl` |
    /// | a signal comes | `memfd_create` (`fallocate`)×n `fcntl` |
    /// | no descriptor left | `memfd_create` |
    /// | no room | `memfd_create` (`fallocate`)×n `close` |
    /// | sealing fails | `memfd_create` (`fallocate`)×n `fcntl` `close` |
    /// | before 6.3, ok; before 6.3, a signal comes | `memfd_create` `memfd_create` (`fallocate`)×n `fcntl` |
    /// | before 6.3, no descriptor left | `memfd_create` `memfd_create` |
    /// | before 6.3, no room | `memfd_create` `memfd_create` (`fallocate`)×n `close` |
    /// | before 6.3, sealing fails | `memfd_create` `memfd_create` (`fallocate`)×n `fcntl` `close` |
    /// | refused | none |
    ///
    /// # Examples
    /// ```
    /// use rawipc::memory::Memfd;
    ///
    /// let memfd = Memfd::create(c"picture", 1 << 20)?;
    /// let map = memfd.map()?;
    /// memfd.seal_writes()?;
    /// map.write(0, b"only through the mapping that was there before")?;
    /// assert!(memfd.map().is_err());
    /// let view = Memfd::attach(memfd.into_fd())?.map_read_only()?;
    /// let mut buf = [0; 4];
    /// view.read(0, &mut buf)?;
    /// assert_eq!(&buf, b"only");
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    ///
    /// # References
    /// [memfd_create(2)](https://man7.org/linux/man-pages/man2/memfd_create.2.html),
    /// [fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html), "File Sealing"
    pub fn create(name: &CStr, len: usize) -> Result<Self> {
        check_len(len, Call::MEMFD_CREATE)?;
        if name.count_bytes() > NAME_MAX {
            return Err(Error::argument(Call::MEMFD_CREATE, Errno::INVAL));
        }
        let fd = create(name)?;
        reserve(&fd, len)?;
        add_seals(&fd, SealFlags::SHRINK.union(SealFlags::GROW))?;
        Ok(Memfd { fd, len })
    }

    /// Takes over a descriptor that came from a peer. It must be a memfd that can never shrink again; nothing
    /// else about it is believed.
    ///
    /// # Errors
    /// `EPERM`: it can shrink, or is made of huge pages, which may run out. `EINVAL`: it is no memfd. `ENODATA`:
    /// it is empty. The descriptor is closed then.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `fcntl` `fstatfs` `fstat` |
    /// | not a memfd; not sealed | `fcntl` `close` |
    /// | huge pages | `fcntl` `fstatfs` `close` |
    /// | empty | `fcntl` `fstatfs` `fstat` `close` |
    pub fn attach(fd: Fd) -> Result<Self> {
        let seals = rustix::fs::fcntl_get_seals(&fd).named(Call::FCNTL)?;
        if !seals.contains(SealFlags::SHRINK) {
            return Err(Error::peer(Call::FCNTL, Errno::PERM));
        }
        if rustix::fs::fstatfs(&fd).named(Call::FSTATFS)?.f_type != TMPFS_MAGIC {
            return Err(Error::peer(Call::FSTATFS, Errno::PERM));
        }
        // The size is asked for once, and after the seal was seen: it can no longer get less.
        let len = len_of(&rustix::fs::fstat(&fd).named(Call::FSTAT)?)?;
        Ok(Memfd { fd, len })
    }

    /// Takes over the memory of a stranger, `len` bytes of it, of which nobody but its maker can ever write a byte:
    /// its size is fixed, writing is sealed, no seal can be taken away from that, and there are no holes, so that to
    /// look at it takes no memory of ours. It is not `own`.
    ///
    /// `fcntl` `fstatfs` `ftruncate` `fstat`, with `own` another `fstat`, and `close` where it is refused.
    #[inline(never)]
    pub(crate) fn attach_sealed(fd: Fd, len: usize, own: Option<&Memfd>) -> Result<Self> {
        let seals = match rustix::fs::fcntl_get_seals(&fd) {
            // What has no seals is no memfd, and what is open as a path alone has none to be asked for.
            Err(Errno::INVAL | Errno::BADF) => SealFlags::empty(),
            seals => seals.named(Call::FCNTL)?,
        };
        let size = SealFlags::SHRINK.union(SealFlags::GROW);
        if !seals.contains(size.union(SealFlags::FUTURE_WRITE).union(SealFlags::SEAL)) {
            return Err(Error::peer(Call::FCNTL, Errno::BADMSG));
        }
        // Huge pages may run out when they are touched.
        if !is_of_small_pages(&fd)? {
            return Err(Error::peer(Call::FSTATFS, Errno::BADMSG));
        }
        // There may be memory behind the end, too, which would be counted as if it were in front of it. To the size that it
        // has, a file may always be cut, and loses that; and nothing comes there any more.
        match rustix::fs::ftruncate(&fd, len as u64) {
            // Of another size; or not for writing.
            Err(Errno::PERM | Errno::INVAL) => return Err(Error::peer(Call::FTRUNCATE, Errno::BADMSG)),
            cut => cut.named(Call::FTRUNCATE)?,
        }
        // After the seals were seen, none of this changes.
        let found = Found::of(&fd)?;
        let own = own.map(|own| Found::of(&own.fd)).transpose()?;
        let is_own = own.is_some_and(|own| own.object == found.object);
        if is_own || found.size != len as u64 || found.filled < len as u64 {
            return Err(Error::peer(Call::FSTAT, Errno::BADMSG));
        }
        Ok(Memfd { fd, len })
    }

    /// The bytes that can be mapped.
    #[inline]
    #[expect(clippy::len_without_is_empty, reason = "none is empty")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// `mmap(PROT_READ | PROT_WRITE, MAP_SHARED)` — all of it, to read and to write.
    ///
    /// # Errors
    /// `EPERM`: writing was sealed. `EACCES`: the descriptor is not for writing. `ENOMEM`.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; writing was sealed | `mmap` |
    pub fn map(&self) -> Result<Map> {
        Map::of_file(self.fd.as_fd(), self.len)
    }

    /// `mmap(PROT_READ, MAP_SHARED)` — all of it, to read.
    ///
    /// Of a memfd whose writing was sealed before, the mapping can never be made writable.
    ///
    /// # Errors
    /// `EACCES`: the descriptor is not for reading. `ENOMEM`.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `mmap` |
    pub fn map_read_only(&self) -> Result<ReadOnlyMap> {
        ReadOnlyMap::of_file(self.fd.as_fd(), self.len)
    }

    /// As [`map`](Self::map), with what lies behind the first `head` bytes twice in a row.
    pub(crate) fn map_doubled(&self, head: usize) -> Result<Map> {
        Map::doubled(self.fd.as_fd(), head, self.len.saturating_sub(head))
    }

    /// As [`map_read_only`](Self::map_read_only), with what lies behind the first `head` bytes twice in a row.
    pub(crate) fn map_read_only_doubled(&self, head: usize) -> Result<ReadOnlyMap> {
        ReadOnlyMap::doubled(self.fd.as_fd(), head, self.len.saturating_sub(head))
    }

    /// `fcntl(F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SEAL)` — leaves writing to the mappings that are there.
    ///
    /// Nobody, in any process, can from now on map it for writing, make a mapping writable, write to the
    /// descriptor or punch a hole. So the process that owns the memory maps it, seals it, and then passes it on.
    ///
    /// # Errors
    /// `EPERM`: seals can no longer be added.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; sealed already | `fcntl` |
    pub fn seal_writes(&self) -> Result<()> {
        add_seals(&self.fd, SealFlags::FUTURE_WRITE.union(SealFlags::SEAL))
    }

    /// The descriptor, to keep or to hand over.
    pub fn into_fd(self) -> Fd {
        self.fd
    }
}

/// What a file is, of all that `fstat` says. That has a stack of its own.
struct Found {
    /// Device and inode.
    object: (u64, u64),
    size: u64,
    /// The bytes with memory behind them.
    filled: u64,
}

impl Found {
    #[inline(never)]
    fn of(fd: &Fd) -> Result<Found> {
        let stat = rustix::fs::fstat(fd).named(Call::FSTAT)?;
        let filled = (stat.st_blocks as u64).saturating_mul(512);
        Ok(Found { object: (stat.st_dev, stat.st_ino), size: stat.st_size as u64, filled })
    }
}

#[inline(never)]
fn is_of_small_pages(fd: &Fd) -> Result<bool> {
    Ok(rustix::fs::fstatfs(fd).named(Call::FSTATFS)?.f_type == TMPFS_MAGIC)
}

fn create(name: &CStr) -> Result<Fd> {
    let flags = MemfdFlags::CLOEXEC.union(MemfdFlags::ALLOW_SEALING);
    let fd = match memfd_create(name, flags.union(MemfdFlags::NOEXEC_SEAL)) {
        // Before 6.3: a flag it does not know.
        Err(e) if e.is(Errno::INVAL) => memfd_create(name, flags),
        answer => answer,
    };
    fd.map(Fd::from)
}

fn add_seals(fd: &Fd, seals: SealFlags) -> Result<()> {
    rustix::fs::fcntl_add_seals(fd, seals).named(Call::FCNTL)
}

impl AsFd for Memfd {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{FallocateFlags, ftruncate};

    fn plain(flags: MemfdFlags) -> Fd {
        rustix::fs::memfd_create(c"plain", flags).unwrap().into()
    }

    #[test]
    fn the_size_is_sealed_and_the_bytes_are_shared() {
        let memfd = Memfd::create(c"rawipc-test", 5000).unwrap();
        assert_eq!(memfd.len(), 5000);
        for len in [0, 4999, 5001] {
            assert_eq!(ftruncate(&memfd, len), Err(Errno::PERM));
        }
        let (map, view) = (memfd.map().unwrap(), memfd.map_read_only().unwrap());
        map.write(4990, b"0123456789").unwrap();
        let mut buf = [0; 10];
        view.read(4990, &mut buf).unwrap();
        assert_eq!(&buf, b"0123456789");
        assert!(map.write(4991, b"0123456789").is_err());
        map.atomic_u32(8).unwrap().store(7, core::sync::atomic::Ordering::Release);
        assert_eq!(view.load_u32(8), Ok(7));
        assert_eq!(view.load_u32(6), Err(Error::argument(Call::MEMORY, Errno::INVAL)));
        assert_eq!(view.load_u32(5000), Err(Error::argument(Call::MEMORY, Errno::RANGE)));
    }

    #[test]
    #[allow(unsafe_code)]
    fn sealed_writing_is_left_to_the_mapping_that_was_there() {
        let memfd = Memfd::create(c"rawipc-test", 8192).unwrap();
        let map = memfd.map().unwrap();
        memfd.seal_writes().unwrap();
        map.write(0, b"still").unwrap();
        assert_eq!(memfd.map().unwrap_err(), Error::kernel(Call::MMAP, Errno::PERM));
        assert_eq!(rustix::io::pwrite(&memfd, b"x", 0), Err(Errno::PERM));
        let hole = FallocateFlags::PUNCH_HOLE.union(FallocateFlags::KEEP_SIZE);
        assert_eq!(rustix::fs::fallocate(&memfd, hole, 0, 4096), Err(Errno::PERM));
        let view = memfd.map_read_only().unwrap();
        let flags = rustix::mm::MprotectFlags::READ.union(rustix::mm::MprotectFlags::WRITE);
        // SAFETY: no reference leads into the mapping.
        let answer = unsafe { rustix::mm::mprotect(view.as_ptr().cast_mut().cast(), 8192, flags) };
        assert_eq!(answer, Err(Errno::ACCESS));
    }

    #[test]
    fn the_doubled_part_is_the_same_memory_twice() {
        let memfd = Memfd::create(c"rawipc-test", 4096 + 8192).unwrap();
        let (map, view) = (memfd.map_doubled(4096).unwrap(), memfd.map_read_only_doubled(4096).unwrap());
        assert_eq!((map.len(), view.len()), (4096 + 2 * 8192, 4096 + 2 * 8192));
        map.write(4096 + 8190, b"over").unwrap();
        let mut buf = [0; 4];
        view.read(4096 + 8190, &mut buf).unwrap();
        assert_eq!(&buf, b"over");
        let mut start = [0; 2];
        map.read(4096, &mut start).unwrap();
        assert_eq!(&start, b"er");
        map.write(4096 + 2 * 8192 - 2, b"ov").unwrap();
        assert!(map.write(4096 + 2 * 8192 - 2, b"ove").is_err());
    }

    #[test]
    fn what_is_not_sealed_is_refused_and_closed() {
        let fd = plain(MemfdFlags::CLOEXEC.union(MemfdFlags::ALLOW_SEALING));
        ftruncate(&fd, 4096).unwrap();
        assert_eq!(Memfd::attach(fd).unwrap_err(), Error::peer(Call::FCNTL, Errno::PERM));

        let fd = plain(MemfdFlags::CLOEXEC.union(MemfdFlags::ALLOW_SEALING));
        add_seals(&fd, SealFlags::SHRINK).unwrap();
        assert_eq!(Memfd::attach(fd).unwrap_err(), Error::peer(Call::FSTAT, Errno::NODATA));

        let (end, _other) = rustix::pipe::pipe().unwrap();
        assert_eq!(Memfd::attach(end.into()).unwrap_err(), Error::kernel(Call::FCNTL, Errno::INVAL));
    }

    #[test]
    fn huge_pages_are_refused() {
        let flags = MemfdFlags::CLOEXEC.union(MemfdFlags::ALLOW_SEALING).union(MemfdFlags::HUGETLB);
        let Ok(fd) = rustix::fs::memfd_create(c"huge", flags) else {
            crate::skip::skip("memory of huge pages: this kernel has none");
            return;
        };
        let fd = Fd::from(fd);
        add_seals(&fd, SealFlags::SHRINK).unwrap();
        assert_eq!(Memfd::attach(fd).unwrap_err(), Error::peer(Call::FSTATFS, Errno::PERM));
    }

    #[test]
    fn bad_arguments_are_refused_before_any_call() {
        let refused = Error::argument(Call::MEMFD_CREATE, Errno::INVAL);
        assert_eq!(Memfd::create(c"", 0).unwrap_err(), refused);
        assert_eq!(Memfd::create(c"", usize::MAX).unwrap_err(), refused);
        let mut name = [b'n'; NAME_MAX + 2];
        name[NAME_MAX + 1] = 0;
        let long = CStr::from_bytes_with_nul(&name).unwrap();
        assert_eq!(Memfd::create(long, 1).unwrap_err(), refused);
        name[NAME_MAX] = 0;
        let longest = CStr::from_bytes_until_nul(&name).unwrap();
        assert_eq!(Memfd::create(longest, 1).map(|m| m.len()), Ok(1));
    }
}
