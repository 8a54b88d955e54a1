//! What callgrind counts.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Instructions of each `op_…` of a program, with all that it calls. It runs twice and with different counts, so that
/// what happens once does not count; `command` has it run so many times.
pub fn per_operation(
    dir: &Path,
    times: u64,
    name: &str,
    command: impl Fn(u64) -> Vec<OsString>,
) -> BTreeMap<String, i64> {
    let count = |times: u64| {
        let out = dir.join(format!("{name}.{times}.out"));
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["-q", "--tool=callgrind", "--compress-strings=no", "--compress-pos=no"]);
        valgrind.arg(format!("--callgrind-out-file={}", out.display())).args(command(times));
        let done = valgrind.output().unwrap();
        assert!(done.status.success(), "{valgrind:?}: {}", String::from_utf8_lossy(&done.stderr));
        inclusive(&out)
    };
    let (once, twice) = (count(times), count(2 * times));
    let times = times as i64;
    // Rounded up: part of an instruction is one.
    let each = |(op, n): (String, i64)| {
        let more = n - once[&op];
        (op, (more + times - 1) / times)
    };
    twice.into_iter().map(each).collect()
}

/// The inclusive cost of every call of an `op_…` in callgrind's output: `cfn=` names the callee, the line after
/// `calls=` has the cost.
fn inclusive(path: &PathBuf) -> BTreeMap<String, i64> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut costs = BTreeMap::new();
    let mut callee = "";
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("cfn=") {
            callee = name;
        } else if line.starts_with("calls=") {
            let cost = lines.next().and_then(|l| l.split(' ').nth(1)?.parse::<i64>().ok()).unwrap();
            if callee.starts_with("op_") {
                *costs.entry(callee.to_string()).or_insert(0) += cost;
            }
        }
    }
    costs
}
