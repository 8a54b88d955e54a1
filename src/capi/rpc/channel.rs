//! What a remote call goes over: any channel of whole messages, both ways.
//!
//! A channel borrows the handles and descriptors that it is made of: they stay the caller's to poll and to close, stay
//! where they are as long as a client or a server uses them, and what is closed meanwhile is -EINVAL.

use core::ffi::c_int;

use rawipc::pipe::{PacketReceiver, PacketSender};
use rawipc::{Call, Receiver, Result, Sender, Wait};

use crate::arg::Args;
use crate::error::{rawipc_error, status};
use crate::frame::framed::rawipc_framed;
use crate::frame::receiver::rawipc_frame_receiver;
use crate::frame::sender::rawipc_frame_sender;
use crate::handle::holds;
use crate::ring::{rawipc_ring_consumer, rawipc_ring_producer};
use crate::socket::datagram::rawipc_datagram;
use crate::socket::seqpacket::rawipc_seqpacket;

/// A channel, for a client or a server to be made over. A handle: it does not move. There is nothing to close, and once
/// the client or server is made, nothing to keep.
#[repr(C)]
pub struct rawipc_rpc_channel {
    opaque: [u64; 5],
}

/// Both ends of messages, looked up anew at each of them.
#[derive(Clone, Copy)]
pub(crate) enum Channel {
    Seqpacket(*mut rawipc_seqpacket),
    Datagram(*mut rawipc_datagram),
    Framed(*mut rawipc_framed),
    Frames(*mut rawipc_frame_receiver, *mut rawipc_frame_sender),
    Pipes(c_int, c_int),
    Ring(*mut rawipc_ring_consumer, *mut rawipc_ring_producer),
}

crate::layout!(rawipc_rpc_channel: 40);
holds!(rawipc_rpc_channel, Channel, *b"channel ");

const CHANNEL: Args = Args(Call::RPC);

