//! What the crate brings into a program.

use std::collections::BTreeSet;
use std::process::Command;

use crate::source::root;

/// The packages of a normal build.
fn packages(features: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["tree", "--offline", "-e", "normal", "--prefix", "none"]).args(features);
    let out = cargo.output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).unwrap();
    text.lines().filter_map(|l| l.split(' ').next()).map(String::from).collect()
}

fn named(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn four_packages_and_nothing_else() {
    let four = named(&["rawipc", "rustix", "linux-raw-sys", "bitflags"]);
    assert_eq!(packages(&[]), four);
    assert_eq!(packages(&["--features", "std"]), four);
}

#[test]
fn a_fifth_package_is_seen() {
    assert!(packages(&["--features", "libc"]).contains("libc"));
}
