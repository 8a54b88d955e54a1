//! One receiver of every mechanism, and a listener; and what feeds them, to be used in another process.

use crate::conformance::mechanism::{Gone, PATIENCE, SMALL, fresh_path, message};
use crate::conformance::{self, Rx, Tx};
use rawipc::fd::{AsFd as _, BorrowedFd};
use rawipc::socket::{Address, Listener, Seqpacket};
use rawipc::wait::{Events, PollFd, poll};
use rawipc::{Errno, Result, Wait};
use rustix::fd::AsRawFd as _;
use std::ffi::CString;
use std::os::fd::RawFd;

/// The receivers, in the order of the matrix, and the listener as the last.
pub struct Sources {
    names: Vec<&'static str>,
    ends: Vec<bool>,
    receivers: Vec<Rx>,
    listener: Listener<Seqpacket>,
    forgotten: Vec<bool>,
}

/// The senders, and whom the listener waits for.
pub struct Feeds {
    senders: Vec<Option<Tx>>,
    path: CString,
}

pub fn borrowed(fd: RawFd) -> BorrowedFd<'static> {
    // SAFETY: for `poll` alone, which says of a number that is not open that it is not.
    unsafe { BorrowedFd::borrow_raw(fd) }
}

impl Sources {
    pub fn open() -> (Sources, Option<Feeds>) {
        let all = conformance::all();
        let (senders, receivers) =
            all.iter().map(|m| (m.make)().both()).map(|(tx, rx)| (Some(tx), rx)).unzip();
        let path = fresh_path();
        let listener = Listener::bind(&Address::path(&path).expect("path")).expect("bind");
        let names: Vec<_> = all.iter().map(|m| m.name).chain(["listener"]).collect();
        let ends = all.iter().map(|m| m.gone != Gone::SendersOnly).chain([false]).collect();
        let forgotten = vec![false; names.len()];
        (Sources { names, ends, receivers, listener, forgotten }, Some(Feeds { senders, path }))
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn name(&self, i: usize) -> &'static str {
        self.names[i]
    }

    pub fn has_an_end(&self, i: usize) -> bool {
        self.ends[i]
    }

    /// What tells of its end: a ring's doorbell is no socket, and readable then.
    pub fn end_event(&self, i: usize) -> Events {
        if self.name(i).starts_with("ring") { Events::READABLE } else { Events::HANG_UP }
    }

    /// Not to be asked for any more.
    pub fn forget(&mut self, i: usize) {
        self.forgotten[i] = true;
    }

    /// Nothing is there: the state from which a wait begins.
    pub fn all_are_silent(&mut self) {
        for (i, rx) in self.receivers.iter_mut().enumerate() {
            let e = rx.try_take().expect_err(self.names[i]);
            assert_eq!(e.errno(), Errno::AGAIN, "{}", self.names[i]);
        }
        assert_eq!(self.listener.try_accept().expect_err("nobody").errno(), Errno::AGAIN);
    }

    /// What each is told, those forgotten left out.
    pub fn events(&mut self, wait: Wait) -> Result<Vec<Events>> {
        let fds: Vec<_> = self.receivers.iter().map(|rx| borrowed(rx.fd.expect("a descriptor"))).collect();
        let listener = borrowed(self.listener.as_fd().as_raw_fd());
        let all = fds.iter().chain([&listener]);
        let asked: Vec<_> = all.zip(&self.forgotten).filter(|(_, forgotten)| !**forgotten).collect();
        let mut polled: Vec<_> = asked.iter().map(|(fd, _)| PollFd::new(*fd, Events::READABLE)).collect();
        let n = poll(&mut polled, wait)?;
        assert_eq!(n, polled.iter().filter(|fd| fd.told() != Events::NONE).count());
        let mut told = polled.into_iter();
        let each = self.forgotten.iter().map(|forgotten| match forgotten {
            true => Events::NONE,
            false => told.next().expect("one each").told(),
        });
        Ok(each.collect())
    }

    /// Which are told anything, and whether that is that they can be read from, alone.
    pub fn told(&mut self, wait: Wait) -> Vec<(usize, bool)> {
        let told = self.events(wait).expect("poll").into_iter().enumerate();
        told.filter(|(_, told)| *told != Events::NONE)
            .map(|(i, told)| (i, told == Events::READABLE))
            .collect()
    }

    /// Takes what [`Feeds::feed`] gave.
    pub fn take(&mut self, i: usize, round: usize) {
        match self.receivers.get_mut(i) {
            Some(rx) => assert_eq!(rx.try_take().expect("it was told to be there"), message(round, SMALL)),
            None => drop(self.listener.try_accept().expect("it was told to be there")),
        }
    }

    pub fn take_end(&mut self, i: usize) {
        assert_eq!(self.receivers[i].try_take().expect("the end").len(), 0);
    }
}

impl Feeds {
    pub fn len(&self) -> usize {
        self.senders.len() + 1
    }

    pub fn feed(&mut self, i: usize, round: usize) {
        match self.senders.get_mut(i) {
            Some(tx) => tx.as_mut().expect("open").put(&message(round, SMALL)),
            None => {
                let address = Address::path(&self.path).expect("path");
                drop(Seqpacket::connect(&address, PATIENCE).expect("connect"));
            }
        }
    }

    pub fn close(&mut self, i: usize) {
        if let Some(tx) = self.senders.get_mut(i) {
            drop(tx.take());
        }
    }
}
