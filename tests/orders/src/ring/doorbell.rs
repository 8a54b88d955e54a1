//! The bell and the line of one side, as the kernel has them: behind a lock, and told as an edge.

use crate::error::Result;
use crate::sys::sleep::stop_running;
use crate::wait::Sleeper;
use loom::sync::{Arc, Condvar, Mutex};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Heard {
    Nothing,
    Unheard,
    Bell,
    HangUp,
}

/// What the kernel knows of one side.
#[derive(Debug)]
pub struct Kernel {
    told: Mutex<Told>,
    change: Condvar,
}

#[derive(Clone, Copy, Debug, Default)]
struct Told {
    rung: bool,
    hung_up: bool,
}

impl Kernel {
    pub fn new() -> Arc<Kernel> {
        Arc::new(Kernel { told: Mutex::new(Told::default()), change: Condvar::new() })
    }

    /// The other side is dead: nothing else is heard of it.
    pub fn hang_up(&self) {
        self.told.lock().unwrap().hung_up = true;
        self.change.notify_one();
    }

    /// What `poll` does: waits until there is something to hear, and leaves it there.
    pub fn poll(&self) {
        let mut told = self.told.lock().unwrap();
        while !(told.rung || told.hung_up) {
            stop_running();
            told = self.change.wait(told).unwrap();
        }
    }
}

#[derive(Debug)]
pub struct Doorbell {
    pub ours: Arc<Kernel>,
    pub theirs: Arc<Kernel>,
}

impl Doorbell {
    pub fn ring(&self) -> Result<()> {
        self.theirs.told.lock().unwrap().rung = true;
        self.theirs.change.notify_one();
        Ok(())
    }

    pub fn listen(&self) -> Result<Heard> {
        Ok(take(&mut self.ours.told.lock().unwrap()))
    }

    pub fn sleep(&self, sleeper: &mut Sleeper) -> Result<Heard> {
        let mut told = self.ours.told.lock().unwrap();
        loop {
            match take(&mut told) {
                Heard::Nothing => {
                    sleeper.left()?;
                    stop_running();
                    told = self.ours.change.wait(told).unwrap();
                }
                heard => return Ok(heard),
            }
        }
    }
}

fn take(told: &mut Told) -> Heard {
    if told.hung_up {
        return Heard::HangUp;
    }
    if std::mem::take(&mut told.rung) { Heard::Bell } else { Heard::Nothing }
}
