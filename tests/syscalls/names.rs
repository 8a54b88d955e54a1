//! Calls that have another name on an architecture, as src/seccomp/number.rs has their numbers.

use crate::source;
use std::collections::BTreeMap;

/// Architecture, call, and what is made in its place: the first that the kernel has.
pub type Names = BTreeMap<&'static str, BTreeMap<String, Vec<String>>>;

pub fn names() -> Names {
    let text = std::fs::read_to_string(source::root().join("src/seccomp/number.rs")).expect("it is there");
    Names::from([("arm", of(&text, false)), ("x86", of(&text, true))])
}

fn of(text: &str, x86: bool) -> BTreeMap<String, Vec<String>> {
    let narrow = between(text, "#[cfg(target_pointer_width = \"32\")]", "};");
    let mut found = BTreeMap::new();
    for (call, name) in pairs(narrow) {
        found.insert(call, vec![name]);
    }
    for call in calls(between(text, "not(target_arch = \"x86\")", ";")) {
        found.entry(call).or_insert_with(Vec::new).insert(0, "statx".into());
    }
    if x86 {
        let sockets = between(text, "#[cfg(target_arch = \"x86\")]\nconst STAND_INS", "__NR_socketcall");
        for call in calls(between(sockets, "__NR_statx", "]")) {
            found.insert(call, vec!["socketcall".into()]);
        }
    }
    assert!(found.contains_key("fstat") && found.contains_key("socket") == x86, "number.rs: {found:?}");
    found
}

fn between<'t>(text: &'t str, begin: &str, end: &str) -> &'t str {
    let (_, rest) = text.split_once(begin).unwrap_or_else(|| panic!("number.rs: no {begin}"));
    rest.split_once(end).map_or(rest, |(inside, _)| inside)
}

/// `FSTAT __NR_fstat64,`
fn pairs(text: &str) -> Vec<(String, String)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let name = |word: &str| word.trim_end_matches(',').strip_prefix("__NR_").map(String::from);
    words.windows(2).filter_map(|w| Some((w[0].to_lowercase(), name(w[1])?))).collect()
}

/// `Call::FSTAT`
fn calls(text: &str) -> Vec<String> {
    let ends = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    text.split("Call::").skip(1).map(|t| t.split(ends).next().unwrap_or_default().to_lowercase()).collect()
}
