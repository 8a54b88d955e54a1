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

/// Room for any message, on no stack: that of a window may be small. Each process has one window, and nobody but who
/// is in it has this.
fn room() -> &'static mut [u8] {
    struct Room(std::cell::UnsafeCell<[u8; 1 << 16]>);
    // SAFETY: only the thread with the window asks for it.
    unsafe impl Sync for Room {}
    static ROOM: Room = Room(std::cell::UnsafeCell::new([0; 1 << 16]));
    // SAFETY: once in a window, or after what was made of it before is gone.
    unsafe { &mut *ROOM.0.get() }
}
