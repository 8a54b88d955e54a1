//! What a link in /proc leads to.

use super::{LINK_MAX, open_in};
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, CWD};
use crate::proc::path::parse;
use core::ffi::CStr;
use rustix::fs::{AtFlags, FileType, OFlags, Statx, StatxFlags};

/// An open file: what its link says, decoded, and what its inode says.
///
/// A directory of /proc that is still open when its process is gone answers nothing: then `kind` is
/// [`Unknown`](Kind::Unknown), and every number is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct OpenFile<'t> {
    /// What the link leads to.
    pub target: Target<'t>,
    /// The text of the link as the kernel wrote it, which is what `ls -l` prints behind the arrow.
    pub text: &'t [u8],
    /// The type of the inode.
    pub kind: Kind,
    /// The permission bits of the inode, of which `ls -l` makes `rwxr-xr-x`.
    pub permissions: u16,
    /// The file system.
    pub device: Device,
    /// The device that a character or block device stands for; else zero.
    pub special: Device,
    /// The number of the inode.
    pub inode: u64,
    /// How many names it has in its file system.
    pub links: u32,
    /// Its size in bytes.
    pub size: u64,
}

/// What a link in /proc leads to, decoded from its text and checked against the inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub enum Target<'t> {
    /// `pipe:[inode]`: a pipe without a name. A FIFO is a [`Path`](Self::Path) of [`Kind::Fifo`].
    Pipe(u64),
    /// `socket:[inode]`.
    Socket(u64),
    /// `anon_inode:…`: what has no inode of its own, such as `[eventfd]`.
    AnonInode(&'t [u8]),
    /// `/memfd:… (deleted)`: memory made by memfd_create, and the name given there. Who may make and remove a
    /// file of such a name in the root directory can imitate it.
    Memfd(&'t [u8]),
    /// A file, by its name as we see it now.
    Path(&'t [u8]),
    /// A file whose name is gone, and what the name was.
    Deleted(&'t [u8]),
    /// Anything else, such as a namespace, `net:[inode]`, or a path outside of our root directory.
    Other(&'t [u8]),
    /// A file whose path is too long for the kernel to print.
    TooLong,
}

/// The type of an inode: the first letter that `ls -l` prints for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// None of the others: an `anon_inode`, or one that does not answer.
    Unknown = 0,
    /// `p`: a pipe or FIFO.
    Fifo = 1,
    /// `c`: a character device.
    Character = 2,
    /// `d`: a directory.
    Directory = 4,
    /// `b`: a block device.
    Block = 6,
    /// `-`: a regular file, or memory.
    Regular = 8,
    /// `l`: a symbolic link, opened as itself.
    Symlink = 10,
    /// `s`: a socket.
    Socket = 12,
}

/// A device number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(C)]
pub struct Device {
    /// Of which driver.
    pub major: u32,
    /// Which one of the driver's.
    pub minor: u32,
}

/// What the kernel said of a link, its text in the buffer still to be decoded.
pub(super) struct Found {
    /// Bytes of text; `None` where the kernel has none to give.
    len: Option<usize>,
    inode: Inode,
}

/// What is asked of an inode; all zero where it does not answer.
#[derive(Default)]
struct Inode {
    mode: u16,
    device: Device,
    special: Device,
    number: u64,
    links: u32,
    size: u64,
}

impl Found {
    /// Reads the link `name` in `dir` into `text`, and what it leads to.
    pub(super) fn read(dir: BorrowedFd<'_>, name: &CStr, text: &mut [u8]) -> Result<Found> {
        let len = match rustix::fs::readlinkat_raw(dir, name, &mut *text) {
            // A text that fills the buffer may have been cut without a word.
            Ok(len) if len >= text.len() => {
                return Err(Error::kernel(Call::READLINKAT, Errno::MSGSIZE).with_needed(LINK_MAX));
            }
            Ok(len) => Some(len),
            Err(Errno::NAMETOOLONG) => None,
            Err(errno) => return Err(errno).named(Call::READLINKAT),
        };
        // Without asking a server anew: a dead one would not answer.
        let inode = match rustix::fs::statx(dir, name, AtFlags::STATX_DONT_SYNC, StatxFlags::BASIC_STATS) {
            Ok(stat) => Inode::of(&stat),
            // It was closed, or is open still and has no answer: a directory in /proc whose process is gone.
            Err(Errno::NOENT) => {
                rustix::fs::readlinkat_raw(dir, name, &mut [0_u8; 1]).named(Call::READLINKAT)?;
                Inode::default()
            }
            Err(errno) => return Err(errno).named(Call::STATX),
        };
        Ok(Found { len, inode })
    }
}

impl Inode {
    fn of(stat: &Statx) -> Inode {
        Inode {
            mode: stat.stx_mode,
            device: Device { major: stat.stx_dev_major, minor: stat.stx_dev_minor },
            special: Device { major: stat.stx_rdev_major, minor: stat.stx_rdev_minor },
            number: stat.stx_ino,
            links: stat.stx_nlink,
            size: stat.stx_size,
        }
    }
}

impl<'t> OpenFile<'t> {
    /// `root` is the link, from `dir`, to the root directory of the process.
    pub(super) fn decode(found: Found, dir: BorrowedFd<'_>, root: &CStr, text: &'t mut [u8]) -> OpenFile<'t> {
        let Found { len, inode } = found;
        // There is room for it: a text that fills the buffer was refused.
        if let Some(end) = text.get_mut(len.unwrap_or(0)) {
            *end = 0;
        }
        let text: &'t [u8] = text;
        let link = CStr::from_bytes_until_nul(text).unwrap_or(c"");
        let target = match len {
            Some(_) => Target::decode(link.to_bytes(), inode.links, || still_named(dir, root, link, &inode)),
            None => Target::TooLong,
        };
        OpenFile {
            target,
            text: link.to_bytes(),
            kind: Kind::of(inode.mode),
            permissions: inode.mode & 0o7777,
            device: inode.device,
            special: inode.special,
            inode: inode.number,
            links: inode.links,
            size: inode.size,
        }
    }
}

impl<'t> Target<'t> {
    pub(super) fn decode(text: &'t [u8], links: u32, still_named: impl FnOnce() -> bool) -> Target<'t> {
        if text.first() != Some(&b'/') {
            return Self::decode_kernel_name(text);
        }
        // The kernel marks a name that is gone, but the name of a file may end so too.
        match text.strip_suffix(b" (deleted)") {
            None => Target::Path(text),
            Some(_) if links != 0 && still_named() => Target::Path(text),
            Some(name) => match name.strip_prefix(b"/memfd:") {
                Some(name) if links == 0 => Target::Memfd(name),
                _ => Target::Deleted(name),
            },
        }
    }

    /// A path starts with a slash, so that no file can be named to look like one of these.
    fn decode_kernel_name(text: &'t [u8]) -> Target<'t> {
        if let Some(name) = text.strip_prefix(b"anon_inode:") {
            return Target::AnonInode(name);
        }
        if let Some(inode) = number_in_brackets(text, b"pipe:[") {
            return Target::Pipe(inode);
        }
        match number_in_brackets(text, b"socket:[") {
            Some(inode) => Target::Socket(inode),
            None => Target::Other(text),
        }
    }
}

impl Kind {
    fn of(mode: u16) -> Kind {
        match FileType::from_raw_mode(u32::from(mode)) {
            FileType::Fifo => Kind::Fifo,
            FileType::CharacterDevice => Kind::Character,
            FileType::Directory => Kind::Directory,
            FileType::BlockDevice => Kind::Block,
            FileType::RegularFile => Kind::Regular,
            FileType::Symlink => Kind::Symlink,
            FileType::Socket => Kind::Socket,
            FileType::Unknown => Kind::Unknown,
        }
    }

    /// The letter that `ls -l` prints; `?` for [`Unknown`](Kind::Unknown).
    pub const fn letter(self) -> char {
        match self {
            Kind::Unknown => '?',
            Kind::Fifo => 'p',
            Kind::Character => 'c',
            Kind::Directory => 'd',
            Kind::Block => 'b',
            Kind::Regular => '-',
            Kind::Symlink => 'l',
            Kind::Socket => 's',
        }
    }
}

fn number_in_brackets(text: &[u8], prefix: &[u8]) -> Option<u64> {
    parse(text.strip_prefix(prefix)?.strip_suffix(b"]")?, 10)
}

/// Whether the name that ends in " (deleted)" is one that this very file has now. Where it cannot be looked up, the
/// kernel's word is believed, and it is not.
///
/// The kernel writes names from our root directory on, unless the process lives in a file tree of its own: then from
/// the root of that.
fn still_named(dir: BorrowedFd<'_>, root: &CStr, path: &CStr, inode: &Inode) -> bool {
    is_named_in(dir, root, path, inode) || is_named(CWD, path, inode)
}

fn is_named_in(dir: BorrowedFd<'_>, root: &CStr, path: &CStr, inode: &Inode) -> bool {
    let Some(Ok(path)) = path.to_bytes_with_nul().get(1..).map(CStr::from_bytes_with_nul) else {
        return false;
    };
    open_in(dir, root, OFlags::PATH.union(OFlags::DIRECTORY))
        .is_ok_and(|root| is_named(root.as_fd(), path, inode))
}

fn is_named(dir: BorrowedFd<'_>, path: &CStr, inode: &Inode) -> bool {
    let flags = AtFlags::SYMLINK_NOFOLLOW.union(AtFlags::NO_AUTOMOUNT).union(AtFlags::STATX_DONT_SYNC);
    rustix::fs::statx(dir, path, flags, StatxFlags::INO).is_ok_and(|named| {
        let named = Inode::of(&named);
        (named.number, named.device) == (inode.number, inode.device)
    })
}
