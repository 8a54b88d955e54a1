//! Sizes and offsets: those that the lines `layout!(…)` of src/capi assert in Rust, asserted by a C compiler too.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::Check;
use crate::library::{capi_sources, root, run, scratch};
use crate::prototypes::Declared;

pub const CHECKS: [Check; 3] = [
    ("layout::every_struct_has_one", every_struct_has_one),
    ("layout::c_agrees", c_agrees),
    ("layout::another_is_flagged", another_is_flagged),
];

struct Layout {
    name: String,
    size: String,
    /// Member and offset.
    members: Vec<(String, String)>,
}

fn every_struct_has_one() {
    let header = fs::read_to_string(root().join("src/capi/rawipc.h")).unwrap();
    let layouts = layouts();
    for s in Declared::of(&header).structs {
        let layout = layouts.iter().find(|l| l.name == s.name);
        let layout = layout.unwrap_or_else(|| panic!("no layout!({}: …) in src/capi", s.name));
        let known: BTreeSet<&str> = layout.members.iter().map(|(member, _)| &**member).collect();
        let missing = s.members.iter().find(|(_, m)| !s.is_handle() && !known.contains(member_name(m)));
        assert!(missing.is_none(), "layout!({}: …) says nothing of {missing:?}", s.name);
    }
}

fn c_agrees() {
    let layouts = layouts();
    compile(&layouts, "-std=c11", "c").unwrap_or_else(|e| panic!("{e}"));
    compile(&layouts, "-std=c++17", "cc").unwrap_or_else(|e| panic!("{e}"));
    let offsets: usize = layouts.iter().map(|l| l.members.len()).sum();
    println!("{} sizes and {offsets} offsets, in Rust, C and C++", layouts.len());
}

fn another_is_flagged() {
    for wrong in ["rawipc_error: 16, call 8", "rawipc_error: 24"] {
        assert!(compile(&[parsed(wrong)], "-std=c11", "bad.c").is_err(), "C says nothing of {wrong}");
    }
}

fn compile(layouts: &[Layout], dialect: &str, suffix: &str) -> Result<String, String> {
    let mut text = String::from(
        "#include <rawipc.h>\n#ifndef __cplusplus\n#define static_assert _Static_assert\n#endif\n",
    );
    for Layout { name, size, members } in layouts {
        text += &format!("static_assert(sizeof({name}) == {size}, \"sizeof({name})\");\n");
        for (member, offset) in members {
            text += &format!("static_assert(offsetof({name}, {member}) == {offset}, \"{name}.{member}\");\n");
        }
    }
    let source = scratch("layout").join("layout").with_extension(suffix);
    fs::write(&source, text).unwrap();
    let compiler = if dialect.contains("++") { "c++" } else { "cc" };
    run(Command::new(compiler)
        .args([dialect, "-fsyntax-only", "-I"])
        .arg(root().join("src/capi"))
        .arg(&source))
}

fn layouts() -> Vec<Layout> {
    let mut found = Vec::new();
    for text in capi_sources() {
        for rest in text.split("layout!(").skip(1).filter(|rest| rest.starts_with("rawipc_")) {
            let line = rest.split(')').next().unwrap();
            if !line.contains("SIZE") {
                found.push(parsed(line));
            }
        }
    }
    found
}

/// `rawipc_thing: 16, member 0, …`
fn parsed(line: &str) -> Layout {
    let (name, rest) = line.split_once(':').unwrap_or_else(|| panic!("layout!({line})"));
    let mut parts = rest.split(',').map(str::trim).filter(|p| !p.is_empty());
    let size = parts.next().expect("a size").replace('_', "");
    let members = parts.filter_map(|p| p.split_once(char::is_whitespace));
    let members = members.map(|(member, offset)| (member.trim().into(), offset.trim().into())).collect();
    Layout { name: name.trim().into(), size, members }
}

/// Without an array's size.
fn member_name(member: &str) -> &str {
    member.split('[').next().unwrap()
}