/// Makes a channel of a connected seqpacket socket.
///
/// @param channel  gets it
/// @return 0, or -errno
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_rpc_channel_seqpacket(
    channel: *mut rawipc_rpc_channel,
    socket: *mut rawipc_seqpacket,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { CHANNEL.empty(channel) }?;
        // SAFETY: the caller's socket.
        unsafe { CHANNEL.value(socket) }?;
        to.set(Channel::Seqpacket(socket));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Makes a channel of a datagram socket that has a peer. Its end is not told: give the client and the server a wait.
///
/// @param channel  gets it
/// @return 0, or -errno
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_rpc_channel_datagram(
    channel: *mut rawipc_rpc_channel,
    socket: *mut rawipc_datagram,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { CHANNEL.empty(channel) }?;
        // SAFETY: the caller's socket.
        unsafe { CHANNEL.value(socket) }?;
        to.set(Channel::Datagram(socket));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Makes a channel of frames both ways over one stream socket.
///
/// @param channel  gets it
/// @return 0, or -errno
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_rpc_channel_framed(
    channel: *mut rawipc_rpc_channel,
    framed: *mut rawipc_framed,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { CHANNEL.empty(channel) }?;
        // SAFETY: the caller's framed.
        unsafe { CHANNEL.value(framed) }?;
        to.set(Channel::Framed(framed));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Makes a channel of frames over two streams, pipes for example, one each way.
///
/// @param channel  gets it
/// @return 0, or -errno
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_rpc_channel_frames(
    channel: *mut rawipc_rpc_channel,
    receiver: *mut rawipc_frame_receiver,
    sender: *mut rawipc_frame_sender,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { CHANNEL.empty(channel) }?;
        // SAFETY: the caller's receiver.
        unsafe { CHANNEL.value(receiver) }?;
        // SAFETY: the caller's sender.
        unsafe { CHANNEL.value(sender) }?;
        to.set(Channel::Frames(receiver, sender));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Makes a channel of two pipes or FIFOs in packet mode, one each way.
///
/// @param channel  gets it
/// @return 0, or -errno
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_rpc_channel_pipes(
    channel: *mut rawipc_rpc_channel,
    receiver: c_int,
    sender: c_int,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { CHANNEL.empty(channel) }?;
        CHANNEL.lent(receiver, |fd| fd)?;
        CHANNEL.lent(sender, |fd| fd)?;
        to.set(Channel::Pipes(receiver, sender));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Makes a channel of two rings, one each way.
///
/// @param channel  gets it
/// @return 0, or -errno
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_rpc_channel_ring(
    channel: *mut rawipc_rpc_channel,
    consumer: *mut rawipc_ring_consumer,
    producer: *mut rawipc_ring_producer,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { CHANNEL.empty(channel) }?;
        // SAFETY: the caller's consumer.
        unsafe { CHANNEL.value(consumer) }?;
        // SAFETY: the caller's producer.
        unsafe { CHANNEL.value(producer) }?;
        to.set(Channel::Ring(consumer, producer));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// What the end that messages go into does, whichever it is.
macro_rules! sender {
    ($channel:expr, $end:ident => $does:expr) => {
        match $channel {
            // SAFETY: by the maker of the channel.
            Channel::Seqpacket(socket) => unsafe { CHANNEL.value(socket) }.map(|$end| $does),
            // SAFETY: by the maker of the channel.
            Channel::Datagram(socket) => unsafe { CHANNEL.value(socket) }.map(|$end| $does),
            // SAFETY: by the maker of the channel.
            Channel::Framed(framed) => unsafe { CHANNEL.value(framed) }.map(|$end| $does),
            // SAFETY: by the maker of the channel.
            Channel::Frames(_, sender) => unsafe { CHANNEL.value(sender) }.map(|$end| $does),
            Channel::Pipes(_, sender) => CHANNEL.lent(sender, PacketSender::assume).map(|mut end| {
                let $end = &mut *end;
                $does
            }),
            // SAFETY: by the maker of the channel.
            Channel::Ring(_, producer) => unsafe { CHANNEL.value(producer) }.map(|$end| $does),
        }
    };
}

/// What the end that messages come out of does, whichever it is.
macro_rules! receiver {
    ($channel:expr, $end:ident => $does:expr) => {
        match $channel {
            // SAFETY: by the maker of the channel.
            Channel::Seqpacket(socket) => unsafe { CHANNEL.value(socket) }.map(|$end| $does),
            // SAFETY: by the maker of the channel.
            Channel::Datagram(socket) => unsafe { CHANNEL.value(socket) }.map(|$end| $does),
            // SAFETY: by the maker of the channel.
            Channel::Framed(framed) => unsafe { CHANNEL.value(framed) }.map(|$end| $does),
            // SAFETY: by the maker of the channel.
            Channel::Frames(receiver, _) => unsafe { CHANNEL.value(receiver) }.map(|$end| $does),
            Channel::Pipes(receiver, _) => CHANNEL.lent(receiver, PacketReceiver::assume).map(|mut end| {
                let $end = &mut *end;
                $does
            }),
            // SAFETY: by the maker of the channel.
            Channel::Ring(consumer, _) => unsafe { CHANNEL.value(consumer) }.map(|$end| $does),
        }
    };
}

impl Sender for Channel {
    fn send_limit(&self) -> usize {
        sender!(*self, end => end.send_limit()).unwrap_or(0)
    }

    fn send(&mut self, msg: &[u8], wait: Wait) -> Result<()> {
        sender!(*self, end => end.send(msg, wait))?
    }

    fn try_send(&mut self, msg: &[u8]) -> Result<()> {
        sender!(*self, end => end.try_send(msg))?
    }
}

impl Receiver for Channel {
    fn recv_limit(&self) -> usize {
        receiver!(*self, end => end.recv_limit()).unwrap_or(0)
    }

    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        receiver!(*self, end => end.recv(buf, wait))?
    }

    fn try_recv(&mut self, buf: &mut [u8]) -> Result<usize> {
        receiver!(*self, end => end.try_recv(buf))?
    }
}
