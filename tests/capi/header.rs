//! The header: current, and clean in every dialect.

use std::fs;
use std::path::PathBuf;

use crate::Check;
use crate::library::{cargo, has, root, run, target};
use crate::skip::skip;

pub const CHECKS: [Check; 2] =
    [("header::it_is_current", it_is_current), ("header::it_is_clean_in_every_dialect", it_is_clean)];

const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"];

fn it_is_current() {
    let committed = root().join("src/capi/rawipc.h");
    let generated = fs::read_to_string(generated()).unwrap();
    if std::env::var_os("RAWIPC_BLESS").is_some() {
        fs::write(&committed, generated).unwrap();
        return;
    }
    assert!(
        fs::read_to_string(&committed).unwrap_or_default() == generated,
        "src/capi/rawipc.h is not what src/capi and docs/syscalls.json say: RAWIPC_BLESS=1 renews it"
    );
}

/// What build.rs makes of the sources as they are.
fn generated() -> PathBuf {
    let args = ["check", "--lib", "--features", "header", "--message-format=json"];
    let messages = run(&mut cargo(&args)).unwrap_or_else(|e| panic!("{e}"));
    let messages = messages.lines().map(|line| serde_json::from_str(line).unwrap());
    let ran = |m: &serde_json::Value| {
        let id = m["package_id"].as_str().unwrap_or("");
        m["reason"] == "build-script-executed" && id.contains(root().to_str().unwrap())
    };
    let message = messages.into_iter().find(ran).expect("the build script of this package runs");
    PathBuf::from(message["out_dir"].as_str().unwrap()).join("rawipc.h")
}

fn it_is_clean() {
    let dir = target().join("scratch");
    fs::create_dir_all(&dir).unwrap();
    let (c, cc) = (dir.join("header.c"), dir.join("header.cc"));
    for file in [&c, &cc] {
        // Twice, as programs do it; and nothing before it that it could live off.
        fs::write(file, "#include <rawipc.h>\n#include <rawipc.h>\nint main(void) { return 0; }\n").unwrap();
    }
    for (compiler, file, dialects) in [
        ("gcc", &c, &["c99", "c11", "c17"][..]),
        ("g++", &cc, &["c++17"]),
        ("clang", &c, &["c99", "c11", "c17"]),
        ("clang++", &cc, &["c++17"]),
    ] {
        if !has(compiler) {
            skip(&format!("the header under {compiler}: it is not here"));
            continue;
        }
        for dialect in dialects {
            let mut command = std::process::Command::new(compiler);
            command.arg(format!("-std={dialect}")).args(STRICT).arg("-fsyntax-only");
            command.arg("-I").arg(root().join("src/capi")).arg(file);
            run(&mut command).unwrap_or_else(|e| panic!("{e}"));
        }
    }
}
