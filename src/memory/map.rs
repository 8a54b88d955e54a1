//! The mappings themselves, and the only ways into them.

use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::BorrowedFd;
use crate::memory::{check_len, copy};
use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use rustix::mm::{MapFlags, ProtFlags};

/// Memory that is shared with other processes, to read and to write.
///
/// A child of `fork` has it at the same address; a program that is exec'd does not have it.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `munmap` |
#[derive(Debug)]
#[repr(transparent)]
pub struct Map(Mapping);

/// Memory that is shared with other processes, to read alone: a write through it is not even spelled.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `munmap` |
#[derive(Debug)]
#[repr(transparent)]
pub struct ReadOnlyMap(Mapping);

impl Map {
    /// `mmap(len, MAP_SHARED | MAP_ANONYMOUS)` — memory without a name, all zero, which processes share that are
    /// forked from now on.
    ///
    /// There are no seals on it, and memory is found for a page when it is first touched: where the kernel has
    /// none left then, it kills. [`Memfd`](crate::memory::Memfd) is told of that at its creation.
    ///
    /// # Errors
    /// `EINVAL`: `len` is 0, or more than an address space holds (2⁴⁷). `ENOMEM`: the kernel will not have it.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `mmap` |
    /// | refused | none |
    ///
    /// # Examples
    /// ```
    /// use core::sync::atomic::Ordering;
    /// use rawipc::memory::Map;
    ///
    /// let map = Map::anonymous(4096)?;
    /// // SAFETY: the child makes no call but the last.
    /// let child = unsafe { libc::fork() };
    /// if child == 0 {
    ///     let counted = map.atomic_u32(0).map(|word| word.fetch_add(1, Ordering::Relaxed));
    ///     // SAFETY: ends the child.
    ///     unsafe { libc::_exit(counted.is_err() as i32) };
    /// }
    /// // SAFETY: our own child, whose status is not asked for.
    /// unsafe { libc::waitpid(child, core::ptr::null_mut(), 0) };
    /// assert_eq!(map.atomic_u32(0)?.load(Ordering::Relaxed), 1);
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    ///
    /// # References
    /// [mmap(2)](https://man7.org/linux/man-pages/man2/mmap.2.html)
    pub fn anonymous(len: usize) -> Result<Map> {
        check_len(len, Call::MMAP)?;
        // SAFETY: a new mapping, at an address of the kernel's choice.
        let start = unsafe { rustix::mm::mmap_anonymous(null_mut(), len, READ_WRITE, MapFlags::SHARED) };
        Mapping::new(start.named(Call::MMAP)?.cast(), len).map(Map)
    }

    pub(super) fn of_file(fd: BorrowedFd<'_>, len: usize) -> Result<Map> {
        Mapping::of_file(fd, READ_WRITE, len).map(Map)
    }

    /// `head` bytes of the file, and then the `twice` bytes behind them two times in a row.
    pub(super) fn doubled(fd: BorrowedFd<'_>, head: usize, twice: usize) -> Result<Map> {
        Mapping::doubled(fd, READ_WRITE, head, twice).map(Map)
    }

    /// The length that was asked for, or the file's.
    #[inline]
    #[expect(clippy::len_without_is_empty, reason = "no mapping is empty")]
    pub fn len(&self) -> usize {
        self.0.len
    }

    /// Where the mapping lies in this process: for C, and to find it in /proc/PID/maps.
    #[inline]
    pub fn as_ptr(&self) -> *mut u8 {
        self.0.start.as_ptr()
    }

    /// Copies the bytes at `offset` out into `buf`, each read once. A peer that writes meanwhile makes them a
    /// mixture of old and new.
    ///
    /// # Errors
    /// `ERANGE`: they do not all lie in the mapping; nothing is read then.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; refused | none |
    #[inline]
    pub fn read(&self, offset: usize, buf: &mut [u8]) -> Result<()> {
        self.0.read(offset, buf)
    }

    /// Copies `bytes` to `offset`.
    ///
    /// # Errors
    /// `ERANGE`: they would not all lie in the mapping; nothing is written then.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; refused | none |
    #[inline]
    pub fn write(&self, offset: usize, bytes: &[u8]) -> Result<()> {
        let to = self.0.at(offset, bytes.len())?;
        // SAFETY: `bytes.len()` bytes from `to` on are in the mapping, which is for writing.
        unsafe { copy::copy_in(to, bytes) };
        Ok(())
    }

    /// The word at `offset`, which every process that has the mapping may read and write.
    ///
    /// # Errors
    /// `ERANGE`: it does not lie in the mapping. `EINVAL`: `offset` is no multiple of 4.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; refused | none |
    #[inline]
    pub fn atomic_u32(&self, offset: usize) -> Result<&AtomicU32> {
        let word = self.0.aligned::<AtomicU32>(offset)?;
        // SAFETY: in the mapping, aligned, for writing, and mapped for as long as `self` lives.
        Ok(unsafe { &*word })
    }

