//! Every table of src/, with its references resolved, and whether a list of calls is one of a row's.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use crate::grammar::{self, Item, Reference, Row, Signals, Table};
use crate::source::{self, Model, Source};

/// What is documented of one function, or of dropping one type.
pub struct Entry {
    /// `pipe::ReadEnd::read`, as scenarios name it.
    pub key: String,
    /// Relative to src/.
    pub path: String,
    owner: Option<String>,
    name: String,
    of_trait: Option<String>,
    in_trait: bool,
    /// A method that a trait only declares is as any of its implementations.
    declared: bool,
    pub table: Table,
    /// Whether a signal handler may call it; `None` where that is not said.
    pub signals: Option<Signals>,
}

pub struct Tables {
    pub entries: Vec<Entry>,
    /// What cannot be read, or names what is not there.
    pub faults: Vec<String>,
}

/// The types whose implementations a trait's declared method stands for: `pipe::ReadEnd`. Any, where none is said.
pub type Over<'t> = Option<&'t [&'static str]>;

/// Calls in order, by name.
pub type Calls = [String];

impl Tables {
    pub fn of_the_crate() -> Tables {
        Tables::new(&source::sources())
    }

    pub fn new(sources: &[Source]) -> Tables {
        let model = Model::new(sources);
        let mut tables = Tables { entries: vec![], faults: vec![] };
        for f in &model.functions {
            let declared = f.in_trait && !f.has_body;
            let entry = Entry {
                key: f.key(),
                path: f.path.clone(),
                owner: f.owner.clone().map(|o| if f.of_reference { format!("&{o}") } else { o }),
                name: f.name.clone(),
                of_trait: f.of_trait.clone(),
                in_trait: f.in_trait,
                declared,
                table: Table::default(),
                signals: Signals::of(&f.docs),
            };
            tables.read(entry, &f.docs);
        }
        for t in &model.types {
            let entry = Entry {
                key: t.key(),
                path: t.path.clone(),
                owner: None,
                name: t.name.clone(),
                of_trait: None,
                in_trait: false,
                declared: false,
                table: Table::default(),
                signals: Signals::of(&t.docs),
            };
            tables.read(entry, &t.docs);
        }
        tables.entries.sort_by_key(|e| source::top_module(&e.path).to_owned());
        tables.check();
        tables
    }

    fn read(&mut self, mut entry: Entry, docs: &str) {
        match grammar::section(docs).map(|s| grammar::parse(&s)) {
            Some(Ok(table)) => {
                entry.table = table;
                self.entries.push(entry);
            }
            Some(Err(why)) => self.faults.push(format!("{}: {why}", entry.key)),
            None if entry.declared => self.entries.push(entry),
            None => {}
        }
    }

    fn check(&mut self) {
        let mut faults = Vec::new();
        let mut keys = BTreeSet::new();
        for (i, e) in self.entries.iter().enumerate().filter(|(_, e)| !e.declared) {
            if !keys.insert(&e.key) {
                faults.push(format!("{}: two tables have this name", e.key));
            }
            let mut references = Vec::from_iter(&e.table.like);
            e.table.rows.iter().for_each(|r| walk(&r.calls, &mut references));
            for r in references.into_iter().filter(|r| self.resolve(i, r, None).is_empty()) {
                faults.push(format!("{}: no table is called [`{}`]", e.key, r.name));
            }
        }
        self.faults.extend(faults);
    }

    /// The functions that have a table of their own or by reference; types count where dropping is a case.
    pub fn documented(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().enumerate().filter(|(_, e)| !e.declared)
    }

    /// The methods that the traits of a module only declare, with what implements them.
    pub fn declared(&self, module: &str) -> Vec<(&Entry, Vec<usize>)> {
        let of_module = |e: &&Entry| e.declared && source::top_module(&e.path) == module;
        let implementing = |e: &Entry| {
            let named = |i: &usize| self.entries[*i].of_trait == e.owner && self.entries[*i].name == e.name;
            (0..self.entries.len()).filter(named).collect::<Vec<_>>()
        };
        let all = self.entries.iter().filter(of_module).map(|e| (e, implementing(e)));
        all.filter(|(_, implementations)| !implementations.is_empty()).collect()
    }

    /// The declaration that all of these entries implement, if one is called `name`.
    pub fn declared_by_all(&self, all: &[usize], name: &str) -> Option<usize> {
        let name = name.rsplit("::").next()?;
        let of_trait = self.entries[*all.first()?].of_trait.as_ref()?;
        self.entries.iter().position(|e| e.declared && e.owner.as_ref() == Some(of_trait) && e.name == name)
    }

    pub fn find(&self, key: &str) -> Option<usize> {
        self.entries.iter().position(|e| e.key == key && !e.declared)
    }

    /// The rows of an entry, its own and those of the table that it is like, each with the entry it stands in.
    pub fn rows(&self, entry: usize, over: Over<'_>) -> Vec<(usize, &Row)> {
        let mut found = Vec::new();
        self.collect(entry, over, 0, &mut found);
        found
    }

    fn collect<'t>(&'t self, entry: usize, over: Over<'_>, depth: u32, into: &mut Vec<(usize, &'t Row)>) {
        let e = &self.entries[entry];
        into.extend(e.table.rows.iter().map(|r| (entry, r)));
        if let (Some(like), true) = (&e.table.like, depth < DEEPEST) {
            let of = self.resolve(entry, like, over).into_iter().filter(|of| *of != entry);
            of.for_each(|of| self.collect(of, over, depth + 1, into));
        }
    }

    /// The entries that a reference in `from` means.
    pub fn resolve(&self, from: usize, reference: &Reference, over: Over<'_>) -> Vec<usize> {
        let here = &self.entries[from];
        let ways = [Some(&reference.name), reference.link.as_ref()];
        for way in ways.into_iter().flatten() {
            let mut parts: Vec<&str> = way.rsplit("::").collect();
            let name = parts.remove(0);
            let owner = match parts.first() {
                Some(&"Self") => here.owner.as_deref(),
                Some(part) if part.starts_with(char::is_uppercase) => Some(*part),
                _ => None,
            };
            let found = match owner {
                Some(owner) => self.of_owner(from, owner, name, over),
                None => {
                    let owner = here.owner.as_deref();
                    let siblings = owner.map(|owner| self.of_owner(from, owner, name, over));
                    siblings.filter(|s| !s.is_empty()).unwrap_or_else(|| self.free(here, name))
                }
            };
            if !found.is_empty() {
                return found;
            }
        }
        vec![]
    }

    fn of_owner(&self, from: usize, owner: &str, name: &str, over: Over<'_>) -> Vec<usize> {
        let module = source::top_module(&self.entries[from].path);
        let named = |i: &usize| {
            let e = &self.entries[*i];
            e.name == name && e.owner.as_deref() == Some(owner)
        };
        let all: Vec<usize> = (0..self.entries.len()).filter(named).collect();
        let near = |i: &usize| source::top_module(&self.entries[*i].path) == module;
        let found: Vec<usize> = match all.iter().copied().filter(near).collect::<Vec<_>>() {
            near if !near.is_empty() => near,
            _ => all,
        };
        let [one] = found[..] else { return found };
        let e = &self.entries[one];
        if !e.in_trait || !e.declared {
            return found;
        }
        // Declared only: as its implementations, or as the one in question.
        let implements = |i: &usize| {
            let e = &self.entries[*i];
            let chosen =
                over.is_none_or(|over| e.key.rsplit_once("::").is_some_and(|(ty, _)| over.contains(&ty)));
            *i != from && e.name == name && e.of_trait.as_deref() == Some(owner) && chosen
        };
        (0..self.entries.len()).filter(implements).collect()
    }

    fn free(&self, here: &Entry, name: &str) -> Vec<usize> {
        let module = source::top_module(&here.path);
        let named = |i: &usize| {
            let e = &self.entries[*i];
            e.name == name && e.owner.is_none() && source::top_module(&e.path) == module
        };
        (0..self.entries.len()).filter(named).collect()
    }

    /// Whether `calls` is, from beginning to end, what a row of `entry` says.
    pub fn matches(&self, entry: usize, row: &Row, over: Over<'_>, calls: &Calls) -> bool {
        let walk = Walk { tables: self, kernel: row.kernel(), over, calls, known: RefCell::default() };
        walk.ends(entry, &row.calls, 0).contains(&calls.len())
    }

    /// Every call that a row of `entry` may make.
    pub fn names(&self, entry: usize, row: &Row) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        self.name_all(entry, &row.calls, &mut BTreeSet::new(), &mut found);
        found
    }

    fn name_all(
        &self,
        entry: usize,
        items: &[Item],
        seen: &mut BTreeSet<usize>,
        into: &mut BTreeSet<String>,
    ) {
        for item in items {
            match item {
                Item::Call(name) => {
                    into.insert(name.clone());
                }
                Item::Group(inside) => self.name_all(entry, inside, seen, into),
                Item::Table(reference) => {
                    for of in self.resolve(entry, reference, None) {
                        if seen.insert(of) {
                            for (at, row) in self.rows(of, None) {
                                self.name_all(at, &row.calls, seen, into);
                            }
                        }
                    }
                }
            }
        }
    }
}

