//! The two ends as raw bytes, and what they have in common.

mod read_end;
mod write_end;

use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::Fd;
use rustix::fs::{FileType, OFlags};

pub use read_end::ReadEnd;
pub use write_end::WriteEnd;

/// Checks that `fd` is a pipe or FIFO, open in a mode other than `wrong_mode`, and sets the status flags `wanted`.
pub(super) fn attach(fd: &Fd, wrong_mode: OFlags, wanted: OFlags) -> Result<()> {
    let stat = rustix::fs::fstat(fd).named(Call::FSTAT)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::Fifo {
        return Err(Error::argument(Call::FSTAT, Errno::PROTOTYPE));
    }
    let flags = fd.status_flags()?;
    if flags.intersection(OFlags::RWMODE) == wrong_mode {
        return Err(Error::argument(Call::FCNTL, Errno::BADF));
    }
    if !flags.contains(wanted) {
        fd.set_status_flags(flags.union(wanted))?;
    }
    Ok(())
}

fn capacity(fd: &Fd) -> Result<usize> {
    rustix::pipe::fcntl_getpipe_size(fd).named(Call::FCNTL)
}

fn set_capacity(fd: &Fd, bytes: usize) -> Result<usize> {
    // The kernel takes an unsigned int and refuses what rounds up above 2³¹; so do we, before it is cut.
    if bytes > 1 << 31 {
        return Err(Error::argument(Call::FCNTL, Errno::INVAL));
    }
    rustix::pipe::fcntl_setpipe_size(fd, bytes).named(Call::FCNTL)
}
