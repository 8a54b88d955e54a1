//! The two ends of a ring of a few records, which lie in loom's memory. What orders memory, and what sleeps, is the
//! shipped code; where it is called from, and in which order, follows `src/ring/producer.rs` and `consumer.rs`.

use super::Polling;
use super::atomic::{AtomicU32, Ordering};
use super::doorbell::{Doorbell, Heard, Kernel};
use super::index::{EMPTY, arrived, clear, give_back, is_there, leave, left, publish, taken};
use super::ladder::Ladder;
use super::side::{Side, Waiter, Woken};
use super::sleep::{Barrier, FAR, OwnSleep, PeerSleep, Tell, published};
use crate::error::{Errno, Result};
use crate::memory::ForkMark;
use crate::wait::Wait;
use loom::cell::UnsafeCell;
use loom::sync::Arc;

/// Behind each first word there is room for one number.
const RECORDS: usize = 3;
/// The bytes of a record, for the sake of the sleep's arithmetic.
const FAR_RECORD: u32 = FAR;

pub struct Shared {
    firsts: [AtomicU32; RECORDS],
    messages: [UnsafeCell<u32>; RECORDS],
    position: AtomicU32,
    producer_sleep: AtomicU32,
    consumer_sleep: AtomicU32,
    consumer_drops: AtomicU32,
}

// SAFETY: what a message is written and read by, loom watches.
unsafe impl Sync for Shared {}
// SAFETY: as above.
unsafe impl Send for Shared {}

pub struct Producer {
    side: Side,
    shared: Arc<Shared>,
    head: u32,
    tail: u32,
    room: u32,
    /// So many records are waited for.
    wanted: u32,
    drops: u32,
}

pub struct Consumer {
    side: Side,
    shared: Arc<Shared>,
    tail: u32,
}

/// A ring with room for `room` messages, fewer than [`RECORDS`]; `able`: with membarrier. And the kernel's part of
/// either side.
pub fn pair(room: u32, able: bool) -> (Producer, Consumer, [Arc<Kernel>; 2]) {
    // What lies in a word before it is cleared is a lie.
    let word = |i| AtomicU32::new(if i == 0 { EMPTY } else { 99 });
    let shared = Arc::new(Shared {
        firsts: [0, 1, 2].map(word),
        messages: [0, 1, 2].map(UnsafeCell::new),
        position: AtomicU32::new(0),
        producer_sleep: AtomicU32::new(0),
        consumer_sleep: AtomicU32::new(0),
        consumer_drops: AtomicU32::new(0),
    });
    let kernels = [Kernel::new(), Kernel::new()];
    let bell = |ours: usize| Doorbell { ours: kernels[ours].clone(), theirs: kernels[1 - ours].clone() };
    let own = |word| OwnSleep::new(word, able);
    let producer = Side::new(bell(0), ForkMark, own(&shared.producer_sleep));
    let consumer = Side::new(bell(1), ForkMark, own(&shared.consumer_sleep));
    (
        Producer { side: producer, shared: shared.clone(), head: 0, tail: 0, room, wanted: 1, drops: 0 },
        Consumer { side: consumer, shared, tail: 0 },
        kernels,
    )
}

fn place(position: u32) -> usize {
    position as usize % RECORDS
}

impl Producer {
    pub fn try_send(&mut self, number: u32) -> bool {
        if !self.has_room(1) {
            return false;
        }
        let at = place(self.head);
        self.shared.messages[at].with_mut(|message| {
            // SAFETY: loom says when it is not.
            unsafe { *message = number }
        });
        let shared = self.shared.clone();
        clear(&shared.firsts[place(self.head + 1)]);
        publish(&shared.firsts[at], 4);
        self.head += 1;
        self.side.sleep.end(&shared.producer_sleep);
        published();
        if !PeerSleep::is_quiet(shared.consumer_sleep.load(Ordering::Relaxed)) {
            let told = self.side.peer.tell(|| shared.consumer_sleep.load(Ordering::Relaxed));
            if told == Tell::Ring {
                self.side.bell.ring().unwrap();
            }
        }
        true
    }

    pub fn send(&mut self, number: u32) {
        if !self.has_room(1) {
            assert_eq!(self.wait(Wait::Forever), Ok(Woken::Ready));
        }
        assert!(self.try_send(number));
    }

