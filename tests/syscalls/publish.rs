//! docs/syscalls.md and docs/syscalls.json, made from the tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

use super::names;
use crate::grammar::{Item, Reference, Row, Signals};
use crate::rules::RULES;
use crate::source;
use crate::tables::{Entry, Tables};

/// What is not as the tables have it: nothing, once `RAWIPC_BLESS=1` has written it anew.
pub fn stale(tables: &Tables) -> Vec<String> {
    let bless = std::env::var_os("RAWIPC_BLESS").is_some();
    let files = [("docs/syscalls.md", markdown(tables)), ("docs/syscalls.json", json(tables))];
    let mut found = Vec::new();
    for (name, text) in files {
        let path: PathBuf = source::root().join(name);
        if bless {
            std::fs::write(&path, &text).expect("docs/ can be written to");
        } else if std::fs::read_to_string(&path).is_ok_and(|there| there == text) {
            continue;
        } else {
            found.push(format!(
                "{name} is not what the tables say: RAWIPC_BLESS=1 cargo test --test syscalls"
            ));
        }
    }
    found
}

/// The entries that are published, module by module.
fn modules(tables: &Tables) -> BTreeMap<&str, Vec<(usize, &Entry)>> {
    let mut modules: BTreeMap<&str, Vec<(usize, &Entry)>> = BTreeMap::new();
    for (i, entry) in tables.documented() {
        modules.entry(source::top_module(&entry.path)).or_default().push((i, entry));
    }
    modules
}

const HEAD: &str = "\
# The syscalls of every function

Made from the `# Syscalls` sections of the doc comments, and proved by `cargo test --test syscalls`, which makes
each row happen under ptrace and compares. `RAWIPC_BLESS=1 cargo test --test syscalls` renews this file and
[syscalls.json](syscalls.json), which says the same to programs.

- A row is a case; `;` stands between cases that make the same calls. The calls are an exact list, in order.
- `(…)×n` is a group made once or more. `none` is no call at all.
- A link to another function stands for any one row of its table, other than \"refused\"; a link to a method that
  a trait declares, for a row of whichever type is used.
- \"before 6.18\" and the like name the kernel that a row belongs to, and links in such a row mean rows of that
  kernel. Rows without one hold on every kernel from 5.10 on, or from the one that the call came with.
- \"Async-signal-safe\" is a function that a signal handler may call, whatever it interrupted, and so may the child of
  a `fork` in a process with threads, before its `exec`: `cargo test --test safe`.
- An error of the kernel that has no row ends the list where it comes, and what had been made by then is closed or
  removed.
- A process that is stopped and continued makes the `ppoll` that it sleeps in a second time: the kernel repeats it,
  with what is left of the time.
- With the feature `libc` the calls go through the C library, in the same order; glibc makes `fstat` as a
  `newfstatat` of no path.
- Names are those of x86-64, aarch64 and riscv64, which agree. On 32-bit architectures the kernel's own names for
  64-bit times and sizes stand in their place, `statx` comes before `fstat` and `newfstatat`, and on x86 `socketcall`
  stands for all calls of sockets:";

fn markdown(tables: &Tables) -> String {
    let mut out = String::from(HEAD);
    let made: BTreeSet<String> = tables.documented().flat_map(|(i, _)| all(tables, i)).collect();
    let names = names::names();
    let others = names["arm"].iter().filter(|(call, _)| made.contains(*call));
    let others: Vec<String> =
        others.map(|(call, by)| format!("\n  - `{call}`: `{}`", by.join("`, `"))).collect();
    let _ = writeln!(out, "{}\n", others.concat());
    let modules = modules(tables);
    calls_table(tables, &mut out);
    for (module, entries) in &modules {
        let _ = writeln!(out, "\n## {module}");
        for (declared, implementations) in tables.declared(module) {
            let links: Vec<String> = implementations.iter().map(|i| link_to(&tables.entries[*i])).collect();
            let _ = writeln!(out, "\n### {}\n\nAs {}.", title(declared), links.join(", "));
        }
        for (i, entry) in entries {
            let _ = writeln!(out, "\n### {}\n", title(entry));
            if let Some(signals) = &entry.signals {
                let _ = writeln!(out, "{}.\n", sentence(signals));
            }
            if let Some(like) = &entry.table.like {
                let like = link(tables, *i, like);
                let _ =
                    writeln!(out, "As {like}{}", if entry.table.rows.is_empty() { "." } else { "; and:\n" });
            }
            rows(tables, *i, &entry.table.rows, &mut out);
        }
    }
    out
}

fn sentence(signals: &Signals) -> String {
    match signals {
        Signals::Safe => "Async-signal-safe".into(),
        Signals::Where(what) => format!("Async-signal-safe where {what}"),
        Signals::Not(why) => format!("Not async-signal-safe: {why}"),
    }
}

fn title(entry: &Entry) -> String {
    format!("`{}`", entry.key)
}

/// As GitHub makes it from the heading.
fn anchor(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric() || *c == '_').flat_map(char::to_lowercase).collect()
}

fn link_to(entry: &Entry) -> String {
    format!("[`{}`](#{})", entry.key, anchor(&entry.key))
}

fn rows(tables: &Tables, entry: usize, rows: &[Row], out: &mut String) {
    if rows.is_empty() {
        return;
    }
    out.push_str("| case | calls |\n|------|-------|\n");
    let mut rest = rows;
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|r| r.calls == first.calls).count();
        let cases: Vec<&str> = rest[..same].iter().map(|r| r.case.as_str()).collect();
        let calls = match first.calls.as_slice() {
            [] => "none".to_owned(),
            calls => list(tables, entry, calls),
        };
        let _ = writeln!(out, "| {} | {calls} |", cases.join("; "));
        rest = &rest[same..];
    }
}

