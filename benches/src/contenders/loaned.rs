//! iceoryx2's messages, written and read where they lie.

use crate::contenders::answer::Answer;
use crate::contenders::each::Queue;
use crate::contenders::inplace::{Work, sum};
use crate::contenders::packages::Iceoryx2;
use crate::two::Ends;
use std::hint::{black_box, spin_loop};

pub struct Loaned {
    queue: Iceoryx2,
    answer: Answer,
    size: usize,
    work: Work,
}

impl Loaned {
    pub fn boxed(size: usize, count: usize, work: Work) -> Box<dyn Ends> {
        Box::new(Loaned { queue: Iceoryx2::new(size, count), answer: Answer::new(), size, work })
    }
}

impl Ends for Loaned {
    fn become_leader(&mut self) {
        self.queue.producer_is_here();
    }

    fn become_follower(&mut self) {
        self.queue.consumer_is_here();
    }

    fn lead(&mut self, n: usize) {
        let Some(publisher) = &self.queue.publisher else { return };
        for i in 0..n {
            let mut room = publisher.loan_slice_uninit(self.size).expect("a sample");
            // SAFETY: bytes, of memory that was all zero at first: whatever they are is a value.
            let bytes = unsafe { room.payload_mut().assume_init_mut() };
            match self.work {
                Work::OneByte => bytes[..1].fill(black_box(i as u8)),
                _ => bytes.fill(black_box(i as u8)),
            }
            // SAFETY: as above.
            unsafe { room.assume_init() }.send().expect("sent");
        }
        self.answer.wait();
    }

    fn follow(&mut self, n: usize) {
        let Some(subscriber) = &self.queue.subscriber else { return };
        for _ in 0..n {
            let message = loop {
                if let Some(message) = subscriber.receive().expect("received") {
                    break message;
                }
                spin_loop();
            };
            if self.work == Work::OneByte {
                black_box(message.payload()[0]);
            } else {
                black_box(sum(message.payload()));
            }
        }
        self.answer.give();
    }
}
