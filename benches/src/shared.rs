//! Memory that a process shares with the child it forks.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};

/// A value of `T`, all its bytes zero at first, in memory that is shared over fork. Never unmapped: the bench ends.
pub struct Shared<T>(NonNull<T>);

// SAFETY: as good as a reference, and of types that are shared by their own design.
unsafe impl<T: Sync> Send for Shared<T> {}

impl<T> Shared<T> {
    /// # Safety
    /// All zero is a value of `T`.
    pub unsafe fn new() -> Self {
        let at: *mut T = map(size_of::<T>()).cast();
        Shared(NonNull::new(at).expect("an address"))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Shared<T> {}

impl<T> std::ops::Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: mapped for ever, and zero is a value.
        unsafe { self.0.as_ref() }
    }
}

/// A cache line, and the one that the processor fetches beside it.
#[repr(align(128))]
#[derive(Default)]
pub struct Line<T>(pub T);

/// So many bytes, all zero, shared over fork.
pub fn map(len: usize) -> *mut u8 {
    // SAFETY: a new mapping.
    let at = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            len,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_ANONYMOUS | libc::MAP_POPULATE,
            -1,
            0,
        )
    };
    assert!(at != libc::MAP_FAILED, "no shared memory");
    at.cast()
}

/// How everything begins that a peer makes in the file system.
pub fn debris() -> String {
    static FIRST: AtomicU32 = AtomicU32::new(0);
    let own = std::process::id();
    // The process that was first asked, whose child has another number.
    let first = FIRST.compare_exchange(0, own, Relaxed, Relaxed).err().unwrap_or(own);
    format!("{DEBRIS}{first}-")
}

const DEBRIS: &str = "rawipc-bench-";

/// Removes what the peers of benches left that were killed.
pub fn sweep_dead() {
    for dir in ["/tmp", "/dev/shm"] {
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let pid = name.split_once(DEBRIS).and_then(|(_, rest)| rest.split_once('-')).map(|(pid, _)| pid);
            let Some(Ok(pid)) = pid.map(str::parse::<u32>) else { continue };
            if !std::path::Path::new(&format!("/proc/{pid}")).exists() {
                let path = entry.path();
                let _ =
                    if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
            }
        }
    }
}

/// Removes what peers left in the file system.
pub fn sweep() {
    let debris = debris();
    let _ = std::fs::remove_dir_all(format!("/tmp/{debris}"));
    for entry in std::fs::read_dir("/dev/shm").into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().contains(&debris) {
            let path = entry.path();
            let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
        }
    }
}

/// The heap of the whole program, which is shared memory while [`heap`] says so.
pub struct Heap;

static SHARED: AtomicBool = AtomicBool::new(false);
static AREA: AtomicUsize = AtomicUsize::new(0);
static USED: AtomicUsize = AtomicUsize::new(0);
const AREA_LEN: usize = 256 << 20;

/// Whatever is allocated in `make` is allocated in shared memory, and never freed.
#[cfg(feature = "peers")]
pub fn heap<T>(make: impl FnOnce() -> T) -> T {
    SHARED.store(true, Relaxed);
    let made = make();
    SHARED.store(false, Relaxed);
    made
}

// SAFETY: the system's, but for shared memory, of which each piece is given away once. One thread alone asks for that.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !SHARED.load(Relaxed) {
            // SAFETY: passed on.
            return unsafe { System.alloc(layout) };
        }
        if AREA.load(Relaxed) == 0 {
            // Not populated: most of it is never used.
            // SAFETY: a new mapping.
            let at = unsafe {
                libc::mmap(
                    std::ptr::null_mut(),
                    AREA_LEN,
                    libc::PROT_READ | libc::PROT_WRITE,
                    libc::MAP_SHARED | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                    -1,
                    0,
                )
            };
            if at == libc::MAP_FAILED {
                return std::ptr::null_mut();
            }
            AREA.store(at as usize, Relaxed);
        }
        let from = USED.load(Relaxed).next_multiple_of(layout.align().max(64));
        if from + layout.size() > AREA_LEN {
            return std::ptr::null_mut();
        }
        USED.store(from + layout.size(), Relaxed);
        (AREA.load(Relaxed) + from) as *mut u8
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        let area = AREA.load(Relaxed);
        if area == 0 || !(area..area + AREA_LEN).contains(&(at as usize)) {
            // SAFETY: of the system's allocator.
            unsafe { System.dealloc(at, layout) }
        }
    }
}