    /// The double word at `offset`, which every process that has the mapping may read and write.
    ///
    /// # Errors
    /// `ERANGE`: it does not lie in the mapping. `EINVAL`: `offset` is no multiple of 8.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; refused | none |
    #[inline]
    pub fn atomic_u64(&self, offset: usize) -> Result<&AtomicU64> {
        let word = self.0.aligned::<AtomicU64>(offset)?;
        // SAFETY: in the mapping, aligned, for writing, and mapped for as long as `self` lives.
        Ok(unsafe { &*word })
    }
}

impl Map {
    /// The word at a fixed place in the first page, which every mapping has.
    #[inline]
    pub(crate) fn word<const OFFSET: usize>(&self) -> &AtomicU32 {
        let word = self.as_ptr().wrapping_add(in_first_page::<OFFSET>()).cast::<AtomicU32>();
        // SAFETY: in the first page, aligned, for writing, and mapped for as long as `self` lives.
        unsafe { &*word }
    }
}

impl ReadOnlyMap {
    /// The value of the word at a fixed place in the first page, loaded once and relaxed.
    #[inline]
    pub(crate) fn load<const OFFSET: usize>(&self) -> u32 {
        let word = self.as_ptr().wrapping_add(in_first_page::<OFFSET>()).cast::<AtomicU32>();
        // SAFETY: in the first page, aligned, and mapped for as long as `self` lives.
        unsafe { &*word }.load(Ordering::Relaxed)
    }

    pub(super) fn of_file(fd: BorrowedFd<'_>, len: usize) -> Result<ReadOnlyMap> {
        Mapping::of_file(fd, ProtFlags::READ, len).map(ReadOnlyMap)
    }

    /// As [`Map::doubled`].
    pub(super) fn doubled(fd: BorrowedFd<'_>, head: usize, twice: usize) -> Result<ReadOnlyMap> {
        Mapping::doubled(fd, ProtFlags::READ, head, twice).map(ReadOnlyMap)
    }

    /// The file's length.
    #[inline]
    #[expect(clippy::len_without_is_empty, reason = "no mapping is empty")]
    pub fn len(&self) -> usize {
        self.0.len
    }

    /// Where the mapping lies in this process; see [`Map::as_ptr`].
    #[inline]
    pub fn as_ptr(&self) -> *const u8 {
        self.0.start.as_ptr()
    }

    /// Copies the bytes at `offset` out into `buf`; see [`Map::read`].
    ///
    /// # Errors
    /// As [`Map::read`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; refused | none |
    #[inline]
    pub fn read(&self, offset: usize, buf: &mut [u8]) -> Result<()> {
        self.0.read(offset, buf)
    }

    /// The value of the word at `offset`, loaded once: what its writer wrote before a release store of it is
    /// seen by whatever this process reads next.
    ///
    /// # Errors
    /// As [`Map::atomic_u32`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; refused | none |
    #[inline]
    pub fn load_u32(&self, offset: usize) -> Result<u32> {
        let word = self.0.aligned::<AtomicU32>(offset)?;
        // SAFETY: in the mapping and aligned.
        let word = unsafe { &*word };
        // In memory mapped read-only the language allows relaxed loads only; the fence makes it an acquire.
        let value = word.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        Ok(value)
    }
}

/// No page is smaller than 4096 bytes, and a page is mapped whole, whatever length was asked for. What would not be a
/// word of it is another one.
const fn in_first_page<const OFFSET: usize>() -> usize {
    OFFSET & (4096 - 4)
}

const READ_WRITE: ProtFlags = ProtFlags::READ.union(ProtFlags::WRITE);

#[derive(Debug)]
#[repr(C)]
struct Mapping {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: the mapping is the process's, not the thread's, and goes with its owner.
unsafe impl Send for Mapping {}

impl Mapping {
    fn new(start: *mut u8, len: usize) -> Result<Self> {
        // Address 0 is given to nobody who did not ask for it.
        let start = NonNull::new(start).ok_or(Error::kernel(Call::MMAP, Errno::NOMEM))?;
        Ok(Mapping { start, len })
    }

    fn of_file(fd: BorrowedFd<'_>, prot: ProtFlags, len: usize) -> Result<Self> {
        check_len(len, Call::MMAP)?;
        // SAFETY: a new mapping, at an address of the kernel's choice.
        let start = unsafe { rustix::mm::mmap(null_mut(), len, prot, MapFlags::SHARED, fd, 0) };
        Self::new(start.named(Call::MMAP)?.cast(), len)
    }

