//! Allow-lists of exactly the calls that this crate's functions make, as a filter in the kernel.
//!
//! A [`List`] is a set of calls. Its constants are made from the `# Syscalls` tables, for each module, and for each
//! role that a process plays once everything is set up. [`Filter::new`] makes a list into instructions, in a buffer
//! of the caller's, and [`Filter::install`] puts them in front of the thread for good:
//!
//! ```
//! use rawipc::seccomp::{Action, Filter, Instruction, List, ROOM};
//! use rawipc::{ByteRead, ByteWrite, Wait, pipe};
//!
//! const LIST: List = List::PIPE_WRITER.and(List::EXIT);
//!
//! let (mut read_end, mut write_end) = pipe::pair()?;
//! // SAFETY: the child makes raw calls only, and leaves.
//! let child = unsafe { libc::fork() };
//! if child == 0 {
//!     let mut buf = [Instruction::NONE; ROOM];
//!     let filter = Filter::new(LIST, &[], Action::Kill, &mut buf);
//!     let done = filter.and_then(|filter| filter.install()).is_ok()
//!         && write_end.write_all(b"I can do this", Wait::FOREVER).is_ok();
//!     // SAFETY: not on the list: the end of the child, by SIGSYS.
//!     unsafe { libc::getppid() };
//!     // SAFETY: not reached.
//!     unsafe { libc::_exit(done as i32) };
//! }
//! drop(write_end);
//! let mut buf = [0; 16];
//! assert_eq!(read_end.read(&mut buf, Wait::FOREVER)?, 13);
//! let mut status = 0;
//! // SAFETY: our own child.
//! unsafe { libc::waitpid(child, &mut status, 0) };
//! assert_eq!(libc::WTERMSIG(status), libc::SIGSYS);
//! # Ok::<(), rawipc::Error>(())
//! ```
//!
//! # What the lists hold
//! - The calls of every case, those of older kernels included.
//! - A condition on an argument where the number says too little ([`List::check`]): sockets are of `AF_UNIX`, no
//!   memory is executable, what `mknodat` makes is a FIFO, `fcntl` has the commands of the functions that are
//!   listed, `ioctl` is `FIONREAD`, `prctl` can only set what it has set.
//! - `close` wherever something is held.
//! - Nothing of the program around: [`List::EXIT`] has what hardly any can do without, [`List::with`] adds a call,
//!   and whatever else a C library or an allocator calls is given to [`Filter::new`] by its number.
//!
//! A channel over another, as of [`frame`](crate::frame) or [`rpc`](crate::rpc), needs both lists:
//! `List::PIPE_WRITER.and(List::FRAME)`.
//!
//! A process that is stopped and continued in the middle of a wait makes the wait's own call again, which is on the
//! list with it.
//!
//! From Linux 5.11 on a call that has no condition is let through without a look at the instructions; a call that
//! has one runs through them.
//!
//! # Architectures
//! The numbers are those of the architecture that the crate is compiled for: x86-64, AArch64, RISC-V (64 bits), ARM
//! and x86. On the two of 32 bits some calls have another name (`clock_gettime64`, `fcntl64`, `fstatat64`, `mmap2`,
//! `ppoll_time64`…), `statx` comes before `fstat` and `newfstatat`, and on x86 `socketcall` stands for all calls
//! of sockets, so that the family cannot be checked. With the feature `libc` the calls are those of the C library,
//! which may be others.

mod check;
#[allow(unsafe_code)]
mod filter;
mod list;
#[rustfmt::skip]
mod lists;
mod number;
#[cfg(test)]
mod tests;

pub use check::Check;
pub use filter::{Action, Filter, Instruction, ROOM};
pub use list::{Fcntl, List};
