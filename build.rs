//! With the feature `header`, writes C's header to `OUT_DIR/rawipc.h`. tests/capi compares it with the committed
//! `src/capi/rawipc.h`, and renews that with `RAWIPC_BLESS=1`.
//!
//! The text of the header is that of the doc comments in src/capi: the crate's own is the head, each module's the
//! introduction of its section. cbindgen turns each module's items into C. A line `@rust pipe::pair` in a function's
//! comment names its Rust twin, and becomes the syscalls that docs/syscalls.json has for that.
//!
//! Where the crate is built to be small, at the opt-levels s and z, it sets `small`: an operation with a slow path is
//! then made once, in that. At s, for a library of all functions, it sets `shared`: what many of them do is out of line.
//! At z, for a program that calls a few, it sets `tiny`: a send and a receive are made once too.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(small, shared, tiny, fuzzing)");
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    if level == "s" || level == "z" {
        println!("cargo::rustc-cfg=small");
    }
    if level == "s" {
        println!("cargo::rustc-cfg=shared");
    }
    if level == "z" {
        println!("cargo::rustc-cfg=tiny");
    }
    #[cfg(feature = "header")]
    header::write();
}

#[cfg(feature = "header")]
mod header {
    use std::collections::BTreeMap;
    use std::path::{Path, PathBuf};
    use std::{env, fs};

    use serde_json::Value;

    const CAPI: &str = "src/capi";
    const TABLES: &str = "docs/syscalls.json";
    const WIDTH: usize = 100;
    const COMMENT_WIDTH: usize = 120;

    pub fn write() {
        println!("cargo::rerun-if-changed={CAPI}");
        println!("cargo::rerun-if-changed={TABLES}");
        let modules = modules(Path::new(CAPI), "lib", 0);
        let text = Header::new(&modules).text(&modules);
        let out = PathBuf::from(env::var("OUT_DIR").unwrap()).join("rawipc.h");
        fs::write(out, text).unwrap();
    }

    /// A file of src/capi, and how deep it lies.
    struct Module {
        path: PathBuf,
        depth: usize,
        source: String,
    }

    /// The module of this name and its public children, in the order in which they are declared.
    fn modules(dir: &Path, name: &str, depth: usize) -> Vec<Module> {
        let path = dir.join(name).with_extension("rs");
        let source = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let below = if depth == 0 { dir.to_path_buf() } else { dir.join(name) };
        let declared = |line: &str| line.strip_prefix("pub mod ")?.strip_suffix(';').map(String::from);
        let children: Vec<String> = source.lines().filter_map(declared).collect();
        let mut found = vec![Module { path, depth, source }];
        for child in children {
            found.extend(modules(&below, &child, depth + 1));
        }
        found
    }

    impl Module {
        fn name(&self) -> &str {
            self.path.file_stem().unwrap().to_str().unwrap()
        }

        /// Its `//!` comment, Markdown turned into plain text.
        fn introduction(&self) -> Vec<String> {
            let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
            let mut code = false;
            let mut text = Vec::new();
            for line in lines {
                let line = line.strip_prefix(' ').unwrap_or(line);
                match line.trim_start().starts_with("```") {
                    true => code = !code,
                    false if code => text.push(format!("    {line}").trim_end().to_string()),
                    false => text.push(line.trim_start_matches("# ").replace("**", "").replace('`', "")),
                }
            }
            text
        }
    }

    /// What the comments refer to.
    struct Header {
        /// The entry of each Rust function in docs/syscalls.json.
        tables: BTreeMap<String, Value>,
        /// The C functions of each Rust function.
        twins: BTreeMap<String, Vec<String>>,
    }

    impl Header {
        fn new(modules: &[Module]) -> Self {
            let json: Value = serde_json::from_str(&fs::read_to_string(TABLES).unwrap()).unwrap();
            let functions = json["functions"].as_array().unwrap().iter();
            let tables =
                functions.map(|f| (f["function"].as_str().unwrap().to_string(), f.clone())).collect();
            let mut twins: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for module in modules {
                let mut named: Vec<String> = Vec::new();
                for line in module.source.lines() {
                    if let Some(names) = line.strip_prefix("/// @rust ") {
                        named.extend(names.split(", ").map(String::from));
                    }
                    if let Some((_, rest)) = line.split_once("extern \"C\" fn ") {
                        let c = rest.split('(').next().unwrap();
                        for rust in named.drain(..) {
                            twins.entry(rust).or_default().push(c.to_string());
                        }
                    }
                }
            }
            Header { tables, twins }
        }

