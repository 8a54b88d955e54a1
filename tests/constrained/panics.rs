//! Every panic path that is left, by the function that has it and the line that it comes from.

use std::collections::{BTreeMap, BTreeSet};

use crate::program::{Archive, Program, TRAP, archive, probes, small_archive, twins};
use crate::source::root;

/// The panic paths of each probe: the lines of this crate, or of a package that it uses, which they come from.
fn sites(program: &Program) -> BTreeMap<String, BTreeSet<String>> {
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
fn site(places: &[String]) -> String {
    let of_std = |p: &&String| !p.contains("/library/core/");
    let place = places.iter().find(of_std).or(places.last()).map_or("?", String::as_str);
    let root = root();
    if let Some(ours) = place.strip_prefix(root.to_str().unwrap()) {
        return ours.trim_start_matches('/').into();
    }
    // …/registry/src/index-hash/rustix-1.1.6/src/…
    match place.split_once("/registry/src/").and_then(|(_, p)| p.split_once('/')) {
        Some((_, package)) => package.into(),
        None => place.into(),
    }
}

#[test]
fn none_is_left() {
    let Some(program) = probes() else { return };
    let found = sites(program);
    let free = found.values().filter(|sites| sites.is_empty()).count();
    println!("panic paths: {free} of {} functions have none", found.len());
    let left = found.iter().flat_map(|(name, sites)| sites.iter().map(move |site| (name, site)));
    crate::none(&left.map(|(name, site)| format!("{name} can panic: {site}")).collect::<Vec<String>>());
}

#[test]
fn they_link_without_a_panic_handler() {
    let Some(archive) = archive() else { return };
    links(archive);
    // Nor is it the doing of much inlining.
    links(small_archive().unwrap());
}

/// All in one program; where that is refused, which of them it is.
fn links(archive: &Archive) {
    let names: Vec<&str> =
        archive.names.iter().map(String::as_str).filter(|n| n.starts_with("probe_")).collect();
    let Err(all) = archive.link_only("free", &names, false) else { return };
    let refused = |name: &&&str| archive.link_only("one", &[name], false).is_err();
    let refused: Vec<String> = names.iter().filter(refused).map(|n| format!("{n} does not link")).collect();
    crate::none(&refused);
    panic!("{all}");
}

#[test]
fn an_index_a_slice_an_unwrap_are_flagged() {
    let (Some(archive), Some(program)) = (archive(), twins()) else { return };
    let found = sites(program);
    for name in ["twin_indexes", "twin_slices", "twin_unwraps"] {
        let sites: Vec<&String> = found[name].iter().collect();
        assert!(
            matches!(sites.as_slice(), [at] if at.starts_with("tests/probe/src/twins.rs:")),
            "{name}: {sites:?}"
        );
        let refused = archive.link_only("one_twin", &[name], false).unwrap_err();
        assert!(refused.contains(TRAP), "{refused}");
    }
    assert!(found["twin_holds_16_kib"].is_empty());
}
