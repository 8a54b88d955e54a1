//! What is printed: whole lines, each by a single write, so that two processes never mix within one.
//! At most 100 columns; bold and colour only where a person looks at a terminal.

use std::fs::File;
use std::io::{IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;

pub const WIDTH: usize = 100;
const INDENT: &str = "   ";

/// One line, or several in one piece.
pub fn line(text: &str) {
    // SAFETY: standard output stays open; ManuallyDrop keeps this from closing it.
    let mut out = ManuallyDrop::new(unsafe { File::from_raw_fd(1) });
    // Who reads may have left; that is no reason to stop half way with processes about.
    let _ = out.write_all(format!("{text}\n").as_bytes());
}

/// An indented line.
pub fn inner(text: &str) {
    line(&format!("{INDENT}{text}"));
}

/// An empty line, between what is said, what is shown and what is found.
pub fn gap() {
    line("");
}

/// A section's title, the manual page to read on the right, and what it is in plain words.
pub fn section(number: usize, title: &str, manual: &str, words: &str) {
    let gap = WIDTH.saturating_sub(4 + title.len() + manual.len());
    line(&format!("\n{} {:gap$}{}", bold(&format!("{number:2}. {title}")), "", dim(manual), gap = gap - 1));
    paragraph(words);
    line("");
}

/// Words, wrapped to the terminal's width.
pub fn paragraph(words: &str) {
    let mut row = String::new();
    for word in words.split_whitespace() {
        if !row.is_empty() && INDENT.len() + row.len() + 1 + word.len() > WIDTH {
            inner(&row);
            row.clear();
        }
        if !row.is_empty() {
            row.push(' ');
        }
        row.push_str(word);
    }
    inner(&row);
}

pub fn bold(text: &str) -> String {
    paint("1", text)
}

pub fn dim(text: &str) -> String {
    paint("2", text)
}

pub fn verdict(holds: bool) -> String {
    if holds { paint("32", "ok") } else { paint("1;31", "NO") }
}

fn paint(code: &str, text: &str) -> String {
    let plain = std::env::var_os("NO_COLOR").is_some()
        || std::env::var_os("TERM").is_none_or(|term| term == "dumb")
        || !std::io::stdout().is_terminal();
    if plain { text.to_owned() } else { format!("\x1b[{code}m{text}\x1b[0m") }
}

/// One of the two who talk, by its name and number, in front of what it says.
#[derive(Clone, Copy)]
pub struct Voice {
    name: &'static str,
    pid: u32,
}

impl Voice {
    pub fn of(name: &'static str) -> Voice {
        Voice { name, pid: std::process::id() }
    }

    pub fn says(self, text: &str) {
        inner(&format!("{:6} {} | {text}", self.name, self.pid));
    }
}
