//! pipe, FIFO, memory, ring, socket, proc, seccomp.

use core::ffi::CStr;
use core::ffi::c_void;
use core::sync::atomic::{AtomicU32, AtomicU64};
use core::time::Duration;
use rawipc::fd::{AsFd, BorrowedFd, Fd, RawFd};
use rawipc::fifo::{self, Owner};
use rawipc::memory::{File, Map, Memfd, ReadOnlyMap};
use rawipc::pipe::{self, PacketReceiver, PacketSender, ReadEnd, WriteEnd};
use rawipc::proc::{Access, Entry, FdInfo, Kind, Link, OpenFile, Process, Table};
use rawipc::ring::{self, Consumer, Corruption, Many, Polling, Producer, Received, Slot};
use rawipc::seccomp::{Action, Check, Fcntl, Filter, Instruction, List};
use rawipc::socket::{
    Address, Behind, Credentials, Crowd, Datagram, Event, FdRefs, FdSlots, Files, Listener, Member, Options, Peer, Refs,
    Seat, Seqpacket, Slots, SocketFile, Stream, behind_at,
};
use rawipc::wait::{Events, Trigger};
use rawipc::{ByteRead, ByteWrite, Call, Receiver, Result, Sender, Wait};

use crate::probes;

probes! {
    probe_pipe__pair() -> Result<(ReadEnd, WriteEnd)> = pipe::pair();
    probe_pipe__packet_pair() -> Result<(PacketReceiver, PacketSender)> = pipe::packet_pair();

    probe_pipe__ReadEnd__attach(fd: Fd) -> Result<ReadEnd> = ReadEnd::attach(fd);
    probe_pipe__ReadEnd__assume(fd: Fd) -> ReadEnd = ReadEnd::assume(fd);
    probe_pipe__ReadEnd__capacity(e: &ReadEnd) -> Result<usize> = e.capacity();
    probe_pipe__ReadEnd__set_capacity(e: &ReadEnd, n: usize) -> Result<usize> = e.set_capacity(n);
    probe_pipe__ReadEnd__available(e: &ReadEnd) -> Result<usize> = e.available();
    probe_pipe__ReadEnd__into_fd(e: ReadEnd) -> Fd = e.into_fd();
    probe_pipe__ReadEnd__as_fd(e: &ReadEnd) -> BorrowedFd<'_> = e.as_fd();
    probe_pipe__ReadEnd__read(e: &mut ReadEnd, buf: &mut [u8], w: Wait) -> Result<usize> = e.read(buf, w);
    probe_pipe__ReadEnd__try_read(e: &mut ReadEnd, buf: &mut [u8]) -> Result<usize> = e.try_read(buf);
    probe_pipe__ReadEnd__drop(e: ReadEnd) = drop(e);

    probe_pipe__WriteEnd__attach(fd: Fd) -> Result<WriteEnd> = WriteEnd::attach(fd);
    probe_pipe__WriteEnd__assume(fd: Fd) -> WriteEnd = WriteEnd::assume(fd);
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
    probe_pipe__PacketReceiver__attach(fd: Fd) -> Result<PacketReceiver> = PacketReceiver::attach(fd);
    probe_pipe__PacketReceiver__assume(fd: Fd) -> PacketReceiver = PacketReceiver::assume(fd);
    probe_pipe__PacketReceiver__into_fd(r: PacketReceiver) -> Fd = r.into_fd();
    probe_pipe__PacketReceiver__as_fd(r: &PacketReceiver) -> BorrowedFd<'_> = r.as_fd();
    probe_pipe__PacketReceiver__recv_limit(r: &PacketReceiver) -> usize = r.recv_limit();
    probe_pipe__PacketReceiver__recv(r: &mut PacketReceiver, buf: &mut [u8], w: Wait) -> Result<usize> =
        r.recv(buf, w);
    probe_pipe__PacketReceiver__try_recv(r: &mut PacketReceiver, buf: &mut [u8]) -> Result<usize> =
        r.try_recv(buf);

    probe_pipe__PacketReceiver__drop(r: PacketReceiver) = drop(r);

    probe_pipe__PacketSender__attach(fd: Fd) -> Result<PacketSender> = PacketSender::attach(fd);
    probe_pipe__PacketSender__assume(fd: Fd) -> PacketSender = PacketSender::assume(fd);
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

probes! {
    probe_memory__Map__anonymous(len: usize) -> Result<Map> = Map::anonymous(len);
    probe_memory__Map__len(m: &Map) -> usize = m.len();
    probe_memory__Map__as_ptr(m: &Map) -> *mut u8 = m.as_ptr();
    probe_memory__Map__read(m: &Map, at: usize, buf: &mut [u8]) -> Result<()> = m.read(at, buf);
    probe_memory__Map__write(m: &Map, at: usize, bytes: &[u8]) -> Result<()> = m.write(at, bytes);
    probe_memory__Map__atomic_u32(m: &Map, at: usize) -> Result<&AtomicU32> = m.atomic_u32(at);
    probe_memory__Map__atomic_u64(m: &Map, at: usize) -> Result<&AtomicU64> = m.atomic_u64(at);
    probe_memory__Map__drop(m: Map) = drop(m);

    probe_memory__ReadOnlyMap__len(m: &ReadOnlyMap) -> usize = m.len();
    probe_memory__ReadOnlyMap__as_ptr(m: &ReadOnlyMap) -> *const u8 = m.as_ptr();
    probe_memory__ReadOnlyMap__read(m: &ReadOnlyMap, at: usize, buf: &mut [u8]) -> Result<()> = m.read(at, buf);
    probe_memory__ReadOnlyMap__load_u32(m: &ReadOnlyMap, at: usize) -> Result<u32> = m.load_u32(at);
    probe_memory__ReadOnlyMap__drop(m: ReadOnlyMap) = drop(m);

    probe_memory__Memfd__create(name: &CStr, len: usize) -> Result<Memfd> = Memfd::create(name, len);
    probe_memory__Memfd__attach(fd: Fd) -> Result<Memfd> = Memfd::attach(fd);
    probe_memory__Memfd__len(m: &Memfd) -> usize = m.len();
    probe_memory__Memfd__map(m: &Memfd) -> Result<Map> = m.map();
    probe_memory__Memfd__map_read_only(m: &Memfd) -> Result<ReadOnlyMap> = m.map_read_only();
    probe_memory__Memfd__seal_writes(m: &Memfd) -> Result<()> = m.seal_writes();
    probe_memory__Memfd__into_fd(m: Memfd) -> Fd = m.into_fd();
    probe_memory__Memfd__as_fd(m: &Memfd) -> BorrowedFd<'_> = m.as_fd();
    probe_memory__Memfd__drop(m: Memfd) = drop(m);

    probe_memory__File__create(path: &CStr, len: usize) -> Result<File> = File::create(path, len);
    probe_memory__File__open(path: &CStr) -> Result<File> = File::open(path);
    probe_memory__File__remove(path: &CStr) -> Result<()> = File::remove(path);
    probe_memory__File__len(f: &File) -> usize = f.len();
    probe_memory__File__map(f: &File) -> Result<Map> = f.map();
    probe_memory__File__map_read_only(f: &File) -> Result<ReadOnlyMap> = f.map_read_only();
    probe_memory__File__into_fd(f: File) -> Fd = f.into_fd();
    probe_memory__File__as_fd(f: &File) -> BorrowedFd<'_> = f.as_fd();
    probe_memory__File__drop(f: File) = drop(f);
}

probes! {
    probe_ring__pair(capacity: usize) -> Result<(Producer, Consumer)> = ring::pair(capacity);

    probe_ring__Producer__capacity(p: &Producer) -> usize = p.capacity();
    probe_ring__Producer__set_polling(p: &mut Producer, how: Polling) = p.set_polling(how);
    probe_ring__Producer__corruption(p: &Producer) -> Option<Corruption> = p.corruption();
    probe_ring__Producer__send_limit(p: &Producer) -> usize = p.send_limit();
    probe_ring__Producer__send(p: &mut Producer, m: &[u8], w: Wait) -> Result<()> = p.send(m, w);
    probe_ring__Producer__try_send(p: &mut Producer, m: &[u8]) -> Result<()> = p.try_send(m);
    probe_ring__Producer__as_fd(p: &Producer) -> BorrowedFd<'_> = p.as_fd();
    probe_ring__Producer__drop(p: Producer) = drop(p);

    probe_ring__Consumer__capacity(c: &Consumer) -> usize = c.capacity();
    probe_ring__Consumer__set_polling(c: &mut Consumer, how: Polling) = c.set_polling(how);
    probe_ring__Consumer__corruption(c: &Consumer) -> Option<Corruption> = c.corruption();
    probe_ring__Consumer__recv_limit(c: &Consumer) -> usize = c.recv_limit();
    probe_ring__Consumer__recv(c: &mut Consumer, buf: &mut [u8], w: Wait) -> Result<usize> = c.recv(buf, w);
    probe_ring__Consumer__try_recv(c: &mut Consumer, buf: &mut [u8]) -> Result<usize> = c.try_recv(buf);
    probe_ring__Consumer__as_fd(c: &Consumer) -> BorrowedFd<'_> = c.as_fd();
    probe_ring__Consumer__drop(c: Consumer) = drop(c);

    probe_ring__Slot__default() -> Slot = Slot::default();
    // In place, as it lies in an array.
    // SAFETY: never run.
    probe_ring__Slot__drop(s: &mut Slot) = unsafe { core::ptr::drop_in_place(s) };
    probe_ring__Many__new<'s>(s: &'s mut [Slot]) -> Result<Many<'s>> = Many::new(s);
    probe_ring__Many__admit(m: &mut Many<'_>, c: Consumer) -> Result<usize> = m.admit(c);
    probe_ring__Many__remove(m: &mut Many<'_>, i: usize) -> Option<Consumer> = m.remove(i);
    probe_ring__Many__get<'m>(m: &'m Many<'_>, i: usize) -> Option<&'m Consumer> = m.get(i);
    probe_ring__Many__len(m: &Many<'_>) -> usize = m.len();
    probe_ring__Many__is_empty(m: &Many<'_>) -> bool = m.is_empty();
    probe_ring__Many__capacity(m: &Many<'_>) -> usize = m.capacity();
    probe_ring__Many__recv_limit(m: &Many<'_>) -> usize = m.recv_limit();
    probe_ring__Many__set_polling(m: &mut Many<'_>, how: Polling) = m.set_polling(how);
    probe_ring__Many__recv(m: &mut Many<'_>, buf: &mut [u8], w: Wait) -> Result<Received> = m.recv(buf, w);
    probe_ring__Many__try_recv(m: &mut Many<'_>, buf: &mut [u8]) -> Result<Received> = m.try_recv(buf);
    probe_ring__Many__as_fd<'m>(m: &'m Many<'_>) -> BorrowedFd<'m> = m.as_fd();
    // In place, where it stays.
    // SAFETY: never run.
    probe_ring__Many__drop(m: &mut Many<'_>) = unsafe { core::ptr::drop_in_place(m) };
}

probes! {
    probe_socket__Address__path(path: &CStr) -> Result<Address> = Address::path(path);
    probe_socket__Address__abstract_name(name: &[u8]) -> Result<Address> = Address::abstract_name(name);
    probe_socket__Address__as_path(a: &Address) -> Option<&CStr> = a.as_path();
    probe_socket__Address__as_abstract(a: &Address) -> Option<&[u8]> = a.as_abstract();
    probe_socket__Address__is_unnamed(a: &Address) -> bool = a.is_unnamed();

    probe_socket__Options__default() -> Options = Options::default();
    probe_socket__Listener__bind(a: &Address) -> Result<Listener<Stream>> = Listener::bind(a);
    probe_socket__Listener__bind_with(a: &Address, o: Options) -> Result<Listener<Stream>> =
        Listener::bind_with(a, o);
    probe_socket__Listener__take_over(a: &Address, o: Options, w: Wait) -> Result<Listener<Stream>> =
        Listener::take_over(a, o, w);
    probe_socket__Listener__bind_at(d: BorrowedFd<'_>, p: &CStr, o: Options) -> Result<Listener<Stream>> =
        Listener::bind_at(d, p, o);
    probe_socket__Listener__take_over_at(
        d: BorrowedFd<'_>,
        p: &CStr,
        o: Options,
        w: Wait
    ) -> Result<Listener<Stream>> = Listener::take_over_at(d, p, o, w);
    probe_socket__Listener__attach(fd: Fd) -> Result<Listener<Stream>> = Listener::attach(fd);
    probe_socket__Listener__retire(l: &mut Listener<Stream>) -> Result<()> = l.retire();
    probe_socket__Listener__accept_last(l: &mut Listener<Stream>, w: Wait) -> Result<Option<Stream>> =
        l.accept_last(w);
    probe_socket__Listener__try_accept_last(l: &mut Listener<Stream>) -> Result<Option<Stream>> =
        l.try_accept_last();
    probe_socket__Listener__accept(l: &Listener<Stream>, w: Wait) -> Result<Stream> = l.accept(w);
    probe_socket__Listener__try_accept(l: &Listener<Stream>) -> Result<Stream> = l.try_accept();
    probe_socket__Listener__remove(l: Listener<Stream>) -> Result<()> = l.remove();
    probe_socket__Listener__address(l: &Listener<Stream>) -> &Address = l.address();
    probe_socket__Listener__into_fd(l: Listener<Stream>) -> Fd = l.into_fd();
    probe_socket__Listener__as_fd(l: &Listener<Stream>) -> BorrowedFd<'_> = l.as_fd();
    probe_socket__Listener__drop(l: Listener<Stream>) = drop(l);
}

probes! {
    probe_socket__Stream__pair() -> Result<(Stream, Stream)> = Stream::pair();
    probe_socket__Stream__connect(a: &Address, w: Wait) -> Result<Stream> = Stream::connect(a, w);
    probe_socket__Stream__try_connect(a: &Address) -> Result<Stream> = Stream::try_connect(a);
    probe_socket__Stream__connect_at(d: BorrowedFd<'_>, p: &CStr, w: Wait) -> Result<Stream> =
        Stream::connect_at(d, p, w);
    probe_socket__Stream__try_connect_at(d: BorrowedFd<'_>, p: &CStr) -> Result<Stream> =
        Stream::try_connect_at(d, p);
    probe_socket__Stream__attach(fd: Fd) -> Result<Stream> = Stream::attach(fd);
    probe_socket__Stream__assume(fd: Fd) -> Stream = Stream::assume(fd);
    probe_socket__Stream__shutdown_write(s: &Stream) -> Result<()> = s.shutdown_write();
    probe_socket__Stream__into_fd(s: Stream) -> Fd = s.into_fd();
    probe_socket__Stream__as_fd(s: &Stream) -> BorrowedFd<'_> = s.as_fd();
    probe_socket__Stream__read(s: &mut Stream, buf: &mut [u8], w: Wait) -> Result<usize> = s.read(buf, w);
    probe_socket__Stream__try_read(s: &mut Stream, buf: &mut [u8]) -> Result<usize> = s.try_read(buf);
    probe_socket__Stream__write(s: &mut Stream, b: &[u8], w: Wait) -> Result<usize> = s.write(b, w);
    probe_socket__Stream__try_write(s: &mut Stream, b: &[u8]) -> Result<usize> = s.try_write(b);
    probe_socket__Stream__write_two(s: &mut Stream, a: &[u8], b: &[u8], w: Wait) -> Result<usize> =
        s.write_two(a, b, w);
    probe_socket__Stream__try_write_two(s: &mut Stream, a: &[u8], b: &[u8]) -> Result<usize> =
        s.try_write_two(a, b);
    probe_socket__Stream__drop(s: Stream) = drop(s);
    probe_socket__ref_Stream__read(s: &Stream, buf: &mut [u8], w: Wait) -> Result<usize> = (&*s).read(buf, w);
    probe_socket__ref_Stream__try_read(s: &Stream, buf: &mut [u8]) -> Result<usize> = (&*s).try_read(buf);
    probe_socket__ref_Stream__write(s: &Stream, b: &[u8], w: Wait) -> Result<usize> = (&*s).write(b, w);
    probe_socket__ref_Stream__try_write(s: &Stream, b: &[u8]) -> Result<usize> = (&*s).try_write(b);
    probe_socket__ref_Stream__write_two(s: &Stream, a: &[u8], b: &[u8], w: Wait) -> Result<usize> =
        (&*s).write_two(a, b, w);
    probe_socket__ref_Stream__try_write_two(s: &Stream, a: &[u8], b: &[u8]) -> Result<usize> =
        (&*s).try_write_two(a, b);

    probe_socket__Seqpacket__pair() -> Result<(Seqpacket, Seqpacket)> = Seqpacket::pair();
    probe_socket__Seqpacket__connect(a: &Address, w: Wait) -> Result<Seqpacket> = Seqpacket::connect(a, w);
    probe_socket__Seqpacket__try_connect(a: &Address) -> Result<Seqpacket> = Seqpacket::try_connect(a);
    probe_socket__Seqpacket__connect_at(d: BorrowedFd<'_>, p: &CStr, w: Wait) -> Result<Seqpacket> =
        Seqpacket::connect_at(d, p, w);
    probe_socket__Seqpacket__try_connect_at(d: BorrowedFd<'_>, p: &CStr) -> Result<Seqpacket> =
        Seqpacket::try_connect_at(d, p);
    probe_socket__Seqpacket__attach(fd: Fd) -> Result<Seqpacket> = Seqpacket::attach(fd);
    probe_socket__Seqpacket__assume(fd: Fd) -> Seqpacket = Seqpacket::assume(fd);
    probe_socket__Seqpacket__set_limit(s: &mut Seqpacket, n: usize) -> Result<()> = s.set_limit(n);
    probe_socket__Seqpacket__shutdown_write(s: &Seqpacket) -> Result<()> = s.shutdown_write();
    probe_socket__Seqpacket__into_fd(s: Seqpacket) -> Fd = s.into_fd();
    probe_socket__Seqpacket__as_fd(s: &Seqpacket) -> BorrowedFd<'_> = s.as_fd();
    probe_socket__Seqpacket__send_limit(s: &Seqpacket) -> usize = s.send_limit();
    probe_socket__Seqpacket__recv_limit(s: &Seqpacket) -> usize = s.recv_limit();
    probe_socket__Seqpacket__send(s: &mut Seqpacket, m: &[u8], w: Wait) -> Result<()> = s.send(m, w);
    probe_socket__Seqpacket__try_send(s: &mut Seqpacket, m: &[u8]) -> Result<()> = s.try_send(m);
    probe_socket__Seqpacket__recv(s: &mut Seqpacket, buf: &mut [u8], w: Wait) -> Result<usize> = s.recv(buf, w);
    probe_socket__Seqpacket__try_recv(s: &mut Seqpacket, buf: &mut [u8]) -> Result<usize> = s.try_recv(buf);
    probe_socket__Seqpacket__drop(s: Seqpacket) = drop(s);
}

probes! {
    probe_socket__Datagram__pair() -> Result<(Datagram, Datagram)> = Datagram::pair();
    probe_socket__Datagram__unbound() -> Result<Datagram> = Datagram::unbound();
    probe_socket__Datagram__bind(a: &Address) -> Result<Datagram> = Datagram::bind(a);
    probe_socket__Datagram__bind_with(a: &Address, mode: u32) -> Result<Datagram> = Datagram::bind_with(a, mode);
    probe_socket__Datagram__bind_at(d: BorrowedFd<'_>, p: &CStr, mode: u32) -> Result<Datagram> =
        Datagram::bind_at(d, p, mode);
    probe_socket__Datagram__connect_at(d: BorrowedFd<'_>, p: &CStr) -> Result<Datagram> =
        Datagram::connect_at(d, p);
    probe_socket__Datagram__connect(a: &Address) -> Result<Datagram> = Datagram::connect(a);
    probe_socket__Datagram__connect_to(d: &mut Datagram, a: &Address) -> Result<()> = d.connect_to(a);
    probe_socket__Datagram__attach(fd: Fd) -> Result<Datagram> = Datagram::attach(fd);
    probe_socket__Datagram__set_limit(d: &mut Datagram, n: usize) -> Result<()> = d.set_limit(n);
    probe_socket__Datagram__address(d: &Datagram) -> &Address = d.address();
    probe_socket__Datagram__remove(d: Datagram) -> Result<()> = d.remove();
    probe_socket__Datagram__into_fd(d: Datagram) -> Fd = d.into_fd();
    probe_socket__Datagram__as_fd(d: &Datagram) -> BorrowedFd<'_> = d.as_fd();
    probe_socket__Datagram__send_to(d: &Datagram, a: &Address, m: &[u8], w: Wait) -> Result<()> =
        d.send_to(a, m, w);
    probe_socket__Datagram__try_send_to(d: &Datagram, a: &Address, m: &[u8]) -> Result<()> = d.try_send_to(a, m);
    probe_socket__Datagram__recv_from(d: &Datagram, buf: &mut [u8], w: Wait) -> Result<(usize, Address)> =
        d.recv_from(buf, w);
    probe_socket__Datagram__try_recv_from(d: &Datagram, buf: &mut [u8]) -> Result<(usize, Address)> =
        d.try_recv_from(buf);
    probe_socket__Datagram__send_limit(d: &Datagram) -> usize = d.send_limit();
    probe_socket__Datagram__recv_limit(d: &Datagram) -> usize = d.recv_limit();
    probe_socket__Datagram__send(d: &mut Datagram, m: &[u8], w: Wait) -> Result<()> = d.send(m, w);
    probe_socket__Datagram__try_send(d: &mut Datagram, m: &[u8]) -> Result<()> = d.try_send(m);
    probe_socket__Datagram__recv(d: &mut Datagram, buf: &mut [u8], w: Wait) -> Result<usize> = d.recv(buf, w);
    probe_socket__Datagram__try_recv(d: &mut Datagram, buf: &mut [u8]) -> Result<usize> = d.try_recv(buf);
    probe_socket__Datagram__drop(d: Datagram) = drop(d);
}

probes! {
    probe_socket__behind_at(d: BorrowedFd<'_>, p: &CStr) -> Result<Behind> = behind_at(d, p);
    probe_socket__Behind__listens(b: Behind) -> bool = b.listens();
    probe_socket__Files__open_at<'b>(d: BorrowedFd<'_>, p: &CStr, r: &'b mut [u8]) -> Result<Files<'b>> =
        Files::open_at(d, p, r);
    probe_socket__Files__next<'f>(f: &'f mut Files<'_>) -> Result<Option<SocketFile<'f>>> = f.next();
    probe_socket__Files__as_fd<'f>(f: &'f Files<'_>) -> BorrowedFd<'f> = f.as_fd();
    probe_socket__Files__drop(f: Files<'_>) = drop(f);
    probe_socket__SocketFile__behind(f: &SocketFile<'_>) -> Result<Behind> = f.behind();
    probe_socket__SocketFile__permissions(f: &SocketFile<'_>) -> [u8; 10] = f.permissions();

    probe_socket__Seat__default() -> Seat<Stream> = Seat::default();
    probe_socket__Member__index(m: Member) -> usize = m.index();
    probe_socket__Crowd__new<'s>(
        l: Listener<Stream>,
        s: &'s mut [Seat<Stream>],
        p: Option<Duration>
    ) -> Result<Crowd<'s, Stream>> = Crowd::new(l, s, p);
    probe_socket__Crowd__next(c: &mut Crowd<'_, Stream>, w: Wait) -> Result<Event<Stream>> = c.next(w);
    probe_socket__Crowd__try_next(c: &mut Crowd<'_, Stream>) -> Result<Event<Stream>> = c.try_next();
    probe_socket__Crowd__admit(c: &mut Crowd<'_, Stream>, s: Stream, e: Events, g: Trigger) -> Result<Member> =
        c.admit(s, e, g);
    probe_socket__Crowd__watch(c: &mut Crowd<'_, Stream>, m: Member, e: Events, g: Trigger) -> Result<()> =
        c.watch(m, e, g);
    probe_socket__Crowd__remove(c: &mut Crowd<'_, Stream>, m: Member) -> Option<Stream> = c.remove(m);
    probe_socket__Crowd__start_clock(c: &mut Crowd<'_, Stream>, m: Member) = c.start_clock(m);
    probe_socket__Crowd__stop_clock(c: &mut Crowd<'_, Stream>, m: Member) = c.stop_clock(m);
    probe_socket__Crowd__again(c: &mut Crowd<'_, Stream>, m: Member) = c.again(m);
    probe_socket__Crowd__get<'c>(c: &'c mut Crowd<'_, Stream>, m: Member) -> Option<&'c mut Stream> = c.get(m);
    probe_socket__Crowd__member_at(c: &Crowd<'_, Stream>, i: usize) -> Option<Member> = c.member_at(i);
    probe_socket__Crowd__len(c: &Crowd<'_, Stream>) -> usize = c.len();
    probe_socket__Crowd__is_empty(c: &Crowd<'_, Stream>) -> bool = c.is_empty();
    probe_socket__Crowd__capacity(c: &Crowd<'_, Stream>) -> usize = c.capacity();
    probe_socket__Crowd__close_door(c: &mut Crowd<'_, Stream>) -> Option<Listener<Stream>> = c.close_door();
    probe_socket__Crowd__as_fd<'c>(c: &'c Crowd<'_, Stream>) -> BorrowedFd<'c> = c.as_fd();
    // In place, where a crowd of that size stays.
    // SAFETY: never run.
    probe_socket__Crowd__drop(c: &mut Crowd<'_, Stream>) = unsafe { core::ptr::drop_in_place(c) };
}

probes! {
    probe_socket__Refs__new() -> FdRefs<'static, 4> = FdRefs::new();
    probe_socket__Refs__of<'a>(fds: [BorrowedFd<'a>; 4]) -> FdRefs<'a, 4> = FdRefs::of(fds);
    probe_socket__Refs__init<'a>(m: *mut c_void, n: usize) -> &'a mut Refs<'a> = unsafe { Refs::init(m, n) };
    probe_socket__Refs__from_raw<'a>(m: *mut c_void, n: usize) -> &'a mut Refs<'a> = unsafe { Refs::from_raw(m, n) };
    probe_socket__Refs__bytes(n: usize) -> usize = Refs::bytes(n);
    probe_socket__Refs__push<'a>(r: &mut Refs<'a>, fd: BorrowedFd<'a>) -> Result<()> = r.push(fd);
    probe_socket__Refs__clear(r: &mut Refs<'_>) = r.clear();
    probe_socket__Refs__len(r: &Refs<'_>) -> usize = r.len();
    probe_socket__Refs__is_empty(r: &Refs<'_>) -> bool = r.is_empty();
    probe_socket__Refs__default() -> FdRefs<'static, 4> = FdRefs::default();

    probe_socket__Slots__new() -> FdSlots<4> = FdSlots::new();
    probe_socket__Slots__init<'a>(m: *mut c_void, n: usize) -> &'a mut Slots = unsafe { Slots::init(m, n) };
    probe_socket__Slots__from_raw<'a>(m: *mut c_void, n: usize) -> &'a mut Slots = unsafe { Slots::from_raw(m, n) };
    probe_socket__Slots__bytes(n: usize) -> usize = Slots::bytes(n);
    probe_socket__Slots__len(s: &Slots) -> usize = s.len();
    probe_socket__Slots__is_empty(s: &Slots) -> bool = s.is_empty();
    probe_socket__Slots__room(s: &Slots) -> usize = s.room();
    probe_socket__Slots__take(s: &mut Slots, at: usize) -> Option<Fd> = s.take(at);
    probe_socket__Slots__get(s: &Slots, at: usize) -> Option<BorrowedFd<'_>> = s.get(at);
    probe_socket__Slots__credentials(s: &Slots) -> Option<Credentials> = s.credentials();
    probe_socket__Slots__clear(s: &mut Slots) = s.clear();
    probe_socket__Slots__default() -> FdSlots<4> = FdSlots::default();
    probe_socket__Slots__drop(s: FdSlots<4>) = drop(s);

    probe_socket__Stream__write_with_fds(s: &Stream, b: &[u8], f: &Refs<'_>, w: Wait) -> Result<usize> =
        s.write_with_fds(b, f, w);
    probe_socket__Stream__try_write_with_fds(s: &Stream, b: &[u8], f: &Refs<'_>) -> Result<usize> =
        s.try_write_with_fds(b, f);
    probe_socket__Stream__read_with_fds(s: &Stream, buf: &mut [u8], f: &mut Slots, w: Wait) -> Result<usize> =
        s.read_with_fds(buf, f, w);
    probe_socket__Stream__try_read_with_fds(s: &Stream, buf: &mut [u8], f: &mut Slots) -> Result<usize> =
        s.try_read_with_fds(buf, f);

    probe_socket__Seqpacket__send_with_fds(s: &mut Seqpacket, m: &[u8], f: &Refs<'_>, w: Wait) -> Result<()> =
        s.send_with_fds(m, f, w);
    probe_socket__Seqpacket__try_send_with_fds(s: &mut Seqpacket, m: &[u8], f: &Refs<'_>) -> Result<()> =
        s.try_send_with_fds(m, f);
    probe_socket__Seqpacket__recv_with_fds(s: &mut Seqpacket, buf: &mut [u8], f: &mut Slots, w: Wait) -> Result<usize> =
        s.recv_with_fds(buf, f, w);
    probe_socket__Seqpacket__try_recv_with_fds(s: &mut Seqpacket, buf: &mut [u8], f: &mut Slots) -> Result<usize> =
        s.try_recv_with_fds(buf, f);

    probe_socket__Datagram__send_with_fds(d: &mut Datagram, m: &[u8], f: &Refs<'_>, w: Wait) -> Result<()> =
        d.send_with_fds(m, f, w);
    probe_socket__Datagram__try_send_with_fds(d: &mut Datagram, m: &[u8], f: &Refs<'_>) -> Result<()> =
        d.try_send_with_fds(m, f);
    probe_socket__Datagram__send_to_with_fds(d: &Datagram, a: &Address, m: &[u8], f: &Refs<'_>, w: Wait) -> Result<()> =
        d.send_to_with_fds(a, m, f, w);
    probe_socket__Datagram__try_send_to_with_fds(d: &Datagram, a: &Address, m: &[u8], f: &Refs<'_>) -> Result<()> =
        d.try_send_to_with_fds(a, m, f);
    probe_socket__Datagram__recv_with_fds(d: &mut Datagram, buf: &mut [u8], f: &mut Slots, w: Wait) -> Result<usize> =
        d.recv_with_fds(buf, f, w);
    probe_socket__Datagram__try_recv_with_fds(d: &mut Datagram, buf: &mut [u8], f: &mut Slots) -> Result<usize> =
        d.try_recv_with_fds(buf, f);
    probe_socket__Datagram__recv_from_with_fds(d: &Datagram, buf: &mut [u8], f: &mut Slots, w: Wait) -> Result<(usize, Address)> =
        d.recv_from_with_fds(buf, f, w);
    probe_socket__Datagram__try_recv_from_with_fds(d: &Datagram, buf: &mut [u8], f: &mut Slots) -> Result<(usize, Address)> =
        d.try_recv_from_with_fds(buf, f);

    probe_socket__Stream__refuse_fds(s: &Stream) -> Result<()> = s.refuse_fds();
    probe_socket__Seqpacket__refuse_fds(s: &Seqpacket) -> Result<()> = s.refuse_fds();
    probe_socket__Datagram__refuse_fds(d: &Datagram) -> Result<()> = d.refuse_fds();
    probe_socket__Listener__refuse_fds(l: &Listener<Stream>) -> Result<()> = l.refuse_fds();
    probe_socket__Seqpacket__pass_credentials(s: &mut Seqpacket) -> Result<()> = s.pass_credentials();
    probe_socket__Datagram__pass_credentials(d: &mut Datagram) -> Result<()> = d.pass_credentials();
    probe_socket__Listener__pass_credentials(l: &Listener<Seqpacket>) -> Result<()> = l.pass_credentials();

    probe_socket__Credentials__pid(c: Credentials) -> Option<i32> = c.pid();
    probe_socket__Credentials__uid(c: Credentials) -> u32 = c.uid();
    probe_socket__Credentials__gid(c: Credentials) -> u32 = c.gid();
    probe_socket__Credentials__is_same_user(c: Credentials) -> bool = c.is_same_user();
    probe_socket__Peer__peer(s: &Stream) -> Result<Credentials> = s.peer();
    probe_socket__Peer__peer_pidfd(s: &Stream) -> Result<Fd> = s.peer_pidfd();
    probe_socket__Peer__is_same_user(s: &Stream) -> Result<bool> = s.is_same_user();
}

probes! {
    probe_proc__Process__open(pid: i32) -> Result<Process> = Process::open(pid);
    probe_proc__Process__own() -> Result<Process> = Process::own();
    probe_proc__Process__assume(fd: Fd) -> Process = Process::assume(fd);
    probe_proc__Process__into_fd(p: Process) -> Fd = p.into_fd();
    probe_proc__Process__descriptors<'b>(p: &Process, names: &'b mut [u8]) -> Result<Table<'b>> =
        p.descriptors(names);
    probe_proc__Process__link<'t>(p: &Process, l: Link, text: &'t mut [u8]) -> Result<OpenFile<'t>> =
        p.link(l, text);
    probe_proc__Process__fdinfo(p: &Process, fd: RawFd) -> Result<FdInfo> = p.fdinfo(fd);
    probe_proc__Process__as_fd(p: &Process) -> BorrowedFd<'_> = p.as_fd();
    probe_proc__Process__drop(p: Process) = drop(p);
    probe_proc__Table__next<'t>(t: &mut Table<'_>, text: &'t mut [u8]) -> Result<Option<Entry<'t>>> = t.next(text);
    probe_proc__Table__drop(t: Table<'_>) = drop(t);
    probe_proc__Kind__letter(k: Kind) -> char = k.letter();
    probe_proc__FdInfo__close_on_exec(i: FdInfo) -> bool = i.close_on_exec();
    probe_proc__FdInfo__non_blocking(i: FdInfo) -> bool = i.non_blocking();
    probe_proc__Access__reads(a: Access) -> bool = a.reads();
    probe_proc__Access__writes(a: Access) -> bool = a.writes();
    probe_proc__Access__as_str(a: Access) -> &'static str = a.as_str();
}

probes! {
    probe_seccomp__List__of(calls: &[Call], commands: &[Fcntl]) -> List = List::of(calls, commands);
    probe_seccomp__List__and(l: List, other: List) -> List = l.and(other);
    probe_seccomp__List__with(l: List, call: Call) -> List = l.with(call);
    probe_seccomp__List__with_fcntl(l: List, command: Fcntl) -> List = l.with_fcntl(command);
    probe_seccomp__List__without(l: List, call: Call) -> List = l.without(call);
    probe_seccomp__List__without_fcntl(l: List, command: Fcntl) -> List = l.without_fcntl(command);
    probe_seccomp__List__contains(l: &List, call: Call) -> bool = l.contains(call);
    probe_seccomp__List__calls(l: &List) -> Option<Call> = l.calls().next();
    probe_seccomp__List__fcntls(l: &List) -> Option<Fcntl> = l.fcntls().next();
    probe_seccomp__List__check(l: &List, call: Call) -> Option<Check> = l.check(call);
    probe_seccomp__Check__values(c: &Check) -> &[u32] = c.values();
    probe_seccomp__Fcntl__as_raw(command: Fcntl) -> u32 = command.as_raw();
    probe_seccomp__Fcntl__name(command: Fcntl) -> &'static str = command.name();
    probe_seccomp__Filter__new<'b>(l: List, n: &[u32], a: Action, buf: &'b mut [Instruction]) -> Result<Filter<'b>> =
        Filter::new(l, n, a, buf);
    probe_seccomp__Filter__instructions<'b>(f: &Filter<'b>) -> &'b [Instruction] = f.instructions();
    probe_seccomp__Filter__install(f: &Filter<'_>) -> Result<()> = f.install();
    probe_seccomp__Filter__install_on_all_threads(f: &Filter<'_>) -> Result<()> = f.install_on_all_threads();
}
