//! The side that runs the methods, for one client over a channel of its own.
//!
//! It takes the next request, and replies to it or fails it, in a loop:
//! ```c
//! uint32_t method;
//! rawipc_unpacker args;
//! while (rawipc_rpc_server_next(&server, &method, &args, NULL, &error) > 0) {
//!     uint32_t a, b;
//!     rawipc_unpacker_u32(&args, &a, NULL);
//!     rawipc_unpacker_u32(&args, &b, NULL);
//!     if (method != ADD)
//!         rawipc_rpc_server_fail(&server, RAWIPC_RPC_UNKNOWN_METHOD, NULL, &error);
//!     else if (rawipc_unpacker_finish(&args, NULL) < 0)
//!         rawipc_rpc_server_fail(&server, RAWIPC_RPC_BAD_ARGUMENTS, NULL, &error);
//!     else {
//!         rawipc_packer_new(&result, buf, sizeof buf, NULL);
//!         rawipc_packer_u64(&result, (uint64_t)a + b, NULL);
//!         rawipc_rpc_server_reply(&server, &result, NULL, &error);
//!     }
//! }
//! ```

use core::ffi::{c_int, c_void};

use rawipc::rpc::{Failure, Request, Server};
use rawipc::{Call, Errno, Result};

use super::channel::{Channel, rawipc_rpc_channel};
use super::packer::rawipc_packer;
use super::unpacker::rawipc_unpacker;
use super::{
    RAWIPC_RPC_BAD_ARGUMENTS, RAWIPC_RPC_OTHER, RAWIPC_RPC_RESULT_TOO_LONG, RAWIPC_RPC_UNKNOWN_METHOD,
};
use crate::arg::Args;
use crate::error::{length, rawipc_error, status};
use crate::handle::holds;
use crate::wait::rawipc_wait;

/// The side that runs the methods. A handle: it does not move. There is nothing to close but what its channel is made
/// of.
#[repr(C)]
pub struct rawipc_rpc_server {
    opaque: [u64; 12],
}

pub(crate) struct Serving {
    server: Server<'static, Channel>,
    /// The request that waits for its answer.
    asked: Option<u32>,
}

crate::layout!(rawipc_rpc_server: 96);
holds!(rawipc_rpc_server, Serving, *b"rpcserve");

const SERVE: Args = Args(Call::RPC);

