//! What the suite knows of a mechanism, and the tools that the points share.

use crate::os::process::Child;
use rawipc::{Errno, Error, Origin, Receiver, Result, Sender, Wait};
use std::os::fd::RawFd;
use std::time::Duration;

/// One way to send and receive whole messages, described.
#[derive(Clone, Copy)]
pub struct Mechanism {
    pub name: &'static str,
    /// A new channel, its ends not yet taken.
    pub make: fn() -> Channel,
    /// The largest message.
    pub limit: usize,
    /// What a receive into too small a buffer asks for.
    pub needed: Needed,
    /// Whether the kernel can hold a part of a message, so that a send must be finished.
    pub parts: bool,
    /// Whether several processes may send into it.
    pub several: bool,
    /// How a sender and a receiver learn that the other side is gone.
    pub gone: Gone,
    /// What a hostile sender can do by raw means.
    pub attacks: &'static [Attack],
    /// What a hostile receiver can do; the sender may get any answer, but gets one.
    pub hostile_receivers: &'static [HostileReceiver],
    /// Where it has a name in the file system: creates that, and gives whatever keeps it.
    pub named: Option<Named>,
    /// The calls of a send and of a receive where the other side is ready.
    pub calls: Calls,
    /// What of a point (by number) does not hold or has no meaning here, and why.
    pub notes: &'static [(usize, &'static str)],
}

/// A name for what it does, and what it does.
pub type HostileReceiver = (&'static str, fn(&mut Rx));

/// A name in the file system.
#[derive(Clone, Copy)]
pub struct Named {
    /// Creates it, and gives what keeps it.
    pub create: fn(&std::ffi::CStr) -> Result<Box<dyn std::any::Any>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// The length of the message that waits.
    ItsLength,
    /// The limit, before any call, whether a message waits or not.
    TheLimit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// The kernel tells both at the very next call.
    AtOnce,
    /// The next call that has to look; a send that finds room need not.
    WhenItMatters,
    /// Senders only: the kernel tells a receiver nothing.
    SendersOnly,
}

#[derive(Clone, Copy)]
pub struct Calls {
    pub send: &'static [&'static str],
    pub recv: &'static [&'static str],
}

/// Something that a hostile sender does with its bare descriptor.
#[derive(Clone, Copy)]
pub struct Attack {
    pub name: &'static str,
    pub act: fn(&mut Tx),
    /// What the receiver must make of it.
    pub outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `EBADMSG`, the peer's doing, again and again.
    Corrupt,
    /// `EBADMSG` for each such message, and the good one after it arrives.
    OneBadMessage,
    /// Messages of these lengths, then the end.
    Messages(&'static [usize]),
    /// Anything but a panic, a hang or an access outside.
    Anything,
}

/// A channel whose ends have not been taken: made before fork, each end taken on its own side of it.
pub struct Channel {
    tx: Box<dyn FnOnce() -> Tx>,
    rx: Box<dyn FnOnce() -> Rx>,
}

/// The sending end, and its descriptor where it has one.
pub struct Tx {
    pub end: Box<dyn Sender>,
    pub fd: Option<RawFd>,
}

/// The receiving end, and its descriptor where it has one.
pub struct Rx {
    pub end: Box<dyn Receiver>,
    pub fd: Option<RawFd>,
}

impl Mechanism {
    /// Whether a buffer that just holds the message is enough.
    pub fn needed_is_its_length(&self) -> bool {
        self.needed == Needed::ItsLength
    }
}

impl Channel {
    pub fn new(rx: impl FnOnce() -> Rx + 'static, tx: impl FnOnce() -> Tx + 'static) -> Channel {
        Channel { rx: Box::new(rx), tx: Box::new(tx) }
    }

    /// Of two ends that are open already.
    pub fn of(rx: Rx, tx: Tx) -> Channel {
        Channel::new(move || rx, move || tx)
    }

    /// Takes the sending end and drops the other.
    pub fn sender(self) -> Tx {
        drop(self.rx);
        (self.tx)()
    }

    /// Takes the receiving end and drops the other.
    pub fn receiver(self) -> Rx {
        drop(self.tx);
        (self.rx)()
    }

    /// Takes both.
    pub fn both(self) -> (Tx, Rx) {
        let rx = (self.rx)();
        ((self.tx)(), rx)
    }
}

impl Tx {
    pub fn new(end: impl Sender + 'static, fd: Option<RawFd>) -> Tx {
        Tx { end: Box::new(end), fd }
    }

    /// Sends, and fails the test where that fails.
    #[track_caller]
    pub fn put(&mut self, msg: &[u8]) {
        self.end.send(msg, PATIENCE).unwrap_or_else(|e| panic!("send of {} bytes: {e}", msg.len()));
    }

