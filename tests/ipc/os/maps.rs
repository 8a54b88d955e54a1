//! The mappings of a process, as /proc/PID/maps shows them; and ours, to scribble over.

/// One line of /proc/PID/maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    start: usize,
    end: usize,
    pub mode: String,
    pub inode: u64,
    pub name: String,
}

impl Mapping {
    /// The first mapping of ours that can be written to and has `name` in its name.
    pub fn writable(name: &str) -> Option<Mapping> {
        shared(std::process::id()).into_iter().find(|m| m.mode.starts_with("rw") && m.name.contains(name))
    }

    /// Whether `address` lies in it.
    pub fn holds(&self, address: usize) -> bool {
        (self.start..self.end).contains(&address)
    }

    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Reads a byte of each page, where there is one.
    pub fn touch(&self) {
        for at in (self.start..self.end).step_by(4096) {
            // SAFETY: inside a mapping of this process; where the file ends before, a signal says so.
            unsafe { (at as *const u8).read_volatile() };
        }
    }

    /// Writes there, whoever else is at it.
    pub fn write(&self, offset: usize, bytes: &[u8]) {
        assert!(self.mode.starts_with("rw") && offset + bytes.len() <= self.len());
        for (i, byte) in bytes.iter().enumerate() {
            // SAFETY: inside a writable mapping of this process; it stays mapped while the end lives.
            unsafe { ((self.start + offset + i) as *mut u8).write_volatile(*byte) };
        }
    }
}

/// The mappings that `pid` shares with others.
pub fn shared(pid: u32) -> Vec<Mapping> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/maps")).expect("maps");
    text.lines().filter_map(parse).filter(|m| m.mode.ends_with('s')).collect()
}

/// What `pid` has mapped, and shares, at an address.
pub fn shared_at(pid: u32, address: usize) -> Option<Mapping> {
    shared(pid).into_iter().find(|m| m.holds(address))
}

/// `start-end mode offset device inode   name`.
fn parse(line: &str) -> Option<Mapping> {
    let mut fields = line.split_ascii_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    let mode = fields.next()?.to_owned();
    let inode = fields.nth(2)?.parse().ok()?;
    let name = fields.collect::<Vec<_>>().join(" ");
    let at = |text| usize::from_str_radix(text, 16).ok();
    Some(Mapping { start: at(start)?, end: at(end)?, mode, inode, name })
}
