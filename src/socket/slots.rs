//! The owner of descriptors that came with a message.

use super::control::{self, CREDENTIALS, Content, SCM_RIGHTS, SOL_SOCKET};
use super::credentials::Credentials;
use crate::error::{Call, Errno, Error, Result};
use crate::fd::{BorrowedFd, Fd, RawFd};
use crate::sys;
use crate::sys::socket::{Received, recvmsg};
use core::ffi::c_void;
use core::mem::offset_of;
use core::{fmt, ptr, slice};

/// Room for the descriptors that come with a message, up to `N` of them, and for its sender's credentials: fixed, in
/// memory of the caller's, into which the kernel writes.
///
/// It owns what came: whatever is not [taken](Slots::take) is closed when it is dropped or [cleared](Slots::clear).
/// They are close-on-exec from their first instant. What is received into must hold none any more. With `N` of 0 no
/// descriptor is taken, and one that comes is told as an error.
///
/// # Examples
/// See [`FdRefs`](super::FdRefs).
pub type FdSlots<const N: usize> = Slots<[RawFd; N]>;

/// [`FdSlots`] of any room, which is what the calls take.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | (`close`)×n |
/// | drop, empty | none |
#[repr(C, align(8))]
pub struct Slots<T: AsRef<[RawFd]> + AsMut<[RawFd]> + ?Sized = [RawFd]> {
    credentials: Credentials,
    /// Whether `credentials` are the sender's.
    told: u32,
    /// The place of the first descriptor, counted from the beginning of `head`.
    first: u32,
    /// How many came; -1 stands for one that was taken.
    len: u32,
    /// What the kernel writes begins in here and ends with `fds`.
    head: [RawFd; HEAD],
    fds: T,
}

/// The numbers in front of the first descriptor: credentials, and the header of the message with the descriptors.
const HEAD: usize = (control::space(CREDENTIALS) + control::len(0)) / size_of::<RawFd>();

/// Of these, what the header alone needs.
const RIGHTS: usize = control::len(0) / size_of::<RawFd>();

/// What a receive told besides what is in the slots.
pub(super) struct Came {
    /// The true length of the message.
    pub(super) n: usize,
    /// The length of the sender's address.
    pub(super) from_len: usize,
    /// Something did not fit.
    pub(super) cut: bool,
}

impl<const N: usize> Slots<[RawFd; N]> {
    /// None yet.
    pub const fn new() -> Self {
        let credentials = Credentials::told([0; 3]);
        Slots { credentials, told: 0, first: 0, len: 0, head: [-1; HEAD], fds: [-1; N] }
    }
}

impl Slots {
    /// Makes `memory` hold no descriptors, with room for so many: for C, which knows the room only when it runs.
    /// The same can be had again by [`from_raw`](Self::from_raw), and is to be [cleared](Self::clear) in the end.
    ///
    /// # Safety
    /// `memory` is aligned to 8 bytes, [`bytes`](Self::bytes) of `room` can be written there, and nobody else uses
    /// them for `'m`. Descriptors that it owned before stay open.
    pub unsafe fn init<'m>(memory: *mut c_void, room: usize) -> &'m mut Self {
        // SAFETY: the caller's promise; nothing is dropped of what was there.
        unsafe { memory.cast::<FdSlots<0>>().write(FdSlots::new()) };
        // SAFETY: within the bytes of the caller's promise.
        let fds = unsafe { memory.cast::<u8>().add(offset_of!(FdSlots<0>, fds)) };
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
        let end = offset_of!(FdSlots<0>, fds).saturating_add(room.saturating_mul(size_of::<RawFd>()));
        end.saturating_add(7) & !7
    }

    /// Refuses to be received into while it holds any.
    pub(super) fn must_be_empty(&mut self) -> Result<()> {
        if self.holds_none() { Ok(()) } else { Err(Error::argument(Call::RECVMSG, Errno::INVAL)) }
    }

    #[inline]
    pub(super) fn holds_none(&mut self) -> bool {
        self.len == 0 || self.held().iter().all(|fd| *fd < 0)
    }