    /// Sends messages 0, 1, … of `len` bytes until there is no room, and returns how many went.
    pub fn fill(&mut self, len: usize) -> usize {
        for i in 0.. {
            match self.end.try_send(&message(i, len)) {
                Ok(()) => assert!(i < 10_000_000, "never full"),
                Err(e) => {
                    assert_eq!(e.errno(), Errno::AGAIN, "a full channel says {e}");
                    return i;
                }
            }
        }
        unreachable!()
    }
}

impl Rx {
    pub fn new(end: impl Receiver + 'static, fd: Option<RawFd>) -> Rx {
        Rx { end: Box::new(end), fd }
    }

    /// Receives one message; empty means the end.
    pub fn take(&mut self, wait: Wait) -> Result<Vec<u8>> {
        let mut buf = vec![0xee; self.end.recv_limit()];
        let n = self.end.recv(&mut buf, wait)?;
        buf.truncate(n);
        Ok(buf)
    }

    /// The same without waiting.
    pub fn try_take(&mut self) -> Result<Vec<u8>> {
        let mut buf = vec![0xee; self.end.recv_limit()];
        let n = self.end.try_recv(&mut buf)?;
        buf.truncate(n);
        Ok(buf)
    }

    /// Receives, and fails the test where that is not `msg`.
    #[track_caller]
    pub fn expect(&mut self, msg: &[u8]) {
        match self.take(PATIENCE) {
            Ok(got) => assert_same(&got, msg),
            Err(e) => panic!("recv of {} bytes: {e}", msg.len()),
        }
    }

    /// Receives, and fails the test where that is not the end.
    #[track_caller]
    pub fn expect_end(&mut self) {
        match self.take(PATIENCE) {
            Ok(got) => assert!(got.is_empty(), "{} bytes where the end was due", got.len()),
            Err(e) => panic!("{e} where the end was due"),
        }
    }
}

/// Long enough for anything that is going to happen, short enough for an alarm.
pub const PATIENCE: Wait = Wait::at_most(Duration::from_secs(8));

/// A length that every mechanism takes.
pub const SMALL: usize = 100;

/// Bytes that tell the message and the place in it.
pub fn message(number: usize, len: usize) -> Vec<u8> {
    let mut state = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .collect()
}

#[track_caller]
pub fn assert_same(got: &[u8], sent: &[u8]) {
    assert_eq!(got.len(), sent.len(), "the length of a message");
    if let Some(at) = got.iter().zip(sent).position(|(a, b)| a != b) {
        panic!("byte {at} of {} is {:#x}, was {:#x}", sent.len(), got[at], sent[at]);
    }
}

#[track_caller]
pub fn assert_error<T>(answer: Result<T>, errno: Errno, origin: Origin) -> Error {
    match answer {
        Ok(_) => panic!("no error where {errno:?} was due"),
        Err(e) => {
            assert_eq!((e.errno(), e.origin()), (errno, origin), "{e}");
            e
        }
    }
}

/// Runs `send` in a forked child and `recv` here, each with its own end alone.
pub fn across(m: &Mechanism, send: impl FnOnce(Tx), recv: impl FnOnce(Rx)) {
    let mut channel = Some((m.make)());
    let child = Child::spawn(|| send(channel.take().expect("unused").sender()));
    recv(channel.take().expect("unused").receiver());
    child.join();
}

/// A child that holds the sending end, and the receiving end here.
pub fn sender_in_child(m: &Mechanism, send: impl FnOnce(Tx)) -> (Child, Rx) {
    let mut channel = Some((m.make)());
    let child = Child::spawn(|| send(channel.take().expect("unused").sender()));
    (child, channel.take().expect("unused").receiver())
}

/// A child that holds the receiving end, and the sending end here.
pub fn receiver_in_child(m: &Mechanism, recv: impl FnOnce(Rx)) -> (Child, Tx) {
    let mut channel = Some((m.make)());
    let child = Child::spawn(|| recv(channel.take().expect("unused").receiver()));
    (child, channel.take().expect("unused").sender())
}

/// A path in the test's own directory that no test before used.
pub fn fresh_path() -> std::ffi::CString {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("made-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    std::ffi::CString::new(name).expect("no NUL")
}

/// Removes the files that [`fresh_path`] named.
pub fn remove_files() {
    for entry in std::fs::read_dir(".").expect("the test's directory").flatten() {
        if entry.file_name().to_string_lossy().starts_with("made-") {
            std::fs::remove_file(entry.path()).expect("a file of the test's own");
        }
    }
}
