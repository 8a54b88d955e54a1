//! What two strangers say to each other before anything else: one short message each way, with descriptors, over a
//! stream or a seqpacket alike.

use super::message::{NOW_RECVMSG, gone, put_with_fds, recv_along};
use super::refs::Refs;
use super::slots::Slots;
use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsFd, Fd};
use crate::wait::{Events, Sleeper, Wait, until_done_within};
use rustix::net::RecvFlags;

/// Sends `ours` with the descriptors `fds` and receives as many bytes of the other side's into `theirs`, whatever was said
/// before ours arrives, within one deadline. What comes along is in `slots`.
///
/// So short a message goes as one, on a stream too: one that comes in parts, or is of another length, is no greeting.
pub(crate) fn greet(
    socket: &Fd,
    (ours, fds): (&[u8], &Refs<'_>),
    (theirs, slots): (&mut [u8], &mut Slots),
    wait: Wait,
) -> Result<()> {
    let mut sleeper = Sleeper::new(wait);
    let put = || put_with_fds(socket, &[], ours, fds).map_err(gone);
    if until_done_within(socket.as_fd(), Events::WRITABLE, &mut sleeper, put)? != ours.len() {
        return Err(Error::kernel(Call::SENDMSG, Errno::IO));
    }
    let flags = NOW_RECVMSG.union(RecvFlags::TRUNC).bits();
    // Room for credentials, too: the socket may have been told to pass them.
    let take = || recv_along(|| slots.recv(socket, theirs, &mut [], flags, true));
    let came = until_done_within(socket.as_fd(), Events::READABLE, &mut sleeper, take)?;
    if came.n == 0 && slots.is_untouched(&came) {
        return Err(Error::peer(Call::RECVMSG, Errno::PIPE));
    }
    if slots.all_or_none(&came)? != theirs.len() {
        return Err(Error::peer(Call::RECVMSG, Errno::PROTO));
    }
    Ok(())
}
