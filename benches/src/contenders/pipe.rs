//! A bare blocking pipe each way, in C.

use crate::contenders::message;
use crate::two::Ends;
use std::ffi::{c_char, c_int};

unsafe extern "C" {
    fn bare_pipe(out: c_int, into: c_int, msg: *mut c_char, len: usize, n: usize, first: c_int) -> c_int;
}

pub struct Pipes {
    there: [i32; 2],
    back: [i32; 2],
    msg: Vec<u8>,
}

impl Pipes {
    pub fn boxed(size: usize) -> Box<dyn Ends> {
        Box::new(Pipes { there: pipe(), back: pipe(), msg: message(size) })
    }

    fn run(&mut self, out: i32, into: i32, n: usize, first: bool) {
        let (msg, len) = (self.msg.as_mut_ptr().cast(), self.msg.len());
        // SAFETY: our own bytes.
        assert_eq!(unsafe { bare_pipe(out, into, msg, len, n, first.into()) }, 0);
    }
}

fn pipe() -> [i32; 2] {
    let mut fds = [0; 2];
    // SAFETY: room for two.
    assert_eq!(unsafe { libc::pipe(fds.as_mut_ptr()) }, 0);
    fds
}

impl Ends for Pipes {
    fn become_leader(&mut self) {}
    fn become_follower(&mut self) {}

    fn lead(&mut self, n: usize) {
        self.run(self.there[1], self.back[0], n, true);
    }

    fn follow(&mut self, n: usize) {
        self.run(self.back[1], self.there[0], n, false);
    }
}
