//! The directory that the files of the tour lie in: its own, closed to others, and gone when the tour is.

use std::ffi::CString;
use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, Ordering};

/// A socket's name has room for 107 bytes, and a line here for a hundred.
const LONGEST_BASE: usize = 40;

pub struct Scratch {
    dir: PathBuf,
}

impl Scratch {
    pub fn create() -> io::Result<Scratch> {
        let base = std::env::temp_dir();
        let base = if base.as_os_str().len() <= LONGEST_BASE { base.as_path() } else { Path::new("/tmp") };
        let dir = base.join(format!("tour-{}", std::process::id()));
        fs::DirBuilder::new().mode(0o700).create(&dir)?;
        Ok(Scratch { dir })
    }

    /// A name in it, for std and for the crate.
    pub fn name(&self, name: &str) -> io::Result<(PathBuf, CString)> {
        let path = self.dir.join(name);
        let c = CString::new(path.as_os_str().as_bytes())?;
        Ok((path, c))
    }

    /// What lies in it.
    pub fn names(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.dir) else { return vec!["unreadable".to_owned()] };
        entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// Who walks, for whoever wants to end the tour.
static WALKER: AtomicI32 = AtomicI32::new(0);

/// What ends a program from outside.
const ENDS: [libc::c_int; 4] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT];

/// Blocks or unblocks what would end this process.
pub fn hold_signals(hold: bool) {
    let mut set = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: room for one set.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    for signal in ENDS {
        // SAFETY: initialised by the line above the loop.
        unsafe { libc::sigaddset(set.as_mut_ptr(), signal) };
    }
    let how = if hold { libc::SIG_BLOCK } else { libc::SIG_UNBLOCK };
    // SAFETY: an initialised set, and the old one is not asked for.
    unsafe { libc::sigprocmask(how, set.as_ptr(), std::ptr::null_mut()) };
}

/// What would end this process ends the one that walks, and leaves this one to clean up.
pub fn hand_on_signals(walker: libc::pid_t) {
    WALKER.store(walker, Ordering::Relaxed);
    for signal in ENDS {
        let handler = hand_on as extern "C" fn(libc::c_int);
        // SAFETY: the handler does nothing but a syscall.
        unsafe { libc::signal(signal, handler as libc::sighandler_t) };
    }
}

extern "C" fn hand_on(signal: libc::c_int) {
    // SAFETY: our own child, not reaped before this process ends.
    unsafe { libc::kill(WALKER.load(Ordering::Relaxed), signal) };
}
