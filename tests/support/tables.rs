//! The grammar of a `# Syscalls` section, and its parser.
//!
//! A section is a table, with prose in front of it where that helps the reader:
//!
//! ```text
//! | case | calls |
//! |------|-------|
//! | ok   | `memfd_create` `fallocate` |
//! | waits | (`read` `ppoll`)×n `read` |
//! | ready; end | `read` |
//! | before 6.18, no reader | `rt_sigprocmask` `writev` `rt_sigtimedwait` `rt_sigprocmask` |
//! | refused | none |
//! | as another's | as [`write`](ByteWrite::write) |
//! | by another's | ([`read`](ByteRead::read))×n |
//! ```
//!
//! or the sentence "As [`write`](ByteWrite::write)." with further cases after semicolons: "; refused: none."
//!
//! In front of all that stands what [`Signals`] reads.
//!
//! - A row is a case; `;` puts several into one line that make the same calls.
//! - The calls are a list in exact order. `(…)×n` is a group made once or more. `none` is no call at all.
//! - A reference stands for any one row of the table it names, other than "refused".
//! - "before 6.18" or "since 6.18", in front, names the kernel that the case belongs to. References in such a row
//!   stand for rows of that kernel, references elsewhere for rows that name none.

#![allow(dead_code)] // each of the tests that share it uses a part of it

use std::collections::BTreeSet;

/// The case of a bad argument, of which the kernel never hears.
pub const REFUSED: &str = "refused";

/// What a `# Syscalls` section says.
#[derive(Debug, Default, PartialEq)]
pub struct Table {
    /// The table that this one is like: "As [`…`]".
    pub like: Option<Reference>,
    /// One for each case, in the order in which they are written.
    pub rows: Vec<Row>,
}

/// One case.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// As a reader of the rendered page sees it, without links and backticks.
    pub case: String,
    /// Empty for `none`.
    pub calls: Vec<Item>,
}

/// A part of a list of calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Call(String),
    /// Once or more.
    Group(Vec<Item>),
    Table(Reference),
}

/// Another function's table.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// The name that is shown: `write`, `WriteEnd::write`.
    pub name: String,
    /// Where the link leads, if that is written.
    pub link: Option<String>,
}

impl Row {
    /// "before 6.18" or "since 6.18", if the case belongs to a kernel.
    pub fn kernel(&self) -> Option<&str> {
        kernel(&self.case)
    }
}

fn kernel(case: &str) -> Option<&str> {
    let first = case.split(',').next()?;
    let version = first.strip_prefix("before ").or_else(|| first.strip_prefix("since "))?;
    version.starts_with(|c: char| c.is_ascii_digit()).then_some(first)
}

/// The `# Syscalls` section of a doc comment, without what it says of signal handlers.
pub fn section(docs: &str) -> Option<String> {
    let whole = whole_section(docs)?;
    Some(split_signals(&whole).map_or(whole.clone(), |(_, rest)| rest.into()))
}

fn whole_section(docs: &str) -> Option<String> {
    let mut lines = docs.lines().skip_while(|l| l.trim() != "# Syscalls");
    lines.next()?;
    let body: Vec<&str> = lines.take_while(|l| !l.starts_with("# ")).filter(|l| !l.is_empty()).collect();
    Some(body.iter().map(|l| l.trim()).collect::<Vec<_>>().join("\n"))
}

/// The first sentence of a section: whether a signal handler may call the function, and the child of a fork in a
/// process with threads.
#[derive(Clone, Debug, PartialEq)]
pub enum Signals {
    /// "Async-signal-safe."
    Safe,
    /// "Async-signal-safe where the stream is.": what it is given decides.
    Where(String),
    /// "Not async-signal-safe: it allocates."
    Not(String),
}

impl Signals {
    /// What a section says, if it says anything that can be understood.
    pub fn of(docs: &str) -> Option<Signals> {
        let whole = whole_section(docs)?;
        let (sentence, _) = split_signals(&whole)?;
        let sentence = plain(sentence);
        let more = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
        if let Some(why) = sentence.strip_prefix("Not async-signal-safe: ") {
            return more(why).map(Signals::Not);
        }
        match sentence.strip_prefix("Async-signal-safe")? {
            "" => Some(Signals::Safe),
            rest => more(rest.strip_prefix(" where ")?).map(Signals::Where),
        }
    }
}

/// The sentence, without its full stop, and what follows it.
fn split_signals(section: &str) -> Option<(&str, &str)> {
    if !["Async-signal-safe", "Not async-signal-safe"].iter().any(|begin| section.starts_with(begin)) {
        return None;
    }
    let ends = |(at, _): &(usize, &str)| section[at + 1..].chars().next().is_none_or(char::is_whitespace);
    let (at, _) = section.match_indices('.').find(ends)?;
    Some((&section[..at], section[at + 1..].trim_start()))
}

/// Reads a section, or says what is wrong with it.
pub fn parse(section: &str) -> Result<Table, String> {
    let (prose, lines): (Vec<&str>, Vec<&str>) = section.lines().partition(|l| !l.starts_with('|'));
    let (Some(_), Some(last)) = (lines.first(), lines.last()) else { return sentence(&prose.join(" ")) };
    if !section.ends_with(last) {
        return Err("something stands after the table".into());
    }
    if prose.last().is_some_and(|l| !l.ends_with('.')) {
        return Err("what stands in front of the table is no sentence".into());
    }
    if cells(lines[0]) != Some(["case", "calls"]) {
        return Err(format!("no header `| case | calls |`: {}", lines[0]));
    }
    let dashes = |c: &str| c.len() >= 3 && c.bytes().all(|b| b == b'-');
    if !lines.get(1).and_then(|l| cells(l)).is_some_and(|c| c.into_iter().all(dashes)) {
        return Err("no line of dashes under the header".into());
    }
    if lines.len() < 3 {
        return Err("no row".into());
    }
    let mut table = Table::default();
    for line in &lines[2..] {
        let Some([cases, calls]) = cells(line) else { return Err(format!("not two cells: {line}")) };
        table.add(cases, calls).map_err(|e| format!("{e}: {line}"))?;
    }
    table.checked()
}

