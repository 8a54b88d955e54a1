//! What /proc says in files: fdinfo of a descriptor, and whether a process is dying.

use super::open_in;
use super::path::parse;
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{BorrowedFd, Fd};
use crate::sys::made::openat;
use core::ffi::CStr;
use rustix::fs::{Mode, OFlags};

/// What the first lines of /proc/PID/fdinfo/FD say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct FdInfo {
    /// Where the next read or write starts.
    pub offset: i64,
    /// The access mode and status flags, as `O_…` bits, `O_CLOEXEC` among them.
    pub flags: u32,
}

impl FdInfo {
    /// Whether an exec closes it.
    pub const fn close_on_exec(self) -> bool {
        self.flags & OFlags::CLOEXEC.bits() != 0
    }

    /// Whether it was made non-blocking.
    pub const fn non_blocking(self) -> bool {
        self.flags & OFlags::NONBLOCK.bits() != 0
    }

    fn parse(text: &[u8]) -> Option<FdInfo> {
        let offset = value(text, b"pos:\t")?;
        let offset = match offset.strip_prefix(b"-") {
            // Down to −2⁶³, which /proc/PID/mem and its like can be at.
            Some(digits) => 0_i64.checked_sub_unsigned(parse(digits, 10)?)?,
            None => i64::try_from(parse(offset, 10)?).ok()?,
        };
        let flags = u32::try_from(parse(value(text, b"flags:\t")?, 8)?).ok()?;
        Some(FdInfo { offset, flags })
    }
}

/// Set in the flags of a task before it gives up its descriptors, and never taken back.
const PF_EXITING: u64 = 4;

/// Reads "fdinfo/N" of the process whose directory is `dir`.
pub(super) fn read_fdinfo(dir: BorrowedFd<'_>, path: &CStr) -> Result<FdInfo> {
    let fd = match openat(dir, path, OFlags::CLOEXEC, Mode::empty()) {
        Err(e) if e.is(Errno::NOENT) => {
            check_alive(dir, c"exe", c"stat")?;
            return Err(Error::kernel(Call::OPENAT, Errno::BADF));
        }
        answer => Fd::from(answer?),
    };
    // Both lines stand at the beginning, and take no more than 64 bytes.
    let mut text = [0; 128];
    let n = match rustix::io::read(&fd, &mut text) {
        Err(Errno::NOENT) => {
            // Closed in between, or gone with all the others.
            check_alive(dir, c"exe", c"stat")?;
            return Err(Error::kernel(Call::READ, Errno::BADF));
        }
        answer => answer.named(Call::READ)?,
    };
    text.get(..n).and_then(FdInfo::parse).ok_or(Error::peer(Call::READ, Errno::PROTO))
}

/// `ESRCH` unless the process had all of its descriptors up to now. Both names start from `dir`.
///
/// One that ends gives up its memory, and with it `exe`, before its descriptors. A kernel thread never has any,
/// and is told from it by its flags.
pub(super) fn check_alive(dir: BorrowedFd<'_>, exe: &CStr, stat: &CStr) -> Result<()> {
    match rustix::fs::readlinkat_raw(dir, exe, &mut [0_u8; 1]) {
        Ok(_) => return Ok(()),
        Err(Errno::SRCH) => return Err(Error::kernel(Call::READLINKAT, Errno::SRCH)),
        Err(_) => {}
    }
    let fd = open_in(dir, stat, OFlags::RDONLY)?;
    // "PID (name) S ppid pgrp session tty tpgid flags …", where the name may hold anything in 64 bytes.
    let mut text = [0; 256];
    let n = rustix::io::read(&fd, &mut text).named(Call::READ)?;
    match text.get(..n).and_then(task_flags) {
        Some(flags) if flags & PF_EXITING == 0 => Ok(()),
        Some(_) => Err(Error::kernel(Call::READ, Errno::SRCH)),
        None => Err(Error::peer(Call::READ, Errno::PROTO)),
    }
}

fn task_flags(stat: &[u8]) -> Option<u64> {
    let name_end = stat.iter().rposition(|&byte| byte == b')')?;
    let after_name = stat.get(name_end..)?;
    parse(after_name.split(|&byte| byte == b' ').nth(7)?, 10)
}

/// What stands behind `name` on the line that begins with it.
fn value<'t>(text: &'t [u8], name: &[u8]) -> Option<&'t [u8]> {
    text.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_fdinfo_is_read_by_its_names() {
        let text = b"pos:\t17\nflags:\t02004001\nmnt_id:\t15\nino:\t11297\n";
        let info = FdInfo::parse(text).unwrap();
        assert_eq!(info, FdInfo { offset: 17, flags: 0o2004001 });
        assert!(info.close_on_exec() && info.non_blocking());
        assert_eq!(FdInfo::parse(b"pos:\t-1\nflags:\t00\n").unwrap().offset, -1);
        let lowest = FdInfo::parse(b"pos:\t-9223372036854775808\nflags:\t00\n");
        assert_eq!(lowest.unwrap().offset, i64::MIN);
        assert_eq!(FdInfo::parse(b"pos:\t-9223372036854775809\nflags:\t00\n"), None);
        for bad in
            [&b""[..], b"pos:\t0\n", b"flags:\t00\n", b"pos:\tx\nflags:\t00\n", b"pos:\t0\nflags:\t9\n"]
        {
            assert_eq!(FdInfo::parse(bad), None);
        }
    }

    #[test]
    fn a_name_that_imitates_the_fields_does_not_move_them() {
        let stat = b"17 (a) R 1 1 1 1 1 4 () Z 9 8 7 0 -1 4228172 1 0";
        assert_eq!(task_flags(stat), Some(4228172));
        assert_eq!(task_flags(b"17 (a) Z 9 8"), None);
        assert_eq!(task_flags(b"nothing"), None);
    }
}
