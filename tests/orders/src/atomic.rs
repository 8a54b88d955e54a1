//! Loom's atomics behind the names that the shipped files use, with one ordering weakened where that is asked for.

use loom::sync::atomic as loom_atomic;
use std::panic::Location;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

pub use std::sync::atomic::Ordering;

/// The ordering that is weakened: the end of a file's path, and a line of it.
static WEAKENED: OnceLock<(String, u32)> = OnceLock::new();
static MET: AtomicBool = AtomicBool::new(false);

pub fn weaken(file: &str, line: u32) {
    WEAKENED.set((format!("/{file}"), line)).expect("one at a time");
}

/// Whether the weakened ordering was used at all.
pub fn was_met() -> bool {
    MET.load(Ordering::Relaxed)
}

/// What `order` is at this place: itself, or one step less; `None` is nothing at all.
fn at(place: &Location<'_>, order: Ordering) -> Ordering {
    let Some((file, line)) = WEAKENED.get() else { return order };
    if place.line() != *line || !place.file().ends_with(file) {
        return order;
    }
    MET.store(true, Ordering::Relaxed);
    match order {
        Ordering::SeqCst => Ordering::AcqRel,
        _ => Ordering::Relaxed,
    }
}

#[derive(Debug)]
pub struct AtomicU32(loom_atomic::AtomicU32);

impl AtomicU32 {
    pub fn new(value: u32) -> AtomicU32 {
        AtomicU32(loom_atomic::AtomicU32::new(value))
    }

    #[track_caller]
    pub fn load(&self, order: Ordering) -> u32 {
        crate::sys::sleep::interrupt();
        self.0.load(at(Location::caller(), order))
    }

    #[track_caller]
    pub fn store(&self, value: u32, order: Ordering) {
        crate::sys::sleep::interrupt();
        self.0.store(value, at(Location::caller(), order));
    }

    #[track_caller]
    pub fn fetch_add(&self, value: u32, order: Ordering) -> u32 {
        crate::sys::sleep::interrupt();
        self.0.fetch_add(value, at(Location::caller(), order))
    }

    #[track_caller]
    pub fn compare_exchange(&self, old: u32, new: u32, on: Ordering, off: Ordering) -> Result<u32, u32> {
        crate::sys::sleep::interrupt();
        let place = Location::caller();
        self.0.compare_exchange(old, new, at(place, on), at(place, off))
    }
}

#[track_caller]
pub fn fence(order: Ordering) {
    crate::sys::sleep::interrupt();
    match at(Location::caller(), order) {
        Ordering::Relaxed => {}
        order => loom_atomic::fence(order),
    }
}

/// Loom keeps the order of the program, and processors alone change it: nothing is modelled here.
#[track_caller]
pub fn compiler_fence(order: Ordering) {
    at(Location::caller(), order);
}
