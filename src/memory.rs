//! Mapped memory: named by inheritance, by a descriptor, or by a path.
//!
//! | what | named by | trust |
//! |------|----------|-------|
//! | [`Map::anonymous`] | inheritance over fork | the size is fixed; no seals: whoever inherits it writes everywhere |
//! | [`Memfd`] | a descriptor, inherited or sent over a socket | the size is sealed; [`seal_writes`](Memfd::seal_writes) leaves writing to the mappings that are there |
//! | [`File`] | a path | whoever may open it for writing can truncate it, and then an access raises SIGBUS |
//!
//! A process that shares memory can change any of it at any time. So nothing here ever gives a `&[u8]` or a `&T`
//! into it: bytes are copied out, once, into memory that is the reader's own, and judged there; words that both
//! sides write are atomics. What is out of range is an error, before any access.

#[allow(unsafe_code)]
mod copy;
mod file;
#[allow(unsafe_code)]
mod map;
mod memfd;

use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, Fd};
use rustix::fs::{FallocateFlags, Stat};

pub use file::File;
pub use map::{Map, ReadOnlyMap};
pub use memfd::Memfd;

/// No program can have more than this mapped: half of 32 bits, or the 47 bits that Linux gives a program unless it
/// asks for more. Without the bound the kernel would go and look for the memory of a memfd, until it kills.
const LEN_MAX: usize = if usize::BITS == 32 { isize::MAX as usize } else { 1 << 47 };

/// No mapping is empty, and none is longer than an address space.
fn check_len(len: usize, call: Call) -> Result<()> {
    if len == 0 || len > LEN_MAX { Err(Error::argument(call, Errno::INVAL)) } else { Ok(()) }
}

/// Makes the file `len` bytes long with memory behind each of them, so that no access finds none (SIGBUS).
fn reserve(fd: &Fd, len: usize) -> Result<()> {
    loop {
        match rustix::fs::fallocate(fd.as_fd(), FallocateFlags::empty(), 0, len as u64) {
            Err(Errno::INTR) => {}
            answer => return answer.named(Call::FALLOCATE),
        }
    }
}

/// The length that someone else gave the file.
fn len_of(stat: &Stat) -> Result<usize> {
    match usize::try_from(stat.st_size) {
        Ok(0) => Err(Error::peer(Call::FSTAT, Errno::NODATA)),
        Ok(len) if len <= isize::MAX as usize => Ok(len),
        _ => Err(Error::peer(Call::FSTAT, Errno::FBIG)),
    }
}
