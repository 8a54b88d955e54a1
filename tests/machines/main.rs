//! Other machines: the library builds for each whose standard library is installed, and with `RAWIPC_MACHINES=all`
//! the C library builds too, and its unit tests, the suite of tests/ipc and the check of layouts run there, under qemu-user where the processor is another.
//!
//! What cannot work there stands in `MACHINE.txt`, with the reason. A test that fails and is not listed fails here; so
//! does a line that names no test that failed. Compilers are `$RUSTC`, those of `$RAWIPC_RUSTC` (`:` between them), and
//! Debian's, `/usr/bin/rustc`. An argument on the command line is a part of the machines' names.

mod judge;
#[path = "../support/report.rs"]
mod report;
#[path = "../support/scratch.rs"]
mod scratch;
mod twins;

use judge::Outcomes;
use report::Report;
use scratch::Scratch;
use std::env;
use std::ffi::OsString;
use std::fs::{Permissions, set_permissions};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

struct Machine {
    target: &'static str,
    /// The list of what cannot work, too.
    name: &'static str,
    linker: &'static str,
    /// Empty where this machine runs it by itself.
    emulator: &'static str,
}

const MACHINES: [Machine; 4] = [
    Machine {
        target: "aarch64-unknown-linux-gnu",
        name: "aarch64",
        linker: "aarch64-linux-gnu-gcc",
        emulator: "qemu-aarch64-static",
    },
    Machine { target: "i686-unknown-linux-gnu", name: "x86", linker: "i686-linux-gnu-gcc", emulator: "" },
    Machine {
        target: "armv7-unknown-linux-gnueabihf",
        name: "arm",
        linker: "arm-linux-gnueabihf-gcc",
        emulator: "qemu-arm-static",
    },
    Machine {
        target: "riscv64gc-unknown-linux-gnu",
        name: "riscv64",
        linker: "riscv64-linux-gnu-gcc",
        emulator: "qemu-riscv64-static",
    },
];

/// A suite that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(500);

fn main() -> ExitCode {
    let only = env::args().skip(1).find(|a| !a.starts_with('-'));
    let whole = env::var_os("RAWIPC_MACHINES").is_some_and(|v| v == "all");
    let mut report = Report::default();
    report.test("known_bad_twins_are_flagged", &twins::unflagged());
    for machine in
        MACHINES.iter().filter(|m| only.as_ref().is_none_or(|part| m.target.contains(part.as_str())))
    {
        let Some(rustc) = machine.compiler() else {
            println!("SKIP {}: no Rust standard library for it is installed", machine.target);
            continue;
        };
        let built = machine.cargo(&rustc, &["build", "--lib"]).and_then(|cargo| run(cargo).map(drop));
        report.test(&format!("{}_builds", machine.name), &found(built));
        if !whole {
            continue;
        }
        if let Some(missing) = machine.lacks() {
            println!("SKIP the suite on {}: {missing} is not installed", machine.target);
            continue;
        }
        let library = ["build", "--profile", "capi", "--example", "rawipc_c"];
        let built = machine.cargo(&rustc, &library).and_then(|cargo| run(cargo).map(drop));
        report.test(&format!("{}_builds_for_c", machine.name), &found(built));
        match machine.programs(&rustc) {
            Err(why) => report.test(&format!("{}_suite", machine.name), &[why]),
            Ok(programs) => {
                let mut outcomes = Outcomes::of(programs.iter().map(|program| machine.run(program, None)));
                let list = judge::read(machine.name);
                outcomes.ask_again(&list, |name| {
                    let line = format!("test {name} ... ok");
                    programs.iter().any(|p| machine.run(p, Some(name)).lines().any(|l| l == line))
                });
                println!("{}: {}", machine.target, outcomes.summary());
                report.test(&format!("{}_suite", machine.name), &outcomes.findings(&list));
            }
        }
    }
    if !whole {
        println!("RAWIPC_MACHINES=all runs the suites too");
    }
    report.end()
}

