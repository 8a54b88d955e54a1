//! The shipped `src/ring/index.rs`, `sleep.rs`, `side.rs` and `ladder.rs` under loom: each model is explored whole, within
//! its bound of preemptions, with both sides in threads of their own.
//!
//!     models                      every model; then each ordering weakened by a step, which some model must catch
//!     models MODEL [FILE:LINE]    one of them, with that ordering weakened
//!
//! Loom knows of no membarrier and of no compiler: the one is a stand-in here, the other is left to `stress`.

mod atomic;
mod proofs;
mod ring;
mod sites;
mod stand_ins;

pub use stand_ins::{error, memory, sys, wait};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => proofs::all(),
        [model] => proofs::one(model, None),
        [model, weakened] => proofs::one(model, Some(weakened)),
        _ => panic!("models [MODEL [FILE:LINE]]"),
    }
}
