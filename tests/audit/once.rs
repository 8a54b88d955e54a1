//! A program that uses each mechanism once, under strace: between its marks, and counted, only the tables' calls.

#[path = "../../examples/once/remote.rs"]
#[allow(dead_code)] // the program's own part
mod remote;
#[path = "../../examples/once/steps.rs"]
#[allow(dead_code)]
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use crate::published::Published;
use crate::scratch::unused;
use crate::skip::skip;
use crate::{example, none};

const MARKS: [&str; 2] = ["syscall_0x2f000001", "syscall_0x2f000002"];

/// What strace wrote about the program; `None`, with the reason printed, where there is no strace or no ptrace.
fn straced(options: &[&str], args: &[&str]) -> Option<String> {
    let file = unused("rawipc-strace");
    let mut strace = Command::new("strace");
    strace.args(options).arg("-f").arg("-o").arg(&file).arg(example("once").get_program()).args(args);
    let Ok(out) = strace.output() else {
        skip("the program under strace: no strace");
        return None;
    };
    let text = fs::read_to_string(&file).unwrap_or_default();
    let _ = fs::remove_file(&file);
    let said = String::from_utf8_lossy(&out.stderr);
    if !out.status.success() && said.contains("PTRACE_") {
        skip(&format!("the program under strace: {said}"));
        return None;
    }
    assert!(out.status.success(), "{said}");
    Some(text)
}

/// A label and the calls of its window.
type Window = (u64, Vec<String>);

/// What each process did between the marks, in the order in which they were opened.
fn windows(trace: &str) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for line in trace.lines() {
        let Some((pid, rest)) = line.split_once(' ') else { continue };
        // The rest of a call, a signal, an exit.
        let Some((name, args)) = rest.trim_start().split_once('(') else { continue };
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            continue;
        }
        if name == MARKS[0] {
            let label = args.split([',', ')', ' ']).next().unwrap_or_default();
            let label = label.strip_prefix("0x").map_or(label.parse(), |hex| u64::from_str_radix(hex, 16));
            windows.push((label.unwrap(), vec![]));
            open.insert(pid, windows.len() - 1);
        } else if name == MARKS[1] {
            open.remove(pid).unwrap();
        } else if let Some(at) = open.get(pid) {
            // A C library's way to say fstat.
            let stands_in = cfg!(feature = "libc") && name == "newfstatat" && args.contains("AT_EMPTY_PATH");
            windows[*at].1.push(if stands_in { "fstat" } else { name }.to_owned());
        }
    }
    assert!(open.is_empty(), "{trace}");
    windows
}

/// What each window is to be: its name, and the functions whose calls it holds.
fn expected() -> BTreeMap<u64, (&'static str, &'static [&'static str])> {
    let steps = steps::STEPS.iter().zip(0..).map(|(s, n)| (n, (s.name, s.functions)));
    let names = ["rpc, the pair", "rpc, the client", "rpc, the server"];
    let remote = remote::LABELS.into_iter().zip(names.into_iter().zip(remote::FUNCTIONS));
    steps.chain(remote).collect()
}

/// Windows that are not the calls of their functions, and steps without a window.
fn wrong(tables: &Published, windows: &[Window]) -> Vec<String> {
    let mut expected = expected();
    let mut found = Vec::new();
    for (label, calls) in windows {
        match expected.remove(label) {
            Some((_, functions)) if tables.allow(functions, calls) => {}
            Some((name, functions)) => {
                found.push(format!("{name}: {} is not {}", calls.join(" "), functions.join(", ")));
            }
            None => found.push(format!("a window {label}")),
        }
    }
    found.extend(expected.values().map(|(name, _)| format!("{name}: not done")));
    found
}

#[test]
fn each_mechanism_makes_its_calls_in_order() {
    let Some(trace) = straced(&[], &[]) else { return };
    let tables = Published::read();
    let windows = windows(&trace);
    none(&wrong(&tables, &windows));

    // Known-bad twins of what was just seen.
    let flagged = |change: &dyn Fn(&mut Vec<Window>)| {
        let mut twin = windows.clone();
        change(&mut twin);
        !wrong(&tables, &twin).is_empty()
    };
    for n in 0..windows.len() {
        assert!(flagged(&|w| w[n].1.insert(0, "brk".into())));
        assert!(flagged(&|w| w[n].1.push("mmap".into())));
        assert!(flagged(&|w| drop(w[n].1.remove(0))), "{:?}", windows[n]);
    }
    assert!(flagged(&|w| w[0].1.swap(0, 1)));
    assert!(flagged(&|w| drop(w.pop())));
}

/// How often each call was made, of `strace -c`.
fn counts(summary: &str) -> BTreeMap<String, u64> {
    let line = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (calls, name) = (fields.get(3)?.parse().ok()?, fields.last()?);
        (*name != "total").then(|| ((*name).to_owned(), calls))
    };
    summary.lines().filter_map(line).collect()
}

/// What is made more often with than without, and is in no table of what was used.
fn unlisted(
    tables: &Published,
    with: &BTreeMap<String, u64>,
    without: &BTreeMap<String, u64>,
) -> BTreeSet<String> {
    let used: Vec<&str> = expected().into_values().flat_map(|(_, functions)| functions).copied().collect();
    let listed = tables.all(&used);
    let more = with.iter().filter(|(name, n)| **n > without.get(*name).copied().unwrap_or(0));
    more.map(|(name, _)| name.clone())
        .filter(|n| !listed.contains(n) && !MARKS.contains(&n.as_str()))
        .collect()
}

#[test]
fn counted_it_makes_only_the_tables_calls() {
    let Some(with) = straced(&["-c"], &[]) else { return };
    let Some(without) = straced(&["-c"], &["--nothing"]) else { return };
    let (mut with, without) = (counts(&with), counts(&without));
    let tables = Published::read();
    assert!(with.len() > without.len() && with["pipe2"] >= 5 && !without.contains_key("pipe2"), "{with:?}");
    assert_eq!(unlisted(&tables, &with, &without), BTreeSet::new());

    // Known-bad twins: a call that no table has, and one more of the program's own.
    *with.get_mut("brk").unwrap() += 1;
    with.insert("sendfile".into(), 1);
    assert_eq!(unlisted(&tables, &with, &without), ["brk", "sendfile"].map(String::from).into());
}
