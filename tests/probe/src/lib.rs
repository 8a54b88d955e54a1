//! One symbol for each public function: `probe_pipe__ReadEnd__read` calls `pipe::ReadEnd::read`, and nothing else.
//!
//! Nobody calls them, so the compiler knows nothing of their arguments. The panic handler calls a symbol that
//! exists nowhere: what links without it cannot panic.

#![no_std]
#![allow(non_snake_case, improper_ctypes_definitions, clippy::missing_safety_doc)]

mod twins;

use core::ffi::CStr;
use core::time::Duration;
use rawipc::fd::{AsFd, BorrowedFd, Fd, OwnedFd, Stdio};
use rawipc::fifo::{self, Owner};
use rawipc::frame::{FrameReceiver, FrameSender, Framed};
use rawipc::pipe::{self, PacketReceiver, PacketSender, ReadEnd, WriteEnd};
use rawipc::wait::{self, Events, Instant, PollFd};
use rawipc::{ByteRead, ByteWrite, Call, Duplex, Errno, Error, Origin, Receiver, Result, Sender, Wait};

unsafe extern "C" {
    fn rawipc_a_panic_path_is_left() -> !;
}

#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: never linked.
    unsafe { rawipc_a_panic_path_is_left() }
}

/// `name(arguments) -> result = expression;` becomes a symbol of that name.
macro_rules! probes {
    ($($name:ident $(<$life:lifetime>)? ($($arg:ident: $ty:ty),*) $(-> $ret:ty)? = $body:expr;)+) => {
        $(
            #[unsafe(no_mangle)]
            pub extern "C" fn $name $(<$life>)? ($($arg: $ty),*) $(-> $ret)? {
                $body
            }
        )+
    };
}
pub(crate) use probes;

probes! {
    probe_error__Error__call(e: Error) -> Call = e.call();
    probe_error__Error__errno(e: Error) -> Errno = e.errno();
    probe_error__Error__origin(e: Error) -> Origin = e.origin();
    probe_error__Error__needed(e: Error) -> Option<usize> = e.needed();
    probe_error__Call__name(c: Call) -> &'static str = c.name();

    // SAFETY: nobody runs this.
    probe_fd__Fd__from_raw(raw: i32) -> Result<Fd> = unsafe { Fd::from_raw(raw) };
    probe_fd__Fd__as_raw(fd: &Fd) -> i32 = fd.as_raw();
    probe_fd__Fd__into_raw(fd: Fd) -> i32 = fd.into_raw();
    probe_fd__Fd__try_clone(fd: &Fd) -> Result<Fd> = fd.try_clone();
    probe_fd__Fd__hand_over_as(fd: Fd, stdio: Stdio) -> Result<()> = fd.hand_over_as(stdio);
    probe_fd__Fd__inherit(fd: &Fd) -> Result<()> = fd.inherit();
    probe_fd__Fd__as_fd(fd: &Fd) -> BorrowedFd<'_> = fd.as_fd();
    probe_fd__Fd__from(fd: OwnedFd) -> Fd = fd.into();
    probe_fd__OwnedFd__from(fd: Fd) -> OwnedFd = fd.into();
    probe_fd__Fd__drop(fd: Fd) = drop(fd);
}

