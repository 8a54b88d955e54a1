//! The matrix mechanism × point, printed, and compared with the committed one.
//!
//! `RAWIPC_BLESS=1 cargo test --test ipc` renews tests/ipc/matrix.txt.

use super::{Mechanism, POINTS, all, test_name};
use crate::runner::{Outcome, Verdict};
use std::fmt::Write as _;

pub const NAME: &str = "conformance::matrix";

/// Prints the matrix of what ran, and where all did, judges it.
pub fn judge(outcomes: &[Outcome], all_ran: bool) -> Option<(&'static str, Result<(), String>)> {
    let mechanisms = all();
    let rows: Vec<_> = mechanisms.iter().map(|m| row(m, outcomes)).collect();
    if rows.iter().flatten().all(|cell| *cell == "-") {
        return None;
    }
    let text = render(&mechanisms, &rows);
    println!("\n{text}");
    all_ran.then(|| (NAME, compare(&text)))
}

fn row(m: &Mechanism, outcomes: &[Outcome]) -> Vec<&'static str> {
    let cell = |n: usize| {
        let name = test_name(m, n);
        match outcomes.iter().find(|outcome| outcome.name == name).map(|outcome| &outcome.verdict) {
            None => "-",
            Some(Verdict::Failed(_)) => "MISSED",
            Some(Verdict::Skipped(_)) => "skipped",
            Some(Verdict::Ok) if note(m, n + 1).is_some() => "in part",
            Some(Verdict::Ok) => "holds",
        }
    };
    (0..POINTS.len()).map(cell).collect()
}

fn note(m: &Mechanism, point: usize) -> Option<&'static str> {
    m.notes.iter().find(|(n, _)| *n == point).map(|(_, why)| *why)
}

fn render(mechanisms: &[Mechanism], rows: &[Vec<&str>]) -> String {
    let mut text = format!("{:<20}", "point");
    for m in mechanisms {
        write!(text, " | {:<14}", m.name).expect("text");
    }
    for (n, point) in POINTS.iter().enumerate() {
        write!(text, "\n{:<20}", point.name).expect("text");
        for row in rows {
            write!(text, " | {:<14}", row[n]).expect("text");
        }
    }
    text.push_str("\n\n");
    for m in mechanisms {
        for (point, why) in m.notes {
            writeln!(text, "{}, point {point}: {why}", m.name).expect("text");
        }
    }
    // No blanks at the ends of lines: the file is looked at in diffs.
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn compare(text: &str) -> Result<(), String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ipc/matrix.txt");
    if std::env::var_os("RAWIPC_BLESS").is_some() {
        return std::fs::write(path, text).map_err(|e| format!("{path}: {e}"));
    }
    match std::fs::read_to_string(path) {
        Ok(committed) if committed == text => Ok(()),
        Ok(_) => Err(format!("the matrix above is not that of {path}; RAWIPC_BLESS=1 renews it")),
        Err(e) => Err(format!("{path}: {e}")),
    }
}