    /// One `recvmsg`; what comes along is in the slots from then on, and what has no place there is closed.
    ///
    /// The kernel is given room for exactly so many descriptors, and for credentials where the socket passes them.
    #[cfg_attr(not(shared), inline)]
    #[cfg_attr(shared, inline(never))]
    pub(super) fn recv(
        &mut self,
        fd: &Fd,
        buf: &mut [u8],
        from: &mut [u8],
        flags: u32,
        credentials: bool,
    ) -> Result<Came> {
        self.forget();
        let start = if credentials { 0 } else { HEAD.saturating_sub(RIGHTS) };
        // Where there is room for no descriptor, that of the header stays unused.
        let control = self.all().get_mut(start..).unwrap_or(&mut []);
        let Received { n, from_len, control_len, truncated } = recvmsg(fd, buf, from, control, flags)?;
        let strays = match control_len {
            0 => false,
            _ if !credentials && self.read_rights(control_len) => false,
            _ => self.read(start, control_len),
        };
        Ok(Came { n, from_len, cut: truncated | strays })
    }

    /// Of one control message with descriptors, which is what mostly comes: whether it is that.
    #[inline]
    fn read_rights(&mut self, bytes: usize) -> bool {
        let [.., level, kind] = self.head;
        // SAFETY: within the value, and at an address for it: this is where the header lies.
        let len =
            unsafe { (&raw const self.head).cast::<RawFd>().add(const { HEAD.saturating_sub(RIGHTS) }) };
        // SAFETY: two numbers or one, as long as the word is.
        let len = unsafe { len.cast::<usize>().read() };
        let n = len.wrapping_sub(control::len(0)) / 4;
        let is_all = bytes.wrapping_sub(len) < control::len(0);
        if level != SOL_SOCKET || kind != SCM_RIGHTS || !is_all || n > self.fds.len() {
            return false;
        }
        (self.first, self.len) = (HEAD as u32, n as u32);
        true
    }

    /// Takes apart what the kernel wrote from the number `start` on, and tells whether descriptors were in it that
    /// have no place here.
    #[cold]
    fn read(&mut self, start: usize, bytes: usize) -> bool {
        let (mut first, mut len, mut told, mut strays) = (0, 0, None, false);
        let written = self.all().get(start..).unwrap_or(&[]);
        // SAFETY: as many bytes as the numbers have, all of them written; a byte needs no alignment.
        let written = unsafe { slice::from_raw_parts(written.as_ptr().cast::<u8>(), size_of_val(written)) };
        for message in control::messages(written.get(..bytes).unwrap_or(written)) {
            match message.content {
                Content::Rights(numbers) if len == 0 => {
                    first = start.saturating_add(message.at / 4);
                    len = numbers.count();
                }
                Content::Rights(numbers) => {
                    strays = true;
                    numbers.for_each(sys::close);
                }
                // Asked for by another holder of the socket: no loss to us.
                Content::Pidfd(numbers) => numbers.for_each(sys::close),
                Content::Credentials(words) => told = Some(Credentials::told(words)),
                Content::Other => {}
            }
        }
        // Both are within what was written, and so far below 2³².
        (self.first, self.len) = (first as u32, len as u32);
        if let Some(credentials) = told {
            (self.credentials, self.told) = (credentials, 1);
        }
        strays || len > self.fds.len()
    }

    /// The message that came with them, if everything that was sent with it is here; none of it, if not.
    #[inline]
    pub(super) fn all_or_none(&mut self, came: &Came) -> Result<usize> {
        if came.cut { Err(self.cut(came.n)) } else { Ok(came.n) }
    }

    #[cold]
    fn cut(&mut self, n: usize) -> Error {
        let left_room = (self.len as usize) < self.fds.len();
        self.clear();
        let e = match left_room {
            true => Error::kernel(Call::RECVMSG, Errno::MFILE),
            false => Error::peer(Call::RECVMSG, Errno::TOOBIG),
        };
        e.with_needed(n)
    }

    /// Whether anything came at all: with the end of a connection nothing does.
    pub(super) fn is_untouched(&self, came: &Came) -> bool {
        self.len == 0 && self.told == 0 && !came.cut
    }
}

