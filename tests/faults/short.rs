//! Calls that move less than they were asked to, as the kernel may have it on any stream.

use crate::dispatch::raw;
use crate::snapshot;

/// The call with less to move than it was asked to, where the kernel may do so.
pub fn made(number: u64, args: [i64; 6], nearly: bool) -> Option<i64> {
    let cut = |len: i64| if nearly { len - 1 } else { 1 };
    let channel = Channel::of(args[0] as i32);
    let (out, parts, lone) = match number as i64 {
        libc::SYS_read | libc::SYS_recvfrom => (false, false, args[2]),
        libc::SYS_write | libc::SYS_sendto => (true, false, args[2]),
        libc::SYS_writev | libc::SYS_pwritev2 | libc::SYS_sendmsg => (true, true, 0),
        libc::SYS_getdents64 if args[2] > 32 => {
            let mut with = args;
            with[2] = 32;
            return Some(raw(number, with));
        }
        _ => return None,
    };
    let (stream, atomic) = match channel? {
        Channel::Pipe { packets } => (!packets, out),
        Channel::Socket { stream } => (stream, false),
    };
    let mut with = args;
    if !parts {
        with[2] = cut(lone);
        return (stream && lone > 1 && !(atomic && lone <= 4096)).then(|| raw(number, with));
    }
    let (at, n) = match number as i64 {
        libc::SYS_sendmsg => {
            let msg = std::ptr::with_exposed_provenance::<libc::msghdr>(args[1] as usize);
            // SAFETY: what the caller gave the kernel to read.
            unsafe { ((*msg).msg_iov as usize, (*msg).msg_iovlen as usize) }
        }
        _ => (args[1] as usize, args[2] as usize),
    };
    // SAFETY: as above.
    let all = unsafe { std::slice::from_raw_parts(std::ptr::with_exposed_provenance::<libc::iovec>(at), n) };
    let total: usize = all.iter().map(|v| v.iov_len).sum();
    if !stream || total <= 1 || atomic && total <= 4096 {
        return None;
    }
    let mut left = cut(total as i64) as usize;
    let parts: Vec<libc::iovec> = all
        .iter()
        .map(|v| {
            let len = v.iov_len.min(left);
            left -= len;
            libc::iovec { iov_base: v.iov_base, iov_len: len }
        })
        .filter(|v| v.iov_len > 0)
        .collect();
    if number as i64 == libc::SYS_sendmsg {
        // SAFETY: as above.
        let mut msg = unsafe { *std::ptr::with_exposed_provenance::<libc::msghdr>(args[1] as usize) };
        msg.msg_iov = parts.as_ptr().cast_mut();
        msg.msg_iovlen = parts.len();
        with[1] = (&raw mut msg) as i64;
        return Some(raw(number, with));
    }
    (with[1], with[2]) = (parts.as_ptr() as i64, parts.len() as i64);
    Some(raw(number, with))
}

/// The kind of file, of the descriptors that are open.
fn kind(fd: i32) -> Option<libc::mode_t> {
    // SAFETY: zeros are a valid stat.
    let mut stat: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: room for a stat.
    let answer = unsafe { libc::fstat(fd, &raw mut stat) };
    (answer == 0).then_some(stat.st_mode & libc::S_IFMT)
}

pub fn is_channel(fd: i32) -> bool {
    kind(fd).is_some_and(|kind| [libc::S_IFIFO, libc::S_IFSOCK].contains(&kind))
}

/// A pipe or socket.
enum Channel {
    Pipe { packets: bool },
    Socket { stream: bool },
}

impl Channel {
    fn of(fd: i32) -> Option<Channel> {
        match kind(fd)? {
            libc::S_IFIFO => {
                // SAFETY: asks for flags.
                let packets = |fd: i32| unsafe { libc::fcntl(fd, libc::F_GETFL) } & libc::O_DIRECT != 0;
                // The read end does not know; any write end of the same pipe does.
                let pipe = snapshot::target(fd);
                let same = |(other, to): (&i32, &String)| *to == pipe && packets(*other);
                Some(Channel::Pipe { packets: snapshot::descriptors().iter().any(same) })
            }
            libc::S_IFSOCK => {
                let (mut kind, mut len) = (0, 4);
                // SAFETY: room for an int.
                unsafe {
                    let to = (&raw mut kind).cast();
                    libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_TYPE, to, &raw mut len)
                };
                Some(Channel::Socket { stream: kind == libc::SOCK_STREAM })
            }
            _ => None,
        }
    }
}
