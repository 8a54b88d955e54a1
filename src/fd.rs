//! Our descriptor: known to be ≥ 0, closed on drop, to and from rustix's, std's and C's.
//!
//! rustix's own types, without std, assert at each use that the number is not −1, and the optimiser cannot know
//! better; ours says so once and for all, which takes the panic path out of every send and receive.

use crate::error::{Call, Error, Named, Result};
use crate::sys;
use crate::sys::made::Made;
use core::fmt;
use core::hint::assert_unchecked;
use core::mem::ManuallyDrop;
use rustix::fs::OFlags;
use rustix::io::{DupFlags, Errno, FdFlags};

pub use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use rustix::fd::{FromRawFd, IntoRawFd};
pub use rustix::fs::CWD;

/// An open descriptor that we own: a C `int`, never negative, closed on drop.
///
/// With the feature `std`, [`OwnedFd`] and [`AsFd`] are the standard library's.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
///
/// # References
/// [close(2)](https://man7.org/linux/man-pages/man2/close.2.html): never retried, whatever it returns.
#[repr(transparent)]
pub struct Fd(RawFd);

/// The three descriptors that every program is born with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Stdio {
    /// Standard input, 0.
    In = 0,
    /// Standard output, 1.
    Out = 1,
    /// Standard error, 2.
    Err = 2,
}

impl Fd {
    /// Takes over a descriptor from C, from `fork`'s parent or from a command line.
    ///
    /// # Errors
    /// `EBADF` for a negative number, before any syscall.
    ///
    /// # Safety
    /// Nothing else in this process closes `raw` or counts on owning it.
    ///
    /// # Examples
    /// ```
    /// use rawipc::{Errno, fd::Fd};
    /// // SAFETY: −1 is owned by nobody.
    /// let refused = unsafe { Fd::from_raw(-1) }.unwrap_err();
    /// assert_eq!(refused.errno(), Errno::BADF);
    /// ```
    #[inline]
    pub unsafe fn from_raw(raw: RawFd) -> Result<Self> {
        if raw < 0 {
            return Err(Error::argument(Call::FCNTL, Errno::BADF));
        }
        Ok(Fd(raw))
    }

    /// The number, still ours to close.
    #[inline]
    pub fn as_raw(&self) -> RawFd {
        self.0
    }

    /// The number, now the caller's to close.
    #[inline]
    pub fn into_raw(self) -> RawFd {
        ManuallyDrop::new(self).0
    }

    /// `fcntl(self, F_DUPFD_CLOEXEC, 3)` — a second descriptor of the same open file description.
    ///
    /// Both share flags such as `O_NONBLOCK`, and the object lives until both are closed: a pipe has no end of
    /// file while a forgotten copy of its write end is open.
    ///
    /// # Errors
    /// `EMFILE`: RLIMIT_NOFILE is reached.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `fcntl` |
    ///
    /// # References
    /// [fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html)
    pub fn try_clone(&self) -> Result<Fd> {
        sys::made::dup_cloexec(self.as_fd(), 3).map(Fd::from)
    }

    /// Makes this descriptor the standard input, output or error of the program that is exec'd next.
    ///
    /// For use between fork and exec. The copy is blocking and survives exec, as any program expects of its
    /// standard streams; this descriptor itself is closed. What is blocking is the open file description: whoever
    /// shares it, a parent that did not drop this end among them, finds `O_NONBLOCK` cleared, and a pipe's or a
    /// listener's calls can then wait beyond their deadline.
    ///
    /// What had the number before is closed. In a program that was started without its standard streams, that may
    /// be another descriptor of ours: [`try_clone`](Self::try_clone) gives one above them.
    ///
    /// # Errors
    /// What `fcntl` and `dup3` say; the descriptor is closed all the same.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `fcntl` `fcntl` `dup3` `close` |
    /// | already that number | `fcntl` `fcntl` `fcntl` |
    /// | not open; already that number, not open | `fcntl` `close` |
    ///
    /// # References
    /// [dup(2)](https://man7.org/linux/man-pages/man2/dup.2.html)
    pub fn hand_over_as(self, stdio: Stdio) -> Result<()> {
        if self.0 == stdio as RawFd {
            self.inherit()?;
            let _ = self.into_raw(); // it is the standard stream now, nobody's to close
            return Ok(());
        }
        self.set_blocking()?;
        // SAFETY: a standard stream, which no owner in this process closes; `ManuallyDrop` keeps us from it too.
        let mut stream = ManuallyDrop::new(unsafe { OwnedFd::from_raw_fd(stdio as RawFd) });
        rustix::io::dup3(&self, &mut stream, DupFlags::empty()).named(Call::DUP3)
    }

    /// Lets a program that is exec'd next keep this descriptor, blocking, under the number it has. As with
    /// [`hand_over_as`](Self::hand_over_as), whoever shares the open file description finds it blocking.
    ///
    /// # Errors
    /// What `fcntl` says.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `fcntl` `fcntl` `fcntl` |
    /// | not open | `fcntl` |
    pub fn inherit(&self) -> Result<()> {
        self.set_blocking()?;
        rustix::io::fcntl_setfd(self, FdFlags::empty()).named(Call::FCNTL)
    }

    /// Two `fcntl`: reads the status flags and clears `O_NONBLOCK` among them.
    fn set_blocking(&self) -> Result<()> {
        let flags = self.status_flags()?;
        self.set_status_flags(flags.difference(OFlags::NONBLOCK))
    }

    /// `fcntl(F_GETFL)`: access mode and status flags.
    pub(crate) fn status_flags(&self) -> Result<OFlags> {
        rustix::fs::fcntl_getfl(self).named(Call::FCNTL)
    }

    /// `fcntl(F_SETFL)`.
    pub(crate) fn set_status_flags(&self, flags: OFlags) -> Result<()> {
        rustix::fs::fcntl_setfl(self, flags).named(Call::FCNTL)
    }
}

impl AsFd for Fd {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        // SAFETY: no constructor lets a negative number in.
        unsafe { assert_unchecked(self.0 >= 0) };
        // SAFETY: open for as long as `self` lives, and not −1 by the line above.
        unsafe { BorrowedFd::borrow_raw(self.0) }
    }
}

impl Drop for Fd {
    #[inline]
    fn drop(&mut self) {
        sys::close(self.0);
    }
}

impl From<Made> for Fd {
    #[inline]
    fn from(made: Made) -> Fd {
        Fd(made.into_raw())
    }
}

impl From<OwnedFd> for Fd {
    #[inline]
    fn from(fd: OwnedFd) -> Fd {
        Fd(fd.into_raw_fd())
    }
}

impl From<Fd> for OwnedFd {
    #[inline]
    fn from(fd: Fd) -> OwnedFd {
        let raw = fd.into_raw();
        // SAFETY: no constructor lets a negative number in.
        unsafe { assert_unchecked(raw >= 0) };
        // SAFETY: open, and given up by `fd`.
        unsafe { OwnedFd::from_raw_fd(raw) }
    }
}

impl fmt::Debug for Fd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fd({})", self.0)
    }
}
