//! Builds the C library and puts it where C programs find it:
//!
//!     cargo run --release --example install -- --prefix=/usr/local
//!     cc program.c $(pkg-config --cflags --libs rawipc)
//!
//! Under the prefix it leaves `lib/librawipc.a`, `lib/librawipc.so` with a soname, `include/rawipc.h` and
//! `lib/pkgconfig/rawipc.pc`. With `--destdir=DIR` they go below DIR, as packagers want it; `--libdir=DIR` takes the
//! place of `lib`.

use std::error::Error;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const USAGE: &str = "install --prefix=DIR [--libdir=DIR] [--destdir=DIR]";
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

/// The two libraries, as cargo left them.
struct Built {
    archive: PathBuf,
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
    // Where this program was built itself: TARGET/release/examples/install.
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or("built in no target directory")?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).arg("rustc").arg("--target-dir").arg(target);
    cargo.args(["--release", "--example", "rawipc_c", "--", "-Cstrip=symbols"]);
    cargo.arg(format!("-Clink-arg=-Wl,-soname,{}", soname()));
    if !cargo.stdin(Stdio::null()).status()?.success() {
        return Err("cargo could not build the library".into());
    }
    let examples = target.join("release/examples");
    Ok(Built { archive: examples.join("librawipc_c.a"), shared: examples.join("librawipc_c.so") })
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
