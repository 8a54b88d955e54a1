//! How two strangers come to share a ring: each makes what it writes to, and passes it over a UNIX socket.

use super::doorbell::{Doorbell, check_bell, check_line, new_bell, new_line};
use super::layout::{self, GRAIN, Geometry, SLEEP};
use super::side::Side;
use super::sleep::OwnSleep;
use super::{Consumer, Producer};
use crate::channel::Duplex;
use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::memory::{Circle, CircleView, ForkMark, Map, Memfd, ReadOnlyMap};
use crate::socket::{Connection, FdRefs, FdSlots, Refs, Slots, greet};
use crate::sys::sleep::membarrier_register;
use crate::wait::Wait;

pub fn meet<C: Connection>(socket: &C, capacity: usize, wait: Wait) -> Result<Duplex<Producer, Consumer>> {
    meet_both(socket.as_fd(), capacity, wait)
}

impl Producer {
    pub fn meet<C: Connection>(socket: &C, capacity: usize, wait: Wait) -> Result<Producer> {
        meet_consumer(socket.as_fd(), capacity, wait)
    }
}

impl Consumer {
    pub fn meet<C: Connection>(socket: &C, wait: Wait) -> Result<Consumer> {
        meet_producer(socket.as_fd(), wait)
    }
}

fn meet_both(socket: BorrowedFd<'_>, capacity: usize, wait: Wait) -> Result<Duplex<Producer, Consumer>> {
    let sends = OurProducer::new(layout::round_up(capacity)?)?;
    let receives = OurConsumer::new()?;
    let ([a, b, c], [d, e]) = (sends.lent(), receives.lent());
    let (fds, mut came) = (FdRefs::of([a, b, c, d, e]), FdSlots::<5>::new());
    let ours = Greeting::ours(PRODUCES | CONSUMES, Some(sends.geometry));
    let theirs = ours.exchange(socket, &fds, &mut came, wait)?;
    let producer = TheirProducer::take(&mut came, theirs.geometry, Some(&sends.memfd))?;
    let consumer = TheirConsumer::take(&mut came, TheirProducer::FDS, Some(&receives.memfd))?;
    let sender = sends.join(consumer, theirs.barriers)?;
    Ok(Duplex { sender, receiver: receives.join(producer, theirs.barriers)? })
}

fn meet_consumer(socket: BorrowedFd<'_>, capacity: usize, wait: Wait) -> Result<Producer> {
    let sends = OurProducer::new(layout::round_up(capacity)?)?;
    let (fds, mut came) = (FdRefs::of(sends.lent()), FdSlots::<2>::new());
    let ours = Greeting::ours(PRODUCES, Some(sends.geometry));
    let theirs = ours.exchange(socket, &fds, &mut came, wait)?;
    let consumer = TheirConsumer::take(&mut came, 0, None)?;
    sends.join(consumer, theirs.barriers)
}

fn meet_producer(socket: BorrowedFd<'_>, wait: Wait) -> Result<Consumer> {
    let receives = OurConsumer::new()?;
    let (fds, mut came) = (FdRefs::of(receives.lent()), FdSlots::<3>::new());
    let ours = Greeting::ours(CONSUMES, None);
    let theirs = ours.exchange(socket, &fds, &mut came, wait)?;
    let producer = TheirProducer::take(&mut came, theirs.geometry, None)?;
    receives.join(producer, theirs.barriers)
}

/// What a producer makes before it knows its consumer.
struct OurProducer {
    records: Circle,
    memfd: Memfd,
    mark: ForkMark,
    bell: Fd,
    line: Fd,
    /// The other end of the line, which the consumer gets.
    far: Fd,
    geometry: Geometry,
}

impl OurProducer {
    fn new(geometry: Geometry) -> Result<Self> {
        let (line, far) = new_line()?;
        let bell = new_bell()?;
        let mark = ForkMark::new()?;
        let (memfd, records) = layout::own_records(geometry)?;
        Ok(OurProducer { records, memfd, mark, bell, line, far, geometry })
    }

    fn lent(&self) -> [BorrowedFd<'_>; TheirProducer::FDS] {
        [self.memfd.as_fd(), self.bell.as_fd(), self.far.as_fd()]
    }

    fn join(self, theirs: TheirConsumer, barriers: bool) -> Result<Producer> {
        let bell = Doorbell::of(self.line, &self.bell, theirs.bell)?;
        let sleep = OwnSleep::new(self.records.head().word::<SLEEP>(), barriers);
        let side = Side::new(bell, self.mark, sleep);
        Ok(Producer::new(side, self.records, theirs.place, self.geometry))
    }
}

/// What a consumer makes before it knows its producer.
struct OurConsumer {
    place: Map,
    memfd: Memfd,
    mark: ForkMark,
    bell: Fd,
}

impl OurConsumer {
    fn new() -> Result<Self> {
        let bell = new_bell()?;
        let mark = ForkMark::new()?;
        let (memfd, place) = layout::own_place()?;
        Ok(OurConsumer { place, memfd, mark, bell })
    }

    fn lent(&self) -> [BorrowedFd<'_>; TheirConsumer::FDS] {
        [self.memfd.as_fd(), self.bell.as_fd()]
    }

    fn join(self, theirs: TheirProducer, barriers: bool) -> Result<Consumer> {
        let bell = Doorbell::of(theirs.line, &self.bell, theirs.bell)?;
        let sleep = OwnSleep::new(self.place.word::<SLEEP>(), barriers);
        let side = Side::new(bell, self.mark, sleep);
        Ok(Consumer::new(side, self.place, theirs.records, theirs.geometry))
    }
}

