//! Each operation behind a name of its own, which callgrind tells apart.

use std::hint::black_box;

use crate::scratch::{c_string, unused};
use rawipc::fd::AsFd;
use rawipc::pipe::{PIPE_BUF, PacketReceiver, PacketSender};
use rawipc::ring::{Consumer, Producer};
use rawipc::socket::{Datagram, FdRefs, FdSlots, Refs, Seqpacket, Slots, Stream};
use rawipc::{ByteRead, ByteWrite, Errno, Receiver, Result, Sender, Wait, fifo, pipe, ring};

/// No instruction, but a text of its own: functions of the same code would be made one.
macro_rules! apart {
    ($name:ident) => {
        // SAFETY: a comment.
        unsafe {
            std::arch::asm!(
                concat!("/* ", stringify!($name), " */"),
                options(nomem, nostack, preserves_flags)
            )
        }
    };
}

macro_rules! operations {
    ($($name:ident $owner:ty, $verb:ident($bytes:ty) -> $ret:ty;)+) => {
        $(
            #[unsafe(no_mangle)]
            #[inline(never)]
            extern "Rust" fn $name(end: &mut $owner, bytes: $bytes) -> Result<$ret> {
                apart!($name);
                end.$verb(bytes, Wait::FOREVER)
            }
        )+
    };
}

operations! {
    op_pipe_send PacketSender, send(&[u8]) -> ();
    op_pipe_recv PacketReceiver, recv(&mut [u8]) -> usize;
    op_fifo_send PacketSender, send(&[u8]) -> ();
    op_fifo_recv PacketReceiver, recv(&mut [u8]) -> usize;
    op_seqpacket_send Seqpacket, send(&[u8]) -> ();
    op_seqpacket_recv Seqpacket, recv(&mut [u8]) -> usize;
    op_stream_send Stream, write(&[u8]) -> usize;
    op_stream_recv Stream, read(&mut [u8]) -> usize;
    op_datagram_send Datagram, send(&[u8]) -> ();
    op_datagram_recv Datagram, recv(&mut [u8]) -> usize;
    op_ring_send Producer, send(&[u8]) -> ();
    op_ring_recv Consumer, recv(&mut [u8]) -> usize;
}

#[unsafe(no_mangle)]
#[inline(never)]
extern "Rust" fn op_along_send(s: &mut Seqpacket, msg: &[u8], fds: &Refs<'_>) -> Result<()> {
    apart!(op_along_send);
    s.send_with_fds(msg, fds, Wait::FOREVER)
}

#[unsafe(no_mangle)]
#[inline(never)]
extern "Rust" fn op_along_recv(s: &mut Seqpacket, buf: &mut [u8], fds: &mut Slots) -> Result<usize> {
    apart!(op_along_recv);
    s.recv_with_fds(buf, fds, Wait::FOREVER)
}

#[unsafe(no_mangle)]
#[inline(never)]
extern "Rust" fn op_twin_send(s: &mut PacketSender, msg: &[u8]) -> Result<()> {
    let mut sum = 0_u8;
    for byte in msg {
        sum = sum.wrapping_add(black_box(*byte));
    }
    black_box(sum);
    s.send(msg, Wait::FOREVER)
}

/// Why this kernel cannot be compared on: before 6.18 a send on a pipe is another call.
pub fn why_not() -> Option<&'static str> {
    // A write to nobody: EPIPE where the kernel knows RWF_NOSIGNAL, and the crate's own way around it where not.
    let (receiver, mut sender) = pipe::packet_pair().unwrap();
    drop(receiver);
    assert_eq!(sender.send(b"x", Wait::FOREVER).unwrap_err().errno(), Errno::PIPE);
    let call = sender.send(b"x", Wait::FOREVER).unwrap_err().call();
    (call != rawipc::Call::PWRITEV2).then_some("a kernel before 6.18")
}

/// Does each operation `times` times.
pub fn all(times: u64) {
    let msg = black_box(&[7_u8; 64][..]);
    let buf = &mut vec![0; 65_536][..];
    let (mut pipe_out, mut pipe_in) = pipe::packet_pair().unwrap();
    let path = c_string(unused("rawipc-own"));
    fifo::create(&path).unwrap();
    let mut fifo_out = fifo::open_receiver(&path).unwrap();
    let mut fifo_in = fifo::open_sender(&path, Wait::FOREVER).unwrap();
    fifo::remove(&path).unwrap();
    let (mut ring_in, mut ring_out) = ring::pair(65_536).unwrap();
    let (mut seqpacket_in, mut seqpacket_out) = Seqpacket::pair().unwrap();
    let mut fds = FdSlots::<1>::new();
    let (mut stream_in, mut stream_out) = Stream::pair().unwrap();
    let (mut datagram_in, mut datagram_out) = Datagram::pair().unwrap();

    for _ in 0..times {
        op_pipe_send(&mut pipe_in, msg).unwrap();
        assert_eq!(op_pipe_recv(&mut pipe_out, &mut buf[..PIPE_BUF]), Ok(64));
        op_twin_send(&mut pipe_in, msg).unwrap();
        assert_eq!(pipe_out.recv(buf, Wait::FOREVER), Ok(64));
        op_fifo_send(&mut fifo_in, msg).unwrap();
        assert_eq!(op_fifo_recv(&mut fifo_out, &mut buf[..PIPE_BUF]), Ok(64));
        op_seqpacket_send(&mut seqpacket_in, msg).unwrap();
        assert_eq!(op_seqpacket_recv(&mut seqpacket_out, buf), Ok(64));
        op_along_send(&mut seqpacket_in, msg, &FdRefs::of([stream_in.as_fd()])).unwrap();
        assert_eq!(op_along_recv(&mut seqpacket_out, buf, &mut fds), Ok(64));
        drop(fds.take(0).unwrap());
        assert_eq!(op_stream_send(&mut stream_in, msg), Ok(64));
        assert_eq!(op_stream_recv(&mut stream_out, buf), Ok(64));
        op_datagram_send(&mut datagram_in, msg).unwrap();
        assert_eq!(op_datagram_recv(&mut datagram_out, buf), Ok(64));
        op_ring_send(&mut ring_in, msg).unwrap();
        assert_eq!(op_ring_recv(&mut ring_out, buf), Ok(64));
    }
}
