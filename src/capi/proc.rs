//! What a process holds: its descriptors, as /proc/PID/fd shows them, in the caller's buffers.
//!
//! rawipc_proc_open() opens /proc/PID once, and everything is read from that directory: after the process is gone it
//! answers -ESRCH, and never with another process that was given the same number. The kernel lets a process look into
//! those that it may trace: its own user's, as a rule; root into all.

use core::ffi::{c_char, c_int, c_void};

use rawipc::proc::{self, Device, Entry, Kind, Link, OpenFile, Process, Table, Target};
use rawipc::{Call, Errno};

use crate::arg::Args;
use crate::error::{descriptor, rawipc_error, status};
use crate::handle::holds;

/// A buffer of this many bytes holds every link text.
pub const RAWIPC_PROC_LINK_MAX: usize = 4096;
/// The shortest buffer for the numbers of a table.
pub const RAWIPC_PROC_NAMES_MIN: usize = 32;

const _: () = assert!(RAWIPC_PROC_LINK_MAX == proc::LINK_MAX);

/// The working directory.
pub const RAWIPC_PROC_CWD: u32 = 0;
/// The root directory.
pub const RAWIPC_PROC_ROOT: u32 = 1;
/// The program that a process runs.
pub const RAWIPC_PROC_EXE: u32 = 2;

/// `pipe:[number]`: a pipe without a name. A FIFO is a path of the kind 'p'.
pub const RAWIPC_PROC_PIPE: u8 = 0;
/// `socket:[number]`.
pub const RAWIPC_PROC_SOCKET: u8 = 1;
/// `anon_inode:name`: what has no inode of its own.
pub const RAWIPC_PROC_ANON_INODE: u8 = 2;
/// `/memfd:name (deleted)`.
pub const RAWIPC_PROC_MEMFD: u8 = 3;
/// A file, by its name as we see it now.
pub const RAWIPC_PROC_PATH: u8 = 4;
/// A file whose name is gone, and what the name was.
pub const RAWIPC_PROC_DELETED: u8 = 5;
/// Anything else, such as a namespace.
pub const RAWIPC_PROC_OTHER: u8 = 6;
/// A file whose path is too long for the kernel to print.
pub const RAWIPC_PROC_TOO_LONG: u8 = 7;

/// An open file: what its link says, decoded, and what its inode says.
///
/// Both texts lie in the buffer that was given for them.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_proc_file {
    /// The text of the link as the kernel wrote it, ended by a NUL.
    pub text: *const c_char,
    /// Its length without the NUL.
    pub text_len: usize,
    /// The name in it, as the target says; not ended by a NUL. NULL where the target has none.
    pub name: *const c_char,
    /// Its length.
    pub name_len: usize,
    /// The number in brackets of a pipe or socket; else 0.
    pub number: u64,
    /// The number of the inode.
    pub inode: u64,
    /// Its size in bytes.
    pub size: u64,
    /// The file system.
    pub device_major: u32,
    /// The file system.
    pub device_minor: u32,
    /// The device that a character or block device stands for; else 0.
    pub special_major: u32,
    /// The device that a character or block device stands for; else 0.
    pub special_minor: u32,
    /// How many names the inode has in its file system.
    pub links: u32,
    /// The permission bits of the inode, of which ls -l makes rwxr-xr-x.
    pub permissions: u16,
    /// RAWIPC_PROC_PIPE … RAWIPC_PROC_TOO_LONG.
    pub target: u8,
    /// The type of the inode, by the letter that ls -l prints: p c d b - l s, or ? for none of them.
    pub kind: c_char,
}

crate::layout!(rawipc_proc_file: 80, text 0, text_len 8, name 16, name_len 24, number 32, inode 40, size 48,
    device_major 56, device_minor 60, special_major 64, special_minor 68, links 72, permissions 76, target 78,
    kind 79);

/// Opened to read: bit of an entry's access.
pub const RAWIPC_PROC_READ: u32 = 1;
/// Opened to write: bit of an entry's access.
pub const RAWIPC_PROC_WRITE: u32 = 2;

/// One descriptor of a process.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_proc_entry {
    /// Its number, there.
    pub fd: c_int,
    /// RAWIPC_PROC_READ, RAWIPC_PROC_WRITE, both, or neither (O_PATH).
    pub access: u32,
    /// What it leads to.
    pub file: rawipc_proc_file,
}

crate::layout!(rawipc_proc_entry: 88, fd 0, access 4, file 8);

