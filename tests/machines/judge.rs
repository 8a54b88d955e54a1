//! What became of each test on another machine, against the list of what cannot work there.

use std::collections::BTreeMap;
use std::path::Path;

/// What cannot work: a name, in which `*` stands for anything, and the reason. With `~` in front it can at times.
pub struct Line {
    pattern: String,
    at_times: bool,
    reason: String,
}

/// The list of a machine; none where nothing is listed.
pub fn read(machine: &str) -> Vec<Line> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/machines/{machine}.txt"));
    parse(&std::fs::read_to_string(path).unwrap_or_default())
}

pub fn parse(text: &str) -> Vec<Line> {
    let lines = text.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    let split = |l: &str| {
        let (pattern, reason) = l.split_once(" | ").unwrap_or((l, ""));
        let (pattern, at_times) =
            pattern.strip_prefix('~').map_or((pattern, false), |pattern| (pattern, true));
        Line { pattern: pattern.trim().into(), at_times, reason: reason.trim().into() }
    };
    lines.map(split).collect()
}

impl Line {
    fn matches(&self, name: &str) -> bool {
        let parts: Vec<&str> = self.pattern.split('*').collect();
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return false };
        if parts.len() == 1 {
            return name == *first;
        }
        let Some(mut rest) = name.strip_prefix(first).and_then(|r| r.strip_suffix(last)) else {
            return false;
        };
        parts[1..parts.len() - 1].iter().all(|part| match rest.split_once(part) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    }
}

/// What the programs said: whether each of their tests passed.
pub struct Outcomes {
    tests: BTreeMap<String, bool>,
    /// Programs that did not come to their end.
    unended: usize,
}

impl Outcomes {
    pub fn of(outputs: impl Iterator<Item = String>) -> Outcomes {
        let mut outcomes = Outcomes { tests: BTreeMap::new(), unended: 0 };
        for text in outputs {
            let results = text.lines().filter_map(|l| l.strip_prefix("test ")?.split_once(" ... "));
            outcomes.tests.extend(results.map(|(name, how)| (name.to_owned(), how == "ok")));
            outcomes.unended += usize::from(!text.contains("\ntest result: "));
        }
        outcomes
    }

    /// Asks once more of each that did not pass and is not listed: an emulator is slow, and its tests hurry each other.
    pub fn ask_again(&mut self, list: &[Line], passes: impl Fn(&str) -> bool) {
        for (name, ok) in
            self.tests.iter_mut().filter(|(name, ok)| !**ok && !list.iter().any(|l| l.matches(name)))
        {
            *ok = passes(name);
        }
    }

    pub fn summary(&self) -> String {
        let passed = self.tests.values().filter(|ok| **ok).count();
        let all = self.tests.len();
        format!("{passed} of {all} tests passed, {} are listed as what cannot work there", all - passed)
    }

    pub fn findings(&self, list: &[Line]) -> Vec<String> {
        let mut found = Vec::new();
        if self.unended > 0 || self.tests.is_empty() {
            found.push(format!("{} of the programs did not come to their end", self.unended));
        }
        let missed = || self.tests.iter().filter(|(_, ok)| !**ok).map(|(name, _)| name);
        for name in missed().filter(|name| !list.iter().any(|l| l.matches(name))) {
            found.push(format!("{name} does not pass there"));
        }
        for line in list {
            if !line.at_times && !missed().any(|name| line.matches(name)) {
                found.push(format!("{} is listed, and passes", line.pattern));
            }
            if line.reason.is_empty() {
                found.push(format!("{} is listed without a reason", line.pattern));
            }
        }
        found
    }
}
