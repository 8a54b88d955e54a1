//! Frames and remote calls, each over one mechanism.

use rawipc::fd::{AsFd, BorrowedFd};
use rawipc::frame::{FrameReceiver, FrameSender};
use rawipc::pipe::{ReadEnd, WriteEnd};
use rawipc::{Receiver, Result, Sender, Wait};

use crate::probes;

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
