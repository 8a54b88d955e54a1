//! Builds the C library and puts it where C programs find it:
//!
//!     cargo run --example install -- --prefix=/usr/local
//!     cc program.c $(pkg-config --cflags --libs rawipc)
//!
//! Under the prefix it leaves `lib/librawipc.a`, `lib/librawipc.so` with a soname, `include/rawipc.h` and
//! `lib/pkgconfig/rawipc.pc`; for programs without libc, `lib/librawipc_mem.a` has memcpy and its like. With `--destdir=DIR` they go below DIR, as packagers want it; `--libdir=DIR` takes the
//! place of `lib`.

use std::error::Error;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const USAGE: &str = "install --prefix=DIR [--libdir=DIR] [--destdir=DIR]";
const MEMORY_FUNCTIONS: [&str; 5] = ["bcmp", "memcmp", "memcpy", "memmove", "memset"];
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn main() -> Result<()> {
    let to = Places::from_args(std::env::args().skip(1))?;
    let built = build()?;
    to.install(&built)
}

struct Places {
    prefix: PathBuf,
    libdir: PathBuf,
    destdir: Option<PathBuf>,
}

/// The libraries, as they are installed.
struct Built {
    archive: PathBuf,
    memory: PathBuf,
    shared: PathBuf,
}

impl Places {
    fn from_args(args: impl Iterator<Item = String>) -> Result<Self> {
        let (mut prefix, mut libdir, mut destdir) = (None, None, None);
        for arg in args {
            match arg.split_once('=') {
                Some(("--prefix", dir)) => prefix = Some(std::path::absolute(dir)?),
                Some(("--libdir", dir)) => libdir = Some(PathBuf::from(dir)),
                Some(("--destdir", dir)) => destdir = Some(std::path::absolute(dir)?),
                _ => return Err(format!("{arg}: {USAGE}").into()),
            }
        }
        let prefix = prefix.ok_or(USAGE)?;
        let libdir = prefix.join(libdir.unwrap_or("lib".into()));
        Ok(Places { prefix, libdir, destdir })
    }

    fn install(&self, built: &Built) -> Result<()> {
        let libdir = self.directory(&self.libdir)?;
        copy(&built.archive, &libdir.join("librawipc.a"), 0o644)?;
        copy(&built.memory, &libdir.join("librawipc_mem.a"), 0o644)?;
        let (whole, soname) = (format!("librawipc.so.{VERSION}"), soname());
        copy(&built.shared, &libdir.join(&whole), 0o755)?;
        link(&whole, &libdir.join(&soname))?;
        link(&soname, &libdir.join("librawipc.so"))?;

        let include = self.directory(&self.prefix.join("include"))?;
        let header = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/capi/rawipc.h");
        copy(&header, &include.join("rawipc.h"), 0o644)?;

        let pkgconfig = self.directory(&self.libdir.join("pkgconfig"))?.join("rawipc.pc");
        fs::write(&pkgconfig, self.pkgconfig())?;
        println!("{}", pkgconfig.display());
        Ok(())
    }

    /// Made where it is not there yet; below the destdir.
    fn directory(&self, dir: &Path) -> Result<PathBuf> {
        let dir = match &self.destdir {
            Some(destdir) => destdir.join(dir.strip_prefix("/")?),
            None => dir.to_path_buf(),
        };
        fs::create_dir_all(&dir)?;
        Ok(dir)
    }

    fn pkgconfig(&self) -> String {
        let (prefix, libdir) = (self.prefix.display(), self.libdir.display());
        let description = env!("CARGO_PKG_DESCRIPTION");
        format!(
            "prefix={prefix}\nlibdir={libdir}\nincludedir=${{prefix}}/include\n\n\
             Name: rawipc\nDescription: {description}\nVersion: {VERSION}\n\
             Libs: -L${{libdir}} -lrawipc\nCflags: -I${{includedir}}\n"
        )
    }
}

/// Programs of one major version go with any library of it.
fn soname() -> String {
    format!("librawipc.so.{}", env!("CARGO_PKG_VERSION_MAJOR"))
}

