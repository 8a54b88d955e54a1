//! What went wrong: which syscall said no, and why.

mod text;

use core::fmt;
use core::num::NonZeroU64;

pub use rustix::io::Errno;

/// The result of every fallible operation here.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Which syscall said no, and why.
///
/// Eight bytes, `Copy`, returned in a register: [`call`](Error::call) and [`errno`](Error::errno) say what
/// happened, [`origin`](Error::origin) says who found it, [`needed`](Error::needed) carries the length that a
/// buffer too small was short of.
///
/// # Examples
/// ```
/// use rawipc::{Errno, Origin, Sender, Wait, pipe};
///
/// let (_receiver, mut sender) = pipe::packet_pair()?;
/// let e = sender.send(b"", Wait::FOREVER).unwrap_err();
/// assert_eq!((e.errno(), e.origin()), (Errno::INVAL, Origin::Argument));
/// assert_eq!(e.to_string(), "pwritev2: EINVAL (refused before the call)");
/// # Ok::<(), rawipc::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Error(NonZeroU64);

// errno in bits 0..12, call in 16..24, origin in 24..26, a bit that is always set in 31, needed in 32..64.
const ERRNO_MASK: u64 = 0xfff; // the kernel's errors are 1 to 4095
const CALL_SHIFT: u32 = 16;
const ORIGIN_SHIFT: u32 = 24;
const ALWAYS: u64 = 1 << 31;
const NEEDED_SHIFT: u32 = 32;

/// Who found that something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Origin {
    /// The kernel answered the call with this errno.
    Kernel = 0,
    /// The arguments were refused, before any syscall that they were for; the call is that one. A receive out of a
    /// buffer of its own ([`frame`](crate::frame)) may have filled that before it finds the caller's too small.
    Argument = 1,
    /// What the peer sent, or put into shared memory, was judged and found wrong.
    Peer = 2,
    /// A wait ended at its deadline (`ETIMEDOUT`), or was over before it began.
    Deadline = 3,
}

impl Error {
    #[inline]
    const fn pack(call: Call, errno: u64, origin: Origin, needed: u32) -> Self {
        let bits = ALWAYS
            | (errno & ERRNO_MASK)
            | (call.0 as u64) << CALL_SHIFT
            | (origin as u64) << ORIGIN_SHIFT
            | (needed as u64) << NEEDED_SHIFT;
        match NonZeroU64::new(bits) {
            Some(bits) => Error(bits),
            None => Error(NonZeroU64::MIN), // not reached: ALWAYS is set
        }
    }

    /// The kernel answered `call` with `errno`.
    ///
    /// This and the next three are for channels of your own that are built on these.
    #[inline]
    pub const fn kernel(call: Call, errno: Errno) -> Self {
        Self::pack(call, errno.raw_os_error() as u64, Origin::Kernel, 0)
    }

    /// The kernel answered `call` with the errno of this number.
    #[inline]
    pub(crate) const fn kernel_raw(call: Call, errno: usize) -> Self {
        Self::pack(call, errno as u64, Origin::Kernel, 0)
    }

    /// Arguments meant for `call` were refused; no syscall was made.
    #[inline]
    pub const fn argument(call: Call, errno: Errno) -> Self {
        Self::pack(call, errno.raw_os_error() as u64, Origin::Argument, 0)
    }

    /// What came through `call` from the peer is wrong.
    #[inline]
    pub const fn peer(call: Call, errno: Errno) -> Self {
        Self::pack(call, errno.raw_os_error() as u64, Origin::Peer, 0)
    }

    /// A wait in `call` is over.
    #[inline]
    pub const fn deadline(call: Call) -> Self {
        Self::pack(call, Errno::TIMEDOUT.raw_os_error() as u64, Origin::Deadline, 0)
    }

    /// The same error, with the length that would have been enough (saturating at 4 GiB − 1).
    #[must_use]
    #[cfg_attr(not(shared), inline)]
    #[cfg_attr(shared, inline(never))]
    pub const fn with_needed(self, needed: usize) -> Self {
        let needed = if needed > u32::MAX as usize { u32::MAX } else { needed as u32 };
        Self::pack(self.call(), self.number(), self.origin(), needed)
    }

    /// The syscall that failed, or that the refused arguments were meant for.
    #[inline]
    pub const fn call(self) -> Call {
        Call((self.0.get() >> CALL_SHIFT) as u8)
    }

