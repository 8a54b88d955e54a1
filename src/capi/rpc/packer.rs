//! Values into bytes, one behind the other, in a buffer that is the caller's.
//!
//! What does not fit is -EMSGSIZE, and from then on everything is, the call or the reply that the packer is given to
//! among it: no half of a message can pass for a whole one, and a program that packs several values can leave the
//! answers unread until then.

use core::ffi::{c_char, c_int, c_void};
use core::str;

use rawipc::rpc::Packer;
use rawipc::{Call, Errno, Result};

use crate::arg::Args;
use crate::error::{length, rawipc_error, status};
use crate::handle::holds;
use crate::ssize_t;

/// Where values are packed. A handle: it does not move. There is nothing to close.
#[repr(C)]
pub struct rawipc_packer {
    opaque: [u64; 6],
}

crate::layout!(rawipc_packer: 48);
holds!(rawipc_packer, Packer<'static>, *b"packer  ");

const PACK: Args = Args(Call::RPC);

/// Packs into a buffer, from its beginning. A packer that is there already begins anew.
///
/// @param packer  gets it
/// @return 0, or -errno
/// @par Ownership
/// The buffer is the packer's as long as that is used.
/// @rust rpc::Packer::new
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_new(
    packer: *mut rawipc_packer,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { PACK.empty(packer) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { PACK.buffer(buf, len) }?;
        to.set(Packer::new(buf));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Packs a uint8_t.
///
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: the buffer is full.
/// @rust rpc::Packer::u8
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_u8(
    packer: *mut rawipc_packer,
    value: u8,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's packer.
    let packed = unsafe { pack(packer, &value.to_le_bytes()) };
    // SAFETY: the caller's error.
    unsafe { status(packed, error) }
}

/// Packs a uint16_t.
///
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: the buffer is full.
/// @rust rpc::Packer::u16
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_u16(
    packer: *mut rawipc_packer,
    value: u16,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's packer.
    let packed = unsafe { pack(packer, &value.to_le_bytes()) };
    // SAFETY: the caller's error.
    unsafe { status(packed, error) }
}

/// Packs a uint32_t.
///
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: the buffer is full.
/// @rust rpc::Packer::u32
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_u32(
    packer: *mut rawipc_packer,
    value: u32,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's packer.
    let packed = unsafe { pack(packer, &value.to_le_bytes()) };
    // SAFETY: the caller's error.
    unsafe { status(packed, error) }
}

/// Packs a uint64_t.
///
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: the buffer is full.
/// @rust rpc::Packer::u64
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_u64(
    packer: *mut rawipc_packer,
    value: u64,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's packer.
    let packed = unsafe { pack(packer, &value.to_le_bytes()) };
    // SAFETY: the caller's error.
    unsafe { status(packed, error) }
}

/// Packs an int8_t.
///
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: the buffer is full.
/// @rust rpc::Packer::i8
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_i8(
    packer: *mut rawipc_packer,
    value: i8,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's packer.
    let packed = unsafe { pack(packer, &value.to_le_bytes()) };
    // SAFETY: the caller's error.
    unsafe { status(packed, error) }
}

/// Packs an int16_t.
///
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: the buffer is full.
/// @rust rpc::Packer::i16
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_i16(
    packer: *mut rawipc_packer,
    value: i16,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's packer.
    let packed = unsafe { pack(packer, &value.to_le_bytes()) };
    // SAFETY: the caller's error.
    unsafe { status(packed, error) }
}

/// Packs an int32_t.
///
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: the buffer is full.
/// @rust rpc::Packer::i32
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_i32(
    packer: *mut rawipc_packer,
    value: i32,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's packer.
    let packed = unsafe { pack(packer, &value.to_le_bytes()) };
    // SAFETY: the caller's error.
    unsafe { status(packed, error) }
}

/// Packs an int64_t.
///
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: the buffer is full.
/// @rust rpc::Packer::i64
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_i64(
    packer: *mut rawipc_packer,
    value: i64,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's packer.
    let packed = unsafe { pack(packer, &value.to_le_bytes()) };
    // SAFETY: the caller's error.
    unsafe { status(packed, error) }
}

/// Packs a bool, 0 or 1, as one byte.
///
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: the buffer is full. EINVAL: it is another number.
/// @rust rpc::Packer::bool
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_bool(
    packer: *mut rawipc_packer,
    value: c_int,
    error: *mut rawipc_error,
) -> c_int {
    let packed = (|| {
        let value = u8::try_from(value).ok().filter(|value| *value <= 1);
        let value = value.ok_or_else(|| PACK.refused(Errno::INVAL))?;
        // SAFETY: the caller's packer.
        unsafe { pack(packer, &[value]) }
    })();
    // SAFETY: the caller's error.
    unsafe { status(packed, error) }
}

/// Packs bytes with their number in front, as a uint32_t.
///
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: the buffer is full.
/// @rust rpc::Packer::bytes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_bytes(
    packer: *mut rawipc_packer,
    bytes: *const c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let packed = (|| {
        // SAFETY: the caller's bytes.
        let bytes = unsafe { PACK.bytes(bytes, len) }?;
        // SAFETY: the caller's packer.
        unsafe { PACK.value(packer) }?.bytes(bytes)
    })();
    // SAFETY: the caller's error.
    unsafe { status(packed, error) }
}

/// Packs text, len bytes of UTF-8, with their number in front; a NUL behind them is not needed, and not packed.
///
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: the buffer is full. EILSEQ: it is not UTF-8.
/// @rust rpc::Packer::str
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_str(
    packer: *mut rawipc_packer,
    text: *const c_char,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let packed = (|| {
        // SAFETY: the caller's text.
        let text = unsafe { PACK.bytes(text.cast(), len) }?;
        let text = str::from_utf8(text).map_err(|_| PACK.refused(Errno::ILSEQ))?;
        // SAFETY: the caller's packer.
        unsafe { PACK.value(packer) }?.str(text)
    })();
    // SAFETY: the caller's error.
    unsafe { status(packed, error) }
}

/// Packs what another packer has packed, as it is.
///
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: the buffer is full.
/// @rust rpc::Packer::append
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_append(
    packer: *mut rawipc_packer,
    packed: *const c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let done = (|| {
        // SAFETY: the caller's bytes.
        let packed = unsafe { PACK.bytes(packed, len) }?;
        // SAFETY: the caller's packer.
        unsafe { pack(packer, packed) }
    })();
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// How many bytes have been packed so far.
///
/// @return bytes, or -errno
/// @rust rpc::Packer::len
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_len(
    packer: *const rawipc_packer,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's packer.
    let told = unsafe { PACK.value_ref(packer) }.map(Packer::len);
    // SAFETY: the caller's error.
    unsafe { length(told, error) }
}

/// All that was packed so far, to send it in a message of one's own. It can go on.
///
/// @param packed  gets a pointer to it, in the packer's buffer
/// @return how many bytes they are, or -errno
/// @par Errors
/// EMSGSIZE: something before did not fit.
/// @rust rpc::Packer::packed, rpc::Packer::finish
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_packer_packed(
    packer: *const rawipc_packer,
    packed: *mut *const c_void,
    error: *mut rawipc_error,
) -> ssize_t {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { PACK.output(packed) }?;
        // SAFETY: the caller's packer.
        let packer = unsafe { PACK.value_ref(packer) }?;
        let packed = packer.packed()?;
        to.set(packed.as_ptr().cast());
        Ok(packed.len())
    })();
    // SAFETY: the caller's error.
    unsafe { length(told, error) }
}

/// A value is its bytes, little endian: one function for all.
///
/// # Safety
/// As [`Args::value`].
#[inline(never)]
unsafe fn pack(packer: *mut rawipc_packer, value: &[u8]) -> Result<()> {
    // SAFETY: by the caller.
    unsafe { PACK.value(packer) }?.append(value)
}
