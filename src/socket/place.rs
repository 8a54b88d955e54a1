//! Where a name lies: addresses that lead through a descriptor, for paths that are longer than `sun_path`, or
//! relative to a directory, or that must lead to that very file.

use super::address::{Address, OWN_FDS};
use super::connection::until_room;
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::sys::made::openat;
use crate::wait::Wait;
use core::ffi::CStr;
use rustix::fd::AsRawFd;
use rustix::fs::{FileType, Mode, OFlags};

use super::lock::Identity;

/// The most of a long path that is looked up in one step; a component is no longer than 255 bytes.
const STEP: usize = 320;

/// The address of what `fd` is open on, or of `name` in the directory that it is, which [`name`](self::name) let
/// through.
pub(super) fn through(fd: &Fd, name: &[u8]) -> Address {
    Address::through(fd.as_fd().as_raw_fd().unsigned_abs(), name)
}

/// The last component of a path.
pub(super) fn last(path: &CStr) -> &[u8] {
    path.to_bytes().rsplit(|&byte| byte == b'/').next().unwrap_or(b"")
}

/// The last component of a path, where a socket can be bound to it whatever the number of its directory: behind
/// the longest way there, and with `.new` behind it.
pub(super) fn name(path: &CStr) -> Result<&[u8]> {
    const MOST: usize = Address::NAME_MAX - OWN_FDS.len() - "2147483647/".len() - ".new".len();
    let name = last(path);
    match name.len() {
        0 => Err(Error::argument(Call::BIND, Errno::INVAL)),
        1..=MOST => Ok(name),
        _ => Err(Error::argument(Call::BIND, Errno::NAMETOOLONG)),
    }
}

/// The directory that the last component of `path` is in.
///
/// `openat`; (`openat`, `close`)×n behind it for a path whose directories are longer than 319 bytes.
#[inline(never)] // its buffer is on the stack no longer than it
pub(super) fn parent(dir: BorrowedFd<'_>, path: &CStr) -> Result<Fd> {
    let bytes = path.to_bytes();
    let all = bytes.len().saturating_sub(last(path).len());
    let mut rest = bytes.get(..all).unwrap_or(b"");
    if rest.is_empty() {
        return open_dir(dir, c".");
    }
    let mut at: Option<Fd> = None;
    while !rest.is_empty() {
        let (step, after) = split(rest);
        let mut name = [0; STEP];
        for (to, from) in name.iter_mut().zip(step) {
            *to = *from;
        }
        let Ok(name) = CStr::from_bytes_until_nul(&name) else {
            return Err(Error::argument(Call::OPENAT, Errno::NAMETOOLONG));
        };
        at = Some(open_dir(at.as_ref().map_or(dir, |fd| fd.as_fd()), name)?);
        rest = after;
    }
    at.ok_or(Error::argument(Call::OPENAT, Errno::INVAL)) // not reached: the rest was not empty
}

/// [`parent`], made again where a signal comes that the wait outlasts.
#[inline(never)]
pub(super) fn parent_within(dir: BorrowedFd<'_>, path: &CStr, wait: Option<&Wait>) -> Result<Fd> {
    match wait {
        Some(wait) => until_room(*wait, || parent(dir, path)),
        None => parent(dir, path),
    }
}

/// As much as one step takes, up to a slash, and what is left without the slashes that it begins with: it is
/// looked up from there. A component that is too long for a step is too long for the kernel.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    if path.len() < STEP {
        return (path, b"");
    }
    let window = path.get(..STEP.saturating_sub(1)).unwrap_or(b""); // a NUL goes behind it
    let end = window.iter().rposition(|&byte| byte == b'/').map_or(path.len(), |at| at.saturating_add(1));
    let (step, mut after) = path.split_at_checked(end).unwrap_or((path, b""));
    while let Some((b'/', rest)) = after.split_first() {
        after = rest;
    }
    (step, after)
}

fn open_dir(dir: BorrowedFd<'_>, path: &CStr) -> Result<Fd> {
    let flags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
    openat(dir, path, flags, Mode::empty()).map(Fd::from)
}

/// The file of a socket, held whoever its name is given to.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) fd: Fd,
    pub(super) file: Identity,
}

impl Place {
    /// `openat(O_PATH | O_NOFOLLOW)`, `fstat` — the socket's file at `path`, and no link to it.
    pub(super) fn open(dir: BorrowedFd<'_>, path: &CStr) -> Result<Place> {
        let flags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
        let fd = openat(dir, path, flags, Mode::empty()).map(Fd::from)?;
        let stat = rustix::fs::fstat(&fd).named(Call::FSTAT)?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Socket => Ok(Place { fd, file: Identity::of(&stat) }),
            FileType::Symlink => Err(Error::peer(Call::FSTAT, Errno::LOOP)),
            _ => Err(Error::peer(Call::FSTAT, Errno::NOTSOCK)),
        }
    }

    /// Leads to this very file.
    pub(super) fn address(&self) -> Address {
        through(&self.fd, b"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fd::CWD;
    use std::ffi::CString;
    use std::string::ToString;
    use std::{fs, iter, vec};

    #[test]
    fn a_path_is_looked_up_in_steps_that_end_at_slashes() {
        assert_eq!(split(b"a/b/"), (&b"a/b/"[..], &b""[..]));
        let mut long = vec![b'x'; 150];
        long.push(b'/');
        let path = long.repeat(4);
        let (step, rest) = split(&path);
        assert_eq!((step.len(), rest.len()), (302, 302));
        let slashes = [&vec![b'y'; 310][..], &[b'/'; 30]].concat();
        assert_eq!(split(&slashes), (&slashes[..319], &b""[..]));
        let component = vec![b'z'; 600];
        assert_eq!(split(&component), (&component[..], &b""[..]));
    }

    #[test]
    fn the_parent_of_a_path_of_any_length() {
        let base = crate::scratch::unused("rawipc place");
        let deep = iter::repeat_n("d".repeat(200), 12).fold(base.clone(), |path, name| path.join(name));
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("file"), "here").unwrap();
        let path = CString::new(deep.join("file").to_str().unwrap()).unwrap();
        let dir = parent(CWD, &path).unwrap();
        let file = rustix::fs::openat(&dir, c"file", OFlags::RDONLY, Mode::empty()).unwrap();
        let mut buf = [0; 8];
        assert_eq!(rustix::io::read(&file, &mut buf).unwrap(), 4);
        fs::remove_dir_all(&base).unwrap();
        let long = CString::new([&[b'l'; 600][..], b"/file"].concat()).unwrap();
        assert_eq!(parent(CWD, &long).unwrap_err().errno(), Errno::NAMETOOLONG);
        assert_eq!(last(c"/a/b"), b"b");
        assert_eq!(last(c"b"), b"b");
    }

    #[test]
    fn an_address_leads_through_a_descriptor() {
        let dir = parent(CWD, c"file").unwrap();
        let number = dir.as_raw();
        let at = through(&dir, b"n");
        assert_eq!(at.to_string(), std::format!("/proc/thread-self/fd/{number}/n"));
        assert_eq!(name(c"a/b"), Ok(&b"b"[..]));
        let long = CString::new([b'x'; 72]).unwrap();
        assert_eq!(name(&long), Err(Error::argument(Call::BIND, Errno::NAMETOOLONG)));
        assert_eq!(Place::open(CWD, c"/dev/null").unwrap_err(), Error::peer(Call::FSTAT, Errno::NOTSOCK));
        assert_eq!(Place::open(CWD, c"/proc/self").unwrap_err(), Error::peer(Call::FSTAT, Errno::LOOP));
    }
}
