//! The probes built, linked and disassembled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::skip::skip;
use crate::source::root;

/// The symbol that the probe's panic handler calls, and that exists nowhere.
pub const TRAP: &str = "rawipc_a_panic_path_is_left";

pub struct Archive {
    dir: PathBuf,
    file: PathBuf,
    /// `probe_…` and `twin_…`.
    pub names: Vec<String>,
}

/// One linked program and its code.
pub struct Program {
    pub path: PathBuf,
    /// By address.
    pub functions: BTreeMap<u64, Function>,
    /// Probes and twins; several may be one function, where their code is the same.
    pub names: BTreeMap<String, u64>,
}

pub struct Function {
    pub name: String,
    pub code: Vec<Instruction>,
}

pub struct Instruction {
    pub at: u64,
    pub op: String,
    pub args: String,
    /// Of a call or a jump.
    pub target: Option<u64>,
}

/// The archive of probes; `None`, with the reason printed, where the tools are not there.
pub fn archive() -> Option<&'static Archive> {
    static ARCHIVE: OnceLock<Option<Archive>> = OnceLock::new();
    ARCHIVE.get_or_init(|| build("release")).as_ref()
}

/// The same, built to be small.
pub fn small_archive() -> Option<&'static Archive> {
    static ARCHIVE: OnceLock<Option<Archive>> = OnceLock::new();
    archive()?; // first, as both write to one directory
    ARCHIVE.get_or_init(|| build("small")).as_ref()
}

/// All probes in one program, with a trap for the panics of rustix that are left.
pub fn probes() -> Option<&'static Program> {
    static PROBES: OnceLock<Option<Program>> = OnceLock::new();
    PROBES.get_or_init(|| of_prefix("probe_")).as_ref()
}

/// The known-bad twins, apart.
pub fn twins() -> Option<&'static Program> {
    static TWINS: OnceLock<Option<Program>> = OnceLock::new();
    TWINS.get_or_init(|| of_prefix("twin_")).as_ref()
}

fn of_prefix(prefix: &str) -> Option<Program> {
    let archive = archive()?;
    if !cfg!(target_arch = "x86_64") {
        skip("panics and stack: the disassembly of another architecture than x86-64 is not understood");
        return None;
    }
    let names: Vec<&str> =
        archive.names.iter().map(String::as_str).filter(|n| n.starts_with(prefix)).collect();
    Some(archive.link(prefix, &names, true).unwrap_or_else(|e| panic!("{e}")))
}

fn build(profile: &str) -> Option<Archive> {
    for tool in ["gcc", "nm", "objdump", "addr2line"] {
        if Command::new(tool).arg("--version").output().is_err() {
            skip(&format!("the constrained program: no {tool}"));
            return None;
        }
    }
    let package = root().join("tests/probe");
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("probe");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(&package)
        .args(["build", "--profile", profile, "--offline", "--locked", "--target-dir"])
        .arg(&dir);
    // What is proved is the profile of the manifest, whatever this test itself was built with.
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    run(&mut cargo).unwrap_or_else(|e| panic!("{e}"));

    let dir = dir.join(profile);
    let c = |source: &Path, object: &str| {
        let flags =
            ["-O2", "-ffreestanding", "-fno-tree-loop-distribute-patterns", "-ffunction-sections", "-c"];
        run(Command::new("gcc").args(flags).arg(source).arg("-o").arg(dir.join(object)))
    };
    c(&package.join("mem.c"), "mem.o").unwrap();
    let trap = dir.join("trap.c");
    std::fs::write(&trap, format!("void {TRAP}(void) {{ __builtin_trap(); }}\n")).unwrap();
    c(&trap, "trap.o").unwrap();

    let file = dir.join("libprobe.a");
    let symbols = run(Command::new("nm").arg("--defined-only").arg(&file)).unwrap();
    let names = symbols.lines().filter_map(|l| l.split(" T ").nth(1).map(str::trim));
    let mut names: Vec<String> =
        names.filter(|n| n.starts_with("probe_") || n.starts_with("twin_")).map(String::from).collect();
    names.sort();
    Some(Archive { dir, file, names })
}

/// Runs a command; its output, or what it said.
pub fn run(command: &mut Command) -> Result<String, String> {
    let out = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match out.status.success() {
        true => Ok(text(&out.stdout)),
        false => Err(format!("{command:?}: {}\n{}", out.status, text(&out.stderr))),
    }
}

impl Archive {
    /// Links a program of these functions and what they need, without libc, and disassembles it.
    ///
    /// Without `trap` it links only if no panic path is left in it.
    pub fn link(&self, as_name: &str, functions: &[&str], trap: bool) -> Result<Program, String> {
        let path = self.link_only(as_name, functions, trap)?;
        let code = run(Command::new("objdump").args(["-d", "-C", "--no-show-raw-insn"]).arg(&path))?;
        let got = run(Command::new("objdump").args(["-s", "-j", ".got"]).arg(&path)).unwrap_or_default();
        let symbols = run(Command::new("nm").args(["--defined-only"]).arg(&path))?;
        let name = |l: &str| {
            let (at, name) = l.split_once(" T ")?;
            let ours = functions.contains(&name);
            Some((name.to_string(), u64::from_str_radix(at, 16).ok()?)).filter(|_| ours)
        };
        let names = symbols.lines().filter_map(name).collect();
        Ok(Program { path, functions: disassembly(&code, &words(&got)), names })
    }

