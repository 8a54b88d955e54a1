//! What the kernel shows of a process and of a file, in the lines that ls and cat print.

use crate::claims::Claims;
use crate::look::{Mapping, is_descriptor_line, mapping};
use crate::terminal::{self, bold};
use crate::{Outcome, ls};
use rawipc::proc::{Device, LINK_MAX, Process};
use std::fs;
use std::path::Path;

/// One descriptor of a process, and its line of `ls -l /proc/PID/fd`.
pub struct Descriptor {
    pub number: i32,
    pub mode: &'static str,
    pub target: String,
    pub line: String,
    /// The file system and the inode: what makes two descriptors the same object.
    pub object: (Device, u64),
}

impl Descriptor {
    /// Whether the line is the one of this mode and target.
    pub fn is(&self, mode: &str, target: &str) -> bool {
        is_descriptor_line(&self.line, mode, self.number, target)
    }
}

/// The lines of `ls -l /proc/PID/fd` of some of a process's descriptors, printed under a title.
pub fn descriptors(who: &str, pid: u32, numbers: &[i32], claims: &mut Claims) -> Outcome<Vec<Descriptor>> {
    title(&format!("/proc/{pid}/fd"), who);
    let mut seen = Vec::new();
    for &number in numbers {
        let one = descriptor(pid, number, claims)?;
        terminal::inner(&format!("  {}", one.line));
        seen.push(one);
    }
    Ok(seen)
}

fn descriptor(pid: u32, number: i32, claims: &mut Claims) -> Outcome<Descriptor> {
    let process = Process::open(pid as i32)?;
    let (mut names, mut text) = ([0; 1024], [0; LINK_MAX]);
    let mut table = process.descriptors(&mut names)?;
    while let Some(entry) = table.next(&mut text)? {
        if entry.fd != number {
            continue;
        }
        let mode = entry.access.as_str();
        let target = String::from_utf8_lossy(entry.file.text).into_owned();
        // A second pair of eyes: the standard library reads the same link.
        let path = format!("/proc/{pid}/fd/{number}");
        let link = fs::symlink_metadata(&path)?;
        claims.equal("mode, seen by the crate and by std", mode, &*ls::mode(&link));
        claims.equal(
            "target, seen by the crate and by std",
            target.as_str(),
            &fs::read_link(&path)?.to_string_lossy(),
        );
        let line = format!("{mode} {} {number} -> {target}", ls::after_mode(&link));
        return Ok(Descriptor { number, mode, target, line, object: (entry.file.device, entry.file.inode) });
    }
    Err(format!("process {pid} has no descriptor {number}").into())
}

/// The lines of `ls -ls DIRECTORY` for some of its files: blocks first, in units of 1024 bytes.
pub fn files(paths: &[&Path]) -> Outcome<Vec<String>> {
    terminal::inner(&bold("ls -ls"));
    let mut lines = Vec::new();
    for path in paths {
        let line = ls::line_with_blocks(path)?;
        terminal::inner(&format!("  {line}"));
        lines.push(line);
    }
    Ok(lines)
}

/// The lines of /proc/PID/maps that `wanted` picks, printed under a title.
pub fn mappings(who: &str, pid: u32, wanted: impl Fn(&Mapping) -> bool) -> Outcome<Vec<Mapping>> {
    title(&format!("/proc/{pid}/maps"), who);
    let maps = fs::read_to_string(format!("/proc/{pid}/maps"))?;
    let mut seen = Vec::new();
    for one in maps.lines().filter_map(mapping).filter(wanted) {
        terminal::inner(&format!("  {}", one.line));
        seen.push(one);
    }
    Ok(seen)
}

/// The lines of /proc/net/unix that end in this name.
pub fn unix_sockets(name: &str) -> Outcome<Vec<String>> {
    terminal::inner(&bold("/proc/net/unix"));
    let sockets = fs::read_to_string("/proc/net/unix")?;
    let lines: Vec<String> = sockets.lines().filter(|line| line.ends_with(name)).map(str::to_owned).collect();
    lines.iter().for_each(|line| terminal::inner(&format!("  {line}")));
    Ok(lines)
}

fn title(path: &str, who: &str) {
    terminal::inner(&format!("{}, {who}", bold(path)));
}
