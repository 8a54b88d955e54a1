//! The syscall tables: each function that reaches the kernel has one, and each one can be read by a program.
//!
//! Grammar of a `# Syscalls` section: either a table
//!
//! ```text
//! | case | calls |
//! |------|-------|
//! | ok   | `memfd_create` `fallocate` |
//! | loop | `read` (`ppoll` `read`)×n |
//! | none made | none |
//! | as another's | as [`write`](ByteWrite::write) |
//! | in terms of another's | ([`read`](ByteRead::read))×n |
//! ```
//!
//! with sentences in front of it if need be, or the sentence "As [`write`](ByteWrite::write)." with further cases after semicolons: "; refused: none".

use std::collections::BTreeSet;

use crate::source::{self, Function, Model, Source};

/// The names of error.rs's table that are syscalls.
fn known_calls() -> BTreeSet<String> {
    let text = std::fs::read_to_string(source::root().join("src/error.rs")).unwrap();
    let table = text.split("calls! {").nth(1).and_then(|t| t.split("impl Call").next()).unwrap();
    let names = table.split('"').skip(1).step_by(2).map(String::from);
    names.filter(|n| n != "memory" && n != "rpc").collect()
}

/// The `# Syscalls` section of a doc comment.
pub fn section(docs: &str) -> Option<String> {
    let mut lines = docs.lines().skip_while(|l| l.trim() != "# Syscalls");
    lines.next()?;
    let body: Vec<&str> = lines.take_while(|l| !l.starts_with("# ")).filter(|l| !l.is_empty()).collect();
    Some(body.join("\n"))
}

/// A name in a table: a syscall, or another function's table.
#[derive(Debug, PartialEq)]
enum Named {
    Call(String),
    Table(String),
}

/// Every name of a section, or what is wrong with it.
fn parse(section: &str) -> Result<Vec<Named>, String> {
    let (prose, lines): (Vec<&str>, Vec<&str>) = section.lines().partition(|l| !l.starts_with('|'));
    let Some(first) = lines.first() else { return sentence(&prose.join(" ")) };
    if !section.ends_with(lines[lines.len() - 1]) {
        return Err("something stands after the table".into());
    }
    if prose.last().is_some_and(|l| !l.ends_with('.')) {
        return Err("what stands in front of the table is no sentence".into());
    }
    let mut names = Vec::new();
    let mut cases = BTreeSet::new();
    let cells = |line: &str| -> Option<[String; 2]> {
        let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
        let cells: Vec<String> = inner.split('|').map(|c| c.trim().to_string()).collect();
        cells.try_into().ok()
    };
    if cells(first) != Some(["case".into(), "calls".into()]) {
        return Err(format!("no header `| case | calls |`: {first}"));
    }
    let dashes = |c: &String| c.len() >= 3 && c.bytes().all(|b| b == b'-');
    if !lines.get(1).and_then(|l| cells(l)).is_some_and(|c| c.iter().all(dashes)) {
        return Err("no line of dashes under the header".into());
    }
    if lines.len() < 3 {
        return Err("no row".into());
    }
    for row in &lines[2..] {
        let Some([case, calls]) = cells(row) else { return Err(format!("not two cells: {row}")) };
        if case.is_empty() || !cases.insert(case) {
            return Err(format!("a case without a name of its own: {row}"));
        }
        names.extend(cell(&calls).map_err(|e| format!("{e}: {row}"))?);
    }
    Ok(names)
}

fn sentence(text: &str) -> Result<Vec<Named>, String> {
    let text = text.strip_suffix('.').ok_or("neither a table nor a sentence with a full stop")?;
    let mut parts = text.split("; ");
    let first = parts.next().unwrap_or_default();
    let first = first.strip_prefix("As ").ok_or("neither a table nor \"As [`…`]\"")?;
    let (named, rest) = reference(first).ok_or("\"As\" what? [`…`] was expected")?;
    if !rest.is_empty() {
        return Err(format!("unexpected: {rest}"));
    }
    let mut names = vec![named];
    for part in parts {
        let (case, calls) = part.split_once(": ").ok_or(format!("no `case: calls`: {part}"))?;
        if case.is_empty() {
            return Err(format!("a case without a name: {part}"));
        }
        names.extend(cell(calls)?);
    }
    Ok(names)
}