/// References go no deeper than this.
const DEEPEST: u32 = 6;

fn walk<'t>(items: &'t [Item], found: &mut Vec<&'t Reference>) {
    for item in items {
        match item {
            Item::Call(_) => {}
            Item::Group(inside) => walk(inside, found),
            Item::Table(reference) => found.push(reference),
        }
    }
}

struct Walk<'t> {
    tables: &'t Tables,
    kernel: Option<&'t str>,
    over: Over<'t>,
    calls: &'t Calls,
    /// Where a row that is read from some call on can end; none yet where that is being found out, so that a table
    /// which goes on with itself comes to an end.
    known: RefCell<HashMap<(*const Row, usize), BTreeSet<usize>>>,
}

impl Walk<'_> {
    /// Where a reading of `items` that begins at `from` can end.
    fn ends(&self, entry: usize, items: &[Item], from: usize) -> BTreeSet<usize> {
        let mut at = BTreeSet::from([from]);
        for item in items {
            at = at.into_iter().flat_map(|from| self.after(entry, item, from)).collect();
        }
        at
    }

    fn after(&self, entry: usize, item: &Item, from: usize) -> BTreeSet<usize> {
        match item {
            Item::Call(name) if self.calls.get(from) == Some(name) => BTreeSet::from([from + 1]),
            Item::Call(_) => BTreeSet::new(),
            Item::Group(inside) => {
                let mut all = self.ends(entry, inside, from);
                loop {
                    let more: BTreeSet<usize> =
                        all.iter().flat_map(|&from| self.ends(entry, inside, from)).collect();
                    if more.is_subset(&all) {
                        return all;
                    }
                    all.extend(more);
                }
            }
            Item::Table(reference) => {
                let of = self.tables.resolve(entry, reference, self.over);
                let rows: Vec<_> = of.into_iter().flat_map(|of| self.tables.rows(of, self.over)).collect();
                let same_kernel = rows.iter().any(|(_, r)| r.kernel() == self.kernel);
                let kernel = if same_kernel { self.kernel } else { None };
                let stands = |r: &Row| r.kernel() == kernel && r.case != grammar::REFUSED;
                let rows = rows.into_iter().filter(|(_, r)| stands(r));
                rows.flat_map(|(at, row)| self.row_ends(at, row, from)).collect()
            }
        }
    }

    fn row_ends(&self, entry: usize, row: &Row, from: usize) -> BTreeSet<usize> {
        let key = (std::ptr::from_ref(row), from);
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        self.known.borrow_mut().insert(key, BTreeSet::new());
        let ends = self.ends(entry, &row.calls, from);
        self.known.borrow_mut().insert(key, ends.clone());
        ends
    }
}
