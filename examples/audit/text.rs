//! The report for people: columns, wrapped where a terminal has an end, a line a row where there is none.

use std::collections::BTreeSet;
use std::io::IsTerminal;

use crate::report::{BACKEND, Counts, Function, Report, Row, release};
use crate::terminal::{WIDTH, bold, dim};

/// Of a terminal's width, what the cells take between indentation and verdict: case, calls, table.
const CELLS: [usize; 3] = [32, 28, 24];
/// No cell is padded further than this where nothing is wrapped.
const WIDEST: usize = 60;

pub fn heading(title: &str) -> String {
    bold(title)
}

/// A module's section.
pub fn module(name: &str, functions: &[Function]) -> String {
    let lines: Vec<(&Function, Vec<[String; 4]>)> =
        functions.iter().map(|f| (f, f.rows.iter().map(cells).collect())).collect();
    let on_terminal = std::io::stdout().is_terminal();
    let widths = if on_terminal {
        CELLS
    } else {
        let all = || lines.iter().flat_map(|(_, rows)| rows);
        [0, 1, 2].map(|c| all().map(|r| r[c].chars().count()).max().unwrap_or(0).clamp(8, WIDEST))
    };
    let mut out = vec![heading(&format!("{name}: as traced, and as the table says"))];
    for (function, rows) in &lines {
        let like = function.like.as_ref().map(|like| dim(&format!("  as {like}"))).unwrap_or_default();
        out.push(format!("  {}{}", bold(&function.key), like));
        for row in rows {
            out.extend(laid_out(row, widths, on_terminal));
        }
        let whys: BTreeSet<&str> = function.rows.iter().filter_map(|r| r.said.why()).collect();
        out.extend(whys.into_iter().map(|why| format!("    {}", bold(why))));
    }
    out.push(String::new());
    out.join("\n")
}

/// Case, calls, table, verdict.
fn cells(row: &Row) -> [String; 4] {
    let case = match row.over.join(", ") {
        over if over.is_empty() => row.case.clone(),
        over => format!("{} ({over})", row.case),
    };
    let calls = match &row.calls {
        Some(calls) if calls.is_empty() => "none".into(),
        Some(calls) => calls.join(" "),
        None => "–".into(),
    };
    [case, calls, row.table.clone(), row.said.word().into()]
}

/// The cells beside each other, each broken into lines of its width.
fn laid_out(row: &[String; 4], widths: [usize; 3], wraps: bool) -> Vec<String> {
    let [case, calls, table, verdict] = row;
    let columns: Vec<Vec<String>> = [case, calls, table]
        .iter()
        .zip(widths)
        .map(|(text, width)| if wraps { wrapped(text, width) } else { vec![text.to_string()] })
        .collect();
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    let line = |n: usize| {
        let cell = |c: usize| columns[c].get(n).map_or("", String::as_str);
        let verdict = if n == 0 { verdict.as_str() } else { "" };
        let [case, calls, table] = widths;
        let line = format!("    {:case$}  {:calls$}  {:table$}  {verdict}", cell(0), cell(1), cell(2));
        line.trim_end().to_owned()
    };
    (0..height).map(line).collect()
}

/// Broken at spaces where it can be.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        loop {
            let last = lines.last_mut().expect("there is always one");
            let used = last.chars().count();
            if used == 0 && word.len() > width {
                last.extend(word.drain(..width));
            } else if used == 0 || used + 1 + word.len() <= width {
                if used > 0 {
                    last.push(' ');
                }
                last.extend(word);
                break;
            }
            lines.push(String::new());
        }
    }
    lines
}

/// The last line, and what else went wrong in front of it.
pub fn summary(report: &Report) -> String {
    let mut out: Vec<String> = report.faults.iter().chain(&report.strays).cloned().collect();
    let Counts { functions, rows, traced, of_another_kernel, untraced, differences } = report.counts();
    let mut line = format!("{functions} functions, {rows} rows, {traced} traced, ");
    if of_another_kernel > 0 {
        line += &format!("{of_another_kernel} of another kernel, ");
    }
    if untraced > 0 {
        line += &format!("{untraced} without a scenario, ");
    }
    let s = if differences == 1 { "" } else { "s" };
    let on = format!("Linux {}, {}, {BACKEND} backend", release(), std::env::consts::ARCH);
    line += &format!("{differences} difference{s}; {on}");
    out.push(bold(&line));
    debug_assert!(CELLS.iter().sum::<usize>() + 4 + 3 * 2 < WIDTH);
    out.join("\n")
}
