//! src/seccomp/lists.rs, made from the syscall tables and from src/seccomp/roles.txt.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::grammar::Item;
use crate::source::{self, Source, root};
use crate::tables::Tables;

/// Their tables have rows of a channel as examples, and refer to the channel's own tables for it.
pub const COMPOSITES: &[&str] = &["channel::", "frame::", "rpc::"];

/// What a list lets through.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Allowed {
    pub calls: BTreeSet<String>,
    pub commands: BTreeSet<String>,
}

/// The lists of a file of roles, in its order, with their documentation; or everything that is wrong.
pub fn lists(roles: &str, tables: &Tables) -> Result<Vec<(String, String, Allowed)>, Vec<String>> {
    let mut faults = Vec::new();
    let commands = commands(roles, tables, &mut faults);
    let mut lists: Vec<(String, String, Allowed)> = Vec::new();
    for line in roles.lines().filter(|l| !l.is_empty() && !l.starts_with('#') && !l.starts_with("fcntl ")) {
        if let Some(head) = line.strip_prefix('[') {
            let (name, doc) = head.split_once("] ").unwrap_or((head, ""));
            lists.push((name.into(), doc.into(), Allowed::default()));
            continue;
        }
        for pattern in line.split(' ') {
            match allowed(pattern, &lists, tables, &commands) {
                Ok(more) => match lists.last_mut() {
                    Some((.., list)) => {
                        list.calls.extend(more.calls);
                        list.commands.extend(more.commands);
                    }
                    None => faults.push(format!("roles.txt: {pattern} belongs to no list")),
                },
                Err(fault) => faults.push(format!("roles.txt: {fault}")),
            }
        }
    }
    if faults.is_empty() { Ok(lists) } else { Err(faults) }
}

/// The functions that each list of a file of roles is for, by key.
pub fn functions(roles: &str, tables: &Tables) -> Vec<(String, BTreeSet<String>)> {
    let mut lists: Vec<(String, BTreeSet<String>)> = Vec::new();
    for line in roles.lines().filter(|l| !l.is_empty() && !l.starts_with('#') && !l.starts_with("fcntl ")) {
        if let Some((name, _)) = line.strip_prefix('[').and_then(|head| head.split_once(']')) {
            lists.push((name.into(), BTreeSet::new()));
            continue;
        }
        for pattern in line.split(' ') {
            let more: BTreeSet<String> = match pattern.strip_prefix('@') {
                Some(other) => {
                    lists.iter().filter(|(n, _)| n == other).flat_map(|(_, f)| f.clone()).collect()
                }
                None => {
                    tables.documented().map(|(_, e)| e.key.clone()).filter(|k| means(pattern, k)).collect()
                }
            };
            lists.last_mut().into_iter().for_each(|(_, functions)| functions.extend(more.iter().cloned()));
        }
    }
    lists
}

/// Whether a pattern of a list means the function of this key.
fn means(pattern: &str, key: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => key.starts_with(start),
        None => key == pattern,
    }
}

fn allowed(
    pattern: &str,
    lists: &[(String, String, Allowed)],
    tables: &Tables,
    commands: &BTreeMap<String, BTreeSet<String>>,
) -> Result<Allowed, String> {
    if let Some(other) = pattern.strip_prefix('@') {
        let found = lists.iter().find(|(name, ..)| name == other);
        return found.map(|(.., list)| list.clone()).ok_or(format!("no list above is called {other}"));
    }
    let meant = tables.documented().filter(|(_, e)| means(pattern, &e.key));
    let chosen: Vec<usize> = meant.map(|(i, _)| i).collect();
    if chosen.is_empty() {
        return Err(format!("{pattern}: nothing of that name has a table"));
    }
    let mut found = Allowed::default();
    if COMPOSITES.iter().any(|module| pattern.starts_with(module)) {
        for i in chosen {
            own_calls(tables, i, &mut found.calls);
        }
        return Ok(found);
    }
    let mut reached = BTreeSet::new();
    chosen.into_iter().for_each(|i| reach(tables, i, &mut reached));
    for i in reached {
        let entry = &tables.entries[i];
        let mut calls = BTreeSet::new();
        entry.table.rows.iter().for_each(|row| direct(&row.calls, &mut calls));
        if calls.remove("fcntl") {
            let own = commands.get(&entry.key);
            let own = own.ok_or(format!("the commands of `fcntl` in {} are not said", entry.key))?;
            found.commands.extend(own.iter().cloned());
        }
        found.calls.extend(calls);
    }
    Ok(found)
}

