//! The library, installed once for all checks.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The root of the package.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where everything here is built, apart from the directory that the outer cargo has locked.
pub fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("capi")
}

/// A directory for what the checks write.
pub fn scratch(name: &str) -> PathBuf {
    let dir = target().join("scratch").join(name);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

/// The prefix that the documented command installed to.
pub fn prefix() -> &'static Path {
    static PREFIX: OnceLock<PathBuf> = OnceLock::new();
    PREFIX.get_or_init(|| {
        let prefix = target().join("prefix");
        let mut install = cargo(&["run", "--example", "install"]);
        run(install.arg("--").arg(format!("--prefix={}", prefix.display())))
            .unwrap_or_else(|e| panic!("{e}"));
        prefix
    })
}

/// What the library is built of is the manifest's, whatever this test itself was built with.
pub fn cargo(args: &[&str]) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(args).args(["--offline", "--locked", "--target-dir"]).arg(target());
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo
}

/// Runs a command; its output, or what it said.
pub fn run(command: &mut Command) -> Result<String, String> {
    let out = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match out.status.success() {
        true => Ok(text(&out.stdout)),
        false => Err(format!("{command:?}: {}\n{}{}", out.status, text(&out.stdout), text(&out.stderr))),
    }
}

/// Whether a program is on this machine.
pub fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|out| out.status.success())
}

/// The text of every file of src/capi.
#[allow(dead_code, reason = "tests/freestanding has its own use of this file")]
pub fn capi_sources() -> Vec<String> {
    let (mut dirs, mut found) = (vec![root().join("src/capi")], Vec::new());
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            match path.extension().is_some_and(|e| e == "rs") {
                true => found.push(std::fs::read_to_string(&path).unwrap()),
                false if path.is_dir() => dirs.push(path),
                false => {}
            }
        }
    }
    found
}
