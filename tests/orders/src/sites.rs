//! Every place in the shipped files that asks for more than relaxed order, found in their text.

use std::fmt;

const FILES: [(&str, &str); 4] = [
    ("index.rs", include_str!("../../../src/ring/index.rs")),
    ("sleep.rs", include_str!("../../../src/ring/sleep.rs")),
    ("side.rs", include_str!("../../../src/ring/side.rs")),
    ("ladder.rs", include_str!("../../../src/ring/ladder.rs")),
];

pub struct Site {
    pub file: &'static str,
    pub line: u32,
    pub text: &'static str,
}

/// What ships: the tests below it are left out, and comments.
pub fn all() -> Vec<Site> {
    let mut found = Vec::new();
    for (file, text) in FILES {
        let shipped = text.split("#[cfg(test)]").next().unwrap_or(text);
        for (line, text) in (1..).zip(shipped.lines().map(str::trim)) {
            let strong = ["Acquire", "Release", "AcqRel", "SeqCst"].map(|name| format!("Ordering::{name}"));
            if !text.starts_with("//") && strong.iter().any(|name| text.contains(name)) {
                found.push(Site { file, line, text });
            }
        }
    }
    found
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}", self.file, self.line, self.text)
    }
}
