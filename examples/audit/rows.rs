//! The rows of every function, traced.

use std::collections::BTreeSet;

use crate::check::{self, Kernel, Traced, Verdict};
use crate::grammar::{Item, Reference};
use crate::publish;
use crate::report::{Function, Row, Said};
use crate::scenario::{Scenario, Scenarios};
use crate::source;
use crate::tables::{Entry, Tables};

/// The modules that have functions, in the order of the tables.
pub fn modules(tables: &Tables) -> Vec<String> {
    let all: BTreeSet<&str> = tables.documented().map(|(_, e)| source::top_module(&e.path)).collect();
    all.into_iter().map(String::from).collect()
}

/// A module's functions, each with its own rows first, and then those of the table that it is like. Without a
/// kernel nothing is traced.
pub fn traced(tables: &Tables, all: &Scenarios, module: &str, kernel: Option<Kernel>) -> Vec<Function> {
    let of_module = tables.documented().filter(|(_, e)| source::top_module(&e.path) == module);
    of_module.map(|(i, entry)| function(tables, all, i, entry, kernel)).collect()
}

fn function(tables: &Tables, all: &Scenarios, i: usize, entry: &Entry, kernel: Option<Kernel>) -> Function {
    let scenarios: Vec<&Scenario> = all.0.iter().filter(|s| s.function == entry.key).collect();
    let row = |s: &Scenario| kernel.map(|kernel| of(tables, s, check::traced(tables, s, kernel)));
    let mut rows = Vec::new();
    for own in &entry.table.rows {
        let before = rows.len();
        rows.extend(scenarios.iter().filter(|s| s.case == own.case).filter_map(|s| row(s)));
        rows[before..].iter_mut().for_each(|r: &mut Row| r.own = true);
        if rows.len() == before {
            let said = if kernel.is_none() { Said::Refused } else { Said::Untraced };
            rows.push(Row {
                case: own.case.clone(),
                own: true,
                over: vec![],
                kernel: own.kernel().map(String::from),
                table: text(tables, i, &own.calls),
                table_json: publish::calls(tables, i, &own.calls),
                calls: None,
                said,
            });
        }
    }
    let own = |s: &Scenario| entry.table.rows.iter().any(|r| r.case == s.case);
    rows.extend(scenarios.iter().filter(|s| !own(s)).filter_map(|s| row(s)));
    // Another way to the same, with the same outcome.
    rows.dedup();
    let like = entry.table.like.as_ref().map(|like| keys(tables, i, like));
    Function { key: entry.key.clone(), source: format!("src/{}", entry.path), like, rows }
}

/// What is printed of a scenario that came to this.
pub fn of(tables: &Tables, scenario: &Scenario, traced: Traced<'_>) -> Row {
    let said = match traced.verdict {
        Verdict::Holds => Said::Holds,
        Verdict::Skipped(why) => Said::Skipped(why.into()),
        Verdict::Differs(why) => Said::Differs(why),
    };
    let (table, table_json, kernel) = match traced.row {
        Some((at, row)) => (
            text(tables, at, &row.calls),
            publish::calls(tables, at, &row.calls),
            row.kernel().map(String::from),
        ),
        None => ("no such row".into(), "null".into(), None),
    };
    Row {
        case: scenario.case.clone(),
        own: false,
        over: scenario.over.unwrap_or_default().iter().map(ToString::to_string).collect(),
        kernel,
        table,
        table_json,
        calls: traced.calls,
        said,
    }
}

/// Scenarios of functions that have no table.
pub fn strays(tables: &Tables, all: &Scenarios) -> Vec<String> {
    let strays = all.0.iter().filter(|s| tables.find(&s.function).is_none());
    strays.map(|s| format!("{}, \"{}\": a scenario without a table", s.function, s.case)).collect()
}

/// As a table has them, without the links.
fn text(tables: &Tables, entry: usize, items: &[Item]) -> String {
    let text_of = |item: &Item| match item {
        Item::Call(name) => name.clone(),
        Item::Group(inside) => format!("({})×n", text(tables, entry, inside)),
        Item::Table(reference) => format!("[{}]", keys(tables, entry, reference)),
    };
    match items {
        [] => "none".into(),
        items => items.iter().map(text_of).collect::<Vec<_>>().join(" "),
    }
}

/// The function that a reference means, or the method of a trait that several implement.
fn keys(tables: &Tables, entry: usize, reference: &Reference) -> String {
    let found = tables.resolve(entry, reference, None);
    let declared = tables.declared_by_all(&found, &reference.name);
    match (&found[..], declared) {
        ([one], _) => tables.entries[*one].key.clone(),
        (_, Some(one)) => tables.entries[one].key.clone(),
        _ => reference.name.clone(),
    }
}
