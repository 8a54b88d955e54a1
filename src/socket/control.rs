//! Control messages: what stands beside the bytes of a message, taken apart without believing any length in it.
//!
//! Nothing here calls the kernel or owns a descriptor: bytes in, places and values out.

use linux_raw_sys::net;

/// `struct cmsghdr`: the length of itself and its data, the level, the kind.
pub(super) const HEADER: usize = size_of::<usize>() + 8;

/// Where the next one begins: at a multiple of this.
const ALIGN: usize = size_of::<usize>();

/// `SOL_SOCKET`, the level of all that is known here.
pub(super) const SOL_SOCKET: i32 = net::SOL_SOCKET as i32;
/// `SCM_RIGHTS`: descriptors.
pub(super) const SCM_RIGHTS: i32 = net::SCM_RIGHTS as i32;
/// `SCM_CREDENTIALS`: a `struct ucred`.
pub(super) const SCM_CREDENTIALS: i32 = net::SCM_CREDENTIALS as i32;
/// `SCM_PIDFD`, Linux 6.5: a descriptor too.
pub(super) const SCM_PIDFD: i32 = 4;

/// The bytes of a control message with so much data, and none behind it: `CMSG_LEN`. A buffer that ends there has
/// no padding that could hold a descriptor more.
pub(super) const fn len(data: usize) -> usize {
    HEADER.saturating_add(data)
}

/// The same up to where another could begin: `CMSG_SPACE`.
pub(super) const fn space(data: usize) -> usize {
    aligned(len(data))
}

/// The bytes of a `struct ucred`.
pub(super) const CREDENTIALS: usize = 12;

/// One control message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Message<'a> {
    /// Where its data begins, in bytes from the beginning of all; a multiple of 4.
    pub(super) at: usize,
    pub(super) content: Content<'a>,
}

/// What it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content<'a> {
    /// Descriptors that the sender sent.
    Rights(Numbers<'a>),
    /// A descriptor of the sender's process.
    Pidfd(Numbers<'a>),
    /// The sender's pid, uid and gid, in its kernel's words.
    Credentials([u32; 3]),
    /// What is not known here, and holds no descriptor.
    Other,
}

/// Each control message of `bytes`, as the kernel wrote them; what follows one whose length cannot be is not looked
/// at.
pub(super) const fn messages(bytes: &[u8]) -> Messages<'_> {
    Messages { rest: bytes, at: 0 }
}

/// An iterator over control messages.
#[derive(Clone, Debug)]
pub(super) struct Messages<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Messages<'a> {
    type Item = Message<'a>;

    fn next(&mut self) -> Option<Message<'a>> {
        let (len, after) = self.rest.split_first_chunk::<ALIGN>()?;
        let (level, after) = word(after)?;
        let (kind, _) = word(after)?;
        let len = usize::from_ne_bytes(*len);
        // Both ends checked here: a length below the header, and one beyond what there is.
        let data = self.rest.get(HEADER..len)?;
        let message =
            Message { at: self.at.saturating_add(HEADER), content: content(level as i32, kind as i32, data) };
        // The last one has no padding.
        let step = aligned(len);
        self.rest = self.rest.get(step..).unwrap_or(&[]);
        self.at = self.at.saturating_add(step);
        Some(message)
    }
}

fn content(level: i32, kind: i32, data: &[u8]) -> Content<'_> {
    match (level, kind) {
        (SOL_SOCKET, SCM_RIGHTS) => Content::Rights(Numbers(data)),
        (SOL_SOCKET, SCM_PIDFD) => Content::Pidfd(Numbers(data)),
        (SOL_SOCKET, SCM_CREDENTIALS) => credentials(data).map_or(Content::Other, Content::Credentials),
        _ => Content::Other,
    }
}

fn credentials(data: &[u8]) -> Option<[u32; 3]> {
    let (pid, data) = word(data)?;
    let (uid, data) = word(data)?;
    let (gid, _) = word(data)?;
    Some([pid, uid, gid])
}

/// Descriptors, by their numbers. Bytes behind the last whole one are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    pub(super) const fn count(self) -> usize {
        self.0.len() / 4
    }
}

impl Iterator for Numbers<'_> {
    type Item = i32;

    fn next(&mut self) -> Option<i32> {
        let (number, rest) = word(self.0)?;
        self.0 = rest;
        Some(number as i32)
    }
}

fn word(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_ne_bytes(*word), rest))
}

const fn aligned(len: usize) -> usize {
    len.saturating_add(ALIGN.wrapping_sub(1)) & !ALIGN.wrapping_sub(1)
}

#[cfg(test)]
mod tests;
