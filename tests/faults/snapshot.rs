//! What a process holds: descriptors, mappings, and the files of its directory.

use std::collections::BTreeMap;
use std::path::Path;

/// Descriptors: number and target.
pub type Held = BTreeMap<i32, String>;

/// All of it, at one moment.
#[derive(Clone, Default, PartialEq)]
pub struct Snapshot {
    pub fds: Held,
    pub maps: Vec<String>,
    pub files: Vec<String>,
}

impl Snapshot {
    pub fn take(maps: bool, dir: Option<&Path>) -> Snapshot {
        Snapshot {
            fds: descriptors(),
            maps: if maps { mappings() } else { vec![] },
            files: dir.map(names).unwrap_or_default(),
        }
    }
}

/// Number and target, by /proc.
pub fn descriptors() -> Held {
    let mut found = Held::new();
    // SAFETY: a name that ends in NUL.
    let dir = unsafe { libc::open(c"/proc/self/fd".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) };
    let mut buf = [0u8; 4096];
    loop {
        // SAFETY: as much room as is said.
        let n = unsafe { libc::syscall(libc::SYS_getdents64, dir, buf.as_mut_ptr(), buf.len()) };
        let Ok(n @ 1..) = usize::try_from(n) else { break };
        let mut rest = &buf[..n];
        while let Some(len) = rest.get(16..18) {
            let record = &rest[..usize::from(u16::from_ne_bytes([len[0], len[1]]))];
            rest = &rest[record.len()..];
            let name = record[19..].split(|b| *b == 0).next().unwrap_or_default();
            let Some(fd) = std::str::from_utf8(name).ok().and_then(|n| n.parse::<i32>().ok()) else {
                continue;
            };
            if fd != dir {
                found.insert(fd, target(fd));
            }
        }
    }
    // SAFETY: opened above.
    unsafe { libc::close(dir) };
    found
}

pub fn target(fd: i32) -> String {
    match std::fs::read_link(format!("/proc/self/fd/{fd}")) {
        Ok(target) => target.to_string_lossy().into_owned(),
        Err(e) => e.to_string(),
    }
}

/// Address and rights of each mapping; what the allocator and the stack do is not ours.
fn mappings() -> Vec<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let own = |l: &&str| !l.ends_with("[heap]") && !l.ends_with("[stack]");
    maps.lines().filter(own).map(|l| l.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

fn names(dir: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(dir) else { return vec![] };
    let mut names: Vec<String> =
        entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Without what differs from run to run: `pipe:[1234]` is `pipe:`.
pub fn kind(target: &str) -> &str {
    target.split_once('[').map_or(target, |(kind, _)| kind)
}
