//! What went wrong: which syscall said no, and why.

use core::ffi::{CStr, c_char, c_int, c_void};

use rawipc::fd::{AsFd, AsRawFd, Fd};
use rawipc::{Call, Errno, Error, Origin, Result};

use crate::arg::Args;
use crate::ssize_t;

/// The kernel answered the call with this errno.
pub const RAWIPC_ORIGIN_KERNEL: u16 = 0;
/// The arguments were refused, before any syscall that they were for; the call is that one.
pub const RAWIPC_ORIGIN_ARGUMENT: u16 = 1;
/// What the peer sent, or put into shared memory, was judged and found wrong.
pub const RAWIPC_ORIGIN_PEER: u16 = 2;
/// A wait ended at its deadline (ETIMEDOUT), or was over before it began.
pub const RAWIPC_ORIGIN_DEADLINE: u16 = 3;

/// The longest text that rawipc_error_describe() writes, its NUL included.
pub const RAWIPC_ERROR_TEXT_MAX: usize = 81;

/// Which syscall said no, and why: what a function that fails writes to its last argument.
///
/// Not written to on success.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_error {
    /// The errno; the function returned its negative.
    pub code: c_int,
    /// Which syscall, for rawipc_error_call().
    pub call: u16,
    /// Who found it: RAWIPC_ORIGIN_….
    pub origin: u16,
    /// With EMSGSIZE, from a receive: the bytes that a buffer needs for the message that waits; from a send: the
    /// largest message that goes. With EBADMSG: the length of a message above the limit, where it is known. Else 0.
    pub needed: u64,
}

crate::layout!(rawipc_error: 16, code 0, call 4, origin 6, needed 8);
const _: () = assert!(RAWIPC_ERROR_TEXT_MAX == Error::TEXT_MAX + 1);

/// The kernel's name of the syscall that failed, or that refused arguments were meant for.
///
/// @return a static string, "unknown" for what is no error of this library
/// @rust error::Call::c_name
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_error_call(error: *const rawipc_error) -> *const c_char {
    // SAFETY: the caller's error.
    let given = unsafe { ANY.input(error) };
    let call = given.ok().and_then(|error| error.known_call());
    call.map_or(c"unknown", Call::c_name).as_ptr()
}

/// The error as a line of text, such as "pwritev2: EINVAL (refused before the call)".
///
/// @param buf  gets as much of it as fits, always ended by a NUL; RAWIPC_ERROR_TEXT_MAX bytes are enough
/// @return the length of the whole text without its NUL, or -errno
/// @par Errors
/// EFAULT: error or buf is NULL.
/// @rust error::Error::describe
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_error_describe(
    error: *const rawipc_error,
    buf: *mut c_char,
    len: usize,
) -> ssize_t {
    let described = (|| {
        // SAFETY: the caller's error.
        let error = unsafe { ANY.input(error) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { ANY.buffer(buf.cast::<c_void>(), len) }?;
        Ok(error.describe(buf))
    })();
    // SAFETY: NULL is no error to write to.
    unsafe { length(described, core::ptr::null_mut()) }
}

/// Arguments that are for no call.
const ANY: Args = Args(Call::MEMORY);

impl rawipc_error {
    fn known_call(&self) -> Option<Call> {
        u8::try_from(self.call).ok().and_then(Call::from_number)
    }

    /// Ended by a NUL where there is room for one.
    fn describe(&self, buf: &mut [u8]) -> usize {
        let len = match self.known() {
            Some(error) => error.describe(buf),
            None => put(c"unknown", buf),
        };
        let last = buf.len().saturating_sub(1);
        if let Some(end) = buf.get_mut(len.min(last)) {
            *end = 0;
        }
        len
    }

    /// The error that it came from.
    fn known(&self) -> Option<Error> {
        let call = self.known_call()?;
        let code = u16::try_from(self.code).ok().filter(|code| (1..4096).contains(code))?;
        let errno = Errno::from_raw_os_error(i32::from(code));
        let error = match self.origin {
            RAWIPC_ORIGIN_KERNEL => Error::kernel(call, errno),
            RAWIPC_ORIGIN_ARGUMENT => Error::argument(call, errno),
            RAWIPC_ORIGIN_PEER => Error::peer(call, errno),
            RAWIPC_ORIGIN_DEADLINE => Error::deadline(call),
            _ => return None,
        };
        Some(error.with_needed(usize::try_from(self.needed).unwrap_or(usize::MAX)))
    }
}

fn put(text: &CStr, buf: &mut [u8]) -> usize {
    for (to, from) in buf.iter_mut().zip(text.to_bytes()) {
        *to = *from;
    }
    text.count_bytes()
}

/// Tells C of a failure, and returns `-errno`.
///
/// # Safety
/// `out` is NULL, or memory for an error.
#[cold]
#[inline(never)]
unsafe fn failed(error: Error, out: *mut rawipc_error) -> c_int {
    let code = error.errno().raw_os_error();
    // SAFETY: by the caller.
    if let Ok(out) = unsafe { ANY.output(out) } {
        let origin = match error.origin() {
            Origin::Kernel => RAWIPC_ORIGIN_KERNEL,
            Origin::Argument => RAWIPC_ORIGIN_ARGUMENT,
            Origin::Peer => RAWIPC_ORIGIN_PEER,
            Origin::Deadline => RAWIPC_ORIGIN_DEADLINE,
        };
        let needed = error.needed().unwrap_or(0) as u64;
        out.set(rawipc_error { code, call: u16::from(error.call().number()), origin, needed });
    }
    code.wrapping_neg()
}

/// 0, or `-errno`.
///
/// # Safety
/// `error` is NULL, or memory for an error.
#[inline]
pub(crate) unsafe fn status(result: Result<()>, error: *mut rawipc_error) -> c_int {
    match result {
        Ok(()) => 0,
        // SAFETY: by the caller.
        Err(e) => unsafe { failed(e, error) },
    }
}

/// A length, or `-errno`.
///
/// # Safety
/// `error` is NULL, or memory for an error.
#[inline]
pub(crate) unsafe fn length(result: Result<usize>, error: *mut rawipc_error) -> ssize_t {
    match result {
        Ok(len) => len as ssize_t,
        // SAFETY: by the caller.
        Err(e) => unsafe { failed(e, error) as ssize_t },
    }
}

/// A descriptor that is the caller's from now on, or `-errno`.
///
/// # Safety
/// `error` is NULL, or memory for an error.
#[inline]
pub(crate) unsafe fn descriptor(result: Result<Fd>, error: *mut rawipc_error) -> c_int {
    match result {
        Ok(fd) => fd.into_raw(),
        // SAFETY: by the caller.
        Err(e) => unsafe { failed(e, error) },
    }
}

/// The descriptor of what keeps it, or `-errno`.
///
/// # Safety
/// `error` is NULL, or memory for an error.
#[inline]
pub(crate) unsafe fn lent_descriptor<T: AsFd>(owner: Result<&T>, error: *mut rawipc_error) -> c_int {
    match owner {
        Ok(owner) => owner.as_fd().as_raw_fd(),
        // SAFETY: by the caller.
        Err(e) => unsafe { failed(e, error) },
    }
}