    pub fn link_only(&self, as_name: &str, functions: &[&str], trap: bool) -> Result<PathBuf, String> {
        let path = self.dir.join(format!("{as_name}.elf"));
        let mut gcc = Command::new("gcc");
        gcc.args(["-nostdlib", "-static", "-Wl,--gc-sections", "-Wl,--fatal-warnings"]);
        gcc.arg(format!("-Wl,-e,{}", functions[0]));
        gcc.args(functions.iter().map(|f| format!("-Wl,-u,{f}")));
        gcc.arg(&self.file).arg(self.dir.join("mem.o"));
        if trap {
            gcc.arg(self.dir.join("trap.o"));
        }
        run(gcc.arg("-o").arg(&path))?;
        Ok(path)
    }
}

/// The words of a section, from `objdump -s`: ` 405fe0 00104000 00000000 …`.
fn words(text: &str) -> BTreeMap<u64, u64> {
    let mut words = BTreeMap::new();
    for line in text.lines().filter(|l| l.starts_with(' ')) {
        let mut parts = line.split_whitespace();
        let Some(Ok(at)) = parts.next().map(|at| u64::from_str_radix(at, 16)) else { continue };
        let halves: Vec<u32> = parts
            .map_while(|p| u32::from_str_radix(p, 16).ok().filter(|_| p.len() == 8))
            .take(4)
            .map(u32::swap_bytes)
            .collect();
        for (n, pair) in halves.chunks_exact(2).enumerate() {
            words.insert(at + 8 * n as u64, u64::from(pair[0]) | u64::from(pair[1]) << 32);
        }
    }
    words
}

/// Reads `objdump -d`; `got` is where the linker wrote the addresses of functions from other objects.
fn disassembly(text: &str, got: &BTreeMap<u64, u64>) -> BTreeMap<u64, Function> {
    let mut functions = BTreeMap::new();
    let mut current: Option<(u64, Function)> = None;
    for line in text.lines() {
        if let Some((at, name)) = line.strip_suffix(">:").and_then(|l| l.split_once(" <")) {
            functions.extend(current.take());
            let at = u64::from_str_radix(at, 16).unwrap();
            current = Some((at, Function { name: name.into(), code: vec![] }));
        } else if let (Some((at, rest)), Some((_, f))) = (line.split_once(":\t"), &mut current) {
            let Ok(at) = u64::from_str_radix(at.trim(), 16) else { continue };
            let prefix = ["notrack ", "bnd ", "addr32 "].iter().find_map(|p| rest.strip_prefix(p));
            let rest = prefix.unwrap_or(rest);
            let (op, args) = rest.split_once(' ').unwrap_or((rest, ""));
            let args = args.trim();
            let branch = op.starts_with('j') || op == "call";
            let hex = |t: &str| u64::from_str_radix(t, 16).ok();
            let direct = args.split(' ').next().and_then(hex);
            let slot = args.starts_with('*').then(|| args.split("(%rip)").nth(1)).flatten();
            let slot = slot.and_then(|s| hex(s.trim_start_matches([' ', '#']).split(' ').next()?));
            let target = direct.or(slot.and_then(|s| got.get(&s).copied())).filter(|_| branch);
            f.code.push(Instruction { at, op: op.into(), args: args.into(), target });
        }
    }
    functions.extend(current);
    functions
}

impl Program {
    /// The function that an address is in.
    pub fn function_at(&self, address: u64) -> Option<u64> {
        let (start, f) = self.functions.range(..=address).next_back()?;
        f.code.last().filter(|last| last.at >= address).map(|_| *start)
    }

    /// The functions that `of` calls or jumps to.
    pub fn callees(&self, of: u64) -> impl Iterator<Item = (&Instruction, u64)> {
        let code = &self.functions[&of].code;
        let targets = code.iter().filter_map(|i| i.target.map(|t| (i, t)));
        targets.filter_map(move |(i, t)| {
            self.function_at(t).filter(|f| *f != of || i.op == "call").map(|f| (i, f))
        })
    }

    /// All that can run when `from` does, as far as calls and jumps say.
    pub fn reachable(&self, from: u64) -> Vec<u64> {
        let mut found = vec![from];
        let mut next = 0;
        while let Some(f) = found.get(next).copied() {
            for (_, callee) in self.callees(f) {
                if !found.contains(&callee) {
                    found.push(callee);
                }
            }
            next += 1;
        }
        found
    }

    /// Functions that only panic: of core, without a way back, and leading to the trap.
    pub fn panics(&self) -> Vec<u64> {
        let never = |f: &Function| f.code.iter().all(|i| !i.op.starts_with("ret"));
        let of_core = |n: &str| n.contains("core::") || n.contains("rust_begin_unwind") || n == TRAP;
        let all = self.functions.iter().filter(|(_, f)| never(f) && of_core(&f.name));
        all.map(|(at, _)| *at)
            .filter(|at| self.reachable(*at).iter().any(|f| self.functions[f].name == TRAP))
            .collect()
    }

    /// Source places of addresses, each innermost first.
    pub fn places(&self, addresses: &[u64]) -> BTreeMap<u64, Vec<String>> {
        let mut places: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        if addresses.is_empty() {
            return places;
        }
        let mut addr2line = Command::new("addr2line");
        addr2line.args(["-a", "-i", "-e"]).arg(&self.path).args(addresses.iter().map(|a| format!("{a:#x}")));
        let mut at = 0;
        for line in run(&mut addr2line).unwrap().lines() {
            match line.strip_prefix("0x").and_then(|a| u64::from_str_radix(a, 16).ok()) {
                Some(address) => at = address,
                None => places.entry(at).or_default().push(line.split(" (").next().unwrap_or(line).into()),
            }
        }
        places
    }
}
