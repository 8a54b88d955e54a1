//! Errnos with a meaning of their own, and what the library makes of them: the small table.

use crate::batch::Natural;
use crate::dispatch::{Made, name};
use crate::errnos::{self, Errnos};
use crate::scenario::Told;
use rawipc::Origin::{self, Argument, Kernel, Peer};

/// An outcome that is right besides an error that names the call and the errno.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allow {
    /// The case's own outcome: made again, or done in another way.
    Same,
    /// ETIMEDOUT, by the clock.
    Deadline,
    /// A success, whatever its value.
    Success,
    /// This error.
    As(&'static str, i32, Origin),
    /// A success that moved less than the case's.
    Less,
    /// Nothing comes any more, where the wait is for ever: the errno says that somebody has been told who has not.
    Asleep,
    /// An error that names it is wrong: the errno is no news to the caller.
    NotTold,
}

use Allow::{As, Asleep, Deadline, Less, NotTold, Same, Success};

/// One meaning: the beginning of the function's name, the call, behind those that came right before it where that
/// matters, the errnos, what may come of it, and why.
type Meaning = (&'static str, &'static str, &'static [i32], &'static [Allow], &'static str);

const GONE: &[Allow] = &[As("sendto", libc::EPIPE, Kernel), As("sendmsg", libc::EPIPE, Kernel), NotTold];

macro_rules! errnos {
    ($($konst:ident)+) => { &[$(libc::$konst),+] };
}

/// Of these calls whatever is said has one meaning, in the rows that say so: all of errnos.txt, name by name.
mod whatever {
    pub const ACCEPT4: &[i32] = errnos! {
        EACCES EAGAIN EBADF ECONNABORTED ECONNRESET EFAULT EINTR EINVAL EMFILE ENFILE ENOBUFS ENOMEM
        ENOSYS ENOTCONN ENOTSOCK EOPNOTSUPP EPERM EPROTO EPROTONOSUPPORT ESOCKTNOSUPPORT ETIMEDOUT
    };
    pub const CLOCK_GETTIME: &[i32] = errnos! {
        EACCES EFAULT EINTR EINVAL ENODEV ENOSYS EOPNOTSUPP
    };
    pub const CONNECT: &[i32] = errnos! {
        EACCES EPERM EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF EFAULT EINPROGRESS EINTR EISCONN
        ENETUNREACH ENOTSOCK EPROTOTYPE ETIMEDOUT ECONNRESET ENOENT ENOTDIR ELOOP ENAMETOOLONG ENOMEM EINVAL ENOSYS
    };
    pub const EPOLL_PWAIT: &[i32] = errnos! { EBADF EFAULT EINTR EINVAL ENOSYS };
    pub const EPOLL_CTL: &[i32] = errnos! {
        EBADF EEXIST EINTR EINVAL ELOOP ENOENT ENOMEM ENOSPC ENOSYS EPERM
    };
    pub const MEMBARRIER: &[i32] = errnos! { EINTR EINVAL ENOSYS EPERM };
    pub const FCNTL: &[i32] = errnos! {
        EACCES EAGAIN EBADF EBUSY EDEADLK EFAULT EINTR EINVAL EMFILE ENOLCK ENOMEM ENOSYS ENOTDIR EPERM
    };
    pub const FLOCK: &[i32] = errnos! {
        EAGAIN EBADF EINTR EINVAL ENOLCK ENOSYS
    };
    pub const FTRUNCATE: &[i32] = errnos! {
        EACCES EBADF EFAULT EFBIG EINTR EINVAL EIO EISDIR ELOOP ENAMETOOLONG ENOENT ENOSPC ENOSYS ENOTDIR EPERM
        EROFS ETXTBSY
    };
    pub const NEWFSTATAT: &[i32] = errnos! {
        EACCES EBADF EFAULT EINTR EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOSYS ENOTDIR EOVERFLOW ESRCH
    };
    pub const OPENAT: &[i32] = errnos! {
        EACCES EBADF EBUSY EDQUOT EEXIST EFAULT EFBIG EOVERFLOW EINTR EINVAL EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE
        ENODEV ENXIO ENOENT ENOMEM ENOSPC ENOSYS ENOTDIR EOPNOTSUPP EPERM EROFS ETXTBSY ESRCH EAGAIN
    };
    pub const READLINKAT: &[i32] = errnos! {
        EACCES EBADF EFAULT EINTR EINVAL EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOSYS ENOTDIR EPERM
    };
    pub const SIGNALS: &[i32] = errnos! { EFAULT EINTR EINVAL ENOSYS };
    pub const STATX: &[i32] = errnos! {
        EACCES EBADF EFAULT EINTR EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOSYS ENOTDIR ESRCH
    };
    pub const READ: &[i32] = errnos! {
        EACCES EAGAIN EBADF EFAULT EINTR EINVAL EIO EISDIR ENOENT ENOMEM ENOSYS ESRCH
    };
    pub const UNLINKAT: &[i32] = errnos! {
        EACCES EBADF EBUSY EFAULT EINTR EINVAL EIO EISDIR ELOOP ENAMETOOLONG ENOENT ENOMEM ENOSYS ENOTDIR ENOTEMPTY EPERM
        EROFS
    };
}

const IN_USE: &[Allow] = &[As("bind", libc::EADDRINUSE, Kernel)];

#[rustfmt::skip]
const MEANINGS: &[Meaning] = &[
    ("", "pwritev2", &[libc::EOPNOTSUPP, libc::ENOSYS], &[Same, Deadline, NotTold], "before Linux 6.18, or emulated: written under a mask"),
    ("pipe::ReadEnd", "read", &[libc::EAGAIN], &[Same, Success, Less], "of a FIFO: a writer has been there, and so 0 is the end"),
    ("", "memfd_create", &[libc::EINVAL], &[Same, Success], "before Linux 6.3: made without the newest flag"),
    ("", "fallocate", &[libc::EINTR], &[Same, Success], "made again"),
    ("", "writev rt_sigtimedwait", whatever::SIGNALS, &[Same, NotTold], "what the write said, stands"),
    ("", "rt_sigprocmask", &[libc::EINTR], &[Same, Deadline], "in front of a write that waits: made again"),
    ("ring::pair", "membarrier", whatever::MEMBARRIER, &[Same], "fences are made at each message"),
    ("ring::pair", "epoll_pwait", whatever::EPOLL_PWAIT, &[Same], "a bell that was not taken wakes for nothing, once"),
    ("ring::Producer::meet", "membarrier", whatever::MEMBARRIER, &[Same], "fences are made at each message"),
    ("ring::Consumer::meet", "membarrier", whatever::MEMBARRIER, &[Same], "fences are made at each message"),
    ("ring::meet", "membarrier", whatever::MEMBARRIER, &[Same], "fences are made at each message"),
    ("ring::Producer::meet", "epoll_pwait", whatever::EPOLL_PWAIT, &[Same], "a bell that was not taken wakes for nothing, once"),
    ("ring::Consumer::meet", "epoll_pwait", whatever::EPOLL_PWAIT, &[Same], "a bell that was not taken wakes for nothing, once"),
    ("ring::meet", "epoll_pwait", whatever::EPOLL_PWAIT, &[Same], "a bell that was not taken wakes for nothing, once"),
    ("ring::Producer::meet", "fcntl", &[libc::EINVAL, libc::EBADF], &[As("fcntl", libc::EBADMSG, Peer)], "what has no seals is no memfd"),
    ("ring::Consumer::meet", "fcntl", &[libc::EINVAL, libc::EBADF], &[As("fcntl", libc::EBADMSG, Peer)], "what has no seals is no memfd"),
    ("ring::meet", "fcntl", &[libc::EINVAL, libc::EBADF], &[As("fcntl", libc::EBADMSG, Peer)], "what has no seals is no memfd"),
    ("ring::Consumer::meet", "getsockopt", &[libc::ENOTSOCK, libc::EBADF], &[As("getsockopt", libc::EBADMSG, Peer)], "what is no socket is no line"),
    ("ring::meet", "getsockopt", &[libc::ENOTSOCK, libc::EBADF], &[As("getsockopt", libc::EBADMSG, Peer)], "what is no socket is no line"),
    ("ring::", "recvmsg", &[libc::ECONNRESET], &[Same, Deadline, As("recvmsg", libc::EPIPE, Peer)], "told once; what was sent comes all the same"),
    ("ring::", "sendmsg", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("ring::", "epoll_pwait2", &[libc::ENOSYS], &[Same, Deadline, Asleep, As("epoll_pwait", libc::EINTR, Kernel)], "before Linux 5.11: slept in epoll_pwait"),
    ("ring::", "epoll_pwait2", &[libc::EINTR], &[Same, Deadline, Asleep], "slept again"),
    ("ring::", "epoll_pwait", &[libc::EINTR], &[Same, Deadline, Asleep, As("memory", libc::EAGAIN, Kernel), NotTold], "a look that is made again later, or a sleep that goes on"),
    ("ring::Producer", "epoll_pwait", whatever::EPOLL_PWAIT, &[Success], "the message is sent; asked again at the next"),
    ("ring::", "epoll_pwait", whatever::EPOLL_PWAIT, &[Same], "what is there is there, whatever the doorbell says"),
    ("ring::", "epoll_pwait2", whatever::EPOLL_PWAIT, &[Same], "what is there is there, whatever the doorbell says"),
    ("ring::", "write", &[libc::EINTR], &[Same, Success, As("write", libc::EIO, Kernel)], "filled again, so often as it can be"),
    ("ring::", "write", &[libc::EAGAIN], &[As("write", libc::EIO, Kernel)], "never said of a count of 0"),
    ("ring::Producer::meet", "ftruncate", &[libc::EINVAL, libc::EPERM], &[As("ftruncate", libc::EBADMSG, Peer)], "its own size is what every sealed memory that can be written takes"),
    ("ring::Consumer::meet", "ftruncate", &[libc::EINVAL, libc::EPERM], &[As("ftruncate", libc::EBADMSG, Peer)], "its own size is what every sealed memory that can be written takes"),
    ("ring::meet", "ftruncate", &[libc::EINVAL, libc::EPERM], &[As("ftruncate", libc::EBADMSG, Peer)], "its own size is what every sealed memory that can be written takes"),
    ("ring::Producer::meet", "epoll_ctl", &[libc::EINVAL, libc::EPERM, libc::EBADF], &[As("epoll_ctl", libc::EBADMSG, Peer)], "what an epoll does not take is no bell"),
    ("ring::Consumer::meet", "epoll_ctl", &[libc::EINVAL, libc::EPERM, libc::EBADF], &[As("epoll_ctl", libc::EBADMSG, Peer)], "what an epoll does not take is no bell"),
    ("ring::meet", "epoll_ctl", &[libc::EINVAL, libc::EPERM, libc::EBADF], &[As("epoll_ctl", libc::EBADMSG, Peer)], "what an epoll does not take is no bell"),
    ("ring::", "read", &[libc::EINTR], &[Same, As("read", libc::EIO, Kernel)], "rung again, so often as it can be"),
    ("ring::Producer", "read", &[libc::EAGAIN], &[As("read", libc::EIO, Kernel)], "never said of a count that is there"),
    ("ring::Reservation", "read", &[libc::EAGAIN], &[As("read", libc::EIO, Kernel)], "never said of a count that is there"),
    ("ring::Many", "read", &[libc::EAGAIN], &[Same, As("read", libc::EIO, Kernel)], "never said of a count that is there"),
    ("ring::Consumer", "read", &[libc::EAGAIN], &[Same, As("read", libc::EIO, Kernel)], "never said of a count that is there"),
    ("ring::Consumer", "read", whatever::READ, &[Same, Asleep, Deadline], "the message is taken, whoever has heard of it"),
    ("ring::Many", "read", whatever::READ, &[Same, Asleep, Deadline], "the message is taken, whoever has heard of it"),
    ("ring::Many::recv", "epoll_ctl", whatever::EPOLL_CTL, &[Same], "nothing is heard of what is closed"),
    ("ring::Many::try_recv", "epoll_ctl", whatever::EPOLL_CTL, &[Same], "nothing is heard of what is closed"),
    ("ring::Many::remove", "epoll_ctl", whatever::EPOLL_CTL, &[Same], "what is heard of it then says nothing"),
    ("messages::ring", "read", whatever::READ, &[Success, Asleep], "nobody is woken any more"),
    ("", "writev rt_sigprocmask", whatever::SIGNALS, &[Same], "behind the write: what the write said, stands"),
    ("", "rt_sigtimedwait rt_sigprocmask", whatever::SIGNALS, &[Same], "behind the write: what the write said, stands"),
    ("", "ppoll", &[libc::EINTR], &[Same], "a look without a wait, made again"),
    ("", "ioctl", &[libc::EINTR], &[Same, Deadline], "in a receive that waits: made again"),
    ("fifo::ensure", "mknodat", &[libc::EEXIST], &[Same, Success, NotTold], "looks at what is there"),
    ("fifo::ensure", "newfstatat", &[libc::ENOENT], &[Same, Success], "gone in between: made again"),
    ("fifo::open_", "openat", &[libc::ENXIO], &[Same, Deadline], "no reader yet"),
    ("fifo::open_", "openat", &[libc::ENXIO, libc::EINTR], &[As("newfstatat", libc::EPROTOTYPE, Peer)], "no reader yet: looks what it is"),
    ("fifo::open_", "openat", &[libc::ENXIO, libc::EINTR], &[As("newfstatat", libc::EPERM, Peer)], "no reader yet: looks whose it is"),
    ("fifo::open_", "openat", &[libc::ENXIO, libc::EINTR], &[As("newfstatat", libc::ENOENT, Kernel)], "no reader yet: looks, and nothing is there"),
    ("fifo::open_", "openat", &[libc::ENXIO, libc::EINTR], &[As("newfstatat", libc::ELOOP, Peer)], "no reader yet: looks what it is"),
    ("proc::", "statx", &[libc::ENOENT], &[Same, Success], "closed meanwhile: the next one"),
    ("proc::", "statx openat statx", whatever::STATX, &[Same, Success], "the root: what cannot be looked at is not known to be a name"),
    ("proc::", "openat statx close statx", whatever::STATX, &[Same, Success], "the name: what cannot be looked at is not known to be one"),
    ("proc::", "openat", &[libc::ENOENT], &[As("openat", libc::ESRCH, Kernel), As("openat", libc::EBADF, Kernel), As("read", libc::EBADF, Kernel), As("read", libc::ENOENT, Kernel), NotTold], "the process is gone, or the descriptor"),
    ("proc::Process::fdinfo", "read", &[libc::ENOENT], &[As("read", libc::EBADF, Kernel)], "closed in between"),
    ("proc::", "statx openat", whatever::OPENAT, &[Same, Success], "the root: what cannot be looked at is not known to be a name"),
    ("proc::Table::next", "getdents64 readlinkat", whatever::READLINKAT, &[Same, Success], "at the end: no sign of its death, so it is the end"),
    ("proc::Process::fdinfo", "openat readlinkat", whatever::READLINKAT, &[As("openat", libc::EBADF, Kernel)], "no sign of its death: not open there"),
    ("proc::Process::fdinfo", "read readlinkat", whatever::READLINKAT, &[As("read", libc::EBADF, Kernel)], "no sign of its death: closed in between"),
    ("proc::", "readlinkat", &[libc::ENAMETOOLONG], &[Same, Success], "a path longer than any: told without it"),
    ("socket::Listener::bind", "bind newfstatat", whatever::NEWFSTATAT, IN_USE, "of what cannot be looked at, nothing is taken over"),
    ("socket::Listener::bind", "flock newfstatat", &[libc::ENOENT], IN_USE, "the lock is gone in between: made again, later calls are other ones"),
    ("socket::Datagram::bind", "bind newfstatat", whatever::NEWFSTATAT, IN_USE, "of what cannot be looked at, nothing is taken over"),
    ("socket::Datagram::bind", "flock newfstatat", &[libc::ENOENT], IN_USE, "the lock is gone in between: made again, later calls are other ones"),
    ("socket::Listener::bind", "socket connect", whatever::CONNECT, IN_USE, "of what cannot be asked, nothing is taken over"),
    ("socket::Datagram::bind", "socket connect", whatever::CONNECT, IN_USE, "of what cannot be asked, nothing is taken over"),
    ("socket::Listener::bind", "newfstatat", &[libc::ENOENT], &[As("fstat", libc::EPERM, Peer)], "gone in between: made again"),
    ("socket::Datagram::bind", "newfstatat", &[libc::ENOENT], &[As("fstat", libc::EPERM, Peer)], "gone in between: made again"),
    ("socket::Listener::bind", "connect", &[libc::ECONNREFUSED], &[Same, Success], "nobody lives there: taken over"),
    ("socket::Datagram::bind", "connect", &[libc::ECONNREFUSED], &[Same, Success], "nobody lives there: taken over"),
    ("socket::Listener::bind", "bind", &[libc::EADDRINUSE], &[Same], "is anybody there? asked, and bound again"),
    ("socket::Datagram::bind", "bind", &[libc::EADDRINUSE], &[Same], "is anybody there? asked, and bound again"),
    ("socket::Listener::take_over", "bind newfstatat", whatever::NEWFSTATAT, IN_USE, "of what cannot be looked at, nothing is taken over"),
    ("socket::Listener::take_over", "newfstatat", &[libc::EINTR], &[Same, Deadline], "of the lock: made again"),
    ("socket::Listener::take_over", "flock", &[libc::EINTR], &[Same, Deadline], "made again"),
    ("socket::Listener::take_over", "openat", &[libc::EAGAIN], &[Same, Deadline], "made again"),
    ("socket::Listener::take_over", "flock", &[libc::EAGAIN], &[Same, Deadline], "another has it: waited for"),
    ("socket::Listener::take_over", "bind", &[libc::EADDRINUSE], &[Same, Success], "is anybody there? asked, and bound again"),
    ("socket::Listener::take_over", "fstat", &[libc::EINTR], &[Same, Deadline], "made again"),
    ("socket::Listener::", "getpid ftruncate", whatever::FTRUNCATE, &[Same], "the mark of a file that is gone says nothing"),
    ("socket::Listener::retire", "write flock", whatever::FLOCK, &[Same], "closing it lets it go too"),
    ("socket::Listener::accept_last", "newfstatat", &[libc::EINTR], &[Same, Deadline], "made again"),
    ("socket::Listener::accept_last", "connect", &[libc::EAGAIN], &[Same, Deadline], "somebody was there first"),
    ("socket::Listener::try_accept_last", "accept4", &[libc::EAGAIN], &[Same, Success], "nobody is there: is there a successor?"),
    ("socket::Listener::try_accept_last", "connect", &[libc::EAGAIN], &[Same, Success], "somebody was there first: looked again"),
    ("socket::behind_at", "connect", &[libc::EPERM, libc::EAGAIN, libc::EPROTOTYPE, libc::EISCONN, libc::ECONNREFUSED], &[Same, Success], "the answer that was asked for"),
    ("socket::SocketFile::behind", "connect", &[libc::EPERM, libc::EAGAIN, libc::EPROTOTYPE, libc::EISCONN, libc::ECONNREFUSED], &[Same, Success], "the answer that was asked for"),
    ("socket::Stream::connect_at", "connect", &[libc::ECONNREFUSED], &[Same, Success], "replaced meanwhile? looked again"),
    ("socket::Seqpacket::connect_at", "connect", &[libc::ECONNREFUSED], &[Same, Success], "replaced meanwhile? looked again"),
    ("socket::Stream::connect_at", "connect", &[libc::ECONNREFUSED], &[As("openat", libc::ENOENT, Kernel)], "replaced meanwhile? looked again, and gone"),
    ("socket::Seqpacket::connect_at", "connect", &[libc::ECONNREFUSED], &[As("openat", libc::ENOENT, Kernel)], "replaced meanwhile? looked again, and gone"),
    ("socket::Stream::try_connect_at", "connect", &[libc::ECONNREFUSED], &[Same, Success], "replaced meanwhile? looked again"),
    ("socket::Seqpacket::try_connect_at", "connect", &[libc::ECONNREFUSED], &[Same, Success], "replaced meanwhile? looked again"),
    ("socket::Crowd::admit", "epoll_ctl clock_gettime", whatever::CLOCK_GETTIME, &[Same], "the next round says so"),
    ("socket::Crowd::start_clock", "clock_gettime", whatever::CLOCK_GETTIME, &[Same], "the next round says so"),
    ("socket::Stream::connect_at", "openat", &[libc::EAGAIN], &[Same, Deadline], "looked up again"),
    ("socket::Seqpacket::connect_at", "openat", &[libc::EAGAIN], &[Same, Deadline], "looked up again"),
    ("socket::Stream::connect_at", "fstat", &[libc::EINTR], &[Same, Deadline], "looked up again"),
    ("socket::Seqpacket::connect_at", "fstat", &[libc::EINTR], &[Same, Deadline], "looked up again"),
    ("socket::Listener::accept_last", "newfstatat", &[libc::ENOENT], &[As("bind", libc::EINVAL, Argument)], "the name is gone: nobody can come any more"),
    ("socket::Crowd::", "close accept4", whatever::ACCEPT4, &[Same, Success, As("epoll_pwait", libc::EAGAIN, Kernel)], "nobody can be refused either: the door is left alone"),
    ("socket::Crowd::", "accept4 accept4", whatever::ACCEPT4, &[Same, Success, As("epoll_pwait", libc::EAGAIN, Kernel)], "nobody can be refused either: the door is left alone"),
    ("socket::Crowd::next", "accept4", &[libc::EINTR], &[Same, Success, Deadline], "made again, in another round"),
    ("socket::Crowd::next", "epoll_ctl", &[libc::EINTR], &[Same, Success, Deadline], "goes on in another round"),
    ("socket::Crowd::next", "epoll_pwait", &[libc::EINTR], &[Same, Success, Deadline], "another round"),
    ("socket::Crowd::next", "accept4", &[libc::EMFILE, libc::ENFILE], &[Success, As("bind", libc::EINVAL, Argument)], "refused, and the rest goes on"),
    ("socket::Crowd::try_next", "accept4", &[libc::EMFILE, libc::ENFILE], &[Success, As("epoll_pwait", libc::EAGAIN, Kernel)], "refused, and the rest goes on"),
    ("socket::Crowd::", "accept4", &[libc::EAGAIN], &[Same, Success, As("epoll_pwait", libc::EAGAIN, Kernel)], "somebody else let them in"),
    ("socket::Crowd::", "fcntl", whatever::FCNTL, &[Same, Success], "none in reserve: made again when the next is refused"),
    ("socket::Listener::remove", "unlinkat newfstatat", whatever::NEWFSTATAT, &[Same], "the lock's file stays, and does no harm"),
    ("socket::Listener::remove", "newfstatat newfstatat", whatever::NEWFSTATAT, &[Same], "the lock's file stays, and does no harm"),
    ("socket::Datagram::remove", "unlinkat newfstatat", whatever::NEWFSTATAT, &[Same], "the lock's file stays, and does no harm"),
    ("socket::Datagram::remove", "newfstatat newfstatat", whatever::NEWFSTATAT, &[Same], "the lock's file stays, and does no harm"),
    ("socket::Listener::remove", "unlinkat newfstatat unlinkat", whatever::UNLINKAT, &[Same], "the lock's file stays, and does no harm"),
    ("socket::Listener::remove", "newfstatat newfstatat unlinkat", whatever::UNLINKAT, &[Same], "the lock's file stays, and does no harm"),
    ("socket::Datagram::remove", "unlinkat newfstatat unlinkat", whatever::UNLINKAT, &[Same], "the lock's file stays, and does no harm"),
    ("socket::Datagram::remove", "newfstatat newfstatat unlinkat", whatever::UNLINKAT, &[Same], "the lock's file stays, and does no harm"),
    ("socket::", "flock", &[libc::EAGAIN], &[As("flock", libc::EADDRINUSE, Peer), NotTold], "another has the name"),
    ("socket::", "newfstatat", &[libc::ENOENT], &[Same, Success], "gone in between: made again"),
    ("rpc::Server::serve", "sendto", &[libc::EPIPE, libc::ECONNRESET], &[Success], "the client is gone, which ends it"),
    ("frame::", "pwritev2", &[libc::EOPNOTSUPP, libc::ENOSYS], &[As("writev", libc::EAGAIN, Kernel), As("writev", libc::EPIPE, Kernel)], "before Linux 6.18, or emulated: written under a mask"),
    ("pipe::", "pwritev2", &[libc::EOPNOTSUPP, libc::ENOSYS], &[As("writev", libc::EAGAIN, Kernel), As("writev", libc::EPIPE, Kernel)], "before Linux 6.18, or emulated: written under a mask"),
    ("proc::", "readlinkat", &[libc::ENOENT], &[Same, Success], "closed meanwhile: the next one"),
    ("proc::Table::next", "getdents64", &[libc::ENOENT], &[As("getdents64", libc::ESRCH, Kernel), NotTold], "the process is gone"),
    ("socket::", "recvfrom", &[libc::ECONNRESET], &[Same, Deadline], "told once; what was sent comes all the same"),
    ("socket::", "recvmsg", &[libc::ECONNRESET], &[Same, Deadline], "told once; what was sent comes all the same"),
    ("frame::", "recvfrom", &[libc::ECONNRESET], &[Same, Deadline], "told once; what was sent comes all the same"),
    ("rpc::", "recvfrom", &[libc::ECONNRESET], &[Same, Deadline], "told once; what was sent comes all the same"),
    ("socket::Stream", "sendto", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("socket::&Stream", "sendto", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("socket::Seqpacket", "sendto", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("socket::Stream", "sendmsg", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("socket::&Stream", "sendmsg", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("socket::Seqpacket", "sendmsg", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("frame::", "sendmsg", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("frame::", "sendto", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("rpc::", "sendto", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("socket::Datagram::send$", "sendto", &[libc::ECONNREFUSED, libc::ECONNRESET, libc::ENOTCONN], GONE, "its only peer is gone"),
    ("socket::Datagram::try_send$", "sendto", &[libc::ECONNREFUSED, libc::ECONNRESET, libc::ENOTCONN], GONE, "its only peer is gone"),
    ("socket::Datagram::send_with_fds$", "sendmsg", &[libc::ECONNREFUSED, libc::ECONNRESET, libc::ENOTCONN], GONE, "its only peer is gone"),
    ("socket::Datagram::try_send_with_fds$", "sendmsg", &[libc::ECONNREFUSED, libc::ECONNRESET, libc::ENOTCONN], GONE, "its only peer is gone"),
];

/// Calls that wait for a peer, or stand in a loop that does.
const WAITING: &[&str] = &[
    "accept4",
    "connect",
    "epoll_pwait",
    "openat",
    "ppoll",
    "pwritev2",
    "read",
    "recvfrom",
    "recvmsg",
    "sendmsg",
    "sendto",
    "write",
    "writev",
];

/// What may come of the call `at` this place of those made failing with `errno` in `function`. An errno of 0 is a
/// short count.
pub fn of(function: &str, made: &[Made], at: usize, errno: i32, natural: &Natural) -> Vec<Allow> {
    let made: Vec<String> = made.iter().take(at + 1).map(|m| name(m.number)).collect();
    let call = made.get(at).map(String::as_str).unwrap_or_default();
    let mut found: Vec<Allow> = Vec::new();
    let meant = |m: &&Meaning| is_of(function, m.0) && m.2.contains(&errno) && comes_last(&made, m.1);
    found.extend(MEANINGS.iter().filter(meant).flat_map(|m| m.3));
    let waits = waits(function) && WAITING.contains(&call);
    let wakes = matches!(natural.told, Told::Err(e) if e.errno == libc::EINTR);
    match errno {
        libc::EINTR if waits && !wakes => found.extend([Same, Deadline, NotTold]),
        // The signal of the case itself has come too early to end anything.
        libc::EINTR if waits => found.extend([Same, Deadline, Asleep]),
        libc::EAGAIN if waits && call != "ppoll" && call != "openat" => {
            found.extend([Same, Deadline, NotTold])
        }
        // So short a message goes whole or not at all, in any kernel: a part of it is not made whole.
        0 if function.ends_with("meet") => found.push(As("sendmsg", libc::EIO, Kernel)),
        0 => found.extend([Same, Success, Deadline]),
        _ => {}
    }
    found
}

/// `writev rt_sigprocmask` is the second, right behind the first.
fn comes_last(made: &[String], calls: &str) -> bool {
    let calls: Vec<&str> = calls.split(' ').collect();
    made.len() >= calls.len() && made[made.len() - calls.len()..] == calls[..]
}

/// Rows that say nothing: without an errno, or with one that their call is never failed with.
pub fn idle(errnos: &Errnos) -> Vec<String> {
    let mut found = Vec::new();
    for (function, calls, of_row, ..) in MEANINGS {
        let call = calls.rsplit(' ').next().unwrap_or_default();
        let listed = errnos.of(call).unwrap_or_default();
        if of_row.is_empty() {
            found.push(format!("expected.rs: \"{function}\", \"{calls}\": for which errno?"));
        }
        for errno in of_row.iter().filter(|e| !listed.contains(e)) {
            found.push(format!("expected.rs: \"{function}\", \"{calls}\": never {}", errnos::name(*errno)));
        }
    }
    found
}

/// `socket::` is all of them, `socket::Stream::read$` one.
fn is_of(function: &str, pattern: &str) -> bool {
    pattern.strip_suffix('$').map_or_else(|| function.starts_with(pattern), |whole| function == whole)
}

/// Whether the function takes a `Wait`.
pub fn waits(function: &str) -> bool {
    const WAIT: &[&str] = &[
        "accept",
        "accept_last",
        "answer",
        "call",
        "connect",
        "connect_at",
        "fail",
        "meet",
        "next",
        "open_sender",
        "open_sender_at",
        "open_write",
        "open_write_at",
        "poll",
        "read",
        "read_exact",
        "read_with_fds",
        "recv",
        "recv_from",
        "recv_from_with_fds",
        "recv_in_place",
        "recv_with_fds",
        "reply",
        "send",
        "send_to",
        "send_to_with_fds",
        "send_with_fds",
        "serve",
        "take_over",
        "take_over_at",
        "wait",
        "write",
        "write_all",
        "write_two",
        "write_with_fds",
    ];
    let name = function.rsplit("::").next().unwrap_or_default();
    let none = ["memory::", "proc::", "socket::Datagram::connect", "socket::Files"];
    WAIT.contains(&name) && !none.iter().any(|m| function.starts_with(m))
}

/// Functions that take a descriptor over, and close it where they fail.
pub fn consumes(function: &str) -> bool {
    let name = function.rsplit("::").next().unwrap_or_default();
    ["attach", "hand_over_as", "remove"].contains(&name)
        || [
            "ring::Many::admit",
            "socket::Crowd::new",
            "socket::Crowd::admit",
            "socket::Crowd::next",
            "socket::Crowd::try_next",
            "socket::Listener::accept_last",
        ]
        .contains(&function)
}

/// Functions whose purpose is to leave a descriptor behind under a number that was another's.
pub fn hands_over(function: &str) -> bool {
    // And a crowd's descriptor in reserve, which is given up and made anew.
    ["fd::Fd::hand_over_as", "socket::Crowd::next", "socket::Crowd::try_next"].contains(&function)
}

/// Ends that keep what came in parts, or that move bytes which mean nothing but "look again": messages.rs looks
/// after those.
pub fn keeps_parts(function: &str) -> bool {
    const KEEP: &[&str] = &[
        "frame::",
        "rpc::",
        "ring::",
        "channel::ByteRead::read_exact",
        "channel::ByteWrite::write_all",
        "messages::",
    ];
    KEEP.iter().any(|k| function.starts_with(k))
}

/// Calls that may move less than they were asked to.
pub fn can_be_short(call: &str) -> bool {
    ["getdents64", "pwritev2", "read", "recvfrom", "sendmsg", "sendto", "writev"].contains(&call)
}
