//! The seats of a crowd: a free list, the order of deadlines and the queue of those to be told again, all three of
//! them numbers in the seats themselves.

/// No seat.
const NONE: u32 = u32::MAX;

/// Room for one member of a [`Crowd`](super::Crowd).
///
/// ```
/// use rawipc::socket::{Seat, Stream};
/// let mut seats: [Seat<Stream>; 1000] = [const { Seat::EMPTY }; 1000];
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct Seat<M> {
    member: Option<M>,
    /// Goes up by one when a member leaves: whoever knew it does not take the next one for it.
    generation: u32,
    /// In the order of deadlines; of a free seat, `after` is the next free one.
    before: u32,
    after: u32,
    /// The next of those to be told again.
    again: u32,
    is_ticking: bool,
    is_again: bool,
    deadline: u64,
}

/// Names a member, until it is removed: then nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Member {
    index: u32,
    generation: u32,
}

impl Member {
    /// The number of its seat, below the crowd's capacity, for what the server keeps beside.
    pub const fn index(self) -> usize {
        self.index as usize
    }

    pub(super) const fn token(self) -> u64 {
        (self.generation as u64) << 32 | self.index as u64
    }
}

impl<M> Seat<M> {
    /// Nobody in it.
    pub const EMPTY: Seat<M> = Seat {
        member: None,
        generation: 0,
        before: NONE,
        after: NONE,
        again: NONE,
        is_ticking: false,
        is_again: false,
        deadline: 0,
    };
}

impl<M> Default for Seat<M> {
    fn default() -> Self {
        Self::EMPTY
    }
}

#[repr(C)]
pub(super) struct Seats<'s, M> {
    seats: &'s mut [Seat<M>],
    used: usize,
    free: u32,
    /// The nearest deadline and the farthest.
    first: u32,
    last: u32,
    /// Those to be told again, in their order.
    head: u32,
    tail: u32,
    queued: usize,
}

impl<'s, M> Seats<'s, M> {
    pub(super) fn new(seats: &'s mut [Seat<M>]) -> Self {
        let all = seats.len().min(NONE as usize);
        let seats = seats.get_mut(..all).unwrap_or_default();
        for (i, seat) in seats.iter_mut().enumerate() {
            let after = i.saturating_add(1);
            *seat = Seat { after: if after < all { after as u32 } else { NONE }, ..Seat::EMPTY };
        }
        let free = if all > 0 { 0 } else { NONE };
        Seats { seats, used: 0, free, first: NONE, last: NONE, head: NONE, tail: NONE, queued: 0 }
    }

    /// Nobody is left in them.
    fn empty(&mut self) {
        for seat in self.seats.iter_mut() {
            seat.member = None;
        }
    }

    pub(super) fn capacity(&self) -> usize {
        self.seats.len()
    }

    pub(super) fn used(&self) -> usize {
        self.used
    }

    pub(super) fn is_full(&self) -> bool {
        self.free == NONE
    }

    /// The name that the next member has.
    pub(super) fn next_free(&self) -> Option<Member> {
        let seat = self.seats.get(self.free as usize)?;
        Some(Member { index: self.free, generation: seat.generation })
    }

    /// Puts a member where [`next_free`](Self::next_free) said.
    pub(super) fn put(&mut self, id: Member, member: M) {
        if let Some(seat) = self.seats.get_mut(id.index()) {
            self.free = seat.after;
            seat.member = Some(member);
            seat.after = NONE;
            self.used = self.used.saturating_add(1);
        }
    }

    pub(super) fn get(&mut self, id: Member) -> Option<&mut M> {
        let seat = self.seats.get_mut(id.index()).filter(|seat| seat.generation == id.generation)?;
        seat.member.as_mut()
    }

    pub(super) fn take(&mut self, id: Member) -> Option<M> {
        self.get(id)?;
        self.stop_clock(id);
        let free = self.free;
        let seat = self.seats.get_mut(id.index())?;
        seat.generation = seat.generation.wrapping_add(1);
        seat.after = free;
        self.free = id.index;
        self.used = self.used.saturating_sub(1);
        seat.member.take()
    }

    pub(super) fn at(&self, index: usize) -> Option<Member> {
        let seat = self.seats.get(index)?;
        seat.member.as_ref().map(|_| Member { index: index as u32, generation: seat.generation })
    }

    /// The member that a token is of, if it is there still.
    pub(super) fn known(&self, token: u64) -> Option<Member> {
        self.at(token as u32 as usize).filter(|member| member.token() == token)
    }

