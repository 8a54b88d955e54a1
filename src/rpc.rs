//! A remote call: a method's number and its arguments packed in order into one message, and its result, or an
//! error, packed into the answer.
//!
//! Over any channel of whole messages, in buffers that the two sides own. [`Client::call`] sends the request and
//! waits for its reply; [`Server::next`] unpacks a request, [`Request::reply`] answers it; [`Server::serve`]
//! does both in a loop. The two share nothing but the numbers of the methods and the order of what is packed.
//!
//! | message | bytes |
//! |---------|-------|
//! | request | `u32` id, `u32` method, the arguments |
//! | reply   | `u32` id of the request, `u32` 0, the result |
//! | failure | `u32` id of the request, `u32` code, 1 or above |
//!
//! | packed | bytes |
//! |--------|-------|
//! | integers | little endian, as wide as they are, no padding |
//! | `bool` | one byte, 0 or 1 |
//! | bytes, text | `u32` length, then the bytes; text is UTF-8 |
//!
//! # Examples
//! Over two pipes, the server in a thread; in another process it is the same.
//! ```
//! use rawipc::rpc::{CallError, Client, Failure, Server};
//! use rawipc::{Duplex, Wait, pipe};
//!
//! const ADD: u32 = 1;
//! const GREET: u32 = 2;
//!
//! let (requests, to_server) = pipe::packet_pair()?;
//! let (replies, to_client) = pipe::packet_pair()?;
//!
//! let server = std::thread::spawn(move || {
//!     let (mut inbox, mut outbox) = ([0; pipe::PIPE_BUF], [0; pipe::PIPE_BUF]);
//!     let channel = Duplex { sender: to_client, receiver: requests };
//!     let mut server = Server::new(channel, &mut inbox, &mut outbox)?;
//!     server.serve(Wait::FOREVER, |method, args, result| {
//!         match method {
//!             ADD => result.u64(u64::from(args.u32()?) + u64::from(args.u32()?))?,
//!             GREET => {
//!                 result.str("hello, ")?;
//!                 result.str(args.str()?)?;
//!             }
//!             _ => return Err(Failure::UNKNOWN_METHOD),
//!         }
//!         Ok(args.finish()?)
//!     })
//! });
//!
//! let mut buf = [0; pipe::PIPE_BUF];
//! let mut client = Client::new(Duplex { sender: to_server, receiver: replies }, &mut buf)?;
//!
//! let mut sum = client.call(ADD, Wait::FOREVER, |args| {
//!     args.u32(u32::MAX)?;
//!     args.u32(1)
//! })?;
//! assert_eq!(sum.u64()?, 1 << 32);
//! sum.finish()?;
//!
//! let mut greeting = client.call(GREET, Wait::FOREVER, |args| args.str("world"))?;
//! assert_eq!((greeting.str()?, greeting.str()?), ("hello, ", "world"));
//!
//! let e = client.call(99, Wait::FOREVER, |_| Ok(())).unwrap_err();
//! assert_eq!(e, CallError::Remote(Failure::UNKNOWN_METHOD));
//!
//! drop(client); // and the server's loop ends
//! server.join().unwrap()?;
//! # Ok::<(), CallError>(())
//! ```

mod client;
mod failure;
mod pack;
mod server;
mod unpack;

#[cfg(test)]
mod tests;

pub use client::Client;
pub use failure::{CallError, Failure};
pub use pack::Packer;
pub use server::{Request, Server};
pub use unpack::Unpacker;

/// The bytes in front of the arguments of a request and in front of the result of a reply: two `u32`.
pub const HEAD: usize = 8;
