//! Mapped memory: named by inheritance, by a descriptor, or by a path.
//!
//! | what | named by | trust |
//! |------|----------|-------|
//! | [`Map::anonymous`] | inheritance over fork | the size is fixed; no seals: whoever inherits it writes everywhere |
//! | [`Memfd`] | a descriptor, inherited or sent over a socket | the size is sealed; [`seal_writes`](Memfd::seal_writes) leaves writing to the mappings that are there |
//! | [`File`] | a path | whoever may open it for writing can truncate it, and then an access raises SIGBUS |
//!
//! A process that shares memory can change any of it at any time. So nothing public here ever gives a `&[u8]` or a
//! `&T` into it: bytes are copied out, once, into memory that is the reader's own, and judged there; words that both
//! sides write are atomics. What is out of range is an error, before any access.

#[allow(unsafe_code)]
mod circle;
#[allow(unsafe_code)]
mod copy;
mod file;
#[allow(unsafe_code)]
mod map;
#[allow(unsafe_code)]
mod mark;
mod memfd;

use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, Fd};
use rustix::fs::{FallocateFlags, Stat};

pub(crate) use circle::{Circle, CircleView};
pub use file::File;
pub use map::{Map, ReadOnlyMap};
pub(crate) use mark::ForkMark;
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
    in_pieces(len, |offset, len| {
        rustix::fs::fallocate(fd.as_fd(), FallocateFlags::empty(), offset as u64, len as u64)
    })
    .named(Call::FALLOCATE)
}

/// Asks for `len` bytes at once, and for half of that after each `EINTR`.
///
/// Many a kernel that is interrupted gives back all that the call had found: under a timer that is faster than the
/// whole takes, asking for the whole again would never end.
fn in_pieces(
    len: usize,
    mut ask: impl FnMut(usize, usize) -> core::result::Result<(), Errno>,
) -> core::result::Result<(), Errno> {
    let (mut done, mut piece) = (0_usize, len);
    let mut tries = TRIES;
    while done < len {
        let next = piece.min(len.saturating_sub(done));
        match ask(done, next) {
            Ok(()) => done = done.saturating_add(next),
            Err(Errno::INTR) if tries > 0 => {
                tries = tries.saturating_sub(1);
                piece = (next / 2).max(PIECE_MIN) & !(PIECE_MIN - 1);
            }
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// Interruptions, all in all, after which it is not for want of time that the memory cannot be had.
const TRIES: u32 = 1000;

/// A multiple of every page, and found in no time.
const PIECE_MIN: usize = 1 << 16;

/// The length that someone else gave the file.
fn len_of(stat: &Stat) -> Result<usize> {
    match usize::try_from(stat.st_size) {
        Ok(0) => Err(Error::peer(Call::FSTAT, Errno::NODATA)),
        Ok(len) if len <= isize::MAX as usize => Ok(len),
        _ => Err(Error::peer(Call::FSTAT, Errno::FBIG)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn what_is_interrupted_each_time_is_had_in_pieces() {
        let len = (1 << 20) + 5000;
        // A kernel that finds 100,000 bytes between two signals, and forgets them at the second.
        let mut found = Vec::new();
        let mut asked = 0;
        let answer = in_pieces(len, |offset, len| {
            asked += 1;
            assert!(asked < 100, "without end");
            if len > 100_000 {
                return Err(Errno::INTR);
            }
            found.push((offset, len));
            Ok(())
        });
        assert_eq!(answer, Ok(()));
        let mut end = 0;
        for (offset, len) in found {
            assert_eq!((offset, offset % PIECE_MIN), (end, 0));
            end += len;
        }
        assert_eq!(end, len);
    }

    #[test]
    fn what_is_let_be_is_had_at_once() {
        let mut asked = Vec::new();
        let ask = |offset, len| {
            asked.push((offset, len));
            if asked.len() == 1 { Ok(()) } else { Err(Errno::NOSPC) }
        };
        assert_eq!(in_pieces(7, ask), Ok(()));
        assert_eq!(asked, [(0, 7)]);
        assert_eq!(in_pieces(7, |_, _| Err(Errno::NOSPC)), Err(Errno::NOSPC));
    }
}
