//! Bytes into values, each checked.

use crate::error::{Call, Errno, Error, Result};

/// Unpacks values in the order in which a [`Packer`](super::Packer) packed them, and believes nothing.
///
/// What is not there, or is no such value, is `EBADMSG` from the peer, and from then on everything is. Bytes and
/// text are not copied: they are slices of the message.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Unpacker<'m> {
    /// `None` after something that was wrong.
    rest: Option<&'m [u8]>,
}

impl<'m> Unpacker<'m> {
    /// Unpacks from `message`, from its beginning.
    #[inline]
    pub fn new(message: &'m [u8]) -> Self {
        Unpacker { rest: Some(message) }
    }

    /// Unpacks a `u8`.
    ///
    /// # Errors
    /// `EBADMSG`: the message ends before.
    #[inline]
    pub fn u8(&mut self) -> Result<u8> {
        self.array().map(u8::from_le_bytes)
    }

    /// Unpacks a `u16`.
    ///
    /// # Errors
    /// `EBADMSG`: the message ends before.
    #[inline]
    pub fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    /// Unpacks a `u32`.
    ///
    /// # Errors
    /// `EBADMSG`: the message ends before.
    #[inline]
    pub fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// Unpacks a `u64`.
    ///
    /// # Errors
    /// `EBADMSG`: the message ends before.
    #[inline]
    pub fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// Unpacks an `i8`.
    ///
    /// # Errors
    /// `EBADMSG`: the message ends before.
    #[inline]
    pub fn i8(&mut self) -> Result<i8> {
        self.array().map(i8::from_le_bytes)
    }

    /// Unpacks an `i16`.
    ///
    /// # Errors
    /// `EBADMSG`: the message ends before.
    #[inline]
    pub fn i16(&mut self) -> Result<i16> {
        self.array().map(i16::from_le_bytes)
    }

    /// Unpacks an `i32`.
    ///
    /// # Errors
    /// `EBADMSG`: the message ends before.
    #[inline]
    pub fn i32(&mut self) -> Result<i32> {
        self.array().map(i32::from_le_bytes)
    }

    /// Unpacks an `i64`.
    ///
    /// # Errors
    /// `EBADMSG`: the message ends before.
    #[inline]
    pub fn i64(&mut self) -> Result<i64> {
        self.array().map(i64::from_le_bytes)
    }

