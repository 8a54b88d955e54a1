//! The scenarios, a file for each module of the crate.

mod channel;
mod fd;
mod fifo;
mod frame;
mod pipe;
mod seccomp;
mod wait;
mod waiting;

use crate::scenario::Scenarios;

pub fn all(s: &mut Scenarios) {
    channel::cases(s);
    fd::cases(s);
    fifo::cases(s);
    frame::cases(s);
    pipe::cases(s);
    seccomp::cases(s);
    wait::cases(s);
}
