//! error, fd, wait, channel.

use core::time::Duration;
use rawipc::fd::{AsFd, BorrowedFd, Fd, OwnedFd, Stdio};
use rawipc::pipe::{PacketReceiver, PacketSender, ReadEnd, WriteEnd};
use rawipc::wait::{self, Epoll, Ready, Trigger, Events, Instant, PollFd};
use rawipc::{ByteRead, ByteWrite, Call, Duplex, Errno, Error, Origin, Receiver, Result, Sender, Wait};

use crate::probes;

probes! {
    probe_error__Error__call(e: Error) -> Call = e.call();
    probe_error__Error__errno(e: Error) -> Errno = e.errno();
    probe_error__Error__origin(e: Error) -> Origin = e.origin();
    probe_error__Error__needed(e: Error) -> Option<usize> = e.needed();
    probe_error__Error__kernel(c: Call, e: Errno) -> Error = Error::kernel(c, e);
    probe_error__Error__argument(c: Call, e: Errno) -> Error = Error::argument(c, e);
    probe_error__Error__peer(c: Call, e: Errno) -> Error = Error::peer(c, e);
    probe_error__Error__deadline(c: Call) -> Error = Error::deadline(c);
    probe_error__Error__with_needed(e: Error, n: usize) -> Error = e.with_needed(n);
    probe_error__Error__describe(e: Error, buf: &mut [u8]) -> usize = e.describe(buf);
    probe_error__Call__name(c: Call) -> &'static str = c.name();
    probe_error__Call__c_name(c: Call) -> &'static core::ffi::CStr = c.c_name();
    probe_error__Call__number(c: Call) -> u8 = c.number();
    probe_error__Call__from_number(n: u8) -> Option<Call> = Call::from_number(n);

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
    probe_wait__Instant__after(i: Instant, d: Duration) -> Instant = i.after(d);
    probe_wait__Events__bits(e: Events) -> u16 = e.bits();
    probe_wait__Events__and(a: Events, b: Events) -> Events = a.and(b);
    probe_wait__Events__any_of(a: Events, b: Events) -> bool = a.any_of(b);
    probe_wait__PollFd__new(fd: &Fd, e: Events) -> PollFd<'_> = PollFd::new(fd, e);
    probe_wait__PollFd__told(p: &PollFd<'_>) -> Events = p.told();
    probe_wait__Epoll__create() -> Result<Epoll> = Epoll::create();
    probe_wait__Epoll__assume(fd: Fd) -> Epoll = Epoll::assume(fd);
    probe_wait__Epoll__into_fd(s: Epoll) -> Fd = s.into_fd();
    probe_wait__Epoll__add(s: &Epoll, f: &Fd, e: Events, g: Trigger, t: u64) -> Result<()> = s.add(f, e, g, t);
    probe_wait__Epoll__change(s: &Epoll, f: &Fd, e: Events, g: Trigger, t: u64) -> Result<()> =
        s.change(f, e, g, t);
    probe_wait__Epoll__remove(s: &Epoll, f: &Fd) -> Result<()> = s.remove(f);
    probe_wait__Epoll__wait(s: &Epoll, r: &mut [Ready], w: Wait) -> Result<usize> = s.wait(r, w);
    probe_wait__Epoll__try_wait(s: &Epoll, r: &mut [Ready]) -> Result<usize> = s.try_wait(r);
    probe_wait__Epoll__as_fd(s: &Epoll) -> BorrowedFd<'_> = s.as_fd();
    probe_wait__Epoll__drop(s: Epoll) = drop(s);
    probe_wait__Ready__token(r: &Ready) -> u64 = r.token();
    probe_wait__Ready__told(r: &Ready) -> Events = r.told();
    probe_wait__poll(fds: &mut [PollFd<'_>], w: Wait) -> Result<usize> = wait::poll(fds, w);
}

probes! {
    probe_channel__ByteRead__read_call(r: &ReadEnd) -> Call = r.read_call();
    probe_channel__ByteWrite__write_call(e: &WriteEnd) -> Call = e.write_call();
    probe_channel__ByteWrite__atomic(e: &WriteEnd) -> usize = e.atomic();
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
