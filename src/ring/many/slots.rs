//! The slots of the rings, and the order of their turns: numbers in the slots themselves.

use crate::error::Error;
use crate::ring::ladder::Ladder;
use crate::ring::{Consumer, State};

/// No slot.
const NONE: u32 = u32::MAX;

/// Room for one ring of a [`Many`](super::Many), which leaves none in it.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | none |
/// | drop, its receiver was forgotten | `close` `close` `close` `munmap` `munmap` `munmap` |
///
/// # Examples
/// ```
/// use rawipc::ring::Slot;
/// let mut slots: [Slot; 300] = [const { Slot::EMPTY }; 300];
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct Slot {
    pub(super) consumer: Option<Consumer>,
    /// Whose turn comes after this one's.
    next: u32,
    /// Has its turn to come.
    is_queued: bool,
    /// A message was seen there: it is there still, or was taken back.
    pub(super) was_seen: bool,
    /// The producer is gone: what it sent before is there.
    pub(super) is_gone: bool,
    /// The doorbell is told of.
    is_heard: bool,
}

impl Slot {
    /// No ring in it.
    pub const EMPTY: Slot = Slot {
        consumer: None,
        next: NONE,
        is_queued: false,
        was_seen: false,
        is_gone: false,
        is_heard: false,
    };

    fn clear(&mut self) {
        self.consumer = None;
        (self.next, self.is_queued) = (NONE, false);
        (self.was_seen, self.is_gone, self.is_heard) = (false, false, false);
    }

    /// The ring, as long as anything can come out of it.
    #[inline]
    pub(super) fn open(&mut self) -> Option<&mut Consumer> {
        self.consumer.as_mut().filter(|consumer| consumer.side.state == State::Open)
    }

    /// What there is of the ring now, at its turn.
    #[inline]
    pub(super) fn take_turn(&mut self, buf: &mut [u8]) -> Turn {
        let Some(consumer) = &mut self.consumer else { return Turn::Nothing };
        match consumer.take_now(buf) {
            Ok(Some(len)) => {
                self.was_seen = false;
                Turn::Message(len)
            }
            // It is taken back, which is a lie, and would be a loop.
            Ok(None) if self.was_seen => Turn::Refused(consumer.corrupt(0)),
            Ok(None) if self.is_gone => Turn::End,
            Ok(None) => Turn::Nothing,
            Err(e) => Turn::Refused(e),
        }
    }

    /// The ring, where its producer was not told that we sleep, or has woken us since.
    pub(super) fn awake(&mut self) -> Option<&mut Consumer> {
        self.open().filter(|consumer| !consumer.side.sleep.is_under_way())
    }
}

/// What came of a turn.
pub(super) enum Turn {
    Message(usize),
    Nothing,
    End,
    Refused(Error),
}

impl Default for Slot {
    fn default() -> Self {
        Self::EMPTY
    }
}

#[derive(Debug)]
#[repr(C)]
pub(super) struct Slots<'s> {
    slots: &'s mut [Slot],
    used: usize,
    /// How many of them are heard.
    heard: usize,
    /// From here on all are free.
    end: usize,
    /// Where the next look is.
    cursor: usize,
    /// Who has a turn, in their order.
    first: u32,
    last: u32,
}

impl<'s> Slots<'s> {
    pub(super) fn new(slots: &'s mut [Slot]) -> Self {
        let most = slots.len().min(NONE as usize);
        let slots = slots.get_mut(..most).unwrap_or_default();
        slots.iter_mut().for_each(Slot::clear);
        Slots { slots, used: 0, heard: 0, end: 0, cursor: 0, first: NONE, last: NONE }
    }

