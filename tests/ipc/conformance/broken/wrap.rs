//! Wrappers that put a wrong function between a caller and a good channel.

use super::super::mechanisms::PACKET_PIPE as GOOD;
use super::super::{Channel, Mechanism, Rx, Tx};
use rawipc::{Errno, Error, Receiver, Result, Sender, Wait, pipe};
use std::any::Any;
use std::ffi::CStr;
use std::os::unix::fs::OpenOptionsExt as _;

/// What a send does; `None` for the non-blocking twin.
type Send = dyn FnMut(&mut Tx, &[u8], Option<Wait>) -> Result<()>;
/// What a receive does.
type Recv = dyn FnMut(&mut Rx, &mut [u8], Option<Wait>) -> Result<usize>;

struct BadTx(Tx, Box<Send>);

struct BadRx(Rx, Box<Recv>);

impl Sender for BadTx {
    fn send_limit(&self) -> usize {
        self.0.end.send_limit()
    }

    fn send(&mut self, msg: &[u8], wait: Wait) -> Result<()> {
        (self.1)(&mut self.0, msg, Some(wait))
    }

    fn try_send(&mut self, msg: &[u8]) -> Result<()> {
        (self.1)(&mut self.0, msg, None)
    }
}

impl Receiver for BadRx {
    fn recv_limit(&self) -> usize {
        self.0.end.recv_limit()
    }

    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        (self.1)(&mut self.0, buf, Some(wait))
    }

    fn try_recv(&mut self, buf: &mut [u8]) -> Result<usize> {
        (self.1)(&mut self.0, buf, None)
    }
}

/// The good send.
pub fn put(tx: &mut Tx, msg: &[u8], wait: Option<Wait>) -> Result<()> {
    match wait {
        Some(wait) => tx.end.send(msg, wait),
        None => tx.end.try_send(msg),
    }
}

/// The good receive.
pub fn get(rx: &mut Rx, buf: &mut [u8], wait: Option<Wait>) -> Result<usize> {
    match wait {
        Some(wait) => rx.end.recv(buf, wait),
        None => rx.end.try_recv(buf),
    }
}

pub fn bad_sender(send: impl FnMut(&mut Tx, &[u8], Option<Wait>) -> Result<()> + 'static) -> Channel {
    let (tx, rx) = (GOOD.make)().both();
    let fd = tx.fd;
    Channel::of(rx, Tx::new(BadTx(tx, Box::new(send)), fd))
}

pub fn bad_receiver(
    recv: impl FnMut(&mut Rx, &mut [u8], Option<Wait>) -> Result<usize> + 'static,
) -> Channel {
    bad_receiver_of(GOOD, recv)
}

/// The same over another good channel.
pub fn bad_receiver_of(
    good: Mechanism,
    recv: impl FnMut(&mut Rx, &mut [u8], Option<Wait>) -> Result<usize> + 'static,
) -> Channel {
    let (tx, rx) = (good.make)().both();
    let fd = rx.fd;
    Channel::of(Rx::new(BadRx(rx, Box::new(recv)), fd), tx)
}

/// Something is wrong from the start.
pub fn bad_ends(spoil: fn(&Tx, &Rx)) -> Channel {
    let (tx, rx) = (GOOD.make)().both();
    spoil(&tx, &rx);
    Channel::of(rx, tx)
}

/// An error of the crate's with this errno, made the only way there is: by having it happen.
pub fn an_error(errno: Errno) -> Error {
    let (mut rx, mut tx) = pipe::packet_pair().expect("packet_pair");
    let answer = match errno {
        Errno::AGAIN => rx.try_recv(&mut [0; pipe::PIPE_BUF]).map(drop),
        Errno::INVAL => tx.try_send(b""),
        _ => unimplemented!("{errno:?}"),
    };
    answer.expect_err("an error")
}

/// Whether the last sender is gone.
pub fn is_hung_up(rx: &Rx) -> bool {
    events(rx) & libc::POLLHUP != 0
}

/// Whether something waits to be received.
pub fn has_some(rx: &Rx) -> bool {
    events(rx) & libc::POLLIN != 0
}

/// Whether a send would find room.
pub fn has_room(tx: &Tx) -> bool {
    told(tx.fd, libc::POLLOUT) & libc::POLLOUT != 0
}

fn events(rx: &Rx) -> i16 {
    told(rx.fd, libc::POLLIN)
}

fn told(fd: Option<i32>, events: i16) -> i16 {
    let mut polled = libc::pollfd { fd: fd.expect("a pipe"), events, revents: 0 };
    // SAFETY: one pollfd.
    unsafe { libc::poll(&mut polled, 1, 0) };
    polled.revents
}

/// A file with this mode; `exclusive`: only where there was none.
pub fn file(path: &CStr, mode: u32, exclusive: bool) -> Result<Box<dyn Any>> {
    let path = path.to_str().expect("ASCII");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).create_new(exclusive).truncate(false).mode(mode);
    match options.open(path) {
        Ok(file) => Ok(Box::new(file)),
        Err(_) => Err(an_error(Errno::INVAL)),
    }
}
