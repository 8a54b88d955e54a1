//! The bytes of each mechanism, all of its public functions and what they need, in a program of their own.

use std::collections::BTreeMap;
use std::process::Command;

use crate::program::{Archive, archive, run, small_archive};
use crate::source::root;

const TABLE: &str = "tests/constrained/sizes.txt";
const HEAD: &str = "# Bytes of each module's public functions and of what they need: code and constants, as the release profile
# has them and at opt-level s. RAWIPC_BLESS=1 writes this anew.
";

/// Another compiler makes a little more or less of the same source.
const PERCENT: u64 = 5;
const BYTES: u64 = 96;

/// Mechanism → bytes: release, small.
type Sizes = BTreeMap<String, [u64; 2]>;

/// The mechanism that a probe is of: its module, or one of the sockets.
fn mechanism(probe: &str) -> Option<String> {
    let mut parts = probe.strip_prefix("probe_")?.split("__");
    let module = parts.next()?;
    let kind = parts.next()?.trim_start_matches("ref_");
    Some(if module == "socket" { format!("socket::{kind}") } else { module.into() })
}

fn measured(release: &Archive, small: &Archive) -> Sizes {
    let mut members: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, mechanism) in release.names.iter().filter_map(|n| Some((n, mechanism(n)?))) {
        members.entry(mechanism).or_default().push(name);
        members.entry("together".into()).or_default().push(name);
    }
    let both = |names: &Vec<&str>| [bytes(release, names), bytes(small, names)];
    members.iter().map(|(mechanism, names)| (mechanism.clone(), both(names))).collect()
}

/// What a program of these functions has in memory, the five functions of mem.c apart.
fn bytes(archive: &Archive, names: &[&str]) -> u64 {
    let program = archive.link_only("sized", names, false).unwrap_or_else(|e| panic!("{e}"));
    let sections = run(Command::new("objdump").args(["-h", "-w"]).arg(&program)).unwrap();
    let symbols = run(Command::new("nm").args(["-S", "--defined-only"]).arg(&program)).unwrap();
    let hex = |text: &str| u64::from_str_radix(text, 16).ok();
    let section = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, name, size, ..] = words.as_slice() else { return None };
        let kinds = [".text", ".rodata", ".data", ".got", ".bss"];
        kinds.iter().any(|k| name.starts_with(k)).then(|| hex(size)).flatten()
    };
    let of_mem_c = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, size, _, "memcpy" | "memmove" | "memset" | "memcmp" | "bcmp"] = words.as_slice() else {
            return None;
        };
        hex(size)
    };
    sections.lines().filter_map(section).sum::<u64>() - symbols.lines().filter_map(of_mem_c).sum::<u64>()
}

fn print(sizes: &Sizes) -> String {
    let row =
        |(module, [release, small]): (&String, &[u64; 2])| format!("{module:20} {release:7} {small:7}\n");
    sizes.iter().map(row).collect()
}

fn read(text: &str) -> Sizes {
    let row = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [module, release, small] = words.as_slice() else { return None };
        Some((module.to_string(), [release.parse().ok()?, small.parse().ok()?]))
    };
    text.lines().filter(|l| !l.starts_with('#')).filter_map(row).collect()
}

/// What the table does not say of what was measured, and what it says of nothing.
fn differences(measured: &Sizes, table: &Sizes) -> Vec<String> {
    let mut found = Vec::new();
    for (module, sizes) in measured {
        let Some(known) = table.get(module) else {
            found.push(format!("{module} is not in {TABLE}"));
            continue;
        };
        for (what, (is, was)) in ["release", "small"].iter().zip(sizes.iter().zip(known)) {
            if is.abs_diff(*was) > BYTES.max(was * PERCENT / 100) {
                found.push(format!("{module}, {what}: {is} bytes, and {was} in {TABLE}"));
            }
        }
    }
    let gone = table.keys().filter(|module| !measured.contains_key(*module));
    found.extend(gone.map(|module| format!("{module} is in {TABLE} alone")));
    found
}

#[test]
fn they_are_as_committed() {
    let (Some(release), Some(small)) = (archive(), small_archive()) else { return };
    let measured = measured(release, small);
    println!("{:20} release   small\n{}", "bytes", print(&measured));
    if !cfg!(target_arch = "x86_64") {
        crate::skip::skip("sizes: the table is that of x86-64");
        return;
    }
    if std::env::var_os("RAWIPC_BLESS").is_some() {
        std::fs::write(root().join(TABLE), format!("{HEAD}{}", print(&measured))).unwrap();
    }
    let table = read(&std::fs::read_to_string(root().join(TABLE)).unwrap_or_default());
    crate::none(&differences(&measured, &table));
}

#[test]
fn a_module_that_grew_is_flagged() {
    let is = read("a 1000 4000\nb 100 100");
    assert_eq!(differences(&is, &read("a 1090 4190\nb 10 190")), [""; 0]);
    assert_eq!(differences(&is, &read("a 890 4000\nb 100 100")).len(), 1);
    assert_eq!(differences(&is, &read("a 1000 3800\nb 100 100")).len(), 1);
    assert_eq!(differences(&is, &read("a 1000 4300\nb 100 100")).len(), 1);
    assert_eq!(differences(&is, &read("a 1000 4000\nc 1 1")).len(), 2);
}