    pub(super) fn capacity(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn used(&self) -> usize {
        self.used
    }

    /// How many something can still come of.
    #[inline]
    pub(super) fn heard(&self) -> usize {
        self.heard
    }

    /// So many are worth a look.
    #[inline]
    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// The first that is free.
    pub(super) fn free(&self) -> Option<usize> {
        self.slots.iter().position(|slot| slot.consumer.is_none())
    }

    #[inline]
    pub(super) fn get(&mut self, index: usize) -> Option<&mut Slot> {
        self.slots.get_mut(index)
    }

    pub(super) fn ring(&self, index: usize) -> Option<&Consumer> {
        self.slots.get(index)?.consumer.as_ref()
    }

    pub(super) fn rings(&self) -> impl Iterator<Item = &Consumer> {
        self.slots.iter().take(self.end).filter_map(|slot| slot.consumer.as_ref())
    }

    /// All that may hold a ring.
    pub(super) fn all(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.slots.iter_mut().take(self.end)
    }

    /// Puts a ring where [`free`](Self::free) said.
    pub(super) fn put(&mut self, index: usize, consumer: Consumer) {
        if let Some(slot) = self.slots.get_mut(index) {
            slot.consumer = Some(consumer);
            slot.is_heard = true;
            self.heard = self.heard.saturating_add(1);
            self.used = self.used.saturating_add(1);
            self.end = self.end.max(index.saturating_add(1));
        }
    }

    /// Nothing will come of this one, which stays; says whether it was heard before.
    pub(super) fn unhear(&mut self, index: usize) -> bool {
        let Some(slot) = self.slots.get_mut(index) else { return false };
        let was_heard = core::mem::replace(&mut slot.is_heard, false);
        self.heard = self.heard.saturating_sub(was_heard.into());
        was_heard
    }

    /// Takes a ring out. A turn that was to come stays, and is nobody's or the next one's, who has nothing to say in it.
    pub(super) fn take(&mut self, index: usize) -> Option<Consumer> {
        let consumer = self.slots.get_mut(index)?.consumer.take()?;
        self.is_free(index);
        Some(consumer)
    }

    /// The same, and drops it.
    pub(super) fn empty(&mut self, index: usize) {
        if let Some(slot) = self.slots.get_mut(index) {
            slot.consumer = None;
            self.is_free(index);
        }
    }

    fn is_free(&mut self, index: usize) {
        self.unhear(index);
        if let Some(slot) = self.slots.get_mut(index) {
            (slot.was_seen, slot.is_gone) = (false, false);
        }
        self.used = self.used.saturating_sub(1);
        while self.end > 0 && self.ring(self.end.wrapping_sub(1)).is_none() {
            self.end = self.end.wrapping_sub(1);
        }
    }

    /// Looks at the next few whether there is a message, and gives those a turn that had none to come.
    #[inline]
    pub(super) fn look(&mut self, few: usize) {
        for _ in 0..few {
            let index = if self.cursor < self.end { self.cursor } else { 0 };
            self.cursor = index.wrapping_add(1);
            let Some(slot) = self.slots.get_mut(index) else { return };
            if !slot.is_queued && slot.open().is_some_and(Ladder::is_ready) {
                slot.was_seen = true;
                self.push(index);
            }
        }
    }

    /// Behind all others; at its own place where it has one already.
    #[inline]
    pub(super) fn push(&mut self, index: usize) {
        let Some(slot) = self.slots.get_mut(index) else { return };
        if core::mem::replace(&mut slot.is_queued, true) {
            return;
        }
        slot.next = NONE;
        match self.slots.get_mut(self.last as usize) {
            Some(last) => last.next = index as u32,
            None => self.first = index as u32,
        }
        self.last = index as u32;
    }

    /// Whose turn it is.
    #[inline]
    pub(super) fn first(&self) -> Option<usize> {
        (self.first != NONE).then_some(self.first as usize)
    }

    /// The first has had its turn.
    #[inline]
    pub(super) fn pop(&mut self) {
        let Some(slot) = self.slots.get_mut(self.first as usize) else { return };
        slot.is_queued = false;
        self.first = slot.next;
        if self.first == NONE {
            self.last = NONE;
        }
    }
}

impl Drop for Slots<'_> {
    fn drop(&mut self) {
        self.slots.iter_mut().for_each(|slot| slot.consumer = None);
    }
}
