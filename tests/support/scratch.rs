//! Places for files that no process had before: numbers of processes come again, and one that was killed left its files.

#![allow(dead_code)] // each program needs a part of it

use std::ffi::CString;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::string::{String, ToString};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;
use std::vec::Vec;

/// A path in the temporary directory that nothing stands under: of this process, this moment and this call.
pub(crate) fn unused(prefix: &str) -> PathBuf {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let made = MADE.fetch_add(1, Ordering::Relaxed);
    // A quarter of an hour's worth of it: a socket's name has little room.
    let now = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |t| t.as_nanos()) & 0xff_ffff_ffff;
    std::env::temp_dir().join(std::format!("{prefix}-{}-{now:x}-{made}", std::process::id()))
}

/// A new, empty directory, closed to others; removed with all that is in it on drop.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Scratch {
        let dir = unused("rawipc");
        std::fs::DirBuilder::new().mode(0o700).create(&dir).expect("a scratch directory");
        Scratch(dir)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The names of what is in it.
    pub(crate) fn files(&self) -> Vec<String> {
        let names = std::fs::read_dir(&self.0).expect("the directory").flatten().map(|e| e.file_name());
        names.map(|n| n.to_string_lossy().into_owned()).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

static SHARED: OnceLock<PathBuf> = OnceLock::new();

/// The directory that this process and its children share, which `main` made before any of them.
pub(crate) fn shared() -> &'static Path {
    SHARED.get().expect("made by main")
}

/// Makes it. It goes with what this returns.
pub(crate) fn share() -> Scratch {
    let scratch = Scratch::new();
    SHARED.set(scratch.0.clone()).expect("made once");
    scratch
}

/// Where this process alone has its files: a directory in the shared one.
pub(crate) fn own() -> PathBuf {
    shared().join(std::process::id().to_string())
}

/// Makes that directory anew: an earlier process of this number may have left one.
pub(crate) fn renew_own() {
    let _ = std::fs::remove_dir_all(own());
    std::fs::create_dir(own()).expect("a scratch directory");
}

/// A name in it.
pub(crate) fn named(name: &str) -> CString {
    c_string(own().join(name))
}

/// As the crate's functions take it.
pub(crate) fn c_string(path: PathBuf) -> CString {
    CString::new(path.into_os_string().into_encoded_bytes()).expect("no NUL in a path")
}
