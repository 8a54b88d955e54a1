//! Bytes into values, in the order in which a packer packed them; nothing is believed.
//!
//! What is not there, or is no such value, is -EBADMSG from the peer, and from then on everything is, so that a program
//! that unpacks several values can leave all answers but that of rawipc_unpacker_finish() unread. Bytes and text are not
//! copied: they lie in the message.

use core::ffi::{c_char, c_int, c_void};

use rawipc::rpc::Unpacker;
use rawipc::{Call, Result};

use crate::arg::Args;
use crate::error::{length, rawipc_error, status};
use crate::handle::holds;
use crate::ssize_t;

/// What values are unpacked from. A handle: it does not move. There is nothing to close.
#[repr(C)]
pub struct rawipc_unpacker {
    opaque: [u64; 4],
}

crate::layout!(rawipc_unpacker: 32);
holds!(rawipc_unpacker, Unpacker<'static>, *b"unpacker");

const UNPACK: Args = Args(Call::RPC);

/// Unpacks from a message, from its beginning. An unpacker that is there already begins anew.
///
/// @param unpacker  gets it
/// @return 0, or -errno
/// @par Ownership
/// The message stays as it is as long as the unpacker, or what came out of it, is used.
/// @rust rpc::Unpacker::new
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_unpacker_new(
    unpacker: *mut rawipc_unpacker,
    msg: *const c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { UNPACK.empty(unpacker) }?;
        // SAFETY: the caller's bytes.
        let msg = unsafe { UNPACK.bytes(msg, len) }?;
        to.set(Unpacker::new(msg));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Unpacks a uint8_t.
///
/// @param value  gets it
/// @return 0, or -errno
/// @par Errors
/// EBADMSG: the message ends before.
/// @rust rpc::Unpacker::u8
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_unpacker_u8(
    unpacker: *mut rawipc_unpacker,
    value: *mut u8,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's unpacker and output.
    let unpacked = unsafe { unpack(unpacker, value, Unpacker::u8) };
    // SAFETY: the caller's error.
    unsafe { status(unpacked, error) }
}

/// Unpacks a uint16_t.
///
/// @param value  gets it
/// @return 0, or -errno
/// @par Errors
/// EBADMSG: the message ends before.
/// @rust rpc::Unpacker::u16
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_unpacker_u16(
    unpacker: *mut rawipc_unpacker,
    value: *mut u16,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's unpacker and output.
    let unpacked = unsafe { unpack(unpacker, value, Unpacker::u16) };
    // SAFETY: the caller's error.
    unsafe { status(unpacked, error) }
}

/// Unpacks a uint32_t.
///
/// @param value  gets it
/// @return 0, or -errno
/// @par Errors
/// EBADMSG: the message ends before.
/// @rust rpc::Unpacker::u32
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_unpacker_u32(
    unpacker: *mut rawipc_unpacker,
    value: *mut u32,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's unpacker and output.
    let unpacked = unsafe { unpack(unpacker, value, Unpacker::u32) };
    // SAFETY: the caller's error.
    unsafe { status(unpacked, error) }
}

/// Unpacks a uint64_t.
///
/// @param value  gets it
/// @return 0, or -errno
/// @par Errors
/// EBADMSG: the message ends before.
/// @rust rpc::Unpacker::u64
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_unpacker_u64(
    unpacker: *mut rawipc_unpacker,
    value: *mut u64,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's unpacker and output.
    let unpacked = unsafe { unpack(unpacker, value, Unpacker::u64) };
    // SAFETY: the caller's error.
    unsafe { status(unpacked, error) }
}

/// Unpacks an int8_t.
///
/// @param value  gets it
/// @return 0, or -errno
/// @par Errors
/// EBADMSG: the message ends before.
/// @rust rpc::Unpacker::i8
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_unpacker_i8(
    unpacker: *mut rawipc_unpacker,
    value: *mut i8,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's unpacker and output.
    let unpacked = unsafe { unpack(unpacker, value, Unpacker::i8) };
    // SAFETY: the caller's error.
    unsafe { status(unpacked, error) }
}

/// Unpacks an int16_t.
///
/// @param value  gets it
/// @return 0, or -errno
/// @par Errors
/// EBADMSG: the message ends before.
/// @rust rpc::Unpacker::i16
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_unpacker_i16(
    unpacker: *mut rawipc_unpacker,
    value: *mut i16,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's unpacker and output.
    let unpacked = unsafe { unpack(unpacker, value, Unpacker::i16) };
    // SAFETY: the caller's error.
    unsafe { status(unpacked, error) }
}

/// Unpacks an int32_t.
///
/// @param value  gets it
/// @return 0, or -errno
/// @par Errors
/// EBADMSG: the message ends before.
/// @rust rpc::Unpacker::i32
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_unpacker_i32(
    unpacker: *mut rawipc_unpacker,
    value: *mut i32,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's unpacker and output.
    let unpacked = unsafe { unpack(unpacker, value, Unpacker::i32) };
    // SAFETY: the caller's error.
    unsafe { status(unpacked, error) }
}

/// Unpacks an int64_t.
///
/// @param value  gets it
/// @return 0, or -errno
/// @par Errors
/// EBADMSG: the message ends before.
/// @rust rpc::Unpacker::i64
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_unpacker_i64(
    unpacker: *mut rawipc_unpacker,
    value: *mut i64,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's unpacker and output.
    let unpacked = unsafe { unpack(unpacker, value, Unpacker::i64) };
    // SAFETY: the caller's error.
    unsafe { status(unpacked, error) }
}

/// Unpacks a bool.
///
/// @param value  gets 0 or 1
/// @return 0, or -errno
/// @par Errors
/// EBADMSG: the message ends before, or the byte is neither 0 nor 1.
/// @rust rpc::Unpacker::bool
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_unpacker_bool(
    unpacker: *mut rawipc_unpacker,
    value: *mut c_int,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's unpacker and output.
    let unpacked = unsafe { unpack(unpacker, value, |unpacker| unpacker.bool().map(c_int::from)) };
    // SAFETY: the caller's error.
    unsafe { status(unpacked, error) }
}

/// Unpacks bytes, where they lie.
///
/// @param bytes  gets a pointer to them, in the message
/// @return how many they are, or -errno
/// @par Errors
/// EBADMSG: the message ends before, or before what the number in front of them says.
/// @rust rpc::Unpacker::bytes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_unpacker_bytes(
    unpacker: *mut rawipc_unpacker,
    bytes: *mut *const c_void,
    error: *mut rawipc_error,
) -> ssize_t {
    let unpacked = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { UNPACK.output(bytes) }?;
        // SAFETY: the caller's unpacker.
        let unpacker = unsafe { UNPACK.value(unpacker) }?;
        let bytes = unpacker.bytes()?;
        to.set(bytes.as_ptr().cast());
        Ok(bytes.len())
    })();
    // SAFETY: the caller's error.
    unsafe { length(unpacked, error) }
}

