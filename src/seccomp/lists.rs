//! Made from the `# Syscalls` tables and from roles.txt, by `RAWIPC_BLESS=1 cargo test --test seccomp`.

use super::{Fcntl, List};
use crate::error::Call;

impl List {
    /// Everything in [`fd`](crate::fd).
    ///
    /// `close` `dup3` `fcntl` (`F_DUPFD_CLOEXEC`, `F_GETFL`, `F_SETFD`, `F_SETFL`)
    pub const FD: List = List::of(&[
        Call::CLOSE, Call::DUP3,
    ], &[Fcntl::DupFdCloexec, Fcntl::GetFl, Fcntl::SetFd, Fcntl::SetFl]);

    /// Everything in [`wait`](crate::wait).
    ///
    /// `clock_gettime` `close` `epoll_create1` `epoll_ctl` `epoll_pwait` `ppoll`
    pub const WAIT: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::EPOLL_CREATE1, Call::EPOLL_CTL, Call::EPOLL_PWAIT,
        Call::PPOLL,
    ], &[]);

    /// Everything in [`pipe`](crate::pipe).
    ///
    /// `clock_gettime` `close` `fstat` `ioctl` `pipe2` `ppoll` `pwritev2` `read` `rt_sigpending`
    /// `rt_sigprocmask` `rt_sigtimedwait` `writev` `fcntl` (`F_GETFL`, `F_GETPIPE_SZ`, `F_SETFL`,
    /// `F_SETPIPE_SZ`)
    pub const PIPE: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::FSTAT, Call::IOCTL, Call::PIPE2, Call::PPOLL, Call::PWRITEV2,
        Call::READ, Call::RT_SIGPENDING, Call::RT_SIGPROCMASK, Call::RT_SIGTIMEDWAIT, Call::WRITEV,
    ], &[Fcntl::GetFl, Fcntl::GetPipeSize, Fcntl::SetFl, Fcntl::SetPipeSize]);

    /// Has a read end, of bytes or of packets.
    ///
    /// `clock_gettime` `close` `ppoll` `read`
    pub const PIPE_READER: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::PPOLL, Call::READ,
    ], &[]);

    /// Has a write end, of bytes or of packets.
    ///
    /// `clock_gettime` `close` `ppoll` `pwritev2` `rt_sigpending` `rt_sigprocmask` `rt_sigtimedwait`
    /// `writev`
    pub const PIPE_WRITER: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::PPOLL, Call::PWRITEV2, Call::RT_SIGPENDING,
        Call::RT_SIGPROCMASK, Call::RT_SIGTIMEDWAIT, Call::WRITEV,
    ], &[]);

    /// Everything in [`fifo`](crate::fifo): making, opening and removing. The ends are those of a pipe.
    ///
    /// `clock_gettime` `close` `fstat` `geteuid` `mknodat` `newfstatat` `openat` `ppoll` `unlinkat` `fcntl`
    /// (`F_SETFL`)
    pub const FIFO: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::FSTAT, Call::GETEUID, Call::MKNODAT, Call::NEWFSTATAT,
        Call::OPENAT, Call::PPOLL, Call::UNLINKAT,
    ], &[Fcntl::SetFl]);

    /// Has opened a FIFO to read from it.
    ///
    /// `clock_gettime` `close` `ppoll` `read`
    pub const FIFO_READER: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::PPOLL, Call::READ,
    ], &[]);

    /// Has opened a FIFO to write to it.
    ///
    /// `clock_gettime` `close` `ppoll` `pwritev2` `rt_sigpending` `rt_sigprocmask` `rt_sigtimedwait`
    /// `writev`
    pub const FIFO_WRITER: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::PPOLL, Call::PWRITEV2, Call::RT_SIGPENDING,
        Call::RT_SIGPROCMASK, Call::RT_SIGTIMEDWAIT, Call::WRITEV,
    ], &[]);

    /// Everything in [`memory`](crate::memory).
    ///
    /// `close` `fallocate` `fstat` `fstatfs` `geteuid` `memfd_create` `mmap` `munmap` `openat` `unlinkat`
    /// `fcntl` (`F_ADD_SEALS`, `F_GET_SEALS`)
    pub const MEMORY: List = List::of(&[
        Call::CLOSE, Call::FALLOCATE, Call::FSTAT, Call::FSTATFS, Call::GETEUID, Call::MEMFD_CREATE,
        Call::MMAP, Call::MUNMAP, Call::OPENAT, Call::UNLINKAT,
    ], &[Fcntl::AddSeals, Fcntl::GetSeals]);

    /// Has mapped memory.
    ///
    /// `close` `munmap`
    pub const MEMORY_USER: List = List::of(&[
        Call::CLOSE, Call::MUNMAP,
    ], &[]);

    /// Is given memory by a peer, and maps it.
    ///
    /// `close` `fstat` `fstatfs` `mmap` `munmap` `fcntl` (`F_GET_SEALS`)
    pub const MEMORY_RECEIVER: List = List::of(&[
        Call::CLOSE, Call::FSTAT, Call::FSTATFS, Call::MMAP, Call::MUNMAP,
    ], &[Fcntl::GetSeals]);

    /// Everything in [`ring`](crate::ring).
    ///
    /// `clock_gettime` `close` `epoll_create1` `epoll_ctl` `epoll_pwait` `epoll_pwait2` `eventfd2`
    /// `fallocate` `fstat` `fstatfs` `ftruncate` `getsockopt` `madvise` `membarrier` `memfd_create` `mmap`
    /// `munmap` `ppoll` `read` `recvmsg` `sched_yield` `sendmsg` `socketpair` `statx` `write` `fcntl`
    /// (`F_ADD_SEALS`, `F_GET_SEALS`)
    pub const RING: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::EPOLL_CREATE1, Call::EPOLL_CTL, Call::EPOLL_PWAIT,
        Call::EPOLL_PWAIT2, Call::EVENTFD2, Call::FALLOCATE, Call::FSTAT, Call::FSTATFS, Call::FTRUNCATE,
        Call::GETSOCKOPT, Call::MADVISE, Call::MEMBARRIER, Call::MEMFD_CREATE, Call::MMAP, Call::MUNMAP,
        Call::PPOLL, Call::READ, Call::RECVMSG, Call::SCHED_YIELD, Call::SENDMSG, Call::SOCKETPAIR,
        Call::STATX, Call::WRITE,
    ], &[Fcntl::AddSeals, Fcntl::GetSeals]);

    /// Has the end of a ring that messages go into.
    ///
    /// `clock_gettime` `close` `epoll_pwait` `epoll_pwait2` `membarrier` `munmap` `read` `sched_yield`
    pub const RING_PRODUCER: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::EPOLL_PWAIT, Call::EPOLL_PWAIT2, Call::MEMBARRIER,
        Call::MUNMAP, Call::READ, Call::SCHED_YIELD,
    ], &[]);

    /// Has the end of a ring that messages come out of.
    ///
    /// `clock_gettime` `close` `epoll_pwait` `epoll_pwait2` `membarrier` `munmap` `read` `sched_yield`
    pub const RING_CONSUMER: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::EPOLL_PWAIT, Call::EPOLL_PWAIT2, Call::MEMBARRIER,
        Call::MUNMAP, Call::READ, Call::SCHED_YIELD,
    ], &[]);

    /// Has many rings behind one receiver.
    ///
    /// `clock_gettime` `close` `epoll_ctl` `epoll_pwait` `epoll_pwait2` `membarrier` `munmap` `read`
    /// `sched_yield`
    pub const RING_MANY: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::EPOLL_CTL, Call::EPOLL_PWAIT, Call::EPOLL_PWAIT2,
        Call::MEMBARRIER, Call::MUNMAP, Call::READ, Call::SCHED_YIELD,
    ], &[]);

    /// Meets a stranger over a connected socket, and has the ends of the rings that come of it.
    ///
    /// `clock_gettime` `close` `epoll_create1` `epoll_ctl` `epoll_pwait` `eventfd2` `fallocate` `fstat`
    /// `fstatfs` `ftruncate` `getsockopt` `madvise` `membarrier` `memfd_create` `mmap` `munmap` `ppoll`
    /// `recvmsg` `sendmsg` `socketpair` `statx` `write` `fcntl` (`F_ADD_SEALS`, `F_GET_SEALS`)
    pub const RING_MEETING: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::EPOLL_CREATE1, Call::EPOLL_CTL, Call::EPOLL_PWAIT,
        Call::EVENTFD2, Call::FALLOCATE, Call::FSTAT, Call::FSTATFS, Call::FTRUNCATE, Call::GETSOCKOPT,
        Call::MADVISE, Call::MEMBARRIER, Call::MEMFD_CREATE, Call::MMAP, Call::MUNMAP, Call::PPOLL,
        Call::RECVMSG, Call::SENDMSG, Call::SOCKETPAIR, Call::STATX, Call::WRITE,
    ], &[Fcntl::AddSeals, Fcntl::GetSeals]);

    /// Everything in [`socket`](crate::socket).
    ///
    /// `accept4` `bind` `clock_gettime` `close` `connect` `epoll_create1` `epoll_ctl` `epoll_pwait` `fchmod`
    /// `flock` `fstat` `ftruncate` `getdents64` `geteuid` `getpid` `getsockopt` `ioctl` `listen`
    /// `newfstatat` `openat` `ppoll` `preadv2` `recvfrom` `recvmsg` `renameat2` `sendmsg` `sendto`
    /// `setsockopt` `shutdown` `socket` `socketpair` `unlinkat` `write` `fcntl` (`F_DUPFD_CLOEXEC`)
    pub const SOCKET: List = List::of(&[
        Call::ACCEPT4, Call::BIND, Call::CLOCK_GETTIME, Call::CLOSE, Call::CONNECT, Call::EPOLL_CREATE1,
        Call::EPOLL_CTL, Call::EPOLL_PWAIT, Call::FCHMOD, Call::FLOCK, Call::FSTAT, Call::FTRUNCATE,
        Call::GETDENTS64, Call::GETEUID, Call::GETPID, Call::GETSOCKOPT, Call::IOCTL, Call::LISTEN,
        Call::NEWFSTATAT, Call::OPENAT, Call::PPOLL, Call::PREADV2, Call::RECVFROM, Call::RECVMSG,
        Call::RENAMEAT2, Call::SENDMSG, Call::SENDTO, Call::SETSOCKOPT, Call::SHUTDOWN, Call::SOCKET,
        Call::SOCKETPAIR, Call::UNLINKAT, Call::WRITE,
    ], &[Fcntl::DupFdCloexec]);

    /// Has a connected stream socket.
    ///
    /// `clock_gettime` `close` `ppoll` `recvfrom` `sendmsg` `sendto` `shutdown`
    pub const STREAM_PEER: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::PPOLL, Call::RECVFROM, Call::SENDMSG, Call::SENDTO,
        Call::SHUTDOWN,
    ], &[]);

    /// Has a connected seqpacket socket.
    ///
    /// `clock_gettime` `close` `ioctl` `ppoll` `recvfrom` `sendto` `shutdown`
    pub const SEQPACKET_PEER: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::IOCTL, Call::PPOLL, Call::RECVFROM, Call::SENDTO,
        Call::SHUTDOWN,
    ], &[]);

    /// Has a datagram socket, bound or connected.
    ///
    /// `clock_gettime` `close` `getpid` `newfstatat` `ppoll` `recvfrom` `recvmsg` `sendto` `unlinkat`
    pub const DATAGRAM_PEER: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::GETPID, Call::NEWFSTATAT, Call::PPOLL, Call::RECVFROM,
        Call::RECVMSG, Call::SENDTO, Call::UNLINKAT,
    ], &[]);

    /// Has a socket, and sends descriptors over it.
    ///
    /// `clock_gettime` `close` `ppoll` `sendmsg`
    pub const DESCRIPTOR_SENDER: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::PPOLL, Call::SENDMSG,
    ], &[]);

    /// Has a socket, and takes descriptors that come over it.
    ///
    /// `clock_gettime` `close` `ioctl` `ppoll` `recvfrom` `recvmsg`
    pub const DESCRIPTOR_RECEIVER: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::IOCTL, Call::PPOLL, Call::RECVFROM, Call::RECVMSG,
    ], &[]);

    /// Has a listener, accepts stream sockets and talks over them.
    ///
    /// `accept4` `clock_gettime` `close` `getpid` `newfstatat` `ppoll` `recvfrom` `sendmsg` `sendto`
    /// `shutdown` `unlinkat`
    pub const STREAM_SERVER: List = List::of(&[
        Call::ACCEPT4, Call::CLOCK_GETTIME, Call::CLOSE, Call::GETPID, Call::NEWFSTATAT, Call::PPOLL,
        Call::RECVFROM, Call::SENDMSG, Call::SENDTO, Call::SHUTDOWN, Call::UNLINKAT,
    ], &[]);

    /// Has a listener, accepts seqpacket sockets and talks over them.
    ///
    /// `accept4` `clock_gettime` `close` `getpid` `ioctl` `newfstatat` `ppoll` `recvfrom` `sendto`
    /// `shutdown` `unlinkat`
    pub const SEQPACKET_SERVER: List = List::of(&[
        Call::ACCEPT4, Call::CLOCK_GETTIME, Call::CLOSE, Call::GETPID, Call::IOCTL, Call::NEWFSTATAT,
        Call::PPOLL, Call::RECVFROM, Call::SENDTO, Call::SHUTDOWN, Call::UNLINKAT,
    ], &[]);

    /// Has a crowd of stream sockets, accepts them and talks over them.
    ///
    /// `accept4` `clock_gettime` `close` `epoll_ctl` `epoll_pwait` `getpid` `newfstatat` `ppoll` `recvfrom`
    /// `sendmsg` `sendto` `shutdown` `unlinkat` `fcntl` (`F_DUPFD_CLOEXEC`)
    pub const STREAM_CROWD: List = List::of(&[
        Call::ACCEPT4, Call::CLOCK_GETTIME, Call::CLOSE, Call::EPOLL_CTL, Call::EPOLL_PWAIT, Call::GETPID,
        Call::NEWFSTATAT, Call::PPOLL, Call::RECVFROM, Call::SENDMSG, Call::SENDTO, Call::SHUTDOWN,
        Call::UNLINKAT,
    ], &[Fcntl::DupFdCloexec]);

    /// Has a crowd of seqpacket sockets, accepts them and talks over them.
    ///
    /// `accept4` `clock_gettime` `close` `epoll_ctl` `epoll_pwait` `getpid` `ioctl` `newfstatat` `ppoll`
    /// `recvfrom` `sendto` `shutdown` `unlinkat` `fcntl` (`F_DUPFD_CLOEXEC`)
    pub const SEQPACKET_CROWD: List = List::of(&[
        Call::ACCEPT4, Call::CLOCK_GETTIME, Call::CLOSE, Call::EPOLL_CTL, Call::EPOLL_PWAIT, Call::GETPID,
        Call::IOCTL, Call::NEWFSTATAT, Call::PPOLL, Call::RECVFROM, Call::SENDTO, Call::SHUTDOWN,
        Call::UNLINKAT,
    ], &[Fcntl::DupFdCloexec]);

    /// Has a listener, and leaves its name to a successor.
    ///
    /// `accept4` `clock_gettime` `close` `connect` `flock` `fstat` `getpid` `listen` `newfstatat` `openat`
    /// `ppoll` `socket` `write`
    pub const RETIREMENT: List = List::of(&[
        Call::ACCEPT4, Call::CLOCK_GETTIME, Call::CLOSE, Call::CONNECT, Call::FLOCK, Call::FSTAT,
        Call::GETPID, Call::LISTEN, Call::NEWFSTATAT, Call::OPENAT, Call::PPOLL, Call::SOCKET, Call::WRITE,
    ], &[]);

    /// Connects stream sockets and talks over them.
    ///
    /// `clock_gettime` `close` `connect` `ppoll` `recvfrom` `sendmsg` `sendto` `shutdown` `socket`
    pub const STREAM_CLIENT: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::CONNECT, Call::PPOLL, Call::RECVFROM, Call::SENDMSG,
        Call::SENDTO, Call::SHUTDOWN, Call::SOCKET,
    ], &[]);

    /// Connects seqpacket sockets and talks over them.
    ///
    /// `clock_gettime` `close` `connect` `ioctl` `ppoll` `recvfrom` `sendto` `shutdown` `socket`
    pub const SEQPACKET_CLIENT: List = List::of(&[
        Call::CLOCK_GETTIME, Call::CLOSE, Call::CONNECT, Call::IOCTL, Call::PPOLL, Call::RECVFROM,
        Call::SENDTO, Call::SHUTDOWN, Call::SOCKET,
    ], &[]);

    /// What [`frame`](crate::frame) makes besides the calls of the stream under it.
    ///
    /// `clock_gettime`
    pub const FRAME: List = List::of(&[
        Call::CLOCK_GETTIME,
    ], &[]);

    /// What [`rpc`](crate::rpc) makes besides the calls of the channel under it.
    ///
    /// `clock_gettime`
    pub const RPC: List = List::of(&[
        Call::CLOCK_GETTIME,
    ], &[]);

    /// Everything in [`proc`](crate::proc).
    ///
    /// `close` `getdents64` `openat` `read` `readlinkat` `statx`
    pub const PROC: List = List::of(&[
        Call::CLOSE, Call::GETDENTS64, Call::OPENAT, Call::READ, Call::READLINKAT, Call::STATX,
    ], &[]);

    /// Has the directory of a process, and reads what that holds.
    ///
    /// `close` `getdents64` `openat` `read` `readlinkat` `statx`
    pub const PROC_READER: List = List::of(&[
        Call::CLOSE, Call::GETDENTS64, Call::OPENAT, Call::READ, Call::READLINKAT, Call::STATX,
    ], &[]);

    /// Puts a further filter in front of itself.
    ///
    /// `prctl` `seccomp`
    pub const SECCOMP: List = List::of(&[
        Call::PRCTL, Call::SECCOMP,
    ], &[]);

    /// Every list above, by name.
    pub const ALL: &[(&'static str, List)] = &[
        ("FD", List::FD),
        ("WAIT", List::WAIT),
        ("PIPE", List::PIPE),
        ("PIPE_READER", List::PIPE_READER),
        ("PIPE_WRITER", List::PIPE_WRITER),
        ("FIFO", List::FIFO),
        ("FIFO_READER", List::FIFO_READER),
        ("FIFO_WRITER", List::FIFO_WRITER),
        ("MEMORY", List::MEMORY),
        ("MEMORY_USER", List::MEMORY_USER),
        ("MEMORY_RECEIVER", List::MEMORY_RECEIVER),
        ("RING", List::RING),
        ("RING_PRODUCER", List::RING_PRODUCER),
        ("RING_CONSUMER", List::RING_CONSUMER),
        ("RING_MANY", List::RING_MANY),
        ("RING_MEETING", List::RING_MEETING),
        ("SOCKET", List::SOCKET),
        ("STREAM_PEER", List::STREAM_PEER),
        ("SEQPACKET_PEER", List::SEQPACKET_PEER),
        ("DATAGRAM_PEER", List::DATAGRAM_PEER),
        ("DESCRIPTOR_SENDER", List::DESCRIPTOR_SENDER),
        ("DESCRIPTOR_RECEIVER", List::DESCRIPTOR_RECEIVER),
        ("STREAM_SERVER", List::STREAM_SERVER),
        ("SEQPACKET_SERVER", List::SEQPACKET_SERVER),
        ("STREAM_CROWD", List::STREAM_CROWD),
        ("SEQPACKET_CROWD", List::SEQPACKET_CROWD),
        ("RETIREMENT", List::RETIREMENT),
        ("STREAM_CLIENT", List::STREAM_CLIENT),
        ("SEQPACKET_CLIENT", List::SEQPACKET_CLIENT),
        ("FRAME", List::FRAME),
        ("RPC", List::RPC),
        ("PROC", List::PROC),
        ("PROC_READER", List::PROC_READER),
        ("SECCOMP", List::SECCOMP),
    ];
}
