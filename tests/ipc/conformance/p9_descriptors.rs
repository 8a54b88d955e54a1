//! Point 9: descriptors are close-on-exec from the call that makes them, files are 0600, and what a killed
//! process leaves does not stand in its successor's way.

use super::Mechanism;
use super::mechanism::{Named, SMALL, fresh_path, message};
use crate::os;
use crate::os::fds;
use crate::os::process::{Child, Gate, nap};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

pub fn check(m: &Mechanism) {
    // Nothing but what the code itself says may keep a file from the world.
    let mask = os::umask(0);
    close_on_exec(m);
    if let Some(named) = m.named {
        private_file(named);
        successor(named);
    }
    os::umask(mask);
}

fn close_on_exec(m: &Mechanism) {
    let before = fds::own();
    let (mut tx, mut rx) = (m.make)().both();
    tx.put(&message(0, SMALL));
    rx.expect(&message(0, SMALL));
    for (fd, seen) in fds::new_since(&before) {
        assert!(seen.is_cloexec(), "descriptor {fd} -> {} survives exec", seen.target.display());
    }
    for entry in std::fs::read_dir(".").expect("the test's directory").flatten() {
        assert_private(&entry.path());
    }
}

fn private_file(Named { create, .. }: Named) {
    let path = fresh_path();
    let keeps = create(&path).expect("a new name");
    assert_private(as_path(&path));
    drop(keeps);
}

fn assert_private(path: &Path) {
    let mode = std::fs::symlink_metadata(path).expect("the file").mode() & 0o7777;
    assert_eq!(mode, 0o600, "the mode of {}", path.display());
}

/// A process with a name is killed; the next one takes the name, and it is as private as the first.
fn successor(Named { create, .. }: Named) {
    let path = fresh_path();
    for round in 0..3 {
        let there = Gate::new();
        let child = Child::spawn(|| {
            let keeps = create(&path).unwrap_or_else(|e| panic!("successor {round}: {e}"));
            there.open();
            nap(Duration::from_secs(60));
            drop(keeps);
        });
        there.wait();
        child.kill();
    }
    let keeps = create(&path).expect("the last one's name");
    assert_private(as_path(&path));
    drop(keeps);
}

fn as_path(path: &std::ffi::CStr) -> &Path {
    Path::new(path.to_str().expect("ASCII"))
}