/// Unpacks text, where it lies: UTF-8, in which any NUL may be, and behind which none is.
///
/// @param text  gets a pointer to it, in the message
/// @return how many bytes it has, or -errno
/// @par Errors
/// EBADMSG: as for rawipc_unpacker_bytes(), or it is not UTF-8.
/// @rust rpc::Unpacker::str
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_unpacker_str(
    unpacker: *mut rawipc_unpacker,
    text: *mut *const c_char,
    error: *mut rawipc_error,
) -> ssize_t {
    let unpacked = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { UNPACK.output(text) }?;
        // SAFETY: the caller's unpacker.
        let unpacker = unsafe { UNPACK.value(unpacker) }?;
        let text = unpacker.str()?;
        to.set(text.as_ptr().cast());
        Ok(text.len())
    })();
    // SAFETY: the caller's error.
    unsafe { length(unpacked, error) }
}

/// How many bytes are left; 0 after something that was wrong.
///
/// @return bytes, or -errno
/// @rust rpc::Unpacker::remaining
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_unpacker_remaining(
    unpacker: *const rawipc_unpacker,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's unpacker.
    let told = unsafe { UNPACK.value_ref(unpacker) }.map(Unpacker::remaining);
    // SAFETY: the caller's error.
    unsafe { length(told, error) }
}

/// Sees to it that nothing is left over.
///
/// @return 0, or -errno
/// @par Errors
/// EBADMSG: something is, or was wrong before.
/// @rust rpc::Unpacker::finish
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_unpacker_finish(
    unpacker: *mut rawipc_unpacker,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's unpacker.
    let finished = unsafe { UNPACK.value(unpacker) }.and_then(Unpacker::finish);
    // SAFETY: the caller's error.
    unsafe { status(finished, error) }
}

/// # Safety
/// As [`Args::value`] and [`Args::output`].
#[inline]
unsafe fn unpack<T>(
    unpacker: *mut rawipc_unpacker,
    to: *mut T,
    value: impl FnOnce(&mut Unpacker<'static>) -> Result<T>,
) -> Result<()> {
    // SAFETY: by the caller.
    let to = unsafe { UNPACK.output(to) }?;
    // SAFETY: by the caller.
    let unpacker = unsafe { UNPACK.value(unpacker) }?;
    to.set(value(unpacker)?);
    Ok(())
}