/// `entry` and all whose tables it refers to.
fn reach(tables: &Tables, entry: usize, into: &mut BTreeSet<usize>) {
    if !into.insert(entry) {
        return;
    }
    for (at, row) in tables.rows(entry, None) {
        reach(tables, at, into);
        for item in flat(&row.calls) {
            if let Item::Table(reference) = item {
                tables.resolve(at, reference, None).into_iter().for_each(|of| reach(tables, of, into));
            }
        }
    }
}

/// What a composite makes beside what its tables refer to: the calls in rows that refer.
fn own_calls(tables: &Tables, entry: usize, into: &mut BTreeSet<String>) {
    for row in &tables.entries[entry].table.rows {
        if flat(&row.calls).iter().any(|item| matches!(item, Item::Table(_))) {
            direct(&row.calls, into);
        }
    }
}

fn direct(items: &[Item], into: &mut BTreeSet<String>) {
    for item in flat(items) {
        if let Item::Call(name) = item {
            into.insert(name.clone());
        }
    }
}

fn flat(items: &[Item]) -> Vec<&Item> {
    let mut found = Vec::new();
    for item in items {
        match item {
            Item::Group(inside) => found.extend(flat(inside)),
            item => found.push(item),
        }
    }
    found
}

/// The lines `fcntl function = F_…`.
pub fn commands(
    roles: &str,
    tables: &Tables,
    faults: &mut Vec<String>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for line in roles.lines().filter_map(|l| l.strip_prefix("fcntl ")) {
        let (key, commands) = line.split_once(" = ").unwrap_or((line, ""));
        let mut calls = BTreeSet::new();
        if let Some(i) = tables.find(key) {
            tables.entries[i].table.rows.iter().for_each(|row| direct(&row.calls, &mut calls));
        }
        if !calls.contains("fcntl") {
            faults.push(format!("roles.txt: {key} has no table with `fcntl`"));
        }
        found.insert(key.to_string(), commands.split(' ').map(String::from).collect());
    }
    found
}

/// The text of lists.rs.
pub fn text(lists: &[(String, String, Allowed)]) -> String {
    let mut text = String::from(
        "//! Made from the `# Syscalls` tables and from roles.txt, by `RAWIPC_BLESS=1 cargo test --test seccomp`.\n\n\
         use super::{Fcntl, List};\nuse crate::error::Call;\n\nimpl List {\n",
    );
    for (i, (name, doc, list)) in lists.iter().enumerate() {
        if i > 0 {
            text.push('\n');
        }
        let names: Vec<String> = list.calls.iter().map(|c| format!("`{c}`")).collect();
        let commands: Vec<String> = list.commands.iter().map(|c| format!("`{c}`")).collect();
        let mut sentence = names.join(" ");
        if !commands.is_empty() {
            write!(sentence, " `fcntl` ({})", commands.join(", ")).unwrap();
        }
        writeln!(text, "    /// {doc}\n    ///").unwrap();
        wrapped(&mut text, "    /// ", &sentence);
        writeln!(text, "    pub const {name}: List = List::of(&[").unwrap();
        let calls: Vec<String> = list.calls.iter().map(|c| format!("Call::{},", c.to_uppercase())).collect();
        wrapped(&mut text, "        ", &calls.join(" "));
        let commands: Vec<String> = list.commands.iter().map(|c| variant(c)).collect();
        writeln!(text, "    ], &[{}]);", commands.join(", ")).unwrap();
    }
    text.push_str("\n    /// Every list above, by name.\n    pub const ALL: &[(&'static str, List)] = &[\n");
    for (name, ..) in lists {
        writeln!(text, "        (\"{name}\", List::{name}),").unwrap();
    }
    text.push_str("    ];\n}\n");
    text
}

fn wrapped(text: &mut String, indent: &str, words: &str) {
    let mut line = indent.to_string();
    for word in words.split(' ') {
        if line.len() > indent.len() && line.len() + word.len() + 1 > 110 {
            writeln!(text, "{}", line.trim_end()).unwrap();
            line = indent.to_string();
        }
        line.push_str(word);
        line.push(' ');
    }
    writeln!(text, "{}", line.trim_end()).unwrap();
}

