//! An error as text, with `core::fmt` and without.

use crate::error::{Errno, Error, Origin};
use core::fmt;

/// A piece of an error's text.
enum Piece {
    Text(&'static str),
    Number(u64),
}

impl Error {
    /// No text of an error is longer.
    pub const TEXT_MAX: usize = 80;

    /// The text of `Display`, put together without `core::fmt`: fills `buf` with as much of it as fits and returns
    /// the length of all of it. It is plain ASCII and at most [`TEXT_MAX`](Self::TEXT_MAX) bytes long.
    ///
    /// # Examples
    /// ```
    /// use rawipc::{Call, Errno, Error};
    ///
    /// let mut buf = [0; Error::TEXT_MAX];
    /// let len = Error::kernel(Call::PIPE2, Errno::MFILE).describe(&mut buf);
    /// assert_eq!(buf.get(..len), Some(&b"pipe2: EMFILE"[..]));
    /// ```
    pub fn describe(self, buf: &mut [u8]) -> usize {
        let mut text = Text { buf, len: 0 };
        for piece in &self.pieces() {
            match *piece {
                Piece::Text(piece) => text.add(piece.as_bytes()),
                Piece::Number(number) => text.add_number(number),
            }
        }
        text.len
    }

    fn pieces(self) -> [Piece; 8] {
        use Piece::{Number, Text};
        let (errno, number) = match errno_name(self.errno()) {
            Some(name) => (name, Text("")),
            None => ("errno ", Number(self.number())),
        };
        let origin = match self.origin() {
            Origin::Kernel => "",
            Origin::Argument => " (refused before the call)",
            Origin::Peer => " (the peer's doing)",
            Origin::Deadline => " (deadline)",
        };
        let [comma, needed, bytes] = match self.needed() {
            Some(n) => [Text(", "), Number(n as u64), Text(" bytes")],
            None => [Text(""), Text(""), Text("")],
        };
        [Text(self.call().name()), Text(": "), Text(errno), number, Text(origin), comma, needed, bytes]
    }
}

/// A text that is written to `buf` as far as it fits.
struct Text<'a> {
    buf: &'a mut [u8],
    /// Of all that was added.
    len: usize,
}

impl Text<'_> {
    #[inline(never)]
    fn add(&mut self, bytes: &[u8]) {
        let room = self.buf.get_mut(self.len..).unwrap_or(&mut []);
        for (to, from) in room.iter_mut().zip(bytes) {
            *to = *from;
        }
        self.len = self.len.saturating_add(bytes.len());
    }

    /// In decimal digits.
    fn add_number(&mut self, number: u64) {
        let (mut digits, mut rest, mut first) = ([0; 20], number, 20_usize);
        for digit in digits.iter_mut().rev() {
            *digit = b'0'.saturating_add((rest % 10) as u8);
            first = first.saturating_sub(1);
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.add(digits.get(first..).unwrap_or(&[]));
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in self.pieces() {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Number(number) => write!(f, "{number}")?,
            }
        }
        Ok(())
    }
}

/// The words each end with a space.
fn word(words: &'static str, nth: usize) -> Option<&'static str> {
    let mut start: usize = 0;
    let mut nth = nth;
    for (at, byte) in words.bytes().enumerate() {
        if byte == b' ' {
            if nth == 0 {
                return words.get(start..at);
            }
            nth = nth.saturating_sub(1);
            start = at.saturating_add(1);
        }
    }
    None
}

macro_rules! errno_names {
    ($($konst:ident $name:literal)+) => {
        /// The C name of an errno.
        fn errno_name(errno: Errno) -> Option<&'static str> {
            let number = errno.raw_os_error() as u16;
            word(NAMES, NUMBERS.iter().position(|known| *known == number)?)
        }

        const NUMBERS: &[u16] = &[$(Errno::$konst.raw_os_error() as u16),+];

        /// One after the other: a table of pointers is more, and each of them the loader's work.
        const NAMES: &str = concat!($($name, " "),+);
    };
}

errno_names! {
    ACCESS "EACCES" ADDRINUSE "EADDRINUSE" ADDRNOTAVAIL "EADDRNOTAVAIL" AFNOSUPPORT "EAFNOSUPPORT" AGAIN "EAGAIN"
    ALREADY "EALREADY" BADF "EBADF" BADMSG "EBADMSG" BUSY "EBUSY" CANCELED "ECANCELED" CHILD "ECHILD"
    CONNABORTED "ECONNABORTED" CONNREFUSED "ECONNREFUSED" CONNRESET "ECONNRESET" DEADLK "EDEADLK"
    DESTADDRREQ "EDESTADDRREQ" DOM "EDOM" DQUOT "EDQUOT" EXIST "EEXIST" FAULT "EFAULT" FBIG "EFBIG" IDRM "EIDRM"
    ILSEQ "EILSEQ" INPROGRESS "EINPROGRESS" INTR "EINTR" INVAL "EINVAL" IO "EIO" ISCONN "EISCONN" ISDIR "EISDIR"
    LOOP "ELOOP" MFILE "EMFILE" MLINK "EMLINK" MSGSIZE "EMSGSIZE" NAMETOOLONG "ENAMETOOLONG" NFILE "ENFILE"
    NOBUFS "ENOBUFS" NODATA "ENODATA" NODEV "ENODEV" NOENT "ENOENT" NOEXEC "ENOEXEC" NOLCK "ENOLCK" NOMEM "ENOMEM"
    NOPROTOOPT "ENOPROTOOPT" NOSPC "ENOSPC" NOSYS "ENOSYS" NOTCONN "ENOTCONN" NOTDIR "ENOTDIR"
    NOTEMPTY "ENOTEMPTY" NOTSOCK "ENOTSOCK" NOTTY "ENOTTY" NXIO "ENXIO" OPNOTSUPP "EOPNOTSUPP"
    OVERFLOW "EOVERFLOW" OWNERDEAD "EOWNERDEAD" PERM "EPERM" PIPE "EPIPE" PROTO "EPROTO"
    PROTONOSUPPORT "EPROTONOSUPPORT" PROTOTYPE "EPROTOTYPE" RANGE "ERANGE" REMOTEIO "EREMOTEIO" ROFS "EROFS" SHUTDOWN "ESHUTDOWN"
    SPIPE "ESPIPE" SRCH "ESRCH" STALE "ESTALE" TIMEDOUT "ETIMEDOUT" TOOBIG "E2BIG" TOOMANYREFS "ETOOMANYREFS"
    TXTBSY "ETXTBSY" XDEV "EXDEV"
}

#[cfg(test)]
mod tests {
    use crate::error::{Call, Errno, Error, Origin};
    use std::string::ToString;

    #[test]
    fn the_text_without_fmt_is_that_of_display() {
        for call in Call::all() {
            assert_eq!(call.c_name().to_str(), Ok(call.name()));
            for errno in [1, 11, 90, 110, 133, 4000, 4095].map(Errno::from_raw_os_error) {
                for origin in [Origin::Kernel, Origin::Argument, Origin::Peer, Origin::Deadline] {
                    for needed in [0, 7, 10, 4096, usize::MAX] {
                        let e = Error::pack(call, errno.raw_os_error() as u64, origin, 0).with_needed(needed);
                        let mut buf = [0; Error::TEXT_MAX];
                        let len = e.describe(&mut buf);
                        assert_eq!(core::str::from_utf8(&buf[..len]), Ok(e.to_string().as_str()));
                        assert_eq!((e.describe(&mut []), e.describe(&mut [0; 3])), (len, len));
                    }
                }
            }
        }
    }
}
