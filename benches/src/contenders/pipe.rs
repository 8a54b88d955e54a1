//! A bare blocking pipe each way.

use crate::contenders::message;
use crate::two::Ends;

pub struct Pipes {
    there: [i32; 2],
    back: [i32; 2],
    msg: Vec<u8>,
}

impl Pipes {
    pub fn boxed(size: usize) -> Box<dyn Ends> {
        Box::new(Pipes { there: pipe(), back: pipe(), msg: message(size) })
    }

    fn write(&self, fd: i32) {
        // SAFETY: reads our own bytes.
        let n = unsafe { libc::write(fd, self.msg.as_ptr().cast(), self.msg.len()) };
        assert_eq!(n, self.msg.len() as isize);
    }

    fn read(&mut self, fd: i32) {
        // SAFETY: writes into our own bytes.
        let n = unsafe { libc::read(fd, self.msg.as_mut_ptr().cast(), self.msg.len()) };
        assert_eq!(n, self.msg.len() as isize);
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
        for _ in 0..n {
            self.write(self.there[1]);
            self.read(self.back[0]);
        }
    }

    fn follow(&mut self, n: usize) {
        for _ in 0..n {
            self.read(self.there[0]);
            self.write(self.back[1]);
        }
    }
}
