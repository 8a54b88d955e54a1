//! Descriptors that are lent to a message.

use super::control::{self, SCM_RIGHTS, SOL_SOCKET};
use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsRawFd, BorrowedFd, RawFd};
use core::ffi::c_void;
use core::fmt;
use core::marker::PhantomData;
use core::mem::offset_of;
use core::{ptr, slice};

/// The most descriptors that the kernel takes with one message: `SCM_MAX_FD`.
pub const MAX_FDS: usize = 253;

/// Up to `N` descriptors to be sent with a message, borrowed until it is: in memory of the caller's, laid out as the
/// kernel takes them.
///
/// The receiver gets descriptors of its own, of the same open file descriptions; ours stay open.
///
/// # Examples
/// ```
/// use rawipc::{Wait, pipe, fd::AsFd};
/// use rawipc::socket::{DEFAULT_LIMIT, FdRefs, FdSlots, Seqpacket};
///
/// let (mut ours, mut theirs) = Seqpacket::pair()?;
/// let (reader, _writer) = pipe::pair()?;
/// ours.send_with_fds(b"read this", &FdRefs::of([reader.as_fd()]), Wait::FOREVER)?;
///
/// let (mut buf, mut fds) = ([0; DEFAULT_LIMIT], FdSlots::<1>::new());
/// assert_eq!(theirs.recv_with_fds(&mut buf, &mut fds, Wait::FOREVER)?, 9);
/// let reader = pipe::ReadEnd::attach(fds.take(0).expect("the one that was sent"))?;
/// # Ok::<(), rawipc::Error>(())
/// ```
pub type FdRefs<'fd, const N: usize> = Refs<'fd, [RawFd; N]>;

/// [`FdRefs`] of any room, which is what the calls take.
#[repr(C)]
pub struct Refs<'fd, T: AsRef<[RawFd]> + AsMut<[RawFd]> + ?Sized = [RawFd]> {
    // A `struct cmsghdr`, and the data that belongs to it.
    len: usize,
    level: i32,
    kind: i32,
    lent: PhantomData<BorrowedFd<'fd>>,
    fds: T,
}

impl<'fd, const N: usize> Refs<'fd, [RawFd; N]> {
    /// None yet; [`push`](Refs::push) adds them.
    pub const fn new() -> Self {
        Self::numbered([-1; N], 0)
    }

    /// These, in this order. More than [`MAX_FDS`] are refused when they are sent.
    pub fn of(fds: [BorrowedFd<'fd>; N]) -> Self {
        Self::numbered(fds.map(|fd| fd.as_raw_fd()), N)
    }

    const fn numbered(fds: [RawFd; N], n: usize) -> Self {
        let len = control::len(n.saturating_mul(size_of::<RawFd>()));
        Refs { len, level: SOL_SOCKET, kind: SCM_RIGHTS, lent: PhantomData, fds }
    }
}

impl<'fd> Refs<'fd> {
    /// Makes `memory` hold no descriptors, with room for so many: for C, which knows the room only when it runs.
    /// Any of the same room can be had again from what was made so, by [`from_raw`](Self::from_raw).
    ///
    /// # Safety
    /// `memory` is aligned as a pointer, [`bytes`](Self::bytes) of `room` can be written there, and nobody else uses
    /// them for `'m`.
    pub unsafe fn init<'m>(memory: *mut c_void, room: usize) -> &'m mut Self {
        // SAFETY: the caller's promise; the header is written before anybody reads it.
        unsafe { memory.cast::<FdRefs<'fd, 0>>().write(FdRefs::new()) };
        // SAFETY: within the bytes of the caller's promise.
        let fds = unsafe { memory.cast::<u8>().add(offset_of!(FdRefs<'fd, 0>, fds)) };
        // SAFETY: up to their end. Bytes that nobody wrote are no numbers yet.
        unsafe { fds.write_bytes(0xff, room.saturating_mul(4)) };
        // SAFETY: just made.
        unsafe { Self::from_raw(memory, room) }
    }

    /// What [`init`](Self::init) made.
    ///
    /// # Safety
    /// `init` made it there with the same room, and nobody else uses it for `'m`.
    pub unsafe fn from_raw<'m>(memory: *mut c_void, room: usize) -> &'m mut Self {
        let whole = ptr::slice_from_raw_parts_mut(memory.cast::<RawFd>(), room) as *mut Self;
        // SAFETY: the layout is that of C, the room what the caller says.
        unsafe { &mut *whole }
    }

    /// The bytes that so much room takes.
    pub const fn bytes(room: usize) -> usize {
        // To the alignment of the first field.
        let end = offset_of!(FdRefs<'fd, 0>, fds).saturating_add(room.saturating_mul(size_of::<RawFd>()));
        end.saturating_add(7) & !7
    }

    /// The control message; none for no descriptors.
    #[cfg_attr(not(shared), inline)]
    #[cfg_attr(shared, inline(never))]
    pub(super) fn control(&self) -> Result<&[u8]> {
        const NONE: usize = control::len(0);
        const MOST: usize = control::len(MAX_FDS.saturating_mul(size_of::<RawFd>()));
        let len = match self.len {
            NONE => 0,
            len if len > MOST => return Err(Error::argument(Call::SENDMSG, Errno::INVAL)),
            len => len,
        };
        // SAFETY: the header and the descriptors lie one behind the other from the beginning on, and `len` counts
        // those that were pushed, within the room.
        Ok(unsafe { slice::from_raw_parts((&raw const *self).cast::<u8>(), len) })
    }
}

impl<'fd, T: AsRef<[RawFd]> + AsMut<[RawFd]> + ?Sized> Refs<'fd, T> {
    /// Adds one.
    ///
    /// # Errors
    /// `EINVAL`, before any syscall: there is no room, or they are [`MAX_FDS`] already.
    pub fn push(&mut self, fd: BorrowedFd<'fd>) -> Result<()> {
        let n = self.len();
        match self.fds.as_mut().get_mut(n) {
            Some(slot) if n < MAX_FDS => {
                *slot = fd.as_raw_fd();
                self.len = self.len.saturating_add(size_of::<RawFd>());
                Ok(())
            }
            _ => Err(Error::argument(Call::SENDMSG, Errno::INVAL)),
        }
    }

    /// Forgets them all, for the next message.
    pub fn clear(&mut self) {
        self.len = control::len(0);
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.len.saturating_sub(control::len(0)) / 4
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<const N: usize> Default for Refs<'_, [RawFd; N]> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: AsRef<[RawFd]> + AsMut<[RawFd]> + ?Sized> fmt::Debug for Refs<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.fds.as_ref().iter().take(self.len())).finish()
    }
}

const _: () = {
    assert!(offset_of!(FdRefs<'_, 1>, fds) == control::len(0));
    assert!(size_of::<FdRefs<'_, 3>>() == Refs::bytes(3));
};