impl<T: AsRef<[RawFd]> + AsMut<[RawFd]> + ?Sized> Slots<T> {
    /// How many came with the last message, those that were taken since among them.
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether none came with the last message.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many can come with a message.
    pub fn room(&self) -> usize {
        self.fds.as_ref().len()
    }

    /// The one that was sent at this place, counted from 0; it is the caller's from now on.
    pub fn take(&mut self, at: usize) -> Option<Fd> {
        let raw = core::mem::replace(self.held().get_mut(at)?, -1);
        // SAFETY: the kernel made it for us with the last message, and it is given away once.
        unsafe { Fd::from_raw(raw) }.ok()
    }

    /// The one that was sent at this place, counted from 0; it stays here.
    pub fn get(&self, at: usize) -> Option<BorrowedFd<'_>> {
        let at = if at < self.len() { (self.first as usize).saturating_add(at) } else { usize::MAX };
        match self.numbers().get(at) {
            // SAFETY: the kernel made it for us, and it is open as long as it is here.
            Some(&raw) if raw >= 0 => Some(unsafe { BorrowedFd::borrow_raw(raw) }),
            _ => None,
        }
    }

    /// Who sent the last message, where the socket [passes credentials](super::Seqpacket::pass_credentials).
    pub fn credentials(&self) -> Option<Credentials> {
        if self.told != 0 { Some(self.credentials) } else { None }
    }

    /// Closes all that were not taken, in their order.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | (`close`)×n |
    /// | empty | none |
    pub fn clear(&mut self) {
        for fd in self.held() {
            let raw = core::mem::replace(fd, -1);
            if raw >= 0 {
                sys::close(raw);
            }
        }
        self.forget();
    }

    #[inline]
    fn forget(&mut self) {
        (self.first, self.len, self.told) = (0, 0, 0);
    }

    /// The numbers of those that came.
    fn held(&mut self) -> &mut [RawFd] {
        let (first, len) = (self.first as usize, self.len as usize);
        self.all().get_mut(first..first.saturating_add(len)).unwrap_or(&mut [])
    }

    /// All that the kernel may write.
    #[inline]
    fn all(&mut self) -> &mut [RawFd] {
        // Memory ends long before this wraps.
        let n = HEAD.wrapping_add(self.fds.as_ref().len());
        // SAFETY: within the value; `head` is at this place.
        let head = unsafe { (&raw mut *self).cast::<u8>().add(offset_of!(FdSlots<0>, head)) };
        // SAFETY: `fds` lies behind `head` without a gap, both are numbers, and `self` is borrowed for as long.
        unsafe { slice::from_raw_parts_mut(head.cast::<RawFd>(), n) }
    }

    fn numbers(&self) -> &[RawFd] {
        let n = HEAD.wrapping_add(self.fds.as_ref().len());
        // SAFETY: within the value; `head` is at this place.
        let head = unsafe { (&raw const *self).cast::<u8>().add(offset_of!(FdSlots<0>, head)) };
        // SAFETY: as in `all`.
        unsafe { slice::from_raw_parts(head.cast::<RawFd>(), n) }
    }
}

impl<T: AsRef<[RawFd]> + AsMut<[RawFd]> + ?Sized> Drop for Slots<T> {
    fn drop(&mut self) {
        self.clear();
    }
}

impl<const N: usize> Default for Slots<[RawFd; N]> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: AsRef<[RawFd]> + AsMut<[RawFd]> + ?Sized> fmt::Debug for Slots<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..self.len()).map(|at| self.get(at))).finish()
    }
}

const _: () = {
    // Without a gap, and the header where the kernel's own would be.
    let head = offset_of!(FdSlots<1>, head);
    assert!(head.saturating_add(size_of::<[RawFd; HEAD]>()) == offset_of!(FdSlots<1>, fds));
    assert!(head & 7 == 0 && HEAD.saturating_sub(RIGHTS) & 1 == 0);
    assert!(size_of::<FdSlots<3>>() == Slots::bytes(3));
};