fn cell(text: &str) -> Result<Vec<Named>, String> {
    if text == "none" {
        return Ok(vec![]);
    }
    if let Some(of) = text.strip_prefix("as ") {
        return match reference(of) {
            Some((named, "")) => Ok(vec![named]),
            _ => Err("\"as\" what? [`…`] was expected".into()),
        };
    }
    let mut names = Vec::new();
    let mut rest = text;
    let mut open = false;
    let mut in_group = 0;
    while !rest.is_empty() {
        rest = match rest {
            r if r.starts_with('(') && !open => {
                open = true;
                in_group = 0;
                &r[1..]
            }
            r if r.starts_with(")×n") && open && in_group > 0 => {
                open = false;
                &r[")×n".len()..]
            }
            r => {
                let (named, r) = element(r).ok_or(format!("not understood from `{r}` on"))?;
                names.push(named);
                in_group += 1;
                r
            }
        };
        rest = match rest.strip_prefix(' ') {
            Some(r) if !r.is_empty() => r,
            Some(_) => return Err("a space at the end".into()),
            None if rest.is_empty() || rest.starts_with(')') || open && in_group == 0 => rest,
            None => return Err(format!("no space before `{rest}`")),
        };
    }
    match (open, names.is_empty()) {
        (true, _) => Err("a group is not closed by `)×n`".into()),
        (_, true) => Err("an empty cell; no calls are written `none`".into()),
        _ => Ok(names),
    }
}

/// A call in backticks, or a reference.
fn element(text: &str) -> Option<(Named, &str)> {
    if let Some(rest) = text.strip_prefix('`') {
        let (name, rest) = rest.split_once('`')?;
        return Some((Named::Call(name.into()), rest));
    }
    reference(text)
}

/// [`name`] or [`name`](target).
fn reference(text: &str) -> Option<(Named, &str)> {
    let (name, rest) = text.strip_prefix("[`")?.split_once("`]")?;
    let rest = match rest.strip_prefix('(') {
        Some(target) if !rest.starts_with(")×n") => target.split_once(')')?.1,
        _ => rest,
    };
    let last = name.trim_end_matches("()").rsplit("::").next()?;
    Some((Named::Table(last.into()), rest))
}

/// Traits whose methods have no table: dropping is in the type's, the others cannot be told apart by their calls.
const WITHOUT: &[&str] = &["Drop", "Debug", "Display"];

fn needs_table(f: &Function) -> bool {
    f.public && f.has_body && !f.of_trait.as_deref().is_some_and(|t| WITHOUT.contains(&t))
}

/// What is wrong with the tables, by key.
fn wrong(sources: &[Source], calls: &BTreeSet<String>) -> Vec<(String, String)> {
    let model = Model::new(sources);
    let reaching = model.reaching();
    let mut found = Vec::new();
    let with: BTreeSet<&str> = model
        .functions
        .iter()
        .filter(|f| section(&f.docs).is_some() || f.in_trait && !f.has_body)
        .map(|f| f.name.as_str())
        .collect();
    let mut check = |key: String, place: String, docs: &str| {
        let Some(text) = section(docs) else { return };
        let mut add = |what: String| found.push((key.clone(), format!("{place} {key}: {what}")));
        match parse(&text) {
            Err(what) => add(what),
            Ok(names) => {
                for name in names {
                    match name {
                        Named::Call(c) if !calls.contains(&c) => add(format!("no known syscall: `{c}`")),
                        Named::Table(t) if !with.contains(t.as_str()) => {
                            add(format!("no table to be as: [`{t}`]"))
                        }
                        _ => {}
                    }
                }
            }
        }
    };
    for f in &model.functions {
        check(f.key(), f.place(), &f.docs);
    }
    for t in &model.types {
        check(t.key(), format!("src/{}:{}", t.path, t.line), &t.docs);
    }
    for (i, way) in reaching {
        let f = &model.functions[i];
        if needs_table(f) && section(&f.docs).is_none() {
            found.push((
                f.key(),
                format!("{} {} reaches the kernel ({way}) and has no table", f.place(), f.key()),
            ));
        }
    }
    let dropping = model.dropping();
    for t in model.types.iter().filter(|t| t.public && dropping.contains(&t.name)) {
        if !section(&t.docs).is_some_and(|s| s.lines().any(|l| l.starts_with("| drop"))) {
            let place = format!("src/{}:{}", t.path, t.line);
            found.push((t.key(), format!("{place} {} closes what it holds and has no `drop` row", t.key())));
        }
    }
    found
}

#[test]
fn what_reaches_the_kernel_says_how() {
    crate::none(&source::except("table", wrong(&source::sources(), &known_calls())));
}

#[test]
fn public_functions_can_be_read() {
    let found = Model::new(&source::sources()).opaque_macros;
    let found =
        found.into_iter().map(|m| (m.clone(), format!("the macro {m} makes functions unseen"))).collect();
    crate::none(&source::except("macro", found));
}

#[test]
fn a_table_is_read() {
    let text = "| case | calls |\n|---|---|\n| a | `read` (`ppoll` `read`)×n `close` |\n| b | none |\n\
                | c | as [`w`](B::w) |\n| d | ([`r`](B::r) `read`)×n |";
    let call = |n: &str| Named::Call(n.into());
    let table = |n: &str| Named::Table(n.into());
    let calls = [call("read"), call("ppoll"), call("read"), call("close")];
    let names: Vec<Named> = calls.into_iter().chain([table("w"), table("r"), call("read")]).collect();
    assert_eq!(parse(text), Ok(names));
    assert_eq!(parse("As [`E::w`](B::w); refused: none."), Ok(vec![table("w")]));
}

