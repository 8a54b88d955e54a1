//! C can do what Rust can: each public function of the crate is named by a line `@rust` in src/capi, or stands in
//! twins.txt with the reason why it has no C function.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::Check;
use crate::library::{capi_sources, root};
use crate::source::{self, Model};

pub const CHECKS: [Check; 2] = [
    ("twins::each_public_function_has_one", each_public_function_has_one),
    ("twins::a_missing_one_is_flagged", a_missing_one_is_flagged),
];

fn each_public_function_has_one() {
    let public = public();
    let (mut named, excepted) = (named(), excepted());
    // A type whose drop is its parts' has a table and may be named, but need not be.
    let types = types();
    named.retain(|name| public.contains(name) || !types.contains(name));
    let found = differences(&public, &named, &excepted);
    assert!(found.is_empty(), "\n  {}\n", found.join("\n  "));
    println!(
        "{} public functions in Rust, {} with a C function, {} with a reason",
        public.len(),
        named.len(),
        excepted.len()
    );
}

fn a_missing_one_is_flagged() {
    let set = |names: &[&str]| -> BTreeSet<String> { names.iter().map(ToString::to_string).collect() };
    let reasons = BTreeMap::from([("m::three".to_string(), "none needed".to_string())]);
    let found = differences(&set(&["m::one", "m::two", "m::three"]), &set(&["m::one", "m::four"]), &reasons);
    assert!(found.len() == 2 && found[0].contains("m::two") && found[1].contains("m::four"), "{found:?}");
}

fn differences(
    public: &BTreeSet<String>,
    named: &BTreeSet<String>,
    excepted: &BTreeMap<String, String>,
) -> Vec<String> {
    let open: Vec<&String> = public.difference(named).collect();
    let missing = open.iter().filter(|f| !excepted.keys().any(|pattern| matches(pattern, f)));
    let missing = missing.map(|f| format!("{f} has no C function, and no reason"));
    let unknown = named.difference(public).map(|f| format!("@rust {f}: there is no such function"));
    let stale = excepted.keys().filter(|pattern| !open.iter().any(|f| matches(pattern, f)));
    missing.chain(unknown).chain(stale.map(|f| format!("twins.txt: {f} needs no reason"))).collect()
}

/// Whether `name` is `pattern`, with anything in the place of its `*`.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
    }
}

/// As the probes of tests/constrained have them: functions, and types that do something when they are dropped.
fn public() -> BTreeSet<String> {
    let sources = source::sources();
    let model = Model::new(&sources);
    let dropping = model.dropping();
    let left_out = |t: &str| matches!(t, "Debug" | "Display" | "Drop");
    let functions = model.functions.iter().filter(|f| f.public && f.has_body);
    let functions = functions.filter(|f| !f.of_trait.as_deref().is_some_and(left_out)).map(|f| f.key());
    let types = model.types.iter().filter(|t| t.public && dropping.contains(&t.name)).map(|t| t.key());
    functions.chain(types).collect()
}

fn types() -> BTreeSet<String> {
    let sources = source::sources();
    Model::new(&sources).types.iter().filter(|t| t.public).map(|t| t.key()).collect()
}

fn named() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in capi_sources() {
        let lines = text.lines().filter_map(|line| line.strip_prefix("/// @rust "));
        found.extend(lines.flat_map(|names| names.split(", ")).map(String::from));
    }
    found
}

/// Name, or pattern, and reason.
fn excepted() -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("tests/capi/twins.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let line = |line: &str| {
        let (names, reason) =
            line.split_once(" — ").unwrap_or_else(|| panic!("twins.txt: no reason: {line}"));
        names.split(", ").map(|name| (name.to_string(), reason.to_string())).collect::<Vec<_>>()
    };
    lines.flat_map(line).collect()
}
