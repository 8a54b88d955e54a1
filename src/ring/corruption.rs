//! What an end saw that cannot be.

use super::State;
use super::side::Side;
use core::fmt;

/// The word of the other side that made a ring corrupt, as it was when it was loaded: kept for good.
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
    /// The corruption that was seen, if one was.
    pub(super) fn saw(&self, word: Word, position: u32, (least, most): (u32, u32)) -> Option<Corruption> {
        (self.state == State::Corrupt).then_some(Corruption { word, value: self.saw, position, least, most })
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