fn list(tables: &Tables, entry: usize, items: &[Item]) -> String {
    let text = |item: &Item| match item {
        Item::Call(name) => format!("`{name}`"),
        Item::Group(inside) => format!("({})×n", list(tables, entry, inside)),
        Item::Table(reference) => link(tables, entry, reference),
    };
    items.iter().map(text).collect::<Vec<_>>().join(" ")
}

fn link(tables: &Tables, entry: usize, reference: &Reference) -> String {
    let found = tables.resolve(entry, reference, None);
    let declared = tables.declared_by_all(&found, &reference.name);
    let to = match (declared, &found[..]) {
        (Some(declared), [_, _, ..]) => declared,
        (_, [one, ..]) => *one,
        (_, []) => return format!("`{}`", reference.name),
    };
    let key = &tables.entries[to].key;
    let name =
        if found.len() > 1 { key.split_once("::").map_or("", |(_, name)| name) } else { &reference.name };
    format!("[`{name}`](#{})", anchor(key))
}

/// Every call there is: its man page, what is fixed in its arguments, who makes it.
fn calls_table(tables: &Tables, out: &mut String) {
    let mut by_call: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (i, entry) in tables.documented() {
        for row in &entry.table.rows {
            for name in tables.names(i, row) {
                by_call.entry(name).or_default().insert(source::top_module(&entry.path));
            }
        }
    }
    out.push_str(
        "## All calls\n\n| call | fixed arguments | modules |\n|------|-----------------|---------|\n",
    );
    for (call, modules) in by_call {
        let fixed: Vec<&str> = RULES.iter().filter(|r| r.call == call).map(|r| r.says).collect();
        let modules: Vec<&str> = modules.into_iter().collect();
        let page = format!("https://man7.org/linux/man-pages/man2/{call}.2.html");
        let _ = writeln!(out, "| [{call}(2)]({page}) | {} | {} |", fixed.join(", "), modules.join(", "));
    }
}

fn json(tables: &Tables) -> String {
    let mut out = String::from("{\n  \"fixed\": {\n");
    let mut fixed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    RULES.iter().for_each(|r| fixed.entry(r.call).or_default().push(r.says));
    let lines: Vec<String> =
        fixed.iter().map(|(call, says)| format!("    {}: {}", string(call), strings(says))).collect();
    let _ = writeln!(out, "{}\n  }},\n  \"names\": {{", lines.join(",\n"));
    let architectures = names::names().into_iter().map(|(architecture, names)| {
        let names: Vec<String> = names
            .iter()
            .map(|(call, by)| {
                let by: Vec<&str> = by.iter().map(String::as_str).collect();
                format!("{}: {}", string(call), strings(&by))
            })
            .collect();
        format!("    {}: {{{}}}", string(architecture), names.join(", "))
    });
    let architectures: Vec<String> = architectures.collect();
    let _ = writeln!(out, "{}\n  }},\n  \"functions\": [", architectures.join(",\n"));
    let all: Vec<String> = modules(tables).values().flatten().map(|(i, e)| function(tables, *i, e)).collect();
    let _ = writeln!(out, "{}\n  ]\n}}", all.join(",\n"));
    out
}

/// Every call of every row.
fn all(tables: &Tables, i: usize) -> BTreeSet<String> {
    tables.rows(i, None).into_iter().flat_map(|(at, row)| tables.names(at, row)).collect()
}

fn function(tables: &Tables, i: usize, entry: &Entry) -> String {
    let names = all(tables, i);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut out = format!(
        "    {{\"function\": {}, \"source\": {},",
        string(&entry.key),
        string(&format!("src/{}", entry.path))
    );
    if let Some(signals) = &entry.signals {
        let says = match signals {
            Signals::Safe => "yes".into(),
            Signals::Where(what) => format!("where {what}"),
            Signals::Not(why) => format!("no: {why}"),
        };
        let _ = write!(out, " \"async_signal_safe\": {},", string(&says));
    }
    if let Some(like) = &entry.table.like {
        let _ = write!(out, "\n     \"like\": {},", keys(tables, i, like));
    }
    let row = |row: &Row| {
        let kernel = row.kernel().map(|k| format!("\"kernel\": {}, ", string(k))).unwrap_or_default();
        format!(
            "\n       {{\"case\": {}, {kernel}\"calls\": {}}}",
            string(&row.case),
            calls(tables, i, &row.calls)
        )
    };
    let rows: Vec<String> = entry.table.rows.iter().map(row).collect();
    let _ = write!(out, "\n     \"all\": {},\n     \"rows\": [{}]}}", strings(&names), rows.join(","));
    out
}

/// A call is a string, a group an array, another's table an object.
pub fn calls(tables: &Tables, entry: usize, items: &[Item]) -> String {
    let text = |item: &Item| match item {
        Item::Call(name) => string(name),
        Item::Group(inside) => calls(tables, entry, inside),
        Item::Table(reference) => format!("{{\"any_row_of\": {}}}", keys(tables, entry, reference)),
    };
    format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", "))
}

fn keys(tables: &Tables, entry: usize, reference: &Reference) -> String {
    let keys = tables.resolve(entry, reference, None);
    strings(&keys.iter().map(|i| tables.entries[*i].key.as_str()).collect::<Vec<_>>())
}

pub fn strings(all: &[&str]) -> String {
    format!("[{}]", all.iter().map(|s| string(s)).collect::<Vec<_>>().join(", "))
}

pub fn string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
