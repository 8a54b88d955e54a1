//! Errnos with a meaning of their own, and what the library makes of them: the small table.

use crate::batch::Natural;
use crate::scenario::Told;
use rawipc::Origin::{self, Kernel, Peer};

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

/// One meaning: the beginning of the function's name, the call, the errnos (none: all of them), what may come of
/// it, and why.
type Meaning = (&'static str, &'static str, &'static [i32], &'static [Allow], &'static str);

const GONE: &[Allow] = &[As("sendto", libc::EPIPE, Kernel), As("sendmsg", libc::EPIPE, Kernel), NotTold];

const IN_USE: &[Allow] = &[As("bind", libc::EADDRINUSE, Kernel)];

#[rustfmt::skip]
const MEANINGS: &[Meaning] = &[
    ("", "pwritev2", &[libc::EOPNOTSUPP], &[Same, Deadline, NotTold], "before Linux 6.18: written under a mask"),
    ("pipe::ReadEnd", "read", &[libc::EAGAIN], &[Same, Success, Less], "of a FIFO: a writer has been there, and so 0 is the end"),
    ("", "memfd_create", &[libc::EINVAL], &[Same, Success], "before Linux 6.3: made without the newest flag"),
    ("", "fallocate", &[libc::EINTR], &[Same, Success], "made again"),
    ("", "rt_sigtimedwait", &[], &[Same, NotTold], "what the write said, stands"),
    ("", "rt_sigprocmask", &[libc::EINTR], &[Same, Deadline], "in front of a write that waits: made again"),
    ("", "rt_sigprocmask", &[], &[Same], "behind the write: what the write said, stands"),
    ("ring::pair", "membarrier", &[], &[Same], "fences are made at each message"),
    ("ring::pair", "epoll_pwait", &[], &[Same], "a bell that was not taken wakes for nothing, once"),
    ("ring::", "epoll_pwait2", &[libc::ENOSYS], &[Same, Deadline, Asleep, As("epoll_pwait", libc::EINTR, Kernel)], "before Linux 5.11: slept in epoll_pwait"),
    ("ring::", "epoll_pwait2", &[libc::EINTR], &[Same, Deadline, Asleep], "slept again"),
    ("ring::", "epoll_pwait", &[libc::EINTR], &[Same, Deadline, Asleep, As("memory", libc::EAGAIN, Kernel), NotTold], "a look that is made again later, or a sleep that goes on"),
    ("ring::Producer", "epoll_pwait", &[], &[Success], "the message is sent; asked again at the next"),
    ("ring::", "epoll_pwait", &[], &[Same], "what is there is there, whatever the doorbell says"),
    ("ring::", "epoll_pwait2", &[], &[Same], "what is there is there, whatever the doorbell says"),
    ("ring::", "write", &[libc::EINTR], &[Same, As("write", libc::EIO, Kernel)], "rung again, so often as it can be"),
    ("ring::", "write", &[libc::EAGAIN], &[Same, NotTold], "never said of adding nothing to a bell"),
    ("ring::Consumer", "write", &[], &[Same, Asleep, Deadline], "the message is taken, whoever has heard of it"),
    ("messages::ring", "write", &[], &[Success, Asleep], "nobody is woken any more"),
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
    ("proc::", "statx", &[], &[Same, Success], "what cannot be looked at is not known to be a name"),
    ("proc::", "openat", &[libc::ENOENT], &[As("openat", libc::ESRCH, Kernel), As("openat", libc::EBADF, Kernel), As("read", libc::EBADF, Kernel), As("read", libc::ENOENT, Kernel), NotTold], "the process is gone, or the descriptor"),
    ("proc::Process::fdinfo", "read", &[libc::ENOENT], &[As("read", libc::EBADF, Kernel)], "closed in between"),
    ("proc::", "openat", &[], &[Same, Success], "the root: what cannot be looked at is not known to be a name"),
    ("proc::", "readlinkat", &[], &[Same, Success, As("read", libc::EBADF, Kernel), As("openat", libc::EBADF, Kernel)], "is it alive? asked in another way"),
    ("proc::", "readlinkat", &[libc::ENAMETOOLONG], &[Same, Success], "a path longer than any: told without it"),
    ("socket::Seqpacket", "ppoll", &[libc::EINTR], &[Success, Asleep], "the empty message is gone: what comes next is told"),
    ("socket::Listener::bind", "newfstatat", &[], IN_USE, "of what cannot be looked at, nothing is taken over"),
    ("socket::Datagram::bind", "newfstatat", &[], IN_USE, "of what cannot be looked at, nothing is taken over"),
    ("socket::Listener::bind", "connect", &[], IN_USE, "of what cannot be asked, nothing is taken over"),
    ("socket::Datagram::bind", "connect", &[], IN_USE, "of what cannot be asked, nothing is taken over"),
    ("socket::Listener::bind", "newfstatat", &[libc::ENOENT], &[As("fstat", libc::EPERM, Peer)], "gone in between: made again"),
    ("socket::Datagram::bind", "newfstatat", &[libc::ENOENT], &[As("fstat", libc::EPERM, Peer)], "gone in between: made again"),
    ("socket::Listener::bind", "connect", &[libc::ECONNREFUSED], &[Same, Success], "nobody lives there: taken over"),
    ("socket::Datagram::bind", "connect", &[libc::ECONNREFUSED], &[Same, Success], "nobody lives there: taken over"),
    ("socket::Listener::bind", "bind", &[libc::EADDRINUSE], &[Same], "is anybody there? asked, and bound again"),
    ("socket::Datagram::bind", "bind", &[libc::EADDRINUSE], &[Same], "is anybody there? asked, and bound again"),
    ("socket::Listener::remove", "newfstatat", &[], &[Same], "the lock's file stays, and does no harm"),
    ("socket::Datagram::remove", "newfstatat", &[], &[Same], "the lock's file stays, and does no harm"),
    ("socket::Listener::remove", "unlinkat", &[], &[Same], "the lock's file stays, and does no harm"),
    ("socket::Datagram::remove", "unlinkat", &[], &[Same], "the lock's file stays, and does no harm"),
    ("socket::Seqpacket", "ioctl", &[libc::EINTR], &[Success, Asleep], "the empty message is gone: what comes next is told"),
    ("socket::", "flock", &[libc::EAGAIN], &[As("flock", libc::EADDRINUSE, Peer), NotTold], "another has the name"),
    ("socket::", "newfstatat", &[libc::ENOENT], &[Same, Success], "gone in between: made again"),
    ("rpc::Server::serve", "sendto", &[libc::EPIPE, libc::ECONNRESET], &[Success], "the client is gone, which ends it"),
    ("frame::", "pwritev2", &[libc::EOPNOTSUPP], &[As("writev", libc::EAGAIN, Kernel), As("writev", libc::EPIPE, Kernel)], "before Linux 6.18: written under a mask"),
    ("pipe::", "pwritev2", &[libc::EOPNOTSUPP], &[As("writev", libc::EAGAIN, Kernel), As("writev", libc::EPIPE, Kernel)], "before Linux 6.18: written under a mask"),
    ("proc::", "readlinkat", &[libc::ENOENT], &[Same, Success], "closed meanwhile: the next one"),
    ("proc::Table::next", "getdents64", &[libc::ENOENT], &[As("getdents64", libc::ESRCH, Kernel), NotTold], "the process is gone"),
    ("socket::", "recvfrom", &[libc::ECONNRESET], &[Same, Deadline], "told once; what was sent comes all the same"),
    ("socket::", "recvmsg", &[libc::ECONNRESET], &[Same, Deadline], "told once; what was sent comes all the same"),
    ("frame::", "recvfrom", &[libc::ECONNRESET], &[Same, Deadline], "told once; what was sent comes all the same"),
    ("rpc::", "recvfrom", &[libc::ECONNRESET], &[Same, Deadline], "told once; what was sent comes all the same"),
    ("socket::Stream", "sendto", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("socket::&Stream", "sendto", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("socket::Seqpacket", "sendto", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("socket::", "sendmsg", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("frame::", "sendmsg", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("frame::", "sendto", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("rpc::", "sendto", &[libc::ECONNRESET], GONE, "the other side is gone"),
    ("socket::Datagram::send$", "sendto", &[libc::ECONNREFUSED, libc::ECONNRESET, libc::ENOTCONN], GONE, "its only peer is gone"),
    ("socket::Datagram::try_send$", "sendto", &[libc::ECONNREFUSED, libc::ECONNRESET, libc::ENOTCONN], GONE, "its only peer is gone"),
];

/// Calls that wait for a peer, or stand in a loop that does.
const WAITING: &[&str] = &[
    "accept4", "connect", "openat", "ppoll", "pwritev2", "read", "recvfrom", "recvmsg", "sendmsg", "sendto",
    "write", "writev",
];

/// What may come of `call` failing with `errno` in `function`. An errno of 0 is a short count.
pub fn of(function: &str, call: &str, errno: i32, natural: &Natural) -> Vec<Allow> {
    let mut found: Vec<Allow> = Vec::new();
    let meant = |m: &&Meaning| {
        is_of(function, m.0) && m.1 == call && (m.2.is_empty() || m.2.contains(&errno)) && errno != 0
    };
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
        0 => found.extend([Same, Success, Deadline]),
        _ => {}
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
        "answer",
        "call",
        "connect",
        "fail",
        "next",
        "open_sender",
        "open_sender_at",
        "open_write",
        "open_write_at",
        "poll",
        "read",
        "read_exact",
        "recv",
        "recv_from",
        "recv_in_place",
        "reply",
        "send",
        "send_to",
        "serve",
        "write",
        "write_all",
        "write_two",
    ];
    let name = function.rsplit("::").next().unwrap_or_default();
    let none = ["memory::", "proc::", "socket::Datagram::connect"];
    WAIT.contains(&name) && !none.iter().any(|m| function.starts_with(m))
}

/// Functions that take a descriptor over, and close it where they fail.
pub fn consumes(function: &str) -> bool {
    let name = function.rsplit("::").next().unwrap_or_default();
    ["attach", "hand_over_as", "remove"].contains(&name)
}

/// Functions whose purpose is to leave a descriptor behind under a number that was another's.
pub fn hands_over(function: &str) -> bool {
    function == "fd::Fd::hand_over_as"
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
