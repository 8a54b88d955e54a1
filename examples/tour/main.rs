//! A tour of every way two processes on one machine can talk: `cargo run --release --example tour`.
//!
//! Each stop forks, exchanges messages that both processes print, and shows what the kernel shows of it. What is
//! claimed is checked: the exit status is 0 only if all of it held.

mod abstract_name;
mod call;
mod claims;
mod cpus;
mod datagram;
mod fifo;
mod figures;
mod look;
mod ls;
mod memory;
mod pipe;
mod process;
mod ring;
mod scratch;
mod seqpacket;
mod shared;
mod show;
mod stream;
mod table;
mod talk;
mod terminal;
#[path = "../../tests/support/trace.rs"]
mod trace;

use claims::Claims;
use process::{bare_fork, leave, wait_for};
use scratch::Scratch;
use std::process::ExitCode;
use table::Row;
use terminal::{Voice, bold, line, paragraph};

pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

type Ends = Vec<show::Descriptor>;

/// What a stop of the tour works with.
pub struct Tour {
    pub voice: Voice,
    pub claims: Claims,
    pub scratch: Scratch,
    rows: Vec<Row>,
    stops: usize,
}

/// The stops, in order.
const STOPS: &[fn(&mut Tour) -> Outcome] = &[
    pipe::bytes,
    pipe::packets,
    fifo::stop,
    memory::inherited,
    memory::memfd,
    memory::file,
    ring::stop,
    ring::strangers,
    stream::stop,
    seqpacket::stop,
    datagram::stop,
    abstract_name::stop,
    call::stop,
];

/// The tour itself runs in a child, so that whatever becomes of it, somebody is left to clean up.
fn main() -> ExitCode {
    // A signal waits until there is somebody to hand it on to.
    scratch::hold_signals(true);
    let scratch = match Scratch::create() {
        Ok(scratch) => scratch,
        Err(e) => {
            eprintln!("tour: no directory to work in: {e}");
            return ExitCode::FAILURE;
        }
    };
    let status = match bare_fork() {
        Ok(0) => {
            scratch::hold_signals(false);
            leave(i32::from(!walk(scratch)))
        }
        Ok(pid) => {
            scratch::hand_on_signals(pid);
            scratch::hold_signals(false);
            wait_for(pid as u32)
        }
        Err(e) => Err(e),
    };
    drop(scratch);
    match status {
        Ok(0) => ExitCode::SUCCESS,
        Ok(status) if libc::WIFSIGNALED(status) => {
            eprintln!("tour: ended by signal {}", libc::WTERMSIG(status));
            ExitCode::FAILURE
        }
        Ok(_) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("tour: {e}");
            ExitCode::FAILURE
        }
    }
}

/// Goes from stop to stop; whether everything held.
fn walk(scratch: Scratch) -> bool {
    let voice = Voice::of("parent");
    let mut tour = Tour { voice, claims: Claims::default(), scratch, rows: Vec::new(), stops: 0 };
    line(&bold("rawipc: every way two processes on one machine can talk"));
    line("");
    paragraph(
        "A process cannot see another's variables. Whatever two of them exchange goes through something that \
         the kernel keeps, and both must hold it or know its name. At each stop this process, the parent, forks \
         a child and talks to it, and shows what the kernel shows of what the two hold.",
    );
    for stop in STOPS {
        if let Err(e) = stop(&mut tour) {
            let claim = format!("stop {} comes to its end: {e}", tour.stops);
            tour.claims.show(false, &claim);
        }
    }
    table::print(&tour.rows);
    let left = tour.scratch.names();
    tour.claims.check(left.is_empty(), || format!("every name is removed, but {left:?} is left"));
    let Claims { held, failed } = tour.claims;
    if failed.is_empty() {
        line(&bold(&format!("Everything held: {held} claims checked.")));
    } else {
        line(&bold(&format!("{held} claims held, {} did not:", failed.len())));
        for claim in &failed {
            line(&format!("  - {claim}"));
        }
    }
    failed.is_empty()
}

impl Tour {
    /// Opens a section.
    pub fn stop(&mut self, title: &str, manual: &str, words: &str) {
        self.stops += 1;
        terminal::section(self.stops, title, manual, words);
    }

    /// Shows the descriptors of both sides, the parent's first.
    pub fn descriptors(&mut self, mine: &[i32], child: u32, childs: &[i32]) -> Outcome<(Ends, Ends)> {
        let parents = show::descriptors("parent", std::process::id(), mine, &mut self.claims)?;
        let childs = show::descriptors("child", child, childs, &mut self.claims)?;
        let all = parents.len() == mine.len() && !childs.is_empty();
        self.claims.check(all, || "each process shows its ends".to_owned());
        Ok((parents, childs))
    }

    /// Closes a section with what its messages cost, and keeps its row for the table.
    pub fn row(&mut self, row: Row) {
        table::sentences(&row, &mut self.claims);
        self.rows.push(row);
    }
}