/// What came of a stranger that produces, verified.
struct TheirProducer {
    records: CircleView,
    bell: Fd,
    line: Fd,
    geometry: Geometry,
}

impl TheirProducer {
    const FDS: usize = 3;

    fn take(came: &mut Slots, geometry: Option<Geometry>, own: Option<&Memfd>) -> Result<Self> {
        let geometry = geometry.ok_or(NO_GREETING)?;
        let memfd = Memfd::attach_sealed(next(came, 0)?, geometry.records_len(), own)?;
        let bell = next(came, 1)?;
        check_bell(&bell)?;
        let line = next(came, 2)?;
        check_line(&line)?;
        let records = layout::records_seen(&memfd)?;
        Ok(TheirProducer { records, bell, line, geometry })
    }
}

/// What came of a stranger that consumes, verified.
struct TheirConsumer {
    place: ReadOnlyMap,
    bell: Fd,
}

impl TheirConsumer {
    const FDS: usize = 2;

    fn take(came: &mut Slots, at: usize, own: Option<&Memfd>) -> Result<Self> {
        let memfd = Memfd::attach_sealed(next(came, at)?, GRAIN, own)?;
        let bell = next(came, at.saturating_add(1))?;
        check_bell(&bell)?;
        let place = memfd.map_read_only()?;
        Ok(TheirConsumer { place, bell })
    }
}

fn next(came: &mut Slots, at: usize) -> Result<Fd> {
    came.take(at).ok_or(NO_GREETING)
}

/// What a side says of itself, in sixteen bytes of which each has to be right.
///
/// ```text
/// 0    "rawring", 1       what this is, and its version: another is not talked to
/// 8    1, 2 or 3          whether it produces, consumes, or both
/// 9    0 or 1             whether it takes part in barriers
/// 10   log2 of GRAIN      how the memory is laid out
/// 11   log2 of capacity   of who produces; else 0
/// 12   0                  nothing
/// ```
struct Greeting {
    role: u8,
    barriers: bool,
    geometry: Option<Geometry>,
}

const PRODUCES: u8 = 1;
const CONSUMES: u8 = 2;

const MAGIC: u128 = u64::from_le_bytes(*b"rawring\x01") as u128;
const ROLE: u32 = 64;
const BARRIERS: u32 = 72;
const GRAINS: u32 = 80;
const CAPACITY: u32 = 88;

const NO_GREETING: Error = Error::peer(Call::RECVMSG, Errno::PROTO);

impl Greeting {
    /// Of this process, which takes part in barriers from now on, where the kernel has them.
    fn ours(role: u8, geometry: Option<Geometry>) -> Greeting {
        Greeting { role, barriers: membarrier_register().is_ok(), geometry }
    }

    /// Says this with the descriptors `fds`, and tells what the other side says of itself; takes part in barriers are
    /// both or none. In `came` are as many descriptors as there is room for.
    fn exchange(
        &self,
        socket: BorrowedFd<'_>,
        fds: &Refs<'_>,
        came: &mut Slots,
        wait: Wait,
    ) -> Result<Greeting> {
        let (ours, mut theirs) = (self.pack().to_le_bytes(), [0; 16]);
        greet(socket, (&ours, fds), (&mut theirs, came), wait)?;
        let theirs = self.judge(u128::from_le_bytes(theirs)).ok_or(NO_GREETING)?;
        if came.len() != came.room() {
            return Err(NO_GREETING);
        }
        Ok(theirs)
    }

    fn pack(&self) -> u128 {
        let capacity = self.geometry.map_or(0, Geometry::log2);
        Self::fixed(self.role) | u128::from(self.barriers) << BARRIERS | u128::from(capacity) << CAPACITY
    }

    /// What can only be as it is.
    fn fixed(role: u8) -> u128 {
        MAGIC | u128::from(role) << ROLE | u128::from(GRAIN.trailing_zeros()) << GRAINS
    }

    /// What the other side says, where it does what is missing here.
    fn judge(&self, theirs: u128) -> Option<Greeting> {
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
    use crate::channel::{Receiver, Sender};
    use crate::socket::{Seqpacket, Stream};
    use core::time::Duration;
    use std::thread;

    fn soon() -> Wait {
        Wait::at_most(Duration::from_secs(20))
    }

    #[test]
    fn strangers_meet_one_way_over_a_stream() {
        let (ours, theirs) = Stream::pair().unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut producer = Producer::meet(&ours, 10_000, soon()).unwrap();
                assert_eq!(producer.capacity(), 16_384.max(GRAIN));
                producer.send(b"from one", soon()).unwrap();
            });
            let mut consumer = Consumer::meet(&theirs, soon()).unwrap();
            let mut buf = [0; 16];
            assert_eq!(consumer.recv(&mut buf, soon()), Ok(8));
            assert_eq!(consumer.recv(&mut buf, soon()), Ok(0));
        });
    }

    #[test]
    fn strangers_meet_both_ways_over_a_seqpacket() {
        let (ours, theirs) = Seqpacket::pair().unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut ring = meet(&ours, 1, soon()).unwrap();
                ring.send(b"question", soon()).unwrap();
                assert_eq!(ring.recv(&mut [0; 8], soon()), Ok(6));
            });
            let Duplex { mut sender, mut receiver } = meet(&theirs, 1 << 16, soon()).unwrap();
            assert_eq!((sender.capacity(), receiver.capacity()), (1 << 16, GRAIN));
            assert_eq!(receiver.recv(&mut [0; 8], soon()), Ok(8));
            sender.send(b"answer", soon()).unwrap();
        });
    }

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
