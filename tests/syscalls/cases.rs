//! The scenarios, a file for each module of the crate.

mod channel;
mod fd;
mod fifo;
mod frame;
mod memory;
mod pipe;
mod proc;
mod ring;
mod rpc;
mod seccomp;
mod socket;
mod wait;
mod waiting;

use crate::scenario::Scenarios;

pub fn all(s: &mut Scenarios) {
    channel::cases(s);
    fd::cases(s);
    fifo::cases(s);
    frame::cases(s);
    memory::cases(s);
    pipe::cases(s);
    proc::cases(s);
    ring::cases(s);
    rpc::cases(s);
    seccomp::cases(s);
    socket::cases(s);
    wait::cases(s);
}