#[test]
fn a_malformed_table_is_flagged() {
    let row = |r: &str| format!("| case | calls |\n|------|-------|\n{r}");
    let bad = [
        String::new(),
        "| case | call |\n|---|---|\n| ok | `read` |".into(),
        "| case | calls |\n| ok | `read` |".into(),
        "| case | calls |\n|---|---|".into(),
        row("| ok | `read`"),
        row("| ok | `read` | more |"),
        row("| ok | read |"),
        row("| ok |  |"),
        row("|  | `read` |"),
        row("| ok | `read`  `read` |"),
        row("| ok | `read``read` |"),
        row("| ok | `read`, `read` |"),
        row("| ok | (`read`)* |"),
        row("| ok | (`read` |"),
        row("| ok | ()×n |"),
        row("| ok | ((`read`)×n)×n |"),
        row("| ok | `read`×n |"),
        row("| ok | as write |"),
        row("| ok | `read` |\n| ok | `write` |"),
        format!("{}\nMore.", row("| ok | `read` |")),
        format!("Less\n{}", row("| ok | `read` |")),
        "Like [`write`].".into(),
        "As [`write`]".into(),
        "As [`write`], mostly.".into(),
    ];
    for text in bad {
        assert!(parse(&text).is_err(), "not flagged: {text}");
    }
}

#[test]
fn a_missing_table_or_call_is_flagged() {
    let calls = BTreeSet::from(["read".to_string()]);
    let found = |text: &str| -> Vec<String> {
        let found = wrong(&[source::source("pipe.rs", text)], &calls);
        found.into_iter().map(|(_, finding)| finding).collect()
    };
    let table = "/// # Syscalls\n/// | case | calls |\n/// |---|---|\n/// | ok | `read` |\n";
    let missing = [
        "pub fn f(fd: Fd) { rustix::io::read(fd); }",
        "use rustix::io; pub fn f(fd: Fd) { io::read(fd); }",
        "use rustix::io::read; pub fn f(fd: Fd) { g(|| read(fd)); }",
        "pub fn f(fd: Fd) { g(fd) } fn g(fd: Fd) { h(fd) } fn h(fd: Fd) { rustix::io::read(fd); }",
        "pub struct S; impl S { pub fn f(&self) { self.g() } fn g(&self) { rustix::io::read(self); } }",
        "pub struct S; impl S { pub fn f(&self) { Self::g() } fn g() { rustix::io::read(0); } }",
        "pub struct S { t: T } pub struct T; impl T { fn f(&self) { rustix::io::read(0); } }
         impl Sender for S { fn send(&self) { self.t.f() } }",
        "struct T; impl T { fn deep(&self) { rustix::io::read(0); } } pub fn f(t: &Unknown) { t.deep() }",
        "pub fn f() { assert!(g().is_ok()) } fn g() { unsafe { asm!(\"syscall\") } }",
        "pub trait W { fn one(&self); fn f(&self) { self.one() } }
         pub struct T; impl W for T { /// # Syscalls\n/// As [`one`].\n
 fn one(&self) { rustix::io::read(0); } }",
    ];
    for text in missing {
        crate::flagged(&found(text), "has no table");
        let cured = text.replace("pub fn f", &format!("{table}pub fn f"));
        let cured = cured.replace("fn send", &format!("{table}fn send"));
        let cured = cured.replace("one(&self); fn f", &format!("one(&self); {table}fn f"));
        assert!(found(&cured).is_empty(), "{cured}: {:?}", found(&cured));
    }
    let good = [
        "fn f(fd: Fd) { rustix::io::read(fd); }",
        "pub fn f() { rustix::fs::OFlags::empty(); rustix::fs::OFlags::CLOEXEC.union(x); }",
        "struct M; impl M { fn map(&self) { rustix::mm::mmap(); } } pub fn f(o: Option<u8>) { o.map(g) }",
    ];
    for text in good {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
    crate::flagged(
        &found(
            &table
                .replace("read", "raed")
                .replace("///", "\n///")
                .replace("/// #", "\n/// #")
                .replace("| ok | `raed` |\n", "| ok | `raed` |\npub fn f() {}\n"),
        ),
        "no known syscall",
    );
    crate::flagged(&found("/// # Syscalls\n/// As [`nothing`].\npub fn f() {}"), "no table to be as");
    crate::flagged(
        &found("pub struct S { fd: Fd } struct Fd; impl Drop for Fd { fn drop(&mut self) {} }"),
        "no `drop` row",
    );
}
