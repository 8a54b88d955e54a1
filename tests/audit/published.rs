//! docs/syscalls.json, read as an auditor's own tool would read it, without a line of the crate's reader.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::source::root;

pub struct Published(Value);

impl Published {
    pub fn read() -> Published {
        let text = std::fs::read_to_string(root().join("docs/syscalls.json")).unwrap();
        Published(serde_json::from_str(&text).unwrap())
    }

    pub fn functions(&self) -> impl Iterator<Item = &Value> {
        self.0["functions"].as_array().unwrap().iter()
    }

    fn function(&self, key: &str) -> &Value {
        let found = self.functions().find(|f| f["function"] == key);
        found.unwrap_or_else(|| panic!("docs/syscalls.json has no {key}"))
    }

    /// Every call that one of these functions may make.
    pub fn all(&self, functions: &[&str]) -> BTreeSet<String> {
        functions.iter().flat_map(|f| strings(&self.function(f)["all"])).collect()
    }

    /// Whether these are the calls of the functions, of each by one of its rows, one after the other.
    pub fn allow(&self, functions: &[&str], calls: &[String]) -> bool {
        let mut reading = Reading { tables: self, calls, known: BTreeMap::new() };
        let mut at = BTreeSet::from([0]);
        for function in functions {
            at = at.into_iter().flat_map(|from| reading.function(function, from)).collect();
        }
        at.contains(&calls.len())
    }
}

/// Where a reading of something that begins at a place in the calls can end.
struct Reading<'t> {
    tables: &'t Published,
    calls: &'t [String],
    /// By function and beginning. What is being found out has no end yet, which is right for a table that goes on
    /// with itself: that adds nothing where nothing was read before it.
    known: BTreeMap<(String, usize), BTreeSet<usize>>,
}

impl Reading<'_> {
    /// By any of its rows.
    fn function(&mut self, key: &str, from: usize) -> BTreeSet<usize> {
        let place = (key.to_owned(), from);
        if let Some(known) = self.known.get(&place) {
            return known.clone();
        }
        self.known.insert(place.clone(), BTreeSet::new());
        let function = self.tables.function(key);
        let mut ends = BTreeSet::new();
        for row in function["rows"].as_array().unwrap().iter().filter(|r| r["case"] != "refused") {
            ends.extend(self.items(&row["calls"], from));
        }
        for like in strings(&function["like"]) {
            ends.extend(self.function(&like, from));
        }
        self.known.insert(place, ends.clone());
        ends
    }

    fn items(&mut self, items: &Value, from: usize) -> BTreeSet<usize> {
        let mut at = BTreeSet::from([from]);
        for item in items.as_array().unwrap() {
            at = at.into_iter().flat_map(|from| self.item(item, from)).collect();
        }
        at
    }

    fn item(&mut self, item: &Value, from: usize) -> BTreeSet<usize> {
        match item {
            Value::String(name) => {
                (self.calls.get(from) == Some(name)).then_some(from + 1).into_iter().collect()
            }
            Value::Array(_) => {
                let mut all = self.items(item, from);
                loop {
                    let more: BTreeSet<usize> = all.iter().flat_map(|from| self.items(item, *from)).collect();
                    if more.is_subset(&all) {
                        return all;
                    }
                    all.extend(more);
                }
            }
            item => strings(&item["any_row_of"]).iter().flat_map(|f| self.function(f, from)).collect(),
        }
    }
}

/// An array of strings; nothing where there is none.
pub fn strings(value: &Value) -> Vec<String> {
    let all = value.as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().map(|s| s.as_str().unwrap().to_owned()).collect()
}
