//! Who is at the other end of a connection, as the kernel tells it.
//!
//! The functions here take the descriptor of any connected socket: a stream, or that of rawipc_seqpacket_fd() or
//! rawipc_datagram_fd().

use core::ffi::c_int;

use rawipc::socket::{Credentials, Peer, Stream};
use rawipc::{Call, Result};

use crate::arg::Args;
use crate::error::{descriptor, length, rawipc_error, status};

/// The process, the user and the group of a peer, as the kernel tells them: a struct ucred.
///
/// They cannot be forged by who has no privilege to: a process with CAP_SETUID, CAP_SETGID or CAP_SYS_ADMIN in its user
/// namespace can send others along with a message.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_credentials {
    /// The process; 0 where it cannot be named from here, outside of this one's pid namespace. It may have ended, and
    /// its number be another's: rawipc_peer_pidfd() has no such doubt.
    pub pid: i32,
    /// The effective user; 65,534 (/proc/sys/kernel/overflowuid) where it has no number in this user namespace.
    pub uid: u32,
    /// The effective group, likewise.
    pub gid: u32,
}

crate::layout!(rawipc_credentials: 12, pid 0, uid 4, gid 8);
const _: () = assert!(size_of::<Credentials>() == size_of::<rawipc_credentials>());
const _: () = assert!(align_of::<Credentials>() == align_of::<rawipc_credentials>());

const PEER: Args = Args(Call::GETSOCKOPT);
const USER: Args = Args(Call::GETEUID);

impl From<Credentials> for rawipc_credentials {
    fn from(told: Credentials) -> Self {
        rawipc_credentials { pid: told.pid().unwrap_or(0), uid: told.uid(), gid: told.gid() }
    }
}

/// Who the peer was when the connection was made.
///
/// Of one that connected, who called listen; of one that was accepted, who called connect; of a pair, who made it. What the
/// peer became since, and to whom it gave the socket, is not told.
///
/// @param credentials  gets them
/// @return 0, or -errno
/// @par Errors
/// ENODATA: nobody is known, as for a socket that is not connected, and for datagrams but in a pair.
/// @rust socket::Peer::peer, socket::Credentials::pid, socket::Credentials::uid, socket::Credentials::gid
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_peer_credentials(
    socket: c_int,
    credentials: *mut rawipc_credentials,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { PEER.output(credentials) }?;
        let stream = PEER.lent(socket, Stream::assume)?;
        to.set(stream.peer()?.into());
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(told, error) }
}

/// Makes a descriptor of the process that rawipc_peer_credentials() names (Linux 6.5).
///
/// It names that process and no other, whatever becomes of its number, and is readable once the process has ended.
///
/// @return the descriptor, or -errno
/// @par Errors
/// ENOPROTOOPT: this kernel is older, and there is the pid alone. ENODATA: nobody is known. ESRCH, EINVAL before Linux
/// 6.16: it has ended, and was waited for. EMFILE, ENFILE: no descriptors left.
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust socket::Peer::peer_pidfd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_peer_pidfd(socket: c_int, error: *mut rawipc_error) -> c_int {
    let pidfd = PEER.lent(socket, Stream::assume).and_then(|stream| stream.peer_pidfd());
    // SAFETY: the caller's error.
    unsafe { descriptor(pidfd, error) }
}

/// Whether the peer was of the effective user of this process.
///
/// @return 1 or 0, or -errno
/// @par Errors
/// As rawipc_peer_credentials().
/// @rust socket::Peer::is_same_user
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_peer_is_same_user(socket: c_int, error: *mut rawipc_error) -> c_int {
    let same = PEER.lent(socket, Stream::assume).and_then(|stream| stream.is_same_user().map(usize::from));
    // SAFETY: the caller's error.
    unsafe { length(same, error) as c_int }
}

/// Whether credentials are of the effective user of this process. Never for 65,534, which stands for all users without a
/// number here.
///
/// @return 1 or 0, or -errno
/// @rust socket::Credentials::is_same_user
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_credentials_is_same_user(
    credentials: *const rawipc_credentials,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's credentials.
    let same = unsafe { USER.credentials(credentials) }.map(|told| usize::from(told.is_same_user()));
    // SAFETY: the caller's error.
    unsafe { length(same, error) as c_int }
}

impl Args {
    /// # Safety
    /// `credentials` is NULL, or credentials that nobody writes to meanwhile.
    unsafe fn credentials(self, credentials: *const rawipc_credentials) -> Result<Credentials> {
        // SAFETY: by the caller; the same integers.
        unsafe { self.input(credentials.cast()) }.copied()
    }
}