        fn text(&self, modules: &[Module]) -> String {
            let (head, sections) = modules.split_first().unwrap();
            let mut text = String::from("/**\n * @file rawipc.h\n *\n");
            push_comment(&mut text, &head.introduction());
            let version = env::var("CARGO_PKG_VERSION").unwrap();
            text += &format!(
                " */\n#ifndef RAWIPC_H\n#define RAWIPC_H\n\n\
                 #include <stddef.h>\n#include <stdint.h>\n#include <sys/types.h>\n\n\
                 #ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n\
                 /** The version that this header came with. */\n#define RAWIPC_VERSION \"{version}\"\n"
            );
            for module in sections {
                let line = if module.depth == 1 { '=' } else { '-' };
                let rule = format!("{line}{line} {} ", module.name());
                text += &format!("\n/* {}\n", pad(&rule, line));
                push_comment(&mut text, &module.introduction());
                text += " */\n\n";
                text += self.with_syscalls(&items(module)).trim_end();
                text += "\n";
            }
            text + "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* RAWIPC_H */\n"
        }

        /// Puts the syscalls where a comment names the Rust function.
        fn with_syscalls(&self, items: &str) -> String {
            let mut text = String::new();
            let mut lines = items.lines();
            while let Some(line) = lines.next() {
                let Some(names) = line.strip_prefix(" * @rust ") else {
                    text += &format!("{line}\n");
                    continue;
                };
                let names: Vec<&str> = names.split(", ").collect();
                // The prototype is what comes after the comment.
                let prototype = lines.clone().find(|l| l.contains("rawipc_") && !l.starts_with(" *"));
                let module =
                    prototype.and_then(|p| p.split("rawipc_").nth(1)?.split('_').next()).unwrap_or("");
                let mut shown: Vec<Vec<String>> = Vec::new();
                for name in names {
                    let rows = self.rows(name, module);
                    if !shown.contains(&rows) {
                        text += &format!(" * @par Syscalls, as of {name} in Rust\n");
                        rows.iter().for_each(|row| push_row(&mut text, row));
                        shown.push(rows);
                    }
                }
            }
            text
        }

        /// `- case: calls` for each row of a Rust function's table.
        fn rows(&self, rust: &str, module: &str) -> Vec<String> {
            let Some(table) = self.tables.get(rust) else { return vec!["None.".into()] };
            let mut rows = Vec::new();
            if let Some(like) = table.get("like").and_then(Value::as_array) {
                rows.push(format!("- as {}", self.functions(like, module)));
            }
            // Cases with the same calls share a line, as they do in the table.
            let mut cases: Vec<(String, Vec<&str>)> = Vec::new();
            for row in table["rows"].as_array().unwrap() {
                let calls = self.calls(&row["calls"], module);
                let case = row["case"].as_str().unwrap();
                match cases.last_mut() {
                    Some((same, cases)) if *same == calls => cases.push(case),
                    _ => cases.push((calls, vec![case])),
                }
            }
            for (calls, cases) in cases {
                let calls = if calls.is_empty() { "none" } else { &calls };
                rows.push(format!("- {}: {calls}", cases.join("; ")));
            }
            rows
        }

        fn calls(&self, calls: &Value, module: &str) -> String {
            let one = |call: &Value| match call {
                Value::String(name) => name.clone(),
                Value::Array(_) => format!("({})×n", self.calls(call, module)),
                call => format!("[{}]", self.functions(call["any_row_of"].as_array().unwrap(), module)),
            };
            calls.as_array().unwrap().iter().map(one).collect::<Vec<_>>().join(" ")
        }

