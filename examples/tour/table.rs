//! The table at the end.

use crate::claims::Claims;
use crate::figures::Figures;
use crate::terminal::{bold, dim, inner, line, paragraph};

pub struct Row {
    pub mechanism: &'static str,
    pub named: &'static str,
    pub call: Call,
    /// The syscalls promised for a send, and for a recv, when the other side is ready.
    pub each: usize,
    pub whole: Whole,
    pub figures: Figures,
}

/// What it is for.
#[derive(Clone, Copy)]
pub enum Call {
    /// One way, or memory: nothing comes back by itself.
    Local,
    /// Both ways: a question and its answer.
    Rpc,
}

/// What becomes of two messages that are sent before the first is received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// Each comes out as it went in.
    Yes,
    /// They come out as one piece.
    Joined,
    /// The second takes the place of the first.
    Overwritten,
}

impl Row {
    fn cells(&self) -> [String; 6] {
        let call = match self.call {
            Call::Local => "local",
            Call::Rpc => "RPC",
        };
        let whole = match self.whole {
            Whole::Yes => "yes",
            Whole::Joined | Whole::Overwritten => "no",
        };
        let words = [self.mechanism, self.named, call, whole].map(str::to_owned);
        let [mechanism, named, call, whole] = words;
        [mechanism, named, call, whole, self.figures.syscalls.cell(), self.figures.round_trip_cell()]
    }
}

/// The last lines of a section.
pub fn sentences(row: &Row, claims: &mut Claims) {
    if let Some(holds) = row.figures.syscalls.are_each(row.each) {
        let claim = match row.each {
            0 => "a send and a recv cost no syscall when the other side is ready",
            _ => "a send and a recv cost one syscall each when the other side is ready",
        };
        claims.show(holds, claim);
    }
    paragraph(&row.figures.syscalls.sentence());
    inner(&format!("round trip: {}, the median of {}", row.figures.round_trip_cell(), row.figures.rounds));
}

pub fn print(rows: &[Row]) {
    let head = ["mechanism", "named by", "call", "whole?", "syscalls, send+recv", "round trip"];
    let lines: Vec<[String; 6]> = rows.iter().map(Row::cells).collect();
    let widths: [usize; 6] = std::array::from_fn(|column| {
        let cells = lines.iter().map(|cells| cells[column].len());
        cells.chain([head[column].len()]).max().unwrap_or(0)
    });
    let row = |cells: &[String; 6]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    line(&format!("\n{}", bold(&row(&head.map(str::to_owned)))));
    line(&dim(&widths.map(|width| "-".repeat(width)).join("  ")));
    for cells in &lines {
        line(&row(cells));
    }
    line("");
    for words in LEGEND {
        paragraph(words);
    }
    line("");
}

const LEGEND: &[&str] = &[
    "named by: how the other side gets at it; p, s and - are the types of the files, as ls has them.",
    "call: local is one way, or memory, and nothing comes back by itself; RPC is both ways on one descriptor, so \
     that a question has its answer there.",
    "whole?: a message comes out as it went in, never joined to the next or cut.",
    "syscalls: those of a send and of a recv as a tracer counted them just now, the other side being ready; \
     asleep: the receiver sleeps first, and the sender wakes it.",
    "round trip: 64 bytes and the same back between two processes, the median, just now; for the remote call, \
     two numbers and their sum. Two who sleep share one CPU; two who poll have one each, if there are two.",
];
