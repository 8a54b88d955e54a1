//! The rules of the house that clippy does not know.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::source::{self, Source, root};

/// Above this a file holds more than one idea.
const LINES: usize = 420;
const README_LINES: usize = 120;

fn is_punct(t: Option<&TokenTree>, c: char) -> bool {
    matches!(t, Some(TokenTree::Punct(p)) if p.as_char() == c)
}

/// Names that would bring a panic, an allocator or the standard library. `source` left the tests out, and doc
/// comments are strings to a parser.
fn broken(s: &Source) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let tokens: TokenStream = s.text.parse().unwrap();
    scan(s, tokens, &mut found);
    found
}

fn too_long(path: &str, text: &str) -> Option<(String, String)> {
    let lines = text.lines().count();
    (lines > LINES).then(|| (format!("{path} lines"), format!("src/{path}: {lines} lines")))
}

fn scan(s: &Source, tokens: TokenStream, found: &mut Vec<(String, String)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut i = 0;
    while let Some(t) = tokens.get(i) {
        // `#[cfg(test)]` takes the item after it away; `#[…]` is no code at all.
        if is_punct(Some(t), '#') {
            if let Some(TokenTree::Group(g)) = tokens.get(i + 1) {
                if g.delimiter() == Delimiter::Bracket {
                    i += 2;
                    let text = g.stream().to_string().replace(' ', "");
                    if text.starts_with("cfg(test)") || text.starts_with("cfg(all(test,") {
                        i = after_item(&tokens, i);
                    }
                    continue;
                }
            }
        }
        // Constant evaluation panics in the compiler: `const _: () = …;`.
        let anonymous = matches!(tokens.get(i + 1), Some(TokenTree::Ident(n)) if n == "_");
        if matches!(t, TokenTree::Ident(n) if n == "const") && anonymous {
            i = after_item(&tokens, i);
            continue;
        }
        if let TokenTree::Group(g) = t {
            scan(s, g.stream(), found);
        }
        if let TokenTree::Ident(name) = t {
            let word = name.to_string();
            let after_dot = i > 0 && is_punct(tokens.get(i - 1), '.');
            let bang = is_punct(tokens.get(i + 1), '!') && !is_punct(tokens.get(i + 2), '=');
            let path = is_punct(tokens.get(i + 1), ':') && is_punct(tokens.get(i + 2), ':');
            let bad = match word.as_str() {
                "unwrap" | "expect" | "unwrap_err" | "expect_err" => after_dot,
                "panic" | "todo" | "unimplemented" | "unreachable" | "assert" | "assert_eq" | "assert_ne"
                | "debug_assert" | "debug_assert_eq" | "debug_assert_ne" | "println" | "format" | "vec" => {
                    bang
                }
                "std" | "alloc" => path,
                _ => false,
            };
            if bad {
                let line = name.span().start().line;
                found.push((format!("{} {word}", s.path), format!("src/{}:{line}: {word}", s.path)));
            }
        }
        i += 1;
    }
}

/// Past the next `;` or `{…}`.
fn after_item(tokens: &[TokenTree], from: usize) -> usize {
    let end = tokens[from..].iter().position(|t| match t {
        TokenTree::Group(g) => g.delimiter() == Delimiter::Brace,
        t => is_punct(Some(t), ';'),
    });
    end.map_or(tokens.len(), |n| from + n + 1)
}

#[test]
fn no_panic_no_allocator_no_long_file() {
    let mut found: Vec<_> = source::sources().iter().flat_map(broken).collect();
    found.extend(source::files().iter().filter_map(|(path, text)| too_long(path, text)));
    crate::none(&source::except("rule", found));
}

#[test]
fn the_readme_is_read_in_a_minute() {
    if let Ok(text) = std::fs::read_to_string(root().join("README.md")) {
        assert!(text.lines().count() <= README_LINES, "README.md: {} lines", text.lines().count());
    }
}

#[test]
fn a_broken_rule_is_flagged() {
    let found = |text: &str| -> Vec<String> {
        broken(&source::source("x.rs", text)).into_iter().map(|(_, finding)| finding).collect()
    };
    let bad = [
        ("fn f(o: Option<u8>) { o.unwrap(); }", "unwrap"),
        ("fn f(o: Option<u8>) -> u8 { g(o.expect(\"x\")) }", "expect"),
        ("fn f() { panic!() }", "panic"),
        ("fn f() { core::todo!() }", "todo"),
        ("fn f(a: u8) { assert!(a != 1) }", "assert"),
        ("use std::io;", "std"),
        ("extern crate alloc; use alloc::vec::Vec;", "alloc"),
        ("#[cfg(not(test))] fn f() { panic!() }", "panic"),
        ("#[cfg(test)] mod tests { } fn f() { panic!() }", "panic"),
    ];
    for (text, word) in bad {
        crate::flagged(&found(text), word);
    }
    assert!(
        too_long("x.rs", &"\n".repeat(LINES + 1)).is_some()
            && too_long("x.rs", &"\n".repeat(LINES)).is_none()
    );
    let good = [
        "/// Call `unwrap()`; `std::io` is another.\nfn f(o: Option<u8>) -> u8 { o.unwrap_or(0) }",
        "#[expect(dead_code)] fn f() { let panic = 1; if panic != 2 {} }",
        "#[cfg(test)] extern crate std; #[cfg(test)] mod tests { use std::io; fn f() { panic!() } }",
        "const _: () = assert!(size_of::<u8>() == 1);",
    ];
    for text in good {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
}