impl Machine {
    /// A compiler that has its standard library.
    fn compiler(&self) -> Option<PathBuf> {
        let own = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let more = env::var_os("RAWIPC_RUSTC").unwrap_or_default();
        let debian = PathBuf::from("/usr/bin/rustc");
        let all = [PathBuf::from(own)].into_iter().chain(env::split_paths(&more)).chain([debian]);
        let has_std = |rustc: &PathBuf| {
            let asked =
                Command::new(rustc).args(["--print", "target-libdir", "--target", self.target]).output();
            let Ok(asked) = asked else { return false };
            let dir = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
            let files = std::fs::read_dir(dir).into_iter().flatten().flatten();
            let mut names = files.map(|f| f.file_name());
            names.any(|name| name.to_string_lossy().starts_with("libstd-"))
        };
        all.into_iter().filter(|rustc| !rustc.as_os_str().is_empty()).find(has_std)
    }

    fn lacks(&self) -> Option<&'static str> {
        let needs = [self.linker, self.emulator];
        let is_there = |tool: &str| Command::new(tool).arg("--version").output().is_ok();
        needs.into_iter().find(|tool| !tool.is_empty() && !is_there(tool))
    }

    fn cargo(&self, rustc: &Path, args: &[&str]) -> Result<Command, String> {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        let for_target = |what: &str| {
            let target = self.target.to_uppercase().replace('-', "_");
            format!("CARGO_TARGET_{target}_{what}")
        };
        cargo
            .args(args)
            .args(["--frozen", "--quiet", "--target", self.target])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("CARGO_TARGET_DIR", target_dir()?.join("machines"))
            .env("RUSTC", rustc)
            .env(for_target("LINKER"), self.linker)
            // Static: Debian's dynamic loader does not get far under its emulator.
            .env(for_target("RUSTFLAGS"), "-C target-feature=+crt-static")
            // An emulator is slow, and so is building what nobody debugs.
            .env("CARGO_PROFILE_TEST_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_TEST_DEBUG", "0")
            .env("CARGO_PROFILE_DEV_DEBUG", "0");
        Ok(cargo)
    }

    /// The unit tests and the suites, built.
    fn programs(&self, rustc: &Path) -> Result<Vec<PathBuf>, String> {
        let suites = ["--lib", "--test", "ipc", "--test", "house"];
        let args =
            [&["test", "--no-run", "--message-format", "json-render-diagnostics"][..], &suites].concat();
        let text = run(self.cargo(rustc, &args)?)?;
        let messages = text.lines().filter_map(|l| serde_json::from_str::<serde_json::Value>(l).ok());
        let tests = messages.filter(|m| m["profile"]["test"] == true);
        let programs = tests.filter_map(|m| m["executable"].as_str().map(PathBuf::from));
        let programs: Vec<PathBuf> = programs.collect();
        if programs.len() == 3 { Ok(programs) } else { Err(format!("built {programs:?}")) }
    }

    /// What a program of tests says, of all of them or of those with a part of a name.
    fn run(&self, program: &Path, part: Option<&str>) -> String {
        let mut words: Vec<OsString> = [self.emulator.into(), program.into()].into();
        words.retain(|w| !w.is_empty());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env("RUST_BACKTRACE", "0").stdout(Stdio::piped()).stderr(Stdio::null());
        // Of the house, what depends on the machine.
        if program.file_name().is_some_and(|name| name.to_string_lossy().starts_with("house-")) {
            command.arg("layout::");
        }
        command.args(part);
        // What fails there leaves its files. Some go in as other users.
        let scratch = Scratch::new();
        if set_permissions(scratch.path(), Permissions::from_mode(0o755)).is_err() {
            return String::new();
        }
        command.env("TMPDIR", scratch.path());
        let Ok(mut child) = command.spawn() else { return String::new() };
        let mut out = child.stdout.take().expect("piped");
        let reader = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = out.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        });
        let begin = Instant::now();
        while child.try_wait().is_ok_and(|status| status.is_none()) {
            if begin.elapsed() > LIMIT {
                let _ = child.kill();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        reader.join().unwrap_or_default()
    }
}

/// Cargo's, of which this test is a program.
fn target_dir() -> Result<PathBuf, String> {
    let own = env::current_exe().map_err(|e| e.to_string())?;
    own.ancestors().nth(3).map(Path::to_path_buf).ok_or_else(|| "no target directory".into())
}

/// Its output; where it fails, what it complains of.
fn run(mut command: Command) -> Result<String, String> {
    let done = command.output().map_err(|e| format!("cargo: {e}"))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    Err(String::from_utf8_lossy(&done.stderr).into_owned())
}

fn found(answer: Result<(), String>) -> Vec<String> {
    answer.err().into_iter().collect()
}
