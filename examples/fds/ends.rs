//! Who holds the other end.

use crate::diag::Sockets;
use crate::rows::{Descriptor, Row, command};
use rawipc::Call;
use rawipc::proc::{Kind, LINK_MAX, Process};
use std::fs;

/// A pipe, FIFO or socket that some process holds.
pub struct Holder {
    pid: i32,
    command: String,
    descriptor: Descriptor,
}

/// The pipes, FIFOs and sockets of every process that is ours to read. What ends meanwhile holds nothing.
pub fn scan() -> Vec<Holder> {
    let mut holders = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        if let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) {
            let before = holders.len();
            if scan_one(pid, &mut holders).is_err() {
                holders.truncate(before);
            }
        }
    }
    holders
}

fn scan_one(pid: i32, holders: &mut Vec<Holder>) -> rawipc::Result<()> {
    let process = Process::open(pid)?;
    let command = command(&process);
    let (mut names, mut text) = ([0; 4096], [0; LINK_MAX]);
    let mut table = process.descriptors(&mut names)?;
    loop {
        let entry = match table.next(&mut text) {
            Ok(Some(entry)) => entry,
            Ok(None) => return Ok(()),
            Err(e) if e.call() == Call::STATX => continue, // a file whose server is dead, say
            Err(e) => return Err(e),
        };
        if let Kind::Fifo | Kind::Socket = entry.file.kind {
            let descriptor = Descriptor {
                number: entry.fd,
                access: entry.access,
                kind: entry.file.kind,
                device: entry.file.device,
                inode: entry.file.inode,
            };
            holders.push(Holder { pid, command: command.clone(), descriptor });
        }
    }
}

/// The columns TYPE and NAME of a row.
pub fn describe(row: &Row, pid: i32, all: &[Holder], sockets: &Sockets) -> (String, String) {
    let (mut kind, mut name) = (row.kind.clone(), row.name.clone());
    let Some(mine) = row.descriptor else { return (kind, name) };
    let is_mine = |h: &&Holder| h.pid == pid && h.descriptor.number == mine.number;
    let ends: Vec<&Holder> = match mine.kind {
        Kind::Fifo => all.iter().filter(|h| !is_mine(h) && joined(&mine, &h.descriptor)).collect(),
        Kind::Socket => {
            if let Some(socket) = sockets.get(mine.inode) {
                kind = socket.family.into();
                name.push_str(&format!(" {}", socket.description));
            } else if let Some(detail) = &row.detail {
                name.push_str(&format!(" {detail}"));
            }
            let peers = sockets.peers(mine.inode);
            let holds_peer = |h: &&Holder| {
                h.descriptor.kind == Kind::Socket && peers.contains(&h.descriptor.inode) && !is_mine(h)
            };
            all.iter().filter(holds_peer).collect()
        }
        _ => Vec::new(),
    };
    if !ends.is_empty() {
        name.push_str(" ->");
    }
    for Holder { pid, command, descriptor: Descriptor { number, access, .. } } in ends {
        let letter = match (access.reads(), access.writes()) {
            (true, true) => "u",
            (true, false) => "r",
            (false, true) => "w",
            (false, false) => "",
        };
        name.push_str(&format!(" {pid},{command},{number}{letter}"));
    }
    (kind, name)
}

/// Whether what goes into the one comes out of the other.
fn joined(a: &Descriptor, b: &Descriptor) -> bool {
    (a.kind, a.device, a.inode) == (b.kind, b.device, b.inode)
        && (a.access.reads() && b.access.writes() || a.access.writes() && b.access.reads())
}
