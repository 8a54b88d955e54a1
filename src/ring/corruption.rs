//! What an end saw that cannot be.

use super::State;
use super::side::Side;
use core::fmt;

/// The word of the other side that made a ring corrupt, as it was when it was loaded: kept for good.
///
/// # Examples
/// ```
/// use rawipc::ring::{self, Corruption, Word};
/// use rawipc::{Errno, Receiver};
///
/// let (_producer, mut consumer) = ring::pair(1 << 16)?;
/// match consumer.try_recv(&mut [0; 64]) {
///     // What it did is worth a line in a log, and nothing but a new ring helps.
///     Err(e) if e.errno() == Errno::BADMSG => panic!("{}", consumer.corruption().unwrap()),
///     _ => assert_eq!(consumer.corruption(), None),
/// }
///
/// let saw = Corruption { word: Word::Length, value: 77_777, position: 64, least: 1, most: 32_752 };
/// assert_eq!(saw.to_string(), "the length was 77777 at 64, where 1 to 32752 can be");
/// # Ok::<(), rawipc::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Corruption {
    /// Which word.
    pub word: Word,
    /// What it said.
    pub value: u32,
    /// Where in the ring we were, in bytes since its beginning, counted round at 2³².
    pub position: u32,
    /// The least that it could have said.
    pub least: u32,
    /// The most that it could have said. From the least to the most positions are counted round, and are multiples of 64.
    pub most: u32,
}

/// A word that an end reads in the other's region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Word {
    /// The length in front of a message, which the producer writes. 0: a message that was there was taken back.
    Length = 1,
    /// How far the consumer has come.
    Position = 2,
}

impl Side {
    /// The value that made it corrupt, and where we were, if one did.
    pub(super) fn saw(&self) -> Option<(u32, u32)> {
        (self.state == State::Corrupt).then_some(self.saw)
    }
}

impl fmt::Display for Corruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Corruption { word, value, position, least, most } = self;
        let word = match word {
            Word::Length => "length",
            Word::Position => "consumer's position",
        };
        write!(f, "the {word} was {value} at {position}, where {least} to {most} can be")
    }
}