        /// The C functions of Rust functions: those of this module, or else all of them.
        fn functions(&self, rust: &[Value], module: &str) -> String {
            let rust: Vec<&str> = rust.iter().filter_map(Value::as_str).collect();
            let all: Vec<String> =
                rust.iter().filter_map(|r| self.twins.get(*r)).flatten().map(|c| format!("{c}()")).collect();
            let here = format!("rawipc_{module}_");
            let near: Vec<String> = all.iter().filter(|c| c.starts_with(&here)).cloned().collect();
            match (near.is_empty(), all.is_empty()) {
                (false, _) => near.join(" or "),
                (true, false) => all.join(" or "),
                (true, true) => rust.join(" or "),
            }
        }
    }

    fn push_comment(text: &mut String, lines: &[String]) {
        lines.iter().for_each(|line| *text += &format!("{}\n", format!(" * {line}").trim_end()));
    }

    fn push_row(text: &mut String, row: &str) {
        let mut line = String::from(" *");
        for word in row.split(' ') {
            if line.chars().count() + 1 + word.chars().count() > COMMENT_WIDTH {
                *text += &format!("{line}\n");
                line = String::from(" *  ");
            }
            line += &format!(" {word}");
        }
        *text += &format!("{line}\n");
    }

    fn pad(start: &str, with: char) -> String {
        let missing = (WIDTH - 3).saturating_sub(start.len());
        start.chars().chain(std::iter::repeat_n(with, missing)).collect()
    }

    /// The constants, structs and functions of a module, in C.
    fn items(module: &Module) -> String {
        let structs = module.source.lines().filter_map(|l| l.strip_prefix("pub struct "));
        let structs = structs.filter_map(|l| l.split([' ', '(', ';']).next()).map(String::from).collect();
        let mut config = cbindgen::Config {
            language: cbindgen::Language::C,
            style: cbindgen::Style::Both,
            documentation_style: cbindgen::DocumentationStyle::Doxy,
            usize_is_size_t: true,
            no_includes: true,
            line_length: 10_000,
            tab_width: 4,
            ..cbindgen::Config::default()
        };
        config.export.include = structs;
        config.function.args = cbindgen::Layout::Horizontal;
        let bindings = cbindgen::Builder::new().with_config(config).with_src(&module.path).generate();
        let mut text = Vec::new();
        bindings.unwrap_or_else(|e| panic!("{}: {e}", module.path.display())).write(&mut text);
        let text = String::from_utf8(text).unwrap();
        let lines: Vec<String> = text.lines().map(|line| wrapped(&as_c_writes_it(line))).collect();
        one_line_comments(&lines).join("\n")
    }

    /// A prototype's parameters under each other, where they do not fit on a line.
    fn wrapped(line: &str) -> String {
        let Some(start) = line.find('(').filter(|_| line.len() > WIDTH && line.ends_with(");")) else {
            return line.into();
        };
        let (mut text, mut column) = (line[..=start].to_string(), start + 1);
        for (i, parameter) in line[start + 1..].split(", ").enumerate() {
            if i > 0 && column + parameter.len() + 2 > WIDTH {
                text += &format!(",\n{:1$}", "", start + 1);
                column = start + 1;
            } else if i > 0 {
                text += ", ";
                column += 2;
            }
            text += parameter;
            column += parameter.len();
        }
        text
    }

    /// `/** A sentence. */` where that is all.
    fn one_line_comments(lines: &[String]) -> Vec<String> {
        let mut text: Vec<String> = Vec::new();
        for line in lines {
            let n = text.len();
            if line.trim() == "*/" && n >= 2 && text[n - 2].trim() == "/**" && text[n - 1].len() < WIDTH {
                let sentence = text.pop().unwrap();
                let open = text.pop().unwrap();
                text.push(format!("{open} {} */", sentence.trim().trim_start_matches("* ")));
            } else {
                text.push(line.clone());
            }
        }
        text
    }

    fn as_c_writes_it(line: &str) -> String {
        let line = &match line.starts_with("typedef struct ") {
            true => line.to_string(),
            false => line.replace("struct rawipc_", "rawipc_"),
        };
        match line.strip_prefix("#define ").and_then(|d| d.split_once(" -")) {
            Some((name, number)) => format!("#define {name} (-{number})"),
            None => line.into(),
        }
    }
}