/// What fdinfo says of a descriptor.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_proc_info {
    /// Where the next read or write starts.
    pub offset: i64,
    /// The access mode and status flags, as O_… bits of <fcntl.h>, O_CLOEXEC among them.
    pub flags: u32,
    /// 0.
    pub reserved: u32,
}

crate::layout!(rawipc_proc_info: 16, offset 0, flags 8, reserved 12);

/// The descriptors of a process, in ascending order. A handle.
#[repr(C)]
pub struct rawipc_proc_table {
    opaque: [u64; 8],
}

holds!(rawipc_proc_table, Table<'static>, *b"proctabl");
crate::layout!(rawipc_proc_table: 64);

const OPEN: Args = Args(Call::OPENAT);
const LINK: Args = Args(Call::READLINKAT);

/// Opens the directory in /proc of the process that has this number now.
///
/// @return a descriptor of it, or -errno
/// @par Errors
/// EINVAL: 0 and below. ESRCH: no process has the number, or /proc hides it from us, or there is no /proc. EMFILE,
/// ENFILE: no descriptors left.
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust proc::Process::open
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_proc_open(pid: i32, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's error.
    unsafe { descriptor(Process::open(pid).map(Process::into_fd), error) }
}

/// Opens the directory in /proc of the calling process. After a fork it still means the parent.
///
/// @return a descriptor of it, or -errno
/// @par Errors
/// As rawipc_proc_open().
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust proc::Process::own
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_proc_own(error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's error.
    unsafe { descriptor(Process::own().map(Process::into_fd), error) }
}

/// Opens the table of a process's descriptors.
///
/// @param table      gets it
/// @param process    of rawipc_proc_open() or rawipc_proc_own()
/// @param names      holds the next few numbers while the table is in use: RAWIPC_PROC_NAMES_MIN bytes are enough, and
///                   each 24 more save going to the kernel once more often
/// @return 0, or -errno
/// @par Errors
/// EACCES: not ours to look into. ESRCH: it is gone. EMSGSIZE: names is too short. EMFILE, ENFILE: no descriptors left.
/// @par Ownership
/// The table is the caller's, until rawipc_proc_table_close(), and names is the table's until then.
/// @rust proc::Process::descriptors
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_proc_table_open(
    table: *mut rawipc_proc_table,
    process: c_int,
    names: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let opened = (|| {
        // SAFETY: the caller's handle.
        let empty = unsafe { OPEN.empty(table) }?;
        let process = OPEN.lent(process, Process::assume)?;
        // SAFETY: the caller's buffer, for as long as the table is in use.
        let names = unsafe { OPEN.buffer(names, len) }?;
        process.descriptors(names).map(|value| empty.set(value))
    })();
    // SAFETY: the caller's error.
    unsafe { status(opened, error) }
}

/// The next descriptor.
///
/// One that another thread of the process has closed since its number was read is passed over.
///
/// @param entry  gets it, its texts in text
/// @param text   RAWIPC_PROC_LINK_MAX bytes are always enough
/// @return 1, or 0 after the last one, or -errno
/// @par Errors
/// EMSGSIZE: text is too short; the descriptor stays for the next call. After any other error the next call goes on
/// behind it. ESRCH: the process is gone, so the table never ends early without a word. EACCES: it has become another
/// user's. EPROTO: what /proc said is nothing that a kernel says.
/// @rust proc::Table::next
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_proc_table_next(
    table: *mut rawipc_proc_table,
    entry: *mut rawipc_proc_entry,
    text: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let next = (|| {
        // SAFETY: the caller's handle.
        let table = unsafe { LINK.value(table) }?;
        // SAFETY: the caller's output.
        let entry = unsafe { LINK.output(entry) }?;
        // SAFETY: the caller's buffer.
        let text = unsafe { LINK.buffer(text, len) }?;
        let found = table.next(text)?;
        Ok(found.map(|found| entry.set(rawipc_proc_entry::of(&found))))
    })();
    match next {
        Ok(Some(())) => 1,
        // SAFETY: the caller's error.
        other => unsafe { status(other.map(drop), error) },
    }
}

/// Closes the table; the buffer of names is the caller's again.
///
/// @return 0, or -errno
/// @rust proc::Table
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_proc_table_close(
    table: *mut rawipc_proc_table,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let closed = unsafe { Args(Call::CLOSE).taken(table) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}

/// What a link in a process's directory leads to.
///
/// @param process  of rawipc_proc_open() or rawipc_proc_own()
/// @param link     RAWIPC_PROC_CWD, RAWIPC_PROC_ROOT or RAWIPC_PROC_EXE
/// @param file     gets it, its texts in text
/// @param text     RAWIPC_PROC_LINK_MAX bytes are always enough
/// @return 0, or -errno
/// @par Errors
/// As rawipc_proc_table_next(); and ENOENT: it has none, being a kernel thread, or one that has ended and was not
/// waited for. EINVAL: no such link.
/// @rust proc::Process::link
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_proc_link(
    process: c_int,
    link: u32,
    file: *mut rawipc_proc_file,
    text: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let read = (|| {
        let process = LINK.lent(process, Process::assume)?;
        let link = match link {
            RAWIPC_PROC_CWD => Link::Cwd,
            RAWIPC_PROC_ROOT => Link::Root,
            RAWIPC_PROC_EXE => Link::Exe,
            _ => return Err(LINK.refused(Errno::INVAL)),
        };
        // SAFETY: the caller's output.
        let file = unsafe { LINK.output(file) }?;
        // SAFETY: the caller's buffer.
        let text = unsafe { LINK.buffer(text, len) }?;
        process.link(link, text).map(|found| file.set(rawipc_proc_file::of(&found)))
    })();
    // SAFETY: the caller's error.
    unsafe { status(read, error) }
}

/// Reads close-on-exec, status flags and offset of one descriptor of a process.
///
/// @param process  of rawipc_proc_open() or rawipc_proc_own()
/// @param fd       its number, there
/// @param info     gets them
/// @return 0, or -errno
/// @par Errors
/// EBADF: fd is negative, or not open there. ESRCH: the process is gone. EACCES: not ours to look into. EMFILE, ENFILE:
/// no descriptors left. EPROTO: what /proc said is nothing that a kernel says.
/// @rust proc::Process::fdinfo
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_proc_fdinfo(
    process: c_int,
    fd: c_int,
    info: *mut rawipc_proc_info,
    error: *mut rawipc_error,
) -> c_int {
    let read = (|| {
        let process = OPEN.lent(process, Process::assume)?;
        // SAFETY: the caller's output.
        let out = unsafe { OPEN.output(info) }?;
        let info = process.fdinfo(fd)?;
        out.set(rawipc_proc_info { offset: info.offset, flags: info.flags, reserved: 0 });
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(read, error) }
}

impl rawipc_proc_entry {
    fn of(entry: &Entry<'_>) -> Self {
        rawipc_proc_entry {
            fd: entry.fd,
            access: entry.access as u32,
            file: rawipc_proc_file::of(&entry.file),
        }
    }
}

impl rawipc_proc_file {
    fn of(file: &OpenFile<'_>) -> Self {
        let (target, number, name): (_, _, &[u8]) = match file.target {
            Target::Pipe(number) => (RAWIPC_PROC_PIPE, number, &[]),
            Target::Socket(number) => (RAWIPC_PROC_SOCKET, number, &[]),
            Target::AnonInode(name) => (RAWIPC_PROC_ANON_INODE, 0, name),
            Target::Memfd(name) => (RAWIPC_PROC_MEMFD, 0, name),
            Target::Path(name) => (RAWIPC_PROC_PATH, 0, name),
            Target::Deleted(name) => (RAWIPC_PROC_DELETED, 0, name),
            Target::Other(name) => (RAWIPC_PROC_OTHER, 0, name),
            Target::TooLong => (RAWIPC_PROC_TOO_LONG, 0, &[]),
        };
        let named = !matches!(target, RAWIPC_PROC_PIPE | RAWIPC_PROC_SOCKET | RAWIPC_PROC_TOO_LONG);
        let Device { major: device_major, minor: device_minor } = file.device;
        let Device { major: special_major, minor: special_minor } = file.special;
        rawipc_proc_file {
            text: file.text.as_ptr().cast(),
            text_len: file.text.len(),
            name: if named { name.as_ptr().cast() } else { core::ptr::null() },
            name_len: name.len(),
            number,
            inode: file.inode,
            size: file.size,
            device_major,
            device_minor,
            special_major,
            special_minor,
            links: file.links,
            permissions: file.permissions,
            target,
            kind: letter(file.kind),
        }
    }
}

fn letter(kind: Kind) -> c_char {
    u32::from(kind.letter()) as c_char
}
