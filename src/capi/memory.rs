//! Mapped memory: named by inheritance, by a descriptor, or by a path.
//!
//! rawipc_map_anonymous() is for what is forked from now on, and has no seals. rawipc_memfd_create() names memory by a
//! descriptor, its size sealed; rawipc_memfd_seal_writes() leaves writing to the mappings that are there. A
//! rawipc_file_create() is named by a path, and can be cut short by whoever may write to it: an access is SIGBUS then.
//!
//! A process that shares memory can change any of it at any time. Copy bytes out with rawipc_map_read(), once, and
//! judge the copy; words that both sides write are atomics (rawipc_map_atomic_u32()).

// Types before their use; apart, so that rustfmt leaves it.
pub mod map;

pub mod memfd;

pub mod file;
