//! What a libc would have brought, as little of it as the programs here need: the start, the calls that are no business
//! of rawipc's, and the functions that a compiler may call on its own.
//!
//! There is a panic handler because there must be one. It calls what exists nowhere, so a program that could panic does
//! not link.
#![no_std]

mod kernel;
mod mem;
mod signal;
mod start;

pub use kernel::{exit, fork, reap, reap_any, say};
pub use signal::Signals;
pub use start::Arguments;

/// For programs that give up where something is wrong: the kernel closes what is open.
pub trait OrExit<T> {
    /// The value, or the end of the process with the errno as its status.
    fn or_exit(self) -> T;
}

impl<T> OrExit<T> for rawipc::Result<T> {
    #[inline(always)]
    fn or_exit(self) -> T {
        match self {
            Ok(value) => value,
            Err(e) => fail(e),
        }
    }
}

#[cold]
#[inline(never)]
fn fail(e: rawipc::Error) -> ! {
    exit(e.errno().raw_os_error())
}

unsafe extern "C" {
    /// Exists nowhere.
    fn a_panic_path_is_left() -> !;
}

#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: never linked.
    unsafe { a_panic_path_is_left() }
}
