//! User-space instructions of a send and of a receive, against the same kernel call made from C.
//!
//! `cargo test --release --test instructions` prints the table. Both sides run under callgrind, twice and with
//! different counts, so that what happens once does not count. A message has 64 bytes.

use std::path::Path;
use std::process::{Command, ExitCode};

#[path = "../support/callgrind.rs"]
mod callgrind;
mod operations;
#[path = "../support/scratch.rs"]
mod scratch;

/// The most that an operation may take above C.
const LIMIT: i64 = 25;

/// The ring makes no call that C could make too: this is a ring in C that checks nothing, and copies as no two
/// processes may.
const RING_LIMIT: i64 = 90;

/// A receive with a descriptor owns what came: it looks whether the last one was taken, takes the control message for
/// what it is and no more, and knows where each number lies. The one in C overwrites the number that it had.
const ALONG_LIMIT: i64 = 85;

const TIMES: u64 = 200;

const MECHANISMS: &[&str] = &["pipe", "fifo", "seqpacket", "along", "stream", "datagram", "ring"];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [child, times] = args.as_slice() {
        if child == "--operate" {
            operations::all(times.parse().unwrap());
            return ExitCode::SUCCESS;
        }
    }
    let filtered = args.iter().any(|a| !a.starts_with('-') && !"instructions".contains(a.as_str()));
    let why_not = match () {
        () if cfg!(debug_assertions) => Some("only with --release"),
        () if filtered || args.iter().any(|a| a == "--list") => Some("filtered out"),
        () => operations::why_not().or_else(missing_tool).inspect(|why| println!("SKIP instructions: {why}")),
    };
    println!("\nrunning 1 test");
    if let Some(why) = why_not {
        println!("test instructions ... ignored, {why}\n\ntest result: ok. 0 passed; 0 failed; 1 ignored");
        return ExitCode::SUCCESS;
    }
    let wrong = compare();
    let passed = wrong.is_empty();
    let (word, result) =
        if passed { ("ok", "ok. 1 passed; 0 failed") } else { ("FAILED", "FAILED. 0 passed; 1 failed") };
    println!("test instructions ... {word}\n");
    wrong.iter().for_each(|w| println!("  {w}"));
    println!("test result: {result}; 0 ignored");
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn missing_tool() -> Option<&'static str> {
    let missing = |tool: &str| Command::new(tool).arg("--version").output().is_err();
    match () {
        () if missing("valgrind") => Some("no valgrind"),
        () if missing("gcc") => Some("no gcc"),
        () => None,
    }
}

/// Prints the table and returns what is wrong with it.
fn compare() -> Vec<String> {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("instructions");
    std::fs::create_dir_all(&dir).unwrap();
    let bare = dir.join("bare");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/instructions/bare.c");
    run(Command::new("gcc").args(["-O2", "-fno-ipa-icf", "-Wall", "-Werror", "-o"]).arg(&bare).arg(source));
    let fifo = scratch::unused("rawipc-fifo");
    let own = std::env::current_exe().unwrap();
    let ours = callgrind::per_operation(&dir, TIMES, "ours", |n| {
        vec![own.clone().into(), "--operate".into(), n.to_string().into()]
    });
    let c = callgrind::per_operation(&dir, TIMES, "bare", |n| {
        vec![bare.clone().into(), n.to_string().into(), fifo.clone().into()]
    });

    println!("user-space instructions per operation, a message of 64 bytes\n");
    println!("{:<12} {:<5} {:>7} {:>7} {:>7}", "", "", "rawipc", "C", "above");
    let mut wrong = Vec::new();
    let row = |mechanism: &str, op: &str, of_c: &str| -> i64 {
        let (ours, c) = (ours[&format!("op_{mechanism}_{op}")], c[&format!("op_{of_c}_{op}")]);
        let above = ours - c;
        println!("{mechanism:<12} {op:<5} {ours:>7} {c:>7} {above:>7}");
        above
    };
    for mechanism in MECHANISMS {
        for op in ["send", "recv"] {
            let above = row(mechanism, op, mechanism);
            let limit = match (*mechanism, op) {
                ("ring", _) => RING_LIMIT,
                ("along", "recv") => ALONG_LIMIT,
                _ => LIMIT,
            };
            if above > limit {
                wrong
                    .push(format!("{mechanism} {op}: {above} instructions above C, and {limit} are allowed"));
            }
        }
    }
    // The known-bad twin: a pipe whose sender adds up what it sends.
    if row("twin", "send", "pipe") <= LIMIT {
        wrong.push("a sender that adds up the bytes of each message was not noticed".into());
    }
    println!();
    wrong
}

fn run(command: &mut Command) {
    let out = command.output().unwrap();
    let text = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{command:?}: {}\n{text}", out.status);
}
