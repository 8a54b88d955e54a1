//! Compiles what is in C and C++, where this machine has what it takes.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo"));
    println!("cargo::rerun-if-changed=c");
    println!("cargo::rustc-check-cfg=cfg(boost)");
    println!("cargo::rustc-check-cfg=cfg(libqb)");
    println!("cargo::rustc-link-search=native={}", out.display());
    compile(&out, "cc", "c/bare.c", "bare").expect("a C compiler, as rustc's linker needs one too");
    if compile(&out, "c++", "c/boost.cpp", "boost").is_ok() {
        println!("cargo::rustc-cfg=boost");
    }
    // One symbol is called; the linker says whether the library is there.
    let probe = out.join("probe.c");
    std::fs::write(&probe, "#include <qb/qbrb.h>\nint main(void) { qb_rb_close(0); }\n").expect("a file");
    if run(Command::new("cc").arg(&probe).arg("-o").arg(out.join("probe")).arg("-lqb")).is_ok() {
        println!("cargo::rustc-cfg=libqb");
        println!("cargo::rustc-link-lib=qb");
    }
}

fn compile(out: &Path, compiler: &str, source: &str, name: &str) -> Result<(), String> {
    let object = out.join(format!("{name}.o"));
    run(Command::new(compiler)
        .args(["-O3", "-DNDEBUG", "-fno-exceptions", "-c", source, "-o"])
        .arg(&object))?;
    let archive = out.join(format!("lib{name}.a"));
    let _ = std::fs::remove_file(&archive);
    run(Command::new("ar").arg("crs").arg(&archive).arg(&object))?;
    println!("cargo::rustc-link-lib=static={name}");
    Ok(())
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}
