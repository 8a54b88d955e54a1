//! Descriptors: plain numbers, as the kernel has them.

use core::ffi::c_int;

use rawipc::fd::{Fd, Stdio};
use rawipc::{Call, Errno};

use crate::arg::Args;
use crate::error::{descriptor, rawipc_error, status};

/// Closes a descriptor, as close(2) does, for programs without libc. Never retried, whatever the kernel says.
///
/// @return 0, or -EBADF for a negative number
/// @rust fd::Fd
#[unsafe(no_mangle)]
pub extern "C" fn rawipc_fd_close(fd: c_int) -> c_int {
    let closed = Args(Call::CLOSE).owned(fd).map(drop);
    // SAFETY: NULL is no error to write to.
    unsafe { status(closed, core::ptr::null_mut()) }
}

/// Makes a second descriptor of the same open file description, close-on-exec.
///
/// Both share flags such as O_NONBLOCK, and the object lives until both are closed: a pipe has no end of file while
/// a forgotten copy of its write end is open.
///
/// @return the new descriptor, 3 or above, or -errno
/// @par Errors
/// EMFILE: RLIMIT_NOFILE is reached. EBADF: fd is not open.
/// @par Ownership
/// The new one is the caller's to close.
/// @rust fd::Fd::try_clone
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_clone(fd: c_int, error: *mut rawipc_error) -> c_int {
    let clone = Args(Call::FCNTL).lent(fd, |fd| fd).and_then(|fd| fd.try_clone());
    // SAFETY: the caller's error.
    unsafe { descriptor(clone, error) }
}

/// Makes a descriptor the standard input, output or error of the program that is exec'd next.
///
/// For use between fork and exec. The copy is blocking and survives exec, as any program expects of its standard
/// streams. What is blocking is the open file description: whoever shares it, a parent that did not close this end
/// among them, finds O_NONBLOCK cleared, and its calls can then wait beyond their deadline. What had the number
/// before is closed.
///
/// @param stdio  0, 1 or 2
/// @return 0, or -errno
/// @par Errors
/// EINVAL: stdio is another number. Else what fcntl and dup3 say.
/// @par Ownership
/// fd is closed, whether it went well or not, unless an argument was refused.
/// @rust fd::Fd::hand_over_as
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_hand_over_as(fd: c_int, stdio: c_int, error: *mut rawipc_error) -> c_int {
    let args = Args(Call::DUP3);
    let handed = (|| {
        let stdio = match stdio {
            0 => Stdio::In,
            1 => Stdio::Out,
            2 => Stdio::Err,
            _ => return Err(args.refused(Errno::INVAL)),
        };
        args.owned(fd)?.hand_over_as(stdio)
    })();
    // SAFETY: the caller's error.
    unsafe { status(handed, error) }
}

/// Lets a program that is exec'd next keep a descriptor, blocking, under the number it has.
///
/// As with rawipc_fd_hand_over_as(), whoever shares the open file description finds it blocking.
///
/// @return 0, or -errno
/// @par Errors
/// What fcntl says.
/// @rust fd::Fd::inherit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_inherit(fd: c_int, error: *mut rawipc_error) -> c_int {
    let inherited = Args(Call::FCNTL).lent(fd, |fd: Fd| fd).and_then(|fd| fd.inherit());
    // SAFETY: the caller's error.
    unsafe { status(inherited, error) }
}
