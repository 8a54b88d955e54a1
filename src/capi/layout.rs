//! Sizes and offsets, as C programs were compiled with them.

/// `layout!(rawipc_thing: SIZE, member OFFSET, …)`, on a 64-bit machine. tests/capi reads these lines, and has a C
/// compiler assert the same.
macro_rules! layout {
    ($of:ident: $size:literal $(, $member:ident $offset:literal)*) => {
        #[cfg(target_pointer_width = "64")]
        const _: () = {
            assert!(size_of::<$of>() == $size);
            $(assert!(core::mem::offset_of!($of, $member) == $offset);)*
        };
    };
}
pub(crate) use layout;
