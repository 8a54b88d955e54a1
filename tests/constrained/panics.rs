//! Every panic path that is left, by the function that has it and the line that it comes from.

use std::collections::{BTreeMap, BTreeSet};

use crate::program::{Program, TRAP, archive, probes, small_archive, twins};
use crate::source::root;

/// Where a panic path comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Site {
    /// In a line of this crate.
    Ours(String),
    /// In a line of a package that it uses.
    Theirs(String),
}

/// The panic paths of each probe.
fn sites(program: &Program) -> BTreeMap<String, BTreeSet<Site>> {
    let panics = program.panics();
    let mut found: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (name, at) in &program.names {
        let living = program.reachable(*at).into_iter().filter(|f| !panics.contains(f));
        let calls = living.flat_map(|f| program.callees(f)).filter(|(_, callee)| panics.contains(callee));
        found.insert(name.clone(), calls.map(|(i, _)| i.at).collect());
    }
    let mut addresses: Vec<u64> = found.values().flatten().copied().collect();
    addresses.sort();
    addresses.dedup();
    let places = program.places(&addresses);
    let sites = |at: Vec<u64>| at.iter().map(|a| site(&places[a])).collect();
    found.into_iter().map(|(name, at)| (name, sites(at))).collect()
}

/// The innermost line that is not of the standard library.
fn site(places: &[String]) -> Site {
    let of_std = |p: &&String| !p.contains("/library/core/");
    let place = places.iter().find(of_std).or(places.last()).map_or("?", String::as_str);
    let root = root();
    if let Some(ours) = place.strip_prefix(root.to_str().unwrap()) {
        return Site::Ours(ours.trim_start_matches('/').into());
    }
    // …/registry/src/index-hash/rustix-1.1.6/src/…
    match place.split_once("/registry/src/").and_then(|(_, p)| p.split_once('/')) {
        Some((_, package)) => Site::Theirs(package.into()),
        None => Site::Ours(place.into()),
    }
}

#[test]
fn none_is_ours() {
    let Some(program) = probes() else { return };
    let mut theirs = String::new();
    let mut ours = Vec::new();
    let found = sites(program);
    let mut free = 0;
    for (name, sites) in &found {
        free += usize::from(sites.is_empty());
        for site in sites {
            match site {
                Site::Ours(at) => ours.push(format!("{name} can panic at {at}")),
                Site::Theirs(at) => theirs.push_str(&format!("{name} {at}\n")),
            }
        }
    }
    println!("panic paths: {free} of {} functions have none; those of rustix:\n{theirs}", found.len());
    crate::none(&ours);

    let path = root().join("tests/constrained/panics.txt");
    let head =
        "# The panic paths of rustix that are left: function, line. RAWIPC_BLESS=1 writes this anew.\n";
    if std::env::var_os("RAWIPC_BLESS").is_some() {
        std::fs::write(&path, format!("{head}{theirs}")).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let known: BTreeSet<&str> = committed.lines().collect();
    let new: Vec<String> = theirs.lines().filter(|l| !known.contains(l)).map(String::from).collect();
    // One that is gone depends on the compiler, and is good news.
    crate::none(&new);
}

#[test]
fn what_has_none_links_without_a_panic_handler() {
    let (Some(archive), Some(program)) = (archive(), probes()) else { return };
    let found = sites(program);
    let mut wrong = Vec::new();
    for (name, sites) in &found {
        match (archive.link_only("one", &[name], false), sites.is_empty()) {
            (Ok(_), true) => {}
            (Err(e), false) if e.contains(TRAP) => {}
            (Ok(_), false) => wrong.push(format!("{name} links, and {sites:?} was found in it")),
            (Err(e), _) => wrong.push(format!("{name} does not link: {e}")),
        }
    }
    crate::none(&wrong);
    let free: Vec<&str> = found.iter().filter(|(_, s)| s.is_empty()).map(|(n, _)| n.as_str()).collect();
    archive.link_only("free", &free, false).unwrap();

    // Nor is it the doing of much inlining: built to be small, the same ones have none.
    let small = small_archive().unwrap();
    let refused = |name: &&&str| small.link_only("one", &[name], false).is_err();
    let refused = free.iter().filter(refused).map(|name| format!("built to be small, {name} can panic"));
    crate::none(&refused.collect::<Vec<String>>());
}

#[test]
fn an_index_a_slice_an_unwrap_are_flagged() {
    let (Some(archive), Some(program)) = (archive(), twins()) else { return };
    let found = sites(program);
    for name in ["twin_indexes", "twin_slices", "twin_unwraps"] {
        let sites: Vec<&Site> = found[name].iter().collect();
        assert!(
            matches!(sites.as_slice(), [Site::Ours(at)] if at.starts_with("tests/probe/src/twins.rs:")),
            "{name}: {sites:?}"
        );
        let refused = archive.link_only("one_twin", &[name], false).unwrap_err();
        assert!(refused.contains(TRAP), "{refused}");
    }
    assert!(found["twin_holds_16_kib"].is_empty());
}
