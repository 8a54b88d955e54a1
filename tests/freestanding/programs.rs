//! The programs, built as their documented command builds them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::scratch::Scratch;
use crate::skip::skip;

/// Where the built programs lie; `None`, with the reason printed, where they cannot be built.
pub fn programs() -> Option<&'static Path> {
    static DIR: OnceLock<Option<PathBuf>> = OnceLock::new();
    DIR.get_or_init(build).as_deref()
}

fn build() -> Option<PathBuf> {
    if !cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
        skip("the freestanding programs: no start for this architecture");
        return None;
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("freestanding");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/freestanding"));
    cargo.args(["build", "--release", "--offline", "--locked", "--target-dir"]).arg(&target);
    // They override what .cargo/config.toml there says.
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let out = cargo.output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    Some(target.join("release"))
}

fn says(program: &Path, expected: &[&str]) {
    let here = Scratch::new();
    let out = Command::new(program).current_dir(here.path()).output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    println!("{said}");
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    assert!(out.status.success() && out.stderr.is_empty(), "{out:?}");
    assert!(here.files().is_empty(), "{:?}", here.files());
}

const SAID: [&str; 8] = [
    "call: 2 + 3 = 5",
    "pipe: from the child",
    "fifo: from the child",
    "map: from the child",
    "ring: from the child",
    "stream: from the child",
    "seqpacket: from the child",
    "datagram: from the child",
];

#[test]
fn they_say_what_came_through() {
    let Some(programs) = programs() else { return };
    says(&programs.join("pipe"), &["pipe: from the child"]);
    says(&programs.join("every"), &SAID);
    says(&programs.join("strangers"), &["ring: from a stranger"]);
}

#[test]
fn so_does_the_one_in_c() {
    let Some(program) = crate::c::every() else { return };
    says(program, &SAID);
}
