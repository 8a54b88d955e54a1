//! What a test must leave as it found it: descriptors, shared mappings, children.

use crate::os::fds::{self, Seen};
use crate::os::maps::{self, Mapping};
use crate::os::process;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::fd::RawFd;

/// Everything that can leak, counted.
pub struct Belongings {
    descriptors: BTreeMap<RawFd, Seen>,
    mappings: Vec<Mapping>,
}

impl Belongings {
    pub fn now() -> Belongings {
        assert_eq!(crate::tables::own_difference(), None, "before the test");
        Belongings { descriptors: fds::own(), mappings: maps::shared(std::process::id()) }
    }

    /// What is there now and was not, or the other way round.
    pub fn difference(&self) -> Option<String> {
        let mut text = crate::tables::own_difference().unwrap_or_default();
        // Descriptors first: a child that is waited for has none any more.
        let now = fds::own();
        for (fd, seen) in &now {
            match self.descriptors.get(fd) {
                None => writeln!(text, "leaked descriptor {fd} -> {}", seen.target.display()),
                Some(old) if old != seen => writeln!(text, "descriptor {fd} was {old:?}, is {seen:?}"),
                Some(_) => Ok(()),
            }
            .expect("text");
        }
        for (fd, old) in self.descriptors.iter().filter(|(fd, _)| !now.contains_key(fd)) {
            writeln!(text, "descriptor {fd} -> {} is gone", old.target.display()).expect("text");
        }
        for line in maps::shared(std::process::id()).iter().filter(|line| !self.mappings.contains(line)) {
            writeln!(text, "leaked mapping {line:?}").expect("text");
        }
        if process::have_children() {
            writeln!(text, "left a child, alive or not waited for").expect("text");
        }
        if text.is_empty() { None } else { Some(text) }
    }
}
