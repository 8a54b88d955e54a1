//! What the tests ask of the kernel, past the crate under test: through libc and std alone.

pub mod fds;
pub mod limits;
pub mod maps;
pub mod process;
pub mod rights;
pub mod signals;

use std::os::fd::RawFd;

/// The first words of a ring's record that are none of a message's: not there yet; its length is the second word, and it
/// follows beside; or behind, in the next line.
pub const MARKS: [u32; 3] = [0xb5d3_9ce0, 0xb5d3_9ce1, 0xb5d3_9ce2];

/// Panics with errno where a libc call returned −1.
#[track_caller]
pub fn check(ret: impl Into<i64>, what: &str) -> i64 {
    let ret = ret.into();
    assert!(ret != -1, "{what}: {}", std::io::Error::last_os_error());
    ret
}

/// The errno of the last libc call.
pub fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// A raw `write`, as a program that knows nothing of the crate does it.
pub fn raw_write(fd: RawFd, bytes: &[u8]) -> std::io::Result<usize> {
    // SAFETY: the pointer and the length are those of a slice.
    let n = unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) };
    usize::try_from(n).map_err(|_| std::io::Error::last_os_error())
}

/// A raw `send` that raises no signal; unlike `write`, it can send a packet of no bytes.
pub fn raw_send(fd: RawFd, bytes: &[u8]) -> std::io::Result<usize> {
    // SAFETY: the pointer and the length are those of a slice.
    let n = unsafe { libc::send(fd, bytes.as_ptr().cast(), bytes.len(), libc::MSG_NOSIGNAL) };
    usize::try_from(n).map_err(|_| std::io::Error::last_os_error())
}

/// Sets the umask and returns the one before.
pub fn umask(mask: u32) -> u32 {
    // SAFETY: a call without pointers.
    unsafe { libc::umask(mask) }
}

/// Whether we are root, who passes every permission check.
pub fn is_root() -> bool {
    // SAFETY: a call without arguments.
    unsafe { libc::geteuid() == 0 }
}

/// Whether this kernel is at least `major.minor`.
pub fn kernel_is_at_least(major: u32, minor: u32) -> bool {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").expect("osrelease");
    let mut parts = release.split(|c: char| !c.is_ascii_digit()).map(|n| n.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (major, minor)
}

/// A raw `write` of all of `bytes` to a descriptor that may be non-blocking.
pub fn raw_write_waiting(fd: RawFd, mut bytes: &[u8]) -> std::io::Result<()> {
    while !bytes.is_empty() {
        match raw_write(fd, bytes) {
            Ok(n) => bytes = &bytes[n..],
            Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => {
                let mut polled = libc::pollfd { fd, events: libc::POLLOUT, revents: 0 };
                // SAFETY: one pollfd.
                unsafe { libc::poll(&mut polled, 1, 1000) };
                if polled.revents & (libc::POLLERR | libc::POLLHUP) != 0 {
                    return Err(e);
                }
            }
            Err(e) => return Err(e),
        }
    }
    Ok(())
}