fn cells(line: &str) -> Option<[&str; 2]> {
    let (case, calls) = line.trim().strip_prefix('|')?.strip_suffix('|')?.split_once('|')?;
    (!calls.contains('|')).then(|| [case.trim(), calls.trim()])
}

/// "As [`…`]; case: calls."
fn sentence(text: &str) -> Result<Table, String> {
    let text = text.strip_suffix('.').ok_or("neither a table nor a sentence with a full stop")?;
    let mut parts = text.split("; ");
    let first = parts.next().unwrap_or_default();
    let first = first.strip_prefix("As ").ok_or("neither a table nor \"As [`…`]\"")?;
    let (like, rest) = reference(first).ok_or("\"As\" what? [`…`] was expected")?;
    if !rest.is_empty() {
        return Err(format!("unexpected: {rest}"));
    }
    let mut table = Table { like: Some(like), rows: vec![] };
    for part in parts {
        let (case, calls) = part.split_once(": ").ok_or(format!("no `case: calls`: {part}"))?;
        table.add(case, calls)?;
    }
    table.checked()
}

impl Table {
    fn add(&mut self, cases: &str, calls: &str) -> Result<(), String> {
        let calls = list(calls)?;
        for case in cases.split(';') {
            let case = plain(case.trim());
            if case.is_empty() {
                return Err("a case without a name".into());
            }
            for word in ["before ", "since "] {
                let late = case.match_indices(word).any(|(at, _)| at > 0 && kernel(&case[at..]).is_some());
                if late {
                    return Err(format!("the kernel is named in front: \"{word}6.18, …\""));
                }
            }
            self.rows.push(Row { case, calls: calls.clone() });
        }
        Ok(())
    }

    fn checked(self) -> Result<Table, String> {
        let mut names = BTreeSet::new();
        match self.rows.iter().find(|r| !names.insert(&r.case)) {
            Some(twice) => Err(format!("the case \"{}\" is there twice", twice.case)),
            None => Ok(self),
        }
    }
}

/// A cell of calls.
fn list(text: &str) -> Result<Vec<Item>, String> {
    if text == "none" {
        return Ok(vec![]);
    }
    if let Some(of) = text.strip_prefix("as ") {
        return match reference(of) {
            Some((reference, "")) => Ok(vec![Item::Table(reference)]),
            _ => Err("\"as\" what? [`…`] was expected".into()),
        };
    }
    let mut items = Vec::new();
    let mut group: Option<Vec<Item>> = None;
    let mut rest = text;
    while !rest.is_empty() {
        rest = match rest.strip_prefix(")×n") {
            Some(r) => match group.take() {
                Some(inside) if !inside.is_empty() => {
                    items.push(Item::Group(inside));
                    r
                }
                _ => return Err("`)×n` closes nothing".into()),
            },
            None => match rest.strip_prefix('(') {
                Some(_) if group.is_some() => return Err("a group in a group".into()),
                Some(r) => {
                    group = Some(vec![]);
                    r
                }
                None => {
                    let (item, r) = item(rest).ok_or(format!("not understood from `{rest}` on"))?;
                    group.as_mut().unwrap_or(&mut items).push(item);
                    r
                }
            },
        };
        rest = match rest.strip_prefix(' ') {
            Some(r) if !r.is_empty() => r,
            Some(_) => return Err("a space at the end".into()),
            None if rest.is_empty() || rest.starts_with(')') => rest,
            None if group.as_ref().is_some_and(Vec::is_empty) => rest,
            None => return Err(format!("no space before `{rest}`")),
        };
    }
    match (group, items.is_empty()) {
        (Some(_), _) => Err("a group is not closed by `)×n`".into()),
        (_, true) => Err("an empty cell; no calls are written `none`".into()),
        _ => Ok(items),
    }
}

/// A call in backticks, or a reference.
fn item(text: &str) -> Option<(Item, &str)> {
    if let Some(rest) = text.strip_prefix('`') {
        let (name, rest) = rest.split_once('`')?;
        return Some((Item::Call(name.into()), rest));
    }
    let (reference, rest) = reference(text)?;
    Some((Item::Table(reference), rest))
}

/// [`name`] or [`name`](link).
fn reference(text: &str) -> Option<(Reference, &str)> {
    let (name, rest) = text.strip_prefix("[`")?.split_once("`]")?;
    let (link, rest) = match rest.strip_prefix('(') {
        Some(link) => {
            let (link, rest) = link.split_once(')')?;
            (Some(link.into()), rest)
        }
        None => (None, rest),
    };
    Some((Reference { name: name.trim_end_matches("()").into(), link }, rest))
}

/// Markdown without its marks.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("[`") {
        out.push_str(&rest[..at]);
        match reference(&rest[at..]) {
            Some((r, after)) => {
                out.push_str(&r.name);
                rest = after;
            }
            None => {
                out.push_str("[`");
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    out.replace('`', "").split_whitespace().collect::<Vec<_>>().join(" ")
}
