//! Address space in which each mapping of a ring comes to lie between two pages that nobody may touch.
//!
//! The kernel takes the highest gap that a new mapping fits into. So all gaps above a reserved range are filled, and
//! then one hole for each mapping is made in it, from the top downwards, in the order in which a ring is mapped.

use crate::os::check;

const PAGE: usize = 4096;

pub struct Guards {
    top: usize,
    holes: Vec<usize>,
}

/// The whole of /proc/self/maps: from, to, mode and name.
fn maps() -> Vec<(usize, usize, String, String)> {
    let text = std::fs::read_to_string("/proc/self/maps").expect("maps");
    let parse = |line: &str| {
        let mut fields = line.split_ascii_whitespace();
        let (from, to) = fields.next()?.split_once('-')?;
        let mode = fields.next()?.to_owned();
        let name = fields.nth(3).unwrap_or_default().to_owned();
        let at = |text| usize::from_str_radix(text, 16).ok();
        Some((at(from)?, at(to)?, mode, name))
    };
    text.lines().filter_map(parse).collect()
}

fn reserve(at: usize, len: usize) -> usize {
    let fixed = if at == 0 { 0 } else { libc::MAP_FIXED_NOREPLACE };
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | fixed;
    // SAFETY: a new mapping, which replaces nothing.
    let start = unsafe { libc::mmap(at as *mut libc::c_void, len, libc::PROT_NONE, flags, -1, 0) };
    assert_ne!(start, libc::MAP_FAILED, "mmap: {}", std::io::Error::last_os_error());
    start as usize
}

/// A ring's mappings, in their order.
pub type Mappings = [usize; 6];

/// Of `ring::pair`: the marks of both sides, the producer's memory for it and for the other, the consumer's.
pub const fn of_pair(capacity: usize) -> Mappings {
    let circle = PAGE + 2 * capacity;
    [PAGE, PAGE, circle, circle, PAGE, PAGE]
}

/// Of `ring::meet`: mark and memory of what produces here, of what consumes here, and then what the stranger passed.
pub const fn of_meeting(capacity: usize) -> Mappings {
    let circle = PAGE + 2 * capacity;
    [PAGE, circle, PAGE, PAGE, circle, PAGE]
}

impl Guards {
    /// For so many rings.
    pub fn new(rings: usize, mappings: Mappings) -> Guards {
        let holes = mappings.repeat(rings);
        let len = holes.iter().map(|hole| hole + PAGE).sum::<usize>() + PAGE;
        let start = reserve(0, len);
        let seen = maps();
        for (low, high) in seen.iter().zip(seen.iter().skip(1)) {
            if low.1 >= start && low.1 < high.0 && !high.3.starts_with("[stack") && !high.3.starts_with("[v")
            {
                reserve(low.1, high.0 - low.1);
            }
        }
        Guards { top: start + len, holes }
    }

    /// Makes the holes anew, whatever lies there: nothing does, or what a dropped ring left empty.
    pub fn make_holes(&self) {
        let mut at = self.top;
        for hole in &self.holes {
            at -= PAGE + hole;
            // SAFETY: reserved above, and used by rings alone, which are dropped.
            check(unsafe { libc::munmap(at as *mut libc::c_void, *hole) }, "munmap");
        }
    }
}

/// Asserts that all mappings of so many rings have guard pages on both sides, and says how many those are.
pub fn assert_guarded(rings: usize) -> u64 {
    let seen = maps();
    let is_ring = |name: &str| name.contains("memfd:rawipc-");
    let mut guarded = 0;
    for (i, mapping) in seen.iter().enumerate().filter(|(_, mapping)| is_ring(&mapping.3)) {
        // A circle is two mappings, one behind the other.
        let below = &seen[i - 1];
        let above = &seen[i + 1];
        let same = |other: &(usize, usize, String, String)| other.3 == mapping.3 && other.2 == mapping.2;
        let (is_first, is_last) = (!same(below), !same(above));
        assert!(!is_first || below.1 == mapping.0 && below.2 == "---p", "{below:x?} below {mapping:x?}");
        assert!(!is_last || above.0 == mapping.1 && above.2 == "---p", "{above:x?} above {mapping:x?}");
        guarded += u64::from(is_first);
    }
    assert_eq!(guarded, 4 * rings as u64, "the mappings of all rings");
    guarded
}

/// Where the memory of this name begins that can be read, or written to; and its bytes.
pub fn regions(name: &str, mode: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (from, to, _, _) in maps().into_iter().filter(|m| m.3.contains(name) && m.2 == mode) {
        match found.last_mut() {
            Some(last) if last.0 + last.1 == from => last.1 += to - from,
            _ => found.push((from, to - from)),
        }
    }
    // Mapped from the top downwards.
    found.reverse();
    found
}
