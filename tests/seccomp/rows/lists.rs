//! Each case under each list of src/seccomp/lists.rs that is for its function: its module's, and its roles'.

use rawipc::seccomp::List;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::behind::{End, run};
use super::first::Case;
use super::{is_part, rows};
use crate::Found;
use crate::generate;

/// (d) Each lives under each.
pub fn unlisted() -> Found {
    let begin = Instant::now();
    let rows = rows();
    let functions = generate::functions(&generate::roles(), &rows.tables);
    let (mut found, mut runs) = (Found::new(), BTreeMap::new());
    for case in &rows.cases {
        for (name, list) in lists(case, &functions) {
            *runs.entry(name).or_insert(0) += 1;
            match run(&case.scenario, list, 0) {
                End::Lived(_) => {}
                end => found.push(format!("{}: {end} under {name}", case.title())),
            }
        }
    }
    let counts: Vec<String> = runs.iter().map(|(name, n)| format!("{name} {n}")).collect();
    println!("cases under the lists they are in: {}, {:.1?}", counts.join(", "), begin.elapsed());
    found
}

fn lists<'n>(case: &Case, functions: &'n [(String, BTreeSet<String>)]) -> Vec<(&'n str, List)> {
    let function = &case.scenario.function;
    // A composite is over this, or over either of these.
    let over = case.scenario.over.unwrap_or(&["pipe::", "socket::"]).iter();
    let over = over.filter_map(|ty| named(&module(ty))).fold(List::EMPTY, List::and);
    let over = if generate::COMPOSITES.iter().any(|c| function.starts_with(c)) { over } else { List::EMPTY };
    let for_it = functions.iter().filter(|(_, functions)| functions.contains(function));
    let found: Vec<_> =
        for_it.filter_map(|(name, _)| Some((name.as_str(), named(name)?.and(over)))).collect();
    // The traits of a channel have no list: theirs is the channel's.
    if found.is_empty() { vec![("a channel's", over)] } else { found }
}

fn named(name: &str) -> Option<List> {
    List::ALL.iter().find(|(n, _)| *n == name).map(|(_, list)| *list)
}

/// `PIPE` for `pipe::ReadEnd`.
fn module(path: &str) -> String {
    path.split("::").next().unwrap_or_default().to_uppercase()
}

/// The commands of `fcntl` that roles.txt says of a function are those that its cases make.
pub fn commands() -> Found {
    let mut found = Found::new();
    let said = generate::commands(&generate::roles(), &rows().tables, &mut found);
    for (key, said) in said.iter().filter(|_| !is_part()) {
        let cases = rows().cases.iter().filter(|c| c.scenario.function == *key);
        let made: BTreeSet<String> = cases.flat_map(|c| c.exact.fcntls()).map(|f| f.name().into()).collect();
        if made != *said {
            found.push(format!("roles.txt: {key} has {said:?}, and makes {made:?}"));
        }
    }
    found
}
