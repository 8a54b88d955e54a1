//! pipe, FIFO, memory, ring, socket, proc, seccomp.

use core::ffi::CStr;
use core::sync::atomic::{AtomicU32, AtomicU64};
use rawipc::fd::{AsFd, BorrowedFd, Fd, RawFd};
use rawipc::fifo::{self, Owner};
use rawipc::memory::{File, Map, Memfd, ReadOnlyMap};
use rawipc::pipe::{self, PacketReceiver, PacketSender, ReadEnd, WriteEnd};
use rawipc::proc::{Access, Entry, FdInfo, Kind, Link, OpenFile, Process, Table};
use rawipc::ring::{self, Consumer, Polling, Producer};
use rawipc::seccomp::{Action, Check, Fcntl, Filter, Instruction, List};
use rawipc::socket::{Address, Datagram, Listener, Options, Seqpacket, Stream};
use rawipc::{ByteRead, ByteWrite, Call, Receiver, Result, Sender, Wait};

use crate::probes;

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
    probe_pipe__PacketReceiver__attach(fd: Fd) -> Result<PacketReceiver> = PacketReceiver::attach(fd);
    probe_pipe__PacketReceiver__into_fd(r: PacketReceiver) -> Fd = r.into_fd();
    probe_pipe__PacketReceiver__as_fd(r: &PacketReceiver) -> BorrowedFd<'_> = r.as_fd();
    probe_pipe__PacketReceiver__recv_limit(r: &PacketReceiver) -> usize = r.recv_limit();
    probe_pipe__PacketReceiver__recv(r: &mut PacketReceiver, buf: &mut [u8], w: Wait) -> Result<usize> =
        r.recv(buf, w);
    probe_pipe__PacketReceiver__try_recv(r: &mut PacketReceiver, buf: &mut [u8]) -> Result<usize> =
        r.try_recv(buf);

    probe_pipe__PacketReceiver__drop(r: PacketReceiver) = drop(r);

    probe_pipe__PacketSender__attach(fd: Fd) -> Result<PacketSender> = PacketSender::attach(fd);
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
    probe_ring__Producer__send_limit(p: &Producer) -> usize = p.send_limit();
    probe_ring__Producer__send(p: &mut Producer, m: &[u8], w: Wait) -> Result<()> = p.send(m, w);
    probe_ring__Producer__try_send(p: &mut Producer, m: &[u8]) -> Result<()> = p.try_send(m);
    probe_ring__Producer__as_fd(p: &Producer) -> BorrowedFd<'_> = p.as_fd();
    probe_ring__Producer__drop(p: Producer) = drop(p);

    probe_ring__Consumer__capacity(c: &Consumer) -> usize = c.capacity();
    probe_ring__Consumer__set_polling(c: &mut Consumer, how: Polling) = c.set_polling(how);
    probe_ring__Consumer__recv_limit(c: &Consumer) -> usize = c.recv_limit();
    probe_ring__Consumer__recv(c: &mut Consumer, buf: &mut [u8], w: Wait) -> Result<usize> = c.recv(buf, w);
    probe_ring__Consumer__try_recv(c: &mut Consumer, buf: &mut [u8]) -> Result<usize> = c.try_recv(buf);
    probe_ring__Consumer__as_fd(c: &Consumer) -> BorrowedFd<'_> = c.as_fd();
    probe_ring__Consumer__drop(c: Consumer) = drop(c);
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
    probe_socket__Stream__attach(fd: Fd) -> Result<Stream> = Stream::attach(fd);
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
    probe_socket__Seqpacket__attach(fd: Fd) -> Result<Seqpacket> = Seqpacket::attach(fd);
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
    probe_proc__Process__open(pid: i32) -> Result<Process> = Process::open(pid);
    probe_proc__Process__own() -> Result<Process> = Process::own();
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