    /// Whether there is room for one message of so many records; if not, the bell is rung when there may be.
    pub fn try_reserve(&mut self, records: u32) -> bool {
        let drops = self.shared.consumer_drops.load(Ordering::Relaxed);
        if drops != self.drops {
            self.ask(drops);
        }
        if self.has_room(records) {
            self.side.sleep.end(&self.shared.producer_sleep);
            return true;
        }
        self.wanted = records;
        self.look_and_announce() == Ok(Some(Woken::Ready))
    }

    fn ask(&mut self, drops: u32) {
        left();
        assert_ne!(self.listen(), Ok(Heard::HangUp), "a copy is there");
        self.drops = drops;
    }

    fn has_room(&mut self, records: u32) -> bool {
        self.head - self.tail + records <= self.room || self.look(records)
    }

    fn look(&mut self, records: u32) -> bool {
        let claimed = taken(self.shared.position.load(Ordering::Relaxed));
        assert!(claimed <= self.head, "a position from nowhere");
        self.tail = claimed;
        self.side.sleep.go_on(&self.shared.producer_sleep, self.head * FAR_RECORD);
        self.head - self.tail + records <= self.room
    }
}

impl Waiter for Producer {
    fn side(&mut self) -> &mut Side {
        &mut self.side
    }

    fn prepare(&mut self) -> Barrier {
        self.side.sleep.prepare(&self.shared.producer_sleep, self.head * FAR_RECORD)
    }

    fn announce(&mut self) {
        self.side.sleep.announce(&self.shared.producer_sleep);
    }
}

impl Ladder for Producer {
    fn polling(&mut self) -> Polling {
        self.side.polling
    }

    fn listen(&mut self) -> Result<Heard> {
        self.side.listen(&self.shared.producer_sleep)
    }

    fn settle(&mut self) -> Result<()> {
        Ok(())
    }

    fn is_ready(&mut self) -> bool {
        self.look(self.wanted)
    }
}

impl Consumer {
    pub fn try_recv(&mut self) -> Option<u32> {
        let at = place(self.tail);
        let first = arrived(self.shared.firsts[at].load(Ordering::Relaxed))?;
        assert_eq!(first, 4, "a word from nowhere");
        let number = self.shared.messages[at].with(|message| {
            // SAFETY: loom says when it is not.
            unsafe { *message }
        });
        self.tail += 1;
        self.side.sleep.end(&self.shared.consumer_sleep);
        self.give_back();
        Some(number)
    }

    /// `None` is the end.
    pub fn recv(&mut self) -> Option<u32> {
        if let Some(number) = self.try_recv() {
            return Some(number);
        }
        match self.wait(Wait::Forever).unwrap() {
            Woken::Ready => Some(self.try_recv().expect("what was there is not any more")),
            Woken::HangUp => None,
        }
    }

    /// Polls to the first look at the time, which is over; from then on the bell is rung. `None`: there was nothing.
    pub fn poll_in_vain(&mut self) -> Option<u32> {
        self.side.polling = Polling { pauses: 0, yields: u32::MAX };
        if let Some(number) = self.try_recv() {
            return Some(number);
        }
        match self.wait(Wait::Over) {
            Ok(_) => Some(self.try_recv().expect("what was there is not any more")),
            Err(e) => {
                assert!(e.is(Errno::TIMEDOUT));
                None
            }
        }
    }

    /// A copy of this end is dropped, and not the last.
    pub fn drop_a_copy(&self) {
        leave(&self.shared.consumer_drops);
    }

    fn give_back(&mut self) {
        let shared = &self.shared;
        give_back(&shared.position, self.tail);
        self.side.sleep.go_on(&shared.consumer_sleep, self.tail * FAR_RECORD);
        published();
        if self.side.peer.tell(|| shared.producer_sleep.load(Ordering::Relaxed)) == Tell::Ring {
            self.side.bell.ring().unwrap();
        }
    }
}

impl Waiter for Consumer {
    fn side(&mut self) -> &mut Side {
        &mut self.side
    }

    fn prepare(&mut self) -> Barrier {
        self.side.sleep.prepare(&self.shared.consumer_sleep, self.tail * FAR_RECORD)
    }

    fn announce(&mut self) {
        self.side.sleep.announce(&self.shared.consumer_sleep);
    }
}

impl Ladder for Consumer {
    fn polling(&mut self) -> Polling {
        self.side.polling
    }

    fn listen(&mut self) -> Result<Heard> {
        self.side.listen(&self.shared.consumer_sleep)
    }

    fn settle(&mut self) -> Result<()> {
        self.give_back();
        Ok(())
    }

    fn is_ready(&mut self) -> bool {
        is_there(self.shared.firsts[place(self.tail)].load(Ordering::Relaxed))
    }
}
