//! Checkers: plain functions of lines that were seen, so that a test can show them something wrong.

/// Whether a line is one that `ls -l /proc/PID/fd` prints: mode, links, user, group, size, date, number, target.
pub fn is_descriptor_line(line: &str, mode: &str, fd: i32, target: &str) -> bool {
    let Some((left, to)) = line.split_once(" -> ") else { return false };
    let fields: Vec<&str> = left.split_whitespace().collect();
    let [m, links, _user, _group, size, month, day, time, number] = fields[..] else { return false };
    m == mode
        && is_number(links)
        && is_number(size)
        && is_date(month, day, time)
        && number == fd.to_string()
        && to == target
}

/// Whether a line is one that `ls -ls` prints of a file of this kind that only its owner may use, with so many
/// blocks and bytes.
pub fn is_file_line(line: &str, kind: char, blocks: u64, bytes: u64, name: &str) -> bool {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [b, mode, links, _user, _group, size, month, day, time, last] = fields[..] else { return false };
    b == blocks.to_string()
        && mode == format!("{kind}rw-------")
        && links == "1"
        && size == bytes.to_string()
        && is_date(month, day, time)
        && last == name
}

/// One mapping of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// As in /proc/PID/maps, but for the padding before the name.
    pub line: String,
    pub range: std::ops::Range<u64>,
    /// `rw-s`
    pub mode: String,
    /// Device and inode: what makes two mappings the same memory.
    pub object: (String, u64),
    pub name: String,
}

/// Reads a line of /proc/PID/maps.
pub fn mapping(line: &str) -> Option<Mapping> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [range, mode, _offset, device, inode, name @ ..] = &fields[..] else { return None };
    let (from, to) = range.split_once('-')?;
    let (from, to) = (u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?);
    (from < to).then(|| {
        Some(Mapping {
            line: fields.join(" "),
            range: from..to,
            mode: (*mode).to_owned(),
            object: ((*device).to_owned(), inode.parse().ok()?),
            name: name.join(" "),
        })
    })?
}

/// Whether two processes have the same memory, and both may write to it.
pub fn is_one_memory(left: &Mapping, right: &Mapping) -> bool {
    left.object == right.object && left.mode == "rw-s" && right.mode == "rw-s"
}

/// Whether every piece of memory is shared by both, and only one of them may write to it.
pub fn has_one_writer_each(left: &[Mapping], right: &[Mapping]) -> bool {
    let own = |mine: &[Mapping], other: &[Mapping]| {
        mine.iter().all(|m| {
            let theirs: Vec<_> = other.iter().filter(|o| o.object == m.object).collect();
            let other_mode = if m.mode == "rw-s" { "r--s" } else { "rw-s" };
            ["rw-s", "r--s"].contains(&m.mode.as_str())
                && !theirs.is_empty()
                && theirs.iter().all(|o| o.mode == other_mode)
        })
    };
    !left.is_empty() && own(left, right) && own(right, left)
}

/// The number in `pipe:[2638542]` or `socket:[2638543]`.
pub fn inode_of(target: &str, kind: &str) -> Option<u64> {
    target.strip_prefix(kind)?.strip_prefix(":[")?.strip_suffix(']')?.parse().ok()
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `Nov 22 13:17`, or `Nov 22 2024` for what is older than half a year.
fn is_date(month: &str, day: &str, time: &str) -> bool {
    let clock = time.split_once(':').is_some_and(|(h, m)| is_number(h) && is_number(m) && time.len() == 5);
    month.len() == 3 && is_number(day) && day.len() <= 2 && (clock || is_number(time) && time.len() == 4)
}
