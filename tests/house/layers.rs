//! The layer picture: a row uses the rows below it, and inside a row only what is drawn.
//!
//! ```text
//! composites   frame    rpc                                   know the traits only
//! mechanisms   pipe <- fifo     memory <- ring -> socket     proc     seccomp
//! base         channel   wait   fd   error
//! kernel       rustix, and sys for what rustix lacks  ->  linux-raw-sys
//! ```

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use crate::source::{self, Source, flatten, top_module};

const BASE: &[&str] = &["channel", "wait", "fd", "error"];
const KERNEL: &[&str] = &["sys", "rustix", "linux_raw_sys"];

/// What a module may use besides itself.
fn may_use(path: &str, target: &str) -> bool {
    let base = BASE.contains(&target);
    let kernel = KERNEL.contains(&target);
    match top_module(path) {
        "lib" => true,
        // Any mechanism behind the traits, and none by name.
        "frame" | "rpc" => base,
        "pipe" | "memory" | "socket" | "proc" | "seccomp" => base || kernel,
        "fifo" => base || kernel || target == "pipe",
        // Strangers exchange memory in one file alone.
        "ring" => base || kernel || target == "memory" || (path == "ring/meeting.rs" && target == "socket"),
        "channel" => matches!(target, "error" | "wait"),
        "wait" => kernel || matches!(target, "error" | "fd"),
        "fd" => kernel || target == "error",
        "error" => target == "rustix",
        // An errno alone does not say which call said no: the kernel row knows that one module above it.
        "sys" => matches!(target, "rustix" | "linux_raw_sys" | "libc" | "error"),
        _ => false,
    }
}

/// Where each name at the crate's root comes from: `Wait` → `wait`.
fn re_exports(lib: &Source) -> BTreeMap<String, String> {
    let uses = source::uses(lib);
    uses.into_iter().filter_map(|(name, path)| path.first().map(|m| (name, m.clone()))).collect()
}

struct Edges<'a> {
    path: &'a str,
    root: &'a BTreeMap<String, String>,
    found: Vec<(String, String)>,
}

impl Edges<'_> {
    /// A path as it is written: which module, or other crate, does it lead to?
    fn edge(&mut self, segments: &[String]) {
        let depth = self.path.matches('/').count() + 1;
        let supers = segments.iter().take_while(|s| *s == "super").count();
        let inside = match segments.first().map(String::as_str) {
            Some("crate") => segments.get(1),
            Some("super") if supers >= depth => segments.get(supers),
            Some("rustix" | "linux_raw_sys" | "libc") => segments.first(),
            _ => None,
        };
        let Some(name) = inside else { return };
        let target = self.root.get(name).unwrap_or(name);
        let inline_test = name == "tests";
        if target != top_module(self.path) && !inline_test && !may_use(self.path, target) {
            let finding = format!("src/{} uses {}", self.path, segments.join("::"));
            self.found.push((format!("{} {target}", self.path), finding));
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let colon = |i: usize| matches!(tokens.get(i), Some(TokenTree::Punct(p)) if p.as_char() == ':');
        for (i, t) in tokens.iter().enumerate() {
            match t {
                TokenTree::Group(g) => self.tokens(g.stream()),
                TokenTree::Ident(name) if !(i > 0 && colon(i - 1)) => {
                    let mut path = vec![name.to_string()];
                    let mut at = i;
                    while let (true, Some(TokenTree::Ident(next))) = (colon(at + 1), tokens.get(at + 3)) {
                        path.push(next.to_string());
                        at += 3;
                    }
                    if path.len() > 1 {
                        self.edge(&path);
                    }
                }
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Edges<'_> {
    fn visit_item_mod(&mut self, m: &'ast syn::ItemMod) {
        if m.ident != "tests" {
            visit::visit_item_mod(self, m);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        for (_, path) in flatten(&item.tree) {
            self.edge(&path);
        }
    }

    fn visit_path(&mut self, p: &'ast syn::Path) {
        let segments: Vec<String> = p.segments.iter().map(|s| s.ident.to_string()).collect();
        self.edge(&segments);
        visit::visit_path(self, p);
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {} // pub(crate), pub(super)

    fn visit_macro(&mut self, m: &'ast syn::Macro) {
        self.tokens(m.tokens.clone());
    }
}

fn forbidden(sources: &[Source]) -> Vec<(String, String)> {
    let lib = sources.iter().find(|s| s.path == "lib.rs");
    let root = lib.map(re_exports).unwrap_or_default();
    let mut found = Vec::new();
    for s in sources {
        let mut edges = Edges { path: &s.path, root: &root, found: vec![] };
        edges.visit_file(&s.file);
        found.extend(edges.found);
    }
    found
}

#[test]
fn nothing_uses_a_row_above_it() {
    crate::none(&source::except("layer", forbidden(&source::sources())));
}

#[test]
fn a_forbidden_edge_is_flagged() {
    let lib = "pub use socket::Stream; pub use wait::Wait;";
    let bad = |path: &str, text: &str, word: &str| {
        let found = forbidden(&[source::source("lib.rs", lib), source::source(path, text)]);
        let found: Vec<String> = found.into_iter().map(|(_, finding)| finding).collect();
        crate::flagged(&found, word);
    };
    bad("pipe.rs", "use crate::fifo::create;", "crate::fifo");
    bad("pipe/raw.rs", "use crate::{channel, wait::Wait, socket};", "crate::socket");
    bad("wait.rs", "fn f() { crate::channel::g() }", "crate::channel");
    bad("frame.rs", "use rustix::io::read;", "rustix::io");
    bad("rpc.rs", "use crate::Stream;", "crate::Stream");
    bad("ring/layout.rs", "use crate::socket::Stream;", "crate::socket");
    bad("fifo.rs", "fn f() { println!(\"{}\", crate::ring::N) }", "crate::ring");
    bad("memory.rs", "use super::ring::pair;", "super::ring");
    bad("socket/address.rs", "use super::super::pipe;", "super::super::pipe");
    let good = [
        source::source("lib.rs", lib),
        source::source("ring/meeting.rs", "use crate::socket::Stream; use super::layout; use crate::Wait;"),
        source::source("pipe.rs", "#[cfg(test)] mod tests { use crate::rpc::Client; }"),
    ];
    assert!(forbidden(&good).is_empty());
}
