//! Descriptors that travel with a message.
//!
//! The sender lends descriptors by pushing them into refs; the receiver gets descriptors of its own, of the same open
//! file descriptions, in slots, and takes them out. Both keep them in memory of the caller's, RAWIPC_FDS_HEAD bytes and
//! an int for each. What is not taken is closed when the slots are cleared or closed.
//!
//! Descriptors that come to a receive without slots, or beyond their room, are closed by the kernel or here: nobody is
//! made to have any. They are close-on-exec from their first instant.

use core::ffi::{c_int, c_void};

use rawipc::fd::{AsRawFd, BorrowedFd, Fd};
use rawipc::socket::{self, Refs, Slots, Stream};
use rawipc::{Call, Errno, Result};

use crate::arg::Args;
use crate::error::{descriptor, length, rawipc_error, status};
use crate::handle::holds;
use crate::socket::peer::rawipc_credentials;
use crate::ssize_t;

/// The most descriptors that the kernel takes with one message.
pub const RAWIPC_FDS_MAX: usize = 253;
/// The bytes of memory that refs and slots need besides the descriptors.
pub const RAWIPC_FDS_HEAD: usize = 96;

const _: () = assert!(RAWIPC_FDS_MAX == socket::MAX_FDS);
// And what aligning the memory takes.
const _: () = assert!(RAWIPC_FDS_HEAD >= Slots::bytes(0) + 14 && RAWIPC_FDS_HEAD >= Refs::bytes(0) + 14);

/// Descriptors that are lent to a message. A handle: it does not move, and neither does its memory. There is nothing to
/// close.
#[repr(C)]
pub struct rawipc_fd_refs {
    opaque: [u64; 4],
}

/// Room for the descriptors that come with a message, and for its sender's credentials. A handle: it does not move, and
/// neither does its memory.
#[repr(C)]
pub struct rawipc_fd_slots {
    opaque: [u64; 4],
}

crate::layout!(rawipc_fd_refs: 32);
crate::layout!(rawipc_fd_slots: 32);
holds!(rawipc_fd_refs, &'static mut Refs<'static>, *b"fdrefs  ");
holds!(rawipc_fd_slots, &'static mut Slots, *b"fdslots ");

const SEND: Args = Args(Call::SENDMSG);
const RECV: Args = Args(Call::RECVMSG);
const FD: Args = Args(Call::CLOSE);

/// Makes room for descriptors to send, as many as the memory has ints (4 bytes) behind RAWIPC_FDS_HEAD bytes; none are there yet.
///
/// @param refs  gets it
/// @return 0, or -errno
/// @par Errors
/// EINVAL: the memory has no RAWIPC_FDS_HEAD bytes.
/// @par Ownership
/// The memory is refs' as long as they are used.
/// @rust socket::Refs::init, socket::Refs::bytes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_refs_new(
    refs: *mut rawipc_fd_refs,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { SEND.empty(refs) }?;
        // SAFETY: the caller's memory.
        let (memory, room) = unsafe { SEND.memory_of_fds(buf, len, Refs::bytes(0)) }?;
        // SAFETY: aligned, and so much can be written there.
        to.set(unsafe { Refs::init(memory, room) });
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Adds a descriptor, to be sent with each message that these refs are given to.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: there is no room, or they are RAWIPC_FDS_MAX already.
/// @par Ownership
/// It stays the caller's, and open until the message is sent.
/// @rust socket::Refs::push
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_refs_push(
    refs: *mut rawipc_fd_refs,
    fd: c_int,
    error: *mut rawipc_error,
) -> c_int {
    let pushed = (|| {
        // SAFETY: the caller's refs.
        let refs = unsafe { SEND.value(refs) }?;
        let fd = SEND.lent(fd, |fd: Fd| fd)?;
        // SAFETY: the caller keeps it open.
        refs.push(unsafe { BorrowedFd::borrow_raw(fd.as_raw()) })
    })();
    // SAFETY: the caller's error.
    unsafe { status(pushed, error) }
}

/// Forgets them all, for the next message.
///
/// @return 0, or -errno
/// @rust socket::Refs::clear
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_refs_clear(refs: *mut rawipc_fd_refs, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's refs.
    let cleared = unsafe { SEND.value(refs) }.map(|refs| refs.clear());
    // SAFETY: the caller's error.
    unsafe { status(cleared, error) }
}

/// How many there are.
///
/// @return how many, or -errno
/// @rust socket::Refs::len, socket::Refs::is_empty
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_refs_len(
    refs: *const rawipc_fd_refs,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's refs.
    let told = unsafe { SEND.value_ref(refs) }.map(|refs| refs.len());
    // SAFETY: the caller's error.
    unsafe { length(told, error) }
}

/// Makes room for descriptors to receive, as many as the memory has ints (4 bytes) behind RAWIPC_FDS_HEAD bytes. With none, a
/// descriptor that comes is told as an error.
///
/// @param slots  gets it
/// @return 0, or -errno
/// @par Errors
/// EINVAL: the memory has no RAWIPC_FDS_HEAD bytes.
/// @par Ownership
/// The memory is the slots' until they are closed.
/// @rust socket::Slots::init, socket::Slots::bytes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_slots_new(
    slots: *mut rawipc_fd_slots,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { RECV.empty(slots) }?;
        // SAFETY: the caller's memory.
        let (memory, room) = unsafe { RECV.memory_of_fds(buf, len, Slots::bytes(0)) }?;
        // SAFETY: aligned, and so much can be written there.
        to.set(unsafe { Slots::init(memory, room) });
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Takes out the descriptor that was sent at this place, counted from 0.
///
/// @return the descriptor, or -errno
/// @par Errors
/// ENOENT: fewer came with the last message, or it was taken.
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust socket::Slots::take
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_slots_take(
    slots: *mut rawipc_fd_slots,
    at: usize,
    error: *mut rawipc_error,
) -> c_int {
    let taken = (|| {
        // SAFETY: the caller's slots.
        let slots = unsafe { FD.value(slots) }?;
        slots.take(at).ok_or_else(|| FD.refused(Errno::NOENT))
    })();
    // SAFETY: the caller's error.
    unsafe { descriptor(taken, error) }
}

/// The descriptor that was sent at this place, counted from 0. It stays the slots'.
///
/// @return the descriptor, or -errno
/// @par Errors
/// As rawipc_fd_slots_take().
/// @rust socket::Slots::get
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_slots_get(
    slots: *const rawipc_fd_slots,
    at: usize,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's slots.
        let slots = unsafe { FD.value_ref(slots) }?;
        let fd = slots.get(at).ok_or_else(|| FD.refused(Errno::NOENT))?;
        Ok(fd.as_raw_fd() as usize)
    })();
    // SAFETY: the caller's error.
    unsafe { length(told, error) as c_int }
}