fn variant(command: &str) -> String {
    let known = rawipc::seccomp::Fcntl::ALL.into_iter().find(|f| f.name() == command);
    let name = match known {
        None => panic!("roles.txt: no Fcntl is called {command}"),
        Some(rawipc::seccomp::Fcntl::DupFdCloexec) => "DupFdCloexec",
        Some(rawipc::seccomp::Fcntl::SetFd) => "SetFd",
        Some(rawipc::seccomp::Fcntl::GetFl) => "GetFl",
        Some(rawipc::seccomp::Fcntl::SetFl) => "SetFl",
        Some(rawipc::seccomp::Fcntl::GetPipeSize) => "GetPipeSize",
        Some(rawipc::seccomp::Fcntl::SetPipeSize) => "SetPipeSize",
        Some(rawipc::seccomp::Fcntl::AddSeals) => "AddSeals",
        Some(rawipc::seccomp::Fcntl::GetSeals) => "GetSeals",
    };
    format!("Fcntl::{name}")
}

pub fn roles() -> String {
    std::fs::read_to_string(root().join("src/seccomp/roles.txt")).unwrap()
}

/// What is wrong with the committed lists, after renewing them if that is asked for.
pub fn stale() -> Vec<String> {
    let dir = root().join("src/seccomp");
    let roles = roles();
    let tables = Tables::of_the_crate();
    let lists = match lists(&roles, &tables) {
        Ok(lists) => lists,
        Err(faults) => return faults,
    };
    let text = text(&lists);
    if std::env::var_os("RAWIPC_BLESS").is_some() {
        std::fs::write(dir.join("lists.rs"), &text).unwrap();
    }
    compare(&std::fs::read_to_string(dir.join("lists.rs")).unwrap_or_default(), &text)
}

fn compare(committed: &str, made: &str) -> Vec<String> {
    let first = committed.lines().zip(made.lines()).position(|(a, b)| a != b);
    match (committed == made, first) {
        (true, _) => vec![],
        (_, first) => {
            let line = first.map_or(String::from("at the end"), |n| format!("from line {}", n + 1));
            vec![format!("src/seccomp/lists.rs is stale {line}; RAWIPC_BLESS=1 renews it")]
        }
    }
}

/// The twins: each must be flagged, by a finding that says the word.
pub fn twins() -> Vec<String> {
    let table = |rows: &str| format!("/// # Syscalls\n/// | case | calls |\n/// |---|---|\n{rows}");
    let pipe = format!(
        "pub struct W; impl W {{ {}pub fn put(&self) {{}} {}pub fn two(&self) {{}} {}pub fn size(&self) {{}} }}",
        table("/// | ok | `write` |\n/// | waits | (`ppoll` `write`)×n |\n"),
        "/// # Syscalls\n/// As [`put`](W::put); else: `writev`.\n",
        table("/// | ok | `fcntl` |\n"),
    );
    let of = |source: &str, roles: &str| -> Result<String, Vec<String>> {
        let sources: Vec<Source> = vec![source::source("pipe.rs", source)];
        lists(roles, &Tables::new(&sources)).map(|lists| text(&lists))
    };
    let roles =
        "[ONE] Puts.\npipe::W::two\n\n[TWO] More.\n@ONE pipe::W::size\n\nfcntl pipe::W::size = F_GETFL\n";
    let mut wrong = Vec::new();
    let good = of(&pipe, roles).unwrap_or_else(|faults| {
        wrong.extend(faults);
        String::new()
    });
    for line in [
        "Call::PPOLL, Call::WRITE, Call::WRITEV,",
        "], &[Fcntl::GetFl]);",
        "/// `ppoll` `write` `writev` `fcntl` (`F_GETFL`)",
    ] {
        if !good.lines().any(|l| l.trim() == line) {
            wrong.push(format!("`{line}` was to be made:\n{good}"));
        }
    }
    let more = of(&pipe.replace("(`ppoll` `write`)", "(`clock_gettime` `ppoll` `write`)"), roles);
    let fewer = of(&pipe, &roles.replace("pipe::W::two", "pipe::W::size"));
    for (what, made) in [("a call more in a table", more), ("another function in a role", fewer)] {
        if compare(&good, &made.unwrap_or_default()).is_empty() {
            wrong.push(format!("{what} left the lists as they were"));
        }
    }
    for (word, source, roles) in [
        ("nothing of that name", pipe.clone(), roles.replace("W::two", "W::three")),
        ("no list above", pipe.clone(), roles.replace("@ONE", "@THREE")),
        ("are not said", pipe.clone(), roles.replace("fcntl ", "# ")),
        ("no table with `fcntl`", pipe.replace("`fcntl`", "`read`"), roles.into()),
    ] {
        match of(&source, &roles) {
            Err(faults) if faults.iter().any(|f| f.contains(word)) => {}
            other => wrong.push(format!("`{word}` was not flagged: {other:?}")),
        }
    }
    wrong
}
