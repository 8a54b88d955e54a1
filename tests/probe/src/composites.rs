//! Frames and remote calls, each over one mechanism.

use rawipc::fd::{AsFd, BorrowedFd};
use rawipc::frame::{FrameReceiver, FrameSender, Framed};
use rawipc::pipe::{ReadEnd, WriteEnd};
use rawipc::rpc::{CallError, Client, Failure, Packer, Request, Server, Unpacker};
use rawipc::socket::{Seqpacket, Stream};
use rawipc::{Error, Receiver, Result, Sender, Wait};

use crate::probes;

type FramesIn<'b> = FrameReceiver<'b, ReadEnd>;
type FramesOut = FrameSender<WriteEnd>;
type Frames<'b> = Framed<'b, Stream>;
type Caller<'b> = Client<'b, Seqpacket>;
type Called<'b> = Server<'b, Seqpacket>;
type Asked<'s> = Request<'s, Seqpacket>;

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

probes! {
    probe_frame__Framed__new<'b>(s: Stream, buf: &'b mut [u8], limit: usize) -> Result<Frames<'b>> =
        Framed::new(s, buf, limit);
    probe_frame__Framed__has_buffered(f: &Frames<'_>) -> bool = f.has_buffered();
    probe_frame__Framed__is_unfinished(f: &Frames<'_>) -> bool = f.is_unfinished();
    probe_frame__Framed__into_inner(f: Frames<'_>) -> Stream = f.into_inner();
    probe_frame__Framed__as_fd<'a>(f: &'a Frames<'_>) -> BorrowedFd<'a> = f.as_fd();
    probe_frame__Framed__send_limit(f: &Frames<'_>) -> usize = f.send_limit();
    probe_frame__Framed__recv_limit(f: &Frames<'_>) -> usize = f.recv_limit();
    probe_frame__Framed__send(f: &mut Frames<'_>, m: &[u8], w: Wait) -> Result<()> = f.send(m, w);
    probe_frame__Framed__try_send(f: &mut Frames<'_>, m: &[u8]) -> Result<()> = f.try_send(m);
    probe_frame__Framed__recv(f: &mut Frames<'_>, buf: &mut [u8], w: Wait) -> Result<usize> = f.recv(buf, w);
    probe_frame__Framed__try_recv(f: &mut Frames<'_>, buf: &mut [u8]) -> Result<usize> = f.try_recv(buf);
    probe_frame__Framed__recv_in_place<'a>(f: &'a mut Frames<'_>, w: Wait) -> Result<Option<&'a [u8]>> =
        f.recv_in_place(w);
    probe_frame__Framed__try_recv_in_place<'a>(f: &'a mut Frames<'_>) -> Result<Option<&'a [u8]>> =
        f.try_recv_in_place();
}

probes! {
    probe_rpc__Client__new<'b>(s: Seqpacket, buf: &'b mut [u8]) -> Result<Caller<'b>> = Client::new(s, buf);
    probe_rpc__Client__call<'a>(
        c: &'a mut Caller<'_>, method: u32, w: Wait, arg: &[u8]
    ) -> Result<Unpacker<'a>, CallError> = c.call(method, w, |p| p.bytes(arg));
    probe_rpc__Client__channel<'a>(c: &'a Caller<'_>) -> &'a Seqpacket = c.channel();
    probe_rpc__Client__into_channel(c: Caller<'_>) -> Seqpacket = c.into_channel();

    probe_rpc__Server__new<'b>(s: Seqpacket, i: &'b mut [u8], o: &'b mut [u8]) -> Result<Called<'b>> =
        Server::new(s, i, o);
    probe_rpc__Server__next<'a>(s: &'a mut Called<'_>, w: Wait) -> Result<Option<Asked<'a>>> = s.next(w);
    probe_rpc__Server__try_next<'a>(s: &'a mut Called<'_>) -> Result<Option<Asked<'a>>> = s.try_next();
    probe_rpc__Server__serve(s: &mut Called<'_>, w: Wait) -> Result<()> = s.serve(w, |method, args, result| {
        match method {
            1 => result.bytes(args.bytes()?)?,
            _ => return Err(Failure::new(method)),
        }
        Ok(())
    });
    probe_rpc__Server__resume<'a>(s: &'a mut Called<'_>, id: u32) -> Asked<'a> = s.resume(id);
    probe_rpc__Server__channel<'a>(s: &'a Called<'_>) -> &'a Seqpacket = s.channel();
    probe_rpc__Server__into_channel(s: Called<'_>) -> Seqpacket = s.into_channel();

    probe_rpc__Request__id(r: &Asked<'_>) -> u32 = r.id();
    probe_rpc__Request__method(r: &Asked<'_>) -> u32 = r.method();
    probe_rpc__Request__args<'a, 's>(r: &'a mut Asked<'s>) -> &'a mut Unpacker<'s> = r.args();
    probe_rpc__Request__reply(r: Asked<'_>, w: Wait, result: &[u8]) -> Result<()> = r.reply(w, |p| p.bytes(result));
    probe_rpc__Request__fail(r: Asked<'_>, w: Wait, f: Failure) -> Result<()> = r.fail(w, f);

    probe_rpc__Failure__new(code: u32) -> Failure = Failure::new(code);
    probe_rpc__Failure__code(f: Failure) -> u32 = f.code();
    probe_rpc__Failure__from(e: Error) -> Failure = e.into();
    probe_rpc__CallError__from(e: Error) -> CallError = e.into();
}

probes! {
    probe_rpc__Packer__new<'b>(buf: &'b mut [u8]) -> Packer<'b> = Packer::new(buf);
    probe_rpc__Packer__u8(p: &mut Packer<'_>, value: u8) -> Result<()> = p.u8(value);
    probe_rpc__Packer__u16(p: &mut Packer<'_>, value: u16) -> Result<()> = p.u16(value);
    probe_rpc__Packer__u32(p: &mut Packer<'_>, value: u32) -> Result<()> = p.u32(value);
    probe_rpc__Packer__u64(p: &mut Packer<'_>, value: u64) -> Result<()> = p.u64(value);
    probe_rpc__Packer__i8(p: &mut Packer<'_>, value: i8) -> Result<()> = p.i8(value);
    probe_rpc__Packer__i16(p: &mut Packer<'_>, value: i16) -> Result<()> = p.i16(value);
    probe_rpc__Packer__i32(p: &mut Packer<'_>, value: i32) -> Result<()> = p.i32(value);
    probe_rpc__Packer__i64(p: &mut Packer<'_>, value: i64) -> Result<()> = p.i64(value);
    probe_rpc__Packer__bool(p: &mut Packer<'_>, value: bool) -> Result<()> = p.bool(value);
    probe_rpc__Packer__bytes(p: &mut Packer<'_>, value: &[u8]) -> Result<()> = p.bytes(value);
    probe_rpc__Packer__str(p: &mut Packer<'_>, value: &str) -> Result<()> = p.str(value);
    probe_rpc__Packer__append(p: &mut Packer<'_>, packed: &[u8]) -> Result<()> = p.append(packed);
    probe_rpc__Packer__packed<'a>(p: &'a Packer<'_>) -> Result<&'a [u8]> = p.packed();
    probe_rpc__Packer__len(p: &Packer<'_>) -> usize = p.len();
    probe_rpc__Packer__finish<'b>(p: Packer<'b>) -> Result<&'b [u8]> = p.finish();

    probe_rpc__Unpacker__new<'m>(message: &'m [u8]) -> Unpacker<'m> = Unpacker::new(message);
    probe_rpc__Unpacker__u8(u: &mut Unpacker<'_>) -> Result<u8> = u.u8();
    probe_rpc__Unpacker__u16(u: &mut Unpacker<'_>) -> Result<u16> = u.u16();
    probe_rpc__Unpacker__u32(u: &mut Unpacker<'_>) -> Result<u32> = u.u32();
    probe_rpc__Unpacker__u64(u: &mut Unpacker<'_>) -> Result<u64> = u.u64();
    probe_rpc__Unpacker__i8(u: &mut Unpacker<'_>) -> Result<i8> = u.i8();
    probe_rpc__Unpacker__i16(u: &mut Unpacker<'_>) -> Result<i16> = u.i16();
    probe_rpc__Unpacker__i32(u: &mut Unpacker<'_>) -> Result<i32> = u.i32();
    probe_rpc__Unpacker__i64(u: &mut Unpacker<'_>) -> Result<i64> = u.i64();
    probe_rpc__Unpacker__bool(u: &mut Unpacker<'_>) -> Result<bool> = u.bool();
    probe_rpc__Unpacker__bytes<'m>(u: &mut Unpacker<'m>) -> Result<&'m [u8]> = u.bytes();
    probe_rpc__Unpacker__str<'m>(u: &mut Unpacker<'m>) -> Result<&'m str> = u.str();
    probe_rpc__Unpacker__remaining(u: &Unpacker<'_>) -> usize = u.remaining();
    probe_rpc__Unpacker__finish(u: &mut Unpacker<'_>) -> Result<()> = u.finish();
}