    fn doubled(fd: BorrowedFd<'_>, prot: ProtFlags, head: usize, twice: usize) -> Result<Self> {
        let once = head.saturating_add(twice);
        // The first call takes the whole range, beyond the end of the file too, and the second replaces that end:
        // nobody can map anything in between, and dropping the first undoes both.
        let whole = Self::of_file(fd, prot, once.saturating_add(twice))?;
        if twice == 0 {
            return Ok(whole);
        }
        let again = whole.start.as_ptr().wrapping_add(once).cast();
        let flags = MapFlags::SHARED.union(MapFlags::FIXED);
        // SAFETY: it replaces the last `twice` bytes of our own new mapping, which nothing refers to.
        unsafe { rustix::mm::mmap(again, twice, prot, flags, fd, head as u64) }.named(Call::MMAP)?;
        Ok(whole)
    }

    /// Where `len` bytes at `offset` begin.
    #[inline]
    fn at(&self, offset: usize, len: usize) -> Result<*mut u8> {
        match offset.checked_add(len) {
            Some(end) if end <= self.len => Ok(self.start.as_ptr().wrapping_add(offset)),
            _ => Err(Error::argument(Call::MEMORY, Errno::RANGE)),
        }
    }

    #[inline]
    fn aligned<T>(&self, offset: usize) -> Result<*mut T> {
        let word = self.at(offset, size_of::<T>())?.cast::<T>();
        if word.is_aligned() { Ok(word) } else { Err(Error::argument(Call::MEMORY, Errno::INVAL)) }
    }

    #[inline]
    fn read(&self, offset: usize, buf: &mut [u8]) -> Result<()> {
        let from = self.at(offset, buf.len())?;
        // SAFETY: `buf.len()` bytes from `from` on are in the mapping.
        unsafe { copy::copy_out(from, buf) };
        Ok(())
    }
}

impl Drop for Mapping {
    #[cfg_attr(tiny, inline(never))]
    fn drop(&mut self) {
        // SAFETY: ours alone, and no reference outlives its owner.
        let _ = unsafe { rustix::mm::munmap(self.start.as_ptr().cast(), self.len) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::LEN_MAX;

    #[test]
    fn what_is_written_is_read() {
        let map = Map::anonymous(100).unwrap();
        map.write(3, b"across words, and aligned to nothing").unwrap();
        let mut buf = [0; 36];
        map.read(3, &mut buf).unwrap();
        assert_eq!(&buf, b"across words, and aligned to nothing");
        map.atomic_u64(40).unwrap().store(0x0102_0304_0506_0708, Ordering::Relaxed);
        assert_eq!(map.atomic_u32(40).unwrap().load(Ordering::Relaxed).to_ne_bytes(), {
            let mut half = [0; 4];
            map.read(40, &mut half).unwrap();
            half
        });
    }

    #[test]
    fn what_is_not_all_inside_is_refused_and_untouched() {
        // 100 of a page's 4096: the rest of the page is mapped, but was not asked for.
        let map = Map::anonymous(100).unwrap();
        assert_eq!(map.len(), 100);
        let range = Error::argument(Call::MEMORY, Errno::RANGE);
        let mut buf = [7; 8];
        for offset in [93, 100, 101, 4096, usize::MAX, usize::MAX - 7] {
            assert_eq!(map.read(offset, &mut buf), Err(range));
            assert_eq!(map.write(offset, &buf), Err(range));
        }
        assert_eq!(buf, [7; 8]);
        map.write(92, &buf).unwrap();
        map.read(100, &mut []).unwrap();
        assert_eq!(map.atomic_u32(96).map(|_| ()), Ok(()));
        assert_eq!(map.atomic_u32(100).map(|_| ()), Err(range));
        assert_eq!(map.atomic_u64(96).map(|_| ()), Err(range));
        assert_eq!(map.atomic_u64(usize::MAX - 7).map(|_| ()), Err(range));
        let unaligned = Error::argument(Call::MEMORY, Errno::INVAL);
        assert_eq!(map.atomic_u32(2).map(|_| ()), Err(unaligned));
        assert_eq!(map.atomic_u64(4).map(|_| ()), Err(unaligned));
    }

    #[test]
    fn a_length_that_cannot_be_is_refused() {
        for len in [0, LEN_MAX + 1, usize::MAX / 2 + 1, usize::MAX] {
            assert_eq!(Map::anonymous(len).unwrap_err(), Error::argument(Call::MMAP, Errno::INVAL));
        }
        // Half of what 32 bits can address may well be free.
        if usize::BITS == 64 {
            assert_eq!(Map::anonymous(LEN_MAX).unwrap_err(), Error::kernel(Call::MMAP, Errno::NOMEM));
        }
    }
}
