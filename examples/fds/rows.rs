//! The rows: what one process holds.

use crate::escape::escape;
use crate::maps;
use rawipc::fd::{AsFd, AsRawFd};
use rawipc::proc::{Access, Device, Kind, LINK_MAX, Link, OpenFile, Process, Target};
use rawipc::{Call, Errno, Error, Result};
use std::ffi::{CStr, CString};
use std::fs;
use std::os::unix::fs::MetadataExt;

/// One line of the table.
pub struct Row {
    pub fd: String,
    pub mode: String,
    pub kind: String,
    pub device: String,
    pub size: String,
    pub node: u64,
    pub name: String,
    /// What else the file itself tells: the protocol of a socket.
    pub detail: Option<String>,
    /// Where it is a descriptor.
    pub descriptor: Option<Descriptor>,
}

/// What tells which other end belongs to it.
#[derive(Clone, Copy)]
pub struct Descriptor {
    pub number: i32,
    pub access: Access,
    pub kind: Kind,
    pub device: Device,
    pub inode: u64,
}

/// cwd, root, program, mapped files and descriptors, in the order of lsof.
pub fn read(process: &Process) -> Result<Vec<Row>> {
    let mut text = [0; LINK_MAX];
    let mut names = [0; 4096];
    // First of all: what is not ours to read says so here.
    let mut table = process.descriptors(&mut names)?;
    let mut rows = Vec::new();
    let mut program = None;
    for (link, fd) in [(Link::Cwd, "cwd"), (Link::Root, "rtd"), (Link::Exe, "txt")] {
        match process.link(link, &mut text) {
            Ok(file) => {
                program = Some(file.inode);
                rows.push(of_file(fd.into(), "lrwxrwxrwx", &file, None));
            }
            Err(e) if e.errno() == Errno::NOENT => {} // a kernel thread has no program
            Err(e) if is_file(e) => rows.push(unknown(fd, e)),
            Err(e) => return Err(e),
        }
    }
    rows.extend(maps::rows(process, program));
    loop {
        let entry = match table.next(&mut text) {
            Ok(Some(entry)) => entry,
            Ok(None) => return Ok(rows),
            Err(e) if is_file(e) => {
                rows.push(unknown("?", e));
                continue;
            }
            Err(e) => return Err(e),
        };
        let letter = match entry.access {
            Access::Path => "",
            Access::Read => "r",
            Access::Write => "w",
            Access::Both => "u",
        };
        let offset = match process.fdinfo(entry.fd) {
            Ok(info) => info.offset,
            Err(e) if e.errno() == Errno::BADF => continue, // closed in between
            Err(e) => return Err(e),
        };
        let fd = format!("{}{letter}", entry.fd);
        let mut row = of_file(fd, entry.access.as_str(), &entry.file, Some(offset));
        row.descriptor = Some(Descriptor {
            number: entry.fd,
            access: entry.access,
            kind: entry.file.kind,
            device: entry.file.device,
            inode: entry.file.inode,
        });
        if entry.file.kind == Kind::Socket {
            row.detail = protocol(&path_in(process, &format!("fd/{}", entry.fd)));
        }
        rows.push(row);
    }
}

/// Whether it is the file that could not be looked at, and not the process: its server is dead, or serves another
/// user alone.
fn is_file(e: Error) -> bool {
    e.call() == Call::STATX && e.errno() != Errno::SRCH
}

fn unknown(fd: &str, e: Error) -> Row {
    Row {
        fd: fd.into(),
        mode: "-".into(),
        kind: "unknown".into(),
        device: "-".into(),
        size: "-".into(),
        node: 0,
        name: format!("({e})"),
        detail: None,
        descriptor: None,
    }
}

fn of_file(fd: String, mode: &str, file: &OpenFile<'_>, offset: Option<i64>) -> Row {
    let device = match file.kind {
        Kind::Character | Kind::Block => file.special,
        _ => file.device,
    };
    let size = match (file.kind, offset) {
        (Kind::Regular | Kind::Directory | Kind::Unknown, _) | (_, None) => file.size.to_string(),
        (_, Some(offset)) => format!("0t{offset}"),
    };
    let name = match file.target {
        // Called so; a deleted one stands without quotes.
        Target::Path(path) if path.ends_with(b" (deleted)") => format!("\"{}\"", escape(path)),
        Target::TooLong => "(a path too long for the kernel to print)".into(),
        _ => escape(file.text),
    };
    Row {
        fd,
        mode: mode.into(),
        kind: kind_name(file).into(),
        device: device_name(device),
        size,
        node: file.inode,
        name,
        detail: None,
        descriptor: None,
    }
}

/// What the kernel calls the protocol of a socket.
fn protocol(path: &str) -> Option<String> {
    let path = CString::new(path).ok()?;
    let mut name = [0_u8; 64];
    let attribute = c"system.sockprotoname";
    // SAFETY: two C strings, and at most as many bytes written as the array has.
    let n =
        unsafe { libc::getxattr(path.as_ptr(), attribute.as_ptr(), name.as_mut_ptr().cast(), name.len()) };
    let name = name.get(..usize::try_from(n).ok()?)?;
    Some(format!("protocol: {}", escape(name.strip_suffix(b"\0").unwrap_or(name))))
}

fn kind_name(file: &OpenFile<'_>) -> &'static str {
    match (file.kind, file.target) {
        (_, Target::AnonInode(_)) => "a_inode",
        (Kind::Fifo, _) => "FIFO",
        (Kind::Character, _) => "CHR",
        (Kind::Directory, _) => "DIR",
        (Kind::Block, _) => "BLK",
        (Kind::Regular, _) => "REG",
        (Kind::Symlink, _) => "LINK",
        (Kind::Socket, _) => "sock",
        (Kind::Unknown, _) => "unknown",
    }
}

pub fn device_name(device: Device) -> String {
    format!("{},{}", device.major, device.minor)
}

/// A path to a file of /proc/PID that starts from the directory we hold, not from the number.
pub fn path_in(process: &Process, name: &str) -> String {
    format!("/proc/self/fd/{}/{name}", process.as_fd().as_raw_fd())
}

/// The name of the program, cut by the kernel after 15 bytes.
pub fn command(process: &Process) -> String {
    let name = fs::read(path_in(process, "comm")).unwrap_or_default();
    // It stands in columns and lists.
    escape(name.strip_suffix(b"\n").unwrap_or(&name)).replace(' ', "\\x20")
}

/// The user whose the process is, by name if it has one.
pub fn owner(process: &Process) -> String {
    match fs::metadata(path_in(process, ".")) {
        Ok(stat) => user_name(stat.uid()).unwrap_or_else(|| stat.uid().to_string()),
        Err(_) => "?".into(),
    }
}

fn user_name(uid: u32) -> Option<String> {
    // SAFETY: one thread, which keeps nothing of what it returns.
    let entry = unsafe { libc::getpwuid(uid).as_ref() }?;
    // SAFETY: a C string in the same static memory.
    let name = unsafe { CStr::from_ptr(entry.pw_name) };
    Some(escape(name.to_bytes()))
}
