//! One symbol for each public function: `probe_pipe__ReadEnd__read` calls `pipe::ReadEnd::read`, and nothing else.
//!
//! Nobody calls them, so the compiler knows nothing of their arguments. The panic handler calls a symbol that
//! exists nowhere: what links without it cannot panic.

#![no_std]
#![allow(non_snake_case, improper_ctypes_definitions, clippy::missing_safety_doc)]

mod base;
mod composites;
mod mechanisms;
mod twins;

unsafe extern "C" {
    fn rawipc_a_panic_path_is_left() -> !;
}

#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: never linked.
    unsafe { rawipc_a_panic_path_is_left() }
}

/// `name(arguments) -> result = expression;` becomes a symbol of that name.
macro_rules! probes {
    ($($name:ident $(<$($life:lifetime),+>)? ($($arg:ident: $ty:ty),*) $(-> $ret:ty)? = $body:expr;)+) => {
        $(
            #[unsafe(no_mangle)]
            pub extern "C" fn $name $(<$($life),+>)? ($($arg: $ty),*) $(-> $ret)? {
                $body
            }
        )+
    };
}
pub(crate) use probes;
