//! A message sent and received again in one process: what a call costs here, against the same call with the same flags
//! made by hand. The other process has nothing to do.

use crate::contenders::message;
use crate::two::Ends;
use rawipc::pipe;
use rawipc::socket::{Datagram, Seqpacket, Stream};
use rawipc::{ByteRead as _, ByteWrite as _, Receiver, Sender, Wait};

/// What is called `n` times.
pub struct Here<F>(F);

impl<F: FnMut() + 'static> Here<F> {
    fn boxed(f: F) -> Box<dyn Ends> {
        Box::new(Here(f))
    }
}

impl<F: FnMut()> Ends for Here<F> {
    fn become_leader(&mut self) {}
    fn become_follower(&mut self) {}
    fn follow(&mut self, _: usize) {}

    fn lead(&mut self, n: usize) {
        (0..n).for_each(|_| (self.0)());
    }
}

/// The kinds there are, made by hand and by rawipc.
#[derive(Clone, Copy)]
pub enum Kind {
    Pipe,
    Stream,
    Seqpacket,
    Datagram,
}

pub fn bare(kind: Kind, size: usize) -> Box<dyn Ends> {
    let mut fds = [0; 2];
    let (kind, recv_flags) = match kind {
        Kind::Pipe => return bare_pipe(size),
        Kind::Stream => (libc::SOCK_STREAM, 0),
        Kind::Seqpacket => (libc::SOCK_SEQPACKET, libc::MSG_TRUNC),
        Kind::Datagram => (libc::SOCK_DGRAM, libc::MSG_TRUNC),
    };
    // SAFETY: room for two.
    let made = unsafe { libc::socketpair(libc::AF_UNIX, kind | libc::SOCK_CLOEXEC, 0, fds.as_mut_ptr()) };
    assert_eq!(made, 0);
    let (msg, mut buf) = (message(size), vec![0; size]);
    let none: *mut libc::sockaddr = std::ptr::null_mut();
    Here::boxed(move || {
        let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
        // SAFETY: reads our own bytes.
        let sent = unsafe { libc::sendto(fds[0], msg.as_ptr().cast(), size, flags, none, 0) };
        let flags = libc::MSG_DONTWAIT | recv_flags;
        // SAFETY: writes into our own bytes.
        let got = unsafe {
            libc::recvfrom(fds[1], buf.as_mut_ptr().cast(), size, flags, none, std::ptr::null_mut())
        };
        assert!(sent == size as isize && got == sent);
    })
}

fn bare_pipe(size: usize) -> Box<dyn Ends> {
    const RWF_NOSIGNAL: i32 = 0x100;
    let mut fds = [0; 2];
    // SAFETY: room for two.
    let made = unsafe { libc::pipe2(fds.as_mut_ptr(), libc::O_CLOEXEC | libc::O_NONBLOCK | libc::O_DIRECT) };
    assert_eq!(made, 0);
    let (msg, mut buf) = (message(size), vec![0; size]);
    Here::boxed(move || {
        let part = libc::iovec { iov_base: msg.as_ptr().cast_mut().cast(), iov_len: size };
        // SAFETY: reads our own bytes.
        let sent = unsafe { libc::pwritev2(fds[1], &part, 1, -1, RWF_NOSIGNAL) };
        // SAFETY: writes into our own bytes.
        let got = unsafe { libc::read(fds[0], buf.as_mut_ptr().cast(), size) };
        assert!(sent == size as isize && got == sent);
    })
}

pub fn ours(kind: Kind, size: usize) -> Box<dyn Ends> {
    match kind {
        Kind::Pipe => {
            let (receiver, sender) = pipe::packet_pair().expect("a pipe");
            both(sender, receiver, size)
        }
        Kind::Stream => {
            let (mut a, mut b) = Stream::pair().expect("a pair");
            let (msg, mut buf) = (message(size), vec![0; size]);
            Here::boxed(move || {
                a.write_all(&msg, Wait::FOREVER).expect("write");
                assert_eq!(b.read(&mut buf, Wait::FOREVER), Ok(size));
            })
        }
        Kind::Seqpacket => {
            let (a, b) = Seqpacket::pair().expect("a pair");
            both(a, b, size)
        }
        Kind::Datagram => {
            let (a, b) = Datagram::pair().expect("a pair");
            both(a, b, size)
        }
    }
}

fn both(mut to: impl Sender + 'static, mut from: impl Receiver + 'static, size: usize) -> Box<dyn Ends> {
    // Room for the largest there may be: a shorter buffer has a look first, so that nothing is cut.
    let (msg, mut buf) = (message(size), vec![0; from.recv_limit()]);
    Here::boxed(move || {
        to.send(&msg, Wait::FOREVER).expect("send");
        assert_eq!(from.recv(&mut buf, Wait::FOREVER), Ok(size));
    })
}
