//! What one process can see of its sockets; forks, signals and the umask are for tests/ipc.

mod corpora;
mod credentials;
mod crowd;
mod datagram;
mod fds;
mod names;
mod owners;
mod restart;
mod seqpacket;
mod stream;

use super::Address;
use crate::wait::Wait;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::path::PathBuf;
use std::{format, process};

/// Long enough for what has to happen, short enough where it must not.
const SOON: Wait = Wait::at_most(Duration::from_millis(20));
const IN_TIME: Wait = Wait::at_most(Duration::from_secs(20));

fn unique() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A path that nothing stands under.
fn path() -> (PathBuf, Address) {
    let path = crate::scratch::unused("rawipc ");
    (path.clone(), address_of(path))
}

fn address_of(path: PathBuf) -> Address {
    Address::path(&crate::scratch::c_string(path)).unwrap()
}

/// An abstract name that nobody has, with a NUL inside.
fn name() -> Address {
    Address::abstract_name(format!("rawipc\0{} {}", process::id(), unique()).as_bytes()).unwrap()
}
