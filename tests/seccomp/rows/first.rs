//! The first run of each case: under its row, and nothing else.

use rawipc::Call;
use rawipc::seccomp::{Fcntl, List};
use std::collections::{BTreeMap, BTreeSet};

use super::behind::{End, run};
use crate::Found;
use crate::check::{self, Kernel, Verdict};
use crate::grammar::Item;
use crate::scenario::{Scenario, Scenarios};
use crate::tables::Tables;
use crate::trace::Syscall;

/// A case that lived under what its row names.
pub struct Case {
    pub scenario: Scenario,
    /// What its row names; where the row refers to others, of theirs what it came to.
    pub exact: List,
    /// The row is its function's own, not one of a table that this is like.
    owns: bool,
}

/// All cases, after their first run.
pub struct Rows {
    pub tables: Tables,
    pub cases: Vec<Case>,
    pub wrong: Found,
    /// Those that cannot be run, or not here.
    left_out: BTreeSet<String>,
    pub scenarios: usize,
}

impl Rows {
    pub fn of_the_crate() -> Rows {
        let mut all = Scenarios::default();
        crate::cases::all(&mut all);
        let part = std::env::var("RAWIPC_CASES").unwrap_or_default();
        all.0.retain(|s| s.function.contains(&part));
        let mut rows = Rows::of(Tables::of_the_crate(), all, include_str!("../notrun.txt"));
        if part.is_empty() && rows.wrong.is_empty() {
            rows.wrong = rows.missing();
        }
        rows
    }

    /// `not_run` has the cases that cannot be run so.
    pub fn of(tables: Tables, all: Scenarios, not_run: &str) -> Rows {
        let kernel = Kernel::running();
        let excepted = excepted(not_run);
        let (mut stale, mut skipped) = (excepted.clone(), BTreeMap::new());
        let scenarios = all.0.len();
        let mut rows = Rows { tables, cases: vec![], wrong: vec![], left_out: BTreeSet::new(), scenarios };
        for scenario in all.0 {
            let title = check::title(&scenario);
            if let Some(why) = check::skipped(&rows.tables, &scenario, kernel) {
                *skipped.entry(why).or_insert(0) += 1;
                stale.remove(&title);
                rows.left_out.insert(title);
                continue;
            }
            match Case::of(&rows.tables, scenario) {
                Ok(case) => rows.cases.push(case),
                Err(_) if excepted.contains(&title) => {
                    stale.remove(&title);
                    rows.left_out.insert(title);
                }
                Err(why) => rows.wrong.push(format!("{title}: {why}")),
            }
        }
        rows.wrong.extend(stale.iter().map(|title| format!("notrun.txt: {title}: it lives, or is no case")));
        for (why, n) in skipped {
            println!("SKIP {n} cases: {why}");
        }
        rows
    }

    /// How many rows of tables have a case that lived, of how many.
    pub fn documented(&self) -> (usize, usize) {
        let lived: BTreeSet<(&str, &str)> = self.cases.iter().filter(|c| c.owns).map(Case::row).collect();
        (lived.len(), self.tables.documented().map(|(_, e)| e.table.rows.len()).sum())
    }

    /// Rows of which no case was run.
    fn missing(&self) -> Found {
        let lived: BTreeSet<String> = self.cases.iter().filter(|c| c.owns).map(Case::title).collect();
        let rows = self.tables.documented().flat_map(|(_, e)| e.table.rows.iter().map(|r| (&e.key, &r.case)));
        let titles = rows.map(|(key, case)| format!("{key}, \"{case}\""));
        let missing = titles.filter(|t| !lived.contains(t) && !self.left_out.contains(t));
        missing.map(|t| format!("{t}: a row of which no case was run")).collect()
    }
}

/// The lines `function, "case": reason`.
fn excepted(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.map(|l| l.split_once("\": ").map_or_else(|| l.into(), |(title, _)| format!("{title}\""))).collect()
}

impl Case {
    /// Runs it under its row; and again where that names more than it can come to, by referring to others.
    fn of(tables: &Tables, scenario: Scenario) -> Result<Case, String> {
        let rows = check::rows(tables, &scenario);
        let named: BTreeSet<String> = rows.iter().flat_map(|(at, row)| tables.names(*at, row)).collect();
        let named = list(&named)?;
        let mut calls = lived(run(&scenario, named, 0), "under its row")?;
        let exact = made(&calls)?;
        if exact != named {
            calls = lived(run(&scenario, exact, 0), "under exactly its calls")?;
        }
        let traced = check::compared(tables, &scenario, &calls);
        if let Verdict::Differs(how) = traced.verdict {
            return Err(how);
        }
        let (at, row) = traced.row.ok_or("no row")?;
        let own = list(&own_calls(&row.calls))?;
        if own == named && exact.with(Call::FCNTL) != named.with(Call::FCNTL) {
            return Err(format!("{exact:?}, and not all that its row names"));
        }
        Ok(Case { exact, owns: tables.find(&scenario.function) == Some(at), scenario })
    }

    pub fn row(&self) -> (&str, &str) {
        (&self.scenario.function, &self.scenario.case)
    }

    pub fn title(&self) -> String {
        check::title(&self.scenario)
    }
}

fn lived(end: End, under: &str) -> Result<Vec<Syscall>, String> {
    match end {
        End::Lived(calls) => Ok(calls),
        end => Err(format!("{end} {under}")),
    }
}

/// The calls that a row names itself.
fn own_calls(items: &[Item]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for item in items {
        match item {
            Item::Call(name) => _ = found.insert(name.clone()),
            Item::Group(inside) => found.extend(own_calls(inside)),
            Item::Table(_) => {}
        }
    }
    found
}

/// These calls; `fcntl` with every command.
pub fn list(names: &BTreeSet<String>) -> Result<List, String> {
    let known = List::ALL.iter().fold(List::EMPTY, |all, (_, list)| all.and(*list));
    names.iter().try_fold(List::EMPTY, |list, name| {
        let call = known.calls().find(|call| call.name() == name);
        call.map(|call| list.with(call)).ok_or(format!("`{name}` is on no list"))
    })
}

/// These calls; `fcntl` with the commands that were made.
fn made(calls: &[Syscall]) -> Result<List, String> {
    let names: BTreeSet<String> = calls.iter().map(Syscall::name).collect();
    let fcntls = calls.iter().filter(|c| c.number == libc::SYS_fcntl as u64);
    fcntls.map(command).try_fold(list(&names)?.without(Call::FCNTL), |list, command| {
        command.map(|command| list.with_fcntl(command))
    })
}

fn command(fcntl: &Syscall) -> Result<Fcntl, String> {
    let known = Fcntl::ALL.into_iter().find(|command| u64::from(command.as_raw()) == fcntl.args[1]);
    known.ok_or(format!("`fcntl` of {}, which no list has", fcntl.args[1]))
}
