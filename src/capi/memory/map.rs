//! Memory that is mapped, to read and to write, or to read alone.

use core::ffi::{c_int, c_void};
use core::sync::atomic::{AtomicU32, AtomicU64};

use rawipc::memory::{Map, ReadOnlyMap};
use rawipc::{Call, Result};

use crate::arg::Args;
use crate::error::{length, rawipc_error, status};
use crate::handle::holds;
use crate::ssize_t;

const MEMORY: Args = Args(Call::MEMORY);
const UNMAP: Args = Args(Call::MUNMAP);

/// Memory that is shared with other processes, to read and to write. A handle.
///
/// A child of fork has it at the same address, and unmaps it for itself; a program that is exec'd does not have it.
#[repr(C)]
pub struct rawipc_map {
    opaque: [u64; 4],
}

holds!(rawipc_map, Map, *b"map     ");
crate::layout!(rawipc_map: 32);

/// Memory that is shared with other processes, to read alone. A handle.
#[repr(C)]
pub struct rawipc_read_only_map {
    opaque: [u64; 4],
}

holds!(rawipc_read_only_map, ReadOnlyMap, *b"mapread ");
crate::layout!(rawipc_read_only_map: 32);

/// Maps memory without a name, all zero, which processes share that are forked from now on.
///
/// Memory is found for a page when it is first touched: where the kernel has none left then, it kills. A memfd is
/// told of that at its creation.
///
/// @param map  gets the mapping
/// @return 0, or -errno
/// @par Errors
/// EINVAL: len is 0, or more than an address space holds. ENOMEM: the kernel will not have it.
/// @par Ownership
/// The caller's, until rawipc_map_close().
/// @rust memory::Map::anonymous
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_map_anonymous(
    map: *mut rawipc_map,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let made = unsafe { Args(Call::MMAP).empty(map) }
        .and_then(|empty| Map::anonymous(len).map(|value| empty.set(value)));
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// The bytes that are mapped.
///
/// @return how many, or -errno
/// @rust memory::Map::len
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_map_length(map: *const rawipc_map, error: *mut rawipc_error) -> ssize_t {
    // SAFETY: the caller's handle.
    let len = unsafe { MEMORY.value_ref(map) }.map(Map::len);
    // SAFETY: the caller's error.
    unsafe { length(len, error) }
}

/// Where the mapping lies in this process.
///
/// What is read through the pointer can change between two reads, and a compiler may read twice: judge copies.
///
/// @return the first byte; NULL where map is no mapping
/// @rust memory::Map::as_ptr
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_map_address(map: *const rawipc_map) -> *mut c_void {
    // SAFETY: the caller's handle.
    unsafe { MEMORY.value_ref(map) }.map_or(core::ptr::null_mut(), |map| map.as_ptr().cast())
}

/// Copies bytes out of the mapping, each read once. A peer that writes meanwhile makes them a mixture of old and new.
///
/// @param offset  of the first byte, in the mapping
/// @param buf     gets len bytes
/// @return 0, or -errno
/// @par Errors
/// ERANGE: they do not all lie in the mapping; nothing is read then.
/// @rust memory::Map::read
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_map_read(
    map: *const rawipc_map,
    offset: usize,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let read = (|| {
        // SAFETY: the caller's handle.
        let map = unsafe { MEMORY.value_ref(map) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { MEMORY.buffer(buf, len) }?;
        map.read(offset, buf)
    })();
    // SAFETY: the caller's error.
    unsafe { status(read, error) }
}

/// Copies bytes into the mapping.
///
/// @param offset  where they go
/// @return 0, or -errno
/// @par Errors
/// ERANGE: they would not all lie in the mapping; nothing is written then.
/// @rust memory::Map::write
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_map_write(
    map: *const rawipc_map,
    offset: usize,
    bytes: *const c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let written = (|| {
        // SAFETY: the caller's handle.
        let map = unsafe { MEMORY.value_ref(map) }?;
        // SAFETY: the caller's bytes.
        let bytes = unsafe { MEMORY.bytes(bytes, len) }?;
        map.write(offset, bytes)
    })();
    // SAFETY: the caller's error.
    unsafe { status(written, error) }
}

/// A word that every process which has the mapping may read and write: for C's `_Atomic` operations.
///
/// @param offset  a multiple of 4
/// @param word    gets its address, good for as long as the mapping is
/// @return 0, or -errno
/// @par Errors
/// ERANGE: it does not lie in the mapping. EINVAL: offset is no multiple of 4.
/// @rust memory::Map::atomic_u32
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_map_atomic_u32(
    map: *const rawipc_map,
    offset: usize,
    word: *mut *mut u32,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle and output.
    let found = unsafe { word_at(map, word, |map| map.atomic_u32(offset).map(AtomicU32::as_ptr)) };
    // SAFETY: the caller's error.
    unsafe { status(found, error) }
}

/// A double word that every process which has the mapping may read and write: for C's `_Atomic` operations.
///
/// @param offset  a multiple of 8
/// @param word    gets its address, good for as long as the mapping is
/// @return 0, or -errno
/// @par Errors
/// ERANGE: it does not lie in the mapping. EINVAL: offset is no multiple of 8.
/// @rust memory::Map::atomic_u64
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_map_atomic_u64(
    map: *const rawipc_map,
    offset: usize,
    word: *mut *mut u64,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle and output.
    let found = unsafe { word_at(map, word, |map| map.atomic_u64(offset).map(AtomicU64::as_ptr)) };
    // SAFETY: the caller's error.
    unsafe { status(found, error) }
}

/// Unmaps the memory. Pointers into it are good no longer.
///
/// @return 0, or -errno
/// @rust memory::Map
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_map_close(map: *mut rawipc_map, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's handle.
    let closed = unsafe { UNMAP.taken(map) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}

/// The bytes that are mapped.
///
/// @return how many, or -errno
/// @rust memory::ReadOnlyMap::len
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_read_only_map_length(
    map: *const rawipc_read_only_map,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's handle.
    let len = unsafe { MEMORY.value_ref(map) }.map(ReadOnlyMap::len);
    // SAFETY: the caller's error.
    unsafe { length(len, error) }
}

/// Where the mapping lies in this process; as rawipc_map_address().
///
/// @return the first byte; NULL where map is no mapping
/// @rust memory::ReadOnlyMap::as_ptr
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_read_only_map_address(map: *const rawipc_read_only_map) -> *const c_void {
    // SAFETY: the caller's handle.
    unsafe { MEMORY.value_ref(map) }.map_or(core::ptr::null(), |map| map.as_ptr().cast())
}

/// Copies bytes out of the mapping; as rawipc_map_read().
///
/// @param offset  of the first byte, in the mapping
/// @param buf     gets len bytes
/// @return 0, or -errno
/// @par Errors
/// ERANGE: they do not all lie in the mapping; nothing is read then.
/// @rust memory::ReadOnlyMap::read
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_read_only_map_read(
    map: *const rawipc_read_only_map,
    offset: usize,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let read = (|| {
        // SAFETY: the caller's handle.
        let map = unsafe { MEMORY.value_ref(map) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { MEMORY.buffer(buf, len) }?;
        map.read(offset, buf)
    })();
    // SAFETY: the caller's error.
    unsafe { status(read, error) }
}

/// Loads a word, once: what its writer wrote before a release store of it is seen by whatever is read next.
///
/// @param offset  a multiple of 4
/// @param value   gets the word
/// @return 0, or -errno
/// @par Errors
/// ERANGE: it does not lie in the mapping. EINVAL: offset is no multiple of 4.
/// @rust memory::ReadOnlyMap::load_u32
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_read_only_map_load_u32(
    map: *const rawipc_read_only_map,
    offset: usize,
    value: *mut u32,
    error: *mut rawipc_error,
) -> c_int {
    let loaded = (|| {
        // SAFETY: the caller's handle.
        let map = unsafe { MEMORY.value_ref(map) }?;
        // SAFETY: the caller's output.
        let value = unsafe { MEMORY.output(value) }?;
        map.load_u32(offset).map(|word| value.set(word))
    })();
    // SAFETY: the caller's error.
    unsafe { status(loaded, error) }
}

/// Unmaps the memory. Pointers into it are good no longer.
///
/// @return 0, or -errno
/// @rust memory::ReadOnlyMap
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_read_only_map_close(
    map: *mut rawipc_read_only_map,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let closed = unsafe { UNMAP.taken(map) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}

/// # Safety
/// `map` is NULL or a handle, `word` NULL or memory for a pointer.
unsafe fn word_at<T>(
    map: *const rawipc_map,
    word: *mut *mut T,
    find: impl FnOnce(&Map) -> Result<*mut T>,
) -> Result<()> {
    // SAFETY: by the caller.
    let map = unsafe { MEMORY.value_ref(map) }?;
    // SAFETY: by the caller.
    let word = unsafe { MEMORY.output(word) }?;
    find(map).map(|found| word.set(found))
}
