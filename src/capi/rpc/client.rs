//! The side that calls.

use core::ffi::{c_int, c_void};

use rawipc::rpc::{CallError, Client};
use rawipc::{Call, Errno, Error, Result};

use super::channel::{Channel, rawipc_rpc_channel};
use super::packer::rawipc_packer;
use super::unpacker::rawipc_unpacker;
use crate::arg::{Args, Output};
use crate::error::{rawipc_error, status};
use crate::handle::holds;
use crate::wait::rawipc_wait;

/// The side that calls, over a channel of its own. A handle: it does not move. There is nothing to close but what its
/// channel is made of.
#[repr(C)]
pub struct rawipc_rpc_client {
    opaque: [u64; 10],
}

crate::layout!(rawipc_rpc_client: 80);
holds!(rawipc_rpc_client, Client<'static, Channel>, *b"rpcclien");

const CALL: Args = Args(Call::RPC);

/// Makes a client over a channel; the buffer holds a request, and then the reply.
///
/// @param client  gets it
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: the buffer is smaller than the longest message of the channel, so that one could come that it does not hold;
/// error->needed tells what is enough. EINVAL: the channel takes no message of 8 bytes, or is closed.
/// @par Ownership
/// The buffer, and what the channel is made of, stay where they are as long as the client is used.
/// @rust rpc::Client::new
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_rpc_client_new(
    client: *mut rawipc_rpc_client,
    channel: *const rawipc_rpc_channel,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { CALL.empty(client) }?;
        // SAFETY: the caller's channel.
        let channel = unsafe { CALL.value_ref(channel) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { CALL.buffer(buf, len) }?;
        to.set(Client::new(*channel, buf)?);
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Calls a method, and waits for its result. The wait is one for the request and the reply together.
///
/// A reply that comes when the call has been given up is skipped by a later call, once for each call given up; a reply to
/// no request at all corrupts the client for good. Where the time is over while a part of the request is in a channel of
/// frames, that refuses every other request with EBUSY: close it.
///
/// @param args     the arguments, packed in a buffer of the caller's, which may be used again at once; NULL: none
/// @param result   gets the result to unpack, which lies in the client's buffer until the next call
/// @param failure  NULL, or gets with -EREMOTEIO the server's code: RAWIPC_RPC_…, or the program's own
/// @return 0, or -errno
/// @par Errors
/// EREMOTEIO: the server's answer is a failure. EMSGSIZE: the arguments did not fit their packer, or do not fit the buffer
/// or the channel; nothing was sent. ETIMEDOUT, EINTR: the wait is over; the method may have run, may be running or may yet
/// run. EPIPE: the server is gone. EBADMSG: the reply is none, or not to this call; from then on. Else what the channel
/// says.
/// @rust rpc::Client::call
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_rpc_client_call(
    client: *mut rawipc_rpc_client,
    method: u32,
    args: *const rawipc_packer,
    result: *mut rawipc_unpacker,
    failure: *mut u32,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let called = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { CALL.empty(result) }?;
        // SAFETY: the caller's output.
        let to_failure = unsafe { CALL.optional(failure) }?;
        // SAFETY: the caller's client.
        let client = unsafe { CALL.value(client) }?;
        // SAFETY: the caller's packer.
        let packed = unsafe { CALL.packed(args) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { CALL.wait(wait) }?;
        match client.call(method, wait, |args| args.append(packed)) {
            Ok(reply) => {
                to.set(reply);
                Ok(())
            }
            Err(CallError::Channel(e)) => Err(e),
            Err(CallError::Remote(failure)) => {
                if let Some(to) = to_failure {
                    to.set(failure.code());
                }
                Err(Error::peer(Call::RPC, Errno::REMOTEIO))
            }
        }
    })();
    // SAFETY: the caller's error.
    unsafe { status(called, error) }
}

impl Args {
    /// What was packed; NULL is nothing.
    ///
    /// # Safety
    /// As [`value_ref`](Self::value_ref).
    pub(super) unsafe fn packed<'a>(self, packer: *const rawipc_packer) -> Result<&'a [u8]> {
        if packer.is_null() {
            return Ok(&[]);
        }
        // SAFETY: by the caller.
        unsafe { self.value_ref(packer) }?.packed()
    }

    /// An output that NULL is no place for.
    ///
    /// # Safety
    /// As [`output`](Self::output).
    unsafe fn optional<'a, T>(self, out: *mut T) -> Result<Option<Output<'a, T>>> {
        if out.is_null() {
            return Ok(None);
        }
        // SAFETY: by the caller.
        unsafe { self.output(out) }.map(Some)
    }
}
