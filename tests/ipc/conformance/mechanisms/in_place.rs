//! The ring once more, its messages written and read where they lie, and in batches.

use super::{Channel, Mechanism, ring, rx, tx};
use rawipc::fd::{AsFd, BorrowedFd};
use rawipc::ring::{Consumer, Message, Producer, Reservation};
use rawipc::{Call, Errno, Error, Receiver, Result, Sender, Wait};
use std::mem::forget;

pub const IN_PLACE: Mechanism = Mechanism {
    name: "ring, in place",
    make: || {
        let (producer, consumer) = ring::pair();
        Channel::of(rx(Reading(consumer)), tx(Writing(producer)))
    },
    ..ring::RING
};

pub const BATCHES: Mechanism = Mechanism {
    name: "ring, batches",
    make: || {
        let (producer, consumer) = ring::pair();
        Channel::of(rx(Taking(consumer)), tx(Giving(producer)))
    },
    ..ring::RING
};

/// Writes what it sends in place.
struct Writing(Producer);

fn written(room: Result<Reservation<'_>>, msg: &[u8]) -> Result<()> {
    let mut room = room?;
    room.as_mut_slice().copy_from_slice(msg);
    room.commit(msg.len())
}

impl Sender for Writing {
    fn send_limit(&self) -> usize {
        self.0.send_limit()
    }

    fn send(&mut self, msg: &[u8], wait: Wait) -> Result<()> {
        written(self.0.reserve(msg.len(), wait), msg)
    }

    fn try_send(&mut self, msg: &[u8]) -> Result<()> {
        written(self.0.try_reserve(msg.len()), msg)
    }
}

/// Reads what it receives in place.
struct Reading(Consumer);

fn read(message: Result<Option<Message<'_>>>, buf: &mut [u8]) -> Result<usize> {
    let Some(message) = message? else { return Ok(0) };
    let len = message.len();
    let Some(buf) = buf.get_mut(..len) else {
        forget(message);
        return Err(Error::argument(Call::MEMORY, Errno::MSGSIZE).with_needed(len));
    };
    message.copy_to(0, buf)?;
    message.done();
    Ok(len)
}

impl Receiver for Reading {
    fn recv_limit(&self) -> usize {
        self.0.recv_limit()
    }

    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        read(self.0.read(wait), buf)
    }

    fn try_recv(&mut self, buf: &mut [u8]) -> Result<usize> {
        read(self.0.try_read(), buf)
    }
}

/// Sends a batch of one.
struct Giving(Producer);

impl Sender for Giving {
    fn send_limit(&self) -> usize {
        self.0.send_limit()
    }

    fn send(&mut self, msg: &[u8], wait: Wait) -> Result<()> {
        self.0.send_batch(&[msg], wait).map(|sent| assert_eq!(sent, 1))
    }

    fn try_send(&mut self, msg: &[u8]) -> Result<()> {
        self.0.try_send_batch(&[msg]).map(|sent| assert_eq!(sent, 1))
    }
}

/// Receives a batch of one.
struct Taking(Consumer);

impl Receiver for Taking {
    fn recv_limit(&self) -> usize {
        self.0.recv_limit()
    }

    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        self.0.recv_batch(buf, &mut [0], wait).map(|mut batch| batch.next().map_or(0, <[u8]>::len))
    }

    fn try_recv(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.0.try_recv_batch(buf, &mut [0]).map(|mut batch| batch.next().map_or(0, <[u8]>::len))
    }
}

macro_rules! its_doorbell {
    ($($end:ty),*) => {
        $(impl AsFd for $end {
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.0.as_fd()
            }
        })*
    };
}
its_doorbell!(Writing, Reading, Giving, Taking);