fn build() -> Result<Built> {
    let soname = format!("-Clink-arg=-Wl,-soname,{}", soname());
    let script = format!("-Clink-arg=-Wl,-T,{}/src/capi/link.ld", env!("CARGO_MANIFEST_DIR"));
    let flags = ["-Cstrip=symbols", "-Clink-arg=-nostartfiles", "-Clink-arg=-Wl,-z,noseparate-code"];
    let built = cargo("rawipc_c", &[&flags[..], &[&soname, &script]].concat())?;
    let shared = built.join("librawipc_c.so");
    cargo("rawipc_mem", &[])?;
    let (archive, memory) = (own_objects(&built, "rawipc_c")?, own_objects(&built, "rawipc_mem")?);
    Ok(Built { archive, memory, shared })
}

/// Builds one of the libraries, and tells the directory that it is in.
fn cargo(example: &str, flags: &[&str]) -> Result<PathBuf> {
    // Where this program was built itself: TARGET/PROFILE/examples/install.
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or("built in no target directory")?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["rustc", "--profile", "capi", "--example", example]);
    run(cargo.arg("--target-dir").arg(target).arg("--").args(flags).stdin(Stdio::null()))?;
    Ok(target.join("capi/examples"))
}

/// An archive of what is ours in the one that rustc made, without debug information and unwind tables. What rustc puts
/// beside it are functions that a compiler may call and that, on most machines, ours does not.
fn own_objects(built: &Path, name: &str) -> Result<PathBuf> {
    let whole = built.join(format!("lib{name}.a"));
    let members = run(Command::new("ar").arg("t").arg(&whole))?;
    let own: Vec<&str> = members.lines().filter(|member| member.starts_with(name)).collect();

    let dir = built.join(format!("{name}.objects"));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir)?;
    run(Command::new("ar").current_dir(&dir).arg("x").arg(&whole).args(&own))?;
    let needed = run(Command::new("nm").current_dir(&dir).arg("--undefined-only").args(&own))?;
    let needed = needed.lines().filter_map(|line| line.trim_start().strip_prefix("U "));
    if needed.into_iter().any(|symbol| !MEMORY_FUNCTIONS.contains(&symbol)) {
        return Ok(whole);
    }
    for (i, member) in own.iter().enumerate() {
        let tidy = ["--strip-debug", "--remove-section=.eh_frame", "--remove-section=.comment"];
        let object = if own.len() == 1 { format!("{name}.o") } else { format!("{name}.{i}.o") };
        run(Command::new("objcopy").current_dir(&dir).args(tidy).arg(member).arg(object))?;
        fs::remove_file(dir.join(member))?;
    }
    let archive = dir.join("own.a");
    let objects = fs::read_dir(&dir)?.map(|entry| Ok(entry?.file_name())).collect::<Result<Vec<_>>>()?;
    run(Command::new("ar").current_dir(&dir).args(["rcsD"]).arg(&archive).args(objects))?;
    Ok(archive)
}

/// Runs a command, and returns what it printed.
fn run(command: &mut Command) -> Result<String> {
    let out = command.stderr(Stdio::inherit()).output().map_err(|e| format!("{command:?}: {e}"))?;
    if !out.status.success() {
        return Err(format!("{command:?}: {}", out.status).into());
    }
    Ok(String::from_utf8(out.stdout)?)
}

/// As a new file, so that what runs with the old one keeps it.
fn copy(from: &Path, to: &Path, mode: u32) -> Result<()> {
    let new = to.with_extension("new");
    fs::copy(from, &new).map_err(|e| format!("{} to {}: {e}", from.display(), new.display()))?;
    fs::set_permissions(&new, fs::Permissions::from_mode(mode))?;
    fs::rename(&new, to)?;
    println!("{}", to.display());
    Ok(())
}

fn link(to: &str, at: &Path) -> Result<()> {
    match fs::remove_file(at) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e.into()),
        _ => {}
    }
    symlink(to, at)?;
    println!("{} -> {to}", at.display());
    Ok(())
}
