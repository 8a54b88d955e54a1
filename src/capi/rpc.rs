//! A remote call: a method's number and its arguments packed in order into one message, and its result, or a failure,
//! packed into the answer.
//!
//! Over any channel of whole messages, in buffers that the two sides own. The client packs the arguments, calls, and
//! unpacks the result; the server takes the next request, unpacks its arguments, and replies. The two share nothing but
//! the numbers of the methods and the order of what is packed, and either may be in Rust.
//!
//! A request is a u32 id, a u32 method, and the arguments; a reply is the u32 id of the request, a u32 0, and the
//! result; a failure is the id and a u32 code of 1 or above. Integers are little endian, as wide as they are, without
//! padding; a bool is one byte, 0 or 1; bytes and text are a u32 length, and then the bytes.

use rawipc::rpc;

// In the order of the header's sections; apart, so that rustfmt leaves it.
pub mod packer;

pub mod unpacker;

pub mod channel;

pub mod client;

pub mod server;

/// The bytes in front of the arguments of a request and in front of the result of a reply: two u32.
pub const RAWIPC_RPC_HEAD: usize = 8;

const _: () = assert!(RAWIPC_RPC_HEAD == rpc::HEAD);

/// A failure: the server has no method of this number.
pub const RAWIPC_RPC_UNKNOWN_METHOD: u32 = 0xffff_ffff;
/// A failure: the arguments are not those of the method.
pub const RAWIPC_RPC_BAD_ARGUMENTS: u32 = 0xffff_fffe;
/// A failure: the result does not fit the server's buffer, or the channel.
pub const RAWIPC_RPC_RESULT_TOO_LONG: u32 = 0xffff_fffd;
/// A failure: the method failed, without a code of its own. A program's own codes are 1 to 0xfffffeff.
pub const RAWIPC_RPC_OTHER: u32 = 0xffff_fffc;

const _: () = {
    assert!(RAWIPC_RPC_UNKNOWN_METHOD == rpc::Failure::UNKNOWN_METHOD.code());
    assert!(RAWIPC_RPC_BAD_ARGUMENTS == rpc::Failure::BAD_ARGUMENTS.code());
    assert!(RAWIPC_RPC_RESULT_TOO_LONG == rpc::Failure::RESULT_TOO_LONG.code());
    assert!(RAWIPC_RPC_OTHER == rpc::Failure::OTHER.code());
};