    /// Why, as an errno.
    // The crate itself asks `is`: rustix asserts the range of a number that becomes an `Errno`, and the optimiser
    // sees that it holds where it knows nothing else of the number, so nowhere but out of line.
    #[inline(never)]
    pub const fn errno(self) -> Errno {
        match self.number() {
            0 => Errno::IO, // not reached: nobody makes an error of 0
            errno => Errno::from_raw_os_error(errno as i32),
        }
    }

    /// Who found it: the kernel, our check of the arguments, our check of what the peer did, or the clock.
    #[inline]
    pub const fn origin(self) -> Origin {
        match (self.0.get() >> ORIGIN_SHIFT) & 3 {
            0 => Origin::Kernel,
            1 => Origin::Argument,
            2 => Origin::Peer,
            _ => Origin::Deadline,
        }
    }

    /// With `EMSGSIZE`: from a receive, the bytes a buffer needs for the message that waits; from a send, the
    /// largest message this end takes. With `EBADMSG`: the length of a message above the limit, where the kernel
    /// told it. With `E2BIG` and `EMFILE` from a receive with descriptors: the length of the message, whose bytes are
    /// in the buffer while what came with it is closed. `None` for every other error.
    #[inline]
    pub const fn needed(self) -> Option<usize> {
        match (self.0.get() >> NEEDED_SHIFT) as usize {
            0 => None,
            n => Some(n),
        }
    }

    /// The errno's number.
    #[inline]
    pub(crate) const fn number(self) -> u64 {
        self.0.get() & ERRNO_MASK
    }

    /// Whether the errno is this one.
    #[inline]
    pub(crate) const fn is(self, errno: Errno) -> bool {
        self.number() == errno.raw_os_error() as u64
    }

    /// Nothing there yet, or no room yet: a non-blocking twin said so.
    #[inline]
    pub(crate) const fn is_again(self) -> bool {
        self.is(Errno::AGAIN)
    }

    /// Nothing came of it, and it may be tried again: so far nothing was there, or a signal came first.
    #[inline]
    pub(crate) const fn is_unsettled(self) -> bool {
        self.is_again() || self.is(Errno::INTR)
    }
}

/// Names the call that a rustix result came from.
pub(crate) trait Named<T> {
    fn named(self, call: Call) -> Result<T>;
}

impl<T> Named<T> for rustix::io::Result<T> {
    #[inline]
    fn named(self, call: Call) -> Result<T> {
        match self {
            Ok(v) => Ok(v),
            Err(errno) => Err(refused(call, errno)),
        }
    }
}

/// Out of line, so that where the call went well nothing is computed for the case that it did not.
#[cold]
#[inline(never)]
fn refused(call: Call, errno: Errno) -> Error {
    Error::kernel(call, errno)
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl core::error::Error for Error {}

/// A syscall, by its kernel name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Call(u8);

macro_rules! calls {
    ($($konst:ident $name:literal),+ $(,)?) => {
        #[repr(u8)]
        enum Index { $($konst),+ }

        impl Call {
            $(#[doc = concat!("`", $name, "`")] pub const $konst: Call = Call(Index::$konst as u8);)+

            /// How many there are.
            pub(crate) const COUNT: usize = [$(Index::$konst),+].len();
        }

        /// One after the other: a table of pointers is more, and each of them the loader's work.
        const NAMES: &str = concat!($($name, "\0"),+);
    };
}

#[expect(
    clippy::upper_case_acronyms,
    non_camel_case_types,
    reason = "the names of the constants they number"
)]
mod table {
    use super::Call;
    use core::ffi::CStr;

    calls! {
        ACCEPT4 "accept4", BIND "bind", CLOCK_GETTIME "clock_gettime", CLOSE "close", CONNECT "connect",
        DUP3 "dup3", EPOLL_CREATE1 "epoll_create1", EPOLL_CTL "epoll_ctl", EPOLL_PWAIT "epoll_pwait",
        EPOLL_PWAIT2 "epoll_pwait2", EVENTFD2 "eventfd2", EXIT "exit", EXIT_GROUP "exit_group", FALLOCATE "fallocate", FCHMOD "fchmod",
        FCNTL "fcntl", FLOCK "flock", FSTAT "fstat", FSTATFS "fstatfs", FTRUNCATE "ftruncate", GETDENTS64 "getdents64",
        GETEUID "geteuid", GETPID "getpid", GETSOCKNAME "getsockname", GETSOCKOPT "getsockopt", IOCTL "ioctl",
        LISTEN "listen", MADVISE "madvise", MEMBARRIER "membarrier", MEMFD_CREATE "memfd_create", MKNODAT "mknodat", MMAP "mmap",
        MPROTECT "mprotect", MUNMAP "munmap", NEWFSTATAT "newfstatat", OPENAT "openat", PIPE2 "pipe2",
        PPOLL "ppoll", PRCTL "prctl", PREADV2 "preadv2", PWRITEV2 "pwritev2", READ "read",
        READLINKAT "readlinkat", RECVFROM "recvfrom", RECVMSG "recvmsg", RENAMEAT2 "renameat2", RESTART_SYSCALL "restart_syscall",
        RT_SIGPENDING "rt_sigpending", RT_SIGPROCMASK "rt_sigprocmask", RT_SIGRETURN "rt_sigreturn",
        RT_SIGTIMEDWAIT "rt_sigtimedwait", SCHED_YIELD "sched_yield", SECCOMP "seccomp", SENDMSG "sendmsg",
        SENDTO "sendto", SETSOCKOPT "setsockopt", SHUTDOWN "shutdown", SOCKET "socket",
        SOCKETPAIR "socketpair", STATX "statx", UNLINKAT "unlinkat", WRITE "write", WRITEV "writev",
        // No syscall at all: a word or a position read from shared memory.
        MEMORY "memory",
        // No syscall at all: packing and unpacking of a remote call.
        RPC "rpc",
    }

