//! Values into bytes.

use crate::error::{Call, Errno, Error, Result};
use core::fmt;

/// Packs values, one behind the other, into a buffer that is the caller's.
///
/// What does not fit is `EMSGSIZE`, and from then on everything is, so that no half of a message can pass for a
/// whole one.
///
/// # Examples
/// ```
/// use rawipc::rpc::{Packer, Unpacker};
///
/// let mut buf = [0; 64];
/// let mut packer = Packer::new(&mut buf);
/// packer.u16(7)?;
/// packer.str("seven")?;
/// let packed = packer.finish()?;
/// assert_eq!(packed, b"\x07\0\x05\0\0\0seven");
///
/// let mut unpacker = Unpacker::new(packed);
/// assert_eq!((unpacker.u16()?, unpacker.str()?), (7, "seven"));
/// unpacker.finish()?;
/// # Ok::<(), rawipc::Error>(())
/// ```
#[repr(C)]
pub struct Packer<'b> {
    buf: &'b mut [u8],
    len: usize,
    full: bool,
}

impl<'b> Packer<'b> {
    /// Packs into `buf`, from its beginning.
    #[inline]
    pub fn new(buf: &'b mut [u8]) -> Self {
        Packer { buf, len: 0, full: false }
    }

    /// Packs a `u8`.
    ///
    /// # Errors
    /// `EMSGSIZE`: the buffer is full.
    #[inline]
    pub fn u8(&mut self, value: u8) -> Result<()> {
        self.array(value.to_le_bytes())
    }

    /// Packs a `u16`.
    ///
    /// # Errors
    /// `EMSGSIZE`: the buffer is full.
    #[inline]
    pub fn u16(&mut self, value: u16) -> Result<()> {
        self.array(value.to_le_bytes())
    }

    /// Packs a `u32`.
    ///
    /// # Errors
    /// `EMSGSIZE`: the buffer is full.
    #[inline]
    pub fn u32(&mut self, value: u32) -> Result<()> {
        self.array(value.to_le_bytes())
    }

    /// Packs a `u64`.
    ///
    /// # Errors
    /// `EMSGSIZE`: the buffer is full.
    #[inline]
    pub fn u64(&mut self, value: u64) -> Result<()> {
        self.array(value.to_le_bytes())
    }

    /// Packs an `i8`.
    ///
    /// # Errors
    /// `EMSGSIZE`: the buffer is full.
    #[inline]
    pub fn i8(&mut self, value: i8) -> Result<()> {
        self.array(value.to_le_bytes())
    }

    /// Packs an `i16`.
    ///
    /// # Errors
    /// `EMSGSIZE`: the buffer is full.
    #[inline]
    pub fn i16(&mut self, value: i16) -> Result<()> {
        self.array(value.to_le_bytes())
    }

    /// Packs an `i32`.
    ///
    /// # Errors
    /// `EMSGSIZE`: the buffer is full.
    #[inline]
    pub fn i32(&mut self, value: i32) -> Result<()> {
        self.array(value.to_le_bytes())
    }

    /// Packs an `i64`.
    ///
    /// # Errors
    /// `EMSGSIZE`: the buffer is full.
    #[inline]
    pub fn i64(&mut self, value: i64) -> Result<()> {
        self.array(value.to_le_bytes())
    }

    /// Packs a `bool` as one byte, 0 or 1.
    ///
    /// # Errors
    /// `EMSGSIZE`: the buffer is full.
    #[inline]
    pub fn bool(&mut self, value: bool) -> Result<()> {
        self.u8(u8::from(value))
    }

    /// Packs bytes with their number in front, as a `u32`.
    ///
    /// # Errors
    /// `EMSGSIZE`: the buffer is full.
    pub fn bytes(&mut self, value: &[u8]) -> Result<()> {
        let Ok(len) = u32::try_from(value.len()) else { return Err(self.overflow()) };
        self.u32(len)?;
        self.append(value)
    }

    /// Packs text as the [`bytes`](Self::bytes) of its UTF-8.
    ///
    /// # Errors
    /// `EMSGSIZE`: the buffer is full.
    #[inline]
    pub fn str(&mut self, value: &str) -> Result<()> {
        self.bytes(value.as_bytes())
    }

    /// Packs what another packer has packed, as it is.
    ///
    /// # Errors
    /// `EMSGSIZE`: the buffer is full.
    pub fn append(&mut self, packed: &[u8]) -> Result<()> {
        match self.room(packed.len()) {
            Some(room) if room.len() == packed.len() => {
                room.copy_from_slice(packed);
                Ok(())
            }
            _ => Err(self.overflow()),
        }
    }

    /// The bytes packed so far.
    #[inline]
    #[expect(clippy::len_without_is_empty, reason = "what has a head is never empty")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// All that was packed.
    ///
    /// # Errors
    /// `EMSGSIZE`: something before did not fit.
    #[inline]
    pub fn finish(self) -> Result<&'b [u8]> {
        let Packer { buf, len, full } = self;
        match buf.get(..len) {
            Some(packed) if !full => Ok(packed),
            _ => Err(too_long(buf.len())),
        }
    }

    /// All that was packed so far: as [`finish`](Self::finish), but it can go on.
    ///
    /// # Errors
    /// `EMSGSIZE`: something before did not fit.
    #[inline]
    pub fn packed(&self) -> Result<&[u8]> {
        match self.buf.get(..self.len) {
            Some(packed) if !self.full => Ok(packed),
            _ => Err(too_long(self.buf.len())),
        }
    }

    #[inline]
    fn array<const N: usize>(&mut self, value: [u8; N]) -> Result<()> {
        match self.room(N).and_then(|room| room.first_chunk_mut::<N>()) {
            Some(room) => {
                *room = value;
                Ok(())
            }
            None => Err(self.overflow()),
        }
    }

    /// The next `n` bytes of the buffer, from now on taken.
    #[inline]
    fn room(&mut self, n: usize) -> Option<&mut [u8]> {
        if self.full {
            return None;
        }
        let room = self.buf.get_mut(self.len..)?.get_mut(..n)?;
        self.len = self.len.saturating_add(n);
        Some(room)
    }

    #[cold]
    fn overflow(&mut self) -> Error {
        self.full = true;
        too_long(self.buf.len())
    }
}

/// What is packed is longer than the buffer, or the channel, takes.
#[cold]
fn too_long(limit: usize) -> Error {
    Error::argument(Call::RPC, Errno::MSGSIZE).with_needed(limit)
}

impl fmt::Debug for Packer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Packer({} of {} bytes{})", self.len, self.buf.len(), if self.full { ", full" } else { "" })
    }
}
