//! The syscall tables: each function that reaches the kernel has one, and each one can be read by a program.
//!
//! `tests/support/tables.rs` has the grammar, and the parser that reads it.

use std::collections::BTreeSet;

use crate::source::{self, Function, Model, Source};
use crate::syscalls::{Item, Reference, Table, parse, section};

/// The names of error.rs's table that are syscalls.
fn known_calls() -> BTreeSet<String> {
    let text = std::fs::read_to_string(source::root().join("src/error.rs")).unwrap();
    let table = text.split("calls! {").nth(1).and_then(|t| t.split("impl Call").next()).unwrap();
    let names = table.split('"').skip(1).step_by(2).map(String::from);
    names.filter(|n| n != "memory" && n != "rpc").collect()
}

/// Every call and every other table that a table names.
fn names(table: &Table) -> (Vec<&String>, Vec<&Reference>) {
    fn walk<'t>(items: &'t [Item], found: &mut (Vec<&'t String>, Vec<&'t Reference>)) {
        for item in items {
            match item {
                Item::Call(name) => found.0.push(name),
                Item::Table(reference) => found.1.push(reference),
                Item::Group(inside) => walk(inside, found),
            }
        }
    }
    let mut found = (vec![], table.like.iter().collect());
    table.rows.iter().for_each(|row| walk(&row.calls, &mut found));
    found
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
            Ok(table) => {
                let (named, references) = names(&table);
                for c in named.into_iter().filter(|c| !calls.contains(*c)) {
                    add(format!("no known syscall: `{c}`"));
                }
                for r in references {
                    if !r.name.rsplit("::").next().is_some_and(|last| with.contains(last)) {
                        add(format!("no table to be as: [`{}`]", r.name));
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
    let text = "Prose.\n| case | calls |\n|---|---|\n| a [`b`](C::b); c | `read` (`ppoll` `read`)×n `close` |\n\
                | since 6.3, d | none |\n| e | ([`r`](B::r) `read`)×n [`w`] |";
    let call = |n: &str| Item::Call(n.into());
    let table = |n: &str, l: Option<&str>| Reference { name: n.into(), link: l.map(String::from) };
    let read = parse(text).unwrap();
    let calls = vec![call("read"), Item::Group(vec![call("ppoll"), call("read")]), call("close")];
    let by_others = vec![
        Item::Group(vec![Item::Table(table("r", Some("B::r"))), call("read")]),
        Item::Table(table("w", None)),
    ];
    let expected = [("a b", calls.clone()), ("c", calls), ("since 6.3, d", vec![]), ("e", by_others)];
    assert_eq!(read.rows.len(), expected.len());
    for (row, (case, calls)) in read.rows.iter().zip(expected) {
        assert_eq!((row.case.as_str(), &row.calls), (case, &calls));
    }
    assert_eq!(
        read.rows.iter().map(|r| r.kernel()).collect::<Vec<_>>(),
        [None, None, Some("since 6.3"), None]
    );
    let like = parse("As [`E::w`](B::w); refused: none.").unwrap();
    assert_eq!(like.like, Some(table("E::w", Some("B::w"))));
    assert_eq!((like.rows[0].case.as_str(), like.rows[0].calls.len()), ("refused", 0));
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
        row("| ok | as [`write`] `read` |"),
        row("| ok | `read` |\n| ok | `write` |"),
        row("| ok; ok | `read` |"),
        format!("{}\nMore.", row("| ok | `read` |")),
        format!("Less\n{}", row("| ok | `read` |")),
        row("| ok; | `read` |"),
        row("| first, before 6.18 | `read` |"),
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
