//! `cargo run --release --manifest-path benches/Cargo.toml [-- PART_OF_A_ROW]`: how fast, against what.
//!
//! Two processes, each pinned to a processor. In each row every contender is run in short bursts, in turn with the
//! one that the row measures against: A B B A, many times over. Each four give one ratio; the median of the ratios is
//! what holds, with the quartiles beside it. A burst in which one of the two processes was pushed off its processor is
//! run again. Both processes die with their parent, and after two minutes in any case.

mod contenders;
mod kills;
mod rows;
mod shared;
mod two;

use two::{Contender, Processors, Row};

#[global_allocator]
static HEAP: shared::Heap = shared::Heap;

fn main() {
    shared::debris();
    shared::sweep_dead();
    let filter: Vec<String> = std::env::args().skip(1).collect();
    if filter.first().is_some_and(|f| f == "kills") {
        return kills::run(filter.get(1).and_then(|n| n.parse().ok()).unwrap_or(10_000));
    }
    let mut missed = 0;
    rows::say_what_is_missing();
    println!("ratios are of time, below 1 is faster; [quartiles]; * polluted by other load");
    for row in rows::all() {
        if filter.is_empty() || filter.iter().any(|f| row.name.contains(f.as_str())) {
            missed += row.run();
        }
    }
    if missed > 0 {
        println!("{missed} figures missed");
    }
}
