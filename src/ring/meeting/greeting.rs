//! What a side says of itself.

use crate::error::{Call, Errno, Error};
use crate::ring::layout::{GRAIN, Geometry};
use crate::sys::sleep::membarrier_register;

/// Sixteen bytes, of which each has to be right.
///
/// ```text
/// 0    "rawring", 2       what this is, and its version: another is not talked to
/// 8    1, 2 or 3          whether it produces, consumes, or both
/// 9    0 or 1             whether it takes part in barriers
/// 10   log2 of GRAIN      how the memory is laid out
/// 11   log2 of capacity   of who produces; else 0
/// 12   0                  nothing
/// ```
pub(super) struct Greeting {
    role: u8,
    /// Whether it takes part in barriers; of the other side: whether both do.
    pub(super) barriers: bool,
    /// Of who produces.
    pub(super) geometry: Option<Geometry>,
}

pub(super) const PRODUCES: u8 = 1;
pub(super) const CONSUMES: u8 = 2;

const MAGIC: u128 = u64::from_le_bytes(*b"rawring\x02") as u128;
const ROLE: u32 = 64;
const BARRIERS: u32 = 72;
const GRAINS: u32 = 80;
const CAPACITY: u32 = 88;

pub(super) const NO_GREETING: Error = Error::peer(Call::RECVMSG, Errno::PROTO);

impl Greeting {
    /// Of this process, which takes part in barriers from now on, where the kernel has them.
    pub(super) fn ours(role: u8, geometry: Option<Geometry>) -> Greeting {
        Greeting { role, barriers: membarrier_register().is_ok(), geometry }
    }

    pub(super) fn pack(&self) -> u128 {
        let capacity = self.geometry.map_or(0, Geometry::log2);
        Self::fixed(self.role) | u128::from(self.barriers) << BARRIERS | u128::from(capacity) << CAPACITY
    }

    /// What can only be as it is.
    fn fixed(role: u8) -> u128 {
        MAGIC | u128::from(role) << ROLE | u128::from(GRAIN.trailing_zeros()) << GRAINS
    }

    /// What the other side says, where it does what is missing here.
    pub(super) fn judge(&self, theirs: u128) -> Option<Greeting> {
        let role = (self.role << 1 | self.role >> 1) & (PRODUCES | CONSUMES);
        let variable = 1 << BARRIERS | 0xff << CAPACITY;
        if theirs & !variable != Self::fixed(role) {
            return None;
        }
        let capacity = (theirs >> CAPACITY) as u8;
        let geometry = Geometry::of_log2(capacity);
        let is_right = if role & PRODUCES != 0 { geometry.is_some() } else { capacity == 0 };
        let barriers = self.barriers && theirs >> BARRIERS & 1 != 0;
        is_right.then_some(Greeting { role, barriers, geometry })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::layout;

    #[test]
    fn no_byte_of_a_greeting_can_be_another() {
        let geometry = layout::round_up(1 << 20).ok();
        for (ours, theirs) in [(1, 2), (2, 1), (3, 3)] {
            let geometry_of = |role: u8| geometry.filter(|_| role & PRODUCES != 0);
            let ours = Greeting { role: ours, barriers: true, geometry: geometry_of(ours) };
            let theirs = Greeting { role: theirs, barriers: true, geometry: geometry_of(theirs) };
            let right = theirs.pack();
            assert_eq!(ours.judge(right).map(|g| g.barriers), Some(true));
            assert_eq!(ours.judge(right ^ 1 << BARRIERS).map(|g| g.barriers), Some(false));
            assert_eq!(ours.judge(ours.pack()).is_some(), ours.role == 3);
            for bit in (0..128).filter(|bit| *bit != BARRIERS) {
                let wrong = right ^ 1 << bit;
                let capacity = (wrong >> CAPACITY) as u8;
                let other = theirs.role & PRODUCES != 0
                    && (CAPACITY..CAPACITY + 8).contains(&bit)
                    && Geometry::of_log2(capacity).is_some();
                assert_eq!(ours.judge(wrong).is_some(), other, "bit {bit}");
            }
        }
    }
}
