//! The fallbacks of older kernels, by a seccomp filter that refuses what is newer.

use crate::add_tests;
use crate::conformance::mechanism::remove_files;
use crate::conformance::{self, POINTS};
use crate::os::{fds, limits, raw_write, signals};
use crate::runner::List;
use rawipc::{ByteWrite, Errno, Wait, pipe};
use std::os::fd::{AsRawFd as _, RawFd};

const RWF_NOSIGNAL: u32 = 0x100;
const MFD_NOEXEC_SEAL: u32 = 0x8;

pub fn tests(list: &mut List) {
    for m in conformance::all() {
        let (group, refuse): (_, fn()) = match m.calls.send {
            ["pwritev2" | "rt_sigprocmask", ..] => ("before_6_18", no_rwf_nosignal),
            [] => ("before_6_3", no_noexec_seal),
            _ => continue,
        };
        for (n, point) in POINTS.iter().enumerate() {
            let name = m.name.replace(' ', "_");
            list.add(format!("older_kernels::{group}::{name}::point_{}", n + 1), move || {
                refuse();
                (point.check)(&conformance::before_6_18(m));
                remove_files();
            });
        }
    }
    add_tests!(list, "older_kernels":
        the_filter_refuses, sigpipe_ignored_stays_ignored, sigpipe_blocked_is_taken_back,
        sigpipe_that_waited_before_us_stays, sigpipe_handled_does_not_run, one_flag_is_not_all_flags,
    );
}

/// As Linux before 6.18 answers a flag that it does not know.
fn no_rwf_nosignal() {
    limits::refuse(libc::SYS_pwritev2, libc::EOPNOTSUPP, Some((5, RWF_NOSIGNAL)));
}

/// As Linux before 6.3.
fn no_noexec_seal() {
    limits::refuse(libc::SYS_memfd_create, libc::EINVAL, Some((1, MFD_NOEXEC_SEAL)));
}

fn flagged_write(fd: RawFd, flags: u32) -> i32 {
    let part = libc::iovec { iov_base: c"x".as_ptr().cast_mut().cast(), iov_len: 1 };
    let current: libc::c_long = -1;
    // SAFETY: one part, of one byte.
    let n = unsafe { libc::syscall(libc::SYS_pwritev2, fd, &raw const part, 1, current, current, flags) };
    if n == -1 { crate::os::errno() } else { 0 }
}

/// Else all of the above would prove nothing.
fn the_filter_refuses() {
    let (_read, write) = fds::pipe();
    no_rwf_nosignal();
    assert_eq!(flagged_write(write.as_raw_fd(), RWF_NOSIGNAL), libc::EOPNOTSUPP);
    no_noexec_seal();
    // SAFETY: a valid name.
    let fd = unsafe { libc::memfd_create(c"new".as_ptr(), MFD_NOEXEC_SEAL) };
    assert_eq!((fd, crate::os::errno()), (-1, libc::EINVAL));
}

/// The filter lets through what older kernels know.
fn one_flag_is_not_all_flags() {
    let (_read, write) = fds::pipe();
    no_rwf_nosignal();
    assert_eq!(flagged_write(write.as_raw_fd(), 0), 0);
    drop(fds::unsealed_memfd());
    no_noexec_seal();
    drop(fds::unsealed_memfd());
}

/// Writes where nobody reads, both ways that an end takes, and leaves every signal as it was.
fn write_to_nobody() {
    let before = signals::Dispositions::now();
    let (read_end, mut write_end) = pipe::pair().expect("pair");
    drop(read_end);
    for _ in 0..3 {
        let answers = [
            write_end.write(b"x", Wait::FOREVER),
            write_end.try_write(b"x"),
            write_end.write_two(b"x", b"y", Wait::FOREVER),
            write_end.try_write_two(b"x", b"y"),
        ];
        for answer in answers {
            assert_eq!(answer.expect_err("nobody reads").errno(), Errno::PIPE);
        }
    }
    assert_eq!(signals::Dispositions::now(), before);
}

/// By the new way, then by the old one, and then as where `pwritev2` is not known at all: qemu-user has none.
fn each_way(check: fn()) {
    check();
    no_rwf_nosignal();
    check();
    limits::refuse(libc::SYS_pwritev2, libc::ENOSYS, None);
    check();
}

fn sigpipe_ignored_stays_ignored() {
    signals::set_ignored(libc::SIGPIPE);
    each_way(write_to_nobody);
    signals::set_default(libc::SIGPIPE);
}

fn sigpipe_blocked_is_taken_back() {
    signals::block(libc::SIGPIPE);
    each_way(|| {
        write_to_nobody();
        assert!(!signals::is_pending(libc::SIGPIPE), "a SIGPIPE of ours waits for the program");
    });
    signals::unblock(libc::SIGPIPE);
}

/// It is the program's own, and ours is not to be taken for it.
fn sigpipe_that_waited_before_us_stays() {
    signals::block(libc::SIGPIPE);
    each_way(|| {
        let (read, write) = fds::pipe();
        drop(read);
        assert!(raw_write(write.as_raw_fd(), b"x").is_err());
        assert!(signals::is_pending(libc::SIGPIPE));
        write_to_nobody();
        assert!(signals::is_pending(libc::SIGPIPE), "the program's own SIGPIPE is gone");
    });
    signals::set_ignored(libc::SIGPIPE);
    signals::unblock(libc::SIGPIPE);
    signals::set_default(libc::SIGPIPE);
}

fn sigpipe_handled_does_not_run() {
    signals::set_counted(libc::SIGPIPE);
    each_way(|| {
        write_to_nobody();
        assert_eq!(signals::handled(), 0, "the program's handler ran");
    });
    signals::set_default(libc::SIGPIPE);
}