    /// Behind all others: deadlines are given in their order.
    pub(super) fn start_clock(&mut self, id: Member, deadline: u64) {
        if self.get(id).is_none() {
            return;
        }
        self.stop_clock(id);
        let last = self.last;
        if let Some(seat) = self.seats.get_mut(id.index()) {
            seat.is_ticking = true;
            seat.deadline = deadline;
            (seat.before, seat.after) = (last, NONE);
        }
        match self.seats.get_mut(last as usize) {
            Some(before) => before.after = id.index,
            None => self.first = id.index,
        }
        self.last = id.index;
    }

    pub(super) fn stop_clock(&mut self, id: Member) {
        let Some(seat) = self.seats.get_mut(id.index()).filter(|seat| seat.generation == id.generation)
        else {
            return;
        };
        if !core::mem::take(&mut seat.is_ticking) {
            return;
        }
        let (before, after) = (seat.before, seat.after);
        (seat.before, seat.after) = (NONE, NONE);
        match self.seats.get_mut(before as usize) {
            Some(seat) => seat.after = after,
            None => self.first = after,
        }
        match self.seats.get_mut(after as usize) {
            Some(seat) => seat.before = before,
            None => self.last = before,
        }
    }

    /// Whether anybody's clock runs.
    pub(super) fn is_ticking(&self) -> bool {
        self.first != NONE
    }

    pub(super) fn first_deadline(&self) -> Option<u64> {
        self.seats.get(self.first as usize).map(|seat| seat.deadline)
    }

    pub(super) fn is_late(&self, now: u64) -> bool {
        self.first_deadline().is_some_and(|deadline| deadline <= now)
    }

    /// One whose clock has run out; it is stopped.
    pub(super) fn take_late(&mut self, now: u64) -> Option<Member> {
        if !self.is_late(now) {
            return None;
        }
        let late = self.at(self.first as usize)?;
        self.stop_clock(late);
        Some(late)
    }

    /// A seat stays in the queue when its member leaves, and may have another by its turn, who is then told for
    /// nothing.
    pub(super) fn again(&mut self, id: Member) {
        let Some(seat) = self.seats.get_mut(id.index()).filter(|seat| seat.generation == id.generation)
        else {
            return;
        };
        if seat.member.is_none() || core::mem::replace(&mut seat.is_again, true) {
            return;
        }
        seat.again = NONE;
        match self.seats.get_mut(self.tail as usize) {
            Some(tail) => tail.again = id.index,
            None => self.head = id.index,
        }
        self.tail = id.index;
        self.queued = self.queued.saturating_add(1);
    }

    pub(super) fn to_be_told_again(&self) -> usize {
        self.queued
    }

    /// The first in the queue; `None` also where that one has left meanwhile.
    pub(super) fn take_again(&mut self) -> Option<Member> {
        let index = self.head as usize;
        let seat = self.seats.get_mut(index)?;
        seat.is_again = false;
        self.head = seat.again;
        if self.head == NONE {
            self.tail = NONE;
        }
        self.queued = self.queued.saturating_sub(1);
        self.at(index)
    }
}

impl<M> Drop for Seats<'_, M> {
    fn drop(&mut self) {
        self.empty();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn the_order_of_deadlines_survives_any_sequence() {
        let mut seats = [const { Seat::<u32>::EMPTY }; 16];
        let mut crowd = Seats::new(&mut seats);
        let mut model: Vec<(Member, u64)> = Vec::new();
        let mut members: Vec<Member> = Vec::new();
        let mut seed = 1_u32;
        for now in 0..20_000_u64 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let pick = (seed >> 8) as usize;
            match seed >> 30 {
                0 if !crowd.is_full() => {
                    let id = crowd.next_free().unwrap();
                    crowd.put(id, seed);
                    members.push(id);
                }
                1 if !members.is_empty() => {
                    let id = members.swap_remove(pick % members.len());
                    assert!(crowd.take(id).is_some() && crowd.take(id).is_none());
                    model.retain(|(m, _)| *m != id);
                }
                2 if !members.is_empty() => {
                    let id = members[pick % members.len()];
                    crowd.start_clock(id, now);
                    model.retain(|(m, _)| *m != id);
                    model.push((id, now));
                }
                3 if pick % 3 == 0 => {
                    let late = crowd.take_late(now);
                    assert_eq!(late, model.first().map(|(m, _)| *m));
                    model.drain(..model.len().min(1));
                }
                _ if !members.is_empty() => {
                    let id = members[pick % members.len()];
                    crowd.stop_clock(id);
                    model.retain(|(m, _)| *m != id);
                }
                _ => {}
            }
            assert_eq!(crowd.first_deadline(), model.first().map(|(_, d)| *d));
            assert_eq!(crowd.used(), members.len());
            assert!(members.iter().all(|m| crowd.known(m.token()) == Some(*m)));
        }
    }
}
