//! What a side makes before it knows the other.

use super::{TheirConsumer, TheirProducer};
use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::memory::{Circle, ForkMark, Map, Memfd};
use crate::ring::doorbell::{Doorbell, new_bell, new_epoll, new_line};
use crate::ring::layout::{self, Geometry, SLEEP};
use crate::ring::side::Side;
use crate::ring::sleep::OwnSleep;
use crate::ring::{Consumer, Producer};

/// What a producer makes before it knows its consumer.
pub(super) struct OurProducer {
    records: Circle,
    pub(super) memfd: Memfd,
    mark: ForkMark,
    bell: Fd,
    line: Fd,
    /// The other end of the line, which the consumer gets.
    far: Fd,
    pub(super) geometry: Geometry,
}

impl OurProducer {
    pub(super) fn new(geometry: Geometry) -> Result<Self> {
        let (line, far) = new_line()?;
        let bell = new_bell()?;
        let mark = ForkMark::new()?;
        let (memfd, records) = layout::own_records(geometry)?;
        Ok(OurProducer { records, memfd, mark, bell, line, far, geometry })
    }

    pub(super) fn lent(&self) -> [BorrowedFd<'_>; TheirProducer::FDS] {
        [self.memfd.as_fd(), self.bell.as_fd(), self.far.as_fd()]
    }

    pub(super) fn epoll(&self, theirs: &TheirConsumer) -> Result<Fd> {
        of_strangers(&self.line, &theirs.bell)
    }

    #[inline(always)] // else it is on the stack twice
    pub(super) fn join(self, theirs: TheirConsumer, epoll: Fd, barriers: bool) -> Producer {
        let bell = Doorbell::of(epoll, self.line, self.bell);
        let sleep = OwnSleep::new(self.records.head().word::<SLEEP>(), barriers);
        let side = Side::new(bell, self.mark, sleep);
        Producer::new(side, self.records, theirs.place, self.geometry)
    }
}

/// What a consumer makes before it knows its producer.
pub(super) struct OurConsumer {
    place: Map,
    pub(super) memfd: Memfd,
    mark: ForkMark,
    bell: Fd,
}

impl OurConsumer {
    pub(super) fn new() -> Result<Self> {
        let bell = new_bell()?;
        let mark = ForkMark::new()?;
        let (memfd, place) = layout::own_place()?;
        Ok(OurConsumer { place, memfd, mark, bell })
    }

    pub(super) fn lent(&self) -> [BorrowedFd<'_>; TheirConsumer::FDS] {
        [self.memfd.as_fd(), self.bell.as_fd()]
    }

    pub(super) fn epoll(&self, theirs: &TheirProducer) -> Result<Fd> {
        of_strangers(&theirs.line, &theirs.bell)
    }

    #[inline(always)] // else it is on the stack twice
    pub(super) fn join(self, theirs: TheirProducer, epoll: Fd, barriers: bool) -> Consumer {
        let bell = Doorbell::of(epoll, theirs.line, self.bell);
        let sleep = OwnSleep::new(self.place.word::<SLEEP>(), barriers);
        let side = Side::new(bell, self.mark, sleep);
        Consumer::new(side, self.place, theirs.records, theirs.geometry)
    }
}

/// An epoll for what a stranger has to say. What is not for an epoll, or is one, or open as a path alone, is no bell.
fn of_strangers(line: &Fd, bell: &Fd) -> Result<Fd> {
    new_epoll(line, bell).map_err(|e| match e.call() {
        Call::EPOLL_CTL if [Errno::INVAL, Errno::PERM, Errno::BADF].contains(&e.errno()) => {
            Error::peer(Call::EPOLL_CTL, Errno::BADMSG)
        }
        _ => e,
    })
}
