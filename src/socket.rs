//! UNIX sockets: two-way, named by a path or an abstract name, or made as a connected pair.
//!
//! [`Stream`] carries raw bytes and talks to any program; [`Seqpacket`] carries whole messages between two;
//! [`Datagram`] carries whole messages from many to one, without connections. A [`Listener`] accepts the first
//! two, and a [`Crowd`] serves as many of them as it has seats for. [`Files`] are the sockets of a directory.
//!
//! Each send and receive says `MSG_DONTWAIT` itself and waiting is done in `ppoll`, so it is no matter whether
//! `O_NONBLOCK` is set on the descriptor, which others may share: a listener and a socket that connected have
//! it, a pair and an accepted socket have not, and [`Fd::hand_over_as`](crate::fd::Fd::hand_over_as) clears it.
//! Each send says `MSG_NOSIGNAL`.
//!
//! Descriptors travel with a message where they are asked for by a number: `send_with_fds` lends up to
//! [`MAX_FDS`] of them, and `recv_with_fds` takes as many as its [`FdSlots`] have room for. All else is closed by
//! the kernel or here: those beyond the room, which is an error that tells it, and those that come to any other
//! receive. Such a receive tells nothing of them, for `recvfrom`, which does not say, costs less than `recvmsg`,
//! which does; who has to know receives with a room of 0. And with `refuse_fds` the sender is told instead
//! (Linux 6.16).
//!
//! [`Peer`] tells who is at the other end of a connection, and `pass_credentials` who sent each message.
//!
//! A peer that closes while messages of ours wait unread makes the kernel answer `ECONNRESET` once, before what
//! the peer sent (seqpacket) or after it (stream). That is no news to a receiver, and the call is made again:
//! what was sent is handed out, and then comes the end. A sender gets `EPIPE` for it.

#[allow(unsafe_code)]
mod address;
mod at;
mod behind;
mod connection;
mod control;
#[allow(unsafe_code)]
mod credentials;
mod crowd;
mod datagram;
mod files;
mod greeting;
mod listener;
mod lock;
mod message;
mod name;
mod passing;
mod place;
#[allow(unsafe_code)]
mod refs;
mod seqpacket;
#[allow(unsafe_code)]
mod slots;
mod stream;

pub use address::Address;
pub use behind::{Behind, behind_at};
pub use connection::Connection;
pub use credentials::{Credentials, Peer};
pub use crowd::{Crowd, Event, Member, Refusal, Seat};
pub use datagram::Datagram;
pub use files::{Files, SocketFile};
pub(crate) use greeting::greet;
pub use listener::{Listener, Options};
pub use message::DEFAULT_LIMIT;
pub use refs::{FdRefs, MAX_FDS, Refs};
pub use seqpacket::Seqpacket;
pub use slots::{FdSlots, Slots};
pub use stream::Stream;

#[cfg(test)]
mod tests;