    impl Call {
        /// The kernel's name of the call, as strace prints it.
        ///
        /// ```
        /// assert_eq!(rawipc::Call::PIPE2.name(), "pipe2");
        /// ```
        pub fn name(self) -> &'static str {
            self.c_name().to_str().unwrap_or("unknown")
        }

        /// The same for C: it ends with a NUL.
        pub fn c_name(self) -> &'static CStr {
            let mut rest = NAMES.as_bytes();
            for _ in 0..self.0 {
                let end = rest.iter().position(|byte| *byte == 0).unwrap_or(0);
                rest = rest.get(end.saturating_add(1)..).unwrap_or(&[]);
            }
            CStr::from_bytes_until_nul(rest).unwrap_or(c"unknown")
        }

        /// The number that stands for the call in C's `rawipc_error`. It holds within one version of the library.
        #[inline]
        pub const fn number(self) -> u8 {
            self.0
        }

        /// The call of this [`number`](Self::number), or `None` where it is of no call.
        ///
        /// ```
        /// use rawipc::Call;
        /// assert_eq!(Call::from_number(Call::PIPE2.number()), Some(Call::PIPE2));
        /// assert_eq!(Call::from_number(255), None);
        /// ```
        pub const fn from_number(number: u8) -> Option<Call> {
            if (number as usize) < Self::COUNT { Some(Call(number)) } else { None }
        }

        /// Below [`COUNT`](Self::COUNT).
        pub(crate) const fn index(self) -> u32 {
            self.0 as u32
        }

        /// Every one, in the order of its index.
        pub(crate) fn all() -> impl Iterator<Item = Call> + Clone {
            (0..Self::COUNT as u8).map(Call)
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn every_part_survives_packing() {
        for origin in [Origin::Kernel, Origin::Argument, Origin::Peer, Origin::Deadline] {
            for call in [Call::ACCEPT4, Call::PWRITEV2, Call::RPC] {
                let e =
                    Error::pack(call, Errno::MSGSIZE.raw_os_error() as u64, origin, 0).with_needed(70_000);
                assert_eq!(
                    (e.call(), e.errno(), e.origin(), e.needed()),
                    (call, Errno::MSGSIZE, origin, Some(70_000))
                );
            }
        }
        assert_eq!(Error::kernel(Call::READ, Errno::IO).needed(), None);
    }

    #[test]
    fn a_length_above_32_bits_saturates() {
        let e = Error::peer(Call::MEMORY, Errno::MSGSIZE).with_needed(usize::MAX);
        assert_eq!(e.needed(), Some(u32::MAX as usize));
    }

    #[test]
    fn messages_name_the_call_and_the_errno() {
        assert_eq!(Error::kernel(Call::PIPE2, Errno::MFILE).to_string(), "pipe2: EMFILE");
        assert_eq!(Error::deadline(Call::PPOLL).to_string(), "ppoll: ETIMEDOUT (deadline)");
        assert_eq!(Error::kernel(Call::READ, Errno::from_raw_os_error(4000)).to_string(), "read: errno 4000");
    }

    #[test]
    fn a_result_is_small() {
        assert_eq!(size_of::<Error>(), 8);
        assert_eq!(size_of::<Result<()>>(), 8);
        // Two registers of 64 bits; on 32 bits it goes through memory.
        assert_eq!(size_of::<Result<usize>>(), if cfg!(target_arch = "x86") { 12 } else { 16 });
    }
}
