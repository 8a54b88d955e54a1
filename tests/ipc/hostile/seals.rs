//! The ways to write to memory whose owner has sealed it.

use super::guards::regions;
use crate::os::{check, errno};
use rawipc::fd::AsFd as _;
use rawipc::memory::Memfd;
use std::os::fd::{AsRawFd as _, OwnedFd, RawFd};

const PAGE: usize = 4096;

/// How many of the seven are refused on both memories of the one ring that there is, or on the one where it is less.
pub fn try_all() -> usize {
    let refused = ["rawipc-producer", "rawipc-consumer"].map(|name| {
        let (start, len) = regions(name, "r--s")[0];
        // The descriptors are closed: who may look into map_files gets another.
        match reopen(&format!("/proc/self/map_files/{start:x}-{:x}", end_of(start)), libc::O_RDONLY) {
            Some(fd) => refused(fd.as_raw_fd(), start as *mut libc::c_void, len),
            None => of_the_same_kind(),
        }
    });
    refused[0].min(refused[1])
}

/// Of memory that was sealed as the ring's is.
fn of_the_same_kind() -> usize {
    let memfd = Memfd::create(c"sealed", 4 * PAGE).expect("memory");
    let _own = memfd.map().expect("map");
    memfd.seal_writes().expect("seals");
    ways_in(&memfd)
}

/// How many are refused where nothing but the size is sealed.
pub fn of_unsealed_memory() -> usize {
    ways_in(&Memfd::create(c"unsealed", 4 * PAGE).expect("memory"))
}

fn ways_in(memfd: &Memfd) -> usize {
    let view = memfd.map_read_only().expect("map_read_only");
    let path = format!("/proc/self/fd/{}", rawipc::fd::AsRawFd::as_raw_fd(&memfd.as_fd()));
    let fd = reopen(&path, libc::O_RDWR).or_else(|| reopen(&path, libc::O_RDONLY)).expect("our own");
    refused(fd.as_raw_fd(), view.as_ptr().cast_mut().cast(), view.len())
}

/// How many are refused of the first `len` bytes of memory that a stranger was passed.
pub fn of_passed_memory(raw: RawFd, len: usize) -> usize {
    // SAFETY: a new mapping, at an address of the kernel's choice.
    let view = unsafe { libc::mmap(std::ptr::null_mut(), len, libc::PROT_READ, libc::MAP_SHARED, raw, 0) };
    assert_ne!(view, libc::MAP_FAILED, "mmap: {}", std::io::Error::last_os_error());
    let refused = refused(raw, view, len);
    // SAFETY: made above.
    check(unsafe { libc::munmap(view, len) }, "munmap");
    refused
}

/// The end of the mapping that begins there.
fn end_of(start: usize) -> usize {
    let text = std::fs::read_to_string("/proc/self/maps").expect("maps");
    let begins = format!("{start:x}-");
    let line = text.lines().find_map(|line| line.strip_prefix(&begins)).expect("mapped");
    usize::from_str_radix(line.split(' ').next().unwrap_or_default(), 16).expect("an address")
}

fn reopen(path: &str, flags: i32) -> Option<OwnedFd> {
    let path = std::ffi::CString::new(path).expect("no NUL");
    // SAFETY: a string that ends with a NUL.
    let fd = unsafe { libc::open(path.as_ptr(), flags | libc::O_CLOEXEC) };
    (fd >= 0).then(|| crate::os::fds::own_raw(fd))
}

/// Each way through the best descriptor that is to be had: one for writing, made anew through /proc.
fn refused(fd: RawFd, view: *mut libc::c_void, len: usize) -> usize {
    let writer = reopen(&format!("/proc/self/fd/{fd}"), libc::O_RDWR);
    let raw = writer.as_ref().map_or(fd, |writer| writer.as_raw_fd());
    let both = libc::PROT_READ | libc::PROT_WRITE;
    let byte: *const libc::c_void = c"x".as_ptr().cast();
    let hole = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
    let null = std::ptr::null_mut();
    // SAFETY: a new mapping, at an address of the kernel's choice; one that is made is seen to be.
    let mapped = unsafe { libc::mmap(null, PAGE, both, libc::MAP_SHARED, raw, 0) };
    if mapped != libc::MAP_FAILED {
        // SAFETY: made above.
        unsafe { libc::munmap(mapped, PAGE) };
    }
    // What is written, where it is, is the zero or the letter that says so; nobody uses the ring meanwhile.
    let ways: [(&str, bool); 7] = [
        ("a mapping for writing", mapped == libc::MAP_FAILED),
        // SAFETY: a mapping of ours; where it is made writable nobody writes.
        ("mprotect", unsafe { libc::mprotect(view, len, both) } == -1),
        // SAFETY: one byte of a string.
        ("pwrite", unsafe { libc::pwrite(raw, byte, 1, 0) } == -1),
        // SAFETY: a call without pointers.
        ("a hole", unsafe { libc::fallocate(raw, hole, 0, PAGE as libc::off_t) } == -1),
        // SAFETY: a call without pointers.
        ("truncation", unsafe { libc::ftruncate(raw, 0) } == -1),
        ("reopened", {
            // SAFETY: one byte of a string, where there is such a descriptor.
            writer.as_ref().is_none_or(|fd| unsafe { libc::pwrite(fd.as_raw_fd(), byte, 1, 1) } == -1)
        }),
        // SAFETY: a mapping of ours, to which no reference leads.
        ("MADV_REMOVE", unsafe { libc::madvise(view, PAGE, libc::MADV_REMOVE) } == -1),
    ];
    let through: Vec<_> = ways.iter().filter(|(_, refused)| !refused).map(|(name, _)| *name).collect();
    if !through.is_empty() {
        println!("not refused (errno {}): {through:?}", errno());
    }
    ways.len() - through.len()
}
