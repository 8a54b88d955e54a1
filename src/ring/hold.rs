//! When a consumer that polls looks for the next message.
//!
//! A look in vain is not free: it takes the line that the message will begin in away from the producer, who has to fetch
//! it back before it can publish. Where messages come as answers do, one a while, each first look is in vain, and each
//! message late by a line's way from one processor to the other. So a consumer that waited for each of the last few
//! messages, and never long, lets about as much time go by before it looks. What it waits for it learns as it goes:
//! longer where it looked too soon, a little less again and again where it did not, and not at all any more once two
//! messages come without a wait between them.

/// So many waits in a row, and the next is believed to be one too.
const TRUST: u32 = 8;

/// So many messages after that, one is looked for at once, to see whether they still come as they did.
const DOUBT: u32 = 64;

/// So many that were there after the pauses make the next ones fewer by one.
const EASE: u32 = 8;

/// The most pauses that are made. A wait that is longer does not mind a line's way.
const LONGEST: u32 = 24;

#[derive(Debug)]
#[repr(C)]
pub(super) struct Hold {
    /// Messages in a row that had to be waited for; those from [`TRUST`] on were held back for.
    streak: u32,
    pauses: u32,
}

impl Hold {
    pub(super) const NONE: Hold = Hold { streak: 0, pauses: 0 };

    /// Whether there is nothing to hold back for, nor to learn.
    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        self.streak == 0
    }

    /// How many pauses to make before the next look.
    #[inline]
    pub(super) fn pauses(&self) -> u32 {
        if self.streak < TRUST { 0 } else { self.pauses }
    }

    /// The first look found a message.
    pub(super) fn found(&mut self) {
        if self.streak < TRUST {
            self.streak = 0;
            return;
        }
        if self.streak % EASE == 0 {
            self.pauses = self.pauses.saturating_sub(1);
        }
        self.count();
    }

    /// The message came after so many more pauses; `None` where it took another kind of wait.
    pub(super) fn waited(&mut self, pauses: Option<u32>) {
        let held = self.pauses();
        match pauses {
            Some(more) if held.saturating_add(more) <= LONGEST => {
                match self.pauses {
                    0 => self.pauses = more,
                    // What the look itself made it late by is not waited for again.
                    _ if held != 0 => self.pauses = held.saturating_add(1),
                    _ => {}
                }
                self.count();
            }
            _ => *self = Hold::NONE,
        }
    }

    fn count(&mut self) {
        self.streak = if self.streak >= TRUST + DOUBT { TRUST - 1 } else { self.streak.saturating_add(1) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One whose waits were all of `pauses`.
    fn trusted(pauses: u32) -> Hold {
        let mut hold = Hold::NONE;
        for _ in 0..TRUST {
            assert_eq!(hold.pauses(), 0);
            hold.waited(Some(pauses));
        }
        hold
    }

    #[test]
    fn it_holds_back_after_waits_in_a_row_and_not_after_a_message_between_them() {
        assert_eq!(trusted(12).pauses(), 12);
        let mut hold = Hold::NONE;
        for i in 0..10 * TRUST {
            if i % (TRUST - 1) == 0 {
                hold.found()
            } else {
                hold.waited(Some(12))
            }
            assert_eq!(hold.pauses(), 0);
        }
    }

    #[test]
    fn long_waits_and_other_kinds_end_it() {
        for wait in [None, Some(LONGEST), Some(u32::MAX)] {
            let mut hold = trusted(12);
            hold.waited(wait);
            assert_eq!((hold.pauses(), hold.streak), (0, 0));
        }
    }

    #[test]
    fn too_soon_is_one_more_and_in_time_is_fewer_after_a_while() {
        let mut hold = trusted(12);
        hold.waited(Some(5));
        assert_eq!(hold.pauses(), 13);
        for _ in 0..2 * EASE {
            hold.found();
        }
        assert_eq!(hold.pauses(), 11);
    }

    #[test]
    fn doubt_comes_again_and_again_and_ends_it_where_messages_come_at_once() {
        let mut hold = trusted(2);
        for _ in 0..DOUBT {
            hold.found();
        }
        hold.waited(Some(2));
        assert_eq!((hold.pauses(), hold.streak), (0, TRUST - 1));
        hold.found();
        assert_eq!(hold.streak, 0);
    }
}
