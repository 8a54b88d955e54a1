//! What is in a program besides code: no allocator, no formatting, no thread locals, nothing writable.

use std::process::Command;

use crate::program::{Program, probes, run, twins};

/// What a compiler may call on its own; whoever links a program without libc brings these.
const MAY_NEED: &[&str] = &["memcpy", "memmove", "memset", "memcmp", "bcmp"];

/// Writable statics that may be there.
const MAY_BE_WRITTEN: &[&str] = &[];

/// Symbols of a program: size, kind, name.
fn symbols(program: &Program) -> Vec<(u64, char, String)> {
    let text = run(Command::new("nm").args(["-C", "-S", "--defined-only"]).arg(&program.path)).unwrap();
    let symbol = |line: &str| {
        let mut parts = line.splitn(4, ' ');
        let _at = parts.next()?;
        let (second, third) = (parts.next()?, parts.next()?);
        match (u64::from_str_radix(second, 16), parts.next()) {
            (Ok(size), Some(name)) if second.len() == 16 => {
                Some((size, third.chars().next()?, name.to_string()))
            }
            _ => Some((0, second.chars().next()?, line.splitn(3, ' ').nth(2)?.to_string())),
        }
    };
    text.lines().filter_map(symbol).collect()
}

fn unwanted(program: &Program) -> Vec<String> {
    let sections = run(Command::new("objdump").arg("-h").arg(&program.path)).unwrap();
    judge(&symbols(program), &sections)
}

/// What is wrong with these symbols, and with these sections as `objdump -h` lists them.
fn judge(symbols: &[(u64, char, String)], sections: &str) -> Vec<String> {
    const ALLOCATORS: &[&str] = &["malloc", "calloc", "realloc", "free", "posix_memalign", "aligned_alloc"];
    let mut found = Vec::new();
    for (size, kind, name) in symbols {
        let allocator = ["__rust_alloc", "__rust_dealloc", "__rust_realloc", "__rg_", "__rdl_", "alloc::"];
        let name = name.trim_start_matches("__rustc::");
        if ALLOCATORS.contains(&name) || allocator.iter().any(|a| name.starts_with(a)) {
            found.push(format!("an allocator: {name}"));
        }
        if name.contains("core::fmt") {
            found.push(format!("formatting: {name}"));
        }
        if *size > 0 && "bBdD".contains(*kind) && !MAY_BE_WRITTEN.contains(&name) {
            found.push(format!("a writable static: {name}"));
        }
    }
    for line in sections.lines() {
        let mut words = line.split_whitespace().skip(1);
        if let (Some(name @ (".tdata" | ".tbss" | ".init_array" | ".ctors")), Some(size)) =
            (words.next(), words.next())
        {
            found.push(format!("a section {name} of 0x{size} bytes"));
        }
    }
    found
}

/// The functions that a program without libc has to bring.
fn needed(program: &Program) -> Vec<String> {
    let here = symbols(program).into_iter().map(|(_, _, name)| name);
    here.filter(|n| MAY_NEED.contains(&n.as_str())).collect()
}

#[test]
fn nothing_hidden_is_in_a_program() {
    let Some(all) = probes() else { return };
    // Whatever else were undefined, the linker would have said so.
    println!("needed from whoever links it: {}", needed(all).join(" "));
    crate::none(&unwanted(all));
}

#[test]
fn formatting_and_a_static_are_flagged() {
    let Some(twins) = twins() else { return };
    let found = unwanted(twins);
    for what in ["formatting: ", "a writable static: "] {
        assert!(found.iter().any(|f| f.starts_with(what)), "{what}: {found:?}");
    }
}

#[test]
fn an_allocator_and_a_thread_local_are_flagged() {
    for name in
        ["malloc", "__rust_alloc", "__rustc::__rust_alloc", "__rdl_alloc", "alloc::vec::Vec<u8>::grow"]
    {
        let found = judge(&[(8, 'T', name.into())], "");
        assert!(found.len() == 1 && found[0].starts_with("an allocator: "), "{name}: {found:?}");
    }
    let sections = "Idx Name          Size      VMA\n  0 .text         00000010  0000000000401000\n  1 .tbss         00000008  0";
    assert_eq!(judge(&[], sections), ["a section .tbss of 0x00000008 bytes"]);
    assert!(judge(&[(8, 'T', "probe_pipe__pair".into()), (0, 'B', "_end".into())], "").is_empty());
}