/// How many came with the last message, those that were taken since among them.
///
/// @return how many, or -errno
/// @rust socket::Slots::len, socket::Slots::is_empty
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_slots_len(
    slots: *const rawipc_fd_slots,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's slots.
    let told = unsafe { RECV.value_ref(slots) }.map(|slots| slots.len());
    // SAFETY: the caller's error.
    unsafe { length(told, error) }
}

/// How many can come with a message.
///
/// @return how many, or -errno
/// @rust socket::Slots::room
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_slots_room(
    slots: *const rawipc_fd_slots,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's slots.
    let told = unsafe { RECV.value_ref(slots) }.map(|slots| slots.room());
    // SAFETY: the caller's error.
    unsafe { length(told, error) }
}

/// Who sent the last message, where the socket passes credentials: see rawipc_seqpacket_pass_credentials().
///
/// @param credentials  gets them
/// @return 0, or -errno
/// @par Errors
/// ENODATA: nothing was told.
/// @rust socket::Slots::credentials
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_slots_credentials(
    slots: *const rawipc_fd_slots,
    credentials: *mut rawipc_credentials,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { RECV.output(credentials) }?;
        // SAFETY: the caller's slots.
        let slots = unsafe { RECV.value_ref(slots) }?;
        let told = slots.credentials().ok_or_else(|| RECV.refused(Errno::NODATA))?;
        to.set(told.into());
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(told, error) }
}

/// Closes all that were not taken, in their order.
///
/// @return 0, or -errno
/// @rust socket::Slots::clear
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_slots_clear(
    slots: *mut rawipc_fd_slots,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's slots.
    let cleared = unsafe { FD.value(slots) }.map(|slots| slots.clear());
    // SAFETY: the caller's error.
    unsafe { status(cleared, error) }
}

/// Closes all that were not taken; the memory is the caller's again.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: they are none, or closed already.
/// @rust socket::Slots
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fd_slots_close(
    slots: *mut rawipc_fd_slots,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's slots.
    let closed = unsafe { FD.taken(slots) }.map(|slots| slots.clear());
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}

/// Has descriptors refused where they are sent, instead of closed where they come (Linux 6.16).
///
/// The peer's send is EPERM from then on, and sends nothing. On a listener it covers what it accepts, the time before it is
/// accepted included. Those in the queue are as before.
///
/// @param socket  a stream, or the descriptor of another socket or a listener
/// @return 0, or -errno
/// @par Errors
/// ENOPROTOOPT: this kernel is older. Nothing comes unasked there either.
/// @rust socket::Stream::refuse_fds, socket::Seqpacket::refuse_fds, socket::Datagram::refuse_fds, socket::Listener::refuse_fds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fds_refuse(socket: c_int, error: *mut rawipc_error) -> c_int {
    let refused = Args(Call::SETSOCKOPT).lent(socket, Stream::assume).and_then(|stream| stream.refuse_fds());
    // SAFETY: the caller's error.
    unsafe { status(refused, error) }
}

impl Args {
    /// Where descriptors go within the memory, and how many: what has a multiple of 8 for its address, and `head` bytes
    /// in front of them.
    ///
    /// # Safety
    /// As [`buffer`](Self::buffer).
    unsafe fn memory_of_fds(self, buf: *mut c_void, len: usize, head: usize) -> Result<(*mut c_void, usize)> {
        // SAFETY: by the caller.
        let memory = unsafe { self.buffer(buf, len) }?;
        let skip = memory.as_ptr().align_offset(8);
        let room = len.checked_sub(RAWIPC_FDS_HEAD).ok_or_else(|| self.refused(Errno::INVAL))?;
        // The last of an odd number ends in the middle of 8 bytes, for which the head is large enough too.
        let memory = memory.get_mut(skip..).filter(|memory| memory.len() >= head);
        let memory = memory.ok_or_else(|| self.refused(Errno::INVAL))?;
        Ok((memory.as_mut_ptr().cast(), room / 4))
    }

    /// Descriptors to send.
    ///
    /// # Safety
    /// As [`value_ref`](Self::value_ref).
    #[inline]
    pub(super) unsafe fn refs<'a>(self, refs: *const rawipc_fd_refs) -> Result<&'a Refs<'static>> {
        // SAFETY: by the caller.
        unsafe { self.value_ref(refs) }.map(|refs| &**refs)
    }

    /// Room for descriptors.
    ///
    /// # Safety
    /// As [`value`](Self::value).
    #[inline]
    pub(super) unsafe fn slots<'a>(self, slots: *mut rawipc_fd_slots) -> Result<&'a mut Slots> {
        // SAFETY: by the caller.
        unsafe { self.value(slots) }.map(|slots| &mut **slots)
    }
}