probes! {
    probe_wait__Wait__at_most(d: Duration) -> Wait = Wait::at_most(d);
    probe_wait__Wait__until(i: Instant) -> Wait = Wait::until(i);
    probe_wait__Wait__or_signal(w: Wait) -> Wait = w.or_signal();
    probe_wait__Wait__or_signal_under(w: Wait, mask: u64) -> Wait = w.or_signal_under(mask);
    probe_wait__Wait__fixed(w: Wait) -> Wait = w.fixed();
    probe_wait__Instant__now() -> Instant = Instant::now();
    probe_wait__Instant__as_nanos(i: Instant) -> u64 = i.as_nanos();
    probe_wait__Instant__from_nanos(n: u64) -> Instant = Instant::from_nanos(n);
    probe_wait__Events__bits(e: Events) -> u16 = e.bits();
    probe_wait__Events__and(a: Events, b: Events) -> Events = a.and(b);
    probe_wait__Events__any_of(a: Events, b: Events) -> bool = a.any_of(b);
    probe_wait__PollFd__new(fd: &Fd, e: Events) -> PollFd<'_> = PollFd::new(fd, e);
    probe_wait__PollFd__told(p: &PollFd<'_>) -> Events = p.told();
    probe_wait__poll(fds: &mut [PollFd<'_>], w: Wait) -> Result<usize> = wait::poll(fds, w);
}

probes! {
    probe_channel__ByteRead__read_exact(r: &mut ReadEnd, buf: &mut [u8], w: Wait) -> Result<usize> =
        r.read_exact(buf, w);
    probe_channel__ByteWrite__write_all(e: &mut WriteEnd, b: &[u8], w: Wait) -> Result<()> = e.write_all(b, w);
    probe_channel__Duplex__send_limit(d: &Duplex<PacketSender, PacketReceiver>) -> usize = d.send_limit();
    probe_channel__Duplex__send(d: &mut Duplex<PacketSender, PacketReceiver>, m: &[u8], w: Wait) -> Result<()> =
        d.send(m, w);
    probe_channel__Duplex__try_send(d: &mut Duplex<PacketSender, PacketReceiver>, m: &[u8]) -> Result<()> =
        d.try_send(m);
    probe_channel__Duplex__recv_limit(d: &Duplex<PacketSender, PacketReceiver>) -> usize = d.recv_limit();
    probe_channel__Duplex__recv(
        d: &mut Duplex<PacketSender, PacketReceiver>, buf: &mut [u8], w: Wait
    ) -> Result<usize> = d.recv(buf, w);
    probe_channel__Duplex__try_recv(d: &mut Duplex<PacketSender, PacketReceiver>, buf: &mut [u8]) -> Result<usize> =
        d.try_recv(buf);
}

probes! {
    probe_pipe__pair() -> Result<(ReadEnd, WriteEnd)> = pipe::pair();
    probe_pipe__packet_pair() -> Result<(PacketReceiver, PacketSender)> = pipe::packet_pair();

    probe_pipe__ReadEnd__attach(fd: Fd) -> Result<ReadEnd> = ReadEnd::attach(fd);
    probe_pipe__ReadEnd__capacity(e: &ReadEnd) -> Result<usize> = e.capacity();
    probe_pipe__ReadEnd__set_capacity(e: &ReadEnd, n: usize) -> Result<usize> = e.set_capacity(n);
    probe_pipe__ReadEnd__available(e: &ReadEnd) -> Result<usize> = e.available();
    probe_pipe__ReadEnd__into_fd(e: ReadEnd) -> Fd = e.into_fd();
    probe_pipe__ReadEnd__as_fd(e: &ReadEnd) -> BorrowedFd<'_> = e.as_fd();
    probe_pipe__ReadEnd__read(e: &mut ReadEnd, buf: &mut [u8], w: Wait) -> Result<usize> = e.read(buf, w);
    probe_pipe__ReadEnd__try_read(e: &mut ReadEnd, buf: &mut [u8]) -> Result<usize> = e.try_read(buf);
    probe_pipe__ReadEnd__drop(e: ReadEnd) = drop(e);

    probe_pipe__WriteEnd__attach(fd: Fd) -> Result<WriteEnd> = WriteEnd::attach(fd);
    probe_pipe__WriteEnd__capacity(e: &WriteEnd) -> Result<usize> = e.capacity();
    probe_pipe__WriteEnd__set_capacity(e: &WriteEnd, n: usize) -> Result<usize> = e.set_capacity(n);
    probe_pipe__WriteEnd__into_fd(e: WriteEnd) -> Fd = e.into_fd();
    probe_pipe__WriteEnd__as_fd(e: &WriteEnd) -> BorrowedFd<'_> = e.as_fd();
    probe_pipe__WriteEnd__write(e: &mut WriteEnd, b: &[u8], w: Wait) -> Result<usize> = e.write(b, w);
    probe_pipe__WriteEnd__try_write(e: &mut WriteEnd, b: &[u8]) -> Result<usize> = e.try_write(b);
    probe_pipe__WriteEnd__write_two(e: &mut WriteEnd, a: &[u8], b: &[u8], w: Wait) -> Result<usize> =
        e.write_two(a, b, w);
    probe_pipe__WriteEnd__try_write_two(e: &mut WriteEnd, a: &[u8], b: &[u8]) -> Result<usize> =
        e.try_write_two(a, b);
    probe_pipe__WriteEnd__drop(e: WriteEnd) = drop(e);

    probe_pipe__PacketReceiver__capacity(r: &PacketReceiver) -> Result<usize> = r.capacity();
    probe_pipe__PacketReceiver__set_capacity(r: &PacketReceiver, n: usize) -> Result<usize> = r.set_capacity(n);
    probe_pipe__PacketReceiver__into_fd(r: PacketReceiver) -> Fd = r.into_fd();
    probe_pipe__PacketReceiver__as_fd(r: &PacketReceiver) -> BorrowedFd<'_> = r.as_fd();
    probe_pipe__PacketReceiver__recv_limit(r: &PacketReceiver) -> usize = r.recv_limit();
    probe_pipe__PacketReceiver__recv(r: &mut PacketReceiver, buf: &mut [u8], w: Wait) -> Result<usize> =
        r.recv(buf, w);
    probe_pipe__PacketReceiver__try_recv(r: &mut PacketReceiver, buf: &mut [u8]) -> Result<usize> =
        r.try_recv(buf);

    probe_pipe__PacketReceiver__drop(r: PacketReceiver) = drop(r);

    probe_pipe__PacketSender__into_fd(s: PacketSender) -> Fd = s.into_fd();
    probe_pipe__PacketSender__as_fd(s: &PacketSender) -> BorrowedFd<'_> = s.as_fd();
    probe_pipe__PacketSender__send_limit(s: &PacketSender) -> usize = s.send_limit();
    probe_pipe__PacketSender__send(s: &mut PacketSender, m: &[u8], w: Wait) -> Result<()> = s.send(m, w);
    probe_pipe__PacketSender__try_send(s: &mut PacketSender, m: &[u8]) -> Result<()> = s.try_send(m);
    probe_pipe__PacketSender__drop(s: PacketSender) = drop(s);
}

probes! {
    probe_fifo__create(p: &CStr) -> Result<()> = fifo::create(p);
    probe_fifo__create_at(d: BorrowedFd<'_>, p: &CStr, mode: u32) -> Result<()> = fifo::create_at(d, p, mode);
    probe_fifo__ensure(p: &CStr) -> Result<()> = fifo::ensure(p);
    probe_fifo__open_read(p: &CStr) -> Result<ReadEnd> = fifo::open_read(p);
    probe_fifo__open_read_at(d: BorrowedFd<'_>, p: &CStr, o: Owner) -> Result<ReadEnd> =
        fifo::open_read_at(d, p, o);
    probe_fifo__open_write(p: &CStr, w: Wait) -> Result<WriteEnd> = fifo::open_write(p, w);
    probe_fifo__open_write_at(d: BorrowedFd<'_>, p: &CStr, o: Owner, w: Wait) -> Result<WriteEnd> =
        fifo::open_write_at(d, p, o, w);
    probe_fifo__open_receiver(p: &CStr) -> Result<PacketReceiver> = fifo::open_receiver(p);
    probe_fifo__open_receiver_at(d: BorrowedFd<'_>, p: &CStr, o: Owner) -> Result<PacketReceiver> =
        fifo::open_receiver_at(d, p, o);
    probe_fifo__open_sender(p: &CStr, w: Wait) -> Result<PacketSender> = fifo::open_sender(p, w);
    probe_fifo__open_sender_at(d: BorrowedFd<'_>, p: &CStr, o: Owner, w: Wait) -> Result<PacketSender> =
        fifo::open_sender_at(d, p, o, w);
    probe_fifo__remove(p: &CStr) -> Result<()> = fifo::remove(p);
    probe_fifo__remove_at(d: BorrowedFd<'_>, p: &CStr) -> Result<()> = fifo::remove_at(d, p);
}

type FramesIn<'b> = FrameReceiver<'b, ReadEnd>;
type FramesOut = FrameSender<WriteEnd>;

probes! {
    probe_frame__FrameSender__shared(e: WriteEnd) -> Result<FramesOut> = FrameSender::shared(e);
    probe_frame__FrameSender__sole(e: WriteEnd, limit: usize) -> Result<FramesOut> = FrameSender::sole(e, limit);
    probe_frame__FrameSender__is_unfinished(s: &FramesOut) -> bool = s.is_unfinished();
    probe_frame__FrameSender__into_inner(s: FramesOut) -> WriteEnd = s.into_inner();
    probe_frame__FrameSender__as_fd(s: &FramesOut) -> BorrowedFd<'_> = s.as_fd();
    probe_frame__FrameSender__send_limit(s: &FramesOut) -> usize = s.send_limit();
    probe_frame__FrameSender__send(s: &mut FramesOut, m: &[u8], w: Wait) -> Result<()> = s.send(m, w);
    probe_frame__FrameSender__try_send(s: &mut FramesOut, m: &[u8]) -> Result<()> = s.try_send(m);

    probe_frame__FrameReceiver__new<'b>(e: ReadEnd, buf: &'b mut [u8]) -> Result<FramesIn<'b>> =
        FrameReceiver::new(e, buf);
    probe_frame__FrameReceiver__has_buffered(r: &FramesIn<'_>) -> bool = r.has_buffered();
    probe_frame__FrameReceiver__into_inner(r: FramesIn<'_>) -> ReadEnd = r.into_inner();
    probe_frame__FrameReceiver__as_fd<'a>(r: &'a FramesIn<'_>) -> BorrowedFd<'a> = r.as_fd();
    probe_frame__FrameReceiver__recv_limit(r: &FramesIn<'_>) -> usize = r.recv_limit();
    probe_frame__FrameReceiver__recv(r: &mut FramesIn<'_>, buf: &mut [u8], w: Wait) -> Result<usize> =
        r.recv(buf, w);
    probe_frame__FrameReceiver__try_recv(r: &mut FramesIn<'_>, buf: &mut [u8]) -> Result<usize> = r.try_recv(buf);
    probe_frame__FrameReceiver__recv_in_place<'a>(r: &'a mut FramesIn<'_>, w: Wait) -> Result<Option<&'a [u8]>> =
        r.recv_in_place(w);
    probe_frame__FrameReceiver__try_recv_in_place<'a>(r: &'a mut FramesIn<'_>) -> Result<Option<&'a [u8]>> =
        r.try_recv_in_place();
}
