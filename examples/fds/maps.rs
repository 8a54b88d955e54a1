//! The files that a process has mapped, from /proc/PID/maps.

use crate::escape::escape;
use crate::rows::{Row, device_name, path_in};
use rawipc::proc::{Device, Process};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;

struct Mapped {
    device: Device,
    inode: u64,
    /// What its mappings allow together, as maps prints it.
    allows: [u8; 4],
    path: Vec<u8>,
}

/// One row for each mapped file but the program itself.
pub fn rows(process: &Process, program: Option<u64>) -> Vec<Row> {
    let mut files: Vec<Mapped> = Vec::new();
    // What cannot be read was said before; a process that is gone says so when its table ends.
    let maps = fs::read(path_in(process, "maps")).unwrap_or_default();
    for mapped in maps.split(|&byte| byte == b'\n').filter_map(parse) {
        match files.iter_mut().find(|f| (f.device, f.inode) == (mapped.device, mapped.inode)) {
            Some(file) => file.allow_too(mapped.allows),
            None => files.push(mapped),
        }
    }
    files.retain(|file| Some(file.inode) != program);
    files.into_iter().map(|file| file.row(process)).collect()
}

/// `7f…-7f… r-xp 00000000 fe:00 326279      /usr/lib/…`, where a newline in the path is `\012`.
fn parse(line: &[u8]) -> Option<Mapped> {
    let mut fields = line.splitn(6, |&byte| byte == b' ');
    let allows = fields.nth(1)?.try_into().ok()?;
    let (major, minor) = std::str::from_utf8(fields.nth(1)?).ok()?.split_once(':')?;
    let device =
        Device { major: u32::from_str_radix(major, 16).ok()?, minor: u32::from_str_radix(minor, 16).ok()? };
    let inode = std::str::from_utf8(fields.next()?).ok()?.parse().ok().filter(|&inode| inode != 0)?;
    let path = fields.next()?.trim_ascii_start();
    Some(Mapped { device, inode, allows, path: unescape(path) })
}

impl Mapped {
    fn allow_too(&mut self, allows: [u8; 4]) {
        for (mine, more) in self.allows.iter_mut().zip(allows) {
            // 'p' is private, 's' shared; elsewhere '-' is no.
            if *mine == b'-' || more == b's' {
                *mine = more;
            }
        }
    }

    fn row(self, process: &Process) -> Row {
        // As the process itself sees the path.
        let mut path = path_in(process, "root").into_bytes();
        path.extend(&self.path);
        let stat = fs::metadata(OsStr::from_bytes(&path)).ok().filter(|stat| stat.ino() == self.inode);
        Row {
            fd: if stat.is_some() { "mem" } else { "DEL" }.into(),
            mode: String::from_utf8_lossy(&self.allows).into(),
            kind: "REG".into(),
            device: device_name(self.device),
            size: stat.map_or("-".into(), |stat| stat.len().to_string()),
            node: self.inode,
            name: escape(&self.path),
            detail: None,
            descriptor: None,
        }
    }
}

fn unescape(path: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = path;
    while let Some((&first, after)) = rest.split_first() {
        let newline = rest.strip_prefix(b"\\012");
        bytes.push(if newline.is_some() { b'\n' } else { first });
        rest = newline.unwrap_or(after);
    }
    bytes
}
