//! What a call can come to that is no result.

use crate::error::{Call, Errno, Error, Origin};
use core::fmt;

/// Why the server did not answer with a result: a code that is never 0.
///
/// A program's own codes are 1 to `0xffff_feff`; the 256 above are the library's.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Failure(u32);

const RESERVED: u32 = 0xffff_ff00;

impl Failure {
    /// The server has no method of this number.
    pub const UNKNOWN_METHOD: Failure = Failure(0xffff_ffff);
    /// The arguments are not those of the method.
    pub const BAD_ARGUMENTS: Failure = Failure(0xffff_fffe);
    /// The result does not fit the server's buffer, or the channel.
    pub const RESULT_TOO_LONG: Failure = Failure(0xffff_fffd);
    /// The method failed, without a code of its own.
    pub const OTHER: Failure = Failure(0xffff_fffc);

    /// A code of the program's own. 0, which would be success, and the library's become
    /// [`OTHER`](Self::OTHER).
    #[inline]
    pub const fn new(code: u32) -> Failure {
        match code {
            1..RESERVED => Failure(code),
            _ => Failure::OTHER,
        }
    }

    /// As it came over the wire: anything but 0.
    #[inline]
    pub(super) const fn from_wire(code: u32) -> Option<Failure> {
        match code {
            0 => None,
            code => Some(Failure(code)),
        }
    }

    /// The code.
    #[inline]
    pub const fn code(self) -> u32 {
        self.0
    }
}

/// What an [`Unpacker`](super::Unpacker) refuses are bad arguments; what a [`Packer`](super::Packer) refuses is a
/// result too long.
impl From<Error> for Failure {
    fn from(e: Error) -> Failure {
        match (e.call(), e.errno(), e.origin()) {
            (Call::RPC, Errno::BADMSG, Origin::Peer) => Failure::BAD_ARGUMENTS,
            (Call::RPC, Errno::MSGSIZE, Origin::Argument) => Failure::RESULT_TOO_LONG,
            _ => Failure::OTHER,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Failure::UNKNOWN_METHOD => f.write_str("unknown method"),
            Failure::BAD_ARGUMENTS => f.write_str("bad arguments"),
            Failure::RESULT_TOO_LONG => f.write_str("result too long"),
            Failure::OTHER => f.write_str("failed"),
            Failure(code) => write!(f, "failed with code {code}"),
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Failure({self})")
    }
}

impl core::error::Error for Failure {}

/// What a call came to that brought no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub enum CallError {
    /// No answer: the channel, the packing or the unpacking failed. Whether the method ran is not known.
    Channel(Error),
    /// The server's answer is a failure.
    Remote(Failure),
}

impl From<Error> for CallError {
    fn from(e: Error) -> Self {
        CallError::Channel(e)
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Channel(e) => e.fmt(f),
            CallError::Remote(failure) => write!(f, "the server: {failure}"),
        }
    }
}

impl core::error::Error for CallError {}