/// Makes a server over a channel; the inbox holds a request while it runs, the outbox its reply.
///
/// @param server  gets it
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: the inbox is smaller than the longest message of the channel, so that one could come that it does not hold;
/// error->needed tells what is enough. EINVAL: the outbox or the channel has no room for a message of 8 bytes, or the
/// channel is closed.
/// @par Ownership
/// The buffers, and what the channel is made of, stay where they are as long as the server is used.
/// @rust rpc::Server::new
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_rpc_server_new(
    server: *mut rawipc_rpc_server,
    channel: *const rawipc_rpc_channel,
    inbox: *mut c_void,
    inbox_len: usize,
    outbox: *mut c_void,
    outbox_len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { SERVE.empty(server) }?;
        // SAFETY: the caller's channel.
        let channel = unsafe { SERVE.value_ref(channel) }?;
        // SAFETY: the caller's buffer.
        let inbox = unsafe { SERVE.buffer(inbox, inbox_len) }?;
        // SAFETY: the caller's buffer.
        let outbox = unsafe { SERVE.buffer(outbox, outbox_len) }?;
        to.set(Serving { server: Server::new(*channel, inbox, outbox)?, asked: None });
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Receives the next request, or waits for it. One before it that was not answered leaves its client to its deadline.
///
/// @param method  gets the number of the method, as the client sent it: any at all
/// @param args    gets the arguments to unpack: any bytes at all, which lie in the inbox until the next request
/// @return 1; 0: the client is gone; or -errno
/// @par Errors
/// EBADMSG, of the call "rpc": the message is too short for a request. It is taken off the channel, and the next one can be
/// asked for. Every other error is the channel's.
/// @rust rpc::Server::next, rpc::Request::method, rpc::Request::args
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_rpc_server_next(
    server: *mut rawipc_rpc_server,
    method: *mut u32,
    args: *mut rawipc_unpacker,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_rpc_server_next(server, method, args, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_rpc_server_next(
    server: *mut rawipc_rpc_server,
    method: *mut u32,
    args: *mut rawipc_unpacker,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let asked = (|| {
        // SAFETY: the caller's output.
        let to_method = unsafe { SERVE.output(method) }?;
        // SAFETY: the caller's memory.
        let to_args = unsafe { SERVE.empty(args) }?;
        // SAFETY: the caller's server.
        let Serving { server, asked } = unsafe { SERVE.value(server) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { SERVE.patience(wait) }?;
        *asked = None;
        let Some(mut request) = match wait {
            Some(wait) => server.next(wait),
            None => server.try_next(),
        }?
        else {
            return Ok(0);
        };
        *asked = Some(request.id());
        to_method.set(request.method());
        to_args.set(request.args().clone());
        Ok(1)
    })();
    // SAFETY: the caller's error.
    unsafe { length(asked, error) as c_int }
}

/// Receives a request if one is there now.
///
/// @param method  gets the number of the method
/// @param args    gets the arguments to unpack
/// @return 1; 0: the client is gone; or -errno
/// @par Errors
/// As rawipc_rpc_server_next(), and EAGAIN in place of a wait.
/// @rust rpc::Server::try_next
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_rpc_server_try_next(
    server: *mut rawipc_rpc_server,
    method: *mut u32,
    args: *mut rawipc_unpacker,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_rpc_server_next(server, method, args, crate::wait::now(), error) }
}

/// Answers the request with a result.
///
/// @param result  the result, packed in a buffer of the caller's; NULL: none
/// @return 0, or -errno
/// @par Errors
/// EINVAL: there is no request, or it is answered. EMSGSIZE: the result did not fit its packer, or does not fit the outbox
/// or the channel; the client is answered all the same, with RAWIPC_RPC_RESULT_TOO_LONG. EPIPE: the client is gone.
/// ETIMEDOUT: there was no room in time; the request still waits for its answer, and where a part of it has gone over a
/// channel of frames, for this one.
/// @rust rpc::Request::reply
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_rpc_server_reply(
    server: *mut rawipc_rpc_server,
    result: *const rawipc_packer,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let answered = (|| {
        // SAFETY: the caller's server.
        let serving = unsafe { SERVE.value(server) }?;
        // SAFETY: the caller's packer.
        let packed = unsafe { SERVE.result(result) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { SERVE.wait(wait) }?;
        serving.answer(|request| request.reply(wait, |result| result.append(packed?)))
    })();
    // SAFETY: the caller's error.
    unsafe { status(answered, error) }
}

/// Answers the request with a failure.
///
/// @param failure  a RAWIPC_RPC_… code, or one of the program's own: 1 to 0xfffffeff
/// @return 0, or -errno
/// @par Errors
/// EINVAL: there is no request, or it is answered; or it is no such code. EPIPE, ETIMEDOUT: as rawipc_rpc_server_reply().
/// @rust rpc::Request::fail
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_rpc_server_fail(
    server: *mut rawipc_rpc_server,
    failure: u32,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let answered = (|| {
        // SAFETY: the caller's server.
        let serving = unsafe { SERVE.value(server) }?;
        let failure = known(failure).ok_or_else(|| SERVE.refused(Errno::INVAL))?;
        // SAFETY: the caller's wait.
        let wait = unsafe { SERVE.wait(wait) }?;
        serving.answer(|request| request.fail(wait, failure))
    })();
    // SAFETY: the caller's error.
    unsafe { status(answered, error) }
}

impl Serving {
    fn answer(&mut self, answer: impl FnOnce(Request<'_, Channel>) -> Result<()>) -> Result<()> {
        let id = self.asked.ok_or_else(|| SERVE.refused(Errno::INVAL))?;
        let answered = answer(self.server.resume(id));
        // A result too long was answered for us.
        if answered.is_ok() || answered.is_err_and(|e| e.call() == Call::RPC && e.errno() == Errno::MSGSIZE) {
            self.asked = None;
        }
        answered
    }
}

fn known(code: u32) -> Option<Failure> {
    match code {
        RAWIPC_RPC_UNKNOWN_METHOD => Some(Failure::UNKNOWN_METHOD),
        RAWIPC_RPC_BAD_ARGUMENTS => Some(Failure::BAD_ARGUMENTS),
        RAWIPC_RPC_RESULT_TOO_LONG => Some(Failure::RESULT_TOO_LONG),
        RAWIPC_RPC_OTHER => Some(Failure::OTHER),
        // Nobody knows another of the library's, and 0 is success.
        code => Some(Failure::new(code)).filter(|failure| failure.code() == code),
    }
}

impl Args {
    /// A result, or that it did not fit its packer, which the client is told of; anything else is refused.
    ///
    /// # Safety
    /// As [`value_ref`](Self::value_ref).
    unsafe fn result<'a>(self, packer: *const rawipc_packer) -> Result<Result<&'a [u8]>> {
        // SAFETY: by the caller.
        match unsafe { self.packed(packer) } {
            Err(e) if e.errno() != Errno::MSGSIZE => Err(e),
            packed => Ok(packed),
        }
    }
}
