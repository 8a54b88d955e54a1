//! What a program's file brings into memory, from its program headers.

use std::path::Path;

use crate::programs::programs;

const PT_LOAD: u32 = 1;
const PT_GNU_STACK: u32 = 0x6474_e551;
const X: u32 = 1;
const W: u32 = 2;

/// A program header.
struct Segment {
    kind: u32,
    flags: u32,
    /// Bytes in memory.
    size: u64,
}

pub struct File {
    on_disk: u64,
    segments: Vec<Segment>,
}

impl File {
    /// Reads a 64-bit little-endian ELF file.
    pub fn read(path: &Path) -> File {
        let bytes = std::fs::read(path).unwrap();
        assert_eq!(bytes[..6], *b"\x7fELF\x02\x01", "{}", path.display());
        let number = |at: usize, len: usize| {
            bytes[at..at + len].iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte))
        };
        let (first, each, count) = (number(32, 8) as usize, number(54, 2) as usize, number(56, 2) as usize);
        let segment = |at: usize| Segment {
            kind: number(at, 4) as u32,
            flags: number(at + 4, 4) as u32,
            size: number(at + 40, 8),
        };
        let segments = (0..count).map(|n| segment(first + n * each)).collect();
        File { on_disk: bytes.len() as u64, segments }
    }

    pub fn loaded(&self) -> u64 {
        self.segments.iter().filter(|s| s.kind == PT_LOAD).map(|s| s.size).sum()
    }

    /// The bytes that the program may write to, its stack apart.
    pub fn writable(&self) -> u64 {
        let writable = |s: &&Segment| s.kind == PT_LOAD && s.flags & W != 0;
        self.segments.iter().filter(writable).map(|s| s.size).sum()
    }

    /// What no program of these has.
    pub fn unwanted(&self) -> Vec<String> {
        let mut found = Vec::new();
        for Segment { kind, flags, size } in &self.segments {
            match (*kind, flags & (W | X)) {
                (PT_LOAD, f) if f == W | X => found.push(format!("{size} bytes that are written and run")),
                (PT_GNU_STACK, W) | (PT_LOAD, _) => {}
                (PT_GNU_STACK, _) => found.push("a stack that is run".into()),
                // An interpreter, relocations, thread-locals.
                (kind, _) => found.push(format!("a segment of kind {kind:#x}")),
            }
        }
        found
    }
}

/// Bounds in bytes: loaded, written to, on disk.
const BOUNDS: [(&str, u64, u64, u64); 4] = [
    ("pipe", 1536, 0, 4096),
    ("every", 13056, 0, 13312),
    ("strangers", 17408, 0, 17792),
    ("init", 8192, 4, 12288),
];

#[test]
fn they_are_small() {
    let Some(programs) = programs() else { return };
    let mut found = Vec::new();
    println!("{:8}{:>8}{:>9}{:>9}", "bytes", "loaded", "written", "on disk");
    for (name, loaded, writable, on_disk) in BOUNDS {
        let file = File::read(&programs.join(name));
        println!("{name:8}{:8}{:9}{:9}", file.loaded(), file.writable(), file.on_disk);
        found.extend(file.unwanted().into_iter().map(|what| format!("{name}: {what}")));
        let measured = [
            ("loaded", file.loaded(), loaded),
            ("written", file.writable(), writable),
            ("on disk", file.on_disk, on_disk),
        ];
        let above = measured.into_iter().filter(|(_, bytes, bound)| bytes > bound);
        found
            .extend(above.map(|(what, bytes, bound)| format!("{name}: {bytes} bytes {what}, above {bound}")));
    }
    assert!(found.is_empty(), "\n  {}\n", found.join("\n  "));
}

#[test]
fn an_interpreter_a_thread_local_a_static_are_flagged() {
    // This test itself has all of them.
    let file = File::read(&std::env::current_exe().unwrap());
    let found = file.unwanted();
    for kind in ["0x3", "0x7"] {
        assert!(found.contains(&format!("a segment of kind {kind}")), "{found:?}");
    }
    assert!(file.writable() > 0 && file.loaded() > 8192 && file.on_disk > 12288);
    let run = File { on_disk: 0, segments: vec![Segment { kind: PT_LOAD, flags: 7, size: 8 }] };
    assert_eq!(run.unwanted(), ["8 bytes that are written and run"]);
    let run = File { on_disk: 0, segments: vec![Segment { kind: PT_GNU_STACK, flags: 7, size: 0 }] };
    assert_eq!(run.unwanted(), ["a stack that is run"]);
}
