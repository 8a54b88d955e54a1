//! The probes are those of all public functions, and of the same packages as the crate's.

use std::collections::{BTreeMap, BTreeSet};

use crate::program::archive;
use crate::source::{self, Model, Source, root};

/// The probe that each public function asks for.
fn wanted(sources: &[Source]) -> BTreeSet<String> {
    let model = Model::new(sources);
    let dropping = model.dropping();
    let formatting = |t: &str| matches!(t, "Debug" | "Display" | "Drop");
    let functions = model.functions.iter().filter(|f| f.public && f.has_body);
    let functions = functions.filter(|f| !f.of_trait.as_deref().is_some_and(formatting)).map(|f| f.key());
    let types = model.types.iter().filter(|t| t.public && dropping.contains(&t.name));
    // A symbol has no `&`.
    functions.chain(types.map(|t| format!("{}::drop", t.key()))).map(|key| key.replace('&', "ref_")).collect()
}

#[test]
fn every_public_function_has_its_probe() {
    let Some(archive) = archive() else { return };
    let probed = archive.names.iter().filter_map(|n| n.strip_prefix("probe_"));
    let probed: BTreeSet<String> = probed.map(|n| n.replace("__", "::")).collect();
    let wanted = wanted(&source::sources());
    let missing = wanted.difference(&probed).map(|k| (k.clone(), format!("{k} has no probe"))).collect();
    let mut found = source::except("probe", missing);
    found.extend(probed.difference(&wanted).map(|k| format!("{k} is probed, and is no public function")));
    crate::none(&found);
}

#[test]
fn a_function_without_a_probe_is_seen() {
    let text = "pub struct S { fd: Fd } struct Fd; impl Drop for Fd { fn drop(&mut self) {} }
                impl S { pub fn one(&self) {} fn private(&self) {} } pub fn two() {}
                impl Sender for S { fn three(&self) {} } struct P; impl Sender for P { fn four(&self) {} }";
    let found: Vec<String> = wanted(&[source::source("x/y.rs", text)]).into_iter().collect();
    assert_eq!(found, ["x::S::drop", "x::S::one", "x::S::three", "x::two"]);
}

#[test]
fn the_probes_and_the_programs_are_built_of_the_same_packages() {
    let versions = |lock: &str| -> BTreeMap<String, String> {
        let text = std::fs::read_to_string(root().join(lock)).unwrap();
        let quoted = |l: Option<&str>| l.and_then(|l| l.split('"').nth(1)).map(String::from);
        let package = |p: &str| {
            let mut lines = p.lines().skip(1);
            quoted(lines.next()).zip(quoted(lines.next()))
        };
        text.split("[[package]]").skip(1).filter_map(package).collect()
    };
    let ours = versions("Cargo.lock");
    for lock in ["tests/probe/Cargo.lock", "examples/freestanding/Cargo.lock"] {
        let theirs = versions(lock);
        for name in ["rustix", "linux-raw-sys", "bitflags"] {
            let same = ours.contains_key(name) && ours.get(name) == theirs.get(name);
            assert!(same, "{lock}, {name}: {ours:?} {theirs:?}");
        }
    }
}
