//! The orders of memory of the shipped ring: `tests/orders`, a package of its own, under loom and on this processor.
//!
//!     cargo test --test orders -- --nocapture                      # what catches what, and how many executions
//!     RAWIPC_STRESS=120 cargo test --test orders -- --nocapture    # seconds of stress, and then its twins

#[path = "support/skip.rs"]
mod skip;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::skip::skip;

/// The programs of the package; `None` where loom is not to be had.
fn program(name: &str) -> Option<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/orders");
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("orders");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(&package).env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let fetched = cargo.args(["fetch", "--locked"]).output().expect("cargo");
    if !fetched.status.success() {
        skip("the orders of memory under loom: it cannot be had");
        return None;
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(&package).env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo.env_remove("CARGO_PROFILE_DEV_OPT_LEVEL");
    cargo.args(["build", "--locked", "--offline", "--target-dir"]).arg(&dir);
    let built = cargo.output().expect("cargo");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(dir.join("debug").join(name))
}

/// What it said, and its status.
fn run(program: &Path, args: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(program).args(args).output().expect("a program that was built");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{text}{}", String::from_utf8_lossy(&output.stderr));
    (text, output.status.code())
}

/// What `tests/orders/src/sites.rs` goes through.
const COVERED: [&str; 4] =
    ["src/ring/index.rs", "src/ring/sleep.rs", "src/ring/side.rs", "src/ring/ladder.rs"];

/// A source without its tests.
fn shipped(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("a source");
    text.split("#[cfg(test)]").next().unwrap_or(&text).to_owned()
}

/// No execution of any model goes wrong, and with any one ordering weakened by a step some execution does.
#[test]
fn each_ordering_is_needed_and_enough() {
    let Some(models) = program("models") else { return };
    let (text, status) = run(&models, &[]);
    assert_eq!(status, Some(0));
    // No file was overlooked.
    assert!(text.matches(" executions").count() >= 9 && text.matches("caught by").count() >= 9, "{text}");
}

/// What asks for more than relaxed order lies in the files that the models have as they ship.
#[test]
fn no_ordering_is_anywhere_else_in_the_ring() {
    let strong = ["Ordering::Acquire", "Ordering::Release", "Ordering::AcqRel", "Ordering::SeqCst"];
    let mut files = vec![PathBuf::from("src/ring.rs")];
    let mut dirs = vec![PathBuf::from("src/ring")];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(&dir).expect("a directory of sources") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => dirs.push(path),
                false => files.push(path),
            }
        }
    }
    for file in files {
        let name = file.to_string_lossy().into_owned();
        if name.contains("tests") || COVERED.contains(&name.as_str()) {
            continue;
        }
        for line in shipped(&file).lines().filter(|line| !line.trim_start().starts_with("//")) {
            assert!(!strong.iter().any(|order| line.contains(order)), "{name}: {line}: in no model");
        }
    }
}

/// What the models say in `ends.rs` of where the orders are called from is so where they ship.
#[test]
fn the_orders_are_called_where_the_models_call_them() {
    let calls: [(&str, &[&str]); 6] = [
        ("producer", &["written();", "publish(", "published();", "is_quiet("]),
        ("producer", &["left();", "self.listen()"]),
        ("producer", &["taken(", "believe("]),
        ("consumer", &["give_back(self.own", "published();", "peer.tell("]),
        ("side", &["membarrier_everywhere()?;", "drain("]),
        ("many/waiting", &["membarrier_everywhere()?;", "drain("]),
    ];
    for (file, calls) in calls {
        let text = shipped(Path::new(&format!("src/ring/{file}.rs")));
        // What is imported is not called yet.
        let mut rest = &text[text.find("\nimpl ").expect("something to call")..];
        for call in calls {
            let at = rest.find(call).unwrap_or_else(|| panic!("{file}: no {call} where it has to be"));
            rest = &rest[at + call.len()..];
        }
    }
}

/// The kernel's barrier, the compiler and this processor, which no model knows.
#[test]
fn nothing_is_lost_on_this_processor() {
    let Some(stress) = program("stress") else { return };
    let asked = std::env::var("RAWIPC_STRESS").ok();
    let (text, status) = run(&stress, &[asked.as_deref().unwrap_or("1")]);
    assert!(status == Some(0) && text.contains("with fences: "), "{text}");
    // Each takes as long as it takes to lose one: not where the machine's time is others' too.
    if asked.is_some() && std::thread::available_parallelism().is_ok_and(|n| n.get() > 1) {
        for left_out in ["announce", "tell", "barrier", "drain"] {
            println!("without {left_out}:");
            let (text, status) = run(&stress, &["60", left_out]);
            assert!(status == Some(3) || text.contains("SKIP"), "without {left_out}: {text}");
        }
    }
}