    /// Unpacks a `bool`.
    ///
    /// # Errors
    /// `EBADMSG`: the message ends before, or the byte is neither 0 nor 1.
    #[inline]
    pub fn bool(&mut self) -> Result<bool> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wrong()),
        }
    }

    /// Unpacks bytes, where they lie.
    ///
    /// # Errors
    /// `EBADMSG`: the message ends before, or before what the number in front of them says.
    #[inline]
    pub fn bytes(&mut self) -> Result<&'m [u8]> {
        let len = self.u32()? as usize;
        match self.rest.and_then(|rest| rest.split_at_checked(len)) {
            Some((bytes, rest)) => {
                self.rest = Some(rest);
                Ok(bytes)
            }
            None => Err(self.wrong()),
        }
    }

    /// Unpacks text, where it lies.
    ///
    /// # Errors
    /// `EBADMSG`: as for [`bytes`](Self::bytes), or it is not UTF-8.
    pub fn str(&mut self) -> Result<&'m str> {
        core::str::from_utf8(self.bytes()?).map_err(|_| self.wrong())
    }

    /// The bytes that are left; 0 after something that was wrong.
    #[inline]
    pub fn remaining(&self) -> usize {
        self.rest.map_or(0, <[u8]>::len)
    }

    /// Sees to it that nothing is left over.
    ///
    /// # Errors
    /// `EBADMSG`: something is, or was wrong before.
    #[inline]
    pub fn finish(&mut self) -> Result<()> {
        match self.rest {
            Some([]) => Ok(()),
            _ => Err(self.wrong()),
        }
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        match self.rest.and_then(|rest| rest.split_first_chunk::<N>()) {
            Some((array, rest)) => {
                self.rest = Some(rest);
                Ok(*array)
            }
            None => Err(self.wrong()),
        }
    }

    #[cold]
    fn wrong(&mut self) -> Error {
        self.rest = None;
        Error::peer(Call::RPC, Errno::BADMSG)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Packer;
    use super::Unpacker;
    use crate::error::{Call, Errno, Error, Origin, Result};
    use std::vec;
    use std::vec::Vec;

    const BAD: Error = Error::peer(Call::RPC, Errno::BADMSG);

    fn pack_all(p: &mut Packer<'_>) -> Result<()> {
        p.u8(1)?;
        p.u16(0x203)?;
        p.u32(u32::MAX)?;
        p.u64(1 << 63)?;
        p.i8(-1)?;
        p.i16(i16::MIN)?;
        p.i32(-3)?;
        p.i64(i64::MIN)?;
        p.bool(true)?;
        p.bool(false)?;
        p.bytes(b"")?;
        p.bytes(&[0, 255, 7])?;
        p.str("žluť")
    }

    fn unpack_all(u: &mut Unpacker<'_>) -> Result<()> {
        assert_eq!((u.u8()?, u.u16()?, u.u32()?, u.u64()?), (1, 0x203, u32::MAX, 1 << 63));
        assert_eq!((u.i8()?, u.i16()?, u.i32()?, u.i64()?), (-1, i16::MIN, -3, i64::MIN));
        assert_eq!((u.bool()?, u.bool()?), (true, false));
        assert_eq!((u.bytes()?, u.bytes()?, u.str()?), (&b""[..], &[0, 255, 7][..], "žluť"));
        u.finish()
    }

    fn packed() -> Vec<u8> {
        let mut buf = [0; 128];
        let mut packer = Packer::new(&mut buf);
        pack_all(&mut packer).unwrap();
        packer.finish().unwrap().to_vec()
    }

    /// Numbers that only look random.
    fn lcg(state: &mut u64) -> u8 {
        *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (*state >> 56) as u8
    }

    #[test]
    fn every_type_comes_back() {
        unpack_all(&mut Unpacker::new(&packed())).unwrap();
        assert_eq!(packed().len(), 30 + 2 + 4 + 7 + 4 + "žluť".len());
    }

    #[test]
    fn every_shorter_message_is_refused() {
        let whole = packed();
        for len in 0..whole.len() {
            assert_eq!(unpack_all(&mut Unpacker::new(&whole[..len])), Err(BAD), "{len} bytes");
        }
        let longer = [&whole[..], &[0]].concat();
        assert_eq!(unpack_all(&mut Unpacker::new(&longer)), Err(BAD));
    }

    #[test]
    fn every_shorter_buffer_is_refused() {
        let whole = packed();
        for len in 0..whole.len() {
            let mut buf = vec![0; len];
            let mut packer = Packer::new(&mut buf);
            let e = pack_all(&mut packer).unwrap_err();
            assert_eq!((e.call(), e.errno(), e.origin()), (Call::RPC, Errno::MSGSIZE, Origin::Argument));
            // What would fit behind does not make up for what is missing.
            assert_eq!(packer.bytes(b"").unwrap_err(), e);
            assert_eq!(packer.finish().unwrap_err(), e);
        }
    }

    #[test]
    fn what_is_no_such_value_is_refused_for_good() {
        let mut u = Unpacker::new(&[2, 0, 0]);
        assert_eq!((u.bool(), u.bool(), u.remaining(), u.finish()), (Err(BAD), Err(BAD), 0, Err(BAD)));
        let mut u = Unpacker::new(b"\x02\0\0\0\xc3\x28\0");
        assert_eq!((u.str(), u.u8()), (Err(BAD), Err(BAD)));
        for len in [4u32, u32::MAX] {
            let lie = [&len.to_le_bytes()[..], b"abc"].concat();
            assert_eq!(Unpacker::new(&lie).bytes(), Err(BAD));
        }
    }

    #[test]
    fn any_bytes_at_all_are_survived() {
        let mut state = 1;
        for _ in 0..20_000 {
            let message: Vec<u8> = (0..lcg(&mut state) % 48).map(|_| lcg(&mut state) % 16).collect();
            let mut u = Unpacker::new(&message);
            for _ in 0..12 {
                let left = u.remaining();
                let answer = match lcg(&mut state) % 7 {
                    0 => u.u8().map(drop),
                    1 => u.i16().map(drop),
                    2 => u.u32().map(drop),
                    3 => u.u64().map(drop),
                    4 => u.bool().map(drop),
                    5 => u.bytes().map(|b| assert!(b.len() + 4 <= left)),
                    _ => u.str().map(|s| assert!(s.len() + 4 <= left)),
                };
                assert!(u.remaining() <= left);
                assert!(answer.is_ok() || u.remaining() == 0);
            }
        }
    }
}
