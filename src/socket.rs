//! UNIX sockets: two-way, named by a path or an abstract name, or made as a connected pair.
//!
//! [`Stream`] carries raw bytes and talks to any program; [`Seqpacket`] carries whole messages between two;
//! [`Datagram`] carries whole messages from many to one, without connections. A [`Listener`] accepts the first
//! two.
//!
//! Each send and receive says `MSG_DONTWAIT` itself and waiting is done in `ppoll`, so it is no matter whether
//! `O_NONBLOCK` is set on the descriptor, which others may share: a listener and a socket that connected have
//! it, a pair and an accepted socket have not, and [`Fd::hand_over_as`](crate::fd::Fd::hand_over_as) clears it.
//! Each send says `MSG_NOSIGNAL`.
//!
//! A peer that closes while messages of ours wait unread makes the kernel answer `ECONNRESET` once, before what
//! the peer sent (seqpacket) or after it (stream). That is no news to a receiver, and the call is made again:
//! what was sent is handed out, and then comes the end. A sender gets `EPIPE` for it.

#[allow(unsafe_code)]
mod address;
mod at;
mod behind;
mod connection;
mod crowd;
mod datagram;
mod files;
mod listener;
mod lock;
mod message;
mod name;
mod place;
mod seqpacket;
mod stream;

pub use address::Address;
pub use behind::{Behind, behind_at};
pub use connection::Connection;
pub use crowd::{Crowd, Event, Member, Refusal, Slot};
pub use datagram::Datagram;
pub use files::{Files, SocketFile};
pub use listener::{Listener, Options};
pub use message::DEFAULT_LIMIT;
pub use seqpacket::Seqpacket;
pub use stream::Stream;

#[cfg(test)]
mod tests;
